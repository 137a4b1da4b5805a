/* SPDX-License-Identifier: MIT
 *
 * Sources: the seam's functions, passed on to the engine in force, and their references.
 */
#include "engine/backend.h"
#include "engine/nudge.h"
#include "engine/service.h"

#include <stdatomic.h>

static struct engine_source *source__create(bool nudged)
{
    const struct engine_backend *backend = engine_backend();
    struct engine_source *source = backend->create(nudged);

    if (!source)
        return NULL;
    source->backend = backend;
    atomic_init(&source->references, 1);
    return source;
}

struct engine_source *engine_source_create(void)
{
    return source__create(false);
}

struct engine_source *engine_source_create_nudged(void)
{
    return source__create(true);
}

bool engine_source_is_nudged(const struct engine_source *source)
{
    return source->nudged;
}

void source_unref(struct engine_source *source)
{
    if (atomic_fetch_sub_explicit(&source->references, 1, memory_order_acq_rel) == 1)
        source->backend->destroy(source);
}

void engine_source_destroy(struct engine_source *source)
{
    engine_source_take_back(source);
    source_unref(source);
}

void engine_source_poll(struct engine_source *source, int64_t deadline)
{
    source->backend->poll(source, deadline);
}

void engine_source_kick(struct engine_source *source)
{
    source->backend->kick(source);
}
