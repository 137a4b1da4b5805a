/* SPDX-License-Identifier: MIT
 *
 * Mutexes: owned by a thread, recursive, abandoned when the owner ends (WAIT-7).
 */
#ifndef WAIT_MUTEX_H
#define WAIT_MUTEX_H

#include "wait/dispatcher.h"

extern const struct object_ops mutex_ops;

/* A mutex with a reference (OBJ_REF_CALL), owned by the calling thread if `owned`; NULL when memory
 * is short. */
struct dispatcher *mutex_new(bool owned);

/* How often the calling thread has it; 0: not at all. */
uint32_t mutex_depth(struct dispatcher *mutex);

/* STATUS_MUTANT_NOT_OWNED if it is not the calling thread's. */
NTSTATUS mutex_release(struct dispatcher *mutex);

/* The calling thread ends: what it owns is abandoned. */
void mutex_abandon_all(void);

#endif
