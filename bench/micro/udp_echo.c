/* SPDX-License-Identifier: MIT
 *
 * Question: what does a UDP echo of 64 bytes cost when WSARecvFrom and WSASendTo go through a port,
 * one packet at a time, compared with recvfrom and sendto in an epoll loop (udp_raw.c)? Who asks is
 * the same for both, in a process of its own, with 32 datagrams under way. The library's server has
 * one worker, or four of which two may run.
 *
 * Usage: udp_echo [REPETITIONS [DATAGRAMS]]. Lines as turns.h tells; cpu_ratio of the server. */
#include <winsock2.h>
#include <windows.h>

#include "turns.h"
#include "udp_raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 4 };

/* A datagram on its way in and out again. */
struct slot {
    OVERLAPPED overlapped;
    int sending;
    int address_length;
    struct sockaddr_in address;
    char bytes[UDP_BYTES];
};

static struct slot slots[UDP_IN_FLIGHT];
static LONG live; /* slots in use */
static SOCKET s;
static HANDLE port;
static long datagrams;
static int workers, concurrency;

static void fail(const char *what)
{
    fprintf(stderr, "udp_echo: %s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

/* Who lays down the last slot sends everybody home. */
static void slot_over(void)
{
    if (InterlockedDecrement(&live) == 0)
        for (int i = 0; i < workers; i++)
            PostQueuedCompletionStatus(port, 0, 0, NULL);
}

static void slot_start(struct slot *slot, int sending, DWORD size)
{
    WSABUF buffer = {size, slot->bytes};
    DWORD flags = 0;
    int failed;

    memset(&slot->overlapped, 0, sizeof(slot->overlapped));
    slot->sending = sending;
    if (sending) {
        failed = WSASendTo(s, &buffer, 1, NULL, 0, (struct sockaddr *)&slot->address,
                           slot->address_length, &slot->overlapped, NULL);
    } else {
        slot->address_length = sizeof(slot->address);
        failed = WSARecvFrom(s, &buffer, 1, NULL, &flags, (struct sockaddr *)&slot->address,
                             &slot->address_length, &slot->overlapped, NULL);
    }
    if (failed && WSAGetLastError() != WSA_IO_PENDING)
        slot_over();
}

/* A datagram of another size is the end: the receives still pending come back as failed. */
static DWORD WINAPI work(LPVOID argument)
{
    (void)argument;
    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key;
        OVERLAPPED *overlapped = NULL;
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
        if (!overlapped)
            return 0;
        struct slot *slot = CONTAINING_RECORD(overlapped, struct slot, overlapped);
        if (succeeded && bytes == UDP_BYTES) {
            slot_start(slot, !slot->sending, UDP_BYTES);
            continue;
        }
        if (succeeded)
            closesocket(s);
        slot_over();
    }
}

static int serve_start(void)
{
    struct sockaddr_in address;
    int length = sizeof(address);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)concurrency);
    if (s == INVALID_SOCKET || !port || bind(s, (struct sockaddr *)&address, sizeof(address)) ||
        getsockname(s, (struct sockaddr *)&address, &length) ||
        !CreateIoCompletionPort((HANDLE)s, port, 1, 0))
        fail("socket");
    live = UDP_IN_FLIGHT;
    for (int i = 0; i < UDP_IN_FLIGHT; i++)
        slot_start(&slots[i], 0, UDP_BYTES);
    return ntohs(address.sin_port);
}

static struct turns_score play_own(void)
{
    struct turns_score begin = turns_begin();
    HANDLE threads[WORKERS_MAX];
    int number = serve_start();

    for (int i = 0; i < workers; i++) {
        threads[i] = CreateThread(NULL, 0, work, NULL, 0, NULL);
        if (!threads[i])
            fail("CreateThread");
    }
    udp_client_go(number);
    WaitForMultipleObjects((DWORD)workers, threads, TRUE, INFINITE);
    udp_client_await();
    for (int i = 0; i < workers; i++)
        CloseHandle(threads[i]);
    CloseHandle(port);
    return turns_end(begin, (double)datagrams);
}

static struct turns_score play_raw(void)
{
    struct turns_score begin = turns_begin();
    udp_raw_serve();
    udp_client_await();
    return turns_end(begin, (double)datagrams);
}

int main(int count, char **arguments)
{
    static const struct turns_game game = {play_own, play_raw};
    long repetitions = turns_number(count, arguments, 1, 9, TURNS_MAX);
    WSADATA winsock;

    datagrams = turns_number(count, arguments, 2, 50000, 100000000);
    udp_client_start(datagrams);
    if (WSAStartup(MAKEWORD(2, 2), &winsock))
        fail("WSAStartup");
    workers = concurrency = 1;
    turns_play("udp_echo", "workers=1", repetitions, &game);
    workers = WORKERS_MAX;
    concurrency = 2;
    turns_play("udp_echo", "workers=4", repetitions, &game);
    udp_client_stop();
    WSACleanup();
    return 0;
}
