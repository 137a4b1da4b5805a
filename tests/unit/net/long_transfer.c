/* SPDX-License-Identifier: MIT
 *
 * Transfers of more bytes than 32 bits count: several buffers together may be that long. The memory
 * is one that nobody has written to, so that it costs nothing.
 */
#include "net/socket.h"
#include "unit/expect.h"

#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define GIB (UINT64_C(1) << 30)
enum { MANY = 300, PIECE = 1 << 20 };

static SOCKET ours, theirs;
static char *memory; /* 2 GiB */

static void connect_pair(void)
{
    SOCKET listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    int length = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQUAL(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    EXPECT_EQUAL(listen(listening, 1), 0);
    EXPECT_EQUAL(getsockname(listening, (struct sockaddr *)&address, &length), 0);
    ours = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQUAL(connect(ours, (struct sockaddr *)&address, sizeof address), 0);
    theirs = accept(listening, NULL, NULL);
    EXPECT(theirs != INVALID_SOCKET);
    EXPECT_EQUAL(closesocket(listening), 0);
}

/* Waits for the operation; its bytes, all 64 bits of them. */
static uint64_t bytes_of(OVERLAPPED *overlapped)
{
    DWORD low, flags;

    EXPECT(WSAGetOverlappedResult(ours, overlapped, &low, TRUE, &flags));
    EXPECT_EQUAL(low, (uint32_t)overlapped->InternalHigh);
    return overlapped->InternalHigh;
}

/* Room for exactly 4 GiB, whose low word is nothing. */
static void receive_a_little_into_much(void)
{
    WSABUF room[2] = {{2 * GIB, memory}, {2 * GIB, memory}};
    OVERLAPPED overlapped = {0};
    DWORD flags = 0;

    EXPECT_EQUAL(WSARecv(ours, room, 2, NULL, &flags, &overlapped, NULL), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
    EXPECT_EQUAL(send(theirs, "hello", 5, 0), 5);
    EXPECT_EQUAL(bytes_of(&overlapped), 5);
}

static void *drain(void *context)
{
    char *piece = malloc(PIECE);
    uint64_t *drained = context;
    ssize_t got;

    while ((got = read((int)theirs, piece, PIECE)) > 0)
        *drained += (uint64_t)got;
    free(piece);
    return NULL;
}

static void send_much(void)
{
    WSABUF pieces[3] = {{2 * GIB, memory}, {2 * GIB, memory}, {PIECE + 1, memory}};
    OVERLAPPED overlapped = {0};
    uint64_t drained = 0;
    pthread_t drainer;

    pthread_create(&drainer, NULL, drain, &drained);
    WSASend(ours, pieces, 3, NULL, 0, &overlapped, NULL);
    EXPECT_EQUAL(bytes_of(&overlapped), 4 * GIB + PIECE + 1);
    EXPECT_EQUAL(shutdown(ours, SD_SEND), 0);
    pthread_join(drainer, NULL);
    EXPECT_EQUAL(drained, 4 * GIB + PIECE + 1);
}

/* More than a request counts. */
static void too_much(void)
{
    static WSABUF room[MANY];
    OVERLAPPED overlapped = {0};
    DWORD flags = 0, bytes;

    for (int index = 0; index < MANY; index++)
        room[index] = (WSABUF){UINT32_MAX, memory};
    EXPECT_EQUAL(WSARecv(ours, room, MANY, NULL, &flags, &overlapped, NULL), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAEINVAL);
    EXPECT_EQUAL(WSARecv(ours, room, MANY, &bytes, &flags, NULL, NULL), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAEINVAL);
    EXPECT_EQUAL(WSASend(ours, room, MANY, NULL, 0, &overlapped, NULL), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAEINVAL);
}

int main(void)
{
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    memory = mmap(NULL, 2 * GIB, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    EXPECT(memory != MAP_FAILED);
    connect_pair();
    too_much();
    receive_a_little_into_much();
    send_much();
    EXPECT_EQUAL(closesocket(ours), 0);
    EXPECT_EQUAL(closesocket(theirs), 0);
    return expect_report();
}
