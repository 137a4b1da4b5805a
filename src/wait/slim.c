/* SPDX-License-Identifier: MIT
 *
 * Slim reader/writer locks, condition variables and one-time initialisation: what fits in a word.
 *
 * The lock. Its 64 bits are changed together. The low half is the state: a holder bit or a count of
 * readers, and whether writers or readers sleep. The high half counts the releases that had
 * sleeping writers to wake. Readers sleep on the low half, writers on the high one. A release that
 * frees the lock clears the sleepers' bits in the same step and then wakes one writer and all
 * readers by address: it does not touch the lock any more, which may be gone. Who is woken competes
 * again; a writer that has slept puts the writers' bit back, for it cannot know whether others
 * sleep. Readers do not pass a sleeping writer.
 *
 * Condition variables hold nothing in their word: sleepers are found by its address.
 *
 * One-time initialisation keeps its state in the two low bits of the context.
 */
#include "status/codes.h"
#include "wait/section.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/futex.h"
#include "sched/sched.h"
#include "wait/address.h"

#define SLIM_EXCLUSIVE 0x80000000u
#define SLIM_WRITERS 0x40000000u
#define SLIM_READERS 0x20000000u
#define SLIM_COUNT 0x1fffffffu
#define SLIM_WOKEN (1ull << 32)

enum { SLIM_SPINS = 100 };

static _Atomic uint64_t *slim__word(RTL_SRWLOCK *lock)
{
    return (_Atomic uint64_t *)&lock->Ptr;
}

static _Atomic uint32_t *slim__half(RTL_SRWLOCK *lock, unsigned high)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the halves of a lock lie the other way round"
#endif
    return (_Atomic uint32_t *)(void *)&lock->Ptr + high;
}

static bool slim__change(RTL_SRWLOCK *lock, uint64_t *from, uint64_t to)
{
    return atomic_compare_exchange_weak_explicit(slim__word(lock), from, to, memory_order_acq_rel,
                                                 memory_order_relaxed);
}

/* Takes the lock exclusively if it is free; *word is what it was last seen as. */
static bool slim__seize(RTL_SRWLOCK *lock, uint64_t *word, uint32_t keep)
{
    while (!(*word & (SLIM_EXCLUSIVE | SLIM_COUNT)))
        if (slim__change(lock, word, *word | SLIM_EXCLUSIVE | keep))
            return true;
    return false;
}

static bool slim__join(RTL_SRWLOCK *lock, uint64_t *word)
{
    while (!(*word & (SLIM_EXCLUSIVE | SLIM_WRITERS)))
        if (slim__change(lock, word, *word + 1))
            return true;
    return false;
}

static uint64_t slim__load(RTL_SRWLOCK *lock)
{
    return atomic_load_explicit(slim__word(lock), memory_order_relaxed);
}

bool slim_try_exclusive(RTL_SRWLOCK *lock)
{
    uint64_t word = slim__load(lock);
    return slim__seize(lock, &word, 0);
}

bool slim_try_shared(RTL_SRWLOCK *lock)
{
    uint64_t word = slim__load(lock);
    return slim__join(lock, &word);
}

static void slim__acquire_exclusive_slow(RTL_SRWLOCK *lock)
{
    uint32_t keep = 0;
    bool slept = false;

    for (int spin = 0; spin < SLIM_SPINS; spin++) {
        if (slim_try_exclusive(lock))
            return;
        cpu_relax();
    }
    uint64_t word = slim__load(lock);
    while (!slim__seize(lock, &word, keep)) {
        if (!(word & SLIM_WRITERS) && !slim__change(lock, &word, word | SLIM_WRITERS))
            continue;
        keep = SLIM_WRITERS;
        if (!slept)
            sched_wait_begin();
        slept = true;
        futex_wait(slim__half(lock, 1), (uint32_t)(word >> 32), CLOCK_FOREVER);
        word = slim__load(lock);
    }
    if (slept)
        sched_wait_end();
}

void slim_acquire_exclusive(RTL_SRWLOCK *lock)
{
    if (UNLIKELY(!slim_try_exclusive(lock)))
        slim__acquire_exclusive_slow(lock);
}

static void slim__acquire_shared_slow(RTL_SRWLOCK *lock)
{
    bool slept = false;

    for (int spin = 0; spin < SLIM_SPINS; spin++) {
        if (slim_try_shared(lock))
            return;
        cpu_relax();
    }
    uint64_t word = slim__load(lock);
    while (!slim__join(lock, &word)) {
        if (!(word & SLIM_READERS) && !slim__change(lock, &word, word | SLIM_READERS))
            continue;
        if (!slept)
            sched_wait_begin();
        slept = true;
        futex_wait(slim__half(lock, 0), (uint32_t)word | SLIM_READERS, CLOCK_FOREVER);
        word = slim__load(lock);
    }
    if (slept)
        sched_wait_end();
}

void slim_acquire_shared(RTL_SRWLOCK *lock)
{
    if (UNLIKELY(!slim_try_shared(lock)))
        slim__acquire_shared_slow(lock);
}

/* One holder less: `held` is its share of the word. */
static void slim__release(RTL_SRWLOCK *lock, uint32_t held)
{
    uint64_t word = slim__load(lock);
    uint64_t left;

    do {
        left = word - held;
        if (!(left & (SLIM_EXCLUSIVE | SLIM_COUNT))) {
            if (left & SLIM_WRITERS)
                left += SLIM_WOKEN;
            left &= ~(uint64_t)(SLIM_WRITERS | SLIM_READERS);
        }
    } while (!slim__change(lock, &word, left));
    if (left & (SLIM_EXCLUSIVE | SLIM_COUNT))
        return;
    if (word & SLIM_WRITERS)
        futex_wake(slim__half(lock, 1), 1);
    if (word & SLIM_READERS)
        futex_wake(slim__half(lock, 0), INT32_MAX);
}

void slim_release_exclusive(RTL_SRWLOCK *lock)
{
    slim__release(lock, SLIM_EXCLUSIVE);
}

void slim_release_shared(RTL_SRWLOCK *lock)
{
    slim__release(lock, 1);
}

/* A wake-up counts from address_enlist on, which is before the lock is released. */
NTSTATUS condition_sleep_section(RTL_CONDITION_VARIABLE *condition, RTL_CRITICAL_SECTION *section,
                                 int64_t deadline)
{
    struct address_sleeper sleeper;

    address_enlist(&sleeper, condition);
    section_leave(section);
    NTSTATUS status = address_sleep(&sleeper, deadline);
    section_enter(section);
    return status;
}

NTSTATUS condition_sleep_slim(RTL_CONDITION_VARIABLE *condition, RTL_SRWLOCK *lock, bool shared,
                              int64_t deadline)
{
    struct address_sleeper sleeper;

    address_enlist(&sleeper, condition);
    if (shared)
        slim_release_shared(lock);
    else
        slim_release_exclusive(lock);
    NTSTATUS status = address_sleep(&sleeper, deadline);
    if (shared)
        slim_acquire_shared(lock);
    else
        slim_acquire_exclusive(lock);
    return status;
}

void condition_wake(RTL_CONDITION_VARIABLE *condition, bool all)
{
    address_wake(condition, all);
}

/* The two low bits of the word. */
enum { ONCE_FRESH, ONCE_PENDING, ONCE_DONE, ONCE_ASYNC, ONCE_STATE = 3 };

static _Atomic uintptr_t *once__word(RTL_RUN_ONCE *once)
{
    return (_Atomic uintptr_t *)&once->Ptr;
}

static NTSTATUS once__begin(RTL_RUN_ONCE *once, uintptr_t word, uintptr_t wanted, bool *pending)
{
    while (word == ONCE_FRESH) {
        if (atomic_compare_exchange_strong_explicit(once__word(once), &word, wanted,
                                                    memory_order_acquire, memory_order_acquire)) {
            *pending = true;
            return STATUS_SUCCESS;
        }
    }
    if ((word & ONCE_STATE) == ONCE_DONE)
        return STATUS_SUCCESS;
    /* Both ways of initialising cannot be mixed. */
    if (word != wanted)
        return STATUS_INVALID_PARAMETER;
    if (wanted == ONCE_ASYNC)
        *pending = true;
    else
        address_wait(once__word(once), &word, sizeof word, CLOCK_FOREVER);
    return STATUS_PENDING;
}

NTSTATUS once_begin(RTL_RUN_ONCE *once, uint32_t flags, bool *pending, void **context)
{
    NTSTATUS status = STATUS_PENDING;
    uintptr_t word;

    *pending = false;
    if (flags & ~(RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC) ||
        flags == (RTL_RUN_ONCE_CHECK_ONLY | RTL_RUN_ONCE_ASYNC))
        return STATUS_INVALID_PARAMETER;
    do {
        word = atomic_load_explicit(once__word(once), memory_order_acquire);
        if (LIKELY((word & ONCE_STATE) == ONCE_DONE))
            break;
        if (flags & RTL_RUN_ONCE_CHECK_ONLY)
            return STATUS_UNSUCCESSFUL;
        status = once__begin(once, word, flags ? ONCE_ASYNC : ONCE_PENDING, pending);
        if (status < 0)
            return status;
    } while (!*pending);
    if (!*pending && context)
        *context = (void *)(word & ~(uintptr_t)ONCE_STATE);
    return STATUS_SUCCESS;
}

NTSTATUS once_complete(RTL_RUN_ONCE *once, uint32_t flags, void *context)
{
    bool failed = flags & RTL_RUN_ONCE_INIT_FAILED;
    uintptr_t expected = flags & RTL_RUN_ONCE_ASYNC ? ONCE_ASYNC : ONCE_PENDING;
    uintptr_t done = failed ? ONCE_FRESH : (uintptr_t)context | ONCE_DONE;

    if (flags & ~(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_INIT_FAILED) ||
        flags == (RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_INIT_FAILED) ||
        (uintptr_t)context & ONCE_STATE || (failed && context))
        return STATUS_INVALID_PARAMETER;
    if (!atomic_compare_exchange_strong_explicit(once__word(once), &expected, done,
                                                 memory_order_acq_rel, memory_order_relaxed))
        return STATUS_UNSUCCESSFUL;
    address_wake(once, true);
    return STATUS_SUCCESS;
}
