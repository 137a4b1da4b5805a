/* SPDX-License-Identifier: MIT
 *
 * APCs: order, nesting, before the start and after the end of a thread, and their race with
 * signals. APC-1, 5; WAIT-4, 5.
 */
#include "help.h"

#include "wait/apc.h"
#include "wait/thread.h"

static int calls[16];
static int call_count;

static void note(ULONG_PTR data)
{
    if (call_count < 16)
        calls[call_count] = (int)data;
    call_count++;
}

static void note_and_nest(ULONG_PTR data)
{
    note(data);
    EXPECT_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    note(data + 100);
}

static void note_and_queue(ULONG_PTR data)
{
    note(data);
    if (data < 12)
        EXPECT(QueueUserAPC(note_and_queue, GetCurrentThread(), data + 1));
}

static void own_thread(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);

    EXPECT_EQUAL(SleepEx(0, TRUE), 0);
    for (ULONG_PTR data = 1; data <= 3; data++)
        EXPECT(QueueUserAPC(note, GetCurrentThread(), data));
    EXPECT_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(SleepEx(1, FALSE), 0);
    EXPECT_EQUAL(call_count, 0);
    SetEvent(event);
    EXPECT_EQUAL(WaitForSingleObjectEx(event, INFINITE, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQUAL(call_count, 3);
    for (int index = 0; index < 3; index++)
        EXPECT_EQUAL(calls[index], index + 1);
    EXPECT_EQUAL(WaitForSingleObjectEx(event, INFINITE, TRUE), WAIT_OBJECT_0);

    call_count = 0;
    QueueUserAPC(note_and_nest, GetCurrentThread(), 1);
    QueueUserAPC(note, GetCurrentThread(), 2);
    EXPECT_EQUAL(SignalObjectAndWait(event, event, INFINITE, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQUAL(call_count, 3);
    EXPECT_EQUAL(calls[1], 2);
    EXPECT_EQUAL(calls[2], 101);
    EXPECT_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0); /* it had been signalled */

    call_count = 0;
    QueueUserAPC(note_and_queue, GetCurrentThread(), 10);
    EXPECT_EQUAL(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQUAL(call_count, 3);
    call_count = 0;
    help_close(event);
}

static DWORD has_run(void *unused)
{
    (void)unused;
    return (DWORD)call_count;
}

static void before_and_after(void)
{
    HANDLE thread = CreateThread(NULL, 0, has_run, NULL, CREATE_SUSPENDED, NULL);

    EXPECT(QueueUserAPC(note, thread, 1));
    EXPECT(QueueUserAPC(note, thread, 2));
    EXPECT_EQUAL(ResumeThread(thread), 1);
    WaitForSingleObject(thread, INFINITE);
    EXPECT_EQUAL(QueueUserAPC(note, thread, 3), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_GEN_FAILURE);
    EXPECT_EQUAL(help_join(thread), 2);
    EXPECT_EQUAL(QueueUserAPC(note, NULL, 0), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
}

static _Atomic int dropped;

static void never_run(struct apc *apc)
{
    (void)apc;
    EXPECT(!"an APC of an ended thread runs");
}

static void count_drop(struct apc *apc)
{
    (void)apc;
    dropped++;
}

static DWORD end_unalerted(void *events)
{
    SignalObjectAndWait(((HANDLE *)events)[0], ((HANDLE *)events)[1], INFINITE, FALSE);
    return 0;
}

static void dropped_at_end(void)
{
    static struct apc apcs[3];
    HANDLE events[2] = {CreateEventA(NULL, TRUE, FALSE, NULL),
                        CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE thread = help_thread(end_unalerted, events);
    struct object *object = handle_get((uintptr_t)thread);
    struct thread *target = CONTAINER_OF(object, struct thread, dispatcher.object);

    /* What is queued before a thread runs its routine would run first. */
    WaitForSingleObject(events[0], INFINITE);
    for (int index = 0; index < 3; index++) {
        apcs[index] = (struct apc){NULL, never_run, count_drop};
        EXPECT(apc_queue(target, &apcs[index]));
    }
    EXPECT(apc_remove(target, &apcs[2]));
    EXPECT(!apc_remove(target, &apcs[2]));
    EXPECT(apc_queue(target, &apcs[2]));
    EXPECT(apc_remove(target, &apcs[0]));
    SetEvent(events[1]);
    object_unref(object, OBJ_REF_CALL);
    help_join(thread);
    EXPECT_EQUAL(dropped, 2);
    help_close(events[0]);
    help_close(events[1]);
}

/* ---- the race between an APC and a signal ---- */

struct both {
    HANDLE event;
    _Atomic long signals, alerts, ran;
    _Atomic bool stop;
};

static struct both both;

static void count_run(ULONG_PTR unused)
{
    (void)unused;
    both.ran++;
}

static DWORD wait_for_both(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD result = WaitForSingleObjectEx(both.event, INFINITE, TRUE);
        if (both.stop)
            return 0;
        if (result == WAIT_OBJECT_0)
            both.signals++;
        else if (result == WAIT_IO_COMPLETION)
            both.alerts++;
    }
}

/* Each signal and each APC arrives once, however close together they come. */
static void signal_or_apc(void)
{
    both.event = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = help_thread(wait_for_both, NULL);
    long rounds = 0;

    for (int64_t start = clock_now(); help_milliseconds(start) < 1000; rounds++) {
        if (rounds % 2)
            SetEvent(both.event);
        EXPECT(QueueUserAPC(count_run, thread, 0));
        if (rounds % 2 == 0)
            SetEvent(both.event);
        while (both.signals <= rounds || both.ran <= rounds)
            SwitchToThread();
    }
    both.stop = true;
    SetEvent(both.event);
    help_join(thread);
    EXPECT_EQUAL(both.signals, rounds);
    EXPECT_EQUAL(both.ran, rounds);
    EXPECT(both.alerts > 0 && both.alerts <= rounds);
    help_close(both.event);
}

int main(void)
{
    own_thread();
    before_and_after();
    dropped_at_end();
    signal_or_apc();
    return expect_report();
}
