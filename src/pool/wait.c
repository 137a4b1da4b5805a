/* SPDX-License-Identifier: MIT
 *
 * Waits: a callback when an object is signalled or a time has passed, without a thread that waits:
 * a notice (wait/notice.h) hangs on the object, and an alarm is set for the time.
 *
 * A wait hangs from pool_wait_set until its notice is satisfied, its alarm rings, or it is stopped,
 * and holds a reference meanwhile, which becomes the callback's. notice_end decides between signal
 * and alarm. A satisfied notice has taken the object, so its callback always comes: who finds the
 * notice satisfied but not yet here waits for it (wait__await); that thread is shielded and waits
 * for nobody. The notice gives no reference back that could be the last.
 *
 * The target's reference lasts until the callback begins, the wait is set anew, or is stopped.
 *
 * Locks: the object's, then those of the target (notice_begin) and of alarms.
 */
#include "base/alarm.h"
#include "pool/pool_internal.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/futex.h"
#include "wait/notice.h"

#include <stdlib.h>

struct pool_wait {
    struct pool_object object;
    PTP_WAIT_CALLBACK callback;
    WAITORTIMERCALLBACKFUNC function; /* instead: a registered wait */
    uint32_t milliseconds;            /* of a registered wait, each time */
    bool repeats;
    struct dispatcher *target; /* referenced; the rest: the object's lock */
    bool hangs;
    uint32_t timeouts;     /* of the callbacks due, those that timed out */
    _Atomic uint32_t runs; /* of the notice: what wait__await sleeps on */
    struct alarm alarm;
    struct notice notice;
};

static struct pool_wait *wait__of(struct pool_object *object)
{
    return CONTAINER_OF(object, struct pool_wait, object);
}

static void wait__stop_alarm(struct pool_wait *wait)
{
    if (alarm_stop(&wait->alarm))
        pool__object_unref_early(&wait->object);
}

/* One more callback is due; as pool__add. */
static bool wait__add(struct pool_wait *wait, bool timed_out)
{
    lock_assert_held(&wait->object.lock);
    if (!wait->object.pending)
        wait->timeouts = 0; /* what there was may have been dropped */
    wait->timeouts += timed_out;
    return pool__add(&wait->object);
}

static void wait__satisfied(struct notice *notice)
{
    struct pool_wait *wait = CONTAINER_OF(notice, struct pool_wait, notice);
    _Atomic uint32_t *runs = &wait->runs;

    lock_take(&wait->object.lock);
    wait__stop_alarm(wait);
    wait->hangs = false;
    atomic_fetch_add_explicit(runs, 1, memory_order_release);
    bool queue = wait__add(wait, false);
    lock_drop(&wait->object.lock);
    if (queue)
        pool__queue(&wait->object);
    /* The object may be gone; only the address is named. */
    futex_wake(runs, INT32_MAX);
}

/* Lets the notice come that was satisfied: until then nobody can hang the wait anew. */
static void wait__await(struct pool_wait *wait)
{
    uint32_t runs = atomic_load_explicit(&wait->runs, memory_order_relaxed);

    lock_assert_held(&wait->object.lock);
    lock_drop(&wait->object.lock);
    futex_wait(&wait->runs, runs, CLOCK_FOREVER);
    lock_take(&wait->object.lock);
}

static void wait__ring(struct alarm *alarm)
{
    struct pool_wait *wait = CONTAINER_OF(alarm, struct pool_wait, alarm);
    struct pool_object *object = &wait->object;

    lock_take(&object->lock);
    bool queue = false;
    if (alarm_is_current(alarm) && wait->hangs && notice_end(&wait->notice)) {
        wait->hangs = false;
        queue = wait__add(wait, true);
    }
    lock_drop(&object->lock);
    if (queue) {
        pool__queue(object);
        pool__grow(object->pool);
    }
    pool__object_unref(object);
}

/* Hangs the wait on its target. */
static NTSTATUS wait__hang(struct pool_wait *wait, int64_t deadline)
{
    struct pool_object *object = &wait->object;

    lock_assert_held(&object->lock);
    wait->hangs = true;
    pool__object_ref(object);
    NTSTATUS status = notice_begin(&wait->notice, wait->target, wait__satisfied);
    if (status == STATUS_PENDING) {
        if (deadline != CLOCK_FOREVER) {
            pool__object_ref(object);
            alarm_arm(&wait->alarm, deadline);
        }
        return status;
    }
    wait->hangs = false;
    if (status != STATUS_SUCCESS)
        pool__object_unref_early(object);
    return status;
}

/* Ends what hangs; true if something did. While a satisfied notice is awaited another thread may
 * come first, and hang the wait anew: that is ended too. (Awaiting it instead was to wait until it
 * is signalled, and if it was not, for ever.) */
static bool wait__unhang(struct pool_wait *wait)
{
    bool ended = false;

    lock_assert_held(&wait->object.lock);
    while (wait->hangs) {
        if (!notice_end(&wait->notice)) {
            wait__await(wait);
            continue;
        }
        ended = true;
        wait->hangs = false;
        wait__stop_alarm(wait);
        pool__object_unref_early(&wait->object);
    }
    return ended;
}

static void wait__stop(struct pool_object *object)
{
    struct pool_wait *wait = wait__of(object);

    wait->repeats = false;
    wait__unhang(wait);
}

/* A callback begins. A registered wait hangs again before it runs: its object may be signalled
 * again meanwhile. */
static void wait__begin(struct pool_object *object, struct pool_call *call)
{
    struct pool_wait *wait = wait__of(object);

    lock_assert_held(&object->lock);
    /* Of several that are due the signalled ones come first. */
    call->timed_out = wait->timeouts > object->pending;
    if (call->timed_out)
        wait->timeouts--;
    if (wait->hangs)
        return;
    if (wait->repeats) {
        if (wait__hang(wait, clock_deadline(wait->milliseconds)) == STATUS_SUCCESS) {
            /* The caller, who holds a reference, sees that more is due. */
            if (!object->pending)
                wait->timeouts = 0;
            object->pending++;
            pool__object_unref_early(object);
        }
    } else if (wait->target && !object->pending) {
        call->target = &wait->target->object;
        wait->target = NULL;
    }
}

static void wait__run(struct pool_object *object, PTP_CALLBACK_INSTANCE instance,
                      const struct pool_call *call)
{
    struct pool_wait *wait = wait__of(object);

    if (wait->function)
        wait->function(object->context, call->timed_out);
    else
        wait->callback(instance, object->context, (PTP_WAIT)object,
                       call->timed_out ? (DWORD)STATUS_TIMEOUT : STATUS_WAIT_0);
}

static void wait__free(struct pool_object *object)
{
    struct pool_wait *wait = wait__of(object);

    if (wait->target)
        object_unref(&wait->target->object, OBJ_REF_WAIT);
    free(wait);
    alarm_end();
}

static const struct pool_kind wait_kind = {
    .begin = wait__begin, .stop = wait__stop, .run = wait__run, .free = wait__free};

static struct pool_wait *wait__new(void *context, const struct pool_traits *traits)
{
    struct pool_wait *wait = fault_calloc(1, sizeof *wait);

    if (!wait)
        return NULL;
    if (!alarm_begin())
        goto no_alarms;
    wait->alarm.ring = wait__ring;
    if (pool__init(&wait->object, &wait_kind, traits, context) == STATUS_SUCCESS)
        return wait;
    alarm_end();
no_alarms:
    free(wait);
    return NULL;
}

NTSTATUS pool_wait_create(PTP_WAIT_CALLBACK callback, void *context,
                          const struct pool_traits *traits, struct pool_object **result)
{
    struct pool_wait *wait = wait__new(context, traits);

    if (!wait)
        return STATUS_NO_MEMORY;
    wait->callback = callback;
    *result = &wait->object;
    return STATUS_SUCCESS;
}

NTSTATUS pool_wait_set(struct pool_object *object, struct dispatcher *target, int64_t deadline,
                       bool *was)
{
    struct pool_wait *wait = wait__of(object);
    NTSTATUS status = STATUS_PENDING;
    bool queue = false;

    lock_take(&object->lock);
    *was = wait__unhang(wait);
    struct dispatcher *before = wait->target;
    wait->target = target;
    if (target) {
        object_ref(&target->object, OBJ_REF_WAIT);
        status = wait__hang(wait, deadline);
        queue = status == STATUS_SUCCESS && wait__add(wait, false);
    }
    lock_drop(&object->lock);
    if (before)
        object_unref(&before->object, OBJ_REF_WAIT);
    if (queue) {
        pool__queue(object);
        pool__grow(object->pool);
    }
    if (status == STATUS_OBJECT_TYPE_MISMATCH)
        return STATUS_INVALID_PARAMETER;
    return status < 0 ? status : STATUS_SUCCESS;
}

NTSTATUS pool_register(struct dispatcher *target, WAITORTIMERCALLBACKFUNC function, void *context,
                       uint32_t milliseconds, bool once, const struct pool_traits *traits,
                       void **result)
{
    struct pool_wait *wait = wait__new(context, traits);
    bool was;

    if (!wait)
        return STATUS_NO_MEMORY;
    wait->function = function;
    wait->milliseconds = milliseconds;
    wait->repeats = !once;
    *result = &wait->object;
    NTSTATUS status = pool_wait_set(&wait->object, target, clock_deadline(milliseconds), &was);
    if (status != STATUS_SUCCESS)
        pool_close(&wait->object);
    return status;
}
