/* SPDX-License-Identifier: MIT
 *
 * timeapi.h: the multimedia timer. The system's timers are as fine as they are, so periods are
 * looked at and forgotten. No state.
 */
#include <winbase.h>
#include <timeapi.h>

#define SHORTEST_PERIOD 1
#define LONGEST_PERIOD 1000000

DWORD WINAPI timeGetTime(void)
{
    return GetTickCount();
}

MMRESULT WINAPI timeBeginPeriod(UINT period)
{
    return period < SHORTEST_PERIOD ? TIMERR_NOCANDO : TIMERR_NOERROR;
}

MMRESULT WINAPI timeEndPeriod(UINT period)
{
    return period < SHORTEST_PERIOD ? TIMERR_NOCANDO : TIMERR_NOERROR;
}

MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS caps, UINT size)
{
    if (!caps || size < sizeof *caps)
        return TIMERR_NOCANDO;
    caps->wPeriodMin = SHORTEST_PERIOD;
    caps->wPeriodMax = LONGEST_PERIOD;
    return TIMERR_NOERROR;
}
