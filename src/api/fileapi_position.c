/* SPDX-License-Identifier: MIT
 *
 * fileapi.h: where a file stands, where it ends, and which of its ranges are locked.
 */
#include "api/fileapi.h"
#include "api/last_error.h"

#include <windows.h>

/* Ends a call: the reference, and the last error if it failed. */
static BOOL fileapi__end(struct file *file, NTSTATUS status)
{
    if (file)
        fileapi_unref(file);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI SetFilePointerEx(HANDLE handle, LARGE_INTEGER distance, PLARGE_INTEGER position,
                             DWORD method)
{
    struct file *file = fileapi_file(handle);
    int64_t reached = 0;
    NTSTATUS status =
        file ? file_seek(file, distance.QuadPart, method, &reached) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS && position)
        position->QuadPart = reached;
    return fileapi__end(file, status);
}

DWORD WINAPI SetFilePointer(HANDLE handle, LONG distance, PLONG high, DWORD method)
{
    LARGE_INTEGER whole = {.QuadPart = distance}, before, after;
    const LARGE_INTEGER none = {.QuadPart = 0};

    if (high)
        whole.QuadPart = (LONGLONG)((ULONGLONG)(ULONG)*high << 32 | (ULONG)distance);
    if (!SetFilePointerEx(handle, none, &before, FILE_CURRENT) ||
        !SetFilePointerEx(handle, whole, &after, method))
        return INVALID_SET_FILE_POINTER;
    if (!high && after.QuadPart > UINT32_MAX) { /* it cannot be told: back again */
        SetFilePointerEx(handle, before, NULL, FILE_BEGIN);
        api_fail(STATUS_INVALID_PARAMETER);
        return INVALID_SET_FILE_POINTER;
    }
    if (high)
        *high = after.HighPart;
    api_set_last_error(ERROR_SUCCESS);
    return after.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE handle)
{
    struct file *file = fileapi_file(handle);

    return fileapi__end(file, file ? file_set_end_here(file) : STATUS_INVALID_HANDLE);
}

/* Windows shows what was in the sectors before; here it reads as zeros, which is allowed. */
BOOL WINAPI SetFileValidData(HANDLE handle, LONGLONG length)
{
    struct file *file = fileapi_file(handle);
    struct file_facts facts;
    NTSTATUS status = file ? file_facts(file, &facts) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS && (length < 0 || (uint64_t)length > facts.size))
        status = STATUS_INVALID_PARAMETER;
    return fileapi__end(file, status);
}

BOOL WINAPI GetFileSizeEx(HANDLE handle, PLARGE_INTEGER size)
{
    struct file *file = fileapi_file(handle);
    struct file_facts facts = {0};
    NTSTATUS status = file ? file_facts(file, &facts) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS)
        size->QuadPart = (LONGLONG)facts.size;
    return fileapi__end(file, status);
}

DWORD WINAPI GetFileSize(HANDLE handle, LPDWORD high)
{
    LARGE_INTEGER size;

    if (!GetFileSizeEx(handle, &size))
        return INVALID_FILE_SIZE;
    if (high)
        *high = (DWORD)size.HighPart;
    if (size.LowPart == INVALID_FILE_SIZE)
        api_set_last_error(ERROR_SUCCESS);
    return size.LowPart;
}

static BOOL fileapi__lock(HANDLE handle, const struct file_lock_range *range, DWORD flags,
                          LPOVERLAPPED overlapped)
{
    struct file *file = fileapi_file(handle);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    if (file)
        status = file_lock(file, range, flags & LOCKFILE_EXCLUSIVE_LOCK,
                           flags & LOCKFILE_FAIL_IMMEDIATELY, overlapped);
    return fileapi__end(file, status);
}

static BOOL fileapi__unlock(HANDLE handle, const struct file_lock_range *range)
{
    struct file *file = fileapi_file(handle);

    return fileapi__end(file, file ? file_unlock(file, range) : STATUS_INVALID_HANDLE);
}

static uint64_t fileapi__whole(DWORD low, DWORD high)
{
    return (uint64_t)high << 32 | low;
}

BOOL WINAPI LockFile(HANDLE handle, DWORD low, DWORD high, DWORD length_low, DWORD length_high)
{
    struct file_lock_range range = {.first = fileapi__whole(low, high),
                                    .length = fileapi__whole(length_low, length_high)};

    return fileapi__lock(handle, &range, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, NULL);
}

BOOL WINAPI UnlockFile(HANDLE handle, DWORD low, DWORD high, DWORD length_low, DWORD length_high)
{
    struct file_lock_range range = {.first = fileapi__whole(low, high),
                                    .length = fileapi__whole(length_low, length_high)};

    return fileapi__unlock(handle, &range);
}

BOOL WINAPI LockFileEx(HANDLE handle, DWORD flags, DWORD reserved, DWORD length_low,
                       DWORD length_high, LPOVERLAPPED overlapped)
{
    if (!overlapped || reserved)
        return api_fail(STATUS_INVALID_PARAMETER);
    struct file_lock_range range = {.first =
                                        fileapi__whole(overlapped->Offset, overlapped->OffsetHigh),
                                    .length = fileapi__whole(length_low, length_high)};
    return fileapi__lock(handle, &range, flags, overlapped);
}

BOOL WINAPI UnlockFileEx(HANDLE handle, DWORD reserved, DWORD length_low, DWORD length_high,
                         LPOVERLAPPED overlapped)
{
    if (!overlapped || reserved)
        return api_fail(STATUS_INVALID_PARAMETER);
    struct file_lock_range range = {.first =
                                        fileapi__whole(overlapped->Offset, overlapped->OffsetHigh),
                                    .length = fileapi__whole(length_low, length_high)};
    return fileapi__unlock(handle, &range);
}
