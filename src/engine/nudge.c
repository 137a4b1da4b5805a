/* SPDX-License-Identifier: MIT
 *
 * Interrupting threads that compute. What is used of membarrier is not the barrier but how it is
 * made: by an interrupt on every processor that runs a thread of this process, and on the way back
 * from it a thread does what the kernel has for it. A thread that lost its processor does so anyway
 * when it gets one again.
 */
#include "engine/nudge.h"

#include "engine/uring.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static long nudge__call(int command)
{
    return syscall(SYS_membarrier, command, 0, 0);
}

bool nudge_prepare(void)
{
    return nudge__call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0 &&
           nudge__call(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0;
}

void engine_nudge(void)
{
    nudge__call(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
