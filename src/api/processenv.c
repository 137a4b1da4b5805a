/* SPDX-License-Identifier: MIT
 *
 * processenv.h: the environment and the standard streams. (Directories: fileapi_places.c.)
 *
 * Descriptors 1 and 2 are handles by their number. 0 is no handle, so standard input is a duplicate
 * of it, made once. std_handles takes no lock: who sets and gets at once gets one or the other.
 */
#include "api/answer.h"
#include "api/last_error.h"
#include "api/utf16.h"

#include "base/fault.h"
#include "base/lock.h"
#include "file/file.h"
#include "status/codes.h"

#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STD_STREAMS = 3 };

/* Nobody reads a variable while another thread sets one, as far as both do it here. */
static struct lock environment_lock;

/* What SetStdHandle was given, or standard input's duplicate; 0: nothing yet. */
static _Atomic uintptr_t std_handles[STD_STREAMS];

/* An empty variable's length is 0 as a missing one's is: then the last error tells. */
static DWORD environment__fail(void)
{
    api_set_last_error(ERROR_ENVVAR_NOT_FOUND);
    return 0;
}

/* What it is goes into the caller's room, as 16-bit text or not. */
static DWORD environment__get(const char *name, void *room, DWORD size, bool wide)
{
    DWORD length = 0;

    lock_take(&environment_lock);
    const char *value = name ? getenv(name) : NULL;
    bool empty = value && !*value;
    if (value)
        length = wide ? answer_store_wide(value, size, room) : answer_store(value, size, room);
    lock_drop(&environment_lock);
    if (empty)
        api_set_last_error(ERROR_SUCCESS);
    return value ? length : environment__fail();
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR room, DWORD size)
{
    return environment__get(name, room, size, false);
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR room, DWORD size)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    DWORD length = environment__get(text, room, size, true);

    free(text);
    return length;
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!name)
        return (BOOL)environment__fail();
    lock_take(&environment_lock);
    if ((value ? setenv(name, value, 1) : unsetenv(name)) != 0)
        status = errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_INVALID_PARAMETER;
    lock_drop(&environment_lock);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    char *content = value ? utf16_to_utf8(value, (size_t)-1) : NULL;
    BOOL done = FALSE;

    if ((name && !text) || (value && !content))
        api_fail(STATUS_NO_MEMORY);
    else
        done = SetEnvironmentVariableA(text, content);
    free(content);
    free(text);
    return done;
}

/* The variables one after the other, with an empty text at the end; *bytes with all zeros. */
static char *environment__copy(size_t *bytes)
{
    size_t size = 2; /* without a variable there are two zeros all the same */

    lock_take(&environment_lock);
    for (char **at = environ; at && *at; at++)
        size += strlen(*at) + 1;
    char *copy = fault_calloc(1, size);
    char *end = copy;
    for (char **at = environ; copy && at && *at; at++) {
        size_t length = strlen(*at);
        if (!length) /* would be the end */
            continue;
        memcpy(end, *at, length);
        end += length + 1;
    }
    lock_drop(&environment_lock);
    *bytes = size;
    return copy;
}

LPCH WINAPI GetEnvironmentStrings(VOID)
{
    size_t bytes;
    char *copy = environment__copy(&bytes);

    if (!copy)
        api_fail(STATUS_NO_MEMORY);
    return copy;
}

LPWCH WINAPI GetEnvironmentStringsW(VOID)
{
    size_t bytes, units;
    char *copy = environment__copy(&bytes);
    WCHAR *wide = copy ? utf16_from_utf8(copy, bytes, &units) : NULL;

    free(copy);
    if (!wide)
        api_fail(STATUS_NO_MEMORY);
    return wide;
}

BOOL WINAPI FreeEnvironmentStringsA(LPCH strings)
{
    free(strings);
    return TRUE;
}

BOOL WINAPI FreeEnvironmentStringsW(LPWCH strings)
{
    free(strings);
    return TRUE;
}

/* -10, -11, -12 are 0, 1, 2. */
static bool std__stream(DWORD which, unsigned *stream)
{
    *stream = STD_INPUT_HANDLE - which;
    if (*stream < STD_STREAMS)
        return true;
    api_set_last_error(ERROR_INVALID_HANDLE);
    return false;
}

static uintptr_t std__input(void)
{
    uintptr_t none = 0;
    int copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    if (copy < 0)
        return 0;
    if (file_adopt(copy) == STATUS_SUCCESS &&
        atomic_compare_exchange_strong(&std_handles[STDIN_FILENO], &none, (uintptr_t)copy))
        return (uintptr_t)copy;
    file_close_descriptor(copy); /* another thread was first, or there is no memory */
    return none;
}

HANDLE WINAPI GetStdHandle(DWORD which)
{
    unsigned stream;

    if (!std__stream(which, &stream))
        return INVALID_HANDLE_VALUE;
    uintptr_t handle = atomic_load(&std_handles[stream]);
    if (handle)
        return (HANDLE)handle;
    if (stream == STDIN_FILENO)
        return (HANDLE)std__input();
    return file_adopt((int)stream) == STATUS_SUCCESS ? (HANDLE)(uintptr_t)stream : NULL;
}

BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle)
{
    unsigned stream;

    if (!std__stream(which, &stream))
        return FALSE;
    atomic_store(&std_handles[stream], (uintptr_t)handle);
    return TRUE;
}
