/* SPDX-License-Identifier: MIT
 *
 * Files as objects: opened, made, adopted, closed.
 *
 * A file is opened first and then asked whether it may be (sharing, FILE-17), because only then is
 * it certain which inode it is; it is emptied after that.
 */
#include "file/file_internal.h"

#include "base/descriptor.h"
#include "base/fault.h"
#include "base/slab.h"
#include "object/handle.h"

#include <winnt.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Windows' values that the type headers do not have. */
enum {
    OPENING_NEW = 1,
    OPENING_ALWAYS_EMPTY = 2,
    OPENING_EXISTING = 3,
    OPENING_ALWAYS = 4,
    OPENING_TRUNCATE = 5,
};
#define OPENING_WRITE_THROUGH 0x80000000u
#define OPENING_OVERLAPPED 0x40000000u
#define OPENING_NO_BUFFERING 0x20000000u
#define OPENING_DELETE_ON_CLOSE 0x04000000u
#define OPENING_BACKUP_SEMANTICS 0x02000000u

enum { CREATE_TRIES = 16, CREATE_SECTOR = 512 };

static struct slab file_slab = {.size = sizeof(struct file), .index = SLAB_FILE};

/* Generic rights as specific ones. */
static uint32_t create__access(uint32_t access)
{
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        access |= FILE_ALL_ACCESS;
    if (access & GENERIC_READ)
        access |= FILE_GENERIC_READ;
    if (access & GENERIC_WRITE)
        access |= FILE_GENERIC_WRITE;
    if (access & GENERIC_EXECUTE)
        access |= FILE_GENERIC_EXECUTE;
    return access & 0x01ffffffu;
}

static uint32_t create__uses(uint32_t access)
{
    return (access & (FILE_READ_DATA | FILE_EXECUTE) ? FILE_USES_READ : 0u) |
           (access & (FILE_WRITE_DATA | FILE_APPEND_DATA) ? FILE_USES_WRITE : 0u) |
           (access & DELETE ? FILE_USES_DELETE : 0u);
}

static bool create__empties(const struct file_opening *opening)
{
    return opening->disposition == OPENING_ALWAYS_EMPTY || opening->disposition == OPENING_TRUNCATE;
}

static int create__flags(const struct file_opening *opening, uint32_t access)
{
    bool writes = access & (FILE_WRITE_DATA | FILE_APPEND_DATA) || create__empties(opening);
    bool reads = access & (FILE_READ_DATA | FILE_EXECUTE);
    int flags = O_CLOEXEC | O_NOCTTY;

    flags |= writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
    if ((access & FILE_APPEND_DATA) && !(access & FILE_WRITE_DATA))
        flags |= O_APPEND;
    if (opening->flags & OPENING_WRITE_THROUGH)
        flags |= O_DSYNC;
    if (opening->flags & OPENING_NO_BUFFERING)
        flags |= O_DIRECT;
    return flags;
}

/* Opens; a file system without direct transfers gives ordinary ones, a directory is read only, and
 * for attributes alone no right to the contents is needed. */
static int create__try(const char *path, int flags, mode_t mode, const struct file_opening *opening)
{
    int descriptor = fault_hit(FAULT_DESCRIPTOR) ? (errno = EMFILE, -1) : open(path, flags, mode);

    if (descriptor < 0 && errno == EINVAL && (flags & O_DIRECT))
        descriptor = open(path, flags & ~O_DIRECT, mode);
    if (descriptor < 0 && errno == EISDIR && (opening->flags & OPENING_BACKUP_SEMANTICS))
        descriptor = open(path, O_CLOEXEC | O_RDONLY | O_DIRECTORY);
    if (descriptor < 0 && errno == EACCES && !create__uses(create__access(opening->access)))
        descriptor = open(path, O_CLOEXEC | O_PATH);
    return descriptor;
}

/* A descriptor, or a negative errno. */
static int create__open(const char *path, const struct file_opening *opening, bool *existed)
{
    int flags = create__flags(opening, create__access(opening->access));
    mode_t mode = opening->flags & FILE_ATTRIBUTE_READONLY ? 0444 : 0666;
    bool may_exist = opening->disposition != OPENING_NEW;
    bool may_make =
        opening->disposition != OPENING_EXISTING && opening->disposition != OPENING_TRUNCATE;
    int descriptor = -1;

    /* Again if the file went or came between the two. */
    for (int tries = 0; tries < CREATE_TRIES && descriptor < 0; tries++) {
        errno = ENOENT;
        *existed = true;
        if (may_exist)
            descriptor = create__try(path, flags, 0, opening);
        if (descriptor >= 0 || errno != ENOENT || !may_make)
            break;
        *existed = false;
        descriptor = create__try(path, flags | O_CREAT | O_EXCL, mode, opening);
        if (descriptor < 0 && (errno != EEXIST || !may_exist))
            break;
    }
    descriptor = descriptor_above_standard(descriptor);
    return descriptor < 0 ? -errno : descriptor;
}

static uint32_t create__asked_flags(const struct file_opening *opening)
{
    return (opening->flags & OPENING_OVERLAPPED ? IO_FILE_OVERLAPPED : 0u) |
           (opening->flags & OPENING_NO_BUFFERING ? FILE_UNBUFFERED_ASKED : 0u);
}

/* What the file has to be written in, if the system tells. */
static void create__measure(struct file *file)
{
    file->sector = file->alignment = CREATE_SECTOR;
#ifdef STATX_DIOALIGN
    struct statx state;
    if (statx(file__descriptor(file), "", AT_EMPTY_PATH, STATX_DIOALIGN, &state) == 0 &&
        (state.stx_mask & STATX_DIOALIGN) && state.stx_dio_offset_align) {
        file->sector = state.stx_dio_offset_align;
        file->alignment = state.stx_dio_mem_align;
    }
#endif
}

/* A write beyond the process's limit is an error on Windows and nothing else; the signal would end
 * the program. Who handles it keeps his handler. */
static void create__on_limit(int number)
{
    (void)number;
}

static void create__tame_limit(void)
{
    static _Atomic bool tamed;
    struct sigaction before, ours = {.sa_handler = create__on_limit, .sa_flags = SA_RESTART};

    if (atomic_exchange(&tamed, true))
        return;
    if (sigaction(SIGXFSZ, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
        sigaction(SIGXFSZ, &ours, NULL);
}

static uint32_t create__kind_flags(int descriptor, const struct stat *state)
{
    uint32_t flags = 0;

    if (S_ISDIR(state->st_mode))
        flags |= FILE_IS_DIRECTORY;
    else if (!S_ISREG(state->st_mode) && lseek(descriptor, 0, SEEK_CUR) < 0)
        flags |= FILE_STREAM;
    int mode = fcntl(descriptor, F_GETFL);
    if (mode >= 0 && (mode & O_DIRECT))
        flags |= FILE_DIRECT;
    return flags;
}

struct file *file_make(int descriptor, const struct stat *state, uint32_t flags)
{
    struct file *file = slab_alloc(&file_slab);

    if (!file)
        return NULL;
    flags |= create__kind_flags(descriptor, state);
    file->node = NULL;
    file->device = state->st_dev;
    file->inode = state->st_ino;
    atomic_store(&file->given, 0);
    atomic_store(&file->given_number, -1);
    file->changes = NULL;
    io_file_init(&file->io, &file_ops, descriptor, flags);
    io_positional_init(&file->disk, &file->io);
    dispatcher_set(&file->io.dispatcher); /* EVT-4 */
    create__measure(file);
    return file;
}

static NTSTATUS create__publish(struct file *file, uintptr_t *handle)
{
    *handle = handle_open(file_object(&file->io));
    return *handle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* The system lets its administrator write what is read-only (NS-6). */
static NTSTATUS create__check_existing(const struct file *file, const struct stat *state,
                                       const struct file_opening *opening)
{
    bool writes = file->uses & FILE_USES_WRITE || create__empties(opening);

    if (writes && S_ISREG(state->st_mode) && !(state->st_mode & 0222))
        return STATUS_ACCESS_DENIED;
    return create__empties(opening) && node_is_mapped(file) ? STATUS_USER_MAPPED_FILE
                                                            : STATUS_SUCCESS;
}

/* The file is open: may it be, and what is left to do. */
static NTSTATUS create__settle(struct file *file, const struct stat *state,
                               const struct file_opening *opening, bool existed)
{
    NTSTATUS status = STATUS_SUCCESS;

    file->access = create__access(opening->access);
    file->shares = opening->share & 7;
    if (opening->flags & OPENING_DELETE_ON_CLOSE) {
        file->access |= DELETE;
        atomic_fetch_or(&file->io.flags, FILE_DELETES);
    }
    file->uses = create__uses(file->access);
    if (file_has(file, FILE_IS_DIRECTORY) && !(opening->flags & OPENING_BACKUP_SEMANTICS))
        return STATUS_ACCESS_DENIED;
    if (S_ISREG(state->st_mode) || S_ISDIR(state->st_mode))
        status = node_join(file, state->st_dev, state->st_ino);
    if (status == STATUS_SUCCESS && existed)
        status = create__check_existing(file, state, opening);
    if (status == STATUS_SUCCESS && existed && create__empties(opening) &&
        S_ISREG(state->st_mode) && ftruncate(file__descriptor(file), 0) < 0)
        status = status_of_errno(errno, STATUS_PLACE_FILE);
    return status;
}

static NTSTATUS create__check(const struct file_opening *opening)
{
    bool writes = create__access(opening->access) & FILE_WRITE_DATA;

    if (opening->disposition < OPENING_NEW || opening->disposition > OPENING_TRUNCATE)
        return STATUS_INVALID_PARAMETER;
    if (opening->disposition == OPENING_TRUNCATE && !writes)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* A call that fails makes no file. */
static void create__undo(const char *path, bool existed)
{
    if (!existed)
        unlink(path);
}

NTSTATUS file_create(const struct file_opening *opening, uintptr_t *handle, bool *existed)
{
    char path[FILE_PATH_BYTES];
    struct stat state;
    NTSTATUS status = create__check(opening);

    if (status == STATUS_SUCCESS)
        status = file_path(opening->name, path);
    if (status != STATUS_SUCCESS)
        return status;
    create__tame_limit();
    int descriptor = create__open(path, opening, existed);
    if (descriptor < 0)
        return file_path_status(-descriptor, path);
    struct file *file = NULL;
    if (fstat(descriptor, &state) == 0)
        file = file_make(descriptor, &state, create__asked_flags(opening));
    if (!file) {
        close(descriptor);
        create__undo(path, *existed);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = create__settle(file, &state, opening, *existed);
    if (status == STATUS_SUCCESS)
        status = create__publish(file, handle);
    /* What was never opened deletes nothing. */
    if (status != STATUS_SUCCESS) {
        atomic_fetch_and(&file->io.flags, ~(uint32_t)FILE_DELETES);
        node_leave(file);
        create__undo(path, *existed);
    }
    object_unref(file_object(&file->io), OBJ_REF_CALL);
    return status;
}

NTSTATUS file_reopen(struct file *file, uint32_t access, uint32_t share, uint32_t flags,
                     uintptr_t *handle)
{
    char name[64];
    struct file_opening opening = {.name = name,
                                   .access = access,
                                   .share = share,
                                   .disposition = OPENING_EXISTING,
                                   .flags = flags};
    bool existed;

    if (flags & OPENING_DELETE_ON_CLOSE)
        return STATUS_INVALID_PARAMETER;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file__descriptor(file));
    return file_create(&opening, handle, &existed);
}

int file_descriptor(uintptr_t handle)
{
    struct object *object = handle_get_kind(handle, &file_ops, NULL);
    int descriptor = object ? file__descriptor((struct file *)object) : -1;

    if (object)
        object_unref(object, OBJ_REF_CALL);
    return descriptor;
}

/* The last handle is closed. What the disk is at work on ends by itself. */
static void file__close(struct object *object)
{
    struct file *file = (struct file *)object;

    atomic_fetch_or(&file->io.flags, FILE_CLOSED);
    io_positional_close(&file->disk, ECANCELED);
    lock_cancel(file, NULL, NULL);
    changes_close(file);
    node_leave(file);
}

static void file__destroy(struct object *object)
{
    struct file *file = (struct file *)object;

    io_file_finish(&file->io);
    node_forget(file);
    file_end_descriptor(file);
    slab_free(&file_slab, file);
}

static unsigned file__cancel(struct io_file *io, bool (*match)(struct engine_request *, void *),
                             void *context)
{
    struct file *file = (struct file *)io;

    return io_positional_cancel(&file->disk, match, context) + lock_cancel(file, match, context) +
           changes_cancel(file, match, context);
}

static unsigned file__pending(struct io_file *io)
{
    return io_positional_pending(&((struct file *)io)->disk);
}

static const struct io_ops file__io = {
    .transfer = file_transfer, .cancel = file__cancel, .pending = file__pending};

const struct object_ops file_ops = {.kind = "file",
                                    .waitable = &dispatcher_latch,
                                    .io = &file__io,
                                    .close = file__close,
                                    .replaced = file_replaced,
                                    .destroy = file__destroy};
