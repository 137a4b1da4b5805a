/* SPDX-License-Identifier: MIT
 *
 * What WSAIoctl asks of sockets beyond options (rules IOCTL).
 */
#ifndef NET_IOCTL_H
#define NET_IOCTL_H

#include "net/net.h"

/* SIO_KEEPALIVE_VALS; both times in milliseconds, rounded up to the kernel's seconds. */
struct net_keepalive {
    uint32_t on;
    uint32_t idle;
    uint32_t interval;
};
NTSTATUS socket_set_keepalive(struct socket *socket, const struct net_keepalive *values);

/* SIO_UDP_CONNRESET: whether receives report that an earlier datagram was refused. */
NTSTATUS socket_set_refusals(struct socket *socket, bool reported);

/* SIO_ROUTING_INTERFACE_QUERY: the local address from which `to` would be reached. */
NTSTATUS socket_route(const void *to, int length, void *address, int *room);

/* SIO_ADDRESS_LIST_CHANGE, SIO_ROUTING_INTERFACE_CHANGE: an operation that ends with the next
 * change that concerns the socket's family. Of the transfer its OVERLAPPED and routine are looked
 * at. */
enum net_change { NET_CHANGE_ADDRESSES, NET_CHANGE_ROUTES };
NTSTATUS socket_await_change(struct socket *socket, enum net_change what,
                             const struct net_transfer *transfer);
bool socket_may_wait(struct socket *socket); /* not in the mode that FIONBIO turns on */

/* SIO_AF_UNIX_GETPEERPID. */
NTSTATUS socket_peer_process(struct socket *socket, uint32_t *process);

/* The family as Windows numbers it, the type, and the protocol (0 if none belongs to them). */
struct net_identity {
    int family;
    int type;
    int protocol;
};
void socket_identify(const struct socket *socket, struct net_identity *identity);

/* The addresses of this machine's interfaces that are up, in Windows' form; what an interface does
 * not have is NULL. Flags are Windows' IFF_. */
enum net_interface_flags {
    NET_INTERFACE_UP = 1,
    NET_INTERFACE_BROADCAST = 2,
    NET_INTERFACE_LOOPBACK = 4,
    NET_INTERFACE_POINT_TO_POINT = 8,
    NET_INTERFACE_MULTICAST = 16,
};
struct net_interface {
    uint32_t flags;
    const void *address, *broadcast, *mask;
    int length; /* of each */
};
/* Those of the family (Windows' number); `visit` may be called any number of times. */
NTSTATUS net_interfaces(int family,
                        void (*visit)(const struct net_interface *interface, void *context),
                        void *context);

#endif
