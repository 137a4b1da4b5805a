/* SPDX-License-Identifier: MIT
 *
 * Who is let out, and waking them (release.c); who is missing. With the port's lock, all but
 * port__wake.
 */
#ifndef PORT_RELEASE_INTERNAL_H
#define PORT_RELEASE_INTERNAL_H

#include "port/port_internal.h"

/* Whom to wake once the lock is dropped. The waiter may be gone by then: its word was stored under
 * the lock, and of the address only the number is used. */
struct port_wakeup {
    _Atomic uint32_t *word; /* NULL: nobody */
    bool polling;           /* kick the source instead */
};

struct port_wakeup port__tell(struct port *port, struct port_waiter *waiter, enum waiter_word word);
struct port_wakeup port__hand_over(struct port *port, struct packet *packet);
struct port_wakeup port__release_one(struct port *port);
struct port_wakeup port__let_poll(struct port *port);
void port__wake(struct port *port, struct port_wakeup wakeup);
void port__pass_kick_on(struct port *port);
void port__take_back(struct port *port);

/* Packets wait, and more threads might run than are there to be let out: how many more. */
static inline uint32_t port__short_of(const struct port *port)
{
    if (!port->first || !list_empty(&port->waiters) || port->current >= port->limit)
        return 0;
    uint32_t depth = atomic_load_explicit(&port->depth, memory_order_relaxed);
    uint32_t slots = port->limit - port->current;
    return depth < slots ? depth : slots;
}

/* Whom to ask for them; NULL: none is wanted, or nobody can be asked. */
static inline struct port_supply *port__to_grow(const struct port *port)
{
    return port->supply && port__short_of(port) ? port->supply : NULL;
}

/* Nobody polls, or packets lie here although a waiter and perhaps a slot are free, or threads that
 * run have to be nudged: the watchdog shall look after it. */
static inline bool port__unattended(const struct port *port)
{
    return (port->source && !port__poller(port) && !port->left) ||
           (port->first && !list_empty(&port->waiters)) || (port->current && port__nudges());
}

#endif
