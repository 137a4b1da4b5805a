/* SPDX-License-Identifier: MIT
 *
 * Names made, removed and asked about, without a handle. What this process has open is asked first
 * (node.c): a file that others may not delete stays, and one that they may keeps its name until its
 * last handle is closed.
 */
#include "file/names.h"

#include "file/file_internal.h"

#include <winnt.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NAMES_SECTOR 4096u

NTSTATUS names_make_directory(const char *name)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = file_path(name, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (mkdir(path, 0777) == 0)
        return STATUS_SUCCESS;
    /* The name itself is new, so what is missing is before it. */
    return errno == ENOENT ? STATUS_OBJECT_PATH_NOT_FOUND : file_path_status(errno, path);
}

/* The name as the system has it, and what it names itself: links are not followed. */
static NTSTATUS names__look(const char *name, char *path, struct stat *state)
{
    NTSTATUS status = file_path(name, path);

    if (status != STATUS_SUCCESS)
        return status;
    return lstat(path, state) < 0 ? file_path_status(errno, path) : STATUS_SUCCESS;
}

static bool names__is_empty(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    int entries = 0;

    if (!directory)
        return true; /* whoever may not look hears it from rmdir */
    while ((entry = readdir(directory)) != NULL && entries < 3)
        entries++;
    closedir(directory);
    return entries < 3; /* itself and its parent */
}

NTSTATUS names_remove_directory(const char *name)
{
    char path[FILE_PATH_BYTES];
    struct stat state;
    NTSTATUS status = names__look(name, path, &state);

    if (status != STATUS_SUCCESS)
        return status;
    if (!S_ISDIR(state.st_mode))
        return STATUS_NOT_A_DIRECTORY;
    if (!names__is_empty(path))
        return STATUS_DIRECTORY_NOT_EMPTY;
    status = node_delete(state.st_dev, state.st_ino);
    if (status == STATUS_PENDING) /* with its last handle */
        return STATUS_SUCCESS;
    if (status == STATUS_SUCCESS && rmdir(path) < 0)
        status = file_path_status(errno == EEXIST ? ENOTEMPTY : errno, path);
    return status;
}

NTSTATUS names_delete(const char *name)
{
    char path[FILE_PATH_BYTES];
    struct stat state;
    NTSTATUS status = names__look(name, path, &state);

    if (status != STATUS_SUCCESS)
        return status;
    if (S_ISDIR(state.st_mode))
        return STATUS_FILE_IS_A_DIRECTORY;
    if (S_ISREG(state.st_mode) && !(state.st_mode & 0222))
        return STATUS_CANNOT_DELETE;
    /* Of a file with several names only this one goes, whoever has it open. */
    status = node_delete(state.st_dev, state.st_nlink > 1 ? 0 : state.st_ino);
    if (status == STATUS_PENDING)
        return STATUS_SUCCESS;
    if (status == STATUS_SUCCESS && unlink(path) < 0)
        status = file_path_status(errno, path);
    return status;
}

NTSTATUS names_facts(const char *name, struct file_facts *facts)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = file_path(name, path);

    return status == STATUS_SUCCESS ? file_facts_of_path(path, facts) : status;
}

NTSTATUS names_set_attributes(const char *name, uint32_t attributes)
{
    char path[FILE_PATH_BYTES];
    struct stat state;
    NTSTATUS status = file_path(name, path);

    if (status != STATUS_SUCCESS)
        return status;
    if (stat(path, &state) < 0)
        return file_path_status(errno, path);
    mode_t wanted = file_mode_with(state.st_mode, attributes);
    if (wanted != (state.st_mode & 07777) && chmod(path, wanted) < 0)
        return file_path_status(errno, path);
    return STATUS_SUCCESS;
}

static NTSTATUS names__file_system(const char *name, struct statvfs *state)
{
    char path[FILE_PATH_BYTES];
    NTSTATUS status = file_path(name ? name : ".", path);

    if (status == STATUS_SUCCESS && statvfs(path, state) < 0)
        status = file_path_status(errno, path);
    return status;
}

NTSTATUS names_space(const char *name, uint64_t *available, uint64_t *total, uint64_t *free_bytes)
{
    struct statvfs state;
    NTSTATUS status = names__file_system(name, &state);

    if (status != STATUS_SUCCESS)
        return status;
    *available = (uint64_t)state.f_bavail * state.f_frsize;
    *total = (uint64_t)state.f_blocks * state.f_frsize;
    *free_bytes = (uint64_t)state.f_bfree * state.f_frsize;
    return STATUS_SUCCESS;
}

/* A file system's block is a multiple of its disk's; sectors are pages where blocks are larger.
 * Clusters are larger than blocks where there are too many of those for 32 bits. */
NTSTATUS names_clusters(const char *name, struct names_clusters *clusters)
{
    struct statvfs state;
    NTSTATUS status = names__file_system(name, &state);

    if (status != STATUS_SUCCESS)
        return status;
    uint64_t block = state.f_frsize ? state.f_frsize : NAMES_SECTOR, blocks = 1;
    uint64_t sector = block % NAMES_SECTOR ? block : NAMES_SECTOR;
    while (state.f_blocks / blocks > UINT32_MAX)
        blocks *= 2;
    *clusters = (struct names_clusters){.sectors = (uint32_t)(block / sector * blocks),
                                        .sector_bytes = (uint32_t)sector,
                                        .available = (uint32_t)(state.f_bavail / blocks),
                                        .total = (uint32_t)(state.f_blocks / blocks)};
    return STATUS_SUCCESS;
}
