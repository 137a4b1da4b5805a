/* SPDX-License-Identifier: MIT
 *
 * Errors in their four languages. Below api/ everything speaks NTSTATUS; this room says what a
 * status is called by Win32 and by Winsock, and which status a Linux errno is. No state, no locks.
 */
#ifndef STATUS_STATUS_H
#define STATUS_STATUS_H

#include "status/codes.h"

#include <stdbool.h>
#include <stdint.h>

/* A Winsock error (or a Win32 one) that no status stands for, as a status. */
#define STATUS_OF_WINSOCK(code) ((NTSTATUS)(0xC0070000u | (uint32_t)(code)))

/* Success and information; a warning is neither this nor an error (G-3). */
static inline bool status_succeeded(NTSTATUS status)
{
    return status >= 0;
}

/* Severity "error" only. */
static inline bool status_is_error(NTSTATUS status)
{
    return (uint32_t)status >> 30 == 3;
}

/* The last error of a Win32 call, a wait or a dequeued operation. 317 for an unknown status. */
uint32_t status_win32(int32_t status);

/* RtlNtStatusToDosError: as above but for the statuses of waits, which it renders otherwise. */
uint32_t status_dos_error(int32_t status);

/* The last error of a Winsock call that fails at once. */
int status_winsock(int32_t status);

/* The error of a completed operation for WSAGetOverlappedResult and Winsock's completion routines:
 * the strict map, in which every failure it does not list is 10022 (ERR-2). */
int status_winsock_result(int32_t status);

/* Which call an errno came from: the same number means different things. */
enum status_place {
    STATUS_PLACE_STREAM,   /* receiving and sending on a stream */
    STATUS_PLACE_DATAGRAM, /* the same on datagrams */
    STATUS_PLACE_CONNECT,
    STATUS_PLACE_ACCEPT,
    STATUS_PLACE_CALL, /* socket, bind, options ...: calls that answer at once */
    STATUS_PLACE_FILE,
    STATUS_PLACE_PIPE,
};

/* The status of an errno (ERR-4). EPIPE on a stream is taken for the peer's reset: who has shut its
 * own sending down knows that and says STATUS_PIPE_DISCONNECTED. EINTR is never shown, the caller
 * repeats; should one come here nevertheless it reads as an aborted request. */
NTSTATUS status_of_errno(int error, enum status_place place);

#endif
