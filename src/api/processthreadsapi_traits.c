/* SPDX-License-Identifier: MIT
 *
 * What can be asked and said of a thread besides its life: its number, description and processors,
 * and whether it has operations under way.
 */
#include "status/codes.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/utf16.h"

#include "base/probe.h"
#include "io/thread.h"
#include "wait/process.h"
#include "wait/thread.h"

#include <windows.h>

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESULT_INVALID_HANDLE ((HRESULT)0x80070006)
#define RESULT_NO_MEMORY ((HRESULT)0x8007000E)

static struct thread *thread__get(HANDLE handle)
{
    struct object *object = api_object_of(handle, &thread_ops);

    if (!object)
        api_fail(STATUS_INVALID_HANDLE);
    return object ? CONTAINER_OF(object, struct thread, dispatcher.object) : NULL;
}

static void thread__let_go(struct thread *thread)
{
    object_unref(&thread->dispatcher.object, OBJ_REF_CALL);
}

DWORD WINAPI GetThreadId(HANDLE handle)
{
    struct thread *thread = thread__get(handle);

    if (!thread)
        return 0;
    DWORD id = thread_id(thread->number);
    thread__let_go(thread);
    return id;
}

DWORD WINAPI GetProcessIdOfThread(HANDLE handle)
{
    return GetThreadId(handle) ? (DWORD)getpid() : 0;
}

HRESULT WINAPI SetThreadDescription(HANDLE handle, PCWSTR given)
{
    struct thread *thread = thread__get(handle);
    size_t units = 0;

    if (!thread)
        return RESULT_INVALID_HANDLE;
    while (given && given[units])
        units++;
    char *name = utf16_to_utf8(given ? given : (const WCHAR[]){0}, units);
    WCHAR *copy = name ? malloc((units + 1) * sizeof *copy) : NULL;
    if (copy) {
        memcpy(copy, given ? given : (const WCHAR[]){0}, units * sizeof *copy);
        copy[units] = 0;
        thread_describe(thread, (uint16_t *)copy, name);
    }
    free(name);
    thread__let_go(thread);
    return copy ? S_OK : RESULT_NO_MEMORY;
}

HRESULT WINAPI GetThreadDescription(HANDLE handle, PWSTR *description)
{
    struct thread *thread = thread__get(handle);
    size_t units = 0;

    if (!thread)
        return RESULT_INVALID_HANDLE;
    uint16_t *copy = thread_description(thread);
    thread__let_go(thread);
    while (copy && copy[units])
        units++;
    *description = copy ? LocalAlloc(LPTR, (units + 1) * sizeof(WCHAR)) : NULL;
    if (*description)
        memcpy(*description, copy, units * sizeof(WCHAR));
    free(copy);
    return *description ? S_OK : RESULT_NO_MEMORY;
}

BOOL WINAPI GetThreadIOPendingFlag(HANDLE handle, PBOOL pending)
{
    struct thread *thread = thread__get(handle);

    if (!thread)
        return FALSE;
    bool is_pending = io_thread_is_pending(thread->number);
    thread__let_go(thread);
    if (!pending || !probe_writable(pending, sizeof *pending))
        return api_fail(STATUS_ACCESS_VIOLATION);
    *pending = is_pending;
    return TRUE;
}

DWORD WINAPI GetCurrentProcessorNumber(VOID)
{
    int processor = sched_getcpu();

    return processor > 0 ? (DWORD)processor : 0;
}

VOID WINAPI GetCurrentProcessorNumberEx(PPROCESSOR_NUMBER place)
{
    DWORD processor = GetCurrentProcessorNumber();

    *place = (PROCESSOR_NUMBER){.Group = (WORD)(processor / 64), .Number = (BYTE)(processor % 64)};
}

DWORD WINAPI SetThreadIdealProcessor(HANDLE handle, DWORD processor)
{
    struct thread *thread = thread__get(handle);

    if (!thread)
        return (DWORD)-1;
    lock_take(&thread->suspend_lock);
    DWORD before = thread->ideal;
    if (processor < MAXIMUM_PROCESSORS)
        thread->ideal = processor;
    lock_drop(&thread->suspend_lock);
    thread__let_go(thread);
    if (processor <= MAXIMUM_PROCESSORS)
        return before;
    api_fail(STATUS_INVALID_PARAMETER);
    return (DWORD)-1;
}

DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE handle, DWORD_PTR mask)
{
    struct thread *thread = thread__get(handle);
    uint64_t before = 0;

    if (!thread)
        return 0;
    NTSTATUS status = thread_set_affinity(thread, mask, &before);
    thread__let_go(thread);
    if (status < 0)
        api_fail(status);
    return before;
}

BOOL WINAPI GetProcessAffinityMask(HANDLE handle, PDWORD_PTR process, PDWORD_PTR machine)
{
    struct object *object = api_object_of(handle, &process_ops);
    long processors = sysconf(_SC_NPROCESSORS_CONF);

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    object_unref(object, OBJ_REF_CALL);
    *process = thread_processors();
    *machine = processors >= 64 ? ~(DWORD_PTR)0 : ((DWORD_PTR)1 << processors) - 1;
    *machine |= *process;
    return TRUE;
}
