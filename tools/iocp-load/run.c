/* SPDX-License-Identifier: MIT
 *
 * Leads a run: opens connections, starts the workers, watches over progress and time, takes the
 * readings around the measured part. The workers do the traffic. */
#define _GNU_SOURCE
#include "run.h"
#include "exits.h"
#include "progress.h"
#include "stream.h"
#include "worker.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { RUN_TICK_MS = 100 };

struct run {
    const struct options *options;
    struct result *result;
    struct control control;
    struct connection_plan plan;
    struct addrinfo *addresses;
    struct connection *connections; /* the busy ones, then the idle ones */
    unsigned opened;
    struct worker *workers;
    unsigned started; /* workers */
    struct progress progress;
};

static volatile sig_atomic_t run_signal;

static void run__on_signal(int number)
{
    run_signal = number;
}

/* No SA_RESTART, so that a blocking call returns; once only, so that a second one kills. */
static void run__catch_signals(void)
{
    struct sigaction action = {.sa_handler = run__on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int run__check_signal(struct run *run)
{
    if (run_signal)
        control_fail(&run->control, EXIT_INTERRUPTED, "interrupted");
    return control_stopped(&run->control);
}

/* Raises the limit of open files as far as it goes and says at once when it is not enough. */
static int run__check_files(struct run *run)
{
    const struct options *options = run->options;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t needed = (rlim_t)options->connections + options->idle + options->threads + 16;
    if (limit.rlim_cur >= needed)
        return 0;
    control_fail(&run->control, EXIT_SYSTEM,
                 "%u connections, %u idle ones and %u threads need %llu open files, the limit is "
                 "%llu: raise it (ulimit -n) or open fewer",
                 options->connections, options->idle, options->threads, (unsigned long long)needed,
                 (unsigned long long)limit.rlim_cur);
    return -1;
}

static int run__resolve(struct run *run)
{
    const struct options *options = run->options;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int error = getaddrinfo(options->host, options->port, &hints, &run->addresses);
    if (!error)
        return 0;
    control_fail(&run->control, EXIT_SYSTEM, "%s: %s", options->host, gai_strerror(error));
    return -1;
}

static int run__open(struct run *run, unsigned count, bool echo, const char *what)
{
    for (unsigned i = 0; i < count; i++) {
        struct connection *connection = &run->connections[run->opened];
        if (run__check_signal(run) || connection_open(connection, &run->plan, run->opened))
            return -1;
        run->opened++;
        if (echo && connection_echo_once(connection, &run->plan))
            return -1;
        progress_show(&run->progress, what, i + 1, count);
    }
    return 0;
}

static int run__start_workers(struct run *run)
{
    const struct options *options = run->options;
    struct connection *next = run->connections;
    for (unsigned i = 0; i < options->threads; i++) {
        struct worker *worker = &run->workers[i];
        bool one_more = i < options->connections % options->threads;
        worker->plan = &run->plan;
        worker->number = i;
        worker->connections = next;
        worker->connection_count = options->connections / options->threads + one_more;
        worker->requests = options->requests / options->threads;
        worker->requests += i < options->requests % options->threads;
        worker->warmup = options->warmup / options->threads;
        worker->warmup += i < options->warmup % options->threads;
        next += worker->connection_count;
        if (worker_start(worker))
            return -1;
        run->started++;
    }
    return 0;
}

static uint64_t run__done(const struct run *run)
{
    uint64_t done = 0;
    for (unsigned i = 0; i < run->started; i++)
        done += atomic_load_explicit(&run->workers[i].done, memory_order_relaxed);
    return done;
}

/* Waits until all workers have ended their phase, and ends it for them when nothing moves. */
static void run__watch(struct run *run, const char *what, uint64_t total)
{
    uint64_t last = 0, last_moved = connection_clock();
    while (!control_await(&run->control, run->started, RUN_TICK_MS)) {
        uint64_t done = run__done(run), now = connection_clock();
        if (run__check_signal(run))
            continue;
        progress_show(&run->progress, what, done, total);
        if (done != last) {
            last = done;
            last_moved = now;
        } else if ((double)(now - last_moved) / 1e9 >= run->options->timeout) {
            control_fail(&run->control, EXIT_NO_ANSWER,
                         "no answer for %g s: %s stopped at %llu of %llu requests",
                         run->options->timeout, what, (unsigned long long)done,
                         (unsigned long long)total);
        }
    }
    progress_show(&run->progress, what, run__done(run), total);
}

static int run__read_server(struct run *run, struct procstat *stat)
{
    const struct options *options = run->options;
    pid_t missing = procstat_read(options->pids, options->pid_count, stat);
    if (!missing)
        return 0;
    control_fail(&run->control, EXIT_SYSTEM, "--pid %d: cannot read /proc/%d: is it running?",
                 (int)missing, (int)missing);
    return -1;
}

static int run__open_idle(struct run *run)
{
    const struct options *options = run->options;
    struct procstat before, after;
    if (!options->idle)
        return 0;
    if (run__read_server(run, &before) ||
        run__open(run, options->idle, true, "opening idle connections") ||
        run__read_server(run, &after))
        return -1;
    run->result->idle_rss_bytes =
        ((double)after.rss_bytes - (double)before.rss_bytes) / options->idle;
    return 0;
}

static void run__measure(struct run *run)
{
    struct result *result = run->result;
    struct procstat before, after;
    if (run__read_server(run, &before))
        return;
    double cpu = procstat_own_cpu();
    uint64_t start = connection_clock();
    result->started = time(NULL);
    result->measured = true;
    control_open(&run->control, WORKER_PHASE_MEASURE);
    run__watch(run, "measuring", run->options->requests);
    result->seconds = (double)(connection_clock() - start) / 1e9;
    result->client_cpu_seconds = procstat_own_cpu() - cpu;
    if (run->options->pid_count && !run__read_server(run, &after)) {
        result->server_known = true;
        result->server = after;
        result->server.cpu_seconds -= before.cpu_seconds;
        /* Threads that ended in between took their counts with them. */
        result->server.switches =
            after.switches > before.switches ? after.switches - before.switches : 0;
    }
}

static void run__lead(struct run *run)
{
    const struct options *options = run->options;
    if (run__check_files(run) || run__resolve(run))
        return;
    run->plan.address = run->addresses;
    if (run__open(run, options->connections, false, "connecting"))
        return;
    if (run__start_workers(run))
        return;
    while (!control_await(&run->control, run->started, RUN_TICK_MS))
        continue;
    control_open(&run->control, WORKER_PHASE_WARMUP);
    run__watch(run, "warming up", options->warmup);
    if (control_stopped(&run->control) || run__open_idle(run))
        return;
    run__measure(run);
}

static void run__finish(struct run *run)
{
    struct result *result = run->result;
    control_open(&run->control, WORKER_PHASE_EXIT);
    for (unsigned i = 0; i < run->started; i++) {
        worker_join(&run->workers[i]);
        histogram_merge(&result->latency, &run->workers[i].histogram);
    }
    for (unsigned i = 0; i < run->opened; i++)
        connection_close(&run->connections[i]);
    if (run->addresses)
        freeaddrinfo(run->addresses);
    result->exit_code = control_stopped(&run->control);
    memcpy(result->message, run->control.message, sizeof(result->message));
    control_destroy(&run->control);
    progress_end(&run->progress);
}

/* Before there are threads: they inherit it. */
static void run__be_polite(struct run *run)
{
    struct sched_param none = {0};
    if (sched_setscheduler(0, SCHED_BATCH, &none))
        control_fail(&run->control, EXIT_SYSTEM, "--polite: sched_setscheduler: %s",
                     strerror(errno));
}

int run_execute(const struct options *options, struct result *result)
{
    struct run run = {.options = options, .result = result};
    *result = (struct result){.options = options};
    stream_init();
    run__catch_signals();
    control_init(&run.control);
    if (options->polite)
        run__be_polite(&run);
    progress_begin(&run.progress, options->progress);
    run.plan = (struct connection_plan){
        .control = &run.control,
        .size = options->size,
        .depth = options->depth,
        .timeout = options->timeout,
        .wait = options->wait,
        .reconnect = options->reconnect,
        .mean_gap = options->rate ? 1e9 * options->threads / (double)options->rate : 0,
    };
    run.connections =
        calloc((size_t)options->connections + options->idle, sizeof(*run.connections));
    run.workers = calloc(options->threads, sizeof(*run.workers));
    if (run.connections && run.workers)
        run__lead(&run);
    else
        control_fail(&run.control, EXIT_SYSTEM, "out of memory");
    run__finish(&run);
    free(run.workers);
    free(run.connections);
    return result->exit_code;
}
