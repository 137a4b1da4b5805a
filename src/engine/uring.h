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

#endif
