/* SPDX-License-Identifier: MIT
 *
 * The port's own structure, for the files of this room only.
 */
#ifndef PORT_PORT_INTERNAL_H
#define PORT_PORT_INTERNAL_H

#include "base/list.h"
#include "base/lock.h"
#include "port/nudge_internal.h"
#include "port/port.h"
#include "sched/watchdog.h"

#include <stddef.h>

/* What a waiter is told. */
enum waiter_word {
    WAITER_SLEEPING,
    WAITER_GIVEN,     /* `given` is yours and you are counted as running */
    WAITER_LOOK,      /* look again: you may be the one to poll now */
    WAITER_ABANDONED, /* the port was closed */
};

/* A thread inside port_remove; on its stack. All fields but the word are the port lock's. */
struct port_waiter {
    struct list link;
    struct port *port;
    struct port_thread *thread;
    uint64_t arrival; /* its place among the waiters, kept while it sleeps and polls in turns */
    struct packet *given;
    bool polling; /* it sleeps in the source, not on the word */
    bool kicked;  /* it was told something while it polled, and the source kicked for it */
    bool alerted; /* an APC waits for it */
    bool absent;  /* it was suspended, and struck off the list for that */
    _Atomic uint32_t word;
};

/* Where a bound thread is, as far as counting goes. */
enum port_thread_state {
    THREAD_RUNNING, /* released: counted in port->current */
    THREAD_WAITING, /* inside port_remove */
    THREAD_PAUSED,  /* in another wait that the library makes (SCHED-7) */
    THREAD_BLOCKED, /* found blocked in a call that the library does not see (SCHED-19) */
};

/* A thread bound to a port; thread-local memory. `watch_file` is the watchdog's and guarded by
 * port->watch_lock, which also keeps the thread from unbinding; the rest is the port lock's. */
struct port_thread {
    struct list link; /* port->threads */
    struct port *port;
    enum port_thread_state state;
    bool suspected;             /* the last look found it blocked */
    bool away;                  /* it has not come back since the last tick; watch.c */
    struct port_waiter *waiter; /* while it is inside port_remove */
    uint32_t taken;             /* packets, of which the time is taken; 0: of none (pace.c) */
    int64_t taken_at;
    uint64_t left_at; /* port->removals + 1 when it gave its slot up last; 0: not since (pace.c) */
    int system_id;    /* gettid */
    int watch_file;   /* its stat in /proc + 1; 0: not open */
};

/* What every packet touches lies on two lines of its own: not on that of the references, which
 * threads count without the lock. */
struct port {
    struct dispatcher dispatcher;  /* signalled while the queue holds a packet (PORT-23) */
    _Alignas(64) struct lock lock; /* everything below */
    uint32_t limit;
    uint32_t current; /* bound threads that run: the released ones */
    uint32_t waiting;
    struct packet *first, *last;
    _Atomic uint32_t depth; /* also read without the lock, by waits on the port itself */
    bool closed;
    bool settled;        /* no packet went out since the watchdog last looked */
    bool left;           /* the source was left to others */
    bool resting;        /* no tick looks whether blocked threads run again; see watch.c */
    struct list waiters; /* newest first */
    _Atomic(struct port_waiter *) poller;
    uint64_t packets;
    uint64_t removals;
    uint64_t arrivals;
    int64_t pace; /* nanoseconds that a thread takes for a packet; see pace.c */
    struct port_source *source;
    struct port_supply *supply;
    uint64_t look_in_at; /* the value of removals at which the source is looked into next */
    uint32_t kicks;      /* waiters that were kicked and have not come back from polling */
    uint32_t wary;       /* so many more packets are not left to who is expected back; pace.c */

    uint32_t blocked; /* threads in THREAD_BLOCKED */
    uint32_t bound;
    bool blocks_often;   /* few packets go out between two threads that are found blocked */
    bool interrupts;     /* who polls is woken while the sender has more to send; see remove.c */
    uint32_t idle_ticks; /* ticks in a row without a removal */
    struct list threads;
    uint64_t wakeups;
    uint64_t blocked_at;    /* the value of removals when a thread was last found blocked */
    uint64_t replacements;  /* of the wake-ups: because a thread of the port blocked */
    uint64_t removals_seen; /* by the watchdog, at the time seen_at */
    uint64_t look_in_seen;  /* differs from look_in_at: somebody has polled since */
    uint64_t packets_seen;
    int64_t seen_at;
    struct watch watch;
    struct lock watch_lock; /* taken before the port's lock; see watch.c */
    _Atomic uint32_t devices;
    _Atomic uint32_t announced; /* packets that are to come at any moment, as others know already */
};
_Static_assert(sizeof(struct lock) != 4 || /* but in the simulation */
                   offsetof(struct port, blocked) - offsetof(struct port, lock) == 128,
               "what every packet touches fills two lines");

/* Port lock held; see port_is_polled for who reads it without. */
static inline struct port_waiter *port__poller(const struct port *port)
{
    return atomic_load_explicit(&port->poller, memory_order_relaxed);
}

static inline void port__set_poller(struct port *port, struct port_waiter *waiter)
{
    atomic_store_explicit(&port->poller, waiter, memory_order_relaxed);
}

/* watch.c: the watchdog's look at a port. */
enum watch_verdict port__tick(struct watch *watch);

/* look.c: whether a thread is blocked now. With the port's watch_lock. */
bool port__look_is_on(void);
bool port__look(struct port_thread *thread);
void port__look_forget(struct port_thread *thread);

/* bind.c: the calling thread, bound to this port from now on. */
struct port_thread *port__bind(struct port *port);
/* Changes a thread's state and the counts that go with it. Port lock held. */
void port__set_state(struct port_thread *thread, enum port_thread_state state);
extern const struct sched_hook port__hook;

/* port.c: gives a packet's memory back to its owner. */
void port__release_packet(struct packet *packet);

#endif
