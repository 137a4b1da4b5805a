/* SPDX-License-Identifier: MIT
 *
 * What datagrams add to transfers: addresses. For net/transfer.c and net/datagram.c only.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include "net/socket.h"

#include <sys/socket.h>

/* Windows' message flags. */
enum {
    NET_MSG_OOB = 1,
    NET_MSG_PEEK = 2,
    NET_MSG_DONTROUTE = 4,
    NET_MSG_WAITALL = 8,
    NET_MSG_PUSH_IMMEDIATE = 0x20,
    NET_MSG_PARTIAL = 0x8000,
};

/* Does the transfer carry an address? */
static inline bool datagram_named(struct socket *socket, const struct net_transfer *transfer)
{
    return UNLIKELY(transfer->peer != NULL) && !socket_has(socket, SOCKET_STREAM);
}

/* May this socket receive datagrams, with this room for the sender? */
NTSTATUS datagram_check_receive(struct socket *socket, const struct net_transfer *transfer);

/* Fills the header's name: the receiver's address, or the room `address` for the sender's. */
NTSTATUS datagram_name(struct socket *socket, const struct net_transfer *transfer,
                       struct sockaddr_storage *address, struct msghdr *message, bool out);

/* Hands the sender's address to the program. */
void datagram_store_sender(const struct msghdr *message, const struct net_peer *peer);

/* A blocking call failed with the refusal of an earlier send and is to be tried again: a send once,
 * a receive where SIO_UDP_CONNRESET says so. */
bool datagram_refused_earlier(struct socket *socket, int error, bool out, bool *again);

/* The request flags of a receive. A datagram that is too long is a warning: it shall always come as
 * a packet (PKT-3), so the request must pend. */
static inline uint8_t datagram_receive_flags(struct socket *socket)
{
    return (uint8_t)(ENGINE_MESSAGES | ENGINE_MUST_PEND |
                     (socket_has(socket, SOCKET_HARDENED) ? ENGINE_HARDENED : 0));
}

/* The operation's memory with header, address and buffer array; its request is told from it. */
NTSTATUS datagram_capture(struct io_operation *operation, const struct net_transfer *transfer);
void datagram_receive_done(struct engine_request *request, long result, bool at_once);

/* transfer.c's, for datagrams and registered requests too */
NTSTATUS transfer_check_receive(struct socket *socket, const struct net_transfer *transfer);
NTSTATUS transfer_check_send(struct socket *socket, const struct net_transfer *transfer);
NTSTATUS transfer_receive_status(struct socket *socket, const struct engine_request *request,
                                 long result, uintptr_t *bytes);
size_t transfer_total(const struct net_transfer *transfer);
bool transfer_is_too_long(const struct net_transfer *transfer); /* for a request: a tebibyte */
uint32_t transfer_flags(const struct socket *socket, uint32_t flags, bool receiving);
/* Moves once in a blocking call, or waits until that can succeed. -1: *status says why not. */
long transfer_step(struct socket *socket, struct msghdr *message, int flags, bool out,
                   int64_t deadline, NTSTATUS *status);
void transfer_fill(struct iovec *vector, const struct net_transfer *transfer);

#endif
