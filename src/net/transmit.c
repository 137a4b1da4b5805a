/* SPDX-License-Identifier: MIT
 *
 * A transmission is planned when the call is made (which bytes of which files), sent by the engine
 * as one request, or by the calling thread if there is no OVERLAPPED, and ended together with its
 * descriptors. A disconnect is its last piece. No locks.
 */
#include "net/transmit.h"

#include "base/fault.h"
#include "engine/transmit.h"
#include "net/datagram.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRANSMIT_BLOCK = 1 << 16 };

/* The operation's memory. */
struct transmit_plan {
    uint32_t flags;
    uint16_t count;
    size_t total;
    struct engine_piece pieces[];
};

static void plan__close_files(struct transmit_plan *plan)
{
    for (uint16_t index = 0; index < plan->count; index++)
        if (plan->pieces[index].kind == ENGINE_PIECE_FILE)
            close(plan->pieces[index].descriptor);
}

/* Which bytes of the file: TF-2, TF-3, TF-5. */
static NTSTATUS plan__extent(const struct net_piece *wanted, struct engine_piece *piece)
{
    struct stat file;

    if (fstat(wanted->descriptor, &file) < 0)
        return STATUS_OF_WINSOCK(6); /* not 10038: the socket is one */
    if (!S_ISREG(file.st_mode))
        return STATUS_INVALID_PARAMETER;
    piece->offset = wanted->offset;
    if (wanted->offset == NET_CURRENT_POSITION)
        piece->offset = lseek(wanted->descriptor, 0, SEEK_CUR);
    if (piece->offset < 0 || piece->offset > file.st_size)
        return STATUS_INVALID_PARAMETER;
    piece->length = (size_t)(file.st_size - piece->offset);
    if (wanted->length && wanted->length < piece->length)
        piece->length = wanted->length;
    return STATUS_SUCCESS;
}

static NTSTATUS plan__file(struct transmit_plan *plan, const struct net_piece *wanted)
{
    struct engine_piece piece = {.kind = ENGINE_PIECE_FILE};
    NTSTATUS status = plan__extent(wanted, &piece);

    if (status != STATUS_SUCCESS)
        return status;
    piece.descriptor = fault_hit(FAULT_DESCRIPTOR)
                           ? -1
                           : fcntl(wanted->descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (piece.descriptor < 0)
        return STATUS_TOO_MANY_OPENED_FILES;
    if (wanted->offset == NET_CURRENT_POSITION)
        lseek(piece.descriptor, piece.offset + (off_t)piece.length, SEEK_SET);
    plan->pieces[plan->count++] = piece;
    plan->total += piece.length;
    return STATUS_SUCCESS;
}

static NTSTATUS plan__piece(struct transmit_plan *plan, const struct net_piece *wanted)
{
    if (!wanted->data) {
        NTSTATUS status = plan__file(plan, wanted);
        if (status != STATUS_SUCCESS)
            return status;
    } else {
        plan->pieces[plan->count++] = (struct engine_piece){
            .kind = ENGINE_PIECE_MEMORY, .data = (char *)wanted->data, .length = wanted->length};
        plan->total += wanted->length;
    }
    plan->pieces[plan->count - 1].ends = wanted->ends;
    return STATUS_SUCCESS;
}

/* One more byte than the longest datagram: what is longer is refused by the system (DGRAM-3). */
enum { DATAGRAM_ROOM = 65508 };

/* Its first piece, with the memory behind all of them. */
static void plan__gather(struct transmit_plan *plan, const struct net_transmission *wanted)
{
    uint32_t most = wanted->datagram;

    plan->pieces[plan->count++] =
        (struct engine_piece){.kind = ENGINE_PIECE_GATHER,
                              .data = (char *)(plan->pieces + wanted->count + 2),
                              .offset = most && most < DATAGRAM_ROOM ? most : DATAGRAM_ROOM};
}

static NTSTATUS plan__make(const struct net_transmission *wanted, bool datagrams,
                           struct transmit_plan **made)
{
    size_t gathering = datagrams ? (wanted->count + 2) * sizeof(struct iovec) + DATAGRAM_ROOM : 0;
    size_t size = sizeof(struct transmit_plan) + (wanted->count + 2) * sizeof(struct engine_piece) +
                  gathering;
    struct transmit_plan *plan = io_memory_new(size);
    NTSTATUS status = plan ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;

    if (plan)
        memset(plan, 0, size);
    if (plan && datagrams)
        plan__gather(plan, wanted);
    for (uint32_t index = 0; status == STATUS_SUCCESS && index < wanted->count; index++)
        status = plan__piece(plan, &wanted->pieces[index]);
    if (status == STATUS_SUCCESS && plan->total > ENGINE_LENGTH_MOST)
        status = STATUS_INVALID_PARAMETER;
    if (status != STATUS_SUCCESS) {
        if (plan)
            plan__close_files(plan);
        io_memory_free(plan);
        return status;
    }
    plan->flags = wanted->flags;
    if (wanted->flags & NET_TRANSMIT_DISCONNECT)
        plan->pieces[plan->count++].kind = ENGINE_PIECE_END;
    *made = plan;
    return STATUS_SUCCESS;
}

static void transmit__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;
    struct transmit_plan *plan = io_memory(operation);
    bool sent = engine_moved(request) == plan->total;
    NTSTATUS status = STATUS_SUCCESS;

    plan__close_files(plan);
    if (plan->flags & NET_TRANSMIT_DISCONNECT && (sent || result != -ENOTCONN))
        status = socket_disconnect_outcome(socket, result, plan->flags & NET_TRANSMIT_REUSE);
    else if (result < 0)
        status = socket_transfer_status(socket, (int)-result);
    io_complete(operation, status, status == STATUS_SUCCESS ? engine_moved(request) : 0, at_once);
}

/* Sends a block whatever mode the socket is in. */
static NTSTATUS transmit__block(struct socket *socket, const char *data, size_t length,
                                int64_t deadline)
{
    while (length) {
        struct iovec piece = {.iov_base = (char *)data, .iov_len = length};
        struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
        NTSTATUS status = STATUS_SUCCESS;
        long result = transfer_step(socket, &message, 0, true, deadline, &status);
        if (result < 0 && status == STATUS_DEVICE_NOT_READY) {
            status = socket_block(socket, POLLOUT, deadline);
            result = 0;
        }
        if (status != STATUS_SUCCESS)
            return status;
        data += result;
        length -= (size_t)result;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS transmit__file(struct socket *socket, const struct engine_piece *piece,
                               int64_t deadline)
{
    char *block = fault_malloc(TRANSMIT_BLOCK);
    NTSTATUS status = block ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    size_t done = 0;

    while (status == STATUS_SUCCESS && done < piece->length) {
        size_t wanted = piece->length - done;
        ssize_t got =
            pread(piece->descriptor, block, wanted > TRANSMIT_BLOCK ? TRANSMIT_BLOCK : wanted,
                  (off_t)(piece->offset + (int64_t)done));
        if (got < 0 && errno == EINTR)
            continue;
        status = got > 0 ? transmit__block(socket, block, (size_t)got, deadline)
                         : status_of_errno(got < 0 ? errno : EIO, STATUS_PLACE_FILE);
        done += got > 0 ? (size_t)got : 0;
    }
    free(block);
    return status;
}

static NTSTATUS transmit__in_call(struct socket *socket, const struct transmit_plan *plan)
{
    int64_t deadline = socket_deadline(socket, true);
    NTSTATUS status = STATUS_SUCCESS;

    for (uint16_t index = 0; status == STATUS_SUCCESS && index < plan->count; index++) {
        const struct engine_piece *piece = &plan->pieces[index];
        status = piece->kind == ENGINE_PIECE_END
                     ? socket_disconnect(socket, plan->flags & NET_TRANSMIT_REUSE, NULL)
                 : piece->kind == ENGINE_PIECE_FILE
                     ? transmit__file(socket, piece, deadline)
                     : transmit__block(socket, piece->data, piece->length, deadline);
    }
    return status;
}

/* SOCK-1: with an OVERLAPPED on a socket that is not overlapped, that is told the outcome too. */
static NTSTATUS transmit__synchronous(struct socket *socket, struct transmit_plan *plan,
                                      OVERLAPPED *overlapped)
{
    struct io_operation *operation = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (overlapped)
        status = io_begin(&socket->file, overlapped, NULL, NULL, &operation);
    if (status == STATUS_SUCCESS)
        status = transmit__in_call(socket, plan);
    if (operation)
        io_complete(operation, status, status == STATUS_SUCCESS ? plan->total : 0, true);
    plan__close_files(plan);
    io_memory_free(plan);
    return status;
}

static NTSTATUS transmit__start(struct socket *socket, struct transmit_plan *plan,
                                OVERLAPPED *overlapped)
{
    struct io_operation *operation;
    uintptr_t bytes;
    NTSTATUS status = io_begin(&socket->file, overlapped, NULL, NULL, &operation);

    if (status != STATUS_SUCCESS) {
        plan__close_files(plan);
        io_memory_free(plan);
        return status;
    }
    io_keep_memory(operation, plan);
    operation->request = (struct engine_request){.done = transmit__done,
                                                 .data = plan->pieces,
                                                 .count = plan->count,
                                                 .kind = ENGINE_TRANSMIT,
                                                 .flags = ENGINE_MUST_PEND};
    engine_set_length(&operation->request, plan->total);
    if (plan->flags & NET_TRANSMIT_DISCONNECT)
        socket_set(socket, SOCKET_SHUT_OUT);
    return io_start(operation, ENGINE_OUT, &bytes);
}

static NTSTATUS transmit__check(struct socket *socket, const struct net_transmission *wanted)
{
    uint32_t flags = wanted->flags;
    bool stream = socket_has(socket, SOCKET_STREAM);

    if ((!stream && !(flags & NET_TRANSMIT_DATAGRAMS)) || !socket_is_connected(socket))
        return STATUS_INVALID_CONNECTION;
    if ((flags & NET_TRANSMIT_REUSE) && !(flags & NET_TRANSMIT_DISCONNECT))
        return STATUS_INVALID_PARAMETER;
    if (!stream && flags & NET_TRANSMIT_DISCONNECT)
        return STATUS_INVALID_PARAMETER;
    if (wanted->count >= NET_BUFFERS_MOST - 2)
        return STATUS_INVALID_PARAMETER;
    if (socket_has(socket, SOCKET_SHUT_OUT))
        return STATUS_PIPE_DISCONNECTED;
    return socket_has(socket, SOCKET_RESET) ? STATUS_CONNECTION_RESET : STATUS_SUCCESS;
}

NTSTATUS socket_transmit(struct socket *socket, const struct net_transmission *transmission,
                         OVERLAPPED *overlapped)
{
    struct transmit_plan *plan;
    bool datagrams = !socket_has(socket, SOCKET_STREAM);
    NTSTATUS status = transmit__check(socket, transmission);

    if (status == STATUS_SUCCESS)
        status = plan__make(transmission, datagrams, &plan);
    if (status != STATUS_SUCCESS)
        return status;
    return datagrams || (overlapped && socket_has(socket, IO_FILE_OVERLAPPED))
               ? transmit__start(socket, plan, overlapped)
               : transmit__synchronous(socket, plan, overlapped);
}
