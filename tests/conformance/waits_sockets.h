/* SPDX-License-Identifier: MIT
 *
 * The waits of sockets as acts of a crew's member; the other half of waits.h, which includes it.
 */
#ifndef IOCP_TESTS_WAITS_SOCKETS_H
#define IOCP_TESTS_WAITS_SOCKETS_H

#include "loopback.h"

/* ---- receiving, on a datagram socket that sends to itself ---- */

static inline void fresh_socket(struct member *m)
{
    (void)m;
    plain = loopback_socket();
}

static inline void send_byte(struct member *m)
{
    (void)m;
    REQUIRE(send(plain, "x", 1, 0) == 1);
}

static inline void waiting_byte(struct member *m)
{
    fresh_socket(m);
    send_byte(m);
    Sleep(20);
}

/* An overlapped receive; its result, and the socket's own signal, are there to be waited for. */
static inline void fresh_receive(struct member *m)
{
    fresh_socket(m);
    loopback_receive(plain, &pending_byte, 1, &pending);
    m->other = (HANDLE)plain;
}

static inline void ended_receive(struct member *m)
{
    fresh_receive(m);
    send_byte(m);
    Sleep(20);
}

static inline void act_overlapped_result(struct member *m)
{
    DWORD bytes = 0;
    settle_result(m, GetOverlappedResult((HANDLE)plain, &pending, &bytes, TRUE) && bytes == 1);
}

static inline void act_overlapped_result_ex(struct member *m)
{
    DWORD bytes = 0;
    BOOL ok = GetOverlappedResultEx((HANDLE)plain, &pending, &bytes, LONG_MS, FALSE);
    settle_result(m, ok && bytes == 1);
}

static inline void act_overlapped_result_wsa(struct member *m)
{
    DWORD bytes = 0, flags = 0;
    settle_result(m, WSAGetOverlappedResult(plain, &pending, &bytes, TRUE, &flags) && bytes == 1);
}

static inline void act_recv(struct member *m)
{
    char byte;
    settle_result(m, recv(plain, &byte, 1, 0) == 1);
}

static inline void act_recvfrom(struct member *m)
{
    struct sockaddr_in from;
    int size = sizeof from;
    char byte;
    settle_result(m, recvfrom(plain, &byte, 1, 0, (struct sockaddr *)&from, &size) == 1);
}

static inline void act_wsa_recv(struct member *m)
{
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD got = 0, flags = 0;
    settle_result(m, WSARecv(plain, &buffer, 1, &got, &flags, NULL, NULL) == 0 && got == 1);
}

static inline void act_read(struct member *m)
{
    OVERLAPPED overlapped;
    char byte;
    DWORD got = 0;
    BOOL ok;
    /* A socket always is an overlapped file: reading and waiting are two calls. */
    memset(&overlapped, 0, sizeof overlapped);
    ok = ReadFile((HANDLE)plain, &byte, 1, &got, &overlapped);
    if (!ok && GetLastError() == ERROR_IO_PENDING)
        ok = GetOverlappedResult((HANDLE)plain, &overlapped, &got, TRUE);
    settle_result(m, ok && got == 1);
}

static inline int select_plain(long seconds)
{
    struct timeval time = {0, 0};
    fd_set readable;
    time.tv_sec = seconds;
    FD_ZERO(&readable);
    FD_SET(plain, &readable);
    return select(0, &readable, NULL, NULL, &time);
}

static inline void act_select(struct member *m)
{
    settle_result(m, select_plain(10) == 1);
}

static inline void act_select_0(struct member *m)
{
    settle_result(m, select_plain(0) == 0);
}

static inline int poll_plain(int milliseconds)
{
    WSAPOLLFD look;
    memset(&look, 0, sizeof look);
    look.fd = plain;
    look.events = POLLRDNORM;
    return WSAPoll(&look, 1, milliseconds);
}

static inline void act_poll_socket(struct member *m)
{
    settle_result(m, poll_plain(LONG_MS) == 1);
}

static inline void act_poll_0(struct member *m)
{
    settle_result(m, poll_plain(0) == 0);
}

static inline void act_send(struct member *m)
{
    settle_result(m, send(plain, "x", 1, 0) == 1);
}

static inline void act_close(struct member *m)
{
    settle_result(m, closesocket(plain) == 0);
    plain = INVALID_SOCKET;
}

/* ---- connections ---- */

static struct sockaddr_in listener_address;

static inline void listener_open(int backlog)
{
    int size = sizeof listener_address;
    memset(&listener_address, 0, sizeof listener_address);
    listener_address.sin_family = AF_INET;
    listener_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    plain = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    REQUIRE(plain != INVALID_SOCKET);
    REQUIRE(bind(plain, (struct sockaddr *)&listener_address, size) == 0);
    REQUIRE(listen(plain, backlog) == 0);
    REQUIRE(getsockname(plain, (struct sockaddr *)&listener_address, &size) == 0);
}

/* Begins a connection to the listener; true if it was made at once. */
static inline int connect_begin(SOCKET s, int wait)
{
    u_long off = !wait;
    REQUIRE(s != INVALID_SOCKET);
    REQUIRE(ioctlsocket(s, FIONBIO, &off) == 0);
    return connect(s, (struct sockaddr *)&listener_address, sizeof listener_address) == 0;
}

static inline void fresh_listener(struct member *m)
{
    (void)m;
    listener_open(5);
}

static inline void connect_to_it(struct member *m)
{
    SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    (void)m;
    REQUIRE(connect_begin(client, 1));
    peer_keep(client);
}

static inline void waiting_connection(struct member *m)
{
    fresh_listener(m);
    connect_to_it(m);
    Sleep(20);
}

static inline void act_accept(struct member *m)
{
    SOCKET accepted = accept(plain, NULL, NULL);
    settle_result(m, accepted != INVALID_SOCKET);
    closesocket(accepted);
}

static inline void act_wsa_accept(struct member *m)
{
    SOCKET accepted = WSAAccept(plain, NULL, NULL, NULL, 0);
    settle_result(m, accepted != INVALID_SOCKET);
    closesocket(accepted);
}

/* A listener whose queue is full: who connects waits until somebody is accepted. */
static inline void fresh_full_listener(struct member *m)
{
    (void)m;
    listener_open(1);
    for (int i = 0; i < 4; i++) {
        SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        connect_begin(client, 0);
        peer_keep(client);
    }
    Sleep(50);
}

static inline void act_connect(struct member *m)
{
    SOCKET client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    settle_result(m, connect_begin(client, 1));
    closesocket(client);
}

/* Accepts until the member's connection is through, which is tried again once a second only. */
static inline void accept_all(struct member *m)
{
    double start = support_now_ms();
    while (!member_is_done(m) && support_now_ms() - start < DEADLINE_MS) {
        if (poll_plain(50) == 1)
            closesocket(accept(plain, NULL, NULL));
    }
}

/* A connection whose far end does not read. */
static inline void fresh_pair(struct member *m)
{
    SOCKET listener, client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    int small = 8192;
    (void)m;
    listener_open(1);
    listener = plain;
    setsockopt(client, SOL_SOCKET, SO_RCVBUF, (const char *)&small, sizeof small);
    REQUIRE(connect_begin(client, 1));
    plain = accept(listener, NULL, NULL);
    REQUIRE(plain != INVALID_SOCKET);
    setsockopt(plain, SOL_SOCKET, SO_SNDBUF, (const char *)&small, sizeof small);
    closesocket(listener);
    peer_keep(client);
}

static char much[8 << 20];

static inline void act_send_all(struct member *m)
{
    settle_result(m, send(plain, much, sizeof much, 0) == (int)sizeof much);
}

static inline void act_wsa_send_all(struct member *m)
{
    WSABUF buffer = {sizeof much, much};
    DWORD sent = 0;
    int result = WSASend(plain, &buffer, 1, &sent, 0, NULL, NULL);
    settle_result(m, result == 0 && sent == sizeof much);
}

static inline void drain_pair(struct member *m)
{
    static char room[65536];
    int left = (int)sizeof much;
    (void)m;
    while (left > 0) {
        int got = recv(peers[0], room, sizeof room, 0);
        REQUIRE(got > 0);
        left -= got;
    }
}

/* Data on its way that the far end does not take, and a socket that closes only after it. */
static inline void lingering_pair(struct member *m)
{
    struct linger linger = {1, 10};
    u_long on = 1, off = 0;
    fresh_pair(m);
    REQUIRE(ioctlsocket(plain, FIONBIO, &on) == 0);
    while (send(plain, much, sizeof much, 0) > 0)
        ;
    REQUIRE(ioctlsocket(plain, FIONBIO, &off) == 0);
    REQUIRE(setsockopt(plain, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger) == 0);
}

static inline void drain_rest(struct member *m)
{
    static char room[65536];
    (void)m;
    while (recv(peers[0], room, sizeof room, 0) > 0)
        ;
}

/* ---- names that are none ---- */

static inline void act_host_digits(struct member *m)
{
    settle_result(m, gethostbyname("127.0.0.1") != NULL);
}

static inline void act_address_digits(struct member *m)
{
    struct addrinfo *found = NULL;
    settle_result(m, getaddrinfo("127.0.0.1", "80", NULL, &found) == 0);
    if (found)
        freeaddrinfo(found);
}

#endif
