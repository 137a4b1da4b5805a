/* SPDX-License-Identifier: MIT
 *
 * Waitable timers. A timer is a time: whether it is signalled is computed when somebody asks, and
 * who waits on one sleeps no longer than until it is due (dispatcher_ops.due). So a timer costs
 * nothing while it runs.
 *
 * Only a completion routine and a notice (wait/notice.h) need somebody who looks at the clock: a
 * running timer that has either has an alarm set (base/alarm.h). It holds a reference, so a timer
 * that nobody can name any more must not be armed: closing the last handle cancels it, and setting
 * it disarms it again if that has happened meanwhile.
 *
 * A FILETIME is turned into monotonic time when the timer is set. Windows would follow a change of
 * the system's clock in between; this does not.
 *
 * Locks: timer_lock guards the routines: the alarms, the APC and its thread. Then the thread's
 * apc_lock. Then dispatcher_lock, which guards when a timer is due. No notice is called under
 * timer_lock: who satisfies one may have to destroy a timer next.
 */
#include "status/codes.h"
#include "wait/timer.h"

#include "base/alarm.h"
#include "base/clock.h"
#include "base/filetime.h"
#include "base/slab.h"
#include "wait/name.h"
#include "wait/thread.h"
#include "wait/waiters.h"

struct timer {
    struct named named; /* spare: the manual kind */

    int64_t due; /* CLOCK_FOREVER: not running; this and the next two: dispatcher_lock */
    int64_t period;
    bool fired; /* and its alarm has not rung for that */

    struct alarm alarm; /* this and the rest: timer_lock */
    bool attended;      /* between alarm_begin and alarm_end */
    timer_routine routine;
    void *argument;
    struct thread *thread; /* which set the timer; referenced */
    struct apc apc;
    bool queued;  /* the APC is, and holds a reference */
    int64_t when; /* FILETIME for the routine */
};

static struct slab timer_slab = {.size = sizeof(struct timer), .index = SLAB_TIMER};
static struct lock timer_lock;

static struct timer *timer__of(struct dispatcher *dispatcher)
{
    return CONTAINER_OF(dispatcher, struct timer, named.dispatcher);
}

/* Brings the signal up to date with the clock. */
static void timer__advance(struct timer *timer)
{
    lock_assert_held(&dispatcher_lock);
    if (timer->due == CLOCK_FOREVER)
        return;
    int64_t late = clock_now() - timer->due;
    if (late < 0)
        return;
    timer->fired = true;
    timer->due =
        timer->period ? timer->due + timer->period * (late / timer->period + 1) : CLOCK_FOREVER;
    atomic_fetch_or_explicit(&timer->named.dispatcher.signal, DISPATCHER_SIGNALLED,
                             memory_order_acq_rel);
}

static bool timer__signalled(struct dispatcher *dispatcher, uint32_t thread)
{
    (void)thread;
    timer__advance(timer__of(dispatcher));
    return atomic_load_explicit(&dispatcher->signal, memory_order_acquire) & DISPATCHER_SIGNALLED;
}

static bool timer__take(struct dispatcher *dispatcher, uint32_t thread)
{
    (void)thread;
    if (!dispatcher->spare)
        atomic_fetch_and_explicit(&dispatcher->signal, ~DISPATCHER_SIGNALLED, memory_order_acq_rel);
    return false;
}

bool timer_is_signalled(struct dispatcher *dispatcher)
{
    lock_take(&dispatcher_lock);
    bool signalled = timer__signalled(dispatcher, 0);
    lock_drop(&dispatcher_lock);
    return signalled;
}

static int64_t timer__due(struct dispatcher *dispatcher)
{
    return timer__of(dispatcher)->due;
}

/* ---- routines ---- */

static void timer__apc_drop(struct apc *apc)
{
    struct timer *timer = CONTAINER_OF(apc, struct timer, apc);

    lock_take(&timer_lock);
    timer->queued = false;
    lock_drop(&timer_lock);
    object_unref(&timer->named.dispatcher.object, OBJ_REF_OPERATION);
}

static void timer__apc_run(struct apc *apc)
{
    struct timer *timer = CONTAINER_OF(apc, struct timer, apc);

    lock_take(&timer_lock);
    timer_routine routine = timer->routine;
    void *argument = timer->argument;
    int64_t when = timer->when;
    lock_drop(&timer_lock);
    timer__apc_drop(apc);
    if (routine)
        routine(argument, (uint32_t)when, (uint32_t)(when >> 32));
}

/* The timer has fired: its routine is queued, unless it still is from the last time. False if the
 * thread has ended. */
static bool timer__queue(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    if (timer->queued)
        return true;
    object_ref(&timer->named.dispatcher.object, OBJ_REF_OPERATION);
    timer->when = filetime_now();
    timer->queued = apc_queue(timer->thread, &timer->apc);
    if (!timer->queued)
        object_unref(&timer->named.dispatcher.object, OBJ_REF_OPERATION); /* the alarm's is left */
    return timer->queued;
}

/* When the alarm has to ring: CLOCK_FOREVER if there is nothing to come of
 * it. A timer that a waiter has found due since then has fired, and is to be looked at now. */
static int64_t timer__next(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    lock_assert_held(&dispatcher_lock);
    if (!timer->routine && !dispatcher_is_noticed(&timer->named.dispatcher))
        return CLOCK_FOREVER;
    return timer->fired ? 0 : timer->due;
}

/* ---- alarms ---- */

/* The alarm can be set from now on. */
static NTSTATUS timer__begin(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    if (!timer->attended)
        timer->attended = alarm_begin();
    return timer->attended ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static void timer__end_if_idle(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    if (timer->attended && !timer->alarm.armed) {
        timer->attended = false;
        alarm_end();
    }
}

/* Sets the alarm if something is to come of the timer. */
static NTSTATUS timer__arm_if_needed(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    lock_take(&dispatcher_lock);
    int64_t next = timer__next(timer);
    lock_drop(&dispatcher_lock);
    if (next == CLOCK_FOREVER || timer->alarm.armed)
        return STATUS_SUCCESS;
    NTSTATUS status = timer__begin(timer);
    if (status == STATUS_SUCCESS) {
        object_ref(&timer->named.dispatcher.object, OBJ_REF_OPERATION);
        alarm_arm(&timer->alarm, next);
    }
    return status;
}

/* The thread has ended, so no routine will run. Its reference is the caller's to end, without
 * timer_lock. */
static struct thread *timer__drop_routine(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    struct thread *thread = timer->thread;

    timer->thread = NULL;
    timer->routine = NULL;
    return thread;
}

static void timer__ring(struct alarm *alarm)
{
    struct timer *timer = CONTAINER_OF(alarm, struct timer, alarm);
    struct dispatcher *dispatcher = &timer->named.dispatcher;
    struct wait_chain satisfied = {NULL, NULL};
    struct thread *thread = NULL;

    lock_take(&timer_lock);
    if (alarm_is_current(alarm)) {
        dispatcher_hold(dispatcher);
        timer__advance(timer);
        bool fired = timer->fired;
        timer->fired = false;
        dispatcher_leave(dispatcher, &satisfied);
        if (fired && timer->routine && !timer__queue(timer))
            thread = timer__drop_routine(timer);
        timer__arm_if_needed(timer); /* cannot fail: it is attended */
        timer__end_if_idle(timer);
    }
    lock_drop(&timer_lock);
    wait_chain_wake(&satisfied);
    if (thread)
        object_unref(&thread->dispatcher.object, OBJ_REF_OPERATION);
    object_unref(&dispatcher->object, OBJ_REF_OPERATION);
}

static NTSTATUS timer__arm_routine(struct timer *timer, timer_routine routine, void *argument)
{
    lock_assert_held(&timer_lock);
    struct thread *thread = thread_current();
    NTSTATUS status = thread ? timer__begin(timer) : STATUS_NO_MEMORY;

    if (status)
        return status;
    object_ref(&thread->dispatcher.object, OBJ_REF_OPERATION);
    timer->thread = thread;
    timer->routine = routine;
    timer->argument = argument;
    return STATUS_SUCCESS;
}

/* A notice hangs on the timer. One that is filed while the timer is being set may come too late for
 * timer_set to see it, but then it waits here for timer_lock. */
static NTSTATUS timer__attend(struct dispatcher *dispatcher)
{
    struct timer *timer = timer__of(dispatcher);

    lock_take(&timer_lock);
    NTSTATUS status = timer__arm_if_needed(timer);
    lock_drop(&timer_lock);
    return status;
}

/* References that fall free under timer_lock, and end without it. */
struct timer_refs {
    unsigned timer;
    struct thread *thread;
};

/* Takes alarm, routine and APC back. */
static struct timer_refs timer__disarm(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    bool removed = timer->queued && apc_remove(timer->thread, &timer->apc);
    bool stopped = alarm_stop(&timer->alarm);

    if (removed)
        timer->queued = false;
    return (struct timer_refs){.timer = removed + stopped, .thread = timer__drop_routine(timer)};
}

static void timer__release(struct timer *timer, struct timer_refs refs)
{
    while (refs.timer--)
        object_unref(&timer->named.dispatcher.object, OBJ_REF_OPERATION);
    if (refs.thread)
        object_unref(&refs.thread->dispatcher.object, OBJ_REF_OPERATION);
}

/* ---- setting ---- */

int64_t timer_deadline(int64_t due)
{
    int64_t now = clock_now();
    int64_t units = due >= 0 ? due - filetime_now() : due == INT64_MIN ? INT64_MAX : -due;

    if (units < 0)
        units = 0;
    if (units > (CLOCK_FOREVER - 1 - now) / FILETIME_NANOSECONDS)
        return CLOCK_FOREVER - 1;
    return now + units * FILETIME_NANOSECONDS;
}

/* Sets when the timer is due and tells who sleeps on it. */
static void timer__run_until(struct timer *timer, int64_t due, int64_t period, bool reset,
                             struct wait_chain *satisfied)
{
    struct dispatcher *dispatcher = &timer->named.dispatcher;

    dispatcher_hold(dispatcher);
    timer__advance(timer);
    timer->fired = false;
    if (reset)
        atomic_fetch_and_explicit(&dispatcher->signal, ~DISPATCHER_SIGNALLED, memory_order_acq_rel);
    timer->due = due;
    timer->period = period;
    dispatcher_recheck(dispatcher);
    dispatcher_leave(dispatcher, satisfied);
}

/* Its last handle was closed by a call that came in between: nobody will cancel it any more. Read
 * under timer_lock after arming: a handle that goes later is followed by a timer__close. */
static bool timer__is_abandoned(struct timer *timer)
{
    lock_assert_held(&timer_lock);
    return atomic_load_explicit(&timer->named.dispatcher.object.handles, memory_order_acquire) == 0;
}

NTSTATUS timer_set(struct dispatcher *dispatcher, int64_t due, uint32_t period,
                   timer_routine routine, void *argument)
{
    struct timer *timer = timer__of(dispatcher);
    int64_t deadline = timer_deadline(due);
    struct wait_chain satisfied = {NULL, NULL};
    struct timer_refs late = {0, NULL};
    NTSTATUS status = STATUS_SUCCESS;

    shield_raise();
    lock_take(&timer_lock);
    struct timer_refs refs = timer__disarm(timer);
    timer__run_until(timer, CLOCK_FOREVER, 0, true, &satisfied);
    if (routine)
        status = timer__arm_routine(timer, routine, argument);
    if (status == STATUS_SUCCESS) {
        timer__run_until(timer, deadline, period * NANOSECONDS_PER_MILLISECOND, true, &satisfied);
        status = timer__arm_if_needed(timer);
        if (timer__is_abandoned(timer))
            late = timer__disarm(timer);
    }
    timer__end_if_idle(timer);
    lock_drop(&timer_lock);
    wait_chain_wake(&satisfied);
    shield_lower();
    timer__release(timer, refs);
    timer__release(timer, late);
    return status;
}

void timer_cancel(struct dispatcher *dispatcher)
{
    struct timer *timer = timer__of(dispatcher);
    struct wait_chain satisfied = {NULL, NULL};

    shield_raise();
    lock_take(&timer_lock);
    struct timer_refs refs = timer__disarm(timer);
    timer__run_until(timer, CLOCK_FOREVER, 0, false, &satisfied);
    timer__end_if_idle(timer);
    lock_drop(&timer_lock);
    wait_chain_wake(&satisfied);
    shield_lower();
    timer__release(timer, refs);
}

static void timer__close(struct object *object)
{
    name_close(object);
    /* Opened by name again in the meantime: it goes on. */
    if (atomic_load_explicit(&object->handles, memory_order_acquire) == 0)
        timer_cancel(CONTAINER_OF(object, struct dispatcher, object));
}

/* Nothing is armed: that would hold a reference. */
static void timer__destroy(struct object *object)
{
    slab_free(&timer_slab, timer__of(CONTAINER_OF(object, struct dispatcher, object)));
}

static const struct dispatcher_ops timer_waitable = {
    .signalled = timer__signalled, .take = timer__take, .due = timer__due, .attend = timer__attend};

const struct object_ops timer_ops = {
    .kind = "timer", .waitable = &timer_waitable, .close = timer__close, .destroy = timer__destroy};

struct dispatcher *timer_new(bool manual)
{
    struct timer *timer = slab_alloc(&timer_slab);

    if (!timer)
        return NULL;
    timer->named.name = NULL;
    timer->due = CLOCK_FOREVER;
    timer->period = 0;
    timer->fired = timer->queued = false;
    timer->alarm = (struct alarm){.ring = timer__ring};
    timer->attended = false;
    timer->routine = NULL;
    timer->thread = NULL;
    timer->apc.run = timer__apc_run;
    timer->apc.drop = timer__apc_drop;
    dispatcher_init(&timer->named.dispatcher, &timer_ops, OBJ_REF_CALL, 0);
    timer->named.dispatcher.spare = manual;
    return &timer->named.dispatcher;
}
