/* SPDX-License-Identifier: MIT
 *
 * A file put in another's place (rules NS-19 to 21). The name is never without a file where the
 * file system can swap two names; where it cannot there is a moment, and steps are taken back when
 * a later one fails. Without a backup name it is one renaming, which the system does at once.
 */
#include "file/names.h"

#include "file/file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define REPLACED_STAYS STATUS_OF_WINSOCK(1175)    /* it cannot get the backup's name */
#define REPLACEMENT_STAYS STATUS_OF_WINSOCK(1176) /* all have the names that they had */
#define REPLACED_IS_BACKUP STATUS_OF_WINSOCK(1177)

struct replace {
    char replaced[FILE_PATH_BYTES], replacement[FILE_PATH_BYTES], backup[FILE_PATH_BYTES];
    bool has_backup;
    struct stat old, new;
};

static bool replace__is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static NTSTATUS replace__look(const char *name, char *path, struct stat *state)
{
    NTSTATUS status = file_path(name, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (lstat(path, state) < 0)
        return file_path_status(errno, path);
    return S_ISREG(state->st_mode) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* Who has them open, and what has the backup's name. */
static NTSTATUS replace__check(const struct replace *replace)
{
    struct stat backup;

    if (!(replace->old.st_mode & 0222))
        return STATUS_ACCESS_DENIED;
    if (replace__is_same(&replace->old, &replace->new) ||
        node_is_open(replace->new.st_dev, replace->new.st_ino))
        return STATUS_SHARING_VIOLATION;
    NTSTATUS status = node_check_delete(replace->old.st_dev, replace->old.st_ino);
    if (status != STATUS_SUCCESS || !replace->has_backup || lstat(replace->backup, &backup) < 0)
        return status;
    if (replace__is_same(&backup, &replace->old) || replace__is_same(&backup, &replace->new))
        return STATUS_SHARING_VIOLATION;
    return move_check_target(replace->backup, &replace->old);
}

static NTSTATUS replace__status(const char *path)
{
    return file_path_status(errno, path);
}

/* By two renamings, where names cannot be swapped. */
static NTSTATUS replace__in_steps(const struct replace *replace)
{
    if (rename(replace->replaced, replace->backup) < 0)
        return REPLACED_STAYS;
    if (rename(replace->replacement, replace->replaced) == 0)
        return STATUS_SUCCESS;
    return rename(replace->backup, replace->replaced) == 0 ? REPLACEMENT_STAYS : REPLACED_IS_BACKUP;
}

static NTSTATUS replace__keeping_backup(const struct replace *replace)
{
    if (renameat2(AT_FDCWD, replace->replacement, AT_FDCWD, replace->replaced, RENAME_EXCHANGE) < 0)
        return errno == EINVAL || errno == ENOSYS ? replace__in_steps(replace)
                                                  : replace__status(replace->replaced);
    if (rename(replace->replacement, replace->backup) == 0)
        return STATUS_SUCCESS;
    renameat2(AT_FDCWD, replace->replacement, AT_FDCWD, replace->replaced, RENAME_EXCHANGE);
    return REPLACED_STAYS;
}

/* The file that comes has the rights of the one that goes before it has its name. */
static NTSTATUS replace__with_rights(const struct replace *replace, uint32_t flags)
{
    mode_t old = replace->old.st_mode & 07777, new = replace->new.st_mode & 07777;
    bool differs = old != new;
    NTSTATUS status = STATUS_SUCCESS;

    if (differs && chmod(replace->replacement, old) < 0 && !(flags & NAMES_IGNORE_RIGHTS))
        return replace__status(replace->replacement);
    if (replace->has_backup)
        status = replace__keeping_backup(replace);
    else if (rename(replace->replacement, replace->replaced) < 0)
        status = replace__status(replace->replaced);
    if (status != STATUS_SUCCESS && differs)
        chmod(replace->replacement, new);
    return status;
}

NTSTATUS names_replace(const char *replaced, const char *replacement, const char *backup,
                       uint32_t flags)
{
    struct replace replace;
    NTSTATUS status = replace__look(replaced, replace.replaced, &replace.old);

    if (status == STATUS_SUCCESS)
        status = replace__look(replacement, replace.replacement, &replace.new);
    replace.has_backup = backup != NULL;
    if (status == STATUS_SUCCESS && backup)
        status = file_path(backup, replace.backup);
    if (status == STATUS_SUCCESS)
        status = replace__check(&replace);
    if (status == STATUS_SUCCESS)
        status = replace__with_rights(&replace, flags);
    if (status == STATUS_SUCCESS && flags & NAMES_REPLACE_THROUGH)
        move_write_through(replace.replaced);
    return status;
}
