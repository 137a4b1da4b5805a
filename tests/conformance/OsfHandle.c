/* SPDX-License-Identifier: MIT
 *
 * Descriptors of the C library as handles, and the other way round (rules FILE-18, 19).
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>

#ifndef _O_BINARY
#define _O_BINARY 0
#endif

static const char *name;

static int descriptor_of(int flags)
{
    int descriptor = _open(name, flags | _O_BINARY, 0600);
    REQUIRE(descriptor >= 0);
    return descriptor;
}

static LONGLONG place(HANDLE file, LONGLONG distance, DWORD method)
{
    LARGE_INTEGER to = {.QuadPart = distance}, reached = {.QuadPart = -1};
    return SetFilePointerEx(file, to, &reached, method) ? reached.QuadPart : -1;
}

static void as_handles(void)
{
    char data[32] = {0};
    DWORD bytes = 0;
    LARGE_INTEGER size = {.QuadPart = 0};
    name = disk_name("osf");
    int descriptor = descriptor_of(_O_RDWR | _O_CREAT);
    HANDLE file = (HANDLE)_get_osfhandle(descriptor);
    CHECK("FILE-18", file != INVALID_HANDLE_VALUE && file != NULL, "a handle");
    CHECK("FILE-18", WriteFile(file, "0123456789", 10, &bytes, NULL) && bytes == 10, "written");
    CHECK("FILE-18", _lseek(descriptor, 0, SEEK_CUR) == 10, "the descriptor stands behind it");
    CHECK("FILE-18", GetFileSizeEx(file, &size) && size.QuadPart == 10, "%u bytes",
          (unsigned)size.LowPart);
    CHECK("FILE-18", GetFileType(file) == FILE_TYPE_DISK, "a disk's");
    CHECK("FILE-18", place(file, -4, FILE_CURRENT) == 6, "moved");
    CHECK("FILE-18", _read(descriptor, data, 2) == 2 && !memcmp(data, "67", 2), "read there");
    CHECK("FILE-18",
          ReadFile(file, data, sizeof data, &bytes, NULL) && bytes == 2 && !memcmp(data, "89", 2),
          "and on: %u bytes", (unsigned)bytes);
    CHECK("FILE-5", ReadFile(file, data, sizeof data, &bytes, NULL) && bytes == 0, "the end");
    OVERLAPPED at;
    disk_at(&at, 3);
    CHECK("FILE-9", ReadFile(file, data, 3, &bytes, &at) && bytes == 3 && !memcmp(data, "345", 3),
          "at an offset");
    CHECK("FILE-9", place(file, 0, FILE_CURRENT) == 6, "and the position behind it");
    CHECK("FILE-18", (HANDLE)_get_osfhandle(descriptor) == file, "the same each time");
    HANDLE port = port_make(0);
    CHECK("PORT-7",
          !CreateIoCompletionPort(file, port, 1, 0) && GetLastError() == ERROR_INVALID_PARAMETER,
          "no port takes it: 87");
    CloseHandle(port);
    HANDLE copy;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &copy, 0, FALSE,
                            DUPLICATE_SAME_ACCESS));
    CHECK("FILE-18", _close(descriptor) == 0, "closed");
    CHECK("FILE-18",
          !ReadFile(file, data, 1, &bytes, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "and its handle: 6");
    CHECK("FILE-18", ReadFile(copy, data, 1, &bytes, NULL) && data[0] == '6', "a duplicate lives");
    CloseHandle(copy);
}

static void rights(void)
{
    char data[4];
    DWORD bytes;
    int descriptor = descriptor_of(_O_RDONLY);
    HANDLE file = (HANDLE)_get_osfhandle(descriptor);
    CHECK("FILE-18",
          !WriteFile(file, "x", 1, &bytes, NULL) && GetLastError() == ERROR_ACCESS_DENIED,
          "to be read: 5");
    CHECK("FILE-18", ReadFile(file, data, 2, &bytes, NULL) && bytes == 2, "it can");
    CHECK("FILE-18", CloseHandle(file), "closed by its handle");
    CHECK("FILE-18", !CloseHandle(file) && GetLastError() == ERROR_INVALID_HANDLE, "once");
#ifndef __MINGW32__ /* whose C library ends a program that asks */
    CHECK("FILE-18", _get_osfhandle(descriptor) == -1 && errno == EBADF,
          "the descriptor is closed");
    CHECK("FILE-18", _get_osfhandle(-1) == -1 && errno == EBADF, "none");
#endif
    int again = descriptor_of(_O_WRONLY);
    file = (HANDLE)_get_osfhandle(again);
    CHECK("FILE-18",
          !ReadFile(file, data, 1, &bytes, NULL) && GetLastError() == ERROR_ACCESS_DENIED,
          "to be written: 5");
    CHECK("FILE-18", WriteFile(file, "x", 1, &bytes, NULL), "it can");
    _close(again);
}

#ifndef __MINGW32__
/* Closed by a call that the library does not see, and the number used again. */
static void behind(void)
{
    char data[4];
    DWORD bytes;
    int descriptor = descriptor_of(_O_RDONLY);
    HANDLE file = (HANDLE)_get_osfhandle(descriptor);
    REQUIRE(ReadFile(file, data, 1, &bytes, NULL));
    REQUIRE(close(descriptor) == 0);
    CHECK("FILE-18", !ReadFile(file, data, 1, &bytes, NULL), "nothing is there");
    const char *first = name;
    name = disk_name("osf2");
    int other = descriptor_of(_O_RDWR | _O_CREAT);
    REQUIRE(other == descriptor);
    file = (HANDLE)_get_osfhandle(other);
    CHECK("FILE-18", WriteFile(file, "new", 3, &bytes, NULL) && bytes == 3, "another file's now");
    REQUIRE(close(other) == 0);
    SOCKET socket_there = socket(AF_INET, SOCK_STREAM, 0);
    CHECK("FILE-18", socket_there == (SOCKET)other, "a socket takes the number");
    CHECK("FILE-18", !WriteFile((HANDLE)socket_there, "x", 1, &bytes, NULL),
          "and is what it names");
    CHECK("FILE-18", closesocket(socket_there) == 0, "and is closed");
    DeleteFileA(name);
    name = first;
}
#endif

static void as_descriptors(void)
{
    char data[8] = {0};
    DWORD bytes;
    HANDLE file = disk_open(name, GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING, 0);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    REQUIRE(ReadFile(file, data, 2, &bytes, NULL));
    int descriptor = _open_osfhandle((intptr_t)file, _O_BINARY);
    CHECK("FILE-19", descriptor >= 0, "a descriptor");
    CHECK("FILE-19", _read(descriptor, data, 2) == 2 && !memcmp(data, "23", 2), "at its position");
    HANDLE named = (HANDLE)_get_osfhandle(descriptor);
    CHECK("FILE-19", ReadFile(named, data, 2, &bytes, NULL) && !memcmp(data, "45", 2),
          "whose handle reads on");
    CHECK("FILE-19", ReadFile(file, data, 2, &bytes, NULL) && !memcmp(data, "67", 2),
          "as the first does");
    CHECK("FILE-19", _close(descriptor) == 0, "closed");
    CHECK("FILE-19",
          !ReadFile(file, data, 1, &bytes, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "and the handle with it: 6");
    file = disk_open(name, GENERIC_READ, 0, OPEN_EXISTING, 0);
    CHECK("FILE-19", file != INVALID_HANDLE_VALUE, "it can be opened alone again");
    CloseHandle(file);
    CHECK("FILE-19", DeleteFileA(name), "and deleted");
#ifndef __MINGW32__
    HANDLE event = event_make(FALSE, FALSE);
    CHECK("FILE-19", _open_osfhandle((intptr_t)event, 0) == -1, "no file: -1");
    CloseHandle(event);
#endif
}

static HANDLE opened_as_stream(DWORD share, FILE **stream)
{
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, share, NULL, OPEN_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    *stream = NULL;
    if (file != INVALID_HANDLE_VALUE) {
        int descriptor = _open_osfhandle((intptr_t)file, 0);
        *stream = descriptor < 0 ? NULL : _fdopen(descriptor, "w");
    }
    return file;
}

/* A handle that became a stream is closed with it: nobody is in the way afterwards. */
static void closed_as_streams(void)
{
    char other_name[1024];
    FILE *stream, *kept;
    const char *first = name;

    snprintf(other_name, sizeof other_name, "%s", disk_name("osf4"));
    name = disk_name("osf3");
    for (int round = 0; round < 3; round++) {
        HANDLE file = opened_as_stream(0, &stream);
        CHECK("FILE-19", stream != NULL, "opened alone, and again: %u", (unsigned)GetLastError());
        if (!stream)
            return;
        CHECK("FILE-19", fputs("line", stream) >= 0, "written");
        HANDLE second = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
        CHECK("FILE-19",
              second == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION,
              "nobody else meanwhile: %u", (unsigned)GetLastError());
        CHECK("FILE-19", !DeleteFileA(name), "nor is it deleted");
        CHECK("FILE-19", fclose(stream) == 0 && file != NULL, "closed");
    }
    HANDLE alone = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    CHECK("FILE-19", alone != INVALID_HANDLE_VALUE, "opened alone: %u", (unsigned)GetLastError());
    CloseHandle(alone);
    opened_as_stream(0, &stream);
    REQUIRE(stream && fclose(stream) == 0);
    CHECK("FILE-19", MoveFileExA(name, other_name, 0), "renamed: %u", (unsigned)GetLastError());
    CHECK("FILE-19", MoveFileExA(other_name, name, 0), "and back: %u", (unsigned)GetLastError());

    /* One that stays open keeps its handle while others come and go, more than the process may
     * have open at once. */
    HANDLE held = opened_as_stream(FILE_SHARE_READ | FILE_SHARE_WRITE, &kept);
    REQUIRE(kept);
    int failed = 0;
    for (int round = 0; round < 3000 && !failed; round++) {
        opened_as_stream(FILE_SHARE_READ | FILE_SHARE_WRITE, &stream);
        failed = !stream || fclose(stream) != 0;
    }
    CHECK("FILE-19", !failed, "3000 streams, one after the other: %u", (unsigned)GetLastError());
    DWORD bytes = 0;
    CHECK("FILE-19", WriteFile(held, "still", 5, &bytes, NULL) && bytes == 5, "one is still open");
    CHECK("FILE-19", fclose(kept) == 0, "and closed");
    CHECK("FILE-19", DeleteFileA(name), "deleted: %u", (unsigned)GetLastError());
    CHECK("FILE-19", GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES, "and gone");
    name = first;
}

int main(void)
{
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    RUN(as_handles);
    RUN(rights);
#ifndef __MINGW32__
    RUN(behind);
#endif
    RUN(closed_as_streams);
    RUN(as_descriptors);
    WSACleanup();
    return check_report();
}
