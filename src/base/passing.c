/* SPDX-License-Identifier: MIT
 *
 * Adoptions are rare, accepts are not: those count themselves in and out, and only an adoption
 * takes a lock.
 */
#include "base/passing.h"

#include "base/fork.h"
#include "base/lock.h"

#include <sched.h>

static struct lock passing_lock; /* one adoption at a time */
static _Atomic uint32_t passing_count;
static _Atomic bool passing_stopped;

void passing_begin(void)
{
    shield_raise();
    /* Either the adopter sees the count or this thread sees that it has to wait: both orders are
     * sequentially consistent. */
    while (atomic_fetch_add(&passing_count, 1), UNLIKELY(atomic_load(&passing_stopped))) {
        atomic_fetch_sub(&passing_count, 1);
        while (atomic_load(&passing_stopped))
            sched_yield();
    }
}

void passing_end(void)
{
    atomic_fetch_sub(&passing_count, 1);
    shield_lower();
}

void passing_stop(void)
{
    lock_take(&passing_lock);
    atomic_store(&passing_stopped, true);
    /* A child of fork may wait for threads that did not come along. */
    while (atomic_load(&passing_count) && !atomic_load(&fork_is_orphan))
        sched_yield();
}

void passing_go_on(void)
{
    lock_assert_held(&passing_lock);
    atomic_store(&passing_stopped, false);
    lock_drop(&passing_lock);
}
