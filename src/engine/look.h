/* SPDX-License-Identifier: MIT
 *
 * What there is to be seen of an engine and its files, for people to look at.
 */
#ifndef ENGINE_LOOK_H
#define ENGINE_LOOK_H

struct engine_file;

/* The name of the engine in force; NULL if none was needed yet. Chooses none. */
const char *engine_current(void);

/* How many requests the file has, in both lanes; counted up to some thousands in each. */
unsigned engine_pending(struct engine_file *file);

#endif
