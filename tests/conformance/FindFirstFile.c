/* SPDX-License-Identifier: MIT
 *
 * Directories listed by a pattern, and names that are answers (rules NS-13 to 18).
 */
#include "directories.h"

/* What a pattern finds in the directory, in order, with spaces between. */
static const char *finds(const char *pattern)
{
    static char text[1024];
    WIN32_FIND_DATAA data;
    size_t used = 0;
    text[0] = 0;
    HANDLE search = FindFirstFileA(dir_name(pattern), &data);
    if (search == INVALID_HANDLE_VALUE) {
        snprintf(text, sizeof text, "error %u", (unsigned)GetLastError());
        return text;
    }
    do
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "",
                                 data.cFileName);
    while (FindNextFileA(search, &data));
    if (GetLastError() != ERROR_NO_MORE_FILES)
        snprintf(text, sizeof text, "ends with %u", (unsigned)GetLastError());
    FindClose(search);
    return text;
}

static void patterns(void)
{
    static const struct {
        const char *pattern, *found;
    } cases[] = {
        {"*", ". .. a.txt ab.c.txt abc b.dat noext"},
        {"*.*", ". .. a.txt ab.c.txt abc b.dat noext"},
        {"*.txt", "a.txt ab.c.txt"},
        {"a*", "a.txt ab.c.txt abc"},
        {"a*c", "abc"},
        {"?.txt", "a.txt"},
        {"??.txt", "a.txt"},
        {"abc?", "abc"},
        {"abc???", "abc"},
        {"?.*", ". .. a.txt b.dat"},
        {"a.txt", "a.txt"},
        {"*.c.*", "ab.c.txt"},
        {"no*t", "noext"},
        {"*.xyz", "error 2"},
        {"none", "error 2"},
        {"none\\*", "error 3"},
        {"none\\none", "error 3"},
        {"a*\\b", "error 123"},
    };
    dir_make("patterns");
    dir_touch("a.txt");
    dir_touch("ab.c.txt");
    dir_touch("b.dat");
    dir_touch("noext");
    dir_touch("abc");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = finds(cases[i].pattern);
        CHECK_WINE_DEPARTS("NS-14", !strcmp(found, cases[i].found), "Wine reads it otherwise",
                           "%s: %s", cases[i].pattern, found);
    }
    const char *found = finds("*.");
    CHECK_WINE_DEPARTS(
        "NS-14", strstr(found, "abc noext") && !strchr(found, 't' + 1) && !strstr(found, "a.txt"),
        "Wine reads it otherwise", "*.: %s", found);
    CHECK("NS-13", !strcmp(finds(""), "error 2"), "a slash at the end: %s", finds(""));
    dir_remove();
}

static void details(void)
{
    WIN32_FIND_DATAA data;
    WIN32_FIND_DATAW wide;
    WCHAR pattern[200];
    dir_make("details");
    dir_write("file", "123");
    dir_sub("sub");
    HANDLE search = FindFirstFileA(dir_name("file"), &data);
    REQUIRE(search != INVALID_HANDLE_VALUE);
    CHECK("NS-13", data.nFileSizeLow == 3 && !(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY),
          "a file of %u bytes", (unsigned)data.nFileSizeLow);
    CHECK("NS-13", data.ftLastWriteTime.dwHighDateTime > 0x01D00000, "with a time");
    CHECK("NS-13", !FindNextFileA(search, &data) && GetLastError() == ERROR_NO_MORE_FILES, "18");
    CHECK("NS-13", !FindNextFileA(search, &data) && GetLastError() == ERROR_NO_MORE_FILES,
          "and again");
    CHECK("NS-13", FindClose(search), "closed");
    CHECK("NS-13", !FindClose(INVALID_HANDLE_VALUE) && GetLastError() == ERROR_INVALID_HANDLE, "6");
    search = FindFirstFileExA(dir_name("s*"), FindExInfoBasic, &data, FindExSearchNameMatch, NULL,
                              FIND_FIRST_EX_LARGE_FETCH);
    REQUIRE(search != INVALID_HANDLE_VALUE);
    CHECK("NS-15",
          data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY && !strcmp(data.cFileName, "sub"),
          "a directory");
    FindClose(search);
    CHECK_WINE_DEPARTS("NS-15",
                       FindFirstFileExA(dir_name("*"), (FINDEX_INFO_LEVELS)7, &data,
                                        FindExSearchNameMatch, NULL, 0) == INVALID_HANDLE_VALUE &&
                           GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine names another error", "another level: 87");
    CHECK_WINE_DEPARTS("NS-15",
                       FindFirstFileExA(dir_name("*"), FindExInfoStandard, &data,
                                        FindExSearchNameMatch, &data, 0) == INVALID_HANDLE_VALUE &&
                           GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine names another error", "a filter: 87");
    size_t used = 0;
    for (const char *at = dir_name("f*"); *at; at++)
        pattern[used++] = (WCHAR)*at;
    pattern[used] = 0;
    search = FindFirstFileW(pattern, &wide);
    REQUIRE(search != INVALID_HANDLE_VALUE);
    CHECK("NS-13", wide.cFileName[0] == 'f' && wide.cFileName[3] == 'e' && wide.cFileName[4] == 0,
          "a name in UTF-16");
    CHECK("NS-13", !FindNextFileW(search, &wide) && GetLastError() == ERROR_NO_MORE_FILES, "18");
    FindClose(search);
    dir_remove();
}

/* Separators are those of the system. */
static const char *last_part(const char *path)
{
    const char *last = path;
    for (; *path; path++)
        if (*path == '/' || *path == '\\')
            last = path + 1;
    return last;
}

static void full_names(void)
{
    char here[600], name[600], *last = NULL;
    WCHAR wide[600], *wide_last = NULL;
    static const WCHAR relative[] = {'a', '\\', '.', '.', '\\', 'b', 0};
    DWORD length = GetCurrentDirectoryA(sizeof here, here);
    CHECK("NS-18", length && strlen(here) == length, "the current directory: %s", here);
    CHECK("NS-18", GetCurrentDirectoryA(2, name) == length + 1, "the room it needs");
    CHECK("NS-18", GetCurrentDirectoryW(600, wide) == length && wide[0] == (WCHAR)here[0],
          "in UTF-16");
    length = GetFullPathNameA("a\\.\\b\\..\\c.txt", sizeof name, name, &last);
    CHECK("NS-16", length == strlen(name) && !strncmp(name, here, strlen(here)), "from here: %s",
          name);
    CHECK("NS-16", last && !strcmp(last, "c.txt") && last - name == (int)strlen(here) + 3,
          "the last part: %s", last ? last : "none");
    CHECK("NS-16", GetFullPathNameA("a\\.\\b\\..\\c.txt", 3, name, &last) == length + 1,
          "the room it needs");
    length = GetFullPathNameA("C:\\x\\y\\", sizeof name, name, &last);
    CHECK("NS-16", length && !last, "nothing behind the slash: %s", name);
    length = GetFullPathNameA("C:\\..\\..\\x", sizeof name, name, &last);
    CHECK("NS-16", length && last && !strcmp(last, "x") && length <= 4, "not above the root: %s",
          name);
    CHECK("NS-16", GetFullPathNameA("", sizeof name, name, &last) == 0, "no name");
    length = GetFullPathNameW(relative, 600, wide, &wide_last);
    CHECK("NS-16", length == strlen(here) + 2 && wide_last && wide_last[0] == 'b', "in UTF-16");
}

static void current(void)
{
    char before[600], now[600];
    dir_make("current");
    dir_touch("file");
    REQUIRE(GetCurrentDirectoryA(sizeof before, before));
    CHECK("NS-18",
          !SetCurrentDirectoryA(dir_name("none")) && GetLastError() == ERROR_FILE_NOT_FOUND, "2");
    CHECK("NS-18",
          !SetCurrentDirectoryA(dir_name("no\\no")) && GetLastError() == ERROR_PATH_NOT_FOUND, "3");
    CHECK("NS-18", !SetCurrentDirectoryA(dir_name("file")) && GetLastError() == ERROR_DIRECTORY,
          "a file: 267");
    CHECK("NS-18", SetCurrentDirectoryA(dir_path), "there");
    CHECK("NS-18", GetFileAttributesA("file") != INVALID_FILE_ATTRIBUTES, "names begin there");
    GetCurrentDirectoryA(sizeof now, now);
    CHECK("NS-18", !strcmp(last_part(now), dir_path), "told: %s", now);
    REQUIRE(SetCurrentDirectoryA(before));
    dir_remove();
}

static void temporary(void)
{
    char path[300], name[MAX_PATH];
    WCHAR wide_path[300], wide_name[MAX_PATH];
    static const WCHAR prefix[] = {'a', 'b', 0};
    DWORD length = GetTempPathA(sizeof path, path);
    CHECK("NS-17",
          length && length == strlen(path) && (path[length - 1] == '/' || path[length - 1] == '\\'),
          "%s", path);
    CHECK("NS-17", GetTempPathA(1, path) >= length, "the room it needs");
    CHECK("NS-17", GetTempPathW(300, wide_path) == length, "in UTF-16");
    dir_make("temporary");
    UINT number = GetTempFileNameA(dir_path, "prefix", 0, name);
    CHECK("NS-17", number && number <= 0xffff, "a number: %x", number);
    CHECK("NS-17", GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES, "the file is there: %s",
          name);
    CHECK("NS-17",
          !strncmp(last_part(name), "pre", 3) && strtoul(last_part(name) + 3, NULL, 16) == number,
          "three characters, and the number: %s", last_part(name));
    char again[MAX_PATH];
    CHECK("NS-17", GetTempFileNameA(dir_path, "prefix", 0, again) && strcmp(name, again),
          "another each time");
    CHECK("NS-17", GetTempFileNameA(dir_path, "pre", 0x1234, again) == 0x1234, "one's own");
    CHECK("NS-17",
          !strncmp(last_part(again), "pre1234.", 8) &&
              GetFileAttributesA(again) == INVALID_FILE_ATTRIBUTES,
          "is not made: %s", again);
    CHECK("NS-17",
          GetTempFileNameA(dir_name("none"), "pre", 0, again) == 0 &&
              GetLastError() == ERROR_DIRECTORY,
          "no directory: 267");
    size_t used = 0;
    for (const char *at = dir_path; *at; at++)
        wide_path[used++] = (WCHAR)*at;
    wide_path[used] = 0;
    CHECK("NS-17", GetTempFileNameW(wide_path, prefix, 0, wide_name) != 0, "in UTF-16");
    CHECK("NS-17", DeleteFileW(wide_name), "is there");
    dir_remove();
}

static void space(void)
{
    ULARGE_INTEGER available, total, all;
    CHECK("NS-18", GetDiskFreeSpaceExA(NULL, &available, &total, &all), "asked");
    CHECK("NS-18", total.QuadPart >= all.QuadPart && all.QuadPart >= available.QuadPart,
          "in order");
    CHECK("NS-18", !GetDiskFreeSpaceExA("none-of-this\\name", NULL, NULL, NULL), "not there");
    DWORD sectors = 0, bytes = 0, clusters = 0, count = 0;
    WCHAR root[] = {'\\', 0};
    CHECK("NS-23", GetDiskFreeSpaceA("\\", &sectors, &bytes, &clusters, &count), "in clusters");
    REQUIRE(GetDiskFreeSpaceExA("\\", &available, &total, &all));
    unsigned long long cluster = (unsigned long long)sectors * bytes;
    CHECK("NS-23", bytes >= 512 && !(bytes & (bytes - 1)) && sectors && count >= clusters,
          "%u sectors of %u bytes", (unsigned)sectors, (unsigned)bytes);
    CHECK("NS-23", count * cluster <= total.QuadPart && total.QuadPart - count * cluster < cluster,
          "in all %u", (unsigned)count);
    CHECK("NS-23", GetDiskFreeSpaceW(root, &sectors, NULL, NULL, &count) && count, "wide");
    CHECK("NS-23", !GetDiskFreeSpaceA("none-of-this\\name", &sectors, &bytes, &clusters, &count),
          "not there");
}

int main(void)
{
    RUN(patterns);
    RUN(details);
    RUN(full_names);
    RUN(current);
    RUN(temporary);
    RUN(space);
    return check_report();
}
