/* SPDX-License-Identifier: MIT
 *
 * Gaps between arrivals: exponentially distributed, from a generator that begins the same each
 * time. */
#include "arrivals.h"

#include <math.h>

/* SplitMix64. */
static uint64_t arrivals__random(struct arrivals *arrivals)
{
    uint64_t mixed = arrivals->random += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void arrivals_begin(struct arrivals *arrivals, double mean_gap, unsigned thread, uint64_t now)
{
    *arrivals = (struct arrivals){.mean_gap = mean_gap, .due = (double)now, .random = thread};
    arrivals_advance(arrivals);
}

void arrivals_advance(struct arrivals *arrivals)
{
    /* In (0, 1]: the logarithm of 0 is none. */
    double share = (double)((arrivals__random(arrivals) >> 11) + 1) / 9007199254740992.0;

    arrivals->due -= arrivals->mean_gap * log(share);
}
