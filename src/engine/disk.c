/* SPDX-License-Identifier: MIT
 *
 * Requests with a position: tried, performed by whoever may sleep, handed to a ring or to the
 * pool, cancelled, finished. What a ring gives back without an outcome (its thread ended, the
 * kernel could not do it that way) the pool performs.
 *
 * disk->lock guards the list of requests under way; a request is on it from engine_disk_start to
 * just before `done`, so a request found there is alive. Order: disk->lock, then the pool's or a
 * ring's.
 */
#include "engine/disk_ring.h"
#include "engine/pool.h"

#include "base/fault.h"
#include "engine/backend.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

enum { DISK_PIECES = 1024 }; /* of a vector in one call: what Linux takes at most */

/* Bytes of one call; a multiple of every sector, below what a call moves at most. */
#define DISK_LONGEST (1u << 30)

void engine_disk_init(struct engine_disk *disk, struct engine_file *file)
{
    disk->file = file;
    disk->lock = (struct lock){0};
    list_init(&disk->pending);
    disk->closed = 0;
    atomic_store_explicit(&disk->blocking, 0, memory_order_relaxed);
}

/* What one call is to move: at most so many pieces and bytes. `single` is room for one piece. */
static const struct iovec *disk__pieces(const struct engine_disk_request *request,
                                        struct iovec *single, int *count)
{
    uint32_t left = request->length - request->moved;

    if (request->count) {
        *count = request->count < DISK_PIECES ? request->count : DISK_PIECES;
        return request->vector;
    }
    single->iov_base = (char *)request->data + request->moved;
    single->iov_len = left < DISK_LONGEST ? left : DISK_LONGEST;
    *count = 1;
    return single;
}

static void disk__skip(struct engine_disk_request *request, size_t moved)
{
    while (request->count && moved >= request->vector->iov_len) {
        moved -= request->vector->iov_len;
        request->vector++;
        request->count--;
    }
    if (request->count) {
        request->vector->iov_base = (char *)request->vector->iov_base + moved;
        request->vector->iov_len -= moved;
    }
}

static uint64_t disk__position(const struct engine_disk_request *request)
{
    return request->offset == ENGINE_DISK_HERE ? request->offset : request->offset + request->moved;
}

/* Takes a call's result in: the outcome, or -EAGAIN if there is more to do. */
static long disk__advance(struct engine_disk_request *request, long result)
{
    uint8_t flags = atomic_load_explicit(&request->flags, memory_order_relaxed);

    if (fault_hit(FAULT_DISK))
        return -EIO;
    if (result < 0)
        return result;
    request->moved += (uint32_t)result;
    if (request->moved >= request->length || request->kind == ENGINE_DISK_FLUSH)
        return request->moved;
    if (result == 0)
        return request->kind == ENGINE_DISK_WRITE ? -ENOSPC : (long)request->moved;
    /* What follows a short read past the cache is the end of the file, and not on a sector. */
    if (request->kind == ENGINE_DISK_READ && flags & (ENGINE_DISK_DIRECT | ENGINE_DISK_STREAM))
        return request->moved;
    disk__skip(request, request->count ? (size_t)result : 0);
    return -EAGAIN;
}

static long disk__call(struct engine_disk *disk, struct engine_disk_request *request, int flags)
{
    struct iovec single;
    int count;
    ssize_t result;
    int descriptor = disk->file->descriptor;

    if (request->kind == ENGINE_DISK_FLUSH)
        return fsync(descriptor) < 0 ? -errno : 0;
    const struct iovec *pieces = disk__pieces(request, &single, &count);
    off_t position = (off_t)disk__position(request);
    if (atomic_load_explicit(&request->flags, memory_order_relaxed) & ENGINE_DISK_APPEND) {
        flags |= RWF_APPEND;
        position = 0;
    }
    do
        result = request->kind == ENGINE_DISK_READ
                     ? preadv2(descriptor, pieces, count, position, flags)
                     : pwritev2(descriptor, pieces, count, position, flags);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

long engine_disk_try(struct engine_disk *disk, struct engine_disk_request *request)
{
    uint8_t kind = (uint8_t)(1u << request->kind);
    long result = -EAGAIN;

    if (request->kind == ENGINE_DISK_FLUSH ||
        atomic_load_explicit(&disk->blocking, memory_order_relaxed) & kind)
        return -EAGAIN;
    /* Twice: what a read across the end of the file left has to be asked for once more. */
    for (int tries = 0; tries < 2 && result == -EAGAIN; tries++) {
        result = disk__call(disk, request, RWF_NOWAIT);
        if (result == -EOPNOTSUPP) {
            atomic_fetch_or_explicit(&disk->blocking, kind, memory_order_relaxed);
            return -EAGAIN;
        }
        if (result == -EAGAIN)
            break;
        result = disk__advance(request, result);
    }
    return result;
}

long engine_disk_wait(struct engine_disk *disk, struct engine_disk_request *request)
{
    long result;

    do
        result = disk__advance(request, disk__call(disk, request, 0));
    while (result == -EAGAIN);
    return result;
}

static void disk__finish(struct engine_disk_request *request, long result)
{
    struct engine_disk *disk = request->disk;
    struct engine_file *file = disk->file;
    /* `done` may give up what keeps the file, and with it the port that is still being told when
     * the packet has been taken already. */
    bool held = engine_events->hold(file);

    lock_take(&disk->lock);
    list_remove(&request->link);
    lock_drop(&disk->lock);
    request->done(request, result);
    if (held)
        engine_events->release(file);
}

static bool disk__cancelled(const struct engine_disk_request *request)
{
    return atomic_load_explicit(&request->flags, memory_order_relaxed) & ENGINE_DISK_CANCELLED;
}

void disk_perform(struct engine_disk_request *request)
{
    long result;

    do
        result = disk__cancelled(request)
                     ? -ECANCELED
                     : disk__advance(request, disk__call(request->disk, request, 0));
    while (result == -EAGAIN);
    disk__finish(request, result);
}

/* On the ring of its source if that has one; else the pool's. */
static void disk__submit(struct engine_disk_request *request)
{
    struct engine_source *source = request->source;

    if (source) {
        struct iovec single;
        int count;
        const struct iovec *pieces = disk__pieces(request, &single, &count);
        if (disk_ring_submit(source, request, pieces, count, disk__position(request)))
            return;
    }
    pool_submit(request);
}

static struct engine_source *disk__ring_source(struct engine_file *file)
{
    const struct engine_backend *backend = engine_backend();
    struct engine_source *source = file_source(file);

    return source && backend->ring_source ? backend->ring_source(source) : source;
}

void engine_disk_start(struct engine_disk *disk, struct engine_disk_request *request)
{
    struct engine_file *file = disk->file;

    lock_take(&file->attach_lock);
    request->source = disk_ring_wanted() ? disk__ring_source(file) : NULL;
    lock_drop(&file->attach_lock);
    request->disk = disk;
    request->queued = false;
    lock_take(&disk->lock);
    int closed = disk->closed;
    if (!closed)
        list_push_back(&disk->pending, &request->link);
    lock_drop(&disk->lock);
    if (closed)
        request->done(request, -closed);
    else
        disk__submit(request);
}

/* Not an outcome: the kernel gave the operation back, or cannot do it so. */
static bool disk__given_back(long result)
{
    return result == -ECANCELED || result == -EINTR || result == -EAGAIN || result == -EFAULT ||
           result == -EOPNOTSUPP;
}

void disk_completed(struct engine_disk_request *request, int completion)
{
    long result = completion;

    if (disk__given_back(result)) {
        if (disk__cancelled(request))
            disk__finish(request, -ECANCELED);
        else
            pool_submit(request);
        return;
    }
    result = disk__advance(request, result);
    if (result == -EAGAIN && disk__cancelled(request))
        result = -ECANCELED;
    if (result == -EAGAIN)
        disk__submit(request);
    else
        disk__finish(request, result);
}

/* Marks one, and asks back what holds it; true if it is the caller's now. Disk lock held. */
static bool disk__ask_back(struct engine_disk_request *request)
{
    atomic_fetch_or_explicit(&request->flags, ENGINE_DISK_CANCELLED, memory_order_relaxed);
    if (pool_take_back(request))
        return true;
    if (request->source)
        disk_ring_cancel(request->source, request);
    return false;
}

static unsigned disk__cancel(struct engine_disk *disk,
                             bool (*match)(struct engine_disk_request *, void *), void *context,
                             int error)
{
    struct list taken, *link, *next;
    unsigned count = 0;

    list_init(&taken);
    lock_take(&disk->lock);
    if (error)
        disk->closed = error;
    for (link = disk->pending.next; link != &disk->pending; link = next) {
        struct engine_disk_request *request = LIST_ELEMENT(link, struct engine_disk_request, link);
        next = link->next;
        if (match && !match(request, context))
            continue;
        count++;
        if (disk__ask_back(request)) {
            list_remove(link);
            list_push_back(&taken, link);
        }
    }
    lock_drop(&disk->lock);
    while (!list_empty(&taken)) {
        link = taken.next;
        list_remove(link);
        struct engine_disk_request *request = LIST_ELEMENT(link, struct engine_disk_request, link);
        request->done(request, -ECANCELED);
    }
    return count;
}

unsigned engine_disk_cancel(struct engine_disk *disk,
                            bool (*match)(struct engine_disk_request *, void *), void *context)
{
    return disk__cancel(disk, match, context, 0);
}

void engine_disk_close(struct engine_disk *disk, int error)
{
    disk__cancel(disk, NULL, NULL, error);
}
