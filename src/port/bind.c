/* SPDX-License-Identifier: MIT
 *
 * Which port the calling thread is bound to (SCHED-3, 11), and what a port does when one of its
 * threads blocks, runs again or ends (SCHED-6, 7, 8).
 */
#include "port/port_internal.h"

#include "base/thread_exit.h"
#include "sched/sched.h"

static THREAD_LOCAL struct port_thread port_self;

/* A slot has become free: one waiting packet goes out, or else somebody polls. */
static struct port_wakeup port__slot_freed(struct port *port)
{
    struct port_wakeup wakeup = port__release_one(port);
    return wakeup.word ? wakeup : port__let_poll(port);
}

static void port__blocked(void *queue)
{
    struct port *port = queue;

    lock_take(&port->lock);
    port->current--;
    struct port_wakeup wakeup = port__slot_freed(port);
    lock_drop(&port->lock);
    port__wake(port, wakeup);
}

/* SCHED-8: at once and unconditionally, also above the limit. */
static void port__running(void *queue)
{
    struct port *port = queue;

    lock_take(&port->lock);
    port->current++;
    lock_drop(&port->lock);
}

const struct sched_hook port__hook = {.blocked = port__blocked, .running = port__running};

static void port__unbind(void)
{
    struct port *port = port_self.port;

    if (!port)
        return;
    port_self.port = NULL;
    sched_self.queue = NULL;
    lock_take(&port->lock);
    list_remove(&port_self.link);
    port->bound--;
    /* A thread that ends inside a wait has given its slot up already. */
    if (sched_self.waits == 0)
        port->current--;
    struct port_wakeup wakeup = port__slot_freed(port);
    lock_drop(&port->lock);
    port__wake(port, wakeup);
    object_unref(port_object(port), OBJ_REF_BOUND);
}

bool port__bind(struct port *port)
{
    if (LIKELY(port_self.port == port))
        return true;
    port__unbind();
    thread_exit_register(THREAD_EXIT_PORT, port__unbind);
    object_ref(port_object(port), OBJ_REF_BOUND);
    port_self.port = port;
    sched_self.hook = &port__hook;
    sched_self.queue = port;
    lock_take(&port->lock);
    list_push_back(&port->threads, &port_self.link);
    port->bound++;
    lock_drop(&port->lock);
    return false;
}
