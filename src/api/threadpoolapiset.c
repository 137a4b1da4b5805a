/* SPDX-License-Identifier: MIT
 *
 * The thread pool's objects: pools, work, I/O, waits, timers, groups. What a callback may ask for
 * is in threadpoolapiset_instance.c.
 */
#include "api/last_error.h"
#include "api/object.h"
#include "api/threadpool.h"

#include <windows.h>

#include "base/clock.h"
#include "net/net.h"
#include "wait/timer.h"

static struct pool *threadpool__pool(PTP_POOL pool)
{
    return (struct pool *)pool;
}

static struct pool_group *threadpool__group(PTP_CLEANUP_GROUP group)
{
    return (struct pool_group *)group;
}

/* Every kind of object is the pool room's one structure. */
#define OBJECT(pointer) ((struct pool_object *)(pointer))

struct pool_traits threadpool_traits(const TP_CALLBACK_ENVIRON *environment)
{
    if (!environment)
        return (struct pool_traits){0};
    return (struct pool_traits){.pool = threadpool__pool(environment->Pool),
                                .group = threadpool__group(environment->CleanupGroup),
                                .cancelled = environment->CleanupGroupCancelCallback,
                                .finalize = environment->FinalizationCallback,
                                .flags =
                                    (environment->u.s.LongFunction ? (uint32_t)POOL_LONG : 0) |
                                    (environment->u.s.Persistent ? (uint32_t)POOL_PERSISTENT : 0)};
}

/* What a creating function returns. */
static struct pool_object *threadpool__made(NTSTATUS status, struct pool_object *made)
{
    if (status == STATUS_SUCCESS)
        return made;
    api_fail(status);
    return NULL;
}

static int64_t threadpool__deadline(const FILETIME *time)
{
    if (!time)
        return CLOCK_FOREVER;
    return timer_deadline((int64_t)((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime));
}

/* ---- pools ---- */

PTP_POOL WINAPI CreateThreadpool(PVOID reserved)
{
    struct pool *pool = reserved ? NULL : pool_create();

    if (!pool)
        api_fail(reserved ? STATUS_INVALID_PARAMETER : STATUS_NO_MEMORY);
    return (PTP_POOL)pool;
}

VOID WINAPI CloseThreadpool(PTP_POOL pool)
{
    pool_release(threadpool__pool(pool));
}

VOID WINAPI SetThreadpoolThreadMaximum(PTP_POOL pool, DWORD most)
{
    pool_set_maximum(threadpool__pool(pool), most);
}

BOOL WINAPI SetThreadpoolThreadMinimum(PTP_POOL pool, DWORD least)
{
    NTSTATUS status = pool_set_minimum(threadpool__pool(pool), least);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI SetThreadpoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION stack)
{
    if (!stack)
        return api_fail(STATUS_INVALID_PARAMETER);
    pool_set_stack(threadpool__pool(pool), stack);
    return TRUE;
}

BOOL WINAPI QueryThreadpoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION stack)
{
    if (!stack)
        return api_fail(STATUS_INVALID_PARAMETER);
    pool_get_stack(threadpool__pool(pool), stack);
    return TRUE;
}

/* ---- work ---- */

PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK callback, PVOID context,
                                     PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct pool_object *made;
    NTSTATUS status = pool_work_create(callback, context, &traits, &made);

    return (PTP_WORK)threadpool__made(status, made);
}

VOID WINAPI SubmitThreadpoolWork(PTP_WORK work)
{
    pool_work_submit(OBJECT(work));
}

VOID WINAPI CloseThreadpoolWork(PTP_WORK work)
{
    pool_close(OBJECT(work));
}

VOID WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK work, BOOL cancel)
{
    pool_wait(OBJECT(work), cancel);
}

BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK callback, PVOID context,
                                        PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    NTSTATUS status = pool_simple_submit(callback, context, &traits);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

/* ---- I/O ---- */

PTP_IO WINAPI CreateThreadpoolIo(HANDLE handle, PTP_WIN32_IO_CALLBACK callback, PVOID context,
                                 PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct io_file *file = api_file(handle);
    struct pool_object *made;

    if (!file) {
        api_fail(STATUS_INVALID_HANDLE);
        return NULL;
    }
    NTSTATUS status = pool_io_create(file, callback, NULL, context, &traits, &made);
    api_file_unref(file);
    return (PTP_IO)threadpool__made(status, made);
}

VOID WINAPI StartThreadpoolIo(PTP_IO io)
{
    pool_io_start(OBJECT(io));
}

VOID WINAPI CancelThreadpoolIo(PTP_IO io)
{
    pool_io_cancel(OBJECT(io));
}

VOID WINAPI WaitForThreadpoolIoCallbacks(PTP_IO io, BOOL cancel)
{
    pool_wait(OBJECT(io), cancel);
}

VOID WINAPI CloseThreadpoolIo(PTP_IO io)
{
    pool_close(OBJECT(io));
}

/* ---- waits ---- */

PTP_WAIT WINAPI CreateThreadpoolWait(PTP_WAIT_CALLBACK callback, PVOID context,
                                     PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct pool_object *made;
    NTSTATUS status = pool_wait_create(callback, context, &traits, &made);

    return (PTP_WAIT)threadpool__made(status, made);
}

NTSTATUS threadpool_set_wait(PTP_WAIT wait, HANDLE handle, int64_t deadline, bool *was)
{
    struct dispatcher *target = handle ? api_waitable(handle) : NULL;

    if (handle && !target)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = pool_wait_set(OBJECT(wait), target, deadline, was);
    if (target)
        object_unref(&target->object, OBJ_REF_CALL);
    return status;
}

BOOL WINAPI SetThreadpoolWaitEx(PTP_WAIT wait, HANDLE handle, PFILETIME timeout, PVOID reserved)
{
    bool was = false;
    NTSTATUS status = threadpool_set_wait(wait, handle, threadpool__deadline(timeout), &was);

    (void)reserved;
    if (status != STATUS_SUCCESS)
        api_fail(status);
    return was;
}

VOID WINAPI SetThreadpoolWait(PTP_WAIT wait, HANDLE handle, PFILETIME timeout)
{
    SetThreadpoolWaitEx(wait, handle, timeout, NULL);
}

VOID WINAPI WaitForThreadpoolWaitCallbacks(PTP_WAIT wait, BOOL cancel)
{
    pool_wait(OBJECT(wait), cancel);
}

VOID WINAPI CloseThreadpoolWait(PTP_WAIT wait)
{
    pool_close(OBJECT(wait));
}

/* ---- timers ---- */

PTP_TIMER WINAPI CreateThreadpoolTimer(PTP_TIMER_CALLBACK callback, PVOID context,
                                       PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct pool_object *made;
    NTSTATUS status = pool_timer_create(callback, context, &traits, &made);

    return (PTP_TIMER)threadpool__made(status, made);
}

BOOL WINAPI SetThreadpoolTimerEx(PTP_TIMER timer, PFILETIME due, DWORD period, DWORD window)
{
    return pool_timer_set(OBJECT(timer), threadpool__deadline(due), period, window);
}

VOID WINAPI SetThreadpoolTimer(PTP_TIMER timer, PFILETIME due, DWORD period, DWORD window)
{
    pool_timer_set(OBJECT(timer), threadpool__deadline(due), period, window);
}

BOOL WINAPI IsThreadpoolTimerSet(PTP_TIMER timer)
{
    return pool_timer_is_set(OBJECT(timer));
}

VOID WINAPI WaitForThreadpoolTimerCallbacks(PTP_TIMER timer, BOOL cancel)
{
    pool_wait(OBJECT(timer), cancel);
}

VOID WINAPI CloseThreadpoolTimer(PTP_TIMER timer)
{
    pool_close(OBJECT(timer));
}

/* ---- cleanup groups ---- */

PTP_CLEANUP_GROUP WINAPI CreateThreadpoolCleanupGroup(void)
{
    struct pool_group *group = pool_group_create();

    if (!group)
        api_fail(STATUS_NO_MEMORY);
    return (PTP_CLEANUP_GROUP)group;
}

VOID WINAPI CloseThreadpoolCleanupGroupMembers(PTP_CLEANUP_GROUP group, BOOL cancel, PVOID cleanup)
{
    pool_group_close_members(threadpool__group(group), cancel, cleanup);
}

VOID WINAPI CloseThreadpoolCleanupGroup(PTP_CLEANUP_GROUP group)
{
    pool_group_release(threadpool__group(group));
}
