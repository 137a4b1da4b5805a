/* SPDX-License-Identifier: MIT
 *
 * Times of day taken apart and put together.
 */
#ifndef _TIMEZONEAPI_H_
#define _TIMEZONEAPI_H_

#include "minwinbase.h"

IOCP_BEGIN_DECLS

/* FileTimeToSystemTime: 100 ns since 1601, UTC, as date and time of day. FALSE:
 * ERROR_INVALID_PARAMETER (before 1601). SystemTimeToFileTime: the way back; the day of the week is
 * not looked at. FALSE: ERROR_INVALID_PARAMETER (no such date or time, a year before 1601 or
 * after 30828). sdk:filetimetosystemtime, sdk:systemtimetofiletime */
WINBASEAPI BOOL WINAPI FileTimeToSystemTime(CONST FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
WINBASEAPI BOOL WINAPI SystemTimeToFileTime(CONST SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);

IOCP_END_DECLS

#endif
