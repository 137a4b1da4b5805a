/* SPDX-License-Identifier: MIT
 *
 * The slow half of base/lock.h.
 */
#include "base/lock.h"

#include "base/clock.h"
#include "base/fork.h"
#include "base/futex.h"

/* Critical sections here are tens of nanoseconds long: a short spin saves most sleeps, a long one
 * would burn the processor that the holder may need. */
enum { LOCK_SPINS = 60, LOCK_ORPHANED_MS = 100 };

/* In a child of fork the holder may be a thread that did not come along. Nobody holds a lock for so
 * long otherwise. */
static bool lock__is_orphaned(struct lock *lock)
{
    if (!atomic_load_explicit(&fork_is_orphan, memory_order_relaxed)) {
        futex_wait(&lock->word, 2, CLOCK_FOREVER);
        return false;
    }
    return !futex_wait(&lock->word, 2,
                       clock_now() + LOCK_ORPHANED_MS * NANOSECONDS_PER_MILLISECOND);
}

void lock__take_slow(struct lock *lock)
{
    for (int spin = 0; spin < LOCK_SPINS; spin++) {
        uint32_t expected = 0;
        if (atomic_load_explicit(&lock->word, memory_order_relaxed) == 0 &&
            atomic_compare_exchange_weak_explicit(&lock->word, &expected, 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return;
        cpu_relax();
    }
    /* From here on the word says 2, also once we hold it: another sleeper may be left. */
    while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0)
        if (lock__is_orphaned(lock))
            break;
}

void lock__wake(struct lock *lock)
{
    futex_wake(&lock->word, 1);
}
