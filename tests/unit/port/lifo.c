/* SPDX-License-Identifier: MIT
 *
 * Who is let out: on a port that has come to rest the thread that began to wait last (SCHED-2), no
 * matter whether it sleeps or polls for the others, and no matter whether the packet was posted or
 * came from a socket; and what happens when one of them ends or gives up meanwhile.
 */
#include "../asleep.h"
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAITERS = 3, SETTLE_MS = 40 };

struct waiter {
    HANDLE port, thread;
    DWORD patience;
    ULONG_PTR key;     /* of the packet it got; 0: none */
    _Atomic int place; /* its turn among those let out; 0: still waiting */
    _Atomic int system_id;
};

static _Atomic int let_out;

static DWORD WINAPI wait_once(LPVOID context)
{
    struct waiter *waiter = context;
    OVERLAPPED *overlapped;
    DWORD bytes;

    atomic_store(&waiter->system_id, asleep_own_id());
    if (!GetQueuedCompletionStatus(waiter->port, &bytes, &waiter->key, &overlapped,
                                   waiter->patience))
        waiter->key = 0;
    atomic_store(&waiter->place, atomic_fetch_add(&let_out, 1) + 1);
    return 0;
}

static void begin(struct waiter *waiter, HANDLE port, DWORD patience)
{
    memset(waiter, 0, sizeof *waiter);
    waiter->port = port;
    waiter->patience = patience;
    waiter->thread = CreateThread(NULL, 0, wait_once, waiter, 0, NULL);
    asleep_await(&waiter->system_id);
    Sleep(SETTLE_MS);
}

static void end(struct waiter *waiter)
{
    EXPECT_EQUAL(WaitForSingleObject(waiter->thread, 10000), WAIT_OBJECT_0);
    CloseHandle(waiter->thread);
}

static bool was_let_out(struct waiter *waiter)
{
    for (int tries = 0; tries < 400 && !atomic_load(&waiter->place); tries++)
        Sleep(5);
    return atomic_load(&waiter->place) != 0;
}

/* Sockets of the program's with a pending receive each; data on one makes a packet with its key. */
struct source {
    int ends[2];
    OVERLAPPED overlapped;
    char byte;
};

static void source_open(struct source *source, HANDLE port, ULONG_PTR key)
{
    WSABUF buffer = {1, &source->byte};
    DWORD flags = 0;

    memset(&source->overlapped, 0, sizeof source->overlapped);
    EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, source->ends), 0);
    EXPECT(CreateIoCompletionPort((HANDLE)(ULONG_PTR)source->ends[0], port, key, 0) == port);
    EXPECT(WSARecv((SOCKET)source->ends[0], &buffer, 1, NULL, &flags, &source->overlapped, NULL));
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
}

static void source_close(struct source *source)
{
    EXPECT_EQUAL(closesocket((SOCKET)source->ends[0]), 0);
    close(source->ends[1]);
}

/* A, B, C begin to wait one after the other; packets come spaced: C, B, A. */
static void newest_first(bool poller, bool data)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WAITERS);
    struct waiter waiters[WAITERS];
    struct source sources[WAITERS];

    for (ULONG_PTR index = 0; poller && index < WAITERS; index++)
        source_open(&sources[index], port, 100 + index);
    atomic_store(&let_out, 0);
    for (int index = 0; index < WAITERS; index++)
        begin(&waiters[index], port, INFINITE);
    for (int index = 0; index < WAITERS; index++) {
        struct waiter *next = &waiters[WAITERS - 1 - index];
        if (data)
            EXPECT_EQUAL(write(sources[index].ends[1], "x", 1), 1);
        else
            EXPECT(PostQueuedCompletionStatus(port, 1, 100 + (ULONG_PTR)index, NULL));
        EXPECT(was_let_out(next));
        EXPECT_EQUAL(atomic_load(&next->place), index + 1);
        EXPECT_EQUAL(next->key, 100 + index);
        Sleep(SETTLE_MS);
    }
    for (int index = 0; index < WAITERS; index++)
        end(&waiters[index]);
    for (int index = 0; poller && index < WAITERS; index++)
        source_close(&sources[index]);
    EXPECT(CloseHandle(port));
}

/* The newest, which polls, gives up: the next newest gets what comes then. */
static void newest_gives_up(bool data)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WAITERS);
    struct waiter waiters[WAITERS];
    struct source source;

    source_open(&source, port, 100);
    atomic_store(&let_out, 0);
    begin(&waiters[0], port, INFINITE);
    begin(&waiters[1], port, INFINITE);
    begin(&waiters[2], port, 3 * SETTLE_MS);
    EXPECT(was_let_out(&waiters[2]));
    EXPECT_EQUAL(waiters[2].key, 0);
    end(&waiters[2]);
    Sleep(SETTLE_MS);
    if (data)
        EXPECT_EQUAL(write(source.ends[1], "x", 1), 1);
    else
        EXPECT(PostQueuedCompletionStatus(port, 1, 100, NULL));
    EXPECT(was_let_out(&waiters[1]));
    EXPECT_EQUAL(waiters[1].key, 100);
    EXPECT_EQUAL(atomic_load(&waiters[0].place), 0);
    EXPECT(PostQueuedCompletionStatus(port, 1, 5, NULL));
    end(&waiters[0]);
    end(&waiters[1]);
    source_close(&source);
    EXPECT(CloseHandle(port));
}

/* A thread of the port that runs ends without coming back: its slot is free for the next. */
static void runner_ends(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    struct waiter waiters[2];

    atomic_store(&let_out, 0);
    begin(&waiters[0], port, INFINITE);
    begin(&waiters[1], port, INFINITE);
    EXPECT(PostQueuedCompletionStatus(port, 1, 1, NULL));
    EXPECT(PostQueuedCompletionStatus(port, 1, 2, NULL));
    end(&waiters[1]);
    end(&waiters[0]);
    EXPECT_EQUAL(waiters[1].key, 1);
    EXPECT_EQUAL(waiters[0].key, 2);
    EXPECT(CloseHandle(port));
}

int main(void)
{
    WSADATA data;

    alarm(120);
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    newest_first(false, false);
    newest_first(true, false);
    newest_first(true, true);
    newest_gives_up(false);
    newest_gives_up(true);
    for (int round = 0; round < 10; round++)
        runner_ends();
    return expect_report();
}
