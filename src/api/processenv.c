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

#include "file/file.h"

#include <windows.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { STD_STREAMS = 3 };

/* What SetStdHandle was given, or standard input's duplicate; 0: nothing yet. */
static _Atomic uintptr_t std_handles[STD_STREAMS];

/* An empty variable's length is 0 as a missing one's is: then the last error tells. */
static DWORD environment__fail(void)
{
    api_set_last_error(ERROR_ENVVAR_NOT_FOUND);
    return 0;
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR room, DWORD size)
{
    const char *value = name ? getenv(name) : NULL;

    if (!value)
        return environment__fail();
    if (!*value)
        api_set_last_error(ERROR_SUCCESS);
    return answer_store(value, size, room);
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR room, DWORD size)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    const char *value = text ? getenv(text) : NULL;

    free(text);
    if (!value)
        return environment__fail();
    if (!*value)
        api_set_last_error(ERROR_SUCCESS);
    return answer_store_wide(value, size, room);
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
