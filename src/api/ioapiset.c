/* SPDX-License-Identifier: MIT
 *
 * Completion ports, results and cancelling, as programs call them.
 */
#include "api/last_error.h"
#include "api/object.h"

#include "base/clock.h"
#include "io/block.h"
#include "io/operation.h"
#include "io/result.h"
#include "port/port.h"
#include "sched/sched.h"
#include "stats/stats.h"
#include "wait/thread.h"

#include <windows.h>

#include <string.h>

static struct port *ioapi__port(HANDLE handle)
{
    return (struct port *)api_object_of(handle, &port_ops);
}

static void ioapi__unref(struct port *port)
{
    object_unref(port_object(port), OBJ_REF_CALL);
}

/* The same if the calling thread is bound to it, which a thread that takes packets nearly always
 * is: being bound keeps the port, so this takes no reference. */
static struct port *ioapi__own_port(HANDLE handle)
{
    struct port *bound = port_of_thread();

    return LIKELY(bound && handle_names((uintptr_t)handle, port_object(bound))) ? bound : NULL;
}

static NTSTATUS ioapi__associate(HANDLE file, struct port *port, ULONG_PTR key)
{
    struct io_file *found = api_file(file);

    if (!found)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = io_file_associate(found, port, key);
    api_file_unref(found);
    return status;
}

/* PORT-1, PORT-3: a new port, and `file` associated with it unless it is INVALID_HANDLE_VALUE. */
static HANDLE ioapi__create(HANDLE file, ULONG_PTR key, DWORD threads)
{
    struct port *port = port_create(threads);
    NTSTATUS status = STATUS_SUCCESS;
    uintptr_t handle = 0;

    stats_start_if_asked();
    if (!port) {
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
        return NULL;
    }
    if (file != INVALID_HANDLE_VALUE)
        status = ioapi__associate(file, port, key);
    if (status == STATUS_SUCCESS) {
        handle = handle_open(port_object(port));
        if (!handle)
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    ioapi__unref(port);
    if (status != STATUS_SUCCESS)
        api_fail(status);
    return (HANDLE)handle;
}

HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE existing, ULONG_PTR key, DWORD threads)
{
    if (!existing)
        return ioapi__create(file, key, threads);
    if (file == INVALID_HANDLE_VALUE) {
        api_fail(STATUS_INVALID_PARAMETER);
        return NULL;
    }
    struct port *port = ioapi__port(existing);
    if (!port) {
        api_fail(STATUS_INVALID_HANDLE);
        return NULL;
    }
    NTSTATUS status = ioapi__associate(file, port, key);
    ioapi__unref(port);
    if (status == STATUS_SUCCESS)
        return existing;
    api_fail(status);
    return NULL;
}

BOOL WINAPI GetQueuedCompletionStatus(HANDLE handle, LPDWORD bytes, IOCP_KEY_POINTER key,
                                      LPOVERLAPPED *overlapped, DWORD milliseconds)
{
    struct port *own = ioapi__own_port(handle);
    struct port *port = own ? own : ioapi__port(handle);
    struct port_entry entry;

    if (UNLIKELY(!port)) {
        *overlapped = NULL;
        return api_fail(STATUS_INVALID_HANDLE);
    }
    NTSTATUS status = port_remove_one(port, &entry, clock_deadline(milliseconds));
    if (!own)
        ioapi__unref(port);
    if (status != STATUS_SUCCESS) {
        *overlapped = NULL;
        return api_fail(status);
    }
    *bytes = (DWORD)entry.information;
    *key.key = entry.key;
    *overlapped = entry.overlapped;
    return LIKELY(status_succeeded(entry.status)) ? TRUE : api_fail(entry.status);
}

_Static_assert(sizeof(OVERLAPPED_ENTRY) == sizeof(struct port_entry),
               "the program's array takes the port's entries first");

BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE handle, LPOVERLAPPED_ENTRY entries, ULONG count,
                                        PULONG removed, DWORD milliseconds, BOOL alertable)
{
    struct port *own = ioapi__own_port(handle);
    struct port *port = own ? own : ioapi__port(handle);
    uint32_t taken = 0;

    if (!port)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = count ? port_remove(port, (struct port_entry *)entries, count, &taken,
                                          clock_deadline(milliseconds), alertable)
                            : STATUS_INVALID_PARAMETER;
    if (!own)
        ioapi__unref(port);
    if (status != STATUS_SUCCESS)
        return api_fail(status);
    for (uint32_t index = 0; index < taken; index++) {
        struct port_entry entry;
        memcpy(&entry, &entries[index], sizeof entry);
        entries[index] = (OVERLAPPED_ENTRY){.lpCompletionKey = entry.key,
                                            .lpOverlapped = entry.overlapped,
                                            .Internal = (uint32_t)entry.status,
                                            .dwNumberOfBytesTransferred = (DWORD)entry.information};
    }
    *removed = taken;
    return TRUE;
}

BOOL WINAPI PostQueuedCompletionStatus(HANDLE handle, DWORD bytes, ULONG_PTR key,
                                       LPOVERLAPPED overlapped)
{
    struct port *port = ioapi__port(handle);

    if (!port)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = port_post(port, key, overlapped, bytes, STATUS_SUCCESS);
    ioapi__unref(port);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL wait)
{
    bool wait_failed;
    NTSTATUS status =
        io_result((uintptr_t)file, overlapped, bytes, CLOCK_FOREVER, wait, false, &wait_failed);

    if (status == STATUS_PENDING) {
        api_set_last_error(ERROR_IO_INCOMPLETE);
        return FALSE;
    }
    return status_succeeded(status) && !wait_failed ? TRUE : api_fail(status);
}

BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
                                  DWORD milliseconds, BOOL alertable)
{
    bool wait_failed;
    NTSTATUS status = io_result((uintptr_t)file, overlapped, bytes, clock_deadline(milliseconds),
                                milliseconds != 0, milliseconds != 0 && alertable, &wait_failed);

    if (status == STATUS_PENDING) {
        api_set_last_error(ERROR_IO_INCOMPLETE);
        return FALSE;
    }
    return status_succeeded(status) && !wait_failed ? TRUE : api_fail(status);
}

BOOL WINAPI CancelIo(HANDLE handle)
{
    struct io_file *file = api_file(handle);

    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    io_cancel(file, NULL, sched_thread_number());
    api_file_unref(file);
    return TRUE;
}

BOOL WINAPI CancelIoEx(HANDLE handle, LPOVERLAPPED overlapped)
{
    struct io_file *file = api_file(handle);

    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = io_cancel(file, overlapped, 0);
    api_file_unref(file);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI CancelSynchronousIo(HANDLE handle)
{
    struct thread *thread = (struct thread *)api_object_of(handle, &thread_ops);

    if (!thread)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = blocked_cancel(thread->number);
    object_unref((struct object *)thread, OBJ_REF_CALL);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI SetFileCompletionNotificationModes(HANDLE handle, UCHAR modes)
{
    struct io_file *file = api_file(handle);

    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = io_file_add_modes(file, modes);
    api_file_unref(file);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}
