/* SPDX-License-Identifier: MIT
 *
 * Whether io_uring can be used here, and what it can do: found out by using it, because a kernel
 * that has the calls may refuse them (a seccomp filter as container runtimes set it,
 * kernel.io_uring_disabled, RLIMIT_MEMLOCK on older kernels).
 *
 * probe_lock keeps two threads from trying at the same time.
 */
#include "engine/uring.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

struct uring_abilities uring_can;

static struct lock probe_lock;
static bool probe_known;
static int probe_answer;

enum { PROBE_TAG = URING_TAGS };

/* Submits one entry and waits for its result; a negative errno of either. */
static int probe__ask(struct uring_ring *ring, struct io_uring_sqe entry, uint32_t *flags)
{
    struct io_uring_cqe completion;

    entry.user_data = PROBE_TAG;
    int error = ring_submit(ring, &entry);
    if (error)
        return error;
    for (int tries = 0; tries < 100; tries++) {
        if (ring_take_tagged(ring, PROBE_TAG, &completion)) {
            *flags = completion.flags;
            return completion.res;
        }
        ring_wait(ring, clock_now() + 10 * NANOSECONDS_PER_MILLISECOND);
    }
    return -ENOSYS;
}

static int probe__do(struct uring_ring *ring, struct io_uring_sqe entry)
{
    uint32_t flags;

    return probe__ask(ring, entry, &flags);
}

/* What both sockets and files cannot do without, on a pair of sockets. */
static int probe__needed(struct uring_ring *ring, int in, int out)
{
    char byte = 'x';
    struct io_uring_sqe watch = {.opcode = IORING_OP_POLL_ADD, .fd = in, .poll32_events = POLLIN};
    struct io_uring_sqe cancel = {.opcode = IORING_OP_ASYNC_CANCEL, .fd = -1, .addr = ~0ULL - 7};

    if (send(out, &byte, 1, MSG_NOSIGNAL) != 1)
        return -errno;
    int result = probe__do(ring, watch);
    if (result <= 0)
        return result < 0 ? result : -ENOSYS;
    result = probe__do(ring, cancel);
    return result == -ENOENT ? 0 : result < 0 ? result : -ENOSYS;
}

/* There is something to read: a poll that lasts reports it, and goes on. It ends with the ring. */
static void probe__abilities(struct uring_ring *ring, int in)
{
    struct io_uring_sqe watch = {.opcode = IORING_OP_POLL_ADD,
                                 .fd = in,
                                 .len = IORING_POLL_ADD_MULTI,
                                 .poll32_events = POLLIN};
    uint32_t flags = 0;

    uring_can.lasting_polls = probe__ask(ring, watch, &flags) > 0 && flags & IORING_CQE_F_MORE;
    uring_can.sync_cancel = ring_cancel_now(ring, ~0ULL - 7) == -ENOENT;
}

static int probe__try(void)
{
    struct uring_ring ring;
    int pair[2];
    int result = ring_open(&ring, false);

    if (result)
        return result;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
        result = probe__needed(&ring, pair[0], pair[1]);
        if (result == 0)
            probe__abilities(&ring, pair[0]);
        close(pair[0]);
        close(pair[1]);
    } else {
        result = -errno;
    }
    ring_close(&ring);
    return result;
}

int uring_probe(void)
{
    int answer;

    lock_take(&probe_lock);
    if (!probe_known) {
        probe_answer = probe__try();
        /* A process short of descriptors may have some later. */
        probe_known = probe_answer != -EMFILE && probe_answer != -ENFILE;
        if (probe_answer && probe_answer != -EPERM && probe_known)
            probe_answer = -ENOSYS;
    }
    answer = probe_answer;
    lock_drop(&probe_lock);
    return answer;
}

void uring_probe_modes(void)
{
    static bool known;
    struct uring_ring ring;

    lock_take(&probe_lock);
    if (!known && ring_open(&ring, true) == 0) {
        ring_close(&ring);
        uring_can.cooperative = nudge_prepare();
    }
    known = true;
    lock_drop(&probe_lock);
}
