/* SPDX-License-Identifier: MIT
 *
 * Mutexes. The signal word holds the owner's number, zero when free, and a bit that tells that the
 * last owner ended without releasing.
 *
 * The list of the mutexes that a thread owns is touched by that thread alone: who hands a mutex to
 * a sleeping thread leaves the list to it (`entered`). An owned mutex is referenced by its owner,
 * so that the list holds although every handle may have been closed.
 *
 * Locks: dispatcher_lock, through wait/waiters.h.
 */
#include "status/codes.h"
#include "wait/mutex.h"

#include "base/list.h"
#include "sched/sched.h"
#include "wait/name.h"
#include "wait/thread.h"
#include "wait/waiters.h"

#define MUTEX_ABANDONED 0x40000000u
#define MUTEX_OWNER 0x3fffffffu

struct mutex {
    struct named named;
    uint32_t depth;    /* the owner's; how often it has it */
    struct list owned; /* the owner's */
};

static THREAD_LOCAL struct list mutex_owned;

static struct mutex *mutex__of(struct dispatcher *dispatcher)
{
    return CONTAINER_OF(dispatcher, struct mutex, named.dispatcher);
}

static uint32_t mutex__owner(const struct dispatcher *dispatcher)
{
    return atomic_load_explicit(&dispatcher->signal, memory_order_acquire) & MUTEX_OWNER;
}

static bool mutex__signalled(struct dispatcher *dispatcher, uint32_t thread)
{
    uint32_t owner = mutex__owner(dispatcher);
    return owner == 0 || owner == thread;
}

static bool mutex__take(struct dispatcher *dispatcher, uint32_t thread)
{
    if (mutex__owner(dispatcher) == thread) {
        mutex__of(dispatcher)->depth++;
        return false;
    }
    mutex__of(dispatcher)->depth = 1;
    uint32_t before = atomic_exchange_explicit(&dispatcher->signal, DISPATCHER_WAITED | thread,
                                               memory_order_acq_rel);
    return before & MUTEX_ABANDONED;
}

static bool mutex__grab(struct dispatcher *dispatcher)
{
    uint32_t thread = sched_thread_number();
    uint32_t free = 0;

    if (atomic_compare_exchange_strong_explicit(&dispatcher->signal, &free, thread,
                                                memory_order_acquire, memory_order_relaxed)) {
        mutex__of(dispatcher)->depth = 1;
        return true;
    }
    if ((free & MUTEX_OWNER) != thread)
        return false;
    mutex__of(dispatcher)->depth++;
    return true;
}

static void mutex__entered(struct dispatcher *dispatcher)
{
    struct mutex *mutex = mutex__of(dispatcher);

    if (list_linked(&mutex->owned))
        return;
    if (!mutex_owned.next)
        list_init(&mutex_owned);
    thread_leave_register();
    object_ref(&dispatcher->object, OBJ_REF_THREAD);
    list_push_back(&mutex_owned, &mutex->owned);
}

/* The owner lets go: `left` is what the word says of it from now on. */
static void mutex__give(struct mutex *mutex, uint32_t left)
{
    struct dispatcher *dispatcher = &mutex->named.dispatcher;
    uint32_t held = sched_thread_number();

    list_remove(&mutex->owned);
    if (!atomic_compare_exchange_strong_explicit(&dispatcher->signal, &held, left,
                                                 memory_order_release, memory_order_relaxed)) {
        dispatcher_hold(dispatcher);
        atomic_store_explicit(&dispatcher->signal, DISPATCHER_WAITED | left, memory_order_release);
        dispatcher_let_go(dispatcher);
    }
    object_unref(&dispatcher->object, OBJ_REF_THREAD);
}

uint32_t mutex_depth(struct dispatcher *dispatcher)
{
    return mutex__owner(dispatcher) == sched_thread_number() ? mutex__of(dispatcher)->depth : 0;
}

NTSTATUS mutex_release(struct dispatcher *dispatcher)
{
    struct mutex *mutex = mutex__of(dispatcher);

    if (mutex__owner(dispatcher) != sched_thread_number())
        return STATUS_MUTANT_NOT_OWNED;
    if (--mutex->depth == 0)
        mutex__give(mutex, 0);
    return STATUS_SUCCESS;
}

void mutex_abandon_all(void)
{
    while (mutex_owned.next && !list_empty(&mutex_owned))
        mutex__give(LIST_ELEMENT(mutex_owned.next, struct mutex, owned), MUTEX_ABANDONED);
}

static const struct dispatcher_ops mutex_waitable = {.signalled = mutex__signalled,
                                                     .take = mutex__take,
                                                     .grab = mutex__grab,
                                                     .entered = mutex__entered};

const struct object_ops mutex_ops = {
    .kind = "mutex", .waitable = &mutex_waitable, .close = name_close, .destroy = named_destroy};

struct dispatcher *mutex_new(bool owned)
{
    struct mutex *mutex = named_alloc(sizeof *mutex);

    if (!mutex)
        return NULL;
    mutex->depth = owned;
    mutex->owned.next = mutex->owned.previous = NULL;
    dispatcher_init(&mutex->named.dispatcher, &mutex_ops, OBJ_REF_CALL,
                    owned ? sched_thread_number() : 0);
    if (owned)
        mutex__entered(&mutex->named.dispatcher);
    return &mutex->named.dispatcher;
}
