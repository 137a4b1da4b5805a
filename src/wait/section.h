/* SPDX-License-Identifier: MIT
 *
 * The locks that live in a program's own memory: critical sections, slim reader/writer locks,
 * condition variables, barriers, one-time initialisation. Taking a free lock is one atomic
 * operation; only a real sleep is told to sched/.
 */
#ifndef WAIT_SECTION_H
#define WAIT_SECTION_H

#include <winnt.h>

#include <stdbool.h>
#include <stdint.h>

/* ---- critical sections ---- */
void section_init(RTL_CRITICAL_SECTION *section, uint32_t spins);
void section_enter(RTL_CRITICAL_SECTION *section);
bool section_try(RTL_CRITICAL_SECTION *section);
void section_leave(RTL_CRITICAL_SECTION *section);
/* The count of spins until now. */
uint32_t section_set_spins(RTL_CRITICAL_SECTION *section, uint32_t spins);

/* ---- slim reader/writer locks ---- */
void slim_acquire_exclusive(RTL_SRWLOCK *lock);
void slim_acquire_shared(RTL_SRWLOCK *lock);
bool slim_try_exclusive(RTL_SRWLOCK *lock);
bool slim_try_shared(RTL_SRWLOCK *lock);
void slim_release_exclusive(RTL_SRWLOCK *lock);
void slim_release_shared(RTL_SRWLOCK *lock);

/* ---- condition variables ---- */
NTSTATUS condition_sleep_section(RTL_CONDITION_VARIABLE *condition, RTL_CRITICAL_SECTION *section,
                                 int64_t deadline);
NTSTATUS condition_sleep_slim(RTL_CONDITION_VARIABLE *condition, RTL_SRWLOCK *lock, bool shared,
                              int64_t deadline);
void condition_wake(RTL_CONDITION_VARIABLE *condition, bool all);

/* ---- barriers ---- */

/* False if the numbers make no sense. Entering is true for one thread of each round; deleting waits
 * until all have left. Flags are SYNCHRONIZATION_BARRIER_FLAGS_. */
bool barrier_init(RTL_BARRIER *barrier, int32_t threads, int32_t spins);
bool barrier_enter(RTL_BARRIER *barrier, uint32_t flags);
void barrier_delete(RTL_BARRIER *barrier);

/* ---- one-time initialisation ---- */

/* *pending: the caller has to initialise and to call once_complete. With RTL_RUN_ONCE_ASYNC several
 * callers may get that; with RTL_RUN_ONCE_CHECK_ONLY nobody does (STATUS_UNSUCCESSFUL). */
NTSTATUS once_begin(RTL_RUN_ONCE *once, uint32_t flags, bool *pending, void **context);
NTSTATUS once_complete(RTL_RUN_ONCE *once, uint32_t flags, void *context);

#endif
