/* SPDX-License-Identifier: MIT
 *
 * The pool of threads behind files on epoll: it grows with what waits, not beyond its limit, serves
 * all of it, gives back what has not begun when it is cancelled, and is gone when nothing happens.
 */
#include "unit/expect.h"

#include "engine/pool.h"

#include <windows.h>

#include <iocp.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLIGHT = 200, PIECE = 1 << 16, TRIES_MOST = 20 };

static OVERLAPPED operations[FLIGHT];

static int pool_threads_alive(void)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;

    while ((entry = readdir(tasks))) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *comm = fopen(path, "r");
        if (comm && fgets(name, sizeof name, comm))
            count += strncmp(name, "iocp-disk", 9) == 0;
        if (comm)
            fclose(comm);
    }
    closedir(tasks);
    return count;
}

static int start_writes(HANDLE file, const char *data)
{
    int started = 0;

    for (int index = 0; index < FLIGHT; index++) {
        memset(&operations[index], 0, sizeof operations[index]);
        operations[index].Offset = (DWORD)index * PIECE;
        started += WriteFile(file, data, PIECE, NULL, &operations[index]) ||
                   GetLastError() == ERROR_IO_PENDING;
    }
    return started;
}

/* Every one once: written, or given back. Returns how many were given back. */
static int take_all(HANDLE port, int *most)
{
    bool seen[FLIGHT] = {false};
    int given_back = 0;

    for (int index = 0; index < FLIGHT; index++) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key;
        DWORD bytes;
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 20000);
        EXPECT(overlapped && !seen[overlapped - operations]);
        if (!overlapped)
            break;
        seen[overlapped - operations] = true;
        EXPECT(ok ? bytes == PIECE : GetLastError() == ERROR_OPERATION_ABORTED && bytes == 0);
        given_back += !ok;
        if (index % 16 == 0) {
            int alive = pool_threads_alive();
            *most = alive > *most ? alive : *most;
        }
    }
    return given_back;
}

int main(void)
{
    char path[] = "/tmp/iocp-pool-XXXXXX";
    char *data = calloc(1, PIECE);
    int most = 0, descriptor = mkstemp(path);

    close(descriptor);
    EXPECT_EQUAL(iocp_engine_set("epoll"), 0);
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED | FILE_FLAG_WRITE_THROUGH, NULL);
    HANDLE port = CreateIoCompletionPort(file, NULL, 1, 0);
    EXPECT(port != NULL);
    EXPECT_EQUAL(pool_threads_alive(), 0);
    EXPECT_EQUAL(start_writes(file, data), FLIGHT);
    int given_back = take_all(port, &most);
    EXPECT_EQUAL(given_back, 0);
    EXPECT(most > 0 && most <= POOL_THREADS_MOST);
    printf("%d threads at most\n", most);
    /* A machine with much to do may come to the cancel when all is written. */
    for (int tries = 0; tries < TRIES_MOST && given_back == 0; tries++) {
        EXPECT_EQUAL(start_writes(file, data), FLIGHT);
        CancelIoEx(file, NULL);
        given_back = take_all(port, &most);
        printf("%d of %d given back\n", given_back, FLIGHT);
    }
    EXPECT(given_back > 0);
    sleep(4);
    EXPECT_EQUAL(pool_threads_alive(), 0);
    CloseHandle(file);
    CloseHandle(port);
    unlink(path);
    free(data);
    return expect_report();
}
