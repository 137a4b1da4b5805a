/* SPDX-License-Identifier: MIT
 *
 * Sending and receiving, overlapped and blocking (rules RECV, SEND); datagram.c adds what only
 * datagrams have.
 */
#include "net/datagram.h"

#include "base/fault.h"
#include "base/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

COLD NTSTATUS socket_transfer_status(struct socket *socket, int error)
{
    /* Sends that were there before the shutdown are over before it: what breaks those is the peer
     * (SEND-7). */
    if (error == EPIPE && io_file_is_ending(&socket->file))
        return STATUS_PIPE_DISCONNECTED;
    if (socket_has(socket, SOCKET_STREAM)) {
        /* A connection that was given up for want of answers shows, once, the last ICMP error or
         * the failed neighbour look-up that came on the way (RECV-18). */
        if (error == EHOSTUNREACH || error == ENETUNREACH)
            error = ETIMEDOUT;
        if (error == ECONNRESET || error == EPIPE || error == ETIMEDOUT)
            socket_set(socket, SOCKET_RESET);
    } else if (error == ECONNRESET || error == EPIPE) {
        socket_set(socket, SOCKET_RESET);
    }
    return status_of_errno(error, socket_has(socket, SOCKET_STREAM) ? STATUS_PLACE_STREAM
                                                                    : STATUS_PLACE_DATAGRAM);
}

/* Whether the end may be of this side's own making, or the descriptor names a fresh socket by now.
 * That an end is being told is marked before the system hears of it; SOCKET_SHUT_OUT may have been
 * taken back meanwhile by a DisconnectEx that was cancelled. */
static bool stream__ended_itself(struct socket *socket)
{
    return socket_has(socket, SOCKET_SHUT_OUT) || io_file_is_ending(&socket->file) ||
           !socket_has(socket, SOCKET_CONNECTED);
}

/* The kernel tells an error once, to whoever asks first: another thread's send, SO_ERROR, the end
 * of a receive that had a part of its data already. Everybody else reads as if the stream had
 * ended. But a stream whose own side is open is closed only by an error (RECV-7). */
bool socket_broke(struct socket *socket)
{
    struct tcp_info info;
    socklen_t length = sizeof info.tcpi_state;

    if (socket_has(socket, SOCKET_RESET))
        return true;
    if (stream__ended_itself(socket) ||
        getsockopt(socket_descriptor(socket), IPPROTO_TCP, TCP_INFO, &info, &length) < 0 ||
        info.tcpi_state != TCP_CLOSE || stream__ended_itself(socket))
        return false;
    socket_set(socket, SOCKET_RESET);
    return true;
}

NTSTATUS transfer_receive_status(struct socket *socket, const struct engine_request *request,
                                 long result, uintptr_t *bytes)
{
    *bytes = 0;
    if (result < 0)
        return socket_transfer_status(socket, (int)-result);
    if (socket_has(socket, SOCKET_STREAM)) {
        if (result == 0 && (engine_length(request) || socket_has(socket, SOCKET_RESET)) &&
            socket_broke(socket))
            return STATUS_CONNECTION_RESET;
    } else if ((size_t)result > engine_length(request)) {
        *bytes = engine_length(request);
        return STATUS_BUFFER_OVERFLOW; /* MSG_TRUNC told the datagram's full size (DGRAM-2) */
    }
    *bytes = (uintptr_t)result;
    return STATUS_SUCCESS;
}

static void receive__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;
    uintptr_t bytes;

    /* A MSG_WAITALL receive that has a part cannot give it back when it is cancelled: it has won
     * the race then, with the part (CANC-4, CANC-6). */
    if (result == -ECANCELED && engine_moved(request) && !socket_has(socket, SOCKET_CLOSED))
        result = (long)engine_moved(request);
    NTSTATUS status = transfer_receive_status(socket, request, result, &bytes);

    socket_enable_events_later(socket, NET_EVENT_READ);
    io_complete(operation, status, bytes, at_once);
}

static void send__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;
    NTSTATUS status = STATUS_SUCCESS;

    if (result < 0)
        status = socket_transfer_status(socket, (int)-result);
    io_complete(operation, status, result < 0 ? 0 : (uintptr_t)result, at_once);
}

/* The sum of the buffers' lengths. */
size_t transfer_total(const struct net_transfer *transfer)
{
    size_t total = 0;

    if (LIKELY(transfer->count == 1))
        return transfer->buffers[0].length;
    for (uint32_t index = 0; index < transfer->count; index++)
        total += transfer->buffers[index].length;
    return total;
}

void transfer_fill(struct iovec *vector, const struct net_transfer *transfer)
{
    for (uint32_t index = 0; index < transfer->count; index++)
        vector[index] = (struct iovec){.iov_base = transfer->buffers[index].data,
                                       .iov_len = transfer->buffers[index].length};
}

/* Captures the buffer array in the operation (PKT-13): the program's may live on its stack. */
static NTSTATUS transfer__capture(struct io_operation *operation,
                                  const struct net_transfer *transfer)
{
    struct engine_request *request = &operation->request;

    if (LIKELY(transfer->count == 1)) {
        request->data = transfer->buffers[0].data;
        request->length = transfer->buffers[0].length;
        return STATUS_SUCCESS;
    }
    if (transfer->count == 0)
        return STATUS_SUCCESS;
    if (transfer->count >= ENGINE_HEADER || transfer_is_too_long(transfer))
        return STATUS_INVALID_PARAMETER;
    engine_set_length(request, transfer_total(transfer));
    request->vector = io_memory_new(transfer->count * sizeof(struct iovec));
    if (!request->vector)
        return STATUS_INSUFFICIENT_RESOURCES;
    io_keep_memory(operation, request->vector);
    request->count = (uint16_t)transfer->count;
    transfer_fill(request->vector, transfer);
    return STATUS_SUCCESS;
}

static NTSTATUS transfer__start(struct socket *socket, const struct net_transfer *transfer,
                                enum engine_lane_index lane, const struct engine_request *request)
{
    struct io_operation *operation;
    uintptr_t bytes = 0;
    NTSTATUS status = io_begin(&socket->file, transfer->overlapped, transfer->call,
                               transfer->routine, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    operation->request = *request;
    status = datagram_named(socket, transfer) ? datagram_capture(operation, transfer)
                                              : transfer__capture(operation, transfer);
    if (status != STATUS_SUCCESS) {
        io_abandon(operation);
        return status;
    }
    status = io_start(operation, lane, &bytes);
    if (status == STATUS_SUCCESS && transfer->bytes)
        *transfer->bytes = (uint32_t)bytes;
    /* Closed by another thread in the middle of the call. */
    if (status_is_error(status) && socket_has(socket, SOCKET_CLOSED))
        return STATUS_OBJECT_TYPE_MISMATCH;
    return status;
}

/* Is the program's array there? What its members name is judged by the kernel. */
static bool transfer__has_array(const struct net_transfer *transfer)
{
    return probe_known_readable(transfer->buffers, transfer->count * sizeof *transfer->buffers,
                                transfer->overlapped);
}

/* More than a request can count. So many buffers never are. */
enum { TRANSFER_SURELY_FITS = 255 };
_Static_assert(TRANSFER_SURELY_FITS *(uint64_t)UINT32_MAX <= ENGINE_LENGTH_MOST,
               "a buffer is as long as its length can tell");

bool transfer_is_too_long(const struct net_transfer *transfer)
{
    return UNLIKELY(transfer->count > TRANSFER_SURELY_FITS) &&
           transfer_total(transfer) > ENGINE_LENGTH_MOST;
}

/* What can be said about a receive without trying it. */
NTSTATUS transfer_check_receive(struct socket *socket, const struct net_transfer *transfer)
{
    if (transfer->count == 0 || transfer->count > NET_BUFFERS_MOST)
        return STATUS_INVALID_PARAMETER;
    if (UNLIKELY(!transfer__has_array(transfer)))
        return STATUS_ACCESS_VIOLATION;
    if (socket_has(socket, SOCKET_SHUT_IN))
        return STATUS_PIPE_DISCONNECTED;
    if (!socket_has(socket, SOCKET_STREAM))
        return datagram_check_receive(socket, transfer);
    if (UNLIKELY(transfer->flags & NET_MSG_OOB) && socket_is_urgent_inline(socket))
        return STATUS_INVALID_PARAMETER;
    if (UNLIKELY(!socket_has(socket, SOCKET_CONNECTED)) && !socket_is_connected(socket))
        return STATUS_INVALID_CONNECTION;
    if (socket_has(socket, SOCKET_RESET))
        return STATUS_CONNECTION_RESET;
    if ((transfer->flags & NET_MSG_WAITALL) && (transfer->flags & (NET_MSG_PEEK | NET_MSG_OOB)))
        return STATUS_NOT_SUPPORTED;
    return STATUS_SUCCESS;
}

NTSTATUS transfer_check_send(struct socket *socket, const struct net_transfer *transfer)
{
    if (transfer->count > NET_BUFFERS_MOST)
        return STATUS_INVALID_PARAMETER;
    if (UNLIKELY(!transfer__has_array(transfer)))
        return STATUS_ACCESS_VIOLATION;
    if (socket_has(socket, SOCKET_SHUT_OUT))
        return STATUS_PIPE_DISCONNECTED;
    if (datagram_named(socket, transfer))
        return STATUS_SUCCESS;
    if (UNLIKELY(!socket_has(socket, SOCKET_CONNECTED)) && !socket_is_connected(socket))
        return STATUS_INVALID_CONNECTION;
    if (socket_has(socket, SOCKET_STREAM) && (transfer->flags & NET_MSG_PARTIAL))
        return STATUS_NOT_SUPPORTED;
    if (socket_has(socket, SOCKET_RESET))
        return STATUS_CONNECTION_RESET;
    return STATUS_SUCCESS;
}

uint32_t transfer_flags(const struct socket *socket, uint32_t flags, bool receiving)
{
    uint32_t system = 0;

    if (flags & NET_MSG_OOB)
        system |= MSG_OOB;
    if (flags & NET_MSG_PEEK)
        system |= MSG_PEEK;
    if ((flags & NET_MSG_DONTROUTE) && !receiving)
        system |= MSG_DONTROUTE;
    if (receiving && socket_type(socket) != SOCK_STREAM)
        system |= MSG_TRUNC;
    return system;
}

/* The message of a blocking call; *vector is to be freed if it is not `small`. */
enum { TRANSFER_SMALL = 8 };

static NTSTATUS transfer__message(const struct net_transfer *transfer, struct iovec *small,
                                  struct msghdr *message)
{
    struct iovec *vector = small;

    if (transfer_is_too_long(transfer))
        return STATUS_INVALID_PARAMETER;
    if (transfer->count > TRANSFER_SMALL)
        vector = fault_malloc(transfer->count * sizeof *vector);
    if (!vector)
        return STATUS_INSUFFICIENT_RESOURCES;
    transfer_fill(vector, transfer);
    *message = (struct msghdr){.msg_iov = vector, .msg_iovlen = transfer->count};
    return STATUS_SUCCESS;
}

static void transfer__advance(struct msghdr *message, size_t moved)
{
    while (message->msg_iovlen && moved >= message->msg_iov->iov_len) {
        moved -= message->msg_iov->iov_len;
        message->msg_iov++;
        message->msg_iovlen--;
    }
    if (message->msg_iovlen) {
        message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + moved;
        message->msg_iov->iov_len -= moved;
    }
}

/* A message that is no more than one buffer, and perhaps a name, takes the shorter way. */
static ssize_t transfer__move(int descriptor, struct msghdr *message, int flags, bool out)
{
    const struct iovec *only = message->msg_iov;
    bool simple = message->msg_iovlen == 1 && !message->msg_control;

    flags |= MSG_DONTWAIT | (out ? MSG_NOSIGNAL : 0);
    if (!simple)
        return out ? sendmsg(descriptor, message, flags) : recvmsg(descriptor, message, flags);
    if (out)
        return sendto(descriptor, only->iov_base, only->iov_len, flags, message->msg_name,
                      message->msg_namelen);
    return recvfrom(descriptor, only->iov_base, only->iov_len, flags, message->msg_name,
                    message->msg_name ? &message->msg_namelen : NULL);
}

/* Moves once without blocking, or waits until that can succeed. -EAGAIN if it may not wait. */
long transfer_step(struct socket *socket, struct msghdr *message, int flags, bool out,
                   int64_t deadline, NTSTATUS *status)
{
    bool again = false;

    for (;;) {
        ssize_t result = transfer__move(socket_descriptor(socket), message, flags, out);
        if (result >= 0)
            return result;
        if (errno == EINTR || datagram_refused_earlier(socket, errno, out, &again))
            continue;
        if (errno != EAGAIN) {
            *status = socket_transfer_status(socket, errno);
            return -1;
        }
        *status = socket_has(socket, SOCKET_NONBLOCKING)
                      ? STATUS_DEVICE_NOT_READY
                      : socket_block(socket, out ? POLLOUT : POLLIN, deadline);
        if (*status == STATUS_REQUEST_ABORTED && socket_has(socket, SOCKET_STREAM))
            *status = STATUS_CONNECTION_ABORTED;
        if (*status != STATUS_SUCCESS)
            return -1;
    }
}

static NTSTATUS blocking__receive(struct socket *socket, const struct net_transfer *transfer,
                                  struct msghdr *message, size_t *received)
{
    struct engine_request request = {0};
    size_t total = transfer_total(transfer);
    int flags = (int)transfer_flags(socket, transfer->flags, true);
    int64_t deadline = socket_deadline(socket, false);
    NTSTATUS status = STATUS_SUCCESS;

    do {
        uintptr_t bytes;
        long result = transfer_step(socket, message, flags, false, deadline, &status);
        if (result < 0)
            return *received ? STATUS_SUCCESS : status;
        engine_set_length(&request, total - *received);
        status = transfer_receive_status(socket, &request, result, &bytes);
        *received += bytes;
        if (status != STATUS_SUCCESS || bytes == 0)
            return status;
        transfer__advance(message, bytes);
    } while ((transfer->flags & NET_MSG_WAITALL) && *received < total);
    return STATUS_SUCCESS;
}

static NTSTATUS blocking__send(struct socket *socket, const struct net_transfer *transfer,
                               struct msghdr *message, size_t *sent)
{
    int flags = (int)transfer_flags(socket, transfer->flags, false);
    int64_t deadline = socket_deadline(socket, true);
    size_t total = transfer_total(transfer);
    NTSTATUS status = STATUS_SUCCESS;

    do {
        long result = transfer_step(socket, message, flags, true, deadline, &status);
        if (result < 0 && status == STATUS_DEVICE_NOT_READY)
            socket_enable_events(socket, NET_EVENT_WRITE);
        /* A socket that may not wait reports what went out so far. */
        if (result < 0)
            return *sent && status == STATUS_DEVICE_NOT_READY ? STATUS_SUCCESS : status;
        *sent += (size_t)result;
        transfer__advance(message, (size_t)result);
    } while (*sent < total);
    return STATUS_SUCCESS;
}

static OUT_OF_LINE NTSTATUS transfer__blocking(struct socket *socket,
                                               const struct net_transfer *transfer, bool out)
{
    struct sockaddr_storage address;
    struct iovec small[TRANSFER_SMALL];
    struct msghdr message;
    size_t moved = 0;
    NTSTATUS status = transfer__message(transfer, small, &message);
    struct iovec *vector = message.msg_iov;

    if (status != STATUS_SUCCESS)
        return status;
    if (datagram_named(socket, transfer))
        status = datagram_name(socket, transfer, &address, &message, out);
    if (status == STATUS_SUCCESS)
        status = out ? blocking__send(socket, transfer, &message, &moved)
                     : blocking__receive(socket, transfer, &message, &moved);
    if (!out && !status_is_error(status) && datagram_named(socket, transfer))
        datagram_store_sender(&message, transfer->peer);
    if (!out)
        socket_enable_events(socket,
                             transfer->flags & NET_MSG_OOB ? NET_EVENT_URGENT : NET_EVENT_READ);
    if (vector != small)
        free(vector);
    if (!status_is_error(status) && transfer->bytes)
        *transfer->bytes = (uint32_t)moved;
    return status;
}

/* SOCK-1: an OVERLAPPED on a socket that is not overlapped: done when the call returns, and the
 * OVERLAPPED and its event say so too. */
static OUT_OF_LINE NTSTATUS transfer__synchronous(struct socket *socket,
                                                  const struct net_transfer *transfer, bool out)
{
    struct io_operation *operation;
    uint32_t bytes = 0;
    struct net_transfer plain = *transfer;
    NTSTATUS status = io_begin(&socket->file, transfer->overlapped, NULL, NULL, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    plain.bytes = &bytes;
    status = transfer__blocking(socket, &plain, out);
    io_complete(operation, status, bytes, true);
    if (status == STATUS_SUCCESS && transfer->bytes)
        *transfer->bytes = bytes;
    return status;
}

NTSTATUS socket_receive(struct socket *socket, const struct net_transfer *transfer)
{
    struct engine_request request = {.done = receive__done};
    NTSTATUS status = transfer_check_receive(socket, transfer);

    if (status != STATUS_SUCCESS)
        return io_refuse(transfer->overlapped, status);
    if (!transfer->overlapped)
        return transfer__blocking(socket, transfer, false);
    if (!socket_has(socket, IO_FILE_OVERLAPPED))
        return transfer__synchronous(socket, transfer, false);
    request.message_flags = transfer_flags(socket, transfer->flags, true);
    if (socket_has(socket, SOCKET_STREAM)) {
        request.kind = transfer_total(transfer) ? ENGINE_RECEIVE : ENGINE_READABLE;
        request.flags = transfer->flags & NET_MSG_WAITALL ? ENGINE_WAIT_ALL : 0;
    } else {
        /* A datagram that is too long is a warning: it shall always come as a packet (PKT-3). */
        request.kind = ENGINE_RECEIVE;
        request.flags = datagram_receive_flags(socket);
        if (transfer->peer)
            request.done = datagram_receive_done;
    }
    return transfer__start(socket, transfer, ENGINE_IN, &request);
}

NTSTATUS socket_send(struct socket *socket, const struct net_transfer *transfer)
{
    struct engine_request request = {.done = send__done, .kind = ENGINE_SEND};
    NTSTATUS status = transfer_check_send(socket, transfer);

    if (status != STATUS_SUCCESS)
        return io_refuse(transfer->overlapped, status);
    if (!transfer->overlapped)
        return transfer__blocking(socket, transfer, true);
    if (!socket_has(socket, IO_FILE_OVERLAPPED))
        return transfer__synchronous(socket, transfer, true);
    request.message_flags = transfer_flags(socket, transfer->flags, false);
    request.flags = socket_has(socket, SOCKET_STREAM) ? 0 : ENGINE_MESSAGES;
    return transfer__start(socket, transfer, ENGINE_OUT, &request);
}

static void nothing__done(struct engine_request *request, long result, bool at_once)
{
    io_complete(io_of(request), result < 0 ? STATUS_CANCELLED : STATUS_SUCCESS, 0, at_once);
}

NTSTATUS socket_complete_nothing(struct socket *socket, const struct net_transfer *transfer)
{
    struct io_operation *operation;
    NTSTATUS status = io_begin(&socket->file, transfer->overlapped, transfer->call,
                               transfer->routine, &operation);

    if (status == STATUS_SUCCESS)
        nothing__done(&operation->request, 0, true);
    return status;
}

NTSTATUS socket_transfer(struct io_file *file, const struct io_transfer *transfer, bool writing)
{
    struct socket *socket = (struct socket *)file;
    struct net_buffer buffer = {.length = transfer->length, .data = transfer->data};
    struct net_transfer wanted = {.buffers = &buffer,
                                  .count = 1,
                                  .overlapped = transfer->overlapped,
                                  .routine = transfer->routine,
                                  .call = transfer->call,
                                  .bytes = transfer->bytes};

    /* RECV-19, SEND-10: sockets ignore the offset but refuse a negative one. */
    if (transfer->overlapped ? (LONG)transfer->overlapped->OffsetHigh < 0
                             : socket_has(socket, IO_FILE_OVERLAPPED))
        return STATUS_INVALID_PARAMETER;
    return writing ? socket_send(socket, &wanted) : socket_receive(socket, &wanted);
}
