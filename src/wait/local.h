/* SPDX-License-Identifier: MIT
 *
 * Thread-local and fiber-local storage. There are no fibers here, so both are a thread's; they
 * differ in how many slots there are and in the callback.
 */
#ifndef WAIT_LOCAL_H
#define WAIT_LOCAL_H

#include <winnt.h>

#include <stdbool.h>
#include <stdint.h>

enum local_space { LOCAL_TLS, LOCAL_FLS, LOCAL_SPACES };

#define LOCAL_NONE UINT32_MAX

typedef void (*local_callback)(void *value);

/* A free slot, NULL in every thread; LOCAL_NONE if there is none left. */
uint32_t local_alloc(enum local_space space, local_callback callback);

/* Frees it; calls the callback, on this thread, for every value that is not NULL. */
NTSTATUS local_free(enum local_space space, uint32_t slot);

/* The calling thread's value. STATUS_INVALID_PARAMETER if there can be no such slot; one that is
 * merely not allocated reads as NULL, as on Windows. */
NTSTATUS local_get(enum local_space space, uint32_t slot, void **value);
NTSTATUS local_set(enum local_space space, uint32_t slot, void *value);

/* The calling thread is being terminated: its callbacks do not run. */
void local_skip_callbacks(void);

#endif
