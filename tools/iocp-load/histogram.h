/* SPDX-License-Identifier: MIT
 *
 * A histogram of durations in nanoseconds with a fixed relative precision: each power of two
 * is split into 128 equal cells, so a cell is less than 0.8 % wide and its middle, which is
 * what is reported, is less than 0.4 % from any value that fell into it. Below 128 ns it is
 * exact. The maximum and the sum are kept exactly. Not locked: one writer at a time. */
#ifndef IOCP_LOAD_HISTOGRAM_H
#define IOCP_LOAD_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_CELL_BITS = 7,
    HISTOGRAM_CELLS = (64 - HISTOGRAM_CELL_BITS + 1) << HISTOGRAM_CELL_BITS,
};

struct histogram {
    uint64_t count;
    uint64_t sum;
    uint64_t max;
    uint64_t cells[HISTOGRAM_CELLS];
};

static inline size_t histogram_cell(uint64_t value)
{
    if (value < (UINT64_C(1) << HISTOGRAM_CELL_BITS))
        return (size_t)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_CELL_BITS;
    return ((size_t)shift << HISTOGRAM_CELL_BITS) + (size_t)(value >> shift);
}

static inline void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->cells[histogram_cell(value)]++;
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->max)
        histogram->max = value;
}

/* The middle of a cell. */
double histogram_value(size_t cell);

void histogram_merge(struct histogram *into, const struct histogram *from);

/* The value that the given share (0 to 1) of all values does not exceed; 0 when empty. */
double histogram_quantile(const struct histogram *histogram, double share);

double histogram_mean(const struct histogram *histogram);

#endif
