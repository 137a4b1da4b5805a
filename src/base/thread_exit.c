/* SPDX-License-Identifier: MIT
 *
 * One pthread key whose destructor runs the stages that this thread asked for.
 *
 * A destructor of somebody else's key that runs after ours may call the library again and register
 * anew; the key's value is then set again and the C library calls our destructor once more, up to
 * PTHREAD_DESTRUCTOR_ITERATIONS times.
 */
#include "base/thread_exit.h"

#include "base/check.h"
#include "base/compiler.h"
#include "base/fork.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

typedef void (*leave_function)(void);

static _Atomic(leave_function) thread_exit_leave[THREAD_EXIT_STAGES];
static pthread_key_t thread_exit_key;
static pthread_once_t thread_exit_once = PTHREAD_ONCE_INIT;
THREAD_LOCAL uint32_t thread_exit__registered;

void thread_exit_run_early(enum thread_exit_stage stage)
{
    /* In a child of fork everything that the stages would tidy up is still the parent's. */
    if (!(thread_exit__registered & (1u << stage)) ||
        atomic_load_explicit(&fork_is_orphan, memory_order_relaxed))
        return;
    thread_exit__registered &= ~(1u << stage);
    atomic_load (&thread_exit_leave[stage])();
}

static void thread_exit__run(void *unused)
{
    (void)unused;
    for (int stage = 0; stage < THREAD_EXIT_STAGES; stage++)
        thread_exit_run_early((enum thread_exit_stage)stage);
}

static void thread_exit__create_key(void)
{
    MUST(pthread_key_create(&thread_exit_key, thread_exit__run) == 0);
}

void thread_exit__register(enum thread_exit_stage stage, void (*leave)(void))
{
    pthread_once(&thread_exit_once, thread_exit__create_key);
    atomic_store(&thread_exit_leave[stage], leave);
    thread_exit__registered |= 1u << stage;
    pthread_setspecific(thread_exit_key, &thread_exit__registered);
}
