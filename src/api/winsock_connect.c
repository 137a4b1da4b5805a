/* SPDX-License-Identifier: MIT
 *
 * Connecting beyond connect: WSAConnect, and by name or list, one address after the other until one
 * answers (rules CBN).
 */
#include "api/utf16.h"
#include "api/winsock.h"
#include "base/clock.h"
#include "base/fault.h"
#include "net/ioctl.h"
#include "net/resolve.h"

#include <stdlib.h>
#include <string.h>

#include <ws2tcpip.h>

/* User data at connecting exists on no protocol that is left. */
int WSAAPI WSAConnect(SOCKET handle, const struct sockaddr *name, int length, LPWSABUF caller,
                      LPWSABUF callee, LPQOS send, LPQOS group)
{
    (void)send;
    (void)group;
    if (caller && caller->len)
        return winsock_return(STATUS_NOT_SUPPORTED);
    if (callee)
        callee->len = 0;
    return connect(handle, name, length);
}

struct connect_try {
    struct socket *socket;
    struct net_identity identity;
    bool maps_ipv4; /* IPv6, and IPV6_V6ONLY is off */
    int64_t deadline;
    NTSTATUS status; /* of the last attempt; STATUS_NOT_FOUND before any */
};

static void try__begin(struct connect_try *attempt, struct socket *socket,
                       const struct timeval *timeout)
{
    BOOL only = TRUE;
    int length = sizeof only;

    *attempt = (struct connect_try){
        .socket = socket, .deadline = CLOCK_FOREVER, .status = STATUS_NOT_FOUND};
    socket_identify(socket, &attempt->identity);
    if (attempt->identity.family == AF_INET6 &&
        socket_get_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, &only, &length) == STATUS_SUCCESS)
        attempt->maps_ipv4 = !only;
    if (timeout && (timeout->tv_sec || timeout->tv_usec))
        attempt->deadline = clock_now() + timeout->tv_sec * NANOSECONDS_PER_SECOND +
                            timeout->tv_usec * (NANOSECONDS_PER_SECOND / 1000000);
}

/* One address; those of another family are passed over. */
static void try__address(struct connect_try *attempt, const void *address, int length)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6};
    uint16_t family;

    if (!address || length < (int)sizeof family)
        return;
    memcpy(&family, address, sizeof family);
    if (family == AF_INET && attempt->maps_ipv4 && length >= (int)sizeof ipv4) {
        memcpy(&ipv4, address, sizeof ipv4);
        mapped.sin6_port = ipv4.sin_port;
        memset(mapped.sin6_addr.s6_addr + 10, 0xFF, 2);
        memcpy(mapped.sin6_addr.s6_addr + 12, &ipv4.sin_addr, 4);
        address = &mapped;
        length = sizeof mapped;
    } else if (family != attempt->identity.family) {
        return;
    }
    attempt->status = socket_connect_until(attempt->socket, address, length, attempt->deadline);
}

/* Whether another address may be tried: not after success, nor when the time is up, nor when the
 * socket is one that cannot be connected at all. */
static bool try__goes_on(const struct connect_try *attempt)
{
    return attempt->status != STATUS_SUCCESS && attempt->status != STATUS_IO_TIMEOUT &&
           attempt->status != STATUS_CONNECTION_ACTIVE &&
           attempt->status != STATUS_REQUEST_ABORTED && attempt->status != STATUS_INVALID_PARAMETER;
}

struct connect_names {
    LPDWORD local_length, remote_length;
    LPSOCKADDR local, remote;
};

/* The two addresses of the connection, for who wants them. */
static NTSTATUS names__store(struct socket *socket, const struct connect_names *names)
{
    NTSTATUS status = STATUS_SUCCESS;
    int room;

    if (names->local && names->local_length) {
        room = *names->local_length > INT32_MAX ? INT32_MAX : (int)*names->local_length;
        status = socket_name(socket, false, names->local, &room);
        *names->local_length = (DWORD)room;
    }
    if (status == STATUS_SUCCESS && names->remote && names->remote_length) {
        room = *names->remote_length > INT32_MAX ? INT32_MAX : (int)*names->remote_length;
        status = socket_name(socket, true, names->remote, &room);
        *names->remote_length = (DWORD)room;
    }
    return status;
}

static BOOL connect__ended(const struct connect_try *attempt, const struct connect_names *names)
{
    NTSTATUS status = attempt->status;

    if (status == STATUS_NOT_FOUND)
        status = STATUS_OF_WINSOCK(WSAHOST_NOT_FOUND);
    if (status == STATUS_SUCCESS)
        status = names__store(attempt->socket, names);
    return winsock_return_bool(status);
}

static int connect__visit(const struct resolve_result *found, void *context)
{
    struct connect_try *attempt = context;

    if (try__goes_on(attempt))
        try__address(attempt, found->address, found->length);
    return 0;
}

static BOOL connect__by_name(SOCKET handle, const char *node, const char *service,
                             const struct connect_names *names, const struct timeval *timeout,
                             const void *reserved)
{
    struct resolve_hints hints = {.type = SOCK_STREAM};
    struct connect_try attempt;
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    BOOL connected;

    if (!socket)
        return winsock_return_bool(status);
    try__begin(&attempt, socket, timeout);
    if (reserved || !node || !service || attempt.identity.type != SOCK_STREAM) {
        connected = winsock_return_bool(STATUS_INVALID_PARAMETER);
    } else {
        int error = resolve_addresses(node, service, &hints, connect__visit, &attempt);
        connected =
            error ? winsock_return_bool(STATUS_OF_WINSOCK(error)) : connect__ended(&attempt, names);
    }
    socket_unref(socket);
    return connected;
}

BOOL WSAAPI WSAConnectByNameA(SOCKET handle, LPCSTR node, LPCSTR service, LPDWORD local_length,
                              LPSOCKADDR local, LPDWORD remote_length, LPSOCKADDR remote,
                              const struct timeval *timeout, LPWSAOVERLAPPED reserved)
{
    const struct connect_names names = {local_length, remote_length, local, remote};

    return connect__by_name(handle, node, service, &names, timeout, reserved);
}

BOOL WSAAPI WSAConnectByNameW(SOCKET handle, LPWSTR node, LPWSTR service, LPDWORD local_length,
                              LPSOCKADDR local, LPDWORD remote_length, LPSOCKADDR remote,
                              const struct timeval *timeout, LPWSAOVERLAPPED reserved)
{
    const struct connect_names names = {local_length, remote_length, local, remote};
    char *narrow_node = node ? utf16_to_utf8(node, (size_t)-1) : NULL;
    char *narrow_service = service ? utf16_to_utf8(service, (size_t)-1) : NULL;
    BOOL connected;

    if ((node && !narrow_node) || (service && !narrow_service))
        connected = winsock_return_bool(STATUS_INSUFFICIENT_RESOURCES);
    else
        connected =
            connect__by_name(handle, narrow_node, narrow_service, &names, timeout, reserved);
    free(narrow_node);
    free(narrow_service);
    return connected;
}

BOOL WSAAPI WSAConnectByList(SOCKET handle, PSOCKET_ADDRESS_LIST list, LPDWORD local_length,
                             LPSOCKADDR local, LPDWORD remote_length, LPSOCKADDR remote,
                             const struct timeval *timeout, LPWSAOVERLAPPED reserved)
{
    const struct connect_names names = {local_length, remote_length, local, remote};
    struct connect_try attempt;
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    BOOL connected;

    if (!socket)
        return winsock_return_bool(status);
    try__begin(&attempt, socket, timeout);
    if (reserved || !list || list->iAddressCount <= 0 || attempt.identity.type != SOCK_STREAM) {
        connected = winsock_return_bool(STATUS_INVALID_PARAMETER);
    } else {
        const SOCKET_ADDRESS *addresses = list->Address; /* longer than it is declared */
        for (INT index = 0; index < list->iAddressCount && try__goes_on(&attempt); index++)
            try__address(&attempt, addresses[index].lpSockaddr, addresses[index].iSockaddrLength);
        connected = connect__ended(&attempt, &names);
    }
    socket_unref(socket);
    return connected;
}
