/* SPDX-License-Identifier: MIT
 *
 * What servers use of small headers: random numbers (bcrypt.h), times (time.h), directories
 * (direct.h), and what is nothing here (crtdbg.h, winapifamily.h).
 */
#include "check.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <wspiapi.h>
#include <iphlpapi.h>
#include <netioapi.h>
#include <bcrypt.h>
#include <crtdbg.h>
#include <direct.h>
#include <winapifamily.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timeb.h>
#include <time.h>

#define IS(status, wanted) ((DWORD)(status) == (DWORD)(wanted))

static void random_numbers(void)
{
    BYTE one[64] = {0}, other[64] = {0};
    const DWORD preferred = BCRYPT_USE_SYSTEM_PREFERRED_RNG;

    CHECK("SYS-9", IS(BCryptGenRandom(NULL, one, sizeof one, preferred), 0), "the preferred one");
    CHECK("SYS-9", IS(BCryptGenRandom(NULL, other, sizeof other, preferred), 0), "again");
    CHECK("SYS-9", memcmp(one, other, sizeof one) != 0, "other numbers");
    memset(one, 0x5a, sizeof one);
    CHECK("SYS-9", IS(BCryptGenRandom(NULL, one, 32, preferred), 0) && one[32] == 0x5a,
          "no more than asked for");
    CHECK("SYS-9", IS(BCryptGenRandom(NULL, one, 0, preferred), 0), "none");
    CHECK("SYS-9", IS(BCryptGenRandom(NULL, one, sizeof one, 0), 0xC0000008), "no handle");
    CHECK("SYS-9", IS(BCryptGenRandom(NULL, NULL, 8, preferred), 0xC000000D), "no buffer");
}

static void opened(void)
{
    BCRYPT_ALG_HANDLE handle = NULL;
    const WCHAR name[] = {'R', 'N', 'G', 0}, unknown[] = {'X', 'Y', 'Z', 0};
    BYTE bytes[16] = {0}, zero[16] = {0};

    CHECK("SYS-9", IS(BCryptOpenAlgorithmProvider(&handle, name, NULL, 0), 0), "opened");
    CHECK("SYS-9", IS(BCryptGenRandom(handle, bytes, sizeof bytes, 0), 0), "used");
    CHECK("SYS-9", memcmp(bytes, zero, sizeof bytes) != 0, "something came");
    CHECK("SYS-9", IS(BCryptCloseAlgorithmProvider(handle, 0), 0), "closed");
    CHECK_WINE_DEPARTS("SYS-9",
                       IS(BCryptOpenAlgorithmProvider(&handle, unknown, NULL, 0), 0xC0000225),
                       "Wine says STATUS_NOT_IMPLEMENTED", "no such algorithm");
    CHECK("SYS-9", IS(BCryptOpenAlgorithmProvider(&handle, NULL, NULL, 0), 0xC000000D), "none");
    CHECK("SYS-9", IS(BCryptCloseAlgorithmProvider(NULL, 0), 0xC0000008), "not one");
}

static void times(void)
{
    const __time64_t leap = 951782400, early = -1; /* 2000-02-29 */
    struct tm tm;

    CHECK("SYS-10",
          _gmtime64_s(&tm, &leap) == 0 && tm.tm_year == 100 && tm.tm_mon == 1 && tm.tm_mday == 29 &&
              tm.tm_wday == 2,
          "taken apart");
    CHECK("SYS-10", _gmtime64(&leap)->tm_yday == 59, "the other way of writing it");
    CHECK("SYS-10", _localtime64_s(&tm, &leap) == 0 && mktime(&tm) == (time_t)leap, "and back");
    CHECK("SYS-10", _gmtime64_s(&tm, &early) == EINVAL && tm.tm_year == -1 && tm.tm_isdst == -1,
          "before 1970");
    CHECK("SYS-10", llabs((long long)(_time64(NULL) - time(NULL))) <= 1, "now");
}

static void times_with_milliseconds(void)
{
    struct _timeb now = {0, 9999, 9999, 9999};
    FILETIME before, after;
    unsigned long long from, to, told;
    struct tm tm;

    GetSystemTimeAsFileTime(&before);
    CHECK("SYS-12", _ftime64_s((struct __timeb64 *)&now) == 0, "a result");
    GetSystemTimeAsFileTime(&after);
    from = (unsigned long long)before.dwHighDateTime << 32 | before.dwLowDateTime;
    to = (unsigned long long)after.dwHighDateTime << 32 | after.dwLowDateTime;
    told = ((unsigned long long)now.time + 11644473600) * 10000000 + now.millitm * 10000ull;
    /* Windows' own clocks differ by a tick. */
    CHECK("SYS-12", told + 200000 >= from && told <= to + 200000, "the time: %d ms off",
          (int)((long long)(told - from) / 10000));
    CHECK("SYS-12", now.millitm < 1000, "milliseconds");
    CHECK("SYS-12", _localtime64_s(&tm, (__time64_t *)&now.time) == 0, "local time");
    CHECK("SYS-12", !now.dstflag == !tm.tm_isdst, "daylight saving time");
    tm.tm_isdst = 0; /* that moment's clock, read as UTC, is as far ahead of the moment */
    CHECK("SYS-12",
          _mkgmtime64(&tm) - now.time == (now.dstflag ? 3600 : 0) - (long long)now.timezone * 60,
          "the time zone: %d minutes", now.timezone);
    now.millitm = 9999;
    _ftime(&now);
    CHECK("SYS-12", now.millitm < 1000, "the other way of writing it");
}

static void directories(void)
{
    char name[64], here[1024];

    snprintf(name, sizeof name, "small-headers-%u", (unsigned)GetCurrentProcessId());
    REQUIRE(_getcwd(here, sizeof here) != NULL);
    CHECK("SYS-11", _mkdir(name) == 0, "made");
    CHECK("SYS-11", _mkdir(name) == -1 && errno == EEXIST, "it is there");
    CHECK("SYS-11", _chdir(name) == 0 && _chdir(here) == 0, "gone to, and back");
    CHECK("SYS-11", _rmdir(name) == 0, "removed");
    CHECK("SYS-11", _rmdir(name) == -1 && errno == ENOENT, "it is not there");
}

int main(void)
{
    _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_LEAK_CHECK_DF);
    _ASSERTE(1 + 1 == 2);
#if !WINAPI_FAMILY_PARTITION(WINAPI_PARTITION_DESKTOP)
#error a desktop program
#endif
    RUN(random_numbers);
    RUN(opened);
    RUN(times);
    RUN(times_with_milliseconds);
    RUN(directories);
    return check_report();
}
