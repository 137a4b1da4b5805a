/* SPDX-License-Identifier: MIT
 *
 * Waiting and sleeping. The objects are made in synchapi_objects.c, the locks in a program's own
 * memory are in synchapi_locks.c.
 *
 * A wait that ends well leaves the last error as it was (WAIT-1).
 */
#include "status/codes.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/waiting.h"

#include "base/clock.h"
#include "wait/address.h"
#include "wait/event.h"
#include "wait/mutex.h"
#include "wait/semaphore.h"

#include <windows.h>

#include <sched.h>

static DWORD wait__fail(NTSTATUS status)
{
    api_fail(status);
    return WAIT_FAILED;
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
    struct dispatcher *object = api_waitable(handle);

    if (!object)
        return wait__fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = wait_objects(&object, 1, false, clock_deadline(milliseconds), alertable);
    object_unref(&object->object, OBJ_REF_CALL);
    return (DWORD)status;
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
    return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

NTSTATUS api_wait_many(uint32_t count, const HANDLE *handles, bool all, int64_t deadline,
                       bool alertable)
{
    struct dispatcher *objects[MAXIMUM_WAIT_OBJECTS];
    NTSTATUS status = STATUS_INVALID_HANDLE;
    uint32_t found = 0;

    if (count == 0 || count > MAXIMUM_WAIT_OBJECTS)
        return STATUS_INVALID_PARAMETER_1;
    do {
        /* Pseudo handles are no handles here (WAIT-2). */
        uintptr_t handle = (uintptr_t)handles[found];
        objects[found] = handle == API_CURRENT_PROCESS || handle == API_CURRENT_THREAD
                             ? NULL
                             : api_waitable(handles[found]);
    } while (objects[found] && ++found < count);
    if (found == count)
        status = wait_objects(objects, count, all, deadline, alertable);
    while (found)
        object_unref(&objects[--found]->object, OBJ_REF_CALL);
    return status == STATUS_INVALID_PARAMETER ? STATUS_INVALID_PARAMETER_MIX : status;
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all,
                                      DWORD milliseconds, BOOL alertable)
{
    NTSTATUS status = api_wait_many(count, handles, all, clock_deadline(milliseconds), alertable);

    return status < 0 ? wait__fail(status) : (DWORD)status;
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
                                    DWORD milliseconds)
{
    return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

/* Events are set, mutexes released, semaphores counted up by one; nothing else can be (WAIT-3). */
static NTSTATUS signal__one(struct dispatcher *object)
{
    uint32_t before;

    if (object->object.ops == &event_ops)
        dispatcher_set(object);
    else if (object->object.ops == &mutex_ops)
        return mutex_release(object);
    else if (object->object.ops == &semaphore_ops)
        return semaphore_release(object, 1, &before);
    else
        return STATUS_OBJECT_TYPE_MISMATCH;
    return STATUS_SUCCESS;
}

NTSTATUS api_signal_and_wait(HANDLE to_signal, HANDLE to_wait_on, int64_t deadline, bool alertable)
{
    struct dispatcher *signalled = api_waitable(to_signal);
    struct dispatcher *awaited = api_waitable(to_wait_on);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    if (signalled && awaited)
        status = signal__one(signalled);
    if (status >= 0)
        status = wait_objects(&awaited, 1, false, deadline, alertable);
    if (signalled)
        object_unref(&signalled->object, OBJ_REF_CALL);
    if (awaited)
        object_unref(&awaited->object, OBJ_REF_CALL);
    return status;
}

DWORD WINAPI SignalObjectAndWait(HANDLE to_signal, HANDLE to_wait_on, DWORD milliseconds,
                                 BOOL alertable)
{
    NTSTATUS status =
        api_signal_and_wait(to_signal, to_wait_on, clock_deadline(milliseconds), alertable);

    return status < 0 ? wait__fail(status) : (DWORD)status;
}

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
    NTSTATUS status = wait_objects(NULL, 0, false, clock_deadline(milliseconds), alertable);

    if (status == STATUS_USER_APC)
        return WAIT_IO_COMPLETION;
    if (milliseconds == 0)
        sched_yield();
    return 0;
}

VOID WINAPI Sleep(DWORD milliseconds)
{
    SleepEx(milliseconds, FALSE);
}

BOOL WINAPI WaitOnAddress(volatile VOID *address, PVOID compare, SIZE_T size, DWORD milliseconds)
{
    NTSTATUS status = address_wait(address, compare, size, clock_deadline(milliseconds));

    if (status == STATUS_TIMEOUT) {
        api_set_last_error(ERROR_TIMEOUT);
        return FALSE;
    }
    return status < 0 ? api_fail(status) : TRUE;
}

VOID WINAPI WakeByAddressSingle(PVOID address)
{
    address_wake(address, false);
}

VOID WINAPI WakeByAddressAll(PVOID address)
{
    address_wake(address, true);
}
