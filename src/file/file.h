/* SPDX-License-Identifier: MIT
 *
 * Files and directories: what the API's file functions do. Access rights, sharing, dispositions and
 * flags have Windows' values here; names are UTF-8 as programs write them (path.c translates).
 * Every function returns a status and takes a file that the caller holds a reference on.
 */
#ifndef FILE_FILE_H
#define FILE_FILE_H

#include "io/file.h"

struct file;

extern const struct object_ops file_ops;

/* create.c */
struct file_opening {
    const char *name;
    uint32_t access;      /* GENERIC_*, FILE_*, DELETE */
    uint32_t share;       /* FILE_SHARE_* */
    uint32_t disposition; /* CREATE_NEW ... */
    uint32_t flags;       /* FILE_FLAG_*, FILE_ATTRIBUTE_* */
};
/* *existed: the file was there before. */
NTSTATUS file_create(const struct file_opening *opening, uintptr_t *handle, bool *existed);
/* Another handle of an open file, by whatever name it has, or none. */
NTSTATUS file_reopen(struct file *file, uint32_t access, uint32_t share, uint32_t flags,
                     uintptr_t *handle);
/* The descriptor behind a file's handle, or -1. It lives as long as the handle. */
int file_descriptor(uintptr_t handle);

/* adopt.c: descriptors of the C library, whose numbers are handles. A descriptor that is not known
 * becomes a synchronous file; a file of ours gets a second descriptor, which is the handle's from
 * then on. */
NTSTATUS file_adopt(int descriptor);
NTSTATUS file_give(uintptr_t handle, int *descriptor);
/* close(2) by who may know that the library uses the descriptor. */
int file_close_descriptor(int descriptor);
/* CloseHandle and DuplicateHandle of such a number. */
NTSTATUS file_close_number(uintptr_t handle);
NTSTATUS file_duplicate_adopted(struct file *file, uintptr_t *handle);
bool file_is_adopted(struct file *file);

/* path.c: a name as Windows has it, as Linux has it. `room` has FILE_PATH_BYTES bytes. */
enum { FILE_PATH_BYTES = 4096 };
NTSTATUS file_path(const char *name, char *room);
/* The status of an errno about this path: tells a missing file from a missing directory. */
NTSTATUS file_path_status(int error, const char *path);

/* read_write.c: pages in memory of their own (FILE-12). */
NTSTATUS file_transfer_pages(struct file *file, void *const *pages, uint32_t length,
                             OVERLAPPED *overlapped, bool writing);
NTSTATUS file_flush(struct file *file);

/* position.c */
NTSTATUS file_seek(struct file *file, int64_t distance, uint32_t method, int64_t *position);
NTSTATUS file_set_end_here(struct file *file);
NTSTATUS file_set_end(struct file *file, int64_t end);
NTSTATUS file_allocate(struct file *file, int64_t size);
/* FSCTL_SET_ZERO_DATA: bytes from `first` up to `beyond`. */
NTSTATUS file_zero(struct file *file, int64_t first, int64_t beyond);

/* information.c: times in 100 ns since 1601. */
struct file_facts {
    uint64_t size, allocated, device, inode;
    int64_t created, accessed, written, changed;
    uint32_t links, attributes, type; /* type: FILE_TYPE_* */
    bool directory, delete_pending;
};
NTSTATUS file_facts(struct file *file, struct file_facts *facts);
/* FILE_ATTRIBUTE_* of a mode as stat has it. */
uint32_t file_attributes(uint32_t mode);
/* FILE_* rights that it was opened with; FILE_SYNCHRONOUS_IO_NONALERT and the like. */
uint32_t file_rights(const struct file *file);
uint32_t file_mode(struct file *file);
/* What addresses of its buffers have to be a multiple of, less one. */
uint32_t file_alignment(struct file *file);
/* 0: leave as it is. */
NTSTATUS file_set_times(struct file *file, int64_t accessed, int64_t written);
NTSTATUS file_set_attributes(struct file *file, uint32_t attributes);
/* FILE_TYPE_* of a descriptor. */
uint32_t file_type_of(int descriptor);

/* name.c */
NTSTATUS file_set_delete(struct file *file, bool wanted);
NTSTATUS file_rename(struct file *file, const char *name, bool replace);
/* Where it is now, in `room` of FILE_PATH_BYTES bytes. */
NTSTATUS file_where(struct file *file, char *room);

/* changes.c: ReadDirectoryChangesW. STATUS_PENDING, or the outcome of a synchronous call. */
struct file_changes_call {
    void *room;
    uint32_t length;
    uint32_t filter; /* FILE_NOTIFY_CHANGE_* */
    bool subtree;
    bool anonymous; /* nobody wants to know what changed: neither room nor OVERLAPPED */
    OVERLAPPED *overlapped;
    void *routine; /* the program's, or NULL */
    void (*call)(const struct io_routine *routine);
    uint32_t *bytes; /* stored if the call ends at once */
};
NTSTATUS file_read_changes(struct file *file, const struct file_changes_call *call);

/* control.c: DeviceIoControl, codes as Windows has them. */
NTSTATUS file_control(struct file *file, uint32_t code, const void *input, uint32_t length,
                      OVERLAPPED *overlapped);

/* lock.c */
struct file_lock_range {
    uint64_t first, length;
};
NTSTATUS file_lock(struct file *file, const struct file_lock_range *range, bool exclusive,
                   bool at_once, OVERLAPPED *overlapped);
NTSTATUS file_unlock(struct file *file, const struct file_lock_range *range);

#endif
