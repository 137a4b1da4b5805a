/* SPDX-License-Identifier: MIT
 *
 * Counting fault points down. The pass that brings a counter from 1 to 0 is the one that fails.
 */
#include "base/fault.h"

#include <stdlib.h>

_Atomic int fault_countdown[FAULT_POINTS];

bool fault__count_down(enum fault_point point)
{
    int left = atomic_load(&fault_countdown[point]);
    while (left > 0)
        if (atomic_compare_exchange_weak(&fault_countdown[point], &left, left - 1))
            return left == 1;
    return false;
}

void *fault_malloc(size_t size)
{
    return fault_hit(FAULT_MEMORY) ? NULL : malloc(size);
}

void *fault_calloc(size_t count, size_t size)
{
    return fault_hit(FAULT_MEMORY) ? NULL : calloc(count, size);
}
