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

int main(void)
{
    sockets_start();
    RUN(a_taken_connection_is_no_event);
    RUN(another_family);
    WSACleanup();
    return check_report();
}
