/* SPDX-License-Identifier: MIT
 *
 * WSAConnectByName and WSAConnectByList: one address after the other, the addresses that come back,
 * the time allowed, refusals.
 */
#include "sockets.h"
#include <stdio.h>

static char service[8];
static WCHAR wide_service[8];
static SOCKET listener;
static struct sockaddr_in address;

static void prepare(void)
{
    listener = tcp_listener(&address);
    snprintf(service, sizeof service, "%u", ntohs(address.sin_port));
    for (int i = 0; i < 8; i++)
        wide_service[i] = (WCHAR)(unsigned char)service[i];
}

static int error_of(BOOL connected)
{
    return connected ? 0 : WSAGetLastError();
}

static void by_name(void)
{
    SOCKADDR_STORAGE local, remote;
    DWORD local_length = sizeof local, remote_length = sizeof remote;
    struct timeval patience = {5, 0};
    SOCKET s = tcp_socket();

    int code =
        error_of(WSAConnectByNameA(s, "127.0.0.1", service, &local_length, (LPSOCKADDR)&local,
                                   &remote_length, (LPSOCKADDR)&remote, &patience, NULL));
    if (check_on_wine() && code) {
        check_one(0, "CBN-1", "Wine has no WSAConnectByName", __FILE__, __LINE__, "%d", code);
        closesocket(s);
        return;
    }
    CHECK("CBN-1", code == 0, "connected: %d", code);
    CHECK("CBN-2", remote_length == sizeof address && !memcmp(&remote, &address, 8),
          "the peer's address");
    CHECK_WINE_DEPARTS("CBN-2",
                       local_length == sizeof address && ((struct sockaddr_in *)&local)->sin_port,
                       "Wine does not store it", "and our own");
    code = error_of(WSAConnectByNameA(s, "127.0.0.1", service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK("CBN-3", code == WSAEISCONN, "again: %d", code);
    closesocket(s);
    WCHAR host[] = {'1', '2', '7', '.', '0', '.', '0', '.', '1', 0};
    s = tcp_socket();
    code = error_of(WSAConnectByNameW(s, host, wide_service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK("CBN-1", code == 0, "wide: %d", code);
    closesocket(s);
}

static void by_list(void)
{
    union {
        SOCKET_ADDRESS_LIST list;
        char room[sizeof(SOCKET_ADDRESS_LIST) + 2 * sizeof(SOCKET_ADDRESS)];
    } all;
    struct sockaddr_in nobody = loopback(1);
    SOCKADDR_STORAGE remote;
    DWORD remote_length = sizeof remote;
    SOCKET s = tcp_socket();

    /* Calling what Wine does not have ends the program there. */
    if (!CHECK_WINE_DEPARTS("CBN-1", !check_on_wine(), "Wine has no WSAConnectByList", "there"))
        return;
    all.list.iAddressCount = 3;
    all.list.Address[0].lpSockaddr = (LPSOCKADDR)&nobody;
    all.list.Address[0].iSockaddrLength = sizeof nobody;
    SOCKET_ADDRESS *more = all.list.Address;
    more[1].lpSockaddr = (LPSOCKADDR)&address;
    more[1].iSockaddrLength = 3; /* truncated: passed over like the others that fail */
    more[2].lpSockaddr = (LPSOCKADDR)&address;
    more[2].iSockaddrLength = sizeof address;
    int code = error_of(WSAConnectByList(s, &all.list, NULL, NULL, &remote_length,
                                         (LPSOCKADDR)&remote, NULL, NULL));
    CHECK("CBN-1", code == 0, "the third: %d", code);
    if (code == 0)
        CHECK("CBN-2", !memcmp(&remote, &address, 8), "which is the peer");
    closesocket(s);
    s = tcp_socket();
    all.list.iAddressCount = 1;
    code = error_of(WSAConnectByList(s, &all.list, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK("CBN-3", code == WSAECONNREFUSED, "nobody there: %d", code);
    all.list.iAddressCount = 0;
    code = error_of(WSAConnectByList(s, &all.list, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK("CBN-3", code == WSAEINVAL, "no address: %d", code);
    closesocket(s);
}

static void refusals(void)
{
    OVERLAPPED ov;
    SOCKET s = tcp_socket(), datagrams = socket(AF_INET, SOCK_DGRAM, 0);

    overlapped_clear(&ov);
    int code = error_of(WSAConnectByNameA(INVALID_SOCKET, "127.0.0.1", service, NULL, NULL, NULL,
                                          NULL, NULL, NULL));
    CHECK_WINE_DEPARTS("SOCK-6", code == WSAENOTSOCK, "Wine has no WSAConnectByName",
                       "no socket: %d", code);
    code = error_of(WSAConnectByNameA(s, NULL, service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK_WINE_DEPARTS("CBN-3", code == WSAEINVAL, "Wine has no WSAConnectByName", "no host: %d",
                       code);
    code = error_of(WSAConnectByNameA(s, "127.0.0.1", service, NULL, NULL, NULL, NULL, NULL, &ov));
    CHECK_WINE_DEPARTS("CBN-3", code == WSAEINVAL, "Wine has no WSAConnectByName", "reserved: %d",
                       code);
    code = error_of(
        WSAConnectByNameA(datagrams, "127.0.0.1", service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK_WINE_DEPARTS("CBN-3", code == WSAEINVAL, "Wine has no WSAConnectByName", "datagrams: %d",
                       code);
    code = error_of(
        WSAConnectByNameA(s, "no such host.invalid", service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK_WINE_DEPARTS("CBN-3", code == WSAHOST_NOT_FOUND || code == WSATRY_AGAIN,
                       "Wine has no WSAConnectByName", "no such host: %d", code);
    closesocket(s);
    closesocket(datagrams);
}

/* A backlog that is full answers nobody. */
static void too_late(void)
{
    struct sockaddr_in full;
    struct timeval patience = {0, 300000};
    SOCKET busy = tcp_socket(), fill[64];
    char port[8];
    int filled = 0, code = 0;
    u_long on = 1;

    if (!CHECK_WINE_DEPARTS("CBN-4", !check_on_wine(), "Wine knows no timeout", "can be tried")) {
        closesocket(busy);
        return;
    }
    full = tcp_bind(busy);
    REQUIRE(listen(busy, 0) == 0);
    snprintf(port, sizeof port, "%u", ntohs(full.sin_port));
    for (; filled < 8; filled++) {
        fill[filled] = tcp_socket();
        REQUIRE(ioctlsocket(fill[filled], FIONBIO, &on) == 0);
        connect(fill[filled], (struct sockaddr *)&full, sizeof full);
    }
    SOCKET s = tcp_socket();
    ULONGLONG before = GetTickCount64();
    code =
        error_of(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, NULL, NULL, &patience, NULL));
    ULONGLONG took = GetTickCount64() - before;
    CHECK_WINE_DEPARTS("CBN-4", code == WSAETIMEDOUT && took >= 250 && took < 3000,
                       "Wine has no WSAConnectByName", "%d after %u ms", code, (unsigned)took);
    code = error_of(
        WSAConnectByNameA(s, "127.0.0.1", service, NULL, NULL, NULL, NULL, &patience, NULL));
    CHECK_WINE_DEPARTS("CBN-4", code == 0, "Wine has no WSAConnectByName",
                       "the socket can be used again: %d", code);
    closesocket(s);
    while (filled--)
        closesocket(fill[filled]);
    closesocket(busy);
}

static void ipv6_socket_reaches_ipv4(void)
{
    DWORD only = 0;
    SOCKET s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);

    REQUIRE(s != INVALID_SOCKET);
    REQUIRE(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&only, sizeof only) == 0);
    int code =
        error_of(WSAConnectByNameA(s, "127.0.0.1", service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK_WINE_DEPARTS("CBN-5", code == 0, "Wine has no WSAConnectByName", "dual mode: %d", code);
    closesocket(s);
    s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    code = error_of(WSAConnectByNameA(s, "127.0.0.1", service, NULL, NULL, NULL, NULL, NULL, NULL));
    CHECK_WINE_DEPARTS("CBN-5", code == WSAHOST_NOT_FOUND, "Wine has no WSAConnectByName",
                       "IPv6 alone: %d", code);
    closesocket(s);
}

int main(void)
{
    sockets_start();
    RUN(prepare);
    RUN(by_name);
    RUN(by_list);
    RUN(refusals);
    RUN(too_late);
    RUN(ipv6_socket_reaches_ipv4);
    closesocket(listener);
    WSACleanup();
    return check_report();
}
