/* SPDX-License-Identifier: MIT
 *
 * The thread pool's older calls: bound files, work items, registered waits, timer queues, and the
 * native calls under some of them. What they return as handles are pointers, as on Windows: no
 * handles of the table.
 */
#include "api/last_error.h"
#include "api/object.h"
#include "pool/pool.h"

#include <windows.h>
#include <iocp_nt_pool.h>

#include "wait/event.h"

static struct pool_traits legacy__traits(ULONG flags)
{
    uint32_t stays = WT_EXECUTEINPERSISTENTTHREAD | WT_EXECUTEINIOTHREAD;

    if (flags >> 16 && pool_default())
        pool_set_maximum(pool_default(), flags >> 16);
    return (struct pool_traits){.flags =
                                    (flags & WT_EXECUTELONGFUNCTION ? (uint32_t)POOL_LONG : 0) |
                                    (flags & stays ? (uint32_t)POOL_PERSISTENT : 0)};
}

static BOOL legacy__result(NTSTATUS status)
{
    if (status == STATUS_PENDING) {
        api_set_last_error(ERROR_IO_PENDING);
        return FALSE;
    }
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

/* A completion event as programs give it: NULL, INVALID_HANDLE_VALUE (wait), or an event, whose
 * reference the pool takes over. */
static NTSTATUS legacy__event(HANDLE handle, struct dispatcher **event, bool *wait)
{
    struct object *object = NULL;

    *event = NULL;
    *wait = handle == INVALID_HANDLE_VALUE;
    if (!handle || *wait)
        return STATUS_SUCCESS;
    object = api_object_of(handle, &event_ops);
    if (!object)
        return STATUS_INVALID_HANDLE;
    object_relabel(OBJ_REF_CALL, OBJ_REF_EVENT);
    *event = CONTAINER_OF(object, struct dispatcher, object);
    return STATUS_SUCCESS;
}

BOOL WINAPI BindIoCompletionCallback(HANDLE handle, LPOVERLAPPED_COMPLETION_ROUTINE function,
                                     ULONG flags)
{
    struct io_file *file = api_file(handle);

    (void)flags;
    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = pool_bind(file, function);
    api_file_unref(file);
    return legacy__result(status);
}

BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE function, PVOID context, ULONG flags)
{
    struct pool_traits traits = legacy__traits(flags);

    return legacy__result(pool_queue(function, NULL, context, &traits));
}

NTSTATUS NTAPI RtlQueueWorkItem(WORKERCALLBACKFUNC function, PVOID context, ULONG flags)
{
    struct pool_traits traits = legacy__traits(flags);

    return pool_queue(NULL, function, context, &traits);
}

/* ---- registered waits ---- */

NTSTATUS NTAPI RtlRegisterWait(PHANDLE result, HANDLE handle, WAITORTIMERCALLBACKFUNC callback,
                               PVOID context, ULONG milliseconds, ULONG flags)
{
    struct pool_traits traits = legacy__traits(flags);
    struct dispatcher *target = handle ? api_waitable(handle) : NULL;

    if (!target)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = pool_register(target, callback, context, milliseconds,
                                    flags & WT_EXECUTEONLYONCE, &traits, result);
    object_unref(&target->object, OBJ_REF_CALL);
    return status;
}

NTSTATUS NTAPI RtlDeregisterWaitEx(HANDLE handle, HANDLE completion)
{
    struct dispatcher *event;
    bool wait;

    if (!handle)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = legacy__event(completion, &event, &wait);
    return status == STATUS_SUCCESS ? pool_end((struct pool_object *)handle, event, wait) : status;
}

NTSTATUS NTAPI RtlDeregisterWait(HANDLE handle)
{
    return RtlDeregisterWaitEx(handle, NULL);
}

BOOL WINAPI RegisterWaitForSingleObject(PHANDLE result, HANDLE handle, WAITORTIMERCALLBACK callback,
                                        PVOID context, ULONG milliseconds, ULONG flags)
{
    return legacy__result(RtlRegisterWait(result, handle, callback, context, milliseconds, flags));
}

BOOL WINAPI UnregisterWaitEx(HANDLE handle, HANDLE completion)
{
    return legacy__result(RtlDeregisterWaitEx(handle, completion));
}

BOOL WINAPI UnregisterWait(HANDLE handle)
{
    return UnregisterWaitEx(handle, NULL);
}

/* ---- timer queues ---- */

HANDLE WINAPI CreateTimerQueue(void)
{
    struct pool_timers *queue = pool_timers_create();

    if (!queue)
        api_fail(STATUS_NO_MEMORY);
    return (HANDLE)queue;
}

BOOL WINAPI CreateTimerQueueTimer(PHANDLE result, HANDLE queue, WAITORTIMERCALLBACK callback,
                                  PVOID context, DWORD due, DWORD period, ULONG flags)
{
    struct pool_traits traits = legacy__traits(flags);

    struct pool_object *timer;

    if (flags & WT_EXECUTEONLYONCE)
        period = 0;
    /* The handle is there before the first callback may look for it. */
    NTSTATUS status =
        pool_timers_add((struct pool_timers *)queue, callback, context, &traits, &timer);
    if (status == STATUS_SUCCESS) {
        *result = (HANDLE)timer;
        pool_timers_change(timer, due, period);
    }
    return legacy__result(status);
}

BOOL WINAPI ChangeTimerQueueTimer(HANDLE queue, HANDLE timer, ULONG due, ULONG period)
{
    (void)queue;
    if (!timer)
        return api_fail(STATUS_INVALID_HANDLE);
    pool_timers_change((struct pool_object *)timer, due, period);
    return TRUE;
}

BOOL WINAPI DeleteTimerQueueTimer(HANDLE queue, HANDLE timer, HANDLE completion)
{
    (void)queue;
    return UnregisterWaitEx(timer, completion);
}

BOOL WINAPI DeleteTimerQueueEx(HANDLE queue, HANDLE completion)
{
    struct dispatcher *event;
    bool wait;

    if (!queue)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = legacy__event(completion, &event, &wait);
    if (status == STATUS_SUCCESS)
        status = pool_timers_end((struct pool_timers *)queue, event, wait);
    return legacy__result(status);
}

BOOL WINAPI DeleteTimerQueue(HANDLE queue)
{
    return DeleteTimerQueueEx(queue, NULL);
}
