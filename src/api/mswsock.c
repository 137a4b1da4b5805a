/* SPDX-License-Identifier: MIT
 *
 * Winsock's extension functions (rules ACC, GAES, CONN, DISC) and the table by which WSAIoctl finds
 * them.
 */
#include "api/mswsock.h"
#include "io/operation.h"

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
    io_mark_pending(overlapped);
    struct socket *listener = winsock_socket(listening, &status);
    if (!listener)
        return winsock_return_bool(status);
    struct socket *accepted = winsock_socket_by(accepting, &status, socket_find);
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
    {WSAID_WSARECVMSG, (void *)mswsock_receive_message},
    {WSAID_WSASENDMSG, (void *)WSASendMsg},
    {WSAID_TRANSMITFILE, (void *)TransmitFile},
    {WSAID_TRANSMITPACKETS, (void *)mswsock_transmit_packets},
};
enum { MSWSOCK_EXTENSIONS = sizeof mswsock_extensions / sizeof mswsock_extensions[0] };

void *mswsock_extension(const GUID *id)
{
    for (int index = 0; index < MSWSOCK_EXTENSIONS; index++)
        if (memcmp(&mswsock_extensions[index].id, id, sizeof *id) == 0)
            return mswsock_extensions[index].function;
    return NULL;
}
