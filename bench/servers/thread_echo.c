/* SPDX-License-Identifier: MIT
 *
 * The oldest way: a thread per connection, blocking calls. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_SIZE = 8192, STACK_SIZE = 65536 };

static void *serve(void *argument)
{
    int fd = (int)(intptr_t)argument;
    char buffer[BUFFER_SIZE];
    ssize_t size;
    while ((size = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
        server_handle();
        for (ssize_t done = 0; done < size;) {
            ssize_t sent = send(fd, buffer + done, (size_t)(size - done), MSG_NOSIGNAL);
            if (sent < 0)
                goto over;
            done += sent;
        }
    }
over:
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    server_parse(argc, argv, 1);
    int listener = server_listen(0, 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    server_ready();
    for (;;) {
        pthread_t thread;
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            server_accept_pause(errno);
            continue;
        }
        server_no_delay(fd);
        if (pthread_create(&thread, &attributes, serve, (void *)(intptr_t)fd))
            close(fd);
    }
}
