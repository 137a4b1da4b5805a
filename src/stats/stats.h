/* SPDX-License-Identifier: MIT
 *
 * Showing the process's ports to readers outside (stats/layout.h says how they see them). Off until
 * started; from then on a thread of this room sleeps until a reader asks, and nothing is ever
 * written to a disk or left behind.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include "stats/layout.h"

/* Starts showing; idempotent. 0 or an errno: EMFILE, ENFILE, ENOMEM, EAGAIN (no thread), ENOTSUP
 * in a child after fork, or what refuses memfd_create here. */
int stats_start(void);

/* The same if IOCP_STATS in the environment says 1; for whoever makes a port. What goes wrong is
 * kept silent: the program did not ask. */
void stats_start_if_asked(void);

/* snapshot.c: what is to be seen at this moment, but for process->snapshots. Ports beyond
 * ports_listed are left as they are. */
void stats_take(struct stats_process *process, struct stats_port *ports);

#endif
