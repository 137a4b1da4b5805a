/* SPDX-License-Identifier: MIT
 *
 * This room's own view of its objects: changing a signal word that somebody waits on. Not for
 * other rooms; they have wait/dispatcher.h.
 *
 * Locks: dispatcher_lock is a leaf. Whoever holds it takes no other lock, allocates nothing, calls
 * nobody outside this room but dispatcher_ops.
 */
#ifndef WAIT_WAITERS_H
#define WAIT_WAITERS_H

#include "base/lock.h"
#include "wait/dispatcher.h"

struct wait;

extern struct lock dispatcher_lock;

/* Waits that were satisfied under the lock; their threads are woken, and their notices called,
 * after it. */
struct wait_chain {
    struct wait *first;
    struct wait *last;
};

/* Takes dispatcher_lock and stops the lock-free changes of the object's signal word: until
 * dispatcher_let_go or dispatcher_leave the word is the caller's. */
void dispatcher_hold(struct dispatcher *dispatcher);

/* Satisfies, oldest first, the waiters that can be now. */
void dispatcher_serve(struct dispatcher *dispatcher, struct wait_chain *satisfied);

/* The object's time of signalling has changed: its waiters shall look again how long to sleep. */
void dispatcher_recheck(struct dispatcher *dispatcher);

/* Whether one of its waiters is a notice. */
bool dispatcher_is_noticed(struct dispatcher *dispatcher);

/* Serves, gives the word free again if nobody is left, drops the lock, wakes who was satisfied. */
void dispatcher_let_go(struct dispatcher *dispatcher);

/* The same for who holds a lock under which no notice may be called: adds who was satisfied to the
 * chain, for wait_chain_wake. The caller stays shielded from here to there. */
void dispatcher_leave(struct dispatcher *dispatcher, struct wait_chain *satisfied);
void wait_chain_wake(struct wait_chain *satisfied);

/* The calling thread is being terminated in the middle of whatever it did: takes its wait, if it
 * was in one, off the objects' lists. */
void wait_forsake(void);

#endif
