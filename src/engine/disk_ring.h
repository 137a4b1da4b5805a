/* SPDX-License-Identifier: MIT
 *
 * Requests with a position on a source's ring. A source of the io_uring engine has its ring; one
 * of the epoll engine makes itself one when the first file needs it, unless the program asked for
 * epoll by name or the system refuses io_uring.
 */
#ifndef ENGINE_DISK_RING_H
#define ENGINE_DISK_RING_H

#include "engine/disk.h"

struct uring_ring;
struct io_uring_cqe;

/* In a completion's tag beside the request's address: it is one of these. */
#define DISK_RING_TAG 4u

/* Whether files may use a ring at all in this process. */
bool disk_ring_wanted(void);

/* Hands these pieces to the kernel; false if the source has no ring or it takes nothing now. */
bool disk_ring_submit(struct engine_source *source, struct engine_disk_request *request,
                      const struct iovec *pieces, int count, uint64_t position);
void disk_ring_cancel(struct engine_source *source, const struct engine_disk_request *request);
/* A completion with DISK_RING_TAG was taken off a ring. */
void disk_ring_finish(const struct io_uring_cqe *completion);

/* disk.c: bytes or a negative errno of what was submitted last. */
void disk_completed(struct engine_disk_request *request, int completion);

#endif
