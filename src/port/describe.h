/* SPDX-License-Identifier: MIT
 *
 * A port as it is at one moment, in full, for people to look at.
 */
#ifndef PORT_DESCRIBE_H
#define PORT_DESCRIBE_H

#include "port/port.h"

/* Threads of one list that are named; the others are counted. */
enum { PORT_THREADS_DESCRIBED = 128 };

struct port_threads {
    uint32_t count, listed;
    struct {
        int id;     /* gettid */
        bool polls; /* of the waiting: it polls meanwhile */
        bool found; /* of the paused: found blocked, not in a wait that the library makes */
    } list[PORT_THREADS_DESCRIBED];
};

struct port_description {
    uint32_t limit, devices, depth;
    int64_t head_age; /* nanoseconds; -1: not known, or the queue is empty */
    uint64_t packets_in, packets_out, wakeups, replacements;
    struct port_threads waiting; /* newest first */
    struct port_threads released, paused;
};

/* All of it belongs together: taken under the port's lock, which is held for microseconds. */
void port_describe(struct port *port, struct port_description *description);

/* From now on packets that are queued are stamped with the time. */
void port_stamp_packets(void);

#endif
