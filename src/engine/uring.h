/* SPDX-License-Identifier: MIT
 *
 * The files of the io_uring engine among themselves.
 */
#ifndef ENGINE_URING_H
#define ENGINE_URING_H

#include "base/clock.h"
#include "engine/uring_ring.h"

/* uring_probe.c: 0 if the engine can run here, else -EPERM or -ENOSYS (or -EMFILE: ask again);
 * fills uring_can. */
int uring_probe(void);
/* The modes as well. Not for who only wants a ring for files: where threads run already it may take
 * 15 ms, once. */
void uring_probe_modes(void);

/* nudge.c: whether engine_nudge works here; from then on it does. */
bool nudge_prepare(void);

#endif
