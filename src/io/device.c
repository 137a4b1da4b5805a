/* SPDX-License-Identifier: MIT
 *
 * Walking over the devices of ports. No list of them is kept, which every association would have
 * to pay for: the handle table is one.
 */
#include "io/device.h"

#include "engine/look.h"
#include "io/file.h"
#include "object/handle.h"

struct device_walk {
    bool (*visit)(const struct io_device *device, void *context);
    void *context;
};

/* Whether the file has a handle of its own beside this one, by which it goes. */
static bool device__is_duplicate(struct io_file *file, uintptr_t handle)
{
    uintptr_t own = (uintptr_t)(unsigned)file->engine.descriptor;

    if (handle >= HANDLE_DESCRIPTORS || handle == own)
        return false;
    struct object *object = handle_get(own);
    if (object)
        object_unref(object, OBJ_REF_CALL);
    return object == file_object(file);
}

static bool device__visit(struct object *object, uintptr_t handle, void *context)
{
    const struct device_walk *walk = context;
    struct io_file *file = (struct io_file *)object;

    if (!object->ops->io)
        return true;
    /* Pairs with the release in io_file_associate: who sees the port sees the key. */
    struct port *port = atomic_load_explicit(&file->port, memory_order_acquire);
    if (!port || device__is_duplicate(file, handle))
        return true;
    struct io_device device = {
        .handle = handle, .key = file->key, .port = port, .kind = object->ops->kind, .file = file};
    return walk->visit(&device, walk->context);
}

void io_each_device(bool (*visit)(const struct io_device *device, void *context), void *context)
{
    struct device_walk walk = {.visit = visit, .context = context};

    handle_each(HANDLES_DESCRIPTORS | HANDLES_OBJECTS, device__visit, &walk);
}

uint32_t io_device_pending(const struct io_device *device)
{
    struct io_file *file = device->file;
    const struct io_ops *ops = file_object(file)->ops->io;

    return engine_pending(&file->engine) + (ops->pending ? ops->pending(file) : 0);
}
