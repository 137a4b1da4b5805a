/* SPDX-License-Identifier: MIT
 *
 * The engine's view of a file, for kinds of files: what is in its lanes, and what its descriptor
 * names.
 */
#ifndef IO_LANES_H
#define IO_LANES_H

#include "engine/own.h"
#include "io/file.h"

/* Starts a request that is no operation (`foreign`): nothing but its `done` tells of it, at once
 * or later. The file is the caller's until the return. */
void io_file_start(struct io_file *file, struct engine_request *request,
                   enum engine_lane_index lane);

void io_prepare_accept(void);
/* See engine_lingers. */
bool io_engine_lingers(void);
void io_file_close(struct io_file *file, int error);
void io_file_renew(struct io_file *file, bool out_held);
void io_file_drain_in(struct io_file *file);
/* Whether a thread waits in the source of the file's port. Takes no lock, and looks at no more than
 * memory that stays a file's. */
bool io_file_is_polled(struct io_file *file);
/* Tries a lane's requests: see engine_file_try. False: left to a thread that waits in the source of
 * the file's port, and is being woken. */
bool io_file_try(struct io_file *file, enum engine_lane_index lane);
/* The system has been told of the outgoing stream's end, or is being told now. */
static inline bool io_file_is_ending(const struct io_file *file)
{
    return atomic_load(&file->engine.lanes[ENGINE_OUT].ending);
}
/* Watching for readiness beside the operations: see engine_watch. The file is referenced while
 * its kind's `noticed` runs. */
bool io_file_watch(struct io_file *file);
void io_file_unwatch(struct io_file *file);
/* How requests of kind ENGINE_OWN_IN and ENGINE_OWN_OUT are tried: see engine_set_own. */
void io_set_own(engine_own_attempt *in, engine_own_attempt *out);
bool io_file_busy(struct io_file *file, enum engine_lane_index lane);
unsigned io_file_cancel(struct io_file *file, bool (*match)(struct engine_request *, void *),
                        void *context);

#endif
