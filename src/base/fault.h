/* SPDX-License-Identifier: MIT
 *
 * Fault points: places where a test can make the library's own resources run out. In ordinary use
 * the check is one load of a word that nobody writes.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base/compiler.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum fault_point {
    FAULT_MEMORY,     /* an allocation of the library fails */
    FAULT_DESCRIPTOR, /* a descriptor cannot be made (EMFILE) */
    FAULT_THREAD,     /* a thread cannot be started */
    FAULT_DISK,       /* a disk fails a read or a write (EIO) */
    FAULT_POINTS
};

/* How many more passes until one fails; 0: never. */
extern _Atomic int fault_countdown[FAULT_POINTS];

bool fault__count_down(enum fault_point point) COLD;

/* True if this pass shall fail. */
static inline bool fault_hit(enum fault_point point)
{
    if (LIKELY(atomic_load_explicit(&fault_countdown[point], memory_order_relaxed) == 0))
        return false;
    return fault__count_down(point);
}

/* malloc, calloc and free with the fault point in front; the library calls no other. */
void *fault_malloc(size_t size);
void *fault_calloc(size_t count, size_t size);

#endif
