/* SPDX-License-Identifier: MIT
 *
 * Semaphores (WAIT-8).
 */
#ifndef WAIT_SEMAPHORE_H
#define WAIT_SEMAPHORE_H

#include "wait/dispatcher.h"

extern const struct object_ops semaphore_ops;

/* A semaphore with a reference (OBJ_REF_CALL), or NULL when memory is short.
 * 0 <= count <= limit <= 0x7fffffff, limit > 0. */
struct dispatcher *semaphore_new(uint32_t count, uint32_t limit);

/* Adds to the count; *before is what it was. STATUS_SEMAPHORE_LIMIT_EXCEEDED changes nothing. */
NTSTATUS semaphore_release(struct dispatcher *semaphore, uint32_t count, uint32_t *before);

#endif
