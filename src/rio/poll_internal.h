/* SPDX-License-Identifier: MIT
 *
 * Who polls for the requests of a completion queue that is only polled: the library's own thread as
 * long as the program looks now and then, the program's while it looks all the time. For rio/ only.
 */
#ifndef RIO_POLL_INTERNAL_H
#define RIO_POLL_INTERNAL_H

#include "base/lock.h"
#include "port/port.h"
#include "sched/watchdog.h"

struct rio_poll {
    struct watch watch;
    struct lock lock;                   /* making the source, `left` */
    struct port_source *_Atomic source; /* NULL: the requests are polled for elsewhere */
    _Atomic bool left;                  /* to the library's own thread */
    _Atomic bool busy;                  /* a thread of the program polls */
    _Atomic bool recent;                /* one has since the last tick */
    _Atomic int64_t last;               /* when the program looked in vain, while left */
    _Atomic uint32_t streak;            /* how often in a row, shortly after one another */
};

void rio_poll_init(struct rio_poll *poll);
void rio_poll_finish(struct rio_poll *poll);

/* The source, made on the first call; NULL if that fails. */
struct port_source *rio_poll_source(struct rio_poll *poll,
                                    struct port_source *(*make)(struct port *));

/* The program looked and there was nothing: polls, once it does so often. False: it did not. */
bool rio_poll_now(struct rio_poll *poll);

#endif
