/* SPDX-License-Identifier: MIT
 *
 * Descriptors of the C library that are handles, by their number. One of two:
 *
 *   adopted   a descriptor that the library did not open: a synchronous file with the descriptor's
 *             rights. It stays the C library's: CloseHandle closes it, forgetting it does not.
 *             If it was closed behind the library's back that is found out when its number is
 *             asked for.
 *   given     a second descriptor of a file of ours (_open_osfhandle): closing it closes the handle
 *             it was made from. All of them are in a list, since fclose closes them unheard: those
 *             that are gone are looked for when their files stand in somebody's way, and when their
 *             number has doubled.
 */
#include "file/file_internal.h"

#include "base/fault.h"
#include "object/handle.h"

#include <winnt.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GIVEN_FEW = 16 };

static struct lock given_lock;
static struct list given_files;      /* struct file.of_given; given_lock */
static _Atomic uint32_t given_count; /* how many they are; changes under given_lock */
static _Atomic uint32_t given_most = 2 * GIVEN_FEW; /* so many are looked through */

static uint32_t adopt__access(int mode)
{
    switch (mode & O_ACCMODE) {
    case O_RDONLY:
        return FILE_GENERIC_READ;
    case O_WRONLY:
        return FILE_GENERIC_WRITE;
    default:
        return FILE_GENERIC_READ | FILE_GENERIC_WRITE;
    }
}

/* Whether what is filed at the number still is this descriptor's file. */
static bool adopt__is_known(int descriptor, const struct stat *state, int mode)
{
    struct stat filed;
    struct file *file =
        (struct file *)handle_get_kind((uintptr_t)(unsigned)descriptor, &file_ops, NULL);

    if (!file)
        return false;
    bool known = file->device == state->st_dev && file->inode == state->st_ino;
    if (file_has(file, FILE_ADOPTED))
        known = known && file->access == adopt__access(mode);
    else
        known = known && fstat(file__descriptor(file), &filed) == 0;
    object_unref(file_object(&file->io), OBJ_REF_CALL);
    return known;
}

NTSTATUS file_adopt(int descriptor)
{
    struct stat state;
    int mode = descriptor < 0 ? -1 : fcntl(descriptor, F_GETFL);

    if (mode < 0 || fstat(descriptor, &state) < 0)
        return STATUS_INVALID_HANDLE;
    /* A socket is a handle already, and 0 is none. */
    if (S_ISSOCK(state.st_mode) || descriptor == 0 || adopt__is_known(descriptor, &state, mode))
        return STATUS_SUCCESS;
    struct file *file = file_make(descriptor, &state, FILE_ADOPTED);
    if (!file)
        return STATUS_INSUFFICIENT_RESOURCES;
    file->access = adopt__access(mode);
    bool filed = handle_open_at(descriptor, file_object(&file->io));
    object_unref(file_object(&file->io), OBJ_REF_CALL);
    return filed ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static void given__enter(struct file *file, int descriptor)
{
    lock_take(&given_lock);
    if (!list_linked(&given_files))
        list_init(&given_files);
    if (atomic_exchange(&file->given_number, descriptor) < 0) {
        list_push_back(&given_files, &file->of_given);
        atomic_fetch_add(&given_count, 1);
    }
    lock_drop(&given_lock);
}

static void given__remove(struct file *file)
{
    lock_assert_held(&given_lock);
    list_remove(&file->of_given);
    atomic_store(&file->given_number, -1);
    atomic_fetch_sub(&given_count, 1);
}

static void given__leave(struct file *file)
{
    if (atomic_load(&file->given_number) < 0)
        return;
    lock_take(&given_lock);
    if (atomic_load(&file->given_number) >= 0)
        given__remove(file);
    lock_drop(&given_lock);
}

/* Whether the file's descriptor was closed; the number may be something else by now, as `other` is
 * for certain. Where the system does not tell, the same file is taken for the same descriptor. */
static bool given__is_gone(const struct file *file, int number, int other)
{
    struct stat state;

    if (number == other)
        return true;
    long compared =
        syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, number, file__descriptor(file));
    if (compared >= 0)
        return compared != 0;
    return fstat(number, &state) < 0 || state.st_dev != file->device || state.st_ino != file->inode;
}

/* One whose descriptor is gone, out of the list and with a reference, or NULL. */
static struct file *given__take_gone(int other, int *number)
{
    struct file *gone = NULL;

    lock_take(&given_lock);
    if (list_linked(&given_files))
        LIST_FOR_EACH(link, &given_files)
        {
            struct file *file = LIST_ELEMENT(link, struct file, of_given);
            *number = atomic_load(&file->given_number);
            /* What is being destroyed leaves the list by itself. */
            if (given__is_gone(file, *number, other) &&
                object_try_ref(file_object(&file->io), OBJ_REF_CALL)) {
                gone = file;
                break;
            }
        }
    if (gone)
        given__remove(gone);
    lock_drop(&given_lock);
    return gone;
}

NTSTATUS file_give(uintptr_t handle, int *descriptor)
{
    struct file *file = (struct file *)handle_get_kind(handle, &file_ops, NULL);

    if (!file)
        return STATUS_INVALID_HANDLE;
    *descriptor = fault_hit(FAULT_DESCRIPTOR)
                      ? -1
                      : fcntl(file__descriptor(file), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    NTSTATUS status = *descriptor < 0 ? STATUS_TOO_MANY_OPENED_FILES : STATUS_SUCCESS;
    if (status == STATUS_SUCCESS && !handle_open_at(*descriptor, file_object(&file->io))) {
        close(*descriptor);
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (status == STATUS_SUCCESS) {
        atomic_store(&file->given, handle);
        given__enter(file, *descriptor);
    }
    object_unref(file_object(&file->io), OBJ_REF_CALL);
    if (atomic_load(&given_count) >= atomic_load(&given_most)) {
        file_forget_closed(-1);
        atomic_store(&given_most, 2 * (atomic_load(&given_count) + GIVEN_FEW));
    }
    return status;
}

/* Takes the number's handle away; the file, with the handle's reference, or NULL. */
static struct file *adopt__take(int descriptor)
{
    struct object *object = handle_get_kind((uintptr_t)(unsigned)descriptor, &file_ops, NULL);

    if (!object)
        return NULL;
    object_unref(object, OBJ_REF_CALL);
    object = handle_take((uintptr_t)(unsigned)descriptor);
    return (struct file *)object;
}

static void adopt__close_given(uintptr_t handle)
{
    struct object *object = handle ? handle_take(handle) : NULL;

    if (object)
        handle_release(object);
}

/* Takes the number's handle away if it still is this file's. */
static void given__take_number(struct file *file, int number)
{
    struct object *ours = file_object(&file->io);
    struct object *filed = handle_get_kind((uintptr_t)(unsigned)number, &file_ops, NULL);

    if (filed)
        object_unref(filed, OBJ_REF_CALL);
    if (filed != ours)
        return;
    filed = handle_take((uintptr_t)(unsigned)number);
    if (filed && filed != ours) /* another thread's descriptor, this very moment */
        handle_open_at(number, filed);
    if (filed)
        handle_release(filed);
}

bool file_are_given(void)
{
    return atomic_load(&given_count) != 0;
}

void file_forget_closed(int other)
{
    struct file *file;
    int number;

    while ((file = given__take_gone(other, &number)) != NULL) {
        given__take_number(file, number);
        adopt__close_given(atomic_exchange(&file->given, 0));
        object_unref(file_object(&file->io), OBJ_REF_CALL);
    }
}

int file_close_descriptor(int descriptor)
{
    struct file *file = descriptor < 0 ? NULL : adopt__take(descriptor);
    bool given = file && !file_has(file, FILE_ADOPTED);
    int result = handle_close(descriptor);
    int error = errno;

    if (file) {
        given__leave(file);
        uintptr_t other = given ? atomic_exchange(&file->given, 0) : 0;
        handle_release(file_object(&file->io));
        adopt__close_given(other);
    }
    errno = error;
    return result;
}

NTSTATUS file_close_number(uintptr_t handle)
{
    struct file *file = adopt__take((int)handle);

    if (!file)
        return STATUS_INVALID_HANDLE;
    if (file_has(file, FILE_ADOPTED)) {
        /* With the last who uses it; the number is nobody's until then. */
        atomic_fetch_or(&file->io.flags, FILE_OWNED);
    } else {
        given__leave(file);
        handle_close((int)handle);
    }
    handle_release(file_object(&file->io));
    return STATUS_SUCCESS;
}

NTSTATUS file_duplicate_adopted(struct file *file, uintptr_t *handle)
{
    struct stat state;
    int descriptor = fault_hit(FAULT_DESCRIPTOR)
                         ? -1
                         : fcntl(file__descriptor(file), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    if (descriptor < 0)
        return STATUS_TOO_MANY_OPENED_FILES;
    struct file *made = fstat(descriptor, &state) == 0 ? file_make(descriptor, &state, 0) : NULL;
    if (!made) {
        close(descriptor);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    made->access = file->access;
    *handle = handle_open(file_object(&made->io));
    object_unref(file_object(&made->io), OBJ_REF_CALL);
    return *handle ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

bool file_is_adopted(struct file *file)
{
    return file_has(file, FILE_ADOPTED);
}

void file_replaced(struct object *object, int descriptor)
{
    struct file *file = (struct file *)object;

    if (file__descriptor(file) == descriptor)
        atomic_fetch_or(&file->io.flags, FILE_LOST);
}

void file_end_descriptor(struct file *file)
{
    int descriptor = file__descriptor(file);

    given__leave(file); /* while the descriptor is there to be compared with */
    if (!file_has(file, FILE_ADOPTED)) {
        if (descriptor >= 0)
            close(descriptor);
    } else if (file_has(file, FILE_OWNED) && !file_has(file, FILE_LOST)) {
        handle_close(descriptor);
    }
}
