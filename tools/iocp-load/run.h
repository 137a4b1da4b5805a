/* SPDX-License-Identifier: MIT
 *
 * A run from the first connection to the last answer. */
#ifndef IOCP_LOAD_RUN_H
#define IOCP_LOAD_RUN_H

#include "histogram.h"
#include "options.h"
#include "procstat.h"

#include <stdbool.h>
#include <time.h>

struct result {
    const struct options *options;
    time_t started;
    bool measured; /* the measured part was reached: there is something to report */
    int exit_code;
    char message[256]; /* why exit_code is not 0 */
    double seconds;
    double client_cpu_seconds;
    bool server_known;
    struct procstat server; /* the difference over the measured part; rss_bytes: at its end */
    double idle_rss_bytes;  /* per idle connection; 0 without idle connections or pid */
    struct histogram latency;
};

/* Always fills the result; returns its exit_code. */
int run_execute(const struct options *options, struct result *result);

#endif
