/* SPDX-License-Identifier: MIT
 *
 * The APC queue of a thread. Owns the five APC fields of struct thread.
 *
 * Locks: the thread's apc_lock. A `wake` function is called under it and may take dispatcher_lock
 * or a port's lock; nobody takes an apc_lock while holding one of those.
 */
#include "status/codes.h"
#include "wait/apc.h"
#include "wait/thread.h"

bool apc_queue(struct thread *thread, struct apc *apc)
{
    lock_take(&thread->apc_lock);
    bool accepted = !thread->apc_closed;
    if (accepted) {
        apc->next = NULL;
        if (thread->apc_last)
            thread->apc_last->next = apc;
        else
            atomic_store_explicit(&thread->apc_first, apc, memory_order_relaxed);
        thread->apc_last = apc;
        if (thread->wake)
            thread->wake(thread->wake_context);
    }
    lock_drop(&thread->apc_lock);
    return accepted;
}

bool apc_remove(struct thread *thread, struct apc *apc)
{
    struct apc *previous = NULL;

    lock_take(&thread->apc_lock);
    struct apc *candidate = atomic_load_explicit(&thread->apc_first, memory_order_relaxed);
    while (candidate && candidate != apc) {
        previous = candidate;
        candidate = candidate->next;
    }
    if (candidate) {
        if (previous)
            previous->next = apc->next;
        else
            atomic_store_explicit(&thread->apc_first, apc->next, memory_order_relaxed);
        if (thread->apc_last == apc)
            thread->apc_last = previous;
    }
    lock_drop(&thread->apc_lock);
    return candidate != NULL;
}

/* The oldest APC, taken off the queue, or NULL. */
static struct apc *apc__pop(struct thread *thread)
{
    if (!atomic_load_explicit(&thread->apc_first, memory_order_relaxed))
        return NULL;
    lock_take(&thread->apc_lock);
    struct apc *apc = atomic_load_explicit(&thread->apc_first, memory_order_relaxed);
    if (apc) {
        atomic_store_explicit(&thread->apc_first, apc->next, memory_order_relaxed);
        if (!apc->next)
            thread->apc_last = NULL;
    }
    lock_drop(&thread->apc_lock);
    return apc;
}

bool apc_run(void)
{
    struct thread *thread = thread_known();
    struct apc *apc;
    bool any = false;

    /* One at a time: a routine that waits alertably runs the rest itself (APC-5), and what it
     * queues comes after what was there. */
    while (thread && (apc = apc__pop(thread)) != NULL) {
        apc->run(apc);
        any = true;
    }
    return any;
}

bool apc_pending(void)
{
    struct thread *thread = thread_known();
    return thread && atomic_load_explicit(&thread->apc_first, memory_order_acquire) != NULL;
}

void apc_set_wake(void (*wake)(void *context), void *context)
{
    struct thread *thread = thread_current();

    /* Without memory for an object nobody can have queued anything, and nobody can. */
    if (!thread)
        return;
    lock_take(&thread->apc_lock);
    thread->wake = wake;
    thread->wake_context = context;
    lock_drop(&thread->apc_lock);
}

void apc_close(struct thread *thread)
{
    lock_take(&thread->apc_lock);
    struct apc *apc = atomic_load_explicit(&thread->apc_first, memory_order_relaxed);
    atomic_store_explicit(&thread->apc_first, NULL, memory_order_relaxed);
    thread->apc_last = NULL;
    thread->apc_closed = true;
    thread->wake = NULL;
    lock_drop(&thread->apc_lock);
    while (apc) {
        struct apc *next = apc->next;
        apc->drop(apc);
        apc = next;
    }
}
