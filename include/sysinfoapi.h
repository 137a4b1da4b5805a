/* SPDX-License-Identifier: MIT
 *
 * The machine and the time of day. None of these fails.
 */
#ifndef _SYSINFOAPI_H_
#define _SYSINFOAPI_H_

#include "minwinbase.h"

typedef struct _SYSTEM_INFO {
    __extension__ union {
        DWORD dwOemId;
        __extension__ struct {
            WORD wProcessorArchitecture;
            WORD wReserved;
        } DUMMYSTRUCTNAME;
    } DUMMYUNIONNAME;
    DWORD dwPageSize;
    LPVOID lpMinimumApplicationAddress;
    LPVOID lpMaximumApplicationAddress;
    DWORD_PTR dwActiveProcessorMask;
    DWORD dwNumberOfProcessors;
    DWORD dwProcessorType;
    DWORD dwAllocationGranularity;
    WORD wProcessorLevel;
    WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

/* Sizes in bytes. */
typedef struct _MEMORYSTATUSEX {
    DWORD dwLength;     /* of the structure; set before the call */
    DWORD dwMemoryLoad; /* percent of the physical memory in use */
    DWORDLONG ullTotalPhys;
    DWORDLONG ullAvailPhys;
    DWORDLONG ullTotalPageFile;
    DWORDLONG ullAvailPageFile;
    DWORDLONG ullTotalVirtual;
    DWORDLONG ullAvailVirtual;
    DWORDLONG ullAvailExtendedVirtual;
} MEMORYSTATUSEX, *LPMEMORYSTATUSEX;

IOCP_BEGIN_DECLS

/* GetSystemInfo: fills in the processor count and kind, the page size and the address range; the
 * count is that of processors this process may use. sdk:getsysteminfo */
WINBASEAPI VOID WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo);

/* GetNativeSystemInfo: the same; no process runs emulated here. sdk:getnativesysteminfo */
WINBASEAPI VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO lpSystemInfo);

/* GetTickCount, GetTickCount64: milliseconds since the system started, wrapping at 32 bits or not.
 * sdk:gettickcount, sdk:gettickcount64 */
WINBASEAPI DWORD WINAPI GetTickCount(VOID);
WINBASEAPI ULONGLONG WINAPI GetTickCount64(VOID);

/* GetSystemTimeAsFileTime: the time, UTC, in 100 ns since 1601; the Precise form with the best
 * resolution there is. sdk:getsystemtimeasfiletime, sdk:getsystemtimepreciseasfiletime */
WINBASEAPI VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime);
WINBASEAPI VOID WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime);

/* GlobalMemoryStatusEx: how much memory the machine has, and has left (memory and swap as the "page
 * file"). FALSE: ERROR_INVALID_PARAMETER (dwLength). sdk:globalmemorystatusex */
WINBASEAPI BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX lpBuffer);

/* GetSystemDirectory: /usr/lib. GetWindowsDirectory, GetSystemWindowsDirectory: /usr. Return the
 * length without the zero, or the room needed with it if uSize is less. sdk:getsystemdirectoryw */
WINBASEAPI UINT WINAPI GetSystemDirectoryA(LPSTR lpBuffer, UINT uSize);
WINBASEAPI UINT WINAPI GetSystemDirectoryW(LPWSTR lpBuffer, UINT uSize);
WINBASEAPI UINT WINAPI GetWindowsDirectoryA(LPSTR lpBuffer, UINT uSize);
WINBASEAPI UINT WINAPI GetWindowsDirectoryW(LPWSTR lpBuffer, UINT uSize);
WINBASEAPI UINT WINAPI GetSystemWindowsDirectoryA(LPSTR lpBuffer, UINT uSize);
WINBASEAPI UINT WINAPI GetSystemWindowsDirectoryW(LPWSTR lpBuffer, UINT uSize);

/* GetSystemTime, GetLocalTime: now, UTC or in the time zone of the process (TZ).
 * sdk:getsystemtime, sdk:getlocaltime */
WINBASEAPI VOID WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime);
WINBASEAPI VOID WINAPI GetLocalTime(LPSYSTEMTIME lpSystemTime);

/* GetVersion, GetVersionEx: the Windows whose behaviour this is, 10.0.19045. Set
 * dwOSVersionInfoSize before the call, to the size of either structure.
 * FALSE: ERROR_INSUFFICIENT_BUFFER (another size). sdk:getversion, sdk:getversionexa */
WINBASEAPI DWORD WINAPI GetVersion(VOID);
WINBASEAPI BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA lpVersionInformation);
WINBASEAPI BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW lpVersionInformation);

IOCP_END_DECLS

#ifdef UNICODE
#define GetSystemDirectory GetSystemDirectoryW
#define GetWindowsDirectory GetWindowsDirectoryW
#define GetSystemWindowsDirectory GetSystemWindowsDirectoryW
#define GetVersionEx GetVersionExW
#else
#define GetSystemDirectory GetSystemDirectoryA
#define GetWindowsDirectory GetWindowsDirectoryA
#define GetSystemWindowsDirectory GetSystemWindowsDirectoryA
#define GetVersionEx GetVersionExA
#endif

#endif
