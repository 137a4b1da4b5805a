/* SPDX-License-Identifier: MIT
 *
 * Reading a histogram; filling it is inline in the header. */
#include "histogram.h"

#include <math.h>

double histogram_value(size_t cell)
{
    size_t per_octave = (size_t)1 << HISTOGRAM_CELL_BITS;
    if (cell < 2 * per_octave)
        return (double)cell;
    unsigned shift = (unsigned)(cell >> HISTOGRAM_CELL_BITS) - 1;
    uint64_t low = (uint64_t)(per_octave + (cell & (per_octave - 1))) << shift;
    return (double)low + (double)((UINT64_C(1) << shift) - 1) / 2;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++)
        into->cells[i] += from->cells[i];
    into->count += from->count;
    into->sum += from->sum;
    if (from->max > into->max)
        into->max = from->max;
}

double histogram_quantile(const struct histogram *histogram, double share)
{
    if (!histogram->count)
        return 0;
    uint64_t rank = (uint64_t)ceil(share * (double)histogram->count);
    if (rank < 1)
        rank = 1;
    uint64_t seen = 0;
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++) {
        seen += histogram->cells[i];
        if (seen >= rank) {
            double middle = histogram_value(i);
            return middle < (double)histogram->max ? middle : (double)histogram->max;
        }
    }
    return (double)histogram->max;
}

double histogram_mean(const struct histogram *histogram)
{
    return histogram->count ? (double)histogram->sum / (double)histogram->count : 0;
}
