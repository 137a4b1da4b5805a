/* SPDX-License-Identifier: MIT
 *
 * Which engine is in force.
 *
 * "auto" is epoll. Measured (bench/RESULTS.md): on loopback a request costs the same with either,
 * because the kernel's TCP is nineteen twentieths of it, while a ring that several threads submit
 * to costs more switches; and epoll runs everywhere.
 */
#include "engine/backend.h"
#include "engine/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct engine_backend *const engine_known[] = {&engine_epoll, &engine_uring,
                                                            &engine_fake};
enum { ENGINE_KNOWN = sizeof engine_known / sizeof engine_known[0] };

static struct lock engine_choice_lock;
static const struct engine_backend *_Atomic engine_in_force;
static const struct engine_backend *engine_wanted; /* by engine_choose; NULL: auto */
static _Atomic bool engine_named;

/* NULL with *error set if there is none of this name or it cannot run here. */
static const struct engine_backend *engine__find(const char *name, int *error)
{
    for (int index = 0; index < ENGINE_KNOWN; index++)
        if (strcmp(engine_known[index]->name, name) == 0) {
            *error = engine_known[index]->probe();
            return *error == 0 ? engine_known[index] : NULL;
        }
    *error = -EINVAL;
    return NULL;
}

int engine_choose(const char *name)
{
    const struct engine_backend *found = NULL;
    int error = 0;

    if (strcmp(name, "auto") != 0) {
        found = engine__find(name, &error);
        if (error)
            return error;
    }
    lock_take(&engine_choice_lock);
    const struct engine_backend *current = atomic_load(&engine_in_force);
    if (!current)
        engine_wanted = found;
    else if (found != current && found)
        error = -EBUSY;
    lock_drop(&engine_choice_lock);
    return error;
}

static const struct engine_backend *engine__decide(void)
{
    const char *preference = getenv("IOCP_ENGINE");
    const struct engine_backend *backend;
    int error;

    lock_take(&engine_choice_lock);
    backend = atomic_load(&engine_in_force);
    if (!backend) {
        backend = engine_wanted;
        /* A preference, not a command: where the system refuses it the program runs all the same,
         * and engine_name tells on what. */
        if (!backend && preference)
            backend = engine__find(preference, &error);
        atomic_store(&engine_named, backend != NULL);
        if (!backend)
            backend = &engine_epoll;
        atomic_store_explicit(&engine_in_force, backend, memory_order_release);
    }
    lock_drop(&engine_choice_lock);
    return backend;
}

const struct engine_backend *engine_backend(void)
{
    const struct engine_backend *backend =
        atomic_load_explicit(&engine_in_force, memory_order_acquire);
    return LIKELY(backend != NULL) ? backend : engine__decide();
}

bool engine_was_named(void)
{
    return atomic_load(&engine_named);
}

bool engine_lingers(void)
{
    return engine_backend()->lingers;
}

const char *engine_name(void)
{
    return engine_backend()->name;
}

const char *engine_current(void)
{
    const struct engine_backend *backend =
        atomic_load_explicit(&engine_in_force, memory_order_acquire);
    return backend ? backend->name : NULL;
}
