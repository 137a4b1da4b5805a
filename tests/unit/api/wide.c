/* SPDX-License-Identifier: MIT
 *
 * Wide text where Windows is no judge: UTF-8 in streams, in names of files and in conversions,
 * errors of the _s family, and formats that are wrong or large.
 */
#define UNICODE
#define _UNICODE
#include <winsock2.h>
#include <windows.h>
#include <tchar.h>
#include <strsafe.h>

#include "unit/expect.h"

#include <errno.h>
#include <unistd.h>

#define SAME(left, right) (wcscmp(left, right) == 0)
#define FACE L"\xD83D\xDE00"
#define FACE_BYTES "\xF0\x9F\x98\x80"

static void conversions(void)
{
    wchar_t wide[8];
    char narrow[8];
    size_t count = 77;

    EXPECT_EQUAL(mbstowcs(wide, "a\xC3\xA9" FACE_BYTES, 8), 4);
    EXPECT(SAME(wide, L"a\xE9" FACE));
    EXPECT_EQUAL(mbstowcs(NULL, "a" FACE_BYTES, 0), 3);
    wide[2] = L'x';
    EXPECT_EQUAL(mbstowcs(wide, "a" FACE_BYTES, 2), 1); /* no half of a pair */
    EXPECT_EQUAL(mbstowcs(wide, "abc", 3), 3);
    EXPECT_EQUAL(mbstowcs(wide, "a\xFF", 8), -1);
    EXPECT_EQUAL(errno, EILSEQ);
    EXPECT_EQUAL(wcstombs(narrow, L"a" FACE, 8), 5);
    EXPECT_EQUAL(strcmp(narrow, "a" FACE_BYTES), 0);
    EXPECT_EQUAL(wcstombs(NULL, L"\x20AC", 0), 3);
    EXPECT_EQUAL(wcstombs(narrow, L"ab\x20AC", 4), 2);
    EXPECT_EQUAL(wcstombs(narrow, L"\xD83D", 8), -1);
    EXPECT_EQUAL(mbtowc(wide, "\xE2\x82\xAC", 3), 3);
    EXPECT_EQUAL(wide[0], 0x20AC);
    EXPECT_EQUAL(mbtowc(wide, "", 1), 0);
    EXPECT_EQUAL(mbtowc(wide, FACE_BYTES, 4), -1);
    EXPECT_EQUAL(mbtowc(wide, "\xE2\x82\xAC", 2), -1);
    EXPECT_EQUAL(wctomb(narrow, 0x20AC), 3);
    EXPECT_EQUAL(wctomb(narrow, 0xD83D), -1);
    EXPECT_EQUAL(mbstowcs_s(&count, wide, 8, "abc", _TRUNCATE), 0);
    EXPECT(count == 4 && SAME(wide, L"abc"));
    EXPECT_EQUAL(mbstowcs_s(&count, wide, 3, "abc", _TRUNCATE), 80);
    EXPECT(count == 3 && SAME(wide, L"ab"));
    EXPECT_EQUAL(mbstowcs_s(&count, wide, 3, "abc", 3), ERANGE);
    EXPECT(count == 0 && !wide[0]);
    EXPECT_EQUAL(mbstowcs_s(&count, wide, 8, "abc", 2), 0);
    EXPECT(count == 3 && SAME(wide, L"ab"));
    EXPECT_EQUAL(mbstowcs_s(&count, NULL, 0, "abc", 0), 0);
    EXPECT_EQUAL(count, 4);
    EXPECT_EQUAL(mbstowcs_s(&count, wide, 8, "\xFF", 8), EILSEQ);
    EXPECT_EQUAL(wcstombs_s(&count, narrow, 8, L"a" FACE, _TRUNCATE), 0);
    EXPECT_EQUAL(count, 6);
    EXPECT_EQUAL(wcstombs_s(&count, narrow, 4, L"a" FACE, _TRUNCATE), 80);
    EXPECT(count == 2 && !strcmp(narrow, "a"));
    EXPECT_EQUAL(wcstombs_s(NULL, narrow, 2, L"ab", 2), ERANGE);
    EXPECT_EQUAL(wcstombs_s(&count, NULL, 0, L"\x20AC", 0), 0);
    EXPECT_EQUAL(count, 4);
    EXPECT_EQUAL(wcstombs_s(NULL, NULL, 4, L"", 0), EINVAL);
}

static void refused(void)
{
    wchar_t room[4] = L"zz";

    EXPECT_EQUAL(wcscpy_s(NULL, 4, L"a"), EINVAL);
    EXPECT_EQUAL(wcscpy_s(room, 0, L"a"), EINVAL);
    EXPECT_EQUAL(room[0], L'z');
    EXPECT_EQUAL(wcscpy_s(room, 4, NULL), EINVAL);
    EXPECT_EQUAL(room[0], 0);
    wmemcpy(room, L"abcd", 4);
    EXPECT_EQUAL(wcscat_s(room, 4, L"x"), EINVAL);
    EXPECT_EQUAL(wmemcpy_s(room, 4, L"abcde", 5), ERANGE);
    EXPECT(!room[0] && !room[3]);
    EXPECT_EQUAL(_wcsupr_s(room, 0), EINVAL);
    EXPECT_EQUAL(_itow_s(1, room, 4, 37), EINVAL);
    EXPECT_EQUAL(_wtoi(L"99999999999"), 2147483647);
    EXPECT_EQUAL(wcsnlen_s(NULL, 4), 0);
    EXPECT_EQUAL(swprintf_s(room, 4, L"%d", 1234), -1);
    EXPECT(errno == ERANGE && !room[0]);
    EXPECT_EQUAL(swprintf(room, 4, L"%d", 1234), -1);
    EXPECT(SAME(room, L"123"));
    EXPECT_EQUAL(_snwprintf_s(room, 4, 4, L"%d", 1234), -1);
    EXPECT_EQUAL(room[0], 0);
    EXPECT_EQUAL(_scwprintf(L"%n"), -1);
    EXPECT_EQUAL(errno, EINVAL);
    EXPECT_EQUAL(_scwprintf(L"%y"), -1);
    EXPECT_EQUAL(_scwprintf(L"100%"), -1);
    EXPECT_EQUAL(_scwprintf(L"%99999999999d", 1), -1);
    EXPECT_EQUAL(_scwprintf(L"%2000000000s%2000000000s", L"a", L"b"), -1);
    EXPECT_EQUAL(errno, EOVERFLOW);
}

static int twice(wchar_t *to, const wchar_t *format, va_list arguments)
{
    int first = _vscwprintf(format, arguments);
    return first == vswprintf(to, 100, format, arguments) ? first : -2;
}

/* A parameter that is a va_list stays usable. */
static int through(wchar_t *to, const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = twice(to, format, arguments);
    va_end(arguments);
    return length;
}

static void formats(void)
{
    static wchar_t room[2000];
    char unended[3] = {'a', 'b', 'c'};

    EXPECT_EQUAL(through(room, L"%d %s %.1f", 7, L"x", 1.5), 7);
    EXPECT(SAME(room, L"7 x 1.5"));
    EXPECT_EQUAL(swprintf(room, 2000, L"%.1000f", 1.0), 1002);
    EXPECT(room[1001] == L'0' && !room[1002]);
    EXPECT_EQUAL(swprintf(room, 2000, L"%1500d|", 5), 1501);
    EXPECT(room[1499] == L'5' && room[1500] == L'|');
    EXPECT_EQUAL(swprintf(room, 2000, L"%.3hs", unended), 3);
    EXPECT_EQUAL(swprintf(room, 2000, L"%.1hs|", FACE_BYTES), 1); /* no half of a pair */
    EXPECT_EQUAL(swprintf(room, 2000, L"%hs", "\xC3\xA9" FACE_BYTES "\xFF"), 4);
    EXPECT(SAME(room, L"\xE9" FACE L"\xFFFD"));
    EXPECT_EQUAL(swprintf(room, 2000, L"%Lf", 0.5L), 8);
    EXPECT_EQUAL(swprintf(room, 2000, L"%zu %jd %td %Iu", (size_t)1, (intmax_t)2, (ptrdiff_t)3,
                          (size_t)~0ull),
                 26);
    EXPECT_EQUAL(swprintf(room, 2000, L"%hhd", 0x1FF), 2);
    EXPECT(SAME(room, L"-1"));
    /* more arguments than registers */
    swprintf(room, 2000, L"%d%ld%d%ld%d%ld%d%lu%s%d", 1, 2, 3, 4, 5, 6, 7, 8u, L"9", 0);
    EXPECT(SAME(room, L"1234567890"));
    EXPECT_EQUAL(_swprintf(room, L"%s!", L"no count"), 9);
}

static void streams(void)
{
    char path[] = "wide-XXXXXX";
    wchar_t name[64], line[16];
    char bytes[64] = "";
    int descriptor = mkstemp(path);
    FILE *file = NULL;

    EXPECT(descriptor >= 0);
    close(descriptor);
    swprintf(name, 64, L"%hs-" FACE, path);
    EXPECT_EQUAL(unlink(path), 0);
    EXPECT_EQUAL(_wfopen_s(&file, name, L"w+, ccs=UTF-8"), 0);
    if (!file)
        return;
    EXPECT_EQUAL(fwprintf(file, L"%s%d\n", L"a" FACE, 12), 6);
    EXPECT_EQUAL(fputws(L"\xE9\xD83D.\n", file), 0);
    EXPECT_EQUAL(fputwc(0x20AC, file), 0x20AC);
    rewind(file);
    EXPECT_EQUAL(fread(bytes, 1, sizeof bytes, file), 8 + 7 + 3);
    EXPECT_EQUAL(strcmp(bytes, "a" FACE_BYTES "12\n\xC3\xA9\xEF\xBF\xBD.\n\xE2\x82\xAC"), 0);
    rewind(file);
    EXPECT_EQUAL(fwide(file, 1), 1);
    EXPECT(fgetws(line, 3, file) && SAME(line, L"a")); /* no room for a pair */
    EXPECT(fgetws(line, 16, file) && SAME(line, FACE L"12\n"));
    EXPECT_EQUAL(fgetwc(file), 0xE9);
    EXPECT(fgetws(line, 16, file) && SAME(line, L"\xFFFD.\n"));
    EXPECT(fgetws(line, 16, file) && SAME(line, L"\x20AC"));
    EXPECT(!fgetws(line, 16, file));
    rewind(file);
    EXPECT(fgetwc(file) == L'a' && fgetws(line, 2, file) && SAME(line, L"\xFFFD"));
    EXPECT_EQUAL(fgetwc(file), L'1');
    fseek(file, 0, SEEK_END);
    wchar_t unit = (wchar_t)fgetwc(file);
    EXPECT(unit == WEOF);
    fclose(file);
    EXPECT_EQUAL(_waccess(name, R_OK), 0);
    wcscpy_s(line, 16, L"wide-gone");
    EXPECT_EQUAL(_wrename(name, line), 0);
    EXPECT_EQUAL(_wremove(line), 0);
    EXPECT_EQUAL(_wremove(line), -1);
    EXPECT_EQUAL(_wfopen_s(&file, line, L"r"), ENOENT);
    EXPECT(!_wfopen(NULL, L"r") && errno == EINVAL);
    EXPECT_EQUAL(_wmkdir(line), 0);
    EXPECT_EQUAL(_wrmdir(line), 0);
}

static void scans(void)
{
    wchar_t word[4];
    char narrow[8];
    int number = 0;

    EXPECT_EQUAL(swscanf_s(L"abc 7", L"%s %d", word, 4u, &number), 2);
    EXPECT(SAME(word, L"abc") && number == 7);
    EXPECT_EQUAL(swscanf_s(L"abcd 7", L"%s %d", word, 4u, &number), 0);
    EXPECT_EQUAL(swscanf(FACE L" x", L"%hs", narrow), 1);
    EXPECT_EQUAL(strcmp(narrow, FACE_BYTES), 0);
    EXPECT_EQUAL(swscanf(L"]-a", L"%[]-]", word), 1);
    EXPECT(SAME(word, L"]-"));
    EXPECT_EQUAL(swscanf(L"ab", L"%2c", word), 1);
    EXPECT_EQUAL(swscanf(L"50%", L"%d%%%d", &number, &number), 1);
    EXPECT_EQUAL(swscanf(L"1", L"%"), 0);
    EXPECT_EQUAL(swscanf(L"1", L"%[a"), 0);
}

static void other_names(void)
{
    TCHAR room[8];
    TCHAR list[] = _T("a b");
    wchar_t place_list[] = L"a b";
    wchar_t *place;
    size_t length = 0;
    struct tm time = {.tm_year = 126, .tm_mon = 0, .tm_mday = 2};

    EXPECT_EQUAL(StringCchCopy(room, 8, _T("abcdefgh")), STRSAFE_E_INSUFFICIENT_BUFFER);
    EXPECT(SAME(room, L"abcdefg"));
    EXPECT_EQUAL(StringCchCopyW(room, 8, L"abc"), S_OK);
    EXPECT_EQUAL(StringCchCat(room, 8, _T("def")), S_OK);
    EXPECT_EQUAL(StringCchLength(room, 8, &length), S_OK);
    EXPECT_EQUAL(length, 6);
    EXPECT_EQUAL(StringCbLength(room, sizeof room, &length), S_OK);
    EXPECT_EQUAL(length, 12);
    EXPECT_EQUAL(StringCchPrintf(room, 8, _T("%s-%d"), _T("abc"), 12345),
                 STRSAFE_E_INSUFFICIENT_BUFFER);
    EXPECT(SAME(room, L"abc-123"));
    EXPECT_EQUAL(StringCbPrintf(room, sizeof room, _T("%d"), 5), S_OK);
    EXPECT(_tcscmp(wcstok(list, L" "), _T("a")) == 0 && SAME(wcstok(NULL, L" "), L"b"));
    EXPECT(SAME(wcstok(place_list, L" ", &place), L"a"));
    EXPECT(SAME(wcstok(NULL, L" ", &place), L"b") && !wcstok(NULL, L" ", &place));
    EXPECT_EQUAL(_stprintf(room, _T("%s"), _T("abc")), 3);
    EXPECT_EQUAL(wcsftime(room, 8, L"%Y", &time), 4);
    EXPECT(SAME(room, L"2026"));
    EXPECT_EQUAL(wcsftime(room, 4, L"%Y", &time), 0);
    EXPECT_EQUAL(_tcslen(_T("\\\\.\\pipe\\abc")), 12);
}

int main(void)
{
    conversions();
    refused();
    formats();
    streams();
    scans();
    other_names();
    return expect_report();
}
