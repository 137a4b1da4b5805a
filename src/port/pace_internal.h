/* SPDX-License-Identifier: MIT
 *
 * How long packets take, and who is let out for that; see pace.c. With the port's lock.
 */
#ifndef PORT_PACE_INTERNAL_H
#define PORT_PACE_INTERNAL_H

#include "port/port_internal.h"
#include "port/release_internal.h"

/* After a removal: takes the time of some; and at the same thread's next one, if thread->taken. */
void port__pace_begin(struct port *port, struct port_thread *thread, uint32_t taken);
void port__pace_end(struct port *port, struct port_thread *thread);

/* How many completions a poll is to bring. */
uint32_t port__pace_portion(const struct port *port);

/* After how many removals there is to be a poll although the queue is not empty. There is a source.
 */
uint32_t port__pace_patience(const struct port *port);

/* Whether a thread that comes for a packet leaves it to those who have run while it was blocked.
 * Asked once for each coming. */
bool port__pace_stands_by(struct port *port, struct port_thread *thread);

/* Whether a thread that runs is expected not to block soon. */
bool port__pace_trusts(struct port *port);

/* Whether those who run work off what there is, as they have done since so many removals. */
bool port__pace_copes(struct port *port, uint64_t since);

/* A thread was found blocked with a packet. */
void port__pace_beware(struct port *port);

/* Who is let out because a thread leaves with a packet that it will need long for, or may block
 * with. */
struct port_wakeup port__pace_wakeup(struct port *port);

#endif
