/* SPDX-License-Identifier: MIT
 *
 * FindFirstFile and its kin: what a search finds, in Windows' structure.
 */
#include "api/filetime.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/utf16.h"

#include "file/names.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

#define SEARCH_FLAGS (FIND_FIRST_EX_CASE_SENSITIVE | FIND_FIRST_EX_LARGE_FETCH)

/* All but the name; the two structures begin alike. */
#define SEARCH_FILL(data, found)                                                                   \
    do {                                                                                           \
        memset((data), 0, sizeof *(data));                                                         \
        (data)->dwFileAttributes = (found)->facts.attributes;                                      \
        (data)->ftCreationTime = api_filetime((found)->facts.created);                             \
        (data)->ftLastAccessTime = api_filetime((found)->facts.accessed);                          \
        (data)->ftLastWriteTime = api_filetime((found)->facts.written);                            \
        (data)->nFileSizeHigh = (DWORD)((found)->facts.size >> 32);                                \
        (data)->nFileSizeLow = (DWORD)(found)->facts.size;                                         \
        (data)->dwReserved0 = (found)->is_link ? IO_REPARSE_TAG_SYMLINK : 0;                       \
    } while (0)

static void search__fill(const struct search_found *found, void *room)
{
    WIN32_FIND_DATAA *data = room;
    size_t length = strlen(found->name);

    SEARCH_FILL(data, found);
    memcpy(data->cFileName, found->name, length < MAX_PATH ? length : MAX_PATH - 1);
}

static void search__fill_wide(const struct search_found *found, void *room)
{
    WIN32_FIND_DATAW *data = room;
    size_t length;
    WCHAR *name = utf16_from_utf8(found->name, strlen(found->name), &length);

    SEARCH_FILL(data, found);
    if (name) /* else it has none: nothing better can be said then */
        memcpy(data->cFileName, name, (length < MAX_PATH ? length : MAX_PATH - 1) * sizeof *name);
    free(name);
}

static HANDLE search__begin(LPCSTR name, FINDEX_SEARCH_OPS which, LPVOID room,
                            void (*fill)(const struct search_found *, void *))
{
    struct search_found found;
    uintptr_t handle = 0;
    NTSTATUS status = STATUS_OBJECT_PATH_NOT_FOUND;

    if (name)
        status = search_open(name, which == FindExSearchLimitToDirectories, &handle, &found);
    if (status != STATUS_SUCCESS) {
        api_fail(status);
        return INVALID_HANDLE_VALUE;
    }
    fill(&found, room);
    return (HANDLE)handle;
}

static bool search__accepts(FINDEX_INFO_LEVELS level, LPVOID room, FINDEX_SEARCH_OPS which,
                            LPVOID filter, DWORD flags)
{
    return level <= FindExInfoBasic && room && !filter && !(flags & ~SEARCH_FLAGS) &&
           which <= FindExSearchLimitToDirectories;
}

HANDLE WINAPI FindFirstFileExA(LPCSTR name, FINDEX_INFO_LEVELS level, LPVOID room,
                               FINDEX_SEARCH_OPS which, LPVOID filter, DWORD flags)
{
    if (search__accepts(level, room, which, filter, flags))
        return search__begin(name, which, room, search__fill);
    api_fail(STATUS_INVALID_PARAMETER);
    return INVALID_HANDLE_VALUE;
}

HANDLE WINAPI FindFirstFileExW(LPCWSTR name, FINDEX_INFO_LEVELS level, LPVOID room,
                               FINDEX_SEARCH_OPS which, LPVOID filter, DWORD flags)
{
    char *text = name ? utf16_to_utf8(name, (size_t)-1) : NULL;
    HANDLE handle = INVALID_HANDLE_VALUE;

    if (name && !text)
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
    else if (!search__accepts(level, room, which, filter, flags))
        api_fail(STATUS_INVALID_PARAMETER);
    else
        handle = search__begin(text, which, room, search__fill_wide);
    free(text);
    return handle;
}

HANDLE WINAPI FindFirstFileA(LPCSTR name, LPWIN32_FIND_DATAA data)
{
    return FindFirstFileExA(name, FindExInfoStandard, data, FindExSearchNameMatch, NULL, 0);
}

HANDLE WINAPI FindFirstFileW(LPCWSTR name, LPWIN32_FIND_DATAW data)
{
    return FindFirstFileExW(name, FindExInfoStandard, data, FindExSearchNameMatch, NULL, 0);
}

static BOOL search__go_on(HANDLE handle, LPVOID room,
                          void (*fill)(const struct search_found *, void *))
{
    struct search_found found;
    struct object *object = api_object_of(handle, &search_ops);

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    NTSTATUS status =
        room ? search_next((struct search *)object, &found) : STATUS_INVALID_PARAMETER;
    if (status == STATUS_SUCCESS)
        fill(&found, room);
    object_unref(object, OBJ_REF_CALL);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI FindNextFileA(HANDLE handle, LPWIN32_FIND_DATAA data)
{
    return search__go_on(handle, data, search__fill);
}

BOOL WINAPI FindNextFileW(HANDLE handle, LPWIN32_FIND_DATAW data)
{
    return search__go_on(handle, data, search__fill_wide);
}

BOOL WINAPI FindClose(HANDLE handle)
{
    struct object *object = api_object_of(handle, &search_ops);

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    object_unref(object, OBJ_REF_CALL);
    return CloseHandle(handle);
}
