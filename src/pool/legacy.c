/* SPDX-License-Identifier: MIT
 *
 * What there was before pool objects: files bound to a function, and timer queues. Work items are
 * in work.c, registered waits in wait.c.
 *
 * Locks: bound_lock and timers_lock, leaves.
 */
#include "pool/pool_timer.h"

#include "base/clock.h"
#include "base/fault.h"
#include "status/status.h"

#include <stdlib.h>

/* ---- bound files ---- */

/* One for each function, for ever: programs have few, and a file keeps its key for its life. Only
 * the object's kind is used. */
struct pool_bound {
    struct pool_object object;
    pool_bound_callback function;
    struct pool_bound *next;
};

const struct pool_kind pool__bound = {.packets = true};

static struct lock bound_lock;
static struct pool_bound *bound_first;

static struct pool_bound *bound__find(pool_bound_callback function)
{
    struct pool_bound *bound;

    lock_take(&bound_lock);
    for (bound = bound_first; bound && bound->function != function;)
        bound = bound->next;
    if (!bound) {
        bound = fault_calloc(1, sizeof *bound);
        if (bound) {
            bound->object.kind = &pool__bound;
            bound->function = function;
            bound->next = bound_first;
            bound_first = bound;
        }
    }
    lock_drop(&bound_lock);
    return bound;
}

NTSTATUS pool_bind(struct io_file *file, pool_bound_callback function)
{
    struct pool *pool = pool_default();
    struct pool_bound *bound = pool ? bound__find(function) : NULL;

    if (!bound)
        return STATUS_NO_MEMORY;
    return io_file_associate(file, pool->port, (uintptr_t)&bound->object);
}

void pool__run_bound(struct pool_object *object, const struct port_entry *entry)
{
    uint32_t error = status_succeeded(entry->status) ? 0 : status_win32(entry->status);

    CONTAINER_OF(object, struct pool_bound, object)
        ->function(error, (DWORD)entry->information, entry->overlapped);
}

/* ---- timer queues ---- */

struct pool_timers {
    _Atomic uint32_t references; /* the owner's, and one for each timer */
    struct dispatcher *ended;    /* set with the last */
    struct list timers;          /* timers_lock */
};

static struct lock timers_lock;

/* The queue of timers that are given none; never ends. */
static struct pool_timers timers_default = {
    .references = 1, .timers = {&timers_default.timers, &timers_default.timers}};

struct pool_timers *pool_timers_create(void)
{
    struct pool_timers *queue = fault_calloc(1, sizeof *queue);

    if (!queue)
        return NULL;
    list_init(&queue->timers);
    atomic_store_explicit(&queue->references, 1, memory_order_relaxed);
    return queue;
}

void pool__timers_unref(struct pool_timers *queue)
{
    if (atomic_fetch_sub_explicit(&queue->references, 1, memory_order_acq_rel) != 1)
        return;
    if (queue->ended) {
        dispatcher_set(queue->ended);
        object_unref(&queue->ended->object, OBJ_REF_EVENT);
    }
    free(queue);
}

static int64_t timers__deadline(uint32_t milliseconds)
{
    return milliseconds == UINT32_MAX ? CLOCK_FOREVER
                                      : clock_now() + milliseconds * NANOSECONDS_PER_MILLISECOND;
}

NTSTATUS pool_timers_add(struct pool_timers *queue, WAITORTIMERCALLBACKFUNC function, void *context,
                         const struct pool_traits *traits, struct pool_object **result)
{
    struct pool_timer *timer = pool__timer_new(context, traits);

    if (!timer)
        return STATUS_NO_MEMORY;
    timer->function = function;
    timer->queue = queue ? queue : &timers_default;
    atomic_fetch_add_explicit(&timer->queue->references, 1, memory_order_relaxed);
    lock_take(&timers_lock);
    list_push_back(&timer->queue->timers, &timer->member);
    lock_drop(&timers_lock);
    *result = &timer->object;
    return STATUS_SUCCESS;
}

void pool_timers_change(struct pool_object *timer, uint32_t due, uint32_t period)
{
    pool_timer_set(timer, timers__deadline(due), period, 0);
}

void pool__timers_leave(struct pool_timer *timer)
{
    lock_take(&timers_lock);
    if (list_linked(&timer->member))
        list_remove(&timer->member);
    lock_drop(&timers_lock);
}

/* One of the queue's timers, which is the caller's to end from now on. */
static struct pool_timer *timers__take(struct pool_timers *queue)
{
    struct pool_timer *timer = NULL;

    lock_take(&timers_lock);
    if (!list_empty(&queue->timers)) {
        timer = LIST_ELEMENT(queue->timers.next, struct pool_timer, member);
        list_remove(&timer->member);
    }
    lock_drop(&timers_lock);
    return timer;
}

NTSTATUS pool_timers_end(struct pool_timers *queue, struct dispatcher *event, bool wait)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct pool_timer *timer;

    queue->ended = event;
    while ((timer = timers__take(queue)))
        if (pool_end(&timer->object, NULL, wait) != STATUS_SUCCESS)
            status = STATUS_PENDING;
    pool__timers_unref(queue);
    return status;
}
