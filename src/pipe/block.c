/* SPDX-License-Identifier: MIT
 *
 * Threads in blocking calls on pipes. Nobody has to know which they are: who closes or disconnects
 * a pipe shuts its socket down, and that wakes them.
 */
#include "pipe/pipe_internal.h"

#include "io/block.h"

static void block__abandon(struct blocked_thread *thread)
{
    (void)thread;
}

NTSTATUS pipe_block(struct pipe *pipe, short events, int64_t deadline)
{
    struct pollfd polled[2] = {{.fd = pipe ? pipe_descriptor(pipe) : -1, .events = events}};
    struct blocked_thread self;
    int ready;

    /* Not alertable: ReadFile runs no APCs. */
    if (!blocked_enter(&self, false, block__abandon))
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = blocked_sleep(&self, polled, 1, deadline, &ready);
    blocked_leave(&self);
    return status;
}
