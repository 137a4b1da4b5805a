/* SPDX-License-Identifier: MIT
 *
 * Waiting for objects, and satisfying who waits. Owns the lists of waiters and dispatcher_lock;
 * what a signal word means belongs to the object's kind (dispatcher_ops).
 *
 * The signal word. While DISPATCHER_WAITED is clear anybody may change the word with a
 * compare-and-swap. Who holds dispatcher_lock and has set the bit owns it: the lock-free changes
 * see the bit and come for the lock. So a wait sets the bit on all its objects, and what it then
 * reads of them holds at one moment; that makes wait-all atomic. When the lock is dropped the bit
 * is set if, and only if, the list of waiters is not empty. One change is allowed in spite of the
 * bit: setting DISPATCHER_SIGNALLED, which cannot turn a wait-all true that was not.
 *
 * A sleeping thread and who ends its wait. All of them (a signaller, the deadline, an APC) decide
 * under dispatcher_lock by clearing wait->pending; the first one wins and takes the blocks off the
 * lists. A signaller stores WAIT_DONE only after it has dropped the lock, as its last touch of the
 * sleeper's stack; therefore a sleeper that finds its wait no longer pending does not return before
 * it has seen WAIT_DONE. The wake-up that follows the store only names an address.
 *
 * Locks: dispatcher_lock, a leaf. wait__interrupt is called with a thread's APC lock held, so that
 * lock ranks above it.
 */
#include "status/codes.h"
#include "wait/waiters.h"

#include "base/clock.h"
#include "base/futex.h"
#include "sched/sched.h"
#include "wait/apc.h"

#include <stddef.h>

enum { WAIT_ASLEEP, WAIT_RECHECK, WAIT_DONE };

struct wait_block {
    struct wait_block *next;
    struct wait_block *previous;
    struct wait *wait;
    struct dispatcher *object;
};

struct wait {
    _Atomic uint32_t word; /* WAIT_*: what the thread sleeps on */
    uint32_t thread;
    unsigned count;
    bool all;
    bool pending;      /* dispatcher_lock; the blocks are on their objects' lists */
    NTSTATUS result;   /* written by who clears pending */
    struct wait *next; /* in a wait_chain */
    struct wait_block *blocks;
};

struct lock dispatcher_lock;

/* The wait the calling thread is in. */
static THREAD_LOCAL struct wait *wait_self;

static bool latch__signalled(struct dispatcher *dispatcher, uint32_t thread)
{
    (void)thread;
    return atomic_load_explicit(&dispatcher->signal, memory_order_acquire) & DISPATCHER_SIGNALLED;
}

static bool latch__take(struct dispatcher *dispatcher, uint32_t thread)
{
    (void)dispatcher;
    (void)thread;
    return false;
}

static bool latch__grab(struct dispatcher *dispatcher)
{
    return latch__signalled(dispatcher, 0);
}

const struct dispatcher_ops dispatcher_latch = {
    .signalled = latch__signalled, .take = latch__take, .grab = latch__grab};

static const struct dispatcher_ops *dispatcher__ops(const struct dispatcher *dispatcher)
{
    return dispatcher->object.ops->waitable;
}

/* Stops the lock-free changes. Acquire: sees what they did before. */
static void dispatcher__mark(struct dispatcher *dispatcher)
{
    lock_assert_held(&dispatcher_lock);
    atomic_fetch_or_explicit(&dispatcher->signal, DISPATCHER_WAITED, memory_order_acq_rel);
    /* See dispatcher_notify. */
    fence_after_exchange();
}

/* Allows them again if nobody waits. Release: they see what was done under the lock. */
static void dispatcher__unmark(struct dispatcher *dispatcher)
{
    lock_assert_held(&dispatcher_lock);
    if (!dispatcher->waiters)
        atomic_fetch_and_explicit(&dispatcher->signal, ~DISPATCHER_WAITED, memory_order_release);
}

static void wait__link(struct wait_block *block)
{
    struct wait_block *first = block->object->waiters;

    if (!first) {
        block->next = block->previous = block;
        block->object->waiters = block;
        return;
    }
    block->next = first;
    block->previous = first->previous;
    first->previous->next = block;
    first->previous = block;
}

static void wait__unlink(struct wait_block *block)
{
    struct dispatcher *object = block->object;

    if (block->next == block) {
        object->waiters = NULL;
    } else {
        block->next->previous = block->previous;
        block->previous->next = block->next;
        if (object->waiters == block)
            object->waiters = block->next;
    }
}

/* Takes the wait off its objects' lists; from here on it is whoever called this that ends it. */
static void wait__retire(struct wait *wait, NTSTATUS result, struct dispatcher *held)
{
    lock_assert_held(&dispatcher_lock);
    wait->pending = false;
    wait->result = result;
    for (unsigned index = 0; index < wait->count; index++)
        wait__unlink(&wait->blocks[index]);
    for (unsigned index = 0; index < wait->count; index++)
        if (wait->blocks[index].object != held)
            dispatcher__unmark(wait->blocks[index].object);
}

static bool wait__all_signalled(const struct wait *wait)
{
    for (unsigned index = 0; index < wait->count; index++) {
        struct dispatcher *object = wait->blocks[index].object;
        if (!dispatcher__ops(object)->signalled(object, wait->thread))
            return false;
    }
    return true;
}

/* Consumes what the wait consumes: one object, or all. */
static NTSTATUS wait__take(const struct wait *wait, unsigned index)
{
    unsigned from = wait->all ? 0 : index;
    unsigned until = wait->all ? wait->count : index + 1;
    bool abandoned = false;

    for (unsigned taken = from; taken < until; taken++) {
        struct dispatcher *object = wait->blocks[taken].object;
        abandoned |= dispatcher__ops(object)->take(object, wait->thread);
    }
    return (NTSTATUS)((abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0) + from);
}

/* Satisfies the wait if that is possible now; all its objects are marked. */
static bool wait__try(const struct wait *wait, NTSTATUS *result)
{
    lock_assert_held(&dispatcher_lock);
    if (wait->all) {
        if (wait->count == 0 || !wait__all_signalled(wait))
            return false;
        *result = wait__take(wait, 0);
        return true;
    }
    for (unsigned index = 0; index < wait->count; index++) {
        struct dispatcher *object = wait->blocks[index].object;
        if (dispatcher__ops(object)->signalled(object, wait->thread)) {
            *result = wait__take(wait, index);
            return true;
        }
    }
    return false;
}

/* The next waiter to look at after `block`, NULL after the last. The blocks of a wait that names
 * the object twice stand together and may go together: they are passed over. */
static struct wait_block *wait__next(const struct wait_block *block, const struct wait_block *last)
{
    struct wait_block *next = block->next;

    if (block == last)
        return NULL;
    while (next->wait == block->wait) {
        if (next == last)
            return NULL;
        next = next->next;
    }
    return next;
}

void dispatcher_serve(struct dispatcher *dispatcher, struct wait_chain *satisfied)
{
    lock_assert_held(&dispatcher_lock);
    struct wait_block *block = dispatcher->waiters;
    const struct wait_block *last = block ? block->previous : NULL;

    while (block && dispatcher__ops(dispatcher)->signalled(dispatcher, block->wait->thread)) {
        struct wait_block *next = wait__next(block, last);
        struct wait *wait = block->wait;
        if (!wait->all || wait__all_signalled(wait)) {
            wait__retire(wait, wait__take(wait, (unsigned)(block - wait->blocks)), dispatcher);
            wait->next = NULL;
            if (satisfied->last)
                satisfied->last->next = wait;
            else
                satisfied->first = wait;
            satisfied->last = wait;
        }
        block = next;
    }
}

static void wait__wake(struct wait_chain *satisfied)
{
    for (struct wait *wait = satisfied->first; wait;) {
        struct wait *next = wait->next;
        _Atomic uint32_t *word = &wait->word;
        atomic_store_explicit(word, WAIT_DONE, memory_order_release);
        futex_wake(word, 1);
        wait = next;
    }
}

void dispatcher_hold(struct dispatcher *dispatcher, struct wait_chain *satisfied)
{
    satisfied->first = satisfied->last = NULL;
    lock_take(&dispatcher_lock);
    dispatcher__mark(dispatcher);
}

void dispatcher_let_go(struct dispatcher *dispatcher, struct wait_chain *satisfied)
{
    dispatcher_serve(dispatcher, satisfied);
    dispatcher__unmark(dispatcher);
    lock_drop(&dispatcher_lock);
    wait__wake(satisfied);
}

void dispatcher_recheck(struct dispatcher *dispatcher)
{
    lock_assert_held(&dispatcher_lock);
    struct wait_block *block = dispatcher->waiters;

    if (!block)
        return;
    do {
        atomic_store_explicit(&block->wait->word, WAIT_RECHECK, memory_order_release);
        futex_wake(&block->wait->word, 1);
        block = block->next;
    } while (block != dispatcher->waiters);
}

void dispatcher_set(struct dispatcher *dispatcher)
{
    /* Release: who is let through by the signal sees what came before it, also if the object was
     * signalled already: hence an exchange even then. */
    uint32_t before =
        atomic_fetch_or_explicit(&dispatcher->signal, DISPATCHER_SIGNALLED, memory_order_acq_rel);
    if (before & DISPATCHER_WAITED)
        dispatcher_notify(dispatcher);
}

void dispatcher_reset(struct dispatcher *dispatcher)
{
    uint32_t signal = atomic_load_explicit(&dispatcher->signal, memory_order_relaxed);

    while (!(signal & DISPATCHER_WAITED))
        if (!(signal & DISPATCHER_SIGNALLED) ||
            atomic_compare_exchange_weak_explicit(&dispatcher->signal, &signal,
                                                  signal & ~DISPATCHER_SIGNALLED,
                                                  memory_order_acq_rel, memory_order_relaxed))
            return;
    struct wait_chain satisfied;
    dispatcher_hold(dispatcher, &satisfied);
    atomic_fetch_and_explicit(&dispatcher->signal, ~DISPATCHER_SIGNALLED, memory_order_relaxed);
    dispatcher_let_go(dispatcher, &satisfied);
}

void dispatcher_notify(struct dispatcher *dispatcher)
{
    /* Orders the change of state before the look, as dispatcher__mark orders the bit before the
     * look at the state: either this sees the bit, or the waiter sees the change. */
    fence_after_exchange();
    if (!(atomic_load_explicit(&dispatcher->signal, memory_order_relaxed) & DISPATCHER_WAITED))
        return;
    struct wait_chain satisfied;
    dispatcher_hold(dispatcher, &satisfied);
    dispatcher_let_go(dispatcher, &satisfied);
}

/* When to look again: the deadline, or an object's own time if that comes first. */
static int64_t wait__until(const struct wait *wait, int64_t deadline)
{
    lock_assert_held(&dispatcher_lock);
    for (unsigned index = 0; index < wait->count; index++) {
        struct dispatcher *object = wait->blocks[index].object;
        if (!dispatcher__ops(object)->due)
            continue;
        int64_t due = dispatcher__ops(object)->due(object);
        if (due < deadline)
            deadline = due;
    }
    return deadline;
}

/* Tries to satisfy the wait at once, and files it with its objects if that is not possible. True:
 * it has to sleep, until `until` at most. */
static bool wait__enlist(struct wait *wait, int64_t deadline, int64_t *until)
{
    lock_take(&dispatcher_lock);
    for (unsigned index = 0; index < wait->count; index++)
        dispatcher__mark(wait->blocks[index].object);

    bool satisfied = wait__try(wait, &wait->result);
    bool enlist = !satisfied && deadline != 0;
    if (enlist) {
        for (unsigned index = 0; index < wait->count; index++)
            wait__link(&wait->blocks[index]);
        wait->pending = true;
        *until = wait__until(wait, deadline);
    } else {
        for (unsigned index = 0; index < wait->count; index++)
            dispatcher__unmark(wait->blocks[index].object);
        if (!satisfied)
            wait->result = STATUS_TIMEOUT;
    }
    lock_drop(&dispatcher_lock);
    return enlist;
}

/* The sleeper looks around: `expired` because its deadline has passed, else because an object may
 * be due or has been given another time. Returns when to look next. */
static int64_t wait__look(struct wait *wait, bool expired, int64_t deadline)
{
    struct wait_chain satisfied = {NULL, NULL};
    int64_t until = CLOCK_FOREVER; /* somebody has ended the wait and will say so */

    lock_take(&dispatcher_lock);
    if (wait->pending) {
        atomic_store_explicit(&wait->word, WAIT_ASLEEP, memory_order_relaxed);
        for (unsigned index = 0; wait->pending && index < wait->count; index++)
            if (dispatcher__ops(wait->blocks[index].object)->due)
                dispatcher_serve(wait->blocks[index].object, &satisfied);
        if (wait->pending && expired) {
            wait__retire(wait, STATUS_TIMEOUT, NULL);
            atomic_store_explicit(&wait->word, WAIT_DONE, memory_order_relaxed);
        } else if (wait->pending) {
            until = wait__until(wait, deadline);
        }
        for (unsigned index = 0; index < wait->count; index++)
            dispatcher__unmark(wait->blocks[index].object);
    }
    lock_drop(&dispatcher_lock);
    wait__wake(&satisfied);
    return until;
}

static void wait__sleep(struct wait *wait, int64_t deadline, int64_t until)
{
    if (atomic_load_explicit(&wait->word, memory_order_acquire) == WAIT_DONE)
        return;
    sched_wait_begin();
    for (;;) {
        uint32_t word = atomic_load_explicit(&wait->word, memory_order_acquire);
        if (word == WAIT_DONE)
            break;
        if (word == WAIT_RECHECK)
            until = wait__look(wait, false, deadline);
        else if (!futex_wait(&wait->word, WAIT_ASLEEP, until))
            until = wait__look(wait, until == deadline, deadline);
    }
    sched_wait_end();
}

/* An APC has been queued to the thread that is in this wait (its APC lock is held), or the thread
 * itself has found one. */
static void wait__interrupt(void *context)
{
    struct wait *wait = context;
    bool won;

    lock_take(&dispatcher_lock);
    won = wait->pending;
    if (won) {
        wait__retire(wait, STATUS_USER_APC, NULL);
        atomic_store_explicit(&wait->word, WAIT_DONE, memory_order_release);
    }
    lock_drop(&dispatcher_lock);
    if (won)
        futex_wake(&wait->word, 1);
}

/* Lets the APC room know where this thread sleeps. An APC that came before it knew is found by the
 * second look. */
static void wait__sleep_alertably(struct wait *wait, int64_t deadline, int64_t until)
{
    apc_set_wake(wait__interrupt, wait);
    if (apc_pending())
        wait__interrupt(wait);
    wait__sleep(wait, deadline, until);
    apc_set_wake(NULL, NULL);
}

void wait_forsake(void)
{
    struct wait *wait = wait_self;

    if (!wait)
        return;
    lock_take(&dispatcher_lock);
    bool pending = wait->pending;
    if (pending)
        wait__retire(wait, STATUS_ALERTED, NULL);
    lock_drop(&dispatcher_lock);
    /* Whoever satisfied the wait will still write to it. */
    while (!pending && atomic_load_explicit(&wait->word, memory_order_acquire) != WAIT_DONE)
        futex_wait(&wait->word, WAIT_ASLEEP, CLOCK_FOREVER);
    wait_self = NULL;
}

/* True if an object is named twice. */
static bool wait__repeats(struct dispatcher *const *objects, unsigned count)
{
    for (unsigned index = 1; index < count; index++)
        for (unsigned other = 0; other < index; other++)
            if (objects[index] == objects[other])
                return true;
    return false;
}

/* Tells the objects that were taken that it is this thread that has them. */
static void wait__enter(const struct wait *wait)
{
    unsigned index = (unsigned)wait->result & ~(unsigned)STATUS_ABANDONED_WAIT_0;

    if ((unsigned)wait->result >= STATUS_ABANDONED_WAIT_0 + MAXIMUM_WAIT_OBJECTS)
        return;
    for (unsigned taken = wait->all ? 0 : index; taken < (wait->all ? wait->count : index + 1);
         taken++) {
        struct dispatcher *object = wait->blocks[taken].object;
        if (dispatcher__ops(object)->entered)
            dispatcher__ops(object)->entered(object);
    }
}

static bool wait__grab(struct dispatcher *object)
{
    const struct dispatcher_ops *ops = dispatcher__ops(object);

    if (!ops->grab || !ops->grab(object))
        return false;
    if (ops->entered)
        ops->entered(object);
    return true;
}

NTSTATUS wait_objects(struct dispatcher *const *objects, unsigned count, bool all, int64_t deadline,
                      bool alertable)
{
    struct wait_block blocks[MAXIMUM_WAIT_OBJECTS];
    struct wait wait = {.count = count, .all = all && count > 1, .blocks = blocks};
    int64_t until = 0;

    if (count > MAXIMUM_WAIT_OBJECTS || (all && wait__repeats(objects, count)))
        return STATUS_INVALID_PARAMETER;
    if (alertable && apc_run())
        return STATUS_USER_APC;
    if (count == 1 && wait__grab(objects[0]))
        return STATUS_WAIT_0;
    if (count == 0 && deadline == 0)
        return STATUS_TIMEOUT;

    wait.thread = sched_thread_number();
    for (unsigned index = 0; index < count; index++) {
        blocks[index].wait = &wait;
        blocks[index].object = objects[index];
    }
    if (wait__enlist(&wait, deadline, &until)) {
        wait_self = &wait;
        if (alertable)
            wait__sleep_alertably(&wait, deadline, until);
        else
            wait__sleep(&wait, deadline, until);
        wait_self = NULL;
    }
    if (wait.result == STATUS_USER_APC)
        apc_run();
    else
        wait__enter(&wait);
    return wait.result;
}
