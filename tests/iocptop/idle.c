/* SPDX-License-Identifier: MIT
 *
 * idle [-s] [-f] [SOCKETS]: a program with a port and so many sockets on it, and nothing to do.
 *   -s  starts the statistics itself
 *   -f  forks: the child's number is printed; when it gets a line it asks for statistics of its
 *       own, and prints what that returned
 * Prints "ready NUMBER" and waits for the end of its input.
 */
#include <winsock2.h>
#include <windows.h>
#include <iocp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int devices(HANDLE port, int count)
{
    while (count--) {
        SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
        if (s == INVALID_SOCKET || CreateIoCompletionPort((HANDLE)s, port, 1, 0) != port)
            return 0;
    }
    return 1;
}

static void ready(void)
{
    printf("ready %ld\n", (long)getpid());
    fflush(stdout);
}

int main(int count, char **arguments)
{
    int starts = 0, forks = 0, sockets = 0;
    char line[16];
    WSADATA data;

    for (int index = 1; index < count; index++) {
        starts |= strcmp(arguments[index], "-s") == 0;
        forks |= strcmp(arguments[index], "-f") == 0;
        if (arguments[index][0] != '-')
            sockets = (int)strtol(arguments[index], NULL, 10);
    }
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!port || WSAStartup(MAKEWORD(2, 2), &data) != 0 || !devices(port, sockets))
        return 1;
    if (starts && (iocp_stats_start() != 0 || iocp_stats_start() != 0))
        return 1;
    if (forks && fork() != 0) {
        pause();
        return 0;
    }
    ready();
    if (forks && fgets(line, sizeof line, stdin)) {
        printf("start %d\n", iocp_stats_start());
        fflush(stdout);
    }
    while (fgets(line, sizeof line, stdin))
        ;
    return 0;
}
