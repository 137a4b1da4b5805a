/* SPDX-License-Identifier: MIT
 *
 * GetOverlappedResult and its relatives: what an OVERLAPPED says.
 */
#ifndef IO_RESULT_H
#define IO_RESULT_H

#include "wait/dispatcher.h"

#include <minwinbase.h>

/* Waits until the deadline for the operation to be over and stores its byte count. `handle` is
 * looked at only if there is something to wait for and no hEvent (OVL-7 to 9). Returns the
 * operation's status; STATUS_PENDING if it is not over and there was to be no waiting;
 * STATUS_TIMEOUT, STATUS_USER_APC or STATUS_INVALID_HANDLE from the wait, told apart from an
 * operation's own by *wait_failed. */
NTSTATUS io_result(uintptr_t handle, const OVERLAPPED *overlapped, DWORD *bytes, int64_t deadline,
                   bool wait, bool alertable, bool *wait_failed);

#endif
