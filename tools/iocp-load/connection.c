/* SPDX-License-Identifier: MIT
 *
 * A connection's bytes, out and back. What to send when is the worker's affair. */
#define _GNU_SOURCE
#include "connection.h"
#include "exits.h"
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

uint64_t connection_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void connection__explain(const struct connection_plan *plan, unsigned index, int error)
{
    struct control *control = plan->control;
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
    getnameinfo(plan->address->ai_addr, plan->address->ai_addrlen, host, sizeof(host), port,
                sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
    if (error == EMFILE || error == ENFILE)
        control_fail(control, EXIT_SYSTEM,
                     "connection %u: %s. Raise the limit of open files (ulimit -n) or open fewer "
                     "connections (-c, --idle)",
                     index, strerror(error));
    else if (error == EADDRNOTAVAIL)
        control_fail(control, EXIT_SYSTEM,
                     "connection %u: no free local port left. Wait until closed connections are "
                     "forgotten, or widen net.ipv4.ip_local_port_range",
                     index);
    else if (error == ECONNREFUSED)
        control_fail(control, EXIT_SYSTEM,
                     "connection refused by %s port %s: is the server running there? (--wait "
                     "SECONDS keeps trying)",
                     host, port);
    else if (error == EINPROGRESS || error == EAGAIN || error == ETIMEDOUT)
        control_fail(control, EXIT_NO_ANSWER, "connection %u to %s port %s: no answer for %g s",
                     index, host, port, plan->timeout);
    else
        control_fail(control, EXIT_SYSTEM, "connection %u to %s port %s: %s", index, host, port,
                     strerror(error));
}

/* One attempt. Returns the descriptor, or minus errno. */
static int connection__try(const struct connection_plan *plan, const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int on = 1;
    struct timeval limit = {.tv_sec = (time_t)plan->timeout};
    limit.tv_usec = (suseconds_t)((plan->timeout - (double)limit.tv_sec) * 1e6);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (!connect(fd, address->ai_addr, address->ai_addrlen))
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

/* A name can stand for several addresses ("localhost" for ::1 and 127.0.0.1): the first that
 * does not refuse. */
static int connection__try_all(const struct connection_plan *plan)
{
    int fd = -ECONNREFUSED;
    for (const struct addrinfo *address = plan->address; address; address = address->ai_next) {
        fd = connection__try(plan, address);
        if (fd != -ECONNREFUSED && fd != -EADDRNOTAVAIL && fd != -ENETUNREACH)
            break;
    }
    return fd;
}

/* Returns the descriptor, or minus errno. */
static int connection__connect(const struct connection_plan *plan)
{
    uint64_t give_up = 0;
    for (;;) {
        int fd = connection__try_all(plan);
        if (fd >= 0 || control_stopped(plan->control))
            return fd;
        if (fd == -EINTR)
            continue;
        if (!give_up)
            give_up = connection_clock() + (uint64_t)(plan->wait * 1e9);
        if (fd != -ECONNREFUSED || connection_clock() >= give_up)
            return fd;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
}

int connection_open(struct connection *connection, const struct connection_plan *plan,
                    unsigned index)
{
    int fd = connection__connect(plan);
    *connection = (struct connection){
        .fd = fd < 0 ? -1 : fd,
        .index = index,
        .send_place = stream_start(index),
        .receive_place = stream_start(index),
    };
    if (fd >= 0)
        return 0;
    connection__explain(plan, index, -fd);
    return -1;
}

void connection_close(struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
    free(connection->started);
    connection->started = NULL;
}

/* SO_LINGER with 0 makes close send a reset in place of the end, and leaves no TIME_WAIT: tens of
 * thousands of connections a second would otherwise use up the local ports within seconds. */
static void connection__reset(struct connection *connection)
{
    struct linger none = {.l_onoff = 1};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    close(connection->fd);
    connection->fd = -1;
}

static int connection__lost(struct connection *connection, const struct connection_plan *plan,
                            const char *how)
{
    control_fail(plan->control, EXIT_CLOSED,
                 "connection %u: %s after %llu of %llu bytes had come back", connection->index, how,
                 (unsigned long long)connection->received, (unsigned long long)connection->sent);
    return -1;
}

static int connection__failed(struct connection *connection, const struct connection_plan *plan,
                              int error)
{
    if (error == ECONNRESET || error == EPIPE)
        return connection__lost(connection, plan, "reset by the server");
    connection__explain(plan, connection->index, error);
    return -1;
}

/* Compares what came with what was sent, and says where they part. */
static int connection__check(struct connection *connection, const struct connection_plan *plan,
                             const unsigned char *bytes, size_t length)
{
    if (connection->received + length > connection->sent) {
        control_fail(plan->control, EXIT_WRONG_BYTE,
                     "connection %u: %llu bytes came back, but only %llu were sent",
                     connection->index, (unsigned long long)(connection->received + length),
                     (unsigned long long)connection->sent);
        return -1;
    }
    const unsigned char *expected = stream_at(connection->receive_place);
    if (memcmp(expected, bytes, length)) {
        size_t at = 0;
        while (bytes[at] == expected[at])
            at++;
        unsigned long long position = connection->received + at;
        control_fail(plan->control, EXIT_WRONG_BYTE,
                     "connection %u: wrong byte at position %llu (request %llu, byte %llu of it): "
                     "expected 0x%02x, got 0x%02x",
                     connection->index, position, position / plan->size, position % plan->size,
                     expected[at], bytes[at]);
        return -1;
    }
    connection->received += length;
    connection->receive_place = stream_advance(connection->receive_place, length);
    return 0;
}

int connection_push(struct connection *connection, const struct connection_plan *plan)
{
    while (connection->unsent) {
        size_t piece = connection->unsent;
        if (piece > STREAM_PIECE_MAX)
            piece = STREAM_PIECE_MAX;
        ssize_t taken =
            send(connection->fd, stream_at(connection->send_place), piece, MSG_NOSIGNAL);
        if (taken < 0 && errno == EINTR && !control_stopped(plan->control))
            continue;
        if (taken < 0 && errno == EAGAIN)
            return 0;
        if (taken < 0)
            return connection__failed(connection, plan, errno);
        connection->sent += (uint64_t)taken;
        connection->unsent -= (size_t)taken;
        connection->send_place = stream_advance(connection->send_place, (size_t)taken);
    }
    return 0;
}

int connection_prepare(struct connection *connection, const struct connection_plan *plan)
{
    connection->started = calloc(plan->depth, sizeof(*connection->started));
    if (connection->started && fcntl(connection->fd, F_SETFL, O_NONBLOCK) == 0)
        return 0;
    return connection__failed(connection, plan, errno);
}

int connection_renew(struct connection *connection, const struct connection_plan *plan)
{
    connection__reset(connection);
    int fd = connection__connect(plan);
    if (fd < 0) {
        connection__explain(plan, connection->index, -fd);
        return -1;
    }
    connection->fd = fd;
    connection->wants_write = false;
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        return 0;
    return connection__failed(connection, plan, errno);
}

int connection_start(struct connection *connection, const struct connection_plan *plan,
                     unsigned requests, uint64_t now)
{
    unsigned place = connection->oldest + connection->in_flight;
    for (unsigned i = 0; i < requests; i++, place++)
        connection->started[place % plan->depth] = now;
    connection->in_flight += requests;
    connection->unsent += requests * plan->size;
    return connection_push(connection, plan);
}

int connection_pull(struct connection *connection, const struct connection_plan *plan,
                    struct histogram *histogram, uint64_t *now)
{
    unsigned char bytes[STREAM_PIECE_MAX];
    ssize_t length = recv(connection->fd, bytes, sizeof(bytes), 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (length < 0)
        return connection__failed(connection, plan, errno);
    if (length == 0)
        return connection__lost(connection, plan, "closed by the server");
    *now = connection_clock();
    if (connection__check(connection, plan, bytes, (size_t)length))
        return -1;
    int completed = 0;
    connection->partial += (size_t)length;
    for (; connection->partial >= plan->size; completed++) {
        connection->partial -= plan->size;
        if (histogram)
            histogram_add(histogram, *now - connection->started[connection->oldest]);
        connection->oldest = (connection->oldest + 1) % plan->depth;
        connection->in_flight--;
    }
    return completed;
}

int connection_echo_once(struct connection *connection, const struct connection_plan *plan)
{
    size_t left = plan->size;
    while (left) {
        /* In pieces: a large request sent whole before reading could stop both sides. */
        size_t piece = left < 4096 ? left : 4096;
        connection->unsent = piece;
        if (connection_push(connection, plan))
            return -1;
        if (connection->unsent)
            return connection__failed(connection, plan, EAGAIN);
        left -= piece;
        while (piece) {
            unsigned char bytes[4096];
            ssize_t length = recv(connection->fd, bytes, piece, 0);
            if (length < 0 && errno == EINTR && !control_stopped(plan->control))
                continue;
            if (length < 0)
                return connection__failed(connection, plan, errno);
            if (length == 0)
                return connection__lost(connection, plan, "closed by the server");
            if (connection__check(connection, plan, bytes, (size_t)length))
                return -1;
            piece -= (size_t)length;
        }
    }
    return 0;
}
