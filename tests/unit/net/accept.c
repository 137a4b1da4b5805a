/* SPDX-License-Identifier: MIT
 *
 * An accept socket that is closed while its AcceptEx is on its way, at the moments that a program
 * seldom hits: between the call's look at the socket and its request, and when a connection has
 * come all the same.
 */
#include "net/socket.h"
#include "object/handle.h"
#include "unit/expect.h"
#include "unit/net/loopback.h"

#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <string.h>

enum { DATA = 8, BLOCK = sizeof(struct sockaddr_in) + 16 };

static HANDLE port;
static SOCKET listening;
static struct sockaddr_in address;
static char buffer[DATA + 2 * BLOCK];

static SOCKET connect_and_send(void)
{
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);

    EXPECT_EQUAL(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    EXPECT_EQUAL(send(client, "x", 1, 0), 1);
    return client;
}

static void expect_aborted(OVERLAPPED *wanted)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes;

    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000));
    EXPECT(overlapped == wanted);
    EXPECT_EQUAL(GetLastError(), ERROR_OPERATION_ABORTED);
}

/* The call has got hold of the accept socket; another thread closes it; the call goes on. */
static void closed_before_it_begins(void)
{
    const struct net_accept wanted = {
        .buffer = buffer, .receive = DATA, .local = BLOCK, .remote = BLOCK};
    SOCKET accepting = socket(AF_INET, SOCK_STREAM, 0);
    struct socket *listener = socket_get(listening), *accepted = socket_get(accepting);
    OVERLAPPED overlapped = {0};

    EXPECT_EQUAL(closesocket(accepting), 0);
    EXPECT_EQUAL(socket_accept_overlapped(listener, accepted, &wanted, &overlapped),
                 STATUS_PENDING);
    socket_unref(accepted);
    socket_unref(listener);
    expect_aborted(&overlapped);
}

/* The accept socket is closed and kept by the operation alone, and the connection comes all the
 * same (as when cancelling came too late): the wait for data ends as it begins, and the socket
 * goes. A debug build says so if its lane is locked then. */
static void connection_for_a_closed_socket(void)
{
    SOCKET accepting = socket(AF_INET, SOCK_STREAM, 0);
    OVERLAPPED overlapped = {0};
    DWORD received;

    EXPECT(!AcceptEx(listening, accepting, buffer, DATA, BLOCK, BLOCK, &received, &overlapped));
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
    struct object *object = handle_take(accepting);
    io_file_close((struct io_file *)object, ECANCELED);
    object_unref(object, OBJ_REF_HANDLE);
    SOCKET client = connect_and_send();
    expect_aborted(&overlapped);
    EXPECT_EQUAL(closesocket(client), 0);
}

int main(void)
{
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listening = loopback_listen(port, &address);
    for (int round = 0; round < 100 && !atomic_load(&expect_failures); round++) {
        closed_before_it_begins();
        connection_for_a_closed_socket();
    }
    EXPECT_EQUAL(closesocket(listening), 0);
    EXPECT(CloseHandle(port));
    return expect_report();
}
