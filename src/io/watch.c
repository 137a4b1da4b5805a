/* SPDX-License-Identifier: MIT
 *
 * Watching a file for readiness, for kinds of files that report it to programs.
 */
#include "io/operation.h"

static void watch__noticed(struct engine_file *engine)
{
    struct io_file *file = CONTAINER_OF(engine, struct io_file, engine);

    file_object(file)->ops->io->noticed(file);
}

bool io_file_watch(struct io_file *file)
{
    engine_set_watcher(watch__noticed);
    return engine_watch(&file->engine);
}

void io_file_unwatch(struct io_file *file)
{
    engine_unwatch(&file->engine);
}
