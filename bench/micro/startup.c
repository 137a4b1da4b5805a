/* SPDX-License-Identifier: MIT
 *
 * Question: how much longer does a program that links the library take from its start to its first
 * packet than a bare one to its first line? Starts the three programs of first_packet.c, which lie
 * beside this one, in turns.
 *
 * Usage: startup [REPETITIONS]. A line for each way to link:
 *   startup link=shared|static median_ms=... min_ms=... max_ms=... bare_ms=... over_ms=...
 *           over_min=... over_max=... whole_over_ms=...
 * over: beyond the bare program, in the same turn; whole: up to the program's end. */
#define _GNU_SOURCE
#include "turns.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BARE, SHARED, STATIC, WAYS };

static const char *const programs[WAYS] = {"first_packet_bare", "first_packet_shared",
                                           "first_packet_static"};
static const char *const links[WAYS] = {"none", "shared", "static"};
static double first[WAYS][TURNS_MAX], whole[WAYS][TURNS_MAX];
static char directory[PATH_MAX];

static double told_by(int output)
{
    char text[64] = "";
    ssize_t size = read(output, text, sizeof(text) - 1);
    return size > 0 ? strtod(text, NULL) : 0;
}

/* Milliseconds to the first packet, and to the end. */
static void start(int way, double *to_packet, double *to_end)
{
    char path[PATH_MAX + 64];
    char *arguments[] = {path, NULL};
    posix_spawn_file_actions_t actions;
    int output[2], status;
    pid_t child;

    snprintf(path, sizeof(path), "%s/%s", directory, programs[way]);
    if (pipe2(output, O_CLOEXEC))
        turns_die("pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    double begin = turns_now_ns();
    errno = posix_spawn(&child, path, &actions, NULL, arguments, environ);
    if (errno)
        turns_die(path);
    close(output[1]);
    double told = told_by(output[0]);
    waitpid(child, &status, 0);
    *to_end = (turns_now_ns() - begin) / 1e6;
    *to_packet = (told - begin) / 1e6;
    close(output[0]);
    posix_spawn_file_actions_destroy(&actions);
    errno = EPROTO;
    if (status || told <= begin)
        turns_die(path);
}

static void report(int way, long repetitions)
{
    double over[TURNS_MAX], whole_over[TURNS_MAX], own[TURNS_MAX], bare[TURNS_MAX];

    for (long i = 0; i < repetitions; i++) {
        own[i] = first[way][i];
        bare[i] = first[BARE][i];
        over[i] = own[i] - bare[i];
        whole_over[i] = whole[way][i] - whole[BARE][i];
    }
    double median = turns_median(own, repetitions), beyond = turns_median(over, repetitions);
    printf("startup link=%s median_ms=%.3f min_ms=%.3f max_ms=%.3f bare_ms=%.3f over_ms=%.3f "
           "over_min=%.3f over_max=%.3f whole_over_ms=%.3f\n",
           links[way], median, own[0], own[repetitions - 1], turns_median(bare, repetitions),
           beyond, over[0], over[repetitions - 1], turns_median(whole_over, repetitions));
}

int main(int count, char **arguments)
{
    long repetitions = turns_number(count, arguments, 1, 41, TURNS_MAX);
    ssize_t length = readlink("/proc/self/exe", directory, sizeof(directory) - 1);

    if (length < 0)
        turns_die("/proc/self/exe");
    directory[length] = '\0';
    dirname(directory);
    for (long i = -1; i < repetitions; i++) { /* -1: the files come into the page cache */
        long at = i < 0 ? 0 : i;
        for (int way = 0; way < WAYS; way++)
            start(way, &first[way][at], &whole[way][at]);
    }
    for (int way = SHARED; way < WAYS; way++)
        report(way, repetitions);
    return 0;
}
