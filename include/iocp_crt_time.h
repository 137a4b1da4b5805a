/* SPDX-License-Identifier: MIT
 *
 * Functions that Windows' C library has in time.h: times with 64 bits, and the _s family, whose
 * first argument is the result's place. All inline; a name that is a macro already is left alone.
 */
#ifndef IOCP_CRT_TIME_H
#define IOCP_CRT_TIME_H

#include <errno.h>
#include <time.h>

typedef long long __time64_t;

#if !defined(__USE_POSIX) && !defined(__cplusplus) /* the standard's own names only */
extern struct tm *gmtime_r(const time_t *seconds, struct tm *to);
extern struct tm *localtime_r(const time_t *seconds, struct tm *to);
#endif

#ifndef _gmtime64
static __inline__ struct tm *_gmtime64(const __time64_t *seconds)
{
    time_t plain = seconds ? (time_t)*seconds : -1;
    return plain < 0 ? NULL : gmtime(&plain);
}
#endif

#ifndef _localtime64
static __inline__ struct tm *_localtime64(const __time64_t *seconds)
{
    time_t plain = seconds ? (time_t)*seconds : -1;
    return plain < 0 ? NULL : localtime(&plain);
}
#endif

#ifndef _gmtime64_s
/* 0, or EINVAL: a pointer is NULL, or a time before 1970; then all fields are -1. */
static __inline__ int _gmtime64_s(struct tm *to, const __time64_t *seconds)
{
    time_t plain = seconds ? (time_t)*seconds : -1;
    if (!to)
        return EINVAL;
    to->tm_sec = to->tm_min = to->tm_hour = to->tm_mday = to->tm_mon = to->tm_year = -1;
    to->tm_wday = to->tm_yday = to->tm_isdst = -1;
    return plain >= 0 && gmtime_r(&plain, to) ? 0 : EINVAL;
}
#endif

#ifndef _localtime64_s
static __inline__ int _localtime64_s(struct tm *to, const __time64_t *seconds)
{
    time_t plain = seconds ? (time_t)*seconds : -1;
    int result = _gmtime64_s(to, seconds);
    if (result == 0)
        localtime_r(&plain, to);
    return result;
}
#endif

#ifndef gmtime_s
static __inline__ int gmtime_s(struct tm *to, const time_t *seconds)
{
    __time64_t wide = seconds ? *seconds : -1;
    return _gmtime64_s(to, &wide);
}
#endif

#ifndef localtime_s
static __inline__ int localtime_s(struct tm *to, const time_t *seconds)
{
    __time64_t wide = seconds ? *seconds : -1;
    return _localtime64_s(to, &wide);
}
#endif

#ifndef _time64
static __inline__ __time64_t _time64(__time64_t *to)
{
    __time64_t now = time(NULL);
    if (to)
        *to = now;
    return now;
}
#endif

#endif
