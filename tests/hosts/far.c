/* SPDX-License-Identifier: MIT
 *
 * The host at the other end of the cable, without the library. Port 7 echoes, port 9 takes and says
 * nothing, port 11 does not even take, port 13 resets at the first byte. Prints "ready" once.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const int ports[] = {7, 9, 11, 13};

struct guest {
    int descriptor, port;
};

static void *serve(void *argument)
{
    struct guest guest = *(struct guest *)argument;
    char bytes[16384];
    ssize_t got;

    free(argument);
    if (guest.port == 11)
        for (;;)
            pause();
    while ((got = read(guest.descriptor, bytes, sizeof bytes)) > 0) {
        struct linger hard = {1, 0};
        if (guest.port == 13) {
            setsockopt(guest.descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            break;
        }
        for (ssize_t put = 0, n; guest.port == 7 && put < got; put += n)
            if ((n = write(guest.descriptor, bytes + put, (size_t)(got - put))) <= 0)
                break;
    }
    close(guest.descriptor);
    return NULL;
}

static void *listen_at(void *argument)
{
    int port = *(const int *)argument, on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 64) < 0) {
        perror("far");
        exit(1);
    }
    if (port == ports[3]) {
        printf("ready\n");
        fflush(stdout);
    }
    for (;;) {
        struct guest *guest = malloc(sizeof *guest);
        pthread_t thread;
        if (!guest)
            return NULL;
        guest->port = port;
        guest->descriptor = accept(listener, NULL, NULL);
        if (guest->descriptor < 0 || pthread_create(&thread, NULL, serve, guest) != 0)
            free(guest);
        else
            pthread_detach(thread);
    }
}

int main(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    pthread_t thread;

    sigaction(SIGPIPE, &ignore, NULL);
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        pthread_create(&thread, NULL, listen_at, (void *)&ports[i]);
    for (;;)
        pause();
}
