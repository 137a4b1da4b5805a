/* SPDX-License-Identifier: MIT
 *
 * Where a file stands and where it ends.
 */
#include "file/file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEEK_METHODS = 3 };

NTSTATUS file_seek(struct file *file, int64_t distance, uint32_t method, int64_t *position)
{
    static const int methods[SEEK_METHODS] = {SEEK_SET, SEEK_CUR, SEEK_END};

    if (method >= SEEK_METHODS)
        return STATUS_INVALID_PARAMETER;
    if (file_has(file, FILE_STREAM))
        return STATUS_INVALID_DEVICE_REQUEST;
    off_t result = lseek(file__descriptor(file), distance, methods[method]);
    if (result < 0)
        return errno == EINVAL || errno == EOVERFLOW ? STATUS_OF_WINSOCK(131) /* NEGATIVE_SEEK */
                                                     : status_of_errno(errno, STATUS_PLACE_FILE);
    *position = result;
    return STATUS_SUCCESS;
}

static bool position__cuts(struct file *file, int64_t end)
{
    struct stat state;

    return fstat(file__descriptor(file), &state) == 0 && end < state.st_size;
}

NTSTATUS file_set_end(struct file *file, int64_t end)
{
    if (!(file->access & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    if (end < 0 || file_has(file, FILE_STREAM | FILE_IS_DIRECTORY))
        return STATUS_INVALID_PARAMETER;
    if (node_is_mapped(file) && position__cuts(file, end))
        return STATUS_USER_MAPPED_FILE;
    if (ftruncate(file__descriptor(file), end) == 0)
        return STATUS_SUCCESS;
    return status_of_errno(errno == EINVAL ? EFBIG : errno, STATUS_PLACE_FILE);
}

NTSTATUS file_set_end_here(struct file *file)
{
    off_t here = lseek(file__descriptor(file), 0, SEEK_CUR);

    return here < 0 ? STATUS_INVALID_PARAMETER : file_set_end(file, here);
}

/* More is reserved; less ends the file there. */
NTSTATUS file_allocate(struct file *file, int64_t size)
{
    struct stat state;

    if (!(file->access & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    if (size < 0 || fstat(file__descriptor(file), &state) < 0)
        return STATUS_INVALID_PARAMETER;
    if (size < state.st_size)
        return file_set_end(file, size);
    if (size > state.st_size &&
        fallocate(file__descriptor(file), FALLOC_FL_KEEP_SIZE, 0, size) < 0 && errno != EOPNOTSUPP)
        return status_of_errno(errno, STATUS_PLACE_FILE);
    return STATUS_SUCCESS;
}

/* Where the file system makes no holes zeros are written. */
static NTSTATUS file__write_zeros(struct file *file, int64_t first, int64_t beyond)
{
    static const char zeros[4096];

    while (first < beyond) {
        size_t piece =
            beyond - first > (int64_t)sizeof zeros ? sizeof zeros : (size_t)(beyond - first);
        ssize_t written = pwrite(file__descriptor(file), zeros, piece, first);
        if (written < 0 && errno != EINTR)
            return status_of_errno(errno, STATUS_PLACE_FILE);
        first += written > 0 ? written : 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS file_zero(struct file *file, int64_t first, int64_t beyond)
{
    struct stat state;

    if (!(file->access & FILE_WRITE_DATA))
        return STATUS_ACCESS_DENIED;
    if (first < 0 || beyond < first || fstat(file__descriptor(file), &state) < 0)
        return STATUS_INVALID_PARAMETER;
    if (beyond > state.st_size)
        beyond = state.st_size; /* the file does not grow */
    if (first >= beyond)
        return STATUS_SUCCESS;
    if (fallocate(file__descriptor(file), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, first,
                  beyond - first) == 0)
        return STATUS_SUCCESS;
    return errno == EOPNOTSUPP ? file__write_zeros(file, first, beyond)
                               : status_of_errno(errno, STATUS_PLACE_FILE);
}
