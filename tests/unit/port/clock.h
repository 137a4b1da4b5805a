/* SPDX-License-Identifier: MIT
 *
 * The time, for tests that measure some. */
#ifndef IOCP_TESTS_UNIT_PORT_CLOCK_H
#define IOCP_TESTS_UNIT_PORT_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds, since whenever. */
static inline int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

#endif
