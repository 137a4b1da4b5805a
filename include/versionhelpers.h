/* SPDX-License-Identifier: MIT
 *
 * Which Windows this is at least, by name: asked of VerifyVersionInfo, so the answers are those of
 * Windows 10, and not of a server.
 */
#ifndef _VERSIONHELPERS_H_INCLUDED_
#define _VERSIONHELPERS_H_INCLUDED_

#include "sdkddkver.h"
#include "windef.h"
#include "winbase.h"

#define VERSIONHELPERAPI static __inline__ BOOL

/* IsWindowsVersionOrGreater: whether the system's version and service pack are these or later.
 * sdk:iswindowsversionorgreater */
VERSIONHELPERAPI IsWindowsVersionOrGreater(WORD wMajorVersion, WORD wMinorVersion,
                                           WORD wServicePackMajor)
{
    OSVERSIONINFOEXW wanted;
    DWORDLONG mask = VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER_EQUAL);
    mask = VerSetConditionMask(mask, VER_MINORVERSION, VER_GREATER_EQUAL);
    mask = VerSetConditionMask(mask, VER_SERVICEPACKMAJOR, VER_GREATER_EQUAL);
    memset(&wanted, 0, sizeof wanted);
    wanted.dwOSVersionInfoSize = sizeof wanted;
    wanted.dwMajorVersion = wMajorVersion;
    wanted.dwMinorVersion = wMinorVersion;
    wanted.wServicePackMajor = wServicePackMajor;
    return VerifyVersionInfoW(&wanted, VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR,
                              mask);
}

VERSIONHELPERAPI IsWindowsXPOrGreater(void)
{
    return IsWindowsVersionOrGreater(5, 1, 0);
}

VERSIONHELPERAPI IsWindowsXPSP1OrGreater(void)
{
    return IsWindowsVersionOrGreater(5, 1, 1);
}

VERSIONHELPERAPI IsWindowsXPSP2OrGreater(void)
{
    return IsWindowsVersionOrGreater(5, 1, 2);
}

VERSIONHELPERAPI IsWindowsXPSP3OrGreater(void)
{
    return IsWindowsVersionOrGreater(5, 1, 3);
}

VERSIONHELPERAPI IsWindowsVistaOrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 0, 0);
}

VERSIONHELPERAPI IsWindowsVistaSP1OrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 0, 1);
}

VERSIONHELPERAPI IsWindowsVistaSP2OrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 0, 2);
}

VERSIONHELPERAPI IsWindows7OrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 1, 0);
}

VERSIONHELPERAPI IsWindows7SP1OrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 1, 1);
}

VERSIONHELPERAPI IsWindows8OrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 2, 0);
}

VERSIONHELPERAPI IsWindows8Point1OrGreater(void)
{
    return IsWindowsVersionOrGreater(6, 3, 0);
}

VERSIONHELPERAPI IsWindowsThresholdOrGreater(void)
{
    return IsWindowsVersionOrGreater(10, 0, 0);
}

VERSIONHELPERAPI IsWindows10OrGreater(void)
{
    return IsWindowsVersionOrGreater(10, 0, 0);
}

/* IsWindowsServer: whether it is a server's Windows. sdk:iswindowsserver */
VERSIONHELPERAPI IsWindowsServer(void)
{
    OSVERSIONINFOEXW wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.dwOSVersionInfoSize = sizeof wanted;
    wanted.wProductType = VER_NT_WORKSTATION;
    return !VerifyVersionInfoW(&wanted, VER_PRODUCT_TYPE,
                               VerSetConditionMask(0, VER_PRODUCT_TYPE, VER_EQUAL));
}

#endif
