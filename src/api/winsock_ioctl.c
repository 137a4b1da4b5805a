/* SPDX-License-Identifier: MIT
 *
 * WSAIoctl: one row per request, with the least that its two buffers have to hold (rules EXT,
 * IOCTL). With an OVERLAPPED a request is done at once all the same, and its packet is queued;
 * those that wait for a change pend.
 */
#include "api/mswsock.h"
#include "net/ioctl.h"

#include <afunix.h>
#include <mstcpip.h>
#include <ws2tcpip.h>

/* What WSAIoctl was called with. */
struct ioctl_call {
    DWORD code;
    const void *in;
    DWORD in_length;
    char *out;
    DWORD out_length;
    DWORD returned; /* bytes in `out` */
    SOCKET handle;
    const struct net_transfer *completion;
};

typedef NTSTATUS ioctl_function(struct socket *socket, struct ioctl_call *call);

static NTSTATUS ioctl__answer(struct ioctl_call *call, const void *value, DWORD length)
{
    memcpy(call->out, value, length);
    call->returned = length;
    return STATUS_SUCCESS;
}

static NTSTATUS ioctl__extension(struct socket *socket, struct ioctl_call *call)
{
    void *function = mswsock_extension(call->in);

    (void)socket;
    return function ? ioctl__answer(call, &function, sizeof function) : STATUS_INVALID_PARAMETER;
}

static NTSTATUS ioctl__extensions(struct socket *socket, struct ioctl_call *call)
{
    RIO_EXTENSION_FUNCTION_TABLE table;

    (void)socket;
    return mswsock_registered_table(call->in, &table) ? ioctl__answer(call, &table, sizeof table)
                                                      : STATUS_INVALID_PARAMETER;
}

static NTSTATUS ioctl__take(struct socket *socket, struct ioctl_call *call)
{
    u_long value;

    memcpy(&value, call->in, sizeof value);
    return winsock_ioctl(socket, call->code, &value);
}

static NTSTATUS ioctl__give(struct socket *socket, struct ioctl_call *call)
{
    u_long value = 0;
    NTSTATUS status = winsock_ioctl(socket, call->code, &value);

    return status == STATUS_SUCCESS ? ioctl__answer(call, &value, sizeof value) : status;
}

static NTSTATUS ioctl__keepalive(struct socket *socket, struct ioctl_call *call)
{
    struct tcp_keepalive wanted;

    memcpy(&wanted, call->in, sizeof wanted);
    struct net_keepalive values = {
        .on = wanted.onoff, .idle = wanted.keepalivetime, .interval = wanted.keepaliveinterval};
    return socket_set_keepalive(socket, &values);
}

/* A BOOL, or a BOOLEAN as some programs have it. */
static NTSTATUS ioctl__refusals(struct socket *socket, struct ioctl_call *call)
{
    BOOL reported = *(const BOOLEAN *)call->in;

    if (call->in_length >= sizeof reported)
        memcpy(&reported, call->in, sizeof reported);
    return socket_set_refusals(socket, reported != FALSE);
}

/* Hints, and modes that datagram sockets are in anyway. */
static NTSTATUS ioctl__accept(struct socket *socket, struct ioctl_call *call)
{
    (void)socket, (void)call;
    return STATUS_SUCCESS;
}

/* There are no providers between a socket and the system. */
static NTSTATUS ioctl__base_handle(struct socket *socket, struct ioctl_call *call)
{
    (void)socket;
    return ioctl__answer(call, &call->handle, sizeof call->handle);
}

static NTSTATUS ioctl__peer_process(struct socket *socket, struct ioctl_call *call)
{
    uint32_t process;
    NTSTATUS status = socket_peer_process(socket, &process);

    return status == STATUS_SUCCESS ? ioctl__answer(call, &process, sizeof process) : status;
}

static NTSTATUS ioctl__route(struct socket *socket, struct ioctl_call *call)
{
    int room = call->out_length > INT32_MAX ? INT32_MAX : (int)call->out_length;
    int length = call->in_length > INT32_MAX ? INT32_MAX : (int)call->in_length;
    NTSTATUS status = socket_route(call->in, length, call->out, &room);

    (void)socket;
    if (status == STATUS_SUCCESS)
        call->returned = (DWORD)room;
    return status;
}

struct ioctl_list {
    char *to;
    size_t room, used;
    bool faulted;
};

static void list__interface(const struct net_interface *found, void *context)
{
    struct ioctl_list *list = context;
    INTERFACE_INFO entry = {.iiFlags = found->flags};

    memcpy(&entry.iiAddress, found->address, sizeof(struct sockaddr_in));
    if (found->broadcast)
        memcpy(&entry.iiBroadcastAddress, found->broadcast, sizeof(struct sockaddr_in));
    if (found->mask)
        memcpy(&entry.iiNetmask, found->mask, sizeof(struct sockaddr_in));
    if (list->used + sizeof entry <= list->room)
        list->faulted |= winsock_give(list->to + list->used, &entry, sizeof entry) != 0;
    list->used += sizeof entry;
}

static NTSTATUS ioctl__interfaces(struct socket *socket, struct ioctl_call *call)
{
    struct ioctl_list list = {.to = call->out, .room = call->out_length};
    NTSTATUS status = net_interfaces(AF_INET, list__interface, &list);

    (void)socket;
    if (status == STATUS_SUCCESS && (list.used > list.room || list.faulted))
        return STATUS_ACCESS_VIOLATION;
    call->returned = (DWORD)list.used;
    return status;
}

/* SOCKET_ADDRESS_LIST: the count, the array, then the addresses. Two walks: the first counts. */
struct ioctl_addresses {
    SOCKET_ADDRESS *to; /* the array, which is longer than it is declared */
    char *next;
    INT count, room;
    DWORD bytes;
};

static void addresses__count(const struct net_interface *found, void *context)
{
    struct ioctl_addresses *addresses = context;

    addresses->room++;
    addresses->bytes += (DWORD)(sizeof(SOCKET_ADDRESS) + (size_t)found->length);
}

static void addresses__fill(const struct net_interface *found, void *context)
{
    struct ioctl_addresses *addresses = context;

    if (addresses->count == addresses->room)
        return; /* one that was not there a moment ago */
    addresses->to[addresses->count++] = (SOCKET_ADDRESS){
        .lpSockaddr = (LPSOCKADDR)(void *)addresses->next, .iSockaddrLength = found->length};
    memcpy(addresses->next, found->address, (size_t)found->length);
    addresses->next += found->length;
}

static NTSTATUS ioctl__addresses(struct socket *socket, struct ioctl_call *call)
{
    struct net_identity identity;
    struct ioctl_addresses addresses = {.bytes = offsetof(SOCKET_ADDRESS_LIST, Address)};

    socket_identify(socket, &identity);
    NTSTATUS status = net_interfaces(identity.family, addresses__count, &addresses);
    if (status != STATUS_SUCCESS)
        return status;
    call->returned = addresses.bytes; /* what is needed, also where it is not there */
    if (call->out_length < addresses.bytes || !probe_writable(call->out, addresses.bytes))
        return STATUS_ACCESS_VIOLATION;
    SOCKET_ADDRESS_LIST *list = (SOCKET_ADDRESS_LIST *)(void *)call->out;
    addresses.to = list->Address;
    addresses.next = (char *)(addresses.to + addresses.room);
    net_interfaces(identity.family, addresses__fill, &addresses);
    list->iAddressCount = addresses.count;
    return STATUS_SUCCESS;
}

struct ioctl_change {
    struct socket *socket;
    enum net_change what;
};

static NTSTATUS change__start(void *context, OVERLAPPED *own)
{
    const struct ioctl_change *change = context;
    const struct net_transfer completion = {.overlapped = own};

    return socket_await_change(change->socket, change->what, &completion);
}

static NTSTATUS ioctl__change(struct socket *socket, struct ioctl_call *call, enum net_change what)
{
    struct ioctl_change change = {.socket = socket, .what = what};

    if (call->completion->overlapped)
        return socket_await_change(socket, what, call->completion);
    return socket_may_wait(socket) ? winsock_in_call(call->handle, change__start, &change)
                                   : STATUS_DEVICE_NOT_READY;
}

static NTSTATUS ioctl__address_change(struct socket *socket, struct ioctl_call *call)
{
    return ioctl__change(socket, call, NET_CHANGE_ADDRESSES);
}

static NTSTATUS ioctl__route_change(struct socket *socket, struct ioctl_call *call)
{
    return ioctl__change(socket, call, NET_CHANGE_ROUTES);
}

static const struct ioctl_row {
    DWORD code;
    DWORD in, out; /* bytes at least; 0: the buffer is not looked at */
    ioctl_function *run;
} ioctl_rows[] = {
    {SIO_GET_EXTENSION_FUNCTION_POINTER, sizeof(GUID), sizeof(void *), ioctl__extension},
    {SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, sizeof(GUID),
     sizeof(RIO_EXTENSION_FUNCTION_TABLE), ioctl__extensions},
    {(DWORD)FIONBIO, sizeof(u_long), 0, ioctl__take},
    {(DWORD)FIONREAD, 0, sizeof(u_long), ioctl__give},
    {(DWORD)SIOCATMARK, 0, sizeof(u_long), ioctl__give},
    {SIO_KEEPALIVE_VALS, sizeof(struct tcp_keepalive), 0, ioctl__keepalive},
    {SIO_UDP_CONNRESET, sizeof(BOOLEAN), 0, ioctl__refusals},
    {SIO_LOOPBACK_FAST_PATH, sizeof(DWORD), 0, ioctl__accept},
    {SIO_ENABLE_CIRCULAR_QUEUEING, 0, 0, ioctl__accept},
    {SIO_FLUSH, 0, 0, ioctl__accept},
    {SIO_BASE_HANDLE, 0, sizeof(SOCKET), ioctl__base_handle},
    {SIO_BSP_HANDLE, 0, sizeof(SOCKET), ioctl__base_handle},
    {SIO_BSP_HANDLE_SELECT, 0, sizeof(SOCKET), ioctl__base_handle},
    {SIO_BSP_HANDLE_POLL, 0, sizeof(SOCKET), ioctl__base_handle},
    {SIO_AF_UNIX_GETPEERPID, 0, sizeof(ULONG), ioctl__peer_process},
    {SIO_ROUTING_INTERFACE_QUERY, sizeof(struct sockaddr), sizeof(struct sockaddr), ioctl__route},
    {SIO_GET_INTERFACE_LIST, 0, sizeof(INTERFACE_INFO), ioctl__interfaces},
    {SIO_ADDRESS_LIST_QUERY, 0, sizeof(INT), ioctl__addresses},
    {SIO_ADDRESS_LIST_CHANGE, 0, 0, ioctl__address_change},
    {SIO_ROUTING_INTERFACE_CHANGE, sizeof(struct sockaddr), 0, ioctl__route_change},
};
enum { IOCTL_ROWS = sizeof ioctl_rows / sizeof ioctl_rows[0] };

static NTSTATUS ioctl__run(struct socket *socket, struct ioctl_call *call)
{
    for (int index = 0; index < IOCTL_ROWS; index++) {
        const struct ioctl_row *row = &ioctl_rows[index];
        if (row->code != call->code)
            continue;
        if ((row->in && (!call->in || call->in_length < row->in)) ||
            (row->out && (!call->out || call->out_length < row->out)) ||
            !probe_readable(call->in, row->in) || !probe_writable(call->out, row->out))
            return STATUS_ACCESS_VIOLATION;
        return row->run(socket, call);
    }
    return STATUS_NOT_SUPPORTED;
}

int WSAAPI WSAIoctl(SOCKET handle, DWORD code, LPVOID in, DWORD in_length, LPVOID out,
                    DWORD out_length, LPDWORD returned, LPWSAOVERLAPPED overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    struct net_transfer completion = {.overlapped = overlapped,
                                      .routine = overlapped ? (void *)routine : NULL,
                                      .call = winsock_call_routine};
    struct ioctl_call call = {.code = code,
                              .in = in,
                              .in_length = in_length,
                              .out = out,
                              .out_length = out_length,
                              .handle = handle,
                              .completion = &completion};

    if (!socket)
        return winsock_return(status);
    bool told = returned && probe_writable(returned, sizeof *returned);
    status = told ? ioctl__run(socket, &call) : STATUS_ACCESS_VIOLATION;
    if (told && (status == STATUS_SUCCESS || call.returned))
        *returned = call.returned;
    if (status == STATUS_SUCCESS && overlapped)
        status = socket_complete_nothing(socket, &completion);
    socket_unref(socket);
    return winsock_return(status);
}
