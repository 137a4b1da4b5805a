/* SPDX-License-Identifier: MIT
 *
 * Threads of the library's own that block in reads and writes of files.
 */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include "engine/disk.h"

/* More threads than these wait for disks at the same time in no case. */
enum { POOL_THREADS_MOST = 64 };

/* A thread will call disk_perform; without threads (none can be started) the caller does. */
void pool_submit(struct engine_disk_request *request);
/* Takes back what no thread has begun; false if one has. */
bool pool_take_back(struct engine_disk_request *request);

/* disk.c: performs the request to its end, blocking, and finishes it. */
void disk_perform(struct engine_disk_request *request);

#endif
