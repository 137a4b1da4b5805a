/* SPDX-License-Identifier: MIT
 *
 * The thread pool as the NT layer calls it (rules POOL-27 to 30). The objects are the Win32 calls'
 * own, so what cannot fail is one of these; what can goes to the pool's room itself, since the last
 * error is not to be touched. The older calls are in threadpoollegacyapiset.c.
 */
#include "api/object.h"
#include "api/threadpool.h"

#include <windows.h>
#include <iocp_nt_pool.h>

#include "base/clock.h"
#include "wait/timer.h"

/* As threadpoolapiset.c has it for FILETIMEs. Zero is now, and not the clock's own zero: periods
 * are counted from it. */
static int64_t pool__deadline(const LARGE_INTEGER *time)
{
    return time ? timer_deadline(time->QuadPart) : CLOCK_FOREVER;
}

/* ---- pools ---- */

NTSTATUS NTAPI TpAllocPool(PTP_POOL *result, PVOID reserved)
{
    if (reserved)
        return STATUS_INVALID_PARAMETER;
    struct pool *pool = pool_create();
    if (!pool)
        return STATUS_NO_MEMORY;
    *result = (PTP_POOL)pool;
    return STATUS_SUCCESS;
}

VOID NTAPI TpReleasePool(PTP_POOL pool)
{
    CloseThreadpool(pool);
}

VOID NTAPI TpSetPoolMaxThreads(PTP_POOL pool, ULONG most)
{
    SetThreadpoolThreadMaximum(pool, most);
}

NTSTATUS NTAPI TpSetPoolMinThreads(PTP_POOL pool, ULONG least)
{
    return pool_set_minimum((struct pool *)pool, least);
}

NTSTATUS NTAPI TpSetPoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION stack)
{
    if (!stack)
        return STATUS_INVALID_PARAMETER;
    pool_set_stack((struct pool *)pool, stack);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI TpQueryPoolStackInformation(PTP_POOL pool, PTP_POOL_STACK_INFORMATION stack)
{
    if (!stack)
        return STATUS_INVALID_PARAMETER;
    pool_get_stack((struct pool *)pool, stack);
    return STATUS_SUCCESS;
}

/* ---- work ---- */

NTSTATUS NTAPI TpAllocWork(PTP_WORK *result, PTP_WORK_CALLBACK callback, PVOID context,
                           PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct pool_object *made;
    NTSTATUS status = pool_work_create(callback, context, &traits, &made);

    if (status == STATUS_SUCCESS)
        *result = (PTP_WORK)made;
    return status;
}

VOID NTAPI TpPostWork(PTP_WORK work)
{
    SubmitThreadpoolWork(work);
}

VOID NTAPI TpWaitForWork(PTP_WORK work, LOGICAL cancel)
{
    WaitForThreadpoolWorkCallbacks(work, cancel != 0);
}

VOID NTAPI TpReleaseWork(PTP_WORK work)
{
    CloseThreadpoolWork(work);
}

NTSTATUS NTAPI TpSimpleTryPost(PTP_SIMPLE_CALLBACK callback, PVOID context,
                               PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);

    return pool_simple_submit(callback, context, &traits);
}

/* ---- timers ---- */

NTSTATUS NTAPI TpAllocTimer(PTP_TIMER *result, PTP_TIMER_CALLBACK callback, PVOID context,
                            PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct pool_object *made;
    NTSTATUS status = pool_timer_create(callback, context, &traits, &made);

    if (status == STATUS_SUCCESS)
        *result = (PTP_TIMER)made;
    return status;
}

VOID NTAPI TpSetTimer(PTP_TIMER timer, PLARGE_INTEGER due, ULONG period, ULONG window)
{
    pool_timer_set((struct pool_object *)timer, pool__deadline(due), period, window);
}

LOGICAL NTAPI TpIsTimerSet(PTP_TIMER timer)
{
    return (LOGICAL)IsThreadpoolTimerSet(timer);
}

VOID NTAPI TpWaitForTimer(PTP_TIMER timer, LOGICAL cancel)
{
    WaitForThreadpoolTimerCallbacks(timer, cancel != 0);
}

VOID NTAPI TpReleaseTimer(PTP_TIMER timer)
{
    CloseThreadpoolTimer(timer);
}

/* ---- waits ---- */

NTSTATUS NTAPI TpAllocWait(PTP_WAIT *result, PTP_WAIT_CALLBACK callback, PVOID context,
                           PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct pool_object *made;
    NTSTATUS status = pool_wait_create(callback, context, &traits, &made);

    if (status == STATUS_SUCCESS)
        *result = (PTP_WAIT)made;
    return status;
}

VOID NTAPI TpSetWait(PTP_WAIT wait, HANDLE handle, PLARGE_INTEGER timeout)
{
    bool was;

    threadpool_set_wait(wait, handle, pool__deadline(timeout), &was);
}

VOID NTAPI TpWaitForWait(PTP_WAIT wait, LOGICAL cancel)
{
    WaitForThreadpoolWaitCallbacks(wait, cancel != 0);
}

VOID NTAPI TpReleaseWait(PTP_WAIT wait)
{
    CloseThreadpoolWait(wait);
}

/* ---- I/O ---- */

NTSTATUS NTAPI TpAllocIoCompletion(PTP_IO *result, HANDLE handle, PTP_IO_CALLBACK callback,
                                   PVOID context, PTP_CALLBACK_ENVIRON environment)
{
    struct pool_traits traits = threadpool_traits(environment);
    struct io_file *file = api_file(handle);
    struct pool_object *made;

    if (!file)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = pool_io_create(file, NULL, callback, context, &traits, &made);
    api_file_unref(file);
    if (status == STATUS_SUCCESS)
        *result = (PTP_IO)made;
    return status;
}

VOID NTAPI TpStartAsyncIoOperation(PTP_IO io)
{
    StartThreadpoolIo(io);
}

VOID NTAPI TpCancelAsyncIoOperation(PTP_IO io)
{
    CancelThreadpoolIo(io);
}

VOID NTAPI TpWaitForIoCompletion(PTP_IO io, LOGICAL cancel)
{
    WaitForThreadpoolIoCallbacks(io, cancel != 0);
}

VOID NTAPI TpReleaseIoCompletion(PTP_IO io)
{
    CloseThreadpoolIo(io);
}

/* ---- cleanup groups ---- */

NTSTATUS NTAPI TpAllocCleanupGroup(PTP_CLEANUP_GROUP *result)
{
    struct pool_group *group = pool_group_create();

    if (!group)
        return STATUS_NO_MEMORY;
    *result = (PTP_CLEANUP_GROUP)group;
    return STATUS_SUCCESS;
}

VOID NTAPI TpReleaseCleanupGroup(PTP_CLEANUP_GROUP group)
{
    CloseThreadpoolCleanupGroup(group);
}

VOID NTAPI TpReleaseCleanupGroupMembers(PTP_CLEANUP_GROUP group, LOGICAL cancel, PVOID cleanup)
{
    CloseThreadpoolCleanupGroupMembers(group, cancel != 0, cleanup);
}

/* ---- inside a callback ---- */

NTSTATUS NTAPI TpCallbackMayRunLong(PTP_CALLBACK_INSTANCE instance)
{
    return CallbackMayRunLong(instance) ? STATUS_SUCCESS : STATUS_TOO_MANY_THREADS;
}

VOID NTAPI TpDisassociateCallback(PTP_CALLBACK_INSTANCE instance)
{
    DisassociateCurrentThreadFromCallback(instance);
}

VOID NTAPI TpCallbackSetEventOnCompletion(PTP_CALLBACK_INSTANCE instance, HANDLE event)
{
    SetEventWhenCallbackReturns(instance, event);
}

VOID NTAPI TpCallbackReleaseSemaphoreOnCompletion(PTP_CALLBACK_INSTANCE instance, HANDLE semaphore,
                                                  ULONG count)
{
    ReleaseSemaphoreWhenCallbackReturns(instance, semaphore, count);
}

VOID NTAPI TpCallbackReleaseMutexOnCompletion(PTP_CALLBACK_INSTANCE instance, HANDLE mutex)
{
    ReleaseMutexWhenCallbackReturns(instance, mutex);
}

VOID NTAPI TpCallbackLeaveCriticalSectionOnCompletion(PTP_CALLBACK_INSTANCE instance,
                                                      PRTL_CRITICAL_SECTION section)
{
    LeaveCriticalSectionWhenCallbackReturns(instance, section);
}

VOID NTAPI TpCallbackUnloadDllOnCompletion(PTP_CALLBACK_INSTANCE instance, PVOID module)
{
    FreeLibraryWhenCallbackReturns(instance, (HMODULE)module);
}
