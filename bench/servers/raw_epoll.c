/* SPDX-License-Identifier: MIT
 *
 * Raw epoll as one writes it by hand: every thread has its own epoll set and its own listening
 * socket (SO_REUSEPORT), one edge-triggered registration per connection for all its life, answers
 * sent at once, and what the kernel does not take kept until the edge for writing comes. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, BUFFER_SIZE = 16384, RETRY_MS = 10 };

struct connection {
    int fd;
    char *kept; /* received, not yet sent */
    size_t kept_size;
    size_t kept_sent;
};

struct loop {
    int epoll;
    int listener;
    int accept_again; /* accept ran out of descriptors: no edge will tell of the rest */
};

static void connection_free(struct connection *connection)
{
    close(connection->fd);
    free(connection->kept);
    free(connection);
}

/* 1: all sent, 0: the kernel takes no more for now, -1: the connection is dead. */
static int connection_flush(struct connection *connection)
{
    while (connection->kept) {
        ssize_t sent = send(connection->fd, connection->kept + connection->kept_sent,
                            connection->kept_size - connection->kept_sent, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN ? 0 : -1;
        connection->kept_sent += (size_t)sent;
        if (connection->kept_sent == connection->kept_size) {
            free(connection->kept);
            connection->kept = NULL;
        }
    }
    return 1;
}

/* As connection_flush, for bytes that came just now. */
static int connection_answer(struct connection *connection, const char *bytes, size_t size)
{
    ssize_t sent = send(connection->fd, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        return -1;
    if (sent < 0)
        sent = 0;
    if ((size_t)sent == size)
        return 1;
    connection->kept_size = size - (size_t)sent;
    connection->kept_sent = 0;
    connection->kept = malloc(connection->kept_size);
    if (!connection->kept)
        return -1;
    memcpy(connection->kept, bytes + sent, connection->kept_size);
    return connection_flush(connection);
}

/* Echoes until the socket is empty or full. 0, or -1 when the connection is over. */
static int connection_serve(struct connection *connection, uint32_t events)
{
    char buffer[BUFFER_SIZE];
    int flushed = connection_flush(connection);
    if (flushed <= 0)
        return flushed;
    for (;;) {
        ssize_t size = recv(connection->fd, buffer, sizeof(buffer), 0);
        if (size < 0)
            return errno == EAGAIN ? 0 : -1;
        if (size == 0)
            return -1;
        server_handle();
        int answered = connection_answer(connection, buffer, (size_t)size);
        if (answered <= 0)
            return answered;
        /* A short read emptied the socket, and later data is a new edge. The end is not: it may
         * have come with this one. */
        if (size < (ssize_t)sizeof(buffer) && !(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
            return 0;
    }
}

static void loop_accept(struct loop *loop)
{
    loop->accept_again = 0;
    for (;;) {
        int fd = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
            loop->accept_again = 1;
            return;
        }
        if (fd < 0 && errno == EAGAIN)
            return;
        if (fd < 0)
            continue; /* that one connection was gone already */
        server_no_delay(fd);
        struct connection *connection = calloc(1, sizeof(*connection));
        if (!connection) {
            close(fd);
            continue;
        }
        connection->fd = fd;
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                    .data.ptr = connection};
        if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event))
            connection_free(connection);
    }
}

static void *loop_run(void *argument)
{
    struct loop *loop = argument;
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(loop->epoll, events, EVENTS, loop->accept_again ? RETRY_MS : -1);
        if (count < 0 && errno != EINTR)
            server_die("epoll_wait");
        if (loop->accept_again)
            loop_accept(loop);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection)
                loop_accept(loop);
            else if ((connection->kept || (events[i].events & ~(uint32_t)EPOLLOUT)) &&
                     connection_serve(connection, events[i].events))
                connection_free(connection);
        }
    }
    return NULL;
}

static void loop_start(struct loop *loop)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    loop->listener = server_listen(server_options.threads > 1, 1);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0 || epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->listener, &event))
        server_die("epoll");
}

int main(int argc, char **argv)
{
    server_parse(argc, argv, 256);
    struct loop *loops = calloc((size_t)server_options.threads, sizeof(*loops));
    if (!loops)
        server_die("calloc");
    for (int i = 0; i < server_options.threads; i++)
        loop_start(&loops[i]);
    server_ready();
    for (int i = 1; i < server_options.threads; i++) {
        pthread_t thread;
        errno = pthread_create(&thread, NULL, loop_run, &loops[i]);
        if (errno)
            server_die("pthread_create");
    }
    loop_run(&loops[0]);
    return 0;
}
