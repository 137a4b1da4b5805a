/* SPDX-License-Identifier: MIT
 *
 * What a waitable object begins with, and how rooms that own such objects (ports, files) signal
 * them. Events, mutexes, semaphores, timers and threads are this room's own (wait/event.h ...).
 *
 * The signal word is read and written without a lock as long as nobody waits on the object; the
 * list of waiters, and every change of the word while there are waiters, belong to dispatcher_lock.
 */
#ifndef WAIT_DISPATCHER_H
#define WAIT_DISPATCHER_H

#include "object/object.h"

#include <winnt.h>
#include <ntstatus.h>

struct wait_block;

struct dispatcher {
    struct object object;
    _Atomic uint32_t signal;    /* DISPATCHER_* bits; the rest is the kind's own (a count) */
    uint32_t spare;             /* for the kind */
    struct wait_block *waiters; /* first of a ring, oldest first; dispatcher_lock */
};

#define DISPATCHER_WAITED 0x80000000u    /* somebody is on the list: take the lock to change */
#define DISPATCHER_SIGNALLED 0x00000001u /* of kinds that are simply set or not */

/* How a kind is tested and taken; called with dispatcher_lock held. */
struct dispatcher_ops {
    /* Would a wait by the thread with this number (sched/sched.h) be satisfied now? */
    bool (*signalled)(struct dispatcher *dispatcher, uint32_t thread);
    /* It is: consume what the wait consumes. True if the object was abandoned (mutexes). */
    bool (*take)(struct dispatcher *dispatcher, uint32_t thread);

    /* The rest may be NULL. */

    /* Takes the object for the calling thread without a lock, which is allowed while
     * DISPATCHER_WAITED is clear. False: not signalled, or only the lock can tell. */
    bool (*grab)(struct dispatcher *dispatcher);
    /* The calling thread's wait has taken the object; called there, with no lock held. */
    void (*entered)(struct dispatcher *dispatcher);
    /* The time (base/clock.h) at which it becomes signalled by itself, CLOCK_FOREVER if it does
     * not; called with dispatcher_lock held. */
    int64_t (*due)(struct dispatcher *dispatcher);
};

/* For kinds that are simply set or not and stay so (files, threads, manual events). */
extern const struct dispatcher_ops dispatcher_latch;

static inline void dispatcher_init(struct dispatcher *dispatcher, const struct object_ops *ops,
                                   enum object_reason reason, uint32_t signal)
{
    dispatcher->waiters = NULL;
    dispatcher->spare = 0;
    atomic_store_explicit(&dispatcher->signal, signal, memory_order_relaxed);
    object_init(&dispatcher->object, ops, reason);
}

/* Sets a latch and releases all its waiters; resets it. Cheap when nobody waits. */
void dispatcher_set(struct dispatcher *dispatcher);
void dispatcher_reset(struct dispatcher *dispatcher);

/* The state that ops->signalled reads has changed to the better (a port got a packet), and the lock
 * that it was changed under has been dropped: looks whether waiters can be satisfied. Cheap when
 * nobody waits. */
void dispatcher_notify(struct dispatcher *dispatcher);

/* Waits until one object (or, with `all`, every one at one moment) can be taken, and takes it.
 * The objects are referenced by the caller. Frames its sleep with sched_wait_begin/end, and does
 * not when it need not sleep. Returns STATUS_WAIT_0 + index, STATUS_ABANDONED_WAIT_0 + index,
 * STATUS_TIMEOUT, or STATUS_USER_APC when `alertable` and APCs ran instead (WAIT-5). */
NTSTATUS wait_objects(struct dispatcher *const *objects, unsigned count, bool all, int64_t deadline,
                      bool alertable);

#endif
