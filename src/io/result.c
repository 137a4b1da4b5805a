/* SPDX-License-Identifier: MIT
 *
 * Reading an operation's result from its OVERLAPPED, waiting for it first if asked to.
 */
#include "io/result.h"

#include "object/handle.h"

static NTSTATUS result__status(const OVERLAPPED *overlapped)
{
    return (NTSTATUS)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE);
}

/* OVL-8: on hEvent, or else on the handle itself. */
static NTSTATUS result__wait(uintptr_t handle, const OVERLAPPED *overlapped, int64_t deadline,
                             bool alertable)
{
    uintptr_t event = (uintptr_t)overlapped->hEvent & ~(uintptr_t)3;
    struct object *object = handle_get(event ? event : handle);

    if (!object)
        return STATUS_INVALID_HANDLE;
    if (!object->ops->waitable) {
        object_unref(object, OBJ_REF_CALL);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    struct dispatcher *dispatcher = (struct dispatcher *)object;
    NTSTATUS status = wait_objects(&dispatcher, 1, false, deadline, alertable);
    object_unref(object, OBJ_REF_CALL);
    return status;
}

NTSTATUS io_result(uintptr_t handle, const OVERLAPPED *overlapped, DWORD *bytes, int64_t deadline,
                   bool wait, bool alertable, bool *wait_failed)
{
    NTSTATUS status = result__status(overlapped);

    *wait_failed = false;
    if (status == STATUS_PENDING) {
        if (!wait)
            return STATUS_PENDING;
        status = result__wait(handle, overlapped, deadline, alertable);
        if (status != STATUS_WAIT_0) {
            *wait_failed = true;
            return status;
        }
        /* Not tested again: who else sets the event has told us to go on (OVL-8). */
        status = result__status(overlapped);
        if (status == STATUS_PENDING)
            status = STATUS_SUCCESS;
    }
    *bytes = (DWORD)overlapped->InternalHigh;
    return status;
}
