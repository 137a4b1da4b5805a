/* SPDX-License-Identifier: MIT
 *
 * The place where pipes are, opened by its own name ("\\.\pipe\" and nothing behind it): all that
 * can be done with it is to wait for a pipe. Nothing is kept for a handle, so there is one such
 * file for all of them. It is static: its first reference is never given back.
 */
#include "pipe/pipe_internal.h"

#include "object/handle.h"

#include <pthread.h>

static struct io_file root;
static pthread_once_t root_once = PTHREAD_ONCE_INIT;

static NTSTATUS root__transfer(struct io_file *file, const struct io_transfer *transfer,
                               bool writing)
{
    (void)file;
    (void)transfer;
    (void)writing;
    return STATUS_INVALID_DEVICE_REQUEST;
}

static void root__destroy(struct object *object)
{
    (void)object;
    MUST(!"the place of pipes is held by the process");
}

static const struct io_ops root__io = {.transfer = root__transfer};

const struct object_ops pipe_root_ops = {.kind = "place of pipes",
                                         .waitable = &dispatcher_latch,
                                         .io = &root__io,
                                         .destroy = root__destroy};

static void root__make(void)
{
    io_file_init(&root, &pipe_root_ops, -1, 0);
    dispatcher_set(&root.dispatcher); /* EVT-4 */
}

NTSTATUS pipe_open_root(uintptr_t *handle)
{
    if (pipe_is_refused())
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_once(&root_once, root__make);
    *handle = handle_open(file_object(&root));
    return *handle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}
