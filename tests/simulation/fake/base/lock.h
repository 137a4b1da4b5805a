/* SPDX-License-Identifier: MIT
 *
 * base/lock.h as the simulation has it: who wants a lock that is held stands still until it is
 * free, and taking and dropping are points at which another fake thread may go on. Unlike the real
 * one it knows its owner, so lock_assert_held means what it says here.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include "base/check.h"
#include "base/shield.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sim_thread;
struct port;

struct lock {
    struct sim_thread *owner;
};

void machine_lock_take(struct lock *lock);
void machine_lock_drop(struct lock *lock);
bool machine_holds(const struct lock *lock);

static inline void lock_take(struct lock *lock)
{
    shield_raise();
    machine_lock_take(lock);
}

static inline void lock_drop(struct lock *lock)
{
    machine_lock_drop(lock);
    shield_lower();
}

static inline void lock_assert_held(struct lock *lock)
{
    MUST(machine_holds(lock));
}

#endif
