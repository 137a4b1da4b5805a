/* SPDX-License-Identifier: MIT
 *
 * NtCreateFile and NtOpenFile: names, dispositions, options, what was done; names there and back;
 * waiting where pipes are.
 */
#include "native.h"
#include <winternl.h>

#ifndef FILE_SUPERSEDE
#define FILE_SUPERSEDE 0
#define FILE_OPEN 1
#define FILE_CREATE 2
#define FILE_OPEN_IF 3
#define FILE_OVERWRITE 4
#define FILE_OVERWRITE_IF 5
#endif

#define SYNCHRONOUS (FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE)
#define SHARED (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define RIGHTS (FILE_READ_DATA | FILE_WRITE_DATA | DELETE | SYNCHRONIZE)

static LONG(NTAPI *create)(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                           struct native_block *block, LARGE_INTEGER *allocation, ULONG flags,
                           ULONG share, ULONG disposition, ULONG options, PVOID extended,
                           ULONG length);
static LONG(NTAPI *open_file)(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                              struct native_block *block, ULONG share, ULONG options);
static BOOLEAN(NTAPI *to_native)(const WCHAR *name, UNICODE_STRING *native, WCHAR **part,
                                 PVOID relative);

struct wide {
    WCHAR text[512];
    UNICODE_STRING string;
    OBJECT_ATTRIBUTES attributes;
};

static OBJECT_ATTRIBUTES *wide_of(struct wide *wide, HANDLE root, const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i <= length; i++)
        wide->text[i] = (WCHAR)(unsigned char)text[i];
    wide->string.Length = (USHORT)(length * sizeof(WCHAR));
    wide->string.MaximumLength = wide->string.Length;
    wide->string.Buffer = wide->text;
    memset(&wide->attributes, 0, sizeof wide->attributes);
    wide->attributes.Length = sizeof wide->attributes;
    wide->attributes.RootDirectory = root;
    wide->attributes.ObjectName = &wide->string;
    wide->attributes.Attributes = 0x40; /* OBJ_CASE_INSENSITIVE */
    return &wide->attributes;
}

/* A complete name in the current directory. */
static OBJECT_ATTRIBUTES *native_name(struct wide *wide, const char *path)
{
    char full[256] = "\\??\\C:";
    size_t used = check_on_wine() ? 4 : 6;

    DWORD length = GetFullPathNameA(path, (DWORD)(sizeof full - used), full + used, NULL);
    REQUIRE(length && length < sizeof full - used);
    for (char *c = full; *c; c++)
        if (*c == '/')
            *c = '\\';
    return wide_of(wide, NULL, full);
}

static DWORD make(const char *path, ULONG disposition, HANDLE *handle, struct native_block *block)
{
    struct wide wide;

    *block = native_fresh();
    return (DWORD)create(handle, RIGHTS, native_name(&wide, path), block, NULL,
                         FILE_ATTRIBUTE_NORMAL, SHARED, disposition, SYNCHRONOUS, NULL, 0);
}

static void dispositions(void)
{
    static const struct {
        ULONG disposition;
        DWORD status;
        ULONG_PTR done;
    } there[] = {{FILE_OPEN, NATIVE_SUCCESS, FILE_OPENED},
                 {FILE_CREATE, NATIVE_NAME_COLLISION, 0},
                 {FILE_OPEN_IF, NATIVE_SUCCESS, FILE_OPENED},
                 {FILE_OVERWRITE, NATIVE_SUCCESS, FILE_OVERWRITTEN},
                 {FILE_OVERWRITE_IF, NATIVE_SUCCESS, FILE_OVERWRITTEN},
                 {FILE_SUPERSEDE, NATIVE_SUCCESS, FILE_SUPERSEDED}};
    const char *path = disk_name("dispositions");
    struct native_block block;
    HANDLE file;
    DWORD bytes;

    for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
        HANDLE first = CreateFileA(path, GENERIC_WRITE, SHARED, NULL, CREATE_ALWAYS, 0, NULL);
        REQUIRE(first != INVALID_HANDLE_VALUE && WriteFile(first, "old", 3, &bytes, NULL));
        CloseHandle(first);
        DWORD status = make(path, there[i].disposition, &file, &block);
        CHECK("NTF-12", status == there[i].status, "disposition %u of a file that is there: %08x",
              (unsigned)there[i].disposition, (unsigned)status);
        if (status != NATIVE_SUCCESS)
            continue;
        CHECK("NTF-12", native_is(&block, NATIVE_SUCCESS, there[i].done), "done: %u",
              (unsigned)block.information);
        CHECK("NTF-12", GetFileSize(file, NULL) == (there[i].done == FILE_OPENED ? 3u : 0u),
              "its bytes are %s", there[i].done == FILE_OPENED ? "kept" : "gone");
        CloseHandle(file);
    }
    REQUIRE(DeleteFileA(path));
    CHECK("NTF-12", make(path, FILE_OPEN, &file, &block) == NATIVE_NAME_NOT_FOUND, "not there");
    CHECK("NTF-12", make(path, FILE_OVERWRITE, &file, &block) == NATIVE_NAME_NOT_FOUND, "neither");
    DWORD status = make(path, FILE_OPEN_IF, &file, &block);
    CHECK("NTF-12", status == NATIVE_SUCCESS && block.information == FILE_CREATED, "made: %08x",
          (unsigned)status);
    CloseHandle(file);
    REQUIRE(DeleteFileA(path));
}

static void options(void)
{
    const char *path = disk_name("options"), *place = disk_name("directory");
    struct native_block block = native_fresh();
    struct wide wide;
    HANDLE file, directory, port = port_make(0);
    OBJECT_ATTRIBUTES *name = native_name(&wide, path);

    DWORD status = (DWORD)create(&file, RIGHTS, name, &block, NULL, 0, SHARED, FILE_CREATE,
                                 FILE_DELETE_ON_CLOSE, NULL, 0);
    CHECK("NTF-11", status == NATIVE_SUCCESS, "overlapped: %08x", (unsigned)status);
    CHECK("NTF-11", CreateIoCompletionPort(file, port, 1, 0) == port, "a port takes it");
    CHECK("NTF-12", block.information == FILE_CREATED, "made: %u", (unsigned)block.information);
    status = (DWORD)open_file(&directory, RIGHTS, name, &block, SHARED,
                              FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    CHECK("NTF-11", status == NATIVE_NOT_A_DIRECTORY, "no directory: %08x", (unsigned)status);
    CloseHandle(file);
    CHECK("NTF-11", GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES, "deleted when closed");
    name = native_name(&wide, place);
    status = (DWORD)create(&directory, FILE_LIST_DIRECTORY | DELETE | SYNCHRONIZE, name, &block,
                           NULL, 0, SHARED, FILE_CREATE,
                           FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    CHECK("NTF-11", status == NATIVE_SUCCESS && block.information == FILE_CREATED,
          "a directory is made: %08x", (unsigned)status);
    status =
        (DWORD)open_file(&file, FILE_READ_DATA | SYNCHRONIZE, name, &block, SHARED, SYNCHRONOUS);
    CHECK("NTF-11", status == NATIVE_IS_DIRECTORY, "which is no file: %08x", (unsigned)status);
    status = (DWORD)create(&file, RIGHTS, wide_of(&wide, directory, "inside"), &block, NULL, 0,
                           SHARED, FILE_CREATE, SYNCHRONOUS | FILE_DELETE_ON_CLOSE, NULL, 0);
    CHECK("NTF-10", status == NATIVE_SUCCESS, "a name below its handle: %08x", (unsigned)status);
    CHECK("NTF-11", !CreateIoCompletionPort(file, port, 1, 0), "synchronous, so no port takes it");
    CloseHandle(file);
    CloseHandle(directory);
    REQUIRE(RemoveDirectoryA(place));
    CloseHandle(port);
}

static DWORD try_options(ACCESS_MASK access, ULONG disposition, ULONG how)
{
    struct native_block block;
    struct wide wide;
    HANDLE file = NULL;

    DWORD status = (DWORD)create(&file, access, native_name(&wide, disk_name("never")), &block,
                                 NULL, 0, SHARED, disposition, how, NULL, 0);
    if (status == NATIVE_SUCCESS)
        CloseHandle(file);
    return status;
}

static void refused(void)
{
    struct native_block block = native_fresh();
    struct wide wide;
    HANDLE file;
    const ULONG nonalert = FILE_SYNCHRONOUS_IO_NONALERT;

    DWORD status = try_options(FILE_READ_DATA, FILE_OPEN, nonalert);
    CHECK_WINE_DEPARTS("NTF-11", status == NATIVE_INVALID_PARAMETER, "Wine looks at the name first",
                       "synchronous without SYNCHRONIZE: %08x", (unsigned)status);
    status = try_options(RIGHTS, FILE_OPEN, nonalert | FILE_SYNCHRONOUS_IO_ALERT);
    CHECK_WINE_DEPARTS("NTF-11", status == NATIVE_INVALID_PARAMETER, "Wine looks at the name first",
                       "both of them: %08x", (unsigned)status);
    status = try_options(RIGHTS, FILE_OPEN, FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE);
    CHECK_WINE_DEPARTS("NTF-11", status == NATIVE_INVALID_PARAMETER, "Wine looks at the name first",
                       "neither: %08x", (unsigned)status);
    status = try_options(RIGHTS & ~DELETE, FILE_OPEN, nonalert | FILE_DELETE_ON_CLOSE);
    CHECK_WINE_DEPARTS("NTF-11", status == NATIVE_INVALID_PARAMETER, "Wine looks at the name first",
                       "deleted without the right: %08x", (unsigned)status);
    status = try_options(RIGHTS, 6, nonalert);
    CHECK("NTF-11", status == NATIVE_INVALID_PARAMETER, "no such disposition: %08x",
          (unsigned)status);
    status = (DWORD)open_file(&file, RIGHTS, wide_of(&wide, NULL, "relative"), &block, SHARED, 0);
    CHECK("NTF-10", status == NATIVE_PATH_SYNTAX_BAD, "relative to nothing: %08x",
          (unsigned)status);
    status = (DWORD)open_file(&file, RIGHTS, wide_of(&wide, NULL, "\\nowhere\\at all"), &block,
                              SHARED, 0);
    CHECK("NTF-10", status == NATIVE_PATH_NOT_FOUND, "in no known place: %08x", (unsigned)status);
    status = (DWORD)open_file(&file, RIGHTS, native_name(&wide, "iocp-no-such\\file"), &block,
                              SHARED, 0);
    CHECK("NTF-12", status == NATIVE_PATH_NOT_FOUND, "in no directory: %08x", (unsigned)status);
    CHECK_WINE_DEPARTS("NTF-12", native_is(&block, NATIVE_UNTOUCHED, NATIVE_UNTOUCHED),
                       "Wine tells the status there", "the block is as it was: %08x",
                       (unsigned)block.status);
}

static void conversions(void)
{
    static const WCHAR dotted[] = {'d', 'i', 'r', '\\', '.', '.', '\\', 'f', 'i', 'l', 'e', 0};
    static const WCHAR pipe[] = {'\\', '\\', '.', '\\', 'p', 'i', 'p', 'e', '\\', 'x', 0};
    UNICODE_STRING native = {0, 0, NULL};
    WCHAR *part = NULL;

    CHECK("NTF-10", to_native(dotted, &native, &part, NULL), "a relative name has a native one");
    CHECK("NTF-10",
          native.Length > 14 && native.Buffer[0] == '\\' && native.Buffer[1] == '?' &&
              native.Buffer[2] == '?' && native.Buffer[3] == '\\' && native.Buffer[5] == ':' &&
              native.Buffer[6] == '\\',
          "that begins with a drive");
    CHECK("NTF-10", part == native.Buffer + native.Length / sizeof(WCHAR) - 4 && part[0] == 'f',
          "and ends with the last part");
    struct wide wide;
    struct native_block block;
    HANDLE file = NULL;
    wide_of(&wide, NULL, "");
    wide.string = native;
    DWORD status = (DWORD)open_file(&file, RIGHTS, &wide.attributes, &block, SHARED, 0);
    CHECK("NTF-10", status == NATIVE_NAME_NOT_FOUND, "where NtOpenFile looks: %08x",
          (unsigned)status);
    HeapFree(GetProcessHeap(), 0, native.Buffer);
    CHECK("NTF-10", to_native(pipe, &native, NULL, NULL) && native.Buffer[4] == 'p',
          "a pipe's is below \\??\\pipe\\");
    HeapFree(GetProcessHeap(), 0, native.Buffer);
}

struct wait_buffer {
    LARGE_INTEGER timeout;
    ULONG length;
    BOOLEAN specified;
    WCHAR name[128];
};

static void waiting(void)
{
    native_control control = (native_control)native_find("NtFsControlFile");
    struct pipe_name name = pipe_name_new();
    struct native_block block = native_fresh();
    struct wait_buffer wanted;
    struct wide wide;
    HANDLE root, client;
    const ULONG pipe_wait = 0x110018;

    DWORD status = (DWORD)open_file(
        &root, FILE_READ_ATTRIBUTES | SYNCHRONIZE, wide_of(&wide, NULL, "\\??\\pipe\\"), &block,
        FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_SYNCHRONOUS_IO_NONALERT);
    CHECK("PIPE-20", status == NATIVE_SUCCESS, "where pipes are: %08x", (unsigned)status);
    if (status != NATIVE_SUCCESS)
        return;
    const char *rest = name.text + strlen("\\\\.\\pipe\\");
    memset(&wanted, 0, sizeof wanted);
    wanted.length = (ULONG)(strlen(rest) * sizeof(WCHAR));
    for (size_t i = 0; rest[i]; i++)
        wanted.name[i] = (WCHAR)rest[i];
    wanted.specified = TRUE;
    wanted.timeout.QuadPart = -20 * 10000;
    status =
        (DWORD)control(root, NULL, NULL, NULL, &block, pipe_wait, &wanted, sizeof wanted, NULL, 0);
    CHECK("PIPE-20", status == NATIVE_NAME_NOT_FOUND, "no such pipe: %08x", (unsigned)status);
    HANDLE server = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, 0, 1);
    REQUIRE(server != INVALID_HANDLE_VALUE);
    status =
        (DWORD)control(root, NULL, NULL, NULL, &block, pipe_wait, &wanted, sizeof wanted, NULL, 0);
    CHECK("PIPE-20", status == NATIVE_SUCCESS, "one that is free: %08x", (unsigned)status);
    char path[160];
    snprintf(path, sizeof path, "\\??\\pipe\\%s", rest);
    status = (DWORD)open_file(&client, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                              wide_of(&wide, NULL, path), &block, 0, FILE_SYNCHRONOUS_IO_NONALERT);
    CHECK("NTF-12", status == NATIVE_SUCCESS && block.information == FILE_OPENED,
          "its client's end: %08x", (unsigned)status);
    status =
        (DWORD)control(root, NULL, NULL, NULL, &block, pipe_wait, &wanted, sizeof wanted, NULL, 0);
    CHECK("PIPE-20", status == NATIVE_IO_TIMEOUT, "none is free now: %08x", (unsigned)status);
    status = (DWORD)control(server, NULL, NULL, NULL, &block, pipe_wait, &wanted, sizeof wanted,
                            NULL, 0);
    CHECK("PIPE-20", (LONG)status < 0, "a pipe is not that place: %08x", (unsigned)status);
    CloseHandle(client);
    CloseHandle(server);
    CloseHandle(root);
}

static void memory(void)
{
    LONG(NTAPI * allocate)
    (HANDLE, PVOID *, ULONG_PTR, SIZE_T *, ULONG, ULONG) = native_find("NtAllocateVirtualMemory");
    LONG(NTAPI * release)(HANDLE, PVOID *, SIZE_T *, ULONG) = native_find("NtFreeVirtualMemory");
    PVOID address = NULL;
    SIZE_T size = 5000;

    DWORD status = (DWORD)allocate(GetCurrentProcess(), &address, 0, &size,
                                   MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    REQUIRE(status == NATIVE_SUCCESS);
    CHECK("NTF-13", address && (ULONG_PTR)address % 65536 == 0 && size == 8192,
          "whole pages: %u bytes", (unsigned)size);
    memset(address, 1, size);
    size = 1;
    PVOID page = (char *)address + 4100;
    status = (DWORD)release(GetCurrentProcess(), &page, &size, MEM_DECOMMIT);
    CHECK("NTF-13", status == NATIVE_SUCCESS && size == 4096 && page == (char *)address + 4096,
          "a page goes: %08x", (unsigned)status);
    size = 0;
    status = (DWORD)release(GetCurrentProcess(), &address, &size, MEM_RELEASE);
    CHECK("NTF-13", status == NATIVE_SUCCESS, "all goes: %08x", (unsigned)status);
    address = NULL;
    size = 4096;
    status = (DWORD)allocate(NULL, &address, 0, &size, MEM_RESERVE, PAGE_READWRITE);
    CHECK("NTF-13", status == NATIVE_INVALID_HANDLE, "no process: %08x", (unsigned)status);
}

int main(void)
{
    create = native_find("NtCreateFile");
    open_file = native_find("NtOpenFile");
    to_native = native_find("RtlDosPathNameToNtPathName_U");
    RUN(dispositions);
    RUN(options);
    RUN(refused);
    RUN(conversions);
    RUN(waiting);
    RUN(memory);
    return check_report();
}
