/* SPDX-License-Identifier: MIT
 *
 * A client thread and its epoll set. Takes no lock of its own. */
#define _GNU_SOURCE
#include "worker.h"
#include "exits.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    WORKER_EVENTS = 128,
    WORKER_LOOK_MS = 100, /* so long may it take until a thread without traffic sees a stop */
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

static int worker__serve(struct worker *worker, const struct epoll_event *event, uint64_t *left,
                         struct histogram *histogram)
{
    struct connection *connection = event->data.ptr;
    if ((event->events & EPOLLOUT) && connection_push(connection, worker->plan))
        return -1;
    if (!(event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return worker__watch(worker, connection);
    uint64_t now = 0;
    int completed = connection_pull(connection, worker->plan, histogram, &now);
    if (completed < 0)
        return -1;
    uint64_t done = atomic_load_explicit(&worker->done, memory_order_relaxed);
    atomic_store_explicit(&worker->done, done + (uint64_t)completed, memory_order_relaxed);
    return worker__give(worker, connection, (uint64_t)completed, left, now);
}

static void worker__phase(struct worker *worker, uint64_t requests, struct histogram *histogram)
{
    struct epoll_event events[WORKER_EVENTS];
    uint64_t left = requests;
    atomic_store_explicit(&worker->done, 0, memory_order_relaxed);
    for (unsigned i = 0; i < worker->connection_count && left; i++) {
        if (worker__give(worker, &worker->connections[i], worker->plan->depth, &left,
                         connection_clock()))
            return;
    }
    while (atomic_load_explicit(&worker->done, memory_order_relaxed) < requests) {
        int ready = epoll_wait(worker->epoll, events, WORKER_EVENTS, WORKER_LOOK_MS);
        if (control_stopped(worker->plan->control))
            return;
        if (ready < 0 && errno != EINTR) {
            worker__failed(worker, "epoll_wait");
            return;
        }
        for (int i = 0; i < ready; i++) {
            if (worker__serve(worker, &events[i], &left, histogram))
                return;
        }
    }
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
    close(worker->epoll);
    return -1;
}

void worker_join(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    close(worker->epoll);
}
