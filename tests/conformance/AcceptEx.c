/* SPDX-License-Identifier: MIT
 *
 * AcceptEx and GetAcceptExSockaddrs: arguments, with and without first data, address blocks,
 * several accepts at once, and what closing either socket does. Reuse of a disconnected socket
 * (ACC-17) is in DisconnectEx.c.
 */
#include "sockets.h"

#define BLOCK (sizeof(struct sockaddr_in) + 16)

struct acceptor {
    SOCKET listener; /* associated with port under KEY */
    struct sockaddr_in address;
    HANDLE port;
};

struct accepting {
    SOCKET socket;
    OVERLAPPED ov;
    char buffer[256];
};

static void acceptor_open(struct acceptor *a)
{
    a->listener = tcp_listener(&a->address);
    a->port = port_for(a->listener, KEY);
}

static void acceptor_close(struct acceptor *a)
{
    close_if_open(&a->listener);
    CHECK("PKT-6", packet_take(a->port, 0).ov == NULL, "nothing is left in the port");
    CloseHandle(a->port);
}

static DWORD byte_count; /* what the last AcceptEx left there */

/* 0, WSA_IO_PENDING or the error. */
static DWORD accept_on(SOCKET listener, SOCKET s, void *buffer, DWORD r, DWORD l, DWORD m,
                       OVERLAPPED *ov)
{
    byte_count = UNTOUCHED;
    return AcceptEx(listener, s, buffer, r, l, m, &byte_count, ov) ? 0 : (DWORD)WSAGetLastError();
}

static DWORD accepting_start(struct acceptor *a, struct accepting *x, DWORD r)
{
    x->socket = tcp_socket();
    overlapped_clear(&x->ov);
    memset(x->buffer, 0, sizeof x->buffer);
    return accept_on(a->listener, x->socket, x->buffer, r, BLOCK, BLOCK, &x->ov);
}

static int update_context(struct acceptor *a, SOCKET s)
{
    return setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&a->listener,
                      sizeof a->listener);
}

/* Both sockets of the call are given away. */
static void refused(SOCKET listener, SOCKET s, DWORD expect, const char *reason, const char *what)
{
    char buffer[256];
    OVERLAPPED ov;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    REQUIRE(port != NULL);
    if (listener != INVALID_SOCKET)
        REQUIRE(CreateIoCompletionPort((HANDLE)listener, port, KEY, 0) == port);
    overlapped_clear(&ov);
    DWORD code = accept_on(listener, s, buffer, 0, BLOCK, BLOCK, &ov);
    CHECK_WINE_DEPARTS("ACC-1", code == expect, reason, "%s: code %u", what, (unsigned)code);
    retract(code, listener, port, &ov);
    close_if_open(&listener);
    close_if_open(&s);
    CHECK("ACC-1", packet_take(port, 20).ov == NULL, "no packet");
    CloseHandle(port);
}

static void wrong_sockets(void)
{
    struct sockaddr_in address, where;
    SOCKET bound = tcp_socket(), other = tcp_socket();

    tcp_bind(bound);
    tcp_bind(other);
    refused(INVALID_SOCKET, tcp_socket(), WSAENOTSOCK, NULL, "invalid listener");
    refused(tcp_listener(&address), INVALID_SOCKET, WSAENOTSOCK, NULL, "invalid accept socket");
    refused(bound, tcp_socket(), WSAEINVAL, "Wine finds out at the connection", "not listening");
    refused(tcp_listener(&address), other, WSAEINVAL, "Wine takes a bound accept socket",
            "accept socket bound");
    SOCKET listener = tcp_listener(&address);
    SOCKET connected = tcp_connect(&address);
    refused(tcp_listener(&where), connected, WSAEINVAL, "Wine takes a connected accept socket",
            "accept socket connected");
    closesocket(listener);
    refused(tcp_listener(&address), socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP), WSAEINVAL,
            "Wine takes a datagram socket", "accept socket is a datagram socket");
}

static void arguments(void)
{
    struct acceptor a;
    char buffer[256];
    OVERLAPPED ov;

    acceptor_open(&a);
    SOCKET s = tcp_socket();
    overlapped_clear(&ov);
    DWORD code = accept_on(a.listener, s, NULL, 16, BLOCK, BLOCK, &ov);
    CHECK_WINE_DEPARTS("ACC-1", code == WSAEFAULT, "Wine says WSAEINVAL", "no buffer: code %u",
                       (unsigned)code);
    CHECK("OVL-6", byte_count == UNTOUCHED, "byte count %u", (unsigned)byte_count);
    CHECK("OVL-2", (DWORD)ov.Internal == NT_PENDING, "Internal is left pending (%x)",
          (unsigned)ov.Internal);
    CHECK_WINE_DEPARTS("OVL-2", ov.InternalHigh == UNTOUCHED, "Wine clears it at the start",
                       "InternalHigh is untouched");
    code = accept_on(a.listener, s, buffer, 0, BLOCK, 0, &ov);
    CHECK("ACC-1", code == WSAEFAULT, "no room for the remote address: code %u", (unsigned)code);
    code = accept_on(a.listener, s, buffer, 0, BLOCK, BLOCK, NULL);
    CHECK("ACC-1", code == ERROR_INVALID_PARAMETER, "no OVERLAPPED: code %u", (unsigned)code);
    code = accept_on(INVALID_SOCKET, s, NULL, 0, 0, 0, NULL);
    CHECK("ACC-1", code == ERROR_INVALID_PARAMETER, "nor anything else: code %u", (unsigned)code);
    EXPECT_NO_PACKET("ACC-1", a.port);
    closesocket(s);
    acceptor_close(&a);
}

static void failure_leaves_internal_pending(void)
{
    struct acceptor a;
    struct accepting x;
    char buffer[256];
    OVERLAPPED ov;

    acceptor_open(&a);
    CHECK("ACC-1", accepting_start(&a, &x, 0) == WSA_IO_PENDING, "pends");
    CHECK_WINE_DEPARTS("OVL-1", x.ov.InternalHigh == UNTOUCHED, "Wine clears it at the start",
                       "InternalHigh is not written at the start");
    CHECK("OVL-1", !HasOverlappedIoCompleted(&x.ov), "Internal says pending");
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    DWORD code = accept_on(a.listener, x.socket, buffer, 0, BLOCK, BLOCK, &ov);
    CHECK("ACC-1", code == WSAEINVAL, "already in a pending AcceptEx: code %u", (unsigned)code);
    CHECK("OVL-2", (DWORD)ov.Internal == NT_PENDING, "Internal %x", (unsigned)ov.Internal);
    CHECK_WINE_DEPARTS("OVL-2", ov.InternalHigh == UNTOUCHED, "Wine clears it at the start",
                       "InternalHigh is untouched");
    CHECK("PKT-2", !is_set(ov.hEvent), "the event is not set");
    EXPECT_NO_PACKET("PKT-2", a.port);
    CloseHandle(ov.hEvent);
    close_if_open(&a.listener);
    EXPECT_PACKET("ACC-12", a.port, KEY, &x.ov, NT_CANCELLED, 0);
    closesocket(x.socket);
    acceptor_close(&a);
}

static void names_are_right(struct acceptor *a, struct accepting *x, SOCKET client, DWORD r)
{
    struct sockaddr_in *local = NULL, *remote = NULL, theirs;
    int local_length = 0, remote_length = 0, length = sizeof theirs;

    REQUIRE(getsockname(client, (struct sockaddr *)&theirs, &length) == 0);
    GetAcceptExSockaddrs(x->buffer, r, BLOCK, BLOCK, (struct sockaddr **)&local, &local_length,
                         (struct sockaddr **)&remote, &remote_length);
    CHECK("GAES-1", local_length == 16 && remote_length == 16, "lengths %d and %d", local_length,
          remote_length);
    CHECK("GAES-1",
          (char *)local >= x->buffer + r && (char *)local < x->buffer + r + BLOCK &&
              (char *)remote >= x->buffer + r + BLOCK && (char *)remote < x->buffer + r + 2 * BLOCK,
          "both point into the buffer");
    CHECK("ACC-3", (char *)local >= x->buffer + r, "the blocks follow the data");
    CHECK("GAES-3",
          local->sin_family == AF_INET && local->sin_port == a->address.sin_port &&
              local->sin_addr.s_addr == htonl(INADDR_LOOPBACK),
          "local address, port %u", ntohs(local->sin_port));
    CHECK("GAES-3",
          remote->sin_family == AF_INET && remote->sin_port == theirs.sin_port &&
              remote->sin_addr.s_addr == htonl(INADDR_LOOPBACK),
          "remote address, port %u", ntohs(remote->sin_port));
}

static void without_data(void)
{
    struct acceptor a;
    struct accepting x;
    struct sockaddr_in name;
    int length = sizeof name;
    char text[4];

    acceptor_open(&a);
    CHECK("ACC-2", accepting_start(&a, &x, 0) == WSA_IO_PENDING, "pends");
    CHECK_WINE_DEPARTS("ACC-2", byte_count == UNTOUCHED, "Wine stores 0 in a pending call",
                       "byte count untouched (%u)", (unsigned)byte_count);
    EXPECT_NO_PACKET("ACC-5", a.port);
    SOCKET client = tcp_connect(&a.address);
    EXPECT_PACKET("ACC-5", a.port, KEY, &x.ov, NT_SUCCESS_0, 0);
    names_are_right(&a, &x, client, 0);
    CHECK("ACC-15", send(x.socket, "hi", 2, 0) == 2, "send works at once");
    CHECK("ACC-15", recv_all(client, text, 2) == 2, "and arrives");
    CHECK("ACC-15", update_context(&a, x.socket) == 0, "SO_UPDATE_ACCEPT_CONTEXT, WSAGLE %d",
          WSAGetLastError());
    CHECK("ACC-15",
          getpeername(x.socket, (struct sockaddr *)&name, &length) == 0 &&
              name.sin_addr.s_addr == htonl(INADDR_LOOPBACK),
          "then getpeername, WSAGLE %d", WSAGetLastError());
    CHECK("ACC-15", getsockname(x.socket, (struct sockaddr *)&name, &length) == 0, "getsockname");
    CHECK("ACC-15", name.sin_port == a.address.sin_port, "the listener's port");
    CHECK("ACC-15", shutdown(x.socket, SD_SEND) == 0, "and shutdown work");
    EXPECT_NO_PACKET("PKT-6", a.port);
    closesocket(client);
    closesocket(x.socket);
    acceptor_close(&a);
}

static void with_first_data(void)
{
    struct acceptor a;
    struct accepting x;

    acceptor_open(&a);
    CHECK("ACC-2", accepting_start(&a, &x, 64) == WSA_IO_PENDING, "pends");
    SOCKET client = tcp_connect(&a.address);
    EXPECT_NO_PACKET("ACC-5", a.port);
    send_all(client, "hello", 5);
    EXPECT_PACKET("ACC-5", a.port, KEY, &x.ov, NT_SUCCESS_0, 5);
    CHECK("ACC-3", !memcmp(x.buffer, "hello", 5), "the data is at the front");
    names_are_right(&a, &x, client, 64);
    closesocket(client);
    closesocket(x.socket);

    CHECK("ACC-2", accepting_start(&a, &x, 4) == WSA_IO_PENDING, "pends");
    client = tcp_connect(&a.address);
    send_all(client, "abcdef", 6);
    EXPECT_PACKET("ACC-5", a.port, KEY, &x.ov, NT_SUCCESS_0, 4);
    CHECK("ACC-5", recv(x.socket, x.buffer, 8, 0) == 2 && !memcmp(x.buffer, "ef", 2),
          "what did not fit is received next");
    closesocket(client);
    closesocket(x.socket);

    CHECK("ACC-2", accepting_start(&a, &x, 64) == WSA_IO_PENDING, "pends");
    client = tcp_connect(&a.address);
    closesocket(client);
    EXPECT_PACKET("ACC-5", a.port, KEY, &x.ov, NT_SUCCESS_0, 0);
    closesocket(x.socket);
    acceptor_close(&a);
}

static void connection_already_queued(void)
{
    struct acceptor a;
    struct accepting x;

    acceptor_open(&a);
    SOCKET first = tcp_connect(&a.address), second = tcp_connect(&a.address);
    send_all(first, "1", 1);
    send_all(second, "2", 1);
    settle();
    for (int i = 0; i < 2; i++) {
        DWORD code = accepting_start(&a, &x, 16);
        CHECK("ACC-2", started(code), "code %u", (unsigned)code);
        EXPECT_PACKET("ACC-9", a.port, KEY, &x.ov, NT_SUCCESS_0, 1);
        CHECK("ACC-9", x.buffer[0] == '1' + i, "the first in the backlog first (%c)", x.buffer[0]);
        closesocket(x.socket);
    }
    closesocket(first);
    closesocket(second);
    acceptor_close(&a);
}

static void peer_resets_before_data(void)
{
    struct acceptor a;
    struct accepting x;

    acceptor_open(&a);
    CHECK("ACC-6", accepting_start(&a, &x, 64) == WSA_IO_PENDING, "pends");
    SOCKET client = tcp_connect(&a.address);
    settle();
    tcp_reset(&client);
    struct packet k = packet_take(a.port, DEADLINE);
    CHECK("ACC-6", k.ov == &x.ov && k.bytes == 0, "one packet, %u bytes", (unsigned)k.bytes);
    CHECK("ACC-6", k.error == ERROR_NETNAME_DELETED, "error %u", (unsigned)k.error);
    closesocket(x.socket);

    CHECK("ACC-6", accepting_start(&a, &x, 0) == WSA_IO_PENDING, "pends");
    client = tcp_connect(&a.address);
    tcp_reset(&client);
    k = packet_take(a.port, DEADLINE);
    CHECK("ACC-6", k.ov == &x.ov && k.bytes == 0, "one packet without data too, error %u",
          (unsigned)k.error);
    closesocket(x.socket);
    acceptor_close(&a);
}

static void several_at_once(void)
{
    enum { N = 4 };
    struct acceptor a;
    struct accepting x[N];
    SOCKET clients[N];
    int seen = 0;

    acceptor_open(&a);
    for (int i = 0; i < N; i++)
        CHECK("ACC-9", accepting_start(&a, &x[i], 0) == WSA_IO_PENDING, "accept %d pends", i);
    for (int i = 0; i < N; i++)
        clients[i] = tcp_connect(&a.address);
    for (int i = 0; i < N; i++) {
        struct packet k = packet_take(a.port, DEADLINE);
        CHECK("ACC-9", k.ov && k.error == 0 && k.key == KEY, "packet %d", i);
        for (int j = 0; j < N; j++)
            seen |= k.ov == &x[j].ov ? 1 << j : 0;
    }
    CHECK("ACC-9", seen == (1 << N) - 1, "each completed once (%x)", (unsigned)seen);
    EXPECT_NO_PACKET("PKT-6", a.port);
    for (int i = 0; i < N; i++) {
        char byte = (char)('a' + i);
        send_all(clients[i], &byte, 1);
    }
    seen = 0;
    for (int i = 0; i < N; i++) {
        char byte = 0;
        CHECK("ACC-9", recv(x[i].socket, &byte, 1, 0) == 1, "accept %d has a client", i);
        seen |= byte >= 'a' && byte < 'a' + N ? 1 << (byte - 'a') : 0;
        closesocket(x[i].socket);
    }
    CHECK("ACC-9", seen == (1 << N) - 1, "every client is served by one of them (%x)",
          (unsigned)seen);
    for (int i = 0; i < N; i++)
        closesocket(clients[i]);
    acceptor_close(&a);
}

static void waiting_for_data_blocks_nobody(void)
{
    struct acceptor a;
    struct accepting x[2];

    acceptor_open(&a);
    CHECK("ACC-7", accepting_start(&a, &x[0], 16) == WSA_IO_PENDING, "pends");
    CHECK("ACC-7", accepting_start(&a, &x[1], 16) == WSA_IO_PENDING, "pends");
    SOCKET silent = tcp_connect(&a.address), talker = tcp_connect(&a.address);
    settle();
    send_all(talker, "t", 1);
    struct packet k = packet_take(a.port, DEADLINE);
    CHECK("ACC-7", k.ov && k.bytes == 1 && k.error == 0, "the talker is through, error %u",
          (unsigned)k.error);
    SOCKET third = tcp_connect(&a.address);
    SOCKET plain = accept(a.listener, NULL, NULL);
    CHECK("ACC-18", plain != INVALID_SOCKET, "accept takes the next one");
    EXPECT_NO_PACKET("ACC-18", a.port);
    OVERLAPPED *last = k.ov == &x[0].ov ? &x[1].ov : &x[0].ov;
    send_all(silent, "late", 4);
    EXPECT_PACKET("ACC-7", a.port, KEY, last, NT_SUCCESS_0, 4);
    SOCKET all[6] = {silent, talker, third, plain, x[0].socket, x[1].socket};
    for (int i = 0; i < 6; i++)
        closesocket(all[i]);
    acceptor_close(&a);
}

static void small_address_blocks(void)
{
    struct acceptor a;
    char buffer[256];
    struct sockaddr *local = (struct sockaddr *)buffer, *remote = NULL;
    int local_length = 77, remote_length = 0;
    OVERLAPPED ov;

    acceptor_open(&a);
    SOCKET s = tcp_socket();
    overlapped_clear(&ov);
    DWORD code = accept_on(a.listener, s, buffer, 0, 0, BLOCK, &ov);
    CHECK("ACC-4", code == WSA_IO_PENDING, "no local address wanted: code %u", (unsigned)code);
    SOCKET client = tcp_connect(&a.address);
    EXPECT_PACKET("ACC-4", a.port, KEY, &ov, NT_SUCCESS_0, 0);
    GetAcceptExSockaddrs(buffer, 0, 0, BLOCK, &local, &local_length, &remote, &remote_length);
    CHECK_WINE_DEPARTS("GAES-2", local == (struct sockaddr *)buffer && local_length == 77,
                       "Wine stores a local address nevertheless", "the local one is untouched");
    CHECK("GAES-2", remote && remote_length == 16 && remote->sa_family == AF_INET,
          "the remote one is there");
    closesocket(client);
    closesocket(s);

    s = tcp_socket();
    overlapped_clear(&ov);
    code = accept_on(a.listener, s, buffer, 0, 3, BLOCK, &ov);
    CHECK("ACC-4", code == WSA_IO_PENDING, "too small a block pends: code %u", (unsigned)code);
    client = tcp_connect(&a.address);
    EXPECT_PACKET("ACC-4", a.port, KEY, &ov, NT_BUFFER_TOO_SMALL, 0);
    overlapped_clear(&ov);
    code = accept_on(a.listener, s, buffer, 0, BLOCK, BLOCK, &ov);
    CHECK("ACC-4", started(code), "again with room: code %u", (unsigned)code);
    struct packet k = packet_take(a.port, check_on_wine() ? QUIET : DEADLINE);
    if (!CHECK_WINE_DEPARTS("ACC-4", k.ov == &ov && k.error == 0, "Wine loses the connection",
                            "the connection was kept, error %u", (unsigned)k.error) &&
        !k.ov)
        retract(code, a.listener, a.port, &ov);
    closesocket(client);
    closesocket(s);
    acceptor_close(&a);
}

static void accept_socket_is_taken(void)
{
    struct acceptor a;
    struct accepting x;
    char buffer[256];
    OVERLAPPED ov;

    acceptor_open(&a);
    CHECK("ACC-11", accepting_start(&a, &x, 0) == WSA_IO_PENDING, "pends");
    overlapped_clear(&ov);
    DWORD code = accept_on(a.listener, x.socket, buffer, 0, BLOCK, BLOCK, &ov);
    CHECK("ACC-11", code == WSAEINVAL, "second AcceptEx: code %u", (unsigned)code);
    int result = connect(x.socket, (struct sockaddr *)&a.address, sizeof a.address);
    CHECK("ACC-11", result && WSAGetLastError() == WSAEINVAL, "connect: WSAGLE %d",
          WSAGetLastError());
    CHECK_WINE_DEPARTS("ACC-14", !CancelIoEx((HANDLE)x.socket, NULL),
                       "Wine says it cancelled something", "the accept socket cancels nothing");
    CHECK("ACC-14", CancelIo((HANDLE)x.socket), "nor does CancelIo on it");
    EXPECT_NO_PACKET("ACC-14", a.port);
    CHECK("ACC-14", CancelIoEx((HANDLE)a.listener, &x.ov), "the listening socket does");
    EXPECT_PACKET("ACC-14", a.port, KEY, &x.ov, NT_CANCELLED, 0);
    closesocket(x.socket);

    CHECK("ACC-14", accepting_start(&a, &x, 0) == WSA_IO_PENDING, "pends");
    CHECK("ACC-14", CancelIo((HANDLE)a.listener), "CancelIo");
    EXPECT_PACKET("ACC-14", a.port, KEY, &x.ov, NT_CANCELLED, 0);
    EXPECT_NO_PACKET("PKT-6", a.port);
    closesocket(x.socket);
    acceptor_close(&a);
}

static void closing_the_listener(void)
{
    struct acceptor a;
    struct accepting x[2];
    struct sockaddr_in elsewhere;
    int seen = 0;

    acceptor_open(&a);
    for (int i = 0; i < 2; i++)
        CHECK("ACC-12", accepting_start(&a, &x[i], i * 16) == WSA_IO_PENDING, "accept %d", i);
    close_if_open(&a.listener);
    for (int i = 0; i < 2; i++) {
        struct packet k = packet_take(a.port, DEADLINE);
        CHECK("ACC-12", k.ov && k.error == ERROR_OPERATION_ABORTED && k.bytes == 0, "error %u",
              (unsigned)k.error);
        CHECK("ACC-12", k.ov && (DWORD)k.ov->Internal == NT_CANCELLED, "status");
        seen |= k.ov == &x[0].ov ? 1 : k.ov == &x[1].ov ? 2 : 0;
    }
    CHECK("ACC-12", seen == 3, "every accept ended (%x)", (unsigned)seen);
    EXPECT_NO_PACKET("PKT-6", a.port);
    SOCKET other = tcp_listener(&elsewhere);
    CHECK("ACC-12", connect(x[0].socket, (struct sockaddr *)&elsewhere, sizeof elsewhere) == 0,
          "the accept socket is still good, WSAGLE %d", WSAGetLastError());
    closesocket(x[0].socket);
    closesocket(x[1].socket);
    closesocket(other);
    acceptor_close(&a);
}

static void closing_the_accept_socket(void)
{
    struct acceptor a;
    struct accepting x;

    acceptor_open(&a);
    CHECK("ACC-13", accepting_start(&a, &x, 16) == WSA_IO_PENDING, "pends");
    closesocket(x.socket);
    EXPECT_PACKET("ACC-13", a.port, KEY, &x.ov, NT_CANCELLED, 0);

    CHECK("ACC-13", accepting_start(&a, &x, 16) == WSA_IO_PENDING, "pends");
    SOCKET client = tcp_connect(&a.address);
    settle();
    closesocket(x.socket);
    struct packet k = packet_take(a.port, DEADLINE);
    CHECK("ACC-13",
          k.ov == &x.ov && k.bytes == 0 &&
              (k.error == ERROR_OPERATION_ABORTED || k.error == ERROR_CONNECTION_ABORTED),
          "waiting for data: error %u", (unsigned)k.error);
    closesocket(client);

    CHECK("ACC-13", accepting_start(&a, &x, 16) == WSA_IO_PENDING, "pends");
    client = tcp_connect(&a.address);
    send_all(client, "abc", 3);
    settle();
    closesocket(x.socket);
    EXPECT_PACKET("ACC-13", a.port, KEY, &x.ov, NT_SUCCESS_0, 3);
    closesocket(client);
    acceptor_close(&a);
}

static DWORD connect_time(SOCKET s)
{
    DWORD seconds = UNTOUCHED;
    int length = sizeof seconds;
    int result = getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length);
    CHECK("ACC-16", result == 0, "SO_CONNECT_TIME, WSAGLE %d", result ? WSAGetLastError() : 0);
    return seconds;
}

static void time_since_connected(void)
{
    struct acceptor a;
    struct accepting x;

    acceptor_open(&a);
    CHECK("ACC-16", accepting_start(&a, &x, 16) == WSA_IO_PENDING, "pends");
    CHECK("ACC-16", connect_time(x.socket) == 0xFFFFFFFF, "not yet connected");
    SOCKET client = tcp_connect(&a.address);
    settle();
    DWORD seconds = connect_time(x.socket);
    CHECK("ACC-16", seconds <= 2, "connected and silent: %u s", (unsigned)seconds);
    seconds = connect_time(client);
    CHECK("ACC-16", seconds <= 2, "the client: %u s", (unsigned)seconds);
    Sleep(1100);
    seconds = connect_time(client);
    CHECK("ACC-16", seconds >= 1 && seconds <= 4, "a second later: %u s", (unsigned)seconds);
    send_all(client, "x", 1);
    EXPECT_PACKET("ACC-16", a.port, KEY, &x.ov, NT_SUCCESS_0, 1);
    seconds = connect_time(x.socket);
    CHECK("ACC-16", seconds >= 1 && seconds <= 4, "the accepted one: %u s", (unsigned)seconds);
    closesocket(client);
    closesocket(x.socket);
    acceptor_close(&a);
}

static void ports_of_both_sockets(void)
{
    struct acceptor a;
    struct accepting x;
    char text[4];
    OVERLAPPED ov;

    acceptor_open(&a);
    CHECK("ACC-8", accepting_start(&a, &x, 0) == WSA_IO_PENDING, "pends");
    HANDLE other = port_for(x.socket, 77);
    SOCKET client = tcp_connect(&a.address);
    EXPECT_PACKET("ACC-8", a.port, KEY, &x.ov, NT_SUCCESS_0, 0);
    EXPECT_NO_PACKET("ACC-8", other);
    overlapped_clear(&ov);
    CHECK("PORT-14", started(recv_start(x.socket, text, 4, 0, &ov)), "receive accepted");
    send_all(client, "x", 1);
    EXPECT_PACKET("PORT-14", other, 77, &ov, NT_SUCCESS_0, 1);
    EXPECT_NO_PACKET("PORT-14", a.port);
    closesocket(client);
    closesocket(x.socket);
    CloseHandle(other);
    acceptor_close(&a);
}

int main(void)
{
    sockets_start();
    RUN(wrong_sockets);
    RUN(arguments);
    RUN(failure_leaves_internal_pending);
    RUN(without_data);
    RUN(with_first_data);
    RUN(connection_already_queued);
    RUN(peer_resets_before_data);
    RUN(several_at_once);
    RUN(waiting_for_data_blocks_nobody);
    RUN(small_address_blocks);
    RUN(accept_socket_is_taken);
    RUN(closing_the_listener);
    RUN(closing_the_accept_socket);
    RUN(time_since_connected);
    RUN(ports_of_both_sockets);
    WSACleanup();
    return check_report();
}
