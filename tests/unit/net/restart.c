/* SPDX-License-Identifier: MIT
 *
 * A server that ended however it did, with accepts pending, is started again: its port is free. The
 * io_uring engine's ring is taken down by the system after the process has gone, in the background,
 * and holds what it polls until then. A port that a living server has is refused, in time.
 */
#include "unit/expect.h"

#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 60 };

static SOCKET listener;

/* 0, or what says no. */
static int serve(unsigned short port)
{
    struct sockaddr_in address;
    int on = 1;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = port;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(listener, 8) == 0)
        return 0;
    return WSAGetLastError();
}

static void accept_one(void)
{
    static OVERLAPPED overlapped;
    static char room[128];
    HANDLE port = CreateIoCompletionPort((HANDLE)listener, NULL, 1, 0);
    OVERLAPPED *taken;
    ULONG_PTR key;
    DWORD bytes;

    AcceptEx(listener, socket(AF_INET, SOCK_STREAM, 0), room, 0, 64, 64, &bytes, &overlapped);
    GetQueuedCompletionStatus(port, &bytes, &key, &taken, 1);
}

/* Another process: says what came of it, and goes when its input ends, or is killed. */
static int play(const char *port)
{
    int answer = serve((unsigned short)strtoul(port, NULL, 10));
    char byte;

    if (answer == 0)
        accept_one();
    if (write(STDOUT_FILENO, &answer, sizeof answer) == sizeof answer && answer == 0)
        (void)!read(STDIN_FILENO, &byte, 1);
    _exit(0);
}

struct server {
    pid_t process;
    int input;
    int answer;
};

static struct server start(unsigned short port)
{
    struct server server = {.answer = -1};
    int in[2], out[2];
    char text[16];

    snprintf(text, sizeof text, "%u", port);
    EXPECT(pipe(in) == 0 && pipe(out) == 0);
    server.process = fork();
    if (server.process == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        execl("/proc/self/exe", "restart", text, NULL);
        _exit(1);
    }
    close(in[0]);
    close(out[1]);
    server.input = in[1];
    EXPECT(read(out[0], &server.answer, sizeof server.answer) == sizeof server.answer);
    close(out[0]);
    return server;
}

static void end(struct server server, bool kills)
{
    if (kills)
        kill(server.process, SIGKILL);
    close(server.input);
    waitpid(server.process, NULL, 0);
}

static unsigned short free_port(void)
{
    struct sockaddr_in address;
    int length = sizeof address;

    EXPECT(serve(0) == 0);
    getsockname(listener, (struct sockaddr *)&address, &length);
    closesocket(listener);
    return address.sin_port;
}

static void again_and_again(unsigned short port)
{
    unsigned refused = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct server server = start(port);
        refused += server.answer != 0;
        end(server, round & 1);
    }
    EXPECT_EQUAL(refused, 0);
}

static void while_it_lives(unsigned short port)
{
    struct server server = start(port);
    DWORD begun = GetTickCount();

    EXPECT(server.answer == 0);
    EXPECT(serve(port) == WSAEADDRINUSE);
    EXPECT(GetTickCount() - begun < 2000);
    closesocket(listener);
    end(server, true);
}

int main(int count, char **arguments)
{
    WSADATA data;

    EXPECT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    if (count == 2)
        return play(arguments[1]);
    unsigned short port = free_port();
    again_and_again(port);
    while_it_lives(port);
    return expect_report();
}
