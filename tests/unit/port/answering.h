/* SPDX-License-Identifier: MIT
 *
 * A port with some workers and fewer slots, and connections on each of which a byte goes to and
 * fro: a worker takes a receive's packet, does what the test wants of a handler, sends the byte
 * back and receives again; the test, as the client, sends back what comes, by answering_turn.
 */
#ifndef IOCP_TESTS_UNIT_PORT_ANSWERING_H
#define IOCP_TESTS_UNIT_PORT_ANSWERING_H

#include "../expect.h"

#include <winsock2.h>
#include <windows.h>

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWERING_MOST = 32, ANSWERING_WORKERS = 4, ANSWERING_LIMIT = 2 };

struct answering_connection {
    int ends[2];
    OVERLAPPED overlapped;
    char byte;
};

static struct {
    HANDLE port;
    HANDLE threads[ANSWERING_WORKERS];
    struct answering_connection connections[ANSWERING_MOST];
    int count;
    void (*handle)(void);
} answering;

static inline void answering_receive(struct answering_connection *connection)
{
    WSABUF buffer = {1, &connection->byte};
    DWORD flags = 0;

    memset(&connection->overlapped, 0, sizeof connection->overlapped);
    int result = WSARecv((SOCKET)connection->ends[0], &buffer, 1, NULL, &flags,
                         &connection->overlapped, NULL);
    EXPECT(result == 0 || WSAGetLastError() == WSA_IO_PENDING);
}

static inline DWORD WINAPI answering_work(LPVOID unused)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)unused;
    while (GetQueuedCompletionStatus(answering.port, &bytes, &key, &overlapped, INFINITE) &&
           overlapped) {
        struct answering_connection *connection = &answering.connections[key];
        answering.handle();
        EXPECT_EQUAL(write(connection->ends[0], &connection->byte, 1), 1);
        answering_receive(connection);
    }
    return 0;
}

/* Opens so many connections, starts the workers, and sends the first byte on each. */
static inline void answering_begin(int count, void (*handle)(void))
{
    char byte = 'x';
    WSADATA data;

    answering.count = count;
    answering.handle = handle;
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    answering.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, ANSWERING_LIMIT);
    for (int index = 0; index < count; index++) {
        struct answering_connection *connection = &answering.connections[index];
        EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, connection->ends), 0);
        EXPECT_EQUAL(fcntl(connection->ends[1], F_SETFL, O_NONBLOCK), 0);
        EXPECT(CreateIoCompletionPort((HANDLE)(ULONG_PTR)connection->ends[0], answering.port,
                                      (ULONG_PTR)index, 0));
        answering_receive(connection);
    }
    for (int index = 0; index < ANSWERING_WORKERS; index++)
        answering.threads[index] = CreateThread(NULL, 0, answering_work, NULL, 0, NULL);
    for (int index = 0; index < count; index++)
        EXPECT_EQUAL(write(answering.connections[index].ends[1], &byte, 1), 1);
}

/* The client looks at one connection, whose turn it is; whether there was a byte to send back. */
static inline bool answering_turn(int turn)
{
    int end = answering.connections[turn % answering.count].ends[1];
    char byte;

    if (read(end, &byte, 1) != 1)
        return false;
    EXPECT_EQUAL(write(end, &byte, 1), 1);
    return true;
}

static inline void answering_end(void)
{
    for (int index = 0; index < ANSWERING_WORKERS; index++)
        EXPECT(PostQueuedCompletionStatus(answering.port, 0, 0, NULL));
    EXPECT_EQUAL(WaitForMultipleObjects(ANSWERING_WORKERS, answering.threads, TRUE, 30000),
                 WAIT_OBJECT_0);
}

#endif
