/* SPDX-License-Identifier: MIT
 *
 * The port's FIFO of packets. All of it with the port's lock held.
 */
#ifndef PORT_QUEUE_INTERNAL_H
#define PORT_QUEUE_INTERNAL_H

#include "port/port_internal.h"
#include "port/stamp_internal.h"

/* Changed under the lock only, so that reading and storing need not be one step. */
static inline void port__change_depth(struct port *port, int change)
{
    uint32_t depth = atomic_load_explicit(&port->depth, memory_order_relaxed);

    lock_assert_held(&port->lock);
    atomic_store_explicit(&port->depth, depth + (uint32_t)change, memory_order_relaxed);
}

static inline void port__append(struct port *port, struct packet *packet)
{
    lock_assert_held(&port->lock);
    port__stamp_packet(packet);
    packet->next = NULL;
    if (port->last)
        port->last->next = packet;
    else
        port->first = packet;
    port->last = packet;
    port__change_depth(port, 1);
}

static inline void port__put_back(struct port *port, struct packet *packet)
{
    packet->next = port->first;
    port->first = packet;
    if (!port->last)
        port->last = packet;
    port__change_depth(port, 1);
}

static inline struct packet *port__pop(struct port *port)
{
    struct packet *packet = port->first;
    port->first = packet->next;
    if (!port->first)
        port->last = NULL;
    /* Another thread wrote it: its line comes while this packet is being delivered. */
    __builtin_prefetch(port->first);
    port__change_depth(port, -1);
    port->removals++;
    port->settled = false;
    return packet;
}

#endif
