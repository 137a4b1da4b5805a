/* SPDX-License-Identifier: MIT
 *
 * User APCs and alertable waits. GetQueuedCompletionStatusEx as an alertable wait has its own
 * program; completion routines of I/O are tested with the sockets.
 */
#include "support.h"

static volatile LONG runs;
static ULONG_PTR order[16];
static DWORD ran_in;

static VOID CALLBACK note(ULONG_PTR value)
{
    LONG index = counter_get(&runs);
    if (index < 16)
        order[index] = value;
    ran_in = GetCurrentThreadId();
    counter_add(&runs);
}

static void queue_to(HANDLE thread, ULONG_PTR value)
{
    REQUIRE(QueueUserAPC(note, thread, value));
}

static void queue_to_self(int count)
{
    counter_set(&runs, 0);
    for (int i = 0; i < count; i++)
        queue_to(GetCurrentThread(), (ULONG_PTR)i);
}

static int in_order(int count)
{
    for (int i = 0; i < count; i++) {
        if (order[i] != (ULONG_PTR)i)
            return 0;
    }
    return counter_get(&runs) == count;
}

static void only_in_alertable_waits(void)
{
    HANDLE event = event_make(TRUE, FALSE);
    queue_to_self(1);
    Sleep(20);
    SleepEx(20, FALSE);
    WaitForSingleObject(event, 20);
    WaitForSingleObjectEx(event, 20, FALSE);
    CHECK("APC-1", runs == 0, "no APC runs in waits that are not alertable");
    CHECK("APC-1", SleepEx(0, TRUE) == WAIT_IO_COMPLETION && runs == 1, "it runs in one that is");
    CHECK("APC-1", ran_in == GetCurrentThreadId(), "in its thread");
    CloseHandle(event);
}

static void sleep_ex(void)
{
    double start;
    counter_set(&runs, 0);
    CHECK("WAIT-4", SleepEx(0, TRUE) == 0, "nothing queued: 0");
    start = support_now_ms();
    CHECK("WAIT-4", SleepEx(50, TRUE) == 0, "also after a time");
    CHECK("WAIT-4", support_now_ms() - start >= 50 - TICK_MS, "which is waited for");
    queue_to_self(1);
    CHECK("WAIT-4", SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION && runs == 1, "INFINITE: 192");
    queue_to_self(2);
    CHECK("WAIT-4", SleepEx(0, FALSE) == 0 && runs == 0, "not alertable: 0");
    CHECK("WAIT-4", SleepEx(0, TRUE) == WAIT_IO_COMPLETION, "0 ms runs what is pending");
    CHECK("WAIT-4", runs == 2, "all of it: %d", (int)runs);
}

static void fifo(void)
{
    queue_to_self(10);
    CHECK("WAIT-5", SleepEx(0, TRUE) == WAIT_IO_COMPLETION, "one wait runs them");
    CHECK("APC-1", in_order(10), "all ten, in FIFO order");
    CHECK("WAIT-5", SleepEx(0, TRUE) == 0, "none is left");
}

typedef DWORD (*alertable_wait)(HANDLE, DWORD);

static DWORD wait_one(HANDLE event, DWORD milliseconds)
{
    return WaitForSingleObjectEx(event, milliseconds, TRUE);
}

static DWORD wait_any(HANDLE event, DWORD milliseconds)
{
    return WaitForMultipleObjectsEx(1, &event, FALSE, milliseconds, TRUE);
}

static DWORD wait_all(HANDLE event, DWORD milliseconds)
{
    return WaitForMultipleObjectsEx(1, &event, TRUE, milliseconds, TRUE);
}

static DWORD signal_and_wait(HANDLE event, DWORD milliseconds)
{
    HANDLE other = event_make(TRUE, FALSE);
    DWORD result = SignalObjectAndWait(other, event, milliseconds, TRUE);
    CloseHandle(other);
    return result;
}

static const struct {
    const char *name;
    alertable_wait wait;
} waits[] = {
    {"WaitForSingleObjectEx", wait_one},
    {"WaitForMultipleObjectsEx, any", wait_any},
    {"WaitForMultipleObjectsEx, all", wait_all},
    {"SignalObjectAndWait", signal_and_wait},
};

static void queued_before_the_wait(void)
{
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        HANDLE event = event_make(FALSE, FALSE);
        queue_to_self(3);
        CHECK("WAIT-5", waits[i].wait(event, INFINITE) == WAIT_IO_COMPLETION, "%s: ended",
              waits[i].name);
        CHECK("WAIT-5", in_order(3), "%s: all ran", waits[i].name);
        queue_to_self(1);
        CHECK("WAIT-5", waits[i].wait(event, 0) == WAIT_IO_COMPLETION && runs == 1,
              "%s: also with timeout 0", waits[i].name);
        CHECK("WAIT-5", waits[i].wait(event, 0) == WAIT_TIMEOUT, "%s: then a timeout",
              waits[i].name);
        SetEvent(event);
        CHECK("WAIT-5", waits[i].wait(event, 0) == WAIT_OBJECT_0, "%s: without APC the object",
              waits[i].name);
        CloseHandle(event);
    }
}

struct sleeper {
    alertable_wait wait;
    HANDLE event;
    volatile LONG begun, done;
};

static DWORD WINAPI sleep_in_wait(void *argument)
{
    struct sleeper *s = argument;
    DWORD result;
    counter_add(&s->begun);
    result = s->wait(s->event, 2 * DEADLINE_MS);
    counter_add(&s->done);
    return result;
}

static void arriving_during_the_wait(void)
{
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        struct sleeper s = {waits[i].wait, event_make(FALSE, FALSE), 0, 0};
        HANDLE thread = thread_start(sleep_in_wait, &s);
        counter_set(&runs, 0);
        REQUIRE(counter_reaches(&s.begun, 1));
        support_settle();
        queue_to(thread, 9);
        CHECK("WAIT-5", thread_join(thread) == WAIT_IO_COMPLETION, "%s: ended by an APC",
              waits[i].name);
        CHECK("WAIT-5", counter_get(&runs) == 1 && order[0] == 9, "%s: which ran", waits[i].name);
        SetEvent(s.event);
        CHECK("WAIT-5", WaitForSingleObject(s.event, 0) == WAIT_OBJECT_0,
              "%s: the object was not taken", waits[i].name);
        CloseHandle(s.event);
    }
}

static DWORD WINAPI wait_alertably(void *event)
{
    return WaitForSingleObjectEx(event, 2 * DEADLINE_MS, TRUE);
}

static void before_the_thread_starts(void)
{
    HANDLE event = event_make(TRUE, TRUE);
    HANDLE thread = CreateThread(NULL, 0, wait_alertably, event, CREATE_SUSPENDED, NULL);
    REQUIRE(thread != NULL);
    counter_set(&runs, 0);
    queue_to(thread, 0);
    queue_to(thread, 1);
    Sleep(50);
    CHECK("APC-1", counter_get(&runs) == 0, "a suspended thread runs none");
    REQUIRE(ResumeThread(thread) == 1);
    CHECK("APC-1", thread_join(thread) == WAIT_OBJECT_0, "they run before its start routine");
    CHECK("APC-1", in_order(2), "in FIFO order");
    CloseHandle(event);
}

static DWORD WINAPI end_at_once(void *unused)
{
    (void)unused;
    return 0;
}

static void thread_that_ended(void)
{
    HANDLE thread = thread_start(end_at_once, NULL);
    DWORD result;
    REQUIRE(WaitForSingleObject(thread, DEADLINE_MS) == WAIT_OBJECT_0);
    SetLastError(0);
    result = QueueUserAPC(note, thread, 0);
    CHECK("APC-1", result == 0 && GetLastError() == ERROR_GEN_FAILURE, "result %u, error %u",
          (unsigned)result, (unsigned)GetLastError());
    CloseHandle(thread);
}

static VOID CALLBACK queue_another(ULONG_PTR left)
{
    counter_add(&runs);
    if (left)
        QueueUserAPC(queue_another, GetCurrentThread(), left - 1);
}

static void queued_by_an_apc(void)
{
    counter_set(&runs, 0);
    REQUIRE(QueueUserAPC(queue_another, GetCurrentThread(), 3));
    while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION)
        ;
    CHECK("APC-1", runs == 4, "an APC may queue another: %d", (int)runs);
}

static VOID CALLBACK wait_inside(ULONG_PTR unused)
{
    (void)unused;
    counter_add(&runs);
    queue_to(GetCurrentThread(), 77);
    order[15] = SleepEx(DEADLINE_MS, TRUE);
}

static void nested(void)
{
    counter_set(&runs, 0);
    REQUIRE(QueueUserAPC(wait_inside, GetCurrentThread(), 0));
    CHECK("APC-5", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION, "the outer wait ends");
    CHECK("APC-5", order[15] == WAIT_IO_COMPLETION, "so did the one inside the APC");
    CHECK("APC-5", runs == 2 && order[1] == 77, "both APCs ran");
}

static DWORD WINAPI queue_hundred(void *thread)
{
    for (ULONG_PTR i = 0; i < 100; i++)
        QueueUserAPC(note, thread, i);
    return 0;
}

static void from_other_threads(void)
{
    HANDLE self = GetCurrentProcess(), me = NULL, threads[3];
    double start = support_now_ms();
    REQUIRE(DuplicateHandle(self, GetCurrentThread(), self, &me, 0, FALSE, DUPLICATE_SAME_ACCESS));
    counter_set(&runs, 0);
    for (int i = 0; i < 3; i++)
        threads[i] = thread_start(queue_hundred, me);
    while (counter_get(&runs) < 300 && support_now_ms() - start < DEADLINE_MS)
        SleepEx(10, TRUE);
    for (int i = 0; i < 3; i++)
        thread_join(threads[i]);
    CHECK("APC-1", counter_get(&runs) == 300, "three threads queue 300, all run: %d", (int)runs);
    CloseHandle(me);
}

int main(void)
{
    RUN(only_in_alertable_waits);
    RUN(sleep_ex);
    RUN(fifo);
    RUN(queued_before_the_wait);
    RUN(arriving_during_the_wait);
    RUN(before_the_thread_starts);
    RUN(thread_that_ended);
    RUN(queued_by_an_apc);
    RUN(nested);
    RUN(from_other_threads);
    return check_report();
}
