/* SPDX-License-Identifier: MIT
 *
 * The code that lives in headers, run: the _s functions, fd_set, byte order, Interlocked, poll.
 * Needs no library.
 */
#include <winsock2.h>
#include <windows.h>
#include <intrin.h>
#include <strsafe.h>
#include <poll.h>
#include <stdio.h>

static int failures;

static void expect(int held, const char *what, int line)
{
    if (held)
        return;
    printf("FAIL line %d: %s\n", line, what);
    failures++;
}
#define EXPECT(condition) expect(!!(condition), #condition, __LINE__)

static void strings(void)
{
    char to[6] = "?????";
    EXPECT(strcpy_s(to, 6, "12345") == 0 && strcmp(to, "12345") == 0);
    EXPECT(strcpy_s(to, 6, "123456") == ERANGE && to[0] == 0);
    EXPECT(strncpy_s(to, 6, "123456", 5) == 0 && strcmp(to, "12345") == 0);
    EXPECT(strncpy_s(to, 6, "123456", 6) == ERANGE && to[0] == 0);
    EXPECT(strncpy_s(to, 6, "123456", _TRUNCATE) == 80 && strcmp(to, "12345") == 0);
    EXPECT(strcpy_s(to, 6, "12") == 0 && strcat_s(to, 6, "345") == 0 && strcmp(to, "12345") == 0);
    EXPECT(strcat_s(to, 6, "6") == ERANGE && to[0] == 0);
    EXPECT(memcpy_s(to, 6, "abcdef", 6) == 0 && memcmp(to, "abcdef", 6) == 0);
    EXPECT(memcpy_s(to, 2, "xyz", 3) == ERANGE && to[0] == 0 && to[1] == 0 && to[2] == 'c');
    EXPECT(_stricmp("AbC", "aBc") == 0 && _strnicmp("ABx", "aby", 2) == 0);
}

/* As Microsoft's example for _vscprintf does: one va_list measures, then writes. */
static int format_twice(char *to, size_t size, const char *format, ...)
{
    char once[64];
    va_list arguments;
    int held;
    va_start(arguments, format);
    held = _vscprintf(format, arguments) == 8;
    held = held && _vsnprintf(once, sizeof once, format, arguments) == 8;
    held = held && _vsnprintf(once, 4, format, arguments) == -1;
    held = held && StringCchVPrintfA(once, sizeof once, format, arguments) == S_OK;
    held = held && vsprintf_s(to, size, format, arguments) == 8 && strcmp(to, once) == 0;
    held = held && vsprintf_s(to, size, format, arguments) == 8 && strcmp(to, once) == 0;
    va_end(arguments);
    return held;
}

static void formats(void)
{
    char to[6] = "?????", longer[16];
    EXPECT(_snprintf(to, 5, "%d", 123) == 3 && strcmp(to, "123") == 0);
    EXPECT(_snprintf(to, 5, "%d", 12345) == 5 && memcmp(to, "12345", 5) == 0);
    to[5] = '#';
    EXPECT(_snprintf(to, 5, "%d", 678901) == -1 && memcmp(to, "67890#", 6) == 0);
    EXPECT(sprintf_s(to, 6, "%d", 12345) == 5 && strcmp(to, "12345") == 0);
    EXPECT(sprintf_s(to, 6, "%d", 123456) == -1 && to[0] == 0);
    EXPECT(_snprintf_s(to, 6, _TRUNCATE, "%d", 123456) == -1 && strcmp(to, "12345") == 0);
    EXPECT(_snprintf_s(to, 6, 2, "%d", 123456) == -1 && strcmp(to, "12") == 0);
    EXPECT(format_twice(longer, sizeof longer, "%s-%d-%s", "ab", 12, "cd") &&
           strcmp(longer, "ab-12-cd") == 0);
    EXPECT(StringCchCopyA(to, 4, "12345") == STRSAFE_E_INSUFFICIENT_BUFFER &&
           strcmp(to, "123") == 0);
    EXPECT(StringCchPrintfA(to, 6, "%s", "abc") == S_OK && StringCchCatA(to, 6, "de") == S_OK &&
           strcmp(to, "abcde") == 0);
}

static void conversions(void)
{
    char to[8] = "?", name[4], path[16];
    int number = 0;
    EXPECT(sscanf_s("12 abc", "%d %s", &number, name, 4u) == 2 && strcmp(name, "abc") == 0);
    EXPECT(sscanf_s("13 abcd 14", "%d %s %d", &number, name, 4u, &number) == 1 && number == 13);
    EXPECT(name[0] == 0 && sscanf_s("k=v", "%[^=]=%c", name, 4u, to, 1u) == 2 && to[0] == 'v');
    EXPECT(_itoa_s(-123456, to, sizeof to, 10) == 0 && strcmp(to, "-123456") == 0);
    EXPECT(_itoa_s(-1234567, to, sizeof to, 10) == ERANGE && to[0] == 0);
    EXPECT(_makepath_s(path, sizeof path, "c", "one", "two", "x") == 0 &&
           strcmp(path, "c:one/two.x") == 0);
    EXPECT(_splitpath_s(path, NULL, 0, NULL, 0, name, 4, NULL, 0) == 0 && !strcmp(name, "two"));
    EXPECT(strcmp(_fullpath(path, "/a/../b\\c", sizeof path), "/b/c") == 0);
}

static void blocks(void)
{
    char *block = (char *)_recalloc(NULL, 3, 1);
    int at;
    if (!block)
        return;
    memset(block, 'x', 3);
    for (at = 0; at < 2; at++) { /* larger, smaller, larger */
        block = (char *)_recalloc(block, 100, 10);
        EXPECT(block && block[2] == 'x' && block[3] == 0 && block[999] == 0);
        memset(block, 'x', 1000);
        block = (char *)_recalloc(block, 3, 1);
    }
    free(block);
    block = (char *)_aligned_malloc(10, 128);
    block = (char *)_aligned_realloc(block, 1000, 128);
    EXPECT(block && (uintptr_t)block % 128 == 0);
    _aligned_free(block);
}

static void sets(void)
{
    fd_set set;
    FD_ZERO(&set);
    for (SOCKET s = 4; s <= 400; s += 4)
        FD_SET(s, &set);
    EXPECT(set.fd_count == 64 && FD_ISSET(4, &set) && FD_ISSET(256, &set) && !FD_ISSET(260, &set));
    FD_SET(8, &set);
    FD_CLR(4, &set);
    FD_CLR(1000, &set);
    EXPECT(set.fd_count == 63 && !FD_ISSET(4, &set) && set.fd_array[0] == 8);
    EXPECT(htons(0x1234) == 0x3412 && ntohl(0x12345678) == 0x78563412);
}

static void atomics(void)
{
    LONG narrow = 5;
    long native = 5;
    LONG64 wide = 5;
    SHORT small = -1;
    PVOID pointer = NULL;
    DWORD index;
    EXPECT(InterlockedIncrement(&narrow) == 6 && InterlockedDecrement(&native) == 4);
    EXPECT(InterlockedExchangeAdd64(&wide, 1LL << 40) == 5 && wide == (1LL << 40) + 5);
    EXPECT(InterlockedCompareExchange(&narrow, 9, 5) == 6 && narrow == 6);
    EXPECT(InterlockedCompareExchange(&narrow, 9, 6) == 6 && narrow == 9);
    EXPECT(InterlockedExchange(&native, -1) == 4 && native == -1);
    EXPECT(InterlockedIncrement16(&small) == 0);
    EXPECT(InterlockedOr(&narrow, 2) == 9 && narrow == 11 && InterlockedAnd(&narrow, 1) == 11);
    EXPECT(InterlockedAdd(&narrow, 4) == 5 && InterlockedXor(&narrow, 1) == 5 && narrow == 4);
    EXPECT(InterlockedBitTestAndSet(&narrow, 0) == 0 && InterlockedBitTestAndReset(&narrow, 2));
    EXPECT(InterlockedCompareExchangePointer(&pointer, &narrow, NULL) == NULL);
    EXPECT(InterlockedExchangePointer(&pointer, NULL) == &narrow);
    EXPECT(_BitScanForward(&index, 0x50) && index == 4 && _BitScanReverse(&index, 0x50) &&
           index == 6 && !_BitScanForward(&index, 0));
}

/* POLLIN is Windows' number here, and libc's poll must still understand it. */
static void polling(void)
{
    int ends[2];
    struct pollfd two[2];
    if (pipe(ends) != 0)
        return;
    two[0].fd = ends[0];
    two[0].events = POLLIN;
    two[1].fd = ends[1];
    two[1].events = POLLOUT;
    EXPECT(poll(two, 2, 0) == 1 && two[0].revents == 0 && two[1].revents == POLLOUT);
    EXPECT(write(ends[1], "x", 1) == 1);
    EXPECT(poll(two, 2, 0) == 2 && (two[0].revents & POLLIN) && two[0].events == POLLIN);
    close(ends[1]);
    EXPECT(poll(two, 1, 0) == 1 && (two[0].revents & POLLHUP));
    close(ends[0]);
    EXPECT(poll(two, 1, 0) == 1 && two[0].revents == POLLNVAL);
}

int main(void)
{
    strings();
    formats();
    conversions();
    blocks();
    sets();
    atomics();
    polling();
    printf(failures ? "%d failures\n" : "inline: passed\n", failures);
    return failures != 0;
}
