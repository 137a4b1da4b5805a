/* SPDX-License-Identifier: MIT
 *
 * The process's time zone (SYS-13). What the C library knows of it are offsets at moments, so the
 * changes of a year are looked for, and told as Windows tells them: a day of the week in a month.
 */
#include "api/last_error.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <winbase.h>

#define ZONE_STEP (7 * 86400) /* no two changes are closer */
#define ZONE_YEARS 6          /* within which each day of a month is each day of the week */

/* A moment, and how many seconds local time is ahead of UTC before and after it. */
struct zone_change {
    time_t moment;
    long before, after;
};

static long zone__ahead(time_t moment)
{
    struct tm local;

    return localtime_r(&moment, &local) ? local.tm_gmtoff : 0;
}

static time_t zone__first_change(time_t before, time_t after)
{
    long ahead = zone__ahead(before);

    while (after - before > 1) {
        time_t middle = before + (after - before) / 2;
        if (zone__ahead(middle) == ahead)
            before = middle;
        else
            after = middle;
    }
    return after;
}

/* A year's changes; how many there are, also when that is more than two. */
static unsigned zone__changes(int year, struct zone_change changes[2])
{
    struct tm first = {.tm_year = year, .tm_mday = 1}, last = {.tm_year = year + 1, .tm_mday = 1};
    time_t end = timegm(&last);
    unsigned count = 0;

    for (time_t at = timegm(&first); at < end; at += ZONE_STEP) {
        time_t next = at + ZONE_STEP < end ? at + ZONE_STEP : end;
        if (zone__ahead(at) == zone__ahead(next))
            continue;
        if (count < 2)
            changes[count] = (struct zone_change){zone__first_change(at, next), zone__ahead(at),
                                                  zone__ahead(next)};
        count++;
    }
    return count;
}

static bool zone__is_last_week(const struct tm *date)
{
    struct tm later = {
        .tm_year = date->tm_year, .tm_mon = date->tm_mon, .tm_mday = date->tm_mday + 7};

    timegm(&later);
    return later.tm_mon != date->tm_mon;
}

/* By the clock that is in force before it. */
static struct tm zone__date(const struct zone_change *change)
{
    time_t local = change->moment + change->before;
    struct tm date;

    gmtime_r(&local, &date);
    return date;
}

/* The fourth week may be the last one by chance: the years to come tell. */
static bool zone__is_always_last(const struct tm *date, unsigned which)
{
    struct zone_change changes[2];

    for (int year = date->tm_year; year <= date->tm_year + ZONE_YEARS; year++) {
        if (zone__changes(year, changes) != 2)
            return true;
        struct tm other = zone__date(&changes[which]);
        if (other.tm_mon == date->tm_mon && !zone__is_last_week(&other))
            return false;
    }
    return true;
}

static SYSTEMTIME zone__rule(const struct zone_change *changes, unsigned which)
{
    struct tm date = zone__date(&changes[which]);
    int week = (date.tm_mday - 1) / 7 + 1;

    if (week == 4 && zone__is_last_week(&date) && zone__is_always_last(&date, which))
        week = 5;
    return (SYSTEMTIME){.wMonth = (WORD)(date.tm_mon + 1),
                        .wDayOfWeek = (WORD)date.tm_wday,
                        .wDay = (WORD)week,
                        .wHour = (WORD)date.tm_hour,
                        .wMinute = (WORD)date.tm_min,
                        .wSecond = (WORD)date.tm_sec};
}

static void zone__name(time_t moment, WCHAR name[32])
{
    struct tm local;

    if (!localtime_r(&moment, &local) || !local.tm_zone)
        return;
    for (size_t index = 0; index < 31 && local.tm_zone[index]; index++)
        name[index] = (unsigned char)local.tm_zone[index];
}

DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION zone)
{
    struct zone_change changes[2];
    time_t now = time(NULL);
    struct tm local;

    if (!zone) {
        api_fail(STATUS_INVALID_PARAMETER);
        return TIME_ZONE_ID_INVALID;
    }
    tzset();
    *zone = (TIME_ZONE_INFORMATION){.Bias = (LONG)(-zone__ahead(now) / 60)};
    if (!localtime_r(&now, &local) || zone__changes(local.tm_year, changes) != 2 ||
        changes[0].before != changes[1].after) {
        zone__name(now, zone->StandardName);
        zone__name(now, zone->DaylightName);
        return TIME_ZONE_ID_UNKNOWN;
    }
    /* Daylight saving time is what is ahead, whatever a country calls it. */
    unsigned to_daylight = changes[0].after > changes[0].before ? 0 : 1;
    long standard = changes[to_daylight].before, in_summer = changes[to_daylight].after;

    zone->Bias = (LONG)(-standard / 60);
    zone->DaylightBias = (LONG)((standard - in_summer) / 60);
    zone->DaylightDate = zone__rule(changes, to_daylight);
    zone->StandardDate = zone__rule(changes, 1 - to_daylight);
    zone__name(changes[to_daylight].moment, zone->DaylightName);
    zone__name(changes[1 - to_daylight].moment, zone->StandardName);
    return zone__ahead(now) == in_summer ? TIME_ZONE_ID_DAYLIGHT : TIME_ZONE_ID_STANDARD;
}
