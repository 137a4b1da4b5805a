/* SPDX-License-Identifier: MIT
 *
 * ConnectEx: what it refuses at once, success with and without first data, refusal by completion,
 * and that plain connect never queues.
 */
#include "sockets.h"

static LPFN_CONNECTEX connect_ex;

static void find_connect_ex(void)
{
    GUID id = WSAID_CONNECTEX;
    DWORD bytes = 0;
    SOCKET s = tcp_socket();
    REQUIRE(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex,
                     sizeof connect_ex, &bytes, NULL, NULL) == 0);
    closesocket(s);
}

static void any_name(SOCKET s)
{
    struct sockaddr_in any;
    memset(&any, 0, sizeof any);
    any.sin_family = AF_INET;
    REQUIRE(bind(s, (struct sockaddr *)&any, sizeof any) == 0);
}

static SOCKET bound_socket(void)
{
    SOCKET s = tcp_socket();
    any_name(s);
    return s;
}

static DWORD byte_count; /* what the last ConnectEx left there */

static DWORD connect_start(SOCKET s, const struct sockaddr_in *to, void *data, DWORD length,
                           OVERLAPPED *ov)
{
    byte_count = UNTOUCHED;
    BOOL done =
        connect_ex(s, (const struct sockaddr *)to, sizeof *to, data, length, &byte_count, ov);
    return done ? 0 : (DWORD)WSAGetLastError();
}

/* An address where nobody listens. */
static struct sockaddr_in nobody(void)
{
    struct sockaddr_in address;
    SOCKET s = tcp_listener(&address);
    closesocket(s);
    return address;
}

static void refused_at_once(SOCKET s, const struct sockaddr_in *to, DWORD expect, const char *what)
{
    HANDLE port = NULL;
    OVERLAPPED ov;
    if (s != INVALID_SOCKET)
        port = port_for(s, KEY);
    overlapped_clear(&ov);
    DWORD code = connect_start(s, to, NULL, 0, &ov);
    CHECK("CONN-1", code == expect, "%s: code %u", what, (unsigned)code);
    CHECK_WINE_DEPARTS("OVL-6", byte_count == UNTOUCHED, "Wine stores 0 in any case",
                       "%s: byte count %u", what, (unsigned)byte_count);
    if (port) {
        CHECK("OVL-2", (DWORD)ov.Internal == NT_PENDING, "%s: Internal is left pending (%x)", what,
              (unsigned)ov.Internal);
        CHECK_WINE_DEPARTS("OVL-2", ov.InternalHigh == UNTOUCHED, "Wine clears it at the start",
                           "%s: InternalHigh is untouched", what);
        retract(code, s, port, &ov);
        EXPECT_NO_PACKET("CONN-1", port);
        CloseHandle(port);
    }
}

static void arguments(void)
{
    struct sockaddr_in address, own;
    SOCKET listener = tcp_listener(&address), other = tcp_listener(&own);
    SOCKET fresh = tcp_socket(), connected = bound_socket(), free_one = bound_socket();

    refused_at_once(INVALID_SOCKET, &address, WSAENOTSOCK, "invalid socket");
    refused_at_once(fresh, &address, WSAEINVAL, "unbound");
    refused_at_once(other, &address, WSAEINVAL, "listening");
    if (check_on_wine()) {
        CHECK_WINE_DEPARTS("CONN-13", FALSE, "Wine connects to this machine", "not tried");
    } else {
        struct sockaddr_in nowhere = address;
        nowhere.sin_addr.s_addr = htonl(INADDR_ANY);
        refused_at_once(free_one, &nowhere, WSAEADDRNOTAVAIL, "the wildcard address");
        closesocket(free_one);
        free_one = bound_socket();
    }
    REQUIRE(connect(connected, (struct sockaddr *)&address, sizeof address) == 0);
    refused_at_once(connected, &address, WSAEISCONN, "connected");
    DWORD code = connect_start(free_one, &address, NULL, 0, NULL);
    CHECK("CONN-1", code == ERROR_INVALID_PARAMETER, "no OVERLAPPED: code %u", (unsigned)code);
    closesocket(listener);
    closesocket(other);
    closesocket(fresh);
    closesocket(connected);
    closesocket(free_one);
}

static void socket_in_a_pending_accept(void)
{
    struct sockaddr_in address;
    char buffer[128];
    DWORD bytes;
    OVERLAPPED accept_ov, ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();
    HANDLE port = port_for(listener, KEY);

    overlapped_clear(&accept_ov);
    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &accept_ov) &&
            WSAGetLastError() == WSA_IO_PENDING);
    DWORD code = connect_start(s, &address, NULL, 0, &ov);
    CHECK("CONN-1", code == WSAEINVAL, "in a pending AcceptEx: code %u", (unsigned)code);
    closesocket(listener);
    EXPECT_PACKET("ACC-12", port, KEY, &accept_ov, NT_CANCELLED, 0);
    closesocket(s);
    CloseHandle(port);
}

static void success(void)
{
    struct sockaddr_in address, name;
    int length = sizeof name;
    SOCKET listener = tcp_listener(&address), s = bound_socket();
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov;

    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, TRUE);
    if (check_on_wine())
        printf("wine CONN-5 success: Wine reads 99 bytes at NULL\n");
    DWORD code = connect_start(s, &address, NULL, check_on_wine() ? 0 : 99, &ov);
    CHECK("CONN-2", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
    CHECK("CONN-10", started(code), "port 0 of the wildcard address is name enough");
    EXPECT_PACKET("CONN-3", port, KEY, &ov, NT_SUCCESS_0, 0);
    CHECK("CONN-5", ov.InternalHigh == 0, "a length without a buffer means nothing");
    CHECK("PKT-9", is_set(ov.hEvent), "the event is set too");
    SOCKET peer = accept(listener, NULL, NULL);
    CHECK("CONN-8", setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0,
          "SO_UPDATE_CONNECT_CONTEXT, WSAGLE %d", WSAGetLastError());
    CHECK("CONN-8",
          getpeername(s, (struct sockaddr *)&name, &length) == 0 &&
              name.sin_port == address.sin_port,
          "getpeername");
    CHECK("CONN-8",
          getsockname(s, (struct sockaddr *)&name, &length) == 0 &&
              name.sin_addr.s_addr == htonl(INADDR_LOOPBACK),
          "getsockname is full");
    CHECK("CONN-8", shutdown(s, SD_SEND) == 0, "shutdown");
    char byte;
    CHECK("CONN-8", recv(peer, &byte, 1, 0) == 0, "and the peer sees it");
    refused_at_once(INVALID_SOCKET, &address, WSAENOTSOCK, "invalid socket");
    OVERLAPPED again;
    overlapped_clear(&again);
    code = connect_start(s, &address, NULL, 0, &again);
    CHECK("CONN-9", code == WSAEISCONN, "ConnectEx again: code %u", (unsigned)code);
    int result = connect(s, (struct sockaddr *)&address, sizeof address);
    CHECK("CONN-9", result && (WSAGetLastError() == WSAEINVAL || WSAGetLastError() == WSAEISCONN),
          "connect after ConnectEx: WSAGLE %d", WSAGetLastError());
    EXPECT_NO_PACKET("PKT-6", port);
    CloseHandle(ov.hEvent);
    closesocket(s);
    closesocket(peer);
    closesocket(listener);
    CloseHandle(port);
}

static void with_first_data(void)
{
    enum { LENGTH = 200 };
    struct sockaddr_in address;
    char data[LENGTH], got[LENGTH];
    SOCKET listener = tcp_listener(&address), s = bound_socket();
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov;

    memset(data, 'd', sizeof data);
    overlapped_clear(&ov);
    DWORD code = connect_start(s, &address, data, LENGTH, &ov);
    memset(data, 'X', sizeof data);
    CHECK("CONN-2", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
    CHECK_WINE_DEPARTS("OVL-6", byte_count == UNTOUCHED, "Wine stores 0 in a pending call",
                       "byte count %u", (unsigned)byte_count);
    SOCKET peer = accept(listener, NULL, NULL);
    EXPECT_PACKET("CONN-3", port, KEY, &ov, NT_SUCCESS_0, LENGTH);
    int n = recv_all(peer, got, LENGTH), intact = 0;
    for (int i = 0; i < n; i++)
        intact += got[i] == 'd';
    CHECK("CONN-3", n == LENGTH, "%d bytes arrive", n);
    CHECK("CONN-4", intact == LENGTH, "the buffer was captured by the call (%d bytes)", intact);
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(s);
    closesocket(peer);
    closesocket(listener);
    CloseHandle(port);
}

static void refusal(void)
{
    struct sockaddr_in gone = nobody(), address;
    SOCKET s = bound_socket();
    HANDLE port = port_for(s, KEY);
    DWORD bytes = UNTOUCHED, flags = 0;
    OVERLAPPED ov;

    overlapped_clear(&ov);
    DWORD code = connect_start(s, &gone, "data", 4, &ov);
    CHECK("CONN-2", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
    EXPECT_PACKET("CONN-6", port, KEY, &ov, NT_CONNECTION_REFUSED, 0);
    CHECK("CONN-6",
          !WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags) &&
              WSAGetLastError() == WSAECONNREFUSED,
          "WSAGLE %d", WSAGetLastError());
    CHECK("GQCS-7",
          !GetOverlappedResult((HANDLE)s, &ov, &bytes, FALSE) &&
              GetLastError() == ERROR_CONNECTION_REFUSED,
          "the same after the packet, GLE %u", (unsigned)GetLastError());
    SOCKET listener = tcp_listener(&address);
    overlapped_clear(&ov);
    code = connect_start(s, &address, NULL, 0, &ov);
    if (CHECK_WINE_DEPARTS("CONN-6", code == WSA_IO_PENDING,
                           "Wine's socket needs another failure to forget the first",
                           "the next attempt, code %u", (unsigned)code))
        EXPECT_PACKET("CONN-6", port, KEY, &ov, NT_SUCCESS_0, 0);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void skip_on_success_changes_nothing(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), s = bound_socket();
    HANDLE port = port_for(s, KEY);
    OVERLAPPED ov;

    REQUIRE(SetFileCompletionNotificationModes((HANDLE)s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    overlapped_clear(&ov);
    CHECK("CONN-7", connect_start(s, &address, NULL, 0, &ov) == WSA_IO_PENDING, "pends");
    EXPECT_PACKET("CONN-7", port, KEY, &ov, NT_SUCCESS_0, 0);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void plain_connect_never_queues(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), s[2] = {tcp_socket(), tcp_socket()};
    u_long on = 1;

    REQUIRE(ioctlsocket(s[1], FIONBIO, &on) == 0);
    for (int i = 0; i < 2; i++) {
        HANDLE port = port_for(s[i], KEY);
        int result = connect(s[i], (struct sockaddr *)&address, sizeof address);
        CHECK("CONN-11", i == 0 ? result == 0 : result && WSAGetLastError() == WSAEWOULDBLOCK,
              "%s connect: %d", i ? "non-blocking" : "blocking", result);
        EXPECT_NO_PACKET("CONN-11", port);
        closesocket(s[i]);
        CloseHandle(port);
    }
    closesocket(listener);
}

/* A full backlog keeps a connection attempt waiting; where it does not, nothing can be said. */
static void closing_while_pending(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_socket(), s = INVALID_SOCKET;
    HANDLE port = NULL;
    OVERLAPPED ov;
    SOCKET fill[8];
    int filled = 0;

    address = tcp_bind(listener);
    REQUIRE(listen(listener, 1) == 0);
    while (filled < 8) {
        u_long on = 1;
        fill[filled] = tcp_socket();
        REQUIRE(ioctlsocket(fill[filled], FIONBIO, &on) == 0);
        connect(fill[filled++], (struct sockaddr *)&address, sizeof address);
    }
    s = bound_socket();
    port = port_for(s, KEY);
    overlapped_clear(&ov);
    DWORD code = connect_start(s, &address, NULL, 0, &ov);
    CHECK("CONN-2", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
    struct packet k = packet_take(port, QUIET);
    if (!k.ov) {
        OVERLAPPED second;
        overlapped_clear(&second);
        code = connect_start(s, &address, NULL, 0, &second);
        CHECK_WINE_DEPARTS("CONN-1", code == WSAEALREADY, "Wine says WSAEINVAL",
                           "connect in progress: code %u", (unsigned)code);
        close_if_open(&s);
        k = packet_take(port, DEADLINE);
        CHECK("CONN-12",
              k.ov == &ov && k.bytes == 0 &&
                  (k.error == ERROR_OPERATION_ABORTED || k.error == ERROR_CONNECTION_ABORTED),
              "closed while pending: error %u", (unsigned)k.error);
        EXPECT_NO_PACKET("PKT-6", port);
    } else {
        CHECK("CONN-6", k.ov == &ov, "a full backlog refused: error %u", (unsigned)k.error);
    }
    close_if_open(&s);
    while (filled > 0)
        closesocket(fill[--filled]);
    closesocket(listener);
    CloseHandle(port);
}

int main(void)
{
    sockets_start();
    RUN(find_connect_ex);
    RUN(arguments);
    RUN(socket_in_a_pending_accept);
    RUN(success);
    RUN(with_first_data);
    RUN(refusal);
    RUN(skip_on_success_changes_nothing);
    RUN(plain_connect_never_queues);
    RUN(closing_while_pending);
    WSACleanup();
    return check_report();
}
