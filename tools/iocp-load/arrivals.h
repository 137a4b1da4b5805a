/* SPDX-License-Identifier: MIT
 *
 * When the requests of an open load are due: at random, so many a second on average, none knowing
 * of another (a Poisson process), and the same times in every run. */
#ifndef IOCP_LOAD_ARRIVALS_H
#define IOCP_LOAD_ARRIVALS_H

#include <stdint.h>

struct arrivals {
    double mean_gap; /* nanoseconds */
    double due;      /* nanoseconds of connection_clock(): when the next one is due */
    uint64_t random;
};

/* Of one client thread, from now on. Threads with different numbers have different times. */
void arrivals_begin(struct arrivals *arrivals, double mean_gap, unsigned thread, uint64_t now);

/* The next one has been started. */
void arrivals_advance(struct arrivals *arrivals);

#endif
