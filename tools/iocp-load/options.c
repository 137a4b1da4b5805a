/* SPDX-License-Identifier: MIT
 *
 * Parses and checks the command line; knows nothing of how a run is made. */
#define _GNU_SOURCE
#include "options.h"
#include "exits.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef IOCP_LOAD_VERSION
#define IOCP_LOAD_VERSION "unversioned"
#endif

enum {
    LONG_WARMUP = 256,
    LONG_RATE,
    LONG_IDLE,
    LONG_TIMEOUT,
    LONG_WAIT,
    LONG_RECONNECT,
    LONG_POLITE,
    LONG_PID,
    LONG_PROGRESS,
    LONG_LABEL,
    LONG_JSON,
    LONG_SVG,
    LONG_CHART,
    LONG_HELP,
    LONG_VERSION,
};

static const struct option long_options[] = {
    {"host", required_argument, NULL, 'H'},
    {"port", required_argument, NULL, 'p'},
    {"connections", required_argument, NULL, 'c'},
    {"threads", required_argument, NULL, 't'},
    {"requests", required_argument, NULL, 'n'},
    {"size", required_argument, NULL, 's'},
    {"depth", required_argument, NULL, 'd'},
    {"quiet", no_argument, NULL, 'q'},
    {"warmup", required_argument, NULL, LONG_WARMUP},
    {"rate", required_argument, NULL, LONG_RATE},
    {"idle", required_argument, NULL, LONG_IDLE},
    {"timeout", required_argument, NULL, LONG_TIMEOUT},
    {"wait", required_argument, NULL, LONG_WAIT},
    {"reconnect", no_argument, NULL, LONG_RECONNECT},
    {"polite", no_argument, NULL, LONG_POLITE},
    {"pid", required_argument, NULL, LONG_PID},
    {"progress", no_argument, NULL, LONG_PROGRESS},
    {"label", required_argument, NULL, LONG_LABEL},
    {"json", required_argument, NULL, LONG_JSON},
    {"svg", required_argument, NULL, LONG_SVG},
    {"chart", required_argument, NULL, LONG_CHART},
    {"help", no_argument, NULL, LONG_HELP},
    {"version", no_argument, NULL, LONG_VERSION},
    {NULL, 0, NULL, 0},
};

static const char help_text[] =
    "Usage: iocp-load [options] [REPORT.json ...]\n"
    "       iocp-load --chart OUT.svg REPORT.json ...\n"
    "\n"
    "Loads an echo server, checks every byte that comes back, and reports requests\n"
    "per second, a latency distribution and, given its pid, the server's CPU time.\n"
    "\n"
    "The load\n"
    "  -H, --host NAME        server's name or address         (default 127.0.0.1)\n"
    "  -p, --port PORT        server's port                    (default 5150)\n"
    "  -c, --connections N    connections kept busy            (default 100)\n"
    "  -t, --threads N        client threads sharing them      (default 1)\n"
    "  -n, --requests N       requests measured, in total      (default 100k)\n"
    "  -s, --size BYTES       bytes of one request             (default 64)\n"
    "  -d, --depth N          requests in flight a connection  (default 1)\n"
    "      --warmup N         requests before the measurement  (default a tenth of -n)\n"
    "      --rate N           an open load: N requests become due each second, at random,\n"
    "                         and latencies run from then; else each answer is followed\n"
    "                         by the next request\n"
    "      --idle N           further connections: each does one checked echo, then\n"
    "                         stays open and silent            (default 0)\n"
    "      --timeout SECONDS  give up after so long without any answer (default 10)\n"
    "      --wait SECONDS     go on trying so long while the server is not yet\n"
    "                         listening                        (default 0)\n"
    "      --reconnect        a new connection for each request: connect, one echo,\n"
    "                         close; latencies include the connecting\n"
    "      --polite           take a processor from nobody who runs (SCHED_BATCH), for a\n"
    "                         server on the same machine\n"
    "\n"
    "The report\n"
    "      --pid PID[,PID]    server processes: CPU time, context switches, memory\n"
    "      --label NAME       name of this run in reports and pictures\n"
    "      --json FILE        write the report as JSON too; - is standard output\n"
    "      --svg FILE         draw the latency distribution, together with those of\n"
    "                         the reports named after the options\n"
    "      --chart FILE       no load: only draw the reports named\n"
    "      --progress         progress on standard error even when it is no terminal\n"
    "  -q, --quiet            no table\n"
    "      --help, --version\n"
    "\n"
    "N may end in k or M. Exit status: 0 all echoes right, 1 usage, 2 system error,\n"
    "3 no answer in time, 4 a wrong byte, 5 connection closed by the server,\n"
    "130 interrupted (the report covers what was done).\n";

static int options__bad(const char *name, const char *text, const char *expected)
{
    fprintf(stderr, "iocp-load: %s: '%s' is not %s\n", name, text, expected);
    return -1;
}

static int options__count(const char *name, const char *text, uint64_t least, uint64_t most,
                          uint64_t *value)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    uint64_t unit = 1;
    if (*end == 'k' || *end == 'K')
        unit = 1000;
    else if (*end == 'm' || *end == 'M')
        unit = 1000000;
    if (unit > 1)
        end++;
    if (errno || end == text || *end || *text == '-' || number > UINT64_MAX / unit)
        return options__bad(name, text, "a number");
    number *= unit;
    if (number < least || number > most) {
        fprintf(stderr, "iocp-load: %s: %llu is outside %llu to %llu\n", name, number,
                (unsigned long long)least, (unsigned long long)most);
        return -1;
    }
    *value = number;
    return 0;
}

static int options__unsigned(const char *name, const char *text, unsigned least, unsigned most,
                             unsigned *value)
{
    uint64_t number;
    if (options__count(name, text, least, most, &number))
        return -1;
    *value = (unsigned)number;
    return 0;
}

static int options__seconds(const char *name, const char *text, double *value)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !(number >= 0 && number <= 86400))
        return options__bad(name, text, "a number of seconds");
    *value = number;
    return 0;
}

static int options__pids(struct options *options, const char *text)
{
    while (*text) {
        char *end;
        long pid = strtol(text, &end, 10);
        if (end == text || pid <= 0 || (*end && *end != ','))
            return options__bad("--pid", text, "a process id");
        if (options->pid_count == OPTIONS_PIDS_MAX) {
            fprintf(stderr, "iocp-load: --pid: at most %d processes\n", OPTIONS_PIDS_MAX);
            return -1;
        }
        options->pids[options->pid_count++] = (pid_t)pid;
        text = *end ? end + 1 : end;
    }
    return 0;
}

/* The options that shape the load. Returns 1 when the letter is none of them. */
static int options__load(struct options *options, int letter, const char *text)
{
    uint64_t number = 0;
    int failed;
    switch (letter) {
    case 'H':
        options->host = text;
        return 0;
    case 'p':
        options->port = text;
        return options__count("--port", text, 1, 65535, &number);
    case 'c':
        return options__unsigned("--connections", text, 1, 1000000, &options->connections);
    case 't':
        return options__unsigned("--threads", text, 1, 10000, &options->threads);
    case 'n':
        return options__count("--requests", text, 0, UINT64_C(1) << 50, &options->requests);
    case 's':
        failed = options__count("--size", text, 1, 1 << 30, &number);
        options->size = (size_t)number;
        return failed;
    case 'd':
        return options__unsigned("--depth", text, 1, 65536, &options->depth);
    case LONG_WARMUP:
        return options__count("--warmup", text, 0, UINT64_C(1) << 50, &options->warmup);
    case LONG_RATE:
        return options__count("--rate", text, 1, 1000000000, &options->rate);
    case LONG_IDLE:
        return options__unsigned("--idle", text, 0, 10000000, &options->idle);
    case LONG_TIMEOUT:
        return options__seconds("--timeout", text, &options->timeout);
    case LONG_WAIT:
        return options__seconds("--wait", text, &options->wait);
    case LONG_RECONNECT:
        options->reconnect = true;
        return 0;
    case LONG_POLITE:
        options->polite = true;
        return 0;
    }
    return 1;
}

static int options__report(struct options *options, int letter, const char *text)
{
    switch (letter) {
    case LONG_PID:
        return options__pids(options, text);
    case LONG_PROGRESS:
        options->progress = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case LONG_LABEL:
        options->label = text;
        return 0;
    case LONG_JSON:
        options->json_path = text;
        return 0;
    case LONG_SVG:
        options->svg_path = text;
        return 0;
    case LONG_CHART:
        options->chart_path = text;
        return 0;
    }
    return 1;
}

static int options__usage(const char *complaint)
{
    if (complaint)
        fprintf(stderr, "iocp-load: %s\n", complaint);
    fprintf(stderr, "Try 'iocp-load --help'.\n");
    return EXIT_USAGE;
}

static int options__check(struct options *options)
{
    if (options->chart_path && !options->file_count)
        return options__usage("--chart needs at least one report (made with --json)");
    if (options->file_count && !options->chart_path && !options->svg_path)
        return options__usage("reports are named, but neither --chart nor --svg");
    if (options->timeout == 0)
        return options__usage("--timeout must be more than 0");
    if (options->reconnect && options->depth > 1)
        return options__usage("--reconnect sends one request at a time: leave out --depth");
    if (options->rate && (options->reconnect || options->depth > 1))
        return options__usage("--rate sends one request at a time on a connection: leave out "
                              "--depth and --reconnect");
    if (options->threads > options->connections)
        options->threads = options->connections;
    if (options->rate && options->rate < 10ull * options->threads)
        return options__usage("--rate: at least 10 requests a second for each thread");
    if (options->warmup == UINT64_MAX)
        options->warmup = options->requests / 10;
    return -1;
}

int options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .host = "127.0.0.1",
        .port = "5150",
        .connections = 100,
        .threads = 1,
        .depth = 1,
        .requests = 100000,
        .warmup = UINT64_MAX,
        .size = 64,
        .timeout = 10,
        .label = "",
    };
    int letter;
    while ((letter = getopt_long(argc, argv, "H:p:c:t:n:s:d:q", long_options, NULL)) != -1) {
        if (letter == LONG_HELP) {
            fputs(help_text, stdout);
            return EXIT_RIGHT;
        }
        if (letter == LONG_VERSION) {
            puts("iocp-load " IOCP_LOAD_VERSION);
            return EXIT_RIGHT;
        }
        if (letter == '?')
            return options__usage(NULL);
        int taken = options__load(options, letter, optarg);
        if (taken > 0)
            taken = options__report(options, letter, optarg);
        if (taken)
            return options__usage(NULL);
    }
    options->files = argv + optind;
    options->file_count = argc - optind;
    return options__check(options);
}
