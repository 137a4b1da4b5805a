/* SPDX-License-Identifier: MIT
 *
 * More of the plain calls: what blocking and non-blocking sends take, names that stay after the end
 * of a connection, listening and connecting in the wrong state, lengths that are negative or too
 * short, and blocking calls beside overlapped ones.
 */
#include "datagrams.h"

static void sends_take_all_or_some(void)
{
    enum { LENGTH = 8 * 1024 * 1024 };
    SOCKET s, peer;
    u_long on = 1;
    char *data = calloc(1, LENGTH);
    int sent = 0, code = 0, n = 0;

    REQUIRE(data != NULL);
    tcp_pair(&s, &peer);
    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    for (int i = 0; i < 4096 && code == 0; i++) {
        n = send(s, data, LENGTH, 0);
        code = n == SOCKET_ERROR ? WSAGetLastError() : 0;
        sent += n > 0 ? n : 0;
    }
    CHECK("CALL-10", code == WSAEWOULDBLOCK, "a full buffer: %d", code);
    CHECK("CALL-10", sent > 0, "after %d bytes", sent);
    int got = 0;
    REQUIRE(ioctlsocket(peer, FIONBIO, &on) == 0);
    for (int idle = 0; got < sent && idle < DEADLINE / 5;) {
        n = recv(peer, data, LENGTH, 0);
        got += n > 0 ? n : 0;
        idle = n > 0 ? 0 : idle + 1;
        if (n <= 0)
            Sleep(5);
    }
    CHECK("CALL-10", got == sent, "what was taken arrives: %d of %d", got, sent);
    closesocket(s);
    closesocket(peer);
    free(data);
}

struct reader {
    SOCKET s;
    int wanted, got;
};

static DWORD WINAPI slow_reader(void *argument)
{
    struct reader *r = argument;
    static char block[65536];
    while (r->got < r->wanted) {
        int n = recv(r->s, block, sizeof block, 0);
        if (n <= 0)
            break;
        r->got += n;
        if (r->got < 1000000)
            Sleep(1);
    }
    return 0;
}

static void a_blocking_send_is_whole(void)
{
    enum { LENGTH = 8 * 1024 * 1024 };
    SOCKET s, peer;
    char *data = calloc(1, LENGTH);

    REQUIRE(data != NULL);
    tcp_pair(&s, &peer);
    struct reader r = {peer, LENGTH, 0};
    HANDLE thread = CreateThread(NULL, 0, slow_reader, &r, 0, NULL);
    REQUIRE(thread != NULL);
    int n = send(s, data, LENGTH, 0);
    CHECK("CALL-10", n == LENGTH, "send took %d of %d", n, LENGTH);
    REQUIRE(WaitForSingleObject(thread, 4 * DEADLINE) == WAIT_OBJECT_0);
    CHECK("CALL-10", r.got == LENGTH, "%d arrived", r.got);
    CloseHandle(thread);
    closesocket(s);
    closesocket(peer);
    free(data);
}

static void names_stay(void)
{
    SOCKET s, peer;
    char byte;
    struct sockaddr_in before, after;
    int length = sizeof before;

    tcp_pair(&s, &peer);
    REQUIRE(getpeername(s, (struct sockaddr *)&before, &length) == 0);
    REQUIRE(shutdown(s, SD_SEND) == 0);
    REQUIRE(recv(peer, &byte, 1, 0) == 0);
    REQUIRE(shutdown(peer, SD_SEND) == 0);
    REQUIRE(recv(s, &byte, 1, 0) == 0);
    settle();
    length = sizeof after;
    int code = ERROR_OF(getpeername(s, (struct sockaddr *)&after, &length));
    CHECK_WINE_DEPARTS("CLOSE-11", code == 0 && same_address(&before, &after),
                       "Wine asks Linux, which has forgotten",
                       "getpeername after both sides ended: %d", code);
    length = sizeof after;
    code = ERROR_OF(getpeername(peer, (struct sockaddr *)&after, &length));
    CHECK_WINE_DEPARTS("CLOSE-11", code == 0, "Wine asks Linux, which has forgotten",
                       "on the other side too: %d", code);
    length = sizeof after;
    code = ERROR_OF(getsockname(s, (struct sockaddr *)&after, &length));
    CHECK("CLOSE-11", code == 0, "getsockname: %d", code);
    closesocket(s);
    closesocket(peer);
}

static void shutdown_after_a_reset(void)
{
    SOCKET s, peer;
    char byte;

    tcp_pair(&s, &peer);
    tcp_reset(&peer);
    settle();
    recv(s, &byte, 1, 0);
    int code = ERROR_OF(shutdown(s, SD_BOTH));
    CHECK("CLOSE-9", code == 0 || code == WSAENOTCONN || code == WSAECONNRESET,
          "a code of its own"
          ": %d",
          code);
    CHECK("CLOSE-1", closesocket(s) == 0, "closed");
}

static void wrong_states(void)
{
    struct sockaddr_in address, other = loopback(9);
    SOCKET s, peer, listener = tcp_listener(&address);
    SOCKET datagram = socket(AF_INET, SOCK_DGRAM, 0);
    int code;

    tcp_pair(&s, &peer);
    code = ERROR_OF(listen(s, 5));
    CHECK("CALL-3", code == WSAEISCONN || code == WSAEINVAL, "listen, connected: %d", code);
    code = ERROR_OF(connect(listener, (struct sockaddr *)&other, sizeof other));
    CHECK("CALL-4", code == WSAEINVAL, "connect, listening: %d", code);
    code = accept(s, NULL, NULL) == INVALID_SOCKET ? WSAGetLastError() : 0;
    CHECK("CALL-3", code == WSAEINVAL, "accept, connected: %d", code);
    tcp_bind(datagram);
    code = ERROR_OF(listen(datagram, 5));
    CHECK("CALL-3", code == WSAEOPNOTSUPP, "listen, datagram: %d", code);
    code = accept(datagram, NULL, NULL) == INVALID_SOCKET ? WSAGetLastError() : 0;
    CHECK("CALL-3", code == WSAEOPNOTSUPP, "accept, datagram: %d", code);
    other.sin_port = address.sin_port;
    CHECK("CALL-4", connect(datagram, (struct sockaddr *)&other, sizeof other) == 0, "connect");
    CHECK("CALL-4", connect(datagram, (struct sockaddr *)&other, sizeof other) == 0, "and again");
    SOCKET fresh = tcp_socket();
    other.sin_addr.s_addr = htonl(0xC0000201); /* 192.0.2.1, nobody's */
    other.sin_port = 0;
    code = ERROR_OF(bind(fresh, (struct sockaddr *)&other, sizeof other));
    CHECK("CALL-2", code == WSAEADDRNOTAVAIL, "bind to another host's address: %d", code);
    closesocket(fresh);
    closesocket(datagram);
    closesocket(listener);
    closesocket(s);
    closesocket(peer);
}

static void lengths(void)
{
    struct sockaddr_in name = loopback(9), address;
    struct sockaddr *any = (struct sockaddr *)&name;
    SOCKET s, peer, listener = tcp_listener(&address);
    char text[16] = "";
    int code, length;

    tcp_pair(&s, &peer);
    SOCKET fresh = tcp_socket(), datagram = udp_bound(&address);
    code = ERROR_OF(bind(fresh, any, -1));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine has other ideas of it", "bind, -1: %d",
                       code);
    code = ERROR_OF(connect(fresh, any, -16));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine says WSAEADDRNOTAVAIL",
                       "connect, -16: %d", code);
    code = ERROR_OF(sendto(datagram, text, 4, 0, any, -1));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine has other ideas of it", "sendto, -1: %d",
                       code);
    length = -1;
    code = ERROR_OF(getsockname(s, any, &length));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine has other ideas of it",
                       "getsockname, -1: %d", code);
    length = 0;
    code = ERROR_OF(getpeername(s, any, &length));
    CHECK("CALL-1", code == WSAEFAULT, "getpeername, 0: %d", code);
    code = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, text, -1));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine reads the value all the same",
                       "setsockopt, -1: %d", code);
    length = -5;
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, text, &length));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine writes the value all the same",
                       "getsockopt, -5: %d", code);
    length = 4;
    SOCKET client = tcp_socket();
    struct sockaddr_in where;
    int where_length = sizeof where;
    REQUIRE(getsockname(listener, (struct sockaddr *)&where, &where_length) == 0);
    REQUIRE(connect(client, (struct sockaddr *)&where, sizeof where) == 0);
    memset(text, 0x55, sizeof text);
    SOCKET accepted = accept(listener, (struct sockaddr *)text, &length);
    code = accepted == INVALID_SOCKET ? WSAGetLastError() : 0;
    CHECK("CALL-1", code == WSAEFAULT || code == 0, "accept, no room: %d", code);
    CHECK("CALL-1", (unsigned char)text[8] == 0x55, "nothing is written beyond the room");
    close_if_open(&accepted);
    closesocket(client);
    closesocket(fresh);
    closesocket(datagram);
    closesocket(listener);
    closesocket(s);
    closesocket(peer);
}

/* ---- blocking and overlapped calls on one socket ---- */

struct blocked {
    SOCKET s;
    HANDLE self;
    volatile LONG entered, left;
    int result, code;
};

static DWORD WINAPI blocked_receive(void *argument)
{
    struct blocked *b = argument;
    char byte[4];
    InterlockedExchange(&b->entered, 1);
    b->result = recv(b->s, byte, 4, 0);
    b->code = b->result == SOCKET_ERROR ? WSAGetLastError() : 0;
    InterlockedExchange(&b->left, 1);
    return 0;
}

static void block(struct blocked *b, SOCKET s)
{
    memset(b, 0, sizeof *b);
    b->s = s;
    b->self = CreateThread(NULL, 0, blocked_receive, b, 0, NULL);
    REQUIRE(b->self != NULL);
    while (!InterlockedCompareExchange(&b->entered, 0, 0))
        Sleep(1);
    Sleep(50);
}

static void cancelling_and_blocking_calls(void)
{
    struct pair p;
    struct blocked b;

    pair_open(&p);
    block(&b, p.ours);
    CHECK_WINE_DEPARTS("CANC-10",
                       !CancelIoEx((HANDLE)p.ours, NULL) && GetLastError() == ERROR_NOT_FOUND,
                       "Wine makes an overlapped operation of a blocking call",
                       "CancelIoEx finds no blocking call: GLE %u", (unsigned)GetLastError());
    if (!check_on_wine()) {
        CHECK("CANC-10", WaitForSingleObject(b.self, QUIET) == WAIT_TIMEOUT, "which goes on");
        CHECK("CANC-9", CancelSynchronousIo(b.self), "CancelSynchronousIo does");
        CHECK("CANC-9", WaitForSingleObject(b.self, DEADLINE) == WAIT_OBJECT_0, "and ends it");
        CHECK("CANC-9",
              b.code == WSA_OPERATION_ABORTED || b.code == WSAEINTR || b.code == WSAECONNABORTED,
              "with %d", b.code);
        EXPECT_NO_PACKET("CANC-10", p.port);
        send_all(p.peer, "kept", 4);
        char text[4];
        CHECK("CANC-6", recv_all(p.ours, text, 4) == 4 && !memcmp(text, "kept", 4),
              "nothing was lost with it");
    } else {
        send_all(p.peer, "x", 1);
        WaitForSingleObject(b.self, DEADLINE);
    }
    CloseHandle(b.self);
    pair_close(&p);
}

static void sending_beside_a_blocked_receive(void)
{
    struct pair p;
    struct blocked b;
    char text[4];
    OVERLAPPED ov;

    pair_open(&p);
    block(&b, p.ours);
    CHECK("SOCK-2", send(p.ours, "blk", 3, 0) == 3, "a blocking send goes through");
    overlapped_clear(&ov);
    CHECK("SOCK-2", started(send_start(p.ours, "o", 1, &ov)), "an overlapped one too");
    EXPECT_PACKET("PKT-1", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    CHECK("SOCK-2", recv_all(p.peer, text, 4) == 4 && !memcmp(text, "blko", 4), "in order");
    CHECK("SOCK-2", !InterlockedCompareExchange(&b.left, 0, 0), "the receive still waits");
    send_all(p.peer, "r", 1);
    CHECK("SOCK-2", WaitForSingleObject(b.self, DEADLINE) == WAIT_OBJECT_0 && b.result == 1,
          "and gets its byte");
    EXPECT_NO_PACKET("PKT-5", p.port);
    CloseHandle(b.self);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(sends_take_all_or_some);
    RUN(a_blocking_send_is_whole);
    RUN(names_stay);
    RUN(shutdown_after_a_reset);
    RUN(wrong_states);
    RUN(lengths);
    RUN(cancelling_and_blocking_calls);
    RUN(sending_beside_a_blocked_receive);
    WSACleanup();
    return check_report();
}
