/* SPDX-License-Identifier: MIT
 *
 * Asynchronous procedure calls: functions queued to a thread that run there when it waits
 * alertably, in the order in which they were queued (APC-1, WAIT-5).
 */
#ifndef WAIT_APC_H
#define WAIT_APC_H

#include <stdbool.h>
#include <stdint.h>

struct thread; /* wait/thread.h: a thread that the library knows, an object */

/* One call; embedded in what queues it. `run` is called on the thread with no lock held and owns
 * the APC's memory from then on. `drop` is called instead if the thread ends first. */
struct apc {
    struct apc *next;
    void (*run)(struct apc *apc);
    void (*drop)(struct apc *apc);
};

/* The calling thread's object, made on the first call; NULL when memory is short. Borrowed: it
 * lives at least until the thread ends. Take an OBJ_REF_* reference to keep it longer. */
struct thread *thread_current(void);

/* The same if it exists already, else NULL. */
struct thread *thread_known(void);

/* Queues the APC; false if the thread has ended (the APC stays the caller's). Wakes the thread if
 * it waits alertably. */
bool apc_queue(struct thread *thread, struct apc *apc);

/* Takes the APC off the queue again; false if it is not there (it has run, or it is running). */
bool apc_remove(struct thread *thread, struct apc *apc);

/* Runs every APC queued to the calling thread, those that arrive meanwhile included; true if any
 * ran. No lock may be held. */
bool apc_run(void);

/* True if an APC is queued to the calling thread. */
bool apc_pending(void);

/* While the calling thread sleeps alertably in a place of its own (a port, a descriptor) `wake` is
 * called, under the thread's APC lock, when an APC is queued. NULL ends that; after the call
 * returns `wake` is not running and will not be called. */
void apc_set_wake(void (*wake)(void *context), void *context);

/* The thread ends: no APC is accepted any more, what is queued is dropped (wait/thread.c). */
void apc_close(struct thread *thread);

#endif
