/* SPDX-License-Identifier: MIT
 *
 * Which waits release a thread's slot in its port and which do not, and what happens when such a
 * wait is over. The general rules of delivery are in Scheduling.c.
 */
#include "crew.h"
#include "loopback.h"
#include <unistd.h>

#define NO_LIMIT_ON_WINE "Wine ignores the concurrency value"

/* Limit 1: the first member holds the slot, the others block, one packet (key 2) is queued. */
static void begin(struct crew *crew, int size)
{
    crew_start(crew, port_make(1), size);
    member_do(&crew->members[0], act_take);
    port_post(crew->port, 0, 1, NULL);
    REQUIRE(member_finishes(&crew->members[0]) && crew->members[0].packet.ok);
    crew_blocks(crew, 1);
    port_post(crew->port, 0, 2, NULL);
}

/* ---- waits that block: each ends when the test opens the gate, or by itself ---- */

static CRITICAL_SECTION section;
static SRWLOCK srw = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
static SOCKET plain;

static void act_sleep(struct member *m)
{
    (void)m;
    Sleep(1500);
}

static void act_wait_one(struct member *m)
{
    m->result = WaitForSingleObject(m->gate, 2 * DEADLINE_MS);
}

static void act_wait_many(struct member *m)
{
    HANDLE both[2] = {m->thread, m->gate};
    m->result = WaitForMultipleObjects(2, both, FALSE, 2 * DEADLINE_MS);
}

static void act_signal_and_wait(struct member *m)
{
    HANDLE event = event_make(TRUE, FALSE);
    m->result = SignalObjectAndWait(event, m->gate, 2 * DEADLINE_MS, FALSE);
    CloseHandle(event);
}

static void act_enter_section(struct member *m)
{
    (void)m;
    EnterCriticalSection(&section);
    LeaveCriticalSection(&section);
}

static void act_acquire_srw(struct member *m)
{
    (void)m;
    AcquireSRWLockExclusive(&srw);
    ReleaseSRWLockExclusive(&srw);
}

static void act_sleep_condition(struct member *m)
{
    EnterCriticalSection(&section);
    m->result = (DWORD)SleepConditionVariableCS(&condition, &section, 2 * DEADLINE_MS);
    LeaveCriticalSection(&section);
}

static void act_overlapped_result(struct member *m)
{
    OVERLAPPED ov;
    DWORD bytes;
    memset(&ov, 0, sizeof ov);
    ov.Internal = 0x103; /* STATUS_PENDING, until the event says otherwise */
    ov.hEvent = m->gate;
    m->result = (DWORD)GetOverlappedResult((HANDLE)plain, &ov, &bytes, TRUE);
}

static void act_receive(struct member *m)
{
    char byte;
    m->result = (DWORD)recv(plain, &byte, 1, 0);
}

static void act_wait_one_ex(struct member *m)
{
    m->result = WaitForSingleObjectEx(m->gate, 2 * DEADLINE_MS, TRUE);
}

static void open_gate(struct member *m)
{
    SetEvent(m->gate);
}

static void hold_section(struct member *m)
{
    (void)m;
    EnterCriticalSection(&section);
}

static void leave_section(struct member *m)
{
    (void)m;
    LeaveCriticalSection(&section);
}

static void wake_condition(struct member *m)
{
    (void)m;
    EnterCriticalSection(&section);
    WakeAllConditionVariable(&condition);
    LeaveCriticalSection(&section);
}

static void hold_srw(struct member *m)
{
    (void)m;
    AcquireSRWLockExclusive(&srw);
}

static void release_srw(struct member *m)
{
    (void)m;
    ReleaseSRWLockExclusive(&srw);
}

static void send_byte(struct member *m)
{
    (void)m;
    REQUIRE(send(plain, "x", 1, 0) == 1);
}

static const struct wait {
    const char *name;
    crew_act before, act, after; /* before and after are done by the main thread */
} waits[] = {
    {"Sleep", NULL, act_sleep, NULL},
    {"WaitForSingleObject", NULL, act_wait_one, open_gate},
    {"WaitForSingleObjectEx", NULL, act_wait_one_ex, open_gate},
    {"WaitForMultipleObjects", NULL, act_wait_many, open_gate},
    {"SignalObjectAndWait", NULL, act_signal_and_wait, open_gate},
    {"EnterCriticalSection, contended", hold_section, act_enter_section, leave_section},
    {"AcquireSRWLockExclusive, contended", hold_srw, act_acquire_srw, release_srw},
    {"SleepConditionVariableCS", NULL, act_sleep_condition, wake_condition},
    {"GetOverlappedResult(TRUE)", NULL, act_overlapped_result, open_gate},
    {"recv on an empty socket", NULL, act_receive, send_byte},
};

/* Resumed, the first member runs above the limit: nobody is let in until both are gone. */
static void check_excess(struct crew *crew, const char *name)
{
    struct member *first = &crew->members[0];
    port_post(crew->port, 0, 3, NULL);
    CHECK("SCHED-8", counter_stays(&crew->taken, 2), "%s over: two run, a third is not let in",
          name);
    member_blocks(&crew->members[2]);
    CHECK("SCHED-8", counter_stays(&crew->taken, 2), "%s over: one left, one runs, still nobody",
          name);
    member_do(first, act_take);
    CHECK("SCHED-8", member_finishes(first) && first->packet.key == 3,
          "%s over: the last one running takes the packet itself", name);
}

static void one_wait(const struct wait *wait)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    begin(&crew, 3);
    CHECK("SCHED-7", counter_stays(&crew.taken, 1), "%s: before it the slot is taken", wait->name);
    if (wait->before)
        wait->before(first);
    member_do(first, wait->act);
    CHECK("SCHED-7", counter_reaches(&crew.taken, 2), "%s releases the slot", wait->name);
    CHECK("SCHED-7", !member_is_done(first), "%s: at once, not when it is over", wait->name);
    CHECK("SCHED-6", counter_get(&crew.members[2].taken) == 1, "%s: to the newest waiter",
          wait->name);
    if (wait->after)
        wait->after(first);
    REQUIRE(member_finishes(first));
    REQUIRE(member_finishes(&crew.members[2]));
    check_excess(&crew, wait->name);
    crew_end(&crew);
}

static void waits_release_the_slot(void)
{
    if (WINE_CANNOT("SCHED-7", NO_LIMIT_ON_WINE) || WINE_CANNOT("SCHED-8", NO_LIMIT_ON_WINE))
        return;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        one_wait(&waits[i]);
}

/* A wait that is no Win32 call: it is noticed a little later, but it is noticed. */
static void act_sleep_elsewhere(struct member *m)
{
    (void)m;
    for (int i = 0; i < 30; i++)
        usleep(50000);
}

static void waits_of_other_libraries(void)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    const char *watch = getenv("IOCP_WATCH");
    if (WINE_CANNOT("SCHED-19", NO_LIMIT_ON_WINE))
        return;
    if (watch && !strcmp(watch, "off")) {
        puts("left out: SCHED-19 waits_of_other_libraries, because IOCP_WATCH=off");
        return;
    }
    begin(&crew, 3);
    CHECK("SCHED-13", counter_stays(&crew.taken, 1), "before: the slot is taken");
    member_do(first, act_sleep_elsewhere);
    CHECK("SCHED-19", counter_reaches(&crew.taken, 2), "usleep releases the slot");
    CHECK("SCHED-19", !member_is_done(first), "while it lasts");
    REQUIRE(member_finishes(first));
    port_post(crew.port, 0, 3, NULL);
    member_do(first, act_poll);
    REQUIRE(member_finishes(first));
    CHECK("SCHED-19", !first->packet.ok, "after it the thread counts again: two run, limit 1");
    crew_end(&crew);
}

static void one_thread_per_release(void)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    if (WINE_CANNOT("SCHED-6", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 4);
    port_post(crew.port, 0, 3, NULL);
    port_post(crew.port, 0, 4, NULL);
    CHECK("SCHED-1", counter_stays(&crew.taken, 1), "three packets wait for a slot");
    member_do(first, act_wait_one);
    REQUIRE(counter_reaches(&crew.taken, 2));
    CHECK("SCHED-6", counter_stays(&crew.taken, 2), "one release lets exactly one thread in");
    CHECK("SCHED-6", counter_get(&crew.members[3].taken) == 1, "the newest waiter");
    REQUIRE(member_finishes(&crew.members[3]));
    CHECK("SCHED-6", crew.members[3].packet.key == 2, "with the oldest packet, key %u",
          (unsigned)crew.members[3].packet.key);
    crew_end(&crew);
}

static void exit_releases_the_slot(void)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    if (WINE_CANNOT("SCHED-7", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 3);
    CHECK("SCHED-7", counter_stays(&crew.taken, 1), "before: the slot is taken");
    member_leaves(first);
    CHECK("THR-5", counter_reaches(&crew.taken, 2), "an exiting thread releases its slot");
    port_post(crew.port, 0, 3, NULL);
    CHECK("THR-5", counter_stays(&crew.taken, 2), "once");
    crew_end(&crew);
}

static DWORD WINAPI take_one_and_end(void *port)
{
    return (DWORD)port_take(port, INFINITE).key;
}

/* Who sees that a thread has ended finds its slot free. */
static void ended_means_released(void)
{
    HANDLE port = port_make(1), elsewhere = port_make(1);
    int taken = 0;
    int rounds = 300;
    for (int i = 0; i < rounds; i++) {
        HANDLE thread = thread_start(take_one_and_end, port);
        port_post(port, 0, 1, NULL);
        while (WaitForSingleObject(thread, 0) == WAIT_TIMEOUT)
            ;
        port_post(port, 0, 2, NULL);
        if (port_take(port, 0).key == 2)
            taken++;
        else
            port_take(port, 1000);
        port_take(elsewhere, 0); /* not to count while the next thread takes its packet */
        CloseHandle(thread);
    }
    CHECK("THR-5", taken == rounds, "the slot of an ended thread was free %d times of %d", taken,
          rounds);
    CloseHandle(elsewhere);
    CloseHandle(port);
}

static void suspending_releases_the_slot(void)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    if (WINE_CANNOT("THR-2", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 2);
    CHECK("SCHED-7", counter_stays(&crew.taken, 1), "before: the slot is taken");
    REQUIRE(SuspendThread(first->thread) == 0);
    CHECK("THR-2", counter_reaches(&crew.taken, 2), "a suspended thread releases its slot");
    REQUIRE(ResumeThread(first->thread) == 1);
    port_post(crew.port, 0, 3, NULL);
    member_do(first, act_poll);
    REQUIRE(member_finishes(first));
    CHECK("SCHED-8", !first->packet.ok, "resumed it counts again: two run, limit 1");
    crew_end(&crew);
}

/* ---- waits that do not block ---- */

static void act_sleep_0(struct member *m)
{
    (void)m;
    for (int i = 0; i < 100; i++)
        Sleep(0);
}

static void act_wait_signalled(struct member *m)
{
    for (int i = 0; i < 100; i++)
        m->result = WaitForSingleObject(m->gate, INFINITE);
}

static void act_wait_0(struct member *m)
{
    for (int i = 0; i < 100; i++)
        m->result = WaitForSingleObject(m->thread, 0);
}

static void act_wait_any_signalled(struct member *m)
{
    HANDLE both[2] = {m->thread, m->gate};
    for (int i = 0; i < 100; i++)
        m->result = WaitForMultipleObjects(2, both, FALSE, INFINITE);
}

static void act_free_locks(struct member *m)
{
    for (int i = 0; i < 100; i++) {
        act_enter_section(m);
        act_acquire_srw(m);
    }
}

static void act_event_calls(struct member *m)
{
    for (int i = 0; i < 100; i++) {
        ResetEvent(m->gate);
        SetEvent(m->gate);
    }
}

static void satisfied_at_once(void)
{
    static const struct {
        const char *name;
        crew_act act;
    } acts[] = {
        {"Sleep(0)", act_sleep_0},
        {"waiting for a set event", act_wait_signalled},
        {"a wait with timeout 0", act_wait_0},
        {"waiting for any, one is set", act_wait_any_signalled},
        {"uncontended locks", act_free_locks},
        {"SetEvent and ResetEvent", act_event_calls},
    };
    struct crew crew;
    struct member *first = &crew.members[0];
    if (WINE_CANNOT("SCHED-9", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 2);
    SetEvent(first->gate);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        member_do(first, acts[i].act);
        REQUIRE(member_finishes(first));
        CHECK("SCHED-9", counter_stays(&crew.taken, 1), "%s releases nobody", acts[i].name);
    }
    crew_end(&crew);
}

/* ---- GetQueuedCompletionStatus(Ex) ending without a packet ---- */

static VOID CALLBACK no_apc(ULONG_PTR unused)
{
    (void)unused;
}

static void act_take_alertable(struct member *m)
{
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    m->packet.ok = GetQueuedCompletionStatusEx(m->crew->port, &entry, 1, &removed, INFINITE, TRUE);
    m->packet.error = GetLastError();
}

static void act_take_briefly(struct member *m)
{
    m->packet = port_take(m->crew->port, 50);
}

static void ended_calls_run_again(void)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    if (WINE_CANNOT("SCHED-10", NO_LIMIT_ON_WINE))
        return;
    crew_start(&crew, port_make(1), 2);
    member_do(first, act_take_alertable);
    support_settle();
    REQUIRE(QueueUserAPC(no_apc, first->thread, 0));
    REQUIRE(member_finishes(first) && !first->packet.ok);
    CHECK("GQX-4", first->packet.error == WAIT_IO_COMPLETION, "ended by an APC");
    crew_blocks(&crew, 1);
    port_post(crew.port, 0, 1, NULL);
    CHECK("SCHED-10", counter_stays(&crew.taken, 0), "after an APC the thread runs, and counts");
    member_do(first, act_wait_one);
    CHECK("SCHED-10", counter_reaches(&crew.taken, 1), "it is still bound: a wait releases");
    SetEvent(first->gate);
    REQUIRE(member_finishes(first));
    member_do(first, act_take_briefly);
    REQUIRE(member_finishes(first) && !first->packet.ok);
    member_blocks(&crew.members[1]);
    port_post(crew.port, 0, 2, NULL);
    CHECK("SCHED-10", counter_stays(&crew.taken, 1), "after a timeout likewise");
    crew_end(&crew);
}

int main(void)
{
    loopback_begin();
    InitializeCriticalSection(&section);
    plain = loopback_socket();
    RUN(waits_release_the_slot);
    RUN(waits_of_other_libraries);
    RUN(one_thread_per_release);
    RUN(exit_releases_the_slot);
    RUN(ended_means_released);
    RUN(suspending_releases_the_slot);
    RUN(satisfied_at_once);
    RUN(ended_calls_run_again);
    closesocket(plain);
    DeleteCriticalSection(&section);
    WSACleanup();
    return check_report();
}
