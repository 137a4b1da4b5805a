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
    if ((caller && !probe_readable(caller, sizeof *caller)) ||
        (callee && !probe_writable(callee, sizeof *callee)))
        return winsock_return(STATUS_ACCESS_VIOLATION);
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

    if (!address || length < (int)sizeof family || !probe_readable(address, (size_t)length)) {
        attempt->status = STATUS_ACCESS_VIOLATION;
        return;
    }
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

/* One of the two addresses of the connection, for who wants it. */
static NTSTATUS names__store_one(struct socket *socket, bool peer, LPSOCKADDR to, LPDWORD length)
{
    struct sockaddr_storage own;
    int room = sizeof own;

    if (!to || !length)
        return STATUS_SUCCESS;
    if (*length < sizeof own)
        room = (int)*length;
    NTSTATUS status = socket_name(socket, peer, &own, &room);
    if (status == STATUS_SUCCESS)
        status = winsock_give(to, &own, (size_t)room);
    *length = (DWORD)room;
    return status;
}

static NTSTATUS names__store(struct socket *socket, const struct connect_names *names)
{
    NTSTATUS status = names__store_one(socket, false, names->local, names->local_length);

    return status == STATUS_SUCCESS
               ? names__store_one(socket, true, names->remote, names->remote_length)
               : status;
}

/* Whom to connect to: a host and a service, or a list. */
struct connect_target {
    const char *node, *service;
    const SOCKET_ADDRESS_LIST *list;
};

/* What both calls have beside that. */
struct connect_call {
    struct connect_names names;
    const struct timeval *timeout;
    const void *reserved;
};

static int connect__visit(const struct resolve_result *found, void *context)
{
    struct connect_try *attempt = context;

    if (try__goes_on(attempt))
        try__address(attempt, found->address, found->length);
    return 0;
}

/* Tries one address after the other; the status of the last one tried. */
static NTSTATUS connect__target(struct connect_try *attempt, const struct connect_target *target)
{
    struct resolve_hints hints = {.type = SOCK_STREAM};
    int error = 0;

    if (target->list) {
        const SOCKET_ADDRESS *addresses = target->list->Address; /* longer than it is declared */
        for (INT index = 0; index < target->list->iAddressCount && try__goes_on(attempt); index++)
            try__address(attempt, addresses[index].lpSockaddr, addresses[index].iSockaddrLength);
    } else {
        error = resolve_addresses(target->node, target->service, &hints, connect__visit, attempt);
    }
    if (error)
        return STATUS_OF_WINSOCK(error);
    return attempt->status == STATUS_NOT_FOUND ? STATUS_OF_WINSOCK(WSAHOST_NOT_FOUND)
                                               : attempt->status;
}

/* The list with all its members; of texts their beginnings. */
static bool target__is_there(const struct connect_target *target)
{
    const SOCKET_ADDRESS_LIST *list = target->list;

    if (list)
        return probe_readable(list, sizeof *list) &&
               (list->iAddressCount <= 0 ||
                probe_readable(list->Address, (size_t)list->iAddressCount * sizeof *list->Address));
    return (!target->node || probe_readable(target->node, 1)) &&
           (!target->service || probe_readable(target->service, 1));
}

static bool call__is_there(const struct connect_call *call)
{
    const struct connect_names *names = &call->names;

    return (!call->timeout || probe_readable(call->timeout, sizeof *call->timeout)) &&
           (!names->local_length ||
            probe_writable(names->local_length, sizeof *names->local_length)) &&
           (!names->remote_length ||
            probe_writable(names->remote_length, sizeof *names->remote_length)) &&
           (!names->local || probe_writable(names->local, sizeof *names->local)) &&
           (!names->remote || probe_writable(names->remote, sizeof *names->remote));
}

static bool target__is_complete(const struct connect_target *target)
{
    return target->list ? target->list->iAddressCount > 0 : target->node && target->service;
}

static NTSTATUS connect__run(struct socket *socket, const struct connect_target *target,
                             const struct connect_call *call)
{
    struct connect_try attempt;

    if (!target__is_there(target) || !call__is_there(call))
        return STATUS_ACCESS_VIOLATION;
    try__begin(&attempt, socket, call->timeout);
    if (call->reserved || !target__is_complete(target) || attempt.identity.type != SOCK_STREAM)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = connect__target(&attempt, target);
    return status == STATUS_SUCCESS ? names__store(socket, &call->names) : status;
}

static BOOL connect__call(SOCKET handle, const struct connect_target *target,
                          const struct connect_call *call)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = connect__run(socket, target, call);
        socket_unref(socket);
    }
    return winsock_return_bool(status);
}

BOOL WSAAPI WSAConnectByNameA(SOCKET handle, LPCSTR node, LPCSTR service, LPDWORD local_length,
                              LPSOCKADDR local, LPDWORD remote_length, LPSOCKADDR remote,
                              const struct timeval *timeout, LPWSAOVERLAPPED reserved)
{
    const struct connect_target target = {.node = node, .service = service};
    const struct connect_call call = {
        {local_length, remote_length, local, remote}, timeout, reserved};

    return connect__call(handle, &target, &call);
}

static NTSTATUS connect__narrow(LPCWSTR wide, char **narrow)
{
    *narrow = NULL;
    if (!wide)
        return STATUS_SUCCESS;
    if (!probe_readable(wide, sizeof *wide))
        return STATUS_ACCESS_VIOLATION;
    *narrow = utf16_to_utf8(wide, (size_t)-1);
    return *narrow ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

BOOL WSAAPI WSAConnectByNameW(SOCKET handle, LPWSTR node, LPWSTR service, LPDWORD local_length,
                              LPSOCKADDR local, LPDWORD remote_length, LPSOCKADDR remote,
                              const struct timeval *timeout, LPWSAOVERLAPPED reserved)
{
    char *narrow_node, *narrow_service = NULL;
    NTSTATUS status = connect__narrow(node, &narrow_node);
    BOOL connected;

    if (status == STATUS_SUCCESS)
        status = connect__narrow(service, &narrow_service);
    if (status == STATUS_SUCCESS)
        connected = WSAConnectByNameA(handle, narrow_node, narrow_service, local_length, local,
                                      remote_length, remote, timeout, reserved);
    else
        connected = winsock_return_bool(status);
    free(narrow_node);
    free(narrow_service);
    return connected;
}

/* A list that is not there at all is an empty one. */
BOOL WSAAPI WSAConnectByList(SOCKET handle, PSOCKET_ADDRESS_LIST list, LPDWORD local_length,
                             LPSOCKADDR local, LPDWORD remote_length, LPSOCKADDR remote,
                             const struct timeval *timeout, LPWSAOVERLAPPED reserved)
{
    const struct connect_target target = {.list = list};
    const struct connect_call call = {
        {local_length, remote_length, local, remote}, timeout, reserved};

    return connect__call(handle, &target, &call);
}
