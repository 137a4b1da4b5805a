/* SPDX-License-Identifier: MIT
 *
 * Waitable timers: due times relative and absolute, periods, completion routines, cancelling; the
 * Ex forms.
 */
#include "support.h"

#define UNITS_PER_MS 10000LL /* of 100 ns */

static HANDLE timer_new(BOOL manual)
{
    HANDLE timer = CreateWaitableTimerA(NULL, manual, NULL);
    REQUIRE(timer != NULL);
    return timer;
}

static LARGE_INTEGER after(int milliseconds)
{
    LARGE_INTEGER due;
    due.QuadPart = -UNITS_PER_MS * milliseconds;
    return due;
}

static LARGE_INTEGER at(int milliseconds)
{
    FILETIME now;
    LARGE_INTEGER due;
    GetSystemTimeAsFileTime(&now);
    due.LowPart = now.dwLowDateTime;
    due.HighPart = (LONG)now.dwHighDateTime;
    due.QuadPart += UNITS_PER_MS * milliseconds;
    return due;
}

static void set_after(HANDLE timer, int milliseconds, LONG period)
{
    LARGE_INTEGER due = after(milliseconds);
    REQUIRE(SetWaitableTimer(timer, &due, period, NULL, NULL, FALSE));
}

static DWORD wait_for(HANDLE timer, DWORD milliseconds)
{
    return WaitForSingleObject(timer, milliseconds);
}

static void due_times(void)
{
    HANDLE timer = timer_new(FALSE);
    LARGE_INTEGER due;
    double start = support_now_ms();
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_TIMEOUT, "a new timer is not signalled");
    set_after(timer, 60, 0);
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_TIMEOUT, "nor one that runs");
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "a relative time");
    CHECK("WAIT-10", support_now_ms() - start >= 60 - TICK_MS, "is waited for");
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_TIMEOUT, "the wait has reset it");
    start = support_now_ms();
    due = at(60);
    REQUIRE(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "an absolute time");
    CHECK("WAIT-10", support_now_ms() - start >= 58 - TICK_MS, "is waited for");
    due = at(-1000);
    REQUIRE(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "a time that is past");
    set_after(timer, 0, 0);
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "none at all");
    CloseHandle(timer);
}

static void manual_and_set_again(void)
{
    HANDLE timer = timer_new(TRUE);
    set_after(timer, 10, 0);
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "due");
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_OBJECT_0, "it stays signalled");
    set_after(timer, 30000, 0);
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_TIMEOUT, "until it is set again");
    set_after(timer, 20, 0);
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "to an earlier time");
    CloseHandle(timer);
}

static void periods(void)
{
    HANDLE timer = timer_new(FALSE);
    double start = support_now_ms(), taken;
    set_after(timer, 50, 30);
    for (int i = 0; i < 5; i++)
        CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "period %d", i);
    taken = support_now_ms() - start;
    CHECK("WAIT-10", taken >= 170 - 2 * TICK_MS, "50 ms and four times 30: %.0f", taken);
    Sleep(100);
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_OBJECT_0, "missed periods signal");
    CHECK("WAIT-10", CancelWaitableTimer(timer), "stopped");
    wait_for(timer, 0);
    CHECK("WAIT-10", wait_for(timer, 120) == WAIT_TIMEOUT, "once, and no more");
    CloseHandle(timer);
}

static void cancelling(void)
{
    HANDLE timer = timer_new(TRUE);
    set_after(timer, 40, 0);
    CHECK("WAIT-10", CancelWaitableTimer(timer), "cancelled");
    CHECK("WAIT-10", wait_for(timer, 120) == WAIT_TIMEOUT, "a cancelled timer does not signal");
    set_after(timer, 0, 0);
    REQUIRE(wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0);
    CHECK("WAIT-10", CancelWaitableTimer(timer) && wait_for(timer, 0) == WAIT_OBJECT_0,
          "nor does cancelling reset");
    CloseHandle(timer);
    CHECK("WAIT-10", !CancelWaitableTimer(timer) && GetLastError() == ERROR_INVALID_HANDLE,
          "a closed timer");
}

/* ---- completion routines ---- */

static volatile LONG calls;
static DWORD called_in;
static void *called_with;
static LONGLONG called_at;

static VOID CALLBACK routine(LPVOID argument, DWORD low, DWORD high)
{
    called_in = GetCurrentThreadId();
    called_with = argument;
    called_at = (LONGLONG)((ULONGLONG)high << 32 | low);
    counter_add(&calls);
}

static void set_routine(HANDLE timer, int milliseconds, LONG period)
{
    LARGE_INTEGER due = after(milliseconds);
    counter_set(&calls, 0);
    REQUIRE(SetWaitableTimer(timer, &due, period, routine, (void *)&calls, FALSE));
}

static void routines(void)
{
    HANDLE timer = timer_new(FALSE), event = event_make(TRUE, FALSE);
    LONGLONG before = at(0).QuadPart;
    set_routine(timer, 30, 0);
    WaitForSingleObject(event, 100);
    CHECK("WAIT-10", counter_get(&calls) == 0, "no routine runs in a wait that is not alertable");
    CHECK("WAIT-10", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && calls == 1,
          "in one that is it does");
    CHECK("WAIT-10", called_in == GetCurrentThreadId() && called_with == (void *)&calls,
          "in the thread that set the timer, with its argument");
    CHECK_WINE_DEPARTS("WAIT-10", called_at >= before && called_at <= at(0).QuadPart,
                       "Wine passes another time", "with the time: %.1f ms after the start",
                       (double)(called_at - before) / (double)UNITS_PER_MS);
    CHECK("WAIT-10", SleepEx(60, TRUE) == 0, "once");
    set_routine(timer, 20, 20);
    for (LONG i = 1; i <= 3; i++)
        CHECK("WAIT-10", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && calls == i,
              "period %d", (int)i);
    REQUIRE(CancelWaitableTimer(timer));
    CHECK("WAIT-10", SleepEx(80, TRUE) == 0, "cancelled: none any more");
    set_routine(timer, 10, 0);
    Sleep(60);
    REQUIRE(CancelWaitableTimer(timer));
    CHECK("WAIT-10", SleepEx(60, TRUE) == 0, "cancelling takes a queued one back");
    set_routine(timer, 10, 0);
    Sleep(60);
    set_after(timer, 30000, 0);
    CHECK("WAIT-10", SleepEx(60, TRUE) == 0, "and so does setting it again");
    CloseHandle(timer);
    CloseHandle(event);
}

static DWORD WINAPI set_and_end(void *timer)
{
    set_routine(timer, 30, 0);
    return 0;
}

static void setter_ended(void)
{
    HANDLE timer = timer_new(TRUE);
    thread_join(thread_start(set_and_end, timer));
    SleepEx(100, TRUE);
    CHECK("WAIT-10", counter_get(&calls) == 0, "the thread that set it ended: no routine runs");
    CloseHandle(timer);
}

static void many_wait(void)
{
    HANDLE timer = timer_new(TRUE), event = event_make(TRUE, TRUE), both[2];
    double start = support_now_ms();
    both[0] = timer;
    both[1] = event;
    set_after(timer, 60, 0);
    CHECK("WAIT-2", WaitForMultipleObjects(2, both, TRUE, DEADLINE_MS) == WAIT_OBJECT_0,
          "a timer among others, all");
    CHECK("WAIT-2", support_now_ms() - start >= 60 - TICK_MS, "when it is due");
    CHECK("WAIT-2", WaitForMultipleObjects(2, both, FALSE, 0) == WAIT_OBJECT_0, "any");
    CloseHandle(timer);
    CloseHandle(event);
}

static void bad_input(void)
{
    HANDLE timer = timer_new(TRUE), event = event_make(TRUE, FALSE);
    LARGE_INTEGER due = after(10);
    CHECK_WINE_DEPARTS("WAIT-10",
                       !SetWaitableTimer(timer, &due, -1, NULL, NULL, FALSE) &&
                           GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine takes a negative period", "a negative period");
    CHECK("WAIT-10", !SetWaitableTimer(event, &due, 0, NULL, NULL, FALSE), "an event is no timer");
    CHECK_WINE_DEPARTS("WAIT-10", wait_for(timer, 50) == WAIT_TIMEOUT,
                       "Wine takes a negative period", "nothing was set");
    CloseHandle(timer);
    CloseHandle(event);
}

static void ex_forms(void)
{
    HANDLE timer =
        CreateWaitableTimerExW(NULL, NULL, CREATE_WAITABLE_TIMER_MANUAL_RESET, TIMER_ALL_ACCESS);
    LARGE_INTEGER due = after(20);
    REQUIRE(timer != NULL);
    CHECK("WAIT-10", SetWaitableTimerEx(timer, &due, 0, NULL, NULL, NULL, 5),
          "set with a tolerance");
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "it is due");
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_OBJECT_0, "the manual kind by its flag");
    CloseHandle(timer);
    timer = CreateWaitableTimerExA(NULL, NULL, 0, TIMER_ALL_ACCESS);
    REQUIRE(timer != NULL);
    set_after(timer, 0, 0);
    CHECK("WAIT-10", wait_for(timer, DEADLINE_MS) == WAIT_OBJECT_0, "due");
    CHECK("WAIT-10", wait_for(timer, 0) == WAIT_TIMEOUT, "without flags it resets itself");
    CloseHandle(timer);
    SetLastError(0);
    timer = CreateWaitableTimerExA(NULL, NULL, 0x80, TIMER_ALL_ACCESS);
    CHECK_WINE_DEPARTS("WAIT-10", !timer && GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine ignores flags it does not know", "no such flag");
}

int main(void)
{
    RUN(due_times);
    RUN(manual_and_set_again);
    RUN(periods);
    RUN(cancelling);
    RUN(routines);
    RUN(setter_ended);
    RUN(many_wait);
    RUN(bad_input);
    RUN(ex_forms);
    return check_report();
}
