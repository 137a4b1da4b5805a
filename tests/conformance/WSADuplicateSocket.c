/* SPDX-License-Identifier: MIT
 *
 * WSADuplicateSocket within one process, WSASocket with a description, and the descriptions
 * themselves: SO_PROTOCOL_INFO and WSAEnumProtocols.
 */
#include "sockets.h"

#define ERROR_OF(call) ((call) == SOCKET_ERROR ? WSAGetLastError() : 0)

static SOCKET open_from(WSAPROTOCOL_INFOA *info)
{
    return WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, info, 0,
                      WSA_FLAG_OVERLAPPED);
}

static void one_socket_by_two_names(void)
{
    struct pair p;
    WSAPROTOCOL_INFOA info;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    memset(&info, 0xEE, sizeof info);
    int code = ERROR_OF(WSADuplicateSocketA(p.ours, GetCurrentProcessId(), &info));
    CHECK("DUP-1", code == 0, "duplicated: %d", code);
    CHECK("DUP-1",
          info.iAddressFamily == AF_INET && info.iSocketType == SOCK_STREAM &&
              info.iProtocol == IPPROTO_TCP,
          "described");
    SOCKET second = open_from(&info);
    CHECK("DUP-1", second != INVALID_SOCKET && second != p.ours, "opened");
    CHECK("DUP-2", send(second, "one", 3, 0) == 3 && recv(p.peer, text, 3, 0) == 3, "it sends");
    overlapped_clear(&ov);
    CHECK("PORT-11", started(recv_start(second, text, 8, 0, &ov)), "it receives");
    send_all(p.peer, "data", 4);
    EXPECT_PACKET("PORT-11", p.port, KEY, &ov, NT_SUCCESS_0, 4);
    overlapped_clear(&ov);
    CHECK("CLOSE-3", recv_start(second, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    closesocket(second);
    EXPECT_NO_PACKET("CLOSE-3", p.port);
    close_if_open(&p.ours);
    EXPECT_PACKET_WINE_DEPARTS("CLOSE-2", p.port, KEY, &ov, NT_CONNECTION_ABORTED, 0,
                               "Wine shows that handles were closed");
    pair_close(&p);
}

static void the_original_may_go_first(void)
{
    struct pair p;
    WSAPROTOCOL_INFOW info;
    char text[8];

    pair_open(&p);
    int code = ERROR_OF(WSADuplicateSocketW(p.ours, GetCurrentProcessId(), &info));
    CHECK("DUP-1", code == 0, "duplicated: %d", code);
    SOCKET second = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                               WSA_FLAG_OVERLAPPED);
    REQUIRE(second != INVALID_SOCKET);
    close_if_open(&p.ours);
    CHECK("DUP-2", send(second, "one", 3, 0) == 3 && recv(p.peer, text, 3, 0) == 3, "it goes on");
    closesocket(second);
    CHECK("DUP-2", recv(p.peer, text, 3, 0) == 0, "until the last is closed");
    pair_close(&p);
}

static void taken_once(void)
{
    struct pair p;
    WSAPROTOCOL_INFOA info;

    pair_open(&p);
    REQUIRE(WSADuplicateSocketA(p.ours, GetCurrentProcessId(), &info) == 0);
    SOCKET second = open_from(&info);
    REQUIRE(second != INVALID_SOCKET);
    SOCKET third = open_from(&info);
    CHECK_WINE_DEPARTS("DUP-3", third == INVALID_SOCKET && WSAGetLastError() == WSAEINVAL,
                       "Wine makes more of them", "a second time: %d",
                       third == INVALID_SOCKET ? WSAGetLastError() : 0);
    close_if_open(&third);
    closesocket(second);
    pair_close(&p);
}

static void refusals(void)
{
    WSAPROTOCOL_INFOA info;
    SOCKET s = tcp_socket();

    int code = ERROR_OF(WSADuplicateSocketA(INVALID_SOCKET, GetCurrentProcessId(), &info));
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %d", code);
    code = ERROR_OF(WSADuplicateSocketA(s, 0x7FFFFFF0, &info));
    CHECK("DUP-4", code == WSAEINVAL, "no process: %d", code);
#ifndef __MINGW32__
    code = ERROR_OF(WSADuplicateSocketA(s, GetCurrentProcessId(), NULL));
    CHECK("DUP-4", code == WSAEFAULT, "no room: %d", code);
#endif
    closesocket(s);
}

static void described(void)
{
    WSAPROTOCOL_INFOA narrow;
    WSAPROTOCOL_INFOW wide;
    int length = sizeof narrow;
    SOCKET s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);

    REQUIRE(s != INVALID_SOCKET);
    int code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&narrow, &length));
    CHECK("OPT-4", code == 0 && length == sizeof narrow, "SO_PROTOCOL_INFOA: %d", code);
    CHECK("OPT-4",
          narrow.iAddressFamily == AF_INET6 && narrow.iSocketType == SOCK_DGRAM &&
              narrow.iProtocol == IPPROTO_UDP && narrow.szProtocol[0],
          "what it says");
    CHECK("OPT-4",
          narrow.dwServiceFlags1 & XP1_CONNECTIONLESS && narrow.dwServiceFlags1 & XP1_IFS_HANDLES,
          "services %x", (unsigned)narrow.dwServiceFlags1);
    length = sizeof wide;
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&wide, &length));
    CHECK("OPT-4", code == 0 && length == sizeof wide && wide.iMaxSockAddr == 28, "wide: %d", code);
    length = 8;
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&narrow, &length));
    CHECK("OPT-4", code == WSAEFAULT, "too short: %d", code);
    closesocket(s);
    SOCKET like = open_from(&narrow);
    CHECK("DUP-5", like != INVALID_SOCKET, "a new socket of this kind");
    int type = 0;
    length = sizeof type;
    REQUIRE(getsockopt(like, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0);
    CHECK("DUP-5", type == SOCK_DGRAM, "type %d", type);
    closesocket(like);
}

static void enumerated(void)
{
    static WSAPROTOCOL_INFOA all[64];
    INT tcp[2] = {IPPROTO_TCP, 0};
    DWORD length = 0;
    int seen = 0;

    int n = WSAEnumProtocolsA(NULL, NULL, &length);
    CHECK("OPT-5", n == SOCKET_ERROR && WSAGetLastError() == WSAENOBUFS && length, "asks for %u",
          (unsigned)length);
    length = sizeof all;
    n = WSAEnumProtocolsA(NULL, all, &length);
    CHECK("OPT-5", n > 3, "%d protocols", n);
    for (int i = 0; i < n; i++)
        seen |= all[i].iProtocol == IPPROTO_TCP ? 1 : all[i].iProtocol == IPPROTO_UDP ? 2 : 0;
    CHECK("OPT-5", seen == 3, "TCP and UDP among them");
    length = sizeof all;
    n = WSAEnumProtocolsA(tcp, all, &length);
    CHECK("OPT-5", n >= 2 && all[0].iProtocol == IPPROTO_TCP, "TCP: %d", n);
    int others = 0;
    for (int i = 0; i < n; i++)
        others += all[i].iProtocol != IPPROTO_TCP;
    CHECK_WINE_DEPARTS("OPT-5", others == 0, "Wine lists others too", "alone: %d others", others);
}

int main(void)
{
    sockets_start();
    RUN(one_socket_by_two_names);
    RUN(the_original_may_go_first);
    RUN(taken_once);
    RUN(refusals);
    RUN(described);
    RUN(enumerated);
    WSACleanup();
    return check_report();
}
