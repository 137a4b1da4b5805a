/* SPDX-License-Identifier: MIT
 *
 * Slabs: every thread keeps a small stack of free pieces per slab; stacks are filled and emptied
 * in batches under the slab's lock. A thread's pieces go back when it ends.
 */
#include "base/slab.h"

#include "base/fork.h"
#include "base/thread_exit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLAB_BATCH = 32, /* pieces that change hands at once */
    SLAB_CACHE = 64, /* pieces a thread keeps at most */
    SLAB_CHUNK_BYTES = 16384,
    SLAB_LINE = 64, /* pieces of whole cache lines lie on whole cache lines */
};

THREAD_LOCAL struct slab_cache slab_caches[SLAB_MAX];
static struct slab *_Atomic slab_known[SLAB_MAX];

/* Gives some pieces of the cache back to the slab. */
static void slab__give_back(struct slab *slab, struct slab_cache *cache, unsigned count)
{
    lock_take(&slab->lock);
    while (count-- && cache->top) {
        struct slab_piece *piece = slab__pop(cache);
        piece->next = slab->free;
        slab->free = piece;
    }
    lock_drop(&slab->lock);
}

static void slab__leave(void)
{
    for (unsigned index = 0; index < SLAB_MAX; index++) {
        struct slab_cache *cache = &slab_caches[index];
        if (cache->top)
            slab__give_back(atomic_load_explicit(&slab_known[index], memory_order_relaxed), cache,
                            SLAB_CACHE);
        *cache = (struct slab_cache){0}; /* what is freed after this makes it known again */
    }
}

/* The thread's first piece of this slab. */
static void slab__know(struct slab *slab, struct slab_cache *cache)
{
    thread_exit_register(THREAD_EXIT_MEMORY, slab__leave);
    atomic_store_explicit(&slab_known[slab->index], slab, memory_order_relaxed);
    cache->known = true;
    cache->room = SLAB_CACHE;
}

/* The next never used piece, or NULL when there is no memory for a chunk. Fresh memory is zero:
 * the reference count in an object that never lived reads as dead. */
static struct slab_piece *slab__fresh_piece(struct slab *slab)
{
    lock_assert_held(&slab->lock);
    if (slab->fresh_pieces == 0) {
        /* Not aligned_alloc, whose memory would have to be cleared, and so be there, all at
         * once. */
        char *chunk = calloc(1, SLAB_CHUNK_BYTES);
        if (!chunk)
            return NULL;
        *(void **)chunk = slab->chunks;
        slab->chunks = chunk;
        uintptr_t first = (uintptr_t)chunk + sizeof(void *) + SLAB_LINE - 1;
        size_t before = first - first % SLAB_LINE - (uintptr_t)chunk;
        slab->fresh = chunk + before;
        slab->fresh_pieces = (SLAB_CHUNK_BYTES - before) / slab->size;
    }
    struct slab_piece *piece = (struct slab_piece *)slab->fresh;
    slab->fresh += slab->size;
    slab->fresh_pieces--;
    return piece;
}

/* Brings up to a batch of pieces into the cache; leaves it empty when memory is short, and in a
 * child of fork, where another thread may have left the slab half changed. */
static void slab__refill(struct slab *slab, struct slab_cache *cache)
{
    if (atomic_load_explicit(&fork_is_orphan, memory_order_relaxed))
        return;
    if (!cache->known)
        slab__know(slab, cache);
    lock_take(&slab->lock);
    while (cache->room > SLAB_CACHE - SLAB_BATCH) {
        struct slab_piece *piece = slab->free;
        if (piece)
            slab->free = piece->next;
        else
            piece = slab__fresh_piece(slab);
        if (!piece)
            break;
        slab__push(cache, piece);
    }
    lock_drop(&slab->lock);
}

void *slab__alloc_slow(struct slab *slab)
{
    struct slab_cache *cache = &slab_caches[slab->index];

    slab__refill(slab, cache);
    return cache->top ? slab__pop(cache) : NULL;
}

void slab__free_slow(struct slab *slab, struct slab_piece *piece)
{
    struct slab_cache *cache = &slab_caches[slab->index];

    if (!cache->known)
        slab__know(slab, cache);
    else
        slab__give_back(slab, cache, SLAB_BATCH);
    slab__push(cache, piece);
}
