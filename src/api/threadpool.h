/* SPDX-License-Identifier: MIT
 *
 * What the thread pool's calls of both layers share: threadpoolapiset.c, winternl_pool.c.
 */
#ifndef API_THREADPOOL_H
#define API_THREADPOOL_H

#include "pool/pool.h"

/* How callbacks run in this environment; NULL: the process's own pool, and nothing special. */
struct pool_traits threadpool_traits(const TP_CALLBACK_ENVIRON *environment);

/* SetThreadpoolWait with a status: STATUS_INVALID_HANDLE, or what pool_wait_set says. */
NTSTATUS threadpool_set_wait(PTP_WAIT wait, HANDLE handle, int64_t deadline, bool *was);

#endif
