/* SPDX-License-Identifier: MIT
 *
 * The alarms' thread, and a pairing heap of them: the earliest on top, setting one costs a
 * comparison, taking one out a few. The thread sleeps until the earliest is due, without a timer
 * when there is none, is woken when another becomes the earliest, and ends a second after the last
 * user.
 *
 * Locks: alarm_lock, a leaf. Alarms ring without it.
 */
#include "base/alarm.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/lock.h"
#include "base/own_thread.h"

#include <stddef.h>
#include <sys/prctl.h>

#define ALARM_LINGER NANOSECONDS_PER_SECOND

static struct lock alarm_lock;
static struct alarm *alarm_first; /* alarm_lock */
static bool alarm_served;         /* alarm_lock: the thread lives */
static uint32_t alarm_users;      /* alarm_lock: begun and not ended */
static _Atomic uint32_t alarm_change;

/* ---- the heap ---- */

/* One heap of two; either may be empty. */
static struct alarm *alarm__meld(struct alarm *one, struct alarm *other)
{
    if (!one || !other)
        return one ? one : other;
    if (other->due < one->due) {
        struct alarm *swap = one;
        one = other;
        other = swap;
    }
    other->next = one->child;
    if (other->next)
        other->next->link = &other->next;
    one->child = other;
    other->link = &one->child;
    return one;
}

/* One heap of a list of siblings: in pairs from the left, then together from the right, which is
 * what keeps later ones cheap. */
static struct alarm *alarm__combine(struct alarm *sibling)
{
    struct alarm *pairs = NULL, *whole = NULL;

    while (sibling) {
        struct alarm *second = sibling->next;
        struct alarm *after = second ? second->next : NULL;
        sibling->next = NULL;
        if (second)
            second->next = NULL;
        struct alarm *pair = alarm__meld(sibling, second);
        pair->next = pairs;
        pairs = pair;
        sibling = after;
    }
    while (pairs) {
        struct alarm *rest = pairs->next;
        pairs->next = NULL;
        whole = alarm__meld(whole, pairs);
        pairs = rest;
    }
    return whole;
}

static void alarm__set_first(struct alarm *alarm)
{
    alarm_first = alarm;
    if (alarm)
        alarm->link = &alarm_first;
}

static void alarm__add(struct alarm *alarm)
{
    lock_assert_held(&alarm_lock);
    alarm->child = alarm->next = NULL;
    alarm->set = true;
    alarm__set_first(alarm__meld(alarm_first, alarm));
}

static void alarm__remove(struct alarm *alarm)
{
    lock_assert_held(&alarm_lock);
    *alarm->link = alarm->next;
    if (alarm->next)
        alarm->next->link = alarm->link;
    alarm->set = false;
    alarm__set_first(alarm__meld(alarm_first, alarm__combine(alarm->child)));
}

/* ---- the thread ---- */

/* The earliest alarm if it is due, taken out; else *until says when to look again. */
static struct alarm *alarm__due(int64_t *until)
{
    struct alarm *alarm = alarm_first;

    lock_assert_held(&alarm_lock);
    *until = alarm ? alarm->due : CLOCK_FOREVER;
    if (!alarm || alarm->due > clock_now())
        return NULL;
    alarm__remove(alarm);
    return alarm;
}

/* Whether the thread shall go now. Nobody has come for a while: who uses alarms now and then shall
 * not start a thread each time. *end: when that while is over, CLOCK_FOREVER while there are users.
 */
static bool alarm__is_over(int64_t *end)
{
    lock_assert_held(&alarm_lock);
    if (alarm_users)
        *end = CLOCK_FOREVER;
    else if (*end == CLOCK_FOREVER)
        *end = clock_now() + ALARM_LINGER;
    else if (clock_now() >= *end)
        alarm_served = false; /* who begins from now on starts another */
    return !alarm_served;
}

static void *alarm__serve(void *unused)
{
    int64_t end = CLOCK_FOREVER;

    (void)unused;
    prctl(PR_SET_NAME, "iocp-timers");
    for (;;) {
        int64_t until;

        lock_take(&alarm_lock);
        uint32_t change = atomic_load_explicit(&alarm_change, memory_order_relaxed);
        struct alarm *alarm = alarm__due(&until);
        bool over = !alarm && alarm__is_over(&end);
        lock_drop(&alarm_lock);
        if (over)
            return NULL;
        if (alarm)
            alarm->ring(alarm);
        else
            futex_wait(&alarm_change, change, until < end ? until : end);
    }
}

bool alarm_begin(void)
{
    pthread_t thread;

    lock_take(&alarm_lock);
    if (!alarm_served)
        alarm_served = own_thread_start(&thread, alarm__serve);
    bool served = alarm_served;
    alarm_users += served;
    lock_drop(&alarm_lock);
    return served;
}

void alarm_end(void)
{
    lock_take(&alarm_lock);
    bool last = --alarm_users == 0;
    if (last)
        atomic_fetch_add_explicit(&alarm_change, 1, memory_order_relaxed);
    lock_drop(&alarm_lock);
    if (last)
        futex_wake(&alarm_change, 1);
}

/* ---- for the owners ---- */

void alarm_arm(struct alarm *alarm, int64_t due)
{
    lock_take(&alarm_lock);
    alarm->armed = true;
    alarm->due = due;
    alarm__add(alarm);
    bool earliest = alarm_first == alarm;
    if (earliest)
        atomic_fetch_add_explicit(&alarm_change, 1, memory_order_relaxed);
    lock_drop(&alarm_lock);
    if (earliest)
        futex_wake(&alarm_change, 1);
}

bool alarm_stop(struct alarm *alarm)
{
    if (!alarm->armed)
        return false;
    alarm->armed = false;
    lock_take(&alarm_lock);
    bool set = alarm->set;
    if (set)
        alarm__remove(alarm);
    else
        alarm->stale++;
    lock_drop(&alarm_lock);
    return set;
}

bool alarm_is_current(struct alarm *alarm)
{
    if (alarm->stale) {
        alarm->stale--;
        return false;
    }
    alarm->armed = false;
    return true;
}
