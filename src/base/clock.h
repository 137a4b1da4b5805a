/* SPDX-License-Identifier: MIT
 *
 * Monotonic time in nanoseconds, and deadlines on it. A deadline is absolute; CLOCK_FOREVER never
 * comes. The monotonic clock stands still while the machine sleeps, as Windows' timeouts do.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_FOREVER INT64_MAX
#define NANOSECONDS_PER_SECOND 1000000000LL
#define NANOSECONDS_PER_MILLISECOND 1000000LL
#define NANOSECONDS_PER_MICROSECOND 1000LL

static inline int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

/* The deadline of a Win32 timeout in milliseconds; 0xFFFFFFFF (INFINITE) never comes, 0 is past. */
static inline int64_t clock_deadline(uint32_t milliseconds)
{
    if (milliseconds == UINT32_MAX)
        return CLOCK_FOREVER;
    if (milliseconds == 0)
        return 0;
    return clock_now() + milliseconds * NANOSECONDS_PER_MILLISECOND;
}

static inline struct timespec clock_timespec(int64_t nanoseconds)
{
    return (struct timespec){.tv_sec = nanoseconds / NANOSECONDS_PER_SECOND,
                             .tv_nsec = nanoseconds % NANOSECONDS_PER_SECOND};
}

#endif
