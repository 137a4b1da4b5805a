/* SPDX-License-Identifier: MIT
 *
 * A private copy of what a process shows, made harmless: whatever the writer meant, counts fit
 * their lists and texts end and hold printable characters only. */
#ifndef IOCPTOP_SNAPSHOT_H
#define IOCPTOP_SNAPSHOT_H

/* The one header of src/ that a tool may see: it includes nothing of the library. */
#include "stats/layout.h"

#include <stdbool.h>
#include <stddef.h>

struct snapshot {
    bool fresh; /* taken for this question */
    double age; /* seconds since it was taken, if not fresh */
    struct stats_process process;
    struct stats_port port[STATS_PORTS]; /* process.ports_listed of them */
};

void snapshot_tame(struct snapshot *snapshot);

/* Replaces what is not printable ASCII, and ends the text within its room. */
void snapshot_tame_text(char *text, size_t room);

/* In a second, since an earlier snapshot. */
struct rates {
    double packets_in, packets_out, wakeups, replacements;
};

/* Of the port with this index in `now`; false if there is nothing to compare with. */
bool snapshot_rates(const struct snapshot *now, const struct snapshot *before, uint32_t index,
                    struct rates *rates);

#endif
