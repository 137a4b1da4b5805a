/* SPDX-License-Identifier: MIT
 *
 * Parses and checks the command line. */
#define _GNU_SOURCE
#include "options.h"
#include "exits.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef IOCPTOP_VERSION
#define IOCPTOP_VERSION "unversioned"
#endif

enum { LONG_ONCE = 256, LONG_JSON, LONG_HELP, LONG_VERSION };

static const struct option long_options[] = {
    {"once", no_argument, NULL, LONG_ONCE},       {"json", no_argument, NULL, LONG_JSON},
    {"interval", required_argument, NULL, 'i'},   {"help", no_argument, NULL, LONG_HELP},
    {"version", no_argument, NULL, LONG_VERSION}, {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "Usage: iocptop [--interval SECONDS] PID\n"
    "       iocptop --once [--json] [--interval SECONDS] PID\n"
    "\n"
    "Shows the completion ports of a running process: for every port its devices, its\n"
    "completion queue, and its waiting, released and paused threads, with the call that\n"
    "a thread is in. The process is one that uses libiocp and was started with\n"
    "IOCP_STATS=1 (or calls iocp_stats_start), and yours.\n"
    "\n"
    "      --once              print it once and end; needs no terminal\n"
    "      --json              the same for programs (with --once)\n"
    "  -i, --interval SECONDS  time between two looks        (default 1)\n"
    "                          --once looks twice too, for the rates; 0: no rates\n"
    "      --help, --version\n"
    "\n"
    "Keys: q quits, up and down pick a port, p pauses, space looks again now.\n"
    "\n"
    "Exit status: 0 shown, 1 usage, 2 no such process or not allowed to look, 3 the\n"
    "process shows no statistics, 4 it does not answer (what it showed last is shown\n"
    "with its age), 5 what it shows is damaged or of another version.\n";

static int options__usage(const char *complaint)
{
    if (complaint)
        fprintf(stderr, "iocptop: %s\n", complaint);
    fprintf(stderr, "Try 'iocptop --help'.\n");
    return EXIT_USAGE;
}

static bool options__interval(struct options *options, const char *text)
{
    char *end;

    options->interval = strtod(text, &end);
    return end != text && !*end && options->interval >= 0 && options->interval <= 3600;
}

static bool options__pid(struct options *options, const char *text)
{
    char *end;

    errno = 0;
    long pid = strtol(text, &end, 10);
    options->pid = (pid_t)pid;
    return !errno && end != text && !*end && pid > 0 && pid <= INT_MAX;
}

int options_parse(struct options *options, int argc, char **argv)
{
    int letter;

    *options = (struct options){.interval = 1};
    while ((letter = getopt_long(argc, argv, "i:", long_options, NULL)) != -1) {
        if (letter == LONG_HELP) {
            fputs(help_text, stdout);
            return EXIT_SHOWN;
        }
        if (letter == LONG_VERSION) {
            puts("iocptop " IOCPTOP_VERSION);
            return EXIT_SHOWN;
        }
        if (letter == LONG_ONCE)
            options->once = true;
        else if (letter == LONG_JSON)
            options->json = true;
        else if (letter != 'i')
            return options__usage(NULL);
        else if (!options__interval(options, optarg))
            return options__usage("--interval takes seconds, up to 3600");
    }
    if (optind + 1 != argc || !options__pid(options, argv[optind]))
        return options__usage("name one process by its number");
    if (options->json && !options->once)
        return options__usage("--json goes with --once");
    if (!options->once && options->interval < 0.1)
        return options__usage("--interval takes a tenth of a second at least without --once");
    return -1;
}
