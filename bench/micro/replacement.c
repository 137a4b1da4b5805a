/* SPDX-License-Identifier: MIT
 *
 * Question: when a thread of a port blocks in a call that the library does not see (a raw nanosleep
 * here), how long until another runs in its place? The limit is one and there are two threads.
 *
 *   queued=before   the packet lay in the queue; timed from the block
 *   queued=after    the packet is posted to a port whose only running thread is blocked; timed from
 *                   the post
 *   calls=rare      nothing has blocked for a tenth of a second
 *   calls=frequent  handlers block again and again
 *
 * Usage: replacement [SAMPLES]. One line per case (rare ones with a sixth of the samples):
 *   replacement queued=... calls=... median_us=... p99_us=... max_us=... samples=... */
#define _GNU_SOURCE
#include <windows.h>

#include <iocp.h>

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES_MOST = 100000, BLOCK = 1, NOTE = 2, BLOCK_US = 5000, REST_US = 120000 };

static HANDLE port;
static sem_t blocked_over, noted;
static volatile long compute_us; /* before the block */
static double start, end;        /* handed over by the semaphores */
static double results[SAMPLES_MOST];
static unsigned randomness = 1;

static void fail(const char *what)
{
    fprintf(stderr, "replacement: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static void pause_us(long microseconds)
{
    nanosleep(&(struct timespec){microseconds / 1000000, microseconds % 1000000 * 1000}, NULL);
}

static long random_below(long most)
{
    randomness = randomness * 1664525u + 1013904223u;
    return (long)(randomness >> 8) % most;
}

static void post(ULONG_PTR key)
{
    if (!PostQueuedCompletionStatus(port, 0, key, NULL))
        fail("PostQueuedCompletionStatus");
}

static DWORD WINAPI work(LPVOID argument)
{
    (void)argument;
    for (;;) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *packet;
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &packet, INFINITE))
            return 0;
        if (key == NOTE) {
            end = now_us();
            sem_post(&noted);
            continue;
        }
        double until = now_us() + (double)compute_us;
        if (compute_us) {
            while (now_us() < until)
                continue;
            start = now_us();
        }
        pause_us(BLOCK_US);
        sem_post(&blocked_over);
    }
}

static void semaphore_wait(sem_t *semaphore)
{
    while (sem_wait(semaphore))
        continue;
}

/* One replacement, in microseconds; negative if the block was over first. */
static double sample(int queued_before)
{
    compute_us = queued_before ? 1 + random_below(3000) : 0;
    post(BLOCK);
    if (!queued_before) {
        pause_us(500 + random_below(1500));
        start = now_us();
    }
    post(NOTE);
    semaphore_wait(&noted);
    semaphore_wait(&blocked_over);
    return end - start < BLOCK_US ? end - start : -1;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void measure(int queued_before, int rare, long samples)
{
    long late = 0;
    for (long i = 0; i < samples; i++) {
        pause_us((rare ? REST_US : 1000) + random_below(2000));
        results[i] = sample(queued_before);
        if (results[i] < 0) {
            results[i] = BLOCK_US;
            late++;
        }
    }
    qsort(results, (size_t)samples, sizeof(results[0]), compare);
    printf("replacement queued=%s calls=%s median_us=%.0f p99_us=%.0f max_us=%.0f samples=%ld",
           queued_before ? "before" : "after", rare ? "rare" : "frequent", results[samples / 2],
           results[samples * 99 / 100], results[samples - 1], samples);
    if (late)
        printf(" not_replaced=%ld", late);
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char *rest = "";
    long samples = argc > 1 ? strtol(argv[1], &rest, 10) : 300;
    if (samples < 6 || samples > SAMPLES_MOST || *rest) {
        fprintf(stderr, "usage: replacement [SAMPLES]\n");
        return 2;
    }
    if (strcmp(iocp_watch(), "proc") != 0) {
        fprintf(stderr, "replacement: the watcher in force is '%s'\n", iocp_watch());
        return 1;
    }
    sem_init(&blocked_over, 0, 0);
    sem_init(&noted, 0, 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!port)
        fail("CreateIoCompletionPort");
    for (int i = 0; i < 2; i++) {
        HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
        if (!thread)
            fail("CreateThread");
        CloseHandle(thread);
    }
    for (int rare = 0; rare < 2; rare++)
        for (int before = 0; before < 2; before++)
            measure(before, rare, rare ? samples / 6 : samples);
    return 0;
}
