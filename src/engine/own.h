/* SPDX-License-Identifier: MIT
 *
 * Requests that a kind of file tries by itself, because one system call is not all that there is to
 * them: what was read too much earlier comes first, a message goes in pieces. They live in lanes
 * like all others, and the engine says when to try again.
 */
#ifndef ENGINE_OWN_H
#define ENGINE_OWN_H

#include "engine/engine.h"

/* Tries without blocking: a result as for `done`, or -EAGAIN, then again when the descriptor is
 * ready. Called with the lane's lock held. */
typedef long engine_own_attempt(struct engine_file *file, struct engine_request *request);

/* For ENGINE_OWN_IN and ENGINE_OWN_OUT; before the first such request, idempotent. */
void engine_set_own(engine_own_attempt *in, engine_own_attempt *out);

#endif
