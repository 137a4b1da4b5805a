/* SPDX-License-Identifier: MIT
 *
 * sysinfoapi.h: the machine as this process may use it, ticks and the time of day. No state.
 */
#include "base/clock.h"
#include "base/filetime.h"

#include <sched.h>
#include <unistd.h>

#include <winbase.h>

/* What 64-bit Windows reports, whose address space programs expect. */
#define ALLOCATION_GRANULARITY 0x10000
#define LOWEST_ADDRESS 0x10000ull
#define HIGHEST_ADDRESS 0x7FFFFFFEFFFFull

#define ARCHITECTURE_AMD64 9
#define ARCHITECTURE_ARM64 12
#define PROCESSOR_AMD64 8664

/* Machines with more processors than this are counted by the C library instead. */
#define MOST_PROCESSORS 8192

static void sysinfo__processors(SYSTEM_INFO *info)
{
    static const size_t size = CPU_ALLOC_SIZE(MOST_PROCESSORS);
    cpu_set_t set[MOST_PROCESSORS / CPU_SETSIZE];
    info->dwNumberOfProcessors = (DWORD)sysconf(_SC_NPROCESSORS_ONLN);
    info->dwActiveProcessorMask = 0;
    if (sched_getaffinity(0, size, set) == 0) {
        info->dwNumberOfProcessors = (DWORD)CPU_COUNT_S(size, set);
        for (int i = 0; i < 64; i++)
            if (CPU_ISSET_S(i, size, set))
                info->dwActiveProcessorMask |= (DWORD_PTR)1 << i;
    }
    if (info->dwNumberOfProcessors == 0)
        info->dwNumberOfProcessors = 1;
}

VOID WINAPI GetSystemInfo(LPSYSTEM_INFO info)
{
    *info = (SYSTEM_INFO){0};
#if defined(__x86_64__)
    info->wProcessorArchitecture = ARCHITECTURE_AMD64;
    info->dwProcessorType = PROCESSOR_AMD64;
#elif defined(__aarch64__)
    info->wProcessorArchitecture = ARCHITECTURE_ARM64;
#endif
    info->dwPageSize = (DWORD)sysconf(_SC_PAGESIZE);
    info->lpMinimumApplicationAddress = (LPVOID)LOWEST_ADDRESS;
    info->lpMaximumApplicationAddress = (LPVOID)HIGHEST_ADDRESS;
    info->dwAllocationGranularity = ALLOCATION_GRANULARITY;
    sysinfo__processors(info);
}

VOID WINAPI GetNativeSystemInfo(LPSYSTEM_INFO info)
{
    GetSystemInfo(info);
}

/* Ticks go on while the machine sleeps, unlike the clock that timeouts are measured with. */
ULONGLONG WINAPI GetTickCount64(VOID)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (ULONGLONG)(now.tv_sec * 1000 + now.tv_nsec / NANOSECONDS_PER_MILLISECOND);
}

DWORD WINAPI GetTickCount(VOID)
{
    return (DWORD)GetTickCount64();
}

VOID WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time)
{
    int64_t now = filetime_now();

    time->dwLowDateTime = (DWORD)now;
    time->dwHighDateTime = (DWORD)(now >> 32);
}

/* Windows' plain form is coarser and cheaper; here both are the same vDSO call. */
VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME time)
{
    GetSystemTimePreciseAsFileTime(time);
}
