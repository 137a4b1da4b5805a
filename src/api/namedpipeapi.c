/* SPDX-License-Identifier: MIT
 *
 * namedpipeapi.h, and the A functions that winbase.h declares of it.
 */
#include "api/in_call.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/utf16.h"

#include "pipe/pipe.h"

#include <windows.h>

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIPE_USER_BYTES = 1024, PIPE_CALL_TRIES = 64 };

static struct pipe *pipeapi__pipe(HANDLE handle)
{
    return (struct pipe *)api_object_of(handle, &pipe_ops);
}

/* Ends a call that took the pipe's reference; NULL: there was no pipe. */
static BOOL pipeapi__end(struct pipe *pipe, NTSTATUS status)
{
    if (pipe)
        object_unref((struct object *)pipe, OBJ_REF_CALL);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

/* A wide name as the A functions have it; NULL stays NULL. False: memory is short, and said so. */
static bool pipeapi__narrow(LPCWSTR name, char **text)
{
    *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    if (!name || *text)
        return true;
    api_fail(STATUS_INSUFFICIENT_RESOURCES);
    return false;
}

BOOL WINAPI CreatePipe(PHANDLE reading, PHANDLE writing, LPSECURITY_ATTRIBUTES security, DWORD size)
{
    uintptr_t ends[2];

    (void)security; /* no handle is inherited */
    if (!reading || !writing)
        return api_fail(STATUS_ACCESS_VIOLATION);
    NTSTATUS status = pipe_create_pair(size, &ends[0], &ends[1]);
    if (status != STATUS_SUCCESS)
        return api_fail(status);
    *reading = (HANDLE)ends[0];
    *writing = (HANDLE)ends[1];
    return TRUE;
}

HANDLE WINAPI CreateNamedPipeA(LPCSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances,
                               DWORD out_bytes, DWORD in_bytes, DWORD timeout,
                               LPSECURITY_ATTRIBUTES security)
{
    struct pipe_making making = {.open_mode = open_mode,
                                 .pipe_mode = pipe_mode,
                                 .instances = instances,
                                 .out_bytes = out_bytes,
                                 .in_bytes = in_bytes,
                                 .timeout = timeout};
    NTSTATUS status = STATUS_OBJECT_NAME_INVALID;
    uintptr_t handle = 0;

    (void)security; /* the pipe is its user's alone */
    if (!name)
        status = STATUS_OBJECT_PATH_NOT_FOUND;
    else if (pipe_is_name(name, &making.name))
        status = pipe_create(&making, &handle);
    if (status == STATUS_SUCCESS)
        return (HANDLE)handle;
    api_fail(status);
    return INVALID_HANDLE_VALUE;
}

HANDLE WINAPI CreateNamedPipeW(LPCWSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances,
                               DWORD out_bytes, DWORD in_bytes, DWORD timeout,
                               LPSECURITY_ATTRIBUTES security)
{
    char *text;

    if (!pipeapi__narrow(name, &text))
        return INVALID_HANDLE_VALUE;
    HANDLE handle = CreateNamedPipeA(text, open_mode, pipe_mode, instances, out_bytes, in_bytes,
                                     timeout, security);
    free(text);
    return handle;
}

/* Whether the call has to wait for an operation of its own (PIPE-22). */
static bool pipeapi__waits(struct pipe *pipe, const OVERLAPPED *overlapped)
{
    return !overlapped && io_file_has((struct io_file *)pipe, IO_FILE_OVERLAPPED);
}

static NTSTATUS connect__start(void *context, OVERLAPPED *own)
{
    return pipe_connect(context, own);
}

BOOL WINAPI ConnectNamedPipe(HANDLE handle, LPOVERLAPPED overlapped)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    NTSTATUS status = STATUS_INVALID_HANDLE;
    DWORD bytes;

    if (pipe)
        status = pipeapi__waits(pipe, overlapped)
                     ? in_call((uintptr_t)handle, connect__start, pipe, &bytes)
                     : pipe_connect(pipe, overlapped);
    return pipeapi__end(pipe, status);
}

BOOL WINAPI DisconnectNamedPipe(HANDLE handle)
{
    struct pipe *pipe = pipeapi__pipe(handle);

    return pipeapi__end(pipe, pipe ? pipe_disconnect(pipe) : STATUS_INVALID_HANDLE);
}

BOOL WINAPI WaitNamedPipeA(LPCSTR name, DWORD milliseconds)
{
    NTSTATUS status = STATUS_OBJECT_NAME_INVALID;
    const char *rest;

    if (!name)
        status = STATUS_OBJECT_PATH_NOT_FOUND;
    else if (pipe_is_name(name, &rest))
        status = pipe_wait(rest, milliseconds);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI WaitNamedPipeW(LPCWSTR name, DWORD milliseconds)
{
    char *text;

    if (!pipeapi__narrow(name, &text))
        return FALSE;
    BOOL free_one = WaitNamedPipeA(text, milliseconds);
    free(text);
    return free_one;
}

struct transact_call {
    struct pipe *pipe;
    struct pipe_transaction *transaction;
};

static NTSTATUS transact__start(void *context, OVERLAPPED *own)
{
    const struct transact_call *call = context;

    call->transaction->overlapped = own;
    return pipe_transact(call->pipe, call->transaction);
}

static NTSTATUS transact__do(HANDLE handle, struct pipe *pipe, struct pipe_transaction *transaction)
{
    struct transact_call call = {.pipe = pipe, .transaction = transaction};

    if (!pipe)
        return STATUS_INVALID_HANDLE;
    if (!pipeapi__waits(pipe, transaction->overlapped))
        return pipe_transact(pipe, transaction);
    return in_call((uintptr_t)handle, transact__start, &call, transaction->bytes);
}

BOOL WINAPI TransactNamedPipe(HANDLE handle, LPVOID out, DWORD out_length, LPVOID in,
                              DWORD in_length, LPDWORD read, LPOVERLAPPED overlapped)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    uint32_t bytes = 0;
    struct pipe_transaction transaction = {.out = out,
                                           .in = in,
                                           .out_length = out_length,
                                           .in_length = in_length,
                                           .overlapped = overlapped,
                                           .bytes = &bytes};
    NTSTATUS status = transact__do(handle, pipe, &transaction);

    if (read)
        *read = bytes;
    return pipeapi__end(pipe, status);
}

BOOL WINAPI PeekNamedPipe(HANDLE handle, LPVOID data, DWORD length, LPDWORD read, LPDWORD available,
                          LPDWORD left)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    struct pipe_look look = {.data = data, .length = length};
    NTSTATUS status = pipe ? pipe_peek(pipe, &look) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS) {
        if (read)
            *read = look.read;
        if (available)
            *available = look.available;
        if (left)
            *left = look.left;
    }
    return pipeapi__end(pipe, status);
}

BOOL WINAPI SetNamedPipeHandleState(HANDLE handle, LPDWORD mode, LPDWORD collection,
                                    LPDWORD collect_timeout)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    NTSTATUS status = pipe ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;

    (void)collection; /* both are about pipes of other machines */
    (void)collect_timeout;
    if (pipe && mode)
        status = pipe_set_mode(pipe, *mode);
    return pipeapi__end(pipe, status);
}

/* The user at the other end, who is the same as at this one. */
static NTSTATUS pipeapi__user(char room[PIPE_USER_BYTES])
{
    char buffer[PIPE_USER_BYTES * 4];
    struct passwd entry, *found = NULL;

    if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) != 0 || !found ||
        strlen(entry.pw_name) >= PIPE_USER_BYTES)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    memcpy(room, entry.pw_name, strlen(entry.pw_name) + 1);
    return STATUS_SUCCESS;
}

/* Everything but the user's name. */
static NTSTATUS pipeapi__state(HANDLE handle, LPDWORD state, LPDWORD instances, LPDWORD collection,
                               LPDWORD collect_timeout)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    struct pipe_facts facts;

    if (!pipe)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = pipe_facts(pipe, &facts);
    object_unref((struct object *)pipe, OBJ_REF_CALL);
    if (status != STATUS_SUCCESS)
        return status;
    if (state)
        *state = facts.mode;
    if (instances)
        *instances = facts.instances;
    if (collection)
        *collection = 0;
    if (collect_timeout)
        *collect_timeout = 0;
    return STATUS_SUCCESS;
}

BOOL WINAPI GetNamedPipeHandleStateA(HANDLE handle, LPDWORD state, LPDWORD instances,
                                     LPDWORD collection, LPDWORD collect_timeout, LPSTR user,
                                     DWORD length)
{
    char name[PIPE_USER_BYTES];
    NTSTATUS status = pipeapi__state(handle, state, instances, collection, collect_timeout);

    if (status == STATUS_SUCCESS && user) {
        status = pipeapi__user(name);
        if (status == STATUS_SUCCESS && strlen(name) >= length)
            status = STATUS_BUFFER_TOO_SMALL;
        if (status == STATUS_SUCCESS)
            memcpy(user, name, strlen(name) + 1);
    }
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI GetNamedPipeHandleStateW(HANDLE handle, LPDWORD state, LPDWORD instances,
                                     LPDWORD collection, LPDWORD collect_timeout, LPWSTR user,
                                     DWORD length)
{
    char name[PIPE_USER_BYTES];
    size_t units;
    NTSTATUS status = pipeapi__state(handle, state, instances, collection, collect_timeout);

    if (status == STATUS_SUCCESS && user) {
        status = pipeapi__user(name);
        WCHAR *wide = status == STATUS_SUCCESS ? utf16_from_utf8(name, strlen(name), &units) : NULL;
        if (status == STATUS_SUCCESS && !wide)
            status = STATUS_INSUFFICIENT_RESOURCES;
        else if (wide && units >= length)
            status = STATUS_BUFFER_TOO_SMALL;
        else if (wide)
            memcpy(user, wide, (units + 1) * sizeof *wide);
        free(wide);
    }
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI GetNamedPipeInfo(HANDLE handle, LPDWORD flags, LPDWORD out_bytes, LPDWORD in_bytes,
                             LPDWORD most)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    struct pipe_facts facts;

    if (!pipe)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status = pipe_facts(pipe, &facts);
    if (status != STATUS_SUCCESS)
        return pipeapi__end(pipe, status);
    if (flags)
        *flags = facts.type;
    if (out_bytes)
        *out_bytes = facts.out_bytes;
    if (in_bytes)
        *in_bytes = facts.in_bytes;
    if (most)
        *most = facts.most;
    return pipeapi__end(pipe, STATUS_SUCCESS);
}

static BOOL pipeapi__process(HANDLE handle, bool client, PULONG process)
{
    struct pipe *pipe = pipeapi__pipe(handle);
    uint32_t found = 0;
    NTSTATUS status = pipe ? pipe_process(pipe, client, &found) : STATUS_INVALID_HANDLE;

    if (status == STATUS_SUCCESS)
        *process = found;
    return pipeapi__end(pipe, status);
}

BOOL WINAPI GetNamedPipeClientProcessId(HANDLE handle, PULONG process)
{
    return pipeapi__process(handle, true, process);
}

BOOL WINAPI GetNamedPipeServerProcessId(HANDLE handle, PULONG process)
{
    return pipeapi__process(handle, false, process);
}

static BOOL pipeapi__session(HANDLE handle, bool client, PULONG session)
{
    ULONG process;

    return pipeapi__process(handle, client, &process) && ProcessIdToSessionId(process, session);
}

BOOL WINAPI GetNamedPipeClientSessionId(HANDLE handle, PULONG session)
{
    return pipeapi__session(handle, true, session);
}

BOOL WINAPI GetNamedPipeServerSessionId(HANDLE handle, PULONG session)
{
    return pipeapi__session(handle, false, session);
}

/* An end that speaks in messages; waits for a free instance, which another may snatch away. */
static HANDLE pipeapi__open_for_call(LPCSTR name, DWORD milliseconds)
{
    DWORD mode = PIPE_READMODE_MESSAGE;

    for (int tries = 0; tries < PIPE_CALL_TRIES; tries++) {
        HANDLE handle =
            CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        if (handle == INVALID_HANDLE_VALUE) {
            if (api_last_error() != ERROR_PIPE_BUSY || !WaitNamedPipeA(name, milliseconds))
                break;
            continue;
        }
        if (SetNamedPipeHandleState(handle, &mode, NULL, NULL))
            return handle;
        uint32_t error = api_last_error();
        CloseHandle(handle);
        api_set_last_error(error == ERROR_INVALID_PARAMETER ? ERROR_BAD_PIPE : error);
        break;
    }
    return INVALID_HANDLE_VALUE;
}

BOOL WINAPI CallNamedPipeA(LPCSTR name, LPVOID out, DWORD out_length, LPVOID in, DWORD in_length,
                           LPDWORD read, DWORD milliseconds)
{
    const char *rest;

    if (!name || !pipe_is_name(name, &rest))
        return api_fail(name ? STATUS_OBJECT_NAME_INVALID : STATUS_OBJECT_PATH_NOT_FOUND);
    HANDLE handle = pipeapi__open_for_call(name, milliseconds);
    if (handle == INVALID_HANDLE_VALUE)
        return FALSE;
    BOOL done = TransactNamedPipe(handle, out, out_length, in, in_length, read, NULL);
    uint32_t error = api_last_error();
    CloseHandle(handle);
    api_set_last_error(error);
    return done;
}

BOOL WINAPI CallNamedPipeW(LPCWSTR name, LPVOID out, DWORD out_length, LPVOID in, DWORD in_length,
                           LPDWORD read, DWORD milliseconds)
{
    char *text;

    if (!pipeapi__narrow(name, &text))
        return FALSE;
    BOOL done = CallNamedPipeA(text, out, out_length, in, in_length, read, milliseconds);
    free(text);
    return done;
}
