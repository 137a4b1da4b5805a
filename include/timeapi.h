/* SPDX-License-Identifier: MIT
 *
 * The multimedia timer: a clock in milliseconds, and how often the system looks at its timers,
 * which programs set to 1 ms before they sleep. Linux' timers are finer than that anyway.
 */
#ifndef _TIMEAPI_H_
#define _TIMEAPI_H_

#include "minwindef.h"

typedef UINT MMRESULT;

#define TIMERR_NOERROR 0
#define TIMERR_NOCANDO 97
#define TIMERR_STRUCT 129

typedef struct timecaps_tag {
    UINT wPeriodMin; /* ms */
    UINT wPeriodMax;
} TIMECAPS, *PTIMECAPS, *NPTIMECAPS, *LPTIMECAPS;

IOCP_BEGIN_DECLS

/* timeGetTime: milliseconds since the system started, as GetTickCount. sdk:timegettime */
DWORD WINAPI timeGetTime(void);

/* timeBeginPeriod, timeEndPeriod: accept a period in milliseconds; nothing changes.
 * TIMERR_NOERROR, or TIMERR_NOCANDO (0). sdk:timebeginperiod, sdk:timeendperiod */
MMRESULT WINAPI timeBeginPeriod(UINT uPeriod);
MMRESULT WINAPI timeEndPeriod(UINT uPeriod);

/* timeGetDevCaps: the shortest and the longest period. TIMERR_NOERROR, or TIMERR_NOCANDO (no
 * structure, or fewer than its bytes). sdk:timegetdevcaps */
MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS ptc, UINT cbtc);

IOCP_END_DECLS

#endif
