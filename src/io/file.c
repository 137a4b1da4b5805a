/* SPDX-License-Identifier: MIT
 *
 * File objects: their port, their modes, their end.
 *
 * file->lock is the engine's attach_lock: what happens under either is rare and short, and no other
 * lock is taken here under it.
 */
#include "io/file.h"

#include "base/compiler.h"
#include "base/fault.h"
#include "engine/nudge.h"

#include <ntstatus.h>
#include <stdlib.h>

static bool file__hold(struct engine_file *engine)
{
    return object_try_ref(file_object(CONTAINER_OF(engine, struct io_file, engine)),
                          OBJ_REF_ENGINE);
}

static void file__release(struct engine_file *engine)
{
    object_unref(file_object(CONTAINER_OF(engine, struct io_file, engine)), OBJ_REF_ENGINE);
}

static const struct engine_events file_events = {.hold = file__hold, .release = file__release};

void io_file_init(struct io_file *file, const struct object_ops *ops, int descriptor,
                  uint32_t flags)
{
    engine_set_events(&file_events);
    atomic_store_explicit(&file->port, NULL, memory_order_relaxed);
    file->key = 0;
    engine_file_init(&file->engine, descriptor);
    atomic_store_explicit(&file->flags, flags, memory_order_relaxed);
    dispatcher_init(&file->dispatcher, ops, OBJ_REF_CALL, 0);
}

void io_file_finish(struct io_file *file)
{
    struct port *port = atomic_load_explicit(&file->port, memory_order_acquire);

    engine_file_finish(&file->engine);
    if (!port)
        return;
    port_count_device(port, -1);
    object_unref(port_object(port), OBJ_REF_ASSOCIATION);
}

/* A port's source is an engine's source. */
struct file_source {
    struct port_source source;
    struct engine_source *engine;
};

static struct engine_source *source__engine(struct port_source *source)
{
    return CONTAINER_OF(source, struct file_source, source)->engine;
}

static void source__poll(struct port_source *source, int64_t deadline, uint32_t most)
{
    engine_source_poll(source__engine(source), deadline, most);
}

static void source__kick(struct port_source *source)
{
    engine_source_kick(source__engine(source));
}

static bool source__leave(struct port_source *source)
{
    return engine_source_leave(source__engine(source));
}

static void source__take_back(struct port_source *source)
{
    engine_source_take_back(source__engine(source));
}

static void source__destroy(struct port_source *source)
{
    engine_source_destroy(source__engine(source));
    free(CONTAINER_OF(source, struct file_source, source));
}

struct port_source *io_source_make(struct port *port)
{
    struct file_source *made = fault_calloc(1, sizeof *made);

    if (!made)
        return NULL;
    /* What belongs to no port is polled by the program itself, or the library's own thread. */
    made->engine = port ? engine_source_create_nudged() : engine_source_create();
    if (!made->engine) {
        free(made);
        return NULL;
    }
    made->source = (struct port_source){.look_in_every = engine_source_patience(made->engine),
                                        .poll = source__poll,
                                        .kick = source__kick,
                                        .leave = source__leave,
                                        .take_back = source__take_back,
                                        .destroy = source__destroy};
    if (engine_source_is_nudged(made->engine))
        made->source.nudge = engine_nudge;
    return &made->source;
}

NTSTATUS io_file_associate(struct io_file *file, struct port *port, uintptr_t key)
{
    if (!io_file_has(file, IO_FILE_OVERLAPPED))
        return STATUS_INVALID_PARAMETER;
    struct port_source *source = port_source(port, io_source_make);
    if (!source)
        return STATUS_INSUFFICIENT_RESOURCES;
    lock_take(&file->lock);
    bool taken = atomic_load_explicit(&file->port, memory_order_relaxed) != NULL;
    if (!taken) {
        object_ref(port_object(port), OBJ_REF_ASSOCIATION);
        port_count_device(port, 1);
        file->key = key;
        /* Pairs with the acquire where a completion looks for its port: who sees the port sees the
         * key. */
        atomic_store_explicit(&file->port, port, memory_order_release);
    }
    lock_drop(&file->lock);
    if (taken)
        return STATUS_INVALID_PARAMETER;
    engine_file_move(&file->engine, source__engine(source));
    return STATUS_SUCCESS;
}

void io_file_poll_with(struct io_file *file, struct port_source *source)
{
    if (!atomic_load_explicit(&file->port, memory_order_acquire))
        engine_file_move(&file->engine, source__engine(source));
}

NTSTATUS io_file_add_modes(struct io_file *file, uint32_t modes)
{
    if (modes & ~(uint32_t)(IO_FILE_SKIP_PORT | IO_FILE_SKIP_EVENT))
        return STATUS_INVALID_PARAMETER;
    if ((modes & IO_FILE_SKIP_PORT) && !io_file_has(file, IO_FILE_OVERLAPPED))
        return STATUS_INVALID_PARAMETER;
    atomic_fetch_or_explicit(&file->flags, modes, memory_order_relaxed);
    return STATUS_SUCCESS;
}
