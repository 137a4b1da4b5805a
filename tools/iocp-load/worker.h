/* SPDX-License-Identifier: MIT
 *
 * A client thread: keeps its share of the connections busy until its share of the requests is
 * answered, once for the warm-up and once for the measurement. */
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
    uint64_t warmup;
    uint64_t requests;
    pthread_t thread;
    int epoll;
    _Atomic uint64_t done; /* in the phase that runs; written by the worker only */
    struct histogram histogram;
};

/* Registers the connections and starts the thread. -1: failed, control knows. */
int worker_start(struct worker *worker);

/* After control has opened WORKER_PHASE_EXIT. */
void worker_join(struct worker *worker);

#endif
