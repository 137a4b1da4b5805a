/* SPDX-License-Identifier: MIT
 *
 * Critical sections, in Windows' 40 bytes. LockCount is the futex word, with the values that
 * Windows gives it: -1 free, -2 held, and a held one with a waiter. OwningThread is the owner's
 * thread number as GetCurrentThreadId tells it, RecursionCount how often it is in.
 *
 * The last touch of a section that is left is the exchange of LockCount: whoever enters next may
 * leave and delete it.
 *
 * Locks: takes none of the library's; it is a lock of the program's.
 */
#include "status/codes.h"
#include "wait/section.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/futex.h"
#include "sched/sched.h"
#include "wait/thread.h"

#define SECTION_FREE ((uint32_t)-1)
#define SECTION_HELD ((uint32_t)-2)
#define SECTION_CONTENDED ((uint32_t)-6)

enum { SECTION_SPINS = 100, SECTION_SPINS_MAX = 4000 };

static _Atomic uint32_t *section__word(RTL_CRITICAL_SECTION *section)
{
    return (_Atomic uint32_t *)&section->LockCount;
}

static _Atomic(HANDLE) *section__owner(RTL_CRITICAL_SECTION *section)
{
    return (_Atomic(HANDLE) *)&section->OwningThread;
}

static HANDLE section__self(void)
{
    return (HANDLE)(uintptr_t)thread_id(sched_thread_number());
}

void section_init(RTL_CRITICAL_SECTION *section, uint32_t spins)
{
    section->DebugInfo = NULL;
    section->LockCount = (LONG)SECTION_FREE;
    section->RecursionCount = 0;
    section->OwningThread = NULL;
    section->LockSemaphore = NULL;
    section->SpinCount = spins;
}

uint32_t section_set_spins(RTL_CRITICAL_SECTION *section, uint32_t spins)
{
    uint32_t before = (uint32_t)section->SpinCount;

    section->SpinCount = spins;
    return before;
}

static void section__enter_slow(RTL_CRITICAL_SECTION *section)
{
    _Atomic uint32_t *word = section__word(section);
    uint32_t spins = section->SpinCount ? (uint32_t)section->SpinCount : SECTION_SPINS;

    if (spins > SECTION_SPINS_MAX)
        spins = SECTION_SPINS_MAX;
    for (uint32_t spin = 0; spin < spins; spin++) {
        uint32_t expected = SECTION_FREE;
        if (atomic_load_explicit(word, memory_order_relaxed) == SECTION_FREE &&
            atomic_compare_exchange_weak_explicit(word, &expected, SECTION_HELD,
                                                  memory_order_acquire, memory_order_relaxed))
            return;
        cpu_relax();
    }
    /* From here on the word says that somebody waits, also once it is ours. */
    if (atomic_exchange_explicit(word, SECTION_CONTENDED, memory_order_acquire) == SECTION_FREE)
        return;
    sched_wait_begin();
    do
        futex_wait(word, SECTION_CONTENDED, CLOCK_FOREVER);
    while (atomic_exchange_explicit(word, SECTION_CONTENDED, memory_order_acquire) != SECTION_FREE);
    sched_wait_end();
}

/* Enters if the section is free or the caller's. */
static bool section__enter_fast(RTL_CRITICAL_SECTION *section, HANDLE self)
{
    uint32_t expected = SECTION_FREE;

    if (LIKELY(atomic_compare_exchange_strong_explicit(section__word(section), &expected,
                                                       SECTION_HELD, memory_order_acquire,
                                                       memory_order_relaxed))) {
        atomic_store_explicit(section__owner(section), self, memory_order_relaxed);
        section->RecursionCount = 1;
        return true;
    }
    /* Only this thread can have written its own number there. */
    if (atomic_load_explicit(section__owner(section), memory_order_relaxed) != self)
        return false;
    section->RecursionCount++;
    return true;
}

void section_enter(RTL_CRITICAL_SECTION *section)
{
    HANDLE self = section__self();

    if (LIKELY(section__enter_fast(section, self)))
        return;
    section__enter_slow(section);
    atomic_store_explicit(section__owner(section), self, memory_order_relaxed);
    section->RecursionCount = 1;
}

bool section_try(RTL_CRITICAL_SECTION *section)
{
    return section__enter_fast(section, section__self());
}

void section_leave(RTL_CRITICAL_SECTION *section)
{
    _Atomic uint32_t *word = section__word(section);

    if (--section->RecursionCount > 0)
        return;
    atomic_store_explicit(section__owner(section), NULL, memory_order_relaxed);
    if (UNLIKELY(atomic_exchange_explicit(word, SECTION_FREE, memory_order_release) ==
                 SECTION_CONTENDED))
        futex_wake(word, 1);
}
