/* SPDX-License-Identifier: MIT
 *
 * Opening files: dispositions, sharing, access, deleting on close, directories, names (FILE-17);
 * what is known of an open file and changing it; where it ends.
 */
#include "disk.h"

#ifdef __MINGW32__
#include <winioctl.h>
#endif

#define ANY (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define BOTH (GENERIC_READ | GENERIC_WRITE)

static int exists(const char *name)
{
    HANDLE file = disk_open(name, 0, ANY, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    if (file == INVALID_HANDLE_VALUE)
        return 0;
    CloseHandle(file);
    return 1;
}

static void remove_file(const char *name)
{
    HANDLE file = disk_open(name, DELETE, ANY, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
}

/* The last error, or 0 with *file open. */
static DWORD open_code(HANDLE *file, const char *name, DWORD access, DWORD share, DWORD disposition,
                       DWORD flags)
{
    SetLastError(UNTOUCHED_ERROR);
    *file = disk_open(name, access, share, disposition, flags);
    return *file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
}

static void dispositions(void)
{
    const char *name = disk_name("disposition");
    LARGE_INTEGER size;
    DWORD bytes;
    HANDLE file;

    CHECK("FILE-17", open_code(&file, name, BOTH, 0, OPEN_EXISTING, 0) == ERROR_FILE_NOT_FOUND,
          "OPEN_EXISTING: 2");
    CHECK("FILE-17", open_code(&file, name, BOTH, 0, TRUNCATE_EXISTING, 0) == ERROR_FILE_NOT_FOUND,
          "TRUNCATE_EXISTING: 2");
    CHECK("FILE-17",
          open_code(&file, "no-such-directory/file", BOTH, 0, OPEN_EXISTING, 0) ==
              ERROR_PATH_NOT_FOUND,
          "a directory that is not there: 3");
    CHECK("FILE-17",
          open_code(&file, "no-such-directory/file", BOTH, 0, CREATE_ALWAYS, 0) ==
              ERROR_PATH_NOT_FOUND,
          "to make one in as well");
    CHECK("FILE-17", open_code(&file, name, BOTH, 0, CREATE_NEW, 0) == 0, "CREATE_NEW");
    REQUIRE(WriteFile(file, "12345", 5, &bytes, NULL));
    CloseHandle(file);
    CHECK("FILE-17", open_code(&file, name, BOTH, 0, CREATE_NEW, 0) == ERROR_FILE_EXISTS,
          "CREATE_NEW again: 80");
    CHECK("FILE-17",
          open_code(&file, name, BOTH, 0, OPEN_ALWAYS, 0) == 0 &&
              GetLastError() == ERROR_ALREADY_EXISTS,
          "OPEN_ALWAYS: 183");
    CHECK("FILE-17", GetFileSizeEx(file, &size) && size.QuadPart == 5, "keeps the contents");
    CloseHandle(file);
    CHECK("FILE-17",
          open_code(&file, name, BOTH, 0, CREATE_ALWAYS, 0) == 0 &&
              GetLastError() == ERROR_ALREADY_EXISTS,
          "CREATE_ALWAYS: 183");
    CHECK("FILE-17", GetFileSizeEx(file, &size) && size.QuadPart == 0, "empties it");
    REQUIRE(WriteFile(file, "12345", 5, &bytes, NULL));
    CloseHandle(file);
    CHECK_WINE_DEPARTS("FILE-17",
                       open_code(&file, name, GENERIC_READ, 0, TRUNCATE_EXISTING, 0) ==
                           ERROR_INVALID_PARAMETER,
                       "Wine truncates through any handle", "TRUNCATE_EXISTING to read: 87");
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    CHECK("FILE-17",
          open_code(&file, name, BOTH, 0, TRUNCATE_EXISTING, 0) == 0 &&
              GetFileSize(file, NULL) == 0,
          "TRUNCATE_EXISTING");
    CloseHandle(file);
    CHECK("FILE-17", open_code(&file, name, BOTH, 0, 6, 0) == ERROR_INVALID_PARAMETER,
          "no such: 87");
    remove_file(name);
    CHECK("FILE-17", open_code(&file, name, BOTH, 0, OPEN_ALWAYS, 0) == 0 && GetLastError() == 0,
          "OPEN_ALWAYS makes it: 0");
    CloseHandle(file);
    remove_file(name);
    CHECK("FILE-17", !exists(name), "gone");
}

static void sharing(void)
{
    static const struct {
        DWORD access, share; /* of the first */
        DWORD access2, share2, code;
    } cases[] = {
        {GENERIC_READ, 0, GENERIC_READ, ANY, ERROR_SHARING_VIOLATION},
        {GENERIC_READ, FILE_SHARE_READ, GENERIC_READ, FILE_SHARE_READ, 0},
        {GENERIC_READ, FILE_SHARE_READ, GENERIC_WRITE, ANY, ERROR_SHARING_VIOLATION},
        {GENERIC_WRITE, FILE_SHARE_READ, GENERIC_READ, FILE_SHARE_READ, ERROR_SHARING_VIOLATION},
        {GENERIC_WRITE, FILE_SHARE_READ, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, 0},
        {GENERIC_READ, FILE_SHARE_READ, DELETE, ANY, ERROR_SHARING_VIOLATION},
        {GENERIC_READ, ANY, DELETE, ANY, 0},
        {GENERIC_READ, 0, 0, 0, 0},
        {GENERIC_READ, 0, FILE_READ_ATTRIBUTES, 0, 0},
        {0, 0, GENERIC_READ | GENERIC_WRITE, 0, 0},
    };
    const char *name = disk_name("sharing");
    HANDLE one, two;

    CloseHandle(disk_open(name, BOTH, 0, CREATE_ALWAYS, 0));
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        one = disk_open(name, cases[i].access, cases[i].share, OPEN_EXISTING, 0);
        REQUIRE(one != INVALID_HANDLE_VALUE);
        DWORD code = open_code(&two, name, cases[i].access2, cases[i].share2, OPEN_EXISTING, 0);
        CHECK("FILE-17", code == cases[i].code, "case %u: %u, not %u", i, (unsigned)code,
              (unsigned)cases[i].code);
        if (two != INVALID_HANDLE_VALUE)
            CloseHandle(two);
        CloseHandle(one);
    }
    one = disk_open(name, BOTH, 0, OPEN_EXISTING, 0);
    CHECK("FILE-17", open_code(&two, name, BOTH, ANY, CREATE_ALWAYS, 0) == ERROR_SHARING_VIOLATION,
          "nor emptied");
    CloseHandle(one);
    remove_file(name);
}

static void deleting(void)
{
    const char *name = disk_name("deleting");
    HANDLE one = disk_open(name, BOTH, ANY, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE), two;
    CHECK("FILE-17", exists(name), "there while it is open");
    CloseHandle(one);
    CHECK("FILE-17", !exists(name), "gone when closed");
    one = disk_open(name, BOTH, FILE_SHARE_READ, CREATE_NEW, 0);
    CHECK("FILE-17",
          open_code(&two, name, GENERIC_READ, ANY, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE) ==
              ERROR_SHARING_VIOLATION,
          "only if the others share deleting");
    CloseHandle(one);
    FILE_DISPOSITION_INFO info = {TRUE};
    one = disk_open(name, GENERIC_READ, ANY, OPEN_EXISTING, 0);
    CHECK("FILE-17",
          !SetFileInformationByHandle(one, FileDispositionInfo, &info, sizeof info) &&
              GetLastError() == ERROR_ACCESS_DENIED,
          "marked without DELETE access: 5");
    CloseHandle(one);
    one = disk_open(name, GENERIC_READ | DELETE, ANY, OPEN_EXISTING, 0);
    CHECK("FILE-17", SetFileInformationByHandle(one, FileDispositionInfo, &info, sizeof info),
          "marked: %u", (unsigned)GetLastError());
    CloseHandle(one);
    CHECK("FILE-17", !exists(name), "gone when closed");
}

static void renaming(void)
{
    union {
        FILE_RENAME_INFO info;
        char room[512];
    } u;
    const char *name = disk_name("from"), *other = disk_name("to");
    HANDLE file = disk_open(name, BOTH | DELETE, ANY, CREATE_NEW, 0);
    memset(&u, 0, sizeof u);
    WCHAR *to = u.info.FileName;
    int length = 0;
    for (; other[length]; length++)
        to[length] = (WCHAR)other[length];
    u.info.FileNameLength = (DWORD)(length * 2);
    CHECK("FILE-17", SetFileInformationByHandle(file, FileRenameInfo, &u.info, sizeof u),
          "renamed: %u", (unsigned)GetLastError());
    CHECK("FILE-17", exists(other) && !exists(name), "under its new name");
    CloseHandle(file);
    file = disk_open(name, BOTH | DELETE, ANY, CREATE_NEW, 0);
    CHECK("FILE-17",
          !SetFileInformationByHandle(file, FileRenameInfo, &u.info, sizeof u) &&
              GetLastError() == ERROR_ALREADY_EXISTS,
          "onto another: %u", (unsigned)GetLastError());
    u.info.ReplaceIfExists = TRUE;
    CHECK("FILE-17", SetFileInformationByHandle(file, FileRenameInfo, &u.info, sizeof u),
          "replacing it: %u", (unsigned)GetLastError());
    CloseHandle(file);
    CHECK("FILE-17", !exists(name), "moved");
    remove_file(other);
}

static void directories(void)
{
    HANDLE file, port = port_make(0);
    CHECK("FILE-17",
          open_code(&file, ".", GENERIC_READ, ANY, OPEN_EXISTING, 0) == ERROR_ACCESS_DENIED,
          "a directory: 5");
    CHECK("FILE-17",
          open_code(&file, ".", GENERIC_READ, ANY, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED) == 0,
          "with BACKUP_SEMANTICS");
    BY_HANDLE_FILE_INFORMATION info;
    CHECK("FILE-17",
          GetFileInformationByHandle(file, &info) &&
              (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY),
          "it is one");
    CHECK("PORT-9", CreateIoCompletionPort(file, port, 1, 0) == port, "associates");
    CloseHandle(file);
    CloseHandle(port);
}

static void names(void)
{
    char name[300], longer[5000];
    HANDLE file;
    DWORD bytes;
    const char *plain = disk_name("names");

    file = disk_open(plain, BOTH, ANY, CREATE_NEW, 0);
    REQUIRE(file != INVALID_HANDLE_VALUE && WriteFile(file, "x", 1, &bytes, NULL));
    CloseHandle(file);
    snprintf(name, sizeof name, ".\\%s", plain);
    CHECK("FILE-17", exists(name), "a backslash");
    snprintf(name, sizeof name, "./%s", plain);
    CHECK("FILE-17", exists(name), "a slash");
    remove_file(plain);
    CHECK("FILE-17", open_code(&file, "", BOTH, 0, OPEN_EXISTING, 0) == ERROR_PATH_NOT_FOUND,
          "none: 3");
    CHECK("FILE-17", open_code(&file, "what?.tmp", BOTH, 0, CREATE_NEW, 0) == ERROR_INVALID_NAME,
          "a wildcard: 123");
    CHECK("FILE-17", open_code(&file, "a<b", BOTH, 0, CREATE_NEW, 0) == ERROR_INVALID_NAME, "123");
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    DWORD code = open_code(&file, longer, BOTH, 0, CREATE_NEW, 0);
    CHECK("FILE-17",
          code == ERROR_FILENAME_EXCED_RANGE || code == ERROR_INVALID_NAME ||
              code == ERROR_PATH_NOT_FOUND,
          "5,000 bytes: %u", (unsigned)code);
    for (int i = 0; i < 4094; i += 2) {
        longer[i] = '.';
        longer[i + 1] = '/';
    }
    longer[4094] = 0;
    code = open_code(&file, longer, GENERIC_READ, ANY, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    CHECK("FILE-17",
          code == 0 || code == ERROR_FILENAME_EXCED_RANGE || code == ERROR_PATH_NOT_FOUND ||
              code == ERROR_INVALID_NAME,
          "4,094 bytes: %u", (unsigned)code);
    if (code == 0)
        CloseHandle(file);
    CHECK("FILE-17",
          open_code(&file, "NUL", BOTH, ANY, OPEN_EXISTING, 0) == 0 &&
              WriteFile(file, "x", 1, &bytes, NULL) && bytes == 1,
          "NUL swallows");
    CHECK("FILE-17", GetFileType(file) == FILE_TYPE_CHAR, "a character device");
    CloseHandle(file);
    WCHAR wide[64];
    int length = 0;
    for (const char *from = disk_name("wide"); *from; from++)
        wide[length++] = (WCHAR)*from;
    wide[length++] = 0x00E4;
    wide[length] = 0;
    file = CreateFileW(wide, BOTH, ANY, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    CHECK("FILE-17", file != INVALID_HANDLE_VALUE, "a wide name: %u", (unsigned)GetLastError());
    CloseHandle(file);
}

static void ends(void)
{
    HANDLE file = disk_make("ends", 0);
    LARGE_INTEGER to, at, size;
    DWORD bytes;

    to.QuadPart = 10000;
    CHECK("FILE-17", SetFilePointerEx(file, to, &at, FILE_BEGIN) && at.QuadPart == 10000,
          "to 10000");
    CHECK("FILE-17", GetFileSizeEx(file, &size) && size.QuadPart == 0, "makes it no longer");
    CHECK("FILE-17", SetEndOfFile(file) && GetFileSizeEx(file, &size) && size.QuadPart == 10000,
          "SetEndOfFile does");
    to.QuadPart = -10001;
    CHECK("FILE-17",
          !SetFilePointerEx(file, to, &at, FILE_END) && GetLastError() == ERROR_NEGATIVE_SEEK,
          "before the beginning: 131");
    CHECK("FILE-17", SetFilePointer(file, -5000, NULL, FILE_CURRENT) == 5000, "relative");
    LONG high = 1;
    SetLastError(1);
    CHECK("FILE-17",
          SetFilePointer(file, -1, &high, FILE_BEGIN) == 0xFFFFFFFFu && high == 1 &&
              GetLastError() == 0,
          "all ones is a position");
    CHECK("FILE-17",
          SetFilePointer(file, 0, NULL, 3) == INVALID_SET_FILE_POINTER &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "no such method: 87");
    FILE_END_OF_FILE_INFO end;
    end.EndOfFile.QuadPart = 77;
    CHECK("FILE-17",
          SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end) &&
              GetFileSize(file, NULL) == 77,
          "FileEndOfFileInfo");
    FILE_ALLOCATION_INFO allocation;
    allocation.AllocationSize.QuadPart = 1 << 20;
    CHECK_WINE_DEPARTS(
        "FILE-17",
        SetFileInformationByHandle(file, FileAllocationInfo, &allocation, sizeof allocation) &&
            GetFileSize(file, NULL) == 77,
        "Wine does not know this class", "FileAllocationInfo reserves");
    FILE_STANDARD_INFO standard;
    CHECK("FILE-17",
          GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard) &&
              standard.EndOfFile.QuadPart == 77 && !standard.Directory &&
              standard.NumberOfLinks <= 1,
          "FileStandardInfo");
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    REQUIRE(WriteFile(file, "0123456789", 10, &bytes, NULL));
    FILE_ZERO_DATA_INFORMATION zero;
    char data[10];
    zero.FileOffset.QuadPart = 2;
    zero.BeyondFinalZero.QuadPart = 5;
    if (!check_on_wine()) {
        CHECK("FILE-16", DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &bytes, NULL),
              "sparse");
        CHECK("FILE-16",
              DeviceIoControl(file, FSCTL_SET_ZERO_DATA, &zero, sizeof zero, NULL, 0, &bytes, NULL),
              "zeros");
        SetFilePointer(file, 0, NULL, FILE_BEGIN);
        CHECK("FILE-16",
              ReadFile(file, data, 10, &bytes, NULL) && !memcmp(data,
                                                                "01\0\0\0"
                                                                "56789",
                                                                10),
              "only there");
    }
    CHECK("FILE-16", !DeviceIoControl(file, 0x00091234, NULL, 0, NULL, 0, &bytes, NULL),
          "an unknown code is refused");
    CloseHandle(file);
}

static void controls_queue(void)
{
    HANDLE port = port_make(0);
    HANDLE file = disk_make("control", FILE_FLAG_OVERLAPPED);
    OVERLAPPED ov;
    DWORD bytes;
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    disk_at(&ov, 0);
    BOOL ok = DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &bytes, &ov);
    if (ok || GetLastError() == ERROR_IO_PENDING) {
        struct packet p = port_take(port, DEADLINE_MS);
        CHECK_WINE_DEPARTS("FILE-16", p.ok && p.overlapped == &ov, "Wine queues none",
                           "its packet");
    } else {
        CHECK_WINE_DEPARTS("FILE-16", 0, "Wine has no sparse files", "%u",
                           (unsigned)GetLastError());
    }
    CHECK("PKT-6", port_is_empty(port), "no other");
    CloseHandle(file);
    CloseHandle(port);
}

static void times(void)
{
    HANDLE file = disk_make("times", 0);
    FILETIME created, accessed, written, wanted = {0x12345678u & ~7u, 0x01D00000};
    wanted.dwLowDateTime -= wanted.dwLowDateTime % 10;
    CHECK("FILE-17", SetFileTime(file, NULL, NULL, &wanted), "set: %u", (unsigned)GetLastError());
    CHECK("FILE-17",
          GetFileTime(file, &created, &accessed, &written) &&
              written.dwLowDateTime == wanted.dwLowDateTime &&
              written.dwHighDateTime == wanted.dwHighDateTime,
          "and got");
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    CHECK("FILE-17",
          accessed.dwHighDateTime == now.dwHighDateTime ||
              accessed.dwHighDateTime + 1 == now.dwHighDateTime,
          "the others stay");
    CHECK("FILE-17", GetFileType(file) == FILE_TYPE_DISK, "a file of a disk");
    CHECK("FILE-17",
          GetFileType((HANDLE)(ULONG_PTR)0xDEAD0000) == FILE_TYPE_UNKNOWN &&
              GetLastError() == ERROR_INVALID_HANDLE,
          "no handle");
    CloseHandle(file);
    CHECK("FILE-17", !ReadFile(file, &now, 1, NULL, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "closed: 6");
}

int main(void)
{
    RUN(dispositions);
    RUN(sharing);
    RUN(deleting);
    RUN(renaming);
    RUN(directories);
    RUN(names);
    RUN(ends);
    RUN(controls_queue);
    RUN(times);
    return check_report();
}
