/* SPDX-License-Identifier: MIT
 *
 * One io_uring that any thread may submit to and any thread may reap. It owns the mapping, the two
 * locks and the system calls; what a completion means is uring.c's.
 *
 * submit_lock is held over the submitting system call (the kernel serialises submitters anyway), so
 * the submission queue never holds more than one entry and cannot be full, and what an entry
 * points to may live on the submitter's stack. reap_lock guards the head of the completion queue
 * and is held for one completion; nobody sleeps with it. Order: submit_lock, reap_lock; both are
 * leaves otherwise.
 */
#ifndef ENGINE_URING_RING_H
#define ENGINE_URING_RING_H

#include "base/compiler.h"
#include "base/lock.h"

#include <liburing.h>

/* Of which nothing is to be waited for: completions below this name no request. */
enum uring_tag {
    URING_NOTHING = 0, /* nobody wants to know */
    URING_KICK = 1,
    URING_TAGS = 8
};

/* What this kernel can do beyond the minimum; found out once (uring_probe.c). */
struct uring_abilities {
    bool lasting_polls; /* POLL_ADD_MULTI (5.13): the engine for sockets needs it, files do not */
    bool sync_cancel;   /* cancelling costs no completion (6.0) */
    bool cooperative;   /* threads need not be interrupted (5.19), and can be nudged (nudge.h) */
};

extern struct uring_abilities uring_can;

struct uring_ring {
    struct io_uring mapping;
    struct lock submit_lock;
    uint64_t submitted; /* requests with a tag of their own; submit_lock */
    struct lock reap_lock __attribute__((aligned(CACHE_LINE)));
    uint64_t reaped;            /* of those; the rest: reap_lock */
    struct io_uring_cqe *stash; /* taken out of a full queue so that submitting could go on */
    unsigned stash_first, stash_end;
};

/* 0 or a negative errno. The descriptor is close-on-exec and the mapping stays with this process:
 * a forked child that touched the ring would do it behind the parent's back. Cooperative: who
 * submitted is not interrupted for what has completed, only woken. */
int ring_open(struct uring_ring *ring, bool cooperative);
void ring_close(struct uring_ring *ring);

/* Hands one entry to the kernel, which has started on it on return. 0 or a negative errno; then
 * nothing was submitted. Reaps nothing and calls nobody. */
int ring_submit(struct uring_ring *ring, const struct io_uring_sqe *entry);

/* Asks the kernel to end the request with this tag; its completion follows, whatever it says. */
void ring_cancel(struct uring_ring *ring, uint64_t tag);

/* The same by a call that older kernels do not have: -EINVAL. -ENOENT if there is no such request.
 */
int ring_cancel_now(struct uring_ring *ring, uint64_t tag);

/* The oldest completion, if there is one. */
bool ring_take(struct uring_ring *ring, struct io_uring_cqe *completion);
/* The completion with this tag, if it is there, out of turn. */
bool ring_take_tagged(struct uring_ring *ring, uint64_t tag, struct io_uring_cqe *completion);

/* Sleeps until there is a completion, the deadline (base/clock.h), or a signal. */
void ring_wait(struct uring_ring *ring, int64_t deadline);

/* Has what waits for the calling thread to enter the kernel put into the queue. */
void ring_flush(struct uring_ring *ring);

/* How many requests the kernel still holds or whose completions nobody has taken. */
uint64_t ring_outstanding(struct uring_ring *ring);

#endif
