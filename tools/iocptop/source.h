/* SPDX-License-Identifier: MIT
 *
 * Where snapshots come from: finds the memory of a process, asks, waits for the answer, copies. The
 * memory is only ever read and written by system calls, never through a pointer, so that nothing
 * that its owner does to it can end this program. */
#ifndef IOCPTOP_SOURCE_H
#define IOCPTOP_SOURCE_H

#include "exits.h"
#include "snapshot.h"

#include <sys/types.h>

struct source {
    int process;       /* /proc/PID; stays the same process's whatever becomes of the number */
    int memory;        /* the memfd */
    void *words;       /* its first page, for futex calls, which need an address; never touched */
    char message[200]; /* what went wrong last */
};

/* EXIT_SHOWN, or why not, with a message. */
enum exit_code source_open(struct source *source, pid_t pid);

/* The same for a descriptor that was found already and is the source's from now on, even if it is
 * refused; process_id is what its owner calls itself. */
enum exit_code source_open_memory(struct source *source, int descriptor, uint32_t process_id);

/* A new snapshot. EXIT_NO_ANSWER: the process did not answer within `patience` seconds; if it ever
 * did, that snapshot is in *snapshot, and its process.snapshots is not 0. EXIT_SYSTEM: it has
 * ended. */
enum exit_code source_ask(struct source *source, struct snapshot *snapshot, double patience);

void source_close(struct source *source);

#endif
