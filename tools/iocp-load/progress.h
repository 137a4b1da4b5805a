/* SPDX-License-Identifier: MIT
 *
 * One line on standard error that says where the run stands. */
#ifndef IOCP_LOAD_PROGRESS_H
#define IOCP_LOAD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    bool terminal;  /* the line is overwritten; otherwise one line a second */
    bool line_open; /* something to be wiped */
    uint64_t shown; /* when */
    const char *what;
    uint64_t since; /* when `what` began */
};

/* On when standard error is a terminal, or when forced. */
void progress_begin(struct progress *progress, bool forced);

void progress_show(struct progress *progress, const char *what, uint64_t done, uint64_t total);

void progress_end(struct progress *progress);

#endif
