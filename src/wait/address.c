/* SPDX-License-Identifier: MIT
 *
 * Sleepers by address: a fixed table of lists.
 *
 * The race that matters: a waker changes the memory, finds no sleeper and goes; a sleeper saw the
 * memory unchanged and sleeps for ever. Both sides do a read-modify-write on the bucket's count:
 * the sleeper counts itself before it looks at the memory, the waker changes the memory before it
 * looks at the count. Whichever is second sees what the first did.
 *
 * Locks: one per bucket, all leaves.
 */
#include "status/codes.h"
#include "wait/address.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/lock.h"
#include "sched/sched.h"

enum { BUCKETS = 256 };

struct bucket {
    _Atomic uint32_t count; /* of sleepers; changed under the lock, read without */
    struct lock lock;
    struct list sleepers; /* oldest first; a zero head is an empty list */
    uint64_t enlisted;    /* sleepers so far */
} __attribute__((aligned(CACHE_LINE)));

static struct bucket address_buckets[BUCKETS];

/* The calling thread's sleeper while it is enlisted. */
static THREAD_LOCAL struct address_sleeper *address_self;

static struct bucket *address__bucket(const volatile void *address)
{
    uint64_t mixed = (uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15u;
    return &address_buckets[mixed >> 56];
}
_Static_assert(BUCKETS == 256, "the top eight bits choose the bucket");

void address_enlist(struct address_sleeper *sleeper, const volatile void *address)
{
    struct bucket *bucket = address__bucket(address);

    sleeper->address = address;
    atomic_store_explicit(&sleeper->woken, 0, memory_order_relaxed);
    lock_take(&bucket->lock);
    if (!bucket->sleepers.next)
        list_init(&bucket->sleepers);
    sleeper->number = bucket->enlisted++;
    list_push_back(&bucket->sleepers, &sleeper->link);
    atomic_fetch_add_explicit(&bucket->count, 1, memory_order_acq_rel);
    address_self = sleeper;
    lock_drop(&bucket->lock);
}

static void bucket__remove(struct bucket *bucket, struct address_sleeper *sleeper)
{
    lock_assert_held(&bucket->lock);
    list_remove(&sleeper->link);
    atomic_fetch_sub_explicit(&bucket->count, 1, memory_order_relaxed);
}

/* Takes the sleeper off its list; false if a waker has done so already. */
static bool address__withdraw(struct address_sleeper *sleeper)
{
    struct bucket *bucket = address__bucket(sleeper->address);

    lock_take(&bucket->lock);
    bool asleep = list_linked(&sleeper->link);
    if (asleep)
        bucket__remove(bucket, sleeper);
    address_self = NULL;
    lock_drop(&bucket->lock);
    return asleep;
}

void address_forsake(void)
{
    if (address_self)
        address__withdraw(address_self);
}

void address_leave(struct address_sleeper *sleeper)
{
    address__withdraw(sleeper);
}

NTSTATUS address_sleep(struct address_sleeper *sleeper, int64_t deadline)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (deadline != 0 && !atomic_load_explicit(&sleeper->woken, memory_order_acquire)) {
        sched_wait_begin();
        while (!atomic_load_explicit(&sleeper->woken, memory_order_acquire))
            if (!futex_wait(&sleeper->woken, 0, deadline))
                break;
        sched_wait_end();
    }
    /* Also after a wake-up: the waker touches the sleeper under the bucket's lock. */
    if (address__withdraw(sleeper))
        status = STATUS_TIMEOUT;
    return status;
}

static bool address__equal(const volatile void *address, const void *compare, size_t size)
{
    switch (size) {
    case 1:
        return __atomic_load_n((const volatile uint8_t *)address, __ATOMIC_ACQUIRE) ==
               *(const uint8_t *)compare;
    case 2:
        return __atomic_load_n((const volatile uint16_t *)address, __ATOMIC_ACQUIRE) ==
               *(const uint16_t *)compare;
    case 4:
        return __atomic_load_n((const volatile uint32_t *)address, __ATOMIC_ACQUIRE) ==
               *(const uint32_t *)compare;
    default:
        return __atomic_load_n((const volatile uint64_t *)address, __ATOMIC_ACQUIRE) ==
               *(const uint64_t *)compare;
    }
}

NTSTATUS address_wait(const volatile void *address, const void *compare, size_t size,
                      int64_t deadline)
{
    struct address_sleeper sleeper;

    if (size != 1 && size != 2 && size != 4 && size != 8)
        return STATUS_INVALID_PARAMETER;
    if (!address__equal(address, compare, size))
        return STATUS_SUCCESS;
    address_enlist(&sleeper, address);
    if (!address__equal(address, compare, size)) {
        address_leave(&sleeper);
        return STATUS_SUCCESS;
    }
    return address_sleep(&sleeper, deadline);
}

/* The first of the bucket's sleepers on this address among those with numbers below `limit`. */
static struct address_sleeper *bucket__find(struct bucket *bucket, const volatile void *address,
                                            uint64_t limit)
{
    lock_assert_held(&bucket->lock);
    if (!bucket->sleepers.next)
        return NULL;
    LIST_FOR_EACH(link, &bucket->sleepers)
    {
        struct address_sleeper *sleeper = LIST_ELEMENT(link, struct address_sleeper, link);
        if (sleeper->number >= limit)
            break;
        if (sleeper->address == address)
            return sleeper;
    }
    return NULL;
}

void address_wake(const volatile void *address, bool all)
{
    struct bucket *bucket = address__bucket(address);
    struct address_sleeper *sleeper;
    uint64_t limit = UINT64_MAX;

    if (atomic_fetch_add_explicit(&bucket->count, 0, memory_order_acq_rel) == 0)
        return;
    do {
        _Atomic uint32_t *word = NULL;
        /* Terminated in between, this thread would leave one asleep that is on no list any more. */
        shield_raise();
        lock_take(&bucket->lock);
        if (bucket->enlisted < limit) /* true the first time only */
            limit = bucket->enlisted;
        sleeper = bucket__find(bucket, address, limit);
        if (sleeper) {
            word = &sleeper->woken;
            bucket__remove(bucket, sleeper);
            atomic_store_explicit(word, 1, memory_order_release);
        }
        lock_drop(&bucket->lock);
        /* The sleeper may be gone by now; the address is only a name. */
        if (word)
            futex_wake(word, 1);
        shield_lower();
    } while (all && sleeper);
}
