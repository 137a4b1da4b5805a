/* SPDX-License-Identifier: MIT
 *
 * How much memory a process uses. Of the rest of this header (lists of processes and modules) there
 * is nothing.
 */
#ifndef _PSAPI_H_
#define _PSAPI_H_

#include "minwinbase.h"

/* Sizes in bytes. What Linux does not count is 0: the pools. */
typedef struct _PROCESS_MEMORY_COUNTERS {
    DWORD cb; /* of the structure */
    DWORD PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;     /* memory of its own, in RAM and swapped out */
    SIZE_T PeakPagefileUsage; /* the most that a call has seen */
} PROCESS_MEMORY_COUNTERS, *PPROCESS_MEMORY_COUNTERS;

typedef struct _PROCESS_MEMORY_COUNTERS_EX {
    DWORD cb;
    DWORD PageFaultCount;
    SIZE_T PeakWorkingSetSize;
    SIZE_T WorkingSetSize;
    SIZE_T QuotaPeakPagedPoolUsage;
    SIZE_T QuotaPagedPoolUsage;
    SIZE_T QuotaPeakNonPagedPoolUsage;
    SIZE_T QuotaNonPagedPoolUsage;
    SIZE_T PagefileUsage;
    SIZE_T PeakPagefileUsage;
    SIZE_T PrivateUsage; /* as PagefileUsage */
} PROCESS_MEMORY_COUNTERS_EX, *PPROCESS_MEMORY_COUNTERS_EX;

IOCP_BEGIN_DECLS

/* GetProcessMemoryInfo: fills in either structure, of cb bytes; only for the own process. The K32
 * name is the same function. FALSE: ERROR_INVALID_HANDLE, ERROR_INSUFFICIENT_BUFFER (cb),
 * ERROR_NOACCESS (no memory there), ERROR_NOT_SUPPORTED (the system does not tell).
 * sdk:getprocessmemoryinfo */
BOOL WINAPI GetProcessMemoryInfo(HANDLE Process, PPROCESS_MEMORY_COUNTERS ppsmemCounters, DWORD cb);
BOOL WINAPI K32GetProcessMemoryInfo(HANDLE Process, PPROCESS_MEMORY_COUNTERS ppsmemCounters,
                                    DWORD cb);

IOCP_END_DECLS

#endif
