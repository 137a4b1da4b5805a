/* SPDX-License-Identifier: MIT
 *
 * Registered I/O's functions (rules RIO), which programs get in a table from WSAIoctl. Each turns
 * the SDK's types into the rooms' and a status into a Winsock error. No locks.
 */
#include "api/mswsock.h"
#include "net/registered.h"
#include "object/handle.h"
#include "rio/queue.h"
#include "wait/event.h"

_Static_assert(sizeof(RIO_BUF) == sizeof(struct rio_slice) &&
                   offsetof(RIO_BUF, Offset) == offsetof(struct rio_slice, offset) &&
                   offsetof(RIO_BUF, Length) == offsetof(struct rio_slice, length),
               "slices are read as they are");
_Static_assert(sizeof(RIORESULT) == sizeof(struct rio_entry) &&
                   offsetof(RIORESULT, SocketContext) ==
                       offsetof(struct rio_entry, socket_context) &&
                   offsetof(RIORESULT, RequestContext) ==
                       offsetof(struct rio_entry, request_context),
               "results are written as they are");
_Static_assert(RIO_MAX_CQ_SIZE == RIO_QUEUE_MOST, "one limit");

/* The slices of one call. */
struct rio_call {
    PRIO_BUF data, local, remote, control, flags_out;
    ULONG count;
    DWORD flags;
    PVOID context;
};

static bool rio__is_bare(const struct rio_call *call)
{
    return !call->data && !call->local && !call->remote && !call->control && !call->flags_out &&
           !call->context && call->count == 0;
}

static const struct rio_slice *rio__slice(PRIO_BUF buffer)
{
    return (const struct rio_slice *)buffer;
}

static BOOL rio__submit(RIO_RQ queue, const struct rio_call *call, bool out)
{
    DWORD known = RIO_MSG_DONT_NOTIFY | RIO_MSG_DEFER | (out ? 0 : RIO_MSG_WAITALL);
    struct registered_wanted wanted = {.data = call->count ? rio__slice(call->data) : NULL,
                                       .local = rio__slice(call->local),
                                       .remote = rio__slice(call->remote),
                                       .control = rio__slice(call->control),
                                       .flags_out = rio__slice(call->flags_out),
                                       .defer = call->flags & RIO_MSG_DEFER,
                                       .quiet = call->flags & RIO_MSG_DONT_NOTIFY,
                                       .whole = call->flags & RIO_MSG_WAITALL,
                                       .context = (uintptr_t)call->context};

    if (call->flags == RIO_MSG_COMMIT_ONLY)
        return winsock_return_bool(rio__is_bare(call) ? registered_commit((uintptr_t)queue, out)
                                                      : STATUS_INVALID_PARAMETER);
    if ((call->flags & ~known) || call->count > 1 || (call->count && !call->data))
        return winsock_return_bool(STATUS_INVALID_PARAMETER);
    return winsock_return_bool(registered_submit((uintptr_t)queue, out, &wanted));
}

static BOOL PASCAL rio__receive(RIO_RQ queue, PRIO_BUF data, ULONG count, DWORD flags,
                                PVOID context)
{
    struct rio_call call = {.data = data, .count = count, .flags = flags, .context = context};

    return rio__submit(queue, &call, false);
}

static BOOL PASCAL rio__send(RIO_RQ queue, PRIO_BUF data, ULONG count, DWORD flags, PVOID context)
{
    struct rio_call call = {.data = data, .count = count, .flags = flags, .context = context};

    return rio__submit(queue, &call, true);
}

static int PASCAL rio__receive_ex(RIO_RQ queue, PRIO_BUF data, ULONG count, PRIO_BUF local,
                                  PRIO_BUF remote, PRIO_BUF control, PRIO_BUF flags_out,
                                  DWORD flags, PVOID context)
{
    struct rio_call call = {data, local, remote, control, flags_out, count, flags, context};

    return rio__submit(queue, &call, false);
}

static BOOL PASCAL rio__send_ex(RIO_RQ queue, PRIO_BUF data, ULONG count, PRIO_BUF local,
                                PRIO_BUF remote, PRIO_BUF control, PRIO_BUF flags_out, DWORD flags,
                                PVOID context)
{
    struct rio_call call = {data, local, remote, control, flags_out, count, flags, context};

    return rio__submit(queue, &call, true);
}

/* The object that is told, with a reference; NULL with the reason in *status. */
static struct object *rio__told(const RIO_NOTIFICATION_COMPLETION *wanted,
                                struct rio_notification *how, NTSTATUS *status)
{
    struct object *told = NULL;

    *status = STATUS_INVALID_PARAMETER;
    if (wanted->Type == RIO_EVENT_COMPLETION) {
        told = handle_get_kind((uintptr_t)wanted->Event.EventHandle, &event_ops, NULL);
        how->event = (struct dispatcher *)told;
        how->reset = wanted->Event.NotifyReset;
    } else if (wanted->Type == RIO_IOCP_COMPLETION && wanted->Iocp.Overlapped) {
        told = handle_get_kind((uintptr_t)wanted->Iocp.IocpHandle, &port_ops, NULL);
        how->port = (struct port *)told;
        how->key = (uintptr_t)wanted->Iocp.CompletionKey;
        how->overlapped = wanted->Iocp.Overlapped;
    }
    if (told)
        *status = STATUS_SUCCESS;
    return told;
}

static RIO_CQ PASCAL rio__create_queue(DWORD size, PRIO_NOTIFICATION_COMPLETION wanted)
{
    struct rio_notification how = {0};
    NTSTATUS status = STATUS_SUCCESS;
    uintptr_t id = 0;
    struct object *told = wanted ? rio__told(wanted, &how, &status) : NULL;

    if (status == STATUS_SUCCESS)
        status = rio_queue_create(size, &how, &id);
    if (told)
        object_unref(told, OBJ_REF_CALL);
    return winsock_return_bool(status) ? (RIO_CQ)id : RIO_INVALID_CQ;
}

static VOID PASCAL rio__close_queue(RIO_CQ queue)
{
    rio_queue_close((uintptr_t)queue);
}

static BOOL PASCAL rio__resize_queue(RIO_CQ id, DWORD size)
{
    struct rio_queue *queue = rio_queue_get((uintptr_t)id);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (queue) {
        status = rio_queue_resize(queue, size);
        object_unref(rio_queue_object(queue), OBJ_REF_CALL);
    }
    return winsock_return_bool(status);
}

static ULONG PASCAL rio__dequeue(RIO_CQ id, PRIORESULT results, ULONG most)
{
    struct rio_queue *queue = rio_queue_get((uintptr_t)id);

    if (UNLIKELY(!queue))
        return RIO_CORRUPT_CQ;
    ULONG taken = results ? rio_queue_take(queue, (struct rio_entry *)results, most) : 0;
    object_unref(rio_queue_object(queue), OBJ_REF_CALL);
    return taken;
}

static INT PASCAL rio__notify(RIO_CQ id)
{
    struct rio_queue *queue = rio_queue_get((uintptr_t)id);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (queue) {
        status = rio_queue_notify(queue);
        object_unref(rio_queue_object(queue), OBJ_REF_CALL);
    }
    return status_winsock(status);
}

static RIO_RQ PASCAL rio__create_requests(SOCKET handle, ULONG receives, ULONG receive_buffers,
                                          ULONG sends, ULONG send_buffers, RIO_CQ receive_queue,
                                          RIO_CQ send_queue, PVOID context)
{
    struct registered_limits limits = {.most = {receives, sends},
                                       .queues = {(uintptr_t)receive_queue, (uintptr_t)send_queue},
                                       .context = (uintptr_t)context};
    NTSTATUS status;
    uintptr_t id = 0;
    struct socket *socket = winsock_socket(handle, &status);

    if (socket) {
        status = receive_buffers > 1 || send_buffers > 1 ? STATUS_INVALID_PARAMETER
                                                         : registered_create(socket, &limits, &id);
        socket_unref(socket);
    }
    return winsock_return_bool(status) ? (RIO_RQ)id : RIO_INVALID_RQ;
}

static BOOL PASCAL rio__resize_requests(RIO_RQ queue, DWORD receives, DWORD sends)
{
    const uint32_t most[2] = {receives, sends};

    return winsock_return_bool(registered_resize((uintptr_t)queue, most));
}

static RIO_BUFFERID PASCAL rio__register(PCHAR data, DWORD length)
{
    uintptr_t id = 0;
    NTSTATUS status = rio_buffer_register(data, length, &id);

    return winsock_return_bool(status) ? (RIO_BUFFERID)id : RIO_INVALID_BUFFERID;
}

static VOID PASCAL rio__deregister(RIO_BUFFERID buffer)
{
    rio_buffer_deregister((uintptr_t)buffer);
}

bool mswsock_registered_table(const GUID *id, RIO_EXTENSION_FUNCTION_TABLE *table)
{
    static const GUID known = WSAID_MULTIPLE_RIO;

    if (memcmp(id, &known, sizeof known) != 0)
        return false;
    *table = (RIO_EXTENSION_FUNCTION_TABLE){.cbSize = sizeof *table,
                                            .RIOReceive = rio__receive,
                                            .RIOReceiveEx = rio__receive_ex,
                                            .RIOSend = rio__send,
                                            .RIOSendEx = rio__send_ex,
                                            .RIOCloseCompletionQueue = rio__close_queue,
                                            .RIOCreateCompletionQueue = rio__create_queue,
                                            .RIOCreateRequestQueue = rio__create_requests,
                                            .RIODequeueCompletion = rio__dequeue,
                                            .RIODeregisterBuffer = rio__deregister,
                                            .RIONotify = rio__notify,
                                            .RIORegisterBuffer = rio__register,
                                            .RIOResizeCompletionQueue = rio__resize_queue,
                                            .RIOResizeRequestQueue = rio__resize_requests};
    return true;
}
