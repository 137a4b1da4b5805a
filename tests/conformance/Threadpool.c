/* SPDX-License-Identifier: MIT
 *
 * Pools, work objects, cleanup groups, and what a callback may ask for (POOL-12 to 16, 20 to 23).
 */
#include "threadpool.h"

static void work_runs_once_per_submit(void)
{
    struct count count = {0};
    PTP_WORK work = CreateThreadpoolWork(count_work, &count, NULL);

    REQUIRE(work != NULL);
    for (int round = 0; round < 1000; round++)
        SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CHECK("POOL-14", count.all == 1000, "%ld of 1000 callbacks have run", (long)count.all);
    CHECK("POOL-14", count.now == 0, "%ld still run", (long)count.now);
    CloseThreadpoolWork(work);
}

static void waiting_drops_what_has_not_begun(void)
{
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)};
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = CreateThreadpool(NULL);

    REQUIRE(pool != NULL);
    SetThreadpoolThreadMaximum(pool, 1);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    PTP_WORK work = CreateThreadpoolWork(count_work, &count, &environment);
    REQUIRE(work != NULL);
    for (int round = 0; round < 10; round++)
        SubmitThreadpoolWork(work);
    CHECK("POOL-13", count_reaches(&count.now, 1), "one callback runs");
    Sleep(100);
    CHECK("POOL-13", count.most == 1, "%ld run at a time in a pool of one thread",
          (long)count.most);

    struct count opener = {0};
    PTP_WORK open = CreateThreadpoolWork(count_work, &opener, NULL);
    REQUIRE(open != NULL);
    SubmitThreadpoolWork(open);
    WaitForThreadpoolWorkCallbacks(open, FALSE);
    CHECK("POOL-12", opener.all == 1, "another pool's work runs meanwhile");
    CloseThreadpoolWork(open);
    SetEvent(count.gate);
    WaitForThreadpoolWorkCallbacks(work, TRUE);
    LONG ran = count.all;
    Sleep(50);
    CHECK("POOL-14", count.all == ran && count.now == 0, "%ld ran, then %ld", (long)ran,
          (long)count.all);
    CloseThreadpoolWork(work);
    CloseThreadpool(pool);
    DestroyThreadpoolEnvironment(&environment);
    CloseHandle(count.gate);
}

static void closing_lets_callbacks_run(void)
{
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)};
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = CreateThreadpool(NULL);

    REQUIRE(pool != NULL);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    PTP_WORK work = CreateThreadpoolWork(count_work, &count, &environment);
    REQUIRE(work != NULL);
    SubmitThreadpoolWork(work);
    SubmitThreadpoolWork(work);
    CHECK("POOL-15", count_reaches(&count.now, 1), "a callback runs");
    CloseThreadpoolWork(work);
    CloseThreadpool(pool);
    SetEvent(count.gate);
    CHECK("POOL-15", count_reaches(&count.all, 2), "%ld of 2 ran after closing", (long)count.all);
    Sleep(20);
    CloseHandle(count.gate);
}

static void simple_callbacks_run(void)
{
    struct count count = {0};

    for (int round = 0; round < 100; round++)
        REQUIRE(TrySubmitThreadpoolCallback(count_simple, &count, NULL));
    CHECK("POOL-16", count_reaches(&count.all, 100), "%ld of 100 have run", (long)count.all);
}

/* Blocks where the library cannot see it. */
static void block_unseen(DWORD milliseconds)
{
#ifdef _WIN32
    Sleep(milliseconds);
#else
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
#endif
}

static _Atomic LONG unseen_inside, unseen_most;

static void CALLBACK work_unseen(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    LONG now = ++unseen_inside;

    (void)instance;
    (void)context;
    (void)work;
    if (now > unseen_most)
        unseen_most = now;
    block_unseen(1000);
    --unseen_inside;
}

#define LEFT_BEHIND_ON_WINE "Wine sometimes leaves a callback behind threads that are blocked"

/* Callbacks that block do not keep others from running. */
static void blocked_callbacks_are_replaced(void)
{
    LONG many = (LONG)processors() * 2 + 4;
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)};
    PTP_WORK work = CreateThreadpoolWork(count_work, &count, NULL);

    REQUIRE(work != NULL);
    for (LONG round = 0; round < many; round++)
        SubmitThreadpoolWork(work);
    CHECK_WINE_DEPARTS("POOL-20", count_reaches(&count.now, many), LEFT_BEHIND_ON_WINE,
                       "%ld of %ld callbacks wait side by side", (long)count.now, (long)many);
    SetEvent(count.gate);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CHECK("POOL-20", count.all == many, "%ld of %ld ended", (long)count.all, (long)many);
    CloseThreadpoolWork(work);
    CloseHandle(count.gate);

    PTP_WORK unseen = CreateThreadpoolWork(work_unseen, NULL, NULL);
    struct count quick = {0};
    work = CreateThreadpoolWork(count_work, &quick, NULL);
    REQUIRE(unseen != NULL && work != NULL);
    ULONGLONG start = GetTickCount64();
    for (LONG round = 0; round < many; round++)
        SubmitThreadpoolWork(unseen);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CHECK_WINE_DEPARTS("POOL-20", since(start) < 900, LEFT_BEHIND_ON_WINE,
                       "%u ms until another callback ran", (unsigned)since(start));
    WaitForThreadpoolWorkCallbacks(unseen, FALSE);
    CHECK("POOL-20", unseen_most > (LONG)processors(),
          "%ld callbacks in a foreign call side by side on %u processors", (long)unseen_most,
          (unsigned)processors());
    CloseThreadpoolWork(unseen);
    CloseThreadpoolWork(work);
}

static void numbers_of_threads(void)
{
    TP_POOL_STACK_INFORMATION stack = {1 << 20, 1 << 16}, found = {0, 0};
    PTP_POOL pool = CreateThreadpool(NULL);

    REQUIRE(pool != NULL);
    CHECK("POOL-13", SetThreadpoolThreadMinimum(pool, 3), "a minimum of 3, error %u",
          (unsigned)GetLastError());
    SetThreadpoolThreadMaximum(pool, 2);
    CHECK("POOL-13", SetThreadpoolStackInformation(pool, &stack), "the stack can be set");
    CHECK("POOL-13", QueryThreadpoolStackInformation(pool, &found), "and asked for");
    CHECK("POOL-13", found.StackReserve == 1 << 20 && found.StackCommit == 1 << 16,
          "%u and %u bytes", (unsigned)found.StackReserve, (unsigned)found.StackCommit);
    CloseThreadpool(pool);
}

/* ---- inside a callback ---- */

struct deferred {
    HANDLE event, semaphore, mutex;
    CRITICAL_SECTION section;
    DWORD early; /* of the event, inside the callback */
};

static void CALLBACK work_deferring(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    struct deferred *deferred = context;

    (void)work;
    WaitForSingleObject(deferred->mutex, INFINITE);
    EnterCriticalSection(&deferred->section);
    SetEventWhenCallbackReturns(instance, deferred->event);
    ReleaseSemaphoreWhenCallbackReturns(instance, deferred->semaphore, 3);
    ReleaseMutexWhenCallbackReturns(instance, deferred->mutex);
    LeaveCriticalSectionWhenCallbackReturns(instance, &deferred->section);
    deferred->early = WaitForSingleObject(deferred->event, 50);
}

static void deferrals_come_after_the_callback(void)
{
    struct deferred deferred = {.event = CreateEventA(NULL, TRUE, FALSE, NULL),
                                .semaphore = CreateSemaphoreA(NULL, 0, 10, NULL),
                                .mutex = CreateMutexA(NULL, FALSE, NULL)};
    LONG before = 0;

    InitializeCriticalSection(&deferred.section);
    PTP_WORK work = CreateThreadpoolWork(work_deferring, &deferred, NULL);
    REQUIRE(work != NULL);
    SubmitThreadpoolWork(work);
    CHECK("POOL-21", WaitForSingleObject(deferred.event, 5000) == WAIT_OBJECT_0,
          "the event is set");
    CHECK("POOL-21", deferred.early == WAIT_TIMEOUT, "but not inside the callback: %u",
          (unsigned)deferred.early);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CHECK("POOL-21", ReleaseSemaphore(deferred.semaphore, 1, &before) && before == 3,
          "the semaphore was at %ld", (long)before);
    CHECK("POOL-21", WaitForSingleObject(deferred.mutex, 0) == WAIT_OBJECT_0,
          "the mutex is free, and not abandoned");
    CHECK("POOL-21", TryEnterCriticalSection(&deferred.section), "the section is free");
    CloseThreadpoolWork(work);
    LeaveCriticalSection(&deferred.section);
    DeleteCriticalSection(&deferred.section);
    CloseHandle(deferred.event);
    CloseHandle(deferred.semaphore);
    CloseHandle(deferred.mutex);
}

struct apart {
    HANDLE gate, done;
    _Atomic LONG began;
};

static void CALLBACK work_apart(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    struct apart *apart = context;

    (void)work;
    DisassociateCurrentThreadFromCallback(instance);
    ++apart->began;
    WaitForSingleObject(apart->gate, 10000);
    SetEvent(apart->done);
}

static void disassociated_callbacks_are_not_waited_for(void)
{
    struct apart apart = {CreateEventA(NULL, TRUE, FALSE, NULL),
                          CreateEventA(NULL, TRUE, FALSE, NULL), 0};
    PTP_WORK work = CreateThreadpoolWork(work_apart, &apart, NULL);

    REQUIRE(work != NULL);
    SubmitThreadpoolWork(work);
    CHECK("POOL-22", count_reaches(&apart.began, 1), "the callback runs");
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CHECK("POOL-22", WaitForSingleObject(apart.done, 0) == WAIT_TIMEOUT,
          "waiting ended before the callback did");
    SetEvent(apart.gate);
    CHECK("POOL-22", WaitForSingleObject(apart.done, 5000) == WAIT_OBJECT_0, "which goes on");
    CloseThreadpoolWork(work);
    CloseHandle(apart.gate);
    CloseHandle(apart.done);
}

static _Atomic LONG long_stop, long_inside;
static _Atomic LONG long_answer = -1;

/* Computes, so that it would keep its slot. */
static void CALLBACK work_long(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)work;
    if (context)
        long_answer = CallbackMayRunLong(instance);
    ++long_inside;
    while (!long_stop)
        YieldProcessor();
    --long_inside;
}

static void long_callbacks_hold_no_slot(void)
{
    LONG many = (LONG)processors() + 2;
    struct count quick = {0};
    TP_CALLBACK_ENVIRON environment;

    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackRunsLong(&environment);
    PTP_WORK work = CreateThreadpoolWork(work_long, NULL, &environment);
    PTP_WORK asking = CreateThreadpoolWork(work_long, &quick, NULL);
    PTP_WORK other = CreateThreadpoolWork(count_work, &quick, NULL);
    REQUIRE(work != NULL && asking != NULL && other != NULL);
    for (LONG round = 1; round < many; round++)
        SubmitThreadpoolWork(work);
    SubmitThreadpoolWork(asking);
    CHECK("POOL-23", count_reaches(&long_inside, many), "%ld of %ld run side by side",
          (long)long_inside, (long)many);
    SubmitThreadpoolWork(other);
    CHECK("POOL-23", count_reaches(&quick.all, 1), "another callback still runs");
    CHECK("POOL-23", long_answer == TRUE, "CallbackMayRunLong: %ld", (long)long_answer);
    long_stop = 1;
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    WaitForThreadpoolWorkCallbacks(asking, FALSE);
    WaitForThreadpoolWorkCallbacks(other, FALSE);
    CloseThreadpoolWork(work);
    CloseThreadpoolWork(asking);
    CloseThreadpoolWork(other);
}

/* ---- groups ---- */

static _Atomic LONG cancelled;

static void CALLBACK group_cancelled(PVOID object, PVOID cleanup)
{
    (void)object;
    cancelled += *(LONG *)cleanup;
}

static void groups_close_their_members(void)
{
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)}, plain = {0};
    TP_CALLBACK_ENVIRON environment;
    PTP_CLEANUP_GROUP group = CreateThreadpoolCleanupGroup();
    PTP_POOL pool = CreateThreadpool(NULL);
    LONG step = 1;

    REQUIRE(group != NULL && pool != NULL);
    SetThreadpoolThreadMaximum(pool, 1);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    SetThreadpoolCallbackCleanupGroup(&environment, group, group_cancelled);

    PTP_WORK work = CreateThreadpoolWork(count_work, &plain, &environment);
    REQUIRE(work != NULL);
    for (int round = 0; round < 10; round++)
        SubmitThreadpoolWork(work);
    CloseThreadpoolCleanupGroupMembers(group, FALSE, &step);
    CHECK("POOL-24", plain.all == 10, "%ld of 10 callbacks ended before it returned",
          (long)plain.all);
    CHECK("POOL-24", cancelled == 0, "nothing was cancelled: %ld", (long)cancelled);

    work = CreateThreadpoolWork(count_work, &count, &environment);
    REQUIRE(work != NULL);
    SubmitThreadpoolWork(work);
    CHECK("POOL-24", count_reaches(&count.now, 1), "the group's work runs");
    SubmitThreadpoolWork(work);
    REQUIRE(TrySubmitThreadpoolCallback(count_simple, &count, &environment));
    PTP_WORK closed = CreateThreadpoolWork(count_work, &plain, &environment);
    REQUIRE(closed != NULL);
    CloseThreadpoolWork(closed);
    SetEvent(count.gate);
    CloseThreadpoolCleanupGroupMembers(group, TRUE, &step);
    CHECK("POOL-24", count.now == 0, "no callback runs: %ld", (long)count.now);
    LONG ran = count.all;
    Sleep(50);
    CHECK("POOL-24", count.all == ran, "%ld ran, then %ld", (long)ran, (long)count.all);
    CHECK("POOL-24", cancelled >= 1 && cancelled <= 2, "%ld members were cancelled",
          (long)cancelled);
    CloseThreadpoolCleanupGroup(group);
    CloseThreadpool(pool);
    CloseHandle(count.gate);
}

int main(void)
{
    RUN(work_runs_once_per_submit);
    RUN(waiting_drops_what_has_not_begun);
    RUN(closing_lets_callbacks_run);
    RUN(simple_callbacks_run);
    RUN(blocked_callbacks_are_replaced);
    RUN(numbers_of_threads);
    RUN(deferrals_come_after_the_callback);
    RUN(disassociated_callbacks_are_not_waited_for);
    RUN(long_callbacks_hold_no_slot);
    RUN(groups_close_their_members);
    return check_report();
}
