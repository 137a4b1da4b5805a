/* SPDX-License-Identifier: MIT
 *
 * Waits, APCs and clocks as the NT layer calls them (rules WAIT-13 to 16, APC-7).
 */
#include "status/codes.h"
#include "api/native_object.h"
#include "api/waiting.h"

#include "base/slab.h"
#include "wait/apc.h"
#include "wait/thread.h"

#include <windows.h>
#include <iocp_nt_wait.h>

#include <sched.h>

/* ---- waits ---- */

NTSTATUS NTAPI NtWaitForSingleObject(HANDLE handle, BOOLEAN alertable, PLARGE_INTEGER timeout)
{
    struct dispatcher *object;
    NTSTATUS status = native_get(handle, NULL, &object);

    if (status < 0)
        return status;
    status = wait_objects(&object, 1, false, native_deadline(timeout), alertable);
    object_unref(&object->object, OBJ_REF_CALL);
    return status;
}

NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, HANDLE *handles, WAIT_TYPE type,
                                        BOOLEAN alertable, PLARGE_INTEGER timeout)
{
    if (type != WaitAll && type != WaitAny)
        return STATUS_INVALID_PARAMETER_3;
    if (count && !handles)
        return STATUS_ACCESS_VIOLATION;
    return api_wait_many(count, handles, type == WaitAll, native_deadline(timeout), alertable);
}

NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE to_signal, HANDLE to_wait_on,
                                              BOOLEAN alertable, PLARGE_INTEGER timeout)
{
    return api_signal_and_wait(to_signal, to_wait_on, native_deadline(timeout), alertable);
}

NTSTATUS NTAPI NtDelayExecution(BOOLEAN alertable, PLARGE_INTEGER interval)
{
    if (!interval)
        return STATUS_ACCESS_VIOLATION;
    NTSTATUS status = wait_objects(NULL, 0, false, native_deadline(interval), alertable);
    if (status == STATUS_USER_APC)
        return status;
    if (interval->QuadPart == 0)
        sched_yield();
    return STATUS_SUCCESS;
}

/* Whether another thread ran cannot be told; programs that loop on the answer have to go on. */
NTSTATUS NTAPI NtYieldExecution(VOID)
{
    sched_yield();
    return STATUS_SUCCESS;
}

/* ---- APCs ---- */

struct user_apc {
    struct apc apc;
    PPS_APC_ROUTINE routine;
    PVOID arguments[3];
};

static struct slab user_apc_slab = {.size = sizeof(struct user_apc), .index = SLAB_APC};

static void user_apc__drop(struct apc *apc)
{
    slab_free(&user_apc_slab, CONTAINER_OF(apc, struct user_apc, apc));
}

static void user_apc__run(struct apc *apc)
{
    struct user_apc call = *CONTAINER_OF(apc, struct user_apc, apc);

    user_apc__drop(apc);
    call.routine(call.arguments[0], call.arguments[1], call.arguments[2]);
}

static NTSTATUS user_apc__queue(struct thread *thread, const struct user_apc *wanted)
{
    struct user_apc *call = slab_alloc(&user_apc_slab);

    if (!call)
        return STATUS_NO_MEMORY;
    *call = *wanted;
    if (apc_queue(thread, &call->apc))
        return STATUS_SUCCESS;
    user_apc__drop(&call->apc);
    return STATUS_UNSUCCESSFUL;
}

NTSTATUS NTAPI NtQueueApcThread(HANDLE handle, PPS_APC_ROUTINE routine, PVOID first, PVOID second,
                                PVOID third)
{
    struct user_apc wanted = {.apc = {.run = user_apc__run, .drop = user_apc__drop},
                              .routine = routine,
                              .arguments = {first, second, third}};
    struct dispatcher *thread;
    NTSTATUS status = native_get(handle, &thread_ops, &thread);

    if (status < 0)
        return status;
    status = user_apc__queue(CONTAINER_OF(thread, struct thread, dispatcher), &wanted);
    object_unref(&thread->object, OBJ_REF_CALL);
    return status;
}

NTSTATUS NTAPI NtTestAlert(VOID)
{
    apc_run();
    return STATUS_SUCCESS;
}

/* ---- clocks ---- */

NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER time)
{
    FILETIME now;

    if (!time)
        return STATUS_ACCESS_VIOLATION;
    GetSystemTimePreciseAsFileTime(&now);
    time->QuadPart = (LONGLONG)((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER count, PLARGE_INTEGER frequency)
{
    if (!count)
        return STATUS_ACCESS_VIOLATION;
    QueryPerformanceCounter(count);
    if (frequency)
        QueryPerformanceFrequency(frequency);
    return STATUS_SUCCESS;
}
