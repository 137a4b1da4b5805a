/* SPDX-License-Identifier: MIT
 *
 * profileapi.h: the monotonic clock in units of 100 ns, as on Windows 10, where programs have come
 * to rely on 10 MHz. No state.
 */
#include "api/last_error.h"
#include "base/clock.h"

#include <winbase.h>

#define TICKS_PER_SECOND 10000000

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count)
{
    if (!count)
        return api_fail(STATUS_ACCESS_VIOLATION);
    count->QuadPart = clock_now() / (NANOSECONDS_PER_SECOND / TICKS_PER_SECOND);
    return TRUE;
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    if (!frequency)
        return api_fail(STATUS_ACCESS_VIOLATION);
    frequency->QuadPart = TICKS_PER_SECOND;
    return TRUE;
}
