/* SPDX-License-Identifier: MIT
 *
 * Synchronization barriers, in Windows' 32 bytes: how many threads still have to come, how many
 * there are, the phase that sleepers sleep on, and how many are inside.
 *
 * The last thread to come fills the barrier up again before it begins the next phase; no thread can
 * enter a second time before that. The last touch of a thread that leaves is its count out of
 * `inside`; the wake-up that follows names an address. So who has seen that count at zero may give
 * the memory back.
 */
#include "wait/section.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "wait/address.h"

#include <stdatomic.h>

#define BARRIER_SPIN_ONLY 0x1u
#define BARRIER_BLOCK_ONLY 0x2u
#define BARRIER_NO_DELETE 0x4u

enum { BARRIER_SPINS = 200 };

struct barrier {
    _Atomic uint32_t awaited, total;
    _Atomic uint32_t phase, inside;
    uint64_t unused;
    uint32_t spins, unused_too;
};
_Static_assert(sizeof(struct barrier) == sizeof(RTL_BARRIER), "the size is Windows'");

static struct barrier *barrier__of(RTL_BARRIER *barrier)
{
    return (struct barrier *)barrier;
}

bool barrier_init(RTL_BARRIER *given, int32_t threads, int32_t spins)
{
    struct barrier *barrier = barrier__of(given);

    if (threads <= 0 || spins < -1)
        return false;
    *given = (RTL_BARRIER){0};
    atomic_store(&barrier->awaited, (uint32_t)threads);
    atomic_store(&barrier->total, (uint32_t)threads);
    barrier->spins = spins < 0 ? BARRIER_SPINS : (uint32_t)spins;
    return true;
}

static void barrier__wait(struct barrier *barrier, uint32_t phase, uint32_t flags)
{
    uint32_t spins = flags & BARRIER_BLOCK_ONLY ? 0 : barrier->spins;

    for (uint32_t spin = 0; spin < spins || flags & BARRIER_SPIN_ONLY; spin++) {
        if (atomic_load_explicit(&barrier->phase, memory_order_acquire) != phase)
            return;
        cpu_relax();
    }
    while (atomic_load_explicit(&barrier->phase, memory_order_acquire) == phase)
        address_wait(&barrier->phase, &phase, sizeof phase, CLOCK_FOREVER);
}

bool barrier_enter(RTL_BARRIER *given, uint32_t flags)
{
    struct barrier *barrier = barrier__of(given);
    bool counted = !(flags & BARRIER_NO_DELETE);

    if (counted)
        atomic_fetch_add_explicit(&barrier->inside, 1, memory_order_relaxed);
    uint32_t phase = atomic_load_explicit(&barrier->phase, memory_order_acquire);
    bool last = atomic_fetch_sub_explicit(&barrier->awaited, 1, memory_order_acq_rel) == 1;
    if (last) {
        atomic_store_explicit(&barrier->awaited, atomic_load(&barrier->total),
                              memory_order_relaxed);
        atomic_store_explicit(&barrier->phase, phase + 1, memory_order_release);
        address_wake(&barrier->phase, true);
    } else {
        barrier__wait(barrier, phase, flags);
    }
    if (counted && atomic_fetch_sub_explicit(&barrier->inside, 1, memory_order_acq_rel) == 1)
        address_wake(&barrier->inside, true);
    return last;
}

void barrier_delete(RTL_BARRIER *given)
{
    struct barrier *barrier = barrier__of(given);
    uint32_t inside;

    while ((inside = atomic_load_explicit(&barrier->inside, memory_order_acquire)) != 0)
        address_wait(&barrier->inside, &inside, sizeof inside, CLOCK_FOREVER);
}
