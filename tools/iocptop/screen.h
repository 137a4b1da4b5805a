/* SPDX-License-Identifier: MIT
 *
 * The full screen: looks again and again until a key ends it. */
#ifndef IOCPTOP_SCREEN_H
#define IOCPTOP_SCREEN_H

#include "options.h"
#include "source.h"

enum exit_code screen_run(struct source *source, const struct options *options, const char *name);

#endif
