/* SPDX-License-Identifier: MIT
 *
 * DisconnectEx: refusals, the plain disconnect that ends only our stream, and the reuse of a
 * socket for AcceptEx and ConnectEx.
 */
#include "sockets.h"

static LPFN_DISCONNECTEX disconnect_ex;
static LPFN_CONNECTEX connect_ex;

static void extension(GUID id, void *function)
{
    DWORD bytes = 0;
    SOCKET s = tcp_socket();
    REQUIRE(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, function,
                     sizeof(void *), &bytes, NULL, NULL) == 0);
    closesocket(s);
}

static void find_functions(void)
{
    GUID disconnect = WSAID_DISCONNECTEX, connecting = WSAID_CONNECTEX;
    extension(disconnect, &disconnect_ex);
    extension(connecting, &connect_ex);
}

static DWORD disconnect_start(SOCKET s, OVERLAPPED *ov, DWORD flags, DWORD reserved)
{
    return disconnect_ex(s, ov, flags, reserved) ? 0 : (DWORD)WSAGetLastError();
}

static void refusals(void)
{
    struct pair p;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = disconnect_start(INVALID_SOCKET, &ov, 0, 0);
    CHECK("DISC-1", code == WSAENOTSOCK, "invalid socket: code %u", (unsigned)code);
    SOCKET fresh = tcp_socket();
    code = disconnect_start(fresh, &ov, 0, 0);
    CHECK("DISC-1", code == WSAENOTCONN, "not connected: code %u", (unsigned)code);
    closesocket(fresh);
    code = disconnect_start(p.ours, &ov, 0x80, 0);
    CHECK_WINE_DEPARTS("DISC-1", code == WSAEINVAL, "Wine ignores unknown flags",
                       "unknown flags: code %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    code = disconnect_start(p.ours, &ov, 0, 1);
    CHECK_WINE_DEPARTS("DISC-1", code == WSAEINVAL, "Wine ignores the reserved argument",
                       "reserved is not 0: code %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    EXPECT_NO_PACKET("DISC-1", p.port);
    pair_close(&p);
}

static void with_overlapped(void)
{
    struct pair p;
    char text[8];
    struct sockaddr_in name;
    int length = sizeof name;
    OVERLAPPED ov, later;

    pair_open(&p);
    REQUIRE(
        SetFileCompletionNotificationModes((HANDLE)p.ours, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, TRUE);
    DWORD code = disconnect_start(p.ours, &ov, 0, 0);
    CHECK("DISC-2", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
    EXPECT_PACKET_WINE_DEPARTS("DISC-2", p.port, KEY, &ov, NT_SUCCESS_0, 0,
                               "Wine queues no packet without TF_REUSE_SOCKET");
    CHECK("DISC-2", is_set(ov.hEvent), "the event is set too");
    CHECK("DISC-4", recv(p.peer, text, sizeof text, 0) == 0, "the peer reads the end");
    overlapped_clear(&later);
    code = send_start(p.ours, "x", 1, &later);
    CHECK("DISC-4", code == WSAESHUTDOWN, "sending: code %u", (unsigned)code);
    send_all(p.peer, "data", 4);
    CHECK("DISC-4", recv(p.ours, text, sizeof text, 0) == 4, "receiving still works");
    CHECK("DISC-4", getpeername(p.ours, (struct sockaddr *)&name, &length) == 0, "peer's name");
    CHECK("DISC-4", getsockname(p.ours, (struct sockaddr *)&name, &length) == 0, "own name");
    int result = connect(p.ours, (struct sockaddr *)&name, sizeof name);
    CHECK("DISC-4", result && WSAGetLastError() == WSAEISCONN, "connect: WSAGLE %d",
          WSAGetLastError());
    EXPECT_NO_PACKET("PKT-6", p.port);
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void skip_on_success_changes_nothing(void)
{
    struct pair p;
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(
        SetFileCompletionNotificationModes((HANDLE)p.ours, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    overlapped_clear(&ov);
    DWORD code = disconnect_start(p.ours, &ov, 0, 0);
    CHECK("DISC-2", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
    struct packet k = packet_take(p.port, check_on_wine() ? QUIET : DEADLINE);
    CHECK_WINE_DEPARTS("DISC-2", k.ov == &ov && k.error == 0,
                       "Wine queues no packet without TF_REUSE_SOCKET", "the packet comes (%u)",
                       (unsigned)k.error);
    pair_close(&p);
}

static void without_overlapped(void)
{
    struct pair p;
    char text[8];

    pair_open(&p);
    DWORD code = disconnect_start(p.ours, NULL, 0, 0);
    CHECK("DISC-3", code == 0, "synchronous, code %u", (unsigned)code);
    code = disconnect_start(p.ours, NULL, 0, 0);
    CHECK("DISC-3", code == 0, "a second time, code %u", (unsigned)code);
    CHECK("DISC-4", recv(p.peer, text, sizeof text, 0) == 0, "the peer reads the end");
    EXPECT_NO_PACKET("PKT-5", p.port);
    pair_close(&p);
}

static void accepted_socket_is_reused(void)
{
    struct sockaddr_in address;
    char buffer[128], text[8];
    DWORD bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();
    HANDLE port = port_for(listener, KEY);

    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 99, 0) == port);
    for (int round = 0; round < 2; round++) {
        overlapped_clear(&ov);
        BOOL done = AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &ov);
        if (!CHECK("ACC-17", done || WSAGetLastError() == WSA_IO_PENDING, "accept %d, WSAGLE %d",
                   round, WSAGetLastError()))
            break;
        SOCKET client = tcp_connect(&address);
        struct packet k = packet_take(port, check_on_wine() ? QUIET : DEADLINE);
        if (!CHECK("ACC-17", k.ov == &ov && k.key == KEY && k.error == 0, "accept %d: error %u",
                   round, (unsigned)k.error)) {
            closesocket(client);
            break;
        }
        overlapped_clear(&ov);
        CHECK("ACC-17", started(recv_start(s, text, sizeof text, 0, &ov)), "receive");
        send_all(client, "data", 4);
        EXPECT_PACKET_WINE_DEPARTS("ACC-17", port, 99, &ov, NT_SUCCESS_0, 4,
                                   "Wine's reused socket receives nothing");
        shutdown(client, SD_SEND);
        overlapped_clear(&ov);
        CHECK("DISC-5", started(disconnect_start(s, &ov, TF_REUSE_SOCKET, 0)), "disconnect");
        CHECK("DISC-5", recv(client, text, sizeof text, 0) == 0, "the peer reads the end");
        closesocket(client);
        EXPECT_PACKET("DISC-5", port, 99, &ov, NT_SUCCESS_0, 0);
    }
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void connected_socket_is_reused(void)
{
    struct sockaddr_in address, own;
    char text[8];
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();
    HANDLE port = port_for(s, KEY);

    memset(&own, 0, sizeof own);
    own.sin_family = AF_INET;
    REQUIRE(bind(s, (struct sockaddr *)&own, sizeof own) == 0);
    for (int round = 0; round < 2; round++) {
        overlapped_clear(&ov);
        BOOL done = connect_ex(s, (struct sockaddr *)&address, sizeof address, NULL, 0, NULL, &ov);
        if (!CHECK_WINE_DEPARTS("DISC-5", done || WSAGetLastError() == WSA_IO_PENDING,
                                "Wine only shuts the connection down", "connect %d, WSAGLE %d",
                                round, WSAGetLastError()))
            break;
        struct packet k = packet_take(port, DEADLINE);
        /* On Windows the same pair of addresses may rest in TIME_WAIT: then it says so. */
        CHECK("DISC-5", k.ov == &ov && (k.error == 0 || round > 0), "connect %d: error %u", round,
              (unsigned)k.error);
        if (k.error)
            break;
        SOCKET peer = accept(listener, NULL, NULL);
        REQUIRE(peer != INVALID_SOCKET);
        closesocket(peer); /* the peer ends first, so TIME_WAIT is on its side */
        CHECK("DISC-5", recv(s, text, sizeof text, 0) == 0, "end of stream");
        overlapped_clear(&ov);
        CHECK("DISC-5", started(disconnect_start(s, &ov, TF_REUSE_SOCKET, 0)), "disconnect");
        EXPECT_PACKET("DISC-5", port, KEY, &ov, NT_SUCCESS_0, 0);
    }
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

int main(void)
{
    sockets_start();
    RUN(find_functions);
    RUN(refusals);
    RUN(with_overlapped);
    RUN(skip_on_success_changes_nothing);
    RUN(without_overlapped);
    RUN(accepted_socket_is_reused);
    RUN(connected_socket_is_reused);
    WSACleanup();
    return check_report();
}
