/* SPDX-License-Identifier: MIT
 *
 * The picture of a latency distribution: share of requests to the right, on a scale that gives
 * each further nine (90 %, 99 %, 99.9 %) the same room; latency upwards, logarithmic. */
#ifndef IOCP_LOAD_CHART_H
#define IOCP_LOAD_CHART_H

#include "series.h"

/* Writes an SVG file. 0, or -1 with a message on standard error. */
int chart_write(const char *path, const struct series *series, size_t count);

#endif
