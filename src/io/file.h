/* SPDX-License-Identifier: MIT
 *
 * The file object: what every handle that does overlapped I/O begins with. It is associated with at
 * most one port, for its whole life (PORT-6).
 */
#ifndef IO_FILE_H
#define IO_FILE_H

#include "engine/engine.h"
#include "port/port.h"
#include "wait/dispatcher.h"

#include <minwinbase.h>

/* Bits of io_file.flags. */
enum io_file_flags {
    IO_FILE_SKIP_PORT = 1,    /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS */
    IO_FILE_SKIP_EVENT = 2,   /* FILE_SKIP_SET_EVENT_ON_HANDLE */
    IO_FILE_OVERLAPPED = 4,   /* opened for overlapped I/O */
    IO_FILE_FIRST_OF_KIND = 8 /* from here on the kind's own bits */
};

/* What a read or a write through a HANDLE is about. */
struct io_routine;
struct io_transfer {
    void *data;
    uint32_t length;
    OVERLAPPED *overlapped;
    void *routine; /* the program's completion routine, or NULL */
    void (*call)(const struct io_routine *routine);
    uint32_t *bytes; /* stored when the call finishes at once */
};

struct io_file;

/* What a kind of files can do; object_ops.io. All but `transfer` may be NULL. */
struct io_ops {
    /* STATUS_PENDING, or the outcome of a call that ended at once. */
    NTSTATUS (*transfer)(struct io_file *file, const struct io_transfer *transfer, bool writing);
    /* Cancels those of its operations that are not in the engine's lanes; returns how many. */
    unsigned (*cancel)(struct io_file *file, bool (*match)(struct engine_request *, void *),
                       void *context);
    /* How many of those there are, for people to look at. */
    unsigned (*pending)(struct io_file *file);
    /* It is watched (io_file_watch) and may be ready; no lock is held. */
    void (*noticed)(struct io_file *file);
};

struct io_file {
    struct dispatcher dispatcher; /* signalled by operations without an event (EVT-2) */
    struct port *_Atomic port;    /* set once; the key is written before */
    uintptr_t key;
    union {
        struct engine_file engine;
        struct { /* names for two fields of the engine's */
            int : 32;
            struct lock lock;       /* attach_lock: associating; and for the kind's own use */
            _Atomic uint32_t flags; /* owners */
        };
    };
};
_Static_assert(offsetof(struct io_file, lock) == offsetof(struct io_file, engine.attach_lock) &&
                   offsetof(struct io_file, flags) == offsetof(struct io_file, engine.owners),
               "the same under two names");

static inline struct object *file_object(struct io_file *file)
{
    return &file->dispatcher.object;
}

/* A file with one reference (OBJ_REF_CALL). */
void io_file_init(struct io_file *file, const struct object_ops *ops, int descriptor,
                  uint32_t flags);
/* The last reference is gone: leaves the port and the engine. The descriptor stays open. */
void io_file_finish(struct io_file *file);

static inline bool io_file_has(struct io_file *file, uint32_t flags)
{
    return (atomic_load_explicit(&file->flags, memory_order_relaxed) & flags) == flags;
}

/* CreateIoCompletionPort's second half. STATUS_INVALID_PARAMETER if it has a port already or is
 * not overlapped (PORT-6, 7). */
NTSTATUS io_file_associate(struct io_file *file, struct port *port, uintptr_t key);

/* A new source that files can be polled at; for port_source. NULL: errno says why. */
struct port_source *io_source_make(struct port *port);

/* Who polls this source shall poll for the file's requests, unless it has a port of its own. No
 * association; the caller sees to it that the file goes before the source. */
void io_file_poll_with(struct io_file *file, struct port_source *source);

/* MODE-1: adds modes. */
NTSTATUS io_file_add_modes(struct io_file *file, uint32_t modes);

#endif
