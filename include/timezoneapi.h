/* SPDX-License-Identifier: MIT
 *
 * Times of day taken apart and put together.
 */
#ifndef _TIMEZONEAPI_H_
#define _TIMEZONEAPI_H_

#include "minwinbase.h"

#define TIME_ZONE_ID_UNKNOWN 0
#define TIME_ZONE_ID_STANDARD 1
#define TIME_ZONE_ID_DAYLIGHT 2
#define TIME_ZONE_ID_INVALID ((DWORD)0xFFFFFFFF)

/* Biases are minutes, and UTC is local time plus them. A date with wYear 0 is a day of every year:
 * wDay is which wDayOfWeek of the month it is, 5 the last one; wMonth 0: there is none. */
typedef struct _TIME_ZONE_INFORMATION {
    LONG Bias;
    WCHAR StandardName[32];
    SYSTEMTIME StandardDate;
    LONG StandardBias;
    WCHAR DaylightName[32];
    SYSTEMTIME DaylightDate;
    LONG DaylightBias;
} TIME_ZONE_INFORMATION, *PTIME_ZONE_INFORMATION, *LPTIME_ZONE_INFORMATION;

IOCP_BEGIN_DECLS

/* GetTimeZoneInformation: the process's time zone as it is this year: TIME_ZONE_ID_UNKNOWN (no
 * daylight saving time), _STANDARD or _DAYLIGHT (it is that now). sdk:gettimezoneinformation */
WINBASEAPI DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION lpTimeZoneInformation);

/* FileTimeToSystemTime: 100 ns since 1601, UTC, as date and time of day. FALSE:
 * ERROR_INVALID_PARAMETER (before 1601). SystemTimeToFileTime: the way back; the day of the week is
 * not looked at. FALSE: ERROR_INVALID_PARAMETER (no such date or time, a year before 1601 or
 * after 30828). sdk:filetimetosystemtime, sdk:systemtimetofiletime */
WINBASEAPI BOOL WINAPI FileTimeToSystemTime(CONST FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
WINBASEAPI BOOL WINAPI SystemTimeToFileTime(CONST SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);

IOCP_END_DECLS

#endif
