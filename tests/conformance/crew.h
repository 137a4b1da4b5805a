/* SPDX-License-Identifier: MIT
 *
 * A crew: threads that use one port and do exactly what the test tells each of them, one act at a
 * time. Between acts a member computes (it spins, it never waits), so a member that has taken a
 * packet counts as running until it is told otherwise. The main thread must not take packets from
 * the crew's port while the crew lives: it would become one of the threads that count.
 */
#ifndef IOCP_TESTS_CREW_H
#define IOCP_TESTS_CREW_H

#include "support.h"

#define CREW_MOST 16

struct member;
typedef void (*crew_act)(struct member *);

struct crew {
    HANDLE port;
    int size;
    volatile LONG taken;    /* packets that members took, all together */
    volatile LONG stopping; /* members leave at the next chance */
    struct member {
        struct crew *crew;
        HANDLE thread;
        HANDLE gate; /* manual-reset event, for acts that wait */
        crew_act act;
        DWORD milliseconds;   /* argument of the act, if it needs one */
        volatile LONG given;  /* acts ordered by the test */
        volatile LONG begun;  /* acts the member has started */
        volatile LONG done;   /* acts it has finished */
        volatile LONG taken;  /* packets it took */
        struct packet packet; /* what its last take or poll gave; read once done */
        HANDLE other;         /* another port, event ... as the act wants it */
        DWORD result;
    } members[CREW_MOST];
};

static inline DWORD WINAPI crew_member_run(void *argument)
{
    struct member *m = argument;
    for (;;) {
        while (counter_get(&m->given) == counter_get(&m->done)) {
            if (counter_get(&m->crew->stopping))
                return 0;
        }
        counter_add(&m->begun);
        if (!m->act)
            return 0;
        m->act(m);
        counter_add(&m->done);
    }
}

static inline void crew_start(struct crew *crew, HANDLE port, int size)
{
    memset(crew, 0, sizeof *crew);
    crew->port = port;
    crew->size = size;
    REQUIRE(size <= CREW_MOST);
    for (int i = 0; i < size; i++) {
        struct member *m = &crew->members[i];
        m->crew = crew;
        m->gate = event_make(TRUE, FALSE);
        m->thread = thread_start(crew_member_run, m);
    }
}

/* Orders an act (NULL: leave) and returns once the member has begun it. */
static inline void member_do(struct member *m, crew_act act)
{
    LONG number = counter_get(&m->given) + 1;
    m->act = act;
    counter_set(&m->given, number);
    REQUIRE(counter_reaches(&m->begun, number));
}

static inline int member_is_done(struct member *m)
{
    return counter_get(&m->done) == counter_get(&m->given);
}

static inline int member_finishes(struct member *m)
{
    return counter_reaches(&m->done, counter_get(&m->given));
}

static inline void member__note(struct member *m, struct packet packet)
{
    m->packet = packet;
    if (packet.ok) {
        counter_add(&m->taken);
        counter_add(&m->crew->taken);
    }
}

/* Acts every test may use. */
static inline void act_take(struct member *m)
{
    member__note(m, port_take(m->crew->port, INFINITE));
}

static inline void act_poll(struct member *m)
{
    member__note(m, port_take(m->crew->port, 0));
}

/* Has the member block in the port, as far as anybody can tell. */
static inline void member_blocks(struct member *m)
{
    member_do(m, act_take);
    support_settle();
}

/* Has the members `from` .. size-1 block in the port, in this order. */
static inline void crew_blocks(struct crew *crew, int from)
{
    for (int i = from; i < crew->size; i++)
        member_blocks(&crew->members[i]);
}

/* The member's thread ends now. */
static inline void member_leaves(struct member *m)
{
    member_do(m, NULL);
    thread_join(m->thread);
    m->thread = NULL;
}

/* Ends all members, wherever they are, and the port with them. */
static inline void crew_end(struct crew *crew)
{
    counter_set(&crew->stopping, 1);
    for (int i = 0; i < crew->size; i++) {
        SetEvent(crew->members[i].gate);
        port_post(crew->port, 0, 0, NULL);
    }
    for (int i = 0; i < crew->size; i++) {
        if (crew->members[i].thread)
            thread_join(crew->members[i].thread);
        CloseHandle(crew->members[i].gate);
    }
    CloseHandle(crew->port);
}

#endif
