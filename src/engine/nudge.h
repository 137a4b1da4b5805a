/* SPDX-License-Identifier: MIT
 *
 * Sources that save interrupts, for owners who know when their threads compute.
 *
 * What an io_uring has completed is put into its queue by the thread that asked for it. Either that
 * thread is interrupted whenever something completes, or, with less than half the cost, it is left
 * alone until it enters the kernel: to sleep there, or by any system call. A thread that sleeps is
 * woken in both cases; one that computes holds up in the second what others wait for, until it is
 * nudged.
 */
#ifndef ENGINE_NUDGE_H
#define ENGINE_NUDGE_H

#include <stdbool.h>

struct engine_source;

/* As engine_source_create, and threads that poll the source may be left alone if the engine gains
 * by that: then engine_source_is_nudged, and as long as a thread that has polled it (and no other
 * source since) may be computing, engine_nudge is to be called every millisecond or so. */
struct engine_source *engine_source_create_nudged(void);
bool engine_source_is_nudged(const struct engine_source *source);

/* Interrupts the threads of this process that compute at this moment. A system call, and some
 * microseconds of each processor that runs one. */
void engine_nudge(void);

#endif
