/* SPDX-License-Identifier: MIT
 *
 * WSARecv on streams: what completes a receive, how buffers are filled, what end of stream, reset
 * and shutdown look like, and when a packet is queued. Closing with receives pending is in
 * closesocket.c, cancelling in CancelIoEx.c.
 */
#include "sockets.h"

static void before_startup(void)
{
    char byte;
    CHECK("SOCK-7", socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET, "no socket yet");
    CHECK("SOCK-7", WSAGetLastError() == WSANOTINITIALISED, "WSAGLE %d", WSAGetLastError());
    OVERLAPPED ov;
    overlapped_clear(&ov);
    DWORD code = recv_start(INVALID_SOCKET, &byte, 1, 0, &ov);
    CHECK_WINE_DEPARTS("SOCK-7", code == WSANOTINITIALISED,
                       "Wine's WSARecv looks at the handle before WSAStartup", "code %u",
                       (unsigned)code);
}

static void buffers_fill_in_array_order(void)
{
    struct pair p;
    char first[3], second[10];
    WSABUF buffers[2] = {{sizeof first, first}, {sizeof second, second}};
    DWORD flags = 0;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-1",
          WSARecv(p.ours, buffers, 2, NULL, &flags, &ov, NULL) == SOCKET_ERROR &&
              WSAGetLastError() == WSA_IO_PENDING,
          "pends without data, WSAGLE %d", WSAGetLastError());
    memset(buffers, 0, sizeof buffers); /* the array itself was captured */
    send_all(p.peer, "abcdef", 6);
    EXPECT_PACKET("RECV-1", p.port, KEY, &ov, NT_SUCCESS_0, 6);
    CHECK("RECV-1", !memcmp(first, "abc", 3) && !memcmp(second, "def", 3), "filled without holes");
    CHECK("PKT-13", !memcmp(first, "abc", 3), "the WSABUF array was captured by the call");
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
}

static void receives_fill_in_posted_order(void)
{
    struct pair p;
    char data[4][16], pattern[64];
    OVERLAPPED ov[4];
    int seen = 0;

    pair_open(&p);
    for (int i = 0; i < 64; i++)
        pattern[i] = (char)i;
    for (int i = 0; i < 4; i++) {
        overlapped_clear(&ov[i]);
        DWORD code = recv_start(p.ours, data[i], 16, 0, &ov[i]);
        CHECK("RECV-2", code == WSA_IO_PENDING, "receive %d pends, code %u", i, (unsigned)code);
    }
    send_all(p.peer, pattern, 32);
    for (int i = 0; i < 2; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        CHECK("RECV-2", k.ov && k.error == 0 && k.bytes == 16, "packet %d, %u bytes", i,
              (unsigned)k.bytes);
        seen |= k.ov ? 1 << (k.ov - ov) : 0;
    }
    CHECK("RECV-2", seen == 3, "the first two receives were filled (%x)", (unsigned)seen);
    EXPECT_NO_PACKET("RECV-2", p.port);
    send_all(p.peer, pattern + 32, 32);
    for (int i = 0; i < 2; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        seen |= k.ov ? 1 << (k.ov - ov) : 0;
    }
    CHECK("RECV-2", seen == 15, "each has its own packet (%x)", (unsigned)seen);
    CHECK("RECV-2", !memcmp(data, pattern, 64), "the stream is in order over the receives");
    pair_close(&p);
}

static void zero_length_receive(void)
{
    struct pair p;
    char byte = 0, text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = recv_start(p.ours, &byte, 0, 0, &ov);
    CHECK("RECV-3", code == WSA_IO_PENDING, "pends until data, code %u", (unsigned)code);
    EXPECT_NO_PACKET("RECV-3", p.port);
    send_all(p.peer, "xy", 2);
    EXPECT_PACKET("RECV-3", p.port, KEY, &ov, NT_SUCCESS_0, 0);

    overlapped_clear(&ov);
    CHECK("RECV-3", started(recv_start(p.ours, &byte, 0, 0, &ov)), "accepted with data there");
    EXPECT_PACKET("RECV-3", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    CHECK("PKT-15", byte == 0, "no byte was stored");
    CHECK("RECV-3", recv(p.ours, text, sizeof text, 0) == 2, "nothing was consumed");

    overlapped_clear(&ov);
    CHECK("RECV-3", recv_start(p.ours, &byte, 0, 0, &ov) == WSA_IO_PENDING, "pends again");
    shutdown(p.peer, SD_SEND);
    EXPECT_PACKET("RECV-3", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    pair_close(&p);
}

static void end_of_stream(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    send_all(p.peer, "last", 4);
    shutdown(p.peer, SD_SEND);
    await_bytes(p.ours, 4);
    overlapped_clear(&ov);
    CHECK("RECV-5", started(recv_start(p.ours, text, sizeof text, 0, &ov)), "accepted");
    EXPECT_PACKET("RECV-5", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    for (int i = 0; i < 3; i++) {
        overlapped_clear(&ov);
        CHECK("RECV-4", started(recv_start(p.ours, text, sizeof text, 0, &ov)), "accepted");
        EXPECT_PACKET("RECV-4", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    }
    CHECK("RECV-4", recv(p.ours, text, sizeof text, 0) == 0, "recv says the same");
    pair_close(&p);

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-4", recv_start(p.ours, text, sizeof text, 0, &ov) == WSA_IO_PENDING, "pends");
    close_if_open(&p.peer);
    EXPECT_PACKET("RECV-4", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    pair_close(&p);
}

static void reset_while_pending(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;
    DWORD bytes = UNTOUCHED, flags = 0;
    int error = -1, length = sizeof error;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-6", recv_start(p.ours, text, sizeof text, 0, &ov) == WSA_IO_PENDING, "pends");
    tcp_reset(&p.peer);
    EXPECT_PACKET("RECV-6", p.port, KEY, &ov, NT_CONNECTION_RESET, 0);
    CHECK("RECV-6", !GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, FALSE) && bytes == 0,
          "GetOverlappedResult fails with 0 bytes (%u)", (unsigned)bytes);
    CHECK("RECV-6", GetLastError() == ERROR_NETNAME_DELETED, "GLE %u", (unsigned)GetLastError());
    CHECK("RECV-6", !WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags), "as does WSA's");
    CHECK("RECV-6", WSAGetLastError() == WSAECONNRESET, "WSAGLE %d", WSAGetLastError());
    CHECK("RECV-9",
          getsockopt(p.ours, SOL_SOCKET, SO_ERROR, (char *)&error, &length) == 0 && error == 0,
          "SO_ERROR is %d", error);
    pair_close(&p);
}

static void reset_before_the_call(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {sizeof text, text};

    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    for (int i = 0; i < 3; i++) {
        OVERLAPPED ov;
        DWORD bytes = UNTOUCHED, flags = 0;
        overlapped_clear(&ov);
        ov.hEvent = event_new(TRUE, FALSE);
        int result = WSARecv(p.ours, &buffer, 1, &bytes, &flags, &ov, NULL);
        int code = result ? WSAGetLastError() : 0;
        CHECK_WINE_DEPARTS("RECV-7", code == WSAECONNRESET,
                           "Wine makes an end of stream of a reset that came before the call",
                           "call %d: code %d", i, code);
        CHECK_WINE_DEPARTS("RECV-7", bytes == UNTOUCHED,
                           "Wine makes an end of stream of a reset that came before the call",
                           "call %d: byte count untouched (%u)", i, (unsigned)bytes);
        CHECK_WINE_DEPARTS("PKT-2", !is_set(ov.hEvent),
                           "Wine makes an end of stream of a reset that came before the call",
                           "an immediate error sets no event");
        EXPECT_NO_PACKET_WINE_DEPARTS("RECV-7", p.port, "Wine makes an end of stream of it");
        CloseHandle(ov.hEvent);
    }
    pair_close(&p);
}

static void not_connected(void)
{
    char text[8];
    struct sockaddr_in address;
    SOCKET s[2] = {tcp_socket(), tcp_listener(&address)};

    for (int i = 0; i < 2; i++) {
        HANDLE port = port_for(s[i], KEY);
        OVERLAPPED ov;
        overlapped_clear(&ov);
        DWORD code = recv_start(s[i], text, sizeof text, 0, &ov);
        CHECK_WINE_DEPARTS("RECV-10", code == WSAENOTCONN,
                           "Wine lets a receive on a listening socket pend", "%s socket: code %u",
                           i ? "listening" : "fresh", (unsigned)code);
        retract(code, s[i], port, &ov);
        EXPECT_NO_PACKET("RECV-10", port);
        closesocket(s[i]);
        CloseHandle(port);
    }
}

static void after_shutdown_receive(void)
{
    static const int how[2] = {SD_RECEIVE, SD_BOTH};
    char text[8];

    for (int i = 0; i < 2; i++) {
        struct pair p;
        OVERLAPPED ov;
        pair_open(&p);
        CHECK("RECV-11", shutdown(p.ours, how[i]) == 0, "shutdown(%d)", how[i]);
        overlapped_clear(&ov);
        DWORD code = recv_start(p.ours, text, sizeof text, 0, &ov);
        CHECK("RECV-11", code == WSAESHUTDOWN, "shutdown(%d): code %u", how[i], (unsigned)code);
        EXPECT_NO_PACKET("RECV-11", p.port);
        CHECK("RECV-11",
              recv(p.ours, text, sizeof text, 0) == -1 && WSAGetLastError() == WSAESHUTDOWN,
              "recv: WSAGLE %d", WSAGetLastError());
        pair_close(&p);
    }
}

static void shutdown_leaves_a_pending_receive(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-12", recv_start(p.ours, text, sizeof text, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("RECV-12", shutdown(p.ours, SD_RECEIVE) == 0, "shutdown");
    struct packet k = packet_take(p.port, QUIET);
    CHECK("RECV-12", !k.ov, "not cancelled (error %u)", (unsigned)k.error);
    if (!k.ov) {
        send_all(p.peer, "data", 4);
        EXPECT_PACKET("RECV-12", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    }
    pair_close(&p);
}

static void peek_leaves_the_data(void)
{
    struct pair p;
    char text[8] = "";
    OVERLAPPED ov;

    pair_open(&p);
    for (int data_first = 0; data_first < 2; data_first++) {
        if (data_first) {
            send_all(p.peer, "peek", 4);
            await_bytes(p.ours, 4);
        }
        overlapped_clear(&ov);
        CHECK("RECV-13", started(recv_start(p.ours, text, 8, MSG_PEEK, &ov)), "accepted");
        if (!data_first)
            send_all(p.peer, "peek", 4);
        EXPECT_PACKET("RECV-13", p.port, KEY, &ov, NT_SUCCESS_0, 4);
        memset(text, 0, sizeof text);
        overlapped_clear(&ov);
        CHECK("RECV-13", started(recv_start(p.ours, text, 8, 0, &ov)), "accepted");
        EXPECT_PACKET("RECV-13", p.port, KEY, &ov, NT_SUCCESS_0, 4);
        CHECK("RECV-13", !memcmp(text, "peek", 4), "the same data came again");
    }
    pair_close(&p);
}

static void waitall(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    send_all(p.peer, "abc", 3);
    await_bytes(p.ours, 3);
    overlapped_clear(&ov);
    DWORD code = recv_start(p.ours, text, 8, MSG_WAITALL, &ov);
    CHECK_WINE_DEPARTS("RECV-14", code == WSA_IO_PENDING,
                       "Wine ignores MSG_WAITALL of overlapped receives",
                       "pends with a part there, code %u", (unsigned)code);
    struct packet k = packet_take(p.port, QUIET);
    if (CHECK_WINE_DEPARTS("RECV-14", !k.ov, "Wine ignores MSG_WAITALL of overlapped receives",
                           "waits for the rest")) {
        send_all(p.peer, "defgh", 5);
        EXPECT_PACKET("RECV-14", p.port, KEY, &ov, NT_SUCCESS_0, 8);
        CHECK("RECV-14", !memcmp(text, "abcdefgh", 8), "all of it in order");
    }
    overlapped_clear(&ov);
    code = recv_start(p.ours, text, 8, MSG_WAITALL | MSG_PEEK, &ov);
    CHECK_WINE_DEPARTS("RECV-14", code == WSAEOPNOTSUPP, "Wine accepts MSG_WAITALL with MSG_PEEK",
                       "with MSG_PEEK: code %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    overlapped_clear(&ov);
    CHECK("RECV-14", started(recv_start(p.ours, text, 8, MSG_WAITALL, &ov)), "accepted");
    send_all(p.peer, "end", 3);
    shutdown(p.peer, SD_SEND);
    EXPECT_PACKET("RECV-14", p.port, KEY, &ov, NT_SUCCESS_0, 3);
    pair_close(&p);
}

static void flags_in_and_out(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = MSG_PARTIAL, bytes = UNTOUCHED, out = 0;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    int result = WSARecv(p.ours, &buffer, 1, &bytes, &flags, &ov, NULL);
    CHECK("RECV-15", result == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING,
          "MSG_PARTIAL is accepted, WSAGLE %d", WSAGetLastError());
    CHECK("OVL-6", bytes == UNTOUCHED, "byte count untouched while pending (%u)", (unsigned)bytes);
    flags = UNTOUCHED;
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("RECV-15", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    CHECK("RECV-17", flags == UNTOUCHED, "flags of a pended call are not written (%x)",
          (unsigned)flags);
    CHECK("OVL-6", bytes == UNTOUCHED, "nor its byte count (%u)", (unsigned)bytes);
    CHECK("RECV-17", WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &out), "WGOR succeeds");
    CHECK("RECV-17", bytes == 1 && (out & MSG_PARTIAL) == 0, "%u bytes, flags %x", (unsigned)bytes,
          (unsigned)out);
    pair_close(&p);
}

static void data_already_there(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0, bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    send_all(p.peer, "now", 3);
    await_bytes(p.ours, 3);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    int result = WSARecv(p.ours, &buffer, 1, &bytes, &flags, &ov, NULL);
    int code = result ? WSAGetLastError() : 0;
    CHECK("SOCK-9", started((DWORD)code), "done at once or pending, code %d", code);
    CHECK("SOCK-9", bytes == (code == 0 ? 3 : UNTOUCHED), "%u bytes", (unsigned)bytes);
    CHECK("SOCK-9", flags == 0, "flags %x", (unsigned)flags);
    EXPECT_PACKET("PKT-1", p.port, KEY, &ov, NT_SUCCESS_0, 3);
    CHECK("PKT-9", is_set(ov.hEvent), "event and packet both happen");
    EXPECT_NO_PACKET("PKT-6", p.port);
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void event_and_packet(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, TRUE);
    CHECK("PKT-9", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("EVT-1", !is_set(ov.hEvent), "the event is reset at the start");
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("PKT-9", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    CHECK("PKT-9", is_set(ov.hEvent), "the event is set too");
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void cancelled_receive_queues(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("PKT-4", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("PKT-4", CancelIoEx((HANDLE)p.ours, &ov), "cancelled, GLE %u", (unsigned)GetLastError());
    EXPECT_PACKET("PKT-4", p.port, KEY, &ov, NT_CANCELLED, 0);
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
}

static void calls_without_overlapped_never_queue(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0, bytes = UNTOUCHED;

    pair_open(&p);
    send_all(p.peer, "abcd", 4);
    await_bytes(p.ours, 4);
    CHECK("PKT-5", recv(p.ours, text, 2, 0) == 2, "recv");
    CHECK("PKT-5", WSARecv(p.ours, &buffer, 1, &bytes, &flags, NULL, NULL) == 0 && bytes == 2,
          "WSARecv without OVERLAPPED, %u bytes", (unsigned)bytes);
    CHECK("PKT-5", send(p.ours, "x", 1, 0) == 1, "send");
    buffer.len = 1;
    CHECK("PKT-5", WSASend(p.ours, &buffer, 1, &bytes, 0, NULL, NULL) == 0 && bytes == 1,
          "WSASend without OVERLAPPED, %u bytes", (unsigned)bytes);
    CHECK("PKT-5", shutdown(p.ours, SD_SEND) == 0, "shutdown");
    EXPECT_NO_PACKET("PKT-5", p.port);
    pair_close(&p);
}

static void non_blocking_mode(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0, bytes = UNTOUCHED;
    u_long on = 1;
    OVERLAPPED ov;

    pair_open(&p);
    CHECK("SOCK-2", ioctlsocket(p.ours, FIONBIO, &on) == 0, "FIONBIO");
    int result = WSARecv(p.ours, &buffer, 1, &bytes, &flags, NULL, NULL);
    CHECK("SOCK-2", result == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK,
          "without OVERLAPPED: WSAGLE %d", WSAGetLastError());
    overlapped_clear(&ov);
    DWORD code = recv_start(p.ours, text, 8, 0, &ov);
    CHECK("SOCK-2", code == WSA_IO_PENDING, "with one: code %u", (unsigned)code);
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("SOCK-2", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    pair_close(&p);
}

static DWORD recv_buffers(struct pair *p, WSABUF *buffers, DWORD count, DWORD *bytes, DWORD *flags,
                          OVERLAPPED *ov)
{
    int result = WSARecv(p->ours, buffers, count, bytes, flags, ov, NULL);
    DWORD code = result ? (DWORD)WSAGetLastError() : 0;
    if (ov)
        retract(code, p->ours, p->port, ov);
    return code;
}

static void bad_arguments(void)
{
    static const char accepts[] = "Wine accepts a receive without buffers";
    struct pair p;
    char text[8];
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0, bytes = UNTOUCHED, code;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    if (check_on_wine()) {
        printf("wine SOCK-4 bad_arguments: Wine waits for data without a byte count\n");
    } else {
        code = recv_buffers(&p, &buffer, 1, NULL, &flags, NULL);
        CHECK("SOCK-4", code == WSAEFAULT, "no byte count and no OVERLAPPED: %u", (unsigned)code);
    }
    code = recv_buffers(&p, &buffer, 1, &bytes, NULL, &ov);
    CHECK("SOCK-4", code == WSAEFAULT, "no flags: %u", (unsigned)code);
    CHECK("PKT-2", bytes == UNTOUCHED, "byte count untouched (%u)", (unsigned)bytes);
    EXPECT_NO_PACKET("PKT-2", p.port);
    code = recv_buffers(&p, NULL, 0, &bytes, &flags, &ov);
    CHECK_WINE_DEPARTS("SOCK-5", code == WSAEINVAL, accepts, "no buffers: %u", (unsigned)code);
    code = recv_buffers(&p, &buffer, 0, &bytes, &flags, &ov);
    CHECK_WINE_DEPARTS("SOCK-5", code == WSAEINVAL, accepts, "count 0: %u", (unsigned)code);
    EXPECT_NO_PACKET("SOCK-5", p.port);
    SOCKET closed = p.ours;
    close_if_open(&p.ours);
    code = recv_start(closed, text, 8, 0, &ov);
    CHECK("SOCK-6", code == WSAENOTSOCK, "closed socket: %u", (unsigned)code);
    pair_close(&p);
}

/* More buffers than a system takes in one call: what one receive leaves is the next one's, without
 * new data having to come. */
static void many_small_buffers(void)
{
    enum { BUFFERS = 200, TOTAL = 1000 };
    static WSABUF buffers[BUFFERS];
    static char got[BUFFERS], sent[TOTAL];
    struct pair p;
    DWORD received = 0;

    pair_open(&p);
    for (int i = 0; i < BUFFERS; i++)
        buffers[i] = (WSABUF){1, &got[i]};
    for (int i = 0; i < TOTAL; i++)
        sent[i] = (char)(i % 251);
    send_all(p.peer, sent, TOTAL);
    await_bytes(p.ours, TOTAL);
    while (received < TOTAL) {
        OVERLAPPED ov;
        DWORD flags = 0;
        overlapped_clear(&ov);
        DWORD code = WSARecv(p.ours, buffers, BUFFERS, NULL, &flags, &ov, NULL)
                         ? (DWORD)WSAGetLastError()
                         : 0;
        REQUIRE(started(code));
        struct packet k = packet_take(p.port, DEADLINE);
        if (!CHECK("RECV-1", k.ov == &ov && k.bytes >= 1, "%u bytes after %u", (unsigned)k.bytes,
                   (unsigned)received))
            break;
        CHECK("RECV-1", !memcmp(got, sent + received, k.bytes), "in order, without holes");
        received += k.bytes;
    }
    pair_close(&p);
}

int main(void)
{
    RUN(before_startup);
    sockets_start();
    RUN(many_small_buffers);
    RUN(buffers_fill_in_array_order);
    RUN(receives_fill_in_posted_order);
    RUN(zero_length_receive);
    RUN(end_of_stream);
    RUN(reset_while_pending);
    RUN(reset_before_the_call);
    RUN(not_connected);
    RUN(after_shutdown_receive);
    RUN(shutdown_leaves_a_pending_receive);
    RUN(peek_leaves_the_data);
    RUN(waitall);
    RUN(flags_in_and_out);
    RUN(data_already_there);
    RUN(event_and_packet);
    RUN(cancelled_receive_queues);
    RUN(calls_without_overlapped_never_queue);
    RUN(non_blocking_mode);
    RUN(bad_arguments);
    WSACleanup();
    return check_report();
}
