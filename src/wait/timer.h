/* SPDX-License-Identifier: MIT
 *
 * Waitable timers (WAIT-10).
 */
#ifndef WAIT_TIMER_H
#define WAIT_TIMER_H

#include "wait/dispatcher.h"

extern const struct object_ops timer_ops;

/* The monotonic time (base/clock.h) that Win32 calls so: units of 100 ns, negative from now, else a
 * FILETIME. */
int64_t timer_deadline(int64_t due);

/* Runs as an APC; low and high are halves of the FILETIME at which the timer was signalled. */
typedef void (*timer_routine)(void *argument, uint32_t low, uint32_t high);

/* An inactive timer with a reference (OBJ_REF_CALL), or NULL when memory is short. A manual one
 * stays signalled until it is set again; the other kind until a wait takes it. */
struct dispatcher *timer_new(bool manual);

/* Makes it not signalled, to be signalled at `due`: units of 100 ns, negative from now, else a
 * FILETIME; and then every `period` milliseconds if that is not 0. `routine` may be NULL; it runs
 * on the calling thread. */
NTSTATUS timer_set(struct dispatcher *timer, int64_t due, uint32_t period, timer_routine routine,
                   void *argument);

/* Whether a wait would be satisfied now. */
bool timer_is_signalled(struct dispatcher *timer);

/* Stops it; whether it is signalled stays, a routine that is queued does not run. */
void timer_cancel(struct dispatcher *timer);

#endif
