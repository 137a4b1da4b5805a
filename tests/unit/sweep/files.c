/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over files: opened twice, written, read, locked, closed; also with a disk that
 * fails; over watched directories; over names, mappings and adopted descriptors; over
 * initialization files. (Without a ring, without a thread of the pool, files are read and written
 * all the same.)
 */
#include "sweep.h"

#include <io.h>
#include <iocp_nt.h>
#include <sys/stat.h>

enum { PIECE = 8192, OPERATIONS = 8 };

static const DWORD allowed[] = {1450, 8, 4, 164, ERROR_IO_DEVICE, 0};
#define MAY_FAIL(call)                                                                             \
    ({                                                                                             \
        bool file_passed = (call);                                                                 \
        sweep_judge(file_passed, GetLastError(), allowed, #call, __LINE__);                        \
    })

static OVERLAPPED operations[OPERATIONS];
static int started;
static HANDLE port, first, second;
static char *data;

static OVERLAPPED *operation_at(uint32_t offset)
{
    OVERLAPPED *overlapped = &operations[started % OPERATIONS];

    memset(overlapped, 0, sizeof *overlapped);
    overlapped->Offset = offset;
    return overlapped;
}

/* Accepted: a packet will come. */
static bool accepted(BOOL result, int line)
{
    bool is = result || GetLastError() == ERROR_IO_PENDING;

    started += is;
    return is || sweep_judge(false, GetLastError(), allowed, "start", line);
}
#define ACCEPTED(call) accepted(call, __LINE__)

static bool take(DWORD wanted)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes = 0;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, SWEEP_PATIENCE);

    EXPECT(overlapped != NULL);
    started--;
    if (!sweep_judge(ok, GetLastError(), allowed, "packet", __LINE__))
        return false;
    EXPECT_EQUAL(bytes, wanted);
    return true;
}

static HANDLE open_one(const char *path, DWORD flags)
{
    return CreateFileA(path, GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                       flags | FILE_FLAG_DELETE_ON_CLOSE, NULL);
}

static bool run_transfers(void)
{
    bool ok = ACCEPTED(WriteFile(first, data, PIECE, NULL, operation_at(0))) && take(PIECE);

    ok = ok && ACCEPTED(WriteFile(first, data, PIECE, NULL, operation_at(PIECE))) && take(PIECE);
    ok = ok && ACCEPTED(ReadFile(first, data, PIECE, NULL, operation_at(PIECE))) && take(PIECE);
    DWORD bytes = 0;
    ok = ok && MAY_FAIL(ReadFile(second, data, PIECE, &bytes, NULL));
    return ok;
}

static bool run_locks(void)
{
    OVERLAPPED range, *waiting = operation_at(0);

    memset(&range, 0, sizeof range);
    if (!MAY_FAIL(LockFileEx(second, LOCKFILE_EXCLUSIVE_LOCK, 0, 10, 0, &range)))
        return false;
    bool waits = ACCEPTED(LockFileEx(first, LOCKFILE_EXCLUSIVE_LOCK, 0, 10, 0, waiting));
    EXPECT(UnlockFileEx(second, 0, 10, 0, &range));
    return waits && take(0) && MAY_FAIL(UnlockFileEx(first, 0, 10, 0, waiting));
}

/* Of the file or the directory that a scenario makes, in a directory of its own. */
static char scratch[64];

static bool run_files(void)
{
    started = 0;
    second = INVALID_HANDLE_VALUE;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!MAY_FAIL(port != NULL))
        return false;
    first = open_one(scratch, FILE_FLAG_OVERLAPPED);
    bool ok = MAY_FAIL(first != INVALID_HANDLE_VALUE);
    if (ok) {
        second = open_one(scratch, 0);
        ok = MAY_FAIL(second != INVALID_HANDLE_VALUE);
    }
    ok = ok && MAY_FAIL(CreateIoCompletionPort(first, port, 1, 0) != NULL);
    ok = ok && run_transfers() && run_locks();
    if (first != INVALID_HANDLE_VALUE)
        EXPECT(CloseHandle(first));
    if (second != INVALID_HANDLE_VALUE)
        EXPECT(CloseHandle(second));
    EXPECT_EQUAL(started, 0);
    EXPECT(access(scratch, F_OK) < 0); /* deleted with its last handle */
    unlink(scratch);
    EXPECT(CloseHandle(port));
    return ok;
}

/* One packet for the call, whatever it says: a tree that could not be watched has lost changes. */
static bool take_change(HANDLE directory, DWORD *room, OVERLAPPED *overlapped)
{
    OVERLAPPED *found = NULL;
    ULONG_PTR key;
    DWORD bytes = 0;

    memset(overlapped, 0, sizeof *overlapped);
    if (!MAY_FAIL(ReadDirectoryChangesW(directory, room, 256, TRUE, FILE_NOTIFY_CHANGE_DIR_NAME,
                                        NULL, overlapped, NULL)))
        return false;
    bool made = MAY_FAIL(CreateDirectoryA("sub/deeper", NULL));
    if (!made)
        EXPECT(CancelIoEx(directory, overlapped));
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &found, SWEEP_PATIENCE);
    EXPECT(found == overlapped && ok == made);
    return made;
}

static bool run_directories(void)
{
    DWORD room[64];
    OVERLAPPED overlapped;

    EXPECT(mkdir(scratch, 0700) == 0 && chdir(scratch) == 0 && mkdir("sub", 0700) == 0);
    HANDLE directory = INVALID_HANDLE_VALUE;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    bool ok = MAY_FAIL(port != NULL);
    if (ok) {
        directory = CreateFileA(scratch, FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
        ok = MAY_FAIL(directory != INVALID_HANDLE_VALUE);
    }
    ok = ok && MAY_FAIL(CreateIoCompletionPort(directory, port, 1, 0) != NULL);
    ok = ok && take_change(directory, room, &overlapped);
    if (directory != INVALID_HANDLE_VALUE)
        EXPECT(CloseHandle(directory));
    if (port)
        EXPECT(CloseHandle(port));
    rmdir("sub/deeper");
    EXPECT(rmdir("sub") == 0 && chdir("/") == 0 && rmdir(scratch) == 0);
    return ok;
}

static bool list_all(const char *path)
{
    char pattern[80];
    WIN32_FIND_DATAA found;

    snprintf(pattern, sizeof pattern, "%s/*", path);
    HANDLE search = FindFirstFileA(pattern, &found);
    if (!MAY_FAIL(search != INVALID_HANDLE_VALUE))
        return false;
    int count = 1;
    while (FindNextFileA(search, &found))
        count++;
    EXPECT_EQUAL(count, 4);
    EXPECT(FindClose(search));
    return true;
}

static bool map_one(const char *path)
{
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE mapping = NULL;

    if (!MAY_FAIL(file != INVALID_HANDLE_VALUE))
        return false;
    mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, PIECE, "sweep");
    bool ok = MAY_FAIL(mapping != NULL);
    EXPECT(CloseHandle(file));
    char *view = ok ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    ok = ok && MAY_FAIL(view != NULL);
    if (view)
        EXPECT(UnmapViewOfFile(view));
    if (mapping)
        EXPECT(CloseHandle(mapping));
    mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, PIECE, NULL);
    ok = MAY_FAIL(mapping != NULL) && ok;
    if (mapping)
        EXPECT(CloseHandle(mapping));
    return ok;
}

/* Only the W function needs memory. Both files are there afterwards, or both are as they were. */
static bool replace_one(const char *one, const char *other)
{
    WCHAR wide[2][80];

    EXPECT(MultiByteToWideChar(CP_UTF8, 0, one, -1, wide[0], 80) > 0);
    EXPECT(MultiByteToWideChar(CP_UTF8, 0, other, -1, wide[1], 80) > 0);
    bool replaced = MAY_FAIL(ReplaceFileW(wide[0], wide[1], NULL, 0, NULL, NULL));
    EXPECT(access(one, F_OK) == 0 && (access(other, F_OK) == 0) == !replaced);
    return replaced;
}

static bool run_names(void)
{
    char one[80], other[80];

    snprintf(one, sizeof one, "%s/one", scratch);
    snprintf(other, sizeof other, "%s/other", scratch);
    EXPECT(mkdir(scratch, 0700) == 0);
    int made = open(one, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    EXPECT(write(made, "text", 4) == 4 && close(made) == 0);
    bool copied = MAY_FAIL(CopyFileA(one, other, TRUE));
    EXPECT((access(other, F_OK) == 0) == copied); /* all or nothing */
    bool ok = copied && list_all(scratch) && map_one(one);
    ok = ok && replace_one(one, other);
    made = open(one, O_RDWR | O_CLOEXEC);
    HANDLE adopted = (HANDLE)_get_osfhandle(made);
    ok = MAY_FAIL(adopted != INVALID_HANDLE_VALUE || (SetLastError(8), false)) && ok;
    EXPECT(_close(made) == 0);
    unlink(other);
    EXPECT(unlink(one) == 0 && rmdir(scratch) == 0);
    return ok;
}

/* A profile is as it was, or changed. */
static bool run_profiles(void)
{
    static const WCHAR section[] = {'s', 0}, key[] = {'k', 0}, other[] = {'o', 0};
    static const WCHAR list[] = {'a', '=', '1', 0, 'b', '=', '2', 0, 0};
    WCHAR wide[80], room[16];
    unsigned char bytes[3] = {1, 2, 3};

    EXPECT(MultiByteToWideChar(CP_UTF8, 0, scratch, -1, wide, 80) > 0);
    bool ok = MAY_FAIL(WritePrivateProfileStringW(section, key, key, wide));
    ok = ok && MAY_FAIL(WritePrivateProfileStringW(section, other, key, wide));
    ok = ok && MAY_FAIL(WritePrivateProfileStructA("t", "u", bytes, 3, scratch));
    bool changed = ok && MAY_FAIL(WritePrivateProfileSectionW(section, list, wide));
    DWORD length = GetPrivateProfileStringW(section, key, NULL, room, 16, wide);
    changed = MAY_FAIL(length == 1 || changed || !ok) && changed;
    EXPECT(length <= 1);
    if (changed) {
        ok = MAY_FAIL(GetPrivateProfileIntA("s", "b", 0, scratch) == 2) &&
             MAY_FAIL(GetPrivateProfileSectionW(section, room, 16, wide) == 8) &&
             MAY_FAIL(GetPrivateProfileSectionNamesW(room, 16, wide) == 4) &&
             MAY_FAIL(GetPrivateProfileStructA("t", "u", bytes, 3, scratch)) &&
             MAY_FAIL(WritePrivateProfileStringA("s", NULL, NULL, scratch));
        changed = ok;
    }
    unlink(scratch);
    return changed;
}

/* The same by native calls: an event, a routine, a packet. */
#define MAY_FAIL_NATIVE(call)                                                                      \
    ({                                                                                             \
        NTSTATUS native_status = (call);                                                           \
        sweep_judge(native_status >= 0, RtlNtStatusToDosError(native_status), allowed, #call,      \
                    __LINE__);                                                                     \
    })

static int routines_run;

static VOID NTAPI on_end(PVOID context, PIO_STATUS_BLOCK block, ULONG reserved)
{
    EXPECT(context == block && reserved == 0);
    routines_run++;
}

static bool transfer_native(HANDLE file)
{
    IO_STATUS_BLOCK block;
    LARGE_INTEGER place = {.QuadPart = 0};
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes;

    routines_run = 0;
    if (!MAY_FAIL_NATIVE(
            NtWriteFile(file, NULL, on_end, &block, &block, data, PIECE, &place, NULL)))
        return false;
    EXPECT(SleepEx(SWEEP_PATIENCE, TRUE) == WAIT_IO_COMPLETION && routines_run == 1);
    if (block.Status < 0)
        return MAY_FAIL_NATIVE(block.Status);
    if (!MAY_FAIL(CreateIoCompletionPort(file, port, 1, 0) != NULL) ||
        !MAY_FAIL_NATIVE(
            NtReadFile(file, NULL, NULL, &routines_run, &block, data, PIECE, &place, NULL)))
        return false;
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, SWEEP_PATIENCE);
    EXPECT(overlapped == (void *)&routines_run);
    return MAY_FAIL_NATIVE(block.Status);
}

static bool open_native(const WCHAR *path, HANDLE *file)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;

    if (!RtlDosPathNameToNtPathName_U(path, &name, NULL, NULL)) {
        EXPECT(sweep_was_hit());
        return false;
    }
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    bool made = MAY_FAIL_NATIVE(NtCreateFile(file, GENERIC_READ | GENERIC_WRITE | DELETE,
                                             &attributes, &block, NULL, 0, 0, FILE_CREATE,
                                             FILE_DELETE_ON_CLOSE, NULL, 0));
    EXPECT(HeapFree(GetProcessHeap(), 0, name.Buffer));
    return made;
}

static bool run_native(void)
{
    WCHAR wide[64];
    HANDLE file;

    for (size_t index = 0; index <= strlen(scratch); index++)
        wide[index] = (WCHAR)scratch[index];
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!MAY_FAIL(port != NULL))
        return false;
    bool ok = open_native(wide, &file);
    if (ok) {
        ok = transfer_native(file);
        EXPECT(CloseHandle(file));
    }
    EXPECT(access(scratch, F_OK) < 0); /* whatever failed */
    EXPECT(CloseHandle(port));
    return ok;
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {{"files", run_files},
                                                      {"directories", run_directories},
                                                      {"names", run_names},
                                                      {"profiles", run_profiles},
                                                      {"native", run_native}};

    char directory[] = "/tmp/iocp-sweep-XXXXXX";

    (void)count;
    EXPECT(mkdtemp(directory) == directory);
    snprintf(scratch, sizeof scratch, "%s/it", directory);
    data = malloc(PIECE);
    memset(data, 'x', PIECE);
    int result = sweep_main(scenarios, 5, arguments);
    free(data);
    if (rmdir(directory) != 0)
        perror(directory);
    return result;
}
