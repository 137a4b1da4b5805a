/* SPDX-License-Identifier: MIT
 *
 * Question: what does a round trip through a named pipe cost between two processes, each with its
 * end at a port? The same game is played in turns with it through a socketpair, with epoll in each
 * process: what the kernel charges anyway. The other process echoes.
 *
 * Usage: pipe_round_trip [REPETITIONS [ROUND_TRIPS [BYTES]]]. One line per game:
 *   raw median_ns=... min_ns=... max_ns=...
 *   GAME median_ns=... min_ns=... max_ns=... ratio=... (least ... greatest ...)
 * with GAME bytes or messages, and _skip if successes at once queue no packets. */
#define _GNU_SOURCE
#define WIN32_LEAN_AND_MEAN /* the sockets here are the system's */
#include <windows.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { REPETITIONS_MAX = 100, BYTES_MAX = 65536 };

struct game {
    const char *name;
    DWORD mode;
    BOOL skip;
};

static const struct game games[] = {
    {"bytes", PIPE_TYPE_BYTE, FALSE},
    {"bytes_skip", PIPE_TYPE_BYTE, TRUE},
    {"messages", PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, FALSE},
    {"messages_skip", PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, TRUE},
};
enum { GAMES = sizeof games / sizeof *games };

static int repetitions = 9;
static long round_trips = 20000;
static DWORD length = 64;
static char data[BYTES_MAX];

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "pipe_round_trip: %s: error %lu, errno %d\n", what,
            (unsigned long)GetLastError(), errno);
    exit(1);
}

/* ---- through a port ---- */

struct end {
    HANDLE pipe, port;
    OVERLAPPED reading, writing;
    BOOL skip, read_due, write_due;
};

static void read_start(struct end *end)
{
    memset(&end->reading, 0, sizeof end->reading);
    BOOL done = ReadFile(end->pipe, data, sizeof data, NULL, &end->reading);
    if (!done && GetLastError() != ERROR_IO_PENDING)
        fail("ReadFile");
    end->read_due = !done || !end->skip;
}

/* Takes packets until both that are due have come, in whichever order. */
static void packets_take(struct end *end)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    while (end->read_due || end->write_due) {
        if (!GetQueuedCompletionStatus(end->port, &bytes, &key, &overlapped, INFINITE) ||
            bytes != length)
            fail("GetQueuedCompletionStatus");
        if (overlapped == &end->reading)
            end->read_due = FALSE;
        else
            end->write_due = FALSE;
    }
}

static void write_one(struct end *end)
{
    memset(&end->writing, 0, sizeof end->writing);
    BOOL done = WriteFile(end->pipe, data, length, NULL, &end->writing);
    if (!done && GetLastError() != ERROR_IO_PENDING)
        fail("WriteFile");
    end->write_due = !done || !end->skip;
}

/* A read is always posted before the write whose answer it takes: what pends, pends. */
static void play(struct end *end, BOOL first)
{
    for (long i = 0; i < round_trips; i++) {
        if (!first)
            packets_take(end);
        read_start(end);
        write_one(end);
        if (first)
            packets_take(end);
    }
}

static void end_prepare(struct end *end, HANDLE pipe, const struct game *game)
{
    memset(end, 0, sizeof *end);
    end->pipe = pipe;
    end->skip = game->skip;
    end->port = CreateIoCompletionPort(pipe, NULL, 1, 1);
    if (!end->port)
        fail("CreateIoCompletionPort");
    if (game->skip &&
        !SetFileCompletionNotificationModes(pipe, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        fail("SetFileCompletionNotificationModes");
}

static void end_close(struct end *end)
{
    CloseHandle(end->pipe);
    CloseHandle(end->port);
}

static double serve(const char *name, const struct game *game, int control)
{
    struct end end;
    OVERLAPPED waiting = {0};
    char byte = 0;
    HANDLE pipe = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, game->mode, 1,
                                   65536, 65536, 0, NULL);

    if (pipe == INVALID_HANDLE_VALUE)
        fail("CreateNamedPipe");
    end_prepare(&end, pipe, game);
    if (write(control, &byte, 1) != 1 || read(control, &byte, 1) != 1)
        fail("the other process");
    if (!ConnectNamedPipe(pipe, &waiting) && GetLastError() != ERROR_PIPE_CONNECTED)
        fail("ConnectNamedPipe");
    double begin = now_ns();
    play(&end, TRUE);
    double took = (now_ns() - begin) / (double)round_trips;
    end_close(&end);
    return took;
}

static void echo(const char *name, const struct game *game, int control)
{
    struct end end;
    DWORD mode = game->mode & PIPE_READMODE_MESSAGE;
    char byte;

    if (read(control, &byte, 1) != 1)
        exit(0);
    HANDLE pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);
    if (pipe == INVALID_HANDLE_VALUE || !SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        fail("CreateFile");
    end_prepare(&end, pipe, game);
    read_start(&end);
    if (write(control, &byte, 1) != 1)
        exit(0);
    play(&end, FALSE);
    end_close(&end);
}

/* ---- through epoll ---- */

static void raw_take(int epoll, int descriptor)
{
    struct epoll_event event;

    while (epoll_wait(epoll, &event, 1, -1) != 1)
        ;
    if (read(descriptor, data, sizeof data) != (ssize_t)length)
        fail("read");
}

static double raw_play(int descriptor, int first)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    int epoll = epoll_create1(0);

    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0)
        fail("epoll");
    double begin = now_ns();
    for (long i = 0; i < round_trips; i++) {
        if (!first)
            raw_take(epoll, descriptor);
        if (write(descriptor, data, length) != (ssize_t)length)
            fail("write");
        if (first)
            raw_take(epoll, descriptor);
    }
    double took = (now_ns() - begin) / (double)round_trips;
    close(epoll);
    return took;
}

/* ---- both, in turns ---- */

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double times[GAMES + 1][REPETITIONS_MAX];

static void report(void)
{
    double ratios[REPETITIONS_MAX];

    for (int game = -1; game < GAMES; game++) {
        double *own = times[game + 1];
        for (int i = 0; i < repetitions; i++)
            ratios[i] = own[i] / times[0][i];
        double sorted[REPETITIONS_MAX];
        memcpy(sorted, own, sizeof sorted);
        qsort(sorted, (size_t)repetitions, sizeof *sorted, compare);
        qsort(ratios, (size_t)repetitions, sizeof *ratios, compare);
        printf("%s median_ns=%.0f min_ns=%.0f max_ns=%.0f", game < 0 ? "raw" : games[game].name,
               sorted[repetitions / 2], sorted[0], sorted[repetitions - 1]);
        if (game >= 0)
            printf(" ratio=%.2f (least %.2f greatest %.2f)", ratios[repetitions / 2], ratios[0],
                   ratios[repetitions - 1]);
        printf("\n");
    }
}

static void run(const char *name, int raw, int control, BOOL first)
{
    for (int i = 0; i < repetitions; i++) {
        double took = raw_play(raw, first);
        times[0][i] = took;
        for (int game = 0; game < GAMES; game++) {
            if (first)
                times[game + 1][i] = serve(name, &games[game], control);
            else
                echo(name, &games[game], control);
        }
    }
}

int main(int count, char **arguments)
{
    int raw[2], control[2];
    char name[64];

    if (count > 1)
        repetitions = (int)strtol(arguments[1], NULL, 10);
    if (count > 2)
        round_trips = strtol(arguments[2], NULL, 10);
    if (count > 3)
        length = (DWORD)strtol(arguments[3], NULL, 10);
    if (repetitions < 1 || repetitions > REPETITIONS_MAX || round_trips < 1 || length < 1 ||
        length > BYTES_MAX) {
        fprintf(stderr, "usage: pipe_round_trip [REPETITIONS [ROUND_TRIPS [BYTES]]]\n");
        return 2;
    }
    snprintf(name, sizeof name, "\\\\.\\pipe\\round-trip-%d", getpid());
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, raw) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, control) < 0)
        fail("socketpair");
    /* Before the library is first used: the child is a process like any other. */
    pid_t other = fork();
    if (other < 0)
        fail("fork");
    close(raw[other == 0]);
    close(control[other == 0]);
    run(name, raw[other != 0], control[other != 0], other != 0);
    if (other == 0)
        return 0;
    report();
    waitpid(other, NULL, 0);
    return 0;
}
