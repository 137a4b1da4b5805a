/* SPDX-License-Identifier: MIT
 *
 * Being told of changes in a directory: ReadDirectoryChangesW, and the handles of
 * FindFirstChangeNotification, which are directories with a call of the library's own on them.
 */
#include "api/fileapi.h"
#include "api/last_error.h"
#include "api/utf16.h"

#include "io/operation.h"
#include "wait/dispatcher.h"

#include <windows.h>

#include <stdlib.h>

static void changes__call_routine(const struct io_routine *routine)
{
    LPOVERLAPPED_COMPLETION_ROUTINE function = (LPOVERLAPPED_COMPLETION_ROUTINE)routine->function;

    function(status_win32(routine->status), (DWORD)routine->information, routine->overlapped);
}

BOOL WINAPI ReadDirectoryChangesW(HANDLE handle, LPVOID room, DWORD length, BOOL subtree,
                                  DWORD filter, LPDWORD returned, LPOVERLAPPED overlapped,
                                  LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    uint32_t bytes = 0;
    struct file_changes_call call = {.room = room,
                                     .length = length,
                                     .filter = filter,
                                     .subtree = subtree,
                                     .overlapped = overlapped,
                                     .routine = (void *)routine,
                                     .call = changes__call_routine,
                                     .bytes = &bytes};

    if (!handle) /* RDC-2 */
        return api_fail(STATUS_INVALID_PARAMETER);
    struct file *file = fileapi_file(handle);
    NTSTATUS status = file ? file_read_changes(file, &call) : STATUS_INVALID_HANDLE;
    if (file)
        fileapi_unref(file);
    if (!status_succeeded(status))
        return api_fail(status);
    if (returned && status != STATUS_PENDING)
        *returned = bytes;
    return TRUE; /* RDC-1: also if it pends */
}

/* Asks for the next change, whatever it is. */
static NTSTATUS changes__arm(HANDLE handle, BOOL subtree, DWORD filter)
{
    struct file_changes_call call = {.filter = filter, .subtree = subtree, .anonymous = true};
    struct file *file = fileapi_file(handle);
    NTSTATUS status = file ? file_read_changes(file, &call) : STATUS_INVALID_HANDLE;

    if (file)
        fileapi_unref(file);
    return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

HANDLE WINAPI FindFirstChangeNotificationA(LPCSTR name, BOOL subtree, DWORD filter)
{
    HANDLE handle =
        CreateFileA(name, FILE_LIST_DIRECTORY | SYNCHRONIZE,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);

    if (handle == INVALID_HANDLE_VALUE)
        return handle;
    NTSTATUS status = changes__arm(handle, subtree, filter);
    if (status == STATUS_SUCCESS)
        return handle;
    CloseHandle(handle);
    api_fail(status);
    return INVALID_HANDLE_VALUE;
}

HANDLE WINAPI FindFirstChangeNotificationW(LPCWSTR name, BOOL subtree, DWORD filter)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;

    if (name && !text) {
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
        return INVALID_HANDLE_VALUE;
    }
    HANDLE handle = FindFirstChangeNotificationA(text, subtree, filter);
    free(text);
    return handle;
}

BOOL WINAPI FindNextChangeNotification(HANDLE handle)
{
    /* What is asked for is the first call's. */
    NTSTATUS status = changes__arm(handle, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI FindCloseChangeNotification(HANDLE handle)
{
    return CloseHandle(handle);
}
