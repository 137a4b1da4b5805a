/* SPDX-License-Identifier: MIT
 *
 * Files of other kinds and places than a disk's: a FIFO that holds its reader up, file systems that
 * cannot transfer past their cache, writing through; and directories when the system's limits are
 * reached or its queue runs over.
 */
#include "unit/expect.h"

#include "file/changes_internal.h"

#include <windows.h>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 20000, PATIENCE = 5000 };

static char directory[] = "/tmp/iocp-places-XXXXXX";
static char path[128];

static HANDLE open_path(const char *name, DWORD flags)
{
    HANDLE file =
        CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 7, NULL, OPEN_ALWAYS, flags, NULL);

    EXPECT(file != INVALID_HANDLE_VALUE);
    return file;
}

static const char *name_of(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* ---- SCHED-7: a synchronous read of a FIFO gives the thread's place to another ---- */

static struct {
    HANDLE port, fifo;
    _Atomic int blocked, out;
    DWORD bytes;
} held;

static BOOL take_packet(DWORD patience)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    return GetQueuedCompletionStatus(held.port, &bytes, &key, &overlapped, patience);
}

static DWORD WINAPI read_fifo(void *unused)
{
    char data[16];

    (void)unused;
    EXPECT(take_packet(PATIENCE));
    atomic_store(&held.blocked, 1);
    EXPECT(ReadFile(held.fifo, data, sizeof data, &held.bytes, NULL));
    EXPECT(memcmp(data, "late", 4) == 0);
    return 0;
}

static DWORD WINAPI take_second(void *unused)
{
    (void)unused;
    EXPECT(take_packet(PATIENCE));
    atomic_store(&held.out, 1);
    return 0;
}

static int reaches(_Atomic int *counter)
{
    for (int tries = 0; tries < PATIENCE && !atomic_load(counter); tries++)
        Sleep(1);
    return atomic_load(counter);
}

static void slow_reader(void)
{
    DWORD bytes;

    EXPECT(mkfifo(name_of("fifo"), 0600) == 0);
    held.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    held.fifo = open_path(path, 0);
    HANDLE first = CreateThread(NULL, 0, read_fifo, NULL, 0, NULL);
    EXPECT(PostQueuedCompletionStatus(held.port, 0, 1, NULL));
    EXPECT(reaches(&held.blocked));
    HANDLE second = CreateThread(NULL, 0, take_second, NULL, 0, NULL);
    EXPECT(PostQueuedCompletionStatus(held.port, 0, 2, NULL));
    EXPECT(reaches(&held.out)); /* while the first is in its read */
    EXPECT_EQUAL(WaitForSingleObject(first, 0), WAIT_TIMEOUT);
    EXPECT(WriteFile(held.fifo, "late", 4, &bytes, NULL));
    EXPECT_EQUAL(WaitForSingleObject(first, PATIENCE), WAIT_OBJECT_0);
    EXPECT_EQUAL(WaitForSingleObject(second, PATIENCE), WAIT_OBJECT_0);
    EXPECT_EQUAL(held.bytes, 4);
    CloseHandle(first);
    CloseHandle(second);
    CloseHandle(held.fifo);
    CloseHandle(held.port);
    unlink(path);
}

/* ---- places ---- */

static void written_through(void)
{
    char data[8] = {0};
    DWORD bytes;
    HANDLE file = open_path(name_of("through"), FILE_FLAG_WRITE_THROUGH);

    EXPECT(fcntl(file_descriptor((uintptr_t)file), F_GETFL) & O_DSYNC);
    EXPECT(WriteFile(file, "through", 7, &bytes, NULL) && bytes == 7);
    EXPECT_EQUAL(SetFilePointer(file, 0, NULL, FILE_BEGIN), 0);
    EXPECT(ReadFile(file, data, 7, &bytes, NULL) && memcmp(data, "through", 7) == 0);
    CloseHandle(file);
    unlink(path);
}

/* Nothing there goes past a cache: it is read all the same, with the same checks (FILE-11). */
static void no_direct_transfers(void)
{
    static char data[8192] __attribute__((aligned(4096)));
    OVERLAPPED overlapped = {.Offset = 0};
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    HANDLE file = CreateFileA("/proc/self/status", GENERIC_READ, 7, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING, NULL);
    OVERLAPPED *found = NULL;
    ULONG_PTR key;
    DWORD bytes = 0;

    EXPECT(file != INVALID_HANDLE_VALUE);
    EXPECT(!(fcntl(file_descriptor((uintptr_t)file), F_GETFL) & O_DIRECT));
    EXPECT(CreateIoCompletionPort(file, port, 1, 0) == port);
    EXPECT(!ReadFile(file, data, 100, NULL, &overlapped));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!ReadFile(file, data + 1, 4096, NULL, &overlapped));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(ReadFile(file, data, 4096, NULL, &overlapped) || GetLastError() == ERROR_IO_PENDING);
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &found, PATIENCE));
    EXPECT(found == &overlapped && bytes > 0 && memcmp(data, "Name:", 5) == 0);
    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &found, 50) && !found);
    CloseHandle(file);
    CloseHandle(port);
}

/* ---- directories ---- */

struct watched {
    HANDLE handle, port;
    OVERLAPPED overlapped;
    DWORD room[1024];
};

static BOOL watch_ask(struct watched *watched, BOOL subtree)
{
    memset(&watched->overlapped, 0, sizeof watched->overlapped);
    return ReadDirectoryChangesW(watched->handle, watched->room, sizeof watched->room, subtree,
                                 FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME, NULL,
                                 &watched->overlapped, NULL);
}

static void watch_open(struct watched *watched)
{
    memset(watched, 0, sizeof *watched);
    watched->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    watched->handle = CreateFileA(directory, FILE_LIST_DIRECTORY, 7, NULL, OPEN_EXISTING,
                                  FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
    EXPECT(watched->handle != INVALID_HANDLE_VALUE);
    EXPECT(CreateIoCompletionPort(watched->handle, watched->port, 1, 0) == watched->port);
}

/* Bytes of the next packet; -1: none, -2: it failed. */
static long watch_take(struct watched *watched, DWORD patience)
{
    OVERLAPPED *found = NULL;
    ULONG_PTR key;
    DWORD bytes = 0;
    BOOL ok = GetQueuedCompletionStatus(watched->port, &bytes, &key, &found, patience);

    return !found ? -1 : ok ? (long)bytes : -2;
}

static void watch_close(struct watched *watched)
{
    CloseHandle(watched->handle);
    while (watch_take(watched, 50) != -1)
        continue;
    CloseHandle(watched->port);
}

/* More than the system keeps happens while nobody reads. */
static void queue_runs_over(void)
{
    static struct watched watched;
    char name[160];

    watch_open(&watched);
    EXPECT(watch_ask(&watched, TRUE));
    lock_take(&changes_lock);
    for (int index = 0; index < MANY; index++) {
        snprintf(name, sizeof name, "%s/f%d", directory, index);
        int made = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        close(made);
        unlink(name);
    }
    snprintf(name, sizeof name, "%s/unheard", directory);
    EXPECT(mkdir(name, 0700) == 0);
    lock_drop(&changes_lock);
    EXPECT(watch_take(&watched, PATIENCE) > 0); /* as much as its buffer holds */
    EXPECT(watch_ask(&watched, TRUE));
    EXPECT_EQUAL(watch_take(&watched, PATIENCE), 0);
    EXPECT_EQUAL(watched.overlapped.Internal, STATUS_NOTIFY_ENUM_DIR);
    /* The directory that nobody was told of is watched now. */
    EXPECT(watch_ask(&watched, TRUE));
    while (watch_take(&watched, 200) >= 0)
        EXPECT(watch_ask(&watched, TRUE));
    snprintf(name, sizeof name, "%s/unheard/file", directory);
    int made = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    EXPECT(watch_take(&watched, PATIENCE) > 0);
    close(made);
    unlink(name);
    watch_close(&watched);
    snprintf(name, sizeof name, "%s/unheard", directory);
    rmdir(name);
}

static bool write_number(const char *name, const char *text)
{
    int file = open(name, O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);

    if (file >= 0)
        close(file);
    return done;
}

/* In a process of its own, whose user has so few watches or instances. */
static int within_limits(const char *limit, const char *number, int (*run)(void))
{
    int status = 0;

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWUSER) < 0 || !write_number(limit, number))
            _exit(77);
        int result = run();
        fflush(stdout);
        _exit(result);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int no_instance(void)
{
    static struct watched watched;

    watch_open(&watched);
    EXPECT(!watch_ask(&watched, FALSE));
    EXPECT_EQUAL(GetLastError(), ERROR_NO_SYSTEM_RESOURCES);
    EXPECT_EQUAL(watch_take(&watched, 50), -1);
    watch_close(&watched);
    return expect_failures != 0;
}

/* Four watches: the directory, its parent, two below. */
static int few_watches(void)
{
    static struct watched watched;
    char name[160];

    watch_open(&watched);
    EXPECT(watch_ask(&watched, TRUE));
    for (int index = 0; index < 2; index++) {
        snprintf(name, sizeof name, "%s/d%d", directory, index);
        EXPECT(mkdir(name, 0700) == 0);
        EXPECT(watch_take(&watched, PATIENCE) > 0);
        EXPECT(watch_ask(&watched, TRUE));
    }
    snprintf(name, sizeof name, "%s/d2", directory);
    EXPECT(mkdir(name, 0700) == 0);
    EXPECT_EQUAL(watch_take(&watched, PATIENCE), 0); /* one is not heard from now on */
    EXPECT(watch_ask(&watched, TRUE));
    static struct watched second;
    watch_open(&second);
    EXPECT(!watch_ask(&second, TRUE)); /* its tree does not fit */
    EXPECT_EQUAL(GetLastError(), ERROR_NO_SYSTEM_RESOURCES);
    EXPECT(watch_ask(&second, FALSE)); /* the directory alone does */
    rmdir(name);
    EXPECT(watch_take(&watched, PATIENCE) > 0);
    EXPECT(watch_take(&second, PATIENCE) > 0);
    watch_close(&second);
    watch_close(&watched);
    for (int index = 0; index < 2; index++) {
        snprintf(name, sizeof name, "%s/d%d", directory, index);
        rmdir(name);
    }
    return expect_failures != 0;
}

static void limits(void)
{
    int instances = within_limits("/proc/sys/user/max_inotify_instances", "0", no_instance);
    int watches = within_limits("/proc/sys/user/max_inotify_watches", "4", few_watches);

    if (instances == 77 || watches == 77)
        printf("left out: limits of inotify (no user namespace can be made here)\n");
    EXPECT(instances == 0 || instances == 77);
    EXPECT(watches == 0 || watches == 77);
}

int main(void)
{
    /* First, while the process has used nothing of the library. */
    void (*const tests[])(void) = {limits, slow_reader, written_through, no_direct_transfers,
                                   queue_runs_over};

    if (!mkdtemp(directory))
        return 1;
    for (size_t index = 0; index < sizeof tests / sizeof tests[0]; index++)
        tests[index]();
    EXPECT(rmdir(directory) == 0);
    return expect_report();
}
