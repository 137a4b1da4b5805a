/* SPDX-License-Identifier: MIT
 *
 * Operations with a position. Takes no lock of its own.
 */
#include "io/positional.h"

#include "base/slab.h"
#include "sched/sched.h"

static struct slab positional_slab = {.size = sizeof(struct io_positional),
                                      .index = SLAB_POSITIONAL};

static void positional__free(struct io_operation *operation)
{
    slab_free(&positional_slab, CONTAINER_OF(operation, struct io_positional, operation));
}

NTSTATUS io_positional_begin(struct io_file *file, OVERLAPPED *overlapped,
                             void (*call)(const struct io_routine *), void *function,
                             struct io_positional **result)
{
    struct io_positional *positional = slab_alloc(&positional_slab);

    if (!positional)
        return STATUS_INSUFFICIENT_RESOURCES;
    positional->disk = (struct engine_disk_request){0};
    *result = positional;
    return io_begin_in(&positional->operation, positional__free, file, overlapped, call, function);
}

long io_positional_try(struct engine_disk *disk, struct engine_disk_request *request)
{
    return engine_disk_try(disk, request);
}

long io_positional_wait(struct engine_disk *disk, struct engine_disk_request *request)
{
    sched_wait_begin();
    long result = engine_disk_wait(disk, request);
    sched_wait_end();
    return result;
}

void io_positional_start(struct engine_disk *disk, struct io_positional *positional)
{
    engine_disk_start(disk, &positional->disk);
}

struct positional_match {
    bool (*match)(struct engine_request *request, void *context);
    void *context;
};

static bool positional__matches(struct engine_disk_request *request, void *context)
{
    const struct positional_match *wanted = context;

    return wanted->match(&io_positional_of(request)->operation.request, wanted->context);
}

unsigned io_positional_cancel(struct engine_disk *disk,
                              bool (*match)(struct engine_request *, void *), void *context)
{
    struct positional_match wanted = {.match = match, .context = context};

    return engine_disk_cancel(disk, match ? positional__matches : NULL, &wanted);
}

unsigned io_positional_pending(struct engine_disk *disk)
{
    return engine_disk_pending(disk);
}

void io_positional_close(struct engine_disk *disk, int error)
{
    engine_disk_close(disk, error);
}

void io_positional_init(struct engine_disk *disk, struct io_file *file)
{
    engine_disk_init(disk, &file->engine);
}
