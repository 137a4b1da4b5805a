/* SPDX-License-Identifier: MIT
 *
 * Calls on sockets that answer at once: bind, listen, shutdown, names, modes, options.
 */
#include "net/socket.h"

#include "base/clock.h"
#include "net/address.h"
#include "net/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { NET_SHUT_RECEIVE, NET_SHUT_SEND, NET_SHUT_BOTH };

#define WINSOCK_LEVEL_SOCKET 0xFFFF
#define WINSOCK_LINGER 0x0080
#define WINSOCK_DONT_LINGER (~WINSOCK_LINGER)
#define WINSOCK_UPDATE_ACCEPT_CONTEXT 0x700B
#define WINSOCK_UPDATE_CONNECT_CONTEXT 0x7010
#define WINSOCK_BACKLOG_MOST 0x7FFFFFFF

static NTSTATUS call__failed(void)
{
    return status_of_errno(errno, STATUS_PLACE_CALL);
}

void socket_now_connected(struct socket *socket)
{
    int64_t now = clock_now() / NANOSECONDS_PER_SECOND;

    __atomic_store_n(&socket->file.dispatcher.spare, (uint32_t)now, __ATOMIC_RELAXED);
    socket_clear(socket, SOCKET_CONNECTING);
    socket_set(socket, SOCKET_CONNECTED | SOCKET_BOUND);
}

bool socket_is_connected(struct socket *socket)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;

    if (socket_has(socket, SOCKET_CONNECTED))
        return true;
    if (socket_has(socket, SOCKET_LISTENING) || socket_has(socket, SOCKET_ACCEPTING) ||
        getpeername(socket_descriptor(socket), (struct sockaddr *)&peer, &length) < 0)
        return false;
    socket_now_connected(socket);
    return true;
}

int socket_name_length(const struct socket *socket)
{
    return socket_family(socket) == AF_INET6  ? ADDRESS_LENGTH_IPV6
           : socket_family(socket) == AF_UNIX ? ADDRESS_LENGTH_LOCAL
                                              : ADDRESS_LENGTH_IPV4;
}

NTSTATUS socket_bind(struct socket *socket, const void *address, int length)
{
    struct sockaddr_storage system;
    socklen_t system_length;
    NTSTATUS status = address_to_linux(address, length, &system, &system_length);

    if (status != STATUS_SUCCESS)
        return status;
    if (socket_has(socket, SOCKET_BOUND))
        return STATUS_INVALID_PARAMETER;
    if (system.ss_family != socket_family(socket))
        return STATUS_ACCESS_VIOLATION;
    int64_t until = 0;
    while (bind(socket_descriptor(socket), (struct sockaddr *)&system, system_length) < 0) {
        if (errno != EADDRINUSE)
            return call__failed();
        if (!retry_taken_address(&until))
            return STATUS_ADDRESS_ALREADY_EXISTS;
    }
    socket_set(socket, SOCKET_BOUND);
    return STATUS_SUCCESS;
}

NTSTATUS socket_listen(struct socket *socket, int backlog)
{
    int descriptor = socket_descriptor(socket);

    if (!socket_has(socket, SOCKET_STREAM))
        return STATUS_NOT_SUPPORTED;
    if (!socket_has(socket, SOCKET_BOUND))
        return STATUS_INVALID_PARAMETER;
    if (socket_has(socket, SOCKET_CONNECTED))
        return STATUS_CONNECTION_ACTIVE;
    /* accept has no flag that forbids it to sleep, and between a look and the call another thread
     * may take the connection: a listening descriptor never blocks, whatever mode the SOCKET is
     * in. */
    int mode = fcntl(descriptor, F_GETFL);
    fcntl(descriptor, F_SETFL, mode | O_NONBLOCK);
    /* Windows takes a negative backlog for SOMAXCONN's hints; the kernel cuts down what is too
     * much. */
    int64_t until = 0;
    while (listen(descriptor, backlog < 0 ? WINSOCK_BACKLOG_MOST : backlog) < 0) {
        int error = errno;
        if (error != EADDRINUSE || !retry_taken_address(&until))
            return status_of_errno(error, STATUS_PLACE_CALL);
    }
    io_prepare_accept();
    socket_set(socket, SOCKET_LISTENING);
    return STATUS_SUCCESS;
}

bool socket_is_urgent_inline(const struct socket *socket)
{
    int on = 0;
    socklen_t length = sizeof on;

    return getsockopt(socket_descriptor(socket), SOL_SOCKET, SO_OOBINLINE, &on, &length) == 0 && on;
}

static void shutdown__done(struct engine_request *request, long result, bool at_once)
{
    NTSTATUS status = result == -ECANCELED || result == -ECONNABORTED ? STATUS_CANCELLED
                      : result < 0 ? status_of_errno((int)-result, STATUS_PLACE_CALL)
                                   : STATUS_SUCCESS;

    if (result >= 0) /* a DisconnectEx that was cancelled may have taken it back */
        socket_set((struct socket *)io_of(request)->file, SOCKET_SHUT_OUT);
    io_complete(io_of(request), status, 0, at_once);
}

/* CLOSE-8: behind the sends that are still under way. */
static NTSTATUS shutdown__outgoing(struct socket *socket)
{
    struct io_operation *operation;
    uintptr_t bytes;
    NTSTATUS status = io_begin(&socket->file, NULL, NULL, NULL, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    operation->request = (struct engine_request){.done = shutdown__done, .kind = ENGINE_SHUTDOWN};
    status = io_start(operation, ENGINE_OUT, &bytes);
    return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

/* getpeername says no as soon as both sides have ended or a reset has come, also before an accept;
 * SO_PEERNAME still knows (CLOSE-11, GAES-3). */
static NTSTATUS name__of_peer(struct socket *socket, struct sockaddr_storage *address,
                              socklen_t *length)
{
    int descriptor = socket_descriptor(socket);

    if (getpeername(descriptor, (struct sockaddr *)address, length) == 0)
        return STATUS_SUCCESS;
    NTSTATUS status = call__failed();
    /* It does not take more room than the name needs. */
    *length = socket_family(socket) == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                : sizeof(struct sockaddr_in);
    if (socket_family(socket) == AF_UNIX || !socket_has(socket, SOCKET_CONNECTED) ||
        getsockopt(descriptor, SOL_SOCKET, SO_PEERNAME, address, length) < 0)
        return status;
    return STATUS_SUCCESS;
}

NTSTATUS socket_shutdown(struct socket *socket, int how)
{
    if (how < NET_SHUT_RECEIVE || how > NET_SHUT_BOTH)
        return STATUS_INVALID_PARAMETER;
    if (socket_has(socket, SOCKET_STREAM) && !socket_is_connected(socket))
        return STATUS_INVALID_CONNECTION;
    if (socket_has(socket, SOCKET_STREAM) && socket_broke(socket))
        return STATUS_CONNECTION_RESET;
    if (how != NET_SHUT_SEND)
        socket_set(socket, SOCKET_SHUT_IN); /* RECV-12: what pends goes on */
    if (how == NET_SHUT_RECEIVE)
        return STATUS_SUCCESS;
    /* Also behind another end that is only planned: that may be cancelled (CANC-12). */
    socket_set(socket, SOCKET_SHUT_OUT);
    return socket_has(socket, SOCKET_STREAM) ? shutdown__outgoing(socket) : STATUS_SUCCESS;
}

NTSTATUS socket_name(struct socket *socket, bool peer, void *address, int *length)
{
    struct sockaddr_storage system = {0};
    socklen_t system_length = sizeof system;
    int descriptor = socket_descriptor(socket);

    if (!address || !length)
        return STATUS_ACCESS_VIOLATION;
    if (peer) {
        NTSTATUS status = name__of_peer(socket, &system, &system_length);
        if (status != STATUS_SUCCESS)
            return status;
    }
    if (!peer && !socket_has(socket, SOCKET_BOUND) && !socket_is_connected(socket))
        return STATUS_INVALID_PARAMETER;
    if (!peer && getsockname(descriptor, (struct sockaddr *)&system, &system_length) < 0)
        return call__failed();
    return address_to_windows(&system, system_length, address, length);
}

NTSTATUS socket_set_nonblocking(struct socket *socket, bool on)
{
    int descriptor = socket_descriptor(socket);
    int mode = fcntl(descriptor, F_GETFL);

    if (mode < 0)
        return call__failed();
    if (!on && socket_has(socket, SOCKET_SELECTED))
        return STATUS_INVALID_PARAMETER; /* NETEV-1 */
    if (on)
        socket_set(socket, SOCKET_NONBLOCKING);
    else
        socket_clear(socket, SOCKET_NONBLOCKING);
    /* The descriptor shows the mode to POSIX calls; listening ones never block. */
    if (!socket_has(socket, SOCKET_LISTENING))
        fcntl(descriptor, F_SETFL, on ? mode | O_NONBLOCK : mode & ~O_NONBLOCK);
    return STATUS_SUCCESS;
}

NTSTATUS socket_available(struct socket *socket, uint32_t *bytes)
{
    int available = 0;

    if (socket_has(socket, SOCKET_LISTENING)) {
        *bytes = 0;
        return STATUS_SUCCESS;
    }
    if (ioctl(socket_descriptor(socket), FIONREAD, &available) < 0)
        return call__failed();
    *bytes = (uint32_t)available;
    return STATUS_SUCCESS;
}

NTSTATUS socket_at_mark(struct socket *socket, uint32_t *at_mark)
{
    int at = sockatmark(socket_descriptor(socket));

    if (at < 0)
        return call__failed();
    *at_mark = (uint32_t)at;
    return STATUS_SUCCESS;
}

void socket_inherit_options(struct socket *accepted, struct socket *listener)
{
    struct option_kept kept;

    if (socket_has(listener, SOCKET_LINGERS))
        socket_set(accepted, SOCKET_LINGERS);
    lock_take(&listener->file.lock);
    const struct socket_extra *own = socket_has_extra(listener);
    bool any = own && option_kept_matters(&own->kept);
    if (any)
        option_kept_inherit(&kept, &own->kept);
    lock_drop(&listener->file.lock);
    struct socket_extra *extra = any ? socket_need_extra(accepted) : NULL;
    if (!extra)
        return;
    lock_take(&accepted->file.lock);
    extra->kept = kept;
    lock_drop(&accepted->file.lock);
}

/* SO_UPDATE_ACCEPT_CONTEXT and SO_UPDATE_CONNECT_CONTEXT have little left to do here: names and
 * shutdown work without them (ACC-15, CONN-8), and the kernel has handed its options on already.
 * Their arguments are checked all the same. */
static NTSTATUS option__update_context(struct socket *socket, int name, const void *value,
                                       int length)
{
    uintptr_t listener;

    if (name == WINSOCK_UPDATE_CONNECT_CONTEXT)
        return socket_is_connected(socket) ? STATUS_SUCCESS : STATUS_INVALID_CONNECTION;
    if (!value || length < (int)sizeof listener)
        return STATUS_ACCESS_VIOLATION;
    memcpy(&listener, value, sizeof listener);
    struct socket *other = socket_get(listener);
    if (!other)
        return STATUS_OBJECT_TYPE_MISMATCH;
    NTSTATUS status =
        socket_has(other, SOCKET_LISTENING) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    if (status == STATUS_SUCCESS && !socket_is_connected(socket))
        status = STATUS_INVALID_CONNECTION;
    if (status == STATUS_SUCCESS)
        socket_inherit_options(socket, other);
    socket_unref(other);
    return status;
}

static struct option_target option__target(const struct socket *socket)
{
    return (struct option_target){.descriptor = socket_descriptor(socket),
                                  .type = socket_type(socket)};
}

/* What a socket has that keeps nothing: most options are the kernel's alone, and memory for what
 * the library keeps is made when there is something to keep. */
static const struct option_kept option_none_kept;

/* Sets it, under the lock; STATUS_INSUFFICIENT_RESOURCES leaves what the kernel was told already.
 */
static NTSTATUS option__set(struct socket *socket, int level, int name, const void *value,
                            int length)
{
    struct socket_extra *extra = socket_has_extra(socket);
    struct option_kept kept = extra ? extra->kept : option_none_kept;

    lock_assert_held(&socket->file.lock);
    NTSTATUS status = option_set(option__target(socket), &kept, level, name, value, length);
    if (!extra && !option_kept_nothing(&kept)) {
        extra = socket_make_extra(socket);
        if (!extra)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (extra)
        extra->kept = kept;
    return status;
}

NTSTATUS socket_set_option(struct socket *socket, int level, int name, const void *value,
                           int length)
{
    if (level == WINSOCK_LEVEL_SOCKET && (name == WINSOCK_LINGER || name == WINSOCK_DONT_LINGER))
        socket_set(socket, SOCKET_LINGERS);
    lock_take(&socket->file.lock);
    NTSTATUS status = option__set(socket, level, name, value, length);
    lock_drop(&socket->file.lock);
    if (status != OPTION_IS_CALLERS)
        return status;
    if (level == WINSOCK_LEVEL_SOCKET &&
        (name == WINSOCK_UPDATE_ACCEPT_CONTEXT || name == WINSOCK_UPDATE_CONNECT_CONTEXT))
        return option__update_context(socket, name, value, length);
    return STATUS_OF_WINSOCK(10042);
}

NTSTATUS socket_get_option(struct socket *socket, int level, int name, void *value, int *length)
{
    lock_take(&socket->file.lock);
    const struct socket_extra *extra = socket_has_extra(socket);
    struct option_kept kept = extra ? extra->kept : option_none_kept;
    lock_drop(&socket->file.lock);
    bool connected = socket_has(socket, SOCKET_STREAM) && socket_is_connected(socket);
    uint32_t since = __atomic_load_n(&socket->file.dispatcher.spare, __ATOMIC_RELAXED);
    kept.connected_at = connected ? since * NANOSECONDS_PER_SECOND : 0;
    NTSTATUS status = option_get(option__target(socket), &kept, level, name, value, length);
    return status == OPTION_IS_CALLERS ? STATUS_OF_WINSOCK(10042) : status;
}
