/* SPDX-License-Identifier: MIT
 *
 * A reset is known for good, however the program first learned of it: through a receive, a send,
 * SO_ERROR, readiness, or in the middle of something else. Linux tells once and then shows an end
 * of stream, which a program would take for a peer that said good-bye.
 */
#include "datagrams.h"

static const char wine_tells_once[] = "Wine shows a reset once and then an end of stream";

/* Both ways the connection is dead, again and again, for blocking and overlapped calls. */
static void check_dead(struct pair *p, const char *how)
{
    char text[8];

    for (int again = 0; again < 3; again++) {
        OVERLAPPED ov[2];
        for (int send = 0; send < 2; send++) {
            overlapped_clear(&ov[send]);
            DWORD code = send ? send_start(p->ours, "x", 1, &ov[send])
                              : recv_start(p->ours, text, 8, 0, &ov[send]);
            if (again == 0 && started(code)) {
                /* The first call after the reset may be the one that finds it out. */
                struct packet k = packet_take(p->port, DEADLINE);
                code = k.error == ERROR_NETNAME_DELETED ? WSAECONNRESET : k.error;
            } else {
                retract(code, p->ours, p->port, &ov[send]);
            }
            CHECK_WINE_DEPARTS(send ? "SEND-6" : "RECV-7", code == WSAECONNRESET, wine_tells_once,
                               "%s, time %d: %s %u", how, again, send ? "send" : "receive",
                               (unsigned)code);
        }
        int code = ERROR_OF(recv(p->ours, text, 8, 0));
        CHECK_WINE_DEPARTS("RECV-7", code == WSAECONNRESET, wine_tells_once, "%s, recv: %d", how,
                           code);
        code = ERROR_OF(send(p->ours, "x", 1, 0));
        CHECK("SEND-6", code == WSAECONNRESET || code == WSAECONNABORTED, "%s, send: %d", how,
              code);
    }
    EXPECT_NO_PACKET("PKT-2", p->port);
}

static void nothing_first(void)
{
    struct pair p;
    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    check_dead(&p, "nothing before");
    pair_close(&p);
}

static void send_first(void)
{
    struct pair p;
    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    int code = ERROR_OF(send(p.ours, "x", 1, 0));
    CHECK("SEND-6", code == WSAECONNRESET || code == WSAECONNABORTED, "send: %d", code);
    check_dead(&p, "a send before");
    pair_close(&p);
}

static void option_first(void)
{
    struct pair p;
    int error = 0, length = sizeof error;
    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    getsockopt(p.ours, SOL_SOCKET, SO_ERROR, (char *)&error, &length);
    check_dead(&p, "SO_ERROR before");
    pair_close(&p);
}

static void readiness_first(void)
{
    struct pair p;
    struct timeval now = {0, 0};
    fd_set set;

    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    WSAPOLLFD polled = {p.ours, POLLIN, 0};
    CHECK("RECV-7", WSAPoll(&polled, 1, 0) == 1, "WSAPoll shows it");
    FD_ZERO(&set);
    FD_SET(p.ours, &set);
    CHECK("RECV-7", select((int)p.ours + 1, &set, NULL, NULL, &now) == 1, "so does select");
    check_dead(&p, "WSAPoll and select before");
    pair_close(&p);
}

static void events_first(void)
{
    struct pair p;
    WSANETWORKEVENTS found;
    u_long off = 0;
    HANDLE event = event_new(TRUE, FALSE);

    pair_open(&p);
    REQUIRE(WSAEventSelect(p.ours, event, FD_READ | FD_CLOSE) == 0);
    tcp_reset(&p.peer);
    CHECK("NETEV-6", WaitForSingleObject(event, DEADLINE) == WAIT_OBJECT_0, "told of");
    REQUIRE(WSAEnumNetworkEvents(p.ours, event, &found) == 0);
    CHECK("NETEV-6", found.lNetworkEvents & FD_CLOSE, "as FD_CLOSE");
    REQUIRE(WSAEventSelect(p.ours, NULL, 0) == 0);
    REQUIRE(ioctlsocket(p.ours, FIONBIO, &off) == 0);
    check_dead(&p, "FD_CLOSE before");
    pair_close(&p);
    CloseHandle(event);
}

/* A zero-length receive is told of it, or shows readiness; what follows knows. */
static void empty_receive_first(void)
{
    struct pair p;
    char text[4];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-3", recv_start(p.ours, text, 0, 0, &ov) == WSA_IO_PENDING, "pends");
    tcp_reset(&p.peer);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("RECV-3", k.ov == &ov && k.bytes == 0, "ends, error %u", (unsigned)k.error);
    check_dead(&p, "an empty receive before");
    pair_close(&p);
}

/* The part that came is delivered or not; the reset is not lost with it. */
static void wait_all_first(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-14", recv_start(p.ours, text, 8, MSG_WAITALL, &ov) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "part", 4);
    settle();
    tcp_reset(&p.peer);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK_WINE_DEPARTS("RECV-14",
                       k.ov == &ov && ((k.error == 0 && k.bytes == 4) ||
                                       (k.error == ERROR_NETNAME_DELETED && k.bytes == 0)),
                       wine_tells_once, "error %u, %u bytes", (unsigned)k.error, (unsigned)k.bytes);
    check_dead(&p, "MSG_WAITALL with a part before");
    pair_close(&p);
}

/* The same with a blocking call in another thread. */
struct waiting {
    SOCKET s;
    int result, code;
};

static DWORD WINAPI wait_for_all(void *argument)
{
    struct waiting *w = argument;
    char text[8];
    w->result = recv(w->s, text, sizeof text, MSG_WAITALL);
    w->code = w->result < 0 ? WSAGetLastError() : 0;
    return 0;
}

static void blocking_wait_all_first(void)
{
    struct pair p;
    struct waiting w;

    pair_open(&p);
    w.s = p.ours;
    HANDLE thread = CreateThread(NULL, 0, wait_for_all, &w, 0, NULL);
    REQUIRE(thread != NULL);
    send_all(p.peer, "part", 4);
    settle();
    tcp_reset(&p.peer);
    REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
    CHECK("RECV-14", w.result == 4 || w.code == WSAECONNRESET, "%d, WSAGLE %d", w.result, w.code);
    check_dead(&p, "a blocking MSG_WAITALL with a part before");
    CloseHandle(thread);
    pair_close(&p);
}

/* Sends and receives pending in both directions: none of them may take the reset for an end. */
static void both_ways_pending(void)
{
    enum { LENGTH = 4 * 1024 * 1024, ROUNDS = 20 };
    char *big = calloc(1, LENGTH), text[2][8];
    int ends = 0, wrong = 0;

    REQUIRE(big != NULL);
    for (int round = 0; round < ROUNDS; round++) {
        struct pair p;
        OVERLAPPED ov[4];
        pair_open(&p);
        for (int i = 0; i < 4; i++) {
            overlapped_clear(&ov[i]);
            REQUIRE(started(i < 2 ? recv_start(p.ours, text[i], 8, 0, &ov[i])
                                  : send_start(p.ours, big, LENGTH, &ov[i])));
        }
        tcp_reset(&p.peer);
        for (int i = 0; i < 4; i++) {
            struct packet k = packet_take(p.port, DEADLINE);
            int receive = k.ov == &ov[0] || k.ov == &ov[1];
            ends += receive && k.error == 0;
            wrong += k.error != ERROR_NETNAME_DELETED && !(k.error == 0 && k.bytes == LENGTH);
        }
        pair_close(&p);
    }
    CHECK_WINE_DEPARTS("RECV-6", ends == 0, wine_tells_once, "%d receives ended like a FIN", ends);
    CHECK_WINE_DEPARTS("SEND-7", wrong == 0, wine_tells_once, "%d other errors", wrong);
    free(big);
}

/* A FIN is an end, also when the program then closes its own side (no reset is made up). */
static void an_end_is_no_reset(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    send_all(p.peer, "last", 4);
    shutdown(p.peer, SD_SEND);
    settle();
    CHECK("RECV-5", recv(p.ours, text, 8, 0) == 4, "the data");
    for (int again = 0; again < 2; again++) {
        overlapped_clear(&ov);
        CHECK("RECV-4", started(recv_start(p.ours, text, 8, 0, &ov)), "an end");
        EXPECT_PACKET("RECV-4", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    }
    shutdown(p.ours, SD_SEND);
    CHECK("RECV-4", recv(p.peer, text, 8, 0) == 0, "the peer sees ours");
    settle();
    overlapped_clear(&ov);
    CHECK("RECV-4", started(recv_start(p.ours, text, 8, 0, &ov)), "still an end");
    EXPECT_PACKET("RECV-4", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    CHECK("RECV-4", recv(p.ours, text, 8, 0) == 0, "for recv as well");
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(nothing_first);
    RUN(send_first);
    RUN(option_first);
    RUN(readiness_first);
    RUN(events_first);
    RUN(empty_receive_first);
    RUN(wait_all_first);
    RUN(blocking_wait_all_first);
    RUN(both_ways_pending);
    RUN(an_end_is_no_reset);
    WSACleanup();
    return check_report();
}
