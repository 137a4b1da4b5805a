/* SPDX-License-Identifier: MIT
 *
 * Control codes of file systems: files have theirs in their room, a pipe's are calls that pipes
 * have anyhow. Takes no lock of its own.
 */
#include "api/control.h"
#include "api/utf16.h"

#include "file/file.h"
#include "io/operation.h"
#include "pipe/pipe.h"
#include "status/status.h"

#include <windows.h>
#include <iocp_nt.h>

#include <stdlib.h>
#include <string.h>

/* FSCTL_PIPE_PEEK: status and what is there, then the data. */
static NTSTATUS control__peek(struct pipe *pipe, const struct control_call *call, uint32_t *bytes)
{
    const uint32_t head = offsetof(FILE_PIPE_PEEK_BUFFER, Data);

    if (call->output_length < head)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!call->output)
        return STATUS_ACCESS_VIOLATION;
    FILE_PIPE_PEEK_BUFFER *found = call->output;
    struct pipe_look look = {.data = found->Data, .length = call->output_length - head};
    uint32_t phase = pipe_phase(pipe);
    if (phase == FILE_PIPE_DISCONNECTED_STATE)
        return STATUS_PIPE_DISCONNECTED;
    NTSTATUS status = pipe_peek(pipe, &look);
    if (status != STATUS_SUCCESS)
        return status;
    found->NamedPipeState = phase;
    found->ReadDataAvailable = look.available;
    found->NumberOfMessages = look.messages;
    found->MessageLength = look.first;
    *bytes = head + look.read;
    bool all = look.messages ? look.read >= look.first : look.read == look.available;
    return all ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

/* As pipe_wait has it: 0 is the pipe's own. */
static uint32_t control__milliseconds(const FILE_PIPE_WAIT_FOR_BUFFER *wanted)
{
    const int64_t per_millisecond = 10000;

    if (!wanted->TimeoutSpecified)
        return NMPWAIT_USE_DEFAULT_WAIT;
    int64_t left = -wanted->Timeout.QuadPart;
    if (wanted->Timeout.QuadPart == INT64_MIN || left / per_millisecond >= UINT32_MAX)
        return NMPWAIT_WAIT_FOREVER;
    return left < per_millisecond ? NMPWAIT_NOWAIT : (uint32_t)(left / per_millisecond);
}

/* FSCTL_PIPE_WAIT: waits in the call. */
static NTSTATUS control__wait(const struct control_call *call)
{
    const uint32_t head = offsetof(FILE_PIPE_WAIT_FOR_BUFFER, Name);
    FILE_PIPE_WAIT_FOR_BUFFER wanted;

    if (!call->input || call->input_length < head)
        return STATUS_INVALID_PARAMETER;
    memcpy(&wanted, call->input, head);
    if (wanted.NameLength % sizeof(WCHAR) || !wanted.NameLength ||
        wanted.NameLength > call->input_length - head)
        return STATUS_INVALID_PARAMETER;
    char *name = utf16_to_utf8((const WCHAR *)((const char *)call->input + head),
                               wanted.NameLength / sizeof(WCHAR));
    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = pipe_wait(name, control__milliseconds(&wanted));
    free(name);
    return status;
}

/* Done in the call, whatever handle it is. */
static NTSTATUS control__now(struct io_file *file, const struct control_call *call, uint32_t *bytes)
{
    switch (call->code) {
    case FSCTL_PIPE_PEEK:
        return control__peek((struct pipe *)file, call, bytes);
    case FSCTL_PIPE_DISCONNECT:
        return pipe_disconnect((struct pipe *)file);
    default:
        return control__wait(call);
    }
}

static NTSTATUS control__at_once(struct io_file *file, const struct control_call *call)
{
    struct io_operation *operation = NULL;
    uint32_t bytes = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (call->overlapped)
        status = io_begin(file, call->overlapped, NULL, NULL, &operation);
    else if (io_file_has(file, IO_FILE_OVERLAPPED))
        status = STATUS_INVALID_PARAMETER;
    if (status != STATUS_SUCCESS)
        return status;
    status = control__now(file, call, &bytes);
    if (call->bytes && !status_is_error(status))
        *call->bytes = bytes;
    if (operation)
        io_complete(operation, status, bytes, true);
    return status;
}

static NTSTATUS control__pipe(struct io_file *file, const struct control_call *call)
{
    struct pipe_transaction transaction = {.out = (void *)call->input,
                                           .in = call->output,
                                           .out_length = call->input_length,
                                           .in_length = call->output_length,
                                           .overlapped = call->overlapped,
                                           .bytes = call->bytes};

    switch (call->code) {
    case FSCTL_PIPE_LISTEN:
        return pipe_connect((struct pipe *)file, call->overlapped);
    case FSCTL_PIPE_TRANSCEIVE:
        return pipe_transact((struct pipe *)file, &transaction);
    case FSCTL_PIPE_DISCONNECT:
    case FSCTL_PIPE_PEEK:
        return control__at_once(file, call);
    case FSCTL_PIPE_WAIT: /* of the place where pipes are, not of one of them */
        return STATUS_ILLEGAL_FUNCTION;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

NTSTATUS control_file_system(struct io_file *file, const struct control_call *call)
{
    if (file_object(file)->ops == &pipe_ops)
        return control__pipe(file, call);
    if (file_object(file)->ops == &pipe_root_ops)
        return call->code == FSCTL_PIPE_WAIT ? control__at_once(file, call)
                                             : STATUS_INVALID_DEVICE_REQUEST;
    if (file_object(file)->ops == &file_ops)
        return file_control((struct file *)file, call->code, call->input, call->input_length,
                            call->overlapped);
    return STATUS_INVALID_DEVICE_REQUEST;
}
