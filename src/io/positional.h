/* SPDX-License-Identifier: MIT
 *
 * Operations with a position in a file: begun like all others, then tried, started on the disk's
 * side of the engine, and ended by io_complete like all others.
 */
#ifndef IO_POSITIONAL_H
#define IO_POSITIONAL_H

#include "engine/disk.h"
#include "io/operation.h"

struct io_positional {
    struct io_operation operation;
    struct engine_disk_request disk;
};

static inline struct io_positional *io_positional_of(struct engine_disk_request *request)
{
    return CONTAINER_OF(request, struct io_positional, disk);
}

/* As io_begin. */
NTSTATUS io_positional_begin(struct io_file *file, OVERLAPPED *overlapped,
                             void (*call)(const struct io_routine *), void *function,
                             struct io_positional **positional);

/* engine_disk_try, engine_disk_wait and engine_disk_start for the rooms above. A sleep in `wait` is
 * framed (SCHED-7). */
long io_positional_try(struct engine_disk *disk, struct engine_disk_request *request);
long io_positional_wait(struct engine_disk *disk, struct engine_disk_request *request);
void io_positional_start(struct engine_disk *disk, struct io_positional *positional);

/* For a kind's io_ops and its close. */
unsigned io_positional_cancel(struct engine_disk *disk,
                              bool (*match)(struct engine_request *, void *), void *context);
unsigned io_positional_pending(struct engine_disk *disk);
void io_positional_close(struct engine_disk *disk, int error);
void io_positional_init(struct engine_disk *disk, struct io_file *file);

#endif
