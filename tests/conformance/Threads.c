/* SPDX-License-Identifier: MIT
 *
 * Threads as programs use them: creation, exit codes, suspending, thread-local storage, and the
 * end of the process while workers are blocked. Slots in a port are tested in Release.c.
 */
#include "support.h"
#include <process.h>

static DWORD WINAPI return_argument(void *argument)
{
    return (DWORD)(ULONG_PTR)argument;
}

static DWORD WINAPI exit_with_argument(void *argument)
{
    ExitThread((DWORD)(ULONG_PTR)argument);
    return 99; /* not reached */
}

static DWORD WINAPI wait_for_handle(void *handle)
{
    WaitForSingleObject(handle, 2 * DEADLINE_MS);
    return 5;
}

static void *number(DWORD value)
{
    return (void *)(ULONG_PTR)value;
}

static void exit_codes(void)
{
    static const DWORD codes[] = {0, 1, 42, 259, 0x80000000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        DWORD got = thread_join(thread_start(return_argument, number(codes[i])));
        CHECK("THR-1", got == codes[i], "returned %u, is %u", (unsigned)codes[i], (unsigned)got);
        got = thread_join(thread_start(exit_with_argument, number(codes[i])));
        CHECK("THR-1", got == codes[i], "ExitThread %u, is %u", (unsigned)codes[i], (unsigned)got);
    }
}

static void a_thread_is_an_object(void)
{
    HANDLE gate = event_make(TRUE, FALSE), thread;
    DWORD id = 0, code = 0;
    thread = CreateThread(NULL, 0, wait_for_handle, gate, 0, &id);
    REQUIRE(thread != NULL);
    CHECK("THR-1", id != 0 && id != GetCurrentThreadId(), "it has an id of its own");
    CHECK("THR-1", GetExitCodeThread(thread, &code) && code == STILL_ACTIVE, "STILL_ACTIVE: %u",
          (unsigned)code);
    CHECK("THR-1", WaitForSingleObject(thread, 0) == WAIT_TIMEOUT, "not signalled while it runs");
    SetEvent(gate);
    CHECK("THR-1", WaitForSingleObject(thread, DEADLINE_MS) == WAIT_OBJECT_0, "signalled at exit");
    CHECK("THR-1", WaitForSingleObject(thread, 0) == WAIT_OBJECT_0, "and stays so");
    CHECK("THR-1", GetExitCodeThread(thread, &code) && code == 5, "exit code %u", (unsigned)code);
    CloseHandle(thread);
    CloseHandle(gate);
}

/* Some programs give flags of their own to the call that begins a thread, and read them later. */
static void other_flags(void)
{
    static const DWORD flags[] = {0x02000000, 0x01000000};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        HANDLE thread = CreateThread(NULL, 0, return_argument, number(7), flags[i], NULL);
        CHECK("THR-8", thread != NULL, "CreateThread with %#x: %u", (unsigned)flags[i],
              (unsigned)GetLastError());
        if (thread)
            CHECK("THR-8", thread_join(thread) == 7, "it runs as without them");
        thread =
            CreateThread(NULL, 0, return_argument, number(8), flags[i] | CREATE_SUSPENDED, NULL);
        CHECK("THR-8", thread != NULL, "CreateThread suspended with %#x: %u", (unsigned)flags[i],
              (unsigned)GetLastError());
        if (thread) {
            CHECK("THR-8", WaitForSingleObject(thread, 20) == WAIT_TIMEOUT, "it is suspended");
            CHECK("THR-8", ResumeThread(thread) == 1, "and resumed");
            CHECK("THR-8", thread_join(thread) == 8, "then it runs");
        }
    }
}

static unsigned __stdcall return_nine(void *argument)
{
    (void)argument;
    return 9;
}

static void other_flags_in_the_runtime(void)
{
    unsigned id = 0;
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, return_nine, NULL, 0x02000000, &id);
    CHECK("THR-8", thread != NULL && id != 0, "_beginthreadex with flags of the program's own");
    if (thread)
        CHECK("THR-8", thread_join(thread) == 9, "it runs as without them");
}

static void many_wait_for_a_thread(void)
{
    HANDLE gate = event_make(TRUE, FALSE), thread = thread_start(wait_for_handle, gate);
    HANDLE waiters[3];
    for (int i = 0; i < 3; i++)
        waiters[i] = thread_start(wait_for_handle, thread);
    support_settle();
    SetEvent(gate);
    CHECK("THR-1", WaitForMultipleObjects(3, waiters, TRUE, DEADLINE_MS) == WAIT_OBJECT_0,
          "its exit ends every wait");
    for (int i = 0; i < 3; i++)
        thread_join(waiters[i]);
    thread_join(thread);
    CloseHandle(gate);
}

struct detached {
    HANDLE gate;
    volatile LONG steps;
};

static DWORD WINAPI run_detached(void *argument)
{
    struct detached *d = argument;
    HANDLE gate = d->gate;
    WaitForSingleObject(gate, 2 * DEADLINE_MS);
    counter_add(&d->steps);
    return 0;
}

static void closing_the_handle(void)
{
    static struct detached d;
    HANDLE thread, twin = NULL, self = GetCurrentProcess();
    d.gate = event_make(TRUE, FALSE);
    thread = thread_start(run_detached, &d);
    REQUIRE(DuplicateHandle(self, thread, self, &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CHECK("THR-1", CloseHandle(thread), "the handle of a running thread closes");
    SetEvent(d.gate);
    CHECK("THR-1", counter_reaches(&d.steps, 1), "the thread goes on");
    CHECK("THR-1", thread_join(twin) == 0, "a duplicate still tells of its end");
    CloseHandle(d.gate);
}

static DWORD WINAPI count_start(void *argument)
{
    counter_add(argument);
    return 0;
}

static void created_suspended(void)
{
    volatile LONG started = 0;
    HANDLE thread = CreateThread(NULL, 0, count_start, (void *)&started, CREATE_SUSPENDED, NULL);
    REQUIRE(thread != NULL);
    CHECK("THR-2", counter_stays(&started, 0), "a suspended thread does not start");
    CHECK("THR-2", SuspendThread(thread) == 1, "suspended again");
    CHECK("THR-2", ResumeThread(thread) == 2, "resumed once: the counts nest");
    CHECK("THR-2", counter_stays(&started, 0), "still suspended");
    CHECK("THR-2", ResumeThread(thread) == 1, "resumed twice");
    CHECK("THR-2", counter_reaches(&started, 1), "now it runs");
    thread_join(thread);
}

struct spinner {
    volatile LONG turns, stop;
};

static DWORD WINAPI spin(void *argument)
{
    struct spinner *s = argument;
    while (!counter_get(&s->stop)) {
        counter_add(&s->turns);
        Sleep(1);
    }
    return 0;
}

static void suspended_while_running(void)
{
    struct spinner s = {0, 0};
    HANDLE thread = thread_start(spin, &s);
    LONG turns;
    REQUIRE(counter_reaches(&s.turns, 1));
    CHECK("THR-2", SuspendThread(thread) == 0, "suspended");
    support_settle(); /* the call may return before the thread has come to a stop */
    turns = counter_get(&s.turns);
    CHECK("THR-2", counter_stays(&s.turns, turns), "it stands still");
    CHECK("THR-2", ResumeThread(thread) == 1, "resumed");
    CHECK("THR-2", counter_reaches(&s.turns, turns + 3), "it goes on");
    CHECK("THR-2", ResumeThread(thread) == 0, "resuming a running thread: count 0");
    counter_set(&s.stop, 1);
    thread_join(thread);
}

static unsigned __stdcall crt_thread(void *argument)
{
    return (unsigned)(ULONG_PTR)argument + 1;
}

static unsigned __stdcall crt_thread_ends_early(void *argument)
{
    _endthreadex((unsigned)(ULONG_PTR)argument + 2);
    return 0;
}

static void runtime_threads(void)
{
    unsigned id = 0;
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, crt_thread, number(10), 0, &id);
    REQUIRE(thread != NULL);
    CHECK("THR-1", id != 0, "_beginthreadex gives an id");
    CHECK("THR-1", thread_join(thread) == 11, "its return value is the exit code");
    thread = (HANDLE)_beginthreadex(NULL, 0, crt_thread_ends_early, number(10), 0, NULL);
    REQUIRE(thread != NULL);
    CHECK("THR-1", thread_join(thread) == 12, "so is the value of _endthreadex");
    thread = (HANDLE)_beginthreadex(NULL, 0, crt_thread, number(1), CREATE_SUSPENDED, NULL);
    REQUIRE(thread != NULL);
    CHECK("THR-2", WaitForSingleObject(thread, QUIET_MS) == WAIT_TIMEOUT, "made suspended");
    CHECK("THR-2", ResumeThread(thread) == 1, "resumed");
    CHECK("THR-1", thread_join(thread) == 2, "and run");
}

static DWORD slot;

static DWORD WINAPI use_slot(void *argument)
{
    void *at_first;
    SetLastError(UNTOUCHED_ERROR);
    at_first = TlsGetValue(slot);
    if (at_first || GetLastError() != ERROR_SUCCESS)
        return 1;
    if (!TlsSetValue(slot, argument))
        return 2;
    Sleep(20);
    return TlsGetValue(slot) == argument ? 0 : 3;
}

static void local_storage(void)
{
    HANDLE threads[3];
    slot = TlsAlloc();
    CHECK("THR-1", slot != TLS_OUT_OF_INDEXES, "a slot is allocated");
    CHECK("THR-1", TlsSetValue(slot, &slot), "and set in this thread");
    for (DWORD i = 0; i < 3; i++)
        threads[i] = thread_start(use_slot, number(i + 1));
    for (int i = 0; i < 3; i++) {
        DWORD code = thread_join(threads[i]);
        CHECK("THR-1", code == 0, "each thread has its own value, NULL at first: %u",
              (unsigned)code);
    }
    CHECK("THR-1", TlsGetValue(slot) == &slot, "this thread's value stayed");
    CHECK("THR-1", TlsFree(slot), "the slot is freed");
}

static DWORD WINAPI take_twice(void *port)
{
    struct packet p = port_take(port, 2 * DEADLINE_MS);
    return p.ok ? (DWORD)p.key : p.error;
}

static void exit_unbinds(void)
{
    HANDLE port = port_make(1), threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = thread_start(take_twice, port);
    support_settle();
    for (ULONG_PTR i = 0; i < 3; i++)
        port_post(port, 0, 7, NULL);
    for (int i = 0; i < 3; i++)
        CHECK("THR-5", thread_join(threads[i]) == 7,
              "limit 1, each exit lets the next waiter in: %d", i);
    CloseHandle(port);
}

/* Leaves a worker blocked on purpose: the program must end all the same. */
static HANDLE orphan_port;

static DWORD WINAPI block_for_ever(void *begun)
{
    counter_add(begun);
    port_take(orphan_port, INFINITE);
    return 0;
}

static void end_with_a_blocked_worker(void)
{
    static volatile LONG begun;
    orphan_port = port_make(1);
    CloseHandle(thread_start(block_for_ever, (void *)&begun));
    CHECK("THR-4", counter_reaches(&begun, 1), "main returns while a worker is blocked");
    support_settle();
}

int main(void)
{
    RUN(exit_codes);
    RUN(a_thread_is_an_object);
    RUN(other_flags);
    RUN(other_flags_in_the_runtime);
    RUN(many_wait_for_a_thread);
    RUN(closing_the_handle);
    RUN(created_suspended);
    RUN(suspended_while_running);
    RUN(runtime_threads);
    RUN(local_storage);
    RUN(exit_unbinds);
    RUN(end_with_a_blocked_worker);
    return check_report();
}
