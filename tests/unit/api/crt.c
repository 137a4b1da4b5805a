/* SPDX-License-Identifier: MIT
 *
 * Functions of Windows' C library that MinGW does not have, and what is other than on Windows: the
 * separator that is written, paths without . and .., pipes and limits of Linux.
 */
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>
#include <direct.h>
#include <io.h>
#include <share.h>
#include <tchar.h>

#include <signal.h>
#include <string.h>

#define EXPECT_TEXT(text, wanted) EXPECT(strcmp(text, wanted) == 0)

static int scan(FILE *stream, const char *text, const char *format, ...)
{
    va_list arguments;
    int done;
    va_start(arguments, format);
    done = stream ? vfscanf_s(stream, format, arguments) : vsscanf_s(text, format, arguments);
    va_end(arguments);
    return done;
}

static void scanning(void)
{
    char one[4], two[4], letter;
    int number = 0, count = 0;
    long long wide = 0;
    size_t size = 0;
    signed char small = 0;
    long native = 0;

    EXPECT_EQUAL(scan(NULL, "abc=12", "%3[a-z]=%d%n", one, 4u, &number, &count), 2);
    EXPECT_TEXT(one, "abc");
    EXPECT_EQUAL(count, 6);
    EXPECT_EQUAL(scan(NULL, "abcd", "%[^=]=", one, 4u), 0);
    EXPECT_TEXT(one, "");
    EXPECT_EQUAL(scan(NULL, "ab]c", "%[^]]]%c", one, 4u, &letter, 1u), 2);
    EXPECT_EQUAL(letter, 'c');
    EXPECT_EQUAL(scan(NULL, "1 2 3 4", "%I64d %I32d %Iu %hhd", &wide, &number, &size, &small), 4);
    EXPECT(wide == 1 && number == 2 && size == 3 && small == 4);
    EXPECT_EQUAL(scan(NULL, "12345678901", "%ld%hhn", &native, &small), 1);
    EXPECT(native == 12345678901 && small == 11);
    EXPECT_EQUAL(scan(NULL, "abc", "%hs", one, 4u), 1);
    /* wide text, a format that ends too early, no room: as far as it goes */
    EXPECT_EQUAL(scan(NULL, "1 abc", "%d %S", &number, one, 4u), 1);
    EXPECT_EQUAL(scan(NULL, "1 abc", "%d %ls", &number, one, 4u), 1);
    EXPECT_EQUAL(scan(NULL, "1 abc", "%d %", &number), 1);
    EXPECT_EQUAL(scan(NULL, "1 abc", "%d %[a", &number, one, 4u), 1);
    EXPECT_EQUAL(scan(NULL, "1 abc", "%d %s", &number, one, 0u), 1);
    EXPECT_EQUAL(scan(NULL, "1 abc", "%d %s", &number, NULL, 4u), 1);
    EXPECT_EQUAL(scan(NULL, " \t", "%s", one, 4u), EOF);
    EXPECT_EQUAL(scan(NULL, "", "%s", one, 1u), EOF);
    EXPECT_EQUAL(scan(NULL, "abc", "%c%s", &letter, 1u, two, 3u), 2);
    EXPECT_TEXT(two, "bc");
    EXPECT_EQUAL(scan(NULL, "ab", "%*c%c", &letter, 1u), 1);
    EXPECT_EQUAL(letter, 'b');
    EXPECT_EQUAL(sscanf_s(NULL, "%d", &number), EOF);
    EXPECT_EQUAL(errno, EINVAL);
}

static void scanning_streams(void)
{
    FILE *stream = NULL;
    char one[4], two[8];
    int number = 0;

    EXPECT_EQUAL(tmpfile_s(&stream), 0);
    fprintf_s(stream, "one: 17\ntoolong 5\n");
    rewind(stream);
    EXPECT_EQUAL(scan(stream, NULL, "%[a-z]: %d ", one, 4u, &number), 2);
    EXPECT(number == 17 && strcmp(one, "one") == 0);
    EXPECT_EQUAL(scan(stream, NULL, "%s", one, 4u), 0);
    EXPECT_TEXT(one, "");
    EXPECT_EQUAL(fscanf_s(stream, "%s %d", two, 8u, &number), 2); /* "tool" is gone */
    EXPECT(number == 5 && strcmp(two, "ong") == 0);
    EXPECT_EQUAL(fscanf_s(stream, "%s", two, 8u), EOF);
    fclose(stream);
}

static void lines(void)
{
    char to[4];
    int ends[2], kept = dup(0);

    EXPECT_EQUAL(_pipe(ends, 100, _O_BINARY), 0);
    EXPECT_EQUAL(_write(ends[1], "abc\n\nabcd\nend", 13), 13);
    _close(ends[1]);
    fflush(stdin);
    EXPECT_EQUAL(_dup2(ends[0], 0), 0);
    EXPECT(gets_s(to, 4) == to && strcmp(to, "abc") == 0);
    EXPECT(gets_s(to, 4) == to && to[0] == 0);
    EXPECT(!gets_s(to, 4) && to[0] == 0);
    EXPECT(gets_s(to, 4) == to && strcmp(to, "end") == 0);
    EXPECT(!gets_s(to, 4));
    EXPECT(!gets_s(NULL, 4));
    clearerr(stdin);
    _dup2(kept, 0);
    _close(kept);
    _close(ends[0]);
}

static void paths(void)
{
    char whole[_MAX_PATH], wanted[_MAX_PATH], *made;

    _makepath(whole, "c:", "one", "two", "three");
    EXPECT_TEXT(whole, "c:one/two.three");
    EXPECT_TEXT(_fullpath(whole, "/a/./b//c/../d", sizeof whole), "/a/b/d");
    EXPECT_TEXT(_fullpath(whole, "/..", sizeof whole), "/");
    EXPECT_TEXT(_fullpath(whole, "/a/..", sizeof whole), "/");
    EXPECT_TEXT(_fullpath(whole, "/../../a/b/../..", sizeof whole), "/");
    EXPECT_TEXT(_fullpath(whole, "\\a\\b", sizeof whole), "/a/b");
    EXPECT_TEXT(_fullpath(whole, "c:\\a\\..\\b", sizeof whole), "c:/b");
    EXPECT(_getcwd(wanted, sizeof wanted) != NULL);
    EXPECT_TEXT(_fullpath(whole, "", sizeof whole), wanted);
    made = _fullpath(NULL, "x/..", 0);
    EXPECT(made && strcmp(made, wanted) == 0);
    free(made);
    EXPECT(!_fullpath(whole, "/ab", 3) && _fullpath(whole, "/ab", 4));
}

static void never_called(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
                         unsigned line, uintptr_t reserved)
{
    (void)expression, (void)function, (void)file, (void)line, (void)reserved;
    EXPECT(0);
}

static void settings(void)
{
    char to[4] = "?";
    char **entry;
    int found = 0, most;

    EXPECT(!_set_invalid_parameter_handler(never_called));
    EXPECT_EQUAL(_itoa_s(1, to, 0, 10), EINVAL);
    EXPECT(_set_invalid_parameter_handler(NULL) == never_called);
    EXPECT_EQUAL(_set_abort_behavior(0, _WRITE_ABORT_MSG), 3);
    EXPECT_EQUAL(_set_abort_behavior(0, 0), _CALL_REPORTFAULT);
    EXPECT_EQUAL(_set_error_mode(17), -1);
    EXPECT_EQUAL(SIGBREAK, SIGQUIT);
    EXPECT_EQUAL(_putenv("CRT_NAME=here"), 0);
    for (entry = _environ; *entry; entry++)
        found += strcmp(*entry, "CRT_NAME=here") == 0;
    EXPECT_EQUAL(found, 1);
    EXPECT_EQUAL(_putenv("=x"), -1);
    most = _getmaxstdio();
    EXPECT(most > 20 && _setmaxstdio(20) == 20 && _getmaxstdio() == most);
}

static void small_things(void)
{
    char text[8] = "abc";
    FILE *stream;

    EXPECT_EQUAL(strnlen_s(NULL, 5), 0);
    EXPECT_EQUAL(strnlen_s("abc", 2), 2);
    EXPECT(_isnan(_copysign(1, -1)) == 0 && _copysign(1, -1) == -1 && _finite(1.0));
    EXPECT(_rotl64(5, 0) == 5 && _rotl(5, 32) == 5);
    EXPECT_EQUAL(_strnset_s(text, 8, 'x', 9), 0);
    EXPECT_TEXT(text, "xxx");
    EXPECT_EQUAL(_strset_s(text, 3, 'y'), EINVAL);
    EXPECT_EQUAL(strerror_s(text, 4, ENOENT), 0);
    EXPECT_EQUAL(strlen(text), 3);
    EXPECT_EQUAL(_sctprintf(_T("%d"), 100), 3);
    EXPECT_EQUAL(_stscanf_s(_T("12 x"), _T("%*d %s"), text, 8u), 1);
    EXPECT_TEXT(_tcsupr(text), _T("X"));
    EXPECT(_istdigit('1') && _totupper('a') == 'A');
    EXPECT_EQUAL(_eof(77), -1);
    EXPECT_EQUAL(_setmode(77, _O_BINARY), -1);
    EXPECT_EQUAL(_pclose(NULL), -1);
    stream = _popen("kill -9 $$", "r");
    EXPECT(stream && _pclose(stream) == 9 << 8);
}

int main(void)
{
    scanning();
    scanning_streams();
    lines();
    paths();
    settings();
    small_things();
    return expect_report();
}
