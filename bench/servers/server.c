/* SPDX-License-Identifier: MIT
 *
 * See server.h. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
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

enum { SERVER_BACKLOG = 4096, READ_SIZE = 1 << 20, READ_PIECES = 64 };

struct server_options server_options = {
    .threads = 1, .concurrency = 2, .accepts = 64, .receives = 1};

static long server_pieces; /* counted only when pieces block or read */
static int server_file = -1;
static long server_reads;

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

/* The file that slow reads come from: READ_PIECES pieces on the disk, not in the page cache, and
 * read with O_DIRECT where its file system knows that. */
static void server__make_file(void)
{
    char name[] = "/var/tmp/bench-server-XXXXXX", again[64];
    char *piece = calloc(1, READ_SIZE);
    int file = mkostemp(name, O_CLOEXEC);
    if (file < 0 || !piece)
        server_die(name);
    unlink(name);
    for (int i = 0; i < READ_PIECES; i++) {
        memset(piece, i + 1, READ_SIZE);
        if (write(file, piece, READ_SIZE) != READ_SIZE)
            server_die(name);
    }
    free(piece);
    if (fsync(file))
        server_die(name);
    snprintf(again, sizeof(again), "/proc/self/fd/%d", file);
    server_file = open(again, O_RDONLY | O_DIRECT | O_CLOEXEC);
    if (server_file < 0)
        server_file = file;
}

static void server__option(int letter)
{
    if (letter == 't')
        server_options.threads = (int)server__number(optarg, 256);
    else if (letter == 'c')
        server_options.concurrency = (int)server__number(optarg, 256);
    else if (letter == 'w')
        server_options.work_us = server__number(optarg, 1000000);
    else if (letter == 'e')
        server_options.block_every = server__number(optarg, 1000000000);
    else if (letter == 'm')
        server_options.block_us = 1000 * server__number(optarg, 60000);
    else if (letter == 'u')
        server_options.block_us = server__number(optarg, 60000000);
    else if (letter == 'a')
        server_options.accepts = (int)server__number(optarg, 4096);
    else if (letter == 'p')
        server_options.receives = (int)server__number(optarg, 4096);
    else if (letter == 'r')
        server_options.read_every = server__number(optarg, 1000000000);
    else
        exit(1);
}

void server_parse(int argc, char **argv, int most_threads)
{
    static const struct option options[] = {
        {"work", required_argument, NULL, 'w'},
        {"burn-us", required_argument, NULL, 'w'},
        {"block-every", required_argument, NULL, 'e'},
        {"block-ms", required_argument, NULL, 'm'},
        {"block-us", required_argument, NULL, 'u'},
        {"read-every", required_argument, NULL, 'r'},
        {"accepts", required_argument, NULL, 'a'},
        {"receives", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    int letter;
    while ((letter = getopt_long(argc, argv, "t:c:", options, NULL)) != -1)
        server__option(letter);
    if (optind + 1 != argc || server_options.threads < 1 || server_options.threads > most_threads ||
        server_options.accepts < 1 || server_options.receives < 1) {
        fprintf(stderr,
                "usage: %s PORT%s [--work US] [--block-every N --block-us US] "
                "[--read-every N]\n",
                argv[0], most_threads > 1 ? " [-t THREADS]" : "");
        exit(1);
    }
    server_options.port = (int)server__number(argv[optind], 65535);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    struct rlimit limit;
    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (server_options.read_every)
        server__make_file();
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

static void server__pause(long microseconds)
{
    struct timespec pause = {.tv_sec = microseconds / 1000000,
                             .tv_nsec = microseconds % 1000000 * 1000};
    while (nanosleep(&pause, &pause) && errno == EINTR)
        continue;
}

static long server__now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static void server__read(void)
{
    static __thread char *piece;
    long number = __atomic_fetch_add(&server_reads, 1, __ATOMIC_RELAXED) % READ_PIECES;
    off_t at = (off_t)number * READ_SIZE;
    if (!piece && posix_memalign((void **)&piece, 4096, READ_SIZE))
        server_die("memory");
    posix_fadvise(server_file, at, READ_SIZE, POSIX_FADV_DONTNEED);
    if (pread(server_file, piece, READ_SIZE, at) != READ_SIZE ||
        piece[READ_SIZE - 1] != (char)(number + 1))
        server_die("read");
}

void server_handle(void)
{
    if (server_options.block_every || server_options.read_every) {
        long piece = __atomic_add_fetch(&server_pieces, 1, __ATOMIC_RELAXED);
        if (server_options.block_every && piece % server_options.block_every == 0)
            server__pause(server_options.block_us);
        if (server_options.read_every && piece % server_options.read_every == 0)
            server__read();
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
        server__pause(10000);
}
