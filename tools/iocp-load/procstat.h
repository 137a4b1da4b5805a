/* SPDX-License-Identifier: MIT
 *
 * What /proc tells about the server's processes. */
#ifndef IOCP_LOAD_PROCSTAT_H
#define IOCP_LOAD_PROCSTAT_H

#include <stdint.h>
#include <sys/types.h>

struct procstat {
    double cpu_seconds; /* user + system, threads that ended included */
    uint64_t switches;  /* voluntary + involuntary, over the threads that live now */
    uint64_t rss_bytes;
    unsigned threads;
};

/* Sums over all processes. Returns the pid that could not be read, or 0. */
pid_t procstat_read(const pid_t *pids, unsigned count, struct procstat *stat);

/* CPU seconds, user + system, that this process has used itself. */
double procstat_own_cpu(void);

#endif
