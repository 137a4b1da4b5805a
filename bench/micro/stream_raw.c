/* SPDX-License-Identifier: MIT
 *
 * See stream_raw.h. The two processes talk through a socket pair: a byte for each stream. */
#define _GNU_SOURCE
#include "stream_raw.h"
#include "turns.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECEIVE_SIZE = 262144 };

static int stream_control = -1;
static pid_t stream_child;

static struct sockaddr_in stream__address(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void stream__receive(int listener, int control, uint64_t expected)
{
    static char bytes[RECEIVE_SIZE];

    for (;;) {
        uint64_t received = 0;
        ssize_t size;
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            turns_die("accept");
        while ((size = recv(fd, bytes, sizeof(bytes), 0)) > 0)
            received += (uint64_t)size;
        char right = size == 0 && received == expected;
        close(fd);
        if (write(control, &right, 1) != 1)
            _exit(0);
    }
}

int stream_receiver_start(uint64_t expected)
{
    struct sockaddr_in address = stream__address(0);
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), control[2];

    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
        listen(listener, 16) || getsockname(listener, (struct sockaddr *)&address, &length) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control))
        turns_die("receiver");
    stream_child = fork();
    if (stream_child < 0)
        turns_die("fork");
    if (!stream_child) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(control[0]);
        stream__receive(listener, control[1], expected);
    }
    close(control[1]);
    close(listener);
    stream_control = control[0];
    return ntohs(address.sin_port);
}

void stream_receiver_await(void)
{
    char right = 0;

    errno = EPROTO;
    if (read(stream_control, &right, 1) != 1 || !right)
        turns_die("the receiver did not get what was sent");
}

void stream_receiver_stop(void)
{
    kill(stream_child, SIGKILL);
    waitpid(stream_child, NULL, 0);
}

static int stream__connect(int port)
{
    struct sockaddr_in address = stream__address(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
        turns_die("connect");
    return fd;
}

void stream_raw_send(int port, const char *piece, size_t piece_size, uint64_t total)
{
    int fd = stream__connect(port);

    for (uint64_t sent = 0; sent < total;) {
        size_t size = total - sent < piece_size ? (size_t)(total - sent) : piece_size;
        ssize_t taken = send(fd, piece, size, MSG_NOSIGNAL);
        if (taken < 0)
            turns_die("send");
        sent += (uint64_t)taken;
    }
    close(fd);
}

void stream_epoll_send(int port, const char *piece, size_t piece_size, uint64_t total)
{
    int fd = stream__connect(port), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLOUT | EPOLLET};

    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
        turns_die("epoll");
    for (uint64_t sent = 0; sent < total;) {
        size_t size = total - sent < piece_size ? (size_t)(total - sent) : piece_size;
        ssize_t taken = send(fd, piece, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken >= 0)
            sent += (uint64_t)taken;
        else if (errno != EAGAIN)
            turns_die("send");
        else if (epoll_wait(epoll, &event, 1, -1) < 0)
            turns_die("epoll_wait");
    }
    close(fd);
    close(epoll);
}
