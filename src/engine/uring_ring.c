/* SPDX-License-Identifier: MIT
 *
 * The ring's system calls. See uring_ring.h.
 *
 * Why none of the modes is set that make rings cheaper:
 * - SINGLE_ISSUER, DEFER_TASKRUN: tie the ring to one thread. Any thread submits here, and any
 *   thread reaps.
 * - SQPOLL: a thread that burns a processor, twice the latency.
 * - COOP_TASKRUN is set where the ring's owner sees to what it does: a completion waits until the
 *   thread that submitted it enters the kernel by itself, is nudged (nudge.h), or the timer ticks.
 *   Left alone, completions came 3.3 ms late in the median while that thread computed (HZ=250; 0.1
 *   ms without the mode), and on a processor without a tick they would not come. TASKRUN_FLAG,
 *   which is to tell that something waits, is not set with it: the flag is the ring's, and any
 *   thread that has put its own completions into the queue clears it for all.
 */
#include "engine/uring_ring.h"

#include "base/clock.h"
#include "base/fault.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    RING_ENTRIES = 8,
    RING_COMPLETIONS = 4096, /* more than these are kept by the kernel in a list of its own */
    RING_PATIENCE = 1000     /* tries to submit while the kernel is short of memory */
};

/* Mapped and unmapped behind the thread sanitizer's back: an address that a closed ring has read
 * from comes again in the next one, and no lock of theirs is the same. */
static char ring__mappings;

/* Not in the place of a standard stream (base/descriptor.h): another then, made while the first is
 * still there. liburing knows the number in more than one place, so it is not moved. */
static int ring__init(struct io_uring *mapping, const struct io_uring_params *wanted,
                      uint32_t *features)
{
    struct io_uring_params parameters = *wanted;
    int result = io_uring_queue_init_params(RING_ENTRIES, mapping, &parameters);

    *features = parameters.features;
    if (result < 0 || mapping->ring_fd > STDERR_FILENO)
        return result;
    struct io_uring low = *mapping;
    result = ring__init(mapping, wanted, features);
    io_uring_queue_exit(&low);
    return result;
}

int ring_open(struct uring_ring *ring, bool cooperative)
{
    const uint32_t coop_taskrun = 1u << 8; /* headers of liburing before 2.2 do not have it */
    const struct io_uring_params wanted = {.flags = IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE |
                                                    (cooperative ? coop_taskrun : 0),
                                           .cq_entries = RING_COMPLETIONS};
    const uint32_t needed = IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE | IORING_FEAT_FAST_POLL |
                            IORING_FEAT_EXT_ARG;

    memset(ring, 0, sizeof *ring);
    if (fault_hit(FAULT_DESCRIPTOR))
        return -EMFILE;
    uint32_t features;
    int result = ring__init(&ring->mapping, &wanted, &features);
    if (result < 0)
        return result;
    KERNEL_GAVE(&ring__mappings);
    if ((features & needed) != needed || io_uring_ring_dontfork(&ring->mapping) < 0) {
        io_uring_queue_exit(&ring->mapping);
        return -ENOSYS;
    }
    return 0;
}

void ring_close(struct uring_ring *ring)
{
    KERNEL_TAKES(&ring__mappings);
    io_uring_queue_exit(&ring->mapping);
    free(ring->stash);
}

/* Past liburing's own function, whose queue belongs to one thread. */
static int ring__enter(struct uring_ring *ring, unsigned submit, unsigned wait, unsigned flags,
                       const void *argument, size_t size)
{
    long result =
        syscall(SYS_io_uring_enter, ring->mapping.ring_fd, submit, wait, flags, argument, size);

    return result < 0 ? -errno : (int)result;
}

static unsigned ring__visible(struct uring_ring *ring, unsigned head)
{
    /* Pairs with the kernel's release: what it wrote into the entries is seen. */
    return __atomic_load_n(ring->mapping.cq.ktail, __ATOMIC_ACQUIRE) - head;
}

static struct io_uring_cqe *ring__entry(struct uring_ring *ring, unsigned position)
{
    return &ring->mapping.cq.cqes[position & *ring->mapping.cq.kring_mask];
}

static void ring__advance(struct uring_ring *ring, unsigned head)
{
    lock_assert_held(&ring->reap_lock);
    /* Pairs with the kernel's acquire: it overwrites only what has been read. */
    __atomic_store_n(ring->mapping.cq.khead, head, __ATOMIC_RELEASE);
}

/* Older kernels take no more submissions while completions have nowhere to go. The submitter must
 * not work them off (it holds a lane's lock), so it puts them aside. False: no memory. */
static bool ring__put_aside(struct uring_ring *ring)
{
    lock_take(&ring->reap_lock);
    unsigned head = *ring->mapping.cq.khead;
    unsigned count = ring__visible(ring, head);
    unsigned kept = ring->stash_end - ring->stash_first;
    struct io_uring_cqe *larger = fault_calloc(kept + count + 1, sizeof *larger);
    if (larger) {
        if (kept)
            memcpy(larger, ring->stash + ring->stash_first, kept * sizeof *larger);
        for (unsigned index = 0; index < count; index++)
            larger[kept + index] = *ring__entry(ring, head + index);
        free(ring->stash);
        ring->stash = larger;
        ring->stash_first = 0;
        ring->stash_end = kept + count;
        ring__advance(ring, head + count);
    }
    lock_drop(&ring->reap_lock);
    return larger != NULL;
}

/* Hands over what is in the submission queue: one entry. */
static int ring__hand_over(struct uring_ring *ring, bool *put_aside)
{
    lock_assert_held(&ring->submit_lock);
    for (int patience = RING_PATIENCE; patience; patience--) {
        int result = ring__enter(ring, 1, 0, 0, NULL, 0);
        if (result == 1)
            return 0;
        if (result == -EBUSY) {
            if (!ring__put_aside(ring))
                return -ENOMEM;
            *put_aside = true;
        } else if (result == 0 || result == -EAGAIN) {
            sched_yield();
        } else if (result != -EINTR) {
            return result;
        }
    }
    return -ENOMEM;
}

int ring_submit(struct uring_ring *ring, const struct io_uring_sqe *entry)
{
    struct io_uring_sq *queue = &ring->mapping.sq;
    bool put_aside = false;

    lock_take(&ring->submit_lock);
    unsigned tail = *queue->ktail;
    unsigned place = tail & *queue->kring_mask;
    queue->sqes[place] = *entry;
    if (queue->array)
        queue->array[place] = place;
    KERNEL_TAKES(ring);
    /* Pairs with the kernel's acquire of the tail. */
    __atomic_store_n(queue->ktail, tail + 1, __ATOMIC_RELEASE);
    int error = ring__hand_over(ring, &put_aside);
    if (error) /* nobody else has looked: the kernel reads the queue in the call only */
        __atomic_store_n(queue->ktail, tail, __ATOMIC_RELEASE);
    else if (entry->user_data >= URING_TAGS)
        ring->submitted++;
    lock_drop(&ring->submit_lock);
    /* What was put aside makes nobody's descriptor readable. */
    if (put_aside && !error && entry->opcode != IORING_OP_NOP) {
        const struct io_uring_sqe notice = {.opcode = IORING_OP_NOP, .user_data = URING_NOTHING};
        ring_submit(ring, &notice);
    }
    return error;
}

int ring_cancel_now(struct uring_ring *ring, uint64_t tag)
{
    /* As the kernel has it; headers of liburing before 2.3 do not. No time: it is not to wait. */
    struct {
        uint64_t tag;
        int32_t descriptor;
        uint32_t flags;
        struct __kernel_timespec timeout;
        uint64_t reserved[4];
    } wanted = {.tag = tag, .descriptor = -1};
    const unsigned sync_cancel = 24;
    long result = syscall(SYS_io_uring_register, ring->mapping.ring_fd, sync_cancel, &wanted, 1);

    return result < 0 ? -errno : 0;
}

void ring_cancel(struct uring_ring *ring, uint64_t tag)
{
    const struct io_uring_sqe entry = {
        .opcode = IORING_OP_ASYNC_CANCEL, .fd = -1, .addr = tag, .user_data = URING_NOTHING};

    if (uring_can.sync_cancel)
        ring_cancel_now(ring, tag);
    else /* given up, the request would never end */
        while (ring_submit(ring, &entry) == -ENOMEM)
            sched_yield();
}

/* A poll that lasts has many completions; the last one ends it. */
static void ring__count(struct uring_ring *ring, const struct io_uring_cqe *completion)
{
    lock_assert_held(&ring->reap_lock);
    if (completion->user_data >= URING_TAGS && !(completion->flags & IORING_CQE_F_MORE))
        ring->reaped++;
}

/* From the queue, or what was put aside. */
static bool ring__pop(struct uring_ring *ring, struct io_uring_cqe *completion)
{
    bool found = true;

    lock_take(&ring->reap_lock);
    unsigned head = *ring->mapping.cq.khead;
    if (ring->stash_first < ring->stash_end) {
        *completion = ring->stash[ring->stash_first++];
    } else if (ring__visible(ring, head)) {
        *completion = *ring__entry(ring, head);
        ring__advance(ring, head + 1);
    } else {
        found = false;
    }
    if (found)
        ring__count(ring, completion);
    lock_drop(&ring->reap_lock);
    KERNEL_GAVE(ring);
    return found;
}

void ring_flush(struct uring_ring *ring)
{
    ring__enter(ring, 0, 0, IORING_ENTER_GETEVENTS, NULL, 0);
}

bool ring_take(struct uring_ring *ring, struct io_uring_cqe *completion)
{
    if (ring__pop(ring, completion))
        return true;
    /* More came than the queue holds: the kernel keeps them until it is asked. */
    if (!(__atomic_load_n(ring->mapping.sq.kflags, __ATOMIC_RELAXED) & IORING_SQ_CQ_OVERFLOW))
        return false;
    ring_flush(ring);
    return ring__pop(ring, completion);
}

/* Takes this entry if it has the tag; leaves one in its place that nobody wants. */
static bool ring__take_entry(struct io_uring_cqe *entry, uint64_t tag,
                             struct io_uring_cqe *completion)
{
    if (entry->user_data != tag)
        return false;
    *completion = *entry;
    entry->user_data = URING_NOTHING;
    return true;
}

bool ring_take_tagged(struct uring_ring *ring, uint64_t tag, struct io_uring_cqe *completion)
{
    bool found = false;

    lock_take(&ring->reap_lock);
    for (unsigned index = ring->stash_first; index < ring->stash_end && !found; index++)
        found = ring__take_entry(&ring->stash[index], tag, completion);
    /* Entries between head and tail are this side's until the head passes them. */
    unsigned head = *ring->mapping.cq.khead;
    unsigned count = ring__visible(ring, head);
    for (unsigned index = 0; index < count && !found; index++)
        found = ring__take_entry(ring__entry(ring, head + index), tag, completion);
    if (found)
        ring__count(ring, completion);
    lock_drop(&ring->reap_lock);
    return found;
}

void ring_wait(struct uring_ring *ring, int64_t deadline)
{
    struct io_uring_getevents_arg argument = {.sigmask_sz = _NSIG / 8};
    struct __kernel_timespec left;

    if (deadline != CLOCK_FOREVER) {
        int64_t nanoseconds = deadline - clock_now();
        if (nanoseconds <= 0)
            return;
        left = (struct __kernel_timespec){.tv_sec = nanoseconds / NANOSECONDS_PER_SECOND,
                                          .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND};
        argument.ts = (uintptr_t)&left;
    }
    /* Whatever it says (time out, signal, overflow), the caller looks for itself. */
    ring__enter(ring, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument,
                sizeof argument);
}

uint64_t ring_outstanding(struct uring_ring *ring)
{
    lock_take(&ring->submit_lock);
    lock_take(&ring->reap_lock);
    uint64_t outstanding = ring->submitted - ring->reaped;
    lock_drop(&ring->reap_lock);
    lock_drop(&ring->submit_lock);
    return outstanding;
}
