/* SPDX-License-Identifier: MIT
 *
 * Names of events, mutexes, semaphores and timers within this process (WAIT-9). Names are not
 * shared with other processes. They are bytes here; the API turns UTF-16 into UTF-8 first.
 */
#ifndef WAIT_NAME_H
#define WAIT_NAME_H

#include "wait/dispatcher.h"

#include <stddef.h>

/* What every kind that can have a name begins with. */
struct named {
    struct dispatcher dispatcher;
    struct name *name; /* name_lock; NULL: none */
};

/* Memory for an object of a small kind (events, mutexes, semaphores) and its end. */
void *named_alloc(size_t size);
void named_destroy(struct object *object);

/* ops->close of the kinds that can have a name: the name goes with the last handle. */
void name_close(struct object *object);

/* A handle for `fresh` under this name, or for the object of the same kind that has the name
 * already (STATUS_OBJECT_NAME_EXISTS, a success; *handle names that one and `fresh` stays without
 * handle). STATUS_INVALID_HANDLE if the name is another kind's. An empty or NULL name is none. */
NTSTATUS name_create(struct dispatcher *fresh, const char *name, uintptr_t *handle);

/* A handle for the object of this kind with this name. */
NTSTATUS name_open(const char *name, const struct object_ops *ops, uintptr_t *handle);

#endif
