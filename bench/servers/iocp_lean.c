/* SPDX-License-Identifier: MIT
 *
 * Question: how much memory does the library itself need for an idle connection? An echo server
 * on a completion port whose own memory for all connections (context, OVERLAPPED, buffer) is one
 * array, written to before it says "ready": what its resident memory grows by as connections
 * come is the library's. Each idle connection has a receive pending, as servers have.
 *
 * Usage: iocp_lean PORT */
#include <winsock2.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS_MAX = 20480, BUFFER_SIZE = 128, WORKERS = 4, CONCURRENCY = 2 };

struct connection {
    OVERLAPPED overlapped;
    WSABUF buffer;
    SOCKET socket;
    struct connection *next_free;
    int sending;
    char bytes[BUFFER_SIZE];
};

static struct connection *connections;
static struct connection *first_free; /* under free_lock */
static CRITICAL_SECTION free_lock;
static HANDLE port;

static void fail(const char *what)
{
    fprintf(stderr, "iocp_lean: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void connections_create(void)
{
    connections = malloc(CONNECTIONS_MAX * sizeof(*connections));
    if (!connections)
        fail("malloc");
    memset(connections, 1, CONNECTIONS_MAX * sizeof(*connections));
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        connections[i].next_free = first_free;
        first_free = &connections[i];
    }
    InitializeCriticalSection(&free_lock);
}

static struct connection *connection_take(void)
{
    EnterCriticalSection(&free_lock);
    struct connection *connection = first_free;
    if (connection)
        first_free = connection->next_free;
    LeaveCriticalSection(&free_lock);
    return connection;
}

static void connection_over(struct connection *connection)
{
    closesocket(connection->socket);
    EnterCriticalSection(&free_lock);
    connection->next_free = first_free;
    first_free = connection;
    LeaveCriticalSection(&free_lock);
}

/* Starts the receive, or the send of `size` bytes; ends the connection when that is refused. */
static void connection_start(struct connection *connection, int sending, DWORD size)
{
    DWORD flags = 0;
    int failed;
    memset(&connection->overlapped, 0, sizeof(connection->overlapped));
    connection->sending = sending;
    connection->buffer.buf = connection->bytes;
    connection->buffer.len = sending ? size : BUFFER_SIZE;
    if (sending)
        failed = WSASend(connection->socket, &connection->buffer, 1, NULL, 0,
                         &connection->overlapped, NULL);
    else
        failed = WSARecv(connection->socket, &connection->buffer, 1, NULL, &flags,
                         &connection->overlapped, NULL);
    if (failed && WSAGetLastError() != WSA_IO_PENDING)
        connection_over(connection);
}

static DWORD WINAPI work(LPVOID argument)
{
    (void)argument;
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key;
        OVERLAPPED *overlapped = NULL;
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
        if (!overlapped)
            fail("GetQueuedCompletionStatus");
        struct connection *connection =
            CONTAINING_RECORD(overlapped, struct connection, overlapped);
        if (!succeeded || !bytes)
            connection_over(connection);
        else
            connection_start(connection, !connection->sending, bytes);
    }
    return 0;
}

static SOCKET listener_create(const char *number)
{
    struct sockaddr_in address;
    SOCKET listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)strtoul(number, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener == INVALID_SOCKET ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, SOMAXCONN))
        fail("listen");
    return listener;
}

static void serve(SOCKET listener)
{
    for (;;) {
        int on = 1;
        SOCKET accepted = accept(listener, NULL, NULL);
        if (accepted == INVALID_SOCKET) {
            Sleep(10); /* out of descriptors, or the client is gone */
            continue;
        }
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof(on));
        struct connection *connection = connection_take();
        if (!connection) {
            closesocket(accepted);
            continue;
        }
        connection->socket = accepted;
        if (!CreateIoCompletionPort((HANDLE)accepted, port, 0, 0))
            connection_over(connection);
        else
            connection_start(connection, 0, 0);
    }
}

int main(int argc, char **argv)
{
    WSADATA data;
    DWORD id;
    if (argc != 2) {
        fprintf(stderr, "usage: iocp_lean PORT\n");
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &data))
        fail("WSAStartup");
    connections_create();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, CONCURRENCY);
    if (!port)
        fail("CreateIoCompletionPort");
    for (int i = 0; i < WORKERS; i++) {
        HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, &id);
        if (!thread)
            fail("CreateThread");
        CloseHandle(thread);
    }
    SOCKET listener = listener_create(argv[1]);
    puts("ready");
    fflush(stdout);
    serve(listener);
    return 0;
}
