/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over files: opened twice, written, read, locked, closed; also with a disk that
 * fails. (Without a ring, without a thread of the pool, files are read and written all the same.)
 */
#include "sweep.h"

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

static bool run_files(void)
{
    char path[64];

    snprintf(path, sizeof path, "/tmp/iocp-sweep-%d", (int)getpid());
    started = 0;
    second = INVALID_HANDLE_VALUE;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!MAY_FAIL(port != NULL))
        return false;
    first = open_one(path, FILE_FLAG_OVERLAPPED);
    bool ok = MAY_FAIL(first != INVALID_HANDLE_VALUE);
    if (ok) {
        second = open_one(path, 0);
        ok = MAY_FAIL(second != INVALID_HANDLE_VALUE);
    }
    ok = ok && MAY_FAIL(CreateIoCompletionPort(first, port, 1, 0) != NULL);
    ok = ok && run_transfers() && run_locks();
    if (first != INVALID_HANDLE_VALUE)
        EXPECT(CloseHandle(first));
    if (second != INVALID_HANDLE_VALUE)
        EXPECT(CloseHandle(second));
    EXPECT_EQUAL(started, 0);
    EXPECT(access(path, F_OK) < 0); /* deleted with its last handle */
    unlink(path);
    EXPECT(CloseHandle(port));
    return ok;
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {{"files", run_files}};

    (void)count;
    data = malloc(PIECE);
    memset(data, 'x', PIECE);
    int result = sweep_main(scenarios, 1, arguments);
    free(data);
    return result;
}
