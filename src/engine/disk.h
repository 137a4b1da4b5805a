/* SPDX-License-Identifier: MIT
 *
 * The seam for I/O at a position: reads and writes of files. They are no matter of lanes: several
 * on one file run side by side and end in any order (FILE-15), and a file is always "ready".
 *
 * A request is first tried without blocking (engine_disk_try); what would have to wait is started:
 * on a ring of the file's source where io_uring may be used, else by a small pool of threads
 * (pool.c). A caller that may block does it itself (engine_disk_wait).
 */
#ifndef ENGINE_DISK_H
#define ENGINE_DISK_H

#include "base/list.h"
#include "engine/engine.h"

enum engine_disk_kind { ENGINE_DISK_READ, ENGINE_DISK_WRITE, ENGINE_DISK_FLUSH };

enum engine_disk_flags {
    ENGINE_DISK_APPEND = 1, /* a write at the end of the file, wherever that is by then */
    ENGINE_DISK_DIRECT = 2, /* past the page cache: what a short transfer left is not asked for */
    ENGINE_DISK_STREAM = 4, /* no positions: a short read is a whole one */
    ENGINE_DISK_CANCELLED = 8, /* the engine's own: a cancel was asked for */
};

/* No position: where the descriptor stands, which moves on. */
#define ENGINE_DISK_HERE UINT64_MAX

struct engine_disk;

struct engine_disk_request {
    struct list link;                 /* the file's requests under way; engine_disk.lock */
    struct engine_disk_request *next; /* pool.c, under its lock, as `queued` */
    struct engine_disk *disk;         /* the engine's own, as the next */
    struct engine_source *source;     /* whose ring holds it; NULL: the pool */
    /* Result: bytes, or a negative errno; with no lock held, exactly once. */
    void (*done)(struct engine_disk_request *request, long result);
    union {
        void *data;
        struct iovec *vector; /* changed on the way */
    };
    uint64_t offset;
    uint32_t length; /* bytes in all */
    uint32_t moved;  /* so far */
    uint16_t count;  /* of vector; 0: data is one buffer */
    uint8_t kind;
    _Atomic uint8_t flags;
    bool queued;
    _Atomic bool handed; /* to a ring: what was written here before is seen by who completes it */
};

/* A file whose requests have positions. */
struct engine_disk {
    struct engine_file *file;
    struct lock lock;         /* the next two */
    struct list pending;      /* struct engine_disk_request */
    int closed;               /* errno for what comes too late, 0 while open */
    _Atomic uint8_t blocking; /* kinds of which a try is useless here: bits 1 << kind */
};

void engine_disk_init(struct engine_disk *disk, struct engine_file *file);

/* Does what can be done without waiting for the disk: a result as for `done`, or -EAGAIN, after
 * which the rest can be started (request->moved tells how much is done). */
long engine_disk_try(struct engine_disk *disk, struct engine_disk_request *request);
/* `done` will be called, or was called meanwhile: the request is not the caller's any more. */
void engine_disk_start(struct engine_disk *disk, struct engine_disk_request *request);
/* Does it all in the calling thread, which may sleep. */
long engine_disk_wait(struct engine_disk *disk, struct engine_disk_request *request);

/* Asks those that `match` picks (all if NULL) to end early; returns how many there are. What only
 * waits for a thread of the pool is done, with -ECANCELED, on return. */
unsigned engine_disk_cancel(struct engine_disk *disk,
                            bool (*match)(struct engine_disk_request *, void *), void *context);
/* How many there are, for people to look at; counted up to some thousands. */
unsigned engine_disk_pending(struct engine_disk *disk);
/* Ends all as above, and refuses new ones with -error. */
void engine_disk_close(struct engine_disk *disk, int error);

#endif
