/* SPDX-License-Identifier: MIT
 *
 * Wait completion packets and reserve objects as the NT layer calls them (rules NT-8 to 10).
 */
#include "api/object.h"

#include "port/wait_packet.h"

#include <windows.h>
#include <winternl.h>
#include <iocp_nt.h>

/* A handle for a new object, whose one reference ends here. */
static NTSTATUS nt__open(struct object *made, PHANDLE handle)
{
    uintptr_t opened = made ? handle_open(made) : 0;

    if (made)
        object_unref(made, OBJ_REF_CALL);
    if (!opened)
        return STATUS_INSUFFICIENT_RESOURCES;
    *handle = (HANDLE)opened;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtCreateWaitCompletionPacket(PHANDLE handle, ACCESS_MASK access,
                                            POBJECT_ATTRIBUTES attributes)
{
    (void)access;
    (void)attributes;
    return nt__open(wait_packet_object(wait_packet_create()), handle);
}

NTSTATUS NTAPI NtAssociateWaitCompletionPacket(HANDLE packet_handle, HANDLE port_handle,
                                               HANDLE target_handle, PVOID key, PVOID value,
                                               NTSTATUS status, ULONG_PTR information,
                                               PBOOLEAN already)
{
    struct object *packet = api_object_of(packet_handle, &wait_packet_ops);
    struct object *port = api_object_of(port_handle, &port_ops);
    struct dispatcher *target = api_waitable(target_handle);
    NTSTATUS result = STATUS_INVALID_HANDLE;

    if (packet && port && target) {
        struct port_entry values = {(uintptr_t)key, value, information, status};
        bool signalled = false;
        result = wait_packet_associate((struct wait_packet *)packet, (struct port *)port, target,
                                       &values, &signalled);
        if (result >= 0 && already)
            *already = signalled;
    }
    if (packet)
        object_unref(packet, OBJ_REF_CALL);
    if (port)
        object_unref(port, OBJ_REF_CALL);
    if (target)
        object_unref(&target->object, OBJ_REF_CALL);
    return result;
}

NTSTATUS NTAPI NtCancelWaitCompletionPacket(HANDLE handle, BOOLEAN remove)
{
    struct object *packet = api_object_of(handle, &wait_packet_ops);

    if (!packet)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = wait_packet_cancel((struct wait_packet *)packet, remove);
    object_unref(packet, OBJ_REF_CALL);
    return status;
}

NTSTATUS NTAPI NtAllocateReserveObject(PHANDLE handle, POBJECT_ATTRIBUTES attributes,
                                       MEMORY_RESERVE_TYPE type)
{
    (void)attributes;
    if (type == MemoryReserveUserApc)
        return STATUS_NOT_SUPPORTED;
    if (type != MemoryReserveIoCompletion)
        return STATUS_INVALID_PARAMETER;
    return nt__open(reserve_object(reserve_create()), handle);
}

NTSTATUS NTAPI NtSetIoCompletionEx(HANDLE port_handle, HANDLE reserve_handle, PVOID key,
                                   PVOID value, NTSTATUS status, ULONG_PTR information)
{
    struct object *port = api_object_of(port_handle, &port_ops);
    struct object *reserve = api_object_of(reserve_handle, &reserve_ops);
    NTSTATUS result = STATUS_INVALID_HANDLE;

    if (port && reserve) {
        struct port_entry values = {(uintptr_t)key, value, information, status};
        result = reserve_post((struct reserve *)reserve, (struct port *)port, &values);
    }
    if (port)
        object_unref(port, OBJ_REF_CALL);
    if (reserve)
        object_unref(reserve, OBJ_REF_CALL);
    return result;
}
