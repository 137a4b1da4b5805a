/* SPDX-License-Identifier: MIT
 *
 * Timers. A timer that may be late by a window rings at the roundest time in it, so that timers
 * with windows ring together.
 */
#include "pool/pool_timer.h"

#include "base/clock.h"
#include "base/fault.h"

#include <stdlib.h>

/* The latest multiple of a power of two milliseconds, at most the window, that is not before the
 * time: never later than the window allows. */
static int64_t timer__round(int64_t due, uint32_t window)
{
    if (!window || due > CLOCK_FOREVER / 2)
        return due;
    int64_t step = NANOSECONDS_PER_MILLISECOND << (31 - __builtin_clz(window));
    return (due + step - 1) / step * step;
}

/* Arms the alarm with a reference. */
static void timer__arm(struct pool_timer *timer)
{
    lock_assert_held(&timer->object.lock);
    pool__object_ref(&timer->object);
    alarm_arm(&timer->alarm, timer__round(timer->due, timer->window));
}

static void timer__disarm(struct pool_timer *timer)
{
    lock_assert_held(&timer->object.lock);
    timer->set = false;
    if (alarm_stop(&timer->alarm))
        pool__object_unref_early(&timer->object);
}

static void timer__stop(struct pool_object *object)
{
    struct pool_timer *timer = pool_timer_of(object);

    timer__disarm(timer);
    if (timer->queue)
        pool__timers_leave(timer);
}

/* Goes on to the next period that is not over. */
static void timer__advance(struct pool_timer *timer)
{
    int64_t late = clock_now() - timer->due;

    lock_assert_held(&timer->object.lock);
    if (timer->period == 0)
        return;
    timer->due += timer->period * (late > 0 ? late / timer->period + 1 : 1);
    timer__arm(timer);
}

static void timer__ring(struct alarm *alarm)
{
    struct pool_timer *timer = CONTAINER_OF(alarm, struct pool_timer, alarm);
    struct pool_object *object = &timer->object;

    lock_take(&object->lock);
    bool current = alarm_is_current(alarm);
    if (current)
        timer__advance(timer);
    lock_drop(&object->lock);
    if (current)
        pool__submit(object);
    pool__object_unref(object);
}

static void timer__run(struct pool_object *object, PTP_CALLBACK_INSTANCE instance,
                       const struct pool_call *call)
{
    struct pool_timer *timer = pool_timer_of(object);

    (void)call;
    if (timer->function)
        timer->function(object->context, TRUE);
    else
        timer->callback(instance, object->context, (PTP_TIMER)object);
}

static void timer__free(struct pool_object *object)
{
    struct pool_timer *timer = pool_timer_of(object);

    if (timer->queue)
        pool__timers_unref(timer->queue);
    free(timer);
    alarm_end();
}

static const struct pool_kind timer_kind = {
    .stop = timer__stop, .run = timer__run, .free = timer__free};

struct pool_timer *pool__timer_new(void *context, const struct pool_traits *traits)
{
    struct pool_timer *timer = fault_calloc(1, sizeof *timer);

    if (!timer)
        return NULL;
    if (!alarm_begin())
        goto no_alarms;
    timer->alarm.ring = timer__ring;
    if (pool__init(&timer->object, &timer_kind, traits, context) == STATUS_SUCCESS)
        return timer;
    alarm_end();
no_alarms:
    free(timer);
    return NULL;
}

NTSTATUS pool_timer_create(PTP_TIMER_CALLBACK callback, void *context,
                           const struct pool_traits *traits, struct pool_object **result)
{
    struct pool_timer *timer = pool__timer_new(context, traits);

    if (!timer)
        return STATUS_NO_MEMORY;
    timer->callback = callback;
    *result = &timer->object;
    return STATUS_SUCCESS;
}

bool pool_timer_set(struct pool_object *object, int64_t deadline, uint32_t period, uint32_t window)
{
    struct pool_timer *timer = pool_timer_of(object);

    lock_take(&object->lock);
    bool was = timer->alarm.armed;
    timer__disarm(timer);
    if (deadline != CLOCK_FOREVER) {
        timer->set = true;
        timer->due = deadline;
        timer->period = period * NANOSECONDS_PER_MILLISECOND;
        timer->window = window;
        timer__arm(timer);
    }
    lock_drop(&object->lock);
    return was;
}

bool pool_timer_is_set(struct pool_object *object)
{
    lock_take(&object->lock);
    bool set = pool_timer_of(object)->set;
    lock_drop(&object->lock);
    return set;
}
