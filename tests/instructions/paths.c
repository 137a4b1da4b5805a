/* SPDX-License-Identifier: MIT
 *
 * paths WAY COUNT: goes one of the library's ways COUNT times and no other, so that somebody who
 * counts instructions from outside can tell what each call on it takes.
 *   post   post a packet and take it
 *   batch  post 64 packets and take them at once
 *   echo   a receive that waits, its data, its packet; a send, its packet
 *   ready  a receive whose data is there already, its packet
 *   datagram  the same with its sender's address; an answer to it, its packet
 *   accept a socket, an AcceptEx, its connection and packet, what a server does with it then, its
 * end
 */
#include <winsock2.h>
#include <mswsock.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MESSAGE = 64, BATCH = 64 };

static HANDLE port;
static SOCKET ours, listener;
static struct sockaddr_in address; /* the listener's, the datagram socket's */
static int theirs;                 /* a plain descriptor: its calls are the kernel's alone */
static char message[MESSAGE];

static void must(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "paths: %s: error %u\n", what, (unsigned)GetLastError());
    exit(1);
}

/* Bound to a port of the loopback address that `address` tells. */
static SOCKET bound_make(int type)
{
    int length = sizeof address;
    WSADATA data;

    must(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    address = (struct sockaddr_in){.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET made = WSASocketW(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    must(bind(made, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(getsockname(made, (struct sockaddr *)&address, &length) == 0, "getsockname");
    return made;
}

static void listener_make(void)
{
    listener = bound_make(SOCK_STREAM);
    must(listen(listener, 1) == 0, "listen");
    must(CreateIoCompletionPort((HANDLE)listener, port, 6, 0) == port, "CreateIoCompletionPort");
}

static void datagram_make(void)
{
    ours = bound_make(SOCK_DGRAM);
    theirs = fcntl((int)WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, 0), F_DUPFD, 100);
    must(theirs >= 0, "WSASocket");
    must(CreateIoCompletionPort((HANDLE)ours, port, 7, 0) == port, "CreateIoCompletionPort");
}

static void connection_make(void)
{
    listener_make();
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

static void go_datagram(void)
{
    static char answer[MESSAGE];
    OVERLAPPED overlapped = {0};
    WSABUF buffer = {.len = MESSAGE, .buf = message};
    struct sockaddr_in from;
    int length = sizeof from, result;
    DWORD flags = 0;

    must(syscall(SYS_sendto, theirs, message, MESSAGE, 0, &address, sizeof address) == MESSAGE,
         "sendto");
    result = WSARecvFrom(ours, &buffer, 1, NULL, &flags, (struct sockaddr *)&from, &length,
                         &overlapped, NULL);
    must(result == 0 || WSAGetLastError() == WSA_IO_PENDING, "WSARecvFrom");
    take(&overlapped);
    result =
        WSASendTo(ours, &buffer, 1, NULL, 0, (struct sockaddr *)&from, length, &overlapped, NULL);
    must(result == 0 || WSAGetLastError() == WSA_IO_PENDING, "WSASendTo");
    take(&overlapped);
    must(read(theirs, answer, MESSAGE) == MESSAGE, "read");
}

static void go_accept(void)
{
    enum { BLOCK = sizeof(struct sockaddr_in) + 16 };
    static char blocks[2 * BLOCK];
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    SOCKET accepted = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    long client = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);

    must(!AcceptEx(listener, accepted, blocks, 0, BLOCK, BLOCK, &bytes, &overlapped) &&
             WSAGetLastError() == WSA_IO_PENDING,
         "AcceptEx");
    must(syscall(SYS_connect, client, &address, sizeof address) == 0, "connect");
    take(&overlapped);
    must(setsockopt(accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener,
                    sizeof listener) == 0,
         "SO_UPDATE_ACCEPT_CONTEXT");
    must(CreateIoCompletionPort((HANDLE)accepted, port, 7, 0) == port, "CreateIoCompletionPort");
    must(closesocket(accepted) == 0, "closesocket");
    close((int)client);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*go)(void);
        void (*make)(void);
    } ways[] = {{"post", go_post, NULL},
                {"batch", go_batch, NULL},
                {"echo", go_echo, connection_make},
                {"ready", go_ready, connection_make},
                {"datagram", go_datagram, datagram_make},
                {"accept", go_accept, listener_make}};

    must(count == 3, "usage: paths WAY COUNT");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    must(port != NULL, "CreateIoCompletionPort");
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        if (strcmp(arguments[1], ways[way].name) != 0)
            continue;
        if (ways[way].make)
            ways[way].make();
        for (long i = strtol(arguments[2], NULL, 10); i > 0; i--)
            ways[way].go();
        return 0;
    }
    must(0, "no such way");
    return 1;
}
