/* SPDX-License-Identifier: MIT
 *
 * Which thread gets a packet, and when: LIFO waiters, the concurrency limit, slots released by
 * every kind of wait and taken again on resume. Seen only by who took what: a crew of threads
 * does exactly one act at a time and computes in between (crew.h).
 *
 * Wine 8.0 wakes in FIFO order and knows no limit; what rests on these is not run there.
 */
#include "crew.h"
#include "loopback.h"

#define NO_LIMIT_ON_WINE "Wine ignores the concurrency value"

/* A port with the limit and a crew whose first `busy` members hold a packet each. Posts made here
 * have the keys 1, 2, ... and the other members block in the port, in order. */
static void begin(struct crew *crew, DWORD concurrency, int busy, int size)
{
    crew_start(crew, port_make(concurrency), size);
    for (int i = 0; i < busy; i++) {
        member_do(&crew->members[i], act_take);
        port_post(crew->port, 0, (ULONG_PTR)i + 1, NULL);
        REQUIRE(member_finishes(&crew->members[i]) && crew->members[i].packet.ok);
    }
    crew_blocks(crew, busy);
}

static void post(struct crew *crew, ULONG_PTR key)
{
    port_post(crew->port, 0, key, NULL);
}

/* ---- acts ---- */

static void act_sleep(struct member *m)
{
    Sleep(m->milliseconds);
}

static void act_wait(struct member *m)
{
    m->result = WaitForSingleObject(m->gate, 2 * DEADLINE_MS);
}

static void act_poll_other(struct member *m)
{
    m->packet = port_take(m->other, 0);
}

/* ---- order ---- */

static void packets_are_fifo(void)
{
    HANDLE port = port_make(1);
    int in_order = 1;
    for (ULONG_PTR i = 0; i < 1000; i++)
        port_post(port, 0, i, NULL);
    for (ULONG_PTR i = 0; i < 1000; i++)
        in_order &= port_take(port, 0).key == i;
    CHECK("SCHED-14", in_order, "1000 packets leave in arrival order");
    CloseHandle(port);
}

static void waiters_are_lifo(void)
{
    struct crew crew;
    begin(&crew, 4, 0, 4);
    for (int i = 3; i >= 0; i--) {
        post(&crew, (ULONG_PTR)i);
        REQUIRE(counter_reaches(&crew.taken, 4 - i));
        CHECK_WINE_DEPARTS("SCHED-15", counter_get(&crew.members[i].taken) == 1,
                           "Wine wakes waiters in FIFO order", "the newest waiter %d is woken", i);
    }
    crew_end(&crew);
}

static void waiting_time_decides(void)
{
    struct crew crew;
    begin(&crew, 3, 1, 3);
    member_blocks(&crew.members[0]); /* the oldest thread waits last */
    post(&crew, 9);
    REQUIRE(counter_reaches(&crew.taken, 2));
    CHECK_WINE_DEPARTS("SCHED-15", counter_get(&crew.members[0].taken) == 2,
                       "Wine wakes waiters in FIFO order",
                       "waiting time decides, not the thread's age");
    crew_end(&crew);
}

/* ---- the limit ---- */

static void limit_holds(DWORD limit)
{
    struct crew crew;
    begin(&crew, limit, 0, (int)limit + 2);
    for (DWORD i = 0; i < limit + 2; i++)
        post(&crew, i + 1);
    REQUIRE(counter_reaches(&crew.taken, (LONG)limit));
    CHECK_WINE_DEPARTS("SCHED-1", counter_stays(&crew.taken, (LONG)limit), NO_LIMIT_ON_WINE,
                       "limit %u: so many threads run, %d", (unsigned)limit,
                       (int)counter_get(&crew.taken));
    crew_end(&crew);
}

static void limits(void)
{
    limit_holds(1);
    limit_holds(2);
    limit_holds(4);
}

static void no_limit_in_reach(void)
{
    struct crew crew;
    begin(&crew, 1000, 0, 4);
    for (int i = 0; i < 4; i++)
        post(&crew, 1);
    CHECK("PORT-5", counter_reaches(&crew.taken, 4), "a large value lets all run");
    crew_end(&crew);
}

static void as_many_as_processors(void)
{
    struct crew crew;
    SYSTEM_INFO system;
    int size;
    GetSystemInfo(&system);
    size = system.dwNumberOfProcessors < CREW_MOST - 1 ? (int)system.dwNumberOfProcessors + 1
                                                       : CREW_MOST;
    begin(&crew, 0, 0, size);
    for (int i = 0; i < size; i++)
        post(&crew, 1);
    CHECK("PORT-5", counter_reaches(&crew.taken, 1), "0 lets at least one run");
    support_settle();
    CHECK_WINE_DEPARTS("PORT-5", counter_get(&crew.taken) <= (LONG)system.dwNumberOfProcessors,
                       NO_LIMIT_ON_WINE, "0 lets %d run, processors %u",
                       (int)counter_get(&crew.taken), (unsigned)system.dwNumberOfProcessors);
    crew_end(&crew);
}

static void association_keeps_the_limit(void)
{
    struct crew crew;
    SOCKET s = loopback_socket();
    begin(&crew, 1, 1, 2);
    REQUIRE(CreateIoCompletionPort((HANDLE)s, crew.port, 0, 7) == crew.port);
    post(&crew, 2);
    CHECK_WINE_DEPARTS("PORT-4", counter_stays(&crew.taken, 1), NO_LIMIT_ON_WINE,
                       "a later concurrency value is ignored");
    closesocket(s);
    crew_end(&crew);
}

/* ---- taking packets ---- */

static void busy_worker_goes_on(void)
{
    struct crew crew;
    struct member *busy = &crew.members[0];
    if (WINE_CANNOT("SCHED-4", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 1, 1, 2);
    post(&crew, 21);
    post(&crew, 22);
    CHECK("SCHED-1", counter_stays(&crew.taken, 1), "no slot is free, both packets are queued");
    member_do(busy, act_poll);
    REQUIRE(member_finishes(busy));
    CHECK("SCHED-2", busy->packet.ok && busy->packet.key == 21, "it takes the oldest at once");
    member_do(busy, act_take);
    CHECK("SCHED-4", member_finishes(busy) && busy->packet.key == 22, "and the next");
    CHECK("SCHED-4", counter_get(&crew.members[1].taken) == 0, "the waiter gets none");
    crew_end(&crew);
}

static void no_slot_no_packet(void)
{
    struct crew crew;
    struct member *late = &crew.members[1];
    if (WINE_CANNOT("SCHED-5", NO_LIMIT_ON_WINE))
        return;
    crew_start(&crew, port_make(1), 2);
    post(&crew, 1);
    member_do(&crew.members[0], act_take);
    REQUIRE(member_finishes(&crew.members[0]));
    post(&crew, 2);
    member_do(late, act_poll);
    REQUIRE(member_finishes(late));
    CHECK("SCHED-5", !late->packet.ok && late->packet.error == WAIT_TIMEOUT,
          "timeout 0, a packet queued, no slot: WAIT_TIMEOUT");
    CHECK("SCHED-5", late->packet.overlapped == NULL, "and a NULL pointer");
    member_leaves(late);
    member_do(&crew.members[0], act_poll);
    REQUIRE(member_finishes(&crew.members[0]));
    CHECK("SCHED-5", crew.members[0].packet.key == 2, "the packet was there all the time");
    crew_end(&crew);
}

static void a_poll_binds(void)
{
    struct crew crew;
    if (WINE_CANNOT("SCHED-11", NO_LIMIT_ON_WINE))
        return;
    crew_start(&crew, port_make(1), 2);
    member_do(&crew.members[0], act_poll);
    REQUIRE(member_finishes(&crew.members[0]) && !crew.members[0].packet.ok);
    member_blocks(&crew.members[1]);
    post(&crew, 1);
    CHECK("SCHED-11", counter_stays(&crew.taken, 0), "a first call that times out binds");
    CHECK("SCHED-10", counter_get(&crew.taken) == 0, "and counts as running after it");
    member_leaves(&crew.members[0]);
    CHECK("SCHED-11", counter_reaches(&crew.taken, 1), "until the thread exits");
    crew_end(&crew);
}

static void binding_to_another_port(void)
{
    struct crew crew;
    struct member *leaver = &crew.members[0];
    if (WINE_CANNOT("SCHED-3", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 1, 1, 3);
    leaver->other = port_make(1);
    post(&crew, 2);
    post(&crew, 3);
    CHECK("SCHED-3", counter_stays(&crew.taken, 1), "before: the slot is taken");
    member_do(leaver, act_poll_other);
    CHECK("SCHED-3", counter_reaches(&crew.taken, 2), "the slot of the first port is released");
    CHECK("SCHED-6", counter_stays(&crew.taken, 2), "to one thread");
    member_do(leaver, act_sleep);
    REQUIRE(member_finishes(leaver));
    CHECK("SCHED-11", counter_stays(&crew.taken, 2), "it counts no longer in the first port");
    CloseHandle(leaver->other);
    crew_end(&crew);
}

static void act_post(struct member *m)
{
    port_post(m->crew->port, 0, 51, NULL);
}

static void act_associate_and_send(struct member *m)
{
    static OVERLAPPED ov;
    SOCKET s = (SOCKET)m->other;
    m->result = CreateIoCompletionPort((HANDLE)s, m->crew->port, 50, 0) == m->crew->port;
    loopback_send(s, 1, &ov);
}

/* The stranger never takes a packet; after each act it computes, as a thread that counts would. */
static void unbound_threads_do_not_count(void)
{
    struct crew crew;
    struct member *waiter = &crew.members[0], *stranger = &crew.members[1];
    SOCKET s = loopback_socket();
    crew_start(&crew, port_make(1), 2);
    stranger->other = (HANDLE)s;
    member_blocks(waiter);
    member_do(stranger, act_post);
    CHECK("SCHED-12", counter_reaches(&crew.taken, 1), "posting binds nobody");
    REQUIRE(member_finishes(waiter));
    member_blocks(waiter);
    member_do(stranger, act_associate_and_send);
    CHECK("SCHED-12", counter_reaches(&crew.taken, 2), "nor do associating and sending");
    REQUIRE(member_finishes(stranger) && stranger->result);
    REQUIRE(member_finishes(waiter));
    CHECK("SCHED-13", waiter->packet.key == 50, "the waiter has each packet, key %u",
          (unsigned)waiter->packet.key);
    closesocket(s);
    crew_end(&crew);
}

static void computing_keeps_the_slot(void)
{
    struct crew crew;
    begin(&crew, 1, 1, 2);
    post(&crew, 2);
    CHECK_WINE_DEPARTS("SCHED-13",
                       counter_stays(&crew.taken, 1) && counter_stays(&crew.taken, 1) &&
                           counter_stays(&crew.taken, 1),
                       NO_LIMIT_ON_WINE, "a thread that computes keeps its slot");
    crew_end(&crew);
}

static void act_take_three(struct member *m)
{
    OVERLAPPED_ENTRY entries[3];
    ULONG removed = 0;
    m->packet.ok =
        GetQueuedCompletionStatusEx(m->crew->port, entries, 3, &removed, INFINITE, FALSE);
    m->result = removed;
}

static void many_packets_one_thread(void)
{
    struct crew crew;
    struct member *m = &crew.members[0];
    if (WINE_CANNOT("SCHED-16", NO_LIMIT_ON_WINE))
        return;
    crew_start(&crew, port_make(2), 3);
    for (ULONG_PTR key = 1; key <= 3; key++)
        post(&crew, key);
    member_do(m, act_take_three);
    REQUIRE(member_finishes(m) && m->result == 3);
    crew_blocks(&crew, 1);
    post(&crew, 4);
    CHECK("SCHED-16", counter_reaches(&crew.taken, 1), "three packets, one slot: one is free");
    post(&crew, 5);
    CHECK("GQX-9", counter_stays(&crew.taken, 1), "but it does take one");
    crew_end(&crew);
}

/* ---- examples of the documents ---- */

static struct member *find_taker(struct crew *crew, struct member *but)
{
    for (int i = 0; i < crew->size; i++) {
        struct member *m = &crew->members[i];
        if (m != but && counter_get(&m->taken) == 1 && member_is_done(m))
            return m;
    }
    REQUIRE(!"a member has taken a packet");
    return NULL;
}

static void example_sleeping_worker(void)
{
    struct crew crew;
    struct member *sleeper, *other;
    if (WINE_CANNOT("SCHED-17", NO_LIMIT_ON_WINE))
        return;
    begin(&crew, 2, 0, 4);
    for (ULONG_PTR key = 1; key <= 3; key++)
        post(&crew, key);
    REQUIRE(counter_reaches(&crew.taken, 2));
    CHECK("SCHED-17", counter_stays(&crew.taken, 2), "two threads wake, one packet stays");
    support_settle();
    sleeper = find_taker(&crew, NULL);
    sleeper->milliseconds = 200 + QUIET_MS;
    member_do(sleeper, act_sleep);
    CHECK("SCHED-17", counter_reaches(&crew.taken, 3), "a sleep lets a third thread in");
    CHECK("SCHED-17", !member_is_done(sleeper), "at once, not when the sleep is over");
    REQUIRE(member_finishes(sleeper));
    post(&crew, 4);
    CHECK("SCHED-8", counter_stays(&crew.taken, 3), "the sleeper resumes: three run, no fourth");
    other = find_taker(&crew, sleeper);
    member_blocks(other);
    CHECK("SCHED-17", counter_stays(&crew.taken, 3), "one came back: still none is let in");
    member_do(sleeper, act_wait);
    CHECK("SCHED-17", counter_reaches(&crew.taken, 4), "two gone: the fourth packet is delivered");
    SetEvent(sleeper->gate);
    crew_end(&crew);
}

static void act_serve(struct member *m)
{
    do {
        act_take(m);
        if (m->milliseconds)
            Sleep(m->milliseconds);
    } while (!counter_get(&m->crew->stopping));
}

static void serve_hundred(DWORD handler_ms, LONG *first, LONG *second)
{
    struct crew crew;
    crew_start(&crew, port_make(1), 2);
    for (int i = 0; i < 2; i++) {
        crew.members[i].milliseconds = handler_ms;
        member_do(&crew.members[i], act_serve);
        support_settle();
    }
    for (int i = 0; i < 100; i++)
        post(&crew, 1);
    CHECK("SCHED-18", counter_reaches(&crew.taken, 100), "all packets are handled");
    *first = counter_get(&crew.members[0].taken);
    *second = counter_get(&crew.members[1].taken);
    crew_end(&crew);
}

static void example_hundred_packets(void)
{
    LONG first, second;
    serve_hundred(0, &first, &second);
    CHECK_WINE_DEPARTS("SCHED-18", first == 0 && second == 100, "Wine wakes both workers",
                       "one worker handles all: %d and %d", (int)first, (int)second);
    serve_hundred(2, &first, &second);
    CHECK("SCHED-18", first > 0 && second > 0, "sleeping handlers share: %d and %d", (int)first,
          (int)second);
}

#ifndef __SANITIZE_THREAD__
/* ---- suspended waiters ---- */

static void suspended_waiters_are_passed_over(void)
{
    struct crew crew;
    struct member *newest = &crew.members[2];
    begin(&crew, 3, 0, 3);
    REQUIRE(SuspendThread(newest->thread) == 0);
    post(&crew, 1);
    post(&crew, 2);
    CHECK("SCHED-22", counter_reaches(&crew.taken, 2), "the others take both");
    CHECK("SCHED-22", counter_get(&newest->taken) == 0, "the suspended one none");
    post(&crew, 3);
    CHECK("SCHED-22", counter_stays(&crew.taken, 2), "the third waits for it");
    REQUIRE(ResumeThread(newest->thread) == 1);
    CHECK("SCHED-22", counter_reaches(&crew.taken, 3) && newest->packet.key == 3,
          "resumed it takes that");
    crew_end(&crew);
}

static void a_resumed_waiter_is_the_newest(void)
{
    struct crew crew;
    begin(&crew, 2, 0, 2);
    REQUIRE(SuspendThread(crew.members[0].thread) == 0);
    REQUIRE(ResumeThread(crew.members[0].thread) == 1);
    support_settle();
    post(&crew, 1);
    REQUIRE(counter_reaches(&crew.taken, 1));
    CHECK_WINE_DEPARTS("SCHED-22", counter_get(&crew.members[0].taken) == 1,
                       "Wine wakes waiters in FIFO order, and does not line up anew",
                       "it has lined up anew");
    crew_end(&crew);
}
#endif

int main(void)
{
    loopback_begin();
    RUN(packets_are_fifo);
    RUN(waiters_are_lifo);
    RUN(waiting_time_decides);
    RUN(limits);
    RUN(no_limit_in_reach);
    RUN(as_many_as_processors);
    RUN(association_keeps_the_limit);
    RUN(busy_worker_goes_on);
    RUN(no_slot_no_packet);
    RUN(a_poll_binds);
    RUN(binding_to_another_port);
    RUN(unbound_threads_do_not_count);
    RUN(computing_keeps_the_slot);
    RUN(many_packets_one_thread);
    RUN(example_sleeping_worker);
    RUN(example_hundred_packets);
#ifdef __SANITIZE_THREAD__
    puts("skip SCHED-22: the sanitizer holds back signals to threads that wait, so none is "
         "suspended");
#else
    RUN(suspended_waiters_are_passed_over);
    RUN(a_resumed_waiter_is_the_newest);
#endif
    WSACleanup();
    return check_report();
}
