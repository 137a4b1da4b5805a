/* SPDX-License-Identifier: MIT
 *
 * Address space: reserved, committed, protected, freed (rules VM).
 */
#include "check.h"

#define GRAIN 0x10000
#define PAGE 4096 /* or more: what is looked at behind a page begins at a multiple of GRAIN */

#define FAILS(call, code) (!(call) && GetLastError() == (code))

static char *reserve(void *where, SIZE_T bytes)
{
    return (char *)VirtualAlloc(where, bytes, MEM_RESERVE, PAGE_NOACCESS);
}

static char *commit(void *where, SIZE_T bytes)
{
    return (char *)VirtualAlloc(where, bytes, MEM_COMMIT, PAGE_READWRITE);
}

/* Asked of the system, which says no where the program itself would be ended. */
static BOOL can_read(const char *memory)
{
    HANDLE from, to;
    DWORD bytes;
    REQUIRE(CreatePipe(&from, &to, NULL, 0));
    BOOL can = WriteFile(to, memory, 1, &bytes, NULL);
    CloseHandle(from);
    CloseHandle(to);
    return can;
}

static BOOL can_write(char *memory)
{
    HANDLE from, to;
    DWORD bytes;
    REQUIRE(CreatePipe(&from, &to, NULL, 0) && WriteFile(to, "x", 1, &bytes, NULL));
    BOOL can = ReadFile(from, memory, 1, &bytes, NULL);
    CloseHandle(from);
    CloseHandle(to);
    return can;
}

static int is_filled(const char *memory, SIZE_T bytes, char with)
{
    for (SIZE_T i = 0; i < bytes; i++)
        if (memory[i] != with)
            return 0;
    return 1;
}

static void reserving(void)
{
    char *base = reserve(NULL, 5 * GRAIN);
    REQUIRE(base != NULL);
    CHECK("VM-1", (ULONG_PTR)base % GRAIN == 0, "at %p", (void *)base);
    CHECK("VM-1", !can_read(base) && !can_read(base + 5 * GRAIN - 1), "reserved is not there yet");
    CHECK("VM-1", FAILS(reserve(base + GRAIN, GRAIN), ERROR_INVALID_ADDRESS), "taken: 487");
    CHECK("VM-1",
          FAILS(VirtualAlloc(base, GRAIN, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
                ERROR_INVALID_ADDRESS),
          "to commit it too: 487");
    REQUIRE(VirtualFree(base, 0, MEM_RELEASE));
    /* Nobody else is likely to take what was just given back. */
    char *again = reserve(base + GRAIN + 100, GRAIN);
    CHECK("VM-1", again == base + GRAIN, "rounded down: %p of %p", (void *)again, (void *)base);
    char *end = commit(again + GRAIN, 100);
    CHECK("VM-1", end == again + GRAIN, "and the end stays: one page more");
    REQUIRE(VirtualFree(again, 0, MEM_RELEASE));
}

static void committing(void)
{
    char *base = reserve(NULL, 4 * GRAIN);
    REQUIRE(base != NULL);
    char *part = commit(base + GRAIN + 10, GRAIN);
    CHECK("VM-2", part == base + GRAIN, "from a page on");
    REQUIRE(part != NULL);
    CHECK("VM-2", is_filled(part, GRAIN + 10, 0), "zeros, to the last byte's page");
    CHECK("VM-2", !can_read(part - 1) && !can_read(part + 2 * GRAIN - 1), "and nothing else");
    memset(part, 'x', GRAIN);
    CHECK("VM-2", commit(base, 2 * GRAIN) == base, "committed in part: fine");
    CHECK("VM-2", is_filled(part, GRAIN, 'x') && is_filled(base, GRAIN, 0), "contents stay");
    CHECK("VM-2", VirtualAlloc(part, 1, MEM_COMMIT, PAGE_READONLY) == part && !can_write(part),
          "the new protection");
    CHECK("VM-2", part[0] == 'x' && can_write(part + GRAIN - 1), "of that page");
    CHECK("VM-2", FAILS(commit(base + 3 * GRAIN, GRAIN + 1), ERROR_INVALID_ADDRESS),
          "beyond its end: 487");
    REQUIRE(VirtualFree(base, 0, MEM_RELEASE));
    CHECK("VM-2", FAILS(commit(base, GRAIN), ERROR_INVALID_ADDRESS), "not reserved: 487");
    char *both =
        (char *)VirtualAlloc(NULL, 100000, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READWRITE);
    REQUIRE(both != NULL);
    CHECK("VM-1", (ULONG_PTR)both % GRAIN == 0, "at %p", (void *)both);
    CHECK("VM-2", is_filled(both, 100000, 0), "both in one");
    char *alone = commit(NULL, 1);
    CHECK("VM-2", alone && (ULONG_PTR)alone % GRAIN == 0 && is_filled(alone, PAGE, 0),
          "MEM_COMMIT and no address");
    REQUIRE(VirtualFree(both, 0, MEM_RELEASE) && VirtualFree(alone, 0, MEM_RELEASE));
}

static void bad_arguments(void)
{
    static const struct {
        DWORD type, protection;
    } bad[] = {
        {0, PAGE_READWRITE},
        {MEM_TOP_DOWN, PAGE_READWRITE},
        {MEM_RELEASE, PAGE_READWRITE},
        {MEM_RESERVE | MEM_DECOMMIT, PAGE_READWRITE},
        {MEM_RESERVE | MEM_RESET, PAGE_READWRITE},
        {MEM_COMMIT, 0},
        {MEM_COMMIT, PAGE_READONLY | PAGE_READWRITE},
        {MEM_COMMIT, PAGE_WRITECOPY},
        {MEM_COMMIT, PAGE_EXECUTE_WRITECOPY},
        {MEM_COMMIT, PAGE_GUARD},
    };
    for (int i = 0; i < (int)ARRAYSIZE(bad); i++)
        CHECK_WINE_DEPARTS("VM-3",
                           FAILS(VirtualAlloc(NULL, GRAIN, bad[i].type, bad[i].protection),
                                 ERROR_INVALID_PARAMETER),
                           "Wine says otherwise", "type %x, protection %x: 87",
                           (unsigned)bad[i].type, (unsigned)bad[i].protection);
    CHECK("VM-3", FAILS(commit(NULL, 0), ERROR_INVALID_PARAMETER), "no bytes: 87");
    CHECK("VM-3", FAILS(reserve((void *)0xFFFF000000000000, GRAIN), ERROR_INVALID_PARAMETER),
          "no such address: 87");
    CHECK_WINE_DEPARTS("VM-3", FAILS(reserve(NULL, (SIZE_T)1 << 62), ERROR_INVALID_PARAMETER),
                       "Wine says 8", "more than there can be: 87");
    CHECK_WINE_DEPARTS(
        "VM-7",
        FAILS(VirtualAlloc(NULL, GRAIN, MEM_RESERVE | MEM_LARGE_PAGES, PAGE_READWRITE),
              ERROR_INVALID_PARAMETER),
        "Wine has none", "large pages, not committed: 87");
    CHECK_WINE_DEPARTS("VM-7",
                       FAILS(VirtualAlloc(NULL, 1 << 21, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES,
                                          PAGE_READWRITE),
                             ERROR_PRIVILEGE_NOT_HELD),
                       "Wine has none", "without the privilege: 1314");
    SIZE_T large = GetLargePageMinimum();
    CHECK("VM-7", large % PAGE == 0, "the size of large pages: %u", (unsigned)large);
}

static void releasing(void)
{
    char *base = commit(NULL, 3 * GRAIN);
    REQUIRE(base != NULL);
    CHECK("VM-4", FAILS(VirtualFree(base, 3 * GRAIN, MEM_RELEASE), ERROR_INVALID_PARAMETER),
          "with a size: 87");
    CHECK("VM-4", FAILS(VirtualFree(base + GRAIN, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS),
          "in the middle: 487");
    CHECK("VM-4", FAILS(VirtualFree(base, 0, 0), ERROR_INVALID_PARAMETER), "nothing: 87");
    CHECK("VM-4", FAILS(VirtualFree(base, 0, MEM_RELEASE | MEM_DECOMMIT), ERROR_INVALID_PARAMETER),
          "both: 87");
    memset(base, 'x', 3 * GRAIN);
    CHECK("VM-4", VirtualFree(base + GRAIN, GRAIN, MEM_DECOMMIT), "the middle");
    CHECK("VM-4", !can_read(base + GRAIN) && !can_read(base + 2 * GRAIN - 1), "is not there");
    CHECK("VM-4", base[GRAIN - 1] == 'x' && base[2 * GRAIN] == 'x', "the rest is");
    CHECK("VM-4", VirtualFree(base + GRAIN, GRAIN, MEM_DECOMMIT), "again");
    CHECK("VM-4", commit(base, 3 * GRAIN) == base && is_filled(base + GRAIN, GRAIN, 0),
          "committed again: zeros");
    CHECK("VM-4", FAILS(VirtualFree(base + GRAIN, 0, MEM_DECOMMIT), ERROR_INVALID_ADDRESS),
          "all of it, from the middle: 487");
    CHECK("VM-4", VirtualFree(base, 0, MEM_DECOMMIT) && !can_read(base + 3 * GRAIN - 1),
          "all of it");
    CHECK("VM-4", commit(base + GRAIN, 1) == base + GRAIN, "it is reserved still");
    CHECK("VM-4", VirtualFree(base, 0, MEM_RELEASE), "released");
    CHECK_WINE_DEPARTS("VM-4", FAILS(VirtualFree(base, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS),
                       "Wine says 87", "once: 487");
    CHECK_WINE_DEPARTS("VM-4", FAILS(VirtualFree(base, GRAIN, MEM_DECOMMIT), ERROR_INVALID_ADDRESS),
                       "Wine says 87", "nor decommitted: 487");
}

static void protecting(void)
{
    char *base = reserve(NULL, 4 * GRAIN);
    DWORD old = 0;
    REQUIRE(base && commit(base, 3 * GRAIN));
    memset(base, 'x', 3 * GRAIN);
    CHECK("VM-5", VirtualProtect(base + GRAIN, GRAIN, PAGE_READONLY, &old) && old == PAGE_READWRITE,
          "was %x", (unsigned)old);
    CHECK("VM-5", !can_write(base + GRAIN) && can_read(base + GRAIN), "to be read only");
    CHECK("VM-5", can_write(base + GRAIN - 1) && can_write(base + 2 * GRAIN), "the middle");
    CHECK("VM-5", VirtualProtect(base + GRAIN - 1, 2, PAGE_NOACCESS, &old) && old == PAGE_READWRITE,
          "two pages, the first was %x", (unsigned)old);
    CHECK("VM-5", !can_read(base + GRAIN - 1) && !can_read(base + GRAIN), "not to be touched");
    CHECK("VM-5", can_read(base + 2 * GRAIN - 1), "the third is");
    CHECK("VM-5",
          VirtualProtect(base, 3 * GRAIN, PAGE_EXECUTE_READWRITE, &old) && old == PAGE_READWRITE &&
              is_filled(base + 100, 2 * GRAIN, 'x'),
          "all of it, and nothing is lost");
    CHECK("VM-5", VirtualProtect(base, 1, PAGE_READWRITE, &old) && old == PAGE_EXECUTE_READWRITE,
          "was %x", (unsigned)old);
    CHECK("VM-5",
          FAILS(VirtualProtect(base, 4 * GRAIN, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS),
          "not all committed: 487");
    CHECK("VM-5", can_write(base), "and nothing is changed");
    CHECK("VM-5",
          FAILS(VirtualProtect(base, GRAIN, PAGE_READWRITE | PAGE_READONLY, &old),
                ERROR_INVALID_PARAMETER),
          "two protections: 87");
    CHECK("VM-5", FAILS(VirtualProtect(base, GRAIN, PAGE_READONLY, NULL), ERROR_NOACCESS),
          "no place for the old one: 998");
    REQUIRE(VirtualFree(base, 0, MEM_RELEASE));
    CHECK_WINE_DEPARTS(
        "VM-5", FAILS(VirtualProtect(base, GRAIN, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS),
        "Wine says 87", "gone: 487");
}

static void resetting(void)
{
    char *base = reserve(NULL, 2 * GRAIN);
    REQUIRE(base && commit(base, GRAIN));
    memset(base, 'x', GRAIN);
    CHECK("VM-6", VirtualAlloc(base, GRAIN, MEM_RESET, PAGE_NOACCESS) == base, "reset");
    CHECK("VM-6", can_write(base + GRAIN - 1), "committed still");
    CHECK("VM-6", is_filled(base, PAGE, 'x') || is_filled(base, PAGE, 0), "there, or lost");
    CHECK_WINE_DEPARTS(
        "VM-6",
        FAILS(VirtualAlloc(base + GRAIN, GRAIN, MEM_RESET, PAGE_NOACCESS), ERROR_INVALID_ADDRESS),
        "Wine says yes", "not committed: 487");
    REQUIRE(VirtualFree(base, 0, MEM_RELEASE));
}

static void in_a_process(void)
{
    HANDLE self = GetCurrentProcess(), event = CreateEventA(NULL, TRUE, FALSE, NULL);
    char *base = (char *)VirtualAllocEx(self, NULL, GRAIN, MEM_COMMIT, PAGE_READWRITE);
    CHECK("VM-8", base && is_filled(base, GRAIN, 0), "in this process");
    CHECK("VM-8", FAILS(VirtualFreeEx(event, base, 0, MEM_RELEASE), ERROR_INVALID_HANDLE),
          "an event: 6");
    CHECK("VM-8", VirtualFreeEx(self, base, 0, MEM_RELEASE), "freed");
    CHECK(
        "VM-8",
        FAILS(VirtualAllocEx(event, NULL, GRAIN, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_HANDLE),
        "an event: 6");
    CloseHandle(event);
    CHECK(
        "VM-8",
        FAILS(VirtualAllocEx(event, NULL, GRAIN, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_HANDLE),
        "closed: 6");
}

/* Buffers as servers take them: many, from several threads, freed in another order. */
enum { THREADS = 4, BUFFERS = 300 };

static DWORD WINAPI use_buffers(void *number)
{
    static char *buffers[THREADS][BUFFERS];
    char **mine = buffers[(ULONG_PTR)number];
    char mark = (char)('a' + (ULONG_PTR)number);
    DWORD bad = 0;
    for (int i = 0; i < BUFFERS; i++) {
        SIZE_T bytes = (SIZE_T)(1 + i % 7) * 30000;
        mine[i] = (char *)VirtualAlloc(NULL, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (!mine[i] || mine[i][0] || mine[i][bytes - 1])
            bad++;
        else
            mine[i][0] = mine[i][bytes - 1] = mark;
    }
    for (int i = 0; i < BUFFERS; i++) {
        int other = i * 7 % BUFFERS; /* 7 and 300 have no divisor in common */
        SIZE_T bytes = (SIZE_T)(1 + other % 7) * 30000;
        if (mine[other] && (mine[other][0] != mark || mine[other][bytes - 1] != mark))
            bad++;
        if (!VirtualFree(mine[other], 0, MEM_RELEASE))
            bad++;
    }
    return bad;
}

static void many(void)
{
    HANDLE threads[THREADS];
    DWORD bad, sum = 0;
    for (int i = 0; i < THREADS; i++)
        threads[i] = CreateThread(NULL, 0, use_buffers, (void *)(ULONG_PTR)i, 0, NULL);
    for (int i = 0; i < THREADS; i++) {
        REQUIRE(WaitForSingleObject(threads[i], 30000) == WAIT_OBJECT_0);
        GetExitCodeThread(threads[i], &bad);
        sum += bad;
        CloseHandle(threads[i]);
    }
    CHECK("VM-4", sum == 0, "%d buffers in each of %d threads: %u bad", BUFFERS, THREADS,
          (unsigned)sum);
}

int main(void)
{
    RUN(reserving);
    RUN(committing);
    RUN(bad_arguments);
    RUN(releasing);
    RUN(protecting);
    RUN(resetting);
    RUN(in_a_process);
    RUN(many);
    return check_report();
}
