/* SPDX-License-Identifier: MIT
 *
 * Where things are: the current directory, whole names, the place for temporary files. Names that
 * come from here are the system's own, with slashes, so that they serve in its calls too.
 */
#include "file/names.h"

#include "base/clock.h"
#include "file/file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACE_PREFIX = 3, PLACE_NUMBERS = 0x10000 };

NTSTATUS names_here(char *room)
{
    return getcwd(room, FILE_PATH_BYTES) ? STATUS_SUCCESS
                                         : status_of_errno(errno, STATUS_PLACE_FILE);
}

NTSTATUS names_go(const char *name)
{
    char path[FILE_PATH_BYTES];
    struct stat state;
    NTSTATUS status = file_path(name, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (stat(path, &state) == 0 && !S_ISDIR(state.st_mode))
        return STATUS_NOT_A_DIRECTORY;
    return chdir(path) < 0 ? file_path_status(errno, path) : STATUS_SUCCESS;
}

/* Takes one part away from the end, but not the root's slash. */
static size_t full__up(const char *room, size_t used)
{
    while (used > 1 && room[used - 1] != '/')
        used--;
    return used > 1 ? used - 1 : used;
}

/* Puts the parts of a path behind what is in the room; a slash at its end stays. */
static NTSTATUS full__join(char *room, size_t used, const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");
        bool more = path[length] != 0;
        if (length == 2 && path[0] == '.' && path[1] == '.') {
            used = full__up(room, used);
        } else if (length && !(length == 1 && path[0] == '.')) {
            if (used + length + 2 >= FILE_PATH_BYTES)
                return STATUS_NAME_TOO_LONG;
            if (room[used - 1] != '/')
                room[used++] = '/';
            memcpy(room + used, path, length);
            used += length;
        }
        path += length + more;
        if (more && !*path && room[used - 1] != '/')
            room[used++] = '/';
    }
    room[used] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS names_full(const char *name, char *room)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = file_path(name, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (path[0] == '/')
        memcpy(room, "/", sizeof "/");
    else
        status = names_here(room);
    return status == STATUS_SUCCESS ? full__join(room, strlen(room), path) : status;
}

void names_temporary(char *room)
{
    static const char *const variables[] = {"TMPDIR", "TMP", "TEMP"};
    const char *found = "/tmp";

    for (size_t index = 0; index < sizeof variables / sizeof variables[0]; index++) {
        const char *value = getenv(variables[index]);
        if (value && *value && strlen(value) + 2 < FILE_PATH_BYTES) {
            found = value;
            break;
        }
    }
    size_t length = strlen(found);
    const char *slash = found[length - 1] == '/' ? "" : "/";
    snprintf(room, FILE_PATH_BYTES, "%s%s", found, slash);
}

static NTSTATUS temporary__name(const char *path, const char *prefix, uint32_t number, char *room)
{
    size_t length = strlen(path);
    const char *slash = length && path[length - 1] == '/' ? "" : "/";
    int used = snprintf(room, FILE_PATH_BYTES, "%s%s%.*s%X.tmp", path, slash, PLACE_PREFIX, prefix,
                        (unsigned)number);

    return used >= FILE_PATH_BYTES ? STATUS_NAME_TOO_LONG : STATUS_SUCCESS;
}

NTSTATUS names_temporary_file(const char *directory, const char *prefix, uint32_t *unique,
                              char *room)
{
    static _Atomic uint32_t next;
    char path[FILE_PATH_BYTES];
    struct stat state;
    NTSTATUS status = file_path(directory, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (*unique)
        return temporary__name(path, prefix, *unique & 0xffff, room);
    if (stat(path, &state) < 0 || !S_ISDIR(state.st_mode))
        return STATUS_NOT_A_DIRECTORY;
    if (atomic_load(&next) == 0)
        atomic_store(&next, (uint32_t)(clock_now() / NANOSECONDS_PER_MILLISECOND) | 1);
    for (uint32_t tries = 0; tries < PLACE_NUMBERS; tries++) {
        uint32_t number = atomic_fetch_add(&next, 1) & 0xffff;
        if (number == 0)
            continue;
        status = temporary__name(path, prefix, number, room);
        if (status != STATUS_SUCCESS)
            return status;
        int made = open(room, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (made >= 0) {
            close(made);
            *unique = number;
            return STATUS_SUCCESS;
        }
        if (errno != EEXIST)
            return file_path_status(errno, room);
    }
    return STATUS_OBJECT_NAME_COLLISION;
}
