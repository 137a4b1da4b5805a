/* SPDX-License-Identifier: MIT
 *
 * Functions of Microsoft's C library that programs for Visual C++ use: formats, conversions, text,
 * paths, streams, files by number, the environment. A check cites the function's page.
 */
#include "check.h"

#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

static char scratch[64]; /* a file's name of this process' own */

/* Under Windows' own handler a wrong argument would end the program. */
static void __cdecl wrong_argument(const wchar_t *expression, const wchar_t *function,
                                   const wchar_t *file, unsigned line, uintptr_t reserved)
{
    (void)expression;
    (void)function;
    (void)file;
    (void)line;
    (void)reserved;
}

/* One va_list measures, then writes: the caller's is not used up. */
static int format_twice(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    int held;
    va_start(arguments, format);
    held = _vscprintf(format, arguments) == 8;
    held = held && _vsnprintf(to, size, format, arguments) == 8;
    held = held && vsprintf_s(to, size, format, arguments) == 8;
    held = held && _vsnprintf_s(to, size, _TRUNCATE, format, arguments) == 8;
    held = held && _vsnprintf_s(to, size, 2, format, arguments) == -1 && strcmp(to, "ab") == 0;
    held = held && vsprintf_s(to, size, format, arguments) == 8;
    va_end(arguments);
    return held;
}

static void formats(void)
{
    char to[16];
    CHECK("crt:vscprintf", format_twice(to, sizeof to, "%s-%d-%s", "ab", 12, "cd"), "one va_list");
    CHECK("crt:vscprintf", strcmp(to, "ab-12-cd") == 0, "%s", to);
    CHECK("crt:scprintf", _scprintf("%d %s", 123, "abc") == 7, "measured");
    CHECK("crt:snprintf-s", _snprintf_s(to, 4, 2, "%d", 123) == -1 && strcmp(to, "12") == 0,
          "cut off at the count: %s", to);
    CHECK("crt:snprintf-s", _snprintf_s(to, 4, _TRUNCATE, "%d", 12345) == -1 && to[3] == 0,
          "cut off at the end: %s", to);
}

static int scan(const char *text, const char *format, ...)
{
    va_list arguments;
    int done;
    va_start(arguments, format);
#ifdef __MINGW32__ /* msvcrt.dll has no vsscanf_s */
    void *at[4];
    unsigned size[2];
    for (int i = 0; i < 2; i++) {
        at[i] = va_arg(arguments, void *);
        size[i] = va_arg(arguments, unsigned);
    }
    done = sscanf_s(text, format, at[0], size[0], at[1], size[1]);
#else
    done = vsscanf_s(text, format, arguments);
#endif
    va_end(arguments);
    return done;
}

static void scanned_text(void)
{
    char one[6], two[6], three[3];
    int number = 0, other = 0;
    CHECK("crt:sscanf-s", sscanf_s("12 word 34", "%d %s %d", &number, one, 6u, &other) == 3,
          "a size after the text");
    CHECK("crt:sscanf-s", number == 12 && other == 34 && strcmp(one, "word") == 0, "%d %s %d",
          number, one, other);
    CHECK("crt:sscanf-s", sscanf_s("12345 abc", "%s%s", one, 6u, two, 6u) == 2, "just fits");
    CHECK("crt:sscanf-s", strcmp(one, "12345") == 0 && strcmp(two, "abc") == 0, "%s, %s", one, two);
    number = 77;
    CHECK("crt:sscanf-s", sscanf_s("1 123456 5", "%d %s %d", &other, one, 6u, &number) == 1,
          "too long: the conversion failed");
    CHECK("crt:sscanf-s", one[0] == 0 && other == 1 && number == 77, "empty, the rest as it was");
    CHECK("crt:sscanf-s", sscanf_s("12345678 9", "%3s%s", one, 6u, two, 6u) == 2, "a width");
    CHECK("crt:sscanf-s", strcmp(one, "123") == 0 && strcmp(two, "45678") == 0, "%s, %s", one, two);
    CHECK("crt:sscanf-s", sscanf_s("abcdef", "%9s", one, 6u) == 0 && one[0] == 0,
          "a width that is more than the room, and text too");
    CHECK("crt:sscanf-s", sscanf_s("abc", "%9s", one, 6u) == 1 && strcmp(one, "abc") == 0,
          "but not the text");
    CHECK("crt:sscanf-s", sscanf_s("key=value;", "%[^=]=%[^;];", one, 6u, two, 6u) == 2, "sets");
    CHECK("crt:sscanf-s", strcmp(one, "key") == 0 && strcmp(two, "value") == 0, "%s, %s", one, two);
    CHECK("crt:sscanf-s", sscanf_s("]a]b", "%[]a]b", one, 6u) == 1 && strcmp(one, "]a]") == 0,
          "a ] that stands first");
    CHECK("crt:sscanf-s", sscanf_s("aaaaaab", "%[a]", one, 6u) == 0 && one[0] == 0, "a long set");
    CHECK("crt:sscanf-s", sscanf_s("x", "%s", three, 1u) == 0 && three[0] == 0, "no room at all");
    CHECK("crt:sscanf-s", scan("ab cd", "%s %s", one, 6u, two, 6u) == 2 && strcmp(two, "cd") == 0,
          "by va_list");
}

static void scanned_rest(void)
{
    char one[6] = "?????", c = 0;
    int number = 0, count = 0;
    long long wide = 0;
    double real = 0;
    CHECK("crt:sscanf-s", sscanf_s("xyz", "%c", &c, 1u) == 1 && c == 'x', "a character");
    CHECK("crt:sscanf-s", sscanf_s("xyz", "%3c", one, 6u) == 1 && memcmp(one, "xyz?", 4) == 0,
          "characters have no end");
    CHECK("crt:sscanf-s", sscanf_s("abcdefgh", "%8c", one, 6u) == 0 && one[0] == 0, "too many");
    CHECK("crt:sscanf-s", sscanf_s("a 12 34", "%*s %*d %d", &number) == 1 && number == 34,
          "skipped");
    CHECK("crt:sscanf-s", sscanf_s("100% 7", "%d%% %d", &count, &number) == 2 && number == 7, "%%");
    CHECK("crt:sscanf-s", sscanf_s("123456789012", "%I64d", &wide) == 1 && wide == 123456789012LL,
          "64 bits");
    CHECK("crt:sscanf-s", sscanf_s("ff 1.5", "%x %lf", (unsigned *)&number, &real) == 2,
          "other types");
    CHECK("crt:sscanf-s", number == 255 && real == 1.5, "%d", number);
    CHECK("crt:sscanf-s", sscanf_s("ab cd", "%s%n", one, 6u, &count) == 1 && count == 2, "%%n: %d",
          count);
    CHECK("crt:sscanf-s", sscanf_s("", "%d", &number) == EOF, "nothing there");
    CHECK("crt:sscanf-s", sscanf_s("x", "%d", &number) == 0, "no number");
    CHECK("crt:sscanf-s", sscanf_s("1", "%d %d", &number, &count) == 1, "only one");
}

static void digits(void)
{
    char to[72];
    CHECK("crt:itoa", strcmp(_itoa(-123, to, 10), "-123") == 0, "%s", to);
    CHECK("crt:itoa", strcmp(_itoa(-1, to, 16), "ffffffff") == 0, "%s", to);
    CHECK("crt:itoa", strcmp(_itoa(0, to, 2), "0") == 0, "%s", to);
    CHECK("crt:itoa", strcmp(itoa(35, to, 36), "z") == 0, "%s", to);
    CHECK("crt:itoa", strcmp(_ltoa(-5, to, 10), "-5") == 0, "%s", to);
    CHECK("crt:itoa", strcmp(_ultoa(4000000000u, to, 10), "4000000000") == 0, "%s", to);
    CHECK("crt:itoa",
          strcmp(_i64toa(-9223372036854775807LL - 1, to, 10), "-9223372036854775808") == 0, "%s",
          to);
    CHECK("crt:itoa",
          strcmp(_i64toa(-1, to, 2),
                 "1111111111111111111111111111111111111111111111111111111111111111") == 0,
          "%s", to);
    CHECK("crt:itoa",
          strcmp(_ui64toa(18446744073709551615ULL, to, 10), "18446744073709551615") == 0, "%s", to);
    CHECK("crt:itoa-s", _itoa_s(123, to, 4, 10) == 0 && strcmp(to, "123") == 0, "fits: %s", to);
    CHECK("crt:itoa-s", _itoa_s(123, to, 3, 10) == ERANGE && to[0] == 0, "does not");
    CHECK("crt:itoa-s", _itoa_s(-12, to, 3, 10) == ERANGE && to[0] == 0, "nor with the sign");
    CHECK("crt:itoa-s", _itoa_s(1, to, 4, 37) == EINVAL && to[0] == 0, "no such radix");
    CHECK("crt:itoa-s", _itoa_s(1, to, 4, 1) == EINVAL, "no such radix");
    CHECK("crt:itoa-s", _itoa_s(1, NULL, 4, 10) == EINVAL, "no place");
    CHECK("crt:itoa-s", _i64toa_s(-7, to, sizeof to, 10) == 0 && strcmp(to, "-7") == 0, "%s", to);
    CHECK("crt:itoa-s", _ui64toa_s(7, to, sizeof to, 10) == 0 && strcmp(to, "7") == 0, "%s", to);
    CHECK("crt:itoa-s", _ltoa_s(-7, to, sizeof to, 10) == 0 && strcmp(to, "-7") == 0, "%s", to);
    CHECK("crt:itoa-s", _ultoa_s(7, to, sizeof to, 2) == 0 && strcmp(to, "111") == 0, "%s", to);
    CHECK("crt:abs", _abs64(-5000000000LL) == 5000000000LL, "_abs64");
    CHECK("crt:rotl", _rotl(0x80000001u, 1) == 3 && _rotr(3, 1) == 0x80000001u, "turned");
    CHECK("crt:rotl", _rotl64(1ULL << 63, 1) == 1 && _rotr64(1, 1) == 1ULL << 63, "64 bits");
    CHECK("crt:byteswap",
          _byteswap_ushort(0x1234) == 0x3412 && _byteswap_ulong(0x12345678u) == 0x78563412u &&
              _byteswap_uint64(0x1122334455667788ULL) == 0x8877665544332211ULL,
          "bytes in the other order");
    CHECK("crt:min", __min(1, 2) == 1 && __max(1, 2) == 2, "__min, __max");
}

static void text(void)
{
    char words[] = ",,one, two,", small[] = "aBc1", *next = NULL;
    char *word = strtok_s(words, ", ", &next);
    CHECK("crt:strtok-s", word && strcmp(word, "one") == 0, "the first");
    word = strtok_s(NULL, ", ", &next);
    CHECK("crt:strtok-s", word && strcmp(word, "two") == 0, "the second");
    CHECK("crt:strtok-s", !strtok_s(NULL, ", ", &next), "no third");
    CHECK("crt:strtok-s", !strtok_s(NULL, ", ", &next), "nor later");
    CHECK("crt:strlwr", strcmp(_strlwr(small), "abc1") == 0, "%s", small);
    CHECK("crt:strupr", strcmp(_strupr(small), "ABC1") == 0, "%s", small);
    CHECK("crt:strlwr-s", _strlwr_s(small, 5) == 0 && strcmp(small, "abc1") == 0, "%s", small);
    CHECK("crt:strupr-s", _strupr_s(small, 5) == 0 && strcmp(small, "ABC1") == 0, "%s", small);
    CHECK("crt:strrev", strcmp(_strrev(small), "1CBA") == 0, "%s", small);
    CHECK_WINE_DEPARTS("crt:strset", strcmp(_strnset(small, 'x', 2), "xxBA") == 0,
                       "Wine gives back the end of what it set", "%s", small);
    CHECK("crt:strset", strcmp(_strset(small, 'y'), "yyyy") == 0, "%s", small);
    CHECK("crt:strlwr-s", _strlwr_s(small, 4) == EINVAL && small[0] == 0, "no end in sight");
    CHECK("crt:memicmp", _memicmp("aBc", "AbD", 2) == 0 && _memicmp("aBc", "AbD", 3) < 0,
          "compared");
    CHECK("crt:swab", (_swab("badc", words, 4), memcmp(words, "abcd", 4) == 0), "swapped");
    CHECK("crt:strerror-s", strerror_s(words, sizeof words, ENOENT) == 0 && words[0], "%s", words);
    CHECK("crt:strerror-s", strerror_s(NULL, 4, ENOENT) == EINVAL, "no place");
}

static int by_distance(void *context, const void *left, const void *right)
{
    int from = *(int *)context, a = abs(*(const int *)left - from),
        b = abs(*(const int *)right - from);
    return a < b ? -1 : a > b;
}

static void sorting(void)
{
    int numbers[] = {1, 9, 4, 6, 3}, from = 5, key = 8, none = 100, *found;
    qsort_s(numbers, 5, sizeof *numbers, by_distance, &from);
    CHECK("crt:qsort-s", numbers[2] == 3 && numbers[0] + numbers[1] == 10, "by distance from 5");
    CHECK("crt:qsort-s", numbers[3] + numbers[4] == 10, "the farthest last");
    found = bsearch_s(&key, numbers, 5, sizeof *numbers, by_distance, &from);
    CHECK("crt:bsearch-s", !found || abs(*found - from) == 3, "one as far away");
    CHECK("crt:bsearch-s", !bsearch_s(&none, numbers, 5, sizeof *numbers, by_distance, &from),
          "none");
    CHECK("crt:bsearch-s", !bsearch_s(&none, numbers, 0, sizeof *numbers, by_distance, &from),
          "of none");
}

static void paths(void)
{
    char drive[_MAX_DRIVE], dir[_MAX_DIR], name[_MAX_FNAME], ext[_MAX_EXT], whole[_MAX_PATH];
    _splitpath("c:\\one/two.x\\three.tar.gz", drive, dir, name, ext);
    CHECK("crt:splitpath", strcmp(drive, "c:") == 0 && strcmp(dir, "\\one/two.x\\") == 0, "%s, %s",
          drive, dir);
    CHECK("crt:splitpath", strcmp(name, "three.tar") == 0 && strcmp(ext, ".gz") == 0, "%s, %s",
          name, ext);
    _splitpath("plain", drive, dir, name, ext);
    CHECK("crt:splitpath", !drive[0] && !dir[0] && !ext[0] && strcmp(name, "plain") == 0,
          "only a name");
    _splitpath("/a.b/c", NULL, NULL, name, ext);
    CHECK("crt:splitpath", !ext[0] && strcmp(name, "c") == 0, "a dot in the directory");
    CHECK("crt:splitpath-s",
          _splitpath_s("c:/d/e.f", drive, 3, dir, 4, name, 2, ext, 3) == 0 &&
              strcmp(dir, "/d/") == 0 && strcmp(ext, ".f") == 0,
          "just fits");
    CHECK("crt:splitpath-s",
          _splitpath_s("c:/d/e.f", drive, 3, dir, 3, name, 2, ext, 3) == ERANGE && !dir[0] &&
              !name[0] && !drive[0] && !ext[0],
          "too small: all empty");
    CHECK("crt:splitpath-s",
          _splitpath_s("c:/d/e.f", NULL, 0, NULL, 0, name, 2, NULL, 0) == 0 && name[0] == 'e',
          "one part");
    CHECK("crt:splitpath-s", _splitpath_s("x", NULL, 3, NULL, 0, name, 2, NULL, 0) == EINVAL,
          "a size without a place");
    CHECK("crt:splitpath-s", _splitpath_s(NULL, NULL, 0, NULL, 0, name, 2, NULL, 0) == EINVAL,
          "no path");
    _makepath(whole, "c", "\\one\\", "two", "txt");
    CHECK("crt:makepath", strcmp(whole, "c:\\one\\two.txt") == 0, "%s", whole);
    _makepath(whole, NULL, "one/", "two", ".txt");
    CHECK("crt:makepath", strcmp(whole, "one/two.txt") == 0, "%s", whole);
    CHECK("crt:makepath-s", _makepath_s(whole, 6, "", "", "ab", "cd") == 0, "just fits: %s", whole);
    CHECK("crt:makepath-s", _makepath_s(whole, 5, "", "", "ab", "cd") == ERANGE && !whole[0],
          "too small");
    CHECK("crt:fullpath", _fullpath(whole, "some.thing", sizeof whole) == whole, "%s", whole);
    _splitpath(whole, NULL, dir, name, ext);
    CHECK("crt:fullpath", dir[0] && strcmp(name, "some") == 0 && strcmp(ext, ".thing") == 0,
          "from the root");
    CHECK("crt:fullpath", !_fullpath(whole, "some.thing", 4), "does not fit");
}

static void streams(void)
{
    FILE *stream = NULL, *other = NULL;
    char line[16] = "", word[8] = "";
    int number = 0;
    CHECK("crt:fopen-s", fopen_s(&stream, "no/such/file", "r") == ENOENT && !stream, "not there");
    CHECK("crt:fopen-s", fopen_s(NULL, scratch, "r") == EINVAL, "no place");
    CHECK("crt:fopen-s", fopen_s(&stream, NULL, "r") == EINVAL, "no name");
    REQUIRE(fopen_s(&stream, scratch, "w+b") == 0 && stream);
    CHECK("crt:fprintf-s", fprintf_s(stream, "%d %s\n", 12, "abc") == 7, "written");
    CHECK("crt:fseek", _ftelli64(stream) == 7 && _fseeki64(stream, 0, SEEK_SET) == 0, "places");
    CHECK("crt:fscanf-s", fscanf_s(stream, "%d %s", &number, word, 8u) == 2 && number == 12,
          "read");
    CHECK("crt:fscanf-s", strcmp(word, "abc") == 0 && _ftelli64(stream) == 6, "%s", word);
    CHECK_WINE_DEPARTS("crt:fscanf-s", fscanf_s(stream, "%d", &number) == EOF, "Wine says 0",
                       "the end");
    CHECK("crt:fileno", _fileno(stream) > 2 && _filelength(_fileno(stream)) == 7, "its number");
    CHECK("crt:freopen-s", freopen_s(&other, scratch, "rt", stream) == 0 && other == stream,
          "again");
    CHECK("crt:freopen-s", fgets(line, sizeof line, other) && strcmp(line, "12 abc\n") == 0,
          "read");
    fclose(other);
    stream = _fsopen(scratch, "r", _SH_DENYNO);
    CHECK("crt:fsopen", stream && fgetc(stream) == '1', "shared");
    _flushall();
    fclose(stream);
    number = _open(scratch, _O_RDONLY | _O_BINARY);
    stream = _fdopen(number, "rb");
    CHECK("crt:fdopen", stream && _fileno(stream) == number && fgetc(stream) == '1', "by number");
    fclose(stream);
    REQUIRE(_unlink(scratch) == 0);
}

static void commands(void)
{
    char line[16] = "";
    FILE *stream = _popen("echo word", "rt");
    REQUIRE(stream);
    CHECK("crt:popen", fgets(line, sizeof line, stream) && memcmp(line, "word", 4) == 0, "read");
    CHECK("crt:pclose", _pclose(stream) == 0, "no failure");
    stream = _popen("exit 3", "r");
    REQUIRE(stream);
    CHECK("crt:pclose", _pclose(stream) == 3, "the exit code itself");
    CHECK("crt:popen", !_popen("echo word", "x"), "no such mode");
}

static void by_number(void)
{
    struct _stat about;
    struct _stat64 wide;
    char bytes[8];
    int fd = -1, again;
    CHECK("crt:sopen-s",
          _sopen_s(&fd, "no/such/file", _O_RDONLY, _SH_DENYNO, 0) == ENOENT && fd == -1,
          "not there");
    CHECK("crt:sopen-s",
          _sopen_s(&fd, scratch, _O_CREAT | _O_EXCL | _O_RDWR | _O_BINARY, _SH_DENYNO,
                   _S_IREAD | _S_IWRITE) == 0,
          "made");
    REQUIRE(fd >= 0);
    CHECK("crt:sopen-s",
          _sopen_s(&again, scratch, _O_CREAT | _O_EXCL | _O_RDWR, _SH_DENYNO, _S_IREAD) == EEXIST,
          "not twice");
    CHECK("crt:tell", _write(fd, "12345", 5) == 5 && _tell(fd) == 5 && _telli64(fd) == 5,
          "a place");
    CHECK("crt:eof", _eof(fd) == 1 && _lseek(fd, 1, SEEK_SET) == 1 && _eof(fd) == 0, "its end");
    CHECK("crt:filelength", _filelength(fd) == 5 && _filelengthi64(fd) == 5, "its length");
    CHECK("crt:chsize", _chsize(fd, 3) == 0 && _filelength(fd) == 3, "shorter");
    CHECK("crt:chsize-s", _chsize_s(fd, 6) == 0 && _filelength(fd) == 6, "longer");
    CHECK("crt:chsize-s",
          _lseek(fd, 0, SEEK_SET) == 0 && _read(fd, bytes, 8) == 6 &&
              memcmp(bytes, "123\0\0\0", 6) == 0,
          "by zeros");
    CHECK("crt:chsize-s", _chsize_s(fd, -1) == EINVAL, "less than nothing");
    CHECK("crt:commit", _commit(fd) == 0, "on the disk");
    CHECK("crt:setmode", _setmode(fd, _O_BINARY) == _O_BINARY, "the mode before");
    CHECK("crt:fstat", _fstat(fd, &about) == 0 && about.st_size == 6, "by number");
    CHECK("crt:fstat", _fstat64(fd, &wide) == 0 && (wide.st_mode & _S_IFMT) == _S_IFREG, "a file");
    CHECK("crt:stat", _stat(scratch, &about) == 0 && about.st_size == 6, "by name");
    CHECK("crt:stat", _stat64(".", &wide) == 0 && (wide.st_mode & _S_IFDIR), "a directory");
    CHECK("crt:stat", _stat("no/such/file", &about) == -1 && errno == ENOENT, "none");
    CHECK("crt:dup2", (again = _dup(fd)) > fd && _dup2(fd, again) == 0, "0, not the number");
    _close(again);
    _close(fd);
    CHECK("crt:chmod",
          _chmod(scratch, _S_IREAD) == 0 && _stat(scratch, &about) == 0 &&
              !(about.st_mode & _S_IWRITE),
          "read only");
    CHECK("crt:chmod", _chmod(scratch, _S_IREAD | _S_IWRITE) == 0, "and back");
    CHECK("crt:access-s", _access_s(scratch, 6) == 0 && _access_s("no/such/file", 0) == ENOENT,
          "access");
    fd = _creat(scratch, _S_IREAD | _S_IWRITE);
    CHECK("crt:creat", fd >= 0 && _filelength(fd) == 0, "emptied");
    _close(fd);
    REQUIRE(_unlink(scratch) == 0);
}

static void pipes(void)
{
    int ends[2] = {-1, -1};
    char bytes[8];
    CHECK("crt:pipe", _pipe(ends, 512, _O_BINARY | _O_NOINHERIT) == 0, "made");
    CHECK("crt:pipe", _write(ends[1], "abc", 3) == 3 && _read(ends[0], bytes, 8) == 3, "and used");
    _close(ends[1]);
    CHECK("crt:pipe", _read(ends[0], bytes, 8) == 0, "its end");
    _close(ends[0]);
}

static void environment(void)
{
    size_t size = 99;
    char to[8] = "?", *copy = to;
    CHECK("crt:putenv-s", _putenv_s("CRUNTIME_NAME", "value") == 0, "set");
    CHECK("crt:getenv-s", getenv_s(&size, to, sizeof to, "CRUNTIME_NAME") == 0 && size == 6, "got");
    CHECK("crt:getenv-s", strcmp(to, "value") == 0, "%s", to);
    CHECK_WINE_DEPARTS("crt:getenv-s", getenv_s(&size, NULL, 0, "CRUNTIME_NAME") == 0 && size == 6,
                       "Wine says ERANGE", "measured");
    CHECK_WINE_DEPARTS("crt:getenv-s",
                       getenv_s(&size, to, 5, "CRUNTIME_NAME") == ERANGE && size == 6 && !to[0],
                       "Wine leaves the text", "too small");
    CHECK_WINE_DEPARTS("crt:getenv-s",
                       getenv_s(&size, to, 8, "CRUNTIME_NONE") == 0 && size == 0 && !to[0],
                       "Wine says EINVAL", "none");
    CHECK("crt:getenv-s", getenv_s(NULL, to, 8, "CRUNTIME_NAME") == EINVAL, "no place");
#ifndef __MINGW32__ /* not in MinGW's import library */
    CHECK("crt:dupenv-s",
          _dupenv_s(&copy, &size, "CRUNTIME_NAME") == 0 && size == 6 && strcmp(copy, "value") == 0,
          "a copy");
    free(copy);
    CHECK("crt:dupenv-s", _dupenv_s(&copy, &size, "CRUNTIME_NONE") == 0 && !copy && size == 0,
          "none");
#endif
    (void)copy;
    CHECK("crt:putenv",
          _putenv("CRUNTIME_NAME=other") == 0 && strcmp(getenv("CRUNTIME_NAME"), "other") == 0,
          "the old form");
    CHECK("crt:putenv", _putenv("CRUNTIME_NAME=") == 0 && !getenv("CRUNTIME_NAME"), "removed");
    CHECK("crt:putenv-s",
          _putenv_s("CRUNTIME_NAME", "x") == 0 && _putenv_s("CRUNTIME_NAME", "") == 0 &&
              !getenv("CRUNTIME_NAME"),
          "removed");
    CHECK("crt:putenv", _putenv("nothing") == -1, "no =");
}

static int at_exit(void)
{
    return 0;
}

static void process(void)
{
    int value = 0;
    _set_errno(ERANGE);
    CHECK("crt:get-errno", _get_errno(&value) == 0 && value == ERANGE, "kept");
    CHECK("crt:set-error-mode",
          _set_error_mode(_OUT_TO_STDERR) == _OUT_TO_DEFAULT &&
              _set_error_mode(_REPORT_ERRMODE) == _OUT_TO_STDERR,
          "the mode before");
    CHECK("crt:onexit", _onexit(at_exit) == at_exit, "the function itself");
    CHECK("crt:setmaxstdio", _setmaxstdio(600) == 600 && _getmaxstdio() >= 600, "%d",
          _getmaxstdio());
    CHECK("crt:setmaxstdio", _setmaxstdio(1) == -1, "too few");
    CHECK("crt:signal", SIGBREAK != SIGINT && SIGBREAK != SIGTERM, "a signal of its own");
}

static void memory(void)
{
    char *block = calloc(1, 10), *aligned;
    REQUIRE(block);
    CHECK("crt:msize", _msize(block) >= 10, "%u", (unsigned)_msize(block));
    memset(block, 'x', 10);
    aligned = _aligned_malloc(100, 64);
    REQUIRE(aligned);
    memset(aligned, 'y', 100);
    aligned = _aligned_realloc(aligned, 1000, 64);
    CHECK("crt:aligned-realloc", aligned && (uintptr_t)aligned % 64 == 0 && aligned[99] == 'y',
          "moved");
    _aligned_free(aligned);
#ifndef __MINGW32__ /* not in MinGW's import library */
    block = _recalloc(block, 1000, 2);
    CHECK("crt:recalloc", block && block[9] == 'x' && block[10] == 0 && block[1999] == 0, "zeros");
    block = _recalloc(block, 1, 4);
    block = _recalloc(block, 1, 24);
    CHECK("crt:recalloc", block && block[3] == 'x' && block[4] == 0 && block[23] == 0,
          "zeros where it had been smaller");
    CHECK("crt:recalloc", !_recalloc(block, (size_t)-1 / 2, 3), "too much");
#endif
    free(block);
    CHECK_WINE_DEPARTS("crt:heapmin", _heapmin() == 0, "Wine cannot", "given back");
}

static void times(void)
{
    char to[26];
    struct tm tm;
    time_t early = -1, some = 951868798; /* 2000-02-29 23:59:58 UTC */
    memset(&tm, 0, sizeof tm);
    tm.tm_year = 100, tm.tm_mon = 1, tm.tm_mday = 29, tm.tm_wday = 2, tm.tm_hour = 23;
    tm.tm_min = 59, tm.tm_sec = 58;
    CHECK("crt:asctime-s",
          asctime_s(to, sizeof to, &tm) == 0 && strcmp(to, "Tue Feb 29 23:59:58 2000\n") == 0,
          "written");
    CHECK("crt:mkgmtime", _mkgmtime(&tm) == some, "and to a number");
    CHECK("crt:asctime-s", asctime_s(to, 25, &tm) == EINVAL && !to[0], "too small");
    tm.tm_mon = 12;
    CHECK("crt:asctime-s", asctime_s(to, sizeof to, &tm) == EINVAL, "no such month");
    CHECK("crt:ctime-s",
          _ctime64_s(to, sizeof to, &(__time64_t){some}) == 0 &&
              strcmp(to, _ctime64(&(__time64_t){some})) == 0,
          "the same");
    CHECK("crt:ctime-s", _ctime64_s(to, sizeof to, &(__time64_t){early}) == EINVAL, "before 1970");
}

int main(void)
{
    _set_invalid_parameter_handler(wrong_argument);
    _snprintf(scratch, sizeof scratch, "cruntime-%u", (unsigned)GetCurrentProcessId());
    RUN(formats);
    RUN(scanned_text);
    RUN(scanned_rest);
    RUN(digits);
    RUN(text);
    RUN(sorting);
    RUN(paths);
    RUN(streams);
    RUN(commands);
    RUN(by_number);
    RUN(pipes);
    RUN(environment);
    RUN(process);
    RUN(memory);
    RUN(times);
    return check_report();
}
