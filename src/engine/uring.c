/* SPDX-License-Identifier: MIT
 *
 * The io_uring engine. A request is tried without blocking first; when it has to wait, the kernel
 * gets it: a receive or a send with one buffer as itself, so that its completion brings the bytes,
 * everything else as a wait for readiness after which it is tried again. (The kernel writes into
 * the message header of a vectored receive when that ends: the header would have to live as long.)
 *
 * What io_uring does to pools of threads, and what is done about it:
 * - Requests of a thread that ends are cancelled by the kernel: they come back with an -ECANCELED
 *   that nobody asked for, and whoever reaps that starts them again.
 * - Completion work runs in the thread that submitted. No mode is used in which it waits for that
 *   thread to enter the kernel (uring_ring.c).
 * - A ring's completions can be taken by one thread while another sleeps on them; a kick is
 *   therefore a flag, and the completion that wakes the sleeper only its messenger.
 *
 * A lane has at most one request in the kernel, its head, and that stays the head until its
 * completion has been taken. So file and lane name a request, and every request has exactly one
 * completion. A pending request keeps its file, so the name is never stale. What has become of the
 * head is looked up under the lane's lock, where a cancel may mark it at any time.
 *
 * A file that moves leaves a request behind on its old source, asked back; until then the request
 * is on file->source. Locks: lane, attach_lock, the ring's (uring_ring.h).
 */
#include "engine/uring.h"

#include "base/fault.h"
#include "engine/backend.h"
#include "engine/disk_ring.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

enum {
    URING_BATCH = 64,
    URING_LONGEST = 1 << 30,  /* bytes of one operation */
    URING_ATTACHED_POLLS = 4, /* with ENGINE_ATTACHED_*: the descriptor is in O_NONBLOCK mode, in
                                 which the kernel does not wait: only readiness is asked for */
    URING_OUT = 1,            /* of a completion's tag: the lane */
    URING_WATCHED = 2,        /* only readiness was asked for; DISK_RING_TAG is the next */
    URING_TAG_BITS = URING_TAGS - 1
};

/* A cancelled request is waited for this long: its submitter's thread has to run for a moment. */
#define URING_SETTLE (2 * NANOSECONDS_PER_MILLISECOND)

struct uring_source {
    struct engine_source source;
    struct uring_ring ring;
    _Atomic uint32_t kicked;   /* a poll shall return */
    _Atomic uint32_t sleepers; /* in ring_wait, or on their way */
};

static struct uring_source *uring__of(struct engine_source *source)
{
    return CONTAINER_OF(source, struct uring_source, source);
}

static uint64_t uring__tag(struct engine_file *file, enum engine_lane_index lane, bool watched)
{
    return (uintptr_t)file | (lane == ENGINE_OUT ? URING_OUT : 0) | (watched ? URING_WATCHED : 0);
}

static struct engine_source *uring__create(void)
{
    struct uring_source *made = NULL;
    int error = ENOMEM;

    if (fault_hit(FAULT_MEMORY) || posix_memalign((void **)&made, CACHE_LINE, sizeof *made)) {
        errno = ENOMEM;
        return NULL;
    }
    error = -ring_open(&made->ring);
    if (error) {
        free(made);
        errno = error;
        return NULL;
    }
    atomic_init(&made->kicked, 0);
    atomic_init(&made->sleepers, 0);
    return &made->source;
}

/* Not an outcome: the kernel gave the operation back. The lane knows whether anybody asked it to;
 * -EFAULT is also how it fails an operation whose thread is ending, and a try tells the truth. */
static bool uring__given_up(int result)
{
    return result == -ECANCELED || result == -EINTR || result == -EAGAIN || result == -EFAULT;
}

/* Whether the kernel can write there; what is to be received may be overwritten. */
static bool uring__is_memory(const struct engine_request *request)
{
    char *first = request->data;

    return request->length == 0 || (getrandom(first, 1, GRND_NONBLOCK) == 1 &&
                                    getrandom(first + request->length - 1, 1, GRND_NONBLOCK) == 1);
}

/* What a request has to be given when its operation ended like this; -EAGAIN tries it again. Lane
 * lock held. */
static long uring__outcome(struct engine_request *request, int result)
{
    /* The datagram is gone: a second try would wait for another. */
    if (result == -EFAULT && request->kind == ENGINE_RECEIVE && request->flags & ENGINE_MESSAGES &&
        !uring__is_memory(request))
        return result;
    if (uring__given_up(result) || (result == -ECONNREFUSED && request->flags & ENGINE_HARDENED))
        return -EAGAIN;
    if (request->kind == ENGINE_SEND) {
        if (result < 0)
            return result;
        request->moved += (size_t)result;
        return request->moved >= request->length ? (long)request->moved : -EAGAIN;
    }
    if (result < 0)
        return request->moved ? (long)request->moved : result;
    if (!(request->flags & ENGINE_WAIT_ALL))
        return result;
    request->moved += (size_t)result;
    return result == 0 || request->moved >= request->length ? (long)request->moved : -EAGAIN;
}

/* O_NONBLOCK: this kernel will not wait for data on this descriptor (newer ones do). */
static void uring__note_polls(struct engine_file *file)
{
    lock_take(&file->attach_lock);
    file->attached |= URING_ATTACHED_POLLS;
    lock_drop(&file->attach_lock);
}

static void uring__finish(const struct io_uring_cqe *completion)
{
    uint64_t tag = completion->user_data;
    struct engine_file *file =
        (struct engine_file *)(uintptr_t)(tag & ~(uint64_t)URING_TAG_BITS); /* NOLINT */
    enum engine_lane_index index = tag & URING_OUT ? ENGINE_OUT : ENGINE_IN;
    struct engine_lane *lane = &file->lanes[index];
    long result = completion->res;
    bool more = true;

    /* `done` may drop the last reference while the lane is locked. */
    MUST(engine_events->hold(file));
    lock_take(&lane->lock);
    struct engine_request *head = lane->tail ? lane->tail->next : NULL;
    MUST(head && head->flags & ENGINE_IN_KERNEL);
    if (tag & URING_WATCHED) {
        if (result >= 0 || uring__given_up((int)result))
            result = -EAGAIN;
    } else {
        if (result == -EAGAIN)
            uring__note_polls(file);
        else if (index == ENGINE_IN && result > 0 && uring_can.poll_first)
            more = completion->flags & IORING_CQE_F_SOCK_NONEMPTY;
        result = uring__outcome(head, (int)result);
    }
    lane_finished(file, index, head, result, more);
    lock_drop(&lane->lock);
    engine_events->release(file);
}

static void uring__wake_sleeper(struct uring_source *self)
{
    const struct io_uring_sqe notice = {.opcode = IORING_OP_NOP, .user_data = URING_KICK};

    while (ring_submit(&self->ring, &notice) == -ENOMEM)
        sched_yield();
}

/* Works off what has been completed, a batch at most; returns whether there was anything. */
static bool uring__reap(struct uring_source *self)
{
    struct io_uring_cqe completion;
    bool messenger = false;
    int count = 0;

    /* One by one: what is not being worked on this moment another thread can find. */
    while (count < URING_BATCH && ring_take(&self->ring, &completion)) {
        if (completion.user_data & DISK_RING_TAG) {
            disk_ring_finish(&completion);
            count++;
        } else if (completion.user_data >= URING_TAGS) {
            uring__finish(&completion);
            count++;
        }
        messenger |= completion.user_data == URING_KICK;
    }
    /* Perhaps taken from under a sleeper whom it was to wake. */
    if (messenger && atomic_load(&self->kicked) && atomic_load(&self->sleepers))
        uring__wake_sleeper(self);
    return count != 0;
}

static void uring__poll(struct engine_source *source, int64_t deadline)
{
    struct uring_source *self = uring__of(source);

    if (uring__reap(self) || deadline == 0)
        return;
    /* Sequentially consistent, as in uring__kick: one of the two sees the other. */
    atomic_fetch_add(&self->sleepers, 1);
    if (!atomic_load(&self->kicked))
        ring_wait(&self->ring, deadline);
    atomic_fetch_sub(&self->sleepers, 1);
    atomic_store(&self->kicked, 0);
    uring__reap(self);
}

/* Called with other locks held: reaps nothing. */
static void uring__kick(struct engine_source *source)
{
    struct uring_source *self = uring__of(source);

    if (!atomic_exchange(&self->kicked, 1) && atomic_load(&self->sleepers))
        uring__wake_sleeper(self);
}

static struct uring_ring *uring__ring(struct engine_source *source)
{
    return &uring__of(source)->ring;
}

static int uring__descriptor(struct engine_source *source)
{
    return uring__of(source)->ring.mapping.ring_fd;
}

/* Only what files left behind when they moved away can be outstanding, and it has been asked
 * back. */
static void uring__destroy(struct engine_source *source)
{
    struct uring_source *self = uring__of(source);

    while (ring_outstanding(&self->ring)) {
        if (!uring__reap(self))
            ring_wait(&self->ring, clock_now() + NANOSECONDS_PER_MILLISECOND);
    }
    ring_close(&self->ring);
    free(self);
}

/* What makes each kind of request worth another try. */
static uint32_t uring__readiness(const struct engine_request *request)
{
    switch (request->kind) {
    case ENGINE_RECEIVE:
        return request->message_flags & MSG_OOB ? POLLIN | POLLPRI | POLLRDHUP : POLLIN | POLLRDHUP;
    case ENGINE_READABLE:
    case ENGINE_OWN_IN:
        return POLLIN | POLLRDHUP;
    case ENGINE_ACCEPT:
    case ENGINE_POLL_IN:
        return POLLIN;
    default:
        return POLLOUT;
    }
}

static bool uring__as_itself(const struct engine_request *request)
{
    return request->count == 0 && !(request->message_flags & MSG_OOB) &&
           (request->kind == ENGINE_RECEIVE || request->kind == ENGINE_SEND);
}

/* A receive or a send of what is left. */
static void uring__move(const struct engine_request *request, struct io_uring_sqe *entry)
{
    bool out = request->kind == ENGINE_SEND;
    size_t left = request->length - request->moved;
    uint32_t flags = request->message_flags & ~(uint32_t)(MSG_DONTWAIT | MSG_WAITALL);

    entry->opcode = out ? IORING_OP_SEND : IORING_OP_RECV;
    entry->addr = (uintptr_t)request->data + request->moved;
    entry->len = left > URING_LONGEST ? URING_LONGEST : (uint32_t)left;
    entry->msg_flags = flags | MSG_NOSIGNAL | (out && uring_can.whole_sends ? MSG_WAITALL : 0u);
    /* It has just been tried in vain. */
    if (uring_can.poll_first)
        entry->ioprio = IORING_RECVSEND_POLL_FIRST;
}

static int uring__arm(struct engine_file *file, enum engine_lane_index lane,
                      struct engine_request *request)
{
    struct io_uring_sqe entry = {.fd = file->descriptor};
    bool watched = !uring__as_itself(request);

    lock_take(&file->attach_lock);
    struct engine_source *source = file_source(file);
    watched |= (file->attached & URING_ATTACHED_POLLS) != 0;
    file->attached |= lane == ENGINE_IN ? ENGINE_ATTACHED_IN : ENGINE_ATTACHED_OUT;
    lock_drop(&file->attach_lock);
    if (!source)
        return -ENOMEM;
    if (watched) {
        entry.opcode = IORING_OP_POLL_ADD;
        entry.poll32_events = uring__readiness(request);
#if __BYTE_ORDER == __BIG_ENDIAN
        entry.poll32_events = (entry.poll32_events << 16) | (entry.poll32_events >> 16);
#endif
    } else {
        uring__move(request, &entry);
    }
    entry.user_data = uring__tag(file, lane, watched);
    int error = ring_submit(&uring__of(source)->ring, &entry);
    if (!error)
        request->flags |= (uint8_t)(ENGINE_IN_KERNEL | (watched ? ENGINE_WATCHED : 0));
    return error;
}

static enum engine_lane_index uring__lane_of(const struct engine_request *request)
{
    return request->kind == ENGINE_SEND || request->kind == ENGINE_CONNECT ||
                   request->kind == ENGINE_SHUTDOWN || request->kind == ENGINE_TRANSMIT ||
                   request->kind == ENGINE_OWN_OUT
               ? ENGINE_OUT
               : ENGINE_IN;
}

static void uring__ask_back(struct engine_source *source, struct engine_file *file,
                            enum engine_lane_index lane, const struct engine_request *request)
{
    ring_cancel(&uring__of(source)->ring, uring__tag(file, lane, request->flags & ENGINE_WATCHED));
}

/* If it is not on this source it was left behind on another and has been asked back already. */
static void uring__cancel(struct engine_file *file, struct engine_request *request)
{
    lock_take(&file->attach_lock);
    struct engine_source *source = file_source(file);
    lock_drop(&file->attach_lock);
    if (source)
        uring__ask_back(source, file, uring__lane_of(request), request);
}

/* Either nothing is pending or both lanes are locked. */
static void uring__detach(struct engine_file *file)
{
    struct engine_source *source = file_source(file);

    for (int index = 0; index < ENGINE_LANES && source; index++) {
        const struct engine_lane *lane = &file->lanes[index];
        if (lane->tail && lane->tail->next->flags & ENGINE_IN_KERNEL)
            uring__ask_back(source, file, index, lane->tail->next);
    }
}

/* The tag of the lane's head if the kernel holds it, else 0. */
static uint64_t uring__held(struct engine_file *file, enum engine_lane_index index, uint8_t *flags)
{
    struct engine_lane *lane = &file->lanes[index];
    uint64_t tag = 0;

    lock_take(&lane->lock);
    struct engine_request *head = lane->tail ? lane->tail->next : NULL;
    *flags = head ? head->flags : 0;
    if (*flags & ENGINE_IN_KERNEL)
        tag = uring__tag(file, index, *flags & ENGINE_WATCHED);
    lock_drop(&lane->lock);
    return tag;
}

/* The caller may hold locks of other files, so only this lane's completion is worked on. */
static void uring__settle(struct engine_file *file, enum engine_lane_index index)
{
    struct io_uring_cqe completion;
    uint8_t before, now;
    uint64_t tag = uring__held(file, index, &before);
    int64_t deadline = clock_now() + URING_SETTLE;

    if (!tag)
        return;
    lock_take(&file->attach_lock);
    struct engine_source *source = file_source(file);
    lock_drop(&file->attach_lock);
    for (int tries = 0; source && (tries < 32 || clock_now() < deadline); tries++) {
        if (ring_take_tagged(&uring__of(source)->ring, tag, &completion)) {
            uring__finish(&completion);
            return;
        }
        if (uring__held(file, index, &now) != tag || now != before)
            return;
        if (tries >= 8)
            sched_yield(); /* its submitter may need this processor */
    }
}

const struct engine_backend engine_uring = {
    .name = "uring",
    .probe = uring_probe,
    .create = uring__create,
    .destroy = uring__destroy,
    .poll = uring__poll,
    .kick = uring__kick,
    .descriptor = uring__descriptor,
    .attempt = engine_attempt,
    .arm = uring__arm,
    .cancel = uring__cancel,
    .settle = uring__settle,
    .detach = uring__detach,
    .ring = uring__ring,
};
