/* SPDX-License-Identifier: MIT
 *
 * Files and directories by name: made, removed, moved, copied, asked about. The W functions turn
 * their names into UTF-8 and call the A functions.
 */
#include "api/filetime.h"
#include "api/last_error.h"
#include "api/utf16.h"

#include "file/names.h"

#include <windows.h>

#include <stdlib.h>

/* The name that a function cannot do without. */
#define NAMES_NEED(name)                                                                           \
    do {                                                                                           \
        if (!(name))                                                                               \
            return api_fail(STATUS_OBJECT_PATH_NOT_FOUND);                                         \
    } while (0)

static BOOL names__end(NTSTATUS status)
{
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

/* Calls an A function with a name in UTF-8. */
static BOOL names__wide(LPCWSTR name, BOOL (*call)(const char *name, void *context), void *context)
{
    NAMES_NEED(name);
    char *text = utf16_to_utf8(name, (size_t)-1);
    BOOL done = text ? call(text, context) : api_fail(STATUS_INSUFFICIENT_RESOURCES);

    free(text);
    return done;
}

BOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security)
{
    (void)security; /* the process's umask decides */
    NAMES_NEED(name);
    return names__end(names_make_directory(name));
}

static BOOL names__create_directory(const char *name, void *security)
{
    return CreateDirectoryA(name, security);
}

BOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
    return names__wide(name, names__create_directory, security);
}

BOOL WINAPI RemoveDirectoryA(LPCSTR name)
{
    NAMES_NEED(name);
    return names__end(names_remove_directory(name));
}

static BOOL names__remove_directory(const char *name, void *unused)
{
    (void)unused;
    return RemoveDirectoryA(name);
}

BOOL WINAPI RemoveDirectoryW(LPCWSTR name)
{
    return names__wide(name, names__remove_directory, NULL);
}

BOOL WINAPI DeleteFileA(LPCSTR name)
{
    NAMES_NEED(name);
    return names__end(names_delete(name));
}

static BOOL names__delete(const char *name, void *unused)
{
    (void)unused;
    return DeleteFileA(name);
}

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    return names__wide(name, names__delete, NULL);
}

DWORD WINAPI GetFileAttributesA(LPCSTR name)
{
    struct file_facts facts;
    NTSTATUS status = name ? names_facts(name, &facts) : STATUS_OBJECT_PATH_NOT_FOUND;

    if (status == STATUS_SUCCESS)
        return facts.attributes;
    api_fail(status);
    return INVALID_FILE_ATTRIBUTES;
}

static BOOL names__attributes(const char *name, void *context)
{
    *(DWORD *)context = GetFileAttributesA(name);
    return TRUE;
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
    DWORD attributes = INVALID_FILE_ATTRIBUTES;

    names__wide(name, names__attributes, &attributes);
    return attributes;
}

BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID information)
{
    WIN32_FILE_ATTRIBUTE_DATA *data = information;
    struct file_facts facts;

    NAMES_NEED(name);
    if (level != GetFileExInfoStandard || !data)
        return api_fail(STATUS_INVALID_PARAMETER);
    NTSTATUS status = names_facts(name, &facts);
    if (status == STATUS_SUCCESS)
        *data = (WIN32_FILE_ATTRIBUTE_DATA){.dwFileAttributes = facts.attributes,
                                            .ftCreationTime = api_filetime(facts.created),
                                            .ftLastAccessTime = api_filetime(facts.accessed),
                                            .ftLastWriteTime = api_filetime(facts.written),
                                            .nFileSizeHigh = (DWORD)(facts.size >> 32),
                                            .nFileSizeLow = (DWORD)facts.size};
    return names__end(status);
}

static BOOL names__attributes_ex(const char *name, void *information)
{
    return GetFileAttributesExA(name, GetFileExInfoStandard, information);
}

BOOL WINAPI GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID information)
{
    if (level != GetFileExInfoStandard)
        return api_fail(STATUS_INVALID_PARAMETER);
    return names__wide(name, names__attributes_ex, information);
}

BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes)
{
    NAMES_NEED(name);
    return names__end(names_set_attributes(name, attributes ? attributes : FILE_ATTRIBUTE_NORMAL));
}

static BOOL names__set_attributes(const char *name, void *attributes)
{
    return SetFileAttributesA(name, *(DWORD *)attributes);
}

BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes)
{
    return names__wide(name, names__set_attributes, &attributes);
}

BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags)
{
    DWORD known = MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED | MOVEFILE_WRITE_THROUGH |
                  MOVEFILE_FAIL_IF_NOT_TRACKABLE;

    NAMES_NEED(from);
    if (flags & MOVEFILE_DELAY_UNTIL_REBOOT)
        return api_fail(STATUS_NOT_SUPPORTED);
    if (!to || flags & ~known)
        return api_fail(STATUS_INVALID_PARAMETER);
    return names__end(names_move(from, to, flags));
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to)
{
    NAMES_NEED(to);
    return MoveFileExA(from, to, MOVEFILE_COPY_ALLOWED);
}

/* Two names, and what is to be done with them. */
static BOOL names__wide_pair(LPCWSTR from, LPCWSTR to, BOOL(WINAPI *call)(LPCSTR, LPCSTR, DWORD),
                             DWORD argument)
{
    char *source = from ? utf16_to_utf8(from, (size_t)-1) : NULL;
    char *target = to ? utf16_to_utf8(to, (size_t)-1) : NULL;
    BOOL done = (from && !source) || (to && !target) ? api_fail(STATUS_INSUFFICIENT_RESOURCES)
                                                     : call(source, target, argument);

    free(source);
    free(target);
    return done;
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    return names__wide_pair(from, to, MoveFileExA, flags);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to)
{
    NAMES_NEED(to);
    return MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED);
}

BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL fail_if_exists)
{
    NAMES_NEED(from);
    NAMES_NEED(to);
    NTSTATUS status = names_copy(from, to, !fail_if_exists);
    if (status != STATUS_OBJECT_NAME_COLLISION)
        return names__end(status);
    api_set_last_error(ERROR_FILE_EXISTS);
    return FALSE;
}

static BOOL WINAPI names__copy(LPCSTR from, LPCSTR to, DWORD fail_if_exists)
{
    return CopyFileA(from, to, fail_if_exists != 0);
}

BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL fail_if_exists)
{
    return names__wide_pair(from, to, names__copy, fail_if_exists != 0);
}

BOOL WINAPI ReplaceFileA(LPCSTR replaced, LPCSTR replacement, LPCSTR backup, DWORD flags,
                         LPVOID exclude, LPVOID reserved)
{
    DWORD known =
        REPLACEFILE_WRITE_THROUGH | REPLACEFILE_IGNORE_MERGE_ERRORS | REPLACEFILE_IGNORE_ACL_ERRORS;

    if (!replaced || !replacement || exclude || reserved || flags & ~known)
        return api_fail(STATUS_INVALID_PARAMETER);
    return names__end(names_replace(replaced, replacement, backup, flags));
}

BOOL WINAPI ReplaceFileW(LPCWSTR replaced, LPCWSTR replacement, LPCWSTR backup, DWORD flags,
                         LPVOID exclude, LPVOID reserved)
{
    LPCWSTR names[3] = {replaced, replacement, backup};
    char *texts[3] = {NULL, NULL, NULL};
    bool lacking = false;

    for (int i = 0; i < 3; i++)
        if (names[i] && !(texts[i] = utf16_to_utf8(names[i], (size_t)-1)))
            lacking = true;
    BOOL done = lacking ? api_fail(STATUS_INSUFFICIENT_RESOURCES)
                        : ReplaceFileA(texts[0], texts[1], texts[2], flags, exclude, reserved);
    for (int i = 0; i < 3; i++)
        free(texts[i]);
    return done;
}

BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR name, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free_bytes)
{
    uint64_t values[3] = {0};
    NTSTATUS status = names_space(name, &values[0], &values[1], &values[2]);

    if (status == STATUS_SUCCESS && available)
        available->QuadPart = values[0];
    if (status == STATUS_SUCCESS && total)
        total->QuadPart = values[1];
    if (status == STATUS_SUCCESS && free_bytes)
        free_bytes->QuadPart = values[2];
    return names__end(status);
}

static BOOL names__space(const char *name, void *context)
{
    PULARGE_INTEGER *places = context;

    return GetDiskFreeSpaceExA(name, places[0], places[1], places[2]);
}

BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR name, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free_bytes)
{
    PULARGE_INTEGER places[3] = {available, total, free_bytes};

    return name ? names__wide(name, names__space, places) : names__space(NULL, places);
}

BOOL WINAPI GetDiskFreeSpaceA(LPCSTR name, LPDWORD sectors, LPDWORD bytes, LPDWORD available,
                              LPDWORD total)
{
    struct names_clusters clusters;
    NTSTATUS status = names_clusters(name, &clusters);

    if (status != STATUS_SUCCESS)
        return api_fail(status);
    LPDWORD places[] = {sectors, bytes, available, total};
    DWORD values[] = {clusters.sectors, clusters.sector_bytes, clusters.available, clusters.total};
    for (int i = 0; i < 4; i++)
        if (places[i])
            *places[i] = values[i];
    return TRUE;
}

static BOOL names__clusters(const char *name, void *context)
{
    LPDWORD *places = context;

    return GetDiskFreeSpaceA(name, places[0], places[1], places[2], places[3]);
}

BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR name, LPDWORD sectors, LPDWORD bytes, LPDWORD available,
                              LPDWORD total)
{
    LPDWORD places[] = {sectors, bytes, available, total};

    return name ? names__wide(name, names__clusters, places) : names__clusters(NULL, places);
}
