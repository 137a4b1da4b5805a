/* SPDX-License-Identifier: MIT
 *
 * Where memory comes from: address ranges in units of 64 KiB, low ones first, and the map that
 * says which span an address belongs to. Private to mem/.
 */
#ifndef MEM_PLACE_H
#define MEM_PLACE_H

#include <stddef.h>

#define PLACE_UNIT ((size_t)1 << 16)

struct mem_span;

/* Fresh zeroed memory of `bytes`, its start a multiple of PLACE_UNIT, entered in the map for
 * `span`; NULL when there is none. */
void *place_take(size_t bytes, struct mem_span *span);

/* Takes it out of the map and gives it back to the kernel. */
void place_give(void *start, size_t bytes);

/* The span this address lies in, or NULL. Takes no lock: the answer may be out of date unless the
 * caller knows that the address belongs to a live block. */
struct mem_span *place_owner(const void *address);

#endif
