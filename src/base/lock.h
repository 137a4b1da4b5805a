/* SPDX-License-Identifier: MIT
 *
 * A mutual exclusion lock of one word that spins briefly and then sleeps in the kernel. Not
 * recursive, not fair. Zero is the unlocked state, so static and calloc memory is ready for use.
 * Who holds one cannot be suspended or terminated (base/shield.h).
 * Ranks, and who may take what while holding what, are in docs/locks.md.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include "base/check.h"
#include "base/shield.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __clang__
#define LOCK_CAPABILITY __attribute__((capability("lock")))
#define LOCK_ACQUIRES(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define LOCK_RELEASES(...) __attribute__((release_capability(__VA_ARGS__)))
#define LOCK_NO_ANALYSIS __attribute__((no_thread_safety_analysis))
#else
#define LOCK_CAPABILITY
#define LOCK_ACQUIRES(...)
#define LOCK_RELEASES(...)
#define LOCK_NO_ANALYSIS
#endif

/* word: 0 free, 1 held, 2 held and somebody may sleep on it. */
struct LOCK_CAPABILITY lock {
    _Atomic uint32_t word;
};

void lock__take_slow(struct lock *lock);
void lock__wake(struct lock *lock);

static inline void LOCK_NO_ANALYSIS lock_take(struct lock *lock) LOCK_ACQUIRES(lock);
static inline void LOCK_NO_ANALYSIS lock_drop(struct lock *lock) LOCK_RELEASES(lock);

static inline void lock_take(struct lock *lock)
{
    uint32_t expected = 0;
    shield_raise();
    if (UNLIKELY(!atomic_compare_exchange_strong_explicit(
            &lock->word, &expected, 1, memory_order_acquire, memory_order_relaxed)))
        lock__take_slow(lock);
}

static inline void lock_drop(struct lock *lock)
{
    if (UNLIKELY(atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2))
        lock__wake(lock);
    shield_lower();
}

/* Opens every function that needs the lock: some thread holds it. (Whose it is, is not kept; the
 * word has to stay a word.) */
static inline void lock_assert_held(struct lock *lock)
{
    ASSERT(atomic_load_explicit(&lock->word, memory_order_relaxed) != 0);
    (void)lock;
}

#endif
