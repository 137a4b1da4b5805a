/* SPDX-License-Identifier: MIT
 *
 * debugapi.h, and the error modes of errhandlingapi.h.
 */
#include "api/utf16.h"
#include "status/codes.h"

#include <windows.h>

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* What does not arrive is lost: there is nobody to tell. */
static void debug__tell(const char *text)
{
    size_t length = strlen(text);

    while (length) {
        ssize_t written = write(STDERR_FILENO, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text += written;
        length -= (size_t)written;
    }
}

VOID WINAPI OutputDebugStringA(LPCSTR text)
{
    int error = errno;

    if (text && IsDebuggerPresent())
        debug__tell(text);
    errno = error;
}

VOID WINAPI OutputDebugStringW(LPCWSTR text)
{
    int error = errno;
    char *narrow = text && IsDebuggerPresent() ? utf16_to_utf8(text, (size_t)-1) : NULL;

    if (narrow)
        debug__tell(narrow);
    free(narrow);
    errno = error;
}

UINT WINAPI SetErrorMode(UINT modes)
{
    return atomic_exchange(&error_modes, modes);
}

UINT WINAPI GetErrorMode(VOID)
{
    return atomic_load(&error_modes);
}
