/* SPDX-License-Identifier: MIT
 *
 * The pool: requests in a queue, threads that block in them. It grows while something is queued
 * and no thread is free, up to POOL_THREADS_MOST; a thread that has had nothing to do for
 * POOL_PATIENCE ends, so an idle process has none. The thread that was free last is woken first:
 * the others get the time to end.
 *
 * pool_lock, a leaf, guards everything here and the queue's links in the requests.
 */
#include "engine/pool.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/own_thread.h"

#include <sys/prctl.h>

#define POOL_PATIENCE (2 * NANOSECONDS_PER_SECOND)

/* A thread with nothing to do; on its own stack. */
struct pool_idle {
    struct pool_idle *next;
    _Atomic uint32_t word; /* 1: look at the queue */
};

static struct lock pool_lock;
static struct engine_disk_request *pool_first, *pool_last;
static struct pool_idle *pool_idle;
static unsigned pool_threads;

static struct engine_disk_request *pool__pop(void)
{
    struct engine_disk_request *request = pool_first;

    lock_assert_held(&pool_lock);
    if (!request)
        return NULL;
    pool_first = request->next;
    if (!pool_first)
        pool_last = NULL;
    request->queued = false;
    return request;
}

static void pool__forget_idle(const struct pool_idle *self)
{
    struct pool_idle **place = &pool_idle;

    lock_assert_held(&pool_lock);
    while (*place && *place != self)
        place = &(*place)->next;
    if (*place)
        *place = self->next;
}

/* Sleeps until called; false if patience ran out first. Takes and drops the lock on its way. */
static bool pool__rest(void)
{
    struct pool_idle self = {.next = pool_idle};
    int64_t deadline = clock_now() + POOL_PATIENCE;

    lock_assert_held(&pool_lock);
    pool_idle = &self;
    lock_drop(&pool_lock);
    while (atomic_load_explicit(&self.word, memory_order_acquire) == 0)
        if (!futex_wait(&self.word, 0, deadline))
            break;
    lock_take(&pool_lock);
    /* Who calls takes the record off the list first. */
    bool called = atomic_load_explicit(&self.word, memory_order_relaxed) != 0;
    if (!called)
        pool__forget_idle(&self);
    return called;
}

static void *pool__run(void *unused)
{
    bool stay = true;

    prctl(PR_SET_NAME, "iocp-disk");
    lock_take(&pool_lock);
    while (stay) {
        struct engine_disk_request *request = pool__pop();
        if (request) {
            lock_drop(&pool_lock);
            disk_perform(request);
            lock_take(&pool_lock);
        } else {
            stay = pool__rest();
        }
    }
    pool_threads--;
    lock_drop(&pool_lock);
    return unused;
}

/* One more thread shall look at the queue. *idle: one to wake once the lock is dropped. False:
 * there is none, and none can be had. */
static bool pool__call(struct pool_idle **idle)
{
    pthread_t thread;

    lock_assert_held(&pool_lock);
    *idle = pool_idle;
    if (*idle) {
        pool_idle = (*idle)->next;
        return true;
    }
    if (pool_threads < POOL_THREADS_MOST && own_thread_start(&thread, pool__run))
        pool_threads++;
    return pool_threads != 0;
}

void pool_submit(struct engine_disk_request *request)
{
    struct pool_idle *idle = NULL;

    lock_take(&pool_lock);
    bool served = pool__call(&idle);
    if (served) {
        request->next = NULL;
        request->queued = true;
        if (pool_last)
            pool_last->next = request;
        else
            pool_first = request;
        pool_last = request;
    }
    /* Under the lock: the record is on the stack of a thread that needs the lock to go on. */
    if (idle) {
        atomic_store_explicit(&idle->word, 1, memory_order_release);
        futex_wake(&idle->word, 1);
    }
    lock_drop(&pool_lock);
    if (!served)
        disk_perform(request);
}

bool pool_take_back(struct engine_disk_request *request)
{
    struct engine_disk_request *previous = NULL;

    lock_take(&pool_lock);
    bool queued = request->queued;
    if (queued) {
        struct engine_disk_request *at = pool_first;
        while (at != request) {
            previous = at;
            at = at->next;
        }
        if (previous)
            previous->next = request->next;
        else
            pool_first = request->next;
        if (pool_last == request)
            pool_last = previous;
        request->queued = false;
    }
    lock_drop(&pool_lock);
    return queued;
}
