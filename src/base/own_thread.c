/* SPDX-License-Identifier: MIT
 *
 * Starting threads of the library's own.
 */
#include "base/own_thread.h"

#include "base/fault.h"

#include <signal.h>

enum { OWN_THREAD_STACK = 256 * 1024 };

bool own_thread_start(pthread_t *thread, void *(*run)(void *unused))
{
    pthread_attr_t attributes;
    sigset_t all, before;

    if (fault_hit(FAULT_THREAD) || pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, OWN_THREAD_STACK);
    /* The new thread inherits the mask. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, &attributes, run, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}
