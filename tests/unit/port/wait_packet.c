/* SPDX-License-Identifier: MIT
 *
 * Wait completion packets under fire: signals against cancelling, taking, closing and associating
 * again, each from threads of its own. Every count that was taken from a semaphore is a packet that
 * came, or one that a cancel removed; nothing stays referenced; nothing costs a thread.
 */
#include "../expect.h"

#include "object/object.h"

#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <iocp_nt.h>

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

enum { ROUNDS = 20000, TAKERS = 2, MANY = 1000 };

static long references(void)
{
    long all = 0;
#ifndef NDEBUG
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        if (reason != OBJ_REF_THREAD)
            all += atomic_load(&object_reference_count[reason]);
#endif
    return all;
}

/* A thread that ended gives its own back a moment after it was joined. */
static void expect_references(long wanted)
{
    for (int patience = 0; patience < 1000 && references() != wanted; patience++)
        Sleep(1);
    EXPECT_EQUAL(references(), wanted);
}

/* The calling thread's binding would keep the port that it took from last. */
static HANDLE neutral;

static void unbind(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    EXPECT(!GetQueuedCompletionStatus(neutral, &bytes, &key, &overlapped, 0));
}

static int threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    EXPECT(tasks != NULL);
    if (!tasks)
        return 0;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static int threads_at_first;

static void expect_threads(int wanted)
{
    for (int patience = 0; patience < 1000 && threads() != wanted; patience++)
        Sleep(1);
    EXPECT_EQUAL(threads(), wanted);
}

static HANDLE packet_new(void)
{
    HANDLE packet = NULL;

    EXPECT_EQUAL(NtCreateWaitCompletionPacket(&packet, 0, NULL), STATUS_SUCCESS);
    return packet;
}

static NTSTATUS hang(HANDLE packet, HANDLE port, HANDLE target)
{
    return NtAssociateWaitCompletionPacket(packet, port, target, packet, NULL, 0, 0, NULL);
}

static void join(HANDLE thread)
{
    EXPECT_EQUAL(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    EXPECT(CloseHandle(thread));
}

/* ---- signal, take, associate again, cancel ---- */

struct fire {
    HANDLE port, semaphore, packet;
    BOOLEAN remove;
    _Atomic int taken, removed, done;
};

static DWORD WINAPI signal_often(LPVOID context)
{
    struct fire *fire = context;

    for (int round = 0; round < ROUNDS; round++) {
        EXPECT(ReleaseSemaphore(fire->semaphore, 1, NULL));
        if (round % 16 == 0)
            SwitchToThread();
    }
    return 0;
}

static DWORD WINAPI take_often(LPVOID context)
{
    struct fire *fire = context;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    while (!atomic_load(&fire->done)) {
        if (!GetQueuedCompletionStatus(fire->port, &bytes, &key, &overlapped, 1))
            continue;
        EXPECT_EQUAL(key, (ULONG_PTR)fire->packet);
        atomic_fetch_add(&fire->taken, 1);
        hang(fire->packet, fire->port, fire->semaphore);
    }
    return 0;
}

static DWORD WINAPI cancel_often(LPVOID context)
{
    struct fire *fire = context;

    while (!atomic_load(&fire->done)) {
        NTSTATUS status = NtCancelWaitCompletionPacket(fire->packet, fire->remove);
        EXPECT(status == STATUS_SUCCESS || status == (NTSTATUS)STATUS_CANCELLED ||
               (status == STATUS_PENDING && !fire->remove));
        if (status == STATUS_SUCCESS)
            atomic_fetch_add(&fire->removed, 1);
        if (status != STATUS_PENDING)
            hang(fire->packet, fire->port, fire->semaphore);
        SwitchToThread();
    }
    return 0;
}

/* Every signal was taken, or may have been removed by a cancel. */
static bool fire__is_over(struct fire *fire)
{
    return atomic_load(&fire->taken) + (fire->remove ? atomic_load(&fire->removed) : 0) >= ROUNDS;
}

static void signals_against_cancels(BOOLEAN remove)
{
    struct fire fire = {.remove = remove, .packet = packet_new()};
    HANDLE crew[TAKERS + 1];
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    LONG left = 0;

    fire.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    fire.semaphore = CreateSemaphoreA(NULL, 0, 10 * ROUNDS, NULL);
    EXPECT_EQUAL(hang(fire.packet, fire.port, fire.semaphore), STATUS_SUCCESS);
    for (int index = 0; index < TAKERS; index++)
        crew[index] = CreateThread(NULL, 0, take_often, &fire, 0, NULL);
    crew[TAKERS] = CreateThread(NULL, 0, cancel_often, &fire, 0, NULL);
    join(CreateThread(NULL, 0, signal_often, &fire, 0, NULL));
    for (int patience = 0; patience < 10000 && !fire__is_over(&fire); patience++)
        Sleep(1);
    EXPECT(fire__is_over(&fire));
    atomic_store(&fire.done, 1);
    for (int index = 0; index <= TAKERS; index++)
        join(crew[index]);
    /* What is queued now was taken from the semaphore and not counted yet. */
    NTSTATUS last = NtCancelWaitCompletionPacket(fire.packet, FALSE);
    while (GetQueuedCompletionStatus(fire.port, &bytes, &key, &overlapped, 0))
        atomic_fetch_add(&fire.taken, 1);
    EXPECT(last == STATUS_SUCCESS || last == STATUS_PENDING || last == (NTSTATUS)STATUS_CANCELLED);
    EXPECT_EQUAL(NtCancelWaitCompletionPacket(fire.packet, TRUE), STATUS_CANCELLED);
    EXPECT(ReleaseSemaphore(fire.semaphore, 1, &left));
    int lost = ROUNDS - (int)left - atomic_load(&fire.taken);
    if (remove)
        EXPECT(lost >= 0 && lost <= atomic_load(&fire.removed));
    else
        EXPECT_EQUAL(lost, 0);
    printf("%d taken, %d cancelled, %ld left\n", atomic_load(&fire.taken),
           atomic_load(&fire.removed), (long)left);
    EXPECT(CloseHandle(fire.packet) && CloseHandle(fire.semaphore) && CloseHandle(fire.port));
}

/* ---- everything is closed while it is signalled ---- */

struct closing {
    HANDLE event, victim;
    _Atomic int turn;
};

static DWORD WINAPI close_in_turn(LPVOID context)
{
    struct closing *closing = context;

    for (int round = 1; round <= ROUNDS / 4; round++) {
        while (atomic_load(&closing->turn) != round)
            YieldProcessor();
        EXPECT(CloseHandle(closing->victim));
        atomic_store(&closing->turn, -round);
    }
    return 0;
}

static void signals_against_closing(void)
{
    long before = references();
    struct closing closing = {.event = NULL};
    HANDLE closer = CreateThread(NULL, 0, close_in_turn, &closing, 0, NULL);

    for (int round = 1; round <= ROUNDS / 4; round++) {
        HANDLE packet = packet_new(), event = CreateEventA(NULL, FALSE, FALSE, NULL);
        HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
        HANDLE all[3] = {packet, port, event};
        int victim = round % 3;
        EXPECT_EQUAL(hang(packet, port, event), STATUS_SUCCESS);
        closing.victim = all[victim];
        atomic_store(&closing.turn, round);
        for (volatile int spin = 0; spin < round % 300; spin++)
            ;
        SetEvent(event); /* fails when it was closed first */
        while (atomic_load(&closing.turn) != -round)
            YieldProcessor();
        for (int index = 0; index < 3; index++)
            if (index != victim)
                EXPECT(CloseHandle(all[index]));
    }
    join(closer);
    expect_references(before);
}

/* ---- cost ---- */

static void no_threads(void)
{
    static HANDLE packets[2 * MANY], targets[2 * MANY];
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    LARGE_INTEGER due = {.QuadPart = -500000};
    int before = threads_at_first, came = 0;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    expect_threads(before);
    for (int index = 0; index < 2 * MANY; index++) {
        packets[index] = packet_new();
        targets[index] = index % 2 ? CreateEventA(NULL, FALSE, FALSE, NULL)
                                   : CreateWaitableTimerA(NULL, FALSE, NULL);
        EXPECT_EQUAL(hang(packets[index], port, targets[index]), STATUS_SUCCESS);
    }
    EXPECT_EQUAL(threads(), before);
    for (int index = 0; index < 2 * MANY; index += 2)
        EXPECT(SetWaitableTimer(targets[index], &due, 0, NULL, NULL, FALSE));
    EXPECT(threads() <= before + 1); /* the one that looks at timers */
    for (int index = 1; index < 2 * MANY; index += 2)
        EXPECT(SetEvent(targets[index]));
    while (came < 2 * MANY && GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000))
        came++;
    EXPECT_EQUAL(came, 2 * MANY);
    for (int index = 0; index < 2 * MANY; index++)
        EXPECT(CloseHandle(packets[index]) && CloseHandle(targets[index]));
    expect_threads(before); /* it has gone, having nothing to look at */
    EXPECT(CloseHandle(port));
}

/* ---- a signal that causes a signal, many times over ---- */

static void long_chain(void)
{
    enum { LINKS = 50000 };
    static HANDLE ports[LINKS + 1], packets[LINKS];
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    for (int index = 0; index <= LINKS; index++)
        ports[index] = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    for (int index = 0; index < LINKS; index++) {
        packets[index] = packet_new();
        EXPECT_EQUAL(hang(packets[index], ports[index + 1], ports[index]), STATUS_SUCCESS);
    }
    EXPECT(PostQueuedCompletionStatus(ports[0], 0, 0, NULL));
    EXPECT(GetQueuedCompletionStatus(ports[LINKS], &bytes, &key, &overlapped, 0));
    EXPECT_EQUAL(key, (ULONG_PTR)packets[LINKS - 1]);
    for (int index = 0; index < LINKS; index++)
        EXPECT(CloseHandle(packets[index]));
    for (int index = 0; index <= LINKS; index++)
        EXPECT(CloseHandle(ports[index]));
}

/* ---- reserve objects ---- */

static void reserves(void)
{
    long before = references();
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1), made[3];

    for (int index = 0; index < 3; index++)
        EXPECT_EQUAL(NtAllocateReserveObject(&made[index], NULL, MemoryReserveIoCompletion), 0);
    for (int index = 0; index < 3; index++)
        EXPECT_EQUAL(NtSetIoCompletionEx(port, made[index], NULL, NULL, 0, 0), STATUS_SUCCESS);
    EXPECT(CloseHandle(made[0]));
    EXPECT(CloseHandle(port)); /* with all three in its queue */
    EXPECT(CloseHandle(made[1]));
    EXPECT_EQUAL(NtSetIoCompletionEx(port, made[2], NULL, NULL, 0, 0), STATUS_INVALID_HANDLE);
    EXPECT(CloseHandle(made[2]));
    EXPECT_EQUAL(NtAllocateReserveObject(&made[0], NULL, MemoryReserveUserApc),
                 STATUS_NOT_SUPPORTED);
    EXPECT_EQUAL(NtAllocateReserveObject(&made[0], NULL, (MEMORY_RESERVE_TYPE)9),
                 STATUS_INVALID_PARAMETER);
    expect_references(before);
}

static DWORD WINAPI end_at_once(LPVOID unused)
{
    (void)unused;
    return 0;
}

int main(void)
{
    long before;

    /* A sanitizer starts a thread of its own with the first of the program's. */
    join(CreateThread(NULL, 0, end_at_once, NULL, 0, NULL));
    Sleep(50);
    threads_at_first = threads();
    neutral = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    unbind();
    before = references();
    signals_against_cancels(FALSE);
    signals_against_cancels(TRUE);
    unbind();
    expect_references(before);
    signals_against_closing();
    no_threads();
    long_chain();
    unbind();
    reserves();
    expect_references(before);
    return expect_report();
}
