/* SPDX-License-Identifier: MIT
 *
 * Registered I/O: the function table, completion queues and how they tell, request queues and the
 * room they need, registered buffers, and names that name nothing.
 */
#include "registered.h"

#define KEY ((ULONG_PTR)0x5EA70010)

static OVERLAPPED told; /* what packets of a completion queue carry */

static void the_table(void)
{
    GUID id = WSAID_MULTIPLE_RIO, other = WSAID_ACCEPTEX;
    RIO_EXTENSION_FUNCTION_TABLE table;
    DWORD bytes = 0;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    memset(&table, 0, sizeof table);
    int result = WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &table,
                          sizeof table, &bytes, NULL, NULL);
    CHECK("RIO-1", result == 0 && bytes == sizeof table && table.cbSize == sizeof table,
          "the table: %d, %u bytes, cbSize %u", result, (unsigned)bytes, (unsigned)table.cbSize);
    CHECK("RIO-1",
          table.RIOReceive && table.RIOReceiveEx && table.RIOSend && table.RIOSendEx &&
              table.RIOCloseCompletionQueue && table.RIOCreateCompletionQueue &&
              table.RIOCreateRequestQueue && table.RIODequeueCompletion &&
              table.RIODeregisterBuffer && table.RIONotify && table.RIORegisterBuffer &&
              table.RIOResizeCompletionQueue && table.RIOResizeRequestQueue,
          "every function is there");
    result = WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &table,
                      sizeof table - 1, &bytes, NULL, NULL);
    CHECK("RIO-1", result == SOCKET_ERROR && WSAGetLastError() == WSAEFAULT,
          "a table that is too short: error %d", WSAGetLastError());
    result = WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &other, sizeof other, &table,
                      sizeof table, &bytes, NULL, NULL);
    CHECK("RIO-1", result == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL,
          "another GUID: error %d", WSAGetLastError());
    closesocket(s);
}

static void only_sockets_with_the_flag(void)
{
    RIO_CQ queue = rio_polled(8);
    SOCKET plain = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

    EXPECT_REFUSED("RIO-1", rio.RIOCreateRequestQueue(plain, 1, 1, 1, 1, queue, queue, NULL),
                   WSAEOPNOTSUPP);
    closesocket(plain);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(plain, 1, 1, 1, 1, queue, queue, NULL),
                   WSAENOTSOCK);
    rio.RIOCloseCompletionQueue(queue);
}

static void queue_sizes(void)
{
    RIO_NOTIFICATION_COMPLETION how;
    HANDLE port = port_make(1), event = event_make(FALSE, FALSE);

    memset(&how, 0, sizeof how);
    EXPECT_REFUSED("RIO-2", rio.RIOCreateCompletionQueue(0, NULL), WSAEINVAL);
    EXPECT_REFUSED("RIO-2", rio.RIOCreateCompletionQueue(RIO_MAX_CQ_SIZE + 1, NULL), WSAEINVAL);
    RIO_CQ queue = rio.RIOCreateCompletionQueue(RIO_MAX_CQ_SIZE, NULL);
    CHECK("RIO-2", queue != RIO_INVALID_CQ, "the longest queue can be had");
    rio.RIOCloseCompletionQueue(queue);

    how.Type = RIO_IOCP_COMPLETION;
    how.Iocp.IocpHandle = port;
    EXPECT_REFUSED("RIO-2", rio.RIOCreateCompletionQueue(8, &how), WSAEINVAL);
    how.Iocp.Overlapped = &told;
    how.Iocp.IocpHandle = event;
    EXPECT_REFUSED("RIO-2", rio.RIOCreateCompletionQueue(8, &how), WSAEINVAL);
    memset(&how, 0, sizeof how);
    how.Type = RIO_EVENT_COMPLETION;
    how.Event.EventHandle = port;
    EXPECT_REFUSED("RIO-2", rio.RIOCreateCompletionQueue(8, &how), WSAEINVAL);
    how.Type = (RIO_NOTIFICATION_COMPLETION_TYPE)3;
    how.Event.EventHandle = event;
    EXPECT_REFUSED("RIO-2", rio.RIOCreateCompletionQueue(8, &how), WSAEINVAL);
    CloseHandle(event);
    CloseHandle(port);
}

static void one_packet_each(void)
{
    HANDLE port = port_make(1);
    RIO_CQ queue = rio_for_port(16, port, KEY, &told);
    SOCKET ours, peer;

    rio_pair(&ours, &peer);
    RIO_RQ requests = rio_requests(ours, 4, 4, queue);
    CHECK("RIO-3", rio.RIONotify(queue) == 0, "an empty queue can be armed");
    CHECK("RIO-3", rio.RIONotify(queue) == WSAEALREADY, "but not twice");
    CHECK("RIO-3", port_is_empty(port), "nothing is told before there is something");
    REQUIRE(rio_receive(requests, 0, 100, 0, 1) && rio_receive(requests, 100, 100, 0, 2));
    REQUIRE(send(peer, "hello", 5, 0) == 5);
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("RIO-3", p.ok && p.key == KEY && p.overlapped == &told && p.bytes == 0,
          "the packet: ok %d, key %lx, %u bytes", p.ok, (unsigned long)p.key, (unsigned)p.bytes);
    EXPECT_RESULT("RIO-3", queue, 1, 0, 5);
    REQUIRE(send(peer, "again", 5, 0) == 5);
    Sleep(QUIET_MS);
    CHECK("RIO-3", port_is_empty(port), "who does not ask again is not told again");
    CHECK("RIO-3", rio.RIONotify(queue) == 0, "asking again");
    p = port_take(port, DEADLINE_MS);
    CHECK("RIO-3", p.ok && p.overlapped == &told, "what lies there already is told");
    CHECK("RIO-3", rio.RIONotify(queue) == 0, "and once more, nothing was taken");
    p = port_take(port, DEADLINE_MS);
    CHECK("RIO-3", p.ok && p.overlapped == &told, "is told once more");
    EXPECT_RESULT("RIO-3", queue, 2, 0, 5);
    CHECK("RIO-3", port_is_empty(port), "completions themselves bring no packet");
    closesocket(ours);
    closesocket(peer);
    rio.RIOCloseCompletionQueue(queue);
    CloseHandle(port);
}

/* Two packets of one completion queue lie in the port at once. */
static void packets_are_not_lost(void)
{
    HANDLE port = port_make(1);
    RIO_CQ queue = rio_for_port(16, port, KEY, &told);
    SOCKET s = rio_socket(SOCK_DGRAM);
    RIORESULT results[8];
    int packets = 0;

    rio_bind(s);
    RIO_RQ requests = rio_requests(s, 4, 4, queue);
    for (int turn = 0; turn < 3; turn++) {
        REQUIRE(rio.RIONotify(queue) == 0);
        REQUIRE(rio_send(requests, 0, 10, 0, 7)); /* not connected: ends at once, with an error */
        CHECK("RIO-6", rio_take(queue, results, 1) == 1 && results[0].Status == WSAENOTCONN,
              "status %d", (int)results[0].Status);
    }
    while (port_take(port, 100).ok)
        packets++;
    CHECK("RIO-3", packets == 3, "%d packets for three calls", packets);
    closesocket(s);
    rio.RIOCloseCompletionQueue(queue);
    CloseHandle(port);
}

static void events(void)
{
    HANDLE event = event_make(TRUE, TRUE);
    RIO_CQ queue = rio_for_event(8, event, TRUE);
    SOCKET ours, peer;

    rio_pair(&ours, &peer);
    RIO_RQ requests = rio_requests(ours, 4, 4, queue);
    CHECK("RIO-2", rio.RIONotify(queue) == 0, "armed");
    CHECK("RIO-2", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "NotifyReset resets the event");
    REQUIRE(rio_receive(requests, 0, 10, 0, 1));
    REQUIRE(send(peer, "x", 1, 0) == 1);
    CHECK("RIO-2", WaitForSingleObject(event, DEADLINE_MS) == WAIT_OBJECT_0, "the event is set");
    CHECK("RIO-2", rio.RIONotify(queue) == 0 && WaitForSingleObject(event, 0) == WAIT_OBJECT_0,
          "and set again at once while there is a result");
    EXPECT_RESULT("RIO-2", queue, 1, 0, 1);
    CHECK("RIO-2", rio.RIONotify(queue) == 0 && WaitForSingleObject(event, 0) == WAIT_TIMEOUT,
          "and not when there is none");
    closesocket(ours);
    closesocket(peer);
    rio.RIOCloseCompletionQueue(queue);

    SetEvent(event);
    queue = rio_for_event(8, event, FALSE);
    CHECK("RIO-2", rio.RIONotify(queue) == 0 && WaitForSingleObject(event, 0) == WAIT_OBJECT_0,
          "without NotifyReset the event stays as it is");
    rio.RIOCloseCompletionQueue(queue);
    CloseHandle(event);
}

static void polled_queues_tell_nobody(void)
{
    RIO_CQ queue = rio_polled(8);

    CHECK("RIO-3", rio.RIONotify(queue) == WSAEINVAL, "a queue that is only polled");
    rio.RIOCloseCompletionQueue(queue);
    CHECK("RIO-3", rio.RIONotify(queue) == WSAEINVAL, "a closed queue");
    CHECK("RIO-3", rio.RIONotify(RIO_INVALID_CQ) == WSAEINVAL, "no queue");
}

static void room_is_promised(void)
{
    RIO_CQ queue = rio_polled(10), other = rio_polled(3);
    SOCKET a = rio_socket(SOCK_DGRAM), b = rio_socket(SOCK_DGRAM);

    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 0, 1, 0, 1, queue, queue, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 1, 1, 1, 1, RIO_INVALID_CQ, queue, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 1, 1, 1, 1, queue, RIO_INVALID_CQ, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 1, 2, 1, 1, queue, queue, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 6, 1, 5, 1, queue, queue, NULL),
                   WSAENOBUFS);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 1, 1, 4, 1, queue, other, NULL),
                   WSAENOBUFS);
    EXPECT_REFUSED("RIO-7",
                   rio.RIOCreateRequestQueue(a, 0xFFFFFFFF, 1, 0xFFFFFFFF, 1, queue, queue, NULL),
                   WSAENOBUFS);
    rio_requests(a, 6, 4, queue);
    CHECK("RIO-7", 1, "ten in all fit, so the refused ones took nothing");
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(a, 1, 1, 1, 1, other, other, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-7", rio.RIOCreateRequestQueue(b, 1, 1, 0, 1, queue, queue, NULL),
                   WSAENOBUFS);
    closesocket(a);
    CHECK("RIO-7", rio.RIOCreateRequestQueue(b, 10, 1, 0, 1, queue, queue, NULL) != RIO_INVALID_RQ,
          "closesocket gives the room back: error %d", WSAGetLastError());
    closesocket(b);
    rio.RIOCloseCompletionQueue(queue);
    rio.RIOCloseCompletionQueue(other);
}

static void resizing(void)
{
    RIO_CQ queue = rio_polled(4);
    SOCKET s = rio_socket(SOCK_DGRAM);

    rio_bind(s);
    RIO_RQ requests = rio_requests(s, 2, 2, queue);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeCompletionQueue(queue, 3), WSAETOOMANYREFS);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeCompletionQueue(queue, 0), WSAEINVAL);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeCompletionQueue(queue, RIO_MAX_CQ_SIZE + 1), WSAEINVAL);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeRequestQueue(requests, 3, 2), WSAENOBUFS);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeRequestQueue(requests, 0, 0), WSAEINVAL);
    CHECK("RIO-14", rio.RIOResizeCompletionQueue(queue, 40), "longer");
    CHECK("RIO-14", rio.RIOResizeRequestQueue(requests, 30, 1), "more receives, fewer sends");
    for (ULONG index = 0; index < 30; index++)
        REQUIRE(rio_receive(requests, 8 * index, 8, 0, index));
    EXPECT_REFUSED("RIO-14", rio_receive(requests, 0, 8, 0, 30), WSAENOBUFS);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeRequestQueue(requests, 29, 1), WSAETOOMANYREFS);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeCompletionQueue(queue, 30), WSAETOOMANYREFS);
    CHECK("RIO-14", rio.RIOResizeCompletionQueue(queue, 31), "as short as is needed");
    closesocket(s);
    RIORESULT results[31];
    CHECK("RIO-8", rio_take(queue, results, 30) == 30 && rio_stays_empty(queue),
          "every receive has its result");
    EXPECT_REFUSED("RIO-14", rio.RIOResizeRequestQueue(requests, 1, 1), WSAEINVAL);
    rio.RIOCloseCompletionQueue(queue);
    EXPECT_REFUSED("RIO-14", rio.RIOResizeCompletionQueue(queue, 4), WSAEINVAL);
}

static void buffers(void)
{
    RIO_CQ queue = rio_polled(8);
    SOCKET s = rio_socket(SOCK_DGRAM);
    static char block[1000];
    RIO_BUFFERID id = rio.RIORegisterBuffer(block, sizeof block);
    RIO_BUF slice = {id, 0, sizeof block};

    rio_bind(s);
    RIO_RQ requests = rio_requests(s, 4, 4, queue);
    CHECK("RIO-9", id != RIO_INVALID_BUFFERID, "registered");
    CHECK("RIO-9",
          rio.RIORegisterBuffer(NULL, 10) == RIO_INVALID_BUFFERID && WSAGetLastError() == WSAEFAULT,
          "no memory: error %d", WSAGetLastError());
    CHECK("RIO-9",
          rio.RIORegisterBuffer(block, 0) == RIO_INVALID_BUFFERID && WSAGetLastError() == WSAEFAULT,
          "none of it: error %d", WSAGetLastError());
    CHECK("RIO-9",
          rio.RIORegisterBuffer((PCHAR)(ULONG_PTR)0x1000, 10) == RIO_INVALID_BUFFERID &&
              WSAGetLastError() == WSAEFAULT,
          "where nothing is: error %d", WSAGetLastError());
    CHECK("RIO-9", rio.RIOReceive(requests, &slice, 1, 0, NULL), "all of it");
    slice.Length++;
    EXPECT_REFUSED("RIO-9", rio.RIOReceive(requests, &slice, 1, 0, NULL), WSAEINVAL);
    slice.Offset = 1000;
    slice.Length = 0;
    CHECK("RIO-9", rio.RIOReceive(requests, &slice, 1, 0, NULL), "nothing, at the end");
    slice.Offset = 0xFFFFFFFF;
    slice.Length = 2;
    EXPECT_REFUSED("RIO-9", rio.RIOReceive(requests, &slice, 1, 0, NULL), WSAEINVAL);
    rio.RIODeregisterBuffer(id);
    slice.Offset = 0;
    EXPECT_REFUSED("RIO-9", rio.RIOReceive(requests, &slice, 1, 0, NULL), WSAEFAULT);
    rio.RIODeregisterBuffer(id);
    RIO_BUFFERID next = rio.RIORegisterBuffer(block, sizeof block);
    EXPECT_REFUSED("RIO-9", rio.RIOReceive(requests, &slice, 1, 0, NULL), WSAEFAULT);
    CHECK("RIO-9", next != id, "a name is not given twice");
    rio.RIODeregisterBuffer(next);
    closesocket(s);
    rio.RIOCloseCompletionQueue(queue);
}

static void wild_names(void)
{
    static const ULONG_PTR wild[] = {0,
                                     1,
                                     2,
                                     3,
                                     0x1000,
                                     0xFFFFFFFF,
                                     0x100000001,
                                     0x100000002,
                                     0x7FFFFFFF00000001,
                                     (ULONG_PTR)-1,
                                     (ULONG_PTR)-2,
                                     0x1FFFFFFFF,
                                     0x1FFFFFFFD};
    RIO_CQ queue = rio_polled(8);
    SOCKET s = rio_socket(SOCK_DGRAM);
    RIO_BUF slice = rio_slice(0, 10);
    RIORESULT result;
    int refused = 1;

    rio_bind(s);
    RIO_RQ requests = rio_requests(s, 2, 2, queue);
    for (unsigned index = 0; index < sizeof wild / sizeof wild[0]; index++) {
        ULONG_PTR name = wild[index];
        RIO_BUF bad = {(RIO_BUFFERID)name, 0, 1};
        if ((RIO_CQ)name == queue || (RIO_RQ)name == requests || (RIO_BUFFERID)name == rio_buffer)
            continue;
        refused &=
            !rio.RIOReceive((RIO_RQ)name, &slice, 1, 0, NULL) && WSAGetLastError() == WSAEINVAL;
        refused &= !rio.RIOSend((RIO_RQ)name, &slice, 1, 0, NULL) && WSAGetLastError() == WSAEINVAL;
        refused &= !rio.RIOSend((RIO_RQ)name, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL) &&
                   WSAGetLastError() == WSAEINVAL;
        refused &= !rio.RIOSend(requests, &bad, 1, 0, NULL) && WSAGetLastError() == WSAEFAULT;
        refused &= rio.RIODequeueCompletion((RIO_CQ)name, &result, 1) == RIO_CORRUPT_CQ;
        refused &= rio.RIONotify((RIO_CQ)name) == WSAEINVAL;
        refused &= !rio.RIOResizeCompletionQueue((RIO_CQ)name, 5);
        refused &= !rio.RIOResizeRequestQueue((RIO_RQ)name, 5, 5);
        rio.RIOCloseCompletionQueue((RIO_CQ)name);
        rio.RIODeregisterBuffer((RIO_BUFFERID)name);
        if (!refused)
            printf("name %llx was taken for something\n", (unsigned long long)name);
    }
    CHECK("RIO-15", refused, "names that name nothing are refused");
    CHECK("RIO-15", rio.RIODequeueCompletion((RIO_CQ)requests, &result, 1) == RIO_CORRUPT_CQ,
          "a request queue is no completion queue");
    CHECK("RIO-15", !CloseHandle((HANDLE)queue), "and no handle");
    rio.RIOCloseCompletionQueue(queue);
    rio.RIOCloseCompletionQueue(queue);
    CHECK("RIO-15", rio.RIODequeueCompletion(queue, &result, 1) == RIO_CORRUPT_CQ,
          "a closed queue is none");
    EXPECT_REFUSED("RIO-13", rio.RIOReceive(requests, &slice, 1, 0, NULL), WSAEINVAL);
    closesocket(s);
    EXPECT_REFUSED("RIO-15", rio.RIOReceive(requests, &slice, 1, 0, NULL), WSAEINVAL);
}

static void closed_while_armed(void)
{
    HANDLE port = port_make(1);
    RIO_CQ queue = rio_for_port(16, port, KEY, &told);
    SOCKET ours, peer;

    rio_pair(&ours, &peer);
    RIO_RQ requests = rio_requests(ours, 4, 4, queue);
    REQUIRE(rio.RIONotify(queue) == 0 && rio_receive(requests, 0, 10, 0, 1));
    rio.RIOCloseCompletionQueue(queue);
    REQUIRE(send(peer, "x", 1, 0) == 1);
    CHECK("RIO-13", port_take(port, QUIET_MS).overlapped == NULL,
          "a closed queue tells nobody, and drops what comes");
    queue = rio_for_port(16, port, KEY, &told);
    closesocket(ours);
    REQUIRE(rio.RIONotify(queue) == 0);
    CloseHandle(port);
    rio.RIOCloseCompletionQueue(queue);
    closesocket(peer);

    /* The port goes while it is to be told. */
    port = port_make(1);
    queue = rio_for_port(16, port, KEY, &told);
    SOCKET s = rio_socket(SOCK_DGRAM);
    rio_bind(s);
    requests = rio_requests(s, 4, 4, queue);
    REQUIRE(rio_receive(requests, 0, 10, 0, 9) && rio.RIONotify(queue) == 0);
    CloseHandle(port);
    closesocket(s);
    EXPECT_RESULT("RIO-8", queue, 9, WSA_OPERATION_ABORTED, 0);
    rio.RIOCloseCompletionQueue(queue);
}

/* The queue tells a port at which nobody ever waits, and which is closed in the end. */
static void nobody_waits(void)
{
    HANDLE port = port_make(1);
    RIO_CQ queue = rio_for_port(16, port, KEY, &told);
    SOCKET ours, peer;

    rio_pair(&ours, &peer);
    RIO_RQ requests = rio_requests(ours, 4, 4, queue);
    for (ULONG index = 0; index < 3; index++) {
        REQUIRE(rio_receive(requests, 0, 10, 0, index));
        REQUIRE(send(peer, "abc", 3, 0) == 3);
        EXPECT_RESULT("RIO-5", queue, index, 0, 3);
    }
    REQUIRE(rio_receive(requests, 0, 10, 0, 5) && rio.RIONotify(queue) == 0);
    CloseHandle(port);
    REQUIRE(send(peer, "abc", 3, 0) == 3);
    EXPECT_RESULT("RIO-5", queue, 5, 0, 3);
    REQUIRE(rio_receive(requests, 0, 10, 0, 6));
    REQUIRE(send(peer, "abc", 3, 0) == 3);
    EXPECT_RESULT("RIO-5", queue, 6, 0, 3);
    closesocket(ours);
    closesocket(peer);
    rio.RIOCloseCompletionQueue(queue);
}

/* The same connection is associated with one port and tells another. */
static void two_ports(void)
{
    HANDLE own = port_make(1), other = port_make(1);
    RIO_CQ queue = rio_for_port(16, other, KEY, &told);
    OVERLAPPED ov;
    SOCKET ours, peer;
    char text[4];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0;

    rio_pair(&ours, &peer);
    RIO_RQ requests = rio_requests(ours, 4, 4, queue);
    REQUIRE(CreateIoCompletionPort((HANDLE)ours, own, 1, 0) == own);
    REQUIRE(rio_receive(requests, 0, 4, 0, 1) && rio.RIONotify(queue) == 0);
    memset(&ov, 0, sizeof ov);
    REQUIRE(WSARecv(ours, &buffer, 1, NULL, &flags, &ov, NULL) == SOCKET_ERROR &&
            WSAGetLastError() == WSA_IO_PENDING);
    REQUIRE(send(peer, "abcdefgh", 8, 0) == 8);
    CHECK("RIO-3", port_take(other, DEADLINE_MS).overlapped == &told, "the queue tells its port");
    CHECK("RIO-3", port_take(own, DEADLINE_MS).overlapped == &ov, "the operation its own");
    EXPECT_RESULT("RIO-3", queue, 1, 0, 4);
    CHECK("RIO-3", port_is_empty(own) && port_is_empty(other), "and no more");
    closesocket(ours);
    closesocket(peer);
    rio.RIOCloseCompletionQueue(queue);
    CloseHandle(own);
    CloseHandle(other);
}

int main(void)
{
    if (!rio_start())
        return check_report();
    RUN(the_table);
    RUN(only_sockets_with_the_flag);
    RUN(queue_sizes);
    RUN(one_packet_each);
    RUN(packets_are_not_lost);
    RUN(events);
    RUN(polled_queues_tell_nobody);
    RUN(room_is_promised);
    RUN(resizing);
    RUN(buffers);
    RUN(wild_names);
    RUN(closed_while_armed);
    RUN(nobody_waits);
    RUN(two_ports);
    return check_report();
}
