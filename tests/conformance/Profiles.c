/* SPDX-License-Identifier: MIT
 *
 * Initialization files (rules PROF), each test with one of its own.
 */
#include "directories.h"

#define IS(buffer, text) (!memcmp(buffer, text, sizeof(text)))

static char profile[512];
static char room[256];

/* A new file with these bytes; what GetPrivateProfileString and the like are asked about. */
static void fresh(const char *text, DWORD length)
{
    DWORD bytes;
    snprintf(profile, sizeof profile, "%s", dir_name("test.ini"));
    DeleteFileA(profile);
    HANDLE file = disk_open(profile, GENERIC_WRITE, 0, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    REQUIRE(WriteFile(file, text, length, &bytes, NULL));
    CloseHandle(file);
}
#define FRESH(text) fresh(text, sizeof(text) - 1)

static DWORD get(const char *section, const char *key, const char *fallback, DWORD size)
{
    memset(room, '#', sizeof room);
    SetLastError(77);
    return GetPrivateProfileStringA(section, key, fallback, room, size, profile);
}

/* The string that a key has. */
static const char *string_of(const char *section, const char *key)
{
    get(section, key, "none", sizeof room);
    return room;
}

static int has(const char *section, const char *key, const char *string)
{
    return !strcmp(string_of(section, key), string);
}

/* The bytes that the file has now, as text. */
static const char *contents(void)
{
    static char text[1024];
    DWORD bytes = 0;
    HANDLE file = disk_open(profile, GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    if (file == INVALID_HANDLE_VALUE)
        return "-";
    REQUIRE(ReadFile(file, text, sizeof text - 1, &bytes, NULL) ||
            GetLastError() == ERROR_HANDLE_EOF);
    text[bytes] = 0;
    CloseHandle(file);
    return text;
}

/* The same on one line. */
static const char *seen(void)
{
    static char text[1024];
    snprintf(text, sizeof text, "%s", contents());
    for (char *at = text; *at; at++)
        if (*at == '\r' || *at == '\n')
            *at = '/';
    return text;
}

static void lines(void)
{
    FRESH("; a comment\r\n[One]\r\n  a = b  c  \r\n;b=1\r\nc=d ; e\r\nempty=\r\n"
          "d==x\r\n[one]\r\na=2\r\n[Two]\na=3\na=4");
    CHECK("PROF-1", has("One", "a", "b  c"), "blanks around do not count: %s", room);
    CHECK("PROF-1", has("ONE", "A", "b  c"), "nor does case: %s", room);
    CHECK("PROF-1", has("One", "b", "none"), "a comment: %s", room);
    CHECK("PROF-1", has("One", "c", "d ; e"), "none: %s", room);
    CHECK("PROF-1", has("One", "empty", ""), "an empty string: %s", room);
    CHECK("PROF-1", has("One", "d", "=x"), "the first = counts: %s", room);
    CHECK("PROF-1", has("Two", "a", "3"), "lines that end in a line feed: %s", room);
    CHECK("PROF-1", has("Three", "a", "none"), "no section: %s", room);
    FRESH("[\xc3\x84rger]\n\xd0\x94=1\n");
    static const WCHAR section[] = {0xE4, 'R', 'G', 'E', 'R', 0}, key[] = {0x434, 0};
    WCHAR wide[260], found[8];
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    DWORD length = GetPrivateProfileStringW(section, key, NULL, found, 8, wide);
    CHECK_WINE_DEPARTS("PROF-1", length == 1 && found[0] == '1', "its ANSI code page is no UTF-8",
                       "case of other letters: %u", (unsigned)length);
}

static void names(void)
{
    char here[260], other[64];
    FRESH("[a]\nk=1\n");
    REQUIRE(GetCurrentDirectoryA(sizeof here, here));
    REQUIRE(SetCurrentDirectoryA(dir_path));
    DWORD length = GetPrivateProfileStringA("a", "k", "none", other, 64, ".\\test.ini");
    CHECK("PROF-2", length == 1 && IS(other, "1"), "with a directory: %s", other);
    length = GetPrivateProfileStringA("a", "k", "none", other, 64, "test.ini");
    CHECK("PROF-2", length == 4 && IS(other, "none"), "without: %s", other);
    REQUIRE(SetCurrentDirectoryA(here));
    length = GetPrivateProfileStringA("no section", "k", "none", other, 64, NULL);
    CHECK("PROF-2", length == 4 && IS(other, "none"), "none: %s", other);
}

static void strings(void)
{
    FRESH("[a]\nk=value\nq=\" x \"\ns='y'\nmixed='z\"\nhalf=\"z\nboth=\"'n'\"\none=\"\n");
    DWORD length = get("a", "k", "default", sizeof room);
    CHECK("PROF-3", length == 5 && IS(room, "value"), "%u %s", (unsigned)length, room);
    CHECK("PROF-3", has("a", "q", " x ") && has("a", "s", "y"), "quotation marks: %s", room);
    CHECK("PROF-3", has("a", "mixed", "'z\"") && has("a", "half", "\"z"), "no pair: %s", room);
    CHECK("PROF-3", has("a", "both", "'n'"), "one pair: %s", room);
    length = get("a", "none", "default  ", sizeof room);
    CHECK("PROF-3", length == 7 && IS(room, "default"), "a default: %u %s", (unsigned)length, room);
    length = get("none", "k", NULL, sizeof room);
    CHECK("PROF-3", length == 0 && !room[0], "no default: %u", (unsigned)length);
    WCHAR wide[260], text[16], letters[] = {'k', 0}, section[] = {'a', 0};
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    length = GetPrivateProfileStringW(section, letters, NULL, text, 16, wide);
    CHECK("PROF-3", length == 5 && text[4] == 'e' && !text[5], "wide: %u", (unsigned)length);
    length = GetPrivateProfileStringW(section, letters, NULL, text, 3, wide);
    CHECK("PROF-4", length == 2 && text[1] == 'a' && !text[2], "cut: %u", (unsigned)length);
}

static void sizes(void)
{
    FRESH("[one]\nkey=value\n[second]\n");
    DWORD length = get("one", "key", "", 4);
    CHECK("PROF-4", length == 3 && IS(room, "val"), "%u %s", (unsigned)length, room);
    length = get("one", "key", "", 6);
    CHECK("PROF-4", length == 5 && IS(room, "value"), "just enough: %u", (unsigned)length);
    length = get("one", "none", "default", 4);
    CHECK("PROF-4", length == 3 && IS(room, "def"), "a default: %u %s", (unsigned)length, room);
    length = get("one", "key", "", 1);
    CHECK("PROF-4", length == 0 && !room[0] && room[1] == '#', "one: %u", (unsigned)length);
    length = get("one", "key", "", 0);
    CHECK("PROF-4", length == 0 && room[0] == '#', "none: %u", (unsigned)length);
    length = get(NULL, NULL, NULL, 8);
    CHECK("PROF-4", length == 6 && !memcmp(room, "one\0se", 7), "a list: %u %s, %s",
          (unsigned)length, room, room + 4);
    CHECK_WINE_DEPARTS("PROF-4", !room[7] && room[8] == '#', "Wine writes one zero",
                       "its zeros: %d %d", room[7], room[8]);
    length = get(NULL, NULL, NULL, 12);
    CHECK_WINE_DEPARTS("PROF-4", length == 11 && !memcmp(room, "one\0second\0\0#", 13),
                       "Wine wants room for one zero more", "just enough: %u", (unsigned)length);
}

static void lists(void)
{
    FRESH("[one]\na=\"1\"\n;c=2\nb = 3\n\n[two]\nc=4");
    DWORD length = get(NULL, NULL, NULL, sizeof room);
    CHECK("PROF-5", length == 8 && IS(room, "one\0two\0"), "sections: %u", (unsigned)length);
    length = get("one", NULL, NULL, sizeof room);
    CHECK("PROF-5", length == 4 && IS(room, "a\0b\0"), "keys: %u", (unsigned)length);
    length = GetPrivateProfileSectionNamesA(room, sizeof room, profile);
    CHECK("PROF-7", length == 8 && IS(room, "one\0two\0"), "names: %u", (unsigned)length);
    length = GetPrivateProfileSectionA("ONE", room, sizeof room, profile);
    CHECK("PROF-7", length == 10 && IS(room, "a=\"1\"\0b=3\0"), "a section: %u", (unsigned)length);
    length = GetPrivateProfileSectionA("two", room, sizeof room, profile);
    CHECK("PROF-7", length == 4 && IS(room, "c=4\0"), "the last: %u", (unsigned)length);
    length = GetPrivateProfileSectionA("one", room, 8, profile);
    CHECK("PROF-4", length == 6 && !memcmp(room, "a=\"1\"\0\0", 8), "cut: %u", (unsigned)length);
    length = GetPrivateProfileSectionA("none", room, sizeof room, profile);
    CHECK("PROF-7", length == 0 && !room[0] && !room[1], "none: %u", (unsigned)length);
    WCHAR wide[260], text[16], section[] = {'o', 'n', 'e', 0};
    static const WCHAR entries[] = {'a', '=', '"', '1', '"', 0, 'b', '=', '3', 0, 0};
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    length = GetPrivateProfileSectionW(section, text, 16, wide);
    CHECK("PROF-7", length == 10 && !memcmp(text, entries, sizeof entries), "wide: %u",
          (unsigned)length);
    length = GetPrivateProfileSectionNamesW(text, 16, wide);
    CHECK("PROF-7", length == 8 && !memcmp(text, section, sizeof section) && !text[8], "wide: %u",
          (unsigned)length);
}

static int number(const char *key)
{
    return (int)GetPrivateProfileIntA("n", key, 42, profile);
}

static void numbers(void)
{
    WCHAR wide[260], section[] = {'n', 0}, key[] = {'a', 0};
    FRESH("[n]\na=12\nb=-5\nc=0x1F\nd=12abc\ne=abc\nf=4294967295\ng= 7 ; x\nh=\"8\"\ni=010\n");
    CHECK("PROF-6", number("a") == 12 && number("A") == 12, "%d", number("a"));
    CHECK("PROF-6", number("b") == -5, "%d", number("b"));
    CHECK("PROF-6", number("c") == 31, "%d", number("c"));
    CHECK("PROF-6", number("d") == 12 && number("e") == 0, "%d %d", number("d"), number("e"));
    CHECK("PROF-6", number("f") == -1, "%d", number("f"));
    CHECK("PROF-6", number("g") == 7 && number("h") == 8, "%d %d", number("g"), number("h"));
    CHECK("PROF-6", number("i") == 10, "%d", number("i"));
    CHECK("PROF-6", number("none") == 42, "%d", number("none"));
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    CHECK("PROF-6", GetPrivateProfileIntW(section, key, 1, wide) == 12, "wide");
    snprintf(profile, sizeof profile, "%s", dir_name("none.ini"));
    CHECK("PROF-6", number("a") == 42, "no file: %d", number("a"));
}

static BOOL put(const char *section, const char *key, const char *string)
{
    SetLastError(77);
    return WritePrivateProfileStringA(section, key, string, profile);
}

static void writing(void)
{
    FRESH("");
    DeleteFileA(profile);
    CHECK("PROF-8", put("s", "k", "v") && !strcmp(contents(), "[s]\r\nk=v\r\n"), "makes: %s",
          seen());
    CHECK("PROF-8", put("S", "K", "longer") && !strcmp(contents(), "[s]\r\nk=longer\r\n"),
          "replaces: %s", seen());
    CHECK("PROF-8",
          put("t", "l", "\"1\"") && !strcmp(contents(), "[s]\r\nk=longer\r\n[t]\r\nl=\"1\"\r\n"),
          "a section: %s", seen());
    CHECK("PROF-8",
          put("s", "m", "2") && !strcmp(contents(), "[s]\r\nk=longer\r\nm=2\r\n[t]\r\nl=\"1\"\r\n"),
          "a key: %s", seen());
    CHECK("PROF-3", has("t", "l", "1"), "read back: %s", room);
    FRESH("; top\r\n[a]\r\n; on k\r\nk=1\r\n\r\n[b]\r\nx=1");
    CHECK("PROF-8", put("b", "y", "2") && has("b", "x", "1") && has("b", "y", "2"),
          "no end of line: %s", seen());
    CHECK("PROF-8",
          put("a", "n", "3") && put("a", "k", "") && has("a", "k", "") &&
              strstr(contents(), "; top") && strstr(contents(), "; on k"),
          "the rest stays: %s", seen());
    snprintf(profile, sizeof profile, "%s", dir_name("none\\x.ini"));
    CHECK("PROF-12", !put("s", "k", "v") && GetLastError() == ERROR_PATH_NOT_FOUND,
          "no directory: %u", (unsigned)GetLastError());
}

static void removing(void)
{
    FRESH("[a]\r\nk=1\r\nl=2\r\n[b]\r\nm=3\r\n[c]\r\nn=4\r\n");
    CHECK("PROF-9", put("A", "K", NULL) && has("a", "k", "none") && has("a", "l", "2"), "a key: %s",
          seen());
    CHECK("PROF-9", put("B", NULL, NULL) && !strcmp(contents(), "[a]\r\nl=2\r\n[c]\r\nn=4\r\n"),
          "a section: %s", seen());
    CHECK("PROF-9", put("a", "none", NULL) && put("none", NULL, NULL), "what is not there");
    CHECK("PROF-9", !put(NULL, NULL, NULL), "nothing");
    DeleteFileA(profile);
    CHECK("PROF-9", put("a", "k", NULL) && !strcmp(contents(), "-"), "no file: %s", seen());
}

static BOOL put_section(const char *section, const char *list)
{
    return WritePrivateProfileSectionA(section, list, profile);
}

static void sections(void)
{
    WCHAR wide[260], section[] = {'w', 0};
    static const WCHAR list[] = {'a', '=', '1', 0, 'b', '=', '2', 0, 0};
    FRESH("[a]\r\nk=1\r\nl=2\r\n[b]\r\nm=3\r\n");
    CHECK("PROF-10",
          put_section("A", "x=1\0y=2\0") &&
              !strcmp(contents(), "[a]\r\nx=1\r\ny=2\r\n[b]\r\nm=3\r\n"),
          "replaced: %s", seen());
    CHECK("PROF-10",
          put_section("c", "z=1\0") &&
              !strcmp(contents(), "[a]\r\nx=1\r\ny=2\r\n[b]\r\nm=3\r\n[c]\r\nz=1\r\n"),
          "new: %s", seen());
    CHECK("PROF-10",
          put_section("b", "") && !strcmp(contents(), "[a]\r\nx=1\r\ny=2\r\n[b]\r\n[c]\r\nz=1\r\n"),
          "emptied: %s", seen());
    CHECK("PROF-10", put_section("a", NULL) && !strcmp(contents(), "[b]\r\n[c]\r\nz=1\r\n"),
          "gone: %s", seen());
    CHECK("PROF-10",
          put_section("b", "o=1\0") && !strcmp(contents(), "[b]\r\no=1\r\n[c]\r\nz=1\r\n"),
          "filled: %s", seen());
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    CHECK("PROF-10",
          WritePrivateProfileSectionW(section, list, wide) && has("w", "b", "2") &&
              has("w", "a", "1"),
          "wide: %s", seen());
}

static void unicode(void)
{
    static const WCHAR text[] = {0xFEFF, '[', 'u', ']', '\r', '\n', 'k', '=', 0xE9, '\r', '\n'};
    static const WCHAR added[] = {'l', '=', '1', '\r', '\n'};
    WCHAR wide[260], found[8], section[] = {'u', 0}, key[] = {'k', 0}, other[] = {'m', 0};
    WCHAR russian[] = {0x434, 0};
    fresh((const char *)text, sizeof text);
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    DWORD length = GetPrivateProfileStringW(section, key, NULL, found, 8, wide);
    CHECK("PROF-11", length == 1 && found[0] == 0xE9, "W: %u", (unsigned)length);
    CHECK("PROF-11", put("u", "l", "1") && has("u", "l", "1"), "A: %s", room);
    const char *now = contents();
    CHECK("PROF-11",
          !memcmp(now, text, sizeof text) && !memcmp(now + sizeof text, added, sizeof added),
          "stays UTF-16");
    CHECK("PROF-11",
          WritePrivateProfileStringW(section, other, russian, wide) &&
              GetPrivateProfileStringW(section, other, NULL, found, 8, wide) == 1 &&
              found[0] == russian[0],
          "any letter: %x", (unsigned)found[0]);
    FRESH("[u]\r\n");
    CHECK("PROF-11",
          WritePrivateProfileStringW(section, key, key, wide) &&
              !strcmp(contents(), "[u]\r\nk=k\r\n"),
          "another: %s", seen());
    FRESH("\xef\xbb\xbf[u]\r\nk=1\r\n");
    CHECK("PROF-11", has("u", "k", "1"), "UTF-8 with its mark: %s", room);
}

static void errors(void)
{
    FRESH("[a]\nk=1\n");
    CHECK("PROF-12", get("a", "k", "", sizeof room) == 1 && GetLastError() == 0, "found: %u",
          (unsigned)GetLastError());
    HANDLE alone = disk_open(profile, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING, 0);
    CHECK("PROF-12", !put("a", "k", "2") && GetLastError() == ERROR_SHARING_VIOLATION,
          "not shared: %u", (unsigned)GetLastError());
    CHECK("PROF-12", has("a", "k", "1"), "reading is: %s", room);
    CloseHandle(alone);
    REQUIRE(SetFileAttributesA(profile, FILE_ATTRIBUTE_READONLY));
    BOOL done = put("a", "k", "2");
    CHECK_WINE_DEPARTS("PROF-12", !done && GetLastError() == ERROR_ACCESS_DENIED, "root may write",
                       "read only: %u", (unsigned)GetLastError());
    REQUIRE(SetFileAttributesA(profile, FILE_ATTRIBUTE_NORMAL));
    snprintf(profile, sizeof profile, "%s", dir_name("none.ini"));
    CHECK("PROF-12", get("a", "k", "d", 8) == 1 && GetLastError() == ERROR_FILE_NOT_FOUND,
          "no file: %u", (unsigned)GetLastError());
    CHECK("PROF-12", get(NULL, NULL, "d", 8) == 0 && GetLastError() == ERROR_FILE_NOT_FOUND,
          "no file, all sections: %u", (unsigned)GetLastError());
    snprintf(profile, sizeof profile, "%s", dir_name("none\\x.ini"));
    CHECK("PROF-12", get("a", "k", "d", 8) == 1 && GetLastError() == ERROR_PATH_NOT_FOUND,
          "no directory: %u", (unsigned)GetLastError());
}

static void structures(void)
{
    struct record {
        unsigned char bytes[3];
    } written = {{1, 2, 0xFF}}, read = {{0}};
    WCHAR wide[260], section[] = {'s', 0}, key[] = {'w', 0};
    FRESH("");
    CHECK("PROF-13",
          WritePrivateProfileStructA("s", "r", &written, sizeof written, profile) &&
              has("s", "r", "0102FF02"),
          "digits: %s", seen());
    CHECK("PROF-13",
          GetPrivateProfileStructA("s", "r", &read, sizeof read, profile) &&
              !memcmp(&read, &written, sizeof read),
          "read back");
    CHECK("PROF-13",
          !GetPrivateProfileStructA("s", "r", &read, 2, profile) &&
              !GetPrivateProfileStructA("s", "none", &read, sizeof read, profile),
          "another size, none");
    REQUIRE(put("s", "r", "0102FF03"));
    CHECK("PROF-13", !GetPrivateProfileStructA("s", "r", &read, sizeof read, profile),
          "a wrong sum");
    REQUIRE(MultiByteToWideChar(CP_ACP, 0, profile, -1, wide, 260) > 0);
    CHECK("PROF-13",
          WritePrivateProfileStructW(section, key, &written, sizeof written, wide) &&
              GetPrivateProfileStructW(section, key, &read, sizeof read, wide),
          "wide");
}

enum { WRITERS = 4, KEYS = 25 };

static DWORD WINAPI writer(LPVOID number)
{
    char key[16];
    DWORD failed = 0;
    for (int i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "k%d_%d", (int)(INT_PTR)number, i);
        failed += !WritePrivateProfileStringA("s", key, key, profile);
        failed += GetPrivateProfileIntA("s", "always", 0, profile) != 1;
    }
    return failed;
}

static void together(void)
{
    HANDLE threads[WRITERS];
    DWORD failed = 0, code, kept = 0;
    static char list[4096];
    FRESH("[s]\r\nalways=1\r\n");
    for (int i = 0; i < WRITERS; i++)
        REQUIRE((threads[i] = CreateThread(NULL, 0, writer, (LPVOID)(INT_PTR)i, 0, NULL)) != NULL);
    for (int i = 0; i < WRITERS; i++) {
        REQUIRE(WaitForSingleObject(threads[i], 30000) == WAIT_OBJECT_0);
        REQUIRE(GetExitCodeThread(threads[i], &code));
        failed += code;
        CloseHandle(threads[i]);
    }
    GetPrivateProfileStringA("s", NULL, NULL, list, sizeof list, profile);
    for (const char *at = list; *at; at += strlen(at) + 1)
        kept++;
    CHECK("PROF-14", failed == 0, "%u calls went wrong", (unsigned)failed);
    CHECK("PROF-14", kept == 1 + WRITERS * KEYS, "%u keys", (unsigned)kept);
}

int main(void)
{
    dir_make("profiles");
    RUN(lines);
    RUN(names);
    RUN(strings);
    RUN(sizes);
    RUN(lists);
    RUN(numbers);
    RUN(writing);
    RUN(removing);
    RUN(sections);
    RUN(unicode);
    RUN(errors);
    RUN(structures);
    RUN(together);
    dir_remove();
    return check_report();
}
