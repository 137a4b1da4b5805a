/* SPDX-License-Identifier: MIT
 *
 * Wait completion packets (NT-8, NT-9) and reserve objects (NT-10): objects that carry one packet,
 * so that queueing it can fail for no reason. A wait completion packet hangs on a dispatcher object
 * as a notice and is queued when that is signalled; a reserve object's is queued by a call.
 */
#ifndef PORT_WAIT_PACKET_H
#define PORT_WAIT_PACKET_H

#include "port/port.h"

struct wait_packet;
struct reserve;

extern const struct object_ops wait_packet_ops;
extern const struct object_ops reserve_ops;

/* A new one with a reference (OBJ_REF_CALL); NULL when memory is short. */
struct wait_packet *wait_packet_create(void);
struct reserve *reserve_create(void);

static inline struct object *wait_packet_object(struct wait_packet *packet)
{
    return (struct object *)packet;
}

static inline struct object *reserve_object(struct reserve *reserve)
{
    return (struct object *)reserve;
}

/* Has these four values queued to the port once the target can be taken, which takes it; *already
 * tells that this was so at once. STATUS_INVALID_PARAMETER_1: the packet is in use;
 * STATUS_INVALID_PARAMETER_3: the target has to belong to a thread (a mutex);
 * STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS wait_packet_associate(struct wait_packet *packet, struct port *port,
                               struct dispatcher *target, const struct port_entry *values,
                               bool *already);

/* Ends the wait; with `remove` also takes the packet out of the queue. STATUS_SUCCESS;
 * STATUS_PENDING: it is queued and stays so; STATUS_CANCELLED: there was nothing to end. */
NTSTATUS wait_packet_cancel(struct wait_packet *packet, bool remove);

/* Queues the reserve's packet. STATUS_INVALID_PARAMETER_2: it is queued already. */
NTSTATUS reserve_post(struct reserve *reserve, struct port *port, const struct port_entry *values);

#endif
