/* SPDX-License-Identifier: MIT
 *
 * Accepting: accept, and AcceptEx in its two parts (rules ACC). The operation waits in the
 * listening socket's incoming lane; if first data is wanted it goes on in the accepted socket's,
 * where the listening socket's cancelling finds it too (net/away.h).
 *
 * Locks: the listener's lane is held when the accepted socket's lane is taken.
 */
#include "net/away.h"
#include "net/spare.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/passing.h"
#include "base/probe.h"
#include "net/address.h"
#include "object/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An AcceptEx; io_memory. */
struct socket_acceptance {
    struct socket_away away; /* while it waits for first data */
    struct socket *accepted; /* referenced (OBJ_REF_OPERATION) */
    struct net_accept wanted;
    struct sockaddr_in6 peer; /* the accept itself tells it; of an internet address at most */
};

/* The smallest address block that AcceptEx fills: a sockaddr and 16 bytes (ACC-4). */
enum { ACCEPT_BLOCK_EXTRA = 16 };

static struct socket_acceptance *acceptance__of(struct io_operation *operation)
{
    return io_memory(operation);
}

/* The accept socket is free of this operation; the caller completes it. */
static void acceptance__end(struct io_operation *operation)
{
    struct socket_acceptance *acceptance = acceptance__of(operation);
    struct socket *accepted = acceptance->accepted;

    lock_take(&accepted->file.lock);
    socket_set_listener(accepted, NULL);
    lock_drop(&accepted->file.lock);
    socket_clear(accepted, SOCKET_ACCEPTING);
    object_unref(&accepted->file.dispatcher.object, OBJ_REF_OPERATION);
}

static void accept__write_addresses(struct io_operation *operation, size_t peer_length)
{
    struct socket_acceptance *acceptance = acceptance__of(operation);
    const struct net_accept *wanted = &acceptance->wanted;
    char *local = wanted->buffer + wanted->receive, *remote = local + wanted->local;
    int room = (int)wanted->local;
    struct sockaddr_storage peer;

    if (wanted->local)
        socket_name(acceptance->accepted, false, local, &room);
    room = (int)wanted->remote;
    if (peer_length == 0) {
        socket_name(acceptance->accepted, true, remote, &room);
        return;
    }
    memcpy(&peer, &acceptance->peer, sizeof acceptance->peer);
    address_to_windows(&peer, (socklen_t)peer_length, remote, &room);
}

/* Data phase: the first data has come, or the end, or an error. */
static void accept_data__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);
    struct socket_acceptance *acceptance = acceptance__of(operation);
    struct socket *listener = (struct socket *)operation->file;
    NTSTATUS status = STATUS_SUCCESS;

    away_end(listener, &acceptance->away);
    if (result < 0)
        status = socket_transfer_status(acceptance->accepted, (int)-result);
    acceptance__end(operation);
    io_complete(operation, status, result < 0 ? 0 : (uintptr_t)result, at_once);
}

/* What the accept socket's descriptor named before, in passing. Nobody has used it if no call was
 * told of the socket until now; a call that is told of it from now on finds the connection. */
static void accept__keep(struct socket *accepted, int left_over)
{
    if (left_over > 0 && socket_has(accepted, SOCKET_UNSEEN))
        spare_keep(socket_family(accepted), left_over);
    else if (left_over > 0)
        close(left_over);
    socket_clear(accepted, SOCKET_UNSEEN | SOCKET_SPARE);
    if (left_over > 0)
        passing_end();
}

/* A connection has taken the accept socket's descriptor. */
static void accept__arrived(struct io_operation *operation)
{
    struct socket_acceptance *acceptance = acceptance__of(operation);
    struct socket *listener = (struct socket *)operation->file;
    struct socket *accepted = acceptance->accepted;
    const struct net_accept *wanted = &acceptance->wanted;

    io_file_renew(&accepted->file, false);
    if (socket_has(accepted, SOCKET_NONBLOCKING))
        socket_set_nonblocking(accepted, true);
    if (UNLIKELY(socket_has(listener, SOCKET_LINGERS)))
        socket_set(accepted, SOCKET_LINGERS);
    socket_now_connected(accepted);
    socket_enable_events_later(listener, NET_EVENT_ACCEPT);
    socket_enable_events_later(accepted, NET_EVENT_READ | NET_EVENT_WRITE | NET_EVENT_CLOSE);
    accept__write_addresses(operation, operation->request.moved);
    if (wanted->receive == 0) {
        acceptance__end(operation);
        io_complete(operation, STATUS_SUCCESS, 0, false);
        return;
    }
    away_begin(listener, &acceptance->away);
    operation->request = (struct engine_request){.done = accept_data__done,
                                                 .data = wanted->buffer,
                                                 .length = wanted->receive,
                                                 .kind = ENGINE_RECEIVE,
                                                 .flags = ENGINE_MUST_PEND};
    io_continue(operation, &accepted->file, ENGINE_IN);
}

static void accept__done(struct engine_request *request, long result, bool at_once)
{
    struct io_operation *operation = io_of(request);

    if (result >= 0 && request->kind == ENGINE_ACCEPT) {
        accept__keep(acceptance__of(operation)->accepted, (int)result);
        accept__arrived(operation);
        return;
    }
    /* ACC-4: a block that is too small is found out when a connection is there; it stays. */
    NTSTATUS status =
        result < 0 ? status_of_errno((int)-result, STATUS_PLACE_ACCEPT) : STATUS_BUFFER_TOO_SMALL;
    acceptance__end(operation);
    socket_enable_events_later((struct socket *)operation->file, NET_EVENT_ACCEPT);
    io_complete(operation, status, 0, at_once);
}

/* ACC-1, in the order of the table. */
static NTSTATUS accept__check(struct socket *listener, struct socket *accepted,
                              const struct net_accept *wanted, const OVERLAPPED *overlapped)
{
    if (!socket_has(listener, SOCKET_LISTENING))
        return STATUS_INVALID_PARAMETER;
    /* The data's part is the kernel's to judge; addresses are written here, when it is too late. */
    if (!wanted->buffer || wanted->remote == 0 ||
        !probe_known_writable(wanted->buffer + wanted->receive,
                              (size_t)wanted->local + wanted->remote, overlapped))
        return STATUS_ACCESS_VIOLATION;
    if (!socket_has(accepted, SOCKET_STREAM) || socket_has(accepted, SOCKET_BOUND) ||
        socket_has(accepted, SOCKET_CONNECTED) || socket_has(accepted, SOCKET_CONNECTING) ||
        socket_family(accepted) != socket_family(listener))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static uint32_t accept__least_block(const struct socket *listener)
{
    return (uint32_t)socket_name_length(listener) + ACCEPT_BLOCK_EXTRA;
}

/* Takes the accept socket for this operation; false if another has it. */
static bool accept__claim(struct socket *listener, struct socket *accepted)
{
    uint32_t before =
        atomic_fetch_or_explicit(&accepted->file.flags, SOCKET_ACCEPTING, memory_order_acq_rel);

    if (before & SOCKET_ACCEPTING)
        return false;
    lock_take(&accepted->file.lock);
    socket_set_listener(accepted, listener);
    lock_drop(&accepted->file.lock);
    object_ref(&accepted->file.dispatcher.object, OBJ_REF_OPERATION);
    return true;
}

static NTSTATUS accept__prepare(struct io_operation *operation, struct socket *listener,
                                struct socket *accepted, const struct net_accept *wanted)
{
    NTSTATUS status = accept__check(listener, accepted, wanted, io_overlapped(operation));
    uint32_t least = accept__least_block(listener);
    bool fits = (wanted->local == 0 || wanted->local >= least) && wanted->remote >= least;

    if (status != STATUS_SUCCESS)
        return status;
    struct socket_acceptance *acceptance = io_memory_new(sizeof *acceptance);
    if (!acceptance)
        return STATUS_INSUFFICIENT_RESOURCES;
    io_keep_memory(operation, acceptance);
    if (!socket_need_extra(listener))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!accept__claim(listener, accepted))
        return STATUS_INVALID_PARAMETER;
    acceptance->away =
        (struct socket_away){.operation = operation, .elsewhere = accepted, .started = true};
    acceptance->accepted = accepted;
    acceptance->wanted = *wanted;
    bool internet = socket_family(listener) != AF_UNIX;
    bool keep = socket_has(accepted, SOCKET_UNSEEN);
    operation->request =
        (struct engine_request){.done = accept__done,
                                .length = (size_t)socket_descriptor(accepted),
                                .data = internet ? &acceptance->peer : NULL,
                                .moved = internet ? sizeof acceptance->peer : 0,
                                .kind = fits ? ENGINE_ACCEPT : ENGINE_POLL_IN,
                                .flags = ENGINE_MUST_PEND | (keep ? ENGINE_KEEP_PLACE : 0)};
    return STATUS_SUCCESS;
}

NTSTATUS socket_accept_overlapped(struct socket *listener, struct socket *accepted,
                                  const struct net_accept *wanted, OVERLAPPED *overlapped)
{
    struct io_operation *operation;
    uintptr_t bytes;
    NTSTATUS status = io_begin(&listener->file, overlapped, NULL, NULL, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    status = accept__prepare(operation, listener, accepted, wanted);
    if (status != STATUS_SUCCESS) {
        io_abandon(operation);
        return status;
    }
    status = io_start(operation, ENGINE_IN, &bytes);
    /* Closed by another thread, which may have looked for the request before it was there. It
     * looked under locks that were taken here afterwards, so the mark that it made first shows. */
    if (socket_has(accepted, SOCKET_CLOSED))
        socket_cancel_acceptance(accepted);
    return status;
}

static bool accept__is_for(struct engine_request *request, void *accepted)
{
    return (request->kind == ENGINE_ACCEPT || request->kind == ENGINE_POLL_IN) &&
           acceptance__of(io_of(request))->accepted == accepted;
}

void socket_cancel_acceptance(struct socket *accepted)
{
    /* The operation, which keeps the listener, unhooks it under this lock before it ends. */
    lock_take(&accepted->file.lock);
    struct socket *listener = socket_listener(accepted);
    if (listener)
        object_ref(&listener->file.dispatcher.object, OBJ_REF_CALL);
    lock_drop(&accepted->file.lock);
    if (!listener)
        return;
    io_file_cancel(&listener->file, accept__is_for, accepted);
    socket_unref(listener);
}

/* A connection as accept4 gives it. */
struct accept_taken {
    int descriptor;
    bool nonblocking; /* its mode, the listener's */
    bool named;       /* the peer's name is wanted */
    socklen_t length; /* of the name */
    struct sockaddr_storage peer;
};

static int accept__once(struct socket *listener, struct accept_taken *taken)
{
    struct sockaddr *peer = taken->named ? (struct sockaddr *)&taken->peer : NULL;

    taken->nonblocking = socket_has(listener, SOCKET_NONBLOCKING);
    taken->length = sizeof taken->peer;
    if (fault_hit(FAULT_DESCRIPTOR)) {
        errno = EMFILE;
        return -1;
    }
    int made = accept4(socket_descriptor(listener), peer, peer ? &taken->length : NULL,
                       SOCK_CLOEXEC | (taken->nonblocking ? SOCK_NONBLOCK : 0));
    return descriptor_above_standard(made);
}

/* Waits for a connection unless the listener does not. */
static NTSTATUS accept__take(struct socket *listener, struct accept_taken *taken)
{
    for (;;) {
        taken->descriptor = accept__once(listener, taken);
        if (taken->descriptor >= 0)
            return STATUS_SUCCESS;
        if (errno == EINTR || errno == ECONNABORTED)
            continue;
        if (errno != EAGAIN)
            return status_of_errno(errno, STATUS_PLACE_CALL);
        if (socket_has(listener, SOCKET_NONBLOCKING))
            return STATUS_DEVICE_NOT_READY;
        NTSTATUS status = socket_block(listener, POLLIN, socket_deadline(listener, false));
        if (status != STATUS_SUCCESS)
            return status;
    }
}

/* Said before a connection is spent on it. */
static bool accept__has_room(const struct socket *listener, const void *address, const int *length)
{
    int needed = socket_name_length(listener);

    return probe_writable(length, sizeof *length) && *length >= needed &&
           probe_writable(address, (size_t)needed);
}

NTSTATUS socket_accept(struct socket *listener, void *address, int *length, uintptr_t *handle)
{
    struct accept_taken taken = {.named = address && length};

    if (!socket_has(listener, SOCKET_LISTENING))
        return socket_has(listener, SOCKET_STREAM) ? STATUS_INVALID_PARAMETER
                                                   : STATUS_NOT_SUPPORTED;
    if (taken.named && !accept__has_room(listener, address, length))
        return STATUS_ACCESS_VIOLATION;
    NTSTATUS status = accept__take(listener, &taken);
    socket_enable_events(listener, NET_EVENT_ACCEPT);
    if (status != STATUS_SUCCESS)
        return status;
    uint32_t flags = atomic_load_explicit(&listener->file.flags, memory_order_relaxed) &
                     (IO_FILE_OVERLAPPED | SOCKET_REGISTERED);
    struct socket *accepted =
        socket_make(taken.descriptor, socket_family(listener), socket_type(listener),
                    flags | (taken.nonblocking ? SOCKET_NONBLOCKING : 0));
    if (!accepted) {
        close(taken.descriptor);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    socket_now_connected(accepted);
    socket_inherit_options(accepted, listener);
    if (socket_has(listener, SOCKET_SELECTED))
        events_inherit(accepted, listener);
    if (taken.named)
        address_to_windows(&taken.peer, taken.length, address, length);
    return socket_publish(accepted, handle);
}
