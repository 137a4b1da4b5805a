/* SPDX-License-Identifier: MIT
 *
 * What rooms have to do when a thread ends, in one fixed order. Windows' order is kept: its I/O is
 * cancelled first, then its slot in a port is given up, then its object is signalled: who has seen
 * that a thread has ended finds nothing of it any more.
 */
#ifndef BASE_THREAD_EXIT_H
#define BASE_THREAD_EXIT_H

#include "base/compiler.h"

#include <stdint.h>

enum thread_exit_stage {
    THREAD_EXIT_LOCALS, /* fiber-local storage callbacks */
    THREAD_EXIT_IO,     /* operations that do not outlive their thread (CLOSE-12) */
    THREAD_EXIT_WAIT,   /* abandoned mutexes, queued APCs; from now on nobody suspends it */
    THREAD_EXIT_PORT,   /* the binding to a port (SCHED-7c) */
    THREAD_EXIT_OBJECT, /* the thread object is signalled (THR-5) */
    THREAD_EXIT_POOL,   /* the membership of a thread pool */
    THREAD_EXIT_NET,    /* the descriptor that wakes blocking calls */
    THREAD_EXIT_MEMORY, /* caches of free memory */
    THREAD_EXIT_STAGES
};

/* From now on `leave` runs when this thread ends. Registering is idempotent; one function a
 * stage. A thread that never called it pays nothing at its end. */
static inline void thread_exit_register(enum thread_exit_stage stage, void (*leave)(void));

/* Runs one stage of the calling thread's end now, while what it looks at is there; not again. */
void thread_exit_run_early(enum thread_exit_stage stage);

extern THREAD_LOCAL uint32_t thread_exit__registered; /* a bit a stage */
void thread_exit__register(enum thread_exit_stage stage, void (*leave)(void));

static inline void thread_exit_register(enum thread_exit_stage stage, void (*leave)(void))
{
    if (UNLIKELY(!(thread_exit__registered & (1u << stage))))
        thread_exit__register(stage, leave);
}

#endif
