/* SPDX-License-Identifier: MIT
 *
 * Winsock's extension functions and WSAIoctl, through which programs get at them (rules EXT, ACC,
 * GAES, CONN, DISC).
 */
#include "api/winsock.h"

#include <mswsock.h>
#include <ws2tcpip.h>

BOOL WSAAPI AcceptEx(SOCKET listening, SOCKET accepting, PVOID buffer, DWORD receive, DWORD local,
                     DWORD remote, LPDWORD received, LPOVERLAPPED overlapped)
{
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct net_accept wanted = {
        .buffer = buffer, .receive = receive, .local = local, .remote = remote};

    (void)received; /* it always pends (ACC-2) */
    if (!overlapped) {
        api_set_last_error(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    overlapped->Internal = (uint32_t)STATUS_PENDING; /* OVL-1: before any check */
    struct socket *listener = winsock_socket(listening, &status);
    if (!listener)
        return winsock_return_bool(status);
    struct socket *accepted = winsock_socket(accepting, &status);
    if (accepted) {
        status = socket_accept_overlapped(listener, accepted, &wanted, overlapped);
        socket_unref(accepted);
    }
    socket_unref(listener);
    return winsock_return_bool(status);
}

static int acceptex__length(const struct sockaddr *address)
{
    return address->sa_family == AF_INET6  ? (int)sizeof(struct sockaddr_in6)
           : address->sa_family == AF_INET ? (int)sizeof(struct sockaddr_in)
                                           : (int)sizeof(struct sockaddr);
}

VOID WSAAPI GetAcceptExSockaddrs(PVOID buffer, DWORD receive, DWORD local_length,
                                 DWORD remote_length, struct sockaddr **local, LPINT local_size,
                                 struct sockaddr **remote, LPINT remote_size)
{
    char *blocks = (char *)buffer + receive;

    (void)remote_length;
    if (local_length) {
        *local = (struct sockaddr *)blocks;
        *local_size = acceptex__length(*local);
    }
    *remote = (struct sockaddr *)(blocks + local_length);
    *remote_size = acceptex__length(*remote);
}

static BOOL PASCAL mswsock__connect(SOCKET handle, const struct sockaddr *name, int length,
                                    PVOID data, DWORD data_length, LPDWORD sent,
                                    LPOVERLAPPED overlapped)
{
    NTSTATUS status;

    (void)sent; /* it always pends (CONN-2) */
    if (!overlapped) {
        api_set_last_error(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    struct socket *socket = winsock_socket(handle, &status);
    if (socket) {
        status = socket_connect_overlapped(socket, name, length, data, data_length, overlapped);
        socket_unref(socket);
    }
    return winsock_return_bool(status);
}

static BOOL PASCAL mswsock__disconnect(SOCKET handle, LPOVERLAPPED overlapped, DWORD flags,
                                       DWORD reserved)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (!socket)
        return winsock_return_bool(status);
    status = reserved || (flags & ~(DWORD)TF_REUSE_SOCKET)
                 ? STATUS_INVALID_PARAMETER
                 : socket_disconnect(socket, flags & TF_REUSE_SOCKET, overlapped);
    socket_unref(socket);
    return winsock_return_bool(status);
}

static const struct {
    GUID id;
    void *function;
} mswsock_extensions[] = {
    {WSAID_ACCEPTEX, (void *)AcceptEx},
    {WSAID_GETACCEPTEXSOCKADDRS, (void *)GetAcceptExSockaddrs},
    {WSAID_CONNECTEX, (void *)mswsock__connect},
    {WSAID_DISCONNECTEX, (void *)mswsock__disconnect},
    {WSAID_WSAPOLL, (void *)WSAPoll},
};
enum { MSWSOCK_EXTENSIONS = sizeof mswsock_extensions / sizeof mswsock_extensions[0] };

/* What WSAIoctl was called with. */
struct ioctl_call {
    DWORD code;
    const void *in;
    DWORD in_length;
    void *out;
    DWORD out_length;
    LPDWORD returned;
    struct net_transfer completion; /* its OVERLAPPED and routine, if any */
};

static NTSTATUS ioctl__extension(struct socket *socket, const struct ioctl_call *call)
{
    void *function = NULL;

    if (!call->in || call->in_length < sizeof(GUID) || !call->out ||
        call->out_length < sizeof function)
        return STATUS_ACCESS_VIOLATION;
    for (int index = 0; index < MSWSOCK_EXTENSIONS; index++)
        if (memcmp(&mswsock_extensions[index].id, call->in, sizeof(GUID)) == 0)
            function = mswsock_extensions[index].function;
    if (!function)
        return STATUS_INVALID_PARAMETER;
    memcpy(call->out, &function, sizeof function);
    *call->returned = sizeof function;
    return call->completion.overlapped ? socket_complete_nothing(socket, &call->completion)
                                       : STATUS_SUCCESS;
}

static NTSTATUS ioctl__value(struct socket *socket, const struct ioctl_call *call)
{
    u_long value = 0;
    bool takes = call->code == (DWORD)FIONBIO;

    if (takes ? !call->in || call->in_length < sizeof value
              : !call->out || call->out_length < sizeof value)
        return STATUS_ACCESS_VIOLATION;
    if (takes)
        memcpy(&value, call->in, sizeof value);
    NTSTATUS status = winsock_ioctl(socket, call->code, &value);
    if (status != STATUS_SUCCESS)
        return status;
    if (!takes)
        memcpy(call->out, &value, sizeof value);
    *call->returned = takes ? 0 : sizeof value;
    return call->completion.overlapped ? socket_complete_nothing(socket, &call->completion)
                                       : STATUS_SUCCESS;
}

int WSAAPI WSAIoctl(SOCKET handle, DWORD code, LPVOID in, DWORD in_length, LPVOID out,
                    DWORD out_length, LPDWORD returned, LPWSAOVERLAPPED overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    struct ioctl_call call = {.code = code,
                              .in = in,
                              .in_length = in_length,
                              .out = out,
                              .out_length = out_length,
                              .returned = returned,
                              .completion = {.overlapped = overlapped,
                                             .routine = overlapped ? (void *)routine : NULL,
                                             .call = winsock_call_routine}};

    if (!socket)
        return winsock_return(status);
    if (!returned)
        status = STATUS_ACCESS_VIOLATION;
    else if (code == SIO_GET_EXTENSION_FUNCTION_POINTER)
        status = ioctl__extension(socket, &call);
    else
        status = ioctl__value(socket, &call);
    socket_unref(socket);
    return winsock_return(status);
}
