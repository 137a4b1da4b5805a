/* SPDX-License-Identifier: MIT
 *
 * What the socket tests share: a connected loopback pair whose one end is associated with a port,
 * operations started in one line, and packets expected within a deadline or not at all. Public
 * headers only; loopback addresses and ports chosen by the system only. Takes no locks.
 *
 * recv_start, send_start and their like answer 0 (done at once), WSA_IO_PENDING or the error: most
 * rules allow both of the first two (SOCK-9), which is what started() says.
 */
#ifndef IOCP_TESTS_SOCKETS_H
#define IOCP_TESTS_SOCKETS_H

#include "check.h"
#include <ws2tcpip.h>
#include <mswsock.h>

#define DEADLINE 5000 /* ms within which what must come has come */
#define QUIET 120     /* ms after which what did not come is taken not to come */
#define KEY ((ULONG_PTR)0x5EA70001)
#define UNTOUCHED 0xDEADBEEFu
#define IN_FLIGHT 16 /* more operations than any test keeps pending at once */

/* What winnt.h lacks (ntstatus.h cannot be included after it); Errors.c has the whole table. */
#define NT_SUCCESS_0 0x00000000u
#define NT_PENDING 0x00000103u
#define NT_BUFFER_OVERFLOW 0x80000005u
#define NT_INVALID_PARAMETER 0xC000000Du
#define NT_BUFFER_TOO_SMALL 0xC0000023u
#define NT_CANCELLED 0xC0000120u
#define NT_CONNECTION_RESET 0xC000020Du
#define NT_CONNECTION_REFUSED 0xC0000236u
#define NT_CONNECTION_ABORTED 0xC0000241u

static inline DWORD win32_of(DWORD status)
{
    switch (status) {
    case NT_SUCCESS_0:
        return 0;
    case NT_BUFFER_OVERFLOW:
        return ERROR_MORE_DATA;
    case NT_BUFFER_TOO_SMALL:
        return ERROR_INSUFFICIENT_BUFFER;
    case NT_CANCELLED:
        return ERROR_OPERATION_ABORTED;
    case NT_CONNECTION_RESET:
        return ERROR_NETNAME_DELETED;
    case NT_CONNECTION_REFUSED:
        return ERROR_CONNECTION_REFUSED;
    case NT_CONNECTION_ABORTED:
        return ERROR_CONNECTION_ABORTED;
    default:
        return 0xFFFFFFFFu;
    }
}

struct pair {
    SOCKET ours; /* associated with port under KEY */
    SOCKET peer; /* an ordinary client */
    HANDLE port;
};

static inline void sockets_start(void)
{
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

static inline SOCKET tcp_socket(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    REQUIRE(s != INVALID_SOCKET);
    return s;
}

static inline struct sockaddr_in loopback(unsigned short port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/* Binds to a port of the system's choice and says which. */
static inline struct sockaddr_in tcp_bind(SOCKET s)
{
    struct sockaddr_in address = loopback(0);
    int length = sizeof address;
    REQUIRE(bind(s, (struct sockaddr *)&address, sizeof address) == 0);
    REQUIRE(getsockname(s, (struct sockaddr *)&address, &length) == 0);
    return address;
}

static inline SOCKET tcp_listener(struct sockaddr_in *address)
{
    SOCKET s = tcp_socket();
    *address = tcp_bind(s);
    REQUIRE(listen(s, SOMAXCONN) == 0);
    return s;
}

static inline SOCKET tcp_connect(const struct sockaddr_in *address)
{
    SOCKET s = tcp_socket();
    REQUIRE(connect(s, (const struct sockaddr *)address, sizeof *address) == 0);
    return s;
}

static inline void tcp_pair(SOCKET *ours, SOCKET *peer)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    *peer = tcp_connect(&address);
    *ours = accept(listener, NULL, NULL);
    REQUIRE(*ours != INVALID_SOCKET);
    closesocket(listener);
}

static inline HANDLE port_for(SOCKET s, ULONG_PTR key)
{
    HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, key, 0);
    REQUIRE(port != NULL);
    return port;
}

static inline void pair_open(struct pair *pair)
{
    tcp_pair(&pair->ours, &pair->peer);
    pair->port = port_for(pair->ours, KEY);
}

static inline void close_if_open(SOCKET *s)
{
    if (*s != INVALID_SOCKET)
        closesocket(*s);
    *s = INVALID_SOCKET;
}

/* Ends the connection with RST instead of FIN. */
static inline void tcp_reset(SOCKET *s)
{
    struct linger hard = {1, 0};
    REQUIRE(setsockopt(*s, SOL_SOCKET, SO_LINGER, (const char *)&hard, sizeof hard) == 0);
    close_if_open(s);
}

/* Time for a FIN or RST that is on its way to arrive. */
static inline void settle(void)
{
    Sleep(50);
}

/* Waits until n bytes can be read at once. */
static inline void await_bytes(SOCKET s, u_long n)
{
    u_long there = 0;
    for (int i = 0; i < DEADLINE / 5 && there < n; i++) {
        REQUIRE(ioctlsocket(s, FIONREAD, &there) == 0);
        if (there < n)
            Sleep(5);
    }
    REQUIRE(there >= n);
}

/* Sends everything; the socket must be in blocking mode. */
static inline void send_all(SOCKET s, const char *data, int length)
{
    while (length > 0) {
        int n = send(s, data, length, 0);
        REQUIRE(n > 0);
        data += n;
        length -= n;
    }
}

/* Receives exactly length bytes, or fewer if the stream ends. */
static inline int recv_all(SOCKET s, char *data, int length)
{
    int have = 0;
    while (have < length) {
        int n = recv(s, data + have, length - have, 0);
        if (n <= 0)
            break;
        have += n;
    }
    return have;
}

static inline void overlapped_clear(OVERLAPPED *ov)
{
    memset(ov, 0, sizeof *ov);
    ov->Internal = UNTOUCHED;
    ov->InternalHigh = UNTOUCHED;
}

static inline DWORD recv_start(SOCKET s, void *data, DWORD length, DWORD flags, OVERLAPPED *ov)
{
    WSABUF buffer = {length, data};
    int result = WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL);
    return result == 0 ? 0 : (DWORD)WSAGetLastError();
}

static inline DWORD send_start(SOCKET s, const void *data, DWORD length, OVERLAPPED *ov)
{
    WSABUF buffer = {length, (char *)(ULONG_PTR)data};
    int result = WSASend(s, &buffer, 1, NULL, 0, ov, NULL);
    return result == 0 ? 0 : (DWORD)WSAGetLastError();
}

static inline int started(DWORD code)
{
    return code == 0 || code == WSA_IO_PENDING;
}

/* Takes back an operation that should have been refused, so that later checks are not misled. */
static inline void retract(DWORD code, SOCKET s, HANDLE port, OVERLAPPED *ov)
{
    OVERLAPPED *taken;
    ULONG_PTR key;
    DWORD bytes;
    if (!started(code))
        return;
    CancelIoEx((HANDLE)s, ov);
    GetQueuedCompletionStatus(port, &bytes, &key, &taken, DEADLINE);
}

static inline HANDLE event_new(BOOL manual, BOOL set)
{
    HANDLE event = CreateEventA(NULL, manual, set, NULL);
    REQUIRE(event != NULL);
    return event;
}

static inline int is_set(HANDLE waitable)
{
    return WaitForSingleObject(waitable, 0) == WAIT_OBJECT_0;
}

/* Runs body in a thread of its own that has ended on return. */
static inline void in_thread(LPTHREAD_START_ROUTINE body, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, body, argument, 0, NULL);
    REQUIRE(thread != NULL);
    REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

struct packet {
    OVERLAPPED *ov; /* NULL if none came */
    ULONG_PTR key;
    DWORD bytes;
    DWORD error; /* 0 for TRUE, else GetLastError */
};

static inline struct packet packet_take(HANDLE port, DWORD milliseconds)
{
    struct packet packet = {NULL, 0, UNTOUCHED, 0};
    if (!GetQueuedCompletionStatus(port, &packet.bytes, &packet.key, &packet.ov, milliseconds))
        packet.error = GetLastError();
    return packet;
}

static inline int packet_expect(const char *rule, const char *reason, HANDLE port, ULONG_PTR key,
                                OVERLAPPED *ov, DWORD status, DWORD bytes, const char *file,
                                int line)
{
    struct packet p = packet_take(port, reason && check_on_wine() ? 500 : DEADLINE);
    if (!p.ov)
        return check_one(0, rule, reason, file, line, "no packet, error %u", (unsigned)p.error);
    int held = p.ov == ov && p.key == key && p.error == win32_of(status) && p.bytes == bytes &&
               (DWORD)p.ov->Internal == status && p.ov->InternalHigh == bytes;
    return check_one(held, rule, reason, file, line,
                     "packet error %u, %u bytes, status %08x; %s overlapped, %s key",
                     (unsigned)p.error, (unsigned)p.bytes, (unsigned)p.ov->Internal,
                     p.ov == ov ? "right" : "WRONG", p.key == key ? "right" : "WRONG");
}

static inline int packet_none(const char *rule, const char *reason, HANDLE port, const char *file,
                              int line)
{
    struct packet p = packet_take(port, QUIET);
    return check_one(!p.ov && p.error == WAIT_TIMEOUT, rule, reason, file, line,
                     "no packet (overlapped %p, error %u)", (void *)p.ov, (unsigned)p.error);
}

/* The next packet is exactly this one, and the OVERLAPPED says the same. */
#define EXPECT_PACKET(rule, port, key, ov, status, bytes)                                          \
    packet_expect(rule, NULL, port, key, ov, status, bytes, __FILE__, __LINE__)
#define EXPECT_PACKET_WINE_DEPARTS(rule, port, key, ov, status, bytes, reason)                     \
    packet_expect(rule, reason, port, key, ov, status, bytes, __FILE__, __LINE__)

#define EXPECT_NO_PACKET(rule, port) packet_none(rule, NULL, port, __FILE__, __LINE__)
#define EXPECT_NO_PACKET_WINE_DEPARTS(rule, port, reason)                                          \
    packet_none(rule, reason, port, __FILE__, __LINE__)

/* Ends the pair; nothing may be left behind in its port (PKT-6). */
static inline void pair_close(struct pair *pair)
{
    close_if_open(&pair->ours);
    close_if_open(&pair->peer);
    CHECK("PKT-6", packet_take(pair->port, 0).ov == NULL, "nothing is left in the port");
    CloseHandle(pair->port);
}

#endif
