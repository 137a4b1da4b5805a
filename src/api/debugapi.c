/* SPDX-License-Identifier: MIT
 *
 * debugapi.h, and the error modes of errhandlingapi.h.
 */
#include "status/codes.h"

#include <windows.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic UINT error_modes;

BOOL WINAPI IsDebuggerPresent(VOID)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[128];
    int tracer = 0;

    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "TracerPid: %d", &tracer) == 1)
            break;
    if (status)
        fclose(status);
    return tracer != 0;
}

VOID WINAPI DebugBreak(VOID)
{
    raise(SIGTRAP);
}

UINT WINAPI SetErrorMode(UINT modes)
{
    return atomic_exchange(&error_modes, modes);
}

UINT WINAPI GetErrorMode(VOID)
{
    return atomic_load(&error_modes);
}
