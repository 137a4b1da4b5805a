/* SPDX-License-Identifier: MIT
 *
 * The name of an open file: found, changed, taken away. The system knows where an open file is
 * (/proc/self/fd), also after it was renamed. A name is removed only if it still is this file's.
 */
#include "file/file_internal.h"

#include <winnt.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

NTSTATUS file_where(struct file *file, char *room)
{
    char link[64];

    snprintf(link, sizeof link, "/proc/self/fd/%d", file__descriptor(file));
    ssize_t length = readlink(link, room, FILE_PATH_BYTES - 1);
    if (length < 0)
        return status_of_errno(errno, STATUS_PLACE_FILE);
    room[length] = 0;
    return STATUS_SUCCESS;
}

static bool name__is(struct file *file, const char *path)
{
    struct stat named, open;

    return lstat(path, &named) == 0 && fstat(file__descriptor(file), &open) == 0 &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

bool file_is_removed(struct file *file)
{
    struct stat state;

    return fstat(file__descriptor(file), &state) == 0 && state.st_nlink == 0;
}

NTSTATUS file_unlink(struct file *file)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = file_where(file, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (!name__is(file, path))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    int result = file_has(file, FILE_IS_DIRECTORY) ? rmdir(path) : unlink(path);
    return result < 0 ? status_of_errno(errno, STATUS_PLACE_FILE) : STATUS_SUCCESS;
}

NTSTATUS file_set_delete(struct file *file, bool wanted)
{
    struct stat state;

    if (!(file->access & DELETE))
        return STATUS_ACCESS_DENIED;
    if (!file->node || fstat(file__descriptor(file), &state) < 0)
        return STATUS_INVALID_PARAMETER;
    if (wanted && !(state.st_mode & 0222))
        return STATUS_CANNOT_DELETE;
    if (wanted)
        atomic_fetch_or(&file->io.flags, FILE_DELETES);
    else
        atomic_fetch_and(&file->io.flags, ~(uint32_t)FILE_DELETES);
    return STATUS_SUCCESS;
}

NTSTATUS file_rename(struct file *file, const char *name, bool replace)
{
    char from[FILE_PATH_BYTES], to[FILE_PATH_BYTES];

    if (!(file->access & DELETE))
        return STATUS_ACCESS_DENIED;
    NTSTATUS status = file_path(name, to);
    if (status == STATUS_SUCCESS)
        status = file_where(file, from);
    if (status != STATUS_SUCCESS)
        return status;
    if (!name__is(file, from))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, replace ? 0 : RENAME_NOREPLACE) < 0)
        return errno == EEXIST ? STATUS_OBJECT_NAME_COLLISION : file_path_status(errno, to);
    return STATUS_SUCCESS;
}
