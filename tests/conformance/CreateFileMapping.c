/* SPDX-License-Identifier: MIT
 *
 * Files and memory that are mapped (rules MAP-1 to 9).
 */
#include "directories.h"

#define GRAIN 0x10000

#define FAILS(call, code) (!(call) && GetLastError() == (code))
#define MAPPING(file, protection, size) CreateFileMappingA(file, NULL, protection, 0, size, NULL)

static HANDLE file_of(const char *name, DWORD access)
{
    HANDLE file = disk_open(dir_name(name), access, SHARE_ALL, OPEN_ALWAYS, 0);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    return file;
}

static DWORD size_of(HANDLE file)
{
    return GetFileSize(file, NULL);
}

static void of_a_file(void)
{
    dir_make("mapping");
    HANDLE file = file_of("file", GENERIC_READ | GENERIC_WRITE);
    CHECK("MAP-1", FAILS(MAPPING(file, PAGE_READWRITE, 0), ERROR_FILE_INVALID),
          "an empty file: 1006");
    CHECK("MAP-1", FAILS(MAPPING(file, PAGE_READONLY, 100), ERROR_NOT_ENOUGH_MEMORY),
          "longer, but only to be read: 8");
    SetLastError(1);
    HANDLE mapping = MAPPING(file, PAGE_READWRITE, 5000);
    CHECK("MAP-1", mapping && size_of(file) == 5000, "the file is made as long: %u",
          (unsigned)size_of(file));
    CHECK("MAP-4", mapping && GetLastError() == 0, "new");
    char *view = (char *)MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    REQUIRE(view != NULL);
    CHECK("MAP-6", (ULONG_PTR)view % GRAIN == 0, "at %p", (void *)view);
    CHECK("MAP-1", view[0] == 0 && view[4999] == 0, "zeros");
    memcpy(view + 4000, "seen", 4);
    char data[5] = {0};
    DWORD bytes;
    SetFilePointer(file, 4000, NULL, FILE_BEGIN);
    CHECK("MAP-7", ReadFile(file, data, 4, &bytes, NULL) && !strcmp(data, "seen"), "read: %s",
          data);
    CHECK("MAP-7", WriteFile(file, "too", 3, &bytes, NULL) && !memcmp(view + 4004, "too", 3),
          "written: %.3s", view + 4004);
    char *second = (char *)MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 4096);
    CHECK("MAP-7", second && second != view && !memcmp(second + 4000, "seen", 4), "another view");
    char *copy = (char *)MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
    REQUIRE(copy != NULL);
    CHECK("MAP-5", !memcmp(copy + 4000, "seen", 4), "a view to be changed");
    memcpy(copy + 4000, "mine", 4);
    CHECK("MAP-5", !memcmp(view + 4000, "seen", 4), "for oneself");
    CHECK("MAP-9", FlushViewOfFile(view, 0), "flushed");
    CHECK("MAP-9", FlushViewOfFile(view + 4000, 4), "a part");
    CHECK("MAP-9", UnmapViewOfFile(copy), "unmapped");
    CHECK("MAP-9", FAILS(UnmapViewOfFile(copy), ERROR_INVALID_ADDRESS), "once: 487");
    CHECK_WINE_DEPARTS("MAP-9", FAILS(FlushViewOfFile(data, 1), ERROR_INVALID_ADDRESS),
                       "Wine says yes", "no view: 487");
    REQUIRE(UnmapViewOfFile(second));
    CloseHandle(mapping);
    CloseHandle(file);
    memcpy(view, "last", 4);
    CHECK("MAP-7", !memcmp(view + 4000, "seen", 4), "the view outlives the handles");
    REQUIRE(UnmapViewOfFile(view));
    file = file_of("file", GENERIC_READ);
    CHECK("MAP-7", ReadFile(file, data, 4, &bytes, NULL) && !strcmp(data, "last"),
          "and what it wrote is there: %s", data);
    CloseHandle(file);
    dir_remove();
}

static void rights(void)
{
    dir_make("rights");
    dir_write("file", "some text");
    HANDLE reading = file_of("file", GENERIC_READ);
    CHECK("MAP-2", FAILS(MAPPING(reading, PAGE_READWRITE, 0), ERROR_ACCESS_DENIED),
          "to write, of a file to read: 5");
    CHECK("MAP-2", FAILS(MAPPING(reading, 0, 0), ERROR_INVALID_PARAMETER), "no protection: 87");
    CHECK("MAP-2",
          FAILS(MAPPING(reading, PAGE_READONLY | PAGE_READWRITE, 0), ERROR_INVALID_PARAMETER),
          "two: 87");
    HANDLE writing = file_of("file", GENERIC_WRITE);
    CHECK("MAP-2", FAILS(MAPPING(writing, PAGE_READONLY, 0), ERROR_ACCESS_DENIED),
          "of a file to write: 5");
    CloseHandle(writing);
    HANDLE mapping = MAPPING(reading, PAGE_READONLY, 0);
    REQUIRE(mapping != NULL);
    CHECK("MAP-5", FAILS(MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0), ERROR_ACCESS_DENIED),
          "to write: 5");
    CHECK("MAP-5",
          FAILS(MapViewOfFile(mapping, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0),
                ERROR_ACCESS_DENIED),
          "to execute: 5");
    char *copy = (char *)MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
    CHECK("MAP-5", copy && (copy[0] = 'S') && !memcmp(copy, "Some text", 9), "a copy");
    UnmapViewOfFile(copy);
    CHECK("MAP-6", FAILS(MapViewOfFile(mapping, FILE_MAP_READ, 0, 4096, 0), ERROR_MAPPED_ALIGNMENT),
          "a page is no multiple: 1132");
    CHECK_WINE_DEPARTS(
        "MAP-6", FAILS(MapViewOfFile(mapping, FILE_MAP_READ, 0, GRAIN, 0), ERROR_ACCESS_DENIED),
        "Wine says otherwise", "behind the end: 5");
    CHECK("MAP-6", FAILS(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, GRAIN), ERROR_ACCESS_DENIED),
          "longer than it is: 5");
    CloseHandle(mapping);
    CHECK("MAP-2", FAILS(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0), ERROR_INVALID_HANDLE),
          "closed: 6");
    CloseHandle(reading);
    CHECK("MAP-2", FAILS(MAPPING(reading, PAGE_READONLY, 0), ERROR_INVALID_HANDLE), "closed: 6");
    dir_remove();
}

static void of_memory(void)
{
    CHECK("MAP-3", FAILS(MAPPING(INVALID_HANDLE_VALUE, PAGE_READWRITE, 0), ERROR_INVALID_PARAMETER),
          "no size: 87");
    HANDLE mapping = MAPPING(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_COMMIT, 3 * GRAIN);
    REQUIRE(mapping != NULL);
    char *whole = (char *)MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char *part = (char *)MapViewOfFile(mapping, FILE_MAP_READ | FILE_MAP_WRITE, 0, GRAIN, GRAIN);
    REQUIRE(whole && part);
    CHECK("MAP-3", whole[0] == 0 && whole[3 * GRAIN - 1] == 0, "zeros");
    memcpy(part, "in the middle", sizeof "in the middle");
    CHECK("MAP-7", !strcmp(whole + GRAIN, "in the middle"), "the same memory");
    CHECK_WINE_DEPARTS(
        "MAP-6",
        FAILS(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, whole), ERROR_INVALID_ADDRESS),
        "Wine says otherwise", "there is something: 487");
    CHECK("MAP-6",
          FAILS(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, whole + 4096),
                ERROR_MAPPED_ALIGNMENT) ||
              GetLastError() == ERROR_INVALID_ADDRESS,
          "no multiple of 64 KiB: %u", (unsigned)GetLastError());
    UnmapViewOfFile(part);
    char *again = (char *)MapViewOfFileEx(mapping, FILE_MAP_READ, 0, GRAIN, GRAIN, part);
    CHECK("MAP-6", again == part && !strcmp(again, "in the middle"), "where it was");
    UnmapViewOfFile(part);
    UnmapViewOfFile(whole);
    CloseHandle(mapping);
}

static void names(void)
{
    static const WCHAR wide[] = {'i', 'o', 'c', 'p', '-', 'm', 'a', 'p', 0};
    HANDLE one = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 100, "iocp-map");
    REQUIRE(one != NULL);
    HANDLE two = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 200, wide);
    CHECK("MAP-4", two && GetLastError() == ERROR_ALREADY_EXISTS, "there already: 183");
    HANDLE three = OpenFileMappingW(FILE_MAP_READ, FALSE, wide);
    REQUIRE(two && three);
    char *first = (char *)MapViewOfFile(one, FILE_MAP_WRITE, 0, 0, 0);
    char *second = (char *)MapViewOfFile(two, FILE_MAP_WRITE, 0, 0, 0);
    char *third = (char *)MapViewOfFile(three, FILE_MAP_READ, 0, 0, 0);
    REQUIRE(first && second && third);
    memcpy(first, "one", sizeof "one");
    CHECK("MAP-4", !strcmp(second, "one") && !strcmp(third, "one"), "all the same");
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, "iocp-map");
    CHECK("MAP-4", !event && GetLastError() == ERROR_INVALID_HANDLE, "not an event's: 6");
    CloseHandle(one);
    CloseHandle(two);
    CloseHandle(three);
    CHECK("MAP-4",
          FAILS(OpenFileMappingA(FILE_MAP_READ, FALSE, "iocp-map"), ERROR_FILE_NOT_FOUND) ||
              check_on_wine(),
          "gone with its last handle: 2");
    UnmapViewOfFile(first);
    UnmapViewOfFile(second);
    UnmapViewOfFile(third);
}

static void stays_as_it_is(void)
{
    dir_make("stays");
    dir_write("file", "0123456789");
    HANDLE file = file_of("file", GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = MAPPING(file, PAGE_READWRITE, 0);
    REQUIRE(mapping != NULL);
    char *view = (char *)MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    REQUIRE(view != NULL);
    SetFilePointer(file, 5, NULL, FILE_BEGIN);
    CHECK("MAP-8", FAILS(SetEndOfFile(file), ERROR_USER_MAPPED_FILE), "not shorter: 1224");
    SetFilePointer(file, 20, NULL, FILE_BEGIN);
    CHECK("MAP-8", SetEndOfFile(file), "longer");
    CHECK_WINE_DEPARTS("MAP-8",
                       disk_open(dir_name("file"), GENERIC_WRITE, SHARE_ALL, CREATE_ALWAYS, 0) ==
                               INVALID_HANDLE_VALUE &&
                           GetLastError() == ERROR_USER_MAPPED_FILE,
                       "Wine empties it", "not emptied: 1224");
    CHECK_WINE_DEPARTS("MAP-8", FAILS(DeleteFileA(dir_name("file")), ERROR_ACCESS_DENIED),
                       "Wine deletes it", "not deleted: 5");
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    SetFilePointer(file, 5, NULL, FILE_BEGIN);
    CHECK("MAP-8", SetEndOfFile(file), "shorter when it is not mapped");
    CloseHandle(file);
    dir_remove();
}

int main(void)
{
    RUN(of_a_file);
    RUN(rights);
    RUN(of_memory);
    RUN(names);
    RUN(stays_as_it_is);
    return check_report();
}
