/* SPDX-License-Identifier: MIT
 *
 * Synchronization barriers: nobody passes before all have come, one of each round is told, and the
 * memory may be reused as soon as it was deleted.
 */
#include "help.h"

#include <string.h>

enum { THREADS = 4, ROUNDS = 500 };

struct party {
    SYNCHRONIZATION_BARRIER barrier;
    DWORD flags;
    _Atomic int arrived, last;
};

static DWORD WINAPI meet(LPVOID context)
{
    struct party *party = context;

    for (int round = 1; round <= ROUNDS; round++) {
        atomic_fetch_add(&party->arrived, 1);
        if (EnterSynchronizationBarrier(&party->barrier, party->flags))
            atomic_fetch_add(&party->last, 1);
        EXPECT(atomic_load(&party->arrived) >= round * THREADS);
    }
    return 0;
}

static void rounds(DWORD flags)
{
    struct party party = {.flags = flags};
    HANDLE threads[THREADS];

    EXPECT(InitializeSynchronizationBarrier(&party.barrier, THREADS, -1));
    for (int index = 0; index < THREADS; index++)
        threads[index] = help_thread(meet, &party);
    for (int index = 0; index < THREADS; index++)
        help_join(threads[index]);
    EXPECT_EQUAL(atomic_load(&party.last), ROUNDS);
    EXPECT(DeleteSynchronizationBarrier(&party.barrier));
}

/* Whoever is told deletes the barrier and overwrites it; the others may be on their way out. */
static DWORD WINAPI meet_once(LPVOID context)
{
    struct party *party = context;

    if (EnterSynchronizationBarrier(&party->barrier, 0)) {
        EXPECT(DeleteSynchronizationBarrier(&party->barrier));
        memset(&party->barrier, 0xAA, sizeof party->barrier);
        atomic_fetch_add(&party->last, 1);
    }
    return 0;
}

static void deleted_by_the_last(void)
{
    for (int round = 0; round < 100; round++) {
        struct party party = {.flags = 0};
        HANDLE threads[THREADS];

        EXPECT(InitializeSynchronizationBarrier(&party.barrier, THREADS, 0));
        for (int index = 0; index < THREADS; index++)
            threads[index] = help_thread(meet_once, &party);
        for (int index = 0; index < THREADS; index++)
            help_join(threads[index]);
        EXPECT_EQUAL(atomic_load(&party.last), 1);
    }
}

static void arguments(void)
{
    SYNCHRONIZATION_BARRIER barrier;

    EXPECT(!InitializeSynchronizationBarrier(&barrier, 0, 0));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!InitializeSynchronizationBarrier(&barrier, 1, -2));
    EXPECT(InitializeSynchronizationBarrier(&barrier, 1, 0));
    EXPECT(EnterSynchronizationBarrier(&barrier, 0));
    EXPECT(EnterSynchronizationBarrier(&barrier, SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY));
    EXPECT(DeleteSynchronizationBarrier(&barrier));
}

int main(void)
{
    arguments();
    rounds(0);
    rounds(SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY);
    rounds(SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE);
    deleted_by_the_last();
    return expect_report();
}
