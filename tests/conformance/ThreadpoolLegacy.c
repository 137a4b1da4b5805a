/* SPDX-License-Identifier: MIT
 *
 * The thread pool's older calls: work items, registered waits, timer queues (POOL-8 to 10, 25, 26).
 */
#include "threadpool.h"

static DWORD WINAPI item_done(LPVOID context)
{
    count_enter(context);
    count_leave(context);
    return 0;
}

static void work_items_run(void)
{
    const ULONG flags[] = {WT_EXECUTEDEFAULT, WT_EXECUTEINIOTHREAD, WT_EXECUTELONGFUNCTION};
    struct count count = {0};

    for (int round = 0; round < 99; round++)
        REQUIRE(QueueUserWorkItem(item_done, &count, flags[round % 3]));
    CHECK("POOL-8", count_reaches(&count.all, 99), "%ld of 99 have run", (long)count.all);
    Sleep(20);
    CHECK("POOL-8", count.all == 99, "each once: %ld", (long)count.all);
}

static VOID CALLBACK fired(PVOID context, BOOLEAN timed_out)
{
    struct count *count = context;

    count_enter(count);
    if (timed_out)
        ++count->timeout;
    count_leave(count);
}

static void registered_waits_repeat(void)
{
    struct count count = {0};
    HANDLE wait, event = CreateEventA(NULL, FALSE, FALSE, NULL);

    REQUIRE(RegisterWaitForSingleObject(&wait, event, fired, &count, INFINITE, 0));
    for (LONG round = 1; round <= 3; round++) {
        SetEvent(event);
        CHECK("POOL-9", count_reaches(&count.all, round) && count.timeout == 0,
              "signalled %ld times: %ld callbacks", (long)round, (long)count.all);
    }
    CHECK("POOL-9", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "the event is taken");
    CHECK("POOL-10", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE), "unregistered, error %u",
          (unsigned)GetLastError());
    SetEvent(event);
    Sleep(50);
    CHECK("POOL-10", count.all == 3, "and not called any more: %ld", (long)count.all);
    CloseHandle(event);
}

static void registered_waits_time_out(void)
{
    struct count count = {0};
    HANDLE wait, event = CreateEventA(NULL, FALSE, FALSE, NULL);

    REQUIRE(RegisterWaitForSingleObject(&wait, event, fired, &count, 30, 0));
    CHECK_WINE_DEPARTS("POOL-9", count_reaches(&count.timeout, 3),
                       "Wine's registered waits time out once", "again and again: %ld",
                       (long)count.timeout);
    CHECK("POOL-10", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE), "unregistered, error %u",
          (unsigned)GetLastError());

    struct count once = {0};
    REQUIRE(RegisterWaitForSingleObject(&wait, event, fired, &once, 30, WT_EXECUTEONLYONCE));
    CHECK("POOL-9", count_reaches(&once.timeout, 1), "a wait for once timed out");
    SetEvent(event);
    Sleep(100);
    CHECK("POOL-9", once.all == 1, "once: %ld", (long)once.all);
    CHECK("POOL-10", UnregisterWait(wait), "it has to be unregistered still, error %u",
          (unsigned)GetLastError());
    CHECK("POOL-10", !UnregisterWait(NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "nothing: error %u", (unsigned)GetLastError());
    CloseHandle(event);
}

static void unregistering_while_a_callback_runs(void)
{
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE wait, event = CreateEventA(NULL, FALSE, TRUE, NULL),
                 done = CreateEventA(NULL, TRUE, FALSE, NULL);

    REQUIRE(RegisterWaitForSingleObject(&wait, event, fired, &count, INFINITE, 0));
    REQUIRE(count_reaches(&count.now, 1));
    CHECK("POOL-10", !UnregisterWait(wait) && GetLastError() == ERROR_IO_PENDING,
          "a callback runs: error %u", (unsigned)GetLastError());
    SetEvent(count.gate);
    REQUIRE(count_reaches(&count.all, 1));
    SetEvent(event);
    Sleep(50);
    CHECK("POOL-10", count.all == 1, "unregistered all the same: %ld", (long)count.all);

    ResetEvent(count.gate);
    SetEvent(event);
    REQUIRE(RegisterWaitForSingleObject(&wait, event, fired, &count, INFINITE, 0));
    REQUIRE(count_reaches(&count.now, 1));
    BOOL ended = UnregisterWaitEx(wait, done);
    CHECK("POOL-10", ended || GetLastError() == ERROR_IO_PENDING, "with an event: %d, error %u",
          (int)ended, (unsigned)GetLastError());
    CHECK("POOL-10", WaitForSingleObject(done, 50) == WAIT_TIMEOUT, "not set while it runs");
    SetEvent(count.gate);
    CHECK("POOL-10", WaitForSingleObject(done, 5000) == WAIT_OBJECT_0, "set when it has ended");
    CHECK("POOL-10", count.all == 2, "%ld callbacks", (long)count.all);
    CloseHandle(event);
    CloseHandle(done);
    CloseHandle(count.gate);
}

static void timers_of_a_queue(void)
{
    struct count count = {0}, late = {0};
    HANDLE timer, other, queue = CreateTimerQueue();

    REQUIRE(queue != NULL);
    REQUIRE(CreateTimerQueueTimer(&timer, queue, fired, &count, 20, 20, 0));
    REQUIRE(CreateTimerQueueTimer(&other, queue, fired, &late, 60000, 0, 0));
    CHECK("POOL-25", count_reaches(&count.all, 4), "a timer with a period rings on");
    CHECK("POOL-25", count.timeout == count.all, "and says so: %ld of %ld", (long)count.timeout,
          (long)count.all);
    CHECK("POOL-25", ChangeTimerQueueTimer(queue, other, 10, 0), "another is changed, error %u",
          (unsigned)GetLastError());
    CHECK("POOL-25", count_reaches(&late.all, 1), "and rings");
    CHECK("POOL-25", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE), "deleted, error %u",
          (unsigned)GetLastError());
    LONG rang = count.all;
    Sleep(80);
    CHECK("POOL-25", count.all == rang, "it does not ring any more: %ld, then %ld", (long)rang,
          (long)count.all);
    CHECK("POOL-26", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE), "the queue, error %u",
          (unsigned)GetLastError());
}

static void queues_end_with_their_timers(void)
{
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE timer, queue = CreateTimerQueue(), done = CreateEventA(NULL, TRUE, FALSE, NULL);

    REQUIRE(queue != NULL);
    REQUIRE(CreateTimerQueueTimer(&timer, queue, fired, &count, 0, 0, 0));
    REQUIRE(count_reaches(&count.now, 1));
    BOOL ended = DeleteTimerQueueEx(queue, done);
    CHECK("POOL-26", ended || GetLastError() == ERROR_IO_PENDING, "with an event: %d, error %u",
          (int)ended, (unsigned)GetLastError());
    CHECK_WINE_DEPARTS("POOL-26", WaitForSingleObject(done, 50) == WAIT_TIMEOUT,
                       "Wine sets the event at once", "a callback still runs");
    SetEvent(count.gate);
    CHECK("POOL-26", WaitForSingleObject(done, 5000) == WAIT_OBJECT_0, "then the event is set");

    ResetEvent(count.gate);
    REQUIRE(CreateTimerQueueTimer(&timer, NULL, fired, &count, 0, 0, WT_EXECUTEONLYONCE));
    REQUIRE(count_reaches(&count.now, 1));
    CHECK("POOL-25",
          !DeleteTimerQueueTimer(NULL, timer, NULL) && GetLastError() == ERROR_IO_PENDING,
          "a timer of no queue whose callback runs: error %u", (unsigned)GetLastError());
    SetEvent(count.gate);
    REQUIRE(count_reaches(&count.all, 2));
    Sleep(20);
    CloseHandle(done);
    CloseHandle(count.gate);
}

int main(void)
{
    RUN(work_items_run);
    RUN(registered_waits_repeat);
    RUN(registered_waits_time_out);
    RUN(unregistering_while_a_callback_runs);
    RUN(timers_of_a_queue);
    RUN(queues_end_with_their_timers);
    return check_report();
}
