/* SPDX-License-Identifier: MIT
 *
 * Equal-sized pieces of memory, handed out and taken back by any thread for a few nanoseconds.
 *
 * Memory that was once handed out by a slab is never given back to the C library: a piece that has
 * been freed stays readable and will only ever be the same kind of thing again. That is what lets
 * a handle be looked up without a lock (object/object.h): a stale pointer shows a dead reference
 * count, never somebody else's data. Only the first pointer-sized word of a free piece is
 * overwritten.
 */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include "base/lock.h"

#include <stddef.h>

enum { SLAB_MAX = 20 };

/* Static storage, one per kind of thing; `size` and `index` are the only fields set by the owner.
 * The index is this slab's place in every thread's cache and must be unique (enum slab_index). */
struct slab {
    size_t size;
    unsigned index;
    struct lock lock; /* the rest */
    struct slab_piece *free;
    void *chunks; /* all memory ever taken, so that leak checkers see it */
    char *fresh;  /* the never used part of the newest chunk */
    size_t fresh_pieces;
};

enum slab_index {
    SLAB_PACKET,
    SLAB_OPERATION,
    SLAB_SOCKET,
    SLAB_PORT,
    SLAB_DISPATCHER,
    SLAB_TIMER,
    SLAB_THREAD,
    SLAB_APC,
    SLAB_WAIT_PACKET,
    SLAB_RESERVE,
    SLAB_POSITIONAL,
    SLAB_FILE,
    SLAB_POOL_IO,
    SLAB_POOL_WORK,
    SLAB_PIPE,
    SLAB_RIO_QUEUE,
    SLAB_RIO_REQUESTS,
    SLAB_INDEXES
};
_Static_assert((int)SLAB_INDEXES < (int)SLAB_MAX, /* one is for tests */
               "every slab needs a place in the threads' caches");

/* NULL when memory is short. The piece is not cleared. */
void *slab_alloc(struct slab *slab);
void slab_free(struct slab *slab, void *piece);

#endif
