/* SPDX-License-Identifier: MIT
 *
 * Names that are answers: the current directory, whole names, temporary files. They are returned as
 * the system has them, with slashes.
 */
#include "api/last_error.h"
#include "api/utf16.h"

#include "file/names.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

/* Stores an answer: returns its length, or what room it needs if that is not there. */
static DWORD places__store(const char *text, DWORD size, LPSTR room)
{
    size_t length = strlen(text);

    if (!room || size <= length)
        return (DWORD)length + 1;
    memcpy(room, text, length + 1);
    return (DWORD)length;
}

static DWORD places__store_wide(const char *text, DWORD size, LPWSTR room)
{
    size_t length;
    WCHAR *wide = utf16_from_utf8(text, strlen(text), &length);

    if (!wide) {
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
        return 0;
    }
    bool fits = room && size > length;
    if (fits)
        memcpy(room, wide, (length + 1) * sizeof *wide);
    free(wide);
    return (DWORD)length + !fits;
}

static DWORD places__fail(NTSTATUS status)
{
    api_fail(status);
    return 0;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR room)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = names_here(path);

    return status == STATUS_SUCCESS ? places__store(path, size, room) : places__fail(status);
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR room)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = names_here(path);

    return status == STATUS_SUCCESS ? places__store_wide(path, size, room) : places__fail(status);
}

BOOL WINAPI SetCurrentDirectoryA(LPCSTR name)
{
    NTSTATUS status = name ? names_go(name) : STATUS_OBJECT_NAME_INVALID;

    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI SetCurrentDirectoryW(LPCWSTR name)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    BOOL done =
        name && !text ? api_fail(STATUS_INSUFFICIENT_RESOURCES) : SetCurrentDirectoryA(text);

    free(text);
    return done;
}

/* The part behind the last slash; NULL if nothing is there. */
static const char *places__last(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;

    return *last ? last : NULL;
}

DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD size, LPSTR room, LPSTR *last)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = name && *name ? names_full(name, path) : STATUS_OBJECT_NAME_INVALID;

    if (status != STATUS_SUCCESS)
        return places__fail(status);
    DWORD length = places__store(path, size, room);
    const char *part = places__last(path);
    if (last)
        *last = room && length < size && part ? room + (part - path) : NULL;
    return length;
}

DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD size, LPWSTR room, LPWSTR *last)
{
    char path[FILE_PATH_BYTES];
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    NTSTATUS status = text && *text ? names_full(text, path) : STATUS_OBJECT_NAME_INVALID;

    free(text);
    if (status != STATUS_SUCCESS)
        return places__fail(status);
    DWORD length = places__store_wide(path, size, room);
    if (!last)
        return length;
    *last = NULL;
    if (room && length && length < size && places__last(path))
        for (*last = room + length; (*last)[-1] != '/';)
            --*last;
    return length;
}

DWORD WINAPI GetTempPathA(DWORD size, LPSTR room)
{
    char path[FILE_PATH_BYTES];

    names_temporary(path);
    return places__store(path, size, room);
}

DWORD WINAPI GetTempPathW(DWORD size, LPWSTR room)
{
    char path[FILE_PATH_BYTES];

    names_temporary(path);
    return places__store_wide(path, size, room);
}

UINT WINAPI GetTempFileNameA(LPCSTR directory, LPCSTR prefix, UINT unique, LPSTR room)
{
    char path[FILE_PATH_BYTES];
    uint32_t number = unique;

    if (!directory || !room)
        return places__fail(STATUS_INVALID_PARAMETER);
    if (strlen(directory) > MAX_PATH - 14) {
        api_set_last_error(ERROR_BUFFER_OVERFLOW);
        return 0;
    }
    NTSTATUS status = names_temporary_file(directory, prefix ? prefix : "", &number, path);
    if (status != STATUS_SUCCESS)
        return places__fail(status);
    memcpy(room, path, strlen(path) + 1);
    return number;
}

UINT WINAPI GetTempFileNameW(LPCWSTR directory, LPCWSTR prefix, UINT unique, LPWSTR room)
{
    char path[MAX_PATH];
    char *where = directory ? utf16_to_utf8(directory, (size_t)-1) : NULL;
    char *begin = prefix ? utf16_to_utf8(prefix, (size_t)-1) : NULL;
    UINT number = GetTempFileNameA(where, begin, unique, room ? path : NULL);

    free(where);
    free(begin);
    if (number)
        places__store_wide(path, MAX_PATH, room);
    return number;
}
