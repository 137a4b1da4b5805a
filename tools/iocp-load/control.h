/* SPDX-License-Identifier: MIT
 *
 * How the threads of a run keep step and how a run ends early: workers arrive at a phase and
 * sleep until the main thread opens it; the first failure wins and everybody leaves. */
#ifndef IOCP_LOAD_CONTROL_H
#define IOCP_LOAD_CONTROL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct control {
    atomic_int stop; /* an exit code; not zero: leave every loop soon */
    pthread_mutex_t mutex;
    pthread_cond_t someone_arrived;
    pthread_cond_t phase_opened;
    unsigned arrived;  /* under mutex */
    unsigned phase;    /* under mutex */
    char message[256]; /* under mutex: what the first failure said */
};

void control_init(struct control *control);
void control_destroy(struct control *control);

/* Only the first call has an effect. */
void control_fail(struct control *control, int exit_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline int control_stopped(struct control *control)
{
    return atomic_load_explicit(&control->stop, memory_order_relaxed);
}

/* A worker: done with what came before, sleeps until the phase is open. */
void control_arrive(struct control *control, unsigned phase);

/* The main thread: waits for all workers, at most so long; true when they are there. */
bool control_await(struct control *control, unsigned workers, unsigned milliseconds);

void control_open(struct control *control, unsigned phase);

#endif
