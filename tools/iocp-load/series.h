/* SPDX-License-Identifier: MIT
 *
 * What of a run a picture needs, taken from a result or read back from a JSON report. */
#ifndef IOCP_LOAD_SERIES_H
#define IOCP_LOAD_SERIES_H

#include "run.h"

struct series_point {
    double nanoseconds;
    uint64_t count;
};

struct series {
    char label[96];
    unsigned connections;
    unsigned threads;
    unsigned depth;
    unsigned idle;
    uint64_t size;
    uint64_t requests;
    double requests_per_second;
    double max; /* nanoseconds */
    struct series_point *points;
    size_t point_count;
};

/* All return 0, or -1 with a message on standard error. */
int series_from_result(struct series *series, const struct result *result);
int series_read(struct series *series, const char *path);
void series_free(struct series *series);

/* The value, in nanoseconds, that the given share (0 to 1) of all requests does not exceed. */
double series_quantile(const struct series *series, double share);

#endif
