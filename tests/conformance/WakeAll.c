/* SPDX-License-Identifier: MIT
 *
 * Waking everybody on a condition variable or an address, and a one-time initialisation that fails:
 * each wakes who sleeps at that moment, once, although those who are woken go to sleep again.
 */
#include "support.h"

#define SLEEPERS 32
#define ROUNDS 6

static CRITICAL_SECTION section;
static SRWLOCK srw = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static LONG go;              /* the sleepers may end */
static volatile LONG sleeps; /* how often one of them went to sleep */
static volatile LONG tries;  /* functions of the one-time initialisation that have ended */
static volatile LONG told;   /* threads to whom it was said that theirs failed */
static volatile LONG late;   /* of these, when others' had failed too */
static volatile LONG wrong;  /* results that are not theirs */

static DWORD WINAPI sleep_on_address(LPVOID unused)
{
    LONG none = 0;

    (void)unused;
    while (!counter_get(&go)) {
        counter_add(&sleeps);
        WaitOnAddress(&go, &none, sizeof go, INFINITE);
    }
    return 0;
}

static DWORD WINAPI sleep_with_section(LPVOID unused)
{
    (void)unused;
    EnterCriticalSection(&section);
    while (!go) {
        counter_add(&sleeps);
        SleepConditionVariableCS(&condition, &section, INFINITE);
    }
    LeaveCriticalSection(&section);
    return 0;
}

static DWORD WINAPI sleep_with_shared(LPVOID unused)
{
    (void)unused;
    AcquireSRWLockShared(&srw);
    while (!counter_get(&go)) {
        counter_add(&sleeps);
        SleepConditionVariableSRW(&condition, &srw, INFINITE, CONDITION_VARIABLE_LOCKMODE_SHARED);
    }
    ReleaseSRWLockShared(&srw);
    return 0;
}

static void wake_condition(void)
{
    WakeAllConditionVariable(&condition);
}

static void wake_address(void)
{
    WakeByAddressAll(&go);
}

static void start_all(HANDLE *threads, LPTHREAD_START_ROUTINE routine)
{
    for (int i = 0; i < SLEEPERS; i++)
        REQUIRE((threads[i] = CreateThread(NULL, 0, routine, NULL, 0, NULL)) != NULL);
}

static int join_all(HANDLE *threads)
{
    DWORD ended = WaitForMultipleObjects(SLEEPERS, threads, TRUE, 2 * DEADLINE_MS);

    for (int i = 0; i < SLEEPERS; i++)
        CloseHandle(threads[i]);
    return ended == WAIT_OBJECT_0;
}

/* Spurious wake-ups are allowed, so the numbers have room for some. */
static void once_each(const char *what, LPTHREAD_START_ROUTINE routine, void (*wake)(void))
{
    HANDLE threads[SLEEPERS];

    counter_set(&go, 0);
    counter_set(&sleeps, 0);
    start_all(threads, routine);
    REQUIRE(counter_reaches(&sleeps, SLEEPERS));
    for (int round = 0; round < ROUNDS; round++) {
        LONG before;
        support_settle();
        before = counter_get(&sleeps);
        wake();
        CHECK("WAIT-21", counter_reaches(&sleeps, before + SLEEPERS), "%s: each is woken", what);
        support_settle();
        CHECK("WAIT-21", counter_get(&sleeps) <= before + 2 * SLEEPERS,
              "%s: and once: %ld sleeps for %d sleepers", what,
              (long)(counter_get(&sleeps) - before), SLEEPERS);
    }
    EnterCriticalSection(&section);
    counter_set(&go, 1);
    LeaveCriticalSection(&section);
    wake();
    CHECK("WAIT-21", join_all(threads), "%s: the end", what);
}

#define FAILURES 6
#define OWN_ERROR 4711

static __thread LONG which_failed; /* the calling thread's function was the nth to fail */

static BOOL CALLBACK fail_at_first(PINIT_ONCE which, PVOID parameter, PVOID *context)
{
    (void)which;
    (void)parameter;
    Sleep(100);
    *context = (PVOID)0x40;
    which_failed = InterlockedIncrement(&tries);
    if (which_failed > FAILURES)
        return TRUE;
    SetLastError(OWN_ERROR);
    return FALSE;
}

static DWORD WINAPI initialise(LPVOID unused)
{
    PVOID context = NULL;

    (void)unused;
    if (InitOnceExecuteOnce(&once, fail_at_first, NULL, &context)) {
        if (context != (PVOID)0x40)
            counter_add(&wrong);
        return 0;
    }
    /* Before the next one's function has ended, which takes a while. */
    if (counter_get(&tries) != which_failed)
        counter_add(&late);
    if (GetLastError() != OWN_ERROR || which_failed == 0)
        counter_add(&wrong);
    counter_add(&told);
    return 0;
}

/* Who waits for an initialisation that fails tries it himself; only those whose own function has
 * failed are told so, and at once. */
static void initialisations_that_fail(void)
{
    HANDLE threads[SLEEPERS];

    start_all(threads, initialise);
    CHECK("WAIT-22", join_all(threads), "all come back");
    CHECK("WAIT-22", counter_get(&tries) == FAILURES + 1, "until one succeeds: %ld",
          (long)counter_get(&tries));
    CHECK("WAIT-22", counter_get(&told) == FAILURES, "whose own failed: %ld",
          (long)counter_get(&told));
    CHECK("WAIT-22", counter_get(&wrong) == 0, "the context, or the function's last error");
    CHECK("WAIT-22", counter_get(&late) <= 1, "while others try: %ld late",
          (long)counter_get(&late));
}

static void addresses(void)
{
    once_each("WakeByAddressAll", sleep_on_address, wake_address);
}

static void conditions(void)
{
    once_each("a critical section", sleep_with_section, wake_condition);
    once_each("a shared lock", sleep_with_shared, wake_condition);
}

int main(void)
{
    InitializeCriticalSection(&section);
    RUN(addresses);
    RUN(conditions);
    RUN(initialisations_that_fail);
    DeleteCriticalSection(&section);
    return check_report();
}
