/* SPDX-License-Identifier: MIT
 *
 * A heap whose blocks lie below 4 GiB, below 2 GiB while there is room, so that a pointer survives
 * being kept in a DWORD as it usually does on Windows. When no low address is left, blocks lie
 * anywhere: better a high pointer than none.
 *
 * Everything the heap knows about a block is kept apart from it. A wild pointer, a pointer into
 * the middle of a block, a block freed twice are recognized and change nothing.
 *
 * Locks: each heap has its own (struct mem_heap); the map of addresses has one (place.c), taken
 * inside a heap's. No other lock is taken below them.
 */
#ifndef MEM_MEM_H
#define MEM_MEM_H

#include "base/list.h"
#include "base/lock.h"

#include <stdbool.h>
#include <stddef.h>

#define MEM_ALIGNMENT 16

enum { MEM_CLASSES = 40 };

/* Zeroed memory is an empty heap, so a static one needs no initialization. */
struct mem_heap {
    struct lock lock;                    /* everything below */
    struct list open[MEM_CLASSES];       /* per size class: spans with a free piece */
    struct mem_span *spare[MEM_CLASSES]; /* one span without a block, so that a pair of calls does
                                            not map and unmap each time */
    struct list spans;                   /* all of them */
    size_t limit;                        /* bytes in blocks at most; 0: no limit */
    size_t used;
    bool ready; /* lists are initialized */
};

struct mem_block_info {
    struct mem_heap *heap;
    size_t size; /* as asked for */
};

/* A block of `size` bytes (0 gives a block too); NULL when memory is short. */
void *mem_alloc(struct mem_heap *heap, size_t size, bool zero);

/* False: this is no block of that heap. NULL is none. */
bool mem_free(struct mem_heap *heap, void *block);

enum mem_resize { MEM_MAY_MOVE = 0, MEM_IN_PLACE = 1, MEM_ZERO_GROWTH = 2 };

/* The block with its new size, moved if need be; NULL leaves it as it was (memory is short, it may
 * not move, or it is no block of that heap). `how` is a set of enum mem_resize. */
void *mem_resize(struct mem_heap *heap, void *block, size_t size, unsigned how);

/* What is known of a block; false if it is none of any heap. */
bool mem_query(const void *block, struct mem_block_info *info);

/* Gives back every block. The heap is empty afterwards; nobody else may be using it. */
void mem_clear(struct mem_heap *heap);

#endif
