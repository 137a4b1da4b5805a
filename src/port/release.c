/* SPDX-License-Identifier: MIT
 *
 * Who is let out: the rules by which a waiter gets a packet, and the watchdog's look at what was
 * left to chance.
 *
 * Where this is lazier than Windows' kernel. A completion that a running thread of the port causes
 * itself (an inline completion of its own call, a batch it has polled) is not handed to another
 * thread at once although the limit would allow it: nearly always the same thread is back for it
 * within microseconds, and a wake-up costs as much as serving the request. If it is not back, the
 * watchdog hands it over after a tick. A thread that blocks in a wait of the library's hands over
 * at once (SCHED-6), and a posted packet always goes to the newest waiter at once (SCHED-1).
 */
#include "port/port_internal.h"

#include "base/futex.h"

/* The watchdog takes a source away from nobody: it polls itself only if nothing was removed for
 * this many ticks and nobody waits. */
enum { TICKS_UNTIL_LEFT = 4 };

/* Tells a waiter something; it stays on the list unless it is given a packet or abandoned. */
struct port_wakeup port__tell(struct port *port, struct port_waiter *waiter, enum waiter_word word)
{
    struct port_wakeup wakeup = {.word = &waiter->word, .polling = waiter->polling};

    lock_assert_held(&port->lock);
    if (word != WAITER_LOOK) {
        list_remove(&waiter->link);
        port->waiting--;
        if (port->poller == waiter)
            port->poller = NULL;
    }
    port->wakeups++;
    atomic_store_explicit(&waiter->word, word, memory_order_release);
    return wakeup;
}

static struct port_waiter *port__newest(struct port *port)
{
    return list_empty(&port->waiters)
               ? NULL
               : LIST_ELEMENT(port->waiters.next, struct port_waiter, link);
}

/* Gives the packet to the newest waiter, who runs from now on (SCHED-1). There is one. */
struct port_wakeup port__hand_over(struct port *port, struct packet *packet)
{
    struct port_waiter *waiter = port__newest(port);

    waiter->given = packet;
    port->current++;
    return port__tell(port, waiter, WAITER_GIVEN);
}

/* SCHED-6: a slot may have become free. One thread per release. */
struct port_wakeup port__release_one(struct port *port)
{
    lock_assert_held(&port->lock);
    if (port->current < port->limit && port->first && !list_empty(&port->waiters))
        return port__hand_over(port, port__pop(port));
    return (struct port_wakeup){0};
}

/* Nobody polls although completions may be due: the newest waiter shall. */
struct port_wakeup port__let_poll(struct port *port)
{
    struct port_waiter *waiter = port__newest(port);

    lock_assert_held(&port->lock);
    if (!waiter || !port->source || port->poller || port->current >= port->limit ||
        port->first)
        return (struct port_wakeup){0};
    return port__tell(port, waiter, WAITER_LOOK);
}

void port__wake(struct port *port, struct port_wakeup wakeup)
{
    if (!wakeup.word)
        return;
    if (wakeup.polling)
        port->source->kick(port->source);
    else
        futex_wake(wakeup.word, 1);
}

/* Decides under the lock; *poll and *leave say what is to be done without it. */
static enum watch_verdict port__look(struct port *port, struct port_wakeup *wakeup, bool *poll,
                                     bool *leave)
{
    uint64_t removed = port->removals - port->removals_seen;
    bool waiter = !list_empty(&port->waiters);

    port->removals_seen = port->removals;
    port->idle_ticks = removed ? 0 : port->idle_ticks + 1;
    if (port->first) {
        /* More lies there than a tick's worth of work, or nothing moves at all. */
        if (removed < atomic_load_explicit(&port->depth, memory_order_relaxed))
            *wakeup = port__release_one(port);
        return wakeup->word ? WATCH_ACTED : WATCH_BUSY;
    }
    if (!port->source || port->poller || port->left) {
        port->settled = removed == 0;
        return removed ? WATCH_BUSY : WATCH_SETTLED;
    }
    if (removed)
        return WATCH_BUSY;
    if (waiter) {
        *wakeup = port__let_poll(port);
        return wakeup->word ? WATCH_ACTED : WATCH_BUSY;
    }
    *poll = port->idle_ticks < TICKS_UNTIL_LEFT;
    *leave = !*poll;
    port->left |= *leave;
    return *poll ? WATCH_BUSY : WATCH_SETTLED;
}

enum watch_verdict port__tick(struct watch *watch)
{
    struct port *port = CONTAINER_OF(watch, struct port, watch);
    struct port_wakeup wakeup = {0};
    bool poll = false, leave = false;

    /* A port on its way out waits in watchdog_disarm until this returns. */
    if (!object_try_ref(port_object(port), OBJ_REF_CALL))
        return WATCH_SETTLED;
    lock_take(&port->lock);
    enum watch_verdict verdict = port__look(port, &wakeup, &poll, &leave);
    lock_drop(&port->lock);
    port__wake(port, wakeup);
    if (poll)
        port->source->poll(port->source, 0);
    if (leave)
        port->source->leave(port->source);
    object_unref(port_object(port), OBJ_REF_CALL);
    return verdict;
}
