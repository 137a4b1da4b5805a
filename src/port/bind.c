/* SPDX-License-Identifier: MIT
 *
 * Which port the calling thread is bound to (SCHED-3, 11), and what a port does when one of its
 * threads blocks, runs again or ends (SCHED-6, 7, 8).
 */
#include "port/queue_internal.h"
#include "port/release_internal.h"

#include "base/fork.h"
#include "base/thread_exit.h"
#include "sched/sched.h"

#include <sys/syscall.h>
#include <unistd.h>

static THREAD_LOCAL struct port_thread port_self;

void port__set_state(struct port_thread *thread, enum port_thread_state state)
{
    struct port *port = thread->port;

    lock_assert_held(&port->lock);
    if (thread->state == THREAD_RUNNING)
        port->current--;
    else if (thread->state == THREAD_BLOCKED)
        port->blocked--;
    if (state == THREAD_RUNNING)
        port->current++;
    else if (state == THREAD_BLOCKED)
        port->blocked++;
    if (state == THREAD_BLOCKED || state == THREAD_PAUSED)
        thread->left_at = port->removals + 1;
    thread->state = state;
    thread->suspected = thread->away = false;
}

/* A slot has become free: one waiting packet goes out, or else somebody polls. Drops the lock.
 * Returns whom to ask for a thread. */
static struct port_supply *port__slot_freed(struct port *port)
{
    struct port_wakeup wakeup = {0};
    bool resting = port->resting;

    lock_assert_held(&port->lock);
    if (!resting)
        wakeup = port__release_one(port);
    if (!resting && !wakeup.word)
        wakeup = port__let_poll(port);
    port->replacements += wakeup.word != NULL;
    struct port_supply *supply = resting ? NULL : port__to_grow(port);
    lock_drop(&port->lock);
    port__wake(port, wakeup);
    if (resting) /* its counts may be old: the watchdog looks first */
        watchdog_arm(&port->watch);
    return supply;
}

/* Also called by a thread that suspends this one. */
static void port__blocked(void *queue)
{
    struct port_thread *thread = queue;
    struct port *port = thread->port;

    lock_take(&port->lock);
    port__set_state(thread, THREAD_PAUSED);
    struct port_supply *supply = port__slot_freed(port);
    if (supply)
        supply->grow(supply);
}

/* SCHED-8: at once and unconditionally, also above the limit. */
static void port__running(void *queue)
{
    struct port_thread *thread = queue;
    struct port *port = thread->port;

    lock_take(&port->lock);
    port__set_state(thread, THREAD_RUNNING);
    lock_drop(&port->lock);
    if (UNLIKELY(port__nudges()))
        watchdog_arm(&port->watch);
}

/* Whatever it was kicked for, it is not coming for it. */
static void port__forget_kick(struct port *port, struct port_waiter *waiter)
{
    if (port__poller(port) == waiter)
        port__set_poller(port, NULL);
    if (waiter->kicked)
        port->kicks--;
    waiter->kicked = false;
}

/* Takes a waiter off the list that has been told nothing. */
static void port__strike(struct port *port, struct port_waiter *waiter)
{
    list_remove(&waiter->link);
    port->waiting--;
    port__forget_kick(port, waiter);
}

/* SCHED-22: passed over, as if it had not come to wait. It lines up again when it is resumed. */
static void port__absent(void *queue)
{
    struct port_thread *thread = queue;
    struct port *port = thread->port;
    struct port_supply *supply = NULL;

    lock_take(&port->lock);
    struct port_waiter *waiter = thread->waiter;
    bool waits = waiter && list_linked(&waiter->link);
    if (waits)
        port__strike(port, waiter);
    else if (waiter)
        port__forget_kick(port, waiter);
    /* It may have taken a kick that was meant for another. */
    if (waiter && waiter->polling)
        port__pass_kick_on(port);
    if (waits) {
        waiter->absent = true;
        /* What it finds when it goes on. */
        atomic_store_explicit(&waiter->word, WAITER_LOOK, memory_order_release);
        /* It was to come back for what it had polled already, or to poll on. */
        supply = port__slot_freed(port);
    } else {
        lock_drop(&port->lock);
    }
    if (supply)
        supply->grow(supply);
}

/* It may have been stopped on its way into the source: nobody else would get it out there. Not
 * earlier, since a kick for who cannot come is passed on among the pollers without end. */
static void port__present(void *queue)
{
    struct port_thread *thread = queue;
    struct port *port = thread->port;
    struct port_wakeup wakeup = {0};

    lock_take(&port->lock);
    struct port_waiter *waiter = thread->waiter;
    if (waiter && waiter->polling && !waiter->kicked) {
        port__take_back(port); /* or else the service thread would take the kick */
        waiter->kicked = true;
        port->kicks++;
        wakeup = (struct port_wakeup){.word = &waiter->word, .polling = true};
    }
    lock_drop(&port->lock);
    port__wake(port, wakeup);
}

const struct sched_hook port__hook = {.blocked = port__blocked,
                                      .running = port__running,
                                      .absent = port__absent,
                                      .present = port__present};

/* SCHED-20: the thread was terminated while it waited. A packet that it was given goes to somebody
 * else, as the oldest of all; if the port was closed it is returned, to be thrown away. */
static struct packet *port__abandon_wait(struct port *port)
{
    struct port_waiter *waiter = port_self.waiter;

    lock_assert_held(&port->lock);
    if (!waiter)
        return NULL;
    port_self.waiter = NULL;
    bool listed = list_linked(&waiter->link);
    if (listed)
        port__strike(port, waiter);
    else
        port__forget_kick(port, waiter);
    /* It may have taken a kick that was meant for another. */
    if (waiter->polling)
        port__pass_kick_on(port);
    if (!listed && waiter->given) {
        if (port->closed)
            return waiter->given;
        port__put_back(port, waiter->given);
    }
    return NULL;
}

static void port__unbind(void)
{
    struct port *port = port_self.port;

    if (!port)
        return;
    sched_self.queue = NULL;
    lock_take(&port->watch_lock);
    lock_take(&port->lock);
    port__set_state(&port_self, THREAD_PAUSED);
    struct packet *orphan = port__abandon_wait(port);
    list_remove(&port_self.link);
    port->bound--;
    bool unattended = port__unattended(port);
    port__slot_freed(port);
    port__look_forget(&port_self);
    lock_drop(&port->watch_lock);
    if (unattended)
        watchdog_arm(&port->watch);
    if (orphan)
        port__release_packet(orphan);
    port_self.port = NULL;
    object_unref(port_object(port), OBJ_REF_BOUND);
}

/* In a child of fork the port is a copy whose other threads are gone. */
static void port__forget_self(void)
{
    port_self = (struct port_thread){0};
    sched_self.queue = NULL;
}

struct port_thread *port__bind(struct port *port)
{
    if (LIKELY(port_self.port == port))
        return &port_self;
    /* Who is terminated half bound would leave the port a second time at its end. */
    shield_raise();
    port__unbind();
    thread_exit_register(THREAD_EXIT_PORT, port__unbind);
    fork_register(FORK_PORT, port__forget_self);
    object_ref(port_object(port), OBJ_REF_BOUND);
    /* Not running until it has been let out once: binding changes no count (SCHED-3). */
    port_self = (struct port_thread){
        .port = port, .state = THREAD_PAUSED, .system_id = (int)syscall(SYS_gettid)};
    sched_self.hook = &port__hook;
    sched_self.queue = &port_self;
    lock_take(&port->lock);
    list_push_back(&port->threads, &port_self.link);
    port->bound++;
    lock_drop(&port->lock);
    shield_lower();
    return &port_self;
}

struct port *port_of_thread(void)
{
    return port_self.port;
}
