/* SPDX-License-Identifier: MIT
 *
 * A thread in a blocking call of a socket or a pipe: how it sleeps, and how others end its sleep.
 */
#ifndef IO_BLOCK_H
#define IO_BLOCK_H

#include "base/list.h"

#include <winnt.h>

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Lives on the thread's stack. */
struct blocked_thread {
    struct list link; /* all such threads, for CancelSynchronousIo; block_lock */
    uint32_t thread;
    int wake;           /* its descriptor */
    _Atomic bool ended; /* the call is over, one way or the other */
    _Atomic bool cancelled;
    bool alertable;               /* APCs run while the call goes on (APC-6) */
    struct blocked_thread *outer; /* the call in which this one was made, by an APC */
    /* Undoes what the caller did after blocked_enter; for a thread that is terminated in it. */
    void (*abandon)(struct blocked_thread *self);
};

/* The calling thread enters a blocking call; false if it has no means to be woken. */
bool blocked_enter(struct blocked_thread *self, bool alertable,
                   void (*abandon)(struct blocked_thread *self));
void blocked_leave(struct blocked_thread *self);

/* If it is alertable runs the APCs that have arrived, and sleeps once in ppoll: until something is
 * ready, the thread is woken or the deadline has come. `polled` has room for one more after the
 * first `count`; *ready counts those of the first that are ready. STATUS_SUCCESS as long as the
 * call is to go on; else STATUS_IO_TIMEOUT, STATUS_REQUEST_ABORTED, STATUS_CANCELLED. */
NTSTATUS blocked_sleep(struct blocked_thread *self, struct pollfd *polled, nfds_t count,
                       int64_t deadline, int *ready);

/* Called by others: ends the thread's blocking call. */
void blocked_end(struct blocked_thread *blocked);

/* Ends the blocking calls of the thread with this number. STATUS_NOT_FOUND: it is in none. */
NTSTATUS blocked_cancel(uint32_t thread);

/* Whether it is in one. */
bool blocked_is_in(uint32_t thread);

#endif
