/* SPDX-License-Identifier: MIT
 *
 * AcceptEx beside other ways to learn of connections: FD_ACCEPT, select, WSAPoll; and accept
 * sockets that do not fit the listening one.
 */
#include "sockets.h"

static LONG recorded(SOCKET s, HANDLE event)
{
    WSANETWORKEVENTS found;
    REQUIRE(WSAEnumNetworkEvents(s, event, &found) == 0);
    return found.lNetworkEvents;
}

static void a_taken_connection_is_no_event(void)
{
    struct sockaddr_in address;
    char buffer[64];
    DWORD bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();
    HANDLE port = port_for(listener, KEY), event = event_new(TRUE, FALSE);

    REQUIRE(WSAEventSelect(listener, event, FD_ACCEPT) == 0);
    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &ov) &&
            WSAGetLastError() == WSA_IO_PENDING);
    SOCKET first = tcp_connect(&address);
    EXPECT_PACKET("ACC-10", port, KEY, &ov, NT_SUCCESS_0, 0);
    CHECK("ACC-10", WaitForSingleObject(event, QUIET) == WAIT_TIMEOUT,
          "AcceptEx took it: no FD_ACCEPT");
    CHECK("ACC-10", recorded(listener, event) == 0, "nor is one recorded");
    SOCKET second = tcp_connect(&address);
    CHECK("ACC-10", WaitForSingleObject(event, DEADLINE) == WAIT_OBJECT_0,
          "the next one finds no AcceptEx: FD_ACCEPT");
    CHECK("ACC-10", recorded(listener, event) == FD_ACCEPT, "and is recorded");
    SOCKET accepted = accept(listener, NULL, NULL);
    CHECK("ACC-18", accepted != INVALID_SOCKET, "accept takes it");
    close_if_open(&accepted);
    closesocket(first);
    closesocket(second);
    closesocket(s);
    closesocket(listener);
    CloseHandle(event);
    CloseHandle(port);
}

static void another_family(void)
{
    struct sockaddr_in address;
    char buffer[128];
    DWORD bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = socket(AF_INET6, SOCK_STREAM, 0);
    HANDLE port = port_for(listener, KEY);

    REQUIRE(s != INVALID_SOCKET);
    overlapped_clear(&ov);
    BOOL ok = AcceptEx(listener, s, buffer, 0, 44, 44, &bytes, &ov);
    int code = ok ? 0 : WSAGetLastError();
    SOCKET client = INVALID_SOCKET;
    if (code == WSA_IO_PENDING) {
        client = tcp_connect(&address);
        struct packet k = packet_take(port, check_on_wine() ? 500 : DEADLINE);
        CHECK_WINE_DEPARTS("ACC-19", k.ov == &ov && k.error != 0,
                           "Wine lets the accept socket change its family",
                           "or the operation fails: %u", (unsigned)k.error);
    } else {
        CHECK("ACC-19", !ok && code == WSAEINVAL, "refused: %d", code);
        EXPECT_NO_PACKET("PKT-2", port);
    }
    /* The listener is unharmed. */
    close_if_open(&client);
    SOCKET right = tcp_socket();
    overlapped_clear(&ov);
    client = tcp_connect(&address);
    CHECK("ACC-19",
          !AcceptEx(listener, right, buffer, 0, 44, 44, &bytes, &ov) &&
              WSAGetLastError() == WSA_IO_PENDING,
          "the right family");
    EXPECT_PACKET("ACC-19", port, KEY, &ov, NT_SUCCESS_0, 0);
    close_if_open(&client);
    closesocket(s);
    closesocket(right);
    closesocket(listener);
    CloseHandle(port);
}

/* What came before the reset may be delivered or not; who it was is known in any case. */
static void who_was_reset_before(int receive)
{
    struct sockaddr_in address, own, name;
    struct sockaddr *local, *remote;
    char buffer[128];
    DWORD bytes;
    int length = sizeof own, local_size, remote_size;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket(), client = tcp_connect(&address);
    HANDLE port = port_for(listener, KEY);

    REQUIRE(getsockname(client, (struct sockaddr *)&own, &length) == 0);
    send_all(client, "farewell", 8);
    tcp_reset(&client);
    settle();
    memset(buffer, 0x77, sizeof buffer);
    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, s, buffer, receive ? 16 : 0, 32, 32, &bytes, &ov) &&
            WSAGetLastError() == WSA_IO_PENDING);
    struct packet k = packet_take(port, DEADLINE);
    CHECK("ACC-6", k.ov == &ov, "it comes or it fails");
    CHECK_WINE_DEPARTS("ACC-6", k.error == 0 || k.error == ERROR_NETNAME_DELETED,
                       "Wine asks Linux for the peer, which has forgotten", "error %u",
                       (unsigned)k.error);
    if (k.ov && k.error == 0) {
        GetAcceptExSockaddrs(buffer, receive ? 16 : 0, 32, 32, &local, &local_size, &remote,
                             &remote_size);
        CHECK_WINE_DEPARTS("GAES-3",
                           remote_size == sizeof name &&
                               !memcmp(&((struct sockaddr_in *)remote)->sin_port, &own.sin_port, 6),
                           "Wine asks Linux, which has forgotten", "the remote address, %d bytes",
                           remote_size);
        CHECK("GAES-3",
              local_size == sizeof name &&
                  ((struct sockaddr_in *)local)->sin_port == address.sin_port,
              "the local address");
    }
    closesocket(s);

    client = tcp_connect(&address);
    length = sizeof own;
    REQUIRE(getsockname(client, (struct sockaddr *)&own, &length) == 0);
    tcp_reset(&client);
    settle();
    memset(&name, 0, sizeof name);
    length = sizeof name;
    s = accept(listener, (struct sockaddr *)&name, &length);
    if (s != INVALID_SOCKET)
        CHECK_WINE_DEPARTS("CALL-4", length == sizeof name && name.sin_port == own.sin_port,
                           "Wine asks Linux, which has forgotten", "accept names it too");
    close_if_open(&s);
    closesocket(listener);
    CloseHandle(port);
}

static void reset_in_the_backlog(void)
{
    who_was_reset_before(0);
    who_was_reset_before(1);
}

int main(void)
{
    sockets_start();
    RUN(reset_in_the_backlog);
    RUN(a_taken_connection_is_no_event);
    RUN(another_family);
    WSACleanup();
    return check_report();
}
