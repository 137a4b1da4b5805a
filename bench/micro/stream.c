/* SPDX-License-Identifier: MIT
 *
 * Question: how fast does much data go through one connection, sent by WSASend in pieces of 64 KiB
 * through a port? In turns with it a loop of plain blocking sends, and one of non-blocking sends
 * with epoll, as a server with other connections has to do it. Receiver, in a process of its own,
 * and socket options are the same for all (stream_raw.c). DEPTH sends are kept pending.
 *
 * Usage: stream [REPETITIONS [MEBIBYTES [DEPTH]]]. For each counterpart, send and epoll, a line as
 * turns.h tells (nanoseconds for a KiB, cpu_ratio of the sender) and one with the speeds:
 *   stream against=... median_ns=...
 *   stream_speed against=... mib_s=... raw_mib_s=... */
#include <winsock2.h>
#include <windows.h>

#include "stream_raw.h"
#include "turns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 65536, DEPTH_MAX = 64, MEBIBYTE = 1 << 20 };

static int receiver;
static uint64_t total;
static long depth;
static char piece[PIECE];
static HANDLE port;
static OVERLAPPED operations[DEPTH_MAX];
static uint64_t posted;
static int pending;

static void fail(const char *what)
{
    fprintf(stderr, "stream: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static double units(void)
{
    return (double)total / 1024;
}

static void send_post(SOCKET s, OVERLAPPED *operation)
{
    WSABUF buffer = {PIECE, piece};

    if (total - posted < PIECE)
        buffer.len = (ULONG)(total - posted);
    memset(operation, 0, sizeof(*operation));
    if (WSASend(s, &buffer, 1, NULL, 0, operation, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
        fail("WSASend");
    posted += buffer.len;
    pending++;
}

static SOCKET connect_own(void)
{
    struct sockaddr_in address;
    SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((u_short)receiver);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s == INVALID_SOCKET || connect(s, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        !CreateIoCompletionPort((HANDLE)s, port, 0, 0))
        fail("connect");
    return s;
}

static struct turns_score play_own(void)
{
    struct turns_score begin = turns_begin();
    SOCKET s = connect_own();

    posted = 0;
    for (long i = 0; i < depth && posted < total; i++)
        send_post(s, &operations[i]);
    while (pending) {
        OVERLAPPED *operation;
        ULONG_PTR key;
        DWORD bytes;
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE))
            fail("GetQueuedCompletionStatus");
        pending--;
        if (posted < total)
            send_post(s, operation);
    }
    closesocket(s);
    stream_receiver_await();
    return turns_end(begin, units());
}

static struct turns_score play_send(void)
{
    struct turns_score begin = turns_begin();
    stream_raw_send(receiver, piece, PIECE, total);
    stream_receiver_await();
    return turns_end(begin, units());
}

static struct turns_score play_epoll(void)
{
    struct turns_score begin = turns_begin();
    stream_epoll_send(receiver, piece, PIECE, total);
    stream_receiver_await();
    return turns_end(begin, units());
}

static void compare(const char *against, const struct turns_game *game, long repetitions)
{
    char detail[64];

    snprintf(detail, sizeof(detail), "against=%s depth=%ld", against, depth);
    struct turns_result result = turns_play("stream", detail, repetitions, game);
    printf("stream_speed %s mib_s=%.0f raw_mib_s=%.0f\n", detail, 1e9 / 1024 / result.own_ns,
           1e9 / 1024 / result.raw_ns);
}

int main(int count, char **arguments)
{
    static const struct turns_game against_send = {play_own, play_send};
    static const struct turns_game against_epoll = {play_own, play_epoll};
    long repetitions = turns_number(count, arguments, 1, 5, TURNS_MAX);
    WSADATA winsock;

    total = (uint64_t)turns_number(count, arguments, 2, 1024, 1 << 20) * MEBIBYTE;
    depth = turns_number(count, arguments, 3, 1, DEPTH_MAX);
    receiver = stream_receiver_start(total);
    if (WSAStartup(MAKEWORD(2, 2), &winsock))
        fail("WSAStartup");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!port)
        fail("CreateIoCompletionPort");
    compare("send", &against_send, repetitions);
    compare("epoll", &against_epoll, repetitions);
    stream_receiver_stop();
    CloseHandle(port);
    WSACleanup();
    return 0;
}
