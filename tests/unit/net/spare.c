/* SPDX-License-Identifier: MIT
 *
 * What AcceptEx leaves over serves the next accept socket, and nobody can tell: not by any call of
 * the library, whatever the system's own calls did to it before; not by a number that was kept for
 * too long; and not when the program closes it behind the library's back.
 */
#include "base/passing.h"
#include "net/spare.h"
#include "object/handle.h"
#include "unit/expect.h"
#include "unit/net/loopback.h"

#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    ROUNDS = 600,
    BLOCK = sizeof(struct sockaddr_in) + 16,
    SYSTEMS_SOL_SOCKET = 1,
    SYSTEMS_SO_KEEPALIVE = 9,
    SYSTEMS_SOCK_CLOEXEC = 02000000,
};

static HANDLE port;
static SOCKET listening;
static struct sockaddr_in address;
static char blocks[2 * BLOCK];

static SOCKET make(void)
{
    return WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
}

static int is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

static void start(SOCKET accepting, OVERLAPPED *overlapped)
{
    DWORD bytes;

    EXPECT(!AcceptEx(listening, accepting, blocks, 0, BLOCK, BLOCK, &bytes, overlapped));
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
}

static void finish(OVERLAPPED *overlapped, int error)
{
    OVERLAPPED *found = NULL;
    ULONG_PTR key;
    DWORD bytes;
    BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &found, 10000);

    EXPECT(found == overlapped);
    EXPECT_EQUAL(succeeded ? 0 : GetLastError(), error);
}

/* Sends a byte from one end to the other. */
static void expect_connected(SOCKET from, SOCKET to)
{
    char byte = 0;

    EXPECT_EQUAL(send(from, "x", 1, 0), 1);
    EXPECT_EQUAL(recv(to, &byte, 1, 0), 1);
    EXPECT_EQUAL(byte, 'x');
}

/* A connection through this accept socket; closes both ends. Who connects is the system's. */
static void accept_one(SOCKET accepting)
{
    OVERLAPPED overlapped = {0};
    SOCKET client = (SOCKET)syscall(SYS_socket, AF_INET, SOCK_STREAM | SYSTEMS_SOCK_CLOEXEC, 0);

    start(accepting, &overlapped);
    EXPECT_EQUAL(syscall(SYS_connect, (int)client, &address, sizeof address), 0);
    finish(&overlapped, 0);
    expect_connected(client, accepting);
    EXPECT_EQUAL(closesocket(accepting), 0);
    EXPECT_EQUAL(closesocket(client), 0);
}

/* One that has a spare one's place, and no other is there. */
static SOCKET make_second_hand(void)
{
    spare_drop();
    accept_one(make());
    return make();
}

static int keep_alive(SOCKET s)
{
    int on = -1, length = sizeof on;

    EXPECT_EQUAL(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, &length), 0);
    return on;
}

static void system_keeps_alive(SOCKET s)
{
    int on = 1;

    EXPECT_EQUAL(
        syscall(SYS_setsockopt, (int)s, SYSTEMS_SOL_SOCKET, SYSTEMS_SO_KEEPALIVE, &on, sizeof on),
        0);
}

/* The inode tells: the same socket of the system's serves one accept socket after another. */
static void serves_the_next(void)
{
    struct stat first, second;
    SOCKET accepting = make_second_hand();

    EXPECT_EQUAL(fstat((int)accepting, &first), 0);
    accept_one(accepting);
    accepting = make();
    EXPECT_EQUAL(fstat((int)accepting, &second), 0);
    EXPECT_EQUAL(first.st_ino, second.st_ino);
    accept_one(accepting);
}

/* The system's own call on an accept socket is not seen by the library's on the next. */
static void says_nothing_of_earlier(void)
{
    spare_drop();
    SOCKET accepting = make();
    system_keeps_alive(accepting);
    accept_one(accepting);
    accepting = make();
    EXPECT_EQUAL(keep_alive(accepting), 0);
    accept_one(accepting);
}

/* One that a call was told of is not kept. */
static void touched_is_not_kept(void)
{
    int on = 1;

    spare_drop();
    SOCKET accepting = make();
    EXPECT_EQUAL(setsockopt(accepting, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on), 0);
    accept_one(accepting);
    EXPECT_EQUAL(spare_take(2), -1);
}

/* Everything that a socket can become, made of a second-hand one. */
static void becomes_anything(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    int length = sizeof own;
    DWORD flags = 0;

    SOCKET server = make_second_hand();
    EXPECT(SetHandleInformation((HANDLE)server, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQUAL(bind(server, (struct sockaddr *)&own, sizeof own), 0);
    EXPECT(GetHandleInformation((HANDLE)server, &flags));
    EXPECT_EQUAL(flags, HANDLE_FLAG_INHERIT);
    EXPECT_EQUAL(getsockname(server, (struct sockaddr *)&own, &length), 0);
    EXPECT_EQUAL(listen(server, 4), 0);
    SOCKET client = make_second_hand();
    EXPECT_EQUAL(connect(client, (struct sockaddr *)&own, sizeof own), 0);
    SOCKET accepted = accept(server, NULL, NULL);
    expect_connected(client, accepted);
    expect_connected(accepted, client);
    EXPECT_EQUAL(closesocket(accepted), 0);
    EXPECT_EQUAL(closesocket(client), 0);
    EXPECT_EQUAL(closesocket(server), 0);
}

/* An option that is set while AcceptEx has it is still there when that was cancelled, and what is
 * called then does not replace the socket once more. */
static void keeps_what_was_set(void)
{
    OVERLAPPED overlapped = {0};
    int on = 1;

    SOCKET accepting = make_second_hand();
    start(accepting, &overlapped);
    EXPECT_EQUAL(setsockopt(accepting, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on), 0);
    EXPECT(CancelIoEx((HANDLE)listening, &overlapped));
    finish(&overlapped, ERROR_OPERATION_ABORTED);
    EXPECT_EQUAL(keep_alive(accepting), 1);
    EXPECT_EQUAL(connect(accepting, (struct sockaddr *)&address, sizeof address), 0);
    EXPECT_EQUAL(keep_alive(accepting), 1);
    SOCKET other = accept(listening, NULL, NULL);
    expect_connected(accepting, other);
    EXPECT_EQUAL(closesocket(other), 0);
    EXPECT_EQUAL(closesocket(accepting), 0);
}

/* A call with its number, which nobody has been told, finds no socket and closes nothing. */
static void is_nobodys(void)
{
    spare_drop();
    accept_one(make());
    int kept = spare_take(2);
    EXPECT(kept > 2 && is_open(kept));
    EXPECT_EQUAL(closesocket((SOCKET)kept), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAENOTSOCK);
    EXPECT_EQUAL(send((SOCKET)kept, "x", 1, 0), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAENOTSOCK);
    EXPECT(is_open(kept));
    EXPECT_EQUAL(close(kept), 0);
    EXPECT(handle_forget(kept));
}

/* Closed behind the library's back, and used for something else or not: another is made. */
static void closed_behind(void)
{
    for (int used = 0; used < 2; used++) {
        spare_drop();
        accept_one(make());
        int kept = spare_take(2), other = -1;
        EXPECT(kept > 2);
        handle_forget(kept);
        passing_begin();
        spare_keep(2, kept);
        passing_end();
        EXPECT_EQUAL(close(kept), 0);
        if (used)
            EXPECT_EQUAL(other = fcntl(STDOUT_FILENO, F_DUPFD, kept), kept);
        SOCKET made = make();
        EXPECT(!used || made != (SOCKET)kept);
        accept_one(made);
        EXPECT(!used || (is_open(other) && close(other) == 0));
    }
}

static void goes_with_the_listener(void)
{
    accept_one(make());
    EXPECT_EQUAL(closesocket(listening), 0);
    EXPECT_EQUAL(spare_take(2), -1);
    listening = loopback_listen(port, &address);
}

/* The library opens others at times of its own: the watchdog to look at a thread. */
static int count_sockets(void)
{
    struct stat is;
    int count = 0;

    for (int descriptor = 0; descriptor < 256; descriptor++)
        count += fstat(descriptor, &is) == 0 && S_ISSOCK(is.st_mode);
    return count;
}

/* Bound by the system's own call: nobody's any more, so it goes at once. */
static void bound_is_not_kept(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};

    spare_drop();
    int before = count_sockets();
    SOCKET accepting = make();
    EXPECT_EQUAL(syscall(SYS_bind, (int)accepting, &any, sizeof any), 0);
    accept_one(accepting);
    EXPECT_EQUAL(spare_take(2), -1);
    EXPECT_EQUAL(count_sockets(), before);
}

static void *take_in(void *context)
{
    OVERLAPPED *found = NULL;
    ULONG_PTR key;
    DWORD bytes;

    (void)context;
    GetQueuedCompletionStatus(port, &bytes, &key, &found, 10000);
    EXPECT(found != NULL);
    return NULL;
}

/* A connection is just being taken in when the listener is closed: what is left over then goes all
 * the same. */
static void late_for_the_listener(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        OVERLAPPED overlapped = {0};
        pthread_t poller;
        SOCKET accepting = make(), client = make();
        start(accepting, &overlapped);
        EXPECT_EQUAL(pthread_create(&poller, NULL, take_in, NULL), 0);
        for (int turn = 0; turn < round % 16; turn++)
            sched_yield();
        EXPECT_EQUAL(connect(client, (struct sockaddr *)&address, sizeof address), 0);
        for (volatile int turn = 0; turn < round % 64 * 100; turn++)
            ;
        EXPECT_EQUAL(closesocket(listening), 0);
        pthread_join(poller, NULL);
        int left = spare_take(2);
        EXPECT_EQUAL(left, -1);
        if (left >= 0) {
            close(left);
            handle_forget(left);
        }
        EXPECT_EQUAL(closesocket(accepting), 0);
        EXPECT_EQUAL(closesocket(client), 0);
        listening = loopback_listen(port, &address);
    }
}

int main(void)
{
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listening = loopback_listen(port, &address);
    serves_the_next();
    says_nothing_of_earlier();
    touched_is_not_kept();
    becomes_anything();
    keeps_what_was_set();
    is_nobodys();
    closed_behind();
    goes_with_the_listener();
    bound_is_not_kept();
    late_for_the_listener();
    EXPECT_EQUAL(closesocket(listening), 0);
    EXPECT(CloseHandle(port));
    return expect_report();
}
