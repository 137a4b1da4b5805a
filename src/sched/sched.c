/* SPDX-License-Identifier: MIT
 *
 * The calling thread's scheduling state.
 */
#include "sched/sched.h"

#include <stdatomic.h>

THREAD_LOCAL struct sched_thread sched_self;

static _Atomic uint32_t sched_numbers;
static THREAD_LOCAL uint32_t sched_number;

uint32_t sched_thread_number(void)
{
    if (UNLIKELY(sched_number == 0))
        sched_number = atomic_fetch_add_explicit(&sched_numbers, 1, memory_order_relaxed) + 1;
    return sched_number;
}
