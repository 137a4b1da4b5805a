/* SPDX-License-Identifier: MIT
 *
 * I/O objects: a file whose packets come to the pool's port with the object as their key.
 *
 * Each operation that pool_io_start announced holds a reference until its packet is served, so that
 * the key names a live object then. A packet that nobody announced may come when the object is
 * gone: the memory is a slab's, holds no live count, and the packet is thrown away.
 */
#include "pool/pool_internal.h"

#include "base/slab.h"
#include "status/status.h"

/* One of the two is called. */
struct pool_io {
    struct pool_object object;
    pool_io_callback callback;
    pool_io_native native;
};

static struct slab io_slab = {.size = sizeof(struct pool_io), .index = SLAB_POOL_IO};

static void pool_io__run(struct pool_object *object, PTP_CALLBACK_INSTANCE instance,
                         const struct pool_call *call)
{
    struct pool_io *io = CONTAINER_OF(object, struct pool_io, object);

    if (io->native) {
        IO_STATUS_BLOCK result = {.Status = call->status, .Information = call->information};
        io->native(instance, object->context, call->overlapped, &result, (PTP_IO)object);
        return;
    }
    uint32_t error = status_succeeded(call->status) ? 0 : status_win32(call->status);
    io->callback(instance, object->context, call->overlapped, error, call->information,
                 (PTP_IO)object);
}

static void pool_io__free(struct pool_object *object)
{
    slab_free(&io_slab, CONTAINER_OF(object, struct pool_io, object));
}

static const struct pool_kind io_kind = {
    .run = pool_io__run, .free = pool_io__free, .packets = true};

NTSTATUS pool_io_create(struct io_file *file, pool_io_callback callback, pool_io_native native,
                        void *context, const struct pool_traits *traits,
                        struct pool_object **result)
{
    struct pool_io *io = slab_alloc(&io_slab);

    if (!io)
        return STATUS_NO_MEMORY;
    io->callback = callback;
    io->native = native;
    NTSTATUS status = pool__init(&io->object, &io_kind, traits, context);
    if (status != STATUS_SUCCESS) {
        slab_free(&io_slab, io);
        return status;
    }
    status = io_file_associate(file, io->object.pool->port, (uintptr_t)&io->object);
    if (status == STATUS_SUCCESS)
        *result = &io->object;
    else
        pool_close(&io->object);
    return status;
}

void pool_io_start(struct pool_object *io)
{
    pool__object_ref(io);
    lock_take(&io->lock);
    io->pending++;
    lock_drop(&io->lock);
}

void pool_io_cancel(struct pool_object *io)
{
    lock_take(&io->lock);
    bool announced = io->pending || io->dropped;
    if (io->pending)
        io->pending--;
    else if (io->dropped)
        io->dropped--;
    pool__settle(io);
    if (announced)
        pool__object_unref(io);
}
