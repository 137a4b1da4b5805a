/* SPDX-License-Identifier: MIT
 *
 * A result for people and for programs. */
#ifndef IOCP_LOAD_REPORT_H
#define IOCP_LOAD_REPORT_H

#include "run.h"

#include <stdio.h>

void report_table(FILE *out, const struct result *result);
void report_json(FILE *out, const struct result *result);

/* "12.3 us", "4.56 ms": three digits; the micro sign as given ("us" or UTF-8). */
void report_duration(char *text, size_t size, double nanoseconds, const char *micro);

/* "1,000,000" */
void report_count(char *text, size_t size, uint64_t number);

#endif
