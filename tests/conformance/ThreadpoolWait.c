/* SPDX-License-Identifier: MIT
 *
 * Signalled objects and times in the thread pool: waits and timers (POOL-17 to 19).
 */
#include "threadpool.h"

static void waits_are_for_once(void)
{
    struct count count = {0};
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(count_wait_end, &count, NULL);

    REQUIRE(wait != NULL);
    SetThreadpoolWait(wait, event, NULL);
    Sleep(50);
    CHECK("POOL-17", count.all == 0, "nothing is signalled: %ld", (long)count.all);
    SetEvent(event);
    CHECK("POOL-17", count_reaches(&count.all, 1) && count.timeout == 0,
          "signalled: %ld callbacks, %ld timeouts", (long)count.all, (long)count.timeout);
    CHECK("POOL-17", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "the wait took the event");
    SetEvent(event);
    Sleep(50);
    CHECK("POOL-17", count.all == 1, "only once: %ld", (long)count.all);
    SetThreadpoolWait(wait, event, NULL);
    CHECK("POOL-17", count_reaches(&count.all, 2), "signalled before it was set");

    SetThreadpoolWait(wait, event, NULL);
    SetThreadpoolWait(wait, NULL, NULL);
    SetEvent(event);
    Sleep(50);
    CHECK("POOL-17", count.all == 2, "not after it was ended: %ld", (long)count.all);
    CHECK("POOL-17", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "the event stays");
    WaitForThreadpoolWaitCallbacks(wait, FALSE);
    CloseThreadpoolWait(wait);
    CloseHandle(event);
}

static void waits_time_out(void)
{
    struct count count = {0};
    FILETIME later = from_now(80), now = {0, 0};
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(count_wait_end, &count, NULL);

    REQUIRE(wait != NULL);
    ULONGLONG start = GetTickCount64();
    SetThreadpoolWait(wait, event, &later);
    CHECK("POOL-17", count_reaches(&count.timeout, 1), "it timed out");
    CHECK("POOL-17", since(start) >= 60, "after %u ms", (unsigned)since(start));
    SetThreadpoolWait(wait, event, &now);
    CHECK("POOL-17", count_reaches(&count.timeout, 2), "a time of 0: at once");
    SetEvent(event);
    SetThreadpoolWait(wait, event, &now);
    CHECK_WINE_DEPARTS("POOL-17", count_reaches(&count.all, 3) && count.timeout == 2,
                       "Wine does not look at the object if the time is 0",
                       "but signalled comes first: %ld timeouts", (long)count.timeout);
    CloseThreadpoolWait(wait);
    CloseHandle(event);
}

/* As MinGW's headers and Wine's libraries have neither Ex function, only here. */
static void setting_tells_what_was(void)
{
#ifndef __MINGW32__
    struct count count = {0};
    FILETIME later = from_now(60000);
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    PTP_WAIT wait = CreateThreadpoolWait(count_wait_end, &count, NULL);

    REQUIRE(wait != NULL);
    CHECK("POOL-17", !SetThreadpoolWaitEx(wait, event, NULL, NULL), "nothing was set before");
    CHECK("POOL-17", SetThreadpoolWaitEx(wait, event, &later, NULL), "a wait was");
    SetEvent(event);
    REQUIRE(count_reaches(&count.all, 1));
    CHECK("POOL-17", !SetThreadpoolWaitEx(wait, NULL, NULL, NULL), "it was over");
    CloseThreadpoolWait(wait);
    CloseHandle(event);
#endif
}

/* Many waits cost no thread each, and none is lost. */
static void many_waits(void)
{
    enum { MANY = 300 };
    struct count count = {0};
    static HANDLE events[MANY];
    static PTP_WAIT waits[MANY];
    FILETIME later = from_now(60000);

    for (int index = 0; index < MANY; index++) {
        events[index] = CreateEventA(NULL, FALSE, FALSE, NULL);
        waits[index] = CreateThreadpoolWait(count_wait_end, &count, NULL);
        REQUIRE(events[index] != NULL && waits[index] != NULL);
        SetThreadpoolWait(waits[index], events[index], index % 2 ? &later : NULL);
    }
    for (int index = 0; index < MANY; index++)
        SetEvent(events[index]);
    CHECK("POOL-17", count_reaches(&count.all, MANY), "%ld of %d callbacks", (long)count.all, MANY);
    CHECK("POOL-17", count.timeout == 0, "%ld timeouts", (long)count.timeout);
    for (int index = 0; index < MANY; index++) {
        CloseThreadpoolWait(waits[index]);
        CloseHandle(events[index]);
    }
}

static void closing_ends_a_wait(void)
{
    struct count count = {0};
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    for (int round = 0; round < 50; round++) {
        PTP_WAIT wait = CreateThreadpoolWait(count_wait_end, &count, NULL);
        REQUIRE(wait != NULL);
        SetThreadpoolWait(wait, event, NULL);
        SetThreadpoolWait(wait, NULL, NULL);
        WaitForThreadpoolWaitCallbacks(wait, TRUE);
        CloseThreadpoolWait(wait);
    }
    SetEvent(event);
    Sleep(30);
    CHECK("POOL-17", count.all == 0, "%ld callbacks of closed waits", (long)count.all);
    CHECK("POOL-17", WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "the event is untouched");
    CloseHandle(event);
}

/* ---- timers ---- */

static void CALLBACK timer_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)timer;
    count_enter(context);
    count_leave(context);
}

static void timers_ring(void)
{
    struct count count = {0};
    FILETIME later = from_now(80), now = {0, 0}, far_away = from_now(60000);
    PTP_TIMER timer = CreateThreadpoolTimer(timer_done, &count, NULL);

    REQUIRE(timer != NULL);
    CHECK("POOL-18", !IsThreadpoolTimerSet(timer), "a new timer is not set");
    ULONGLONG start = GetTickCount64();
    SetThreadpoolTimer(timer, &later, 0, 0);
    CHECK("POOL-18", IsThreadpoolTimerSet(timer), "it is set now");
    CHECK("POOL-18", count_reaches(&count.all, 1), "it rang");
    CHECK("POOL-18", since(start) >= 60, "after %u ms", (unsigned)since(start));
    Sleep(120);
    CHECK("POOL-18", count.all == 1, "once: %ld", (long)count.all);
    CHECK("POOL-18", IsThreadpoolTimerSet(timer), "and counts as set still");
    SetThreadpoolTimer(timer, &now, 0, 0);
    CHECK("POOL-18", count_reaches(&count.all, 2), "a time of 0: at once");

    SetThreadpoolTimer(timer, &far_away, 0, 0);
    SetThreadpoolTimer(timer, &later, 0, 50);
    CHECK("POOL-18", count_reaches(&count.all, 3), "set again, to an earlier time");
    SetThreadpoolTimer(timer, &later, 0, 0);
    SetThreadpoolTimer(timer, NULL, 0, 0);
    CHECK("POOL-18", !IsThreadpoolTimerSet(timer), "no time: not set");
    Sleep(150);
    CHECK("POOL-18", count.all == 3, "and it does not ring: %ld", (long)count.all);
    CloseThreadpoolTimer(timer);
}

static void timers_repeat(void)
{
    struct count count = {0};
    FILETIME first = from_now(20);
    PTP_TIMER timer = CreateThreadpoolTimer(timer_done, &count, NULL);

    REQUIRE(timer != NULL);
    ULONGLONG start = GetTickCount64();
    SetThreadpoolTimer(timer, &first, 30, 0);
    CHECK("POOL-19", count_reaches(&count.all, 5), "it rings again and again");
    CHECK("POOL-19", since(start) >= 100, "five times in %u ms", (unsigned)since(start));
    SetThreadpoolTimer(timer, NULL, 0, 0);
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    LONG rang = count.all;
    Sleep(100);
    CHECK("POOL-19", count.all == rang, "until it is stopped: %ld, then %ld", (long)rang,
          (long)count.all);
    CloseThreadpoolTimer(timer);
}

static void many_timers(void)
{
    enum { MANY = 500 };
    struct count count = {0};
    static PTP_TIMER timers[MANY];

    for (int index = 0; index < MANY; index++) {
        FILETIME time = from_now(10 + index * 7919 % 150);
        timers[index] = CreateThreadpoolTimer(timer_done, &count, NULL);
        REQUIRE(timers[index] != NULL);
        SetThreadpoolTimer(timers[index], &time, 0, (DWORD)(index % 3) * 10);
    }
    for (int index = 0; index < MANY; index += 2)
        SetThreadpoolTimer(timers[index], NULL, 0, 0);
    CHECK("POOL-18", count_reaches(&count.all, MANY / 2), "%ld of %d rang", (long)count.all,
          MANY / 2);
    for (int index = 0; index < MANY; index++) {
        WaitForThreadpoolTimerCallbacks(timers[index], FALSE);
        CloseThreadpoolTimer(timers[index]);
    }
}

static void setting_a_timer_tells_what_was(void)
{
#ifndef __MINGW32__
    struct count count = {0};
    FILETIME later = from_now(60000);
    PTP_TIMER timer = CreateThreadpoolTimer(timer_done, &count, NULL);

    REQUIRE(timer != NULL);
    CHECK("POOL-18", !SetThreadpoolTimerEx(timer, &later, 0, 0), "it was not due before");
    CHECK("POOL-18", SetThreadpoolTimerEx(timer, NULL, 0, 0), "it was");
    CHECK("POOL-18", !SetThreadpoolTimerEx(timer, NULL, 0, 0), "and is not any more");
    CloseThreadpoolTimer(timer);
#endif
}

int main(void)
{
    RUN(waits_are_for_once);
    RUN(waits_time_out);
    RUN(setting_tells_what_was);
    RUN(many_waits);
    RUN(closing_ends_a_wait);
    RUN(timers_ring);
    RUN(timers_repeat);
    RUN(many_timers);
    RUN(setting_a_timer_tells_what_was);
    return check_report();
}
