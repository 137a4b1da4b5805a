/* SPDX-License-Identifier: MIT
 *
 * Handles of any kind: closed, duplicated, asked about. A socket's handle is its descriptor and is
 * closed and duplicated by the net room, as a file's that is the C library's is by the file room.
 */
#include "api/last_error.h"
#include "api/object.h"

#include "file/file.h"
#include "net/net.h"

#include <windows.h>
#include <winternl.h>

#include <fcntl.h>

static NTSTATUS handle__close(HANDLE handle)
{
    uintptr_t value = (uintptr_t)handle;

    if (value == API_CURRENT_PROCESS || value == API_CURRENT_THREAD)
        return STATUS_SUCCESS;
    if (value < HANDLE_DESCRIPTORS) {
        struct object *numbered = value ? handle_get(value) : NULL;
        if (!numbered)
            return STATUS_INVALID_HANDLE;
        bool is_file = numbered->ops == &file_ops;
        object_unref(numbered, OBJ_REF_CALL);
        return is_file ? file_close_number(value) : socket_close(value);
    }
    struct object *object = handle_take(value);
    if (!object)
        return STATUS_INVALID_HANDLE;
    handle_release(object);
    return STATUS_SUCCESS;
}

BOOL WINAPI CloseHandle(HANDLE handle)
{
    NTSTATUS status = handle__close(handle);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

NTSTATUS NTAPI NtClose(HANDLE handle)
{
    return handle__close(handle);
}

static bool handle__is_this_process(HANDLE process)
{
    return (uintptr_t)process == API_CURRENT_PROCESS;
}

BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process,
                            LPHANDLE target, DWORD access, BOOL inherit, DWORD options)
{
    uintptr_t made = 0;
    NTSTATUS status = STATUS_SUCCESS;

    (void)access; /* every handle has all of its object's rights here */
    (void)inherit;
    if (!handle__is_this_process(source_process) || !handle__is_this_process(target_process))
        return api_fail(STATUS_INVALID_HANDLE);
    struct object *object = source ? api_object(source) : NULL;
    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    if (object->ops == &socket_ops) {
        status = socket_duplicate((struct socket *)object, &made);
    } else if (object->ops == &file_ops && file_is_adopted((struct file *)object)) {
        status = file_duplicate_adopted((struct file *)object, &made);
    } else {
        made = handle_open(object);
        if (!made)
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    object_unref(object, OBJ_REF_CALL);
    /* The source is closed whatever came of it, as documented. */
    if (options & DUPLICATE_CLOSE_SOURCE)
        handle__close(source);
    if (status != STATUS_SUCCESS)
        return api_fail(status);
    if (target)
        *target = (HANDLE)made;
    else
        handle__close((HANDLE)made);
    return TRUE;
}

BOOL WINAPI GetHandleInformation(HANDLE handle, LPDWORD flags)
{
    struct object *object = handle ? api_object(handle) : NULL;

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    *flags = 0;
    if (object->ops == &socket_ops) {
        int descriptor_flags = fcntl((int)(uintptr_t)handle, F_GETFD);
        if (descriptor_flags >= 0 && !(descriptor_flags & FD_CLOEXEC))
            *flags = HANDLE_FLAG_INHERIT;
    }
    object_unref(object, OBJ_REF_CALL);
    return TRUE;
}

/* Sockets can be inherited by a program that is executed; nothing else can, and no handle can be
 * protected from closing. */
BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags)
{
    struct object *object = handle ? api_object(handle) : NULL;

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    bool is_socket = object->ops == &socket_ops;
    object_unref(object, OBJ_REF_CALL);
    if (mask & flags & (is_socket ? ~(DWORD)HANDLE_FLAG_INHERIT : ~0u))
        return api_fail(STATUS_NOT_SUPPORTED);
    if (is_socket && (mask & HANDLE_FLAG_INHERIT))
        fcntl((int)(uintptr_t)handle, F_SETFD, flags & HANDLE_FLAG_INHERIT ? 0 : FD_CLOEXEC);
    return TRUE;
}
