/* SPDX-License-Identifier: MIT
 *
 * Describing a port. Takes the port's lock and nothing under it.
 */
#include "port/describe.h"
#include "port/port_internal.h"
#include "port/stamp_internal.h"

_Atomic bool port_stamping;

/* How many of a port's threads are looked at for those to be named: bounds what a port with
 * thousands of threads pays under its lock. */
enum { THREADS_LOOKED_AT = 1024 };

void port_stamp_packets(void)
{
    atomic_store_explicit(&port_stamping, true, memory_order_relaxed);
}

static void describe__add(struct port_threads *threads, const struct port_thread *thread)
{
    if (threads->listed == PORT_THREADS_DESCRIBED)
        return;
    threads->list[threads->listed].id = thread->system_id;
    threads->list[threads->listed].polls = thread->waiter && thread->waiter->polling;
    threads->list[threads->listed].found = thread->state == THREAD_BLOCKED;
    threads->listed++;
}

static void describe__waiting(struct port *port, struct port_threads *waiting)
{
    waiting->count = port->waiting;
    LIST_FOR_EACH(link, &port->waiters)
    {
        if (waiting->listed == PORT_THREADS_DESCRIBED)
            break;
        describe__add(waiting, LIST_ELEMENT(link, struct port_waiter, link)->thread);
    }
}

static void describe__bound(struct port *port, struct port_description *description)
{
    uint32_t busy = port->current + port->waiting;
    unsigned looks = 0;

    description->released.count = port->current;
    description->paused.count = port->bound > busy ? port->bound - busy : 0;
    LIST_FOR_EACH(link, &port->threads)
    {
        const struct port_thread *thread = LIST_ELEMENT(link, struct port_thread, link);
        if (++looks > THREADS_LOOKED_AT)
            break;
        if (thread->state == THREAD_RUNNING)
            describe__add(&description->released, thread);
        else if (thread->state != THREAD_WAITING)
            describe__add(&description->paused, thread);
    }
}

static int64_t describe__age(const struct packet *head, int64_t now)
{
    if (!head || head->stamp == 0)
        return -1;
    uint32_t units = (port__stamp(now) - head->stamp) & PACKET_STAMP_MOST;
    return (int64_t)units << PACKET_STAMP_SHIFT;
}

void port_describe(struct port *port, struct port_description *description)
{
    description->waiting.listed = 0;
    description->released.listed = description->paused.listed = 0;
    lock_take(&port->lock);
    description->limit = port->limit;
    description->devices = atomic_load_explicit(&port->devices, memory_order_relaxed);
    description->depth = atomic_load_explicit(&port->depth, memory_order_relaxed);
    description->packets_in = port->packets;
    description->packets_out = port->packets - description->depth;
    description->wakeups = port->wakeups;
    description->replacements = port->replacements;
    describe__waiting(port, &description->waiting);
    describe__bound(port, description);
    /* The clock is read with the lock: the head cannot be younger. */
    description->head_age = describe__age(port->first, clock_now());
    lock_drop(&port->lock);
}
