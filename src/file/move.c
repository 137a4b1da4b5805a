/* SPDX-License-Identifier: MIT
 *
 * Moving and copying files by name (rules NS-8 to 12).
 */
#include "file/names.h"

#include "base/fault.h"
#include "file/file_internal.h"
#include "object/handle.h"
#include "sched/sched.h"

#include <winnt.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_PIECE = 1 << 16, COPY_AT_ONCE = 1 << 30 };

enum { COPY_DISPOSITION_NEW = 1, COPY_DISPOSITION_ALWAYS = 2, COPY_DISPOSITION_OPEN = 3 };

static int copy__pieces(int from, int to, char *piece)
{
    for (;;) {
        ssize_t got = read(from, piece, COPY_PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : 0;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, piece + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                return -errno;
            done += put > 0 ? put : 0;
        }
    }
}

/* By reading and writing, where the system cannot do it in itself. */
static int copy__by_hand(int from, int to)
{
    char *piece = fault_malloc(COPY_PIECE);

    if (!piece)
        return -ENOMEM;
    int result = copy__pieces(from, to, piece);
    free(piece);
    return result;
}

static int copy__contents(int from, int to)
{
    for (;;) {
        ssize_t moved = copy_file_range(from, NULL, to, NULL, COPY_AT_ONCE, 0);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS ||
                          errno == EOPNOTSUPP || errno == EBADF))
            return copy__by_hand(from, to);
        if (moved < 0)
            return -errno;
        if (moved == 0) /* or a file of the kind that has no size: read to its end */
            return copy__by_hand(from, to);
    }
}

/* Times and rights are copied too. */
static int copy__all(int from, int to)
{
    struct stat state;

    sched_wait_begin();
    int result = copy__contents(from, to);
    sched_wait_end();
    if (result == 0 && fstat(from, &state) == 0) {
        const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, state.st_mtim};
        fchmod(to, state.st_mode & 0777);
        futimens(to, times);
    }
    return result;
}

static void copy__close(uintptr_t handle)
{
    struct object *object = handle_take(handle);

    if (object)
        handle_release(object);
}

/* The system lets its administrator write what is read-only. */
static bool copy__may_replace(const char *to)
{
    struct file_facts facts;

    return names_facts(to, &facts) != STATUS_SUCCESS ||
           !(facts.attributes & FILE_ATTRIBUTE_READONLY);
}

static NTSTATUS copy__into(uintptr_t from, const char *to, bool replace)
{
    struct file_opening opening = {.name = to,
                                   .access = GENERIC_WRITE | DELETE,
                                   .disposition =
                                       replace ? COPY_DISPOSITION_ALWAYS : COPY_DISPOSITION_NEW};
    uintptr_t handle;
    bool existed;

    if (replace && !copy__may_replace(to))
        return STATUS_ACCESS_DENIED;
    NTSTATUS status = file_create(&opening, &handle, &existed);
    if (status != STATUS_SUCCESS)
        return status;
    int result = copy__all(file_descriptor(from), file_descriptor(handle));
    copy__close(handle);
    if (result == 0)
        return STATUS_SUCCESS;
    names_delete(to); /* no half of a file is left */
    return status_of_errno(-result, STATUS_PLACE_FILE);
}

NTSTATUS names_copy(const char *from, const char *to, bool replace)
{
    struct file_opening opening = {.name = from,
                                   .access = GENERIC_READ,
                                   .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                                   .disposition = COPY_DISPOSITION_OPEN};
    uintptr_t handle;
    bool existed;
    NTSTATUS status = file_create(&opening, &handle, &existed);

    if (status != STATUS_SUCCESS)
        return status;
    status = copy__into(handle, to, replace);
    copy__close(handle);
    return status;
}

NTSTATUS move_check_target(const char *to, const struct stat *source)
{
    struct stat target;

    if (lstat(to, &target) < 0)
        return STATUS_SUCCESS;
    if (target.st_dev == source->st_dev && target.st_ino == source->st_ino)
        return STATUS_SUCCESS;
    if (S_ISDIR(target.st_mode) || S_ISDIR(source->st_mode))
        return STATUS_ACCESS_DENIED;
    if (S_ISREG(target.st_mode) && !(target.st_mode & 0222))
        return STATUS_ACCESS_DENIED;
    return node_is_open(target.st_dev, target.st_ino) ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static int move__rename(const char *from, const char *to, bool replace)
{
    struct stat target;

    if (replace)
        return rename(from, to) < 0 ? -errno : 0;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    /* Not known to this file system. */
    if (lstat(to, &target) == 0)
        return -EEXIST;
    return rename(from, to) < 0 ? -errno : 0;
}

/* To another file system. The given names, which file_create reads as any others. */
static NTSTATUS move__by_copy(const char *from, const char *to, const struct stat *source,
                              bool replace)
{
    if (!S_ISREG(source->st_mode))
        return STATUS_NOT_SAME_DEVICE;
    NTSTATUS status = names_copy(from, to, replace);
    return status == STATUS_SUCCESS ? names_delete(from) : status;
}

void move_write_through(const char *path)
{
    char parent[FILE_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 1;

    memcpy(parent, slash ? path : ".", length);
    parent[length] = 0;
    int directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return;
    fsync(directory);
    close(directory);
}

NTSTATUS names_move(const char *from, const char *to, uint32_t flags)
{
    char old_path[FILE_PATH_BYTES], new_path[FILE_PATH_BYTES];
    bool replace = flags & NAMES_REPLACE;
    struct stat source;
    NTSTATUS status = file_path(from, old_path);

    if (status == STATUS_SUCCESS)
        status = file_path(to, new_path);
    if (status != STATUS_SUCCESS)
        return status;
    if (lstat(old_path, &source) < 0)
        return file_path_status(errno, old_path);
    if (strcmp(old_path, new_path) == 0)
        return STATUS_SUCCESS;
    status = node_check_delete(source.st_dev, source.st_ino);
    if (status == STATUS_SUCCESS && replace)
        status = move_check_target(new_path, &source);
    if (status != STATUS_SUCCESS)
        return status;
    int result = move__rename(old_path, new_path, replace);
    if (result == -EXDEV && flags & NAMES_MAY_COPY)
        return move__by_copy(from, to, &source, replace);
    if (result == -ENOENT) /* the source was there */
        return STATUS_OBJECT_PATH_NOT_FOUND;
    if (result < 0)
        return result == -EINVAL ? STATUS_SHARING_VIOLATION /* into itself */
                                 : file_path_status(-result, new_path);
    if (flags & NAMES_WRITE_THROUGH)
        move_write_through(new_path);
    return STATUS_SUCCESS;
}
