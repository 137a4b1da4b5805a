/* SPDX-License-Identifier: MIT
 *
 * Sleeping on any address, whatever lies there (WaitOnAddress, condition variables, one-time
 * initialisation). Nothing is ever read from or written to the address by waking, so the memory
 * may be gone by then.
 */
#ifndef WAIT_ADDRESS_H
#define WAIT_ADDRESS_H

#include "base/list.h"

#include <winnt.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sleeper, on its own stack. */
struct address_sleeper {
    struct list link;
    const volatile void *address;
    uint64_t number; /* of those that enlisted in the same list, the how manieth */
    _Atomic uint32_t woken;
};

/* Sleeps while `size` (1, 2, 4, 8) bytes at the address equal those at `compare`.
 * STATUS_SUCCESS (also without cause), STATUS_TIMEOUT, STATUS_INVALID_PARAMETER. */
NTSTATUS address_wait(const volatile void *address, const void *compare, size_t size,
                      int64_t deadline);

/* The same in two steps, for whoever looks at the memory himself in between: from address_enlist on
 * a wake-up counts. Every enlisted sleeper goes through address_sleep or address_leave. */
void address_enlist(struct address_sleeper *sleeper, const volatile void *address);
NTSTATUS address_sleep(struct address_sleeper *sleeper, int64_t deadline);
void address_leave(struct address_sleeper *sleeper);

/* Wakes who sleeps on the address: the one that has slept longest, or all. Who goes to sleep while
 * the call is under way, as those that it wakes do, sleeps on. */
void address_wake(const volatile void *address, bool all);

/* The calling thread is being terminated in the middle of whatever it did: if it was enlisted it is
 * not any more. */
void address_forsake(void);

#endif
