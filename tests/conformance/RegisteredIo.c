/* SPDX-License-Identifier: MIT
 *
 * Registered I/O on streams: results, order, deferring, waiting for all, results that do not tell,
 * how many may be outstanding, and what closing does.
 */
#include "registered.h"

struct stream {
    SOCKET ours, peer;
    RIO_CQ queue;
    RIO_RQ requests;
};

static struct stream stream_open(ULONG receives, ULONG sends)
{
    struct stream s;

    rio_pair(&s.ours, &s.peer);
    s.queue = rio_polled(receives + sends);
    s.requests = rio_requests(s.ours, receives, sends, s.queue);
    return s;
}

static void stream_close(struct stream *s)
{
    closesocket(s->ours);
    closesocket(s->peer);
    rio.RIOCloseCompletionQueue(s->queue);
}

static void peer_sends(struct stream *s, const char *text)
{
    int length = (int)strlen(text);
    REQUIRE(send(s->peer, text, length, 0) == length);
}

static int peer_receives(struct stream *s, char *data, int length)
{
    int have = 0;
    while (have < length) {
        int n = recv(s->peer, data + have, length - have, 0);
        if (n <= 0)
            break;
        have += n;
    }
    return have;
}

static void receive_and_send(void)
{
    struct stream s = stream_open(4, 4);
    char text[16] = "";
    RIORESULT result;

    CHECK("RIO-5", rio.RIODequeueCompletion(s.queue, &result, 1) == 0, "nothing yet");
    CHECK("RIO-6", rio_receive(s.requests, 0, 100, 0, 11), "a receive that has to wait");
    CHECK("RIO-5", rio.RIODequeueCompletion(s.queue, &result, 1) == 0, "still nothing");
    peer_sends(&s, "ping");
    EXPECT_RESULT("RIO-5", s.queue, 11, 0, 4);
    CHECK("RIO-6", memcmp(rio_memory, "ping", 4) == 0, "the data");
    peer_sends(&s, "pong");
    Sleep(50);
    CHECK("RIO-6", rio_receive(s.requests, 8, 100, 0, 12), "one that need not wait");
    EXPECT_RESULT("RIO-6", s.queue, 12, 0, 4);
    CHECK("RIO-6", memcmp(rio_memory + 8, "pong", 4) == 0, "at its offset");
    memcpy(rio_memory + 300, "out", 3);
    CHECK("RIO-6", rio_send(s.requests, 300, 3, 0, 13), "a send");
    EXPECT_RESULT("RIO-6", s.queue, 13, 0, 3);
    CHECK("RIO-6", peer_receives(&s, text, 3) == 3 && memcmp(text, "out", 3) == 0, "%s", text);
    CHECK("RIO-5", rio_stays_empty(s.queue), "one result each");
    stream_close(&s);
}

static void in_order(void)
{
    struct stream s = stream_open(8, 8);
    RIORESULT results[8];
    int held = 1;

    for (ULONG index = 0; index < 8; index++)
        REQUIRE(rio_receive(s.requests, index, 1, 0, index));
    EXPECT_REFUSED("RIO-6", rio_receive(s.requests, 9, 1, 0, 9), WSAENOBUFS);
    peer_sends(&s, "abcdefgh");
    REQUIRE(rio_take(s.queue, results, 8) == 8);
    for (ULONG index = 0; index < 8; index++)
        held &= results[index].RequestContext == index && results[index].BytesTransferred == 1;
    CHECK("RIO-6", held && memcmp(rio_memory, "abcdefgh", 8) == 0,
          "receives are filled in their order: %.8s", rio_memory);

    /* An ordinary receive stands in the same line. */
    OVERLAPPED ov;
    char text[4] = "";
    WSABUF buffer = {1, text};
    DWORD flags = 0, bytes = 0;
    memset(&ov, 0, sizeof ov);
    REQUIRE(rio_receive(s.requests, 0, 1, 0, 1));
    REQUIRE(WSARecv(s.ours, &buffer, 1, NULL, &flags, &ov, NULL) == SOCKET_ERROR);
    REQUIRE(WSAGetLastError() == WSA_IO_PENDING);
    REQUIRE(rio_receive(s.requests, 1, 1, 0, 2));
    peer_sends(&s, "xyz");
    EXPECT_RESULT("RIO-6", s.queue, 1, 0, 1);
    REQUIRE(WSAGetOverlappedResult(s.ours, &ov, &bytes, TRUE, &flags));
    EXPECT_RESULT("RIO-6", s.queue, 2, 0, 1);
    CHECK("RIO-6", rio_memory[0] == 'x' && text[0] == 'y' && rio_memory[1] == 'z', "%c%c%c",
          rio_memory[0], text[0], rio_memory[1]);
    stream_close(&s);
}

/* More than the socket's buffers hold: sends that have to wait, whole and in order. They go on also
 * when the program, which has looked for results in a loop, does not look any more. */
static void long_sends(void)
{
    struct stream s = stream_open(1, 64);
    static char got[64 * 60000];
    RIORESULT results[64];
    int whole = 1, held = 1;

    for (int index = 0; index < 60000; index++)
        rio_memory[index] = (char)(index * 7);
    for (int look = 0; look < 1000; look++)
        REQUIRE(rio.RIODequeueCompletion(s.queue, results, 64) == 0);
    for (ULONG index = 0; index < 64; index++)
        REQUIRE(rio_send(s.requests, 0, 60000, 0, index));
    REQUIRE(peer_receives(&s, got, sizeof got) == sizeof got);
    REQUIRE(rio_take(s.queue, results, 64) == 64);
    for (ULONG index = 0; index < 64; index++) {
        whole &= results[index].Status == 0 && results[index].BytesTransferred == 60000 &&
                 results[index].RequestContext == index;
        held &= memcmp(got + index * 60000, rio_memory, 60000) == 0;
    }
    CHECK("RIO-6", whole && held, "sends are whole (%d) and in order (%d)", whole, held);
    stream_close(&s);
}

static void ends_of_streams(void)
{
    struct stream s = stream_open(4, 4);
    struct linger hard = {1, 0};

    REQUIRE(rio_receive(s.requests, 0, 10, 0, 1));
    REQUIRE(shutdown(s.peer, SD_SEND) == 0);
    EXPECT_RESULT("RIO-5", s.queue, 1, 0, 0);
    stream_close(&s);

    s = stream_open(4, 4);
    REQUIRE(rio_receive(s.requests, 0, 10, 0, 2));
    REQUIRE(setsockopt(s.peer, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof hard) == 0);
    closesocket(s.peer);
    EXPECT_RESULT("RIO-5", s.queue, 2, WSAECONNRESET, 0);
    REQUIRE(rio_receive(s.requests, 0, 10, 0, 3));
    EXPECT_RESULT("RIO-12", s.queue, 3, WSAECONNRESET, 0);
    stream_close(&s);

    s = stream_open(4, 4);
    REQUIRE(shutdown(s.ours, SD_BOTH) == 0);
    CHECK("RIO-12", rio_send(s.requests, 0, 10, 0, 4), "a send after shutdown is accepted");
    EXPECT_RESULT("RIO-12", s.queue, 4, WSAESHUTDOWN, 0);
    CHECK("RIO-12", rio_receive(s.requests, 0, 10, 0, 5), "and so is a receive");
    EXPECT_RESULT("RIO-12", s.queue, 5, WSAESHUTDOWN, 0);
    stream_close(&s);

    SOCKET alone = rio_socket(SOCK_STREAM);
    RIO_CQ queue = rio_polled(4);
    RIO_RQ requests = rio_requests(alone, 2, 2, queue);
    CHECK("RIO-12", rio_send(requests, 0, 10, 0, 6), "a send without a connection");
    EXPECT_RESULT("RIO-12", queue, 6, WSAENOTCONN, 0);
    closesocket(alone);
    rio.RIOCloseCompletionQueue(queue);
}

static void waiting_for_all(void)
{
    struct stream s = stream_open(4, 4);

    REQUIRE(rio_receive(s.requests, 0, 6, RIO_MSG_WAITALL, 1));
    peer_sends(&s, "abc");
    CHECK("RIO-4", rio_stays_empty(s.queue), "half of it is not enough");
    peer_sends(&s, "def");
    EXPECT_RESULT("RIO-4", s.queue, 1, 0, 6);
    CHECK("RIO-4", memcmp(rio_memory, "abcdef", 6) == 0, "all of it");
    EXPECT_REFUSED("RIO-4", rio_send(s.requests, 0, 6, RIO_MSG_WAITALL, 2), WSAEINVAL);
    stream_close(&s);
}

static void nothing_to_receive(void)
{
    struct stream s = stream_open(4, 4);

    CHECK("RIO-6", rio.RIOReceive(s.requests, NULL, 0, 0, (PVOID)(ULONG_PTR)1), "no buffer");
    CHECK("RIO-6", rio_stays_empty(s.queue), "waits for data");
    peer_sends(&s, "abc");
    EXPECT_RESULT("RIO-6", s.queue, 1, 0, 0);
    REQUIRE(rio_receive(s.requests, 0, 10, 0, 2));
    EXPECT_RESULT("RIO-6", s.queue, 2, 0, 3);
    CHECK("RIO-6", rio.RIOSend(s.requests, NULL, 0, 0, (PVOID)(ULONG_PTR)3), "a send of nothing");
    EXPECT_RESULT("RIO-6", s.queue, 3, 0, 0);
    stream_close(&s);
}

static void bad_arguments(void)
{
    struct stream s = stream_open(4, 4);
    RIO_BUF slice = rio_slice(0, 10);

    EXPECT_REFUSED("RIO-6", rio.RIOReceive(s.requests, &slice, 2, 0, NULL), WSAEINVAL);
    EXPECT_REFUSED("RIO-6", rio.RIOReceive(s.requests, &slice, 0xFFFFFFFF, 0, NULL), WSAEINVAL);
    EXPECT_REFUSED("RIO-6", rio.RIOReceive(s.requests, NULL, 1, 0, NULL), WSAEINVAL);
    EXPECT_REFUSED("RIO-6", rio.RIOReceive(s.requests, &slice, 1, 0x10, NULL), WSAEINVAL);
    EXPECT_REFUSED("RIO-6", rio.RIOSend(s.requests, &slice, 1, 0x80000000, NULL), WSAEINVAL);
    EXPECT_REFUSED("RIO-4", rio.RIOSend(s.requests, &slice, 1, RIO_MSG_COMMIT_ONLY, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-4",
                   rio.RIOSend(s.requests, NULL, 0, RIO_MSG_COMMIT_ONLY | RIO_MSG_DEFER, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-4",
                   rio.RIOSend(s.requests, NULL, 0, RIO_MSG_COMMIT_ONLY, (PVOID)(ULONG_PTR)1),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-16",
                   rio.RIOSendEx(s.requests, &slice, 1, &slice, NULL, NULL, NULL, 0, NULL),
                   WSAEINVAL);
    CHECK("RIO-6", rio_stays_empty(s.queue), "none of them has a result");
    CHECK("RIO-5", rio.RIODequeueCompletion(s.queue, NULL, 0) == 0, "room for no result");
    stream_close(&s);
}

static void deferred(void)
{
    struct stream s = stream_open(4, 4);
    char text[16] = "";
    u_long there = 0;

    memcpy(rio_memory, "123", 3);
    REQUIRE(rio_send(s.requests, 0, 1, RIO_MSG_DEFER, 1));
    REQUIRE(rio_send(s.requests, 1, 1, RIO_MSG_DEFER, 2));
    Sleep(QUIET_MS);
    REQUIRE(ioctlsocket(s.peer, FIONREAD, &there) == 0);
    printf("deferred sends: %lu bytes went out before the commit\n", (unsigned long)there);
    REQUIRE(rio_send(s.requests, 2, 1, 0, 3));
    EXPECT_RESULT("RIO-4", s.queue, 1, 0, 1);
    EXPECT_RESULT("RIO-4", s.queue, 2, 0, 1);
    EXPECT_RESULT("RIO-4", s.queue, 3, 0, 1);
    CHECK("RIO-4", peer_receives(&s, text, 3) == 3 && memcmp(text, "123", 3) == 0,
          "deferred sends go first: %s", text);

    REQUIRE(rio_receive(s.requests, 10, 1, RIO_MSG_DEFER, 4));
    REQUIRE(rio_receive(s.requests, 11, 1, RIO_MSG_DEFER | RIO_MSG_DONT_NOTIFY, 5));
    peer_sends(&s, "ab");
    CHECK("RIO-4", rio.RIOReceive(s.requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL), "a commit");
    EXPECT_RESULT("RIO-4", s.queue, 4, 0, 1);
    EXPECT_RESULT("RIO-4", s.queue, 5, 0, 1);
    CHECK("RIO-4", memcmp(rio_memory + 10, "ab", 2) == 0, "in order");
    CHECK("RIO-4", rio_stays_empty(s.queue), "a commit has no result of its own");
    CHECK("RIO-4", rio.RIOReceive(s.requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL),
          "a commit of nothing");
    for (ULONG index = 0; index < 4; index++)
        REQUIRE(rio_send(s.requests, 0, 1, RIO_MSG_DEFER, index));
    EXPECT_REFUSED("RIO-4", rio_send(s.requests, 0, 1, RIO_MSG_DEFER, 9), WSAENOBUFS);
    closesocket(s.ours);
    RIORESULT results[8];
    ULONG taken = rio_take(s.queue, results, 4);
    CHECK("RIO-8", taken == 4 && rio_stays_empty(s.queue), "%u results of deferred sends",
          (unsigned)taken);
    CHECK("RIO-8", results[0].Status == WSA_OPERATION_ABORTED || results[0].Status == 0,
          "status %d", (int)results[0].Status);
    closesocket(s.peer);
    rio.RIOCloseCompletionQueue(s.queue);
}

static void results_that_do_not_tell(void)
{
    OVERLAPPED told;
    HANDLE port = port_make(1);
    RIO_CQ queue = rio_for_port(16, port, 1, &told);
    SOCKET ours, peer;

    rio_pair(&ours, &peer);
    RIO_RQ requests = rio_requests(ours, 4, 4, queue);
    REQUIRE(rio.RIONotify(queue) == 0);
    REQUIRE(rio_send(requests, 0, 10, RIO_MSG_DONT_NOTIFY, 1));
    CHECK("RIO-4", port_take(port, QUIET_MS).overlapped == NULL, "this result does not tell");
    REQUIRE(rio_send(requests, 0, 10, 0, 2));
    CHECK("RIO-4", port_take(port, DEADLINE_MS).overlapped == &told, "the next one does");
    EXPECT_RESULT("RIO-4", queue, 1, 0, 10);
    EXPECT_RESULT("RIO-4", queue, 2, 0, 10);
    REQUIRE(rio_send(requests, 0, 10, RIO_MSG_DONT_NOTIFY, 3));
    Sleep(50);
    REQUIRE(rio.RIONotify(queue) == 0);
    CHECK("RIO-4", port_take(port, QUIET_MS).overlapped == NULL,
          "a queue of such results counts as empty");
    EXPECT_RESULT("RIO-4", queue, 3, 0, 10);
    closesocket(ours);
    closesocket(peer);
    rio.RIOCloseCompletionQueue(queue);
    CloseHandle(port);
}

static void outstanding_until_dequeued(void)
{
    struct stream s = stream_open(1, 2);
    RIORESULT result;

    REQUIRE(rio_send(s.requests, 0, 1, 0, 1) && rio_send(s.requests, 0, 1, 0, 2));
    Sleep(50);
    EXPECT_REFUSED("RIO-11", rio_send(s.requests, 0, 1, 0, 3), WSAENOBUFS);
    REQUIRE(rio_take(s.queue, &result, 1) == 1);
    CHECK("RIO-11", rio_send(s.requests, 0, 1, 0, 4), "one was dequeued, one more may be sent");
    EXPECT_REFUSED("RIO-11", rio_send(s.requests, 0, 1, 0, 5), WSAENOBUFS);
    stream_close(&s);

    struct stream none = stream_open(0, 1);
    EXPECT_REFUSED("RIO-6", rio_receive(none.requests, 0, 1, 0, 1), WSAENOBUFS);
    stream_close(&none);
}

static void closing(void)
{
    struct stream s = stream_open(8, 8);
    RIORESULT results[16];
    int aborted = 0;
    unsigned seen = 0;

    for (ULONG index = 0; index < 8; index++)
        REQUIRE(rio_receive(s.requests, index, 1, 0, index));
    closesocket(s.ours);
    ULONG taken = rio_take(s.queue, results, 8);
    for (ULONG index = 0; index < taken; index++)
        seen |= 1u << results[index].RequestContext;
    for (ULONG index = 0; index < taken; index++)
        aborted +=
            results[index].Status == WSA_OPERATION_ABORTED && results[index].BytesTransferred == 0;
    CHECK("RIO-8", taken == 8 && seen == 0xFF && aborted == 8, "%u results, %d aborted, seen %x",
          (unsigned)taken, aborted, seen);
    CHECK("RIO-8", rio_stays_empty(s.queue), "no more than that");
    closesocket(s.peer);
    rio.RIOCloseCompletionQueue(s.queue);

    /* The queue goes first: nobody is told, nothing is left over. */
    s = stream_open(8, 8);
    for (ULONG index = 0; index < 8; index++)
        REQUIRE(rio_receive(s.requests, index, 1, 0, index));
    REQUIRE(rio_send(s.requests, 0, 1, 0, 9));
    rio.RIOCloseCompletionQueue(s.queue);
    peer_sends(&s, "abc");
    Sleep(50);
    closesocket(s.ours);
    closesocket(s.peer);
}

static DWORD WINAPI starts_and_ends(void *argument)
{
    struct stream *s = argument;
    return rio_receive(s->requests, 0, 10, 0, 1);
}

static void nothing_cancels_them(void)
{
    struct stream s = stream_open(4, 4);

    CHECK("RIO-10", thread_join(thread_start(starts_and_ends, &s)) == 1, "by a thread that ends");
    CHECK("RIO-10", !CancelIoEx((HANDLE)s.ours, NULL) && GetLastError() == ERROR_NOT_FOUND,
          "CancelIoEx finds nothing: error %u", (unsigned)GetLastError());
    peer_sends(&s, "still");
    EXPECT_RESULT("RIO-10", s.queue, 1, 0, 5);
    stream_close(&s);
}

static void deregistered_while_in_use(void)
{
    struct stream s = stream_open(4, 4);
    static char block[100];
    RIO_BUF slice = {rio.RIORegisterBuffer(block, sizeof block), 10, 50};

    REQUIRE(rio.RIOReceive(s.requests, &slice, 1, 0, (PVOID)(ULONG_PTR)1));
    REQUIRE(rio.RIOReceive(s.requests, &slice, 1, RIO_MSG_DEFER, (PVOID)(ULONG_PTR)2));
    rio.RIODeregisterBuffer(slice.BufferId);
    EXPECT_REFUSED("RIO-9", rio.RIOReceive(s.requests, &slice, 1, 0, NULL), WSAEFAULT);
    peer_sends(&s, "abc");
    EXPECT_RESULT("RIO-9", s.queue, 1, 0, 3);
    CHECK("RIO-9", memcmp(block + 10, "abc", 3) == 0, "%.3s", block + 10);
    stream_close(&s);
}

/* A connection that AcceptEx took onto a socket with the flag; an event tells. */
static void accepted_by_acceptex(void)
{
    SOCKET listener = rio_socket(SOCK_STREAM), ours = rio_socket(SOCK_STREAM);
    SOCKET peer = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    struct sockaddr_in address = rio_bind(listener);
    HANDLE event = event_make(TRUE, FALSE);
    static char block[2 * (sizeof(struct sockaddr_in) + 16)];
    DWORD bytes = 0, flags = 0;
    OVERLAPPED ov;

    memset(&ov, 0, sizeof ov);
    ov.hEvent = event;
    REQUIRE(listen(listener, 5) == 0);
    REQUIRE(!AcceptEx(listener, ours, block, 0, sizeof block / 2, sizeof block / 2, &bytes, &ov));
    REQUIRE(WSAGetLastError() == WSA_IO_PENDING);
    REQUIRE(connect(peer, (struct sockaddr *)&address, sizeof address) == 0);
    REQUIRE(WSAGetOverlappedResult(listener, &ov, &bytes, TRUE, &flags));
    REQUIRE(setsockopt(ours, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener,
                       sizeof listener) == 0);
    RIO_CQ queue = rio_for_event(4, event, TRUE);
    RIO_RQ requests = rio_requests(ours, 2, 2, queue);
    REQUIRE(rio.RIONotify(queue) == 0);
    CHECK("RIO-1", rio_receive(requests, 0, 10, 0, 1), "a receive on the accepted socket");
    REQUIRE(send(peer, "hello", 5, 0) == 5);
    CHECK("RIO-2", WaitForSingleObject(event, DEADLINE_MS) == WAIT_OBJECT_0, "the event is set");
    EXPECT_RESULT("RIO-1", queue, 1, 0, 5);
    closesocket(ours);
    closesocket(peer);
    closesocket(listener);
    rio.RIOCloseCompletionQueue(queue);
    CloseHandle(event);
}

/* Nothing but looking, all the time: the results come. */
static void looking_in_a_loop(void)
{
    struct stream s = stream_open(4, 4);
    RIORESULT result;
    int right = 1;

    for (ULONG turn = 0; turn < 200 && right; turn++) {
        double start = support_now_ms();
        ULONG taken = 0;
        REQUIRE(rio_receive(s.requests, 0, 10, 0, turn));
        for (int look = 0; look < 100; look++)
            right &= rio.RIODequeueCompletion(s.queue, &result, 1) == 0;
        peer_sends(&s, "abc");
        while (!taken && support_now_ms() - start < DEADLINE_MS)
            taken = rio.RIODequeueCompletion(s.queue, &result, 1);
        right &= taken == 1 && result.BytesTransferred == 3 && result.RequestContext == turn;
    }
    CHECK("RIO-5", right, "200 results");
    stream_close(&s);
}

int main(void)
{
    if (!rio_start())
        return check_report();
    RUN(receive_and_send);
    RUN(in_order);
    RUN(long_sends);
    RUN(looking_in_a_loop);
    RUN(ends_of_streams);
    RUN(waiting_for_all);
    RUN(nothing_to_receive);
    RUN(bad_arguments);
    RUN(deferred);
    RUN(results_that_do_not_tell);
    RUN(outstanding_until_dequeued);
    RUN(closing);
    RUN(nothing_cancels_them);
    RUN(deregistered_while_in_use);
    RUN(accepted_by_acceptex);
    return check_report();
}
