/* SPDX-License-Identifier: MIT
 *
 * fileapi.h: opening files, and reading and writing through any handle that can be read or written.
 */
#include "api/fileapi.h"

#include "api/in_call.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/utf16.h"

#include "io/operation.h"
#include "pipe/pipe.h"

#include <windows.h>

#include <stdlib.h>

struct file *fileapi_file(HANDLE handle)
{
    return (struct file *)api_object_of(handle, &file_ops);
}

void fileapi_unref(struct file *file)
{
    object_unref((struct object *)file, OBJ_REF_CALL);
}

/* STATUS_NOT_FOUND: the name is no pipe's. */
static NTSTATUS fileapi__open_pipe(const struct file_opening *opening, uintptr_t *handle)
{
    struct pipe_opening wanted = {
        .access = opening->access, .disposition = opening->disposition, .flags = opening->flags};

    if (!pipe_is_name(opening->name, &wanted.name))
        return STATUS_NOT_FOUND;
    return pipe_open(&wanted, handle);
}

NTSTATUS fileapi_open(const struct file_opening *opening, uintptr_t *handle, bool *existed)
{
    NTSTATUS status = fileapi__open_pipe(opening, handle);

    *existed = true;
    return status == STATUS_NOT_FOUND ? file_create(opening, handle, existed) : status;
}

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD disposition, DWORD flags, HANDLE template_file)
{
    struct file_opening opening = {
        .name = name, .access = access, .share = share, .disposition = disposition, .flags = flags};
    uintptr_t handle = 0;
    bool existed;

    (void)security; /* no handle is inherited, and rights are the system's */
    (void)template_file;
    if (!name) {
        api_fail(STATUS_OBJECT_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    NTSTATUS status = fileapi_open(&opening, &handle, &existed);
    if (status != STATUS_SUCCESS) {
        api_fail(status);
        if (status == STATUS_OBJECT_NAME_COLLISION)
            api_set_last_error(ERROR_FILE_EXISTS);
        return INVALID_HANDLE_VALUE;
    }
    if (disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS)
        api_set_last_error(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return (HANDLE)handle;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD disposition, DWORD flags, HANDLE template_file)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;

    if (name && !text) {
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
        return INVALID_HANDLE_VALUE;
    }
    HANDLE handle = CreateFileA(text, access, share, security, disposition, flags, template_file);
    free(text);
    return handle;
}

HANDLE WINAPI CreateFile2(LPCWSTR name, DWORD access, DWORD share, DWORD disposition,
                          LPCREATEFILE2_EXTENDED_PARAMETERS more)
{
    if (more && more->dwSize < sizeof *more) {
        api_fail(STATUS_INVALID_PARAMETER);
        return INVALID_HANDLE_VALUE;
    }
    DWORD flags = more ? more->dwFileAttributes | more->dwFileFlags : 0;
    return CreateFileW(name, access, share, more ? more->lpSecurityAttributes : NULL, disposition,
                       flags, more ? more->hTemplateFile : NULL);
}

HANDLE WINAPI ReOpenFile(HANDLE handle, DWORD access, DWORD share, DWORD flags)
{
    struct io_file *any = api_file(handle);
    NTSTATUS status = STATUS_INVALID_HANDLE;
    uintptr_t opened = 0;

    if (any) {
        status = file_object(any)->ops == &file_ops
                     ? file_reopen((struct file *)any, access, share, flags, &opened)
                     : STATUS_INVALID_DEVICE_REQUEST;
        api_file_unref(any);
    }
    if (status == STATUS_SUCCESS)
        return (HANDLE)opened;
    api_fail(status);
    return INVALID_HANDLE_VALUE;
}

/* ReadFileEx's flavour of a completion routine. */
static void fileapi__call_routine(const struct io_routine *routine)
{
    LPOVERLAPPED_COMPLETION_ROUTINE function = (LPOVERLAPPED_COMPLETION_ROUTINE)routine->function;

    function(status_win32(routine->status), (DWORD)routine->information, routine->overlapped);
}

struct fileapi_call {
    struct io_file *file;
    struct io_transfer *transfer;
    bool writing;
};

static NTSTATUS fileapi__start(void *context, OVERLAPPED *own)
{
    const struct fileapi_call *call = context;

    call->transfer->overlapped = own;
    return file_object(call->file)->ops->io->transfer(call->file, call->transfer, call->writing);
}

/* PIPE-22 */
static NTSTATUS fileapi__wait(HANDLE handle, struct io_file *file, struct io_transfer *transfer,
                              bool writing)
{
    struct fileapi_call call = {.file = file, .transfer = transfer, .writing = writing};

    return in_call((uintptr_t)handle, fileapi__start, &call, transfer->bytes);
}

static NTSTATUS fileapi__do(HANDLE handle, struct io_file *file, struct io_transfer *transfer,
                            bool writing)
{
    if (UNLIKELY(!transfer->overlapped) && file_object(file)->ops == &pipe_ops &&
        io_file_has(file, IO_FILE_OVERLAPPED))
        return fileapi__wait(handle, file, transfer, writing);
    return file_object(file)->ops->io->transfer(file, transfer, writing);
}

static BOOL fileapi__transfer(HANDLE handle, struct io_transfer *transfer, LPDWORD bytes,
                              bool writing)
{
    struct io_file *file = api_file(handle);
    uint32_t moved = 0;

    if (bytes)
        *bytes = 0;
    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    transfer->call = fileapi__call_routine;
    transfer->bytes = &moved;
    NTSTATUS status = fileapi__do(handle, file, transfer, writing);
    api_file_unref(file);
    /* A message that is too long has been read as far as there was room (PIPE-8). */
    if (!status_is_error(status) && bytes)
        *bytes = moved;
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI ReadFile(HANDLE handle, LPVOID data, DWORD length, LPDWORD read,
                     LPOVERLAPPED overlapped)
{
    struct io_transfer transfer = {.data = data, .length = length, .overlapped = overlapped};

    return fileapi__transfer(handle, &transfer, read, false);
}

BOOL WINAPI WriteFile(HANDLE handle, LPCVOID data, DWORD length, LPDWORD written,
                      LPOVERLAPPED overlapped)
{
    struct io_transfer transfer = {
        .data = (void *)data, .length = length, .overlapped = overlapped};

    return fileapi__transfer(handle, &transfer, written, true);
}

/* FILE-14: accepted is TRUE, with the routine still to come. */
static BOOL fileapi__with_routine(HANDLE handle, struct io_transfer *transfer, bool writing)
{
    if (!transfer->overlapped || !transfer->routine)
        return api_fail(STATUS_INVALID_PARAMETER);
    if (!fileapi__transfer(handle, transfer, NULL, writing) && api_last_error() != ERROR_IO_PENDING)
        return FALSE;
    api_set_last_error(ERROR_SUCCESS);
    return TRUE;
}

BOOL WINAPI ReadFileEx(HANDLE handle, LPVOID data, DWORD length, LPOVERLAPPED overlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct io_transfer transfer = {
        .data = data, .length = length, .overlapped = overlapped, .routine = (void *)routine};

    return fileapi__with_routine(handle, &transfer, false);
}

BOOL WINAPI WriteFileEx(HANDLE handle, LPCVOID data, DWORD length, LPOVERLAPPED overlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct io_transfer transfer = {.data = (void *)data,
                                   .length = length,
                                   .overlapped = overlapped,
                                   .routine = (void *)routine};

    return fileapi__with_routine(handle, &transfer, true);
}

_Static_assert(sizeof(FILE_SEGMENT_ELEMENT) == sizeof(void *),
               "an array of them is one of pointers");

static BOOL fileapi__pages(HANDLE handle, FILE_SEGMENT_ELEMENT *segments, DWORD length,
                           LPOVERLAPPED overlapped, LPDWORD reserved, bool writing)
{
    struct file *file = fileapi_file(handle);

    if (!file)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    if (!reserved && overlapped)
        status = file_transfer_pages(file, (void *const *)segments, length, overlapped, writing);
    fileapi_unref(file);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI ReadFileScatter(HANDLE handle, FILE_SEGMENT_ELEMENT segments[], DWORD length,
                            LPDWORD reserved, LPOVERLAPPED overlapped)
{
    return fileapi__pages(handle, segments, length, overlapped, reserved, false);
}

BOOL WINAPI WriteFileGather(HANDLE handle, FILE_SEGMENT_ELEMENT segments[], DWORD length,
                            LPDWORD reserved, LPOVERLAPPED overlapped)
{
    return fileapi__pages(handle, segments, length, overlapped, reserved, true);
}

NTSTATUS fileapi_flush(HANDLE handle)
{
    struct io_file *any = api_file(handle);
    NTSTATUS status = STATUS_SUCCESS; /* what goes to a socket's peer is never kept back */

    if (!any)
        return STATUS_INVALID_HANDLE;
    if (file_object(any)->ops == &file_ops)
        status = file_flush((struct file *)any);
    else if (file_object(any)->ops == &pipe_ops)
        status = pipe_flush((struct pipe *)any);
    api_file_unref(any);
    return status;
}

BOOL WINAPI FlushFileBuffers(HANDLE handle)
{
    NTSTATUS status = fileapi_flush(handle);

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}
