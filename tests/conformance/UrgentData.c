/* SPDX-License-Identifier: MIT
 *
 * MSG_OOB and the other flags of receives and sends: what pends, what is refused, what is ignored.
 */
#include "datagrams.h"

static DWORD flagged_send(SOCKET s, const char *data, DWORD length, DWORD flags, OVERLAPPED *ov)
{
    WSABUF buffer = {length, (char *)(ULONG_PTR)data};
    return WSASend(s, &buffer, 1, NULL, flags, ov, NULL) == 0 ? 0 : (DWORD)WSAGetLastError();
}

static void urgent_byte(void)
{
    struct pair p;
    OVERLAPPED ov[2];
    char byte = 0, text[8];

    for (int early = 0; early < 2; early++) {
        pair_open(&p);
        overlapped_clear(&ov[0]);
        if (early) {
            REQUIRE(send(p.peer, "!", 1, MSG_OOB) == 1);
            settle();
        }
        DWORD code = recv_start(p.ours, &byte, 1, MSG_OOB, &ov[0]);
        CHECK_WINE_DEPARTS("RECV-16", early ? started(code) : code == WSA_IO_PENDING,
                           "Wine fails where there is none yet", "started: %u", (unsigned)code);
        if (!early && code == WSA_IO_PENDING)
            REQUIRE(send(p.peer, "!", 1, MSG_OOB) == 1);
        if (started(code)) {
            EXPECT_PACKET("RECV-16", p.port, KEY, &ov[0], NT_SUCCESS_0, 1);
            CHECK("RECV-16", byte == '!', "the urgent byte");
            overlapped_clear(&ov[1]);
            REQUIRE(started(recv_start(p.ours, text, 8, 0, &ov[1])));
            send_all(p.peer, "rest", 4);
            struct packet k = packet_take(p.port, DEADLINE);
            CHECK("RECV-16", k.ov == &ov[1] && k.error == 0 && k.bytes && text[0] == 'r',
                  "what comes behind it: error %u", (unsigned)k.error);
        }
        pair_close(&p);
    }
}

static void no_urgent_byte(void)
{
    struct pair p;
    OVERLAPPED ov;
    char byte;

    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = recv_start(p.ours, &byte, 1, MSG_OOB, &ov);
    CHECK_WINE_DEPARTS("RECV-16", code == WSA_IO_PENDING, "Wine fails where there is none yet",
                       "pends: %u", (unsigned)code);
    if (code == WSA_IO_PENDING) {
        shutdown(p.peer, SD_SEND);
        EXPECT_PACKET("RECV-16", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    }
    pair_close(&p);
}

static void in_line(void)
{
    struct pair p;
    OVERLAPPED ov;
    DWORD on = 1;
    char text[8];

    pair_open(&p);
    REQUIRE(setsockopt(p.ours, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on) == 0);
    REQUIRE(send(p.peer, "ab!", 3, MSG_OOB) == 3);
    int n = recv_all(p.ours, text, 3);
    CHECK("RECV-16", n == 3 && !memcmp(text, "ab!", 3), "comes with the rest: %d", n);
    overlapped_clear(&ov);
    DWORD code = recv_start(p.ours, text, 1, MSG_OOB, &ov);
    CHECK("RECV-16", code == WSAEINVAL, "and not by itself: %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    pair_close(&p);
}

static void on_datagrams(void)
{
    struct sockaddr_in a;
    char text[8];
    OVERLAPPED ov;
    SOCKET s = udp_bound(&a);
    HANDLE port = port_for(s, KEY);

    overlapped_clear(&ov);
    DWORD code = recv_start(s, text, sizeof text, MSG_OOB, &ov);
    CHECK_WINE_DEPARTS("RECV-16", code == WSAEOPNOTSUPP, "Wine receives", "MSG_OOB: %u",
                       (unsigned)code);
    retract(code, s, port, &ov);
    overlapped_clear(&ov);
    code = recv_start(s, text, sizeof text, MSG_WAITALL, &ov);
    CHECK_WINE_DEPARTS("RECV-14", code == WSAEOPNOTSUPP, "Wine receives", "MSG_WAITALL: %u",
                       (unsigned)code);
    retract(code, s, port, &ov);
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(s);
    CloseHandle(port);
}

static void other_flags(void)
{
    struct pair p;
    OVERLAPPED ov;
    char text[8];

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-15", started(recv_start(p.ours, text, 8, MSG_PARTIAL, &ov)), "MSG_PARTIAL");
    send_all(p.peer, "p", 1);
    EXPECT_PACKET("RECV-15", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    overlapped_clear(&ov);
    DWORD code = recv_start(p.ours, text, 8, MSG_PUSH_IMMEDIATE, &ov);
    CHECK("RECV-20", started(code), "MSG_PUSH_IMMEDIATE: %u", (unsigned)code);
    send_all(p.peer, "p", 1);
    EXPECT_PACKET("RECV-20", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    overlapped_clear(&ov);
    code = flagged_send(p.ours, "x", 1, MSG_PARTIAL, &ov);
    CHECK_WINE_DEPARTS("RECV-15", code == WSAEOPNOTSUPP, "Wine sends", "sent with MSG_PARTIAL: %u",
                       (unsigned)code);
    retract(code, p.ours, p.port, &ov);
#ifndef __MINGW32__ /* Wine would wait */
    DWORD flags = MSG_PEEK | MSG_WAITALL, bytes;
    WSABUF buffer = {8, text};
    int result = WSARecv(p.ours, &buffer, 1, &bytes, &flags, NULL, NULL);
    CHECK("RECV-14", result && WSAGetLastError() == WSAEOPNOTSUPP, "MSG_PEEK with MSG_WAITALL: %d",
          WSAGetLastError());
#endif
    pair_close(&p);
}

static void disconnects(void)
{
    struct pair p;
    char text[8];
    WSABUF data = {4, (char *)(ULONG_PTR) "data"}, none = {0, NULL};

    pair_open(&p);
    int code = ERROR_OF(WSASendDisconnect(p.ours, &data));
    CHECK_WINE_DEPARTS("CLOSE-18", code == WSAENOPROTOOPT, "Wine ignores the data", "data: %d",
                       code);
    code = ERROR_OF(WSASendDisconnect(p.ours, &none));
    CHECK("CLOSE-18", code == 0, "no data: %d", code);
    CHECK("CLOSE-18", recv(p.peer, text, 8, 0) == 0, "the peer reads the end");
    code = ERROR_OF(send(p.ours, "x", 1, 0));
    CHECK("CLOSE-18", code == WSAESHUTDOWN, "sending: %d", code);
    send_all(p.peer, "data", 4);
    CHECK("CLOSE-18", recv(p.ours, text, 8, 0) == 4, "receiving goes on");
    code = ERROR_OF(WSARecvDisconnect(p.ours, NULL));
    CHECK("CLOSE-19", code == 0, "WSARecvDisconnect: %d", code);
    code = ERROR_OF(recv(p.ours, text, 8, 0));
    CHECK("CLOSE-19", code == WSAESHUTDOWN, "receiving: %d", code);
    SOCKET fresh = tcp_socket();
    code = ERROR_OF(WSASendDisconnect(fresh, NULL));
    CHECK("CLOSE-18", code == WSAENOTCONN, "not connected: %d", code);
    code = ERROR_OF(WSARecvDisconnect(fresh, NULL));
    CHECK("CLOSE-19", code == WSAENOTCONN, "not connected: %d", code);
    code = ERROR_OF(WSASendDisconnect(INVALID_SOCKET, NULL));
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %d", code);
    closesocket(fresh);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(urgent_byte);
    RUN(no_urgent_byte);
    RUN(in_line);
    RUN(on_datagrams);
    RUN(other_flags);
    RUN(disconnects);
    WSACleanup();
    return check_report();
}
