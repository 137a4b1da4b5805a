/* SPDX-License-Identifier: MIT
 *
 * Reads and writes as entries of a ring. Whoever polls the ring's source takes the completions
 * (epoll.c, uring.c). A request is on at most one ring, and its address is its name there until
 * its completion has been taken.
 */
#include "engine/disk_ring.h"

#include "engine/backend.h"
#include "engine/uring.h"

#include <errno.h>

bool disk_ring_wanted(void)
{
    static _Atomic int known; /* 0: not yet; 1: yes; 2: no */
    int answer = atomic_load_explicit(&known, memory_order_relaxed);

    if (answer == 0) {
        const struct engine_backend *backend = engine_backend();
        bool wanted = backend->ring && !(backend == &engine_epoll && engine_was_named());
        int refused = wanted ? uring_probe() : -ENOSYS;
        answer = refused ? 2 : 1;
        /* A process short of descriptors may have some later. */
        if (refused != -EMFILE && refused != -ENFILE)
            atomic_store_explicit(&known, answer, memory_order_relaxed);
    }
    return answer == 1;
}

static struct uring_ring *disk_ring__of(struct engine_source *source)
{
    return source->backend->ring(source);
}

static uint64_t disk_ring__tag(const struct engine_disk_request *request)
{
    return (uintptr_t)request | DISK_RING_TAG;
}

bool disk_ring_submit(struct engine_source *source, struct engine_disk_request *request,
                      const struct iovec *pieces, int count, uint64_t position)
{
    struct uring_ring *ring = disk_ring__of(source);
    bool out = request->kind == ENGINE_DISK_WRITE;
    struct io_uring_sqe entry = {.fd = request->disk->file->descriptor,
                                 .off = position,
                                 .user_data = disk_ring__tag(request)};

    if (!ring)
        return false;
    if (request->kind == ENGINE_DISK_FLUSH) {
        entry.opcode = IORING_OP_FSYNC;
        entry.off = 0;
    } else if (request->count == 0) {
        entry.opcode = out ? IORING_OP_WRITE : IORING_OP_READ;
        entry.addr = (uintptr_t)pieces->iov_base;
        entry.len = (uint32_t)pieces->iov_len;
    } else {
        entry.opcode = out ? IORING_OP_WRITEV : IORING_OP_READV;
        entry.addr = (uintptr_t)pieces;
        entry.len = (uint32_t)count;
    }
    if (atomic_load_explicit(&request->flags, memory_order_relaxed) & ENGINE_DISK_APPEND) {
        entry.rw_flags = RWF_APPEND;
        entry.off = 0;
    }
    /* The kernel orders this with the completion; here it is said in words that tools know. */
    atomic_store_explicit(&request->handed, true, memory_order_release);
    return ring_submit(ring, &entry) == 0;
}

void disk_ring_cancel(struct engine_source *source, const struct engine_disk_request *request)
{
    struct uring_ring *ring = disk_ring__of(source);

    if (ring)
        ring_cancel(ring, disk_ring__tag(request));
}

void disk_ring_finish(const struct io_uring_cqe *completion)
{
    uint64_t address = completion->user_data & ~(uint64_t)(URING_TAGS - 1);

    struct engine_disk_request *request = (void *)(uintptr_t)address; /* NOLINT */

    MUST(atomic_load_explicit(&request->handed, memory_order_acquire));
    disk_completed(request, completion->res);
}
