/* SPDX-License-Identifier: MIT
 *
 * The per-thread last error: one slot for Win32 and Winsock alike, as on Windows. Only api/ knows
 * it; a function here ends with `return api_fail(status)` or `return api_fail_socket(status)`.
 */
#ifndef API_LAST_ERROR_H
#define API_LAST_ERROR_H

#include "base/compiler.h"
#include "status/status.h"

#include <stdint.h>

extern THREAD_LOCAL uint32_t api__last_error;

/* What RtlGetLastNtStatus tells. */
extern THREAD_LOCAL NTSTATUS api__last_status;

static inline void api_set_last_error(uint32_t error)
{
    api__last_error = error;
}

static inline uint32_t api_last_error(void)
{
    return api__last_error;
}

/* Sets the Win32 code of a status; the value is FALSE. */
int api_fail(NTSTATUS status);

/* Sets the Winsock code of a status; the value is SOCKET_ERROR (-1). */
int api_fail_socket(NTSTATUS status);

/* What successful Winsock calls do (G-4). */
static inline int api_succeed_socket(void)
{
    api__last_error = 0;
    return 0;
}

#endif
