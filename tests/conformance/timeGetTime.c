/* SPDX-License-Identifier: MIT
 *
 * The multimedia timer (rules MMT), and versionhelpers.h (SYS-6).
 */
#include "check.h"

#include <mmsystem.h>
#include <timeapi.h>
#include <versionhelpers.h>

#define OLDER "Wine gives itself out for an older Windows"

static void clock_of_milliseconds(void)
{
    DWORD before = timeGetTime();
    DWORD ticks = GetTickCount();
    Sleep(50);
    DWORD passed = timeGetTime() - before;

    CHECK("MMT-1", passed >= 45 && passed < 5000, "%u ms of 50", (unsigned)passed);
    CHECK("MMT-1", ticks - before + 100 < 200, "GetTickCount %u, timeGetTime %u", (unsigned)ticks,
          (unsigned)before);
}

static void periods(void)
{
    TIMECAPS caps = {0, 0};

    CHECK("MMT-3", timeGetDevCaps(&caps, sizeof caps) == TIMERR_NOERROR, "capabilities");
    CHECK("MMT-3", caps.wPeriodMin == 1 && caps.wPeriodMax >= 1000, "%u to %u", caps.wPeriodMin,
          caps.wPeriodMax);
    CHECK("MMT-3", timeGetDevCaps(NULL, sizeof caps) == TIMERR_NOCANDO, "no structure");
    CHECK("MMT-3", timeGetDevCaps(&caps, sizeof caps - 1) == TIMERR_NOCANDO, "too little room");
    CHECK("MMT-2", timeBeginPeriod(1) == TIMERR_NOERROR, "1 ms");
    CHECK("MMT-2", timeBeginPeriod(caps.wPeriodMin) == TIMERR_NOERROR, "the shortest");
    CHECK("MMT-2", timeEndPeriod(caps.wPeriodMin) == TIMERR_NOERROR, "the shortest's end");
    CHECK("MMT-2", timeEndPeriod(1) == TIMERR_NOERROR, "the end of 1 ms");
    CHECK("MMT-2", timeBeginPeriod(0) == TIMERR_NOCANDO, "0 ms");
    CHECK("MMT-2", timeEndPeriod(0) == TIMERR_NOCANDO, "the end of 0 ms");
}

static void versions(void)
{
    CHECK("SYS-6", IsWindowsXPOrGreater() && IsWindowsXPSP3OrGreater(), "XP");
    CHECK("SYS-6", IsWindowsVistaOrGreater() && IsWindowsVistaSP2OrGreater(), "Vista");
    CHECK("SYS-6", IsWindows7OrGreater() && IsWindows7SP1OrGreater(), "7");
    CHECK_WINE_DEPARTS("SYS-6", IsWindows8OrGreater(), OLDER, "8");
    CHECK_WINE_DEPARTS("SYS-6", IsWindows8Point1OrGreater(), OLDER, "8.1");
    CHECK_WINE_DEPARTS("SYS-6", IsWindows10OrGreater(), OLDER, "10");
    CHECK("SYS-6", !IsWindowsVersionOrGreater(11, 0, 0), "11.0 is not there yet");
    CHECK("SYS-6", !IsWindowsServer(), "a server");
}

int main(void)
{
    RUN(clock_of_milliseconds);
    RUN(periods);
    RUN(versions);
    return check_report();
}
