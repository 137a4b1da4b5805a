/* SPDX-License-Identifier: MIT
 *
 * What do random reads of 4 KiB cost through a port? One thread keeps DEPTH reads in flight.
 *
 *   file_read FILE [--direct] [--depth 32] [--seconds 2]
 *
 * The file has to be there; --direct reads past the page cache. Prints reads per second.
 */
#include <windows.h>
#include <iocp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 4096u
#define DEPTH_MOST 1024

static OVERLAPPED operations[DEPTH_MOST];
static char *buffers;
static uint64_t blocks;
static HANDLE file, port;

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void start(OVERLAPPED *operation)
{
    uint64_t offset = next_random() % blocks * BLOCK;

    operation->Offset = (DWORD)offset;
    operation->OffsetHigh = (DWORD)(offset >> 32);
    if (!ReadFile(file, buffers + (operation - operations) * BLOCK, BLOCK, NULL, operation) &&
        GetLastError() != ERROR_IO_PENDING) {
        fprintf(stderr, "file_read: ReadFile: error %u\n", GetLastError());
        exit(1);
    }
}

static double now(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart / (double)frequency.QuadPart;
}

static uint64_t run(double seconds)
{
    double until = now() + seconds;
    uint64_t done = 0;

    for (;;) {
        OVERLAPPED *operation;
        ULONG_PTR key;
        DWORD bytes;
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE) ||
            bytes != BLOCK) {
            fprintf(stderr, "file_read: error %u, %u bytes\n", GetLastError(), bytes);
            exit(1);
        }
        if (++done % 256 == 0 && now() >= until)
            return done;
        start(operation);
    }
}

int main(int count, char **arguments)
{
    DWORD flags = FILE_FLAG_OVERLAPPED | FILE_FLAG_RANDOM_ACCESS;
    double seconds = 2;
    long depth = 32;
    LARGE_INTEGER size;

    for (int i = 2; i < count; i++) {
        if (strcmp(arguments[i], "--direct") == 0)
            flags |= FILE_FLAG_NO_BUFFERING;
        else if (strcmp(arguments[i], "--depth") == 0 && i + 1 < count)
            depth = strtol(arguments[++i], NULL, 10);
        else if (strcmp(arguments[i], "--seconds") == 0 && i + 1 < count)
            seconds = strtod(arguments[++i], NULL);
    }
    if (count < 2 || depth < 1 || depth > DEPTH_MOST) {
        fprintf(stderr, "usage: file_read FILE [--direct] [--depth N] [--seconds S]\n");
        return 2;
    }
    file =
        CreateFileA(arguments[1], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, flags, NULL);
    port = CreateIoCompletionPort(file, NULL, 1, 1);
    if (!port || !GetFileSizeEx(file, &size) || size.QuadPart < (LONGLONG)BLOCK ||
        posix_memalign((void **)&buffers, BLOCK, (size_t)depth * BLOCK)) {
        fprintf(stderr, "file_read: %s: error %u\n", arguments[1], GetLastError());
        return 1;
    }
    blocks = (uint64_t)size.QuadPart / BLOCK;
    for (long i = 0; i < depth; i++)
        start(&operations[i]);
    run(seconds / 10); /* warm */
    double begin = now();
    uint64_t done = run(seconds);
    double took = now() - begin;
    printf("file_read engine=%s direct=%d depth=%ld reads_per_second=%.0f\n", iocp_engine(),
           (flags & FILE_FLAG_NO_BUFFERING) != 0, depth, (double)done / took);
    return 0;
}
