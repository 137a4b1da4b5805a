/* SPDX-License-Identifier: MIT
 *
 * How much memory there is, from /proc/meminfo. No state.
 */
#include "api/last_error.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of user space, as GetSystemInfo tells it. */
#define ADDRESS_SPACE 0x7FFFFFFE0000ull

struct meminfo {
    unsigned long long total, available, swap, swap_free; /* KiB */
};

static void meminfo__read(struct meminfo *found)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];

    *found = (struct meminfo){0};
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemTotal: %llu", &found->total) != 1 &&
            sscanf(line, "MemAvailable: %llu", &found->available) != 1 &&
            sscanf(line, "SwapTotal: %llu", &found->swap) != 1)
            sscanf(line, "SwapFree: %llu", &found->swap_free);
    if (file)
        fclose(file);
}

/* Pages of address space in use. */
static unsigned long long meminfo__own(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;

    if (file && fscanf(file, "%llu", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages;
}

BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX status)
{
    const unsigned long long kib = 1024;
    struct meminfo found;

    if (status->dwLength != sizeof *status)
        return api_fail(STATUS_INVALID_PARAMETER);
    meminfo__read(&found);
    unsigned long long used = meminfo__own() * (unsigned long long)sysconf(_SC_PAGESIZE);
    *status = (MEMORYSTATUSEX){.dwLength = sizeof *status,
                               .ullTotalPhys = found.total * kib,
                               .ullAvailPhys = found.available * kib,
                               .ullTotalPageFile = (found.total + found.swap) * kib,
                               .ullAvailPageFile = (found.available + found.swap_free) * kib,
                               .ullTotalVirtual = ADDRESS_SPACE,
                               .ullAvailVirtual = used < ADDRESS_SPACE ? ADDRESS_SPACE - used : 0};
    if (found.total)
        status->dwMemoryLoad = (DWORD)(100 - found.available * 100 / found.total);
    return TRUE;
}
