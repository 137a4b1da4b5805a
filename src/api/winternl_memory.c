/* SPDX-License-Identifier: MIT
 *
 * Address space as the NT layer gives it (rule NTF-13): VirtualAlloc and VirtualFree with rounded
 * addresses and sizes handed back.
 */
#include "api/object.h"

#include "mem/region.h"
#include "status/status.h"
#include "wait/process.h"

#include <windows.h>
#include <iocp_nt.h>

#include <unistd.h>

static NTSTATUS memory__check(HANDLE process, PVOID *address, PSIZE_T size)
{
    struct object *object = api_object_of(process, &process_ops);

    if (!object)
        return STATUS_INVALID_HANDLE;
    object_unref(object, OBJ_REF_CALL);
    return address && size ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* Whole pages that hold these bytes. */
static void memory__round(PVOID *address, PSIZE_T size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)*address & ~(page - 1);
    uintptr_t beyond = ((uintptr_t)*address + *size + page - 1) & ~(page - 1);

    *address = (PVOID)first;
    *size = beyond - first;
}

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, PVOID *address, ULONG_PTR zero_bits,
                                       PSIZE_T size, ULONG type, ULONG protection)
{
    NTSTATUS status = memory__check(process, address, size);

    if (status != STATUS_SUCCESS)
        return status;
    if (zero_bits)
        return STATUS_INVALID_PARAMETER_3;
    void *wanted = *address, *got = *address;
    SIZE_T bytes = *size;
    status = region_allocate(&got, bytes, type, protection);
    if (status != STATUS_SUCCESS)
        return status;
    /* From where it begins to the end of what was asked for. */
    bytes += wanted ? (uintptr_t)wanted - (uintptr_t)got : 0;
    memory__round(&got, &bytes);
    *address = got;
    *size = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, PVOID *address, PSIZE_T size, ULONG type)
{
    NTSTATUS status = memory__check(process, address, size);

    if (status == STATUS_SUCCESS)
        status = region_free(*address, *size, type);
    if (status == STATUS_SUCCESS)
        memory__round(address, size);
    return status;
}
