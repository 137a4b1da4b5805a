/* SPDX-License-Identifier: MIT
 *
 * One pthread_atfork handler that runs the stages. No lock is taken.
 */
#include "base/fork.h"

#include "base/check.h"

#include <pthread.h>

typedef void (*forget_function)(void);

_Atomic bool fork_is_orphan;

static _Atomic(forget_function) fork_forget[FORK_STAGES];
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void fork__in_child(void)
{
    atomic_store(&fork_is_orphan, true);
    for (int stage = 0; stage < FORK_STAGES; stage++) {
        forget_function forget = atomic_load(&fork_forget[stage]);
        if (forget)
            forget();
    }
}

static void fork__watch(void)
{
    MUST(pthread_atfork(NULL, NULL, fork__in_child) == 0);
}

void fork_register(enum fork_stage stage, void (*forget)(void))
{
    if (atomic_load_explicit(&fork_forget[stage], memory_order_relaxed))
        return;
    atomic_store(&fork_forget[stage], forget);
    pthread_once(&fork_once, fork__watch);
}
