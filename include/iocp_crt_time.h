/* SPDX-License-Identifier: MIT
 *
 * Functions that Windows' C library has in time.h: times with 64 bits, and the _s family, whose
 * first argument is the result's place. All inline; a name that is a macro already is left alone.
 */
#ifndef IOCP_CRT_TIME_H
#define IOCP_CRT_TIME_H

#include "iocp_crt_base.h"

#include <time.h>

typedef long long __time64_t;

/* Windows' sys/timeb.h */
struct __timeb64 {
    __time64_t time;        /* seconds since 1970 */
    unsigned short millitm; /* and milliseconds */
    short timezone;         /* minutes from local standard time to UTC: positive in the west */
    short dstflag;          /* not 0: there is daylight saving time now */
};
#ifndef _timeb
#define _timeb __timeb64
#endif

#ifdef __cplusplus
extern "C" {
#endif
extern time_t iocp_libc_timegm(struct tm *from) IOCP_SYMBOL("timegm");
#ifdef __cplusplus
}
#endif

IOCP_BEGIN_DECLS
/* _ftime_s: the time, and the process's time zone. Returns 0; EINVAL for NULL.
 * crt:ftime-s-ftime32-s-ftime64-s */
errno_t _ftime64_s(struct __timeb64 *to) IOCP_SYMBOL("iocp_ftime64_s");
IOCP_END_DECLS

#ifndef _ftime_s
#define _ftime_s _ftime64_s
#endif

#ifndef _ftime64
static __inline__ void _ftime64(struct __timeb64 *to)
{
    _ftime64_s(to);
}
#endif
#ifndef _ftime
#define _ftime _ftime64
#endif

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

#ifndef _mktime64
static __inline__ __time64_t _mktime64(struct tm *from)
{
    return mktime(from);
}
#endif

#ifndef _mkgmtime64
/* mktime for a time in UTC. */
static __inline__ __time64_t _mkgmtime64(struct tm *from)
{
    return iocp_libc_timegm(from);
}
#endif

#ifndef _mkgmtime
static __inline__ time_t _mkgmtime(struct tm *from)
{
    return iocp_libc_timegm(from);
}
#endif

#ifndef _ctime64
static __inline__ char *_ctime64(const __time64_t *seconds)
{
    time_t plain = seconds ? (time_t)*seconds : -1;
    return plain < 0 ? NULL : ctime(&plain);
}
#endif

#ifndef asctime_s
/* At least 26 characters: "Tue Feb 29 23:59:58 2000\n". EINVAL: fewer, or a field that is none. */
static __inline__ errno_t asctime_s(char *to, size_t size, const struct tm *from)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int bad = !to || size < 26 || !from || (unsigned)from->tm_wday > 6 ||
              (unsigned)from->tm_mon > 11 || from->tm_mday < 1 || from->tm_mday > 31 ||
              (unsigned)from->tm_hour > 23 || (unsigned)from->tm_min > 59 ||
              (unsigned)from->tm_sec > 60 || from->tm_year < 0 || from->tm_year > 8099;
    if (bad)
        return iocp_crt_refuse(to, size, EINVAL);
    __builtin_snprintf(to, size, "%.3s %.3s%3d %.2d:%.2d:%.2d %d\n", days + 3 * from->tm_wday,
                       months + 3 * from->tm_mon, from->tm_mday, from->tm_hour, from->tm_min,
                       from->tm_sec, 1900 + from->tm_year);
    return 0;
}
#endif

#ifndef _ctime64_s
/* As asctime_s, in local time. EINVAL also for a time before 1970. */
static __inline__ errno_t _ctime64_s(char *to, size_t size, const __time64_t *seconds)
{
    struct tm local;
    if (!to || size < 26 || _localtime64_s(&local, seconds) != 0)
        return iocp_crt_refuse(to, size, EINVAL);
    return asctime_s(to, size, &local);
}
#endif

#ifndef ctime_s
static __inline__ errno_t ctime_s(char *to, size_t size, const time_t *seconds)
{
    __time64_t wide = seconds ? *seconds : -1;
    return _ctime64_s(to, size, &wide);
}
#endif

/* The forms that know an array's size. */
#ifdef __cplusplus
extern "C++" {
#ifndef asctime_s
template <size_t Size> inline errno_t asctime_s(char (&to)[Size], const struct tm *from)
{
    return asctime_s(to, Size, from);
}
#endif
#ifndef ctime_s
template <size_t Size> inline errno_t ctime_s(char (&to)[Size], const time_t *seconds)
{
    return ctime_s(to, Size, seconds);
}
#endif
}
#endif

#endif
