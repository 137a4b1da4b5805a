/* SPDX-License-Identifier: MIT
 *
 * See udp_raw.h. The two processes talk through a socket pair: the port there, a byte back. */
#define _GNU_SOURCE
#include "udp_raw.h"
#include "turns.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int udp_control = -1;
static pid_t udp_child;

static struct sockaddr_in udp__address(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int udp__send(int fd, long number)
{
    char bytes[UDP_BYTES];

    memset(bytes, (int)(number & 127), sizeof(bytes));
    return send(fd, bytes, sizeof(bytes), 0) == UDP_BYTES;
}

/* Answers come in any order when several threads serve; each has to be whole and of one piece. */
static int udp__answered(int fd)
{
    char bytes[UDP_BYTES + 1];

    return recv(fd, bytes, sizeof(bytes), 0) == UDP_BYTES &&
           memcmp(bytes, bytes + 1, UDP_BYTES - 1) == 0;
}

static char udp__ask(int port, long datagrams)
{
    struct sockaddr_in address = udp__address(port);
    struct timeval patience = {.tv_sec = 5};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    char right = 1;
    long sent = 0;

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
        turns_die("client");
    for (; right && sent < UDP_IN_FLIGHT && sent < datagrams; sent++)
        right = (char)udp__send(fd, sent);
    for (long answers = 0; right && answers < datagrams; answers++) {
        right = (char)udp__answered(fd);
        if (right && sent < datagrams)
            right = (char)udp__send(fd, sent++);
    }
    if (send(fd, "", UDP_END_BYTES, 0) != UDP_END_BYTES)
        right = 0;
    close(fd);
    return right;
}

void udp_client_start(long datagrams)
{
    int control[2], port;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control))
        turns_die("socketpair");
    udp_child = fork();
    if (udp_child < 0)
        turns_die("fork");
    udp_control = control[udp_child == 0];
    close(control[udp_child != 0]);
    if (udp_child)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (read(udp_control, &port, sizeof(port)) == sizeof(port)) {
        char right = udp__ask(port, datagrams);
        if (write(udp_control, &right, 1) != 1)
            break;
    }
    _exit(0);
}

void udp_client_stop(void)
{
    close(udp_control);
    waitpid(udp_child, NULL, 0);
}

void udp_client_go(int port)
{
    if (write(udp_control, &port, sizeof(port)) != sizeof(port))
        turns_die("client");
}

void udp_client_await(void)
{
    char right = 0;

    errno = EPROTO;
    if (read(udp_control, &right, 1) != 1 || !right)
        turns_die("an answer was wrong or did not come");
}

/* Echoes until the socket is empty; 0: it was the end. */
static int udp__drain(int fd)
{
    for (;;) {
        struct sockaddr_in from;
        socklen_t length = sizeof(from);
        char bytes[UDP_BYTES + 1];
        ssize_t size = recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &length);
        if (size < 0 && errno == EAGAIN)
            return 1;
        if (size == UDP_END_BYTES)
            return 0;
        if (size < 0 || sendto(fd, bytes, (size_t)size, 0, (struct sockaddr *)&from, length) < 0)
            turns_die("recvfrom, sendto");
    }
}

void udp_raw_serve(void)
{
    struct sockaddr_in address = udp__address(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (fd < 0 || epoll < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
        getsockname(fd, (struct sockaddr *)&address, &length) ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
        turns_die("server");
    udp_client_go(ntohs(address.sin_port));
    do {
        if (epoll_wait(epoll, &event, 1, -1) < 0 && errno != EINTR)
            turns_die("epoll_wait");
    } while (udp__drain(fd));
    close(fd);
    close(epoll);
}
