/* SPDX-License-Identifier: MIT
 *
 * Who is let out: the rules by which a waiter gets a packet.
 *
 * Where this is lazier than Windows' kernel. A completion that a running thread of the port causes
 * itself (an inline completion of its own call, a batch it has polled) is not handed to another
 * thread at once although the limit would allow it: nearly always the same thread is back for it
 * within microseconds, and a wake-up costs as much as serving the request. If it is not back, the
 * watchdog hands it over after a tick (watch.c). A thread that blocks in a wait of the library's
 * hands over at once (SCHED-6), and a posted packet always goes to the newest waiter at once
 * (SCHED-1).
 */
#include "port/queue_internal.h"
#include "port/release_internal.h"

#include "base/futex.h"

/* Tells a waiter something; it stays on the list unless it is given a packet or abandoned. */
struct port_wakeup port__tell(struct port *port, struct port_waiter *waiter, enum waiter_word word)
{
    struct port_wakeup wakeup = {.word = &waiter->word, .polling = waiter->polling};

    lock_assert_held(&port->lock);
    if (word != WAITER_LOOK) {
        list_remove(&waiter->link);
        port->waiting--;
        if (port__poller(port) == waiter)
            port__set_poller(port, NULL);
    }
    if (waiter->polling && !waiter->kicked) {
        waiter->kicked = true;
        port->kicks++;
    }
    port->wakeups++;
    atomic_store_explicit(&waiter->word, word, memory_order_release);
    return wakeup;
}

static struct port_waiter *port__newest(struct port *port)
{
    return list_empty(&port->waiters) ? NULL
                                      : LIST_ELEMENT(port->waiters.next, struct port_waiter, link);
}

/* Gives the packet to the newest waiter, who runs from now on (SCHED-1). There is one. */
struct port_wakeup port__hand_over(struct port *port, struct packet *packet)
{
    struct port_waiter *waiter = port__newest(port);

    waiter->given = packet;
    port->settled = false;
    port__set_state(waiter->thread, THREAD_RUNNING);
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
    if (!waiter || !port->source || port__poller(port) || port->current >= port->limit ||
        port->first)
        return (struct port_wakeup){0};
    return port__tell(port, waiter, WAITER_LOOK);
}

/* Whoever polls may take a kick that was meant for another thread in the same source: the watchdog
 * that looks in, or a thread that is just coming back from polling itself. So everybody who comes
 * back kicks again while any thread that was kicked has not. */
void port__pass_kick_on(struct port *port)
{
    lock_assert_held(&port->lock);
    if (port->kicks)
        port->source->kick(port->source);
}

/* The source is not left to the service thread from now on. */
void port__take_back(struct port *port)
{
    lock_assert_held(&port->lock);
    if (port->left)
        port->source->take_back(port->source);
    port->left = false;
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
