/* SPDX-License-Identifier: MIT
 *
 * Native calls as programs get them that have no header for them: looked up in ntdll. Statuses as
 * numbers, since the headers disagree on who defines which.
 */
#ifndef IOCP_TESTS_NATIVE_CALLS_H
#define IOCP_TESTS_NATIVE_CALLS_H

#include "check.h"

#include <winternl.h>

enum {
    NATIVE_OK = 0,
    NATIVE_ABANDONED = 0x80,
    NATIVE_USER_APC = 0xC0,
    NATIVE_TIMEOUT = 0x102,
    NATIVE_PENDING = 0x103,
    NATIVE_NAME_EXISTS = 0x40000000,
    NATIVE_UNSUCCESSFUL = (int)0xC0000001,
    NATIVE_INVALID_HANDLE = (int)0xC0000008,
    NATIVE_INVALID_PARAMETER = (int)0xC000000D,
    NATIVE_TYPE_MISMATCH = (int)0xC0000024,
    NATIVE_PARAMETER_MIX = (int)0xC0000030,
    NATIVE_NAME_NOT_FOUND = (int)0xC0000034,
    NATIVE_NAME_COLLISION = (int)0xC0000035,
    NATIVE_PATH_NOT_FOUND = (int)0xC000003A,
    NATIVE_PATH_SYNTAX = (int)0xC000003B,
    NATIVE_NOT_OWNED = (int)0xC0000046,
    NATIVE_LIMIT_EXCEEDED = (int)0xC0000047,
    NATIVE_PARAMETER_1 = (int)0xC00000EF,
    NATIVE_PARAMETER_3 = (int)0xC00000F1,
    NATIVE_PARAMETER_4 = (int)0xC00000F2,
    NATIVE_PARAMETER_6 = (int)0xC00000F4,
    NATIVE_CANCELLED = (int)0xC0000120,
    NATIVE_TOO_MANY_THREADS = (int)0xC0000129
};

static inline void *native_find(const char *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);

    if (!found)
        printf("%s is not in ntdll\n", name);
    REQUIRE(found != NULL);
    return (void *)found;
}

/* Fills a structure's member of that name. */
#define NATIVE(group, prefix, name) ((group).name = native_find(prefix #name))

/* A time from now as native calls want it. */
static inline LARGE_INTEGER native_from_now(LONG milliseconds)
{
    LARGE_INTEGER time;

    time.QuadPart = -(LONGLONG)milliseconds * 10000;
    return time;
}

#endif
