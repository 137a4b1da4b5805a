/* SPDX-License-Identifier: MIT
 *
 * See server.h. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SERVER_BACKLOG = 4096 };

struct server_options server_options = {.threads = 1};

static long server_pieces; /* counted only when pieces block */

void server_die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static long server__number(const char *text, long most)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < 0 || number > most) {
        fprintf(stderr, "'%s' is not a number up to %ld\n", text, most);
        exit(1);
    }
    return number;
}

void server_parse(int argc, char **argv, int most_threads)
{
    static const struct option options[] = {
        {"work", required_argument, NULL, 'w'},
        {"block-every", required_argument, NULL, 'e'},
        {"block-ms", required_argument, NULL, 'm'},
        {NULL, 0, NULL, 0},
    };
    int letter;
    while ((letter = getopt_long(argc, argv, "t:", options, NULL)) != -1) {
        if (letter == 't')
            server_options.threads = (int)server__number(optarg, most_threads);
        else if (letter == 'w')
            server_options.work_us = server__number(optarg, 1000000);
        else if (letter == 'e')
            server_options.block_every = server__number(optarg, 1000000000);
        else if (letter == 'm')
            server_options.block_ms = server__number(optarg, 60000);
        else
            exit(1);
    }
    if (optind + 1 != argc || server_options.threads < 1) {
        fprintf(stderr, "usage: %s PORT%s [--work US] [--block-every N --block-ms MS]\n", argv[0],
                most_threads > 1 ? " [-t THREADS]" : "");
        exit(1);
    }
    server_options.port = (int)server__number(argv[optind], 65535);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    struct rlimit limit;
    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int server_listen(int reuse_port, int nonblocking)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((unsigned short)server_options.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
        server_die("socket");
    if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)))
        server_die("SO_REUSEPORT");
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, SERVER_BACKLOG))
        server_die("bind");
    return fd;
}

void server_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void server_ready(void)
{
    puts("ready");
    fflush(stdout);
}

static void server__pause(long milliseconds)
{
    struct timespec pause = {.tv_sec = milliseconds / 1000,
                             .tv_nsec = milliseconds % 1000 * 1000000};
    while (nanosleep(&pause, &pause) && errno == EINTR)
        continue;
}

static long server__now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

void server_handle(void)
{
    if (server_options.block_every) {
        long piece = __atomic_add_fetch(&server_pieces, 1, __ATOMIC_RELAXED);
        if (piece % server_options.block_every == 0)
            server__pause(server_options.block_ms);
    }
    if (server_options.work_us) {
        long until = server__now_us() + server_options.work_us;
        while (server__now_us() < until)
            continue;
    }
}

void server_accept_pause(int error)
{
    if (error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS)
        server__pause(10);
}
