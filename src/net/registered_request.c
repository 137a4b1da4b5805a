/* SPDX-License-Identifier: MIT
 *
 * A registered request's way: its slices looked up, its memory taken and filled, deferred or
 * started in the socket's lane, and its result put into the completion queue. No lock of its own;
 * `done` runs with the lane's lock held.
 */
#include "net/registered_internal.h"

#include "net/address.h"
#include "net/control.h"
#include "net/datagram.h"
#include "net/message.h"
#include "rio/id.h"

#include "base/fault.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Windows' output flags, and SOCKADDR_INET's and RIO_CMSG_BUFFER's sizes. */
enum { REGISTERED_TRUNCATED = 0x100, REGISTERED_CONTROL_TRUNCATED = 0x200 };
enum { REGISTERED_ADDRESS = ADDRESS_LENGTH_IPV6, REGISTERED_CONTROL_HEAD = 8 };

/* A request's slices as memory. */
struct registered_parts {
    void *data, *local, *remote, *control, *flags;
    uint32_t length, control_length;
};

static struct registered_request *registered__of(struct engine_request *engine)
{
    return CONTAINER_OF(engine, struct registered_request, engine);
}

static void registered__taken(struct rio_result *result)
{
    struct registered_request *request = CONTAINER_OF(result, struct registered_request, result);
    struct registered_queue *queue = request->queue;

    registered_return(request);
    object_unref(&queue->object, OBJ_REF_OPERATION);
}

void registered_finish(struct registered_request *request, NTSTATUS status, uintptr_t bytes)
{
    struct registered_queue *queue = request->queue;

    if (UNLIKELY(request->named) && request->message->kernels_control)
        free(request->message->kernels_control);
    request->result.entry.status = status_winsock_result(status);
    request->result.entry.bytes = (uint32_t)bytes;
    rio_queue_put(queue->lanes[request->out].results, &request->result);
}

/* Where the datagram came in: the socket's name, with the address that the kernel told, if it did.
 */
static void registered__store_local(struct socket *socket, struct registered_message *message)
{
    struct msghdr *header = &message->header;
    char *to = message->local;
    int room = REGISTERED_ADDRESS;

    if (socket_name(socket, false, to, &room) != STATUS_SUCCESS)
        return;
    for (struct cmsghdr *control = CMSG_FIRSTHDR(header); control;
         control = CMSG_NXTHDR(header, control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            const struct in_pktinfo *info = (const void *)CMSG_DATA(control);
            memcpy(to + offsetof(struct sockaddr_in, sin_addr), &info->ipi_addr,
                   sizeof info->ipi_addr);
        } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            const struct in6_pktinfo *info = (const void *)CMSG_DATA(control);
            memcpy(to + offsetof(struct sockaddr_in6, sin6_addr), &info->ipi6_addr,
                   sizeof info->ipi6_addr);
        }
    }
}

/* What came beside the data. Shortened control data makes a warning of a success (MSG-3). */
static NTSTATUS registered__deliver(struct socket *socket, struct registered_message *message,
                                    NTSTATUS status)
{
    uint32_t flags = status == STATUS_BUFFER_OVERFLOW ? REGISTERED_TRUNCATED : 0;
    int room = REGISTERED_ADDRESS;

    if (message->remote)
        datagram_store_sender(&message->header,
                              &(struct net_peer){.address = message->remote, .length = &room});
    if (message->local)
        registered__store_local(socket, message);
    if (message->control) {
        struct net_buffer rest = {.length = message->control_room - REGISTERED_CONTROL_HEAD,
                                  .data = (char *)message->control + REGISTERED_CONTROL_HEAD};
        if (!control_to_windows(&message->header, message_wishes(socket), &rest)) {
            flags |= REGISTERED_CONTROL_TRUNCATED;
            status = STATUS_BUFFER_OVERFLOW;
        }
        uint32_t total = REGISTERED_CONTROL_HEAD + rest.length;
        memcpy(message->control, &total, sizeof total);
    }
    if (message->flags)
        memcpy(message->flags, &flags, sizeof flags);
    return status;
}

static NTSTATUS registered__status(struct registered_request *request, struct socket *socket,
                                   long result, uintptr_t *bytes)
{
    NTSTATUS status = STATUS_SUCCESS;

    *bytes = result < 0 ? 0 : (uintptr_t)result;
    if (result < 0 && socket_has(socket, SOCKET_CLOSED))
        return STATUS_CANCELLED; /* RIO-8, whichever kind of socket it is */
    if (!request->out)
        status = transfer_receive_status(socket, &request->engine, result, bytes);
    else if (result < 0)
        status = socket_transfer_status(socket, (int)-result);
    if (!request->out && request->named && !status_is_error(status))
        status = registered__deliver(socket, request->message, status);
    return status;
}

static void registered__done(struct engine_request *engine, long result, bool at_once)
{
    struct registered_request *request = registered__of(engine);
    struct socket *socket = request->socket;
    uintptr_t bytes;
    NTSTATUS status = registered__status(request, socket, result, &bytes);

    (void)at_once; /* there is no other way to tell the outcome than the result */
    if (!request->out)
        socket_enable_events_later(socket, NET_EVENT_READ);
    registered_finish(request, status, bytes);
    object_unref(file_object(&socket->file), OBJ_REF_OPERATION);
}

/* Memory for what the kernel says or is told beside the data. */
static NTSTATUS registered__fill_control(struct registered_message *message,
                                         const struct registered_parts *parts, bool out)
{
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t total = 0;
    size_t used = CONTROL_ROOM;

    if (!parts->control && (out || !parts->local))
        return status;
    if (out) {
        memcpy(&total, parts->control, sizeof total);
        if (total < REGISTERED_CONTROL_HEAD || total > parts->control_length ||
            total > CONTROL_MOST)
            return STATUS_INVALID_PARAMETER;
        used = control_room(total - REGISTERED_CONTROL_HEAD);
    }
    message->kernels_control = fault_malloc(used);
    if (!message->kernels_control)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (out)
        status = control_to_linux(
            &(struct net_buffer){.length = total - REGISTERED_CONTROL_HEAD,
                                 .data = (char *)parts->control + REGISTERED_CONTROL_HEAD},
            message->kernels_control, &used);
    message->header.msg_control = message->kernels_control;
    message->header.msg_controllen = used;
    return status;
}

static NTSTATUS registered__fill_message(struct registered_request *request, struct socket *socket,
                                         const struct registered_parts *parts)
{
    struct registered_message *message = request->message;
    int length = REGISTERED_ADDRESS;
    struct net_peer peer = {.address = parts->remote, .length = &length};
    NTSTATUS status = STATUS_SUCCESS;

    message->vector = (struct iovec){.iov_base = parts->data, .iov_len = parts->length};
    message->header = (struct msghdr){.msg_iov = &message->vector, .msg_iovlen = 1};
    message->local = parts->local;
    message->remote = parts->remote;
    message->control = parts->control;
    message->flags = parts->flags;
    message->control_room = parts->control_length;
    message->kernels_control = NULL;
    request->named = true;
    request->engine.data = &message->header;
    request->engine.count = ENGINE_HEADER;
    if (parts->remote)
        status = datagram_name(socket, &(struct net_transfer){.peer = &peer}, &message->address,
                               &message->header, request->out);
    if (status == STATUS_SUCCESS)
        status = registered__fill_control(message, parts, request->out);
    if (status != STATUS_SUCCESS)
        free(message->kernels_control);
    return status;
}

static NTSTATUS registered__fill(struct registered_request *request, struct socket *socket,
                                 const struct registered_wanted *wanted,
                                 const struct registered_parts *parts)
{
    bool stream = socket_has(socket, SOCKET_STREAM);
    struct engine_request *engine = &request->engine;

    request->socket = socket;
    request->result.entry.socket_context = request->queue->context;
    request->result.entry.request_context = wanted->context;
    request->result.quiet = wanted->quiet;
    request->result.taken = registered__taken;
    *engine = (struct engine_request){.done = registered__done,
                                      .data = parts->data,
                                      .length = parts->length,
                                      .kind = request->out ? ENGINE_SEND : ENGINE_RECEIVE,
                                      .foreign = 1};
    engine->message_flags = transfer_flags(socket, 0, !request->out);
    if (stream) {
        if (!request->out && parts->length == 0)
            engine->kind = ENGINE_READABLE;
        engine->flags = wanted->whole ? ENGINE_WAIT_ALL : 0;
        return STATUS_SUCCESS;
    }
    engine->flags = request->out ? ENGINE_MESSAGES : datagram_receive_flags(socket);
    if (!parts->local && !parts->remote && !parts->control && !parts->flags)
        return STATUS_SUCCESS;
    return registered__fill_message(request, socket, parts);
}

/* What can be said about a request without trying it, and is told by its result. */
static NTSTATUS registered__check(struct registered_request *request, struct socket *socket)
{
    struct net_buffer buffer = {0};
    int room = REGISTERED_ADDRESS;
    struct net_peer peer = {.length = &room};
    struct net_transfer like = {.buffers = &buffer, .count = 1};

    if (request->named && request->message->remote) {
        peer.address = request->message->remote;
        like.peer = &peer;
    }
    return request->out ? transfer_check_send(socket, &like)
                        : transfer_check_receive(socket, &like);
}

/* The socket is the caller's until the return. */
static void registered__start(struct registered_request *request, struct socket *socket)
{
    NTSTATUS status = registered__check(request, socket);

    if (UNLIKELY(status != STATUS_SUCCESS)) {
        registered_finish(request, status, 0);
        return;
    }
    object_ref(file_object(&socket->file), OBJ_REF_OPERATION);
    io_file_start(&socket->file, &request->engine, request->out ? ENGINE_OUT : ENGINE_IN);
}

static void registered__start_deferred(struct registered_request *request, struct socket *socket)
{
    while (request) {
        struct registered_request *next = request->next;
        registered__start(request, socket);
        request = next;
    }
}

static NTSTATUS registered__find(const struct rio_slice *slice, uint32_t least, void **data)
{
    NTSTATUS status = slice ? rio_buffer_find(slice, data) : STATUS_SUCCESS;

    if (slice && status == STATUS_SUCCESS && slice->length < least)
        return STATUS_INVALID_PARAMETER;
    return status;
}

static NTSTATUS registered__resolve(struct registered_queue *queue, bool out,
                                    const struct registered_wanted *wanted,
                                    struct registered_parts *parts)
{
    NTSTATUS status = registered__find(wanted->data, 0, &parts->data);

    if ((wanted->whole && (out || !queue->stream)) || (wanted->local && out))
        return STATUS_INVALID_PARAMETER;
    if (wanted->data)
        parts->length = wanted->data->length;
    if (status == STATUS_SUCCESS)
        status = registered__find(wanted->local, REGISTERED_ADDRESS, &parts->local);
    if (status == STATUS_SUCCESS)
        status = registered__find(wanted->remote, REGISTERED_ADDRESS, &parts->remote);
    if (status == STATUS_SUCCESS)
        status = registered__find(wanted->control, REGISTERED_CONTROL_HEAD, &parts->control);
    if (status == STATUS_SUCCESS)
        status = registered__find(wanted->flags_out, sizeof(uint32_t), &parts->flags);
    if (wanted->control)
        parts->control_length = wanted->control->length;
    return status;
}

/* Has the kernel tell where datagrams came in, from now on. */
static void registered__want_packet(struct registered_queue *queue, struct socket *socket)
{
    int on = 1;

    if (__atomic_exchange_n(&queue->wants_packet, true, __ATOMIC_RELAXED))
        return;
    if (socket_family(socket) == AF_INET6)
        setsockopt(socket_descriptor(socket), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    else
        setsockopt(socket_descriptor(socket), IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

/* The queue's reference becomes the request's if that is accepted. The queue may be gone as soon as
 * the request has been started or deferred: another thread may take its result and close the
 * socket. */
static NTSTATUS registered__submit(struct registered_queue *queue, bool out,
                                   const struct registered_wanted *wanted)
{
    struct registered_parts parts = {0};
    struct registered_taken taken;
    NTSTATUS status = registered__resolve(queue, out, wanted, &parts);

    if (status == STATUS_SUCCESS && rio_queue_is_closed(queue->lanes[out].results))
        status = STATUS_INVALID_PARAMETER;
    if (status == STATUS_SUCCESS)
        status = registered_take(queue, out, true, !wanted->defer, &taken);
    if (status != STATUS_SUCCESS)
        return status;
    status = registered__fill(taken.request, taken.socket, wanted, &parts);
    if (status == STATUS_SUCCESS && parts.local)
        registered__want_packet(queue, taken.socket);
    registered__start_deferred(taken.deferred, taken.socket);
    if (status != STATUS_SUCCESS) {
        registered_return(taken.request);
    } else {
        object_relabel(OBJ_REF_CALL, OBJ_REF_OPERATION);
        if (!wanted->defer)
            registered__start(taken.request, taken.socket);
        else if (!registered_defer(taken.request))
            registered_finish(taken.request, STATUS_CANCELLED, 0);
    }
    socket_unref(taken.socket);
    return status;
}

NTSTATUS registered_submit(uintptr_t id, bool out, const struct registered_wanted *wanted)
{
    struct registered_queue *queue = (struct registered_queue *)rio_id_get(id, RIO_ID_REQUESTS);

    if (!queue)
        return STATUS_INVALID_PARAMETER;
    /* A thread that is terminated in the middle must not take deferred requests with it. */
    shield_raise();
    NTSTATUS status = registered__submit(queue, out, wanted);
    shield_lower();
    if (status != STATUS_SUCCESS)
        object_unref(&queue->object, OBJ_REF_CALL);
    return status;
}

NTSTATUS registered_commit(uintptr_t id, bool out)
{
    struct registered_queue *queue = (struct registered_queue *)rio_id_get(id, RIO_ID_REQUESTS);
    struct registered_taken taken;

    if (!queue)
        return STATUS_INVALID_PARAMETER;
    shield_raise();
    NTSTATUS status = registered_take(queue, out, false, true, &taken);
    if (status == STATUS_SUCCESS) {
        registered__start_deferred(taken.deferred, taken.socket);
        socket_unref(taken.socket);
    }
    shield_lower();
    object_unref(&queue->object, OBJ_REF_CALL);
    return status;
}
