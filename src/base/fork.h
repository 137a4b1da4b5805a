/* SPDX-License-Identifier: MIT
 *
 * What fork leaves in the child: one thread, copies of locks that nobody will drop, tables that may
 * be half changed, and descriptors (epoll, rings) that are still the parent's too. Windows has no
 * fork and no rule for this. A child of a process that had used the library gets no further use of
 * it: its handles are unknown and new ones are refused, so that nothing reaches what is shared with
 * the parent; exec, exit and POSIX calls work. A child made before the first use is like any other
 * process.
 */
#ifndef BASE_FORK_H
#define BASE_FORK_H

#include <stdatomic.h>
#include <stdbool.h>

enum fork_stage {
    FORK_HANDLES, /* the tables are emptied */
    FORK_PORT,    /* the forking thread leaves its port without telling it */
    FORK_STAGES
};

/* This process is such a child. */
extern _Atomic bool fork_is_orphan;

/* The library is in use from now on: in a child `forget` runs, on its only thread. One function a
 * stage; idempotent, and cheap when repeated. */
void fork_register(enum fork_stage stage, void (*forget)(void));

#endif
