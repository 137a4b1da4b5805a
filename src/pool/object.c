/* SPDX-License-Identifier: MIT
 *
 * What all kinds of objects have in common: callbacks that are due, run, and are waited for.
 *
 * An object has one packet. It is queued as soon as a callback is due; the thread that takes it
 * begins one callback and queues the packet again if more are due, so that they run side by side.
 * Nothing is allocated, so nothing that is due can be lost for lack of memory. An I/O object's
 * callbacks come with packets of their own.
 *
 * Windows considered:
 * - Dropped while the packet is in the queue: the packet stays, and finds nothing due.
 * - Waiting for the end: `ends` is read under the lock under which the last callback's end is
 *   found missing, and counts up under it; so the sleeper sees it or is woken. The object may be
 *   gone when its sleepers are woken: of the word only the address is used.
 *
 * Locks: pool_object.lock. Under it: the clock's, timers', dispatcher_lock. It may be taken under
 * a lane's lock (a wait's notice).
 */
#include "pool/pool_internal.h"

#include "base/clock.h"
#include "base/futex.h"
#include "sched/sched.h"

NTSTATUS pool__init(struct pool_object *object, const struct pool_kind *kind,
                    const struct pool_traits *traits, void *context)
{
    struct pool *pool = traits->pool ? traits->pool : pool_default();

    if (!pool)
        return STATUS_NO_MEMORY;
    pool__ref(pool);
    *object = (struct pool_object){.kind = kind,
                                   .pool = pool,
                                   .context = context,
                                   .cancelled = traits->cancelled,
                                   .finalize = traits->finalize,
                                   .flags = traits->flags,
                                   .references = 1,
                                   .packet = {.key = (uintptr_t)object, .owner = PACKET_POOL}};
    if (traits->group)
        pool__join(object, traits->group);
    return STATUS_SUCCESS;
}

void pool__object_unref(struct pool_object *object)
{
    if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1)
        return;
    struct pool *pool = object->pool;
    struct dispatcher *ended = object->ended;
    object->kind->free(object);
    if (ended) {
        dispatcher_set(ended);
        object_unref(&ended->object, OBJ_REF_EVENT);
    }
    pool_release(pool);
}

/* ---- due ---- */

bool pool__add(struct pool_object *object)
{
    lock_assert_held(&object->lock);
    object->pending++;
    if (object->queued) {
        pool__object_unref_early(object);
        return false;
    }
    object->queued = true;
    return true;
}

void pool__queue(struct pool_object *object)
{
    port_insert(object->pool->port, &object->packet, false);
}

void pool__submit(struct pool_object *object)
{
    struct pool *pool = object->pool;

    pool__object_ref(object);
    lock_take(&object->lock);
    bool queue = pool__add(object);
    lock_drop(&object->lock);
    if (!queue)
        return;
    /* The object may have run and be gone before the look for threads. */
    pool__ref(pool);
    pool__queue(object);
    pool__grow(pool);
    pool_release(pool);
}

/* ---- running ---- */

void pool__settle(struct pool_object *object)
{
    _Atomic uint32_t *ends = &object->ends;

    lock_assert_held(&object->lock);
    bool ended = object->pending == 0 && object->running == 0;
    if (ended)
        atomic_fetch_add_explicit(ends, 1, memory_order_relaxed);
    lock_drop(&object->lock);
    if (ended)
        futex_wake(ends, INT32_MAX);
}

static void pool__end(struct pool_object *object)
{
    lock_take(&object->lock);
    object->running--;
    pool__settle(object);
}

static void pool__give_slot(struct pool_instance *instance)
{
    if (!instance->slotless)
        sched_wait_begin();
    instance->slotless = true;
}

static void pool__call(struct pool_object *object, const struct pool_call *call)
{
    struct pool_instance instance = {.object = object, .associated = true};

    if (object->flags & POOL_PERSISTENT)
        pool__stay();
    if (object->flags & POOL_LONG)
        pool__give_slot(&instance);
    object->kind->run(object, pool__instance(&instance), call);
    if (object->finalize)
        object->finalize(pool__instance(&instance), object->context);
    if (instance.slotless)
        sched_wait_end();
    for (unsigned kind = 0; kind < POOL_DEFERRALS; kind++)
        if (instance.deferred[kind].run)
            instance.deferred[kind].run(&instance.deferred[kind]);
    if (object->kind->simple)
        pool__leave(object);
    if (instance.associated)
        pool__end(object);
}

/* An operation's packet: whether a callback goes with it, and a reference. */
static bool pool__begin_packet(struct pool_object *object, bool *referenced)
{
    lock_assert_held(&object->lock);
    *referenced = true;
    if (object->dropped) {
        object->dropped--;
        return false;
    }
    if (!object->pending) {
        *referenced = false; /* nobody said that there would be one (POOL-4) */
        return false;
    }
    object->pending--;
    object->running++;
    return true;
}

/* The object's own packet, whose reference the callback takes over. */
static bool pool__begin(struct pool_object *object, struct pool_call *call, bool *again)
{
    lock_assert_held(&object->lock);
    object->queued = false;
    if (!object->pending)
        return false;
    object->pending--;
    object->running++;
    if (object->kind->begin)
        object->kind->begin(object, call);
    *again = object->pending && !object->queued;
    if (*again) {
        object->queued = true;
        pool__object_ref(object);
    }
    return true;
}

void pool__serve(struct pool_object *object, const struct port_entry *entry)
{
    struct pool_call call = {.overlapped = entry->overlapped,
                             .information = entry->information,
                             .status = entry->status};
    bool referenced = true, again = false;

    if (object->kind == &pool__bound) {
        pool__run_bound(object, entry);
        return;
    }
    lock_take(&object->lock);
    bool begun = object->kind->packets ? pool__begin_packet(object, &referenced)
                                       : pool__begin(object, &call, &again);
    lock_drop(&object->lock);
    if (again) {
        pool__queue(object);
        pool__grow(object->pool);
    }
    if (begun)
        pool__call(object, &call);
    if (call.target)
        object_unref(call.target, OBJ_REF_WAIT);
    if (referenced)
        pool__object_unref(object);
}

/* ---- dropping, waiting, closing ---- */

void pool__drop(struct pool_object *object)
{
    lock_take(&object->lock);
    if (object->kind->packets)
        object->dropped += object->pending;
    object->pending = 0;
    pool__settle(object);
}

void pool_wait(struct pool_object *object, bool cancel)
{
    pool__object_ref(object);
    if (cancel)
        pool__drop(object);
    for (;;) {
        lock_take(&object->lock);
        bool ended = object->pending == 0 && object->running == 0;
        uint32_t ends = atomic_load_explicit(&object->ends, memory_order_relaxed);
        lock_drop(&object->lock);
        if (ended)
            break;
        sched_wait_begin();
        futex_wait(&object->ends, ends, CLOCK_FOREVER);
        sched_wait_end();
    }
    pool__object_unref(object);
}

void pool_close(struct pool_object *object)
{
    pool__leave(object);
    lock_take(&object->lock);
    if (object->kind->stop)
        object->kind->stop(object);
    lock_drop(&object->lock);
    pool__object_unref(object);
}

NTSTATUS pool_end(struct pool_object *object, struct dispatcher *event, bool wait)
{
    lock_take(&object->lock);
    if (object->kind->stop)
        object->kind->stop(object);
    object->ended = event;
    lock_drop(&object->lock);
    pool__drop(object);
    if (wait)
        pool_wait(object, true);
    lock_take(&object->lock);
    bool running = object->running != 0;
    lock_drop(&object->lock);
    pool__object_unref(object);
    return running ? STATUS_PENDING : STATUS_SUCCESS;
}

/* ---- inside a callback ---- */

struct pool_deferred pool_defer(struct pool_instance *instance, enum pool_deferral kind,
                                struct pool_deferred deferred)
{
    struct pool_deferred before = instance->deferred[kind];

    instance->deferred[kind] = deferred;
    return before;
}

bool pool_may_run_long(struct pool_instance *instance)
{
    struct pool *pool = instance->object->pool;
    struct port_state state;

    port_query(pool->port, &state);
    lock_take(&pool->lock);
    bool others = pool->threads < pool->maximum;
    lock_drop(&pool->lock);
    if (!others && !state.waiting)
        return false;
    pool__give_slot(instance);
    return true;
}

void pool_disassociate(struct pool_instance *instance)
{
    if (!instance->associated)
        return;
    instance->associated = false;
    if (instance->object->kind->simple)
        pool__leave(instance->object);
    pool__end(instance->object);
}
