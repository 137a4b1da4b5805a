/* SPDX-License-Identifier: MIT
 *
 * The futex system call behind base/futex.h. Holds nothing.
 */
#include "base/futex.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

bool futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t deadline)
{
    struct timespec until;
    struct timespec *limit = NULL;
    int saved = errno;
    long result;

    if (deadline != CLOCK_FOREVER) {
        until = clock_timespec(deadline);
        limit = &until;
    }
    /* The bitset form takes an absolute time on CLOCK_MONOTONIC: a wait that is interrupted and
     * taken up again does not grow longer. */
    result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, limit, NULL,
                     FUTEX_BITSET_MATCH_ANY);
    bool expired = result < 0 && errno == ETIMEDOUT;
    errno = saved;
    return !expired;
}

void futex_wake(_Atomic uint32_t *word, int count)
{
    int saved = errno;
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
    errno = saved;
}
