/* SPDX-License-Identifier: MIT
 *
 * Moving data with addresses: WSARecvFrom, WSASendTo, recvfrom, sendto (rules DGRAM).
 */
#include "api/winsock.h"

int WSAAPI WSARecvFrom(SOCKET handle, LPWSABUF buffers, DWORD count, LPDWORD received,
                       LPDWORD flags, struct sockaddr *from, LPINT length,
                       LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    struct net_peer peer = {.address = from, .length = length};

    if (UNLIKELY(!socket))
        return winsock_return(status);
    if (LIKELY(winsock_has_counts(received, flags, overlapped))) {
        struct net_transfer transfer = {.buffers = (const struct net_buffer *)buffers,
                                        .count = count,
                                        .flags = *flags,
                                        .overlapped = overlapped,
                                        .routine = overlapped ? (void *)routine : NULL,
                                        .call = winsock_call_routine,
                                        .bytes = received,
                                        .peer = from ? &peer : NULL};
        status = socket_receive(socket, &transfer);
        if (status == STATUS_SUCCESS)
            *flags = 0;
    } else {
        status = STATUS_ACCESS_VIOLATION;
    }
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI WSASendTo(SOCKET handle, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                     const struct sockaddr *to, int length, LPWSAOVERLAPPED overlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    struct net_peer peer = {.address = (void *)to, .length = &length};

    if (UNLIKELY(!socket))
        return winsock_return(status);
    if (LIKELY(winsock_has_counts(sent, &flags, overlapped))) {
        struct net_transfer transfer = {.buffers = (const struct net_buffer *)buffers,
                                        .count = count,
                                        .flags = flags,
                                        .overlapped = overlapped,
                                        .routine = overlapped ? (void *)routine : NULL,
                                        .call = winsock_call_routine,
                                        .bytes = sent,
                                        .peer = to ? &peer : NULL};
        status = socket_send(socket, &transfer);
    } else {
        status = STATUS_ACCESS_VIOLATION;
    }
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI recvfrom(SOCKET handle, char *data, int length, int flags, struct sockaddr *from,
                    int *from_length)
{
    WSABUF buffer = {.len = (ULONG)length, .buf = data};
    DWORD received = 0, in_out = (DWORD)flags;

    if (length < 0) {
        api_set_last_error(WSAEFAULT);
        return SOCKET_ERROR;
    }
    return WSARecvFrom(handle, &buffer, 1, &received, &in_out, from, from_length, NULL, NULL) == 0
               ? (int)received
               : SOCKET_ERROR;
}

int WSAAPI sendto(SOCKET handle, const char *data, int length, int flags, const struct sockaddr *to,
                  int to_length)
{
    WSABUF buffer = {.len = (ULONG)length, .buf = (char *)data};
    DWORD sent = 0;

    if (length < 0) {
        api_set_last_error(WSAEFAULT);
        return SOCKET_ERROR;
    }
    return WSASendTo(handle, &buffer, 1, &sent, (DWORD)flags, to, to_length, NULL, NULL) == 0
               ? (int)sent
               : SOCKET_ERROR;
}
