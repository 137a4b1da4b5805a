/* SPDX-License-Identifier: MIT
 *
 * Times of day: 100 ns since 1601 as date and time and back, here and in the process's time zone.
 * No state but the C library's time zone.
 */
#include "api/filetime.h"
#include "api/last_error.h"
#include "base/filetime.h"

#include <time.h>

#include <winbase.h>

#include <iocp_crt_time.h>

#define TICKS_PER_MILLISECOND 10000ull
#define TICKS_PER_SECOND ((uint64_t)FILETIME_PER_SECOND)
#define SECONDS_PER_DAY 86400
#define FIRST_YEAR 1601
#define LAST_YEAR 30828
#define DAYS_PER_400_YEARS 146097
#define MONDAY 1 /* 1601-01-01 was one */

static uint64_t time__ticks(const FILETIME *time)
{
    return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static bool time__is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned time__days_in_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && time__is_leap(year));
}

/* Days from 1601-01-01 to the first day of a year. */
static unsigned time__days_before(unsigned year)
{
    unsigned years = year - FIRST_YEAR;

    return years * 365 + years / 4 - years / 100 + years / 400;
}

static void time__date(unsigned days, SYSTEMTIME *system)
{
    /* Never too small a year, for years are 365 days at least; rarely one or two too large. */
    unsigned year = FIRST_YEAR + (unsigned)((uint64_t)days * 400 / DAYS_PER_400_YEARS) + 1;
    unsigned month = 1;

    while (time__days_before(year) > days)
        year--;
    days -= time__days_before(year);
    while (days >= time__days_in_month(year, month))
        days -= time__days_in_month(year, month++);
    system->wYear = (WORD)year;
    system->wMonth = (WORD)month;
    system->wDay = (WORD)(days + 1);
}

static void time__take_apart(uint64_t ticks, SYSTEMTIME *system)
{
    unsigned days = (unsigned)(ticks / TICKS_PER_SECOND / SECONDS_PER_DAY);
    unsigned second = (unsigned)(ticks / TICKS_PER_SECOND % SECONDS_PER_DAY);

    time__date(days, system);
    system->wDayOfWeek = (WORD)((days + MONDAY) % 7);
    system->wHour = (WORD)(second / 3600);
    system->wMinute = (WORD)(second / 60 % 60);
    system->wSecond = (WORD)(second % 60);
    system->wMilliseconds = (WORD)(ticks / TICKS_PER_MILLISECOND % 1000);
}

BOOL WINAPI FileTimeToSystemTime(CONST FILETIME *file, LPSYSTEMTIME system)
{
    uint64_t ticks = time__ticks(file);

    if (ticks > INT64_MAX)
        return api_fail(STATUS_INVALID_PARAMETER);
    time__take_apart(ticks, system);
    return TRUE;
}

static bool time__is_valid(const SYSTEMTIME *system)
{
    return system->wYear >= FIRST_YEAR && system->wYear <= LAST_YEAR && system->wMonth >= 1 &&
           system->wMonth <= 12 && system->wDay >= 1 &&
           system->wDay <= time__days_in_month(system->wYear, system->wMonth) &&
           system->wHour < 24 && system->wMinute < 60 && system->wSecond < 60 &&
           system->wMilliseconds < 1000;
}

BOOL WINAPI SystemTimeToFileTime(CONST SYSTEMTIME *system, LPFILETIME file)
{
    if (!time__is_valid(system))
        return api_fail(STATUS_INVALID_PARAMETER);
    uint64_t days = time__days_before(system->wYear) + system->wDay - 1u;
    for (unsigned month = 1; month < system->wMonth; month++)
        days += time__days_in_month(system->wYear, month);
    uint64_t seconds =
        days * SECONDS_PER_DAY + system->wHour * 3600u + system->wMinute * 60u + system->wSecond;
    *file =
        api_filetime(seconds * TICKS_PER_SECOND + system->wMilliseconds * TICKS_PER_MILLISECOND);
    return TRUE;
}

VOID WINAPI GetSystemTime(LPSYSTEMTIME system)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    time__take_apart(time__ticks(&now), system);
}

/* Seconds that the process's time zone is ahead of UTC at that moment. */
static long time__ahead(time_t moment)
{
    struct tm local;

    tzset();
    return localtime_r(&moment, &local) ? local.tm_gmtoff : 0;
}

VOID WINAPI GetLocalTime(LPSYSTEMTIME system)
{
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    uint64_t ticks = time__ticks(&now);
    long ahead =
        time__ahead((time_t)((int64_t)(ticks / TICKS_PER_SECOND) - FILETIME_SECONDS_TO_1970));
    time__take_apart(ticks + (uint64_t)ahead * TICKS_PER_SECOND, system);
}

/* Windows goes by the bias that is in force now, not by that of the date in question. */
static BOOL time__shift(const FILETIME *from, int direction, FILETIME *to)
{
    uint64_t ticks = time__ticks(from);
    int64_t shift = (int64_t)time__ahead(time(NULL)) * direction * (int64_t)TICKS_PER_SECOND;

    if (ticks > INT64_MAX || (shift < 0 && ticks < (uint64_t)-shift))
        return api_fail(STATUS_INVALID_PARAMETER);
    *to = api_filetime(ticks + (uint64_t)shift);
    return TRUE;
}

BOOL WINAPI FileTimeToLocalFileTime(CONST FILETIME *utc, LPFILETIME local)
{
    return time__shift(utc, 1, local);
}

BOOL WINAPI LocalFileTimeToFileTime(CONST FILETIME *local, LPFILETIME utc)
{
    return time__shift(local, -1, utc);
}

LONG WINAPI CompareFileTime(CONST FILETIME *one, CONST FILETIME *other)
{
    uint64_t first = time__ticks(one), second = time__ticks(other);

    return (first > second) - (first < second);
}

/* sys/timeb.h of Windows' C library. */
errno_t _ftime64_s(struct __timeb64 *to)
{
    struct timespec now;
    struct tm local;

    if (!to) {
        errno = EINVAL;
        return EINVAL;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    tzset();
    to->time = now.tv_sec;
    to->millitm = (unsigned short)(now.tv_nsec / 1000000);
    to->timezone = (short)(timezone / 60);
    to->dstflag = localtime_r(&now.tv_sec, &local) && local.tm_isdst > 0;
    return 0;
}
