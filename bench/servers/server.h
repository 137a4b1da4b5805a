/* SPDX-License-Identifier: MIT
 *
 * What all reference servers have in common and no measurement should hang on: the command line,
 * the listening socket, the handler's artificial work, the word "ready". How connections are
 * served is each server's own affair.
 *
 *   PORT [-t THREADS] [-c CONCURRENCY] [--work US] [--block-every N --block-us US]
 *        [--read-every N] [--accepts N] [--receives N] */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct server_options {
    int port;
    int threads;
    int concurrency;  /* of a completion port; no other server has such a limit */
    int accepts;      /* AcceptEx kept pending (iocp_acceptex) */
    int receives;     /* WSARecv kept pending on each connection (iocp_acceptex) */
    long work_us;     /* compute so long for each piece received (also --burn-us) */
    long block_every; /* sleep in a raw nanosleep for each so-manieth piece; 0: never */
    long block_us;    /* (also --block-ms) */
    long read_every;  /* read 1 MiB of a file past the page cache for each so-manieth; 0: never */
};

extern struct server_options server_options;

/* Exits with a message when the command line is wrong. Servers that know one thread only say 1. */
void server_parse(int argc, char **argv, int most_threads);

/* A TCP socket that listens on 127.0.0.1; exits with a message when there is none to be had. */
int server_listen(int reuse_port, int nonblocking);

void server_no_delay(int fd);

/* Says "ready" on standard output. */
void server_ready(void);

/* What a handler does with a piece of data before it answers. */
void server_handle(void);

/* After accept failed. Out of descriptors it sleeps for a moment: the connection stays in the
 * backlog, and an immediate retry would spin. */
void server_accept_pause(int error);

/* Prints what failed, with errno, and exits. */
void server_die(const char *what) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
