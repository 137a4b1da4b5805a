/* SPDX-License-Identifier: MIT
 *
 * Question: what does it cost to hand a packet to a waiting thread and get one back? Two threads
 * play ping-pong through two ports. On Linux the same game through two bare futex words is played
 * in turns with it: that is what the kernel charges anyway. Whether the two threads share a
 * processor decides everything (a wake-up across processors costs several microseconds), so both
 * games are also played with the threads pinned to two different ones, where there are two.
 *
 * Usage: handoff [REPETITIONS [ROUND_TRIPS]]. One line per game:
 *   handoff_port placement=free|two_cpus median_ns=... min_ns=... max_ns=...
 *   handoff_futex placement=...
 *   handoff_ratio placement=... median=... min=... max=...    (port to futex, in turns) */
#ifdef __linux__
#define _GNU_SOURCE
#endif
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

#ifdef __linux__
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum { REPETITIONS_MAX = 200 };

/* A game: two places, each of which one thread waits at and the other fills. */
struct game {
    const char *name;
    void (*give)(int place);
    void (*take)(int place);
};

static HANDLE ports[2];
static const struct game *current;
static long round_trips;
static int two_processors;

static double now_ns(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}

static void fail(const char *what)
{
    fprintf(stderr, "handoff: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void port_give(int place)
{
    if (!PostQueuedCompletionStatus(ports[place], 1, 2, NULL))
        fail("PostQueuedCompletionStatus");
}

static void port_take(int place)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *packet;
    if (!GetQueuedCompletionStatus(ports[place], &bytes, &key, &packet, INFINITE))
        fail("GetQueuedCompletionStatus");
}

static const struct game port_game = {"handoff_port", port_give, port_take};

#ifdef __linux__

static _Atomic uint32_t words[2];

static void futex_give(int place)
{
    atomic_store(&words[place], 1);
    syscall(SYS_futex, &words[place], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void futex_take(int place)
{
    while (!atomic_load(&words[place]))
        syscall(SYS_futex, &words[place], FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    atomic_store(&words[place], 0);
}

static const struct game futex_game = {"handoff_futex", futex_give, futex_take};

static void pin(int which)
{
    static cpu_set_t allowed;
    static int known;
    cpu_set_t chosen;
    if (!known)
        known = !sched_getaffinity(0, sizeof(allowed), &allowed);
    CPU_ZERO(&chosen);
    for (int cpu = 0, seen = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && (!two_processors || seen++ == which))
            CPU_SET(cpu, &chosen);
    }
    sched_setaffinity(0, sizeof(chosen), &chosen);
}

static int processors(void)
{
    cpu_set_t allowed;
    return sched_getaffinity(0, sizeof(allowed), &allowed) ? 1 : CPU_COUNT(&allowed);
}

#else

static void pin(int which)
{
    (void)which;
}

#endif

static DWORD WINAPI answer(LPVOID argument)
{
    (void)argument;
    pin(1);
    for (long i = 0; i < round_trips; i++) {
        current->take(0);
        current->give(1);
    }
    return 0;
}

static double play(const struct game *game)
{
    DWORD id;
    current = game;
    pin(0);
    HANDLE thread = CreateThread(NULL, 0, answer, NULL, 0, &id);
    if (!thread)
        fail("CreateThread");
    double start = now_ns();
    for (long i = 0; i < round_trips; i++) {
        game->give(0);
        game->take(1);
    }
    double each = (now_ns() - start) / (double)round_trips;
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return each;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print(const char *name, const char *unit, double *values, long count)
{
    qsort(values, (size_t)count, sizeof(values[0]), compare);
    printf("%s placement=%s median%s=%.2f min%s=%.2f max%s=%.2f\n", name,
           two_processors ? "two_cpus" : "free", unit, values[count / 2], unit, values[0], unit,
           values[count - 1]);
}

static void measure(long repetitions)
{
    static double port[REPETITIONS_MAX];
    play(&port_game);
#ifdef __linux__
    static double futex[REPETITIONS_MAX], ratio[REPETITIONS_MAX];
    for (long i = 0; i < repetitions; i++) {
        futex[i] = play(&futex_game);
        port[i] = play(&port_game);
        ratio[i] = port[i] / futex[i];
    }
    print(futex_game.name, "_ns", futex, repetitions);
    print("handoff_ratio", "", ratio, repetitions);
#else
    for (long i = 0; i < repetitions; i++)
        port[i] = play(&port_game);
#endif
    print(port_game.name, "_ns", port, repetitions);
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
    long repetitions = number_or(argc > 1 ? argv[1] : NULL, 9);
    round_trips = number_or(argc > 2 ? argv[2] : NULL, 3000);
    if (repetitions < 1 || repetitions > REPETITIONS_MAX || round_trips < 1) {
        fprintf(stderr, "usage: handoff [REPETITIONS [ROUND_TRIPS]]\n");
        return 2;
    }
    for (int i = 0; i < 2; i++) {
        ports[i] = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
        if (!ports[i])
            fail("CreateIoCompletionPort");
    }
    measure(repetitions);
#ifdef __linux__
    if (processors() > 1) {
        two_processors = 1;
        measure(repetitions);
    }
#endif
    CloseHandle(ports[0]);
    CloseHandle(ports[1]);
    return 0;
}
