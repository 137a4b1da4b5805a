/* SPDX-License-Identifier: MIT
 *
 * Which threads run and which are blocked, as far as the library can see it itself: every wait the
 * library makes on behalf of the program is framed by sched_wait_begin and sched_wait_end, and
 * whoever keeps count of running threads (a port) is told through the hook that it hung on the
 * thread. This room calls that hook and knows nothing of ports.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "base/compiler.h"
#include "base/shield.h"

#include <stdbool.h>
#include <stdint.h>

struct sched_hook {
    /* The calling thread is about to block in a wait that is not the queue's own (SCHED-7a). */
    void (*blocked)(void *queue);
    /* It runs again (SCHED-8). */
    void (*running)(void *queue);
    /* It stands still in the queue's own wait until it is resumed: to be passed over (SCHED-22). */
    void (*absent)(void *queue);
    /* It is about to be resumed after that. */
    void (*present)(void *queue);
};

struct sched_thread {
    const struct sched_hook *hook;
    void *queue;    /* the hook's: the thread's place in a port, NULL if it is bound to none */
    uint32_t waits; /* nesting of waits; only the outermost counts */
    /* The thread is in the queue's own wait and not counted as running. The queue sets and clears
     * it where it changes its count, so that who suspends the thread (SCHED-7d) does not release
     * what is released already. */
    bool in_queue;
};

extern THREAD_LOCAL struct sched_thread sched_self;

/* The count and the hook belong together: in between the thread cannot be stopped (base/shield.h).
 *
 * Around everything that may put the calling thread to sleep, but only once it is certain that it
 * has to: a wait that is satisfied at once releases nothing (SCHED-9). Nests. */
static inline void sched_wait_begin(void)
{
    shield_raise();
    if (sched_self.waits++ == 0 && UNLIKELY(sched_self.queue != NULL))
        sched_self.hook->blocked(sched_self.queue);
    shield_lower();
}

static inline void sched_wait_end(void)
{
    shield_raise();
    if (--sched_self.waits == 0 && UNLIKELY(sched_self.queue != NULL))
        sched_self.hook->running(sched_self.queue);
    shield_lower();
}

/* A small number for the calling thread, unique in the process for the process's whole life. */
uint32_t sched_thread_number(void);

/* A number for a thread that is yet to be started; it takes the number on as its own first act. */
uint32_t sched_number_new(void);
void sched_number_adopt(uint32_t number);

#endif
