/* SPDX-License-Identifier: MIT
 *
 * The least of sockets that port tests need: a UDP socket on the loopback address that sends to
 * itself, so one overlapped send or receive makes one I/O packet. Socket behaviour itself is
 * tested elsewhere.
 */
#ifndef IOCP_TESTS_LOOPBACK_H
#define IOCP_TESTS_LOOPBACK_H

#include "support.h"

static inline void loopback_begin(void)
{
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

/* A datagram socket bound to 127.0.0.1 and connected to itself. */
static inline SOCKET loopback_socket(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    struct sockaddr_in address;
    int size = sizeof address;
    REQUIRE(s != INVALID_SOCKET);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(s, (struct sockaddr *)&address, sizeof address) == 0);
    REQUIRE(getsockname(s, (struct sockaddr *)&address, &size) == 0);
    REQUIRE(connect(s, (struct sockaddr *)&address, size) == 0);
    return s;
}

/* Starts an overlapped send of `length` bytes to the socket itself. */
static inline void loopback_send(SOCKET s, DWORD length, OVERLAPPED *overlapped)
{
    static char payload[64];
    WSABUF buffer = {length, payload};
    DWORD sent = 0;
    REQUIRE(length <= sizeof payload);
    memset(overlapped, 0, sizeof *overlapped);
    REQUIRE(WSASend(s, &buffer, 1, &sent, 0, overlapped, NULL) == 0 ||
            WSAGetLastError() == WSA_IO_PENDING);
}

/* Starts an overlapped receive; nothing has been sent yet, so it stays pending. */
static inline void loopback_receive(SOCKET s, char *space, DWORD length, OVERLAPPED *overlapped)
{
    WSABUF buffer = {length, space};
    DWORD flags = 0;
    memset(overlapped, 0, sizeof *overlapped);
    REQUIRE(WSARecv(s, &buffer, 1, NULL, &flags, overlapped, NULL) == SOCKET_ERROR &&
            WSAGetLastError() == WSA_IO_PENDING);
}

#endif
