/* SPDX-License-Identifier: MIT
 *
 * memoryapi.h: files and memory that are mapped; address space that is reserved and committed.
 */
#include "api/fileapi.h"
#include "api/last_error.h"
#include "api/object.h"

#include "base/probe.h"
#include "file/section.h"
#include "mem/region.h"
#include "wait/name.h"
#include "wait/process.h"

#include <windows.h>

static HANDLE section__fail(NTSTATUS status)
{
    api_fail(status);
    return NULL;
}

static HANDLE section__create(HANDLE handle, DWORD protection, uint64_t size, const char *name,
                              NTSTATUS named)
{
    struct section *section = NULL;
    struct file *file = NULL;
    uintptr_t made = 0;

    if (!status_succeeded(named))
        return section__fail(named);
    if (handle != INVALID_HANDLE_VALUE && !(file = fileapi_file(handle)))
        return section__fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = section_new(file, protection, size, &section);
    if (file)
        fileapi_unref(file);
    if (status != STATUS_SUCCESS)
        return section__fail(status);
    struct dispatcher *dispatcher = section_dispatcher(section);
    status = name_create(dispatcher, name, &made);
    object_unref(&dispatcher->object, OBJ_REF_CALL);
    if (!status_succeeded(status))
        return section__fail(status);
    api_set_last_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return (HANDLE)made;
}

HANDLE WINAPI CreateFileMappingA(HANDLE handle, LPSECURITY_ATTRIBUTES attributes, DWORD protection,
                                 DWORD high, DWORD low, LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);

    (void)attributes;
    return section__create(handle, protection, (uint64_t)high << 32 | low, name, status);
}

HANDLE WINAPI CreateFileMappingW(HANDLE handle, LPSECURITY_ATTRIBUTES attributes, DWORD protection,
                                 DWORD high, DWORD low, LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);

    (void)attributes;
    return section__create(handle, protection, (uint64_t)high << 32 | low, name, status);
}

static HANDLE section__open(const char *name, NTSTATUS named)
{
    uintptr_t handle = 0;

    if (status_succeeded(named))
        named = name ? name_open(name, &section_ops, &handle) : STATUS_INVALID_PARAMETER;
    return status_succeeded(named) ? (HANDLE)handle : section__fail(named);
}

HANDLE WINAPI OpenFileMappingA(DWORD access, BOOL inherit, LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);

    (void)access;
    (void)inherit;
    return section__open(name, status);
}

HANDLE WINAPI OpenFileMappingW(DWORD access, BOOL inherit, LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);

    (void)access;
    (void)inherit;
    return section__open(name, status);
}

LPVOID WINAPI MapViewOfFileEx(HANDLE handle, DWORD access, DWORD high, DWORD low, SIZE_T length,
                              LPVOID wanted)
{
    struct object *object = api_object_of(handle, &section_ops);
    void *address = NULL;

    if (!object)
        return section__fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = section_map((struct section *)object, access, (uint64_t)high << 32 | low,
                                  length, wanted, &address);
    object_unref(object, OBJ_REF_CALL);
    return status == STATUS_SUCCESS ? address : section__fail(status);
}

LPVOID WINAPI MapViewOfFile(HANDLE handle, DWORD access, DWORD high, DWORD low, SIZE_T length)
{
    return MapViewOfFileEx(handle, access, high, low, length, NULL);
}

BOOL WINAPI UnmapViewOfFile(LPCVOID address)
{
    NTSTATUS status = section_unmap(address);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI FlushViewOfFile(LPCVOID address, SIZE_T length)
{
    NTSTATUS status = section_flush(address, length);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

/* Other processes' memory is out of reach. */
static NTSTATUS memory__check_process(HANDLE process)
{
    struct object *object = api_object_of(process, &process_ops);

    if (!object)
        return STATUS_INVALID_HANDLE;
    object_unref(object, OBJ_REF_CALL);
    return STATUS_SUCCESS;
}

LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protection)
{
    NTSTATUS status = region_allocate(&address, size, type, protection);

    if (status == STATUS_SUCCESS)
        return address;
    api_fail(status);
    return NULL;
}

LPVOID WINAPI VirtualAllocEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type,
                             DWORD protection)
{
    NTSTATUS status = memory__check_process(process);

    if (status == STATUS_SUCCESS)
        return VirtualAlloc(address, size, type, protection);
    api_fail(status);
    return NULL;
}

BOOL WINAPI VirtualFree(LPVOID address, SIZE_T size, DWORD type)
{
    NTSTATUS status = region_free(address, size, type);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI VirtualFreeEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type)
{
    NTSTATUS status = memory__check_process(process);

    return status == STATUS_SUCCESS ? VirtualFree(address, size, type) : api_fail(status);
}

BOOL WINAPI VirtualProtect(LPVOID address, SIZE_T size, DWORD protection, PDWORD before)
{
    uint32_t old;

    if (!before || !probe_writable(before, sizeof *before))
        return api_fail(STATUS_ACCESS_VIOLATION);
    NTSTATUS status = region_protect(address, size, protection, &old);
    if (status != STATUS_SUCCESS)
        return api_fail(status);
    *before = old;
    return TRUE;
}

SIZE_T WINAPI GetLargePageMinimum(VOID)
{
    return 0;
}
