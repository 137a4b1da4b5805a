/* SPDX-License-Identifier: MIT
 *
 * Reading and writing (rules FILE-1 to 12). An overlapped operation is tried first and finishes at
 * once if the page cache has it all; what is left goes to the engine. A synchronous handle's
 * position is the descriptor's own, so that POSIX calls on the descriptor see the same one.
 */
#include "file/file_internal.h"

#include "base/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OFFSET_APPEND UINT64_MAX        /* FILE-3 */
#define OFFSET_CURRENT (UINT64_MAX - 1) /* on synchronous handles */

static uint64_t transfer__offset(const OVERLAPPED *overlapped)
{
    return (uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset;
}

static NTSTATUS transfer__check_offset(struct file *file, const struct io_transfer *transfer,
                                       bool writing)
{
    bool synchronous = !file_has(file, IO_FILE_OVERLAPPED);

    if (!transfer->overlapped)
        return synchronous ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    uint64_t offset = transfer__offset(transfer->overlapped);
    if ((offset == OFFSET_APPEND && writing) || (offset == OFFSET_CURRENT && synchronous))
        return STATUS_SUCCESS;
    return offset > INT64_MAX ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* FILE-11: whole sectors, also where the file system transfers through its cache all the same. */
static NTSTATUS transfer__check_sectors(struct file *file, const struct io_transfer *transfer)
{
    uint64_t offset = transfer->overlapped ? transfer__offset(transfer->overlapped) : 0;

    if (offset >= OFFSET_CURRENT)
        offset = 0;
    if (offset % file->sector || transfer->length % file->sector ||
        (uintptr_t)transfer->data % file->alignment)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static NTSTATUS transfer__check(struct file *file, const struct io_transfer *transfer, bool writing)
{
    uint32_t needed = writing ? FILE_WRITE_DATA | FILE_APPEND_DATA : FILE_READ_DATA;

    if (!(file->access & needed))
        return STATUS_ACCESS_DENIED;
    if (file_has(file, FILE_IS_DIRECTORY))
        return STATUS_INVALID_DEVICE_REQUEST;
    NTSTATUS status = transfer__check_offset(file, transfer, writing);
    if (status != STATUS_SUCCESS)
        return status;
    if (!transfer->data && transfer->length)
        return writing ? STATUS_INVALID_USER_BUFFER : STATUS_ACCESS_VIOLATION;
    if (file_has(file, FILE_UNBUFFERED_ASKED))
        return transfer__check_sectors(file, transfer);
    return STATUS_SUCCESS;
}

/* LOCK-5. */
static NTSTATUS transfer__check_locks(struct file *file, const struct engine_disk_request *request)
{
    uint64_t first = request->offset;

    if (!file->node || atomic_load_explicit(&file->node->ranges, memory_order_relaxed) == 0)
        return STATUS_SUCCESS;
    if (first == ENGINE_DISK_HERE) {
        off_t here = lseek(file__descriptor(file), 0, SEEK_CUR);
        first = here < 0 ? 0 : (uint64_t)here;
    }
    return lock_check(file, first, request->length, request->kind == ENGINE_DISK_WRITE);
}

static void transfer__fill(struct file *file, struct engine_disk_request *request,
                           const struct io_transfer *transfer, bool writing)
{
    uint64_t offset =
        transfer->overlapped ? transfer__offset(transfer->overlapped) : ENGINE_DISK_HERE;
    uint8_t flags = 0;

    request->kind = writing ? ENGINE_DISK_WRITE : ENGINE_DISK_READ;
    request->data = transfer->data;
    request->length = transfer->length;
    if (file_has(file, FILE_STREAM)) {
        offset = ENGINE_DISK_HERE;
        flags |= ENGINE_DISK_STREAM;
    } else if (transfer->overlapped && offset == OFFSET_APPEND) {
        offset = 0;
        flags |= ENGINE_DISK_APPEND;
    } else if (offset == OFFSET_CURRENT) {
        offset = ENGINE_DISK_HERE;
    }
    if (file_has(file, FILE_DIRECT))
        flags |= ENGINE_DISK_DIRECT;
    /* No file reaches so far: the end is before it, as for every read that crosses the end. */
    if (!writing && offset != ENGINE_DISK_HERE && offset > (uint64_t)INT64_MAX - request->length)
        request->length = (uint32_t)(INT64_MAX - offset);
    request->offset = offset;
    atomic_store_explicit(&request->flags, flags, memory_order_relaxed);
}

/* What a request's result means; `wanted`: the bytes that the program asked for. */
static NTSTATUS transfer__status(const struct engine_disk_request *request, long result)
{
    bool writing = request->kind == ENGINE_DISK_WRITE;

    if (result == -EFAULT && writing)
        return STATUS_INVALID_USER_BUFFER;
    if (result < 0)
        return status_of_errno((int)-result, request->offset == ENGINE_DISK_HERE
                                                 ? STATUS_PLACE_PIPE
                                                 : STATUS_PLACE_FILE);
    return result == 0 && !writing ? STATUS_END_OF_FILE : STATUS_SUCCESS;
}

static void transfer__done(struct engine_disk_request *request, long result)
{
    NTSTATUS status = transfer__status(request, result);

    io_complete(&io_positional_of(request)->operation, status, result < 0 ? 0 : (uintptr_t)result,
                false);
}

/* Past the cache there is nothing to try. */
static long transfer__try(struct file *file, struct engine_disk_request *request)
{
    return file_has(file, FILE_DIRECT) ? -EAGAIN : io_positional_try(&file->disk, request);
}

static NTSTATUS transfer__overlapped(struct file *file, const struct io_transfer *transfer,
                                     bool writing)
{
    struct io_positional *operation;
    NTSTATUS status = io_positional_begin(&file->io, transfer->overlapped, transfer->call,
                                          transfer->routine, &operation);

    if (status != STATUS_SUCCESS)
        return status;
    struct engine_disk_request *request = &operation->disk;
    transfer__fill(file, request, transfer, writing);
    request->done = transfer__done;
    long result = 0;
    if (transfer->length) {
        status = transfer__check_locks(file, request);
        if (status != STATUS_SUCCESS) {
            io_abandon(&operation->operation);
            return status;
        }
        result = transfer__try(file, request);
        if (result == -EAGAIN) {
            io_positional_start(&file->disk, operation);
            return STATUS_PENDING;
        }
        status = transfer__status(request, result);
    }
    /* FILE-4: the end is told by a packet; to a routine at once (FILE-14). */
    bool pends = status == STATUS_END_OF_FILE && !transfer->routine;
    io_complete(&operation->operation, status, result < 0 ? 0 : (uintptr_t)result, !pends);
    if (status == STATUS_SUCCESS && transfer->bytes)
        *transfer->bytes = (uint32_t)result;
    return pends ? STATUS_PENDING : status;
}

/* Moves in the calling thread, asleep only if it has to be. */
static NTSTATUS transfer__now(struct file *file, const struct io_transfer *transfer, bool writing,
                              uint32_t *bytes)
{
    struct engine_disk_request request = {0};
    long result = 0;

    *bytes = 0;
    if (transfer->length == 0)
        return STATUS_SUCCESS;
    transfer__fill(file, &request, transfer, writing);
    NTSTATUS status = transfer__check_locks(file, &request);
    if (status != STATUS_SUCCESS)
        return status;
    result = transfer__try(file, &request);
    if (result == -EAGAIN)
        result = io_positional_wait(&file->disk, &request);
    if (result > 0)
        *bytes = (uint32_t)result;
    if (transfer->overlapped && result >= 0 && request.offset != ENGINE_DISK_HERE) {
        bool appended = atomic_load(&request.flags) & ENGINE_DISK_APPEND;
        lseek(file__descriptor(file), appended ? 0 : (off_t)(request.offset + *bytes),
              appended ? SEEK_END : SEEK_SET);
    }
    return transfer__status(&request, result);
}

/* A handle that is not overlapped; FILE-5, 6, 9. */
static NTSTATUS transfer__synchronous(struct file *file, const struct io_transfer *transfer,
                                      bool writing)
{
    struct io_operation *operation;
    uint32_t bytes;
    NTSTATUS status;

    if (transfer->overlapped) {
        status = io_begin(&file->io, transfer->overlapped, transfer->call, transfer->routine,
                          &operation);
        if (status != STATUS_SUCCESS)
            return status;
        status = transfer__now(file, transfer, writing, &bytes);
        /* OVL-3: of all failures this one is written down. */
        io_complete(operation, status, bytes, status != STATUS_END_OF_FILE);
    } else {
        status = transfer__now(file, transfer, writing, &bytes);
        if (status == STATUS_END_OF_FILE)
            status = STATUS_SUCCESS;
    }
    if (status == STATUS_SUCCESS && transfer->bytes)
        *transfer->bytes = bytes;
    return status;
}

NTSTATUS file_transfer(struct io_file *io, const struct io_transfer *transfer, bool writing)
{
    struct file *file = (struct file *)io;
    NTSTATUS status = transfer__check(file, transfer, writing);

    if (status != STATUS_SUCCESS)
        return status;
    return file_has(file, IO_FILE_OVERLAPPED) ? transfer__overlapped(file, transfer, writing)
                                              : transfer__synchronous(file, transfer, writing);
}

/* FILE-12: pages behind the end stay as they are. (Past the cache the system may fill them with
 * zeros.) Whole sectors, rounded up. */
static uint32_t pages__length(struct file *file, const OVERLAPPED *overlapped, uint32_t length)
{
    struct stat state;
    uint64_t offset = transfer__offset(overlapped);

    if (fstat(file__descriptor(file), &state) < 0 || !S_ISREG(state.st_mode))
        return length;
    uint64_t left = (uint64_t)state.st_size > offset ? (uint64_t)state.st_size - offset : 0;
    left = (left + file->sector - 1) / file->sector * file->sector;
    return left < length ? (uint32_t)left : length;
}

/* The pages as a vector that the operation keeps. */
static NTSTATUS pages__capture(struct io_positional *operation, void *const *pages, uint32_t length)
{
    uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE);
    uint32_t count = (uint32_t)(((uint64_t)length + page - 1) / page);

    if (count > UINT16_MAX)
        return STATUS_INVALID_PARAMETER;
    struct iovec *vector = io_memory_new((count + 1) * sizeof *vector);
    if (!vector)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (uint32_t index = 0; index < count; index++) {
        vector[index] = (struct iovec){.iov_base = pages[index], .iov_len = page};
        if (index == count - 1)
            vector[index].iov_len = length - index * page;
    }
    io_keep_memory(&operation->operation, vector);
    operation->disk.vector = vector;
    operation->disk.count = (uint16_t)count;
    return STATUS_SUCCESS;
}

NTSTATUS file_transfer_pages(struct file *file, void *const *pages, uint32_t length,
                             OVERLAPPED *overlapped, bool writing)
{
    struct io_transfer transfer = {.length = length, .overlapped = overlapped};
    struct io_positional *operation;

    if (!pages || !file_has(file, IO_FILE_OVERLAPPED | FILE_UNBUFFERED_ASKED))
        return STATUS_INVALID_PARAMETER;
    transfer.data = pages[0];
    NTSTATUS status = transfer__check(file, &transfer, writing);
    if (status == STATUS_SUCCESS)
        status = io_positional_begin(&file->io, overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    bool ends = false;
    if (!writing) {
        transfer.length = pages__length(file, overlapped, length);
        ends = length && !transfer.length;
    }
    transfer__fill(file, &operation->disk, &transfer, writing);
    operation->disk.done = transfer__done;
    status = pages__capture(operation, pages, transfer.length);
    if (status == STATUS_SUCCESS)
        status = transfer__check_locks(file, &operation->disk);
    if (status != STATUS_SUCCESS) {
        io_abandon(&operation->operation);
        return status;
    }
    if (transfer.length)
        io_positional_start(&file->disk, operation);
    else
        io_complete(&operation->operation, ends ? STATUS_END_OF_FILE : STATUS_SUCCESS, 0, false);
    return STATUS_PENDING;
}

NTSTATUS file_flush(struct file *file)
{
    struct engine_disk_request request = {.kind = ENGINE_DISK_FLUSH};

    if (!(file->access & (FILE_WRITE_DATA | FILE_APPEND_DATA)))
        return STATUS_ACCESS_DENIED;
    long result = io_positional_wait(&file->disk, &request);
    /* What has nothing to flush has flushed it. */
    if (result == -EINVAL || result == -EROFS)
        return STATUS_SUCCESS;
    return result < 0 ? status_of_errno((int)-result, STATUS_PLACE_FILE) : STATUS_SUCCESS;
}
