/* SPDX-License-Identifier: MIT
 *
 * Question: what do PostQueuedCompletionStatus and GetQueuedCompletionStatus cost when one thread
 * does both, so that nobody waits and nobody is woken? Builds for libiocp and for Windows.
 *
 * Usage: post_get [REPETITIONS [PAIRS]]. One line:
 *   post_get median_ns=... min_ns=... max_ns=... repetitions=... pairs=... */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

enum { REPETITIONS_MAX = 1000 };

static double now_ns(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}

static void fail(const char *what)
{
    fprintf(stderr, "post_get: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void pairs_run(HANDLE port, long pairs)
{
    OVERLAPPED overlapped;
    for (long i = 0; i < pairs; i++) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *packet;
        if (!PostQueuedCompletionStatus(port, (DWORD)i, (ULONG_PTR)i, &overlapped))
            fail("PostQueuedCompletionStatus");
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &packet, INFINITE))
            fail("GetQueuedCompletionStatus");
        if (bytes != (DWORD)i || key != (ULONG_PTR)i || packet != &overlapped)
            fail("another packet came out than went in");
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The number in an argument, or the default when there is none; 0 when it is no such number. */
static long number_or(const char *text, long otherwise)
{
    char *end;
    if (!text)
        return otherwise;
    long number = strtol(text, &end, 10);
    return end == text || *end || number < 1 ? 0 : number;
}

int main(int argc, char **argv)
{
    static double results[REPETITIONS_MAX];
    long repetitions = number_or(argc > 1 ? argv[1] : NULL, 15);
    long pairs = number_or(argc > 2 ? argv[2] : NULL, 200000);
    if (repetitions < 1 || repetitions > REPETITIONS_MAX || pairs < 1) {
        fprintf(stderr, "usage: post_get [REPETITIONS [PAIRS]]\n");
        return 2;
    }
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!port)
        fail("CreateIoCompletionPort");
    pairs_run(port, pairs / 10 + 1);
    for (long i = 0; i < repetitions; i++) {
        double start = now_ns();
        pairs_run(port, pairs);
        results[i] = (now_ns() - start) / (double)pairs;
    }
    CloseHandle(port);
    qsort(results, (size_t)repetitions, sizeof(results[0]), compare);
    printf("post_get median_ns=%.1f min_ns=%.1f max_ns=%.1f repetitions=%ld pairs=%ld\n",
           results[repetitions / 2], results[0], results[repetitions - 1], repetitions, pairs);
    return 0;
}
