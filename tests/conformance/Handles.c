/* SPDX-License-Identifier: MIT
 *
 * Handles that are no good: NULL, wild, closed, of the wrong kind, given to every port and wait
 * function; counts out of range; duplicates; what a handle value looks like.
 */
#include "support.h"

#define FAILED_WITH(error) (GetLastError() == (error))

/* The closed one stays nobody's only while no new handle is made. */
struct bad {
    HANDLE handle;
    const char *name;
};

enum { BAD_COUNT = 4 };

static void make_bad(struct bad *bad)
{
    bad[0] = (struct bad){NULL, "NULL"};
    bad[1] = (struct bad){(HANDLE)(ULONG_PTR)0x7FFFFF0C, "wild"};
    bad[2] = (struct bad){(HANDLE)(ULONG_PTR)0x123456789ABCDEF0, "wilder"};
    bad[3] = (struct bad){event_make(TRUE, FALSE), "closed"};
    CloseHandle(bad[3].handle);
}

static void expect_invalid(const char *rule, int failed, const char *call, const char *handle)
{
    DWORD error = GetLastError();
    CHECK(rule, failed && error == ERROR_INVALID_HANDLE, "%s(%s): failed %d, error %u", call,
          handle, failed, (unsigned)error);
    SetLastError(0);
}

static void port_calls(HANDLE handle, const char *name)
{
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    struct packet p = port_take(handle, 0);
    expect_invalid("GQCS-1", !p.ok && !p.overlapped, "GetQueuedCompletionStatus", name);
    p = port_take(handle, INFINITE);
    expect_invalid("GQCS-1", !p.ok && !p.overlapped, "GetQueuedCompletionStatus INFINITE", name);
    expect_invalid("GQX-3", !GetQueuedCompletionStatusEx(handle, &entry, 1, &removed, 0, FALSE),
                   "GetQueuedCompletionStatusEx", name);
    expect_invalid("GQX-3",
                   !GetQueuedCompletionStatusEx(handle, &entry, 1, &removed, INFINITE, TRUE),
                   "GetQueuedCompletionStatusEx INFINITE", name);
    expect_invalid("POST-5", !PostQueuedCompletionStatus(handle, 1, 2, NULL),
                   "PostQueuedCompletionStatus", name);
}

static void associations(HANDLE port, HANDLE handle, const char *name)
{
    SetLastError(0);
    expect_invalid("PORT-9", !CreateIoCompletionPort(handle, port, 0, 0),
                   "CreateIoCompletionPort file", name);
    expect_invalid("PORT-9", !CreateIoCompletionPort(handle, NULL, 0, 0),
                   "CreateIoCompletionPort file, no port", name);
    CHECK("PORT-9", port_is_empty(port), "nothing was queued");
}

static void wait_calls(HANDLE good, HANDLE handle, const char *name)
{
    HANDLE both[2] = {good, handle};
    SetLastError(0);
    expect_invalid("WAIT-1", WaitForSingleObject(handle, 0) == WAIT_FAILED, "WaitForSingleObject",
                   name);
    expect_invalid("WAIT-1", WaitForSingleObjectEx(handle, 0, TRUE) == WAIT_FAILED,
                   "WaitForSingleObjectEx", name);
    expect_invalid("WAIT-2", WaitForMultipleObjects(2, both, FALSE, 0) == WAIT_FAILED,
                   "WaitForMultipleObjects any", name);
    expect_invalid("WAIT-2", WaitForMultipleObjects(2, both, TRUE, 0) == WAIT_FAILED,
                   "WaitForMultipleObjects all", name);
    expect_invalid("WAIT-3", SignalObjectAndWait(handle, good, 0, FALSE) == WAIT_FAILED,
                   "SignalObjectAndWait signal", name);
}

static void object_calls(HANDLE handle, const char *name)
{
    SetLastError(0);
    expect_invalid("WAIT-6", !SetEvent(handle), "SetEvent", name);
    expect_invalid("WAIT-6", !ResetEvent(handle), "ResetEvent", name);
    expect_invalid("WAIT-7", !ReleaseMutex(handle), "ReleaseMutex", name);
    expect_invalid("WAIT-8", !ReleaseSemaphore(handle, 1, NULL), "ReleaseSemaphore", name);
    expect_invalid("THR-1", ResumeThread(handle) == (DWORD)-1, "ResumeThread", name);
}

static void no_handles_at_all(void)
{
    struct bad bad[BAD_COUNT];
    HANDLE twin, self = GetCurrentProcess();
    HANDLE port = port_make(0), good = event_make(TRUE, TRUE);
    DWORD code;
    make_bad(bad);
    for (int i = 0; i < BAD_COUNT; i++) {
        port_calls(bad[i].handle, bad[i].name);
        associations(port, bad[i].handle, bad[i].name);
        wait_calls(good, bad[i].handle, bad[i].name);
        object_calls(bad[i].handle, bad[i].name);
        expect_invalid("THR-1", !GetExitCodeThread(bad[i].handle, &code), "GetExitCodeThread",
                       bad[i].name);
        expect_invalid(
            "WAIT-1",
            !DuplicateHandle(self, bad[i].handle, self, &twin, 0, FALSE, DUPLICATE_SAME_ACCESS),
            "DuplicateHandle", bad[i].name);
        expect_invalid("WAIT-1", !CloseHandle(bad[i].handle), "CloseHandle", bad[i].name);
    }
    CloseHandle(good);
    CloseHandle(port);
}

static DWORD WINAPI wait_for_gate(void *gate)
{
    return WaitForSingleObject(gate, 2 * DEADLINE_MS);
}

static void wrong_kinds_for_ports(void)
{
    HANDLE port = port_make(0), event = event_make(TRUE, FALSE);
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 1, NULL);
    HANDLE thread = thread_start(wait_for_gate, event);
    const struct bad kinds[] = {
        {event, "event"}, {mutex, "mutex"}, {semaphore, "semaphore"}, {thread, "thread"}};
    REQUIRE(mutex && semaphore);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        port_calls(kinds[i].handle, kinds[i].name);
        associations(port, kinds[i].handle, kinds[i].name);
    }
    CHECK("GQCS-1", WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0,
          "the refused objects are as before");
    SetEvent(event);
    thread_join(thread);
    CloseHandle(semaphore);
    CloseHandle(mutex);
    CloseHandle(event);
    CloseHandle(port);
}

static void wrong_kinds_for_objects(void)
{
    HANDLE port = port_make(0), event = event_make(TRUE, TRUE);
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    REQUIRE(mutex != NULL);
    object_calls(port, "port");
    CHECK("PORT-23", WaitForSingleObject(port, 0) == WAIT_TIMEOUT, "the port is as before");
    expect_invalid("WAIT-7", !ReleaseMutex(event), "ReleaseMutex", "event");
    expect_invalid("WAIT-8", !ReleaseSemaphore(event, 1, NULL), "ReleaseSemaphore", "event");
    expect_invalid("WAIT-6", !SetEvent(mutex), "SetEvent", "mutex");
    expect_invalid("WAIT-6", !ResetEvent(mutex), "ResetEvent", "mutex");
    expect_invalid("THR-1", ResumeThread(event) == (DWORD)-1, "ResumeThread", "event");
    CHECK("WAIT-6", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "the event is as before");
    CloseHandle(mutex);
    CloseHandle(event);
    CloseHandle(port);
}

static void counts_out_of_range(void)
{
    static const DWORD counts[] = {0, 65, 1000, 0x80000000, 0xFFFFFFFF};
    static HANDLE handles[1000];
    HANDLE event = event_make(TRUE, TRUE);
    for (int i = 0; i < 1000; i++)
        handles[i] = event;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        DWORD result;
        SetLastError(0);
        result = WaitForMultipleObjects(counts[i], handles, FALSE, 0);
        CHECK("WAIT-2", result == WAIT_FAILED && FAILED_WITH(ERROR_INVALID_PARAMETER),
              "%u handles: result %u, error %u", (unsigned)counts[i], (unsigned)result,
              (unsigned)GetLastError());
        SetLastError(0);
        result = WaitForMultipleObjectsEx(counts[i], handles, TRUE, 0, TRUE);
        CHECK("WAIT-2", result == WAIT_FAILED && FAILED_WITH(ERROR_INVALID_PARAMETER),
              "%u handles, all, alertable: result %u", (unsigned)counts[i], (unsigned)result);
    }
    CloseHandle(event);
}

static void duplicates(void)
{
    HANDLE self = GetCurrentProcess(), event = event_make(TRUE, FALSE), twin = NULL, moved = NULL;
    REQUIRE(DuplicateHandle(self, event, self, &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CHECK("WAIT-6", twin != event, "a duplicate has a value of its own");
    SetEvent(twin);
    CHECK("WAIT-6", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "and names the same event");
    CHECK("WAIT-6", CloseHandle(event), "one closes");
    CHECK("WAIT-6", WaitForSingleObject(twin, 0) == WAIT_OBJECT_0, "the other stays good");
    CHECK("WAIT-6",
          DuplicateHandle(self, twin, self, &moved, 0, FALSE,
                          DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE),
          "a duplicate that closes its source");
    CHECK("WAIT-6", WaitForSingleObject(moved, 0) == WAIT_OBJECT_0, "is the event again");
    CHECK("WAIT-6", CloseHandle(moved), "and closes");
}

static DWORD WINAPI return_at_once(void *unused)
{
    (void)unused;
    return 33;
}

static void pseudo_handle_made_real(void)
{
    HANDLE self = GetCurrentProcess(), me = NULL, thread = thread_start(return_at_once, NULL);
    REQUIRE(DuplicateHandle(self, GetCurrentThread(), self, &me, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CHECK("G-7", me != GetCurrentThread() && ((ULONG_PTR)me & 3) == 0, "a real handle comes back");
    CHECK("WAIT-1", WaitForSingleObject(me, 0) == WAIT_TIMEOUT, "of the running thread");
    CHECK("WAIT-1", CloseHandle(me), "that closes");
    CloseHandle(GetCurrentThread()); /* has no effect */
    CHECK("WAIT-1", WaitForSingleObject(GetCurrentThread(), 0) == WAIT_TIMEOUT,
          "closing a pseudo handle does nothing");
    CHECK("THR-1", thread_join(thread) == 33, "threads end as before");
}

static void low_bits_are_ignored(void)
{
    for (ULONG_PTR bits = 1; bits <= 3; bits++) {
        HANDLE event = event_make(TRUE, FALSE), marked = (HANDLE)((ULONG_PTR)event | bits);
        HANDLE pair[2] = {event_make(TRUE, FALSE), marked};
        CHECK("G-6", WaitForSingleObject(marked, 0) == WAIT_TIMEOUT, "bits %u: not set",
              (unsigned)bits);
        CHECK("G-6", SetEvent(marked), "bits %u: set through the marked handle", (unsigned)bits);
        CHECK("G-6", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "bits %u: same event",
              (unsigned)bits);
        CHECK("G-6", WaitForMultipleObjects(2, pair, FALSE, 0) == WAIT_OBJECT_0 + 1,
              "bits %u: in a list", (unsigned)bits);
        CHECK("G-6", ResetEvent(marked), "bits %u: reset", (unsigned)bits);
        CHECK("G-6", WaitForSingleObject(marked, 0) == WAIT_TIMEOUT, "bits %u: not set again",
              (unsigned)bits);
        CloseHandle(pair[0]);
        CloseHandle(event);
    }
}

static void expect_value(HANDLE handle, const char *kind)
{
    CHECK("G-7", handle != NULL && handle != INVALID_HANDLE_VALUE, "%s: not 0, not -1", kind);
    CHECK("G-7", ((ULONG_PTR)handle & 3) == 0, "%s: a multiple of 4", kind);
}

static void handle_values(void)
{
    HANDLE handles[40];
    for (int i = 0; i < 40; i += 4) {
        handles[i] = port_make(0);
        handles[i + 1] = event_make(TRUE, FALSE);
        handles[i + 2] = CreateMutexA(NULL, FALSE, NULL);
        handles[i + 3] = CreateSemaphoreA(NULL, 0, 1, NULL);
        expect_value(handles[i], "port");
        expect_value(handles[i + 1], "event");
        expect_value(handles[i + 2], "mutex");
        expect_value(handles[i + 3], "semaphore");
    }
    for (int i = 0; i < 40; i++) {
        for (int j = 0; j < i; j++) {
            if (handles[i] == handles[j])
                CHECK("G-7", 0, "two objects have one handle");
        }
    }
    for (int i = 0; i < 40; i++)
        CloseHandle(handles[i]);
    handles[0] = thread_start(return_at_once, NULL);
    expect_value(handles[0], "thread");
    thread_join(handles[0]);
}

static void many_handles(void)
{
    enum { MANY = 3000 };
    static HANDLE handles[MANY];
    int made = 0, right = 0;
    for (int i = 0; i < MANY; i++) {
        handles[i] = CreateEventA(NULL, TRUE, i % 2 != 0, NULL);
        made += handles[i] != NULL;
    }
    for (int i = 0; i < MANY; i++)
        right += WaitForSingleObject(handles[i], 0) == (i % 2 ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
    CHECK("G-7", made == MANY, "%d handles open at once", made);
    CHECK("G-7", right == MANY, "each names its own object: %d", right);
    for (int i = 0; i < MANY; i++)
        CloseHandle(handles[i]);
}

int main(void)
{
    RUN(no_handles_at_all);
    RUN(wrong_kinds_for_ports);
    RUN(wrong_kinds_for_objects);
    RUN(counts_out_of_range);
    RUN(duplicates);
    RUN(pseudo_handle_made_real);
    RUN(low_bits_are_ignored);
    RUN(handle_values);
    RUN(many_handles);
    return check_report();
}
