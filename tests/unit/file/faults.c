/* SPDX-License-Identifier: MIT
 *
 * Files when things go wrong: a full disk, a disk that fails, no descriptors left, a file that is
 * cut under its readers, another process's lock. Each operation ends exactly once, with the rule's
 * error, and the process lives.
 */
#include "unit/expect.h"

#include "base/fault.h"

#include <windows.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 1 << 16, FLIGHT = 16 };

static char *buffers; /* FLIGHT pieces, on pages */
static OVERLAPPED operations[FLIGHT];
static HANDLE port;
static char directory[] = "/tmp/iocp-faults-XXXXXX";
static char path[128];

struct outcome {
    BOOL ok;
    DWORD error, bytes;
};

static HANDLE open_file(DWORD flags)
{
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_ALWAYS,
                              flags | FILE_FLAG_OVERLAPPED, NULL);
    EXPECT(file != INVALID_HANDLE_VALUE);
    EXPECT(CreateIoCompletionPort(file, port, 1, 0) == port);
    return file;
}

static struct outcome take(DWORD patience)
{
    struct outcome outcome = {.error = 0};
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;

    outcome.ok = GetQueuedCompletionStatus(port, &outcome.bytes, &key, &overlapped, patience);
    outcome.error = outcome.ok ? 0 : GetLastError();
    if (!overlapped)
        outcome.bytes = ~0u;
    return outcome;
}

/* However it ends: in the call, or by its packet. */
static struct outcome transfer(HANDLE file, int slot, uint64_t offset, DWORD length, BOOL writing)
{
    OVERLAPPED *overlapped = &operations[slot];
    char *data = buffers + (size_t)slot * PIECE;

    memset(overlapped, 0, sizeof *overlapped);
    overlapped->Offset = (DWORD)offset;
    overlapped->OffsetHigh = (DWORD)(offset >> 32);
    BOOL ok = writing ? WriteFile(file, data, length, NULL, overlapped)
                      : ReadFile(file, data, length, NULL, overlapped);
    if (!ok && GetLastError() != ERROR_IO_PENDING)
        return (struct outcome){.error = GetLastError()};
    return take(5000);
}

static void expect_quiet(void)
{
    struct outcome none = take(50);
    EXPECT_EQUAL(none.bytes, ~0u);
}

static void limit_of_size(void)
{
    struct rlimit before, limit;
    HANDLE file = open_file(0);

    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = 4 * PIECE;
    setrlimit(RLIMIT_FSIZE, &limit);
    struct outcome full = transfer(file, 0, 8 * PIECE, PIECE, TRUE);
    EXPECT_EQUAL(full.error, ERROR_DISK_FULL);
    EXPECT_EQUAL(full.bytes, 0);
    /* In the middle: part of it fits. */
    full = transfer(file, 0, 4 * PIECE - PIECE / 2, PIECE, TRUE);
    EXPECT_EQUAL(full.error, ERROR_DISK_FULL);
    setrlimit(RLIMIT_FSIZE, &before);
    struct outcome fits = transfer(file, 0, 8 * PIECE, PIECE, TRUE);
    EXPECT(fits.ok && fits.bytes == PIECE);
    expect_quiet();
    CloseHandle(file);
}

static void full_disk(void)
{
    char small[100];
    int packets = 0, full = 0;

    snprintf(small, sizeof small, "%s/small", directory);
    mkdir(small, 0700);
    if (mount("iocp", small, "tmpfs", 0, "size=256k") < 0) {
        printf("left out: a full disk (nothing can be mounted here)\n");
        return;
    }
    snprintf(path, sizeof path, "%s/small/file", directory);
    HANDLE file = open_file(0);
    for (int slot = 0; slot < FLIGHT; slot++) {
        struct outcome outcome = transfer(file, slot, (uint64_t)slot * PIECE, PIECE, TRUE);
        packets++;
        full += outcome.error == ERROR_DISK_FULL;
        EXPECT(outcome.ok || outcome.error == ERROR_DISK_FULL);
    }
    EXPECT(full >= FLIGHT - 4 && full < FLIGHT);
    EXPECT_EQUAL(packets, FLIGHT);
    expect_quiet();
    CloseHandle(file);
    EXPECT_EQUAL(umount(small), 0); /* nothing holds it any more */
    rmdir(small);
}

static void failing_disk(void)
{
    HANDLE file = open_file(0);

    EXPECT(transfer(file, 0, 0, PIECE, TRUE).ok);
    for (int writing = 0; writing < 2; writing++) {
        atomic_store(&fault_countdown[FAULT_DISK], 1);
        struct outcome outcome = transfer(file, 0, 0, PIECE, writing);
        EXPECT_EQUAL(outcome.error, ERROR_IO_DEVICE);
        EXPECT_EQUAL(outcome.bytes, 0);
        atomic_store(&fault_countdown[FAULT_DISK], 0);
    }
    EXPECT(transfer(file, 0, 0, PIECE, FALSE).ok);
    expect_quiet();
    CloseHandle(file);
}

static void no_descriptors(void)
{
    struct rlimit before, limit;

    getrlimit(RLIMIT_NOFILE, &before);
    limit = before;
    int last = open("/dev/null", O_RDONLY | O_CLOEXEC);
    limit.rlim_cur = (rlim_t)last;
    close(last);
    setrlimit(RLIMIT_NOFILE, &limit);
    HANDLE file = CreateFileA(path, GENERIC_READ, 7, NULL, OPEN_ALWAYS, 0, NULL);
    DWORD error = GetLastError();
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT(file == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(error, ERROR_TOO_MANY_OPEN_FILES);
}

/* Reads past the cache are under way while another process would cut the file: this one's second
 * descriptor, which the library does not know, does as well. */
static void cut_under_readers(void)
{
    HANDLE file = open_file(FILE_FLAG_NO_BUFFERING);
    int other = open(path, O_RDWR | O_CLOEXEC);
    int pending = 0;

    for (int round = 0; round < 20; round++) {
        EXPECT_EQUAL(ftruncate(other, (off_t)FLIGHT * PIECE), 0);
        for (int slot = 0; slot < FLIGHT; slot++) {
            memset(&operations[slot], 0, sizeof operations[slot]);
            operations[slot].Offset = (DWORD)slot * PIECE;
            BOOL ok =
                ReadFile(file, buffers + (size_t)slot * PIECE, PIECE, NULL, &operations[slot]);
            EXPECT(ok || GetLastError() == ERROR_IO_PENDING);
            pending++;
        }
        EXPECT_EQUAL(ftruncate(other, round % 3 * PIECE), 0);
        for (int slot = 0; slot < FLIGHT; slot++) {
            struct outcome outcome = take(5000);
            EXPECT(outcome.ok ? outcome.bytes <= PIECE
                              : outcome.error == ERROR_HANDLE_EOF && outcome.bytes == 0);
            pending--;
        }
    }
    EXPECT_EQUAL(pending, 0);
    expect_quiet();
    close(other);
    CloseHandle(file);
}

/* A process that holds bytes 0 to 9 until it is told to end. */
static pid_t start_holder(int *told)
{
    int tell[2], ready[2];
    char byte;

    if (pipe(tell) < 0 || pipe(ready) < 0)
        exit(1);
    pid_t child = fork();
    if (child == 0) {
        struct flock range = {.l_type = F_WRLCK, .l_len = 10};
        int descriptor = open(path, O_RDWR);
        close(tell[1]);
        byte = fcntl(descriptor, F_OFD_SETLK, &range) == 0;
        if (write(ready[1], &byte, 1) == 1 && read(tell[0], &byte, 1) >= 0)
            _exit(0);
        _exit(1);
    }
    EXPECT(read(ready[0], &byte, 1) == 1 && byte);
    close(ready[0]);
    close(ready[1]);
    close(tell[0]);
    *told = tell[1];
    return child;
}

static void foreign_lock(void)
{
    HANDLE file = open_file(0);
    int told;
    pid_t holder = start_holder(&told);
    OVERLAPPED *overlapped = &operations[0];

    memset(overlapped, 0, sizeof *overlapped);
    EXPECT(!LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 5, 0,
                       overlapped));
    EXPECT_EQUAL(GetLastError(), ERROR_LOCK_VIOLATION);
    EXPECT(!LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 5, 0, overlapped));
    EXPECT_EQUAL(GetLastError(), ERROR_IO_PENDING);
    struct outcome none = take(100);
    EXPECT_EQUAL(none.bytes, ~0u);
    close(told);
    waitpid(holder, NULL, 0);
    struct outcome granted = take(5000);
    EXPECT(granted.ok && granted.bytes == 0);
    struct flock range = {.l_type = F_WRLCK, .l_len = 1};
    int other = open(path, O_RDWR | O_CLOEXEC);
    EXPECT(fcntl(other, F_OFD_SETLK, &range) < 0); /* and others meet it */
    EXPECT(UnlockFileEx(file, 0, 5, 0, overlapped));
    EXPECT(fcntl(other, F_OFD_SETLK, &range) == 0);
    close(other);
    /* A waiting lock that another process is in the way of can be cancelled. */
    holder = start_holder(&told);
    EXPECT(!LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 5, 0, overlapped));
    EXPECT(CancelIoEx(file, overlapped));
    EXPECT_EQUAL(take(5000).error, ERROR_OPERATION_ABORTED);
    close(told);
    waitpid(holder, NULL, 0);
    expect_quiet();
    CloseHandle(file);
}

int main(void)
{
    void (*const tests[])(void) = {limit_of_size,     failing_disk, no_descriptors,
                                   cut_under_readers, foreign_lock, full_disk};

    if (!mkdtemp(directory) || posix_memalign((void **)&buffers, 4096, FLIGHT * PIECE))
        return 1;
    memset(buffers, 'x', FLIGHT * PIECE);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    for (size_t index = 0; index < sizeof tests / sizeof tests[0]; index++) {
        snprintf(path, sizeof path, "%s/file", directory);
        tests[index]();
        unlink(path);
    }
    rmdir(directory);
    CloseHandle(port);
    free(buffers);
    return expect_report();
}
