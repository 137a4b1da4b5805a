/* SPDX-License-Identifier: MIT
 *
 * Pipes as objects: made, given a handle, closed.
 */
#include "pipe/message_internal.h"
#include "pipe/peer_internal.h"

#include "base/descriptor.h"
#include "base/fault.h"
#include "base/passing.h"
#include "base/slab.h"
#include "object/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    CREATE_INSTANCES_MOST = 255,
    CREATE_TIMEOUT = 50,
    CREATE_LEAST_BUFFER = 4 * PACKET_BYTES, /* a packet has to fit */
};

static struct slab pipe_slab = {.size = sizeof(struct pipe), .index = SLAB_PIPE};

static const struct object_ops listener_ops;

bool pipe_is_name(const char *name, const char **rest)
{
    static const char *const ways[] = {"\\\\.\\pipe\\", "\\\\?\\pipe\\", "//./pipe/"};

    for (unsigned way = 0; way < sizeof ways / sizeof *ways; way++) {
        size_t length = strlen(ways[way]);
        if (strncasecmp(name, ways[way], length) == 0) {
            *rest = name + length;
            return true;
        }
    }
    return false;
}

struct pipe *pipe_make(int descriptor, uint32_t flags, uint32_t access)
{
    struct pipe *pipe = slab_alloc(&pipe_slab);

    if (!pipe)
        return NULL;
    io_set_own(message_attempt_in, message_attempt_out);
    pipe->turn_lock = (struct lock){0};
    pipe->board = NULL;
    pipe->slot = pipe->out_bytes = 0;
    pipe->access = access;
    pipe->spare = NULL;
    pipe->writer = NULL;
    pipe->serving = (struct list){0};
    atomic_store_explicit(&pipe->peer, NULL, memory_order_relaxed);
    atomic_store_explicit(&pipe->writes_wait, false, memory_order_relaxed);
    list_init(&pipe->stash);
    atomic_store_explicit(&pipe->turn, 0, memory_order_relaxed);
    atomic_store_explicit(&pipe->state, PIPE_CONNECTED, memory_order_relaxed);
    io_file_init(&pipe->io, &pipe_ops, descriptor, flags);
    dispatcher_set(&pipe->io.dispatcher); /* EVT-4 */
    if (flags & PIPE_SERVER) {
        io_file_init(&pipe->listener, &listener_ops, descriptor, IO_FILE_OVERLAPPED);
        object_relabel(OBJ_REF_CALL, OBJ_REF_ENGINE);
        object_ref(file_object(&pipe->io), OBJ_REF_ENGINE);
    }
    return pipe;
}

/* A socket that nobody is connected to yet has someone all the same: in the queue. */
static void pipe__turn_away(struct pipe *pipe)
{
    int connection;

    shutdown(pipe_descriptor(pipe), SHUT_RDWR);
    if (atomic_load(&pipe->state) != PIPE_LISTENING)
        return;
    passing_begin();
    while ((connection = accept4(pipe_descriptor(pipe), NULL, NULL, SOCK_CLOEXEC)) >= 0)
        close(connection);
    passing_end();
}

/* The last handle is closed: the peer hears of it now, whatever still keeps the object. */
static void pipe__close(struct object *object)
{
    struct pipe *pipe = (struct pipe *)object;
    bool server = pipe_has(pipe, PIPE_SERVER);

    lock_take(&pipe->turn_lock);
    pipe_change(pipe, PIPE_CLOSED, true);
    pipe__turn_away(pipe);
    struct pipe *peer = peer_part(pipe);
    lock_drop(&pipe->turn_lock);
    io_file_close(&pipe->io, ESHUTDOWN);
    if (server)
        io_file_close(&pipe->listener, ESHUTDOWN);
    if (server && pipe->board)
        board_leave(pipe->board, pipe->slot);
    else if (pipe->board)
        board_unref(pipe->board);
    peer_leave(peer);
    if (server)
        object_unref(file_object(&pipe->listener), OBJ_REF_ENGINE);
}

static void listener__destroy(struct object *object)
{
    struct pipe *pipe = CONTAINER_OF(object, struct pipe, listener.dispatcher.object);

    /* The number is a connection's by now, whose registration must stay. */
    pipe->listener.engine.descriptor = -1;
    io_file_finish(&pipe->listener);
    object_unref(file_object(&pipe->io), OBJ_REF_ENGINE);
}

static void pipe__destroy(struct object *object)
{
    struct pipe *pipe = (struct pipe *)object;

    io_file_finish(&pipe->io);
    message_drop_all(pipe);
    close(pipe_descriptor(pipe));
    slab_free(&pipe_slab, pipe);
}

NTSTATUS pipe_publish(struct pipe *pipe, uintptr_t *handle)
{
    struct object *object = file_object(&pipe->io);

    *handle = handle_open(object);
    if (!*handle)
        pipe__close(object);
    object_unref(object, OBJ_REF_CALL);
    return *handle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

void pipe_set_buffer(int descriptor, uint32_t bytes)
{
    int now = 0, wanted = bytes > INT32_MAX / 2 ? INT32_MAX / 2 : (int)bytes;
    socklen_t size = sizeof now;

    if (wanted < CREATE_LEAST_BUFFER)
        wanted = CREATE_LEAST_BUFFER;
    if (getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &now, &size) == 0 && wanted > now)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
}

static NTSTATUS create__check(const struct pipe_making *making)
{
    uint32_t direction = making->open_mode & (MODE_INBOUND | MODE_OUTBOUND);

    if (making->instances == 0 || making->instances > CREATE_INSTANCES_MOST || direction == 0 ||
        (making->pipe_mode & ~0xfu))
        return STATUS_INVALID_PARAMETER;
    if ((making->pipe_mode & MODE_READ_MESSAGES) && !(making->pipe_mode & MODE_MESSAGES))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static uint32_t create__flags(const struct pipe_making *making)
{
    return PIPE_SERVER | (making->open_mode & MODE_OVERLAPPED ? IO_FILE_OVERLAPPED : 0u) |
           (making->pipe_mode & MODE_MESSAGES ? PIPE_MESSAGES : 0u) |
           (making->pipe_mode & MODE_READ_MESSAGES ? PIPE_READS_MESSAGES : 0u) |
           (making->pipe_mode & MODE_NO_WAIT ? PIPE_NO_WAIT : 0u);
}

static uint32_t create__access(uint32_t open_mode)
{
    return SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES |
           (open_mode & MODE_INBOUND ? FILE_GENERIC_READ : 0u) |
           (open_mode & MODE_OUTBOUND ? FILE_GENERIC_WRITE : 0u);
}

/* The end for a slot that has been taken; gives the slot back if it comes to nothing. */
static NTSTATUS create__end(const struct pipe_making *making, struct board *board, uint32_t slot,
                            uintptr_t *handle)
{
    struct pipe *pipe = pipe_make(-1, create__flags(making), create__access(making->open_mode));

    if (!pipe) {
        board_leave(board, slot);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    pipe->board = board;
    pipe->slot = slot;
    pipe->out_bytes = making->out_bytes;
    atomic_store(&pipe->turn, cell_turn(atomic_load(&board_cell(board, slot)->word)));
    peer_serve(pipe); /* before there can be a client */
    NTSTATUS status = pipe_listen(pipe);
    if (status == STATUS_SUCCESS)
        return pipe_publish(pipe, handle);
    pipe__close(file_object(&pipe->io));
    object_unref(file_object(&pipe->io), OBJ_REF_CALL);
    return status;
}

NTSTATUS pipe_create(const struct pipe_making *making, uintptr_t *handle)
{
    const struct board_common wanted = {
        .messages = (making->pipe_mode & MODE_MESSAGES) != 0,
        .directions = making->open_mode & (MODE_INBOUND | MODE_OUTBOUND),
        .most = making->instances,
        .out_bytes = making->out_bytes,
        .in_bytes = making->in_bytes,
        .timeout = making->timeout ? making->timeout : CREATE_TIMEOUT};
    struct board *board;
    uint32_t slot;
    NTSTATUS status = create__check(making);

    if (pipe_is_refused())
        return STATUS_INSUFFICIENT_RESOURCES;
    if (status == STATUS_SUCCESS)
        status = board_join(making->name, &wanted, making->open_mode & MODE_FIRST_INSTANCE, &board,
                            &slot);
    return status == STATUS_SUCCESS ? create__end(making, board, slot, handle) : status;
}

/* One end of an anonymous pipe. */
static NTSTATUS create__half(int descriptor, uint32_t access, uintptr_t *handle)
{
    struct pipe *pipe = pipe_make(descriptor, 0, access | SYNCHRONIZE);

    if (!pipe) {
        close(descriptor);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return pipe_publish(pipe, handle);
}

NTSTATUS pipe_create_pair(uint32_t bytes, uintptr_t *reading, uintptr_t *writing)
{
    int ends[2];
    struct object *made;

    if (pipe_is_refused())
        return STATUS_INSUFFICIENT_RESOURCES;
    if (fault_hit(FAULT_DESCRIPTOR) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return STATUS_TOO_MANY_OPENED_FILES;
    for (int end = 0; end < 2; end++)
        ends[end] = descriptor_above_standard(ends[end]);
    if (ends[0] < 0 || ends[1] < 0) {
        close(ends[0]);
        close(ends[1]);
        return STATUS_TOO_MANY_OPENED_FILES;
    }
    pipe_set_buffer(ends[1], bytes);
    NTSTATUS status = create__half(ends[0], FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES, reading);
    if (status != STATUS_SUCCESS) {
        close(ends[1]);
        return status;
    }
    status = create__half(ends[1], FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES, writing);
    if (status != STATUS_SUCCESS && (made = handle_take(*reading)))
        handle_release(made);
    return status;
}

static unsigned pipe__cancel(struct io_file *io, bool (*match)(struct engine_request *, void *),
                             void *context)
{
    return pipe_cancel_connects((struct pipe *)io, match, context);
}

static const struct io_ops pipe__io = {.transfer = pipe_transfer, .cancel = pipe__cancel};

const struct object_ops pipe_ops = {.kind = "pipe",
                                    .waitable = &dispatcher_latch,
                                    .io = &pipe__io,
                                    .close = pipe__close,
                                    .destroy = pipe__destroy};

static const struct object_ops listener_ops = {
    .kind = "listening pipe", .waitable = &dispatcher_latch, .destroy = listener__destroy};
