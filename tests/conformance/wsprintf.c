/* SPDX-License-Identifier: MIT
 *
 * Formatted text and upper and lower case of winuser.h (rules WSPF).
 */
#include "check.h"

enum { ROOM = 4096, MOST = 1023 };

static char text[ROOM];
static WCHAR wide_text[ROOM];

static const WCHAR *wide(const char *narrow)
{
    static WCHAR rooms[4][ROOM];
    static unsigned turn;
    WCHAR *room = rooms[turn++ % 4];

    for (size_t i = 0; (room[i] = (BYTE)narrow[i]);)
        i++;
    return room;
}

static int wide_is(const WCHAR *given, const char *narrow)
{
    while (*narrow && *given == (BYTE)*narrow)
        given++, narrow++;
    return *given == (BYTE)*narrow;
}

/* Both widths; a macro, for its arguments. */
#define GIVES(rule, result, format, ...)                                                           \
    do {                                                                                           \
        memset(text, '#', sizeof text);                                                            \
        int narrow_count = wsprintfA(text, format, ##__VA_ARGS__);                                 \
        CHECK(rule, narrow_count == (int)strlen(result) && !strcmp(text, result), "'%s': %d '%s'", \
              format, narrow_count, text);                                                         \
        int wide_count = wsprintfW(wide_text, wide(format), ##__VA_ARGS__);                        \
        CHECK(rule, wide_count == (int)strlen(result) && wide_is(wide_text, result),               \
              "'%s', wide: %d", format, wide_count);                                               \
    } while (0)

static void plain(void)
{
    GIVES("WSPF-1", "", "");
    GIVES("WSPF-1", "abc", "abc");
    GIVES("WSPF-1", "100% of 5", "%d%% of %u", 100, 5u);
    GIVES("WSPF-1", "k z", "%k %z");
    GIVES("WSPF-1", "o f e *d +d", "%o %f %e %*d %+d");
}

static void numbers(void)
{
    GIVES("WSPF-2", "-5 6 4294967295", "%d %i %u", -5, 6, -1);
    GIVES("WSPF-2", "-2147483648 0", "%d %u", -0x7FFFFFFF - 1, 0);
    GIVES("WSPF-2", "abc ABC", "%x %X", 0xabc, 0xabc);
    GIVES("WSPF-2", "-7 -8 8 f F", "%ld %li %lu %lx %lX", (LONG)-7, (LONG)-8, (DWORD)8, (DWORD)15,
          (DWORD)15);
    GIVES("WSPF-2", "-3 3", "%hd %hu", (short)-3, (unsigned short)3);
    GIVES("WSPF-2", "-5000000000 5000000000", "%I64d %I64u", -5000000000LL, 5000000000ULL);
    GIVES("WSPF-2", "123456789a 123456789A", "%I64x %I64X", 0x123456789aULL, 0x123456789aULL);
    GIVES("WSPF-2", "-9223372036854775808", "%I64d", -0x7FFFFFFFFFFFFFFFLL - 1);
    GIVES("WSPF-2", "-3 12a05f200 7", "%I32d %Ix %d", -3, (ULONG_PTR)5000000000ULL, 7);
    GIVES("WSPF-2", "000000001234ABCD", "%p", (void *)0x1234abcd);
}

static void fields(void)
{
    GIVES("WSPF-3", "    1|2    |00003|", "%5d|%-5d|%05d|", 1, 2, 3);
    GIVES("WSPF-3", "-0042|  -42|-42  |", "%05d|%5d|%-05d|", -42, -42, -42);
    GIVES("WSPF-3", "004|  005", "%.3d|%5.3d", 4, 5);
    CHECK_WINE_DEPARTS("WSPF-3", wsprintfA(text, "%.5d", -42) == 6 && !strcmp(text, "-00042"),
                       "Wine counts the sign as a digit", "%s", text);
    GIVES("WSPF-3", "0|0|12345", "%.0d|%.d|%2d", 0, 0, 12345);
    GIVES("WSPF-3", "0xabc 0XABC 0x0", "%#x %#X %#x", 0xabc, 0xabc, 0);
    GIVES("WSPF-3", "0x00ab|00000000ab", "%#.4x|%.10x", 0xab, 0xab);
    GIVES("WSPF-3", "           1|-0001", "%12I64x|%05I64d", 1LL, -1LL);
}

static void strings(void)
{
    const WCHAR *other = wide("wide");

    memset(text, '#', sizeof text);
    CHECK("WSPF-4",
          wsprintfA(text, "%s|%5s|%-5s|", "abc", "abc", "abc") == 16 &&
              !strcmp(text, "abc|  abc|abc  |"),
          "%s", text);
    CHECK("WSPF-4",
          wsprintfA(text, "%.2s|%5.2s|%08s", "abc", "abc", "abc") == 17 &&
              !strcmp(text, "ab|   ab|     abc"),
          "%s", text);
    CHECK("WSPF-4",
          wsprintfA(text, "%S %ls %hs %lS %ws", other, other, "n", other, other) == 21 &&
              !strcmp(text, "wide wide n wide wide"),
          "%s", text);
    CHECK("WSPF-4",
          wsprintfA(text, "%-6S|%6.1S|", other, other) == 14 && !strcmp(text, "wide  |     w|"),
          "%s", text);
    CHECK("WSPF-4",
          wsprintfW(wide_text, wide("%s %S %hs %ls"), other, "n", "m", other) == 13 &&
              wide_is(wide_text, "wide n m wide"),
          "wide");
    CHECK("WSPF-4",
          wsprintfW(wide_text, wide("%6s|%-3S|%.1S"), other, "n", "mm") == 12 &&
              wide_is(wide_text, "  wide|n  |m"),
          "wide");
    GIVES("WSPF-4", "(null) (null)", "%s %S", NULL, NULL);
    GIVES("WSPF-4", "abcd|    e|f    |", "%c%C%hc%lc|%5c|%-5c|", 'a', 'b', 'c', 'd', 'e', 'f');
    CHECK_WINE_DEPARTS("WSPF-4", wsprintfA(text, "a%hcb%lcc", 0, 0) == 3 && !strcmp(text, "abc"),
                       "Wine writes the zero", "%s", text);
}

static int forwarded(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = wvsprintfA(text, format, arguments);
    va_end(arguments);
    va_start(arguments, format);
    if (wvsprintfW(wide_text, wide(format), arguments) != count)
        count = -1;
    va_end(arguments);
    return count;
}

static void lists(void)
{
    CHECK("WSPF-1", forwarded("%d %I64d %hs", 1, 2LL, "three") == 9 && !strcmp(text, "1 2 three"),
          "%s", text);
    CHECK("WSPF-1", wide_is(wide_text, "1 2 three"), "wide");
}

static void too_much(void)
{
    static char much[3000];

    memset(much, 'y', sizeof much - 1);
    memset(text, '#', sizeof text);
    int count = wsprintfA(text, "%s", much);
    CHECK("WSPF-5", strlen(text) == MOST && text[MOST + 1] == '#', "%d: %d", count,
          (int)strlen(text));
    CHECK("WSPF-5", count < (int)strlen(much), "less than it is: %d", count);
    memset(text, '#', sizeof text);
    count = wsprintfA(text, "%s%1030d", "z", 5);
    CHECK("WSPF-5", strlen(text) == MOST && count < 1030, "a field: %d", count);
    much[MOST - 1] = 0;
    CHECK("WSPF-5", wsprintfA(text, "%s", much) == MOST - 1 && !strcmp(text, much), "what fits");
    for (int i = 0; i < ROOM; i++)
        wide_text[i] = '#';
    wsprintfW(wide_text, wide("%hs%hs"), much, much);
    CHECK("WSPF-5", wide_text[MOST - 1] == 'y' && !wide_text[MOST] && wide_text[MOST + 1] == '#',
          "wide");
}

static void cases(void)
{
    char room[] = "aZ\0bY";
    WCHAR letters[] = {'a', 0xE4, 0x436, 0x3C9, 0xFF, 0xDF, 'i', 0x131, 0xB5, '1', 0};
    static const WCHAR upper[] = {'A', 0xC4, 0x416, 0x3A9, 0x178, 0xDF, 'I', 0x131, 0xB5, '1', 0};

    CHECK("WSPF-6", CharUpperA(room) == room && !memcmp(room, "AZ\0bY", 6), "up: %s", room);
    CHECK("WSPF-6", CharLowerA(room) == room && !memcmp(room, "az\0bY", 6), "down: %s", room);
    CHECK("WSPF-6", CharUpperBuffA(room, 5) == 5 && !memcmp(room, "AZ\0BY", 6), "beyond the zero");
    CHECK("WSPF-6", CharLowerBuffA(room, 4) == 4 && !memcmp(room, "az\0bY", 6), "no further");
    CHECK("WSPF-6", CharUpperA((LPSTR)(ULONG_PTR)'q') == (LPSTR)(ULONG_PTR)'Q', "one character");
    CHECK("WSPF-6", CharLowerW((LPWSTR)(ULONG_PTR)0xC4) == (LPWSTR)(ULONG_PTR)0xE4, "wide");
    CHECK("WSPF-6", CharUpperA(NULL) == NULL && CharLowerW(NULL) == NULL, "NULL");
    CHECK("WSPF-6", CharUpperBuffA(NULL, 4) == 0 && CharLowerBuffW(NULL, 4) == 0, "no buffer");
    CHECK("WSPF-7", CharUpperW(letters) == letters && !memcmp(letters, upper, sizeof upper),
          "letters of many alphabets");
    CHECK("WSPF-7", CharLowerW(letters) == letters && letters[1] == 0xE4 && letters[4] == 0xFF,
          "and back");
    CHECK("WSPF-7", CharUpperBuffW(letters, 2) == 2 && letters[1] == 0xC4 && letters[2] == 0x436,
          "two of them");
    CHECK("WSPF-7", CharLowerBuffW(letters, 3) == 3 && letters[1] == 0xE4, "and back");
}

int main(void)
{
    RUN(plain);
    RUN(numbers);
    RUN(fields);
    RUN(strings);
    RUN(lists);
    RUN(too_much);
    RUN(cases);
    return check_report();
}
