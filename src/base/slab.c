/* SPDX-License-Identifier: MIT
 *
 * Slabs: every thread keeps a small stack of free pieces per slab; stacks are filled and emptied
 * in batches under the slab's lock. A thread's pieces go back when it ends.
 */
#include "base/slab.h"

#include "base/fault.h"
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

struct slab_piece {
    struct slab_piece *next;
};

struct slab_cache {
    struct slab_piece *top;
    unsigned count;
};

static THREAD_LOCAL struct slab_cache slab_caches[SLAB_MAX];
static struct slab *_Atomic slab_known[SLAB_MAX];

static void cache__push(struct slab_cache *cache, struct slab_piece *piece)
{
    piece->next = cache->top;
    cache->top = piece;
    cache->count++;
}

static struct slab_piece *cache__pop(struct slab_cache *cache)
{
    struct slab_piece *piece = cache->top;
    cache->top = piece->next;
    cache->count--;
    /* The next one was left by another thread, or long ago: its line is fetched meanwhile. */
    __builtin_prefetch(cache->top, 1);
    return piece;
}

/* Gives `count` pieces of the cache back to the slab. */
static void slab__give_back(struct slab *slab, struct slab_cache *cache, unsigned count)
{
    lock_take(&slab->lock);
    while (count--) {
        struct slab_piece *piece = cache__pop(cache);
        piece->next = slab->free;
        slab->free = piece;
    }
    lock_drop(&slab->lock);
}

static void slab__leave(void)
{
    for (unsigned index = 0; index < SLAB_MAX; index++)
        if (slab_caches[index].count)
            slab__give_back(atomic_load_explicit(&slab_known[index], memory_order_relaxed),
                            &slab_caches[index], slab_caches[index].count);
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
    thread_exit_register(THREAD_EXIT_MEMORY, slab__leave);
    atomic_store_explicit(&slab_known[slab->index], slab, memory_order_relaxed);
    lock_take(&slab->lock);
    while (cache->count < SLAB_BATCH) {
        struct slab_piece *piece = slab->free;
        if (piece)
            slab->free = piece->next;
        else
            piece = slab__fresh_piece(slab);
        if (!piece)
            break;
        cache__push(cache, piece);
    }
    lock_drop(&slab->lock);
}

void *slab_alloc(struct slab *slab)
{
    struct slab_cache *cache = &slab_caches[slab->index];

    if (fault_hit(FAULT_MEMORY))
        return NULL;
    if (UNLIKELY(cache->count == 0)) {
        slab__refill(slab, cache);
        if (cache->count == 0)
            return NULL;
    }
    return cache__pop(cache);
}

void slab_free(struct slab *slab, void *piece)
{
    struct slab_cache *cache = &slab_caches[slab->index];

    if (UNLIKELY(cache->count == 0)) {
        thread_exit_register(THREAD_EXIT_MEMORY, slab__leave);
        atomic_store_explicit(&slab_known[slab->index], slab, memory_order_relaxed);
    }
    cache__push(cache, piece);
    if (UNLIKELY(cache->count > SLAB_CACHE))
        slab__give_back(slab, cache, SLAB_BATCH);
}
