/* SPDX-License-Identifier: MIT
 *
 * Stretches in which the calling thread may not be stopped for good in the middle: it holds a lock
 * that others need, or has done half of what belongs together. Suspending and terminating a thread
 * interrupt it with a signal; under the shield the signal's handler only leaves a note, and the
 * thread does what was asked when it lowers the shield. Windows' kernel does the same: a suspended
 * thread stands still on its way back to the program, never inside the kernel.
 */
#ifndef BASE_SHIELD_H
#define BASE_SHIELD_H

#include "base/compiler.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Only the thread itself and signal handlers on it look at these. */
struct shield {
    volatile uint32_t depth;
    volatile bool asked;
};

extern THREAD_LOCAL struct shield shield_self;

/* Does what was asked; set by who sends the signals, once. */
extern void (*_Atomic shield_answer)(void);

void shield__answer(void) COLD;

static inline void shield_raise(void)
{
    shield_self.depth = shield_self.depth + 1;
    atomic_signal_fence(memory_order_seq_cst);
}

static inline void shield_lower(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    shield_self.depth = shield_self.depth - 1;
    if (UNLIKELY(shield_self.asked) && shield_self.depth == 0)
        shield__answer();
}

#endif
