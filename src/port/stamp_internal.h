/* SPDX-License-Identifier: MIT
 *
 * When a packet was queued, for people to look at. Costs a load where it is not wanted.
 */
#ifndef PORT_STAMP_INTERNAL_H
#define PORT_STAMP_INTERNAL_H

#include "base/clock.h"
#include "base/compiler.h"
#include "port/packet.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Whether packets are stamped; describe.c. */
extern _Atomic bool port_stamping;

/* A time as packets keep it; never 0. */
static inline uint32_t port__stamp(int64_t time)
{
    uint32_t stamp = (uint32_t)(time >> PACKET_STAMP_SHIFT) & PACKET_STAMP_MOST;
    return stamp ? stamp : 1;
}

static inline void port__stamp_packet(struct packet *packet)
{
    if (UNLIKELY(atomic_load_explicit(&port_stamping, memory_order_relaxed)))
        packet->stamp = port__stamp(clock_now());
}

#endif
