/* SPDX-License-Identifier: MIT
 *
 * paths WAY COUNT: goes one of the library's ways COUNT times and no other, so that somebody who
 * counts instructions from outside can tell what each call on it takes.
 *   post   post a packet and take it
 *   batch  post 64 packets and take them at once
 *   echo   a receive that waits, its data, its packet; a send, its packet
 *   ready  a receive whose data is there already, its packet
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE = 64, BATCH = 64 };

static HANDLE port;
static SOCKET ours;
static int theirs; /* a plain descriptor: its calls are the kernel's alone */
static char message[MESSAGE];

static void must(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "paths: %s: error %u\n", what, (unsigned)GetLastError());
    exit(1);
}

static void connection_make(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int length = sizeof address;
    WSADATA data;

    must(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    must(listen(listener, 1) == 0, "listen");
    ours = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    must(connect(ours, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    theirs = dup((int)accept(listener, NULL, NULL));
    must(theirs >= 0, "accept");
    must(CreateIoCompletionPort((HANDLE)ours, port, 7, 0) == port, "CreateIoCompletionPort");
}

static void take(const OVERLAPPED *wanted)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    must(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) &&
             overlapped == wanted,
         "GetQueuedCompletionStatus");
}

static void start(int sending, OVERLAPPED *overlapped)
{
    WSABUF buffer = {.len = MESSAGE, .buf = message};
    DWORD flags = 0;
    int result = sending ? WSASend(ours, &buffer, 1, NULL, 0, overlapped, NULL)
                         : WSARecv(ours, &buffer, 1, NULL, &flags, overlapped, NULL);

    must(result == 0 || WSAGetLastError() == WSA_IO_PENDING, sending ? "WSASend" : "WSARecv");
}

static void go_post(void)
{
    OVERLAPPED overlapped;

    must(PostQueuedCompletionStatus(port, 1, 2, &overlapped), "PostQueuedCompletionStatus");
    take(&overlapped);
}

static void go_batch(void)
{
    OVERLAPPED_ENTRY entries[BATCH];
    OVERLAPPED overlapped;
    ULONG count;

    for (int i = 0; i < BATCH; i++)
        must(PostQueuedCompletionStatus(port, 1, 2, &overlapped), "PostQueuedCompletionStatus");
    must(GetQueuedCompletionStatusEx(port, entries, BATCH, &count, INFINITE, FALSE) &&
             count == BATCH,
         "GetQueuedCompletionStatusEx");
}

static void go_ready(void)
{
    OVERLAPPED overlapped = {0};

    must(write(theirs, message, MESSAGE) == MESSAGE, "write");
    start(0, &overlapped);
    take(&overlapped);
}

static void go_echo(void)
{
    static char answer[MESSAGE];
    OVERLAPPED overlapped = {0};

    start(0, &overlapped);
    must(write(theirs, message, MESSAGE) == MESSAGE, "write");
    take(&overlapped);
    start(1, &overlapped);
    take(&overlapped);
    must(read(theirs, answer, MESSAGE) == MESSAGE, "read");
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*go)(void);
        int connection;
    } ways[] = {
        {"post", go_post, 0}, {"batch", go_batch, 0}, {"echo", go_echo, 1}, {"ready", go_ready, 1}};

    must(count == 3, "usage: paths post|batch|echo|ready COUNT");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    must(port != NULL, "CreateIoCompletionPort");
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        if (strcmp(arguments[1], ways[way].name) != 0)
            continue;
        if (ways[way].connection)
            connection_make();
        for (long i = strtol(arguments[2], NULL, 10); i > 0; i--)
            ways[way].go();
        return 0;
    }
    must(0, "no such way");
    return 1;
}
