/* SPDX-License-Identifier: MIT
 *
 * Connecting: connect and ConnectEx (rules CONN).
 */
#include "net/socket.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/probe.h"
#include "net/address.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* What ConnectEx keeps: the request's two pieces and the memory that they point to (CONN-4). */
struct connect_capture {
    struct iovec pieces[2];
    struct sockaddr_storage address;
    char data[];
};

static NTSTATUS connect__status(int error)
{
    return status_of_errno(error, STATUS_PLACE_CONNECT);
}

static void connect__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket *socket = (struct socket *)operation->file;
    NTSTATUS status = STATUS_SUCCESS;

    if (result < 0) {
        socket_clear(socket, SOCKET_CONNECTING);
        status = connect__status((int)-result);
    } else {
        socket_now_connected(socket);
        socket_set(socket, SOCKET_UPDATED);
    }
    io_complete(operation, status, result < 0 ? 0 : (uintptr_t)result, at_once);
}

/* CONN-1, CONN-9, ACC-11. */
static NTSTATUS connect__check(struct socket *socket, bool overlapped)
{
    if (socket_has(socket, SOCKET_LISTENING) || socket_has(socket, SOCKET_ACCEPTING))
        return STATUS_INVALID_PARAMETER;
    if (overlapped && !socket_has(socket, SOCKET_BOUND))
        return STATUS_INVALID_PARAMETER;
    if (overlapped && !socket_has(socket, SOCKET_STREAM))
        return STATUS_INVALID_PARAMETER;
    if (socket_has(socket, SOCKET_CONNECTING) && !socket_is_connected(socket))
        return STATUS_ADDRESS_ALREADY_ASSOCIATED;
    if (socket_has(socket, SOCKET_STREAM) && socket_has(socket, SOCKET_CONNECTED)) {
        if (!overlapped && socket_has(socket, SOCKET_UPDATED))
            return STATUS_INVALID_PARAMETER;
        return STATUS_CONNECTION_ACTIVE;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS connect__address(struct socket *socket, const void *address, int length,
                                 struct sockaddr_storage *system, socklen_t *system_length)
{
    NTSTATUS status = address_to_linux(address, length, system, system_length);

    if (status == STATUS_SUCCESS && system->ss_family != socket_family(socket) &&
        system->ss_family != AF_UNSPEC)
        return STATUS_OF_WINSOCK(10047);
    if (status == STATUS_SUCCESS && socket_has(socket, SOCKET_STREAM) &&
        !address_is_reachable(system))
        return STATUS_INVALID_ADDRESS_COMPONENT;
    return status;
}

static NTSTATUS connect__capture(struct io_operation *operation,
                                 const struct sockaddr_storage *address, socklen_t address_length,
                                 const void *data, uint32_t data_length)
{
    if (!probe_readable(data, data_length))
        return STATUS_ACCESS_VIOLATION;
    struct connect_capture *capture = io_memory_new(sizeof *capture + data_length);

    if (!capture)
        return STATUS_INSUFFICIENT_RESOURCES;
    capture->address = *address;
    if (data_length)
        memcpy(capture->data, data, data_length);
    capture->pieces[0] = (struct iovec){.iov_base = &capture->address, .iov_len = address_length};
    capture->pieces[1] = (struct iovec){.iov_base = capture->data, .iov_len = data_length};
    io_keep_memory(operation, capture);
    operation->request = (struct engine_request){.done = connect__done,
                                                 .vector = capture->pieces,
                                                 .count = 2,
                                                 .length = data_length,
                                                 .kind = ENGINE_CONNECT,
                                                 .flags = ENGINE_MUST_PEND};
    return STATUS_SUCCESS;
}

NTSTATUS socket_connect_overlapped(struct socket *socket, const void *address, int length,
                                   const void *data, uint32_t data_length, OVERLAPPED *overlapped)
{
    struct sockaddr_storage system;
    socklen_t system_length;
    struct io_operation *operation;
    uintptr_t bytes;
    NTSTATUS status = io_begin(&socket->file, overlapped, NULL, NULL, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    status = connect__address(socket, address, length, &system, &system_length);
    if (status == STATUS_SUCCESS)
        status = connect__check(socket, true);
    if (status == STATUS_SUCCESS)
        status = connect__capture(operation, &system, system_length, data, data ? data_length : 0);
    if (status != STATUS_SUCCESS) {
        io_abandon(operation);
        return status;
    }
    socket_set(socket, SOCKET_CONNECTING);
    return io_start(operation, ENGINE_OUT, &bytes);
}

/* Waits for a connect that was begun. */
static NTSTATUS connect__finish(struct socket *socket, int64_t deadline)
{
    int error = 0;
    socklen_t length = sizeof error;

    for (;;) {
        NTSTATUS status = socket_block(socket, POLLOUT, deadline);
        if (status != STATUS_SUCCESS)
            return status;
        if (getsockopt(socket_descriptor(socket), SOL_SOCKET, SO_ERROR, &error, &length) < 0)
            return connect__status(errno);
        if (error)
            return connect__status(error);
        if (socket_is_connected(socket))
            return STATUS_SUCCESS;
    }
}

static int connect__begin(int descriptor, const struct sockaddr_storage *address, socklen_t length)
{
    int mode = fcntl(descriptor, F_GETFL);

    fcntl(descriptor, F_SETFL, mode | O_NONBLOCK);
    int error = ECONNABORTED;
    /* After a refused attempt Linux answers the next one with ECONNABORTED, once. */
    for (int attempt = 0; attempt < 2 && error == ECONNABORTED; attempt++)
        error = connect(descriptor, (const struct sockaddr *)address, length) < 0 ? errno : 0;
    fcntl(descriptor, F_SETFL, mode);
    return error;
}

/* Not any more: the attempt is given up, so that the next call starts afresh. */
static void connect__give_up(int descriptor)
{
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    int saved = errno;

    connect(descriptor, &none, sizeof none);
    errno = saved;
}

static NTSTATUS connect__blocking(struct socket *socket, const void *address, int length,
                                  bool may_wait, int64_t deadline)
{
    struct sockaddr_storage system;
    socklen_t system_length;
    NTSTATUS status = connect__address(socket, address, length, &system, &system_length);

    if (status == STATUS_SUCCESS)
        status = connect__check(socket, false);
    if (status != STATUS_SUCCESS)
        return status;
    int error = connect__begin(socket_descriptor(socket), &system, system_length);
    if (error == EINPROGRESS || error == EINTR) {
        socket_set(socket, SOCKET_CONNECTING | SOCKET_BOUND);
        if (!may_wait) {
            socket_enable_events(socket, NET_EVENT_CONNECT | NET_EVENT_WRITE | NET_EVENT_CLOSE);
            return STATUS_DEVICE_NOT_READY;
        }
        status = connect__finish(socket, deadline);
        if (status == STATUS_IO_TIMEOUT && deadline != CLOCK_FOREVER)
            connect__give_up(socket_descriptor(socket));
    } else if (error) {
        status = connect__status(error);
    }
    if (status == STATUS_SUCCESS) {
        socket_now_connected(socket);
        socket_enable_events(socket, NET_EVENT_CONNECT | NET_EVENT_WRITE | NET_EVENT_CLOSE);
    } else {
        socket_clear(socket, SOCKET_CONNECTING);
    }
    return status;
}

NTSTATUS socket_connect(struct socket *socket, const void *address, int length)
{
    return connect__blocking(socket, address, length, !socket_has(socket, SOCKET_NONBLOCKING),
                             CLOCK_FOREVER);
}

NTSTATUS socket_connect_until(struct socket *socket, const void *address, int length,
                              int64_t deadline)
{
    return connect__blocking(socket, address, length, true, deadline);
}
