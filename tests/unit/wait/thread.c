/* SPDX-License-Identifier: MIT
 *
 * Threads: their end and exit code, thousands of them, suspending, terminating, local storage.
 * THR-1, 2, 3; SCHED-7d.
 */
#include "help.h"

#include <process.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

static DWORD answer(void *argument)
{
    return (DWORD)(uintptr_t)argument + 1;
}

static DWORD answer_deep(void *argument)
{
    ExitThread((DWORD)(uintptr_t)argument + 2);
}

static DWORD number_and_wait(void *event)
{
    WaitForSingleObject(event, INFINITE);
    return GetCurrentThreadId();
}

static void exit_codes(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD code = 0, number = 0;
    HANDLE thread = CreateThread(NULL, 0, number_and_wait, event, 0, &number);

    EXPECT(GetExitCodeThread(thread, &code));
    EXPECT_EQUAL(code, STILL_ACTIVE);
    HANDLE opened = OpenThread(THREAD_ALL_ACCESS, FALSE, number);
    EXPECT(opened != NULL);
    SetEvent(event);
    EXPECT_EQUAL(help_join(opened), number);
    EXPECT_EQUAL(help_join(thread), number);
    EXPECT(!OpenThread(THREAD_ALL_ACCESS, FALSE, number));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(number != GetCurrentThreadId());
    help_close(event);

    EXPECT_EQUAL(help_join(help_thread(answer, (void *)6)), 7);
    EXPECT_EQUAL(help_join(help_thread(answer_deep, (void *)6)), 8);
    EXPECT(!GetExitCodeThread(NULL, &code));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST));
    EXPECT_EQUAL(GetThreadPriority(GetCurrentThread()), THREAD_PRIORITY_HIGHEST);
    EXPECT(!SetThreadPriority(GetCurrentThread(), 99));
}

static _Atomic int begun;

static unsigned begun_ex(void *argument)
{
    begun++;
    _endthreadex(*(unsigned *)argument);
}

static void begun_plain(void *event)
{
    begun++;
    SetEvent(event);
    _endthread();
}

static void run_time_library(void)
{
    unsigned code = 42, id = 0;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, begun_ex, &code, 0, &id);

    EXPECT(thread && id);
    EXPECT_EQUAL(help_join(thread), 42);
    EXPECT((uintptr_t)_beginthread(begun_plain, 0, event) != (uintptr_t)-1);
    WaitForSingleObject(event, INFINITE);
    EXPECT_EQUAL(begun, 2);
    EXPECT(_beginthreadex(NULL, 0, NULL, NULL, 0, NULL) == 0);
    EXPECT(_beginthread(NULL, 0, NULL) == (uintptr_t)-1);
    help_close(event);
}

/* Threads come and go by the thousand, some waited for, some not. */
static void many(void)
{
    for (int round = 0; round < 200; round++) {
        HANDLE threads[16];
        for (int index = 0; index < 16; index++)
            threads[index] = help_thread(answer, (void *)(uintptr_t)index);
        if (round % 2)
            EXPECT_EQUAL(WaitForMultipleObjects(16, threads, TRUE, 60000), WAIT_OBJECT_0);
        for (int index = 0; index < 16; index++)
            if (round % 3)
                EXPECT_EQUAL(help_join(threads[index]), index + 1);
            else
                help_close(threads[index]);
    }
}

static void *foreign(void *result)
{
    HANDLE mutex = *(HANDLE *)result;

    WaitForSingleObject(mutex, INFINITE);
    *(HANDLE *)result = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
    if (!*(HANDLE *)result && WaitForSingleObject(GetCurrentThread(), 0) == WAIT_TIMEOUT)
        *(HANDLE *)result = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
    return NULL;
}

/* A thread of the program's own making is an object as well, and abandons its mutex. */
static void foreign_thread(void)
{
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    HANDLE shared = mutex;
    pthread_t thread;

    EXPECT(pthread_create(&thread, NULL, foreign, &shared) == 0);
    pthread_join(thread, NULL);
    EXPECT(shared && shared != mutex);
    EXPECT_EQUAL(help_join(shared), 0);
    EXPECT_EQUAL(WaitForSingleObject(mutex, 0), WAIT_ABANDONED);
    ReleaseMutex(mutex);
    help_close(mutex);
}

/* ---- suspending ---- */

/* The thread sanitizer holds a signal back until the thread makes a call that it intercepts; a
 * futex wait is none. So there the loops make one, and what needs a signal to reach a sleeping
 * thread is left to the other builds. */
#define SIGNALS_REACH_SLEEPERS (!UNDER_THREAD_SANITIZER)

static void let_others_run(void)
{
    if (SIGNALS_REACH_SLEEPERS)
        sched_yield();
    else
        usleep(1);
}

struct runner {
    _Atomic long count;
    _Atomic bool stop;
    _Atomic bool ready;
    struct help_queue queue;
};

static DWORD run(void *argument)
{
    struct runner *runner = argument;

    help_bind(&runner->queue);
    runner->ready = true;
    while (!runner->stop) {
        runner->count++;
        let_others_run();
    }
    help_bind(NULL);
    return 5;
}

static void wait_ready(struct runner *runner)
{
    while (!runner->ready)
        sched_yield();
}

static void suspend_running(void)
{
    struct runner runner = {0};
    HANDLE thread = CreateThread(NULL, 0, run, &runner, CREATE_SUSPENDED, NULL);

    EXPECT_EQUAL(SuspendThread(thread), 1);
    EXPECT_EQUAL(ResumeThread(thread), 2);
    Sleep(20);
    EXPECT_EQUAL(runner.count, 0);
    EXPECT_EQUAL(ResumeThread(thread), 1);
    EXPECT_EQUAL(ResumeThread(thread), 0);
    wait_ready(&runner);
    for (int round = 1; round <= 100; round++) {
        EXPECT_EQUAL(SuspendThread(thread), 0);
        EXPECT_EQUAL(runner.queue.blocked, round);
        long before = runner.count;
        if (round % 10 == 0) {
            Sleep(2);
            EXPECT_EQUAL(SuspendThread(thread), 1);
            EXPECT_EQUAL(ResumeThread(thread), 2);
        }
        EXPECT_EQUAL(runner.count, before);
        EXPECT_EQUAL(runner.queue.running, round - 1);
        EXPECT_EQUAL(ResumeThread(thread), 1);
        EXPECT_EQUAL(runner.queue.running, round);
        while (round % 2 && runner.count == before)
            sched_yield();
    }
    runner.stop = true;
    WaitForSingleObject(thread, INFINITE);
    EXPECT_EQUAL(SuspendThread(thread), (DWORD)-1);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    EXPECT_EQUAL(help_join(thread), 5);
}

static DWORD sleep_bound(void *argument)
{
    struct runner *runner = argument;

    help_bind(&runner->queue);
    runner->ready = true;
    Sleep(800);
    help_bind(NULL);
    return 0;
}

/* A thread that sleeps has given up its slot: suspending it does not do so again. */
static void suspend_sleeping(void)
{
    struct runner runner = {0};
    HANDLE thread = help_thread(sleep_bound, &runner);

    wait_ready(&runner);
    while (runner.queue.blocked == 0)
        sched_yield();
    EXPECT_EQUAL(SuspendThread(thread), 0);
    EXPECT_EQUAL(runner.queue.blocked, 1);
    EXPECT_EQUAL(runner.queue.running, 0);
    EXPECT_EQUAL(WaitForSingleObject(thread, 1000), WAIT_TIMEOUT);
    EXPECT_EQUAL(ResumeThread(thread), 1);
    help_join(thread);
    EXPECT_EQUAL(runner.queue.blocked, 1);
    EXPECT_EQUAL(runner.queue.running, 1);
}

static DWORD suspend_self(void *argument)
{
    struct runner *runner = argument;

    help_bind(&runner->queue);
    runner->ready = true;
    DWORD before = SuspendThread(GetCurrentThread());
    help_bind(NULL);
    return before;
}

static void suspend_oneself(void)
{
    struct runner runner = {0};
    HANDLE thread = help_thread(suspend_self, &runner);

    wait_ready(&runner);
    while (ResumeThread(thread) == 0)
        sched_yield();
    EXPECT_EQUAL(help_join(thread), 0);
    EXPECT_EQUAL(runner.queue.blocked, runner.queue.running);
}

static DWORD use_the_library(void *argument)
{
    struct runner *runner = argument;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    runner->ready = true;
    while (!runner->stop) {
        HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);
        WaitForSingleObject(event, 0);
        SetEvent(event);
        help_close(mutex);
        runner->count++;
        if (!SIGNALS_REACH_SLEEPERS)
            let_others_run();
    }
    help_close(event);
    return 0;
}

/* Stopped at any moment inside the library, a thread holds nothing that others need. */
static void suspend_anywhere(void)
{
    struct runner runner = {0};
    HANDLE threads[2];
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    for (int index = 0; index < 2; index++)
        threads[index] = help_thread(use_the_library, &runner);
    wait_ready(&runner);
    for (int64_t start = clock_now(); help_milliseconds(start) < 300;) {
        SuspendThread(threads[0]);
        SuspendThread(threads[1]);
        EXPECT_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
        help_close(CreateMutexA(NULL, TRUE, "anywhere"));
        ResumeThread(threads[1]);
        ResumeThread(threads[0]);
        sched_yield();
    }
    runner.stop = true;
    help_join(threads[0]);
    help_join(threads[1]);
    help_close(event);
}

/* ---- terminating ---- */

static DWORD die_waiting(void *argument)
{
    struct runner *runner = argument;
    HANDLE mutex = CreateMutexA(NULL, TRUE, "left behind");

    help_bind(&runner->queue);
    runner->ready = true;
    WaitForSingleObject(GetCurrentThread(), INFINITE);
    return mutex != NULL;
}

static DWORD die_on_address(void *argument)
{
    struct runner *runner = argument;
    long same = 0;

    runner->ready = true;
    WaitOnAddress(&runner->count, &same, sizeof same, INFINITE);
    return 0;
}

/* What a terminated thread slept on can be used by others. */
static void terminate_on_address(void)
{
    struct runner runner = {0};
    long same = 0;
    HANDLE thread = help_thread(die_on_address, &runner);

    wait_ready(&runner);
    Sleep(10);
    EXPECT(TerminateThread(thread, 80));
    EXPECT_EQUAL(help_join(thread), 80);
    EXPECT(!WaitOnAddress(&runner.count, &same, sizeof same, 1));
    WakeByAddressAll((void *)&runner.count);
}

static void terminate(void)
{
    struct runner runner = {0};
    HANDLE thread = help_thread(run, &runner);

    wait_ready(&runner);
    EXPECT(TerminateThread(thread, 77));
    EXPECT_EQUAL(help_join(thread), 77);

    thread = CreateThread(NULL, 0, answer, NULL, CREATE_SUSPENDED, NULL);
    EXPECT(TerminateThread(thread, 79));
    EXPECT_EQUAL(help_join(thread), 79);
}

static void terminate_waiting(void)
{
    struct runner waiting = {0};
    HANDLE thread = help_thread(die_waiting, &waiting);
    wait_ready(&waiting);
    while (waiting.queue.blocked == 0)
        sched_yield();
    HANDLE mutex = CreateMutexA(NULL, FALSE, "left behind");
    EXPECT_EQUAL(SuspendThread(thread), 0);
    EXPECT(TerminateThread(thread, 78));
    EXPECT_EQUAL(help_join(thread), 78);
    EXPECT_EQUAL(waiting.queue.running, 1);
    EXPECT_EQUAL(WaitForSingleObject(mutex, 0), WAIT_ABANDONED);
    ReleaseMutex(mutex);
    help_close(mutex);
}

/* ---- local storage ---- */

static DWORD slot_tls, slot_fls;
static _Atomic int called_back;

static void call_back(void *value)
{
    EXPECT(value != NULL);
    called_back++;
}

static DWORD use_slots(void *event)
{
    EXPECT(TlsGetValue(slot_tls) == NULL);
    EXPECT_EQUAL(GetLastError(), 0);
    EXPECT(TlsSetValue(slot_tls, event));
    EXPECT(FlsSetValue(slot_fls, event));
    EXPECT(TlsGetValue(slot_tls) == event);
    EXPECT(FlsGetValue(slot_fls) == event);
    if (event)
        WaitForSingleObject(event, INFINITE);
    return 0;
}

static void local_storage(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);

    slot_tls = TlsAlloc();
    slot_fls = FlsAlloc(call_back);
    EXPECT(TlsSetValue(slot_tls, &slot_tls));
    EXPECT(FlsSetValue(slot_fls, &slot_tls));
    help_join(help_thread(use_slots, event));
    EXPECT_EQUAL(called_back, 1);
    help_join(help_thread(use_slots, NULL));
    EXPECT_EQUAL(called_back, 1);
    EXPECT(TlsGetValue(slot_tls) == &slot_tls);

    ResetEvent(event);
    HANDLE thread = help_thread(use_slots, event);
    Sleep(20);
    EXPECT(FlsFree(slot_fls)); /* for the value of this thread and of that one */
    EXPECT_EQUAL(called_back, 3);
    SetEvent(event);
    help_join(thread);
    EXPECT_EQUAL(called_back, 3);

    EXPECT(TlsFree(slot_tls));
    EXPECT(!TlsFree(slot_tls));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT_EQUAL(TlsAlloc(), slot_tls);
    EXPECT(TlsGetValue(slot_tls) == NULL); /* a used slot comes back empty */
    EXPECT(TlsFree(slot_tls));
    EXPECT(!TlsSetValue(5000, NULL));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    uint32_t taken = 0;
    while (taken < 2000 && TlsAlloc() != TLS_OUT_OF_INDEXES)
        taken++;
    EXPECT_EQUAL(taken, 1088);
    help_close(event);
}

int main(void)
{
    exit_codes();
    run_time_library();
    many();
    foreign_thread();
    suspend_running();
    suspend_oneself();
    suspend_anywhere();
    terminate();
    if (SIGNALS_REACH_SLEEPERS) {
        suspend_sleeping();
        terminate_waiting();
        terminate_on_address();
    } else {
        printf("skipped: suspend_sleeping, terminate_waiting, terminate_on_address "
               "(signals under this sanitizer)\n");
    }
    local_storage();
    return expect_report();
}
