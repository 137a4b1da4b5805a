/* SPDX-License-Identifier: MIT
 *
 * The command line of iocp-load: what it may say, its defaults, its limits. */
#ifndef IOCP_LOAD_OPTIONS_H
#define IOCP_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { OPTIONS_PIDS_MAX = 16 };

struct options {
    const char *host;
    const char *port;
    unsigned connections;
    unsigned threads;
    unsigned depth;
    unsigned idle;
    uint64_t requests;
    uint64_t warmup;
    uint64_t rate; /* requests a second of an open load; 0: a closed one */
    size_t size;
    double timeout;
    double wait;
    bool reconnect; /* a connection for each request */
    bool polite;    /* client threads take a processor from nobody */
    pid_t pids[OPTIONS_PIDS_MAX];
    unsigned pid_count;
    bool progress;
    bool quiet;
    const char *label;
    const char *json_path;
    const char *svg_path;
    const char *chart_path;
    char **files; /* reports of earlier runs, to be drawn too */
    int file_count;
};

/* Fills options from argv. Returns -1 to go on, or the exit code with which to leave now. */
int options_parse(struct options *options, int argc, char **argv);

#endif
