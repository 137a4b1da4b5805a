/* SPDX-License-Identifier: MIT
 *
 * Mutexes, semaphores and names; what goes wrong when memory does not suffice.
 * WAIT-3, 7, 8, 9.
 */
#include "help.h"

#include "base/fault.h"

/* ---- mutexes ---- */

static DWORD try_mutex(void *mutex)
{
    DWORD result = WaitForSingleObject(mutex, 0);

    if (result == WAIT_OBJECT_0)
        ReleaseMutex(mutex);
    else
        EXPECT(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
    return result;
}

static DWORD die_owning(void *mutex)
{
    WaitForSingleObject(mutex, INFINITE);
    WaitForSingleObject(mutex, INFINITE);
    Sleep(30);
    return 0;
}

static DWORD wait_mutex(void *mutex)
{
    DWORD result = WaitForSingleObject(mutex, INFINITE);

    EXPECT(ReleaseMutex(mutex));
    return result;
}

static void mutex_ownership(void)
{
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);

    EXPECT_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(help_join(help_thread(try_mutex, mutex)), WAIT_TIMEOUT);
    EXPECT(ReleaseMutex(mutex));
    EXPECT_EQUAL(help_join(help_thread(try_mutex, mutex)), WAIT_TIMEOUT);
    EXPECT(ReleaseMutex(mutex));
    EXPECT_EQUAL(help_join(help_thread(try_mutex, mutex)), WAIT_OBJECT_0);
    EXPECT(!ReleaseMutex(mutex));
    EXPECT_EQUAL(GetLastError(), ERROR_NOT_OWNER);
    help_close(mutex);
}

static void mutex_abandoned(void)
{
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);
    HANDLE both[2] = {event, mutex};
    HANDLE owner = help_thread(die_owning, mutex);

    /* Abandoned while somebody waits. */
    Sleep(10);
    HANDLE waiter = help_thread(wait_mutex, mutex);
    help_join(owner);
    EXPECT_EQUAL(help_join(waiter), WAIT_ABANDONED);
    EXPECT_EQUAL(WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
    EXPECT(ReleaseMutex(mutex));

    /* Abandoned while nobody does; only the next owner is told. */
    help_join(help_thread(die_owning, mutex));
    EXPECT_EQUAL(WaitForMultipleObjects(2, both, TRUE, 1000), WAIT_ABANDONED_0);
    EXPECT(ReleaseMutex(mutex));
    EXPECT_EQUAL(WaitForMultipleObjects(2, both, TRUE, 1000), WAIT_OBJECT_0);
    EXPECT(ReleaseMutex(mutex));
    help_join(help_thread(die_owning, mutex));
    ResetEvent(event);
    EXPECT_EQUAL(WaitForMultipleObjects(2, both, FALSE, 1000), WAIT_ABANDONED_0 + 1);
    EXPECT(ReleaseMutex(mutex));
    help_close(mutex);
    help_close(event);
}

static DWORD close_while_owned(void *unused)
{
    (void)unused;
    help_close(CreateMutexA(NULL, TRUE, NULL));
    return 0;
}

struct counted {
    HANDLE mutex;
    long count; /* by whoever owns the mutex */
};

static DWORD count_owned(void *argument)
{
    struct counted *counted = argument;

    for (int round = 0; round < 3000; round++) {
        DWORD result = WaitForSingleObject(counted->mutex, INFINITE);
        EXPECT(result == WAIT_OBJECT_0 || result == WAIT_ABANDONED);
        counted->count++;
        if (round % 3 == 0) {
            WaitForSingleObject(counted->mutex, INFINITE);
            ReleaseMutex(counted->mutex);
        }
        if (round != 2999)
            ReleaseMutex(counted->mutex);
    }
    return 0;
}

/* Several owners in turn, each of which abandons it in the end. */
static void mutex_excludes(void)
{
    struct counted counted = {CreateMutexA(NULL, FALSE, NULL), 0};
    HANDLE threads[4];

    for (int index = 0; index < 4; index++)
        threads[index] = help_thread(count_owned, &counted);
    for (int index = 0; index < 4; index++)
        help_join(threads[index]);
    EXPECT_EQUAL(counted.count, 4 * 3000);
    EXPECT_EQUAL(WaitForSingleObject(counted.mutex, 0), WAIT_ABANDONED);
    ReleaseMutex(counted.mutex);
    help_close(counted.mutex);
    help_join(help_thread(close_while_owned, NULL));
}

/* ---- semaphores ---- */

static void semaphore_counts(void)
{
    HANDLE semaphore = CreateSemaphoreA(NULL, 2, 3, NULL);
    LONG before = 77;

    EXPECT_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(semaphore, 0), WAIT_TIMEOUT);
    EXPECT(ReleaseSemaphore(semaphore, 2, &before));
    EXPECT_EQUAL(before, 0);
    before = 77;
    EXPECT(!ReleaseSemaphore(semaphore, 2, &before));
    EXPECT_EQUAL(GetLastError(), ERROR_TOO_MANY_POSTS);
    EXPECT_EQUAL(before, 77);
    EXPECT(!ReleaseSemaphore(semaphore, 0, &before));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!ReleaseSemaphore(semaphore, 0x7fffffff, &before));
    EXPECT(ReleaseSemaphore(semaphore, 1, &before));
    EXPECT_EQUAL(before, 2);
    EXPECT_EQUAL(SignalObjectAndWait(semaphore, semaphore, 0, FALSE), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_TOO_MANY_POSTS);
    help_close(semaphore);
    EXPECT(!CreateSemaphoreA(NULL, 2, 1, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
    EXPECT(!CreateSemaphoreA(NULL, 0, 0, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
    EXPECT(!CreateSemaphoreA(NULL, -1, 1, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
}

static void signal_and_wait_arguments(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);

    EXPECT_EQUAL(SignalObjectAndWait(event, event, 0, FALSE), WAIT_OBJECT_0);
    EXPECT_EQUAL(SignalObjectAndWait(mutex, event, 0, FALSE), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_NOT_OWNER);
    EXPECT_EQUAL(SignalObjectAndWait(NULL, event, 0, FALSE), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT_EQUAL(SignalObjectAndWait(GetCurrentThread(), event, 0, FALSE), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    help_close(event);
    help_close(mutex);
}

/* ---- names ---- */

static void names(void)
{
    static const WCHAR wide[] = {'n', 'a', 'm', 0xe9, 0xd83d, 0xde00, 0};
    HANDLE first = CreateEventW(NULL, TRUE, FALSE, wide);
    EXPECT_EQUAL(GetLastError(), 0);
    HANDLE second = CreateEventA(NULL, FALSE, TRUE, "nam\xc3\xa9\xf0\x9f\x98\x80");
    EXPECT_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
    HANDLE third = OpenEventA(EVENT_ALL_ACCESS, FALSE, "Local\\nam\xc3\xa9\xf0\x9f\x98\x80");

    EXPECT(first && second && third && first != second);
    EXPECT_EQUAL(WaitForSingleObject(second, 0), WAIT_TIMEOUT);
    SetEvent(first);
    EXPECT_EQUAL(WaitForSingleObject(third, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(second, 0), WAIT_OBJECT_0);

    EXPECT(!CreateMutexW(NULL, TRUE, wide));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(!OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, wide));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(!OpenEventA(EVENT_ALL_ACCESS, FALSE, NULL));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!OpenEventA(EVENT_ALL_ACCESS, FALSE, "Nam"));
    EXPECT_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
    help_close(first);
    help_close(second);
    help_close(third);
    EXPECT(!OpenEventW(EVENT_ALL_ACCESS, FALSE, wide));
    EXPECT_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);

    HANDLE mutex = CreateMutexA(NULL, FALSE, "m");
    HANDLE again = CreateMutexA(NULL, TRUE, "m");
    EXPECT_EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
    EXPECT(!ReleaseMutex(again)); /* the initial owner is ignored then */
    help_close(mutex);
    help_close(again);
}

static DWORD churn_names(void *unused)
{
    (void)unused;
    for (int round = 0; round < 3000; round++) {
        HANDLE created = CreateSemaphoreA(NULL, 0, 1, "churn");
        HANDLE opened = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "churn");
        EXPECT(created && opened);
        if (created)
            help_close(created);
        if (opened)
            help_close(opened);
    }
    return 0;
}

static void names_race(void)
{
    HANDLE threads[3];

    for (int index = 0; index < 3; index++)
        threads[index] = help_thread(churn_names, NULL);
    for (int index = 0; index < 3; index++)
        help_join(threads[index]);
    EXPECT(!OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "churn"));
}

/* ---- memory ---- */

static HANDLE make_event(void)
{
    return CreateEventA(NULL, FALSE, FALSE, "short of memory");
}

static HANDLE make_mutex(void)
{
    return CreateMutexA(NULL, TRUE, "short of memory");
}

static HANDLE make_timer(void)
{
    return CreateWaitableTimerA(NULL, FALSE, NULL);
}

static DWORD nothing(void *unused)
{
    (void)unused;
    return 0;
}

static HANDLE make_thread(void)
{
    return CreateThread(NULL, 0, nothing, NULL, 0, NULL);
}

/* The first allocation fails, then the second, until none does; every time with the right error. */
static void sweep(HANDLE (*make)(void))
{
    for (int pass = 1; pass < 100; pass++) {
        atomic_store(&fault_countdown[FAULT_MEMORY], pass);
        HANDLE handle = make();
        DWORD error = GetLastError();
        atomic_store(&fault_countdown[FAULT_MEMORY], 0);
        if (handle) {
            WaitForSingleObject(handle, 1000);
            help_close(handle);
            return;
        }
        EXPECT_EQUAL(error, ERROR_NOT_ENOUGH_MEMORY);
    }
    EXPECT(!"the sweep does not end");
}

static void short_of_memory(void)
{
    sweep(make_event);
    sweep(make_mutex);
    sweep(make_timer);
    sweep(make_thread);
    atomic_store(&fault_countdown[FAULT_THREAD], 1);
    EXPECT(!make_thread());
    EXPECT(make_thread() != NULL);
}

int main(void)
{
    mutex_ownership();
    mutex_abandoned();
    mutex_excludes();
    semaphore_counts();
    signal_and_wait_arguments();
    names();
    names_race();
    short_of_memory();
    return expect_report();
}
