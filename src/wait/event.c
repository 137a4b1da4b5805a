/* SPDX-License-Identifier: MIT
 *
 * Events: DISPATCHER_SIGNALLED in the signal word; `spare` tells the manual kind.
 *
 * Locks: dispatcher_lock, through wait/waiters.h.
 */
#include "status/codes.h"
#include "wait/event.h"

#include "wait/name.h"
#include "wait/waiters.h"

static bool event__signalled(struct dispatcher *event, uint32_t thread)
{
    (void)thread;
    return atomic_load_explicit(&event->signal, memory_order_acquire) & DISPATCHER_SIGNALLED;
}

static bool event__take(struct dispatcher *event, uint32_t thread)
{
    (void)thread;
    if (!event->spare)
        atomic_fetch_and_explicit(&event->signal, ~DISPATCHER_SIGNALLED, memory_order_acq_rel);
    return false;
}

static bool event__grab(struct dispatcher *event)
{
    uint32_t signal = DISPATCHER_SIGNALLED;

    if (event->spare)
        return event__signalled(event, 0);
    return atomic_compare_exchange_strong_explicit(&event->signal, &signal, 0, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

static const struct dispatcher_ops event_waitable = {
    .signalled = event__signalled, .take = event__take, .grab = event__grab};

const struct object_ops event_ops = {
    .kind = "event", .waitable = &event_waitable, .close = name_close, .destroy = named_destroy};

struct dispatcher *event_new(bool manual, bool set)
{
    struct named *event = named_alloc(sizeof *event);

    if (!event)
        return NULL;
    dispatcher_init(&event->dispatcher, &event_ops, OBJ_REF_CALL, set ? DISPATCHER_SIGNALLED : 0);
    event->dispatcher.spare = manual;
    return &event->dispatcher;
}

/* What it was is told by the change itself: dispatcher_set changes the word without the lock. */
bool event_exchange(struct dispatcher *event, bool set)
{
    uint32_t before;

    dispatcher_hold(event);
    if (set)
        before =
            atomic_fetch_or_explicit(&event->signal, DISPATCHER_SIGNALLED, memory_order_acq_rel);
    else
        before =
            atomic_fetch_and_explicit(&event->signal, ~DISPATCHER_SIGNALLED, memory_order_acq_rel);
    dispatcher_let_go(event);
    return before & DISPATCHER_SIGNALLED;
}

bool event_pulse(struct dispatcher *event)
{
    struct wait_chain satisfied = {NULL, NULL};

    shield_raise();
    dispatcher_hold(event);
    uint32_t before =
        atomic_fetch_or_explicit(&event->signal, DISPATCHER_SIGNALLED, memory_order_acq_rel);
    dispatcher_serve(event, &satisfied);
    atomic_fetch_and_explicit(&event->signal, ~DISPATCHER_SIGNALLED, memory_order_acq_rel);
    dispatcher_leave(event, &satisfied);
    wait_chain_wake(&satisfied);
    shield_lower();
    return before & DISPATCHER_SIGNALLED;
}
