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

IOCP_BEGIN_DECLS

/* GetSystemInfo: fills in the processor count and kind, the page size and the address range; the
 * count is that of processors this process may use. sdk:getsysteminfo */
WINBASEAPI VOID WINAPI GetSystemInfo(LPSYSTEM_INFO lpSystemInfo);

/* GetTickCount, GetTickCount64: milliseconds since the system started, wrapping at 32 bits or not.
 * sdk:gettickcount, sdk:gettickcount64 */
WINBASEAPI DWORD WINAPI GetTickCount(VOID);
WINBASEAPI ULONGLONG WINAPI GetTickCount64(VOID);

/* GetSystemTimeAsFileTime: the time, UTC, in 100 ns since 1601; the Precise form with the best
 * resolution there is. sdk:getsystemtimeasfiletime, sdk:getsystemtimepreciseasfiletime */
WINBASEAPI VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime);
WINBASEAPI VOID WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME lpSystemTimeAsFileTime);

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
#define GetVersionEx GetVersionExW
#else
#define GetVersionEx GetVersionExA
#endif

#endif
