/* SPDX-License-Identifier: MIT
 *
 * Timers and timer queues know each other; nobody else does.
 */
#ifndef POOL_POOL_TIMER_H
#define POOL_POOL_TIMER_H

#include "base/alarm.h"
#include "pool/pool_internal.h"

struct pool_timer {
    struct pool_object object;
    PTP_TIMER_CALLBACK callback;
    WAITORTIMERCALLBACKFUNC function; /* instead: a timer of a queue */
    struct pool_timers *queue;        /* referenced; NULL: none */
    struct list member;               /* of the queue */
    struct alarm alarm;               /* this and the rest: the object's lock */
    bool set;
    int64_t due, period; /* nanoseconds */
    uint32_t window;     /* milliseconds */
};

static inline struct pool_timer *pool_timer_of(struct pool_object *object)
{
    return CONTAINER_OF(object, struct pool_timer, object);
}

/* With neither callback nor function yet; NULL when memory is short. */
struct pool_timer *pool__timer_new(void *context, const struct pool_traits *traits);

/* legacy.c */
void pool__timers_unref(struct pool_timers *queue);
void pool__timers_leave(struct pool_timer *timer);

#endif
