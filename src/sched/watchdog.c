/* SPDX-License-Identifier: MIT
 *
 * The watchdog's thread and its list of armed watches.
 *
 * watchdog_lock guards the lists and is a leaf: ticks run without it. A watch that is taken off
 * while its tick runs is waited for, except by the tick itself.
 *
 * The race between arming and falling asleep: the thread decides to sleep without a timer under
 * the lock, with an empty list, and arming changes watchdog_word under the lock too, so the futex
 * wait either sees the new word or is woken.
 *
 * A missed arming: `armed` is read without the lock and may be true just as the tick is about to
 * settle the watch. It is cleared before the tick looks, and the tick looks under the same lock
 * that the armer's change was made under (the port's): either it sees the change and stays busy, or
 * it came first, and then the armer finds `armed` false.
 */
#include "sched/watchdog.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/futex.h"
#include "base/lock.h"
#include "base/own_thread.h"
#include "sched/courtesy.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

/* Evidence for the tick: each costs some 20 us of a processor and two context switches, so one
 * every 200 us takes a tenth of a busy server's throughput. It grows while ticks find nothing
 * lying. With one every 400 us a thread that blocks is replaced within half a millisecond, and a
 * shorter one does not improve the tail of the requests that are served meanwhile
 * (docs/performance.md). So far it grows while packets wait for a slot and none goes out, and for a
 * while once a thread was found blocked, since a program whose handlers block does so again. Where
 * threads that compute have to be nudged it grows to twice that: two ticks find one. */
enum {
    TICK_SHORTEST_US = 100,
    TICK_WATCHFUL_US = 400,
    TICK_NEAR_US = 800,
    TICK_LONGEST_US = 2000,
    ALERT_MS = 100,
};

static struct lock watchdog_lock;
static struct list watchdog_armed = {&watchdog_armed, &watchdog_armed};
static struct list watchdog_due = {&watchdog_due, &watchdog_due}; /* of the tick in progress */
static struct watch *watchdog_ticking;
static pthread_t watchdog_thread;
static _Atomic uint32_t watchdog_word;
static bool watchdog_asleep; /* without a timer */
static bool watchdog_started;

/* One watch's tick, outside the lock; returns its verdict. */
static enum watch_verdict watchdog__tick_one(struct watch *watch)
{
    lock_assert_held(&watchdog_lock);
    list_remove(&watch->link);
    atomic_store(&watch->armed, false);
    watchdog_ticking = watch;
    lock_drop(&watchdog_lock);
    enum watch_verdict verdict = watch->tick(watch);
    lock_take(&watchdog_lock);
    if (watchdog_ticking != watch)
        return WATCH_SETTLED; /* it took itself off and may be gone */
    watchdog_ticking = NULL;
    if (verdict != WATCH_SETTLED && !list_linked(&watch->link)) {
        atomic_store(&watch->armed, true);
        list_push_back(&watchdog_armed, &watch->link);
    }
    return verdict;
}

/* Runs every armed watch's tick once; returns the most urgent verdict. */
static enum watch_verdict watchdog__tick(void)
{
    enum watch_verdict urgent = WATCH_SETTLED;

    lock_assert_held(&watchdog_lock);
    if (list_empty(&watchdog_armed))
        return urgent;
    watchdog_due = watchdog_armed;
    watchdog_due.next->previous = watchdog_due.previous->next = &watchdog_due;
    list_init(&watchdog_armed);
    while (!list_empty(&watchdog_due)) {
        struct watch *watch = LIST_ELEMENT(watchdog_due.next, struct watch, link);
        enum watch_verdict verdict = watchdog__tick_one(watch);
        if (verdict > urgent)
            urgent = verdict;
    }
    return urgent;
}

/* The next tick's length in microseconds. */
static int64_t watchdog__next_tick(int64_t tick, enum watch_verdict verdict, int64_t *alert_until)
{
    int64_t now = clock_now();

    if (verdict == WATCH_ALERT || verdict == WATCH_REPLACED)
        *alert_until = now + ALERT_MS * NANOSECONDS_PER_MILLISECOND;
    if (verdict >= WATCH_ACTED)
        return TICK_SHORTEST_US;
    bool watchful = verdict == WATCH_WANTED || verdict == WATCH_SUSPECT || now < *alert_until;
    int64_t longest = watchful                ? TICK_WATCHFUL_US
                      : verdict == WATCH_NEAR ? TICK_NEAR_US
                                              : TICK_LONGEST_US;
    return tick * 2 < longest ? tick * 2 : longest;
}

static void *watchdog__run(void *unused)
{
    int64_t tick = TICK_SHORTEST_US, alert_until = 0;
    enum watch_verdict verdict = WATCH_SETTLED;
    struct courtesy courtesy;

    (void)unused;
    prctl(PR_SET_NAME, "iocp-watchdog");
    courtesy_begin(&courtesy);
    for (;;) {
        lock_take(&watchdog_lock);
        uint32_t word = atomic_load(&watchdog_word);
        bool empty = list_empty(&watchdog_armed);
        watchdog_asleep = empty;
        lock_drop(&watchdog_lock);
        if (empty) {
            futex_wait(&watchdog_word, word, CLOCK_FOREVER);
            tick = TICK_SHORTEST_US;
            verdict = WATCH_SETTLED;
            continue;
        }
        int64_t due = clock_now() + tick * NANOSECONDS_PER_MICROSECOND;
        while (futex_wait(&watchdog_word, word, due) && clock_now() < due)
            word = atomic_load(&watchdog_word);
        courtesy_woken(&courtesy, due, clock_now(), verdict >= WATCH_SUSPECT);
        lock_take(&watchdog_lock);
        verdict = watchdog__tick();
        lock_drop(&watchdog_lock);
        tick = watchdog__next_tick(tick, verdict, &alert_until);
    }
    return NULL;
}

static void watchdog__start(void)
{
    lock_assert_held(&watchdog_lock);
    /* Failing is not final: the next arming tries again. */
    watchdog_started = own_thread_start(&watchdog_thread, watchdog__run);
}

bool watchdog_prepare(void)
{
    lock_take(&watchdog_lock);
    if (!watchdog_started)
        watchdog__start();
    bool started = watchdog_started;
    lock_drop(&watchdog_lock);
    return started;
}

void watchdog_arm__slow(struct watch *watch)
{
    bool wake = false;

    lock_take(&watchdog_lock);
    if (!list_linked(&watch->link))
        list_push_back(&watchdog_armed, &watch->link);
    if (!watchdog_started)
        watchdog__start();
    /* Not armed without the thread: the next one who wants to will come here again. */
    atomic_store(&watch->armed, watchdog_started);
    if (watchdog_asleep) {
        watchdog_asleep = false;
        atomic_fetch_add(&watchdog_word, 1);
        wake = true;
    }
    lock_drop(&watchdog_lock);
    if (wake)
        futex_wake(&watchdog_word, 1);
}

void watchdog_disarm(struct watch *watch)
{
    lock_take(&watchdog_lock);
    if (watchdog_ticking == watch && pthread_equal(pthread_self(), watchdog_thread))
        watchdog_ticking = NULL;
    while (watchdog_ticking == watch) {
        lock_drop(&watchdog_lock);
        sched_yield();
        lock_take(&watchdog_lock);
    }
    /* Only now: a tick that found more to do has put the watch back. */
    atomic_store(&watch->armed, false);
    if (list_linked(&watch->link))
        list_remove(&watch->link);
    lock_drop(&watchdog_lock);
}
