/* SPDX-License-Identifier: MIT
 *
 * Semaphores: the count in the signal word, the limit in `spare`.
 *
 * Locks: dispatcher_lock, through wait/waiters.h.
 */
#include "status/codes.h"
#include "wait/semaphore.h"

#include "wait/name.h"
#include "wait/waiters.h"

static uint32_t semaphore__count(struct dispatcher *semaphore)
{
    return atomic_load_explicit(&semaphore->signal, memory_order_acquire) & ~DISPATCHER_WAITED;
}

static bool semaphore__signalled(struct dispatcher *semaphore, uint32_t thread)
{
    (void)thread;
    return semaphore__count(semaphore) != 0;
}

static bool semaphore__take(struct dispatcher *semaphore, uint32_t thread)
{
    (void)thread;
    atomic_fetch_sub_explicit(&semaphore->signal, 1, memory_order_acq_rel);
    return false;
}

static bool semaphore__grab(struct dispatcher *semaphore)
{
    uint32_t signal = atomic_load_explicit(&semaphore->signal, memory_order_relaxed);

    while (signal != 0 && !(signal & DISPATCHER_WAITED))
        if (atomic_compare_exchange_weak_explicit(&semaphore->signal, &signal, signal - 1,
                                                  memory_order_acq_rel, memory_order_relaxed))
            return true;
    return false;
}

static const struct dispatcher_ops semaphore_waitable = {
    .signalled = semaphore__signalled, .take = semaphore__take, .grab = semaphore__grab};

const struct object_ops semaphore_ops = {.kind = "semaphore",
                                         .waitable = &semaphore_waitable,
                                         .close = name_close,
                                         .destroy = named_destroy};

struct dispatcher *semaphore_new(uint32_t count, uint32_t limit)
{
    struct named *semaphore = named_alloc(sizeof *semaphore);

    if (!semaphore)
        return NULL;
    dispatcher_init(&semaphore->dispatcher, &semaphore_ops, OBJ_REF_CALL, count);
    semaphore->dispatcher.spare = limit;
    return &semaphore->dispatcher;
}

static NTSTATUS semaphore__release_waited(struct dispatcher *semaphore, uint32_t count,
                                          uint32_t *before)
{
    bool fits;

    dispatcher_hold(semaphore);
    *before = semaphore__count(semaphore);
    fits = count <= semaphore->spare - *before;
    if (fits)
        atomic_fetch_add_explicit(&semaphore->signal, count, memory_order_acq_rel);
    dispatcher_let_go(semaphore);
    return fits ? STATUS_SUCCESS : STATUS_SEMAPHORE_LIMIT_EXCEEDED;
}

NTSTATUS semaphore_release(struct dispatcher *semaphore, uint32_t count, uint32_t *before)
{
    uint32_t signal = atomic_load_explicit(&semaphore->signal, memory_order_relaxed);

    while (!(signal & DISPATCHER_WAITED)) {
        *before = signal;
        if (count > semaphore->spare - signal)
            return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
        if (atomic_compare_exchange_weak_explicit(&semaphore->signal, &signal, signal + count,
                                                  memory_order_acq_rel, memory_order_relaxed))
            return STATUS_SUCCESS;
    }
    return semaphore__release_waited(semaphore, count, before);
}
