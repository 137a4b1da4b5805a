/* SPDX-License-Identifier: MIT
 *
 * Datagrams with control data, overlapped and blocking. A message is always sent or received
 * through a header of the kernel's that lives with the operation; the program's structure is read
 * when the call is made and, of a receive, written when it ends. No locks.
 */
#include "net/message.h"

#include "base/fault.h"
#include "base/probe.h"
#include "net/address.h"
#include "net/control.h"
#include "net/datagram.h"

#include <stdlib.h>
#include <string.h>

/* Windows' output flags. */
enum {
    MESSAGE_TRUNCATED = 0x100,
    MESSAGE_CONTROL_TRUNCATED = 0x200,
    MESSAGE_BROADCAST = 0x400,
    MESSAGE_MULTICAST = 0x800,
};

/* What a message keeps until it is over; io_memory. */
struct message_capture {
    struct msghdr header;
    struct sockaddr_storage address;
    struct net_message *received; /* the program's, of a receive */
    size_t total;                 /* bytes of the buffers */
    struct iovec *vector;         /* behind the control data, in the same piece of memory */
    _Alignas(struct cmsghdr) char control[];
};

static struct message_capture *message__allocate(const struct net_message *message, size_t control)
{
    struct message_capture *capture;
    size_t aligned = CMSG_ALIGN(control);

    size_t size = sizeof *capture + aligned + message->count * sizeof(struct iovec);

    capture = io_memory_new(size);
    if (!capture)
        return NULL;
    memset(capture, 0, size);
    struct net_transfer buffers = {.buffers = message->buffers, .count = message->count};
    capture->vector = (struct iovec *)(void *)(capture->control + aligned);
    transfer_fill(capture->vector, &buffers);
    capture->total = transfer_total(&buffers);
    capture->header = (struct msghdr){.msg_iov = capture->vector, .msg_iovlen = message->count};
    if (control) {
        capture->header.msg_control = capture->control;
        capture->header.msg_controllen = control;
    }
    return capture;
}

/* The kernel is asked for the flags' part the first time. */
uint32_t message_wishes(struct socket *socket)
{
    lock_take(&socket->file.lock);
    struct option_kept *kept = &socket_has_extra(socket)->kept;
    option_prepare_messages(socket_descriptor(socket), kept);
    uint32_t wishes = kept->flags;
    lock_drop(&socket->file.lock);
    return wishes;
}

static uint32_t message__flags(struct message_capture *capture, NTSTATUS status)
{
    enum control_destination to = control_destination(&capture->header);

    return (status == STATUS_BUFFER_OVERFLOW ? MESSAGE_TRUNCATED : 0u) |
           (to == CONTROL_TO_ALL    ? MESSAGE_BROADCAST
            : to == CONTROL_TO_MANY ? MESSAGE_MULTICAST
                                    : 0u);
}

/* Writes what came beside the data into the program's structure. Shortened control data makes a
 * warning of a success, as shortened data does (MSG-3). */
static NTSTATUS message__deliver(struct socket *socket, struct message_capture *capture,
                                 NTSTATUS status)
{
    struct net_message *message = capture->received;
    struct net_peer sender = {.address = message->name, .length = &message->name_length};

    message->flags = message__flags(capture, status);
    if (message->name)
        datagram_store_sender(&capture->header, &sender);
    if (!control_to_windows(&capture->header, message_wishes(socket), &message->control)) {
        message->flags |= MESSAGE_CONTROL_TRUNCATED;
        return STATUS_BUFFER_OVERFLOW;
    }
    return status;
}

static void message__receive_done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;
    uintptr_t bytes;
    NTSTATUS status = transfer_receive_status(socket, request, result, &bytes);

    if (!status_is_error(status))
        status = message__deliver(socket, io_memory(operation), status);
    socket_enable_events_later(socket, NET_EVENT_READ);
    io_complete(operation, status, bytes, at_once);
}

static void message__send_done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;

    if (result < 0)
        io_complete(operation, socket_transfer_status(socket, (int)-result), 0, at_once);
    else
        io_complete(operation, STATUS_SUCCESS, (uintptr_t)result, at_once);
}

static NTSTATUS message__start(struct socket *socket, const struct net_transfer *transfer,
                               struct message_capture *capture, struct engine_request request,
                               enum engine_lane_index lane)
{
    struct io_operation *operation;
    uintptr_t bytes = 0;
    NTSTATUS status = io_begin(&socket->file, transfer->overlapped, transfer->call,
                               transfer->routine, &operation);

    if (status != STATUS_SUCCESS) {
        io_memory_free(capture);
        return status;
    }
    request.data = &capture->header;
    request.count = ENGINE_HEADER;
    engine_set_length(&request, capture->total);
    operation->request = request;
    io_keep_memory(operation, capture);
    status = io_start(operation, lane, &bytes);
    if (status == STATUS_SUCCESS && transfer->bytes)
        *transfer->bytes = (uint32_t)bytes;
    return status;
}

/* Ends in the call, with or without an OVERLAPPED to tell (SOCK-1). Frees the capture. */
static NTSTATUS message__in_call(struct socket *socket, const struct net_transfer *transfer,
                                 struct message_capture *capture, int flags, bool out)
{
    struct engine_request request = {0};
    struct io_operation *operation = NULL;
    uintptr_t bytes = 0;
    NTSTATUS status = STATUS_SUCCESS;

    engine_set_length(&request, capture->total);
    if (transfer->overlapped)
        status = io_begin(&socket->file, transfer->overlapped, NULL, NULL, &operation);
    if (status == STATUS_SUCCESS) {
        long result = transfer_step(socket, &capture->header, flags, out,
                                    socket_deadline(socket, out), &status);
        if (result >= 0 && out)
            bytes = (uintptr_t)result;
        else if (result >= 0)
            status = transfer_receive_status(socket, &request, result, &bytes);
        if (result >= 0 && !out && !status_is_error(status))
            status = message__deliver(socket, capture, status);
        socket_enable_events(socket, out ? 0 : NET_EVENT_READ);
    }
    io_memory_free(capture);
    if (operation)
        io_complete(operation, status, bytes, true);
    if (!status_is_error(status) && transfer->bytes)
        *transfer->bytes = (uint32_t)bytes;
    return status;
}

static bool message__is_in_call(struct socket *socket, const struct net_transfer *transfer)
{
    return !transfer->overlapped || !socket_has(socket, IO_FILE_OVERLAPPED);
}

/* What can be said about a message without trying it. */
static NTSTATUS message__check(const struct net_message *message, const OVERLAPPED *overlapped)
{
    struct net_transfer buffers = {.buffers = message->buffers, .count = message->count};

    if (message->count > NET_BUFFERS_MOST || message->control.length > CONTROL_MOST)
        return STATUS_INVALID_PARAMETER;
    if (!probe_known_readable(message->buffers, message->count * sizeof *message->buffers,
                              overlapped) ||
        !probe_known_readable(message->control.data, message->control.length, overlapped))
        return STATUS_ACCESS_VIOLATION;
    return transfer_is_too_long(&buffers) ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

static NTSTATUS message__check_receive(struct socket *socket, const struct net_message *message,
                                       const OVERLAPPED *overlapped)
{
    int room = message->name_length;
    struct net_peer sender = {.address = message->name, .length = &room};
    struct net_transfer like = {.flags = message->flags & NET_MSG_OOB,
                                .overlapped = (OVERLAPPED *)overlapped,
                                .peer = message->name ? &sender : NULL};

    if (socket_has(socket, SOCKET_STREAM))
        return STATUS_INVALID_PARAMETER;
    if (socket_has(socket, SOCKET_SHUT_IN))
        return STATUS_PIPE_DISCONNECTED;
    NTSTATUS status = message__check(message, overlapped);
    if (status == STATUS_SUCCESS &&
        !probe_known_writable(message->control.data, message->control.length, overlapped))
        status = STATUS_ACCESS_VIOLATION;
    return status == STATUS_SUCCESS ? datagram_check_receive(socket, &like) : status;
}

NTSTATUS socket_receive_message(struct socket *socket, struct net_message *message,
                                const struct net_transfer *transfer)
{
    struct engine_request request = {.done = message__receive_done, .kind = ENGINE_RECEIVE};
    NTSTATUS status = message__check_receive(socket, message, transfer->overlapped);

    if (status != STATUS_SUCCESS)
        return status;
    struct message_capture *capture =
        socket_need_extra(socket) ? message__allocate(message, CONTROL_ROOM) : NULL;
    if (!capture)
        return STATUS_INSUFFICIENT_RESOURCES;
    message_wishes(socket);
    capture->received = message;
    capture->header.msg_name = &capture->address;
    capture->header.msg_namelen = sizeof capture->address;
    request.message_flags = transfer_flags(socket, message->flags & NET_MSG_PEEK, true);
    if (message__is_in_call(socket, transfer))
        return message__in_call(socket, transfer, capture, (int)request.message_flags, false);
    request.flags = datagram_receive_flags(socket);
    return message__start(socket, transfer, capture, request, ENGINE_IN);
}

static NTSTATUS message__check_send(struct socket *socket, const struct net_message *message,
                                    const OVERLAPPED *overlapped)
{
    if (socket_has(socket, SOCKET_STREAM))
        return STATUS_INVALID_PARAMETER;
    if (socket_has(socket, SOCKET_SHUT_OUT))
        return STATUS_PIPE_DISCONNECTED;
    if (!message->name && !socket_is_connected(socket))
        return STATUS_INVALID_CONNECTION;
    return message__check(message, overlapped);
}

/* Where to, and the control data. */
static NTSTATUS message__fill_send(struct socket *socket, const struct net_message *message,
                                   struct message_capture *capture)
{
    int length = message->name_length;
    struct net_peer receiver = {.address = message->name, .length = &length};
    struct net_transfer like = {.peer = &receiver};
    size_t used;
    NTSTATUS status = control_to_linux(&message->control, capture->control, &used);

    capture->header.msg_controllen = used;
    if (status == STATUS_SUCCESS && message->name)
        status = datagram_name(socket, &like, &capture->address, &capture->header, true);
    return status;
}

NTSTATUS socket_send_message(struct socket *socket, const struct net_message *message,
                             uint32_t flags, const struct net_transfer *transfer)
{
    struct engine_request request = {
        .done = message__send_done, .kind = ENGINE_SEND, .flags = ENGINE_MESSAGES};
    NTSTATUS status = message__check_send(socket, message, transfer->overlapped);

    if (status != STATUS_SUCCESS)
        return status;
    struct message_capture *capture =
        message__allocate(message, control_room(message->control.length));
    if (!capture)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = message__fill_send(socket, message, capture);
    if (status != STATUS_SUCCESS) {
        io_memory_free(capture);
        return status;
    }
    request.message_flags = transfer_flags(socket, flags & NET_MSG_DONTROUTE, false);
    if (message__is_in_call(socket, transfer))
        return message__in_call(socket, transfer, capture, (int)request.message_flags, true);
    return message__start(socket, transfer, capture, request, ENGINE_OUT);
}
