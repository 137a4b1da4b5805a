/* SPDX-License-Identifier: MIT
 *
 * The library's own thread that polls what nobody else polls.
 */
#ifndef ENGINE_SERVICE_H
#define ENGINE_SERVICE_H

#include "engine/backend.h"

/* Gives back a reference (source.c). */
void source_unref(struct engine_source *source);

#endif
