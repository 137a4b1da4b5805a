/* SPDX-License-Identifier: MIT
 *
 * WSASend on streams: a send that succeeds has sent everything, in order, and what resets,
 * shutdown and missing connections give. Cancelled sends are in CancelIoEx.c.
 */
#include "sockets.h"

#define BIG (4 * 1024 * 1024)

static char *pattern_new(int length)
{
    char *data = malloc((size_t)length);
    REQUIRE(data != NULL);
    for (int i = 0; i < length; i++)
        data[i] = (char)(i * 7 + i / 251);
    return data;
}

static void small_buffers(struct pair *p)
{
    int size = 16 * 1024;
    setsockopt(p->ours, SOL_SOCKET, SO_SNDBUF, (const char *)&size, sizeof size);
    setsockopt(p->peer, SOL_SOCKET, SO_RCVBUF, (const char *)&size, sizeof size);
}

static void small_send(void)
{
    struct pair p;
    char text[16] = "";
    WSABUF buffers[3] = {{3, "abc"}, {0, NULL}, {4, "defg"}};
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    int result = WSASend(p.ours, buffers, 3, &bytes, 0, &ov, NULL);
    DWORD code = result ? (DWORD)WSAGetLastError() : 0;
    CHECK("SEND-3", started(code), "code %u", (unsigned)code);
    CHECK("SOCK-9", bytes == (code == 0 ? 7 : UNTOUCHED), "%u bytes", (unsigned)bytes);
    memset(buffers, 0, sizeof buffers);
    EXPECT_PACKET("SEND-1", p.port, KEY, &ov, NT_SUCCESS_0, 7);
    CHECK("PKT-9", is_set(ov.hEvent), "event and packet both happen");
    CHECK("SEND-2", recv_all(p.peer, text, 7) == 7 && !memcmp(text, "abcdefg", 7),
          "all buffers arrive in order: %s", text);
    EXPECT_NO_PACKET("PKT-6", p.port);
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void whole_send_of_much_data(void)
{
    struct pair p;
    char *data = pattern_new(BIG), *got = malloc(BIG);
    OVERLAPPED ov;

    REQUIRE(got != NULL);
    pair_open(&p);
    small_buffers(&p);
    overlapped_clear(&ov);
    DWORD code = send_start(p.ours, data, BIG, &ov);
    CHECK("SEND-3", code == WSA_IO_PENDING, "pends while nobody reads, code %u", (unsigned)code);
    if (code == WSA_IO_PENDING)
        EXPECT_NO_PACKET("SEND-2", p.port);
    int n = recv_all(p.peer, got, BIG);
    CHECK("SEND-2", n == BIG && !memcmp(data, got, BIG), "%d bytes arrive unharmed", n);
    EXPECT_PACKET("SEND-2", p.port, KEY, &ov, NT_SUCCESS_0, BIG);
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
    free(data);
    free(got);
}

static void sends_keep_their_order(void)
{
    enum { SENDS = 4, PART = 512 * 1024 };
    struct pair p;
    char *data = pattern_new(SENDS * PART), *got = malloc(SENDS * PART);
    OVERLAPPED ov[SENDS];
    int seen = 0;

    REQUIRE(got != NULL);
    pair_open(&p);
    small_buffers(&p);
    for (int i = 0; i < SENDS; i++) {
        overlapped_clear(&ov[i]);
        DWORD code = send_start(p.ours, data + i * PART, PART, &ov[i]);
        CHECK("SEND-4", started(code), "send %d, code %u", i, (unsigned)code);
    }
    int n = recv_all(p.peer, got, SENDS * PART);
    CHECK("SEND-4", n == SENDS * PART && !memcmp(data, got, SENDS * PART),
          "%d bytes, each send whole, in posted order", n);
    for (int i = 0; i < SENDS; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        CHECK("SEND-2", k.ov && k.error == 0 && k.bytes == PART, "packet %d, %u bytes", i,
              (unsigned)k.bytes);
        seen |= k.ov ? 1 << (k.ov - ov) : 0;
    }
    CHECK("PKT-1", seen == (1 << SENDS) - 1, "one packet each (%x)", (unsigned)seen);
    pair_close(&p);
    free(data);
    free(got);
}

static void zero_length_send(void)
{
    struct pair p;
    char text[4];
    u_long there = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = send_start(p.ours, "", 0, &ov);
    CHECK("SEND-5", started(code), "code %u", (unsigned)code);
    EXPECT_PACKET("PKT-15", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    settle();
    CHECK("SEND-5", ioctlsocket(p.peer, FIONREAD, &there) == 0 && there == 0,
          "nothing on the wire (%u bytes)", (unsigned)there);
    send_all(p.ours, "go", 2);
    CHECK("SEND-5", recv(p.peer, text, sizeof text, 0) == 2, "the stream goes on");
    pair_close(&p);
}

static void reset_before_the_call(void)
{
    struct pair p;
    WSABUF buffer = {4, "data"};

    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    for (int i = 0; i < 3; i++) {
        OVERLAPPED ov;
        DWORD bytes = UNTOUCHED;
        overlapped_clear(&ov);
        ov.hEvent = event_new(TRUE, FALSE);
        int result = WSASend(p.ours, &buffer, 1, &bytes, 0, &ov, NULL);
        int code = result ? WSAGetLastError() : 0;
        CHECK("SEND-6", code == WSAECONNRESET || code == WSAECONNABORTED, "call %d: code %d", i,
              code);
        CHECK("SEND-6", bytes == UNTOUCHED, "byte count untouched (%u)", (unsigned)bytes);
        CHECK("PKT-2", !is_set(ov.hEvent), "an immediate error sets no event");
        EXPECT_NO_PACKET("SEND-6", p.port);
        CloseHandle(ov.hEvent);
    }
    int sent = send(p.ours, "x", 1, 0);
    CHECK("SOCK-8", sent == SOCKET_ERROR, "still alive after sending to a dead connection");
    pair_close(&p);
}

static void reset_while_pending(void)
{
    struct pair p;
    char *data = pattern_new(BIG);
    DWORD bytes = UNTOUCHED, flags = 0;
    OVERLAPPED ov;

    pair_open(&p);
    small_buffers(&p);
    overlapped_clear(&ov);
    CHECK("SEND-7", send_start(p.ours, data, BIG, &ov) == WSA_IO_PENDING, "pends");
    tcp_reset(&p.peer);
    EXPECT_PACKET_WINE_DEPARTS("SEND-7", p.port, KEY, &ov, NT_CONNECTION_RESET, 0,
                               "Wine counts the bytes that left before the reset");
    CHECK("SEND-7",
          !WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags) &&
              WSAGetLastError() == WSAECONNRESET,
          "WSAGLE %d", WSAGetLastError());
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
    free(data);
}

static void after_shutdown_send(void)
{
    static const int how[2] = {SD_SEND, SD_BOTH};

    for (int i = 0; i < 2; i++) {
        struct pair p;
        OVERLAPPED ov;
        pair_open(&p);
        CHECK("SEND-8", shutdown(p.ours, how[i]) == 0, "shutdown(%d)", how[i]);
        overlapped_clear(&ov);
        DWORD code = send_start(p.ours, "x", 1, &ov);
        CHECK("SEND-8", code == WSAESHUTDOWN, "shutdown(%d): code %u", how[i], (unsigned)code);
        CHECK("SEND-8", send(p.ours, "x", 1, 0) == -1 && WSAGetLastError() == WSAESHUTDOWN,
              "send: WSAGLE %d", WSAGetLastError());
        EXPECT_NO_PACKET("SEND-8", p.port);
        pair_close(&p);
    }
}

/* Sends that stood before the shutdown are broken by the peer, not by the shutdown. */
static void reset_before_the_own_end(void)
{
    enum { LENGTH = 4 * 1024 * 1024 };
    struct pair p;
    char *data = calloc(1, LENGTH), text[4];
    OVERLAPPED ov[3];

    REQUIRE(data != NULL);
    pair_open(&p);
    for (int i = 0; i < 3; i++) {
        overlapped_clear(&ov[i]);
        REQUIRE(started(i ? send_start(p.ours, data, LENGTH, &ov[i])
                          : recv_start(p.ours, text, 4, 0, &ov[i])));
    }
    REQUIRE(shutdown(p.ours, SD_SEND) == 0);
    tcp_reset(&p.peer);
    for (int i = 0; i < 3; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        CHECK_WINE_DEPARTS("SEND-7",
                           k.ov && k.error == ERROR_NETNAME_DELETED && k.bytes == 0 &&
                               (DWORD)k.ov->Internal == NT_CONNECTION_RESET,
                           "Wine shows a reset once", "%s: error %u, %u bytes",
                           k.ov == ov ? "receive" : "send", (unsigned)k.error, (unsigned)k.bytes);
    }
    pair_close(&p);
    free(data);
}

static void not_connected(void)
{
    static const char *reason[2] = {"Wine says WSAECONNRESET on a fresh socket",
                                    "Wine lets a send on a listening socket pend"};
    struct sockaddr_in address;
    SOCKET s[2] = {tcp_socket(), tcp_listener(&address)};

    for (int i = 0; i < 2; i++) {
        HANDLE port = port_for(s[i], KEY);
        OVERLAPPED ov;
        overlapped_clear(&ov);
        DWORD code = send_start(s[i], "x", 1, &ov);
        CHECK_WINE_DEPARTS("SEND-8", code == WSAENOTCONN, reason[i], "%s socket: code %u",
                           i ? "listening" : "fresh", (unsigned)code);
        retract(code, s[i], port, &ov);
        EXPECT_NO_PACKET("SEND-8", port);
        closesocket(s[i]);
        CloseHandle(port);
    }
}

static void after_the_peers_end(void)
{
    struct pair p;
    char text[4];
    OVERLAPPED ov;

    pair_open(&p);
    shutdown(p.peer, SD_SEND);
    CHECK("SEND-9", recv(p.ours, text, sizeof text, 0) == 0, "the peer has ended its stream");
    overlapped_clear(&ov);
    CHECK("SEND-9", started(send_start(p.ours, "more", 4, &ov)), "sending is still allowed");
    EXPECT_PACKET("SEND-9", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    CHECK("SEND-9", recv_all(p.peer, text, 4) == 4 && !memcmp(text, "more", 4), "and arrives");
    pair_close(&p);
}

static void pending_sends_go_before_the_end(void)
{
    struct pair p;
    char *data = pattern_new(BIG), *got = malloc(BIG + 1);
    OVERLAPPED ov;

    REQUIRE(got != NULL);
    pair_open(&p);
    small_buffers(&p);
    overlapped_clear(&ov);
    CHECK("CLOSE-8", started(send_start(p.ours, data, BIG, &ov)), "accepted");
    CHECK("CLOSE-8", shutdown(p.ours, SD_SEND) == 0, "shutdown");
    int n = recv_all(p.peer, got, BIG + 1);
    CHECK("CLOSE-8", n == BIG && !memcmp(data, got, BIG), "%d bytes, then the end", n);
    EXPECT_PACKET("CLOSE-8", p.port, KEY, &ov, NT_SUCCESS_0, BIG);
    pair_close(&p);
    free(data);
    free(got);
}

static void bad_arguments(void)
{
    struct pair p;
    WSABUF buffer = {1, "x"};
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("SOCK-4",
          WSASend(p.ours, &buffer, 1, NULL, 0, NULL, NULL) == SOCKET_ERROR &&
              WSAGetLastError() == WSAEFAULT,
          "no byte count and no OVERLAPPED: WSAGLE %d", WSAGetLastError());
    int result = WSASend(p.ours, &buffer, 1, &bytes, MSG_PARTIAL, &ov, NULL);
    DWORD code = result ? (DWORD)WSAGetLastError() : 0;
    CHECK_WINE_DEPARTS("RECV-15", code == WSAEOPNOTSUPP, "Wine ignores MSG_PARTIAL of a send",
                       "MSG_PARTIAL: code %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    SOCKET closed = p.ours;
    close_if_open(&p.ours);
    code = send_start(closed, "x", 1, &ov);
    CHECK("SOCK-6", code == WSAENOTSOCK, "closed socket: code %u", (unsigned)code);
    EXPECT_NO_PACKET("PKT-2", p.port);
    pair_close(&p);
}

static void buffer_options(void)
{
    static const int names[2] = {SO_SNDBUF, SO_RCVBUF};
    struct pair p;
    char text[4];
    int zero = 0;
    OVERLAPPED ov[2];

    pair_open(&p);
    for (int i = 0; i < 2; i++)
        CHECK("SEND-11",
              setsockopt(p.ours, SOL_SOCKET, names[i], (const char *)&zero, sizeof zero) == 0,
              "%s 0, WSAGLE %d", i ? "SO_RCVBUF" : "SO_SNDBUF", WSAGetLastError());
    overlapped_clear(&ov[0]);
    CHECK("SEND-11", started(send_start(p.ours, "a", 1, &ov[0])), "sending still works");
    CHECK("SEND-11", recv(p.peer, text, 1, 0) == 1, "it arrives");
    EXPECT_PACKET("SEND-11", p.port, KEY, &ov[0], NT_SUCCESS_0, 1);
    overlapped_clear(&ov[1]);
    CHECK("SEND-11", started(recv_start(p.ours, text, 4, 0, &ov[1])), "receiving too");
    send_all(p.peer, "b", 1);
    EXPECT_PACKET("SEND-11", p.port, KEY, &ov[1], NT_SUCCESS_0, 1);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(small_send);
    RUN(whole_send_of_much_data);
    RUN(sends_keep_their_order);
    RUN(zero_length_send);
    RUN(reset_before_the_call);
    RUN(reset_while_pending);
    RUN(after_shutdown_send);
    RUN(reset_before_the_own_end);
    RUN(not_connected);
    RUN(after_the_peers_end);
    RUN(pending_sends_go_before_the_end);
    RUN(bad_arguments);
    RUN(buffer_options);
    WSACleanup();
    return check_report();
}
