/* SPDX-License-Identifier: MIT
 *
 * A client thread and its epoll set. Takes no lock of its own. */
#define _GNU_SOURCE
#include "worker.h"
#include "arrivals.h"
#include "exits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    WORKER_EVENTS = 128,
    WORKER_LOOK_NS = 100000000, /* so long may it take until a thread without traffic sees a stop */
};

static int worker__failed(struct worker *worker, const char *what)
{
    control_fail(worker->plan->control, EXIT_SYSTEM, "%s: %s", what, strerror(errno));
    return -1;
}

/* Asks for EPOLLOUT only while something is unsent. */
static int worker__watch(struct worker *worker, struct connection *connection)
{
    bool wants_write = connection->unsent > 0;
    if (wants_write == connection->wants_write)
        return 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (wants_write)
        event.events |= EPOLLOUT;
    connection->wants_write = wants_write;
    if (epoll_ctl(worker->epoll, EPOLL_CTL_MOD, connection->fd, &event))
        return worker__failed(worker, "epoll_ctl");
    return 0;
}

static int worker__register(struct worker *worker, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(worker->epoll, EPOLL_CTL_ADD, connection->fd, &event))
        return worker__failed(worker, "epoll_ctl");
    return 0;
}

/* With the old descriptor its registration goes, too. */
static int worker__renew(struct worker *worker, struct connection *connection)
{
    if (connection_renew(connection, worker->plan))
        return -1;
    return worker__register(worker, connection);
}

static int worker__give(struct worker *worker, struct connection *connection, uint64_t requests,
                        uint64_t *left, uint64_t now)
{
    if (requests > *left)
        requests = *left;
    *left -= requests;
    if (requests && worker->plan->reconnect && connection->sent &&
        worker__renew(worker, connection))
        return -1;
    if (requests && connection_start(connection, worker->plan, (unsigned)requests, now))
        return -1;
    return worker__watch(worker, connection);
}

/* Returns how many requests were answered, -1 on failure; *now: the time after the read. */
static int worker__serve(struct worker *worker, const struct epoll_event *event,
                         struct histogram *histogram, uint64_t *now)
{
    struct connection *connection = event->data.ptr;
    if ((event->events & EPOLLOUT) && connection_push(connection, worker->plan))
        return -1;
    int completed = 0;
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        completed = connection_pull(connection, worker->plan, histogram, now);
    if (completed < 0 || (completed == 0 && worker__watch(worker, connection)))
        return -1;
    uint64_t done = atomic_load_explicit(&worker->done, memory_order_relaxed);
    atomic_store_explicit(&worker->done, done + (uint64_t)completed, memory_order_relaxed);
    return completed;
}

static bool worker__done(const struct worker *worker, uint64_t requests)
{
    return atomic_load_explicit(&worker->done, memory_order_relaxed) >= requests;
}

/* Returns how many are ready, -1: leave. */
static int worker__await(struct worker *worker, struct epoll_event *events, uint64_t nanoseconds)
{
    const struct timespec limit = {.tv_nsec = (long)nanoseconds};
    int ready = epoll_pwait2(worker->epoll, events, WORKER_EVENTS, &limit, NULL);
    if (control_stopped(worker->plan->control))
        return -1;
    if (ready < 0 && errno != EINTR)
        return worker__failed(worker, "epoll_pwait2");
    return ready < 0 ? 0 : ready;
}

static void worker__closed(struct worker *worker, uint64_t requests, struct histogram *histogram)
{
    struct epoll_event events[WORKER_EVENTS];
    uint64_t left = requests, now = 0;
    for (unsigned i = 0; i < worker->connection_count && left; i++) {
        if (worker__give(worker, &worker->connections[i], worker->plan->depth, &left,
                         connection_clock()))
            return;
    }
    while (!worker__done(worker, requests)) {
        int ready = worker__await(worker, events, WORKER_LOOK_NS);
        for (int i = 0; i < ready; i++) {
            int completed = worker__serve(worker, &events[i], histogram, &now);
            if (completed < 0 || (completed && worker__give(worker, events[i].data.ptr,
                                                            (uint64_t)completed, &left, now)))
                return;
        }
        if (ready < 0)
            return;
    }
}

static void worker__is_idle(struct worker *worker, struct connection *connection)
{
    unsigned place = worker->first_idle + worker->idle_count++;
    worker->idle[place % worker->connection_count] = connection;
}

/* The one that has been idle for longest. */
static struct connection *worker__take_idle(struct worker *worker)
{
    struct connection *connection = worker->idle[worker->first_idle];
    worker->first_idle = (worker->first_idle + 1) % worker->connection_count;
    worker->idle_count--;
    return connection;
}

/* Starts what is due; what finds no connection without a request stays due, and its latency
 * grows. Returns in how many nanoseconds to look again, -1 on failure. */
static int64_t worker__start_due(struct worker *worker, struct arrivals *arrivals, uint64_t *left)
{
    double now = (double)connection_clock();
    while (*left && worker->idle_count && arrivals->due <= now) {
        if (worker__give(worker, worker__take_idle(worker), 1, left, (uint64_t)arrivals->due))
            return -1;
        arrivals_advance(arrivals);
    }
    if (!*left || !worker->idle_count || arrivals->due - now > WORKER_LOOK_NS)
        return WORKER_LOOK_NS;
    return (int64_t)(arrivals->due - now) + 1;
}

static void worker__open(struct worker *worker, uint64_t requests, struct histogram *histogram)
{
    struct epoll_event events[WORKER_EVENTS];
    struct arrivals arrivals;
    uint64_t left = requests, now = 0;
    worker->first_idle = worker->idle_count = 0;
    for (unsigned i = 0; i < worker->connection_count; i++)
        worker__is_idle(worker, &worker->connections[i]);
    arrivals_begin(&arrivals, worker->plan->mean_gap, worker->number, connection_clock());
    while (!worker__done(worker, requests)) {
        int64_t pause = worker__start_due(worker, &arrivals, &left);
        int ready = pause < 0 ? -1 : worker__await(worker, events, (uint64_t)pause);
        for (int i = 0; i < ready; i++) {
            int completed = worker__serve(worker, &events[i], histogram, &now);
            if (completed < 0)
                return;
            if (completed)
                worker__is_idle(worker, events[i].data.ptr);
        }
        if (ready < 0)
            return;
    }
}

static void worker__phase(struct worker *worker, uint64_t requests, struct histogram *histogram)
{
    atomic_store_explicit(&worker->done, 0, memory_order_relaxed);
    if (worker->plan->mean_gap > 0)
        worker__open(worker, requests, histogram);
    else
        worker__closed(worker, requests, histogram);
}

/* Nothing is in flight any more: whatever is there to be read was never sent. */
static void worker__surplus(struct worker *worker)
{
    for (unsigned i = 0; i < worker->connection_count; i++) {
        uint64_t now;
        if (control_stopped(worker->plan->control))
            return;
        if (connection_pull(&worker->connections[i], worker->plan, NULL, &now) < 0)
            return;
    }
}

static void *worker__main(void *argument)
{
    struct worker *worker = argument;
    struct control *control = worker->plan->control;
    prctl(PR_SET_TIMERSLACK, 1); /* what is due is sent then, not 50 us later */
    control_arrive(control, WORKER_PHASE_WARMUP);
    if (!control_stopped(control))
        worker__phase(worker, worker->warmup, NULL);
    control_arrive(control, WORKER_PHASE_MEASURE);
    if (!control_stopped(control))
        worker__phase(worker, worker->requests, &worker->histogram);
    control_arrive(control, WORKER_PHASE_EXIT);
    if (!control_stopped(control))
        worker__surplus(worker);
    return NULL;
}

int worker_start(struct worker *worker)
{
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (worker->epoll < 0)
        return worker__failed(worker, "epoll_create1");
    worker->idle = calloc(worker->connection_count, sizeof(*worker->idle));
    if (!worker->idle) {
        worker__failed(worker, "memory");
        goto close_epoll;
    }
    for (unsigned i = 0; i < worker->connection_count; i++) {
        if (connection_prepare(&worker->connections[i], worker->plan) ||
            worker__register(worker, &worker->connections[i]))
            goto close_epoll;
    }
    errno = pthread_create(&worker->thread, NULL, worker__main, worker);
    if (!errno)
        return 0;
    worker__failed(worker, "pthread_create");
close_epoll:
    free(worker->idle);
    close(worker->epoll);
    return -1;
}

void worker_join(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    free(worker->idle);
    close(worker->epoll);
}
