/* SPDX-License-Identifier: MIT
 *
 * The part of a socket that few sockets have: which calls make it, that what it keeps is kept, and
 * how an accept socket knows its listener without it and with it.
 */
#include "net/socket.h"
#include "unit/expect.h"
#include "unit/net/loopback.h"

#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

enum { BLOCK = sizeof(struct sockaddr_in) + 16 };

static HANDLE port;
static SOCKET listening;
static struct sockaddr_in address;
static char buffer[2 * BLOCK];

static bool has_extra(SOCKET handle)
{
    struct socket *found = socket_get(handle);
    bool has = socket_has_extra(found) != NULL;

    socket_unref(found);
    return has;
}

static void set(SOCKET handle, int level, int name, int value)
{
    EXPECT_EQUAL(setsockopt(handle, level, name, (const char *)&value, sizeof value), 0);
}

static int get(SOCKET handle, int level, int name)
{
    int value = -1, length = sizeof value;

    EXPECT_EQUAL(getsockopt(handle, level, name, (char *)&value, &length), 0);
    return value;
}

static void options_of_the_kernel(void)
{
    SOCKET one = socket(AF_INET, SOCK_STREAM, 0);

    set(one, IPPROTO_TCP, TCP_NODELAY, 1);
    set(one, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(one, SOL_SOCKET, SO_SNDBUF, 65536);
    EXPECT_EQUAL(get(one, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQUAL(get(one, SOL_SOCKET, SO_RCVTIMEO), 0);
    EXPECT_EQUAL(get(one, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    EXPECT(!has_extra(one));
    set(one, SOL_SOCKET, SO_RCVTIMEO, 1234);
    EXPECT(has_extra(one));
    EXPECT_EQUAL(get(one, SOL_SOCKET, SO_RCVTIMEO), 1234);
    set(one, SOL_SOCKET, SO_SNDBUF, 0);
    EXPECT_EQUAL(get(one, SOL_SOCKET, SO_SNDBUF), 0);
    EXPECT_EQUAL(get(one, SOL_SOCKET, SO_RCVTIMEO), 1234);
    EXPECT_EQUAL(closesocket(one), 0);
}

static void expect_packet(OVERLAPPED *wanted, DWORD error)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes;
    BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000);

    EXPECT(overlapped == wanted);
    EXPECT_EQUAL(succeeded, error == 0);
    if (error)
        EXPECT_EQUAL(GetLastError(), error);
}

/* The accept socket gets its extra part before the AcceptEx, during it, or not at all. */
enum when { NEVER, BEFORE, DURING };

static void accept_socket(enum when when, bool closed)
{
    SOCKET accepted = socket(AF_INET, SOCK_STREAM, 0);
    OVERLAPPED overlapped = {0};
    DWORD bytes;

    if (when == BEFORE)
        set(accepted, SOL_SOCKET, SO_RCVTIMEO, 77);
    EXPECT(!AcceptEx(listening, accepted, buffer, 0, BLOCK, BLOCK, &bytes, &overlapped));
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
    EXPECT_EQUAL(has_extra(accepted), when == BEFORE);
    if (when == DURING)
        set(accepted, SOL_SOCKET, SO_RCVTIMEO, 77);
    EXPECT_EQUAL(get(accepted, SOL_SOCKET, SO_RCVTIMEO), when == NEVER ? 0 : 77);
    if (closed) {
        EXPECT_EQUAL(closesocket(accepted), 0);
        expect_packet(&overlapped, ERROR_OPERATION_ABORTED);
        return;
    }
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQUAL(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    expect_packet(&overlapped, 0);
    EXPECT_EQUAL(get(accepted, SOL_SOCKET, SO_RCVTIMEO), when == NEVER ? 0 : 77);
    EXPECT_EQUAL(has_extra(accepted), when != NEVER);
    EXPECT_EQUAL(send(client, "x", 1, 0), 1);
    EXPECT_EQUAL(recv(accepted, buffer, 1, 0), 1);
    EXPECT_EQUAL(closesocket(accepted), 0);
    EXPECT_EQUAL(closesocket(client), 0);
}

/* Numbers that fit the flags and numbers that the kernel is asked for. */
static void families_and_types(void)
{
    static const struct {
        int family, type;
    } wanted[] = {{AF_INET, SOCK_STREAM},
                  {AF_INET6, SOCK_STREAM},
                  {AF_INET, SOCK_DGRAM},
                  {AF_INET6, SOCK_DGRAM},
                  {1, SOCK_STREAM}}; /* AF_UNIX */

    for (unsigned index = 0; index < sizeof wanted / sizeof wanted[0]; index++) {
        SOCKET one = socket(wanted[index].family, wanted[index].type, 0);
        struct socket *found = socket_get(one);
        int linux_family = wanted[index].family == AF_INET6 ? 10 : wanted[index].family;
        EXPECT_EQUAL(socket_family(found), linux_family);
        EXPECT_EQUAL(socket_type(found), wanted[index].type);
        socket_unref(found);
        EXPECT_EQUAL(closesocket(one), 0);
    }
}

int main(void)
{
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listening = loopback_listen(port, &address);
    options_of_the_kernel();
    families_and_types();
    for (int when = NEVER; when <= DURING; when++) {
        accept_socket((enum when)when, true);
        accept_socket((enum when)when, false);
    }
    EXPECT_EQUAL(closesocket(listening), 0);
    EXPECT(CloseHandle(port));
    return expect_report();
}
