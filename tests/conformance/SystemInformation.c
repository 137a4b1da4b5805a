/* SPDX-License-Identifier: MIT
 *
 * Times of day, versions, the machine's and the program's name (rules SYS).
 */
#include "check.h"

#define FAILS(call, code) (SetLastError(0xDEAD), !(call) && GetLastError() == (code))

static FILETIME file_time(unsigned long long ticks)
{
    FILETIME time = {(DWORD)ticks, (DWORD)(ticks >> 32)};
    return time;
}

static unsigned long long ticks_of(FILETIME time)
{
    return (unsigned long long)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

/* There and back. */
static void expect_date(unsigned long long ticks, SYSTEMTIME wanted)
{
    FILETIME time = file_time(ticks);
    SYSTEMTIME system;

    memset(&system, 0x55, sizeof system);
    CHECK("SYS-1", FileTimeToSystemTime(&time, &system) && !memcmp(&system, &wanted, sizeof wanted),
          "%llu: %u-%u-%u (%u) %u:%u:%u.%u", ticks, system.wYear, system.wMonth, system.wDay,
          system.wDayOfWeek, system.wHour, system.wMinute, system.wSecond, system.wMilliseconds);
    wanted.wDayOfWeek = 99;
    CHECK("SYS-2", SystemTimeToFileTime(&wanted, &time) && ticks_of(time) == ticks / 10000 * 10000,
          "%u-%u-%u: %llu", wanted.wYear, wanted.wMonth, wanted.wDay, ticks_of(time));
}

static void dates(void)
{
    FILETIME beyond = file_time(1ull << 63);
    SYSTEMTIME system;

    expect_date(0, (SYSTEMTIME){1601, 1, 1, 1, 0, 0, 0, 0});
    expect_date(116444736000000000ull, (SYSTEMTIME){1970, 1, 4, 1, 0, 0, 0, 0});
    expect_date(125962560000000000ull, (SYSTEMTIME){2000, 2, 2, 29, 0, 0, 0, 0});
    expect_date(125963424000000000ull - 1, (SYSTEMTIME){2000, 2, 2, 29, 23, 59, 59, 999});
    expect_date(94354848000000000ull, (SYSTEMTIME){1900, 1, 1, 1, 0, 0, 0, 0});
    expect_date(94405824000000000ull, (SYSTEMTIME){1900, 3, 4, 1, 0, 0, 0, 0});
    expect_date(134073792000000000ull - 10000ull, (SYSTEMTIME){2025, 11, 2, 11, 23, 59, 59, 999});
    expect_date((1ull << 63) - 1, (SYSTEMTIME){30828, 9, 4, 14, 2, 48, 5, 477});
    CHECK("SYS-1", FAILS(FileTimeToSystemTime(&beyond, &system), ERROR_INVALID_PARAMETER),
          "beyond 63 bits");
}

static void no_such_dates(void)
{
    static const SYSTEMTIME wrong[] = {
        {1600, 12, 0, 31, 0, 0, 0, 0}, {2025, 0, 0, 1, 0, 0, 0, 0},  {2025, 13, 0, 1, 0, 0, 0, 0},
        {2025, 4, 0, 31, 0, 0, 0, 0},  {2025, 1, 0, 0, 0, 0, 0, 0},  {2025, 1, 0, 1, 24, 0, 0, 0},
        {2025, 1, 0, 1, 0, 60, 0, 0},  {2025, 1, 0, 1, 0, 0, 60, 0}, {2025, 1, 0, 1, 0, 0, 0, 1000},
    };
    static const SYSTEMTIME no_leap_year[] = {{2025, 2, 0, 29, 0, 0, 0, 0},
                                              {1900, 2, 0, 29, 0, 0, 0, 0}};
    FILETIME time;

    for (size_t index = 0; index < sizeof wrong / sizeof wrong[0]; index++)
        CHECK("SYS-2", FAILS(SystemTimeToFileTime(&wrong[index], &time), ERROR_INVALID_PARAMETER),
              "no such time, %u", (unsigned)index);
    for (size_t index = 0; index < sizeof no_leap_year / sizeof no_leap_year[0]; index++)
        CHECK_WINE_DEPARTS(
            "SYS-2",
            FAILS(SystemTimeToFileTime(&no_leap_year[index], &time), ERROR_INVALID_PARAMETER),
            "Wine takes every 29th of February", "no leap year, %u", (unsigned)index);
}

static void now(void)
{
    FILETIME before, now_system, after, local, back, now_local;
    SYSTEMTIME system, here;

    GetSystemTimeAsFileTime(&before);
    GetSystemTime(&system);
    GetLocalTime(&here);
    GetSystemTimeAsFileTime(&after);
    REQUIRE(SystemTimeToFileTime(&system, &now_system));
    REQUIRE(SystemTimeToFileTime(&here, &now_local));
    CHECK("SYS-3",
          ticks_of(now_system) + 10000 > ticks_of(before) &&
              CompareFileTime(&now_system, &after) <= 0,
          "the system's time");
    CHECK("SYS-3", FileTimeToLocalFileTime(&now_system, &local), "to local time");
    long long apart = (long long)(ticks_of(now_local) - ticks_of(local)) / 10000000;
    CHECK("SYS-3", apart >= 0 && apart < 60, "the local time, %lld s", apart);
    CHECK("SYS-3", LocalFileTimeToFileTime(&local, &back) && !CompareFileTime(&back, &now_system),
          "and back");
    FILETIME one = {0xFFFFFFFF, 1}, two = {0, 2};
    CHECK("SYS-4", CompareFileTime(&one, &two) == -1, "earlier");
    CHECK("SYS-4", CompareFileTime(&two, &one) == 1, "later");
    CHECK("SYS-4", CompareFileTime(&one, &one) == 0, "the same");
}

static void zone(void)
{
    TIME_ZONE_INFORMATION zone;
    FILETIME system, local;

    DWORD now = GetTimeZoneInformation(&zone);
    LONG bias = zone.Bias + (now == TIME_ZONE_ID_STANDARD   ? zone.StandardBias
                             : now == TIME_ZONE_ID_DAYLIGHT ? zone.DaylightBias
                                                            : 0);
    GetSystemTimeAsFileTime(&system);
    REQUIRE(FileTimeToLocalFileTime(&system, &local));
    long long apart = (long long)(ticks_of(system) - ticks_of(local));
    CHECK("SYS-13", now <= TIME_ZONE_ID_DAYLIGHT && apart == bias * 600000000ll,
          "%u: %d minutes, %lld", (unsigned)now, (int)bias, apart);
    CHECK("SYS-13",
          !zone.StandardDate.wMonth == !zone.DaylightDate.wMonth &&
              !zone.StandardDate.wMonth == (now == TIME_ZONE_ID_UNKNOWN),
          "both dates or none");
}

static void version(void)
{
    OSVERSIONINFOEXA extended = {.dwOSVersionInfoSize = sizeof extended};
    OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof wide};
    OSVERSIONINFOA plain = {.dwOSVersionInfoSize = sizeof plain};

    CHECK("SYS-5", GetVersionExA(&plain) && plain.dwPlatformId == VER_PLATFORM_WIN32_NT, "plain");
    CHECK("SYS-5", GetVersionExA((OSVERSIONINFOA *)&extended) && extended.wProductType, "extended");
    CHECK("SYS-5", GetVersionExW((OSVERSIONINFOW *)&wide), "wide");
    CHECK("SYS-5", wide.dwBuildNumber == plain.dwBuildNumber && wide.wProductType, "the same");
    CHECK("SYS-5", (BYTE)GetVersion() == plain.dwMajorVersion, "GetVersion");
    plain.dwOSVersionInfoSize--;
    CHECK("SYS-5", FAILS(GetVersionExA(&plain), ERROR_INSUFFICIENT_BUFFER), "another size");
}

static BOOL compare(DWORD types, BYTE condition, DWORD major, DWORD minor, WORD pack)
{
    OSVERSIONINFOEXA wanted = {.dwOSVersionInfoSize = sizeof wanted,
                               .dwMajorVersion = major,
                               .dwMinorVersion = minor,
                               .wServicePackMajor = pack};
    ULONGLONG mask = 0;

    for (DWORD type = 1; type <= VER_PRODUCT_TYPE; type <<= 1)
        if (types & type)
            mask = VerSetConditionMask(mask, type, condition);
    return VerifyVersionInfoA(&wanted, types, mask);
}

static void comparisons(void)
{
    const DWORD number = VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR;
    OSVERSIONINFOEXW is = {.dwOSVersionInfoSize = sizeof is};
    ULONGLONG mask = 0;

    REQUIRE(GetVersionExW((OSVERSIONINFOW *)&is));
    DWORD major = is.dwMajorVersion, minor = is.dwMinorVersion;
    CHECK("SYS-6", compare(number, VER_GREATER_EQUAL, major, minor, is.wServicePackMajor), "as is");
    CHECK("SYS-6", compare(number, VER_EQUAL, major, minor, is.wServicePackMajor), "equal");
    CHECK("SYS-6", compare(number, VER_GREATER_EQUAL, major - 1, minor + 9, 9), "an older one");
    CHECK("SYS-6",
          FAILS(compare(number, VER_GREATER_EQUAL, major + 1, 0, 0), ERROR_OLD_WIN_VERSION),
          "a newer one");
    CHECK("SYS-6",
          FAILS(compare(number, VER_GREATER, major, minor, is.wServicePackMajor),
                ERROR_OLD_WIN_VERSION),
          "not greater");
    CHECK("SYS-6", compare(number, VER_LESS, major + 1, 0, 0), "less");
    CHECK("SYS-6",
          FAILS(compare(VER_MAJORVERSION, VER_EQUAL, major + 1, 0, 0), ERROR_OLD_WIN_VERSION),
          "not equal");
    CHECK("SYS-6", FAILS(compare(0, VER_EQUAL, major, 0, 0), ERROR_BAD_ARGUMENTS), "nothing asked");
    CHECK("SYS-6", FAILS(compare(number, 0, major, 0, 0), ERROR_BAD_ARGUMENTS), "no condition");
    VER_SET_CONDITION(mask, VER_PRODUCT_TYPE, VER_EQUAL);
    CHECK("SYS-6", mask == 1ull << 21, "the mask's bits: %llx", mask);
    CHECK("SYS-6", VerSetConditionMask(0, number, VER_EQUAL) == 1ull << 15,
          "of several the highest");
    CHECK("SYS-6", FAILS(VerifyVersionInfoW(&is, number, mask), ERROR_OLD_WIN_VERSION),
          "none for these");
    CHECK("SYS-6", VerifyVersionInfoW(&is, VER_PRODUCT_TYPE, mask), "the product");
}

static void names(void)
{
    char name[64], path[MAX_PATH];
    WCHAR wide[MAX_PATH];
    DWORD size = sizeof name, small = 1;

    REQUIRE(GetComputerNameA(name, &size));
    CHECK("SYS-7", size > 0 && size == strlen(name), "%s", name);
    CHECK("SYS-7",
          FAILS(GetComputerNameA(name, &small), ERROR_BUFFER_OVERFLOW) && small == size + 1,
          "no room: %u", (unsigned)small);
    small = size + 1;
    CHECK("SYS-7", GetComputerNameW(wide, &small) && small == size && wide[0] == (BYTE)name[0],
          "wide");

    DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
    CHECK("SYS-8", length > 0 && length == strlen(path), "%s", path);
    CHECK("SYS-8", strstr(path, "SystemInformation") != NULL, "the program's");
    CHECK("SYS-8", GetModuleFileNameW(NULL, wide, MAX_PATH) == length && !wide[length], "wide");
    memset(path, 'x', sizeof path);
    SetLastError(0);
    CHECK("SYS-8",
          GetModuleFileNameA(NULL, path, 5) == 5 && GetLastError() == ERROR_INSUFFICIENT_BUFFER,
          "no room");
    CHECK_WINE_DEPARTS("SYS-8", strnlen(path, 5) == 4, "Wine leaves the zero out", "cut");
    CHECK("SYS-8", path[5] == 'x', "and no more is written");
    CHECK("SYS-8", GetModuleFileNameA(GetModuleHandleA("kernel32"), path, sizeof path) > 0,
          "a module's: %s", path);
    CHECK("SYS-8",
          FAILS(GetModuleFileNameA((HMODULE)(ULONG_PTR)0x10, path, 64), ERROR_MOD_NOT_FOUND),
          "no module");
}

int main(void)
{
    RUN(dates);
    RUN(no_such_dates);
    RUN(now);
    RUN(zone);
    RUN(version);
    RUN(comparisons);
    RUN(names);
    return check_report();
}
