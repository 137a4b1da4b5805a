/* SPDX-License-Identifier: MIT
 *
 * The memory that goes with an operation, and what stands in front of it (struct io_side). Most of
 * it is one of two sizes and comes from slabs: an event's or a routine's, and that of a transfer
 * with an address.
 */
#include "io/operation.h"

#include "base/fault.h"
#include "base/slab.h"

#include <stdlib.h>

enum { SIDE_SMALL = 64, SIDE_LARGE = 256 };

static struct slab side_small = {.size = SIDE_SMALL, .index = SLAB_SIDE_SMALL};
static struct slab side_large = {.size = SIDE_LARGE, .index = SLAB_SIDE_LARGE};

static struct slab *side__slab(size_t size)
{
    return size <= SIDE_SMALL ? &side_small : size <= SIDE_LARGE ? &side_large : NULL;
}

void *io_memory_new(size_t size)
{
    struct slab *slab = side__slab(sizeof(struct io_side) + size);
    struct io_side *side = slab ? slab_alloc(slab) : fault_malloc(sizeof(struct io_side) + size);

    if (!side)
        return NULL;
    side->slab = slab;
    return side + 1;
}

void io_memory_free(void *memory)
{
    if (!memory)
        return;
    struct io_side *side = (struct io_side *)memory - 1;
    if (side->slab)
        slab_free(side->slab, side);
    else
        free(side);
}

void io_keep_memory(struct io_operation *operation, void *memory)
{
    struct io_side *side = (struct io_side *)memory - 1;
    struct slab *slab = side->slab;

    if (operation->flags & IO_SIDE) { /* the event's or the routine's */
        *side = *operation->side;
        side->slab = slab;
        io_memory_free(io_memory(operation));
    } else {
        side->overlapped = operation->overlapped;
        side->event = NULL;
        side->context = NULL;
    }
    operation->side = side;
    operation->flags |= IO_SIDE;
}

struct io_side *io_need_side(struct io_operation *operation)
{
    if (!(operation->flags & IO_SIDE)) {
        void *memory = io_memory_new(0);
        if (!memory)
            return NULL;
        io_keep_memory(operation, memory);
    }
    return operation->side;
}
