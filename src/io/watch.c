/* SPDX-License-Identifier: MIT
 *
 * Watching a file for readiness, for kinds of files that report it to programs.
 */
#include "io/operation.h"

static void (*_Atomic watch_noticed)(struct io_file *file);

static void watch__noticed(struct engine_file *engine)
{
    atomic_load (&watch_noticed)(CONTAINER_OF(engine, struct io_file, engine));
}

bool io_file_watch(struct io_file *file, void (*noticed)(struct io_file *file))
{
    atomic_store(&watch_noticed, noticed);
    engine_set_watcher(watch__noticed);
    return engine_watch(&file->engine);
}

void io_file_unwatch(struct io_file *file)
{
    engine_unwatch(&file->engine);
}
