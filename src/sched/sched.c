/* SPDX-License-Identifier: MIT
 *
 * The calling thread's scheduling state.
 */
#include "sched/sched.h"

#include <stdatomic.h>

THREAD_LOCAL struct sched_thread sched_self;

static _Atomic uint32_t sched_numbers;
static THREAD_LOCAL uint32_t sched_number;

uint32_t sched_number_new(void)
{
    return atomic_fetch_add_explicit(&sched_numbers, 1, memory_order_relaxed) + 1;
}

void sched_number_adopt(uint32_t number)
{
    sched_number = number;
}

uint32_t sched_thread_number(void)
{
    if (UNLIKELY(sched_number == 0))
        sched_number = sched_number_new();
    return sched_number;
}
