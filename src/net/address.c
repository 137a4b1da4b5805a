/* SPDX-License-Identifier: MIT
 *
 * Conversion of addresses and of what socket() is asked for.
 */
#include "net/address.h"

#include "base/probe.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define WSA_FAULT STATUS_ACCESS_VIOLATION
#define WSA_FAMILY_NOT_SUPPORTED STATUS_OF_WINSOCK(10047)
#define WSA_TYPE_NOT_SUPPORTED STATUS_OF_WINSOCK(10044)
#define WSA_PROTOCOL_NOT_SUPPORTED STATUS_OF_WINSOCK(10043)

_Static_assert(sizeof(struct sockaddr_in) == ADDRESS_LENGTH_IPV4, "Windows' sockaddr_in");
_Static_assert(AF_INET == ADDRESS_FAMILY_IPV4, "an IPv4 address needs no conversion");
_Static_assert(sizeof(struct sockaddr_in6) == ADDRESS_LENGTH_IPV6, "Windows' sockaddr_in6");
_Static_assert(sizeof(struct sockaddr_un) == ADDRESS_LENGTH_LOCAL, "Windows' sockaddr_un");

int address_family_to_linux(int family)
{
    switch (family) {
    case ADDRESS_FAMILY_UNSPECIFIED:
        return AF_UNSPEC;
    case ADDRESS_FAMILY_LOCAL:
        return AF_UNIX;
    case ADDRESS_FAMILY_IPV4:
        return AF_INET;
    case ADDRESS_FAMILY_IPV6:
        return AF_INET6;
    default:
        return -1;
    }
}

int address_family_to_windows(int family)
{
    switch (family) {
    case AF_UNSPEC:
        return ADDRESS_FAMILY_UNSPECIFIED;
    case AF_UNIX:
        return ADDRESS_FAMILY_LOCAL;
    case AF_INET:
        return ADDRESS_FAMILY_IPV4;
    case AF_INET6:
        return ADDRESS_FAMILY_IPV6;
    default:
        return -1;
    }
}

static NTSTATUS address__local_to_linux(const void *address, int length,
                                        struct sockaddr_storage *to, socklen_t *to_length)
{
    size_t family = sizeof(uint16_t);
    if (length > ADDRESS_LENGTH_LOCAL + 1)
        length = ADDRESS_LENGTH_LOCAL + 1; /* enough to see that the path is too long */
    if (!probe_known_readable(address, (size_t)length, NULL))
        return WSA_FAULT;
    size_t path = strnlen((const char *)address + family, (size_t)length - family);
    size_t used = family + path;
    if (path + family > ADDRESS_LENGTH_LOCAL)
        return WSA_FAULT;
    memset(to, 0, sizeof *to);
    memcpy(to, address, used);
    to->ss_family = AF_UNIX;
    /* No path means the kernel is to choose a name; with one, its zero counts. */
    *to_length = (socklen_t)(path == 0 || used == ADDRESS_LENGTH_LOCAL ? used : used + 1);
    return STATUS_SUCCESS;
}

NTSTATUS address_to_linux(const void *address, int length, struct sockaddr_storage *to,
                          socklen_t *to_length)
{
    uint16_t family;

    /* The usual one, without detours. */
    if (LIKELY(address && length >= ADDRESS_LENGTH_IPV4 &&
               probe_known_readable(address, ADDRESS_LENGTH_IPV4, NULL) &&
               (memcpy(&family, address, sizeof family), family == ADDRESS_FAMILY_IPV4))) {
        memcpy(to, address, ADDRESS_LENGTH_IPV4);
        *to_length = ADDRESS_LENGTH_IPV4;
        return STATUS_SUCCESS;
    }
    if (!address || length < (int)sizeof family ||
        !probe_known_readable(address, sizeof family, NULL))
        return WSA_FAULT;
    memcpy(&family, address, sizeof family);
    int needed = 0;
    switch (family) {
    case ADDRESS_FAMILY_LOCAL:
        return address__local_to_linux(address, length, to, to_length);
    case ADDRESS_FAMILY_IPV4:
        needed = ADDRESS_LENGTH_IPV4;
        break;
    case ADDRESS_FAMILY_IPV6:
        needed = ADDRESS_LENGTH_IPV6;
        break;
    default:
        return WSA_FAMILY_NOT_SUPPORTED;
    }
    if (length < needed || !probe_known_readable(address, (size_t)needed, NULL))
        return WSA_FAULT;
    memset(to, 0, sizeof *to);
    memcpy(to, address, (size_t)needed);
    to->ss_family = (sa_family_t)address_family_to_linux(family);
    *to_length = (socklen_t)needed;
    return STATUS_SUCCESS;
}

int address_length(const struct sockaddr_storage *address)
{
    switch (address->ss_family) {
    case AF_INET:
        return ADDRESS_LENGTH_IPV4;
    case AF_INET6:
        return ADDRESS_LENGTH_IPV6;
    case AF_UNIX:
        return ADDRESS_LENGTH_LOCAL;
    default:
        return 0;
    }
}

bool address_is_reachable(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address;
        return ipv4->sin_port && ipv4->sin_addr.s_addr != htonl(INADDR_ANY);
    }
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)address;
        return ipv6->sin6_port && !IN6_IS_ADDR_UNSPECIFIED(&ipv6->sin6_addr);
    }
    return true;
}

NTSTATUS address_to_windows(const struct sockaddr_storage *address, socklen_t linux_length,
                            void *to, int *length)
{
    uint16_t family;

    if (LIKELY(address->ss_family == AF_INET && linux_length == ADDRESS_LENGTH_IPV4 && to &&
               length && *length >= ADDRESS_LENGTH_IPV4)) {
        memcpy(to, address, ADDRESS_LENGTH_IPV4);
        *length = ADDRESS_LENGTH_IPV4;
        return STATUS_SUCCESS;
    }
    int needed = address_length(address);
    if (needed == 0)
        return WSA_FAMILY_NOT_SUPPORTED;
    if (!to || !length || *length < needed)
        return WSA_FAULT;
    if (linux_length > (socklen_t)needed)
        linux_length = (socklen_t)needed;
    /* A local name may be shorter than its room; the rest is zero. */
    memset(to, 0, (size_t)needed);
    memcpy(to, address, linux_length);
    family = (uint16_t)address_family_to_windows(address->ss_family);
    memcpy(to, &family, sizeof family);
    *length = needed;
    return STATUS_SUCCESS;
}

static int address__type_of_protocol(int protocol)
{
    return protocol == IPPROTO_UDP ? SOCK_DGRAM : protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_RAW;
}

static int address__protocol_of_type(int type)
{
    return type == SOCK_STREAM ? IPPROTO_TCP : type == SOCK_DGRAM ? IPPROTO_UDP : 0;
}

NTSTATUS address_socket_to_linux(const struct address_socket *windows,
                                 struct address_socket *completed, int *linux_family)
{
    *completed = *windows;
    if (windows->family == 0 && windows->type == 0 && windows->protocol == 0)
        return STATUS_INVALID_PARAMETER;
    if (completed->family == ADDRESS_FAMILY_UNSPECIFIED)
        completed->family = ADDRESS_FAMILY_IPV4;
    *linux_family = address_family_to_linux(completed->family);
    if (*linux_family < 0)
        return WSA_FAMILY_NOT_SUPPORTED;
    if (completed->type == 0)
        completed->type = completed->family == ADDRESS_FAMILY_LOCAL || completed->protocol == 0
                              ? SOCK_STREAM
                              : address__type_of_protocol(completed->protocol);
    if (completed->type < SOCK_STREAM || completed->type > SOCK_SEQPACKET)
        return WSA_TYPE_NOT_SUPPORTED;
    if (completed->family == ADDRESS_FAMILY_LOCAL)
        return completed->protocol == 0 ? STATUS_SUCCESS : WSA_PROTOCOL_NOT_SUPPORTED;
    if (completed->type == SOCK_RDM || completed->type == SOCK_SEQPACKET)
        return WSA_TYPE_NOT_SUPPORTED;
    if (completed->type == SOCK_RAW)
        return STATUS_SUCCESS;
    if (completed->protocol == 0)
        completed->protocol = address__protocol_of_type(completed->type);
    return completed->protocol == address__protocol_of_type(completed->type)
               ? STATUS_SUCCESS
               : WSA_PROTOCOL_NOT_SUPPORTED;
}
