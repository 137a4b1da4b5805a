/* SPDX-License-Identifier: MIT
 *
 * Critical sections, slim locks, condition variables, one-time initialisation, waiting on
 * addresses: exclusion, no lost wake-up, time, and what the queue is told. SCHED-7a, 9.
 */
#include "help.h"

#include <sched.h>

enum { THREADS = 4, ROUNDS = 20000 };

static CRITICAL_SECTION section;
static SRWLOCK slim = SRWLOCK_INIT;
static long guarded, guarded_twin;

static DWORD enter_section(void *unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        EnterCriticalSection(&section);
        if (round % 4 == 0)
            EnterCriticalSection(&section);
        guarded++;
        if (round % 64 == 0)
            sched_yield();
        guarded_twin++;
        if (round % 4 == 0)
            LeaveCriticalSection(&section);
        LeaveCriticalSection(&section);
    }
    return 0;
}

static DWORD try_section(void *unused)
{
    (void)unused;
    if (!TryEnterCriticalSection(&section))
        return 0;
    LeaveCriticalSection(&section);
    return 1;
}

static void run_all(LPTHREAD_START_ROUTINE routine, void *argument)
{
    HANDLE threads[THREADS];

    for (int index = 0; index < THREADS; index++)
        threads[index] = help_thread(routine, argument);
    for (int index = 0; index < THREADS; index++)
        help_join(threads[index]);
}

static void critical_section(void)
{
    EXPECT(InitializeCriticalSectionAndSpinCount(&section, 50));
    EXPECT_EQUAL(section.LockCount, -1);
    EXPECT_EQUAL(SetCriticalSectionSpinCount(&section, 10), 50);
    guarded = guarded_twin = 0;
    run_all(enter_section, NULL);
    EXPECT_EQUAL(guarded, THREADS * ROUNDS);
    EXPECT_EQUAL(guarded_twin, guarded);
    EXPECT_EQUAL(section.LockCount, -1);

    EXPECT(TryEnterCriticalSection(&section));
    EnterCriticalSection(&section);
    EXPECT_EQUAL(section.RecursionCount, 2);
    EXPECT_EQUAL((uintptr_t)section.OwningThread, GetCurrentThreadId());
    LeaveCriticalSection(&section);
    EXPECT_EQUAL(help_join(help_thread(try_section, NULL)), 0);
    LeaveCriticalSection(&section);
    EXPECT_EQUAL(help_join(help_thread(try_section, NULL)), 1);
    DeleteCriticalSection(&section);
}

static DWORD read_and_write(void *unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        if (round % 4 == 0) {
            AcquireSRWLockExclusive(&slim);
            guarded++;
            if (round % 64 == 0)
                sched_yield();
            guarded_twin++;
            ReleaseSRWLockExclusive(&slim);
        } else if (round % 16 != 1 || TryAcquireSRWLockShared(&slim)) {
            if (round % 16 != 1)
                AcquireSRWLockShared(&slim);
            if (guarded != guarded_twin)
                EXPECT(!"a reader sees half a change");
            if (round % 63 == 0)
                sched_yield();
            ReleaseSRWLockShared(&slim);
        }
    }
    return 0;
}

static void slim_lock(void)
{
    guarded = guarded_twin = 0;
    run_all(read_and_write, NULL);
    EXPECT_EQUAL(guarded, THREADS * ROUNDS / 4);
    EXPECT(TryAcquireSRWLockShared(&slim));
    EXPECT(TryAcquireSRWLockShared(&slim));
    EXPECT(!TryAcquireSRWLockExclusive(&slim));
    ReleaseSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);
    EXPECT(TryAcquireSRWLockExclusive(&slim));
    EXPECT(!TryAcquireSRWLockShared(&slim));
    EXPECT(!TryAcquireSRWLockExclusive(&slim));
    ReleaseSRWLockExclusive(&slim);
}

/* ---- condition variables ---- */

static CONDITION_VARIABLE not_empty = CONDITION_VARIABLE_INIT, not_full = CONDITION_VARIABLE_INIT;
static int queued;
static long consumed;
static bool use_slim, finished;

static void hold(void)
{
    if (use_slim)
        AcquireSRWLockExclusive(&slim);
    else
        EnterCriticalSection(&section);
}

static void let_go(void)
{
    if (use_slim)
        ReleaseSRWLockExclusive(&slim);
    else
        LeaveCriticalSection(&section);
}

static BOOL sleep_on(PCONDITION_VARIABLE condition, DWORD milliseconds)
{
    return use_slim ? SleepConditionVariableSRW(condition, &slim, milliseconds, 0)
                    : SleepConditionVariableCS(condition, &section, milliseconds);
}

static DWORD consume(void *unused)
{
    (void)unused;
    for (;;) {
        hold();
        while (!queued && !finished)
            EXPECT(sleep_on(&not_empty, INFINITE));
        if (!queued) {
            let_go();
            return 0;
        }
        queued--;
        consumed++;
        WakeConditionVariable(&not_full);
        let_go();
    }
}

static void producer_and_consumers(bool with_slim)
{
    HANDLE threads[THREADS];

    InitializeCriticalSection(&section);
    use_slim = with_slim;
    queued = 0;
    consumed = 0;
    finished = false;
    for (int index = 0; index < THREADS; index++)
        threads[index] = help_thread(consume, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        hold();
        while (queued == 3)
            EXPECT(sleep_on(&not_full, INFINITE));
        queued++;
        let_go();
        WakeConditionVariable(&not_empty);
    }
    hold();
    finished = true;
    let_go();
    WakeAllConditionVariable(&not_empty);
    for (int index = 0; index < THREADS; index++)
        help_join(threads[index]);
    EXPECT_EQUAL(consumed, ROUNDS);

    hold();
    int64_t start = clock_now();
    SetLastError(0);
    EXPECT(!sleep_on(&not_empty, 20));
    EXPECT_EQUAL(GetLastError(), ERROR_TIMEOUT);
    EXPECT(clock_now() - start >= 20 * NANOSECONDS_PER_MILLISECOND);
    EXPECT(!sleep_on(&not_empty, 0));
    let_go();
    DeleteCriticalSection(&section);
}

/* ---- one-time initialisation ---- */

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static _Atomic int initialised;

static BOOL CALLBACK initialise(PINIT_ONCE which, PVOID parameter, PVOID *context)
{
    EXPECT(which == &once);
    Sleep(10);
    if (initialised++ == 0)
        return FALSE; /* the first attempt fails */
    *context = parameter;
    return TRUE;
}

static DWORD initialise_once(void *parameter)
{
    PVOID context = NULL;

    if (InitOnceExecuteOnce(&once, initialise, parameter, &context))
        EXPECT(context == parameter);
    return 0;
}

static void one_time(void)
{
    BOOL pending = FALSE;
    PVOID context = NULL;

    EXPECT(!InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context));
    EXPECT_EQUAL(GetLastError(), ERROR_GEN_FAILURE);
    run_all(initialise_once, &section);
    EXPECT_EQUAL(initialised, 2);
    EXPECT(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context));
    EXPECT(!pending && context == &section);

    InitOnceInitialize(&once);
    EXPECT(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context) && pending);
    EXPECT(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context) && pending);
    EXPECT(!InitOnceBeginInitialize(&once, 0, &pending, &context));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!InitOnceComplete(&once, INIT_ONCE_ASYNC, (PVOID)2));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(InitOnceComplete(&once, INIT_ONCE_ASYNC, &slim));
    EXPECT(!InitOnceComplete(&once, INIT_ONCE_ASYNC, &section));
    EXPECT_EQUAL(GetLastError(), ERROR_GEN_FAILURE);
    EXPECT(InitOnceBeginInitialize(&once, 0, &pending, &context) && !pending && context == &slim);
}

/* ---- addresses ---- */

static struct {
    _Atomic uint8_t byte;
    _Atomic uint16_t word;
    _Atomic uint64_t quad;
} cells;
static _Atomic uint32_t turn;

static DWORD take_turns(void *unused)
{
    (void)unused;
    for (uint32_t expected = 0; expected < ROUNDS; expected += 2) {
        uint32_t seen;
        while ((seen = turn) != expected + 1)
            EXPECT(WaitOnAddress(&turn, &seen, sizeof seen, INFINITE));
        turn++;
        WakeByAddressSingle(&turn);
    }
    return 0;
}

static void addresses(void)
{
    HANDLE thread = help_thread(take_turns, NULL);
    uint64_t quad = 0;
    uint16_t word = 1;
    uint8_t byte = 0;

    for (uint32_t expected = 0; expected < ROUNDS; expected += 2) {
        uint32_t seen;
        while ((seen = turn) != expected)
            EXPECT(WaitOnAddress(&turn, &seen, sizeof seen, INFINITE));
        turn++;
        WakeByAddressAll(&turn);
    }
    help_join(thread);
    int64_t start = clock_now();
    EXPECT(!WaitOnAddress(&cells.quad, &quad, 8, 15));
    EXPECT_EQUAL(GetLastError(), ERROR_TIMEOUT);
    EXPECT(clock_now() - start >= 15 * NANOSECONDS_PER_MILLISECOND);
    EXPECT(!WaitOnAddress(&cells.byte, &byte, 1, 0));
    EXPECT(WaitOnAddress(&cells.word, &word, 2, INFINITE));
    EXPECT(!WaitOnAddress(&cells.word, &word, 3, 0));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
}

/* ---- what the queue is told ---- */

static struct help_queue queue;

static DWORD contend(void *unused)
{
    (void)unused;
    help_bind(&queue);
    EnterCriticalSection(&section);
    LeaveCriticalSection(&section);
    AcquireSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);
    AcquireSRWLockExclusive(&slim);
    SleepConditionVariableSRW(&not_empty, &slim, 5, 0);
    ReleaseSRWLockExclusive(&slim);
    help_bind(NULL);
    return 0;
}

static void frames(void)
{
    InitializeCriticalSection(&section);
    contend(NULL); /* nobody is in the way: only the condition variable sleeps */
    EXPECT_EQUAL(queue.blocked, 1);
    EXPECT_EQUAL(queue.running, 1);

    EnterCriticalSection(&section);
    AcquireSRWLockExclusive(&slim);
    HANDLE thread = help_thread(contend, NULL);
    while (queue.blocked < 2)
        sched_yield();
    LeaveCriticalSection(&section);
    while (queue.blocked < 3)
        sched_yield();
    EXPECT_EQUAL(queue.running, 2);
    ReleaseSRWLockExclusive(&slim);
    help_join(thread);
    EXPECT_EQUAL(queue.blocked, 4);
    EXPECT_EQUAL(queue.running, 4);
    DeleteCriticalSection(&section);
}

int main(void)
{
    critical_section();
    slim_lock();
    producer_and_consumers(false);
    producer_and_consumers(true);
    one_time();
    addresses();
    frames();
    return expect_report();
}
