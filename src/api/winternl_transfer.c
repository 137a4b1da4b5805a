/* SPDX-License-Identifier: MIT
 *
 * Operations of files as the NT layer starts them (rules NTF-1 to 6): reading, writing, control
 * codes, flushing, cancelling. Each goes the way of its Win32 call, with an OVERLAPPED on this
 * thread's stack in place of the program's (struct io_native). Takes no lock of its own.
 */
#include "api/control.h"
#include "api/fileapi.h"
#include "api/native.h"
#include "api/object.h"

#include "sched/sched.h"
#include "status/status.h"

#include <iocp_nt.h>

static void native__call_routine(const struct io_routine *routine)
{
    PIO_APC_ROUTINE function = (PIO_APC_ROUTINE)routine->function;

    function(routine->context, (PIO_STATUS_BLOCK)routine->overlapped, 0);
}

NTSTATUS native_begin(struct native_call *call, HANDLE file, HANDLE event, PIO_APC_ROUTINE routine,
                      void *context, PIO_STATUS_BLOCK block)
{
    if (!block)
        return STATUS_ACCESS_VIOLATION;
    call->file = api_file(file);
    if (!call->file)
        return STATUS_INVALID_HANDLE;
    call->io = (struct io_native){.overlapped.hEvent = event,
                                  .block = block,
                                  .context = context,
                                  .routine = (void *)routine,
                                  .call = native__call_routine};
    io_native_enter(&call->io);
    return STATUS_SUCCESS;
}

void native_end(struct native_call *call)
{
    io_native_leave(&call->io);
    api_file_unref(call->file);
}

NTSTATUS native_finish(PIO_STATUS_BLOCK block, NTSTATUS status, uintptr_t information)
{
    if (!status_is_error(status))
        *block = (IO_STATUS_BLOCK){.Status = status, .Information = information};
    return status;
}

/* NTF-2: what has no positions ignores them. */
static NTSTATUS native__place(struct native_call *call, const LARGE_INTEGER *offset)
{
    LARGE_INTEGER place = {.QuadPart = 0};
    bool is_file = file_object(call->file)->ops == &file_ops;

    if (offset && is_file)
        place = *offset;
    else if (is_file && io_file_has(call->file, IO_FILE_OVERLAPPED))
        return STATUS_INVALID_PARAMETER;
    else if (is_file)
        place.QuadPart = -2; /* FILE_USE_FILE_POINTER_POSITION */
    call->io.overlapped.Offset = place.LowPart;
    call->io.overlapped.OffsetHigh = (DWORD)place.HighPart;
    return STATUS_SUCCESS;
}

static NTSTATUS native__transfer(struct native_call *call, struct io_transfer *transfer,
                                 const LARGE_INTEGER *offset, bool writing)
{
    uint32_t moved;
    NTSTATUS status = native__place(call, offset);

    transfer->overlapped = &call->io.overlapped;
    transfer->bytes = &moved;
    if (status == STATUS_SUCCESS)
        status = file_object(call->file)->ops->io->transfer(call->file, transfer, writing);
    native_end(call);
    return status;
}

NTSTATUS NTAPI NtReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                          PIO_STATUS_BLOCK block, PVOID data, ULONG length, PLARGE_INTEGER offset,
                          PULONG key)
{
    struct io_transfer transfer = {.data = data, .length = length};
    struct native_call call;
    NTSTATUS status = native_begin(&call, handle, event, routine, context, block);

    (void)key;
    return status == STATUS_SUCCESS ? native__transfer(&call, &transfer, offset, false) : status;
}

NTSTATUS NTAPI NtWriteFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                           PIO_STATUS_BLOCK block, PVOID data, ULONG length, PLARGE_INTEGER offset,
                           PULONG key)
{
    struct io_transfer transfer = {.data = data, .length = length};
    struct native_call call;
    NTSTATUS status = native_begin(&call, handle, event, routine, context, block);

    (void)key;
    return status == STATUS_SUCCESS ? native__transfer(&call, &transfer, offset, true) : status;
}

NTSTATUS NTAPI NtFsControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                               PIO_STATUS_BLOCK block, ULONG code, PVOID input, ULONG input_length,
                               PVOID output, ULONG output_length)
{
    struct native_call call;
    uint32_t bytes = 0;
    NTSTATUS status = native_begin(&call, handle, event, routine, context, block);

    if (status != STATUS_SUCCESS)
        return status;
    struct control_call wanted = {.code = code,
                                  .input = input,
                                  .input_length = input_length,
                                  .output = output,
                                  .output_length = output_length,
                                  .overlapped = &call.io.overlapped,
                                  .bytes = &bytes};
    status = control_file_system(call.file, &wanted);
    native_end(&call);
    return status;
}

NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine,
                                     PVOID context, PIO_STATUS_BLOCK block, ULONG code, PVOID input,
                                     ULONG input_length, PVOID output, ULONG output_length)
{
    struct native_call call;
    NTSTATUS status = native_begin(&call, handle, event, routine, context, block);

    (void)code;
    (void)input;
    (void)input_length;
    (void)output;
    (void)output_length;
    if (status != STATUS_SUCCESS)
        return status;
    native_end(&call);
    return STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS NTAPI NtFlushBuffersFile(HANDLE handle, PIO_STATUS_BLOCK block)
{
    if (!block)
        return STATUS_ACCESS_VIOLATION;
    return native_finish(block, fileapi_flush(handle), 0);
}

NTSTATUS NTAPI NtFlushBuffersFileEx(HANDLE handle, ULONG flags, PVOID parameters, ULONG size,
                                    PIO_STATUS_BLOCK block)
{
    enum { FLUSH_FLAGS_KNOWN = 7 };

    if (flags & ~(ULONG)FLUSH_FLAGS_KNOWN || parameters || size)
        return STATUS_INVALID_PARAMETER;
    return NtFlushBuffersFile(handle, block);
}

static NTSTATUS native__cancel(HANDLE handle, void *which, uint32_t thread, PIO_STATUS_BLOCK block)
{
    if (!block)
        return STATUS_ACCESS_VIOLATION;
    struct io_file *file = api_file(handle);
    if (!file)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = io_cancel(file, which, thread);
    api_file_unref(file);
    if (thread)
        status = STATUS_SUCCESS; /* whether there was anything or not */
    *block = (IO_STATUS_BLOCK){.Status = status};
    return status;
}

NTSTATUS NTAPI NtCancelIoFile(HANDLE handle, PIO_STATUS_BLOCK block)
{
    return native__cancel(handle, NULL, sched_thread_number(), block);
}

NTSTATUS NTAPI NtCancelIoFileEx(HANDLE handle, PIO_STATUS_BLOCK which, PIO_STATUS_BLOCK block)
{
    return native__cancel(handle, which, 0, block);
}
