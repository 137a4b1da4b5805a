/* SPDX-License-Identifier: MIT
 *
 * Reading and writing. Overlapped: a request in one of the pipe's lanes, plain bytes as a socket's,
 * messages tried by message.c. Without: in the calling thread, which sleeps in block.c. A program
 * that may not wait (PIPE_NOWAIT) goes the second way with any handle.
 */
#include "pipe/message_internal.h"
#include "pipe/peer_internal.h"

#include "base/clock.h"
#include "base/fault.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

/* For a writer that waits until another's message is out. */
#define TRANSFER_PAUSE NANOSECONDS_PER_MILLISECOND

static NTSTATUS transfer__status(struct pipe *pipe, int error, bool writing, bool at_once)
{
    NTSTATUS ended = pipe_ended(pipe);

    if (ended != STATUS_SUCCESS)
        return ended;
    switch (error) {
    case ECANCELED:
        return STATUS_CANCELLED;
    case EFAULT:
        return writing ? STATUS_INVALID_USER_BUFFER : STATUS_ACCESS_VIOLATION;
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED:
    case ENOTCONN:
        return writing && at_once ? STATUS_PIPE_CLOSING : STATUS_PIPE_BROKEN;
    default:
        return status_of_errno(error, STATUS_PLACE_PIPE);
    }
}

/* A read of nothing was woken by the end, not by something to read. */
static bool read__is_at_end(struct pipe *pipe)
{
    char byte;

    return recv(pipe_descriptor(pipe), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* A read's result. What it got is its own, also if the server has disconnected meanwhile: it waited
 * for it before. A read that comes later is turned away when it begins (PIPE-5). */
static NTSTATUS read__status(struct pipe *pipe, const struct engine_request *request, long result,
                             uintptr_t *bytes)
{
    bool messages = request->kind == ENGINE_OWN_IN;

    *bytes = 0;
    /* What it has cannot be given back (CANC-4). */
    if (result == -ECANCELED && request->moved && pipe_ended(pipe) == STATUS_SUCCESS) {
        *bytes = request->moved;
        return messages && request->flags & ENGINE_MUST_PEND ? STATUS_BUFFER_OVERFLOW
                                                             : STATUS_SUCCESS;
    }
    if (!messages && result == 0 && (request->length || read__is_at_end(pipe)))
        result = -EPIPE;
    if (result < 0)
        return transfer__status(pipe, (int)-result, false, false);
    *bytes = (uintptr_t)result;
    return messages && request->message_flags & MESSAGE_REST ? STATUS_BUFFER_OVERFLOW
                                                             : STATUS_SUCCESS;
}

static void read__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    uintptr_t bytes;
    NTSTATUS status = read__status((struct pipe *)operation->file, request, result, &bytes);

    io_complete(operation, status, bytes, at_once);
}

static void write__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct pipe *pipe = (struct pipe *)operation->file;
    NTSTATUS status =
        result < 0 ? transfer__status(pipe, (int)-result, true, at_once) : STATUS_SUCCESS;

    io_complete(operation, status, result < 0 ? 0 : (uintptr_t)result, at_once);
}

static void transfer__fill(struct pipe *pipe, struct engine_request *request,
                           const struct io_transfer *transfer, bool writing)
{
    bool messages = pipe_has(pipe, PIPE_MESSAGES);

    request->data = transfer->data;
    request->length = transfer->length;
    request->done = writing ? write__done : read__done;
    if (writing)
        request->kind = messages ? ENGINE_OWN_OUT : ENGINE_SEND;
    else if (messages)
        request->kind = ENGINE_OWN_IN;
    else
        request->kind = transfer->length ? ENGINE_RECEIVE : ENGINE_READABLE;
    /* A message that is too long is a warning: it shall always come as a packet (PKT-3). */
    if (!writing && pipe_has(pipe, PIPE_READS_MESSAGES))
        request->flags = ENGINE_MUST_PEND;
}

/* PIPE-23. */
static void transfer__told(struct pipe *pipe, bool writing, bool pends)
{
    if (writing)
        peer_written(pipe, pends);
    else
        peer_read(pipe);
}

static NTSTATUS transfer__overlapped(struct pipe *pipe, const struct io_transfer *transfer,
                                     bool writing)
{
    struct io_operation *operation;
    uintptr_t bytes = 0;
    NTSTATUS status =
        io_begin(&pipe->io, transfer->overlapped, transfer->call, transfer->routine, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    transfer__fill(pipe, &operation->request, transfer, writing);
    status = io_start(operation, writing ? ENGINE_OUT : ENGINE_IN, &bytes);
    if (status == STATUS_SUCCESS && transfer->bytes)
        *transfer->bytes = (uint32_t)bytes;
    transfer__told(pipe, writing, status == STATUS_PENDING);
    return status;
}

/* One try; *moved: of a write, how far it got. As engine_attempt does it for those in lanes. */
static long now__try(struct pipe *pipe, struct engine_request *request, bool writing)
{
    char *data = (char *)request->data + request->moved;
    ssize_t result;

    if (request->kind == ENGINE_OWN_OUT)
        return message_attempt_write(pipe, request, request);
    if (request->kind == ENGINE_OWN_IN)
        return message_attempt_in(&pipe->io.engine, request);
    if (request->kind == ENGINE_READABLE) {
        char byte;
        result = recv(pipe_descriptor(pipe), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return result < 0 ? -errno : 0;
    }
    if (!writing) {
        result = recv(pipe_descriptor(pipe), data, request->length, MSG_DONTWAIT);
        return result < 0 ? -errno : result;
    }
    do {
        size_t left = request->length - request->moved;
        result = send(pipe_descriptor(pipe), (char *)request->data + request->moved, left,
                      MSG_DONTWAIT | MSG_NOSIGNAL);
        if (result < 0)
            return -errno;
        request->moved += (size_t)result;
    } while (request->moved < request->length);
    return (long)request->length;
}

/* PIPE-11: nothing there, no room. What has begun goes on. */
static bool now__gives_up(struct pipe *pipe, const struct engine_request *request, bool writing)
{
    return pipe_has(pipe, PIPE_NO_WAIT) &&
           (!request->moved || (writing && request->kind == ENGINE_SEND));
}

/* Tries, and sleeps where it has to. The request's result as for `done`. */
static NTSTATUS now__run(struct pipe *pipe, struct engine_request *request, bool writing,
                         long *result)
{
    for (;;) {
        NTSTATUS status = STATUS_SUCCESS;
        *result = now__try(pipe, request, writing);
        if (*result == -EINTR)
            continue;
        if (*result != -EAGAIN && *result != -EBUSY)
            return STATUS_SUCCESS;
        if (now__gives_up(pipe, request, writing)) {
            *result = (long)request->moved;
            return writing ? STATUS_SUCCESS : STATUS_PIPE_EMPTY;
        }
        if (*result == -EBUSY)
            status = pipe_block(NULL, 0, clock_now() + TRANSFER_PAUSE);
        else
            status = pipe_block(pipe, writing ? POLLOUT : POLLIN, CLOCK_FOREVER);
        if (status != STATUS_SUCCESS && status != STATUS_IO_TIMEOUT)
            return status;
    }
}

static NTSTATUS transfer__now(struct pipe *pipe, const struct io_transfer *transfer, bool writing,
                              uintptr_t *bytes)
{
    struct engine_request request = {0};
    long result;

    *bytes = 0;
    transfer__fill(pipe, &request, transfer, writing);
    NTSTATUS status = now__run(pipe, &request, writing, &result);
    if (writing)
        message_give_up(pipe, &request);
    transfer__told(pipe, writing, false);
    if (status != STATUS_SUCCESS)
        return status;
    if (!writing)
        return read__status(pipe, &request, result, bytes);
    if (result < 0)
        return transfer__status(pipe, (int)-result, true, true);
    *bytes = (uintptr_t)result;
    return STATUS_SUCCESS;
}

static NTSTATUS transfer__synchronous(struct pipe *pipe, const struct io_transfer *transfer,
                                      bool writing)
{
    struct io_operation *operation = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    uintptr_t bytes;

    if (transfer->overlapped)
        status = io_begin(&pipe->io, transfer->overlapped, transfer->call, transfer->routine,
                          &operation);
    if (status != STATUS_SUCCESS)
        return status;
    status = transfer__now(pipe, transfer, writing, &bytes);
    if (transfer->bytes && !status_is_error(status))
        *transfer->bytes = (uint32_t)bytes;
    if (operation)
        io_complete(operation, status, bytes, true);
    return status;
}

static NTSTATUS transfer__check(struct pipe *pipe, const struct io_transfer *transfer, bool writing)
{
    uint32_t needed = writing ? FILE_WRITE_DATA | FILE_APPEND_DATA : FILE_READ_DATA;
    bool overlapped = pipe_has(pipe, IO_FILE_OVERLAPPED);

    if (!(pipe->access & needed))
        return STATUS_ACCESS_DENIED;
    if (overlapped ? !transfer->overlapped : transfer->routine != NULL)
        return STATUS_INVALID_PARAMETER;
    if (!transfer->data && transfer->length)
        return writing ? STATUS_INVALID_USER_BUFFER : STATUS_ACCESS_VIOLATION;
    return pipe_ready(pipe);
}

NTSTATUS pipe_transfer(struct io_file *io, const struct io_transfer *transfer, bool writing)
{
    struct pipe *pipe = (struct pipe *)io;
    NTSTATUS status = transfer__check(pipe, transfer, writing);

    if (status != STATUS_SUCCESS)
        return io_refuse(transfer->overlapped, status);
    if (pipe_has(pipe, IO_FILE_OVERLAPPED) && !pipe_has(pipe, PIPE_NO_WAIT))
        return transfer__overlapped(pipe, transfer, writing);
    return transfer__synchronous(pipe, transfer, writing);
}

/* What TransactNamedPipe's read needs when its write is done; io_memory. */
struct transaction_rest {
    void *in;
    uint32_t length;
};

/* The message is out: in the outgoing lane, from which the incoming one may be entered. */
static void transact__sent(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    const struct transaction_rest *rest = io_memory(operation);

    if (result < 0) {
        write__done(request, result, at_once);
        return;
    }
    *request = (struct engine_request){.kind = ENGINE_OWN_IN,
                                       .flags = ENGINE_MUST_PEND,
                                       .done = read__done,
                                       .data = rest->in,
                                       .length = rest->length};
    io_continue(operation, operation->file, ENGINE_IN);
}

static NTSTATUS transact__overlapped(struct pipe *pipe, const struct pipe_transaction *transaction)
{
    struct io_operation *operation;
    struct transaction_rest *rest;
    uintptr_t bytes;
    NTSTATUS status = io_begin(&pipe->io, transaction->overlapped, NULL, NULL, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    rest = io_memory_new(sizeof *rest);
    if (!rest) {
        io_abandon(operation);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *rest = (struct transaction_rest){.in = transaction->in, .length = transaction->in_length};
    io_keep_memory(operation, rest);
    operation->request = (struct engine_request){.kind = ENGINE_OWN_OUT,
                                                 .flags = ENGINE_MUST_PEND,
                                                 .done = transact__sent,
                                                 .data = transaction->out,
                                                 .length = transaction->out_length};
    status = io_start(operation, ENGINE_OUT, &bytes);
    peer_written(pipe, status == STATUS_PENDING);
    return status;
}

static NTSTATUS transact__now(struct pipe *pipe, const struct pipe_transaction *transaction,
                              uintptr_t *bytes)
{
    struct io_transfer half = {.data = transaction->out, .length = transaction->out_length};
    NTSTATUS status = transfer__now(pipe, &half, true, bytes);

    half = (struct io_transfer){.data = transaction->in, .length = transaction->in_length};
    *bytes = 0;
    return status == STATUS_SUCCESS ? transfer__now(pipe, &half, false, bytes) : status;
}

/* PIPE-12: on a pipe that speaks in messages, with nothing left to read. */
static NTSTATUS transact__check(struct pipe *pipe, const struct pipe_transaction *transaction)
{
    struct pipe_look look = {0};

    if (!(pipe->access & FILE_READ_DATA) || !(pipe->access & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    if (pipe_has(pipe, IO_FILE_OVERLAPPED) && !transaction->overlapped)
        return STATUS_INVALID_PARAMETER;
    if (!transaction->out && transaction->out_length)
        return STATUS_INVALID_USER_BUFFER;
    if (!transaction->in && transaction->in_length)
        return STATUS_ACCESS_VIOLATION;
    if (!pipe_has(pipe, PIPE_READS_MESSAGES))
        return STATUS_INVALID_PIPE_STATE;
    NTSTATUS status = pipe_ready(pipe);
    if (status == STATUS_SUCCESS && pipe_peek(pipe, &look) == STATUS_SUCCESS && look.available)
        status = STATUS_PIPE_BUSY;
    return status;
}

NTSTATUS pipe_transact(struct pipe *pipe, const struct pipe_transaction *transaction)
{
    struct io_operation *operation = NULL;
    uintptr_t bytes;
    NTSTATUS status = transact__check(pipe, transaction);

    if (status != STATUS_SUCCESS)
        return io_refuse(transaction->overlapped, status);
    if (pipe_has(pipe, IO_FILE_OVERLAPPED))
        return transact__overlapped(pipe, transaction);
    if (transaction->overlapped)
        status = io_begin(&pipe->io, transaction->overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    status = transact__now(pipe, transaction, &bytes);
    if (transaction->bytes && !status_is_error(status))
        *transaction->bytes = (uint32_t)bytes;
    if (operation)
        io_complete(operation, status, bytes, true);
    return status;
}
