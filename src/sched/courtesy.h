/* SPDX-License-Identifier: MIT
 *
 * How the watchdog's thread competes for a processor: it interrupts nobody, unless that has shown
 * to make it late. For that thread only, which needs no lock for it.
 */
#ifndef SCHED_COURTESY_H
#define SCHED_COURTESY_H

#include <stdbool.h>
#include <stdint.h>

struct courtesy {
    bool managed;         /* the thread's way of competing is ours to change */
    bool prompt;          /* it interrupts others now */
    unsigned late;        /* how often it came late, set off against how often in time */
    int64_t prompt_until; /* nanoseconds on clock_now's clock */
};

/* Once, on the thread itself. A policy that its creator has chosen stays as it is. */
void courtesy_begin(struct courtesy *courtesy);

/* The thread wanted to wake up at `due` and does so `now`. `urgent`: because of something that it
 * had seen just before and that could not wait. */
void courtesy_woken(struct courtesy *courtesy, int64_t due, int64_t now, bool urgent);

#endif
