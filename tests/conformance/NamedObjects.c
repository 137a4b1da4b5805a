/* SPDX-License-Identifier: MIT
 *
 * Names of events, mutexes, semaphores and timers; the Ex forms that make them; handles that are
 * closed while a thread waits.
 */
#include "support.h"

/* One kind, as functions of a name. */
struct kind {
    const char *name;
    HANDLE (*create)(const char *name);
    HANDLE (*open)(const char *name);
};

static HANDLE create_event(const char *name)
{
    return CreateEventA(NULL, TRUE, FALSE, name);
}

static HANDLE open_event(const char *name)
{
    return OpenEventA(EVENT_ALL_ACCESS, FALSE, name);
}

static HANDLE create_mutex(const char *name)
{
    return CreateMutexA(NULL, FALSE, name);
}

static HANDLE open_mutex(const char *name)
{
    return OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name);
}

static HANDLE create_semaphore(const char *name)
{
    return CreateSemaphoreA(NULL, 0, 5, name);
}

static HANDLE open_semaphore(const char *name)
{
    return OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name);
}

static HANDLE create_timer(const char *name)
{
    return CreateWaitableTimerA(NULL, TRUE, name);
}

static HANDLE open_timer(const char *name)
{
    return OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, name);
}

static const struct kind kinds[] = {
    {"event", create_event, open_event},
    {"mutex", create_mutex, open_mutex},
    {"semaphore", create_semaphore, open_semaphore},
    {"timer", create_timer, open_timer},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The handle that a call gave and the last error that it left. */
struct made {
    HANDLE handle;
    DWORD error;
};

static struct made made_by(HANDLE (*call)(const char *), const char *name)
{
    struct made made;
    SetLastError(UNTOUCHED_ERROR);
    made.handle = call(name);
    made.error = GetLastError();
    return made;
}

static void one_name(const struct kind *kind)
{
    struct made first = made_by(kind->create, "iocp test name"), second, opened;
    CHECK("WAIT-9", first.handle && first.error == 0, "%s: a new name, error %u", kind->name,
          (unsigned)first.error);
    second = made_by(kind->create, "iocp test name");
    CHECK("WAIT-9", second.handle && second.error == ERROR_ALREADY_EXISTS,
          "%s: the same again, error %u", kind->name, (unsigned)second.error);
    CHECK("WAIT-9", second.handle != first.handle, "%s: a handle of its own", kind->name);
    opened = made_by(kind->open, "iocp test name");
    CHECK("WAIT-9", opened.handle != NULL, "%s: opened", kind->name);
    CHECK("WAIT-9", !kind->open("IOCP TEST NAME") && GetLastError() == ERROR_FILE_NOT_FOUND,
          "%s: names are case sensitive", kind->name);
    CHECK("WAIT-9", !kind->open("iocp no such name") && GetLastError() == ERROR_FILE_NOT_FOUND,
          "%s: no such name", kind->name);
    CHECK("WAIT-9", !kind->open(NULL) && GetLastError() == ERROR_INVALID_PARAMETER,
          "%s: no name at all", kind->name);
    CloseHandle(first.handle);
    CloseHandle(second.handle);
    CHECK("WAIT-9", CloseHandle(opened.handle), "%s: each handle closes", kind->name);
    CHECK("WAIT-9", !kind->open("iocp test name") && GetLastError() == ERROR_FILE_NOT_FOUND,
          "%s: the name goes with the last handle", kind->name);
}

static void names(void)
{
    for (int i = 0; i < KINDS; i++)
        one_name(&kinds[i]);
}

static void other_kinds(void)
{
    for (int i = 0; i < KINDS; i++) {
        HANDLE taken = kinds[i].create("iocp test name");
        REQUIRE(taken != NULL);
        for (int other = 0; other < KINDS; other++) {
            if (other == i)
                continue;
            CHECK("WAIT-9",
                  !kinds[other].create("iocp test name") && GetLastError() == ERROR_INVALID_HANDLE,
                  "a %s has the name: no %s is made", kinds[i].name, kinds[other].name);
            CHECK("WAIT-9",
                  !kinds[other].open("iocp test name") && GetLastError() == ERROR_INVALID_HANDLE,
                  "nor opened");
        }
        CloseHandle(taken);
    }
}

static void one_object(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "iocp test name");
    HANDLE narrow = OpenEventA(EVENT_ALL_ACCESS, FALSE, "Local\\iocp test name");
    HANDLE again = CreateEventA(NULL, FALSE, TRUE, "iocp test name"), unnamed;
    REQUIRE(event && again);
    CHECK("WAIT-9", narrow != NULL, "Local\\ is where names are");
    CHECK("WAIT-9", WaitForSingleObject(event, 0) == WAIT_TIMEOUT,
          "making it again changes neither its state");
    SetEvent(again);
    CHECK("WAIT-9", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "all handles mean one object");
    CHECK("WAIT-9", WaitForSingleObject(narrow, 0) == WAIT_OBJECT_0, "nor its kind");
    unnamed = CreateEventA(NULL, FALSE, FALSE, "");
    CHECK("WAIT-9", unnamed && GetLastError() == 0, "an empty name is none");
    CloseHandle(event);
    CloseHandle(narrow);
    CloseHandle(again);
    CloseHandle(unnamed);
}

static void owner_of_an_existing_mutex(void)
{
    HANDLE mutex = create_mutex("iocp test name"), again;
    REQUIRE(mutex != NULL);
    again = CreateMutexA(NULL, TRUE, "iocp test name");
    CHECK("WAIT-9", again && GetLastError() == ERROR_ALREADY_EXISTS, "there is one already");
    CHECK("WAIT-7", !ReleaseMutex(again) && GetLastError() == ERROR_NOT_OWNER,
          "asking to own it has no effect then");
    CloseHandle(mutex);
    CloseHandle(again);
}

static void ex_forms(void)
{
    HANDLE event = CreateEventExA(NULL, NULL, CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS);
    HANDLE manual = CreateEventExW(NULL, NULL, CREATE_EVENT_INITIAL_SET | CREATE_EVENT_MANUAL_RESET,
                                   EVENT_ALL_ACCESS);
    HANDLE mutex = CreateMutexExA(NULL, NULL, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS);
    HANDLE mine = CreateMutexExW(NULL, NULL, 0, MUTEX_ALL_ACCESS);
    HANDLE semaphore = CreateSemaphoreExA(NULL, 1, 2, NULL, 0, SEMAPHORE_ALL_ACCESS);
    HANDLE wide = CreateSemaphoreExW(NULL, 2, 2, NULL, 0, SEMAPHORE_ALL_ACCESS);
    REQUIRE(event && manual && mutex && mine && semaphore && wide);
    CHECK("WAIT-6", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "set by its flag");
    CHECK("WAIT-6", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "not the manual kind");
    CHECK("WAIT-6", WaitForSingleObject(manual, 0) == WAIT_OBJECT_0, "set, the manual kind");
    CHECK("WAIT-6", WaitForSingleObject(manual, 0) == WAIT_OBJECT_0, "by its flags");
    CHECK("WAIT-7", ReleaseMutex(mutex), "owned by its flag");
    CHECK("WAIT-7", !ReleaseMutex(mine), "not without");
    CHECK("WAIT-8", WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0, "a count of 1");
    CHECK("WAIT-8", !ReleaseSemaphore(wide, 1, NULL) && GetLastError() == ERROR_TOO_MANY_POSTS,
          "a full one");
    CloseHandle(event);
    CloseHandle(manual);
    CloseHandle(mutex);
    CloseHandle(mine);
    CloseHandle(semaphore);
    CloseHandle(wide);
    event = CreateEventExA(NULL, "iocp test name", 0, EVENT_ALL_ACCESS);
    manual = CreateEventExA(NULL, "iocp test name", 0, EVENT_ALL_ACCESS);
    CHECK("WAIT-9", event && manual && GetLastError() == ERROR_ALREADY_EXISTS, "names likewise");
    CloseHandle(event);
    CloseHandle(manual);
}

/* ---- who waits is served in line, as a rule ---- */

struct line {
    HANDLE event;
    volatile LONG served;
    LONG place[4];
};

static struct line line;

static DWORD WINAPI stand_in_line(void *index)
{
    WaitForSingleObject(line.event, 2 * DEADLINE_MS);
    line.place[(ULONG_PTR)index] = InterlockedIncrement(&line.served);
    return 0;
}

static void oldest_first(void)
{
    HANDLE threads[4];
    line.event = event_make(FALSE, FALSE);
    for (ULONG_PTR i = 0; i < 4; i++) {
        threads[i] = thread_start(stand_in_line, (void *)i);
        support_settle();
    }
    for (LONG i = 0; i < 4; i++) {
        SetEvent(line.event);
        REQUIRE(counter_reaches(&line.served, i + 1));
    }
    for (int i = 0; i < 4; i++) {
        thread_join(threads[i]);
        CHECK("WAIT-11", line.place[i] == i + 1, "waiter %d is served as number %d", i + 1,
              (int)line.place[i]);
    }
    CloseHandle(line.event);
}

static DWORD WINAPI wait_briefly(void *object)
{
    return WaitForSingleObject(object, 300);
}

/* What comes out is not defined; that the library stays whole is. */
static void closed_while_waited_for(void)
{
    for (int i = 0; i < KINDS; i++) {
        HANDLE object = i == 1 ? CreateMutexA(NULL, TRUE, NULL) : kinds[i].create(NULL);
        HANDLE other = event_make(FALSE, TRUE), thread;
        DWORD result;
        REQUIRE(object != NULL);
        thread = thread_start(wait_briefly, object);
        support_settle();
        CHECK("WAIT-12", CloseHandle(object), "a %s closes while a thread waits", kinds[i].name);
        result = thread_join(thread);
        CHECK("WAIT-12", result == WAIT_TIMEOUT || result == WAIT_FAILED || result == WAIT_OBJECT_0,
              "the wait ends: %u", (unsigned)result);
        CHECK("WAIT-12", WaitForSingleObject(other, 0) == WAIT_OBJECT_0, "others are as they were");
        CloseHandle(other);
    }
}

int main(void)
{
    RUN(names);
    RUN(other_kinds);
    RUN(one_object);
    RUN(owner_of_an_existing_mutex);
    RUN(ex_forms);
    RUN(oldest_first);
    RUN(closed_while_waited_for);
    return check_report();
}
