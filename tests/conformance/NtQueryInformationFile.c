/* SPDX-License-Identifier: MIT
 *
 * NtQueryInformationFile, and NtSetInformationFile for what is no port's matter: sizes, positions,
 * times, names, deletion, modes, and what pipes tell of themselves.
 */
#include "native.h"

enum {
    BASIC = 4,
    STANDARD = 5,
    INTERNAL = 6,
    ACCESS = 8,
    NAME = 9,
    RENAME = 10,
    DISPOSITION = 13,
    POSITION = 14,
    MODE = 16,
    ALLOCATION = 19,
    END = 20,
    PIPE = 23,
    PIPE_LOCAL = 24,
    NOTIFICATION = 41,
    SYNCHRONOUS_NONALERT = 0x20,
    DELETE_ON_CLOSE = 0x1000
};

static native_information query, set;

struct basic {
    LARGE_INTEGER created, accessed, written, changed;
    ULONG attributes;
};

struct standard {
    LARGE_INTEGER allocated, end;
    ULONG links;
    BOOLEAN deleted, directory;
};

struct name {
    ULONG length;
    WCHAR text[512];
};

struct local {
    ULONG type, configuration, most, instances, in, available, out, room, state, end;
};

static void sizes(void)
{
    HANDLE file = disk_make("sizes", FILE_FLAG_OVERLAPPED);
    struct native_block block = native_fresh();
    struct standard found;
    LARGE_INTEGER end;

    disk_fill(file, 1000);
    DWORD status = (DWORD)query(file, &block, &found, sizeof found, STANDARD);
    CHECK("NTF-7", status == NATIVE_SUCCESS && native_is(&block, NATIVE_SUCCESS, sizeof found),
          "asked: %08x, %u bytes", (unsigned)status, (unsigned)block.information);
    CHECK("NTF-7", found.end.QuadPart == 1000 && found.links <= 1 && !found.directory, "%d bytes",
          (int)found.end.QuadPart);
    end.QuadPart = 300;
    block = native_fresh();
    status = (DWORD)set(file, &block, &end, sizeof end, END);
    CHECK("NTF-8", status == NATIVE_SUCCESS && native_is(&block, NATIVE_SUCCESS, 0), "cut: %08x",
          (unsigned)status);
    REQUIRE(query(file, &block, &found, sizeof found, STANDARD) == 0);
    CHECK("NTF-8", found.end.QuadPart == 300, "to %d bytes", (int)found.end.QuadPart);
    block = native_fresh();
    status = (DWORD)query(file, &block, &found, sizeof found - 1, STANDARD);
    CHECK("NTF-7", status == NATIVE_LENGTH_MISMATCH, "too short: %08x", (unsigned)status);
    status = (DWORD)query(file, &block, &found, sizeof found, 9999);
    CHECK("NTF-7", (LONG)status < 0, "an unknown class: %08x", (unsigned)status);
    status = (DWORD)query(NULL, &block, &found, sizeof found, STANDARD);
    CHECK("NTF-7", status == NATIVE_INVALID_HANDLE, "no file: %08x", (unsigned)status);
    CloseHandle(file);
}

static void positions(void)
{
    HANDLE file = disk_make("positions", 0);
    struct native_block block;
    LARGE_INTEGER place, none;
    DWORD bytes;

    none.QuadPart = 0;
    REQUIRE(WriteFile(file, "0123456789", 10, &bytes, NULL));
    DWORD status = (DWORD)query(file, &block, &place, sizeof place, POSITION);
    CHECK("NTF-7", status == NATIVE_SUCCESS && place.QuadPart == 10, "position %d",
          (int)place.QuadPart);
    place.QuadPart = 4;
    status = (DWORD)set(file, &block, &place, sizeof place, POSITION);
    REQUIRE(SetFilePointerEx(file, none, &place, FILE_CURRENT));
    CHECK("NTF-8", status == NATIVE_SUCCESS && place.QuadPart == 4, "set to %d",
          (int)place.QuadPart);
    place.QuadPart = -4;
    status = (DWORD)set(file, &block, &place, sizeof place, POSITION);
    CHECK("NTF-8", status == NATIVE_INVALID_PARAMETER, "not before the begin: %08x",
          (unsigned)status);
    CloseHandle(file);
}

static void times(void)
{
    HANDLE file = disk_make("times", 0);
    struct native_block block;
    struct basic found, wanted;
    FILETIME created, accessed, written;

    REQUIRE(query(file, &block, &found, sizeof found, BASIC) == 0);
    REQUIRE(GetFileTime(file, &created, &accessed, &written));
    CHECK("NTF-7",
          found.written.LowPart == written.dwLowDateTime &&
              (DWORD)found.written.HighPart == written.dwHighDateTime,
          "as GetFileTime tells");
    memset(&wanted, 0, sizeof wanted);
    wanted.written.QuadPart = 131000000000000000;
    DWORD status = (DWORD)set(file, &block, &wanted, sizeof wanted, BASIC);
    REQUIRE(query(file, &block, &found, sizeof found, BASIC) == 0);
    CHECK("NTF-8", status == NATIVE_SUCCESS && found.written.QuadPart == wanted.written.QuadPart,
          "set: %08x", (unsigned)status);
    CloseHandle(file);
}

/* What the name ends with. */
static int ends_with(const struct name *name, const char *tail)
{
    size_t length = strlen(tail), units = name->length / sizeof(WCHAR);

    if (units < length)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (name->text[units - length + i] != (WCHAR)tail[i])
            return 0;
    return name->text[0] == '\\';
}

static void names(void)
{
    const char *tail = disk_name("names"), *other = disk_name("renamed");
    HANDLE file = disk_open(tail, GENERIC_READ | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE,
                            CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE);
    struct native_block block = native_fresh();
    struct name name;
    struct {
        BOOLEAN replace;
        HANDLE root;
        ULONG length;
        WCHAR text[128];
    } wanted;

    REQUIRE(file != INVALID_HANDLE_VALUE);
    DWORD status = (DWORD)query(file, &block, &name, sizeof name, NAME);
    CHECK("NTF-7", status == NATIVE_SUCCESS && ends_with(&name, tail), "named: %08x",
          (unsigned)status);
    CHECK("NTF-7", block.information == 4 + name.length, "%u bytes", (unsigned)block.information);
    ULONG length = name.length;
    status = (DWORD)query(file, &block, &name, 4 + 8, NAME);
    CHECK("NTF-7", status == NATIVE_BUFFER_OVERFLOW && name.length == length,
          "too long for the room: %08x", (unsigned)status);
    memset(&wanted, 0, sizeof wanted);
    wanted.length = (ULONG)(strlen(other) * sizeof(WCHAR));
    for (size_t i = 0; other[i]; i++)
        wanted.text[i] = (WCHAR)other[i];
    status = (DWORD)set(file, &block, &wanted, sizeof wanted, RENAME);
    if (CHECK_WINE_DEPARTS("NTF-8", status == NATIVE_SUCCESS, "Wine knows no names without a place",
                           "moved beside itself: %08x", (unsigned)status)) {
        REQUIRE(query(file, &block, &name, sizeof name, NAME) == 0);
        CHECK("NTF-8", ends_with(&name, other), "it has the new name");
    }
    CloseHandle(file);
}

static void deletion(void)
{
    const char *path = disk_name("deletion");
    HANDLE file = disk_open(path, GENERIC_READ | DELETE, 7, CREATE_ALWAYS, 0);
    struct native_block block;
    struct standard found;
    BOOLEAN wanted = TRUE;

    REQUIRE(file != INVALID_HANDLE_VALUE);
    DWORD status = (DWORD)set(file, &block, &wanted, sizeof wanted, DISPOSITION);
    CHECK("NTF-8", status == NATIVE_SUCCESS, "to be deleted: %08x", (unsigned)status);
    REQUIRE(query(file, &block, &found, sizeof found, STANDARD) == 0);
    CloseHandle(file);
    CHECK("NTF-8", GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES, "it is gone when closed");
}

static void modes(void)
{
    HANDLE plain = disk_make("plain", 0),
           overlapped = disk_make("overlapped", FILE_FLAG_OVERLAPPED);
    struct native_block block;
    ULONG mode = 0, access = 0;

    DWORD status = (DWORD)query(plain, &block, &mode, sizeof mode, MODE);
    CHECK("NTF-7", status == NATIVE_SUCCESS && mode & SYNCHRONOUS_NONALERT,
          "synchronous: %08x, mode %x", (unsigned)status, (unsigned)mode);
    status = (DWORD)query(overlapped, &block, &mode, sizeof mode, MODE);
    CHECK("NTF-7", status == NATIVE_SUCCESS && !(mode & SYNCHRONOUS_NONALERT),
          "overlapped: %08x, mode %x", (unsigned)status, (unsigned)mode);
    status = (DWORD)query(plain, &block, &access, sizeof access, ACCESS);
    CHECK("NTF-7", status == NATIVE_SUCCESS && (access & 3) == 3 && access & DELETE,
          "rights: %08x, %x", (unsigned)status, (unsigned)access);
    REQUIRE(SetFileCompletionNotificationModes(overlapped, FILE_SKIP_SET_EVENT_ON_HANDLE));
    mode = 0;
    status = (DWORD)query(overlapped, &block, &mode, sizeof mode, NOTIFICATION);
    CHECK("NTF-7", status == NATIVE_SUCCESS && mode == FILE_SKIP_SET_EVENT_ON_HANDLE,
          "notification: %08x, %x", (unsigned)status, (unsigned)mode);
    CloseHandle(plain);
    CloseHandle(overlapped);
}

static void pipes(void)
{
    struct pipe_pair p;
    struct native_block block;
    struct local local;
    ULONG wanted[2] = {1, 0}, got[2] = {9, 9};
    DWORD bytes;

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE, FALSE);
    REQUIRE(WriteFile(p.client, "hello", 5, &bytes, NULL));
    memset(&local, 0xff, sizeof local);
    DWORD status = (DWORD)query(p.server, &block, &local, sizeof local, PIPE_LOCAL);
    CHECK("NTF-9", status == NATIVE_SUCCESS && block.information == sizeof local, "asked: %08x",
          (unsigned)status);
    CHECK("NTF-9", local.type == 1 && local.configuration == 2 && local.end == 1,
          "a server's end of messages both ways: %u %u %u", (unsigned)local.type,
          (unsigned)local.configuration, (unsigned)local.end);
    CHECK("NTF-9",
          local.most == 1 && local.instances == 1 && local.in == 65536 && local.out == 65536,
          "one of one: %u of %u", (unsigned)local.instances, (unsigned)local.most);
    CHECK("NTF-9", local.state == 3 && local.available == 5, "connected, something to read: %u, %u",
          (unsigned)local.state, (unsigned)local.available);
    status = (DWORD)set(p.server, &block, wanted, sizeof wanted, PIPE);
    CHECK("NTF-9", status == NATIVE_SUCCESS, "reads messages: %08x", (unsigned)status);
    status = (DWORD)query(p.server, &block, got, sizeof got, PIPE);
    CHECK("NTF-9", status == NATIVE_SUCCESS && got[0] == 1 && got[1] == 0, "%08x: %u %u",
          (unsigned)status, (unsigned)got[0], (unsigned)got[1]);
    wanted[0] = 2;
    status = (DWORD)set(p.server, &block, wanted, sizeof wanted, PIPE);
    CHECK("NTF-9", status == NATIVE_INVALID_PARAMETER, "no such mode: %08x", (unsigned)status);
    pipe_pair_end(&p);
}

int main(void)
{
    query = (native_information)native_find("NtQueryInformationFile");
    set = (native_information)native_find("NtSetInformationFile");
    RUN(sizes);
    RUN(positions);
    RUN(times);
    RUN(names);
    RUN(deletion);
    RUN(modes);
    RUN(pipes);
    return check_report();
}
