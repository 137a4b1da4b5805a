/* SPDX-License-Identifier: MIT
 *
 * What datagrams add to transfers: addresses. For net/transfer.c and net/datagram.c only.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include "net/socket.h"

#include <sys/socket.h>

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

/* A blocking send failed with the refusal of an earlier one: once, it is to be tried again. */
bool datagram_refused_earlier(struct socket *socket, int error, bool *again);

/* The operation's memory with header, address and buffer array; its request is told from it. */
NTSTATUS datagram_capture(struct io_operation *operation, const struct net_transfer *transfer);
void datagram_receive_done(struct engine_request *request, long result, bool at_once);

/* transfer.c's, for datagrams too */
NTSTATUS transfer_receive_status(struct socket *socket, const struct engine_request *request,
                                 long result, uintptr_t *bytes);
size_t transfer_total(const struct net_transfer *transfer);
void transfer_fill(struct iovec *vector, const struct net_transfer *transfer);

#endif
