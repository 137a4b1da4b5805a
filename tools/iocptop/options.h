/* SPDX-License-Identifier: MIT
 *
 * The command line of iocptop. */
#ifndef IOCPTOP_OPTIONS_H
#define IOCPTOP_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

struct options {
    pid_t pid;
    bool once;
    bool json;
    double interval; /* seconds */
};

/* Fills options from argv. Returns -1 to go on, or the exit code with which to leave now. */
int options_parse(struct options *options, int argc, char **argv);

#endif
