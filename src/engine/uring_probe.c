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
static int probe__do(struct uring_ring *ring, struct io_uring_sqe entry)
{
    struct io_uring_cqe completion;

    entry.user_data = PROBE_TAG;
    int error = ring_submit(ring, &entry);
    if (error)
        return error;
    for (int tries = 0; tries < 100; tries++) {
        if (ring_take_tagged(ring, PROBE_TAG, &completion))
            return completion.res;
        ring_wait(ring, clock_now() + 10 * NANOSECONDS_PER_MILLISECOND);
    }
    return -ENOSYS;
}

static bool probe__has(struct uring_ring *ring, int opcode)
{
    struct io_uring_probe *probe = io_uring_get_probe_ring(&ring->mapping);
    bool has = probe && io_uring_opcode_supported(probe, opcode);

    io_uring_free_probe(probe);
    return has;
}

/* The operations that the engine cannot do without, on a pair of sockets. */
static int probe__needed(struct uring_ring *ring, int in, int out)
{
    char byte = 'x';
    struct io_uring_sqe watch = {.opcode = IORING_OP_POLL_ADD, .fd = in, .poll32_events = POLLIN};
    struct io_uring_sqe send = {.opcode = IORING_OP_SEND,
                                .fd = out,
                                .addr = (uintptr_t)&byte,
                                .len = 1,
                                .msg_flags = MSG_NOSIGNAL};
    struct io_uring_sqe receive = {
        .opcode = IORING_OP_RECV, .fd = in, .addr = (uintptr_t)&byte, .len = 1};
    struct io_uring_sqe cancel = {.opcode = IORING_OP_ASYNC_CANCEL, .fd = -1, .addr = ~0ULL - 7};
    int result = probe__do(ring, send);

    if (result == 1)
        result = probe__do(ring, watch);
    if (result > 0)
        result = probe__do(ring, receive);
    if (result != 1)
        return result < 0 ? result : -ENOSYS;
    result = probe__do(ring, cancel);
    return result == -ENOENT ? 0 : result < 0 ? result : -ENOSYS;
}

static void probe__abilities(struct uring_ring *ring, int in, int out)
{
    const int send_zc = 47; /* came with 6.0, as what whole_sends means did */
    char byte = 'x';
    struct io_uring_sqe receive = {.opcode = IORING_OP_RECV,
                                   .fd = in,
                                   .addr = (uintptr_t)&byte,
                                   .len = 1,
                                   .ioprio = IORING_RECVSEND_POLL_FIRST};

    if (send(out, &byte, 1, MSG_NOSIGNAL) != 1)
        return;
    uring_can.poll_first = probe__do(ring, receive) == 1;
    uring_can.whole_sends = probe__has(ring, send_zc);
    uring_can.sync_cancel = ring_cancel_now(ring, ~0ULL - 7) == -ENOENT;
}

static int probe__try(void)
{
    struct uring_ring ring;
    int pair[2];
    int result = ring_open(&ring);

    if (result)
        return result;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
        result = probe__needed(&ring, pair[0], pair[1]);
        if (result == 0)
            probe__abilities(&ring, pair[0], pair[1]);
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
