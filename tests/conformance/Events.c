/* SPDX-License-Identifier: MIT
 *
 * The wait functions and what they wait for: events, mutexes, semaphores, a port's handle.
 * Alertable waits are in Apc.c, threads as objects in Threads.c, bad handles in Handles.c.
 */
#include "support.h"

static void expect_wait(const char *rule, HANDLE handle, DWORD milliseconds, DWORD result,
                        const char *what)
{
    DWORD got;
    SetLastError(UNTOUCHED_ERROR);
    got = WaitForSingleObject(handle, milliseconds);
    CHECK(rule, got == result, "%s: %u, expected %u", what, (unsigned)got, (unsigned)result);
    CHECK("WAIT-1", GetLastError() == UNTOUCHED_ERROR, "%s: the last error stays", what);
}

static void wait_for_one(void)
{
    HANDLE event = event_make(TRUE, FALSE);
    double start;
    expect_wait("WAIT-1", event, 0, WAIT_TIMEOUT, "not set, timeout 0");
    start = support_now_ms();
    expect_wait("WAIT-1", event, 100, WAIT_TIMEOUT, "not set, timeout 100");
    CHECK("WAIT-1", support_now_ms() - start >= 100 - TICK_MS, "it lasted %.3f ms",
          support_now_ms() - start);
    SetEvent(event);
    expect_wait("WAIT-1", event, 0, WAIT_OBJECT_0, "set, timeout 0");
    expect_wait("WAIT-1", event, INFINITE, WAIT_OBJECT_0, "set, INFINITE");
    expect_wait("WAIT-1", GetCurrentThread(), 0, WAIT_TIMEOUT, "pseudo handle of the thread");
    expect_wait("WAIT-1", GetCurrentProcess(), 0, WAIT_TIMEOUT, "pseudo handle of the process");
    CloseHandle(event);
}

static void manual_reset(void)
{
    HANDLE event = event_make(TRUE, TRUE);
    expect_wait("WAIT-6", event, 0, WAIT_OBJECT_0, "made set");
    expect_wait("WAIT-6", event, 0, WAIT_OBJECT_0, "stays set");
    CHECK("WAIT-6", SetEvent(event), "setting a set event");
    expect_wait("WAIT-6", event, 0, WAIT_OBJECT_0, "changes nothing");
    CHECK("WAIT-6", ResetEvent(event), "reset");
    expect_wait("WAIT-6", event, 0, WAIT_TIMEOUT, "is not set");
    CHECK("WAIT-6", ResetEvent(event), "reset again");
    CloseHandle(event);
}

static void auto_reset(void)
{
    HANDLE event = event_make(FALSE, FALSE);
    SetEvent(event);
    SetEvent(event);
    expect_wait("WAIT-6", event, 0, WAIT_OBJECT_0, "set twice");
    expect_wait("WAIT-6", event, 0, WAIT_TIMEOUT, "is one signal only");
    CloseHandle(event);
}

struct group {
    HANDLE handle;
    DWORD timeout;
    volatile LONG begun, released;
    HANDLE threads[4];
};

static DWORD WINAPI wait_in_group(void *argument)
{
    struct group *group = argument;
    counter_add(&group->begun);
    if (WaitForSingleObject(group->handle, group->timeout) == WAIT_OBJECT_0)
        counter_add(&group->released);
    return 0;
}

static void group_start(struct group *group, HANDLE handle)
{
    memset(group, 0, sizeof *group);
    group->handle = handle;
    group->timeout = 2 * DEADLINE_MS;
    for (int i = 0; i < 4; i++)
        group->threads[i] = thread_start(wait_in_group, group);
    REQUIRE(counter_reaches(&group->begun, 4));
    support_settle();
}

static void group_join(struct group *group)
{
    for (int i = 0; i < 4; i++)
        thread_join(group->threads[i]);
    CloseHandle(group->handle);
}

static void events_release_waiters(void)
{
    struct group group;
    group_start(&group, event_make(TRUE, FALSE));
    CHECK("WAIT-6", counter_stays(&group.released, 0), "waiters wait");
    SetEvent(group.handle);
    CHECK("WAIT-6", counter_reaches(&group.released, 4), "manual reset releases all");
    group_join(&group);
    group_start(&group, event_make(FALSE, FALSE));
    for (LONG i = 1; i <= 4; i++) {
        SetEvent(group.handle);
        CHECK("WAIT-6", counter_reaches(&group.released, i), "auto reset releases one");
        CHECK("WAIT-6", i == 4 || counter_stays(&group.released, i), "and only one");
    }
    group_join(&group);
}

static void wait_for_any(void)
{
    HANDLE e[3] = {event_make(FALSE, FALSE), event_make(FALSE, TRUE), event_make(FALSE, TRUE)};
    CHECK("WAIT-2", WaitForMultipleObjects(3, e, FALSE, 0) == WAIT_OBJECT_0 + 1,
          "any: the lowest index that is set");
    CHECK("WAIT-2", WaitForMultipleObjects(3, e, FALSE, 0) == WAIT_OBJECT_0 + 2,
          "only that one was consumed");
    CHECK("WAIT-2", WaitForMultipleObjects(3, e, FALSE, 0) == WAIT_TIMEOUT, "none is left");
    CHECK("WAIT-2", WaitForMultipleObjects(3, e, FALSE, 50) == WAIT_TIMEOUT, "also after a time");
    for (int i = 0; i < 3; i++)
        CloseHandle(e[i]);
}

static void wait_for_all(void)
{
    HANDLE e[3] = {event_make(FALSE, TRUE), event_make(FALSE, FALSE), event_make(TRUE, TRUE)};
    CHECK("WAIT-2", WaitForMultipleObjects(3, e, TRUE, 50) == WAIT_TIMEOUT, "all: one is missing");
    expect_wait("WAIT-2", e[0], 0, WAIT_OBJECT_0, "the one that was set is not consumed");
    SetEvent(e[0]);
    SetEvent(e[1]);
    CHECK("WAIT-2", WaitForMultipleObjects(3, e, TRUE, 0) == WAIT_OBJECT_0, "all are set");
    expect_wait("WAIT-2", e[0], 0, WAIT_TIMEOUT, "the first is consumed");
    expect_wait("WAIT-2", e[1], 0, WAIT_TIMEOUT, "the second is consumed");
    expect_wait("WAIT-2", e[2], 0, WAIT_OBJECT_0, "manual reset stays");
    for (int i = 0; i < 3; i++)
        CloseHandle(e[i]);
}

struct pair {
    HANDLE handles[2];
    volatile LONG begun, done;
};

static DWORD WINAPI wait_for_pair(void *argument)
{
    struct pair *pair = argument;
    DWORD result;
    counter_add(&pair->begun);
    result = WaitForMultipleObjects(2, pair->handles, TRUE, 2 * DEADLINE_MS);
    counter_add(&pair->done);
    return result;
}

static void all_at_one_moment(void)
{
    struct pair pair = {{event_make(FALSE, FALSE), event_make(FALSE, FALSE)}, 0, 0};
    HANDLE thread = thread_start(wait_for_pair, &pair);
    REQUIRE(counter_reaches(&pair.begun, 1));
    support_settle();
    SetEvent(pair.handles[0]);
    CHECK("WAIT-2", counter_stays(&pair.done, 0), "one of two does not end the wait");
    expect_wait("WAIT-2", pair.handles[0], 0, WAIT_OBJECT_0, "a blocked wait-all takes nothing");
    SetEvent(pair.handles[1]);
    CHECK("WAIT-2", counter_stays(&pair.done, 0), "both were set, but not at one moment");
    SetEvent(pair.handles[0]);
    CHECK("WAIT-2", thread_join(thread) == WAIT_OBJECT_0, "now they are");
    expect_wait("WAIT-2", pair.handles[1], 0, WAIT_TIMEOUT, "consumed together");
    CloseHandle(pair.handles[0]);
    CloseHandle(pair.handles[1]);
}

/* `wine` is NULL where Wine does the same. */
static void expect_failed(const char *rule, DWORD result, DWORD error, const char *wine,
                          const char *what)
{
    DWORD got = GetLastError();
    CHECK_WINE_DEPARTS(rule, result == WAIT_FAILED && got == error, wine,
                       "%s: result %u, error %u, expected error %u", what, (unsigned)result,
                       (unsigned)got, (unsigned)error);
}

static void counts_and_duplicates(void)
{
    HANDLE e[65];
    for (int i = 0; i < 65; i++)
        e[i] = event_make(TRUE, FALSE);
    expect_failed("WAIT-2", WaitForMultipleObjects(0, e, FALSE, 0), ERROR_INVALID_PARAMETER, NULL,
                  "0");
    expect_failed("WAIT-2", WaitForMultipleObjects(65, e, FALSE, 0), ERROR_INVALID_PARAMETER, NULL,
                  "65 handles");
    SetEvent(e[63]);
    CHECK("WAIT-2", WaitForMultipleObjects(64, e, FALSE, 0) == WAIT_OBJECT_0 + 63, "64 will do");
    for (int i = 0; i < 65; i++)
        SetEvent(e[i]);
    CHECK("WAIT-2", WaitForMultipleObjects(64, e, TRUE, 0) == WAIT_OBJECT_0, "also for all");
    for (int i = 1; i < 65; i++)
        CloseHandle(e[i]);
    e[1] = e[0];
    expect_failed("WAIT-2", WaitForMultipleObjects(2, e, TRUE, 0), ERROR_INVALID_PARAMETER,
                  "Wine lets a handle be named twice", "a handle twice, for all");
    CHECK("WAIT-2", WaitForMultipleObjects(2, e, FALSE, 0) == WAIT_OBJECT_0, "for any it is well");
    e[1] = GetCurrentThread();
    SetLastError(0);
    expect_failed("WAIT-2", WaitForMultipleObjects(2, e, FALSE, 0), ERROR_INVALID_HANDLE,
                  "Wine waits for pseudo handles", "a pseudo handle");
    CloseHandle(e[0]);
}

static void signal_and_wait(void)
{
    HANDLE event = event_make(FALSE, FALSE), other = event_make(TRUE, FALSE);
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 1, NULL);
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);
    REQUIRE(semaphore && mutex);
    CHECK("WAIT-3", SignalObjectAndWait(event, event, DEADLINE_MS, FALSE) == WAIT_OBJECT_0,
          "the same event twice");
    CHECK("WAIT-3", SignalObjectAndWait(event, other, 20, FALSE) == WAIT_TIMEOUT, "timeout");
    expect_wait("WAIT-3", event, 0, WAIT_OBJECT_0, "but it was signalled");
    SetEvent(other);
    SetLastError(0);
    expect_failed("WAIT-3", SignalObjectAndWait(semaphore, other, 0, FALSE), ERROR_TOO_MANY_POSTS,
                  NULL, "a semaphore at its maximum");
    expect_wait("WAIT-3", semaphore, 0, WAIT_OBJECT_0, "semaphore taken");
    CHECK("WAIT-3", SignalObjectAndWait(semaphore, other, 0, FALSE) == WAIT_OBJECT_0,
          "now it can be released");
    CHECK("WAIT-3", SignalObjectAndWait(mutex, other, 0, FALSE) == WAIT_OBJECT_0,
          "a mutex is released");
    CHECK("WAIT-7", !ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER, "really");
    SetLastError(0);
    expect_failed("WAIT-3", SignalObjectAndWait(NULL, other, 0, FALSE), ERROR_INVALID_HANDLE, NULL,
                  "NULL");
    CloseHandle(mutex);
    CloseHandle(semaphore);
    CloseHandle(other);
    CloseHandle(event);
}

static DWORD WINAPI try_mutex(void *mutex)
{
    DWORD result = WaitForSingleObject(mutex, 0);
    if (result == WAIT_OBJECT_0 || result == WAIT_ABANDONED)
        ReleaseMutex(mutex);
    return result;
}

static DWORD WINAPI release_mutex(void *mutex)
{
    SetLastError(0);
    return ReleaseMutex(mutex) ? 0 : GetLastError();
}

static DWORD WINAPI abandon_mutex(void *mutex)
{
    return WaitForSingleObject(mutex, DEADLINE_MS);
}

static DWORD in_thread(LPTHREAD_START_ROUTINE routine, HANDLE argument)
{
    return thread_join(thread_start(routine, argument));
}

static void mutexes(void)
{
    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);
    REQUIRE(mutex != NULL);
    expect_wait("WAIT-7", mutex, 0, WAIT_OBJECT_0, "the owner enters again");
    CHECK("WAIT-7", in_thread(try_mutex, mutex) == WAIT_TIMEOUT, "another thread does not");
    CHECK("WAIT-7", in_thread(release_mutex, mutex) == ERROR_NOT_OWNER, "nor may it release");
    CHECK("WAIT-7", ReleaseMutex(mutex), "one of two");
    CHECK("WAIT-7", in_thread(try_mutex, mutex) == WAIT_TIMEOUT, "still owned");
    CHECK("WAIT-7", ReleaseMutex(mutex), "the other");
    CHECK("WAIT-7", in_thread(try_mutex, mutex) == WAIT_OBJECT_0, "free");
    SetLastError(0);
    CHECK("WAIT-7", !ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER,
          "once too often: error %u", (unsigned)GetLastError());
    CloseHandle(mutex);
}

static void abandoned_mutex(void)
{
    HANDLE event = event_make(TRUE, FALSE), handles[2];
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    REQUIRE(mutex != NULL);
    in_thread(abandon_mutex, mutex);
    expect_wait("WAIT-7", mutex, DEADLINE_MS, WAIT_ABANDONED, "its owner exited");
    CHECK("WAIT-7", in_thread(try_mutex, mutex) == WAIT_TIMEOUT, "the next waiter owns it");
    CHECK("WAIT-7", ReleaseMutex(mutex), "and releases it");
    expect_wait("WAIT-7", mutex, 0, WAIT_OBJECT_0, "abandonment is told once");
    ReleaseMutex(mutex);
    in_thread(abandon_mutex, mutex);
    handles[0] = event;
    handles[1] = mutex;
    CHECK("WAIT-7", WaitForMultipleObjects(2, handles, FALSE, DEADLINE_MS) == WAIT_ABANDONED_0 + 1,
          "in a wait for any: with its index");
    ReleaseMutex(mutex);
    CloseHandle(mutex);
    CloseHandle(event);
}

static void semaphores(void)
{
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 3, NULL);
    LONG before = -5;
    REQUIRE(semaphore != NULL);
    expect_wait("WAIT-8", semaphore, 0, WAIT_OBJECT_0, "count 1");
    expect_wait("WAIT-8", semaphore, 0, WAIT_TIMEOUT, "count 0");
    CHECK("WAIT-8", ReleaseSemaphore(semaphore, 2, &before) && before == 0, "released 2");
    before = -5;
    SetLastError(0);
    CHECK("WAIT-8", !ReleaseSemaphore(semaphore, 2, &before), "beyond the maximum");
    CHECK("WAIT-8", GetLastError() == ERROR_TOO_MANY_POSTS, "error %u", (unsigned)GetLastError());
    CHECK("WAIT-8", before == -5, "the previous count is not written");
    for (LONG count = 0; count >= -1; count--) {
        SetLastError(0);
        CHECK_WINE_DEPARTS("WAIT-8",
                           !ReleaseSemaphore(semaphore, count, NULL) &&
                               GetLastError() == ERROR_INVALID_PARAMETER,
                           "Wine does not refuse a count of 0 or less", "count %d", (int)count);
    }
    CHECK("WAIT-8", ReleaseSemaphore(semaphore, 1, &before) && before == 2, "the count is 2");
    for (int i = 0; i < 3; i++)
        expect_wait("WAIT-8", semaphore, 0, WAIT_OBJECT_0, "three are there");
    expect_wait("WAIT-8", semaphore, 0, WAIT_TIMEOUT, "not four");
    CloseHandle(semaphore);
}

static void semaphore_releases_as_many(void)
{
    struct group group;
    HANDLE semaphore = CreateSemaphoreA(NULL, 0, 10, NULL);
    REQUIRE(semaphore != NULL);
    group_start(&group, semaphore);
    ReleaseSemaphore(semaphore, 3, NULL);
    CHECK("WAIT-8", counter_reaches(&group.released, 3), "three are let through");
    CHECK("WAIT-8", counter_stays(&group.released, 3), "and no more");
    ReleaseSemaphore(semaphore, 1, NULL);
    group_join(&group);
}

static void port_as_an_object(void)
{
    HANDLE port = port_make(0), handles[2];
    struct packet p;
    handles[0] = event_make(TRUE, FALSE);
    handles[1] = port;
    expect_wait("PORT-23", port, 0, WAIT_TIMEOUT, "an empty port is not signalled");
    port_post(port, 0, 4, NULL);
    expect_wait("PORT-23", port, DEADLINE_MS, WAIT_OBJECT_0, "with a packet it is");
    expect_wait("PORT-23", port, 0, WAIT_OBJECT_0, "waiting removes nothing");
    CHECK("PORT-23", WaitForMultipleObjects(2, handles, FALSE, 0) == WAIT_OBJECT_0 + 1,
          "also among others");
    p = port_take(port, 0);
    CHECK("PORT-23", p.ok && p.key == 4, "the packet is there");
    expect_wait("PORT-23", port, 0, WAIT_TIMEOUT, "emptied: not signalled");
    CloseHandle(handles[0]);
    CloseHandle(port);
}

static void packet_ends_a_handle_wait(void)
{
    struct group group = {.handle = port_make(0), .timeout = 2 * DEADLINE_MS};
    HANDLE thread = thread_start(wait_in_group, &group);
    REQUIRE(counter_reaches(&group.begun, 1));
    support_settle();
    CHECK("PORT-23", counter_stays(&group.released, 0), "a waiter on the handle waits");
    port_post(group.handle, 0, 1, NULL);
    CHECK("PORT-23", counter_reaches(&group.released, 1), "a packet ends its wait");
    CHECK("PORT-23", port_take(group.handle, 0).key == 1, "and stays");
    thread_join(thread);
    CloseHandle(group.handle);
}

int main(void)
{
    RUN(wait_for_one);
    RUN(manual_reset);
    RUN(auto_reset);
    RUN(events_release_waiters);
    RUN(wait_for_any);
    RUN(wait_for_all);
    RUN(all_at_one_moment);
    RUN(counts_and_duplicates);
    RUN(signal_and_wait);
    RUN(mutexes);
    RUN(abandoned_mutex);
    RUN(semaphores);
    RUN(semaphore_releases_as_many);
    RUN(port_as_an_object);
    RUN(packet_ends_a_handle_wait);
    return check_report();
}
