/* SPDX-License-Identifier: MIT
 *
 * Waits as both layers make them: by handle, with a deadline (base/clock.h), and a status to tell.
 * In synchapi.c.
 */
#ifndef API_WAITING_H
#define API_WAITING_H

#include <stdbool.h>
#include <stdint.h>
#include <winnt.h>

/* STATUS_INVALID_PARAMETER_1: not 1 to 64 of them; STATUS_INVALID_PARAMETER_MIX: all, and one
 * twice; STATUS_INVALID_HANDLE: one of them is none, or is a pseudo handle (WAIT-2). Else what
 * wait_objects says. */
NTSTATUS api_wait_many(uint32_t count, const HANDLE *handles, bool all, int64_t deadline,
                       bool alertable);

/* Sets an event, releases a mutex, or counts a semaphore up by one, and waits for the other object.
 * STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH: one is none, or cannot be signalled so; then
 * nothing was done. */
NTSTATUS api_signal_and_wait(HANDLE to_signal, HANDLE to_wait_on, int64_t deadline, bool alertable);

#endif
