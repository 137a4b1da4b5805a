/* SPDX-License-Identifier: MIT
 *
 * Names that are answers: the current directory, whole names, temporary files. They are returned as
 * the system has them, with slashes.
 */
#include "api/answer.h"
#include "api/last_error.h"
#include "api/utf16.h"

#include "file/names.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR room)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = names_here(path);

    return status == STATUS_SUCCESS ? answer_store(path, size, room) : answer_fail(status);
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR room)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = names_here(path);

    return status == STATUS_SUCCESS ? answer_store_wide(path, size, room) : answer_fail(status);
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
        return answer_fail(status);
    DWORD length = answer_store(path, size, room);
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
        return answer_fail(status);
    DWORD length = answer_store_wide(path, size, room);
    if (!last)
        return length;
    *last = NULL;
    if (room && length && length < size && places__last(path))
        for (*last = room + length; (*last)[-1] != '/';)
            --*last;
    return length;
}

/* There are no short names: what exists is called what it is called. */
static NTSTATUS places__check(const char *name)
{
    struct file_facts facts;

    return name && *name ? names_facts(name, &facts) : STATUS_OBJECT_NAME_INVALID;
}

DWORD WINAPI GetLongPathNameA(LPCSTR name, LPSTR room, DWORD size)
{
    NTSTATUS status = places__check(name);

    return status == STATUS_SUCCESS ? answer_store(name, size, room) : answer_fail(status);
}

DWORD WINAPI GetLongPathNameW(LPCWSTR name, LPWSTR room, DWORD size)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    NTSTATUS status = places__check(text);
    DWORD length =
        status == STATUS_SUCCESS ? answer_store_wide(text, size, room) : answer_fail(status);

    free(text);
    return length;
}

/* Programs make names of libraries with these, of which LoadLibrary looks at the last part. */
static const char places_system[] = "/usr/lib", places_windows[] = "/usr";

UINT WINAPI GetSystemDirectoryA(LPSTR room, UINT size)
{
    return answer_store(places_system, size, room);
}

UINT WINAPI GetSystemDirectoryW(LPWSTR room, UINT size)
{
    return answer_store_wide(places_system, size, room);
}

UINT WINAPI GetWindowsDirectoryA(LPSTR room, UINT size)
{
    return answer_store(places_windows, size, room);
}

UINT WINAPI GetWindowsDirectoryW(LPWSTR room, UINT size)
{
    return answer_store_wide(places_windows, size, room);
}

UINT WINAPI GetSystemWindowsDirectoryA(LPSTR room, UINT size)
{
    return answer_store(places_windows, size, room);
}

UINT WINAPI GetSystemWindowsDirectoryW(LPWSTR room, UINT size)
{
    return answer_store_wide(places_windows, size, room);
}

DWORD WINAPI GetTempPathA(DWORD size, LPSTR room)
{
    char path[FILE_PATH_BYTES];

    names_temporary(path);
    return answer_store(path, size, room);
}

DWORD WINAPI GetTempPathW(DWORD size, LPWSTR room)
{
    char path[FILE_PATH_BYTES];

    names_temporary(path);
    return answer_store_wide(path, size, room);
}

UINT WINAPI GetTempFileNameA(LPCSTR directory, LPCSTR prefix, UINT unique, LPSTR room)
{
    char path[FILE_PATH_BYTES];
    uint32_t number = unique;

    if (!directory || !room)
        return answer_fail(STATUS_INVALID_PARAMETER);
    if (strlen(directory) > MAX_PATH - 14) {
        api_set_last_error(ERROR_BUFFER_OVERFLOW);
        return 0;
    }
    NTSTATUS status = names_temporary_file(directory, prefix ? prefix : "", &number, path);
    if (status != STATUS_SUCCESS)
        return answer_fail(status);
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
        answer_store_wide(path, MAX_PATH, room);
    return number;
}
