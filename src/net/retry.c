/* SPDX-License-Identifier: MIT
 *
 * An address that is in use, but perhaps by nobody: what a process polled through a ring the system
 * lets go in the background, some milliseconds after the process has ended. A server that is
 * started again would find its port taken.
 */
#include "net/retry.h"

#include "base/clock.h"
#include "io/block.h"
#include "io/lanes.h"
#include "status/codes.h"

/* It takes a few milliseconds on a busy machine. */
#define RETRY_PATIENCE (200 * NANOSECONDS_PER_MILLISECOND)
#define RETRY_PAUSE (500 * NANOSECONDS_PER_MICROSECOND)

static void retry__abandon(struct blocked_thread *thread)
{
    (void)thread;
}

bool retry_taken_address(int64_t *until)
{
    struct pollfd polled[1]; /* room for what wakes the thread */
    struct blocked_thread self;
    int64_t now = clock_now();
    int ready;

    if (!io_engine_lingers())
        return false;
    if (*until == 0)
        *until = now + RETRY_PATIENCE;
    if (now >= *until || !blocked_enter(&self, false, retry__abandon))
        return false;
    NTSTATUS status = blocked_sleep(&self, polled, 0, now + RETRY_PAUSE, &ready);
    blocked_leave(&self);
    return status == STATUS_SUCCESS || status == STATUS_IO_TIMEOUT;
}
