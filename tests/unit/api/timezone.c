/* SPDX-License-Identifier: MIT
 *
 * GetTimeZoneInformation of time zones whose rules are known (SYS-13).
 */
#include "unit/expect.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <windows.h>

static TIME_ZONE_INFORMATION zone;

static DWORD ask(const char *name)
{
    EXPECT(setenv("TZ", name, 1) == 0);
    memset(&zone, 0xFF, sizeof zone);
    return GetTimeZoneInformation(&zone);
}

static bool is(const SYSTEMTIME *date, int month, int week, int hour)
{
    return date->wYear == 0 && date->wMonth == month && date->wDay == week &&
           date->wDayOfWeek == 0 && date->wHour == hour && date->wMinute == 0 &&
           date->wSecond == 0 && date->wMilliseconds == 0;
}

static bool is_named(const WCHAR *name, const char *text)
{
    while (*text && *name == (unsigned char)*text)
        name++, text++;
    return *name == *text;
}

static bool is_summer(void)
{
    time_t now = time(NULL);
    struct tm local;

    return localtime_r(&now, &local) && local.tm_isdst > 0;
}

int main(void)
{
    EXPECT(ask("CET-1CEST,M3.5.0,M10.5.0/3") == (is_summer() ? 2u : 1u));
    EXPECT(zone.Bias == -60 && zone.StandardBias == 0 && zone.DaylightBias == -60);
    EXPECT(is(&zone.DaylightDate, 3, 5, 2) && is(&zone.StandardDate, 10, 5, 3));
    EXPECT(is_named(zone.StandardName, "CET") && is_named(zone.DaylightName, "CEST"));
    EXPECT(ask("EST5EDT,M3.2.0,M11.1.0") == (is_summer() ? 2u : 1u));
    EXPECT(zone.Bias == 300 && zone.DaylightBias == -60);
    EXPECT(is(&zone.DaylightDate, 3, 2, 2) && is(&zone.StandardDate, 11, 1, 2));
    /* South of the equator summer begins late in the year; half an hour; the fourth week. */
    EXPECT(ask("XST-10:30XDT-11,M10.4.0,M4.1.0") == (is_summer() ? 2u : 1u));
    EXPECT(zone.Bias == -630 && zone.DaylightBias == -30);
    EXPECT(is(&zone.DaylightDate, 10, 4, 2) && is(&zone.StandardDate, 4, 1, 2));
    /* Winter time as the exception: Ireland's law. */
    ask("IST-1GMT0,M10.5.0,M3.5.0/1");
    EXPECT(zone.Bias == 0 && zone.DaylightBias == -60);
    EXPECT(is(&zone.DaylightDate, 3, 5, 1) && is(&zone.StandardDate, 10, 5, 2));
    EXPECT(is_named(zone.StandardName, "GMT") && is_named(zone.DaylightName, "IST"));
    EXPECT(ask("IST-5:30") == TIME_ZONE_ID_UNKNOWN && zone.Bias == -330);
    EXPECT(zone.StandardDate.wMonth == 0 && zone.DaylightDate.wMonth == 0);
    EXPECT(ask("UTC0") == TIME_ZONE_ID_UNKNOWN && zone.Bias == 0);
    EXPECT(is_named(zone.StandardName, "UTC") && zone.DaylightBias == 0);
    EXPECT(GetTimeZoneInformation(NULL) == TIME_ZONE_ID_INVALID && GetLastError() == 87);
    return expect_report();
}
