/* SPDX-License-Identifier: MIT
 *
 * What the datagram tests share beyond sockets.h: bound sockets and calls in one line.
 */
#ifndef IOCP_TESTS_DATAGRAMS_H
#define IOCP_TESTS_DATAGRAMS_H

#include "sockets.h"

/* A datagram socket on a loopback port of the system's choice. */
static inline SOCKET udp_bound(struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    REQUIRE(s != INVALID_SOCKET);
    *address = tcp_bind(s);
    return s;
}

static inline int same_address(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_family == AF_INET && b->sin_family == AF_INET && a->sin_port == b->sin_port &&
           a->sin_addr.s_addr == b->sin_addr.s_addr;
}

static inline void udp_send(SOCKET s, const void *data, int length, const struct sockaddr_in *to)
{
    REQUIRE(sendto(s, data, length, 0, (const struct sockaddr *)to, sizeof *to) == length);
}

/* WSARecvFrom with one buffer: 0, WSA_IO_PENDING or the error. */
static inline DWORD recvfrom_start(SOCKET s, void *data, DWORD length, struct sockaddr_in *from,
                                   int *from_length, OVERLAPPED *ov)
{
    WSABUF buffer = {length, data};
    DWORD flags = 0;
    int result =
        WSARecvFrom(s, &buffer, 1, NULL, &flags, (struct sockaddr *)from, from_length, ov, NULL);
    return result == 0 ? 0 : (DWORD)WSAGetLastError();
}

static inline DWORD sendto_start(SOCKET s, const void *data, DWORD length,
                                 const struct sockaddr_in *to, OVERLAPPED *ov)
{
    WSABUF buffer = {length, (char *)(ULONG_PTR)data};
    int result =
        WSASendTo(s, &buffer, 1, NULL, 0, (const struct sockaddr *)to, sizeof *to, ov, NULL);
    return result == 0 ? 0 : (DWORD)WSAGetLastError();
}

/* The last error of a call that is to fail; 0 if it does not. */
#define ERROR_OF(call) ((call) == SOCKET_ERROR ? WSAGetLastError() : 0)

#endif
