/* SPDX-License-Identifier: MIT
 *
 * The library's own row in the scenarios about handlers: a server as one writes it for completion
 * ports, with the same handler as all the others (server.c), whose raw calls the library does not
 * see. -t workers, of which the port lets -c run at once. */
#include <winsock2.h>
#include <windows.h>

#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 8192 };

struct connection {
    OVERLAPPED overlapped;
    SOCKET socket;
    int sending;
    char bytes[BUFFER_SIZE];
};

static HANDLE port;

static void fail(const char *what)
{
    fprintf(stderr, "iocp_echo: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void connection_over(struct connection *connection)
{
    closesocket(connection->socket);
    free(connection);
}

/* Starts the receive, or the send of `size` bytes; ends the connection when that is refused. */
static void connection_start(struct connection *connection, int sending, DWORD size)
{
    WSABUF buffer = {sending ? size : BUFFER_SIZE, connection->bytes};
    DWORD flags = 0;
    int failed;
    memset(&connection->overlapped, 0, sizeof(connection->overlapped));
    connection->sending = sending;
    if (sending)
        failed = WSASend(connection->socket, &buffer, 1, NULL, 0, &connection->overlapped, NULL);
    else
        failed =
            WSARecv(connection->socket, &buffer, 1, NULL, &flags, &connection->overlapped, NULL);
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
        if (!succeeded || !bytes) {
            connection_over(connection);
            continue;
        }
        if (!connection->sending)
            server_handle();
        connection_start(connection, !connection->sending, bytes);
    }
    return 0;
}

static SOCKET listener_create(void)
{
    struct sockaddr_in address;
    SOCKET listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)server_options.port);
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
        struct connection *connection = malloc(sizeof(*connection));
        if (accepted == INVALID_SOCKET || !connection) {
            if (accepted != INVALID_SOCKET)
                closesocket(accepted);
            free(connection);
            Sleep(10); /* out of descriptors or memory: a pause instead of a spin */
            continue;
        }
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof(on));
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
    server_parse(argc, argv, 256);
    if (WSAStartup(MAKEWORD(2, 2), &data))
        fail("WSAStartup");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)server_options.concurrency);
    if (!port)
        fail("CreateIoCompletionPort");
    for (int i = 0; i < server_options.threads; i++) {
        HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
        if (!thread)
            fail("CreateThread");
        CloseHandle(thread);
    }
    SOCKET listener = listener_create();
    server_ready();
    serve(listener);
    return 0;
}
