/* SPDX-License-Identifier: MIT
 *
 * What the tests of registered I/O share: the function table, queues, sockets with a request queue,
 * one registered piece of memory, and results expected within a deadline or not at all.
 */
#ifndef IOCP_TESTS_REGISTERED_H
#define IOCP_TESTS_REGISTERED_H

#include "support.h"

#include <ws2tcpip.h>
#include <mswsock.h>
#ifdef __MINGW32__
#include "../../include/iocp_rio.h"
#endif

#define NO_RIO_IN_WINE "Wine 8 has no registered I/O: WSAIoctl does not know WSAID_MULTIPLE_RIO"
#define SOCKET_CONTEXT ((PVOID)(ULONG_PTR)0x50C3)

static RIO_EXTENSION_FUNCTION_TABLE rio;
static char rio_memory[1 << 16];
static RIO_BUFFERID rio_buffer;

static inline SOCKET rio_socket(int type)
{
    SOCKET s = WSASocketA(AF_INET, type, 0, NULL, 0, WSA_FLAG_REGISTERED_IO | WSA_FLAG_OVERLAPPED);
    REQUIRE(s != INVALID_SOCKET);
    return s;
}

/* Starts Winsock and fills the table. False: this is Wine, which was said. */
static inline int rio_start(void)
{
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes = 0;
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    if (WINE_CANNOT("RIO-1", NO_RIO_IN_WINE))
        return 0;
    SOCKET s = rio_socket(SOCK_STREAM);
    REQUIRE(WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &rio,
                     sizeof rio, &bytes, NULL, NULL) == 0);
    closesocket(s);
    rio_buffer = rio.RIORegisterBuffer(rio_memory, sizeof rio_memory);
    REQUIRE(rio_buffer != RIO_INVALID_BUFFERID);
    return 1;
}

static inline RIO_BUF rio_slice(ULONG offset, ULONG length)
{
    RIO_BUF slice = {rio_buffer, offset, length};
    return slice;
}

static inline RIO_CQ rio_polled(DWORD size)
{
    RIO_CQ queue = rio.RIOCreateCompletionQueue(size, NULL);
    REQUIRE(queue != RIO_INVALID_CQ);
    return queue;
}

static inline RIO_CQ rio_for_port(DWORD size, HANDLE port, ULONG_PTR key, void *overlapped)
{
    RIO_NOTIFICATION_COMPLETION how;
    memset(&how, 0, sizeof how);
    how.Type = RIO_IOCP_COMPLETION;
    how.Iocp.IocpHandle = port;
    how.Iocp.CompletionKey = (PVOID)key;
    how.Iocp.Overlapped = overlapped;
    RIO_CQ queue = rio.RIOCreateCompletionQueue(size, &how);
    REQUIRE(queue != RIO_INVALID_CQ);
    return queue;
}

static inline RIO_CQ rio_for_event(DWORD size, HANDLE event, BOOL reset)
{
    RIO_NOTIFICATION_COMPLETION how;
    memset(&how, 0, sizeof how);
    how.Type = RIO_EVENT_COMPLETION;
    how.Event.EventHandle = event;
    how.Event.NotifyReset = reset;
    RIO_CQ queue = rio.RIOCreateCompletionQueue(size, &how);
    REQUIRE(queue != RIO_INVALID_CQ);
    return queue;
}

/* A request queue with both directions in one completion queue. */
static inline RIO_RQ rio_requests(SOCKET s, ULONG receives, ULONG sends, RIO_CQ queue)
{
    RIO_RQ requests =
        rio.RIOCreateRequestQueue(s, receives, 1, sends, 1, queue, queue, SOCKET_CONTEXT);
    REQUIRE(requests != RIO_INVALID_RQ);
    return requests;
}

static inline struct sockaddr_in rio_bind(SOCKET s)
{
    struct sockaddr_in address;
    int length = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(s, (struct sockaddr *)&address, sizeof address) == 0);
    REQUIRE(getsockname(s, (struct sockaddr *)&address, &length) == 0);
    return address;
}

/* A connection: ours can do registered I/O (the listening socket could), the peer is ordinary. */
static inline void rio_pair(SOCKET *ours, SOCKET *peer)
{
    SOCKET listener = rio_socket(SOCK_STREAM);
    struct sockaddr_in address = rio_bind(listener);
    REQUIRE(listen(listener, 5) == 0);
    *peer = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    REQUIRE(connect(*peer, (struct sockaddr *)&address, sizeof address) == 0);
    *ours = accept(listener, NULL, NULL);
    REQUIRE(*ours != INVALID_SOCKET);
    closesocket(listener);
}

static inline BOOL rio_receive(RIO_RQ requests, ULONG offset, ULONG length, DWORD flags,
                               ULONG_PTR context)
{
    RIO_BUF slice = rio_slice(offset, length);
    return rio.RIOReceive(requests, &slice, 1, flags, (PVOID)context);
}

static inline BOOL rio_send(RIO_RQ requests, ULONG offset, ULONG length, DWORD flags,
                            ULONG_PTR context)
{
    RIO_BUF slice = rio_slice(offset, length);
    return rio.RIOSend(requests, &slice, 1, flags, (PVOID)context);
}

/* Takes `count` results within the deadline; returns how many came. */
static inline ULONG rio_take(RIO_CQ queue, RIORESULT *results, ULONG count)
{
    double start = support_now_ms();
    ULONG taken = 0;
    while (taken < count && support_now_ms() - start < DEADLINE_MS) {
        ULONG now = rio.RIODequeueCompletion(queue, results + taken, count - taken);
        if (now == RIO_CORRUPT_CQ)
            break;
        taken += now;
        if (now == 0)
            Sleep(1);
    }
    return taken;
}

static inline int rio_stays_empty(RIO_CQ queue)
{
    RIORESULT result;
    Sleep(QUIET_MS);
    return rio.RIODequeueCompletion(queue, &result, 1) == 0;
}

static inline int rio_expect(const char *rule, RIO_CQ queue, ULONG_PTR context, LONG status,
                             ULONG bytes, const char *file, int line)
{
    RIORESULT r = {-1, 0, 0, 0};
    ULONG taken = rio_take(queue, &r, 1);
    int held = taken == 1 && r.Status == status && r.BytesTransferred == bytes &&
               r.RequestContext == context && r.SocketContext == (ULONG_PTR)SOCKET_CONTEXT;
    return check_one(held, rule, NULL, file, line,
                     "%u result: status %d, %u bytes, request %u, socket %x", (unsigned)taken,
                     (int)r.Status, (unsigned)r.BytesTransferred, (unsigned)r.RequestContext,
                     (unsigned)r.SocketContext);
}

/* The next result is exactly this one. */
#define EXPECT_RESULT(rule, queue, context, status, bytes)                                         \
    rio_expect(rule, queue, context, status, bytes, __FILE__, __LINE__)

/* A call that returns FALSE (or NULL) with this error. */
#define EXPECT_REFUSED(rule, call, error)                                                          \
    do {                                                                                           \
        WSASetLastError(0);                                                                        \
        int call_failed = !(call);                                                                 \
        int call_error = WSAGetLastError();                                                        \
        check_one(call_failed &&call_error == (error), rule, NULL, __FILE__, __LINE__,             \
                  "%s: refused %d, error %d", #call, call_failed, call_error);                     \
    } while (0)

#endif
