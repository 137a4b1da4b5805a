/* SPDX-License-Identifier: MIT
 *
 * Whether threads of ports have to be nudged while they compute (port_source.nudge). Asked of the
 * whole process, since a thread may hold up what belongs to a port that it has left.
 */
#ifndef PORT_NUDGE_INTERNAL_H
#define PORT_NUDGE_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* The sources' own function, once one of them needs it; port.c. */
extern void (*_Atomic port__nudge)(void);

static inline bool port__nudges(void)
{
    return atomic_load_explicit(&port__nudge, memory_order_relaxed) != NULL;
}

#endif
