/* SPDX-License-Identifier: MIT
 *
 * Question: what does a port cost as a queue between threads, compared with the queue one writes by
 * hand, a mutex and a condition variable (queue_raw.c)? Around a ring of packets, which needs no
 * memory for a packet, unless the line says against=list: around packets from malloc. Three games:
 *
 *   queue_batch    one thread posts 64 packets and takes them by one GetQueuedCompletionStatusEx:
 *                  nanoseconds a packet, of the taking alone (part=get) and of both (part=both)
 *   queue_2x2      two threads post, two others take, one packet at a time
 *   queue_workers  so many workers take a packet and post it again, with 64 packets going round:
 *                  nobody ever has to sleep, all meet at the queue
 *
 * Usage: queue [REPETITIONS [PACKETS]]. Lines as turns.h tells. */
#include <windows.h>

#include "queue_raw.h"
#include "turns.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 64, TOKENS = 64, WORKERS_MAX = 64, SIDES = 2 };

/* The way packets go in this turn. */
struct way {
    void (*put)(ULONG_PTR key);
    ULONG_PTR (*take)(void);
    ULONG (*take_many)(void);
};

static HANDLE port;
static struct queue_raw *raw_queue;
static const struct way *way;
static long packets;
static long workers;
static long tokens_left;
static int both_parts;
static pthread_barrier_t start_line;
static long arrived; /* at the start line */

static void fail(const char *what)
{
    fprintf(stderr, "queue: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

/* ---- the two ways ---- */

static void port_put(ULONG_PTR key)
{
    if (!PostQueuedCompletionStatus(port, 1, key, NULL))
        fail("PostQueuedCompletionStatus");
}

static ULONG_PTR port_take(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE))
        fail("GetQueuedCompletionStatus");
    return key;
}

static ULONG port_take_many(void)
{
    OVERLAPPED_ENTRY entries[BATCH];
    ULONG count;
    if (!GetQueuedCompletionStatusEx(port, entries, BATCH, &count, INFINITE, FALSE))
        fail("GetQueuedCompletionStatusEx");
    return count;
}

static void raw_put(ULONG_PTR key)
{
    queue_raw_put(raw_queue, &(struct queue_packet){.bytes = 1, .key = key});
}

static ULONG_PTR raw_take(void)
{
    struct queue_packet packet;
    queue_raw_take(raw_queue, &packet, 1);
    return packet.key;
}

static ULONG raw_take_many(void)
{
    struct queue_packet entries[BATCH];
    return queue_raw_take(raw_queue, entries, BATCH);
}

static const struct way port_way = {port_put, port_take, port_take_many};
static const struct way raw_way = {raw_put, raw_take, raw_take_many};

/* ---- batches, in one thread ---- */

static struct turns_score batch(const struct way *chosen)
{
    struct turns_score begin = turns_begin();
    double taking = 0;
    long rounds = packets / BATCH + 1;

    for (long i = 0; i < rounds; i++) {
        for (int packet = 0; packet < BATCH; packet++)
            chosen->put(1);
        double before = turns_now_ns();
        for (ULONG taken = 0; taken < BATCH;)
            taken += chosen->take_many();
        taking += turns_now_ns() - before;
    }
    if (both_parts)
        return turns_end(begin, (double)rounds * BATCH);
    return (struct turns_score){.wall = taking / ((double)rounds * BATCH)};
}

static struct turns_score batch_own(void)
{
    return batch(&port_way);
}

static struct turns_score batch_raw(void)
{
    return batch(&raw_way);
}

/* ---- threads ---- */

static void thread_start(pthread_t *thread, void *(*run)(void *))
{
    if (pthread_create(thread, NULL, run, NULL))
        fail("pthread_create");
}

static void start_line_draw(long threads)
{
    arrived = 0;
    pthread_barrier_init(&start_line, NULL, (unsigned)threads + 1);
}

static void start_line_wait(void)
{
    __atomic_add_fetch(&arrived, 1, __ATOMIC_RELEASE);
    pthread_barrier_wait(&start_line);
}

/* From the moment that all threads stand at the line to the end of the last. The clock runs before
 * the barrier opens: this thread may be the last that gets a processor. */
static struct turns_score race(pthread_t *threads, long count, double units)
{
    while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < count)
        sched_yield();
    struct turns_score begin = turns_begin();
    pthread_barrier_wait(&start_line);
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start_line);
    return turns_end(begin, units);
}

static void *produce(void *argument)
{
    (void)argument;
    start_line_wait();
    for (long i = 0; i < packets / SIDES; i++)
        way->put(1);
    way->put(0); /* the end for one consumer */
    return NULL;
}

static void *consume(void *argument)
{
    (void)argument;
    start_line_wait();
    while (way->take())
        continue;
    return NULL;
}

static struct turns_score sides(const struct way *chosen)
{
    pthread_t threads[2 * SIDES];

    way = chosen;
    start_line_draw(2 * SIDES);
    for (int i = 0; i < SIDES; i++) {
        thread_start(&threads[i], consume);
        thread_start(&threads[SIDES + i], produce);
    }
    return race(threads, 2 * SIDES, (double)(packets / SIDES * SIDES));
}

static struct turns_score sides_own(void)
{
    return sides(&port_way);
}

static struct turns_score sides_raw(void)
{
    return sides(&raw_way);
}

/* A packet's key is how often it still has to be posted, plus one: 0 ends a worker. Who takes the
 * last packet of all for the last time ends everybody. */
static void *work(void *argument)
{
    (void)argument;
    start_line_wait();
    for (;;) {
        ULONG_PTR left = way->take();
        if (!left)
            return NULL;
        if (left > 1)
            way->put(left - 1);
        else if (!__atomic_sub_fetch(&tokens_left, 1, __ATOMIC_ACQ_REL))
            for (long i = 0; i < workers; i++)
                way->put(0);
    }
}

static struct turns_score crowd(const struct way *chosen)
{
    pthread_t threads[WORKERS_MAX];
    long trips = packets / TOKENS + 1;

    way = chosen;
    tokens_left = TOKENS;
    for (int i = 0; i < TOKENS; i++)
        way->put((ULONG_PTR)trips);
    start_line_draw(workers);
    for (long i = 0; i < workers; i++)
        thread_start(&threads[i], work);
    return race(threads, workers, (double)trips * TOKENS);
}

static struct turns_score crowd_own(void)
{
    return crowd(&port_way);
}

static struct turns_score crowd_raw(void)
{
    return crowd(&raw_way);
}

int main(int count, char **arguments)
{
    static const long crowds[] = {1, 2, 4, 8, 16, WORKERS_MAX};
    static const struct turns_game batches = {batch_own, batch_raw};
    static const struct turns_game two_sides = {sides_own, sides_raw};
    static const struct turns_game crowded = {crowd_own, crowd_raw};
    struct queue_raw *ring = queue_raw_create(QUEUE_RAW_RING);
    struct queue_raw *list = queue_raw_create(QUEUE_RAW_LIST);
    long repetitions = turns_number(count, arguments, 1, 9, TURNS_MAX);
    char detail[32];

    packets = turns_number(count, arguments, 2, 1000000, 100000000);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    raw_queue = ring;
    if (!port || !ring || !list)
        fail("making queues");
    turns_play("queue_batch", "part=get", repetitions, &batches);
    both_parts = 1;
    turns_play("queue_batch", "part=both", repetitions, &batches);
    turns_play("queue_2x2", "against=ring", repetitions, &two_sides);
    raw_queue = list;
    turns_play("queue_2x2", "against=list", repetitions, &two_sides);
    raw_queue = ring;
    for (size_t i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
        workers = crowds[i];
        snprintf(detail, sizeof(detail), "workers=%ld", workers);
        turns_play("queue_workers", detail, repetitions, &crowded);
    }
    CloseHandle(port);
    return 0;
}
