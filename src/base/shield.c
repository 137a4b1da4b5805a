/* SPDX-License-Identifier: MIT
 *
 * The calling thread's shield.
 */
#include "base/shield.h"

THREAD_LOCAL struct shield shield_self;
void (*_Atomic shield_answer)(void);

void shield__answer(void)
{
    shield_self.asked = false;
    atomic_load (&shield_answer)();
}
