/* SPDX-License-Identifier: MIT
 *
 * Every wait that the library makes, one by one: a thread that blocks in it gives its slot to the
 * next packet at once, and one whose wait is satisfied already gives it to nobody. Runs with the
 * watcher off (Waits.cmake), so that only exact accounting passes. What happens afterwards is in
 * Release.c.
 */
#include "crew.h"
#include "loopback.h"
#include "waits.h"

#define NO_LIMIT_ON_WINE "Wine ignores the concurrency value"
#define BOUND_MS 900 /* the slot has been given on by then; the waits last longer */
#define MEDIAN_MS 50 /* and mostly much earlier: a single one may meet a busy machine */

/* ---- waits that block ---- */

static const struct wait {
    const char *name;
    void (*before)(struct member *m); /* done by the main thread, as is `after`, which ends it */
    crew_act act;
    void (*after)(struct member *m);
} waits[] = {
    {"Sleep", NULL, act_sleep, NULL},
    {"SleepEx, alertable", NULL, act_sleep_ex, queue_apc},
    {"WaitForSingleObject on an event", fresh_event, act_wait_other, set_other},
    {"WaitForSingleObject on a mutex", fresh_mutex, act_wait_mutex, release_other},
    {"WaitForSingleObject on a semaphore", fresh_semaphore, act_wait_other, count_other},
    {"WaitForSingleObject on a timer", fresh_timer, act_wait_other, set_other_timer},
    {"WaitForSingleObject on a thread", fresh_thread, act_wait_other, end_other_thread},
    {"WaitForSingleObject on a port", fresh_port, act_wait_other, post_other},
    {"WaitForSingleObject on a socket", fresh_receive, act_wait_other, send_byte},
    {"WaitForSingleObject with a timeout", fresh_event, act_wait_briefly, NULL},
    {"WaitForSingleObjectEx", fresh_event, act_wait_alertable, queue_apc},
    {"WaitForMultipleObjects, any of 64", fresh_event, act_wait_any, set_other},
    {"WaitForMultipleObjects, all of 64", fresh_event, act_wait_all, set_other},
    {"WaitForMultipleObjectsEx", fresh_event, act_wait_many_alertable, queue_apc},
    {"WSAWaitForMultipleEvents", fresh_event, act_wait_events, set_other},
    {"SignalObjectAndWait", fresh_event, act_signal_and_wait, set_other},
    {"EnterCriticalSection", hold_section, act_section, leave_section},
    {"AcquireSRWLockExclusive", hold_srw, act_srw_exclusive, release_srw},
    {"AcquireSRWLockShared", hold_srw, act_srw_shared, release_srw},
    {"SleepConditionVariableCS", NULL, act_condition_section, wake_condition},
    {"SleepConditionVariableSRW", NULL, act_condition_srw, wake_condition},
    {"SleepConditionVariableSRW, shared", NULL, act_condition_shared, wake_condition},
    {"WaitOnAddress", NULL, act_address, wake_address},
    {"InitOnceExecuteOnce", begin_once, act_once, complete_once},
    {"InitOnceBeginInitialize", begin_once, act_once_begin, complete_once},
    {"EnterSynchronizationBarrier", fresh_barrier, act_barrier, enter_barrier},
    {"GetOverlappedResult", fresh_receive, act_overlapped_result, send_byte},
    {"GetOverlappedResultEx", fresh_receive, act_overlapped_result_ex, send_byte},
    {"WSAGetOverlappedResult", fresh_receive, act_overlapped_result_wsa, send_byte},
    {"recv", fresh_socket, act_recv, send_byte},
    {"recvfrom", fresh_socket, act_recvfrom, send_byte},
    {"WSARecv", fresh_socket, act_wsa_recv, send_byte},
    {"ReadFile on a blocking socket", fresh_socket, act_read, send_byte},
    {"select", fresh_socket, act_select, send_byte},
    {"WSAPoll", fresh_socket, act_poll_socket, send_byte},
    {"accept", fresh_listener, act_accept, connect_to_it},
    {"WSAAccept", fresh_listener, act_wsa_accept, connect_to_it},
    {"send", fresh_pair, act_send_all, drain_pair},
    {"WSASend", fresh_pair, act_wsa_send_all, drain_pair},
    {"closesocket that lingers", lingering_pair, act_close, drain_rest},
    {"connect", fresh_full_listener, act_connect, accept_all},
    {"SuspendThread of itself", NULL, act_suspend, resume},
    {"GetQueuedCompletionStatus of another port", fresh_port, act_take_other, post_other},
};

/* Limit 1: the first member holds the slot, the second waits, one packet is queued. */
static void begin(struct crew *crew)
{
    struct member *first = &crew->members[0];
    crew_start(crew, port_make(1), 2);
    member_do(first, act_take);
    port_post(crew->port, 0, 1, NULL);
    REQUIRE(member_finishes(first) && first->packet.ok);
    member_blocks(&crew->members[1]);
    port_post(crew->port, 0, 2, NULL);
    support_settle();
}

static double given_on[sizeof waits / sizeof *waits]; /* after how many ms */
static size_t given_on_count;

static void one_wait(const struct wait *wait)
{
    struct crew crew;
    struct member *first = &crew.members[0];
    double start;
    begin(&crew);
    if (wait->before)
        wait->before(first);
    CHECK("SCHED-5", counter_get(&crew.taken) == 1, "%s: before it the slot is taken", wait->name);
    start = support_now_ms();
    member_do(first, wait->act);
    CHECK("SCHED-7", counter_reaches(&crew.taken, 2), "%s gives the slot on", wait->name);
    start = support_now_ms() - start;
    CHECK("SCHED-7", start < BOUND_MS, "%s: at once, after %.1f ms", wait->name, start);
    given_on[given_on_count++] = start;
    CHECK("SCHED-7", !member_is_done(first), "%s: while it lasts", wait->name);
    if (wait->after)
        wait->after(first);
    REQUIRE(member_finishes(first));
    CHECK("SCHED-7", first->result == DONE, "%s: it ends as it should: %u", wait->name,
          (unsigned)first->result);
    crew_end(&crew);
    waits_tidy();
}

static int earlier(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void waits_that_block(void)
{
    if (WINE_CANNOT("SCHED-7", NO_LIMIT_ON_WINE))
        return;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        one_wait(&waits[i]);
    qsort(given_on, given_on_count, sizeof *given_on, earlier);
    double median = given_on[given_on_count / 2];
    CHECK("SCHED-7", median < MEDIAN_MS, "at once: mostly after %.1f ms", median);
}

/* ---- the same, satisfied already ---- */

static const struct {
    const char *name;
    void (*before)(struct member *m);
    crew_act act;
} satisfied[] = {
    {"Sleep(0)", NULL, act_sleep_0},
    {"SwitchToThread", NULL, act_switch},
    {"SleepEx with an APC", queue_apc, act_sleep_ex},
    {"a set event", set_event, act_wait_other},
    {"a timeout of 0", fresh_event, act_wait_0},
    {"a free mutex", free_mutex, act_wait_mutex},
    {"a mutex of its own", free_mutex, act_wait_mutex_twice},
    {"a semaphore with a count", full_semaphore, act_wait_other},
    {"a timer that is due", due_timer, act_wait_other},
    {"a thread that ended", ended_thread, act_wait_other},
    {"a port with a packet", full_port, act_wait_other},
    {"any of 64, one is set", set_event, act_wait_any},
    {"all of 64, all are set", set_event, act_wait_all},
    {"WSAWaitForMultipleEvents, one is set", set_event, act_wait_events},
    {"an alertable wait with an APC", event_and_apc, act_wait_alertable},
    {"SignalObjectAndWait, one is set", set_event, act_signal_and_wait},
    {"a free critical section", NULL, act_section},
    {"a critical section of its own", NULL, act_section_twice},
    {"TryEnterCriticalSection, held", hold_section_a_moment, act_try_section},
    {"a free SRW lock", NULL, act_srw_exclusive},
    {"a free SRW lock, shared", NULL, act_srw_shared},
    {"WaitOnAddress, another value", NULL, act_address_other},
    {"WaitOnAddress, timeout 0", NULL, act_address_0},
    {"a condition variable, timeout 0", NULL, act_condition_0},
    {"InitOnceExecuteOnce, done", done_once, act_once},
    {"InitOnceExecuteOnce, first", fresh_once, act_once},
    {"a barrier for one", lone_barrier, act_barrier_alone},
    {"the result of what has ended", ended_receive, act_overlapped_result},
    {"recv with data", waiting_byte, act_recv},
    {"recvfrom with data", waiting_byte, act_recvfrom},
    {"WSARecv with data", waiting_byte, act_wsa_recv},
    {"ReadFile with data", waiting_byte, act_read},
    {"select, readable", waiting_byte, act_select},
    {"select, timeout 0", fresh_socket, act_select_0},
    {"WSAPoll, readable", waiting_byte, act_poll_socket},
    {"WSAPoll, timeout 0", fresh_socket, act_poll_0},
    {"accept with a connection", waiting_connection, act_accept},
    {"send with room", fresh_socket, act_send},
    {"closesocket", fresh_socket, act_close},
    {"gethostbyname of digits", NULL, act_host_digits},
    {"getaddrinfo of digits", NULL, act_address_digits},
    {"PostQueuedCompletionStatus to another port", fresh_port, act_post_other},
    {"SetEvent and its like", fresh_event, act_signal_calls},
};

static void satisfied_at_once(void)
{
    if (WINE_CANNOT("SCHED-9", NO_LIMIT_ON_WINE))
        return;
    for (size_t i = 0; i < sizeof satisfied / sizeof *satisfied; i++) {
        struct crew crew;
        struct member *first = &crew.members[0];
        begin(&crew);
        if (satisfied[i].before)
            satisfied[i].before(first);
        member_do(first, satisfied[i].act);
        REQUIRE(member_finishes(first));
        support_settle();
        CHECK("SCHED-9", counter_get(&crew.taken) == 1, "%s gives nothing on", satisfied[i].name);
        CHECK("SCHED-9", first->result == DONE, "%s: it ends as it should: %u", satisfied[i].name,
              (unsigned)first->result);
        crew_end(&crew);
        waits_tidy();
    }
}

int main(void)
{
    loopback_begin();
    waits_begin();
    RUN(waits_that_block);
    RUN(satisfied_at_once);
    WSACleanup();
    return check_report();
}
