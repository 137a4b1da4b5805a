/* SPDX-License-Identifier: MIT
 *
 * Moving data on connected sockets: WSARecv, WSASend, recv, send, ReadFile, WriteFile, and asking
 * for the result (rules RECV, SEND, OVL).
 */
#include "api/in_call.h"
#include "api/winsock.h"

#include "base/clock.h"
#include "io/operation.h"
#include "io/result.h"

#include <windows.h>

_Static_assert(sizeof(WSABUF) == sizeof(struct net_buffer) &&
                   offsetof(WSABUF, len) == offsetof(struct net_buffer, length) &&
                   offsetof(WSABUF, buf) == offsetof(struct net_buffer, data),
               "the net room reads the program's array as it is");

void winsock_call_routine(const struct io_routine *routine)
{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE function =
        (LPWSAOVERLAPPED_COMPLETION_ROUTINE)routine->function;

    function((DWORD)status_winsock_result(routine->status), (DWORD)routine->information,
             routine->overlapped, 0);
}

int WSAAPI WSARecv(SOCKET handle, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags,
                   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (UNLIKELY(!socket))
        return winsock_return(status);
    if (LIKELY(winsock_has_counts(received, flags, overlapped))) {
        struct net_transfer transfer = {.buffers = (const struct net_buffer *)buffers,
                                        .count = count,
                                        .flags = *flags,
                                        .overlapped = overlapped,
                                        .routine = overlapped ? (void *)routine : NULL,
                                        .call = winsock_call_routine,
                                        .bytes = received};
        status = socket_receive(socket, &transfer);
        if (status == STATUS_SUCCESS)
            *flags = 0;
    } else {
        status = STATUS_ACCESS_VIOLATION;
    }
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI WSASend(SOCKET handle, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
                   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (UNLIKELY(!socket))
        return winsock_return(status);
    if (LIKELY(winsock_has_counts(sent, &flags, overlapped))) {
        struct net_transfer transfer = {.buffers = (const struct net_buffer *)buffers,
                                        .count = count,
                                        .flags = flags,
                                        .overlapped = overlapped,
                                        .routine = overlapped ? (void *)routine : NULL,
                                        .call = winsock_call_routine,
                                        .bytes = sent};
        status = socket_send(socket, &transfer);
    } else {
        status = STATUS_ACCESS_VIOLATION;
    }
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI recv(SOCKET handle, char *data, int length, int flags)
{
    WSABUF buffer = {.len = (ULONG)length, .buf = data};
    DWORD received = 0, in_out = (DWORD)flags;

    if (length < 0) {
        api_set_last_error(WSAEFAULT);
        return SOCKET_ERROR;
    }
    return WSARecv(handle, &buffer, 1, &received, &in_out, NULL, NULL) == 0 ? (int)received
                                                                            : SOCKET_ERROR;
}

int WSAAPI send(SOCKET handle, const char *data, int length, int flags)
{
    WSABUF buffer = {.len = (ULONG)length, .buf = (char *)data};
    DWORD sent = 0;

    if (length < 0) {
        api_set_last_error(WSAEFAULT);
        return SOCKET_ERROR;
    }
    return WSASend(handle, &buffer, 1, &sent, (DWORD)flags, NULL, NULL) == 0 ? (int)sent
                                                                             : SOCKET_ERROR;
}

NTSTATUS winsock_in_call(SOCKET handle, NTSTATUS (*start)(void *context, OVERLAPPED *own),
                         void *context)
{
    DWORD bytes;
    NTSTATUS status = in_call(handle, start, context, &bytes);

    return status == STATUS_CANCELLED ? STATUS_REQUEST_ABORTED : status;
}

BOOL WSAAPI WSAGetOverlappedResult(SOCKET handle, LPWSAOVERLAPPED overlapped, LPDWORD bytes,
                                   BOOL wait, LPDWORD flags)
{
    NTSTATUS status;
    bool wait_failed;
    struct socket *socket = winsock_socket(handle, &status);

    if (!socket)
        return winsock_return_bool(status);
    socket_unref(socket);
    if (!overlapped || !bytes || !flags || !probe_readable(overlapped, sizeof *overlapped) ||
        !probe_writable(bytes, sizeof *bytes) || !probe_writable(flags, sizeof *flags))
        return winsock_return_bool(STATUS_ACCESS_VIOLATION);
    status = io_result(handle, overlapped, bytes, CLOCK_FOREVER, wait, false, &wait_failed);
    if (status == STATUS_PENDING) {
        api_set_last_error(WSA_IO_INCOMPLETE);
        return FALSE;
    }
    if (wait_failed)
        return winsock_return_bool(status);
    *flags = 0;
    if (status_succeeded(status))
        return winsock_return_bool(STATUS_SUCCESS);
    api_set_last_error((DWORD)status_winsock_result(status));
    return FALSE;
}
