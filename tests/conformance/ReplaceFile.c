/* SPDX-License-Identifier: MIT
 *
 * A file put in another's place (rules NS-19 to 21).
 */
#include "directories.h"

#define FAILS(call, code) (!(call) && GetLastError() == (code))

/* What the file holds; "-": it is not there. */
static const char *text_of(const char *name)
{
    static char texts[8][64];
    static int next;
    char *text = texts[next++ % 8];
    DWORD bytes = 0;
    HANDLE file = disk_open(dir_name(name), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    if (file == INVALID_HANDLE_VALUE)
        return "-";
    REQUIRE(ReadFile(file, text, 63, &bytes, NULL) || GetLastError() == ERROR_HANDLE_EOF);
    text[bytes] = 0;
    CloseHandle(file);
    return text;
}

static void fresh(const char *name, const char *text)
{
    SetFileAttributesA(dir_name(name), FILE_ATTRIBUTE_NORMAL);
    DeleteFileA(dir_name(name));
    dir_write(name, text);
}

static BOOL replace(const char *replaced, const char *replacement, const char *backup)
{
    return ReplaceFileA(dir_name(replaced), dir_name(replacement), backup ? dir_name(backup) : NULL,
                        0, NULL, NULL);
}

static int holds(const char *a, const char *b)
{
    return !strcmp(text_of("a"), a) && !strcmp(text_of("b"), b);
}

static void replacing(void)
{
    dir_make("replacing");
    fresh("a", "old");
    fresh("b", "new");
    CHECK("NS-19", replace("a", "b", "c"), "with a backup name");
    CHECK("NS-19", holds("new", "-") && !strcmp(text_of("c"), "old"), "a %s, b %s, c %s",
          text_of("a"), text_of("b"), text_of("c"));
    fresh("b", "newer");
    CHECK("NS-19",
          ReplaceFileA(dir_name("a"), dir_name("b"), dir_name("c"),
                       REPLACEFILE_WRITE_THROUGH | REPLACEFILE_IGNORE_MERGE_ERRORS, NULL, NULL) &&
              holds("newer", "-") && !strcmp(text_of("c"), "new"),
          "which another file has: c %s", text_of("c"));
    fresh("b", "newest");
    CHECK("NS-19", replace("a", "b", NULL) && holds("newest", "-"), "without one: a %s, b %s",
          text_of("a"), text_of("b"));
    WCHAR wide[3][260];
    static const char *const names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        REQUIRE(MultiByteToWideChar(CP_ACP, 0, dir_name(names[i]), -1, wide[i], 260) > 0);
    fresh("b", "wide");
    CHECK("NS-19",
          ReplaceFileW(wide[0], wide[1], wide[2], REPLACEFILE_IGNORE_ACL_ERRORS, NULL, NULL) &&
              holds("wide", "-"),
          "wide names");
    dir_remove();
}

static void open_files(void)
{
    char text[8] = "";
    DWORD bytes;
    dir_make("open");
    fresh("a", "old");
    fresh("b", "new");
    HANDLE file = disk_open(dir_name("a"), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                            OPEN_EXISTING, 0);
    CHECK("NS-20", FAILS(replace("a", "b", NULL), ERROR_SHARING_VIOLATION),
          "the replaced file is open: 32");
    CloseHandle(file);
    file = disk_open(dir_name("a"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    CHECK("NS-19", replace("a", "b", NULL) && holds("new", "-"), "open, and shared");
    CHECK("NS-19", ReadFile(file, text, 7, &bytes, NULL) && !strcmp(text, "old"),
          "the handle reads %s", text);
    CloseHandle(file);
    fresh("a", "old");
    fresh("b", "new");
    file = disk_open(dir_name("b"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    CHECK("NS-20", FAILS(replace("a", "b", "c"), ERROR_SHARING_VIOLATION),
          "the replacement is open: 32");
    CloseHandle(file);
    CHECK("NS-20", holds("old", "new"), "and all is as it was");
    fresh("c", "kept");
    file = disk_open(dir_name("c"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    CHECK("NS-20", FAILS(replace("a", "b", "c"), ERROR_ACCESS_DENIED), "the backup is open: 5");
    CloseHandle(file);
    CHECK("NS-20", holds("old", "new") && !strcmp(text_of("c"), "kept"), "and all is as it was");
    dir_remove();
}

static void refused(void)
{
    dir_make("refused");
    fresh("a", "old");
    fresh("b", "new");
    CHECK("NS-20", FAILS(replace("none", "b", NULL), ERROR_FILE_NOT_FOUND), "no file: 2");
    CHECK("NS-20", FAILS(replace("none\\a", "b", NULL), ERROR_PATH_NOT_FOUND), "no directory: 3");
    CHECK("NS-20", FAILS(replace("a", "none", NULL), ERROR_FILE_NOT_FOUND), "no replacement: 2");
    CHECK(
        "NS-20",
        FAILS(ReplaceFileA(NULL, dir_name("b"), NULL, 0, NULL, NULL), ERROR_INVALID_PARAMETER) &&
            FAILS(ReplaceFileA(dir_name("a"), NULL, NULL, 0, NULL, NULL), ERROR_INVALID_PARAMETER),
        "no name: 87");
    REQUIRE(SetFileAttributesA(dir_name("a"), FILE_ATTRIBUTE_READONLY));
    CHECK("NS-20", FAILS(replace("a", "b", "c"), ERROR_ACCESS_DENIED), "read-only: 5");
    CHECK("NS-20", holds("old", "new") && !strcmp(text_of("c"), "-"), "and all is as it was");
    fresh("a", "old");
    CHECK_WINE_DEPARTS("NS-21",
                       FAILS(replace("a", "b", "none\\c"), ERROR_UNABLE_TO_REMOVE_REPLACED),
                       "Wine says otherwise", "no place for the backup: 1175");
    CHECK("NS-21", holds("old", "new"), "and all is as it was");
    dir_remove();
}

/* What Wine does nevertheless. */
static void refused_here(void)
{
    char something = 0;
    dir_make("here");
    fresh("a", "old");
    fresh("b", "new");
    dir_sub("sub");
    CHECK_WINE_DEPARTS("NS-20", FAILS(replace("sub", "b", NULL), ERROR_ACCESS_DENIED),
                       "Wine replaces directories", "a directory: 5");
    fresh("b", "new");
    CHECK_WINE_DEPARTS("NS-20", FAILS(replace("a", "sub", NULL), ERROR_ACCESS_DENIED),
                       "Wine replaces by directories", "by a directory: 5");
    fresh("a", "old");
    dir_sub("another");
    CHECK_WINE_DEPARTS("NS-20", FAILS(replace("a", "b", "another"), ERROR_ACCESS_DENIED),
                       "Wine does it", "to a directory's name: 5");
    fresh("a", "old");
    fresh("b", "new");
    CHECK_WINE_DEPARTS("NS-20", FAILS(replace("a", "a", NULL), ERROR_SHARING_VIOLATION),
                       "Wine loses it", "one file twice: 32");
    fresh("a", "old");
    CHECK_WINE_DEPARTS("NS-20",
                       FAILS(ReplaceFileA(dir_name("a"), dir_name("b"), NULL, 0, &something, NULL),
                             ERROR_INVALID_PARAMETER),
                       "Wine does not look at it", "lpExclude: 87");
    fresh("b", "new");
    CHECK_WINE_DEPARTS("NS-20",
                       FAILS(ReplaceFileA(dir_name("a"), dir_name("b"), NULL, 0, NULL, &something),
                             ERROR_INVALID_PARAMETER),
                       "Wine does not look at it", "lpReserved: 87");
    dir_remove();
}

int main(void)
{
    RUN(replacing);
    RUN(open_files);
    RUN(refused);
    RUN(refused_here);
    return check_report();
}
