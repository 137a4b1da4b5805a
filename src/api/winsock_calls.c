/* SPDX-License-Identifier: MIT
 *
 * Winsock calls that make, name, connect and ask sockets; not those that move data.
 */
#include "api/winsock.h"

SOCKET winsock_open(int family, int type, int protocol, bool overlapped)
{
    uintptr_t handle = 0;

    if (!winsock_is_started()) {
        winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
        return INVALID_SOCKET;
    }
    NTSTATUS status = socket_open(family, type, protocol, overlapped, &handle);
    if (winsock_return(status) != 0)
        return INVALID_SOCKET;
    return handle;
}

SOCKET WSAAPI socket(int family, int type, int protocol)
{
    return winsock_open(family, type, protocol, true);
}

int WSAAPI closesocket(SOCKET handle)
{
    if (!winsock_is_started())
        return winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
    return winsock_return(socket_close(handle));
}

int WSAAPI bind(SOCKET handle, const struct sockaddr *name, int length)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = socket_bind(socket, name, length);
        socket_unref(socket);
    }
    return winsock_return(status);
}

int WSAAPI listen(SOCKET handle, int backlog)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = socket_listen(socket, backlog);
        socket_unref(socket);
    }
    return winsock_return(status);
}

SOCKET WSAAPI accept(SOCKET handle, struct sockaddr *name, int *length)
{
    NTSTATUS status;
    uintptr_t accepted = INVALID_SOCKET;
    struct socket *listener = winsock_socket(handle, &status);

    if (listener) {
        status = socket_accept(listener, name, length, &accepted);
        socket_unref(listener);
    }
    return winsock_return(status) == 0 ? accepted : INVALID_SOCKET;
}

/* Asks the program whether it wants the connection; there is no caller's data on TCP. */
static int winsock__condition(LPCONDITIONPROC condition, struct sockaddr *peer, int length,
                              SOCKET listener, DWORD_PTR data)
{
    struct sockaddr_storage local = {0};
    int local_length = sizeof local;
    GROUP group = 0;
    WSABUF caller = {.len = (ULONG)length, .buf = (char *)peer};
    WSABUF none = {0};

    getsockname(listener, (struct sockaddr *)&local, &local_length);
    WSABUF callee = {.len = (ULONG)local_length, .buf = (char *)&local};
    return condition(&caller, &none, NULL, NULL, &callee, &none, &group, data);
}

SOCKET WSAAPI WSAAccept(SOCKET handle, struct sockaddr *name, LPINT length,
                        LPCONDITIONPROC condition, DWORD_PTR data)
{
    struct sockaddr_storage peer;
    int peer_length = sizeof peer;

    if (!condition)
        return accept(handle, name, length);
    if (name && length &&
        !(probe_writable(length, sizeof *length) && probe_writable(name, sizeof *name))) {
        winsock_return(STATUS_ACCESS_VIOLATION);
        return INVALID_SOCKET;
    }
    SOCKET accepted = accept(handle, (struct sockaddr *)&peer, &peer_length);
    if (accepted == INVALID_SOCKET)
        return INVALID_SOCKET;
    if (winsock__condition(condition, (struct sockaddr *)&peer, peer_length, handle, data) !=
        CF_ACCEPT) {
        /* The peer sees its connection refused as far as that is possible once it stands. */
        struct linger hard = {.l_onoff = 1, .l_linger = 0};
        setsockopt(accepted, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof hard);
        closesocket(accepted);
        api_set_last_error(WSAECONNREFUSED);
        return INVALID_SOCKET;
    }
    if (name && length)
        getpeername(accepted, name, length);
    return accepted;
}

int WSAAPI connect(SOCKET handle, const struct sockaddr *name, int length)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = socket_connect(socket, name, length);
        socket_unref(socket);
    }
    return winsock_return(status);
}

/* CLOSE-18, CLOSE-19: no protocol that is left carries data at the end. */
static int winsock__disconnect(SOCKET handle, int how, const WSABUF *data)
{
    if (data && !probe_readable(data, sizeof *data))
        return winsock_return(STATUS_ACCESS_VIOLATION);
    return data && data->len ? winsock_return(STATUS_OF_WINSOCK(WSAENOPROTOOPT))
                             : shutdown(handle, how);
}

int WSAAPI WSASendDisconnect(SOCKET handle, LPWSABUF data)
{
    return winsock__disconnect(handle, SD_SEND, data);
}

int WSAAPI WSARecvDisconnect(SOCKET handle, LPWSABUF data)
{
    return winsock__disconnect(handle, SD_RECEIVE, data);
}

int WSAAPI shutdown(SOCKET handle, int how)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = socket_shutdown(socket, how);
        socket_unref(socket);
    }
    return winsock_return(status);
}

static NTSTATUS winsock__store_name(struct socket *socket, bool peer, void *name, int *length)
{
    struct sockaddr_storage own;
    int room = sizeof own;

    if (!name || !length || !probe_writable(length, sizeof *length))
        return STATUS_ACCESS_VIOLATION;
    if (*length < room)
        room = *length;
    NTSTATUS status = socket_name(socket, peer, &own, &room);
    if (status == STATUS_SUCCESS)
        status = winsock_give(name, &own, (size_t)room);
    if (status == STATUS_SUCCESS)
        *length = room;
    return status;
}

static int winsock__name(SOCKET handle, bool peer, struct sockaddr *name, int *length)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = winsock__store_name(socket, peer, name, length);
        socket_unref(socket);
    }
    return winsock_return(status);
}

int WSAAPI getsockname(SOCKET handle, struct sockaddr *name, int *length)
{
    return winsock__name(handle, false, name, length);
}

int WSAAPI getpeername(SOCKET handle, struct sockaddr *name, int *length)
{
    return winsock__name(handle, true, name, length);
}

/* No option that is read here is longer: the kernel looks at IP options itself. */
static bool option__is_there(const char *value, int length)
{
    enum { LONGEST = 32 };

    return !value || length < 0 ||
           probe_known_readable(value, (size_t)(length < LONGEST ? length : LONGEST), NULL);
}

/* Into memory of the library's first: how long the answer is turns out only then. */
static NTSTATUS option__get(struct socket *socket, int level, int name, char *value, int *length)
{
    char own[sizeof(WSAPROTOCOL_INFOW)];
    int room = sizeof own;
    NTSTATUS status;

    if (!value || !length || !probe_writable(length, sizeof *length))
        return STATUS_ACCESS_VIOLATION;
    if (*length < room)
        room = *length;
    if (level == SOL_SOCKET && (name == SO_PROTOCOL_INFOA || name == SO_PROTOCOL_INFOW))
        status = winsock_protocol_option(socket, name == SO_PROTOCOL_INFOW, own, &room);
    else
        status = socket_get_option(socket, level, name, own, &room);
    if (status == STATUS_SUCCESS)
        status = winsock_give(value, own, (size_t)room);
    if (status == STATUS_SUCCESS)
        *length = room;
    return status;
}

int WSAAPI setsockopt(SOCKET handle, int level, int name, const char *value, int length)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = option__is_there(value, length)
                     ? socket_set_option(socket, level, name, value, length)
                     : STATUS_ACCESS_VIOLATION;
        socket_unref(socket);
    }
    return winsock_return(status);
}

int WSAAPI getsockopt(SOCKET handle, int level, int name, char *value, int *length)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = option__get(socket, level, name, value, length);
        socket_unref(socket);
    }
    return winsock_return(status);
}

NTSTATUS winsock_ioctl(struct socket *socket, DWORD command, u_long *argument)
{
    switch (command) {
    case (DWORD)FIONBIO:
        return socket_set_nonblocking(socket, *argument != 0);
    case (DWORD)FIONREAD:
        return socket_available(socket, argument);
    case (DWORD)SIOCATMARK:
        return socket_at_mark(socket, argument);
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

/* The system's names for the same, which a program has that includes its sys/ioctl.h later. */
static LONG ioctl__command(LONG command)
{
    enum { LINUX_FIONBIO = 0x5421, LINUX_FIONREAD = 0x541B, LINUX_SIOCATMARK = 0x8905 };

    switch (command) {
    case LINUX_FIONBIO:
        return FIONBIO;
    case LINUX_FIONREAD:
        return FIONREAD;
    case LINUX_SIOCATMARK:
        return SIOCATMARK;
    default:
        return command;
    }
}

int WSAAPI(ioctlsocket)(SOCKET handle, LONG command, u_long *argument)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    command = ioctl__command(command);
    if (socket) {
        bool there = command == (LONG)FIONBIO ? probe_readable(argument, sizeof *argument)
                                              : probe_writable(argument, sizeof *argument);
        status = argument && there ? winsock_ioctl(socket, (DWORD)command, argument)
                                   : STATUS_ACCESS_VIOLATION;
        socket_unref(socket);
    }
    return winsock_return(status);
}
