/* SPDX-License-Identifier: MIT
 *
 * A server's end: listening, taking a client in, letting it go.
 *
 * An instance's socket has room for one connection in its queue (a backlog of 0), which is what
 * makes it free or taken: of two clients that come at once the system refuses one, without any
 * thread of the server being asked. The connection is taken out of the queue when the server first
 * wants to know of it. Before that the socket is shut, so that no other takes the place in between.
 *
 * turn_lock: after a listening lane's lock, before the lanes of the pipe.
 */
#include "pipe/message_internal.h"
#include "pipe/peer_internal.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/passing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

static struct board_cell *pipe__cell(struct pipe *pipe)
{
    return board_cell(pipe->board, pipe->slot);
}

static void pipe__show(struct pipe *pipe, enum cell_state state)
{
    atomic_store(&pipe__cell(pipe)->word, cell_word(atomic_load(&pipe->turn), state));
}

static int listen__socket(struct pipe *pipe)
{
    int type = pipe_has(pipe, PIPE_MESSAGES) ? SOCK_SEQPACKET : SOCK_STREAM;
    struct sockaddr_un address;
    socklen_t length = board_address(pipe->board, pipe->slot, atomic_load(&pipe->turn), &address);
    int made = fault_hit(FAULT_DESCRIPTOR)
                   ? (errno = EMFILE, -1)
                   : socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (made < 0)
        return -errno;
    if (bind(made, (struct sockaddr *)&address, length) == 0 && listen(made, 0) == 0)
        return made;
    int error = errno;
    close(made);
    return -error;
}

NTSTATUS pipe_listen(struct pipe *pipe)
{
    uint32_t turn = atomic_load(&pipe->turn);

    board_unlink(pipe->board, pipe->slot, turn);
    atomic_store(&pipe->turn, turn + 1);
    int made = listen__socket(pipe);
    if (made < 0)
        return made == -EMFILE || made == -ENFILE ? STATUS_TOO_MANY_OPENED_FILES
                                                  : STATUS_INSUFFICIENT_RESOURCES;
    if (pipe_descriptor(pipe) < 0) {
        pipe->io.engine.descriptor = pipe->listener.engine.descriptor =
            descriptor_above_standard(made);
    } else {
        dup3(made, pipe_descriptor(pipe), O_CLOEXEC);
        close(made);
    }
    if (pipe_descriptor(pipe) < 0)
        return STATUS_TOO_MANY_OPENED_FILES;
    atomic_store(&pipe->state, PIPE_LISTENING);
    pipe__show(pipe, CELL_LISTENING);
    return STATUS_SUCCESS;
}

/* Who is root may come in without being asked. */
static bool accept__is_same_user(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.uid == geteuid();
}

/* The connection takes the listening descriptor's place. 0, or the system's error. */
static int accept__into(int listener, uint32_t buffer)
{
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (connection < 0)
        return errno;
    if (!accept__is_same_user(connection))
        shutdown(connection, SHUT_RDWR);
    pipe_set_buffer(connection, buffer);
    dup3(connection, listener, O_CLOEXEC);
    close(connection);
    return 0;
}

/* Takes the client in, if there is one: the state afterwards says. A status only if that failed. */
static NTSTATUS pipe__accept(struct pipe *pipe)
{
    struct pollfd polled = {.fd = pipe_descriptor(pipe), .events = POLLIN};

    lock_assert_held(&pipe->turn_lock);
    if (atomic_load(&pipe->state) != PIPE_LISTENING || pipe_has(pipe, PIPE_CLOSED) ||
        poll(&polled, 1, 0) <= 0)
        return STATUS_SUCCESS;
    if (fault_hit(FAULT_DESCRIPTOR))
        return STATUS_TOO_MANY_OPENED_FILES;
    shutdown(polled.fd, SHUT_RD);
    passing_begin();
    int error = accept__into(polled.fd, pipe->out_bytes);
    passing_end();
    if (error)
        return error == EMFILE || error == ENFILE ? STATUS_TOO_MANY_OPENED_FILES
                                                  : STATUS_INSUFFICIENT_RESOURCES;
    io_file_renew(&pipe->io, false);
    pipe__show(pipe, CELL_TAKEN);
    atomic_store(&pipe->state, PIPE_CONNECTED);
    return STATUS_SUCCESS;
}

bool pipe_is_hung_up(struct pipe *pipe)
{
    struct pollfd polled = {.fd = pipe_descriptor(pipe), .events = POLLRDHUP};

    return poll(&polled, 1, 0) > 0;
}

NTSTATUS pipe_ended(struct pipe *pipe)
{
    if (pipe_has(pipe, PIPE_CLOSED))
        return STATUS_PIPE_BROKEN;
    if (pipe_has(pipe, PIPE_SERVER))
        return atomic_load(&pipe->state) == PIPE_DISCONNECTED ? STATUS_PIPE_DISCONNECTED
                                                              : STATUS_SUCCESS;
    /* A client's turn stays what it was: what the server says of it is on the board. */
    if (pipe->board &&
        atomic_load_explicit(&pipe__cell(pipe)->disconnected, memory_order_acquire) >=
            atomic_load_explicit(&pipe->turn, memory_order_relaxed))
        return STATUS_PIPE_DISCONNECTED;
    return STATUS_SUCCESS;
}

NTSTATUS pipe_ready(struct pipe *pipe)
{
    if (LIKELY(atomic_load(&pipe->state) == PIPE_CONNECTED))
        return pipe_ended(pipe);
    lock_take(&pipe->turn_lock);
    NTSTATUS status = pipe__accept(pipe);
    uint32_t state = atomic_load(&pipe->state);
    lock_drop(&pipe->turn_lock);
    if (status == STATUS_SUCCESS && state == PIPE_LISTENING)
        return STATUS_PIPE_LISTENING;
    return status == STATUS_SUCCESS ? pipe_ended(pipe) : status;
}

/* Begins to wait for a client, or finds the one that is there. STATUS_PIPE_CONNECTED,
 * STATUS_PIPE_CLOSING (it has gone again), STATUS_PIPE_LISTENING: none yet; *again: it listens
 * since this call. */
static NTSTATUS connect__begin(struct pipe *pipe, bool *again)
{
    NTSTATUS status = STATUS_SUCCESS;

    /* No lane is locked here, and the old listening socket is gone. */
    if (atomic_load(&pipe->state) == PIPE_DISCONNECTED)
        io_file_renew(&pipe->listener, false);
    lock_take(&pipe->turn_lock);
    *again = atomic_load(&pipe->state) == PIPE_DISCONNECTED;
    if (*again)
        status = pipe_listen(pipe);
    if (status == STATUS_SUCCESS)
        status = pipe__accept(pipe);
    uint32_t state = atomic_load(&pipe->state);
    lock_drop(&pipe->turn_lock);
    if (status != STATUS_SUCCESS)
        return status;
    if (state != PIPE_CONNECTED)
        return STATUS_PIPE_LISTENING;
    return pipe_is_hung_up(pipe) ? STATUS_PIPE_CLOSING : STATUS_PIPE_CONNECTED;
}

unsigned pipe_cancel_connects(struct pipe *pipe, bool (*match)(struct engine_request *, void *),
                              void *context)
{
    struct object *listener = file_object(&pipe->listener);

    if (!pipe_has(pipe, PIPE_SERVER) || !object_try_ref(listener, OBJ_REF_CALL))
        return 0;
    unsigned cancelled = io_file_cancel(&pipe->listener, match, context);
    object_unref(listener, OBJ_REF_CALL);
    return cancelled;
}

void pipe_try_connects(struct pipe *pipe)
{
    struct object *listener = file_object(&pipe->listener);

    if (!object_try_ref(listener, OBJ_REF_CALL))
        return;
    io_file_try(&pipe->listener, ENGINE_IN);
    object_unref(listener, OBJ_REF_CALL);
}

/* A client is in the queue, or the waiting is over otherwise. In the listening lane. */
static void connect__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct pipe *pipe = (struct pipe *)operation->file;
    NTSTATUS status = STATUS_SUCCESS;

    if (result >= 0) {
        lock_take(&pipe->turn_lock);
        status = pipe__accept(pipe);
        lock_drop(&pipe->turn_lock);
    }
    NTSTATUS ended = pipe_ended(pipe);
    if (ended != STATUS_SUCCESS)
        status = ended;
    else if (result < 0)
        status = result == -ECANCELED ? STATUS_CANCELLED : STATUS_INSUFFICIENT_RESOURCES;
    /* The operation may be the last to keep the pipe, and the listener has to go before it. Whoever
     * holds the lane keeps the listener. */
    object_unref(file_object(&pipe->listener), OBJ_REF_OPERATION);
    io_complete(operation, status, 0, at_once);
}

static NTSTATUS connect__overlapped(struct pipe *pipe, OVERLAPPED *overlapped)
{
    struct io_operation *operation;
    struct port *port = atomic_load_explicit(&pipe->io.port, memory_order_acquire);

    if (io_file_busy(&pipe->listener, ENGINE_IN))
        return io_refuse(overlapped, STATUS_PIPE_LISTENING);
    /* Who waits for the pipe's packets shall see the client come. */
    if (port && !atomic_load(&pipe->listener.port))
        io_file_associate(&pipe->listener, port, 0);
    NTSTATUS status = io_begin(&pipe->io, overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    /* A closed pipe's listener may outlive it by what the kernel still holds, or be gone. */
    if (!object_try_ref(file_object(&pipe->listener), OBJ_REF_OPERATION)) {
        io_abandon(operation);
        return STATUS_INVALID_HANDLE;
    }
    operation->request = (struct engine_request){
        .kind = ENGINE_POLL_IN, .done = connect__done, .flags = ENGINE_MUST_PEND};
    io_continue(operation, &pipe->listener, ENGINE_IN);
    return STATUS_PENDING;
}

/* PIPE-4. */
static NTSTATUS connect__wait(struct pipe *pipe)
{
    for (;;) {
        NTSTATUS status = pipe_block(pipe, POLLIN, CLOCK_FOREVER);
        if (status != STATUS_SUCCESS)
            return status;
        status = pipe_ready(pipe);
        if (status != STATUS_PIPE_LISTENING)
            return status;
    }
}

NTSTATUS pipe_connect(struct pipe *pipe, OVERLAPPED *overlapped)
{
    struct io_operation *operation;
    bool again;

    if (!pipe_has(pipe, PIPE_SERVER))
        return STATUS_ILLEGAL_FUNCTION;
    bool pends = pipe_has(pipe, IO_FILE_OVERLAPPED);
    if (pends && !overlapped)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = connect__begin(pipe, &again);
    if (status != STATUS_PIPE_LISTENING)
        return pends ? io_refuse(overlapped, status) : status;
    if (pipe_has(pipe, PIPE_NO_WAIT))
        return again ? STATUS_SUCCESS : STATUS_PIPE_LISTENING;
    if (pends)
        return connect__overlapped(pipe, overlapped);
    if (!overlapped)
        return connect__wait(pipe);
    status = io_begin(&pipe->io, overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    status = connect__wait(pipe);
    io_complete(operation, status, 0, true);
    return status;
}

/* Whatever is under way ends now. A shut socket keeps nothing pending, so this comes to an end. */
static void disconnect__end_all(struct pipe *pipe)
{
    for (;;) {
        io_file_cancel(&pipe->io, NULL, NULL);
        if (!io_file_busy(&pipe->io, ENGINE_IN) && !io_file_busy(&pipe->io, ENGINE_OUT))
            return;
        sched_yield();
    }
}

NTSTATUS pipe_disconnect(struct pipe *pipe)
{
    if (!pipe_has(pipe, PIPE_SERVER))
        return STATUS_ILLEGAL_FUNCTION;
    lock_take(&pipe->turn_lock);
    pipe__accept(pipe); /* a client that waits in the queue is one to be let go */
    if (atomic_load(&pipe->state) == PIPE_DISCONNECTED) {
        lock_drop(&pipe->turn_lock);
        return STATUS_PIPE_DISCONNECTED;
    }
    /* First on the board: the client looks there when its socket ends. */
    atomic_store_explicit(&pipe__cell(pipe)->disconnected, atomic_load(&pipe->turn),
                          memory_order_release);
    pipe__show(pipe, CELL_TAKEN);
    atomic_store(&pipe->state, PIPE_DISCONNECTED);
    shutdown(pipe_descriptor(pipe), SHUT_RDWR);
    struct pipe *peer = peer_part(pipe);
    disconnect__end_all(pipe);
    lock_take(&pipe->io.lock);
    message_drop_all(pipe);
    lock_drop(&pipe->io.lock);
    lock_drop(&pipe->turn_lock);
    pipe_cancel_connects(pipe, NULL, NULL);
    peer_leave(peer);
    return STATUS_SUCCESS;
}
