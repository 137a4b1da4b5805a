/* SPDX-License-Identifier: MIT
 *
 * The base room: the lock excludes, slabs give every piece to one owner at a time across threads
 * that end, lists keep their order, fault points count down exactly, and the watchdog misses no
 * arming however it races with settling, and ticks nobody after disarming.
 */
#include "../expect.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/futex.h"
#include "base/list.h"
#include "base/lock.h"
#include "base/slab.h"
#include "sched/watchdog.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, TURNS = 50000, PIECES = 100 };

static void in_threads(void *(*body)(void *))
{
    pthread_t threads[THREADS];

    for (uintptr_t index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, body, (void *)(index + 1));
    for (int index = 0; index < THREADS; index++)
        pthread_join(threads[index], NULL);
}

/* ---- lock ---- */

static struct lock lock;
static long guarded[2];

static void *count_under_lock(void *unused)
{
    (void)unused;
    for (int turn = 0; turn < TURNS; turn++) {
        lock_take(&lock);
        EXPECT_EQUAL(guarded[0], guarded[1]);
        guarded[0]++;
        if (turn % 1000 == 0)
            usleep(1);
        guarded[1]++;
        lock_drop(&lock);
    }
    return NULL;
}

static void lock_excludes(void)
{
    in_threads(count_under_lock);
    EXPECT_EQUAL(guarded[0], THREADS * TURNS);
    EXPECT_EQUAL(atomic_load(&lock.word), 0);
}

/* ---- slab ---- */

struct piece {
    void *free_link; /* the slab's, while it is free */
    _Atomic uintptr_t owner;
    uintptr_t check;
};

static struct slab slab = {.size = sizeof(struct piece), .index = SLAB_INDEXES};
static struct piece *_Atomic exchange[PIECES];

/* Pieces wander between threads: whoever takes one out of the exchange frees it. */
static void *trade(void *self)
{
    uint32_t random = (uint32_t)(uintptr_t)self * 7919;

    for (int turn = 0; turn < TURNS; turn++) {
        struct piece *piece = slab_alloc(&slab);
        if (atomic_exchange(&piece->owner, (uintptr_t)self) != 0)
            EXPECT(!"a piece has two owners");
        piece->check = ~(uintptr_t)piece;
        random = random * 1664525u + 1013904223u;
        piece = atomic_exchange(&exchange[(random >> 8) % PIECES], piece);
        if (!piece)
            continue;
        if (piece->check != ~(uintptr_t)piece)
            EXPECT(!"a piece was overwritten");
        atomic_store(&piece->owner, 0);
        slab_free(&slab, piece);
    }
    return NULL;
}

static size_t slab_chunks(void)
{
    size_t count = 0;

    for (void *chunk = slab.chunks; chunk; chunk = *(void **)chunk)
        count++;
    return count;
}

/* The caches of threads that ended come back: generations need no more memory than the first. */
static void slab_across_threads(void)
{
    size_t after_first = 0;

    for (int generation = 0; generation < 20; generation++) {
        in_threads(trade);
        if (generation == 1)
            after_first = slab_chunks();
    }
    for (int index = 0; index < PIECES; index++) {
        struct piece *piece = atomic_exchange(&exchange[index], NULL);
        if (!piece)
            continue;
        atomic_store(&piece->owner, 0);
        slab_free(&slab, piece);
    }
    EXPECT(slab_chunks() <= after_first + 2);
    printf("slab: %zu chunks after two generations, %zu at the end\n", after_first, slab_chunks());
}

/* ---- list ---- */

struct element {
    int number;
    struct list link;
};

static void list_keeps_order(void)
{
    struct element elements[6];
    struct list head;
    int sum = 0;

    list_init(&head);
    EXPECT(list_empty(&head));
    for (int index = 0; index < 6; index++) {
        elements[index].number = index;
        elements[index].link.next = NULL;
        EXPECT(!list_linked(&elements[index].link));
        if (index % 2)
            list_push_back(&head, &elements[index].link);
        else
            list_push_front(&head, &elements[index].link);
        EXPECT(list_linked(&elements[index].link));
    }
    LIST_FOR_EACH(link, &head)
    {
        sum = sum * 10 + LIST_ELEMENT(link, struct element, link)->number;
    }
    EXPECT_EQUAL(sum, 420135);
    list_remove(&elements[0].link);
    EXPECT(!list_linked(&elements[0].link));
    list_insert_after(&elements[4].link, &elements[0].link);
    sum = 0;
    LIST_FOR_EACH(link, &head)
    {
        sum = sum * 10 + LIST_ELEMENT(link, struct element, link)->number;
    }
    EXPECT_EQUAL(sum, 402135);
}

/* ---- fault points ---- */

static _Atomic int hits;

static void *pass(void *unused)
{
    (void)unused;
    for (int turn = 0; turn < 1000; turn++)
        if (fault_hit(FAULT_THREAD))
            atomic_fetch_add(&hits, 1);
    return NULL;
}

static void fault_fails_once(void)
{
    for (int number = 1; number <= 3; number++) {
        atomic_store(&fault_countdown[FAULT_MEMORY], number);
        for (int turn = 1; turn <= 5; turn++)
            EXPECT_EQUAL(fault_hit(FAULT_MEMORY), turn == number);
    }
    EXPECT(!fault_hit(FAULT_DESCRIPTOR));
    atomic_store(&fault_countdown[FAULT_THREAD], 2000);
    in_threads(pass);
    EXPECT_EQUAL(atomic_load(&hits), 1);
}

/* ---- watchdog ---- */

struct duty {
    struct watch watch;
    struct lock lock;
    long due, done; /* lock */
    _Atomic bool over;
    _Atomic long ticks, late;
};

static enum watch_verdict duty_tick(struct watch *watch)
{
    struct duty *duty = CONTAINER_OF(watch, struct duty, watch);

    atomic_fetch_add(&duty->ticks, 1);
    if (atomic_load(&duty->over))
        atomic_fetch_add(&duty->late, 1);
    lock_take(&duty->lock);
    bool work = duty->done != duty->due;
    duty->done = duty->due;
    lock_drop(&duty->lock);
    return work ? WATCH_ACTED : WATCH_SETTLED;
}

static struct duty shared_duty = {.watch = {.tick = duty_tick}};

static bool duty_is_done(struct duty *duty, long number)
{
    lock_take(&duty->lock);
    bool done = duty->done >= number;
    lock_drop(&duty->lock);
    return done;
}

/* The work is made under the lock, then the watch is armed: it must be done before long, though the
 * tick may be settling the watch at this very moment. */
static void *give_work(void *self)
{
    for (int turn = 0; turn < 300; turn++) {
        lock_take(&shared_duty.lock);
        long mine = ++shared_duty.due;
        lock_drop(&shared_duty.lock);
        watchdog_arm(&shared_duty.watch);
        int64_t start = clock_now();
        while (!duty_is_done(&shared_duty, mine) &&
               clock_now() - start < 2 * NANOSECONDS_PER_SECOND)
            usleep((uintptr_t)self % 2 ? 0 : 150);
        if (!duty_is_done(&shared_duty, mine)) {
            EXPECT(!"an armed watch was not ticked");
            break;
        }
    }
    return NULL;
}

static void watchdog_misses_nothing(void)
{
    in_threads(give_work);
    watchdog_disarm(&shared_duty.watch);
    usleep(20000);
    long ticks = atomic_load(&shared_duty.ticks);
    usleep(20000);
    EXPECT_EQUAL(atomic_load(&shared_duty.ticks), ticks);
}

static void watchdog_disarms_for_good(void)
{
    for (int round = 0; round < 2000; round++) {
        struct duty duty;
        memset(&duty, 0, sizeof duty);
        duty.watch.tick = duty_tick;
        duty.due = 1;
        watchdog_arm(&duty.watch);
        if (round % 4)
            for (volatile int spin = 0; spin < round * 50; spin++)
                ;
        watchdog_disarm(&duty.watch);
        atomic_store(&duty.over, true);
        EXPECT_EQUAL(atomic_load(&duty.late), 0);
        EXPECT(!list_linked(&duty.watch.link));
    }
}

/* ---- futex ---- */

static void futex_times_out(void)
{
    _Atomic uint32_t word = 1;
    int64_t start = clock_now();

    EXPECT(futex_wait(&word, 0, CLOCK_FOREVER));
    EXPECT(!futex_wait(&word, 1, start + 5 * NANOSECONDS_PER_MILLISECOND));
    EXPECT(clock_now() - start >= 5 * NANOSECONDS_PER_MILLISECOND);
    EXPECT(!futex_wait(&word, 1, 0));
}

int main(void)
{
    alarm(120);
    lock_excludes();
    slab_across_threads();
    list_keeps_order();
    fault_fails_once();
    watchdog_misses_nothing();
    watchdog_disarms_for_good();
    futex_times_out();
    return expect_report();
}
