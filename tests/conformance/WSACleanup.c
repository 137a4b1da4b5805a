/* SPDX-License-Identifier: MIT
 *
 * The last WSACleanup closes all sockets of the process; what was pending ends as it would by
 * closesocket, and everything can begin anew.
 */
#include "sockets.h"
#include <ws2tcpip.h>

static void last_cleanup_closes_everything(void)
{
    struct pair p;
    struct sockaddr_in address;
    char text[8], buffer[64];
    DWORD bytes;
    OVERLAPPED ov[2];

    sockets_start();
    sockets_start();
    pair_open(&p);
    SOCKET listener = tcp_listener(&address), spare = tcp_socket();
    REQUIRE(CreateIoCompletionPort((HANDLE)listener, p.port, KEY, 0) == p.port);
    overlapped_clear(&ov[0]);
    overlapped_clear(&ov[1]);
    CHECK("DOWN-6", recv_start(p.ours, text, 8, 0, &ov[0]) == WSA_IO_PENDING, "a receive");
    CHECK("DOWN-6",
          !AcceptEx(listener, spare, buffer, 0, 32, 32, &bytes, &ov[1]) &&
              WSAGetLastError() == WSA_IO_PENDING,
          "an AcceptEx");
    CHECK("DOWN-6", WSACleanup() == 0, "one of two");
    EXPECT_NO_PACKET("DOWN-6", p.port);
    CHECK("DOWN-6", WSACleanup() == 0, "the last");
    int came[2] = {0, 0}, wrong = 0;
    for (struct packet k = packet_take(p.port, check_on_wine() ? 300 : QUIET); k.ov;
         k = packet_take(p.port, QUIET)) {
        came[k.ov - ov]++;
        /* The peer is closed as well, perhaps first: then the receive sees its end. */
        wrong += (k.error == 0 && k.ov == &ov[1]) || k.bytes != 0 || k.key != KEY;
    }
    /* "or packets may be missed": none comes twice, none says too much. */
    CHECK("DOWN-6", came[0] <= 1 && came[1] <= 1 && wrong == 0, "%d and %d packets, %d wrong",
          came[0], came[1], wrong);
    CHECK("DOWN-6", came[0] == 1 && came[1] == 1, "the library loses none: %d and %d", came[0],
          came[1]);
    int code = recv(p.ours, text, 1, 0) == SOCKET_ERROR ? WSAGetLastError() : 0;
    CHECK_WINE_DEPARTS("SOCK-7", code == WSANOTINITIALISED, "Wine looks at the socket first",
                       "no call works: %d", code);

    sockets_start();
    code = recv(p.ours, text, 1, 0) == SOCKET_ERROR ? WSAGetLastError() : 0;
    CHECK("DOWN-6", code == WSAENOTSOCK, "the old sockets are gone: %d", code);
    CloseHandle(p.port);
    pair_open(&p);
    send_all(p.peer, "anew", 4);
    overlapped_clear(&ov[0]);
    CHECK("DOWN-6", started(recv_start(p.ours, text, 8, 0, &ov[0])), "new ones work");
    EXPECT_PACKET("DOWN-6", p.port, KEY, &ov[0], NT_SUCCESS_0, 4);
    pair_close(&p);
    WSACleanup();
}

/* Every name of a socket, after the last WSACleanup and after a new WSAStartup. */
static void other_names_of_sockets(void)
{
    WSAPROTOCOL_INFOA opened, left;
    HANDLE copy = NULL;
    DWORD bytes = 0, flags = 0;
    char text[4];
    WSABUF buffer = {sizeof text, text};

    sockets_start();
    SOCKET first = tcp_socket();
    REQUIRE(WSADuplicateSocketA(first, GetCurrentProcessId(), &opened) == 0);
    SOCKET second = WSASocketA(-1, -1, -1, &opened, 0, WSA_FLAG_OVERLAPPED);
    REQUIRE(second != INVALID_SOCKET);
    REQUIRE(WSADuplicateSocketA(first, GetCurrentProcessId(), &left) == 0);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), (HANDLE)first, GetCurrentProcess(), &copy, 0,
                            FALSE, DUPLICATE_SAME_ACCESS));
    REQUIRE(WSACleanup() == 0);
    const SOCKET all[3] = {first, second, (SOCKET)copy};
    for (int again = 0; again < 2; again++) {
        int wanted = again ? WSAENOTSOCK : WSANOTINITIALISED;
        for (int i = 0; i < 3; i++) {
            const char *reason =
                again && i ? "Wine closes what it knows of" : "Wine looks at the socket first";
            int code = WSARecv(all[i], &buffer, 1, &bytes, &flags, NULL, NULL) == SOCKET_ERROR
                           ? WSAGetLastError()
                           : 0;
            CHECK_WINE_DEPARTS("DOWN-9", code == wanted, reason, "WSARecv, name %d: %d", i, code);
            code = closesocket(all[i]) == SOCKET_ERROR ? WSAGetLastError() : 0;
            CHECK_WINE_DEPARTS("DOWN-9", code == wanted, reason, "closesocket, name %d: %d", i,
                               code);
        }
        SOCKET s = WSASocketA(-1, -1, -1, &left, 0, WSA_FLAG_OVERLAPPED);
        int code = s == INVALID_SOCKET ? WSAGetLastError() : 0;
        CHECK_WINE_DEPARTS("DOWN-9", code == (again ? WSAEINVAL : WSANOTINITIALISED),
                           "Wine's descriptions outlive the sockets",
                           "a description that nobody opened: %d", code);
        if (!again)
            sockets_start();
    }
    WSACleanup();
}

/* Names are Winsock's as well. */
static void resolving_takes_a_startup(void)
{
    struct sockaddr_in address = loopback(80);
    ADDRINFOA *list = NULL;
    char text[256];
    int codes[6];

    codes[0] = getaddrinfo("127.0.0.1", "80", NULL, &list);
    codes[1] = gethostbyname("127.0.0.1") ? 0 : WSAGetLastError();
    codes[2] = gethostbyaddr((char *)&address.sin_addr, 4, AF_INET) ? 0 : WSAGetLastError();
    codes[3] = gethostname(text, sizeof text) == SOCKET_ERROR ? WSAGetLastError() : 0;
    codes[4] = getservbyport(80, "tcp") ? 0 : WSAGetLastError();
    codes[5] = getprotobyname("tcp") ? 0 : WSAGetLastError();
    for (int i = 0; i < 6; i++)
        CHECK_WINE_DEPARTS("SOCK-7", codes[i] == WSANOTINITIALISED,
                           "Wine resolves before WSAStartup", "call %d: %d", i, codes[i]);
    if (!codes[0])
        freeaddrinfo(list);
    sockets_start();
    codes[0] = getaddrinfo("127.0.0.1", "80", NULL, &list);
    CHECK("SOCK-7", codes[0] == 0, "and then it works: %d", codes[0]);
    if (!codes[0])
        freeaddrinfo(list);
    WSACleanup();
}

int main(void)
{
    RUN(resolving_takes_a_startup);
    RUN(last_cleanup_closes_everything);
    RUN(other_names_of_sockets);
    return check_report();
}
