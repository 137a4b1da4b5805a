/* SPDX-License-Identifier: MIT
 *
 * Datagrams with control data: WSASendMsg, and WSARecvMsg, which programs obtain through WSAIoctl
 * (rules DGRAM-9, DGRAM-10, MSG).
 */
#include "api/mswsock.h"
#include "net/message.h"

_Static_assert(sizeof(WSAMSG) == sizeof(struct net_message) &&
                   offsetof(WSAMSG, namelen) == offsetof(struct net_message, name_length) &&
                   offsetof(WSAMSG, lpBuffers) == offsetof(struct net_message, buffers) &&
                   offsetof(WSAMSG, dwBufferCount) == offsetof(struct net_message, count) &&
                   offsetof(WSAMSG, Control) == offsetof(struct net_message, control) &&
                   offsetof(WSAMSG, dwFlags) == offsetof(struct net_message, flags),
               "the net room reads and writes the program's structure as it is");

int PASCAL mswsock_receive_message(SOCKET handle, LPWSAMSG message, LPDWORD received,
                                   LPWSAOVERLAPPED overlapped,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    struct net_transfer transfer = {.overlapped = overlapped,
                                    .routine = overlapped ? (void *)routine : NULL,
                                    .call = winsock_call_routine,
                                    .bytes = received};

    if (!socket)
        return winsock_return(status);
    DWORD none = 0;
    status = message && winsock_has_counts(received, &none, overlapped) &&
                     probe_known_writable(message, sizeof *message, overlapped)
                 ? socket_receive_message(socket, (struct net_message *)message, &transfer)
                 : STATUS_ACCESS_VIOLATION;
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI WSASendMsg(SOCKET handle, LPWSAMSG message, DWORD flags, LPDWORD sent,
                      LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);
    struct net_transfer transfer = {.overlapped = overlapped,
                                    .routine = overlapped ? (void *)routine : NULL,
                                    .call = winsock_call_routine,
                                    .bytes = sent};

    if (!socket)
        return winsock_return(status);
    status =
        message && winsock_has_counts(sent, &flags, overlapped) &&
                probe_known_readable(message, sizeof *message, overlapped)
            ? socket_send_message(socket, (const struct net_message *)message, flags, &transfer)
            : STATUS_ACCESS_VIOLATION;
    socket_unref(socket);
    return winsock_return(status);
}
