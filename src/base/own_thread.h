/* SPDX-License-Identifier: MIT
 *
 * Threads of the library's own (the watchdog, the service threads): detached, with a small stack,
 * never running the program's code, and deaf to signals, which are the program's.
 */
#ifndef BASE_OWN_THREAD_H
#define BASE_OWN_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts one; false if that cannot be done now. */
bool own_thread_start(pthread_t *thread, void *(*run)(void *unused));

#endif
