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

#include "base/fault.h"
#include "base/lock.h"

#include <stdbool.h>
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
    SLAB_SIDE_SMALL,
    SLAB_SIDE_LARGE,
    SLAB_INDEXES
};
_Static_assert((int)SLAB_INDEXES < (int)SLAB_MAX, /* one is for tests */
               "every slab needs a place in the threads' caches");

struct slab_piece {
    struct slab_piece *next;
};

/* What the calling thread has of each slab. */
struct slab_cache {
    struct slab_piece *top;
    unsigned room; /* for how many more */
    bool known;    /* there is room, and the thread gives its pieces back when it ends */
};
extern THREAD_LOCAL struct slab_cache slab_caches[SLAB_MAX];

void *slab__alloc_slow(struct slab *slab);
void slab__free_slow(struct slab *slab, struct slab_piece *piece);

static inline struct slab_piece *slab__pop(struct slab_cache *cache)
{
    struct slab_piece *piece = cache->top;
    cache->top = piece->next;
    cache->room++;
    /* The next one was left by another thread, or long ago: its line is fetched meanwhile. */
    __builtin_prefetch(cache->top, 1);
    return piece;
}

static inline void slab__push(struct slab_cache *cache, struct slab_piece *piece)
{
    piece->next = cache->top;
    cache->top = piece;
    cache->room--;
}

/* NULL when memory is short. The piece is not cleared. */
static inline void *slab_alloc(struct slab *slab)
{
    struct slab_cache *cache = &slab_caches[slab->index];

    if (fault_hit(FAULT_MEMORY))
        return NULL;
    return LIKELY(cache->top != NULL) ? slab__pop(cache) : slab__alloc_slow(slab);
}

static inline void slab_free(struct slab *slab, void *piece)
{
    struct slab_cache *cache = &slab_caches[slab->index];

    if (LIKELY(cache->room))
        slab__push(cache, piece);
    else
        slab__free_slow(slab, piece);
}

#endif
