/* SPDX-License-Identifier: MIT
 *
 * Locked ranges of files (rules LOCK-1 to 6).
 */
#include "disk.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static const char *name;
static HANDLE first, second;

/* Two handles of one file, each a file object of its own. */
static void two_open(DWORD flags)
{
    name = disk_name("locks");
    first = disk_open(name, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, CREATE_ALWAYS, flags);
    second = disk_open(name, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, OPEN_EXISTING,
                       flags | FILE_FLAG_DELETE_ON_CLOSE);
    REQUIRE(first != INVALID_HANDLE_VALUE && second != INVALID_HANDLE_VALUE);
}

static void two_close(void)
{
    CloseHandle(first);
    CloseHandle(second);
}

/* 0, or the last error, of a lock that does not wait. */
static DWORD lock_now(HANDLE file, ULONGLONG offset, ULONGLONG length, DWORD flags)
{
    OVERLAPPED ov;
    disk_at(&ov, offset);
    ov.hEvent = event_make(TRUE, FALSE);
    BOOL ok = LockFileEx(file, flags | LOCKFILE_FAIL_IMMEDIATELY, 0, (DWORD)length,
                         (DWORD)(length >> 32), &ov);
    DWORD error = ok ? 0 : GetLastError();
    if (error == ERROR_IO_PENDING) {
        DWORD bytes;
        error = GetOverlappedResult(file, &ov, &bytes, TRUE) ? 0 : GetLastError();
    }
    CloseHandle(ov.hEvent);
    return error;
}

static DWORD unlock_now(HANDLE file, ULONGLONG offset, ULONGLONG length)
{
    return UnlockFile(file, (DWORD)offset, (DWORD)(offset >> 32), (DWORD)length,
                      (DWORD)(length >> 32))
               ? 0
               : GetLastError();
}

#define EXCLUSIVE LOCKFILE_EXCLUSIVE_LOCK

static void conflicts(void)
{
    two_open(0);
    CHECK("LOCK-1", lock_now(first, 100, 50, EXCLUSIVE) == 0, "an exclusive range");
    CHECK("LOCK-2", lock_now(second, 120, 10, EXCLUSIVE) == ERROR_LOCK_VIOLATION, "taken: 33");
    CHECK("LOCK-3", lock_now(second, 149, 1, 0) == ERROR_LOCK_VIOLATION, "shared as well");
    CHECK("LOCK-3", lock_now(first, 149, 10, EXCLUSIVE) == ERROR_LOCK_VIOLATION,
          "two exclusive ones of one handle may not overlap");
    CHECK("LOCK-1", lock_now(second, 150, 10, EXCLUSIVE) == 0, "behind it is free");
    CHECK("LOCK-1", lock_now(second, 90, 10, 0) == 0, "before it is free");
    CHECK_WINE_DEPARTS("LOCK-4", unlock_now(first, 100, 49) == ERROR_NOT_LOCKED,
                       "Wine reports another error", "not exactly the range: 158");
    CHECK_WINE_DEPARTS("LOCK-4", unlock_now(second, 100, 50) == ERROR_NOT_LOCKED,
                       "Wine reports another error", "another handle's");
    CHECK("LOCK-4", unlock_now(first, 100, 50) == 0, "exactly the range");
    CHECK_WINE_DEPARTS("LOCK-4", unlock_now(first, 100, 50) == ERROR_NOT_LOCKED,
                       "Wine reports another error", "once only");
    CHECK("LOCK-2", lock_now(second, 100, 50, EXCLUSIVE) == 0, "free again");
    CHECK("LOCK-4", LockFile(first, 1000, 0, 1, 0), "LockFile");
    CHECK("LOCK-2", !LockFile(second, 1000, 0, 1, 0) && GetLastError() == ERROR_LOCK_VIOLATION,
          "does not wait");
    CloseHandle(first);
    CHECK("LOCK-4", lock_now(second, 1000, 1, EXCLUSIVE) == 0, "closing frees");
    CloseHandle(second);
}

static void shared_ranges(void)
{
    two_open(0);
    CHECK("LOCK-3", lock_now(first, 0, 10, 0) == 0 && lock_now(second, 5, 10, 0) == 0,
          "shared ones coexist");
    CHECK("LOCK-3", lock_now(first, 0, 10, 0) == 0, "twice by one handle");
    CHECK("LOCK-3", lock_now(second, 0, 1, EXCLUSIVE) == ERROR_LOCK_VIOLATION, "not exclusive");
    CHECK("LOCK-3", unlock_now(first, 0, 10) == 0, "once");
    CHECK("LOCK-3", lock_now(second, 0, 1, EXCLUSIVE) == ERROR_LOCK_VIOLATION, "still shared");
    CHECK("LOCK-3", unlock_now(first, 0, 10) == 0, "twice");
    CHECK("LOCK-3", lock_now(second, 0, 1, EXCLUSIVE) == 0, "free");
    two_close();
}

static void far_ranges(void)
{
    two_open(0);
    CHECK("LOCK-1", lock_now(first, 0xFFFFFFFFFFFFFFFFull, 1, EXCLUSIVE) == 0, "the last byte");
    CHECK("LOCK-2",
          lock_now(second, 0xFFFFFFFF00000000ull, 0xFFFFFFFFull + 1, 0) == ERROR_LOCK_VIOLATION,
          "overlaps it");
    DWORD error = lock_now(second, 0xFFFFFFFFFFFFFFF0ull, 0x20, EXCLUSIVE);
    CHECK_WINE_DEPARTS("LOCK-5", error == ERROR_INVALID_PARAMETER, "Wine says 33 or accepts it",
                       "beyond 2^64: %u", (unsigned)error);
    CHECK("LOCK-1", lock_now(second, 0x8000000000000000ull, 16, EXCLUSIVE) == 0, "above 2^63");
    CHECK("LOCK-1", lock_now(first, 0x7FFFFFFFFFFFFFF0ull, 16, EXCLUSIVE) == 0, "just below");
    two_close();
}

static void mandatory(void)
{
    static const char reason[] = "Wine's locks do not keep others from reading and writing";
    char data[16];
    DWORD bytes;
    two_open(0);
    REQUIRE(WriteFile(first, "0123456789", 10, &bytes, NULL));
    REQUIRE(lock_now(first, 4, 2, EXCLUSIVE) == 0);
    BOOL ok = ReadFile(second, data, 10, &bytes, NULL);
    CHECK_WINE_DEPARTS("LOCK-5", !ok && GetLastError() == ERROR_LOCK_VIOLATION, reason, "read: %u",
                       (unsigned)GetLastError());
    SetFilePointer(second, 0, NULL, FILE_BEGIN);
    ok = WriteFile(second, "abcdefghij", 10, &bytes, NULL);
    CHECK_WINE_DEPARTS("LOCK-5", !ok && GetLastError() == ERROR_LOCK_VIOLATION, reason, "write: %u",
                       (unsigned)GetLastError());
    SetFilePointer(second, 0, NULL, FILE_BEGIN);
    CHECK("LOCK-5", ReadFile(second, data, 4, &bytes, NULL) && bytes == 4, "before the range");
    SetFilePointer(first, 0, NULL, FILE_BEGIN);
    CHECK("LOCK-5", ReadFile(first, data, 10, &bytes, NULL) && bytes == 10, "who holds it reads");
    two_close();
}

/* LOCK-2: a lock that waits is an operation like others. */
static void pending(void)
{
    if (WINE_CANNOT("LOCK-2", "Wine's waiting locks are no operations"))
        return;
    HANDLE port = port_make(0);
    OVERLAPPED ov;
    two_open(FILE_FLAG_OVERLAPPED);
    REQUIRE(CreateIoCompletionPort(second, port, DISK_KEY, 0) == port);
    REQUIRE(lock_now(first, 0, 10, EXCLUSIVE) == 0);
    disk_at(&ov, 5);
    BOOL ok = LockFileEx(second, EXCLUSIVE, 0, 10, 0, &ov);
    CHECK("LOCK-2", !ok && GetLastError() == ERROR_IO_PENDING, "pends: %d %u", ok,
          (unsigned)GetLastError());
    struct packet p = port_take(port, QUIET_MS);
    CHECK("LOCK-2", p.overlapped == NULL, "no packet yet");
    CHECK("OVL-7",
          !GetOverlappedResult(second, &ov, &p.bytes, FALSE) &&
              GetLastError() == ERROR_IO_INCOMPLETE,
          "under way");
    CHECK("LOCK-4", unlock_now(first, 0, 10) == 0, "given up");
    p = port_take(port, DEADLINE_MS);
    CHECK("LOCK-2", p.ok && p.overlapped == &ov && p.bytes == 0 && p.key == DISK_KEY, "its packet");
    CHECK("LOCK-2", lock_now(first, 14, 1, 0) == ERROR_LOCK_VIOLATION, "and it is held");
    two_close();
    CloseHandle(port);
}

static void cancelled(void)
{
    if (WINE_CANNOT("LOCK-6", "Wine's waiting locks are no operations"))
        return;
    HANDLE port = port_make(0);
    OVERLAPPED ov, other;
    two_open(FILE_FLAG_OVERLAPPED);
    REQUIRE(CreateIoCompletionPort(second, port, DISK_KEY, 0) == port);
    REQUIRE(lock_now(first, 0, 10, EXCLUSIVE) == 0);
    disk_at(&ov, 0);
    REQUIRE(!LockFileEx(second, EXCLUSIVE, 0, 1, 0, &ov) && GetLastError() == ERROR_IO_PENDING);
    disk_at(&other, 1);
    REQUIRE(!LockFileEx(second, EXCLUSIVE, 0, 1, 0, &other) && GetLastError() == ERROR_IO_PENDING);
    CHECK("LOCK-6", CancelIoEx(second, &ov), "CancelIoEx finds it");
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("LOCK-6", !p.ok && p.overlapped == &ov && p.error == ERROR_OPERATION_ABORTED, "995: %u",
          (unsigned)p.error);
    CHECK("CANC-2", !CancelIoEx(second, &ov) && GetLastError() == ERROR_NOT_FOUND, "once only");
    CHECK("CANC-7", port_is_empty(port), "the other one waits on");
    CHECK("LOCK-6", CancelIo(second), "CancelIo");
    p = port_take(port, DEADLINE_MS);
    CHECK("LOCK-6", !p.ok && p.overlapped == &other && p.error == ERROR_OPERATION_ABORTED, "%u",
          (unsigned)p.error);
    disk_at(&ov, 0);
    REQUIRE(!LockFileEx(second, EXCLUSIVE, 0, 1, 0, &ov) && GetLastError() == ERROR_IO_PENDING);
    CloseHandle(second);
    p = port_take(port, DEADLINE_MS);
    CHECK("CLOSE-1", !p.ok && p.overlapped == &ov && p.error == ERROR_OPERATION_ABORTED,
          "closing ends it: %u", (unsigned)p.error);
    CHECK("PKT-6", port_is_empty(port), "no other");
    CloseHandle(first);
    CloseHandle(port);
}

static DWORD WINAPI locker(void *file)
{
    OVERLAPPED ov;
    disk_at(&ov, 0);
    return LockFileEx((HANDLE)file, EXCLUSIVE, 0, 10, 0, &ov) ? 0 : GetLastError();
}

static void blocking(void)
{
    two_open(0);
    REQUIRE(lock_now(first, 0, 10, EXCLUSIVE) == 0);
    HANDLE thread = thread_start(locker, second);
    CHECK("LOCK-2", WaitForSingleObject(thread, QUIET_MS) == WAIT_TIMEOUT,
          "a synchronous handle blocks");
    REQUIRE(unlock_now(first, 0, 10) == 0);
    CHECK("LOCK-2", thread_join(thread) == 0, "until it is free");
    CHECK("LOCK-2", lock_now(first, 0, 1, EXCLUSIVE) == ERROR_LOCK_VIOLATION, "and holds it");
    two_close();
}

int main(void)
{
    RUN(conflicts);
    RUN(shared_ranges);
    RUN(far_ranges);
    RUN(mandatory);
    RUN(pending);
    RUN(cancelled);
    RUN(blocking);
    return check_report();
}
