/* SPDX-License-Identifier: MIT
 *
 * The operations of one thread, found by looking through all files: there is no list of them, as
 * every operation would have to be put on it.
 */
#include "io/thread.h"

#include "io/block.h"
#include "object/handle.h"
#include "sched/sched.h"

static bool io__dies_with(const struct io_operation *operation, uint32_t thread)
{
    return operation->thread == thread &&
           (operation->flags & (IO_EVENT | IO_ROUTINE) ||
            !atomic_load_explicit(&operation->file->port, memory_order_relaxed));
}

static bool io__ends(struct engine_request *request, void *context)
{
    return io_may_cancel(request) && io__dies_with(io_of(request), *(uint32_t *)context);
}

static bool io__leave_file(struct object *object, uintptr_t handle, void *context)
{
    (void)handle;
    if (object->ops->io)
        io_cancel_matching((struct io_file *)object, io__ends, context);
    return true;
}

void io_leave_thread(void)
{
    uint32_t number = sched_thread_number();

    handle_each(HANDLES_DESCRIPTORS | HANDLES_OBJECTS, io__leave_file, &number);
}

struct io_search {
    uint32_t thread;
    bool found;
};

/* Cancels nothing. */
static bool io__is_seen(struct engine_request *request, void *context)
{
    struct io_search *search = context;

    if (io__ends(request, &search->thread))
        search->found = true;
    return false;
}

static bool io__look_at_file(struct object *object, uintptr_t handle, void *context)
{
    struct io_search *search = context;

    (void)handle;
    if (object->ops->io)
        io_cancel_matching((struct io_file *)object, io__is_seen, search);
    return !search->found;
}

bool io_thread_is_pending(uint32_t thread)
{
    struct io_search search = {.thread = thread};

    if (blocked_is_in(thread))
        return true;
    handle_each(HANDLES_DESCRIPTORS | HANDLES_OBJECTS, io__look_at_file, &search);
    return search.found;
}
