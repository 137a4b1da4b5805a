/* SPDX-License-Identifier: MIT
 *
 * base/slab.h as the simulation has it: each piece comes from the C library and goes back to it, so
 * that the sanitizers see every use after that, and world.c watches what is given back.
 */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include "base/lock.h"

#include <stddef.h>

struct slab {
    size_t size;
    unsigned index;
};

enum slab_index { SLAB_PACKET, SLAB_PORT, SLAB_APC, SLAB_WAIT_PACKET, SLAB_RESERVE };

void *slab_alloc(struct slab *slab);
void slab_free(struct slab *slab, void *piece);

#endif
