/* SPDX-License-Identifier: MIT
 *
 * A number that is being given back. The system's close() frees it at its beginning and returns
 * later, much later where the connection lingers: a descriptor of the program's that gets the
 * number in between is a socket like any other.
 */
#include "unit/expect.h"
#include "unit/net/loopback.h"

#include <winsock2.h>
#include <windows.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum { ROUNDS = 2000, PATIENCE_MS = 10000 };

static _Atomic SOCKET closing; /* 0: none */
static _Atomic int met;

/* Takes the number as soon as it is free. */
static int take_number(int plain, int wanted)
{
    for (ULONGLONG end = GetTickCount64() + PATIENCE_MS; GetTickCount64() < end;) {
        int got = fcntl(plain, F_DUPFD_CLOEXEC, wanted);
        if (got == wanted || got < 0)
            return got;
        close(got);
    }
    return -1;
}

static void use(int newcomer)
{
    int type = 0, length = sizeof type;

    EXPECT_EQUAL(getsockopt((SOCKET)newcomer, SOL_SOCKET, SO_TYPE, (char *)&type, &length), 0);
    EXPECT_EQUAL(type, SOCK_STREAM);
    EXPECT_EQUAL(closesocket((SOCKET)newcomer), 0);
}

static DWORD WINAPI newcomers(void *plain)
{
    for (int round = 0; round < ROUNDS; round++) {
        SOCKET wanted;
        while ((wanted = atomic_load(&closing)) == 0)
            SwitchToThread();
        int newcomer = take_number((int)(intptr_t)plain, (int)wanted);
        EXPECT_EQUAL(newcomer, wanted);
        if (newcomer >= 0)
            use(newcomer);
        atomic_fetch_add(&met, 1);
        atomic_store(&closing, 0);
    }
    return 0;
}

static void while_it_is_closed(int plain)
{
    HANDLE thread = CreateThread(NULL, 0, newcomers, (void *)(intptr_t)plain, 0, NULL);

    for (int round = 0; round < ROUNDS; round++) {
        SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
        EXPECT(s != INVALID_SOCKET);
        atomic_store(&closing, s);
        EXPECT_EQUAL(closesocket(s), 0);
        while (atomic_load(&closing) != 0)
            SwitchToThread();
    }
    EXPECT_EQUAL(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    EXPECT_EQUAL(atomic_load(&met), ROUNDS);
}

/* ---- */

static _Atomic bool closed;

static DWORD WINAPI close_it(void *s)
{
    EXPECT_EQUAL(closesocket((SOCKET)s), 0);
    atomic_store(&closed, true);
    return 0;
}

/* A connection into which no more goes: nobody reads at the other end. */
static SOCKET stuffed_connect(SOCKET *theirs)
{
    static char data[1 << 16];
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    struct sockaddr_in address;
    SOCKET listening = loopback_listen(port, &address), ours = socket(AF_INET, SOCK_STREAM, 0);
    u_long on = 1, off = 0;

    EXPECT_EQUAL(connect(ours, (struct sockaddr *)&address, sizeof address), 0);
    *theirs = accept(listening, NULL, NULL);
    EXPECT_EQUAL(ioctlsocket(ours, FIONBIO, &on), 0);
    while (send(ours, data, sizeof data, 0) > 0)
        ;
    EXPECT_EQUAL(ioctlsocket(ours, FIONBIO, &off), 0);
    closesocket(listening);
    CloseHandle(port);
    return ours;
}

/* Closing takes as long as it may linger, a second here. */
static void while_it_lingers(int plain)
{
    const struct linger linger = {1, 1};
    SOCKET theirs, ours = stuffed_connect(&theirs);
    unsigned met_while_closing = 0;

    EXPECT_EQUAL(setsockopt(ours, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger), 0);
    HANDLE thread = CreateThread(NULL, 0, close_it, (void *)ours, 0, NULL);
    usleep(100000);
    EXPECT(!atomic_load(&closed));
    while (!atomic_load(&closed)) {
        int newcomer = fcntl(plain, F_DUPFD_CLOEXEC, (int)ours);
        met_while_closing++;
        use(newcomer);
        usleep(10000);
    }
    EXPECT(met_while_closing > 10);
    EXPECT_EQUAL(WaitForSingleObject(thread, PATIENCE_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    closesocket(theirs);
}

int main(void)
{
    WSADATA data;
    int ends[2];

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    while_it_is_closed(ends[0]);
    while_it_lingers(ends[0]);
    close(ends[0]);
    close(ends[1]);
    WSACleanup();
    return expect_report();
}
