/* SPDX-License-Identifier: MIT
 *
 * The library's row where connections come and go: --accepts AcceptEx are kept pending, and each is
 * replaced when its connection is there. Connections live in memory that is used again, as in any
 * server that has many of them. -t workers, of which the port lets -c run at once.
 *
 * --receives keeps so many WSARecv pending on each connection: for the question what a pending
 * operation costs. More than one is for -t 1 only: several workers would answer out of order.
 *
 * free_lock protects the list of connections not in use. */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>

#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 4096, ADDRESS_SIZE = sizeof(struct sockaddr_in) + 16 };

enum state { ACCEPTING, RECEIVING, SENDING };

struct connection;

struct operation {
    OVERLAPPED overlapped;
    struct connection *connection;
    enum state state;
    char bytes[BUFFER_SIZE];
};

struct connection {
    SOCKET socket;
    LONG live; /* operations under way */
    LONG closed;
    struct connection *next_free;
    char addresses[2 * ADDRESS_SIZE];
    struct operation operations[]; /* the first one accepts */
};

static HANDLE port;
static SOCKET listener;
static LPFN_ACCEPTEX accept_ex;
static CRITICAL_SECTION free_lock;
static struct connection *first_free;

static void fail(const char *what)
{
    fprintf(stderr, "iocp_acceptex: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static struct connection *connection_take(void)
{
    size_t count = (size_t)server_options.receives;

    EnterCriticalSection(&free_lock);
    struct connection *connection = first_free;
    if (connection)
        first_free = connection->next_free;
    LeaveCriticalSection(&free_lock);
    if (connection)
        return connection;
    connection = malloc(sizeof(*connection) + count * sizeof(connection->operations[0]));
    if (!connection)
        fail("malloc");
    return connection;
}

static void connection_give_back(struct connection *connection)
{
    EnterCriticalSection(&free_lock);
    connection->next_free = first_free;
    first_free = connection;
    LeaveCriticalSection(&free_lock);
}

static void connection_close(struct connection *connection)
{
    if (!InterlockedExchange(&connection->closed, 1))
        closesocket(connection->socket);
}

/* The first operation that ends takes the connection along, the last one its memory. */
static void operation_over(struct operation *operation)
{
    struct connection *connection = operation->connection;

    connection_close(connection);
    if (!InterlockedDecrement(&connection->live))
        connection_give_back(connection);
}

static void operation_start(struct operation *operation, enum state state, DWORD size)
{
    WSABUF buffer = {state == SENDING ? size : BUFFER_SIZE, operation->bytes};
    SOCKET socket = operation->connection->socket;
    DWORD flags = 0;
    int failed;

    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->state = state;
    if (state == SENDING)
        failed = WSASend(socket, &buffer, 1, NULL, 0, &operation->overlapped, NULL);
    else
        failed = WSARecv(socket, &buffer, 1, NULL, &flags, &operation->overlapped, NULL);
    if (failed && WSAGetLastError() != WSA_IO_PENDING)
        operation_over(operation);
}

static void accept_post(void)
{
    struct connection *connection = connection_take();
    struct operation *operation = &connection->operations[0];
    DWORD bytes;

    connection->closed = 0;
    connection->socket =
        WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (connection->socket == INVALID_SOCKET)
        fail("WSASocket");
    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->connection = connection;
    operation->state = ACCEPTING;
    if (!accept_ex(listener, connection->socket, connection->addresses, 0, ADDRESS_SIZE,
                   ADDRESS_SIZE, &bytes, &operation->overlapped) &&
        WSAGetLastError() != ERROR_IO_PENDING)
        fail("AcceptEx");
}

static void accept_done(struct connection *connection, BOOL succeeded)
{
    int on = 1, count = server_options.receives;

    accept_post();
    connection->live = 1;
    if (!succeeded ||
        setsockopt(connection->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                   (const char *)&listener, sizeof(listener)) ||
        !CreateIoCompletionPort((HANDLE)connection->socket, port, 0, 0)) {
        operation_over(&connection->operations[0]);
        return;
    }
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof(on));
    connection->live = count;
    for (int i = 0; i < count; i++) {
        connection->operations[i].connection = connection;
        operation_start(&connection->operations[i], RECEIVING, 0);
    }
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
        struct operation *operation = CONTAINING_RECORD(overlapped, struct operation, overlapped);
        if (operation->state == ACCEPTING) {
            accept_done(operation->connection, succeeded);
        } else if (!succeeded || !bytes) {
            operation_over(operation);
        } else {
            if (operation->state == RECEIVING)
                server_handle();
            operation_start(operation, operation->state == RECEIVING ? SENDING : RECEIVING, bytes);
        }
    }
    return 0;
}

static void listen_start(void)
{
    GUID id = WSAID_ACCEPTEX;
    struct sockaddr_in address;
    DWORD bytes;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)server_options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (listener == INVALID_SOCKET ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
        listen(listener, SOMAXCONN) || !CreateIoCompletionPort((HANDLE)listener, port, 0, 0) ||
        WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &accept_ex,
                 sizeof(accept_ex), &bytes, NULL, NULL))
        fail("listen");
    for (int i = 0; i < server_options.accepts; i++)
        accept_post();
}

int main(int argc, char **argv)
{
    WSADATA data;
    server_parse(argc, argv, 256);
    if (WSAStartup(MAKEWORD(2, 2), &data))
        fail("WSAStartup");
    InitializeCriticalSection(&free_lock);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)server_options.concurrency);
    if (!port)
        fail("CreateIoCompletionPort");
    listen_start();
    for (int i = 0; i < server_options.threads; i++) {
        HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
        if (!thread)
            fail("CreateThread");
        CloseHandle(thread);
    }
    server_ready();
    Sleep(INFINITE);
    return 0;
}
