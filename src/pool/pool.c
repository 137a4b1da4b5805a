/* SPDX-License-Identifier: MIT
 *
 * Pools and their threads. A thread sits in port_remove; the port decides who runs. There are more
 * threads when a packet waits, the limit allows one more to run, and none is there: whoever submits
 * looks itself, for all other packets the port tells (port_supply). A thread that has waited for
 * POOL_IDLE_MS leaves, unless the minimum keeps it; the kept ones sleep without a timer.
 *
 * The end. With its last reference a pool has no object, hence no packet and no callback but
 * perhaps the one that gave that reference back. Closing the port then sends the threads away, and
 * the last to go frees the memory.
 *
 * A thread that ends inside a callback (ExitThread, pthread_exit) leaves the pool through
 * base/thread_exit.h; its callback counts as running for ever, as on Windows.
 *
 * Locks: pool.lock and pool_default_lock, leaves. Threads are started without them, but perhaps
 * under a suspend_lock (port_supply).
 */
#include "pool/pool_internal.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/thread_exit.h"
#include "wait/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>

/* The calling thread's place in a pool. */
static THREAD_LOCAL struct {
    struct pool *pool;
    bool starting;
    bool stays;
} pool_self;

static struct lock pool_default_lock;
static struct pool *_Atomic pool_of_process;

static void pool__free(struct pool *pool)
{
    object_unref(port_object(pool->port), OBJ_REF_CALL);
    free(pool);
}

static void pool__let_go(struct pool *pool)
{
    if (atomic_fetch_sub_explicit(&pool->holds, 1, memory_order_acq_rel) == 1)
        pool__free(pool);
}

/* ---- threads ---- */

/* One thread less; the lock is held. */
static void pool__count_out(struct pool *pool)
{
    lock_assert_held(&pool->lock);
    pool->threads--;
    if (pool_self.starting)
        pool->starting--;
    pool_self.starting = false;
    pool_self.pool = NULL;
}

/* Ended inside a callback. */
static void pool__thread_ends(void)
{
    struct pool *pool = pool_self.pool;

    if (!pool)
        return;
    lock_take(&pool->lock);
    pool__count_out(pool);
    lock_drop(&pool->lock);
    pool__grow(pool);
    pool__let_go(pool);
}

static bool pool__may_idle_out(struct pool *pool)
{
    lock_assert_held(&pool->lock);
    return !pool_self.stays && pool->threads > pool->minimum;
}

/* When the calling thread shall give up waiting. */
static int64_t pool__patience(struct pool *pool)
{
    lock_take(&pool->lock);
    bool may_leave = pool__may_idle_out(pool);
    lock_drop(&pool->lock);
    return may_leave ? clock_now() + POOL_IDLE_MS * NANOSECONDS_PER_MILLISECOND : CLOCK_FOREVER;
}

/* The calling thread has come back from the port; true if it has to go. */
static bool pool__returned(struct pool *pool, NTSTATUS status)
{
    bool started, leaves;

    lock_take(&pool->lock);
    started = pool_self.starting;
    pool_self.starting = false;
    if (started)
        pool->starting--;
    leaves = status == STATUS_ABANDONED || (status == STATUS_TIMEOUT && pool__may_idle_out(pool));
    if (leaves)
        pool__count_out(pool);
    lock_drop(&pool->lock);
    /* Who looked in the meantime thought that this thread would be there. */
    if (started || leaves)
        pool__grow(pool);
    return leaves;
}

/* More threads than the new maximum allows: this one may be it. */
static bool pool__is_surplus(struct pool *pool)
{
    lock_take(&pool->lock);
    bool surplus = pool->threads > pool->maximum;
    if (surplus)
        pool__count_out(pool);
    lock_drop(&pool->lock);
    return surplus;
}

/* The pool's signal mask, whoever started the thread; what the thread itself has unblocked (the
 * signal that suspends it) stays so. */
static void pool__set_mask(const struct pool *pool)
{
    sigset_t current, both;

    pthread_sigmask(SIG_SETMASK, NULL, &current);
    sigandset(&both, &current, &pool->mask);
    pthread_sigmask(SIG_SETMASK, &both, NULL);
}

static uint32_t pool__thread(void *argument)
{
    struct pool *pool = argument;
    struct port_entry entry;

    pool_self.pool = pool;
    pool_self.starting = true;
    thread_exit_register(THREAD_EXIT_POOL, pool__thread_ends);
    pool__set_mask(pool);
    prctl(PR_SET_NAME, "iocp-pool");
    for (;;) {
        NTSTATUS status = port_remove_one(pool->port, &entry, pool__patience(pool));
        if (pool__returned(pool, status))
            break;
        if (status == STATUS_SUCCESS)
            pool__serve((struct pool_object *)entry.key, &entry);
        if (pool__is_surplus(pool))
            break;
    }
    pool__let_go(pool);
    return 0;
}

/* Starts a thread that was counted already. */
static bool pool__start(struct pool *pool)
{
    struct thread *thread;
    NTSTATUS status = thread_create(pool__thread, pool, &thread);

    atomic_fetch_add_explicit(&pool->holds, 1, memory_order_relaxed);
    if (status == STATUS_SUCCESS) {
        status = thread_start(thread, false, pool->stack.StackReserve);
        object_unref(&thread->dispatcher.object, OBJ_REF_CALL);
    }
    if (status == STATUS_SUCCESS)
        return true;
    lock_take(&pool->lock);
    pool->threads--;
    pool->starting--;
    lock_drop(&pool->lock);
    pool__let_go(pool);
    return false;
}

/* Counts one more if `wanted` and the maximum allow. */
static bool pool__count_in(struct pool *pool, uint32_t wanted, uint32_t least)
{
    lock_take(&pool->lock);
    bool more = !pool->closing && pool->threads < pool->maximum &&
                (wanted > pool->starting || pool->threads < least);
    if (more) {
        pool->threads++;
        pool->starting++;
    }
    lock_drop(&pool->lock);
    return more;
}

void pool__grow(struct pool *pool)
{
    while (pool__count_in(pool, port_wanted(pool->port), 0))
        if (!pool__start(pool))
            break;
}

static void pool__supply(struct port_supply *supply)
{
    pool__grow(CONTAINER_OF(supply, struct pool, supply));
}

void pool__stay(void)
{
    pool_self.stays = true;
}

/* ---- the pool itself ---- */

static void pool__no_release(struct packet *packet)
{
    (void)packet; /* the object's, which is told when the packet is served */
}

struct pool *pool_create(void)
{
    struct pool *pool = fault_calloc(1, sizeof *pool);

    if (!pool)
        return NULL;
    pool->port = port_create(0);
    if (!pool->port) {
        free(pool);
        return NULL;
    }
    port_set_packet_release(PACKET_POOL, pool__no_release);
    pthread_sigmask(SIG_SETMASK, NULL, &pool->mask);
    atomic_store_explicit(&pool->references, 1, memory_order_relaxed);
    atomic_store_explicit(&pool->holds, 1, memory_order_relaxed);
    pool->maximum = POOL_THREADS_MAXIMUM;
    pool->supply.grow = pool__supply;
    if (port_set_supply(pool->port, &pool->supply))
        return pool;
    pool__free(pool);
    return NULL;
}

struct pool *pool_default(void)
{
    struct pool *pool = atomic_load_explicit(&pool_of_process, memory_order_acquire);

    if (LIKELY(pool != NULL))
        return pool;
    struct pool *made = pool_create();
    if (!made)
        return NULL;
    lock_take(&pool_default_lock);
    pool = atomic_load_explicit(&pool_of_process, memory_order_relaxed);
    if (!pool)
        atomic_store_explicit(&pool_of_process, made, memory_order_release);
    lock_drop(&pool_default_lock);
    if (!pool)
        return made;
    pool_release(made);
    return pool;
}

void pool__ref(struct pool *pool)
{
    atomic_fetch_add_explicit(&pool->references, 1, memory_order_relaxed);
}

void pool_release(struct pool *pool)
{
    if (atomic_fetch_sub_explicit(&pool->references, 1, memory_order_acq_rel) != 1)
        return;
    lock_take(&pool->lock);
    pool->closing = true;
    lock_drop(&pool->lock);
    port_set_supply(pool->port, NULL);
    port_ops.close(port_object(pool->port));
    pool__let_go(pool);
}

void pool_set_maximum(struct pool *pool, uint32_t threads)
{
    lock_take(&pool->lock);
    pool->maximum = threads ? threads : 1;
    if (pool->minimum > pool->maximum)
        pool->minimum = pool->maximum;
    bool stir = pool->threads > pool->maximum;
    lock_drop(&pool->lock);
    if (stir)
        port_stir(pool->port);
    else
        pool__grow(pool);
}

/* A thread on its way into the port may miss that it need not stay, until it has served once. */
NTSTATUS pool_set_minimum(struct pool *pool, uint32_t threads)
{
    lock_take(&pool->lock);
    bool stir = threads < pool->minimum;
    pool->minimum = threads;
    if (pool->maximum < threads)
        pool->maximum = threads;
    lock_drop(&pool->lock);
    if (stir)
        port_stir(pool->port);
    while (pool__count_in(pool, 0, threads))
        if (!pool__start(pool))
            return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

void pool_set_stack(struct pool *pool, const TP_POOL_STACK_INFORMATION *stack)
{
    lock_take(&pool->lock);
    pool->stack = *stack;
    lock_drop(&pool->lock);
}

void pool_get_stack(struct pool *pool, TP_POOL_STACK_INFORMATION *stack)
{
    lock_take(&pool->lock);
    *stack = pool->stack;
    lock_drop(&pool->lock);
}

uint32_t pool_threads(struct pool *pool)
{
    lock_take(&pool->lock);
    uint32_t threads = pool->threads;
    lock_drop(&pool->lock);
    return threads;
}
