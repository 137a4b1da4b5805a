/* SPDX-License-Identifier: MIT
 *
 * What the own process and the machine have used so far, from the system's files, which are read
 * each time. (Times of the process: processthreadsapi_process.c.)
 *
 * The peaks take no lock: they only grow.
 */
#include "api/filetime.h"
#include "api/last_error.h"
#include "api/own_process.h"

#include "base/filetime.h"
#include "base/probe.h"
#include "object/handle.h"
#include "status/codes.h"

#include <windows.h>
#include <psapi.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The most that was seen, of private memory and of what is in RAM: the system's own count of the
 * second lags behind a little. */
static _Atomic uint64_t usage_own_peak, usage_resident_peak;

/* A line of a file: its name, and where its number goes. */
struct usage_field {
    const char *name;
    uint64_t *value;
};

/* "name: number" in each line. False: there is no such file. */
static bool usage__read(const char *path, const struct usage_field *fields, size_t count)
{
    FILE *file = fopen(path, "re");
    char line[256], name[32];
    unsigned long long value;

    if (!file)
        return false;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%31[^:]: %llu", name, &value) != 2)
            continue;
        for (size_t index = 0; index < count; index++)
            if (strcmp(name, fields[index].name) == 0)
                *fields[index].value = value;
    }
    fclose(file);
    return true;
}

static uint64_t usage__peak(_Atomic uint64_t *most, uint64_t now)
{
    uint64_t peak = atomic_load(most);

    while (peak < now && !atomic_compare_exchange_weak(most, &peak, now))
        continue;
    return peak > now ? peak : now;
}

BOOL WINAPI K32GetProcessMemoryInfo(HANDLE process, PPROCESS_MEMORY_COUNTERS counters, DWORD size)
{
    uint64_t peak = 0, resident = 0, anonymous = 0, swapped = 0;
    const struct usage_field fields[] = {
        {"VmHWM", &peak}, {"VmRSS", &resident}, {"RssAnon", &anonymous}, {"VmSwap", &swapped}};
    const uint64_t kib = 1024;
    struct rusage usage;

    if (!api_is_own_process(process))
        return FALSE;
    if (size < sizeof *counters)
        return api_fail(STATUS_BUFFER_TOO_SMALL);
    size_t room = size < sizeof(PROCESS_MEMORY_COUNTERS_EX) ? sizeof *counters
                                                            : sizeof(PROCESS_MEMORY_COUNTERS_EX);
    if (!counters || !probe_writable(counters, room))
        return api_fail(STATUS_ACCESS_VIOLATION);
    if (!usage__read("/proc/self/status", fields, sizeof fields / sizeof fields[0]) ||
        getrusage(RUSAGE_SELF, &usage) < 0)
        return api_fail(STATUS_NOT_SUPPORTED);
    uint64_t own = (anonymous + swapped) * kib;
    PROCESS_MEMORY_COUNTERS_EX found = {
        .cb = (DWORD)room,
        .PageFaultCount = (DWORD)(usage.ru_minflt + usage.ru_majflt),
        .PeakWorkingSetSize =
            usage__peak(&usage_resident_peak, (peak > resident ? peak : resident) * kib),
        .WorkingSetSize = resident * kib,
        .PagefileUsage = own,
        .PeakPagefileUsage = usage__peak(&usage_own_peak, own),
        .PrivateUsage = own};
    memcpy(counters, &found, room);
    return TRUE;
}

BOOL WINAPI GetProcessMemoryInfo(HANDLE process, PPROCESS_MEMORY_COUNTERS counters, DWORD size)
{
    return K32GetProcessMemoryInfo(process, counters, size);
}

static bool usage__count(struct object *object, uintptr_t handle, void *context)
{
    (void)object;
    (void)handle;
    ++*(DWORD *)context;
    return true;
}

BOOL WINAPI GetProcessHandleCount(HANDLE process, PDWORD count)
{
    DWORD found = 0;

    if (!api_is_own_process(process))
        return FALSE;
    if (!count || !probe_writable(count, sizeof *count))
        return api_fail(STATUS_ACCESS_VIOLATION);
    handle_each(HANDLES_DESCRIPTORS | HANDLES_OBJECTS, usage__count, &found);
    *count = found;
    return TRUE;
}

BOOL WINAPI GetProcessIoCounters(HANDLE process, PIO_COUNTERS counters)
{
    uint64_t reads = 0, writes = 0, read = 0, written = 0;
    const struct usage_field fields[] = {
        {"syscr", &reads}, {"syscw", &writes}, {"rchar", &read}, {"wchar", &written}};

    if (!api_is_own_process(process))
        return FALSE;
    if (!counters || !probe_writable(counters, sizeof *counters))
        return api_fail(STATUS_ACCESS_VIOLATION);
    if (!usage__read("/proc/self/io", fields, sizeof fields / sizeof fields[0]))
        return api_fail(STATUS_NOT_SUPPORTED);
    *counters = (IO_COUNTERS){.ReadOperationCount = reads,
                              .WriteOperationCount = writes,
                              .ReadTransferCount = read,
                              .WriteTransferCount = written};
    return TRUE;
}

static void usage__store(LPFILETIME to, uint64_t ticks)
{
    uint64_t units = ticks * FILETIME_PER_SECOND / (uint64_t)sysconf(_SC_CLK_TCK);

    if (to)
        *to = api_filetime(units);
}

BOOL WINAPI GetSystemTimes(LPFILETIME idle, LPFILETIME kernel, LPFILETIME user)
{
    unsigned long long in_user, nice, system, nothing, waiting, interrupts, soft;
    FILE *stat = fopen("/proc/stat", "re");
    bool found = stat && fscanf(stat, "cpu %llu %llu %llu %llu %llu %llu %llu", &in_user, &nice,
                                &system, &nothing, &waiting, &interrupts, &soft) == 7;

    if (stat)
        fclose(stat);
    if (!found)
        return api_fail(STATUS_NOT_SUPPORTED);
    usage__store(idle, nothing + waiting);
    usage__store(kernel, system + interrupts + soft + nothing + waiting);
    usage__store(user, in_user + nice);
    return TRUE;
}
