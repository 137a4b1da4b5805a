/* SPDX-License-Identifier: MIT
 *
 * The file's own structure, and the node that all open files of one inode share, for this room's
 * files only.
 */
#ifndef FILE_FILE_INTERNAL_H
#define FILE_FILE_INTERNAL_H

#include "base/list.h"
#include "file/file.h"
#include "io/positional.h"
#include "status/status.h"

#include <ntstatus.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Bits of io_file.flags that are the file's. */
enum file_flags {
    FILE_DIRECT = IO_FILE_FIRST_OF_KIND,      /* past the page cache: sectors (FILE-11) */
    FILE_STREAM = FILE_DIRECT << 1,           /* no positions: a terminal, a pipe */
    FILE_IS_DIRECTORY = FILE_DIRECT << 2,     /* nothing to read or write */
    FILE_DELETES = FILE_DIRECT << 3,          /* deleted when this handle is closed */
    FILE_UNBUFFERED_ASKED = FILE_DIRECT << 4, /* FILE_FLAG_NO_BUFFERING */
    FILE_CLOSED = FILE_DIRECT << 5,           /* no handle is left */
    FILE_ADOPTED = FILE_DIRECT << 6,          /* a descriptor of the C library: adopt.c */
    FILE_OWNED = FILE_DIRECT << 7,            /* and yet closed by CloseHandle */
    FILE_LOST = FILE_DIRECT << 8,             /* the number is another's by now */
};

/* All rights that count for sharing. */
enum file_use { FILE_USES_READ = 1, FILE_USES_WRITE = 2, FILE_USES_DELETE = 4 };

/* What the process has open of one inode. Kept by the files that have it open. */
struct file_node {
    struct list link; /* the table's chain; node_lock */
    dev_t device;
    ino_t inode;
    uint32_t references;       /* files that point here; node_lock */
    uint32_t count;            /* those of them that have a handle; node_lock */
    bool delete_pending;       /* goes with the last of them; node_lock */
    struct list files;         /* struct file.of_node; node_lock */
    _Atomic uint32_t ranges;   /* how many `locks` holds */
    struct list locks;         /* struct lock_held; lock.c */
    _Atomic uint32_t sections; /* that are mapped, or can be (MAP-8) */
};

struct file {
    struct io_file io;
    struct engine_disk disk;
    struct file_node *node; /* NULL for what is neither file nor directory */
    struct list of_node;    /* node_lock */
    uint32_t access;        /* specific rights only */
    uint32_t uses, shares;  /* FILE_USES_*: what it does, what it lets others do */
    uint32_t sector;        /* bytes, of a FILE_DIRECT file's positions and lengths */
    uint32_t alignment;     /* of its buffers */
    dev_t device;
    ino_t inode;
    _Atomic uintptr_t given;  /* the handle that the C library's descriptor stands for */
    _Atomic int given_number; /* that descriptor, or -1; changes under given_lock */
    struct list of_given;     /* given_lock */
    struct changes *changes;  /* a directory that is watched; changes_lock */
};

static inline int file__descriptor(const struct file *file)
{
    return file->io.engine.descriptor;
}

static inline bool file_has(struct file *file, uint32_t flags)
{
    return io_file_has(&file->io, flags);
}

/* create.c: a file for an open descriptor, with a reference for the call; NULL: no memory. */
struct file *file_make(int descriptor, const struct stat *state, uint32_t flags);

/* adopt.c: object_ops.replaced, and the descriptor's end. */
void file_replaced(struct object *object, int descriptor);
void file_end_descriptor(struct file *file);
/* Whether there are files that the C library has descriptors of; closes the handles of those whose
 * descriptors it has closed. `other`: a number that is no such descriptor, or -1. */
bool file_are_given(void);
void file_forget_closed(int other);

/* node.c: finds or makes the inode's node and files the file there. STATUS_SHARING_VIOLATION,
 * STATUS_DELETE_PENDING. */
NTSTATUS node_join(struct file *file, dev_t device, ino_t inode);
/* The file has no handle any more: its locks go, and with the last the name if it is to be deleted.
 */
void node_leave(struct file *file);
/* The file object is gone too. */
void node_forget(struct file *file);
bool node_delete_pending(struct file *file);
/* Whether the process has it open; whether all who have let it be deleted
 * (STATUS_SHARING_VIOLATION, STATUS_DELETE_PENDING if it is marked already). */
bool node_is_mapped(const struct file *file);
bool node_is_open(dev_t device, ino_t inode);
NTSTATUS node_check_delete(dev_t device, ino_t inode);
/* As the latter; STATUS_PENDING: it is open, and goes with the last handle. */
NTSTATUS node_delete(dev_t device, ino_t inode);

/* information.c */
NTSTATUS file_facts_of_path(const char *path, struct file_facts *facts);
/* The mode with the attributes that it can tell; 0: as it is. */
mode_t file_mode_with(mode_t mode, uint32_t attributes);

/* move.c: whether what stands at `to` may go for the sake of something else; a name's change to the
 * disk. */
NTSTATUS move_check_target(const char *to, const struct stat *source);
void move_write_through(const char *path);

/* read_write.c: io_ops.transfer. */
NTSTATUS file_transfer(struct io_file *io, const struct io_transfer *transfer, bool writing);

/* name.c: takes the file's name away if it still is this file's. */
NTSTATUS file_unlink(struct file *file);
/* The open file has no name any more. */
bool file_is_removed(struct file *file);

/* changes.c: what waits on a directory; RDC-6; all handles of a directory marked for deletion. */
unsigned changes_cancel(struct file *file, bool (*match)(struct engine_request *, void *),
                        void *context);
void changes_close(struct file *file);
void changes_deleted(const struct file_node *node);

/* lock.c */
/* STATUS_FILE_LOCK_CONFLICT if another file's lock forbids this transfer (LOCK-5). */
NTSTATUS lock_check(struct file *file, uint64_t first, uint64_t length, bool writing);
void lock_drop_all(struct file *file);
unsigned lock_cancel(struct file *file, bool (*match)(struct engine_request *, void *),
                     void *context);

#endif
