/* SPDX-License-Identifier: MIT
 *
 * DisconnectEx (rules DISC): the outgoing direction ends behind the sends under way; with reuse
 * the socket then becomes an unconnected one under the same number.
 */
#include "net/socket.h"

#include "base/passing.h"
#include "net/address.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Puts a fresh, unconnected socket in the descriptor's place. What the old connection still has to
 * send and its FIN go on in the kernel. One that was bound by the program (for ConnectEx) is bound
 * again. */
static NTSTATUS disconnect__renew(struct socket *socket_)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    int descriptor = socket_descriptor(socket_);
    bool rebind = socket_has(socket_, SOCKET_UPDATED) &&
                  getsockname(descriptor, (struct sockaddr *)&local, &length) == 0;
    /* Receives that still wait end here, as at the end of the stream (DISC-6). */
    shutdown(descriptor, SHUT_RD);
    io_file_drain_in(&socket_->file);
    passing_begin();
    int error = socket_replace(socket_);
    passing_end();
    if (error)
        return status_of_errno(error, STATUS_PLACE_CALL);
    io_file_renew(&socket_->file, true);
    socket_enable_events_later(socket_, NET_EVENT_READ | NET_EVENT_WRITE | NET_EVENT_CLOSE);
    socket_clear(socket_, SOCKET_CONNECTED | SOCKET_SHUT_IN | SOCKET_SHUT_OUT | SOCKET_RESET |
                              SOCKET_UPDATED | SOCKET_BOUND);
    /* The old connection may keep the port for a while (TIME_WAIT); any other one will do. */
    if (rebind && bind(descriptor, (struct sockaddr *)&local, length) < 0) {
        if (local.ss_family == AF_INET)
            ((struct sockaddr_in *)&local)->sin_port = 0;
        else if (local.ss_family == AF_INET6)
            ((struct sockaddr_in6 *)&local)->sin6_port = 0;
        rebind = bind(descriptor, (struct sockaddr *)&local, length) == 0;
    }
    if (rebind)
        socket_set(socket_, SOCKET_BOUND);
    return STATUS_SUCCESS;
}

static NTSTATUS disconnect__failed(struct socket *socket, int error)
{
    if (error == ECANCELED && !io_file_is_ending(&socket->file))
        socket_clear(socket, SOCKET_SHUT_OUT); /* it did not come to that */
    return socket_transfer_status(socket, error);
}

NTSTATUS socket_disconnect_outcome(struct socket *socket, long result, bool reuse)
{
    /* A connection that is gone already is as disconnected as one can be. */
    if (result < 0 && result != -ENOTCONN)
        return disconnect__failed(socket, (int)-result);
    return reuse ? disconnect__renew(socket) : STATUS_SUCCESS;
}

static void disconnect__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;

    io_complete(operation, socket_disconnect_outcome(socket, result, false), 0, at_once);
}

static void disconnect__done_reuse(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;

    io_complete(operation, socket_disconnect_outcome(socket, result, true), 0, at_once);
}

NTSTATUS socket_disconnect(struct socket *socket, bool reuse, OVERLAPPED *overlapped)
{
    struct io_operation *operation;
    uintptr_t bytes;
    NTSTATUS status;

    /* DISC-3: again is no error. */
    if (!socket_has(socket, SOCKET_STREAM) || !socket_is_connected(socket))
        return io_refuse(overlapped, STATUS_INVALID_CONNECTION);
    status = io_begin(&socket->file, overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    operation->request =
        (struct engine_request){.done = reuse ? disconnect__done_reuse : disconnect__done,
                                .kind = ENGINE_SHUTDOWN,
                                .flags = overlapped ? ENGINE_MUST_PEND : 0};
    socket_set(socket, SOCKET_SHUT_OUT);
    status = io_start(operation, ENGINE_OUT, &bytes);
    /* Without an OVERLAPPED what is still to be sent is sent in the background. */
    return status == STATUS_PENDING && !overlapped ? STATUS_SUCCESS : status;
}
