/* SPDX-License-Identifier: MIT
 *
 * Races on one port, forced by numbers: many threads insert, remove with timeouts of every length,
 * time out, exit, close. Every packet is delivered exactly once; with one consumer each producer's
 * packets come in their order; without the watcher handlers never run in a greater number than the
 * limit allows; after the close nothing comes.
 */
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>
#include <iocp.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCERS = 3, CONSUMERS = 6, PACKETS = 20000, LIMIT = 2 };

struct run {
    HANDLE port;
    DWORD limit;
    int consumers;
    bool churn;  /* consumers end after a while and others begin */
    bool poller; /* somebody polls: a socket is associated */
    _Atomic int running, most, taken, producers_done, next_producer;
    _Atomic unsigned char *seen;
    _Atomic bool order_lost;
    DWORD last[PRODUCERS];
};

static uint32_t random_next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void pause_briefly(uint32_t spins)
{
    for (volatile uint32_t spin = 0; spin < spins; spin++)
        ;
}

static DWORD WINAPI produce(LPVOID context)
{
    struct run *run = context;
    int self = atomic_fetch_add(&run->next_producer, 1);
    uint32_t random = (uint32_t)self * 77 + 1;

    for (DWORD number = 1; number <= PACKETS; number++) {
        EXPECT(PostQueuedCompletionStatus(run->port, number, (ULONG_PTR)self, NULL));
        if (random_next(&random) % 64 == 0)
            Sleep(random_next(&random) % 2);
        else
            pause_briefly(random_next(&random) % 200);
    }
    atomic_fetch_add(&run->producers_done, 1);
    return 0;
}

static void note(struct run *run, ULONG_PTR producer, DWORD number)
{
    size_t index = producer * PACKETS + number - 1;

    if (atomic_fetch_add(&run->seen[index], 1) != 0)
        EXPECT(!"a packet was delivered twice");
    if (run->consumers == 1) {
        if (run->last[producer] + 1 != number)
            atomic_store(&run->order_lost, true);
        run->last[producer] = number;
    }
    atomic_fetch_add(&run->taken, 1);
}

/* What a handler does between two calls; the number of those here at once is what SCHED-1 limits.
 */
static void handle(struct run *run, uint32_t spins)
{
    int now = atomic_fetch_add(&run->running, 1) + 1;
    int most = atomic_load(&run->most);

    while (now > most && !atomic_compare_exchange_weak(&run->most, &most, now))
        ;
    pause_briefly(spins);
    atomic_fetch_sub(&run->running, 1);
}

static int take(struct run *run, uint32_t *random)
{
    static const DWORD patience[] = {0, 0, 1, 2, 5, 20};
    DWORD milliseconds = patience[random_next(random) % 6];
    OVERLAPPED_ENTRY entries[5];
    ULONG count = 0;

    if (random_next(random) % 3) {
        OVERLAPPED *overlapped;
        if (!GetQueuedCompletionStatus(run->port, &entries[0].dwNumberOfBytesTransferred,
                                       &entries[0].lpCompletionKey, &overlapped, milliseconds)) {
            EXPECT(GetLastError() == WAIT_TIMEOUT);
            return 0;
        }
        count = 1;
    } else if (!GetQueuedCompletionStatusEx(run->port, entries, 1 + random_next(random) % 5, &count,
                                            milliseconds, FALSE)) {
        EXPECT(GetLastError() == WAIT_TIMEOUT);
        return 0;
    }
    for (ULONG index = 0; index < count; index++)
        note(run, entries[index].lpCompletionKey, entries[index].dwNumberOfBytesTransferred);
    handle(run, random_next(random) % 500);
    return (int)count;
}

static DWORD WINAPI consume(LPVOID context)
{
    struct run *run = context;
    uint32_t random = (uint32_t)(uintptr_t)&random ^ GetCurrentThreadId();

    for (int turn = 0; !run->churn || turn < 200; turn++)
        if (!take(run, &random) && atomic_load(&run->producers_done) == PRODUCERS &&
            atomic_load(&run->taken) == PRODUCERS * PACKETS)
            break;
    return 0;
}

static void join(HANDLE thread)
{
    EXPECT_EQUAL(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    CloseHandle(thread);
}

static void everything_once(DWORD limit, int consumers, bool churn, bool poller)
{
    struct run run = {.limit = limit, .consumers = consumers, .churn = churn, .poller = poller};
    HANDLE producers[PRODUCERS], threads[CONSUMERS];
    SOCKET s = INVALID_SOCKET;

    run.seen = calloc(PRODUCERS * PACKETS, 1);
    run.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, limit);
    if (poller) {
        s = socket(AF_INET, SOCK_STREAM, 0);
        EXPECT(CreateIoCompletionPort((HANDLE)s, run.port, 9, 0) == run.port);
    }
    for (int index = 0; index < consumers; index++)
        threads[index] = CreateThread(NULL, 0, consume, &run, 0, NULL);
    for (int index = 0; index < PRODUCERS; index++)
        producers[index] = CreateThread(NULL, 0, produce, &run, 0, NULL);
    do
        for (int index = 0; index < consumers; index++) {
            join(threads[index]);
            threads[index] = CreateThread(NULL, 0, consume, &run, 0, NULL);
        }
    while (churn && atomic_load(&run.taken) < PRODUCERS * PACKETS);
    for (int index = 0; index < consumers; index++)
        join(threads[index]);
    for (int index = 0; index < PRODUCERS; index++)
        join(producers[index]);
    EXPECT_EQUAL(atomic_load(&run.taken), PRODUCERS * PACKETS);
    EXPECT(!atomic_load(&run.order_lost));
    /* A handler that the kernel holds up (a page fault, a lock of its own) has blocked in truth,
     * and the watcher lets another in: only without it is the limit exact here. */
    if (strcmp(iocp_watch(), "off") == 0)
        EXPECT(atomic_load(&run.most) <= (int)limit);
    printf("limit %u, %d consumers%s%s: at most %d ran at once\n", (unsigned)limit, consumers,
           churn ? ", churning" : "", poller ? ", polling" : "", atomic_load(&run.most));
    if (poller)
        closesocket(s);
    EXPECT(CloseHandle(run.port));
    free((void *)run.seen);
}

/* ---- closing ---- */

struct closing {
    HANDLE port;
    _Atomic bool closed;
    _Atomic int abandoned, late, waiting;
};

static DWORD WINAPI wait_for_close(LPVOID context)
{
    struct closing *closing = context;

    for (;;) {
        OVERLAPPED *overlapped;
        ULONG_PTR key;
        DWORD bytes;
        bool after = atomic_load(&closing->closed);
        if (GetQueuedCompletionStatus(closing->port, &bytes, &key, &overlapped, INFINITE)) {
            if (after)
                atomic_fetch_add(&closing->late, 1);
            continue;
        }
        if (GetLastError() == ERROR_ABANDONED_WAIT_0 || GetLastError() == ERROR_INVALID_HANDLE)
            atomic_fetch_add(&closing->abandoned, 1);
        return 0;
    }
}

static DWORD WINAPI post_until_closed(LPVOID context)
{
    struct closing *closing = context;

    while (PostQueuedCompletionStatus(closing->port, 1, 1, NULL))
        ;
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    return 0;
}

/* The port is closed while threads wait, one of them perhaps in the poll, and others post. */
static void close_while_waiting(bool poller, bool posting)
{
    for (int round = 0; round < 200; round++) {
        struct closing closing = {.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2)};
        HANDLE threads[4];
        SOCKET s = INVALID_SOCKET;
        if (poller) {
            s = socket(AF_INET, SOCK_STREAM, 0);
            EXPECT(CreateIoCompletionPort((HANDLE)s, closing.port, 9, 0) == closing.port);
        }
        for (int index = 0; index < 3; index++)
            threads[index] = CreateThread(NULL, 0, wait_for_close, &closing, 0, NULL);
        threads[3] = posting ? CreateThread(NULL, 0, post_until_closed, &closing, 0, NULL) : NULL;
        if (round % 4)
            pause_briefly((uint32_t)round * 500);
        else
            Sleep(2);
        EXPECT(CloseHandle(closing.port));
        atomic_store(&closing.closed, true);
        for (int index = 0; index < (posting ? 4 : 3); index++)
            join(threads[index]);
        EXPECT_EQUAL(atomic_load(&closing.abandoned), 3);
        EXPECT_EQUAL(atomic_load(&closing.late), 0);
        if (poller)
            closesocket(s);
    }
}

/* ---- APCs ---- */

struct alerted {
    HANDLE port;
    _Atomic int calls, packets;
    _Atomic bool stop;
};

static _Atomic int apc_calls;

static void NTAPI apc(ULONG_PTR context)
{
    (void)context;
    atomic_fetch_add(&apc_calls, 1);
}

static DWORD WINAPI wait_alertably(LPVOID context)
{
    struct alerted *alerted = context;
    OVERLAPPED_ENTRY entries[4];
    ULONG count;

    while (!atomic_load(&alerted->stop)) {
        if (GetQueuedCompletionStatusEx(alerted->port, entries, 4, &count, 50, TRUE))
            atomic_fetch_add(&alerted->packets, (int)count);
        else
            EXPECT(GetLastError() == WAIT_IO_COMPLETION || GetLastError() == WAIT_TIMEOUT);
    }
    SleepEx(0, TRUE);
    return 0;
}

/* Packets and APCs race for one waiter: none of either is lost. */
static void apc_against_packets(bool poller)
{
    enum { EACH = 5000 };
    struct alerted alerted = {.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1)};
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    atomic_store(&apc_calls, 0);
    if (poller)
        EXPECT(CreateIoCompletionPort((HANDLE)s, alerted.port, 9, 0) == alerted.port);
    HANDLE thread = CreateThread(NULL, 0, wait_alertably, &alerted, 0, NULL);
    for (int index = 0; index < EACH; index++) {
        EXPECT(QueueUserAPC(apc, thread, 0));
        EXPECT(PostQueuedCompletionStatus(alerted.port, 0, 0, NULL));
        if (index % 16 == 0)
            Sleep(index % 3 == 0);
    }
    for (int tries = 0; tries < 500 && atomic_load(&alerted.packets) < EACH; tries++)
        Sleep(10);
    atomic_store(&alerted.stop, true);
    join(thread);
    EXPECT_EQUAL(atomic_load(&alerted.packets), EACH);
    EXPECT_EQUAL(atomic_load(&apc_calls), EACH);
    closesocket(s);
    EXPECT(CloseHandle(alerted.port));
}

int main(void)
{
    WSADATA data;

    alarm(300);
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    everything_once(1, 1, false, false);
    everything_once(1, 1, false, true);
    everything_once(1, CONSUMERS, false, true);
    everything_once(LIMIT, CONSUMERS, false, false);
    everything_once(LIMIT, CONSUMERS, true, true);
    close_while_waiting(false, false);
    close_while_waiting(true, false);
    close_while_waiting(true, true);
    apc_against_packets(false);
    apc_against_packets(true);
    return expect_report();
}
