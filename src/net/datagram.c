/* SPDX-License-Identifier: MIT
 *
 * Datagrams with addresses (rules DGRAM): recvfrom, sendto and their overlapped forms. The way of a
 * transfer is transfer.c's; here is what an address adds to it.
 *
 * A datagram that is too long for its buffers is told by MSG_TRUNC, with which the kernel returns
 * the full length. No locks.
 */
#include "net/datagram.h"

#include "base/fault.h"
#include "base/probe.h"
#include "net/address.h"

#include <errno.h>
#include <string.h>

/* What an overlapped transfer with an address keeps; io_memory. */
struct datagram_capture {
    struct msghdr message;
    struct sockaddr_storage address;
    struct net_peer peer;
    struct iovec vector[];
};

/* DGRAM-5: said before a datagram is spent on it. */
static bool datagram__has_room(const struct socket *socket, const struct net_transfer *transfer)
{
    const struct net_peer *peer = transfer->peer;
    int least = socket_name_length(socket);

    return peer->length &&
           probe_known_writable(peer->length, sizeof *peer->length, transfer->overlapped) &&
           *peer->length >= least &&
           probe_known_writable(peer->address, (size_t)least, transfer->overlapped);
}

NTSTATUS datagram_check_receive(struct socket *socket, const struct net_transfer *transfer)
{
    if (!socket_has(socket, SOCKET_BOUND))
        return STATUS_INVALID_PARAMETER;
    if (transfer->flags & (NET_MSG_OOB | NET_MSG_WAITALL))
        return STATUS_NOT_SUPPORTED; /* RECV-14, RECV-16: streams only */
    return transfer->peer && !datagram__has_room(socket, transfer) ? STATUS_ACCESS_VIOLATION
                                                                   : STATUS_SUCCESS;
}

/* The address that a program sends to. The send binds the socket if nothing did (DGRAM-1). */
static NTSTATUS datagram__receiver(struct socket *socket, const struct net_peer *peer,
                                   struct sockaddr_storage *address, struct msghdr *message)
{
    socklen_t length;
    NTSTATUS status = address_to_linux(peer->address, *peer->length, address, &length);

    if (status != STATUS_SUCCESS)
        return status;
    if (address->ss_family != socket_family(socket))
        return STATUS_OF_WINSOCK(10047);
    if (socket_type(socket) == SOCK_DGRAM && !address_is_reachable(address))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    message->msg_name = address;
    message->msg_namelen = length;
    socket_set(socket, SOCKET_BOUND);
    return STATUS_SUCCESS;
}

NTSTATUS datagram_name(struct socket *socket, const struct net_transfer *transfer,
                       struct sockaddr_storage *address, struct msghdr *message, bool out)
{
    if (out)
        return datagram__receiver(socket, transfer->peer, address, message);
    message->msg_name = address;
    message->msg_namelen = sizeof *address;
    return STATUS_SUCCESS;
}

void datagram_store_sender(const struct msghdr *message, const struct net_peer *peer)
{
    /* A local socket without a name has no address. */
    if (message->msg_namelen > sizeof(sa_family_t))
        address_to_windows(message->msg_name, message->msg_namelen, peer->address, peer->length);
    else
        *peer->length = 0;
}

bool datagram_refused_earlier(struct socket *socket, int error, bool out, bool *again)
{
    if (error != ECONNREFUSED || socket_has(socket, SOCKET_STREAM))
        return false;
    if (!out)
        return socket_has(socket, SOCKET_HARDENED);
    if (*again)
        return false;
    *again = true;
    return true;
}

NTSTATUS datagram_capture(struct io_operation *operation, const struct net_transfer *transfer)
{
    struct engine_request *request = &operation->request;
    struct socket *socket = (struct socket *)operation->file;

    if (transfer_is_too_long(transfer))
        return STATUS_INVALID_PARAMETER;
    struct datagram_capture *capture =
        io_memory_new(sizeof *capture + transfer->count * sizeof capture->vector[0]);

    if (!capture)
        return STATUS_INSUFFICIENT_RESOURCES;
    io_keep_memory(operation, capture);
    capture->peer = *transfer->peer;
    capture->message = (struct msghdr){.msg_iov = capture->vector, .msg_iovlen = transfer->count};
    transfer_fill(capture->vector, transfer);
    request->data = &capture->message;
    request->count = ENGINE_HEADER;
    engine_set_length(request, transfer_total(transfer));
    return datagram_name(socket, transfer, &capture->address, &capture->message,
                         request->kind == ENGINE_SEND);
}

void datagram_receive_done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct datagram_capture *capture = io_memory(operation);
    uintptr_t bytes;
    NTSTATUS status =
        transfer_receive_status((struct socket *)operation->file, request, result, &bytes);

    if (!status_is_error(status))
        datagram_store_sender(&capture->message, &capture->peer);
    socket_enable_events_later((struct socket *)operation->file, NET_EVENT_READ);
    io_complete(operation, status, bytes, at_once);
}
