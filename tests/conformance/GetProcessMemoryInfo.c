/* SPDX-License-Identifier: MIT
 *
 * What the process and the machine have used so far (rules PROC-15 to PROC-18).
 */
#include "disk.h"

#include <psapi.h>

#define NO_PROCESS "Wine does not look at the handle"
#define NO_PEAK "Wine's peak is what there is now"
#define MEGABYTE ((size_t)1 << 20)

static ULONGLONG whole(FILETIME time)
{
    return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static PROCESS_MEMORY_COUNTERS_EX usage(void)
{
    PROCESS_MEMORY_COUNTERS_EX found;

    memset(&found, 0x55, sizeof found);
    REQUIRE(
        GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&found, sizeof found));
    return found;
}

static void memory(void)
{
    const size_t size = 64 * MEGABYTE;
    PROCESS_MEMORY_COUNTERS_EX before = usage();
    char *block = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    REQUIRE(block);
    memset(block, 1, size);
    PROCESS_MEMORY_COUNTERS_EX with = usage();
    CHECK_WINE_DEPARTS("PROC-15", with.cb == sizeof with, "Wine knows the smaller structure only",
                       "cb: %u", (unsigned)with.cb);
    CHECK("PROC-15", with.WorkingSetSize >= before.WorkingSetSize + size / 2, "it grows: %u %u MiB",
          (unsigned)(before.WorkingSetSize / MEGABYTE), (unsigned)(with.WorkingSetSize / MEGABYTE));
    CHECK("PROC-15", with.PeakWorkingSetSize >= with.WorkingSetSize, "the most of it");
    CHECK("PROC-15", with.PagefileUsage >= before.PagefileUsage + size / 2, "its own: %u %u MiB",
          (unsigned)(before.PagefileUsage / MEGABYTE), (unsigned)(with.PagefileUsage / MEGABYTE));
    CHECK("PROC-15", with.PeakPagefileUsage >= with.PagefileUsage, "the most of it");
    CHECK_WINE_DEPARTS("PROC-15", with.PrivateUsage == with.PagefileUsage,
                       "Wine knows the smaller structure only", "once more");
    VirtualFree(block, 0, MEM_RELEASE);
    PROCESS_MEMORY_COUNTERS_EX after = usage();
    CHECK("PROC-15", after.WorkingSetSize + size / 2 < with.WorkingSetSize, "it shrinks: %u MiB",
          (unsigned)(after.WorkingSetSize / MEGABYTE));
    CHECK_WINE_DEPARTS("PROC-15", after.PeakWorkingSetSize >= with.WorkingSetSize, NO_PEAK,
                       "the peak stays");
    CHECK_WINE_DEPARTS("PROC-15", after.PeakPagefileUsage >= with.PagefileUsage, NO_PEAK,
                       "the peak stays");
}

static void structures(void)
{
    PROCESS_MEMORY_COUNTERS_EX found;

    memset(&found, 0x55, sizeof found);
    CHECK("PROC-15",
          K32GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&found,
                                  sizeof(PROCESS_MEMORY_COUNTERS)) &&
              found.cb == sizeof(PROCESS_MEMORY_COUNTERS),
          "the smaller one: %u", (unsigned)found.cb);
    CHECK("PROC-15", found.PrivateUsage == (SIZE_T)0x5555555555555555, "and no more");
    SetLastError(0);
    CHECK("PROC-15",
          !GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&found,
                                sizeof(PROCESS_MEMORY_COUNTERS) - 1) &&
              GetLastError() == ERROR_INSUFFICIENT_BUFFER,
          "too small: %u", (unsigned)GetLastError());
    HANDLE self =
        OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, GetCurrentProcessId());
    CHECK("PROC-15",
          GetProcessMemoryInfo(self, (PROCESS_MEMORY_COUNTERS *)&found, sizeof found) &&
              found.WorkingSetSize > 0,
          "by a handle");
    CloseHandle(self);
}

static void no_process(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    PROCESS_MEMORY_COUNTERS found;
    IO_COUNTERS io;
    DWORD count;

    SetLastError(0);
    CHECK_WINE_DEPARTS("PROC-15",
                       !GetProcessMemoryInfo(event, &found, sizeof found) &&
                           GetLastError() == ERROR_INVALID_HANDLE,
                       NO_PROCESS, "an event: %u", (unsigned)GetLastError());
    SetLastError(0);
    CHECK_WINE_DEPARTS(
        "PROC-16", !GetProcessHandleCount(event, &count) && GetLastError() == ERROR_INVALID_HANDLE,
        NO_PROCESS, "an event: %u", (unsigned)GetLastError());
    SetLastError(0);
    CHECK_WINE_DEPARTS("PROC-17",
                       !GetProcessIoCounters(event, &io) && GetLastError() == ERROR_INVALID_HANDLE,
                       NO_PROCESS, "an event: %u", (unsigned)GetLastError());
    CloseHandle(event);
}

static void handles(void)
{
    enum { EVENTS = 100 };
    HANDLE events[EVENTS];
    DWORD before = 0, with = 0, after = 0;

    CHECK("PROC-16", GetProcessHandleCount(GetCurrentProcess(), &before), "asked");
    for (int i = 0; i < EVENTS; i++)
        events[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
    REQUIRE(GetProcessHandleCount(GetCurrentProcess(), &with));
    for (int i = 0; i < EVENTS; i++)
        CloseHandle(events[i]);
    REQUIRE(GetProcessHandleCount(GetCurrentProcess(), &after));
    CHECK_WINE_DEPARTS("PROC-16", with == before + EVENTS && after == before,
                       "Wine does not count them", "%u, %u, %u", (unsigned)before, (unsigned)with,
                       (unsigned)after);
}

static void operations(void)
{
    enum { TIMES = 50, BYTES = 1000 };
    static char data[BYTES];
    const char *name = disk_name("usage");
    IO_COUNTERS before, after;
    DWORD done = 0;

    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    if (!CHECK("PROC-17", GetProcessIoCounters(GetCurrentProcess(), &before), "asked: %u",
               (unsigned)GetLastError()))
        return;
    for (int i = 0; i < TIMES; i++)
        REQUIRE(WriteFile(file, data, BYTES, &done, NULL) && done == BYTES);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    for (int i = 0; i < TIMES; i++)
        REQUIRE(ReadFile(file, data, BYTES, &done, NULL) && done == BYTES);
    REQUIRE(GetProcessIoCounters(GetCurrentProcess(), &after));
    CHECK_WINE_DEPARTS("PROC-17",
                       after.WriteOperationCount >= before.WriteOperationCount + TIMES &&
                           after.WriteTransferCount >= before.WriteTransferCount + TIMES * BYTES,
                       "Wine counts its processes' system calls", "writes: %u, %u bytes",
                       (unsigned)(after.WriteOperationCount - before.WriteOperationCount),
                       (unsigned)(after.WriteTransferCount - before.WriteTransferCount));
    CHECK_WINE_DEPARTS("PROC-17",
                       after.ReadOperationCount >= before.ReadOperationCount + TIMES &&
                           after.ReadTransferCount >= before.ReadTransferCount + TIMES * BYTES,
                       "Wine counts its processes' system calls", "reads: %u, %u bytes",
                       (unsigned)(after.ReadOperationCount - before.ReadOperationCount),
                       (unsigned)(after.ReadTransferCount - before.ReadTransferCount));
    CloseHandle(file);
    DeleteFileA(name);
}

static void times(void)
{
    FILETIME idle[2], kernel[2], user[2];
    double start;

    REQUIRE(GetSystemTimes(&idle[0], &kernel[0], &user[0]));
    CHECK("PROC-18", whole(kernel[0]) >= whole(idle[0]), "the kernel's time includes the idle one");
    start = support_now_ms();
    do {
        Sleep(20);
        REQUIRE(GetSystemTimes(&idle[1], &kernel[1], &user[1]));
    } while (whole(kernel[1]) + whole(user[1]) == whole(kernel[0]) + whole(user[0]) &&
             support_now_ms() - start < DEADLINE_MS);
    CHECK("PROC-18", whole(kernel[1]) + whole(user[1]) > whole(kernel[0]) + whole(user[0]),
          "time goes on");
    CHECK("PROC-18", whole(idle[1]) >= whole(idle[0]) && whole(user[1]) >= whole(user[0]),
          "never back");
    CHECK("PROC-18", GetSystemTimes(NULL, NULL, &user[0]) && whole(user[0]) >= whole(user[1]),
          "one of them");
    CHECK("PROC-18", GetSystemTimes(NULL, NULL, NULL), "none of them");
}

int main(void)
{
    RUN(memory);
    RUN(structures);
    RUN(no_process);
    RUN(handles);
    RUN(operations);
    RUN(times);
    return check_report();
}
