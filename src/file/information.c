/* SPDX-License-Identifier: MIT
 *
 * What is known of an open file, and changing it: times and attributes.
 */
#include "file/file_internal.h"

#include "base/filetime.h"

#include <winnt.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { TYPE_UNKNOWN = 0, TYPE_DISK = 1, TYPE_CHARACTER = 2, TYPE_PIPE = 3, BLOCK = 512 };

/* 0 and less: to be left as it is. */
static struct timespec facts__timespec(int64_t time)
{
    return time > 0 ? filetime_timespec(time) : (struct timespec){.tv_nsec = UTIME_OMIT};
}

uint32_t file_attributes(uint32_t mode)
{
    uint32_t attributes = S_ISDIR(mode) ? FILE_ATTRIBUTE_DIRECTORY : FILE_ATTRIBUTE_ARCHIVE;

    if (!(mode & 0222))
        attributes |= FILE_ATTRIBUTE_READONLY;
    return attributes;
}

static uint32_t facts__type(uint32_t mode)
{
    if (S_ISCHR(mode))
        return TYPE_CHARACTER;
    return S_ISFIFO(mode) || S_ISSOCK(mode) ? TYPE_PIPE : TYPE_DISK;
}

uint32_t file_type_of(int descriptor)
{
    struct stat state;

    return fstat(descriptor, &state) < 0 ? TYPE_UNKNOWN : facts__type(state.st_mode);
}

static void facts__fill(struct file_facts *facts, const struct statx *state)
{
    *facts = (struct file_facts){
        .size = S_ISDIR(state->stx_mode) ? 0 : state->stx_size,
        .allocated = state->stx_blocks * BLOCK,
        .device = (uint64_t)state->stx_dev_major << 32 | state->stx_dev_minor,
        .inode = state->stx_ino,
        .accessed = filetime_of(state->stx_atime.tv_sec, state->stx_atime.tv_nsec),
        .written = filetime_of(state->stx_mtime.tv_sec, state->stx_mtime.tv_nsec),
        .changed = filetime_of(state->stx_ctime.tv_sec, state->stx_ctime.tv_nsec),
        .links = state->stx_nlink,
        .attributes = file_attributes(state->stx_mode),
        .type = facts__type(state->stx_mode),
        .directory = S_ISDIR(state->stx_mode)};
    facts->created = state->stx_mask & STATX_BTIME
                         ? filetime_of(state->stx_btime.tv_sec, state->stx_btime.tv_nsec)
                         : facts->written;
}

NTSTATUS file_facts(struct file *file, struct file_facts *facts)
{
    struct statx state;

    if (statx(file__descriptor(file), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &state))
        return status_of_errno(errno, STATUS_PLACE_FILE);
    facts__fill(facts, &state);
    facts->delete_pending = node_delete_pending(file);
    return STATUS_SUCCESS;
}

uint32_t file_rights(const struct file *file)
{
    return file->access;
}

uint32_t file_mode(struct file *file)
{
    enum { MODE_THROUGH = 2, MODE_UNBUFFERED = 8, MODE_SYNCHRONOUS = 0x20, MODE_DELETES = 0x1000 };
    int flags = fcntl(file__descriptor(file), F_GETFL);

    return (flags >= 0 && flags & O_DSYNC ? MODE_THROUGH : 0u) |
           (file_has(file, FILE_UNBUFFERED_ASKED) ? MODE_UNBUFFERED : 0u) |
           (file_has(file, IO_FILE_OVERLAPPED) ? 0u : MODE_SYNCHRONOUS) |
           (file_has(file, FILE_DELETES) ? MODE_DELETES : 0u);
}

uint32_t file_alignment(struct file *file)
{
    return file_has(file, FILE_UNBUFFERED_ASKED) ? file->alignment - 1 : 0;
}

/* Of a link: what it leads to, if that exists, and that it is one. */
NTSTATUS file_facts_of_path(const char *path, struct file_facts *facts)
{
    struct statx itself, target;
    uint32_t mask = STATX_BASIC_STATS | STATX_BTIME;

    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, mask, &itself) < 0)
        return file_path_status(errno, path);
    bool link = S_ISLNK(itself.stx_mode);
    bool leads = link && statx(AT_FDCWD, path, 0, mask, &target) == 0;
    facts__fill(facts, leads ? &target : &itself);
    if (link)
        facts->attributes |= FILE_ATTRIBUTE_REPARSE_POINT;
    return STATUS_SUCCESS;
}

NTSTATUS file_set_times(struct file *file, int64_t accessed, int64_t written)
{
    struct timespec times[2] = {facts__timespec(accessed), facts__timespec(written)};

    if (!(file->access & FILE_WRITE_ATTRIBUTES))
        return STATUS_ACCESS_DENIED;
    if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
        return STATUS_SUCCESS;
    return futimens(file__descriptor(file), times) < 0 ? status_of_errno(errno, STATUS_PLACE_FILE)
                                                       : STATUS_SUCCESS;
}

mode_t file_mode_with(mode_t mode, uint32_t attributes)
{
    mode &= 07777;
    if (attributes & FILE_ATTRIBUTE_READONLY)
        return mode & (mode_t)~0222;
    return attributes == 0 || mode & 0222 ? mode : mode | 0200;
}

NTSTATUS file_set_attributes(struct file *file, uint32_t attributes)
{
    struct stat state;

    if (!(file->access & FILE_WRITE_ATTRIBUTES))
        return STATUS_ACCESS_DENIED;
    if (attributes == 0) /* as it is */
        return STATUS_SUCCESS;
    if (fstat(file__descriptor(file), &state) < 0)
        return status_of_errno(errno, STATUS_PLACE_FILE);
    mode_t wanted = file_mode_with(state.st_mode, attributes);
    if (wanted != (state.st_mode & 07777) && fchmod(file__descriptor(file), wanted) < 0)
        return status_of_errno(errno, STATUS_PLACE_FILE);
    return STATUS_SUCCESS;
}
