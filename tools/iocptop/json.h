/* SPDX-License-Identifier: MIT
 *
 * A snapshot as JSON, for programs. docs/iocptop.md describes it. */
#ifndef IOCPTOP_JSON_H
#define IOCPTOP_JSON_H

#include "view.h"

#include <stdio.h>

void json_write(FILE *file, const struct view_content *content);

#endif
