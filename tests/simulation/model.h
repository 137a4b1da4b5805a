/* SPDX-License-Identifier: MIT
 *
 * What the checks remember of a port, beside what the port itself says.
 */
#ifndef SIMULATION_MODEL_H
#define SIMULATION_MODEL_H

#include "machine.h"

enum { MODEL_PORTS = 2 };

struct model_before {
    uint32_t current, depth;
    uint64_t removals;
    const struct port_waiter *newest;
    bool given;    /* the calling thread had been given a packet */
    bool stricken; /* it strikes somebody off the list */
};

struct model_port {
    struct port *port;
    struct model_before before; /* when the lock was taken */
    uint32_t places;            /* given out so far in the queue's order */
    unsigned gives;             /* threads let out in the current tick */
    unsigned lying;             /* ticks in a row that left a packet lying */
    uint64_t removals;          /* at the last tick */
};

extern struct model_port model_ports[MODEL_PORTS];

static inline bool model_lets_out(const struct port *port)
{
    return port->first && !list_empty(&port->waiters) && port->current < port->limit;
}

void model_reset(void);
void model_add(struct port *port);
void model_forget(struct port *port);
bool model_is_closed(struct port *port);
/* The port's tick, checked. */
enum watch_verdict model_tick(struct watch *watch);
/* Everything rests: nobody waits for what is there. */
void model_check_rest(void);

#endif
