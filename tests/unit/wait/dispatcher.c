/* SPDX-License-Identifier: MIT
 *
 * Events and waiting: any and all, order, time, and the races between a signal, a deadline, a reset
 * and an APC. WAIT-1, 2, 5, 6, 11; SCHED-9.
 */
#include "help.h"

static void event_states(void)
{
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE automatic = CreateEventA(NULL, FALSE, TRUE, NULL);

    EXPECT_EQUAL(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    EXPECT(SetEvent(manual));
    EXPECT_EQUAL(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(manual, INFINITE), WAIT_OBJECT_0);
    EXPECT(ResetEvent(manual));
    EXPECT_EQUAL(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    EXPECT(PulseEvent(manual));
    EXPECT_EQUAL(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);

    EXPECT_EQUAL(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    EXPECT(SetEvent(automatic));
    EXPECT(SetEvent(automatic));
    EXPECT_EQUAL(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    help_close(manual);
    help_close(automatic);
    SetLastError(0);
    EXPECT_EQUAL(WaitForSingleObject(manual, 0), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(!SetEvent(NULL));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
}

static void many_objects(void)
{
    HANDLE events[MAXIMUM_WAIT_OBJECTS + 1];

    for (int index = 0; index <= MAXIMUM_WAIT_OBJECTS; index++)
        events[index] = CreateEventA(NULL, FALSE, FALSE, NULL);
    SetEvent(events[63]);
    SetEvent(events[40]);
    EXPECT_EQUAL(WaitForMultipleObjects(64, events, FALSE, 1000), WAIT_OBJECT_0 + 40);
    EXPECT_EQUAL(WaitForMultipleObjects(64, events, FALSE, 1000), WAIT_OBJECT_0 + 63);
    EXPECT_EQUAL(WaitForMultipleObjects(64, events, FALSE, 0), WAIT_TIMEOUT);
    for (int index = 1; index < MAXIMUM_WAIT_OBJECTS; index++)
        SetEvent(events[index]);
    EXPECT_EQUAL(WaitForMultipleObjects(64, events, TRUE, 10), WAIT_TIMEOUT);
    EXPECT_EQUAL(WaitForSingleObject(events[5], 0), WAIT_OBJECT_0);
    SetEvent(events[5]);
    SetEvent(events[0]);
    EXPECT_EQUAL(WaitForMultipleObjects(64, events, TRUE, INFINITE), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForMultipleObjects(64, events, FALSE, 0), WAIT_TIMEOUT);

    EXPECT_EQUAL(WaitForMultipleObjects(65, events, FALSE, 0), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT_EQUAL(WaitForMultipleObjects(0, events, FALSE, 0), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    HANDLE twice[3] = {events[0], events[1], events[0]};
    EXPECT_EQUAL(WaitForMultipleObjects(3, twice, TRUE, 0), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    SetEvent(events[0]);
    EXPECT_EQUAL(WaitForMultipleObjects(3, twice, FALSE, 0), WAIT_OBJECT_0);
    HANDLE pseudo[2] = {events[0], GetCurrentThread()};
    EXPECT_EQUAL(WaitForMultipleObjects(2, pseudo, FALSE, 0), WAIT_FAILED);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT_EQUAL(WaitForSingleObject(GetCurrentProcess(), 0), WAIT_TIMEOUT);
    EXPECT_EQUAL(WaitForSingleObject(GetCurrentThread(), 0), WAIT_TIMEOUT);
    for (int index = 0; index <= MAXIMUM_WAIT_OBJECTS; index++)
        help_close(events[index]);
}

static void never_early(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    for (DWORD milliseconds = 1; milliseconds < 20; milliseconds += 3) {
        int64_t start = clock_now();
        EXPECT_EQUAL(WaitForSingleObject(event, milliseconds), WAIT_TIMEOUT);
        EXPECT(clock_now() - start >= milliseconds * NANOSECONDS_PER_MILLISECOND);
        start = clock_now();
        Sleep(milliseconds);
        EXPECT(clock_now() - start >= milliseconds * NANOSECONDS_PER_MILLISECOND);
    }
    help_close(event);
}

/* The queue hears of real sleeps only. */
static void frames(void)
{
    struct help_queue queue = {0, 0};
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);

    help_bind(&queue);
    WaitForSingleObject(event, INFINITE);
    WaitForMultipleObjects(1, &event, TRUE, INFINITE);
    ResetEvent(event);
    WaitForSingleObject(event, 0);
    Sleep(0);
    SwitchToThread();
    EXPECT_EQUAL(queue.blocked, 0);
    WaitForSingleObject(event, 1);
    EXPECT_EQUAL(queue.blocked, 1);
    EXPECT_EQUAL(queue.running, 1);
    Sleep(1);
    EXPECT_EQUAL(queue.blocked, 2);
    EXPECT_EQUAL(queue.running, 2);
    help_bind(NULL);
    help_close(event);
}

struct ordered {
    HANDLE event;
    _Atomic int *next;
    int position;
};

static DWORD wait_in_turn(void *argument)
{
    struct ordered *ordered = argument;

    EXPECT_EQUAL(WaitForSingleObject(ordered->event, INFINITE), WAIT_OBJECT_0);
    ordered->position = atomic_fetch_add(ordered->next, 1);
    return 0;
}

/* Who waits first is let through first; a pulse lets through all of them, or one. */
static void order(void)
{
    enum { WAITERS = 4 };
    _Atomic int next = 0;
    struct ordered ordered[WAITERS];
    HANDLE threads[WAITERS];
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);

    for (int index = 0; index < WAITERS; index++) {
        ordered[index] = (struct ordered){event, &next, -1};
        threads[index] = help_thread(wait_in_turn, &ordered[index]);
        Sleep(20);
    }
    for (int index = 0; index < WAITERS; index++) {
        if (index % 2)
            PulseEvent(event);
        else
            SetEvent(event);
        WaitForSingleObject(threads[index], 10000);
    }
    for (int index = 0; index < WAITERS; index++) {
        help_join(threads[index]);
        EXPECT_EQUAL(ordered[index].position, index);
    }
    EXPECT_EQUAL(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    help_close(event);
}

/* ---- races ---- */

enum { ROUNDS = 20000 };

struct race {
    HANDLE go, event, second;
    _Atomic long taken;
    _Atomic bool stop;
};

static DWORD take_with_deadline(void *argument)
{
    struct race *race = argument;

    while (!race->stop)
        if (WaitForSingleObject(race->event, 1) == WAIT_OBJECT_0)
            race->taken++;
    return 0;
}

/* A token of an automatic event is taken exactly once although deadlines pass all the time. */
static void signal_and_deadline(void)
{
    struct race race = {.event = CreateEventA(NULL, FALSE, FALSE, NULL)};
    HANDLE threads[3];
    long given = 0;

    for (int index = 0; index < 3; index++)
        threads[index] = help_thread(take_with_deadline, &race);
    int64_t start = clock_now();
    while (help_milliseconds(start) < 500) {
        SetEvent(race.event);
        given++;
        while (race.taken < given && help_milliseconds(start) < 5000)
            if (given % 7 == 0)
                Sleep(1);
            else
                SwitchToThread();
    }
    race.stop = true;
    for (int index = 0; index < 3; index++)
        help_join(threads[index]);
    EXPECT_EQUAL(race.taken, given);
    help_close(race.event);
}

static DWORD set_one_or_other(void *argument)
{
    struct race *race = argument;

    while (!race->stop) {
        SetEvent(race->event);
        ResetEvent(race->event);
        SetEvent(race->second);
        ResetEvent(race->second);
    }
    return 0;
}

/* Two manual events are never set at the same time: a wait for both never succeeds. Between them
 * stand others, so that looking at all takes long enough for both to change meanwhile. */
static void all_at_one_moment(void)
{
    struct race race = {.event = CreateEventA(NULL, TRUE, FALSE, NULL),
                        .second = CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE events[MAXIMUM_WAIT_OBJECTS] = {race.event};
    int64_t start = clock_now();

    for (int index = 1; index < MAXIMUM_WAIT_OBJECTS - 1; index++)
        events[index] = CreateEventA(NULL, TRUE, TRUE, NULL);
    events[MAXIMUM_WAIT_OBJECTS - 1] = race.second;
    HANDLE thread = help_thread(set_one_or_other, &race);
    for (uint32_t rounds = 0; help_milliseconds(start) < 700; rounds++)
        EXPECT_EQUAL(WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, events, TRUE, rounds % 16 == 0),
                     WAIT_TIMEOUT);
    race.stop = true;
    help_join(thread);
    for (int index = 0; index < MAXIMUM_WAIT_OBJECTS; index++)
        help_close(events[index]);
}

static DWORD take_both(void *argument)
{
    struct race *race = argument;
    HANDLE both[2] = {race->event, race->second};

    for (int round = 0; round < ROUNDS / 10; round++) {
        EXPECT_EQUAL(WaitForMultipleObjects(2, both, TRUE, INFINITE), WAIT_OBJECT_0);
        race->taken++;
        ReleaseSemaphore(race->event, 1, NULL);
        ReleaseSemaphore(race->second, 1, NULL);
    }
    return 0;
}

static DWORD take_either(void *argument)
{
    struct race *race = argument;
    HANDLE both[2] = {race->second, race->event};

    for (int round = 0; round < ROUNDS / 10; round++) {
        DWORD which = WaitForMultipleObjects(2, both, FALSE, INFINITE);
        EXPECT(which <= 1);
        race->taken++;
        ReleaseSemaphore(both[which <= 1 ? which : 0], 1, NULL);
    }
    return 0;
}

/* Waits for all and for any on the same semaphores: nothing is lost, doubled or stuck. */
static void all_and_any(void)
{
    struct race race = {.event = CreateSemaphoreA(NULL, 1, 1, NULL),
                        .second = CreateSemaphoreA(NULL, 1, 1, NULL)};
    HANDLE threads[4];

    for (int index = 0; index < 4; index++)
        threads[index] = help_thread(index % 2 ? take_both : take_either, &race);
    for (int index = 0; index < 4; index++)
        help_join(threads[index]);
    EXPECT_EQUAL(race.taken, 4 * (ROUNDS / 10));
    EXPECT_EQUAL(WaitForSingleObject(race.event, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(race.second, 0), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(race.event, 0), WAIT_TIMEOUT);
    help_close(race.event);
    help_close(race.second);
}

static DWORD ping(void *argument)
{
    struct race *race = argument;

    for (int round = 0; round < ROUNDS; round++) {
        WaitForSingleObject(race->event, INFINITE);
        race->taken++;
        SetEvent(race->second);
    }
    return 0;
}

/* Hand-off between two threads: a lost wake-up would hang. */
static void hand_off(void)
{
    struct race race = {.event = CreateEventA(NULL, FALSE, FALSE, NULL),
                        .second = CreateEventA(NULL, FALSE, FALSE, NULL)};
    HANDLE thread = help_thread(ping, &race);

    for (int round = 0; round < ROUNDS; round++)
        EXPECT_EQUAL(SignalObjectAndWait(race.event, race.second, INFINITE, FALSE), WAIT_OBJECT_0);
    help_join(thread);
    EXPECT_EQUAL(race.taken, ROUNDS);
    help_close(race.event);
    help_close(race.second);
}

int main(void)
{
    event_states();
    many_objects();
    never_early();
    frames();
    order();
    signal_and_deadline();
    all_at_one_moment();
    all_and_any();
    hand_off();
    return expect_report();
}
