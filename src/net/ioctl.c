/* SPDX-License-Identifier: MIT
 *
 * Requests of WSAIoctl that need the kernel. No locks.
 */
#include "net/ioctl.h"

#include "net/address.h"
#include "net/socket.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEEPALIVE_MOST = 32767 }; /* seconds; the kernel's limit */

static int ioctl__seconds(uint32_t milliseconds)
{
    uint32_t seconds = milliseconds / 1000 + (milliseconds % 1000 != 0);

    return seconds == 0 ? 1 : seconds > KEEPALIVE_MOST ? KEEPALIVE_MOST : (int)seconds;
}

static bool ioctl__set(int descriptor, int level, int name, int value)
{
    return setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

NTSTATUS socket_set_keepalive(struct socket *socket, const struct net_keepalive *values)
{
    int descriptor = socket_descriptor(socket);

    if (!socket_has(socket, SOCKET_STREAM) || socket_family(socket) == AF_UNIX)
        return STATUS_OF_WINSOCK(10045);
    if (!ioctl__set(descriptor, SOL_SOCKET, SO_KEEPALIVE, values->on != 0))
        return status_of_errno(errno, STATUS_PLACE_CALL);
    if (values->on &&
        (!ioctl__set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, ioctl__seconds(values->idle)) ||
         !ioctl__set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, ioctl__seconds(values->interval))))
        return status_of_errno(errno, STATUS_PLACE_CALL);
    return STATUS_SUCCESS;
}

NTSTATUS socket_set_refusals(struct socket *socket, bool reported)
{
    if (socket_has(socket, SOCKET_STREAM))
        return STATUS_OF_WINSOCK(10045);
    if (reported)
        socket_clear(socket, SOCKET_HARDENED);
    else
        socket_set(socket, SOCKET_HARDENED);
    return STATUS_SUCCESS;
}

NTSTATUS socket_route(const void *to, int length, void *address, int *room)
{
    struct sockaddr_storage system, local = {0};
    socklen_t system_length, local_length = sizeof local;
    NTSTATUS status = address_to_linux(to, length, &system, &system_length);

    if (status != STATUS_SUCCESS)
        return status;
    if (system.ss_family == AF_UNIX)
        return STATUS_OF_WINSOCK(10047);
    /* Any port: connecting a datagram socket sends nothing. */
    in_port_t *port = system.ss_family == AF_INET ? &((struct sockaddr_in *)&system)->sin_port
                                                  : &((struct sockaddr_in6 *)&system)->sin6_port;
    *port = htons(9);
    int probe = socket(system.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return status_of_errno(errno, STATUS_PLACE_CALL);
    if (connect(probe, (struct sockaddr *)&system, system_length) < 0 ||
        getsockname(probe, (struct sockaddr *)&local, &local_length) < 0)
        status = status_of_errno(errno, STATUS_PLACE_CONNECT);
    close(probe);
    if (status != STATUS_SUCCESS)
        return status;
    port = local.ss_family == AF_INET ? &((struct sockaddr_in *)&local)->sin_port
                                      : &((struct sockaddr_in6 *)&local)->sin6_port;
    *port = 0;
    return address_to_windows(&local, local_length, address, room);
}

NTSTATUS socket_peer_process(struct socket *socket, uint32_t *process)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    if (socket_family(socket) != AF_UNIX)
        return STATUS_OF_WINSOCK(10045);
    if (!socket_is_connected(socket))
        return STATUS_INVALID_CONNECTION;
    if (getsockopt(socket_descriptor(socket), SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        return status_of_errno(errno, STATUS_PLACE_CALL);
    *process = (uint32_t)peer.pid;
    return STATUS_SUCCESS;
}

void socket_identify(const struct socket *socket, struct net_identity *identity)
{
    int protocol = 0;
    socklen_t length = sizeof protocol;

    getsockopt(socket_descriptor(socket), SOL_SOCKET, SO_PROTOCOL, &protocol, &length);
    *identity = (struct net_identity){.family = address_family_to_windows(socket_family(socket)),
                                      .type = socket_type(socket),
                                      .protocol = protocol};
}

static uint32_t interface__flags(unsigned system)
{
    return (system & IFF_UP ? NET_INTERFACE_UP : 0u) |
           (system & IFF_BROADCAST ? NET_INTERFACE_BROADCAST : 0u) |
           (system & IFF_LOOPBACK ? NET_INTERFACE_LOOPBACK : 0u) |
           (system & IFF_POINTOPOINT ? NET_INTERFACE_POINT_TO_POINT : 0u) |
           (system & IFF_MULTICAST ? NET_INTERFACE_MULTICAST : 0u);
}

/* An address in Windows' form, or NULL. */
static const void *interface__address(const struct sockaddr *system, char *room)
{
    struct sockaddr_storage storage = {0};
    int length = ADDRESS_LENGTH_IPV6;

    if (!system || (system->sa_family != AF_INET && system->sa_family != AF_INET6))
        return NULL;
    socklen_t given = system->sa_family == AF_INET ? ADDRESS_LENGTH_IPV4 : ADDRESS_LENGTH_IPV6;
    __builtin_memcpy(&storage, system, given);
    return address_to_windows(&storage, given, room, &length) == STATUS_SUCCESS ? room : NULL;
}

NTSTATUS net_interfaces(int family,
                        void (*visit)(const struct net_interface *interface, void *context),
                        void *context)
{
    int linux_family = address_family_to_linux(family);
    struct ifaddrs *all;

    if (getifaddrs(&all) < 0)
        return status_of_errno(errno, STATUS_PLACE_CALL);
    for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
        char address[ADDRESS_LENGTH_IPV6], broadcast[ADDRESS_LENGTH_IPV6],
            mask[ADDRESS_LENGTH_IPV6];
        if (!one->ifa_addr || one->ifa_addr->sa_family != linux_family ||
            !(one->ifa_flags & IFF_UP))
            continue;
        bool has_broadcast = one->ifa_flags & IFF_BROADCAST;
        struct net_interface interface = {
            .flags = interface__flags(one->ifa_flags),
            .address = interface__address(one->ifa_addr, address),
            .broadcast = has_broadcast ? interface__address(one->ifa_broadaddr, broadcast) : NULL,
            .mask = interface__address(one->ifa_netmask, mask),
            .length = linux_family == AF_INET ? ADDRESS_LENGTH_IPV4 : ADDRESS_LENGTH_IPV6};
        visit(&interface, context);
    }
    freeifaddrs(all);
    return STATUS_SUCCESS;
}
