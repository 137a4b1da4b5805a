/* SPDX-License-Identifier: MIT
 *
 * Windows' time of day, 100 ns since 1601, UTC, and the system's. No state.
 */
#ifndef BASE_FILETIME_H
#define BASE_FILETIME_H

#include <stdint.h>
#include <time.h>

#define FILETIME_PER_SECOND 10000000LL
#define FILETIME_NANOSECONDS 100
#define FILETIME_SECONDS_TO_1970 11644473600LL

static inline int64_t filetime_of(int64_t seconds, int64_t nanoseconds)
{
    return (seconds + FILETIME_SECONDS_TO_1970) * FILETIME_PER_SECOND +
           nanoseconds / FILETIME_NANOSECONDS;
}

static inline struct timespec filetime_timespec(int64_t time)
{
    return (struct timespec){.tv_sec = time / FILETIME_PER_SECOND - FILETIME_SECONDS_TO_1970,
                             .tv_nsec = time % FILETIME_PER_SECOND * FILETIME_NANOSECONDS};
}

static inline int64_t filetime_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return filetime_of(now.tv_sec, now.tv_nsec);
}

#endif
