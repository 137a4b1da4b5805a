/* SPDX-License-Identifier: MIT
 *
 * Ports as the NT layer calls them (rules NT-1 to 6).
 */
#include "api/native_object.h"
#include "api/object.h"

#include "port/port.h"
#include "stats/stats.h"

#include <windows.h>
#include <winternl.h>
#include <iocp_nt.h>

NTSTATUS NTAPI NtCreateIoCompletion(PHANDLE handle, ACCESS_MASK access,
                                    POBJECT_ATTRIBUTES attributes, ULONG threads)
{
    struct port *port = port_create(threads);

    (void)access; /* every handle has all of its object's rights here */
    (void)attributes;
    stats_start_if_asked();
    if (!port)
        return STATUS_INSUFFICIENT_RESOURCES;
    uintptr_t made = handle_open(port_object(port));
    object_unref(port_object(port), OBJ_REF_CALL);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    *handle = (HANDLE)made;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtSetIoCompletion(HANDLE handle, ULONG_PTR key, ULONG_PTR value, NTSTATUS status,
                                 ULONG_PTR information)
{
    struct port *port = (struct port *)api_object_of(handle, &port_ops);

    if (!port)
        return STATUS_INVALID_HANDLE;
    NTSTATUS result = port_post(port, key, (void *)value, information, status);
    object_unref(port_object(port), OBJ_REF_CALL);
    return result;
}

NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE handle, PULONG_PTR key, PULONG_PTR value,
                                    PIO_STATUS_BLOCK result, PLARGE_INTEGER timeout)
{
    struct port *port = (struct port *)api_object_of(handle, &port_ops);
    struct port_entry entry;

    if (!port)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = port_remove_one(port, &entry, native_deadline(timeout));
    object_unref(port_object(port), OBJ_REF_CALL);
    if (status != STATUS_SUCCESS)
        return status;
    *key = entry.key;
    *value = (ULONG_PTR)entry.overlapped;
    result->Status = entry.status;
    result->Information = entry.information;
    return STATUS_SUCCESS;
}

_Static_assert(sizeof(FILE_IO_COMPLETION_INFORMATION) == sizeof(struct port_entry),
               "the program's array takes the port's entries first");

NTSTATUS NTAPI NtRemoveIoCompletionEx(HANDLE handle, PFILE_IO_COMPLETION_INFORMATION entries,
                                      ULONG count, PULONG removed, PLARGE_INTEGER timeout,
                                      BOOLEAN alertable)
{
    struct port *port = (struct port *)api_object_of(handle, &port_ops);
    uint32_t taken = 0;

    if (!port)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = count ? port_remove(port, (struct port_entry *)entries, count, &taken,
                                          native_deadline(timeout), alertable)
                            : (NTSTATUS)STATUS_INVALID_PARAMETER;
    object_unref(port_object(port), OBJ_REF_CALL);
    if (status == STATUS_TIMEOUT || status == STATUS_USER_APC)
        *removed = 1; /* NT-4 */
    if (status != STATUS_SUCCESS)
        return status;
    for (uint32_t index = 0; index < taken; index++) {
        struct port_entry entry;
        memcpy(&entry, &entries[index], sizeof entry);
        memset(&entries[index], 0, sizeof entries[index]);
        entries[index].CompletionKey = entry.key;
        entries[index].CompletionValue = (ULONG_PTR)entry.overlapped;
        entries[index].IoStatusBlock.Status = entry.status;
        entries[index].IoStatusBlock.Information = entry.information;
    }
    *removed = taken;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtQueryIoCompletion(HANDLE handle, IO_COMPLETION_INFORMATION_CLASS class,
                                   PVOID information, ULONG length, PULONG needed)
{
    struct port_state state;

    if (class != IoCompletionBasicInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (length != sizeof(LONG))
        return STATUS_INFO_LENGTH_MISMATCH;
    struct port *port = (struct port *)api_object_of(handle, &port_ops);
    if (!port)
        return STATUS_INVALID_HANDLE;
    port_query(port, &state);
    object_unref(port_object(port), OBJ_REF_CALL);
    memcpy(information, &(LONG){(LONG)state.depth}, sizeof(LONG));
    if (needed)
        *needed = sizeof(LONG);
    return STATUS_SUCCESS;
}
