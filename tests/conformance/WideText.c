/* SPDX-License-Identifier: MIT
 *
 * The C library's functions for wide text (rules WIDE), in a program whose wchar_t has 16 bits.
 */
#define __USE_MINGW_ANSI_STDIO 0 /* under Windows: its own functions, not MinGW's */
#include <wchar.h>

#include "check.h"

#include <errno.h>
#include <wctype.h>

#ifndef STRUNCATE
#define STRUNCATE 80
#endif
#define SAME(left, right) (wcscmp(left, right) == 0)
/* A text that CHECK's message can show. */
#define SHOWN(text) shown(text)

static const char *shown(const wchar_t *text)
{
    static char narrow[256];
    size_t i = 0;
    for (; text[i] && i < sizeof narrow - 1; i++)
        narrow[i] = (char)(text[i] < 0x80 ? text[i] : '?');
    narrow[i] = 0;
    return narrow;
}

static void strings(void)
{
    wchar_t room[16];
    wchar_t *copy;
    CHECK("WIDE-1", wcslen(L"\\\\.\\pipe\\abc") == 12, "length");
    CHECK("WIDE-1", wcslen(L"a\xD83D\xDE00") == 3, "a pair counts twice");
    CHECK("WIDE-1", wcsnlen(L"abc", 2) == 2 && wcsnlen(L"abc", 9) == 3, "length with a limit");
    CHECK("WIDE-1", wcscpy(room, L"abc") == room && SAME(room, L"abc"), "copy");
    wmemset(room, L'x', 16);
    CHECK("WIDE-1", wcsncpy(room, L"ab", 4) == room && !room[2] && !room[3] && room[4] == L'x',
          "a count is filled with zeros");
    CHECK("WIDE-1", SAME(wcscat(room, L"cd"), L"abcd"), "append");
    CHECK("WIDE-1", SAME(wcsncat(room, L"efgh", 2), L"abcdef"), "append some");
    CHECK("WIDE-1", wcscmp(L"a", L"b") < 0 && wcscmp(L"b", L"a") > 0, "order");
    CHECK("WIDE-1", wcscmp(L"\xFFFF", L"a") > 0, "units have no sign");
    CHECK("WIDE-1", wcsncmp(L"abc", L"abd", 2) == 0 && wcsncmp(L"ab", L"abc", 3) < 0, "some");
    CHECK("WIDE-1", SAME(wcschr(L"abab", L'b'), L"bab") && !wcschr(L"ab", L'c'), "first");
    CHECK("WIDE-1", *wcschr(L"ab", 0) == 0, "the zero is found too");
    CHECK("WIDE-1", SAME(wcsrchr(L"abab", L'a'), L"ab") && !wcsrchr(L"ab", L'c'), "last");
    CHECK("WIDE-1", SAME(wcsstr(L"aabaac", L"aac"), L"aac") && !wcsstr(L"ab", L"abc"), "part");
    CHECK("WIDE-1", SAME(wcsstr(L"ab", L""), L"ab"), "an empty part");
    CHECK("WIDE-1", SAME(wcspbrk(L"key=1", L":="), L"=1") && !wcspbrk(L"ab", L"c"), "any of");
    CHECK("WIDE-1", wcsspn(L"aab", L"a") == 2 && wcscspn(L"aab", L"b") == 2, "spans");
    CHECK("WIDE-1", wmemcmp(L"a\0b", L"a\0c", 3) < 0, "memory");
    CHECK("WIDE-1", wmemchr(L"abc", L'c', 2) == NULL, "memory, found");
    wcscpy(room, L"abcdef");
    wmemmove(room + 1, room, 3);
    CHECK("WIDE-1", SAME(room, L"aabcef"), "memory that overlaps");
    copy = _wcsdup(L"abc");
    CHECK("WIDE-1", copy && SAME(copy, L"abc"), "duplicate");
    free(copy);
}

static void letters(void)
{
    wchar_t room[] = L"Ab1";
    CHECK("WIDE-1", _wcsicmp(L"PIPE", L"pipe") == 0 && _wcsicmp(L"a", L"B") < 0, "no case");
    CHECK("WIDE-1", _wcsnicmp(L"ABx", L"aby", 2) == 0, "no case, some");
    CHECK("WIDE-1", SAME(_wcslwr(room), L"ab1") && SAME(_wcsupr(room), L"AB1"), "case");
    CHECK("WIDE-1", SAME(_wcsrev(room), L"1BA"), "backwards");
    CHECK("WIDE-1", towupper(L'a') == L'A' && iswdigit(L'7'), "wctype.h");
}

static void secure(void)
{
    wchar_t room[4] = L"zz";
    CHECK("WIDE-2", wcscpy_s(room, 4, L"abc") == 0 && SAME(room, L"abc"), "just fits");
    CHECK("WIDE-2", wcscpy_s(room, 4, L"abcd") == ERANGE && !room[0], "too long");
    CHECK("WIDE-2", wcsncpy_s(room, 4, L"abcdef", 3) == 0 && SAME(room, L"abc"), "a count");
    CHECK("WIDE-2", wcsncpy_s(room, 4, L"abcdef", 4) == ERANGE && !room[0], "a count too far");
    CHECK("WIDE-2", wcsncpy_s(room, 4, L"abcdef", _TRUNCATE) == STRUNCATE && SAME(room, L"abc"),
          "cut off");
    wcscpy(room, L"a");
    CHECK("WIDE-2", wcscat_s(room, 4, L"bc") == 0 && SAME(room, L"abc"), "appended");
    CHECK("WIDE-2", wcscat_s(room, 4, L"d") == ERANGE && !room[0], "appended too much");
    wcscpy(room, L"a");
    CHECK("WIDE-2", wcsncat_s(room, 4, L"bcd", 2) == 0 && SAME(room, L"abc"), "appended some");
    wcscpy(room, L"a");
    CHECK("WIDE-2", wcsncat_s(room, 4, L"bcdef", _TRUNCATE) == STRUNCATE && SAME(room, L"abc"),
          "appended and cut off");
}

static void tokens(void)
{
    wchar_t list[] = L",a,,bc";
    wchar_t *place = NULL;
    wchar_t *first = wcstok_s(list, L",", &place);
    wchar_t *second = wcstok_s(NULL, L",", &place);
    CHECK("WIDE-1", first && SAME(first, L"a"), "first token");
    CHECK("WIDE-1", second && SAME(second, L"bc"), "second token");
    CHECK("WIDE-1", wcstok_s(NULL, L",", &place) == NULL, "no more");
}

static void numbers(void)
{
    wchar_t room[72];
    wchar_t *end;
    CHECK("WIDE-3", wcstol(L" -12x", &end, 10) == -12 && SAME(end, L"x"), "wcstol");
    CHECK("WIDE-3", wcstol(L"0x1F", NULL, 0) == 31, "a base by itself");
    CHECK("WIDE-3", wcstol(L"abc", &end, 10) == 0 && SAME(end, L"abc"), "none");
    CHECK("WIDE-3", wcstoul(L"4294967295", NULL, 10) == 4294967295UL, "wcstoul");
    CHECK("WIDE-3", _wcstoi64(L"-9000000000", NULL, 10) == -9000000000LL, "_wcstoi64");
    CHECK("WIDE-3", _wcstoui64(L"ffffffffffffffff", NULL, 16) == ~0ULL, "_wcstoui64");
    CHECK("WIDE-3", wcstod(L"1.5e2;", &end) == 150.0 && SAME(end, L";"), "wcstod");
    CHECK("WIDE-3", _wtoi(L" 42a") == 42 && _wtol(L"-7") == -7, "_wtoi, _wtol");
    CHECK("WIDE-3", _wtoi64(L"9000000000") == 9000000000LL, "_wtoi64");
    CHECK("WIDE-3", _wtof(L"0.25") == 0.25, "_wtof");
    CHECK("WIDE-3", SAME(_itow(-12, room, 10), L"-12"), "_itow");
    CHECK("WIDE-3", SAME(_itow(-1, room, 16), L"ffffffff"), "no sign but with 10");
    CHECK("WIDE-3", SAME(_ltow(-1, room, 16), L"ffffffff"), "_ltow: 32 bits");
    CHECK("WIDE-3", SAME(_ultow(35, room, 36), L"z"), "_ultow");
    CHECK("WIDE-3", SAME(_i64tow(-9000000000LL, room, 10), L"-9000000000"), "_i64tow");
    CHECK("WIDE-3", _itow_s(123, room, 4, 10) == 0 && SAME(room, L"123"), "just fits");
    CHECK("WIDE-3", _itow_s(1234, room, 4, 10) == ERANGE && !room[0], "does not");
}

/* What one format makes of the arguments. */
#define FORMATS(expected, ...)                                                                     \
    do {                                                                                           \
        wchar_t made[300];                                                                         \
        int length = _snwprintf(made, 300, __VA_ARGS__);                                           \
        CHECK("WIDE-4", SAME(made, expected) && length == (int)wcslen(expected), "%s is '%s'",     \
              #expected, SHOWN(made));                                                             \
    } while (0)

static void formatted_text(void)
{
    FORMATS(L"a=text", L"a=%s", L"text");
    FORMATS(L"text", L"%ls", L"text");
    FORMATS(L"text", L"%hs", "text");
    FORMATS(L"text", L"%S", "text");
    FORMATS(L"  ab|ab  ", L"%4s|%-4s", L"ab", L"ab");
    FORMATS(L"ab", L"%.2s", L"abc");
    FORMATS(L"  ab", L"%*.*s", 4, 2, L"abc");
    FORMATS(L"ab  |", L"%*s|", -4, L"ab");
    FORMATS(L" ab", L"%3.2S", "abc");
    FORMATS(L"(null)", L"%s", (wchar_t *)NULL);
    FORMATS(L"x y", L"%c %hc", L'x', 'y');
    FORMATS(L"\x20AC z", L"%lc %C", L'\x20AC', 'z');
    FORMATS(L"  x", L"%3c", L'x');
    FORMATS(L"\xD83D\xDE00 ", L"%-3s", L"\xD83D\xDE00");
    FORMATS(L"100%", L"%d%%", 100);
}

static void formatted_numbers(void)
{
    FORMATS(L"-1 4294967295 ff FF 17", L"%d %u %x %X %o", -1, -1, 255, 255, 15);
    FORMATS(L"+005|5   |  05", L"%+04d|%-4d|%4.2d", 5, 5, 5);
    FORMATS(L"0xff", L"%#x", 255);
    FORMATS(L"-5 4294967291", L"%ld %lu", (LONG)-5, (DWORD)-5);
    FORMATS(L"-1 65535", L"%hd %hu", 0x1FFFF, 0x1FFFF);
    FORMATS(L"-9000000000 9000000000", L"%I64d %I64u", -9000000000LL, 9000000000ULL);
    FORMATS(L"9000000000", L"%lld", 9000000000LL);
    FORMATS(L"-7", L"%I32d", -7);
    FORMATS(L"00000000DEADBEEF", L"%p", (void *)(ULONG_PTR)0xDEADBEEF);
    FORMATS(L"1.50 -0.3 2", L"%.2f %g %.0f", 1.5, -0.3, 2.0);
}

static int by_list(wchar_t *to, size_t count, const wchar_t *format, ...)
{
    va_list arguments;
    int first, second;
    va_start(arguments, format);
    first = _vscwprintf(format, arguments);
    va_end(arguments);
    va_start(arguments, format);
    second = _vsnwprintf(to, count, format, arguments);
    va_end(arguments);
    return first == second ? first : -2;
}

static void too_long(void)
{
    wchar_t room[8];
    wmemset(room, L'x', 8);
    CHECK("WIDE-5", _snwprintf(room, 4, L"%s", L"abc") == 3 && !room[3], "room for a zero");
    wmemset(room, L'x', 8);
    CHECK("WIDE-5", _snwprintf(room, 3, L"%s", L"abc") == 3 && room[3] == L'x', "none");
    CHECK("WIDE-5", _snwprintf(room, 2, L"%s", L"abc") == -1 && room[2] == L'c', "cut off");
    CHECK("WIDE-5", _scwprintf(L"%d%s", 12, L"abc") == 5, "only counted");
    CHECK("WIDE-5", by_list(room, 8, L"%d-%d", 1, 2) == 3 && SAME(room, L"1-2"), "by a list");
    CHECK("WIDE-5",
          _snwprintf_s(room, 8, _TRUNCATE, L"%s", L"abcdefghi") == -1 && SAME(room, L"abcdefg"),
          "_snwprintf_s cuts off");
    CHECK("WIDE-5", _snwprintf_s(room, 8, 2, L"%s", L"abc") == -1 && SAME(room, L"ab"),
          "at the count");
    CHECK("WIDE-5", swprintf_s(room, 8, L"%s", L"abcdefg") == 7, "swprintf_s");
    wmemset(room, L'x', 8);
    CHECK("WIDE-5", swprintf(room, 8, L"%d", 1234) == 4 && SAME(room, L"1234"), "swprintf");
}

static void scanned(void)
{
    int one = 0, two = 0;
    DWORD four = 0;
    long long eight = 0;
    double real = 0;
    wchar_t word[16] = L"";
    char narrow[16] = "";
    wchar_t letter = 0;
    CHECK("WIDE-6", swscanf(L"12:34", L"%d:%d", &one, &two) == 2 && one == 12 && two == 34,
          "numbers");
    CHECK("WIDE-6",
          swscanf(L" 7 word x", L"%d %s %c", &one, word, &letter) == 3 && one == 7 &&
              SAME(word, L"word") && letter == L'x',
          "a word and a letter");
    CHECK("WIDE-6",
          swscanf(L"ff 4294967295", L"%x %lu", &one, &four) == 2 && one == 255 &&
              four == 4294967295u,
          "hexadecimal and DWORD");
    CHECK("WIDE-6",
          swscanf(L"9000000000 1.5", L"%I64d %lf", &eight, &real) == 2 && eight == 9000000000LL &&
              real == 1.5,
          "64 bits and a real number");
    CHECK("WIDE-6", swscanf(L"abc=12", L"%[a-z]=%d", word, &one) == 2 && SAME(word, L"abc"), "set");
    CHECK("WIDE-6", swscanf(L"a,b", L"%[^,],%hs", word, narrow) == 2 && !strcmp(narrow, "b"),
          "set turned round, char text");
    CHECK("WIDE-6", swscanf(L"abcdef", L"%3s", word) == 1 && SAME(word, L"abc"), "width");
    CHECK("WIDE-6", swscanf(L"1 2", L"%*d %d", &one) == 1 && one == 2, "not kept");
    CHECK("WIDE-6", swscanf(L"x", L"%d", &one) == 0, "no number");
    CHECK("WIDE-6", swscanf(L"", L"%d", &one) == EOF, "nothing");
    CHECK("WIDE-6", swscanf(L"12ab", L"%2d%n", &one, &two) == 1 && two == 2, "place");
}

int main(void)
{
    RUN(strings);
    RUN(letters);
    RUN(secure);
    RUN(tokens);
    RUN(numbers);
    RUN(formatted_text);
    RUN(formatted_numbers);
    RUN(too_long);
    RUN(scanned);
    return check_report();
}
