/* SPDX-License-Identifier: MIT
 *
 * Files and directories by name: made, removed, moved, copied (rules NS-1 to 12).
 */
#include "directories.h"

#define FAILS(call, code) (!(call) && GetLastError() == (code))

static void directories(void)
{
    dir_make("directories");
    dir_touch("file");
    CHECK("NS-1", CreateDirectoryA(dir_name("sub"), NULL), "made");
    CHECK("NS-1", FAILS(CreateDirectoryA(dir_name("sub"), NULL), ERROR_ALREADY_EXISTS), "183");
    CHECK("NS-1", FAILS(CreateDirectoryA(dir_name("file"), NULL), ERROR_ALREADY_EXISTS),
          "there is a file: 183");
    CHECK("NS-1", FAILS(CreateDirectoryA(dir_name("none\\sub"), NULL), ERROR_PATH_NOT_FOUND),
          "nothing to make it in: 3");
    CHECK("NS-5", GetFileAttributesA(dir_name("sub")) & FILE_ATTRIBUTE_DIRECTORY, "a directory");
    dir_touch("sub\\file");
    CHECK("NS-2", FAILS(RemoveDirectoryA(dir_name("sub")), ERROR_DIR_NOT_EMPTY), "145");
    CHECK("NS-2", FAILS(RemoveDirectoryA(dir_name("file")), ERROR_DIRECTORY), "a file: 267");
    CHECK("NS-2", FAILS(RemoveDirectoryA(dir_name("none")), ERROR_FILE_NOT_FOUND), "2");
    CHECK("NS-2", FAILS(RemoveDirectoryA(dir_name("none\\none")), ERROR_PATH_NOT_FOUND), "3");
    dir_delete("sub\\file");
    CHECK("NS-2", RemoveDirectoryA(dir_name("sub")), "an empty one");
    CHECK("NS-5",
          GetFileAttributesA(dir_name("sub")) == INVALID_FILE_ATTRIBUTES &&
              GetLastError() == ERROR_FILE_NOT_FOUND,
          "is gone: 2");
    dir_remove();
}

static void deleting(void)
{
    dir_make("deleting");
    dir_touch("file");
    dir_sub("sub");
    CHECK("NS-3", DeleteFileA(dir_name("file")), "deleted");
    CHECK("NS-3", FAILS(DeleteFileA(dir_name("file")), ERROR_FILE_NOT_FOUND), "2");
    CHECK("NS-3", FAILS(DeleteFileA(dir_name("none\\file")), ERROR_PATH_NOT_FOUND), "3");
    CHECK("NS-3", FAILS(DeleteFileA(dir_name("sub")), ERROR_ACCESS_DENIED), "a directory: 5");
    dir_touch("open");
    HANDLE file = disk_open(dir_name("open"), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                            OPEN_EXISTING, 0);
    CHECK("NS-4", FAILS(DeleteFileA(dir_name("open")), ERROR_SHARING_VIOLATION), "open: 32");
    CloseHandle(file);
    file = disk_open(dir_name("open"), GENERIC_READ | GENERIC_WRITE, SHARE_ALL, OPEN_EXISTING, 0);
    CHECK("NS-4", DeleteFileA(dir_name("open")), "open, and shared");
    HANDLE again = disk_open(dir_name("open"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    CHECK_WINE_DEPARTS("NS-4",
                       again == INVALID_HANDLE_VALUE && (GetLastError() == ERROR_ACCESS_DENIED ||
                                                         GetLastError() == ERROR_FILE_NOT_FOUND),
                       "Wine opens it", "cannot be opened: %u", (unsigned)GetLastError());
    if (again != INVALID_HANDLE_VALUE)
        CloseHandle(again);
    DWORD bytes = 0;
    CHECK("NS-4", WriteFile(file, "text", 4, &bytes, NULL) && bytes == 4, "the handle lives");
    CloseHandle(file);
    CHECK("NS-4", GetFileAttributesA(dir_name("open")) == INVALID_FILE_ATTRIBUTES,
          "gone with its last handle");
    dir_remove();
}

static void attributes(void)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    BY_HANDLE_FILE_INFORMATION open;
    dir_make("attributes");
    dir_write("file", "12345");
    CHECK("NS-5", GetFileAttributesExA(dir_name("file"), GetFileExInfoStandard, &data), "asked");
    CHECK("NS-5", data.nFileSizeLow == 5 && data.nFileSizeHigh == 0, "%u bytes",
          (unsigned)data.nFileSizeLow);
    HANDLE file = disk_open(dir_name("file"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    REQUIRE(GetFileInformationByHandle(file, &open));
    CHECK("NS-5",
          !memcmp(&data.ftLastWriteTime, &open.ftLastWriteTime, sizeof(FILETIME)) &&
              data.dwFileAttributes == open.dwFileAttributes,
          "as the handle tells");
    CloseHandle(file);
    CHECK_WINE_DEPARTS(
        "NS-5",
        FAILS(GetFileAttributesExA(dir_name("file"), (GET_FILEEX_INFO_LEVELS)1, &data),
              ERROR_INVALID_PARAMETER),
        "Wine says otherwise", "another level: 87");
    CHECK("NS-5",
          FAILS(GetFileAttributesExA(dir_name("a\\b"), GetFileExInfoStandard, &data),
                ERROR_PATH_NOT_FOUND),
          "3");
    CHECK("NS-6", SetFileAttributesA(dir_name("file"), FILE_ATTRIBUTE_READONLY), "read-only");
    CHECK("NS-6", GetFileAttributesA(dir_name("file")) & FILE_ATTRIBUTE_READONLY, "is so");
    CHECK("NS-6", FAILS(DeleteFileA(dir_name("file")), ERROR_ACCESS_DENIED), "not deleted: 5");
    CHECK("NS-6", SetFileAttributesA(dir_name("file"), FILE_ATTRIBUTE_NORMAL), "and no longer");
    CHECK("NS-6", !(GetFileAttributesA(dir_name("file")) & FILE_ATTRIBUTE_READONLY), "is not");
    CHECK("NS-6", DeleteFileA(dir_name("file")), "deleted");
    CHECK("NS-6", FAILS(SetFileAttributesA(dir_name("file"), 0x80), ERROR_FILE_NOT_FOUND), "2");
    dir_remove();
}

/* Every character that a name may hold, and those that it may not. */
static void characters(void)
{
    char name[16];
    int wrong = 0, made = 0;
    dir_make("characters");
    for (int c = 1; c < 128; c++) {
        if (c == '/' || c == '\\' || c == ':')
            continue; /* mean something else */
        int refused = c < ' ' || strchr("<>\"|?*", c) != NULL;
        snprintf(name, sizeof name, "a%cb", c);
        HANDLE file = disk_open(dir_name(name), GENERIC_WRITE, SHARE_ALL, CREATE_NEW, 0);
        DWORD error = GetLastError();
        wrong += refused ? file != INVALID_HANDLE_VALUE || error != ERROR_INVALID_NAME
                         : file == INVALID_HANDLE_VALUE;
        if (file != INVALID_HANDLE_VALUE) {
            CloseHandle(file);
            made += DeleteFileA(dir_name(name)) != 0;
        }
        if (refused)
            wrong += !FAILS(DeleteFileA(dir_name(name)), ERROR_INVALID_NAME) ||
                     !FAILS(CreateDirectoryA(dir_name(name), NULL), ERROR_INVALID_NAME);
    }
    CHECK("NS-7", wrong == 0, "%d characters are taken otherwise", wrong);
    CHECK("NS-7", made == 127 - 31 - 3 - 6, "%d names were deleted", made);
    CHECK("NS-7",
          FAILS(MoveFileA(dir_name("a"), dir_name("b?")), ERROR_INVALID_NAME) ||
              GetLastError() == ERROR_FILE_NOT_FOUND,
          "moving: %u", (unsigned)GetLastError());
    dir_remove();
}

static void long_names(void)
{
    static char name[5000];
    dir_make("long");
    size_t used = strlen(dir_path);
    memcpy(name, dir_path, used);
    memset(name + used, 'x', sizeof name - used);
    name[used] = '\\';
    name[used + 256] = 0;
    CHECK_WINE_DEPARTS("NS-3", !DeleteFileA(name) && GetLastError() != ERROR_SUCCESS,
                       "Wine has other limits", "a part of 255: %u", (unsigned)GetLastError());
    name[used + 257] = 0;
    name[used + 256] = 'x';
    CHECK("NS-7", !CreateDirectoryA(name, NULL), "a part of 256: %u", (unsigned)GetLastError());
    name[used + 257] = 'x';
    for (size_t at = used; at < 4200; at += 200)
        name[at] = '\\';
    name[4095] = 0;
    CHECK("NS-3", !DeleteFileA(name), "4,095 characters: %u", (unsigned)GetLastError());
    name[4095] = 'x';
    name[4096] = 0;
    CHECK("NS-3",
          FAILS(DeleteFileA(name), ERROR_FILENAME_EXCED_RANGE) ||
              GetLastError() == ERROR_PATH_NOT_FOUND,
          "4,096 characters: %u", (unsigned)GetLastError());
    dir_remove();
}

static void moving(void)
{
    dir_make("moving");
    dir_write("a", "a's");
    dir_write("b", "b's");
    dir_sub("sub");
    dir_touch("sub\\inner");
    CHECK("NS-8", FAILS(MoveFileA(dir_name("none"), dir_name("x")), ERROR_FILE_NOT_FOUND), "2");
    CHECK("NS-8", FAILS(MoveFileA(dir_name("none\\a"), dir_name("x")), ERROR_PATH_NOT_FOUND), "3");
    CHECK("NS-8", FAILS(MoveFileA(dir_name("a"), dir_name("b")), ERROR_ALREADY_EXISTS), "183");
    CHECK("NS-8", FAILS(MoveFileA(dir_name("a"), dir_name("none\\a")), ERROR_PATH_NOT_FOUND),
          "nowhere to move to: 3");
    CHECK("NS-8", MoveFileA(dir_name("a"), dir_name("a")), "onto itself");
    CHECK("NS-8", MoveFileA(dir_name("sub"), dir_name("moved")), "a directory");
    CHECK("NS-8", GetFileAttributesA(dir_name("moved\\inner")) != INVALID_FILE_ATTRIBUTES,
          "with what is in it");
    CHECK("NS-9", MoveFileExA(dir_name("a"), dir_name("b"), MOVEFILE_REPLACE_EXISTING), "replaced");
    CHECK("NS-9", GetFileAttributesA(dir_name("a")) == INVALID_FILE_ATTRIBUTES, "it is one file");
    CHECK("NS-9",
          FAILS(MoveFileExA(dir_name("b"), dir_name("moved"), MOVEFILE_REPLACE_EXISTING),
                ERROR_ACCESS_DENIED),
          "not a directory: 5");
    dir_touch("fixed");
    SetFileAttributesA(dir_name("fixed"), FILE_ATTRIBUTE_READONLY);
    CHECK_WINE_DEPARTS(
        "NS-9",
        FAILS(MoveFileExA(dir_name("b"), dir_name("fixed"), MOVEFILE_REPLACE_EXISTING),
              ERROR_ACCESS_DENIED),
        "Wine replaces it", "not what is read-only: 5");
    dir_touch("b");
    HANDLE file = disk_open(dir_name("b"), GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING, 0);
    CHECK("NS-9", FAILS(MoveFileA(dir_name("b"), dir_name("c")), ERROR_SHARING_VIOLATION),
          "open: 32");
    CloseHandle(file);
    CHECK("NS-8", MoveFileExA(dir_name("b"), dir_name("c"), MOVEFILE_WRITE_THROUGH),
          "written through");
    CHECK_WINE_DEPARTS("NS-10", !MoveFileExA(dir_name("c"), NULL, MOVEFILE_DELAY_UNTIL_REBOOT),
                       "Wine files it for later", "not later");
    CHECK("NS-8", GetFileAttributesA(dir_name("c")) != INVALID_FILE_ATTRIBUTES, "still there");
    dir_remove();
}

static int same_contents(const char *one, const char *other)
{
    char a[64] = {0}, b[64] = {0};
    DWORD bytes, more;
    HANDLE first = disk_open(dir_name(one), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    HANDLE second = disk_open(dir_name(other), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, 0);
    int same = ReadFile(first, a, sizeof a, &bytes, NULL) &&
               ReadFile(second, b, sizeof b, &more, NULL) && bytes == more && !memcmp(a, b, bytes);
    CloseHandle(first);
    CloseHandle(second);
    return same;
}

static void copying(void)
{
    WIN32_FILE_ATTRIBUTE_DATA source, target;
    FILETIME old = {0, 0x01D00000};
    dir_make("copying");
    dir_write("a", "what is in a");
    dir_write("b", "something longer than that is in b");
    dir_sub("sub");
    HANDLE file = disk_open(dir_name("a"), FILE_WRITE_ATTRIBUTES, SHARE_ALL, OPEN_EXISTING, 0);
    REQUIRE(SetFileTime(file, NULL, NULL, &old));
    CloseHandle(file);
    CHECK("NS-11", FAILS(CopyFileA(dir_name("a"), dir_name("b"), TRUE), ERROR_FILE_EXISTS), "80");
    CHECK("NS-11", FAILS(CopyFileA(dir_name("none"), dir_name("c"), TRUE), ERROR_FILE_NOT_FOUND),
          "2");
    CHECK("NS-11", FAILS(CopyFileA(dir_name("a"), dir_name("no\\c"), TRUE), ERROR_PATH_NOT_FOUND),
          "3");
    CHECK("NS-11", FAILS(CopyFileA(dir_name("sub"), dir_name("c"), TRUE), ERROR_ACCESS_DENIED),
          "a directory: 5");
    CHECK("NS-11", CopyFileA(dir_name("a"), dir_name("c"), TRUE), "copied");
    CHECK("NS-11", same_contents("a", "c"), "all of it");
    CHECK("NS-11", CopyFileA(dir_name("a"), dir_name("b"), FALSE), "replaced");
    CHECK("NS-11", same_contents("a", "b"), "and no more");
    REQUIRE(GetFileAttributesExA(dir_name("a"), GetFileExInfoStandard, &source));
    REQUIRE(GetFileAttributesExA(dir_name("c"), GetFileExInfoStandard, &target));
    CHECK_WINE_DEPARTS("NS-11",
                       !memcmp(&source.ftLastWriteTime, &target.ftLastWriteTime, sizeof(FILETIME)),
                       "Wine gives it a new time", "written when the first was");
    SetFileAttributesA(dir_name("b"), FILE_ATTRIBUTE_READONLY);
    CHECK_WINE_DEPARTS("NS-11",
                       FAILS(CopyFileA(dir_name("a"), dir_name("b"), FALSE), ERROR_ACCESS_DENIED),
                       "Wine replaces it", "onto what is read-only: 5");
    SetFileAttributesA(dir_name("b"), FILE_ATTRIBUTE_READONLY);
    CHECK("NS-11", CopyFileA(dir_name("b"), dir_name("d"), FALSE), "read-only itself");
    CHECK("NS-11", GetFileAttributesA(dir_name("d")) & FILE_ATTRIBUTE_READONLY, "as the copy is");
    file = disk_open(dir_name("a"), GENERIC_READ, 0, OPEN_EXISTING, 0);
    CHECK("NS-12", FAILS(CopyFileA(dir_name("a"), dir_name("e"), TRUE), ERROR_SHARING_VIOLATION),
          "open for somebody alone: 32");
    CHECK("NS-12", FAILS(CopyFileA(dir_name("c"), dir_name("a"), FALSE), ERROR_SHARING_VIOLATION),
          "and onto it");
    CHECK("NS-12", GetFileAttributesA(dir_name("e")) == INVALID_FILE_ATTRIBUTES, "nothing is made");
    CloseHandle(file);
    CHECK("NS-12", FAILS(CopyFileA(dir_name("a"), dir_name("a"), FALSE), ERROR_SHARING_VIOLATION),
          "onto itself: 32");
    CHECK("NS-12", same_contents("a", "c"), "which leaves it as it is");
    dir_remove();
}

static void wide(void)
{
    WCHAR one[200], other[200];
    size_t used = 0;
    dir_make("wide");
    for (const char *at = dir_name(""); *at; at++, used++)
        one[used] = other[used] = (WCHAR)*at;
    one[used] = 0x4e2d;
    one[used + 1] = 0xd83d;
    one[used + 2] = 0xde00;
    one[used + 3] = 0;
    other[used] = 0xdf;
    other[used + 1] = 0;
    CHECK("NS-1", CreateDirectoryW(one, NULL), "a directory");
    CHECK("NS-5", GetFileAttributesW(one) & FILE_ATTRIBUTE_DIRECTORY, "is one");
    CHECK("NS-8", MoveFileW(one, other), "moved");
    CHECK("NS-8", FAILS(MoveFileExW(one, other, 0), ERROR_FILE_NOT_FOUND), "once");
    CHECK("NS-2", RemoveDirectoryW(other), "removed");
    HANDLE file = CreateFileW(one, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    CloseHandle(file);
    CHECK("NS-11", CopyFileW(one, other, TRUE), "copied");
    CHECK("NS-6", SetFileAttributesW(other, FILE_ATTRIBUTE_NORMAL), "attributes");
    WIN32_FILE_ATTRIBUTE_DATA data;
    CHECK("NS-5", GetFileAttributesExW(other, GetFileExInfoStandard, &data), "more of them");
    CHECK("NS-3", DeleteFileW(one) && DeleteFileW(other), "deleted");
    CHECK("NS-3", FAILS(DeleteFileW(one), ERROR_FILE_NOT_FOUND), "both");
    dir_remove();
}

int main(void)
{
    RUN(directories);
    RUN(deleting);
    RUN(attributes);
    RUN(characters);
    RUN(long_names);
    RUN(moving);
    RUN(copying);
    RUN(wide);
    return check_report();
}
