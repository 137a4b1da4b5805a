/* SPDX-License-Identifier: MIT
 *
 * Waitable timers: due times, periods, kinds, routines, changing and cancelling while somebody
 * waits. WAIT-10.
 */
#include "help.h"

#include <dirent.h>
#include <sched.h>

static LARGE_INTEGER in_milliseconds(int64_t milliseconds)
{
    return (LARGE_INTEGER){.QuadPart = -milliseconds * 10000};
}

/* A FILETIME that many milliseconds from now. */
static LARGE_INTEGER at_milliseconds(int64_t milliseconds)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (LARGE_INTEGER){.QuadPart = 116444736000000000 + now.tv_sec * 10000000LL +
                                       now.tv_nsec / 100 + milliseconds * 10000};
}

static void set(HANDLE timer, LARGE_INTEGER due, LONG period, PTIMERAPCROUTINE routine,
                void *argument)
{
    EXPECT(SetWaitableTimer(timer, &due, period, routine, argument, FALSE));
}

static void due_times(bool manual)
{
    HANDLE timer = CreateWaitableTimerA(NULL, manual, NULL);

    EXPECT_EQUAL(WaitForSingleObject(timer, 10), WAIT_TIMEOUT);
    int64_t start = clock_now();
    set(timer, in_milliseconds(30), 0, NULL, NULL);
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
    EXPECT_EQUAL(WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
    EXPECT(help_milliseconds(start) >= 30);
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT);

    start = clock_now();
    set(timer, at_milliseconds(30), 0, NULL, NULL);
    EXPECT_EQUAL(WaitForSingleObject(timer, INFINITE), WAIT_OBJECT_0);
    EXPECT(help_milliseconds(start) >= 28);
    set(timer, (LARGE_INTEGER){.QuadPart = 5}, 0, NULL, NULL); /* long past */
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);
    set(timer, (LARGE_INTEGER){.QuadPart = INT64_MIN}, 0, NULL, NULL);
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), WAIT_TIMEOUT);

    set(timer, in_milliseconds(1), 0, NULL, NULL);
    EXPECT_EQUAL(WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
    EXPECT(CancelWaitableTimer(timer)); /* does not change what is signalled */
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
    set(timer, in_milliseconds(10), 0, NULL, NULL);
    EXPECT(CancelWaitableTimer(timer));
    EXPECT_EQUAL(WaitForSingleObject(timer, 30), WAIT_TIMEOUT);
    help_close(timer);
}

static void periods(void)
{
    HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    int64_t start = clock_now();

    set(timer, in_milliseconds(5), 10, NULL, NULL);
    for (int tick = 0; tick < 5; tick++) {
        EXPECT_EQUAL(WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
        EXPECT(help_milliseconds(start) >= 5 + 10 * tick);
    }
    help_close(timer);
    EXPECT(!SetWaitableTimer(timer, &(LARGE_INTEGER){0}, 0, NULL, NULL, FALSE));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    EXPECT(!SetWaitableTimer(timer, &(LARGE_INTEGER){0}, -1, NULL, NULL, FALSE));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!SetWaitableTimer(timer, NULL, 0, NULL, NULL, FALSE));
    help_close(timer);
}

static DWORD wait_forever(void *timer)
{
    return WaitForSingleObject(timer, INFINITE);
}

static DWORD wait_for_both(void *handles)
{
    return WaitForMultipleObjects(2, handles, TRUE, INFINITE);
}

/* A timer that is set, put off and put forward while threads wait on it. */
static void change_under_waiters(void)
{
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    HANDLE both[2] = {CreateEventA(NULL, TRUE, FALSE, NULL), timer};
    HANDLE threads[3] = {help_thread(wait_forever, timer), help_thread(wait_forever, timer),
                         help_thread(wait_for_both, both)};

    Sleep(20);
    set(timer, in_milliseconds(100000), 0, NULL, NULL);
    Sleep(20);
    int64_t start = clock_now();
    set(timer, in_milliseconds(20), 0, NULL, NULL);
    EXPECT_EQUAL(help_join(threads[0]), WAIT_OBJECT_0);
    EXPECT_EQUAL(help_join(threads[1]), WAIT_OBJECT_0);
    EXPECT(help_milliseconds(start) >= 20 && help_milliseconds(start) < 5000);
    EXPECT_EQUAL(WaitForSingleObject(threads[2], 0), WAIT_TIMEOUT);
    SetEvent(both[0]);
    EXPECT_EQUAL(help_join(threads[2]), WAIT_OBJECT_0);
    help_close(timer);
    help_close(both[0]);
}

/* ---- routines ---- */

static int ticks;
static uint64_t ticked_at;

static void CALLBACK tick(void *argument, DWORD low, DWORD high)
{
    EXPECT(argument == &ticks);
    ticks++;
    ticked_at = (uint64_t)high << 32 | low;
}

static int threads_of_process(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    if (!tasks)
        return -1;
    for (struct dirent *task; (task = readdir(tasks)) != NULL;)
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* The same, when nobody is about to end any more: those that earlier tests joined, and whoever
 * looked at the clock for them, are counted until the kernel has put them away. */
static int threads_that_stay(void)
{
    int least = threads_of_process();

    for (int64_t start = clock_now(); help_milliseconds(start) < 100; Sleep(5)) {
        int count = threads_of_process();
        if (count < least)
            least = count;
    }
    return least;
}

static void routines(void)
{
    HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    HANDLE second = CreateWaitableTimerA(NULL, TRUE, NULL);
    int before = threads_that_stay();

    set(timer, in_milliseconds(20), 0, tick, &ticks);
    set(second, in_milliseconds(10), 0, tick, &ticks);
    EXPECT_EQUAL(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    if (ticks == 1) /* on a slow day one wait runs both */
        EXPECT_EQUAL(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQUAL(ticks, 2);
    int64_t now = at_milliseconds(0).QuadPart;
    EXPECT((int64_t)ticked_at <= now && (int64_t)ticked_at > now - 50000000);
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);

    /* Not run before the next alertable wait, and then once however often it was due. */
    set(timer, in_milliseconds(1), 2, tick, &ticks);
    Sleep(30);
    EXPECT_EQUAL(ticks, 2);
    EXPECT_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQUAL(ticks, 3);
    Sleep(10);
    EXPECT(CancelWaitableTimer(timer)); /* takes back what is queued */
    EXPECT_EQUAL(SleepEx(10, TRUE), 0);
    EXPECT_EQUAL(ticks, 3);

    /* Closing does the same, and nobody is left who looks at the clock. */
    set(second, in_milliseconds(1), 1, tick, &ticks);
    Sleep(5);
    help_close(second);
    EXPECT_EQUAL(SleepEx(5, TRUE), 0);
    EXPECT_EQUAL(ticks, 3);
    for (int64_t start = clock_now(); threads_of_process() > before;) {
        sched_yield();
        if (help_milliseconds(start) > 5000)
            break;
    }
    EXPECT(threads_of_process() <= before);
    help_close(timer);
}

static DWORD set_and_end(void *timer)
{
    set(timer, in_milliseconds(5), 3, tick, &ticks);
    return 0;
}

/* The thread ends before its routine is due; other threads set and cancel the same timer. */
static DWORD set_and_cancel(void *timer)
{
    for (int round = 0; round < 300; round++) {
        set(timer, in_milliseconds(round % 3), round % 2, tick, &ticks);
        if (round % 5 == 0)
            SleepEx(1, FALSE);
        if (round % 7 == 0)
            CancelWaitableTimer(timer);
    }
    return 0;
}

static void contend(void)
{
    HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    HANDLE threads[3];

    help_join(help_thread(set_and_end, timer));
    Sleep(20);
    EXPECT_EQUAL(WaitForSingleObject(timer, 0), WAIT_OBJECT_0);
    for (int index = 0; index < 3; index++)
        threads[index] = help_thread(set_and_cancel, timer);
    for (int index = 0; index < 3; index++)
        help_join(threads[index]);
    set(timer, in_milliseconds(1), 0, NULL, NULL);
    EXPECT_EQUAL(WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
    help_close(timer);
}

int main(void)
{
    due_times(true);
    due_times(false);
    periods();
    change_under_waiters();
    routines();
    contend();
    return expect_report();
}
