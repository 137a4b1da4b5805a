/* SPDX-License-Identifier: MIT
 *
 * The one thread of the library's own that looks, while something goes on, whether anything has
 * been left lying. Ports arm their watch when they leave something to chance for the sake of speed
 * (a packet not handed over at once, nobody polling); as soon as a watch finds nothing more to
 * look after it is taken off, and with the last one the thread sleeps without a timer.
 */
#ifndef SCHED_WATCHDOG_H
#define SCHED_WATCHDOG_H

#include "base/list.h"

#include <stdatomic.h>
#include <stdbool.h>

enum watch_verdict {
    WATCH_SETTLED, /* nothing to look after: take the watch off */
    WATCH_BUSY,    /* look again after the next tick */
    WATCH_NEAR,    /* the same, and what it may find cannot wait for long */
    WATCH_WANTED,  /* something waits for a thread that may be about to block: do not look rarely */
    WATCH_SUSPECT, /* the same, and a thread looked blocked; but others are at work */
    WATCH_ALERT, /* a thread was found blocked: more will follow, do not look rarely for a while */
    WATCH_ACTED, /* something had been left lying: look again soon */
    WATCH_REPLACED, /* both */
};

struct watch {
    struct list link; /* watchdog_lock */
    _Atomic bool armed;
    /* Called on every tick, on the watchdog's thread, without a lock. */
    enum watch_verdict (*tick)(struct watch *watch);
};

/* For who cannot do without it: starts the thread, which otherwise the first arming does. False if
 * that is not possible now. */
bool watchdog_prepare(void);

/* Arms the watch; costs one load if it is armed. No lock may be held that tick takes. */
void watchdog_arm__slow(struct watch *watch) COLD;
static inline void watchdog_arm(struct watch *watch)
{
    if (!atomic_load_explicit(&watch->armed, memory_order_relaxed))
        watchdog_arm__slow(watch);
}

/* Takes it off; after the return tick is not running (unless it is what called this) and will not
 * be called. */
void watchdog_disarm(struct watch *watch);

#endif
