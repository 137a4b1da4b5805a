/* SPDX-License-Identifier: MIT
 *
 * A client thread: sends its share of the requests over its share of the connections, once for the
 * warm-up and once for the measurement. Closed: a connection that is answered has the next one at
 * once. Open: requests are sent when they are due, on connections that have none. */
#ifndef IOCP_LOAD_WORKER_H
#define IOCP_LOAD_WORKER_H

#include "connection.h"

enum worker_phase {
    WORKER_PHASE_WARMUP = 1,
    WORKER_PHASE_MEASURE,
    WORKER_PHASE_EXIT,
};

struct worker {
    const struct connection_plan *plan;
    struct connection *connections;
    unsigned connection_count;
    unsigned number; /* of all workers */
    uint64_t warmup;
    uint64_t requests;
    pthread_t thread;
    int epoll;
    struct connection **idle; /* an open load's ring of connections without a request */
    unsigned first_idle, idle_count;
    _Atomic uint64_t done; /* in the phase that runs; written by the worker only */
    struct histogram histogram;
};

/* Registers the connections and starts the thread. -1: failed, control knows. */
int worker_start(struct worker *worker);

/* After control has opened WORKER_PHASE_EXIT. */
void worker_join(struct worker *worker);

#endif
