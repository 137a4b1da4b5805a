/* SPDX-License-Identifier: MIT
 *
 * Threads, their APCs and their storage; the little of processes that concerns one's own.
 */
#include "status/codes.h"
#include "api/last_error.h"
#include "api/object.h"

#include "wait/local.h"
#include "wait/process.h"
#include "wait/thread.h"
#include "sched/sched.h"

#include <windows.h>
#include <iocp_nt_wait.h>

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* The thread behind the handle with a reference; the last error is set otherwise. */
static struct thread *thread__get(HANDLE handle)
{
    struct object *object = api_object_of(handle, &thread_ops);

    if (!object)
        api_fail(STATUS_INVALID_HANDLE);
    return object ? CONTAINER_OF(object, struct thread, dispatcher.object) : NULL;
}

static BOOL thread__done(struct thread *thread, NTSTATUS status)
{
    object_unref(&thread->dispatcher.object, OBJ_REF_CALL);
    return status < 0 ? api_fail(status) : TRUE;
}

/* ---- the life of a thread ---- */

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack_size,
                           LPTHREAD_START_ROUTINE routine, LPVOID parameter, DWORD flags,
                           LPDWORD id)
{
    struct thread *thread;
    uintptr_t handle = 0;
    NTSTATUS status;

    (void)attributes;
    status = thread_create((thread_routine)routine, parameter, &thread);
    if (status < 0) {
        api_fail(status);
        return NULL;
    }
    handle = handle_open(&thread->dispatcher.object);
    status = handle ? thread_start(thread, flags & CREATE_SUSPENDED, stack_size) : STATUS_NO_MEMORY;
    if (status >= 0 && id)
        *id = thread_id(thread->number);
    if (status < 0) {
        if (handle)
            handle_release(handle_take(handle));
        handle = 0;
        api_fail(status);
    }
    object_unref(&thread->dispatcher.object, OBJ_REF_CALL);
    return (HANDLE)handle;
}

VOID WINAPI ExitThread(DWORD code)
{
    thread_exit(code);
}

BOOL WINAPI TerminateThread(HANDLE handle, DWORD code)
{
    struct thread *thread = thread__get(handle);

    if (!thread)
        return FALSE;
    if (thread == thread_known()) {
        object_unref(&thread->dispatcher.object, OBJ_REF_CALL);
        thread_terminate(thread, code);
    }
    return thread__done(thread, thread_terminate(thread, code));
}

/* A failure of the two functions that return a count. */
#define NO_COUNT ((DWORD)-1)

static DWORD thread__count(HANDLE handle, NTSTATUS (*change)(struct thread *, uint32_t *))
{
    struct thread *thread = thread__get(handle);
    uint32_t before = 0;

    if (!thread)
        return NO_COUNT;
    return thread__done(thread, change(thread, &before)) ? before : NO_COUNT;
}

DWORD WINAPI SuspendThread(HANDLE thread)
{
    return thread__count(thread, thread_suspend);
}

DWORD WINAPI ResumeThread(HANDLE thread)
{
    return thread__count(thread, thread_resume);
}

BOOL WINAPI GetExitCodeThread(HANDLE handle, LPDWORD code)
{
    struct thread *thread = thread__get(handle);

    if (!thread)
        return FALSE;
    /* A thread that is on its way out has a code already, but is not over. */
    *code = dispatcher_latch.signalled(&thread->dispatcher, 0)
                ? (DWORD)atomic_load(&thread->exit_code)
                : STILL_ACTIVE;
    return thread__done(thread, STATUS_SUCCESS);
}

HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id)
{
    struct thread *thread = id % 4 == 0 ? thread_find(id / 4) : NULL;

    (void)access;
    (void)inherit;
    if (!thread) {
        api_fail(STATUS_INVALID_PARAMETER);
        return NULL;
    }
    uintptr_t handle = handle_open(&thread->dispatcher.object);
    thread__done(thread, handle ? STATUS_SUCCESS : STATUS_NO_MEMORY);
    return (HANDLE)handle;
}

HANDLE WINAPI GetCurrentThread(VOID)
{
    return (HANDLE)API_CURRENT_THREAD;
}

HANDLE WINAPI GetCurrentProcess(VOID)
{
    return (HANDLE)API_CURRENT_PROCESS;
}

DWORD WINAPI GetCurrentThreadId(VOID)
{
    return thread_id(sched_thread_number());
}

DWORD WINAPI GetCurrentProcessId(VOID)
{
    return (DWORD)getpid();
}

BOOL WINAPI SwitchToThread(VOID)
{
    /* Whether another one ran cannot be told; programs that loop on the answer have to go on. */
    return sched_yield() == 0;
}

BOOL WINAPI SetThreadPriority(HANDLE handle, int priority)
{
    struct thread *thread = thread__get(handle);
    bool known = (priority >= THREAD_PRIORITY_LOWEST && priority <= THREAD_PRIORITY_HIGHEST) ||
                 priority == THREAD_PRIORITY_IDLE || priority == THREAD_PRIORITY_TIME_CRITICAL;

    if (!thread)
        return FALSE;
    if (known)
        atomic_store(&thread->priority, priority);
    return thread__done(thread, known ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
}

int WINAPI GetThreadPriority(HANDLE handle)
{
    struct thread *thread = thread__get(handle);

    if (!thread)
        return THREAD_PRIORITY_ERROR_RETURN;
    int priority = atomic_load(&thread->priority);
    thread__done(thread, STATUS_SUCCESS);
    return priority;
}

/* ---- APCs ---- */

static VOID NTAPI user_apc__call(PVOID function, PVOID data, PVOID unused)
{
    (void)unused;
    ((PAPCFUNC)(uintptr_t)function)((ULONG_PTR)data);
}

/* APC-1: for a thread that has ended ERROR_GEN_FAILURE, which is what becomes of the status. */
DWORD WINAPI QueueUserAPC(PAPCFUNC function, HANDLE handle, ULONG_PTR data)
{
    NTSTATUS status =
        NtQueueApcThread(handle, user_apc__call, (PVOID)(uintptr_t)function, (PVOID)data, NULL);

    return status < 0 ? (DWORD)api_fail(status) : TRUE;
}

BOOL WINAPI QueueUserAPC2(PAPCFUNC function, HANDLE handle, ULONG_PTR data,
                          QUEUE_USER_APC_FLAGS flags)
{
    if (flags == QUEUE_USER_APC_FLAGS_NONE)
        return QueueUserAPC(function, handle, data) != 0;
    bool known =
        !(flags & ~(QUEUE_USER_APC_FLAGS_SPECIAL_USER_APC | QUEUE_USER_APC_CALLBACK_DATA_CONTEXT));
    return api_fail(known ? STATUS_NOT_SUPPORTED : STATUS_INVALID_PARAMETER);
}

/* ---- thread-local storage ---- */

DWORD WINAPI TlsAlloc(VOID)
{
    uint32_t slot = local_alloc(LOCAL_TLS, NULL);

    if (slot == LOCAL_NONE)
        api_fail(STATUS_NO_MEMORY);
    return slot;
}

BOOL WINAPI TlsFree(DWORD index)
{
    NTSTATUS status = local_free(LOCAL_TLS, index);

    return status < 0 ? api_fail(status) : TRUE;
}

LPVOID WINAPI TlsGetValue(DWORD index)
{
    void *value;
    NTSTATUS status = local_get(LOCAL_TLS, index, &value);

    /* Success clears the last error, so that NULL can be told from a failure. */
    if (status < 0)
        api_fail(status);
    else
        api_set_last_error(0);
    return value;
}

BOOL WINAPI TlsSetValue(DWORD index, LPVOID value)
{
    NTSTATUS status = local_set(LOCAL_TLS, index, value);

    return status < 0 ? api_fail(status) : TRUE;
}

/* ---- the process ---- */

VOID WINAPI ExitProcess(UINT code)
{
    exit((int)code);
}

BOOL WINAPI TerminateProcess(HANDLE handle, UINT code)
{
    struct object *object = api_object(handle);

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    bool self = object->ops == &process_ops;
    object_unref(object, OBJ_REF_CALL);
    if (!self)
        return api_fail(STATUS_INVALID_HANDLE);
    _exit((int)code);
}
