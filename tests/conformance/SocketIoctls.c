/* SPDX-License-Identifier: MIT
 *
 * The requests of WSAIoctl that servers make, beyond extension functions: keep-alive, refused
 * datagrams, handles, interfaces and routes; their refusals, and their packets.
 */
#include "datagrams.h"
#include <mstcpip.h>

#ifndef SIO_BSP_HANDLE_POLL
#define SIO_BSP_HANDLE_POLL _WSAIOR(IOC_WS2, 29)
#endif
#ifndef SIO_BASE_HANDLE
#define SIO_BASE_HANDLE _WSAIOR(IOC_WS2, 34)
#endif
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17
#endif

static int ask(SOCKET s, DWORD code, void *in, DWORD in_length, void *out, DWORD out_length)
{
    DWORD bytes = 0;
    return ERROR_OF(WSAIoctl(s, code, in, in_length, out, out_length, &bytes, NULL, NULL));
}

static DWORD number(SOCKET s, int level, int name)
{
    DWORD value = 0;
    int length = sizeof value;
    return getsockopt(s, level, name, (char *)&value, &length) == 0 ? value : UNTOUCHED;
}

static void keepalive(void)
{
    struct tcp_keepalive values = {1, 30500, 2000};
    SOCKET s = tcp_socket(), datagrams = socket(AF_INET, SOCK_DGRAM, 0);

    int code = ask(s, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0);
    CHECK("IOCTL-1", code == 0, "set: %d", code);
    CHECK_WINE_DEPARTS("IOCTL-1", (number(s, SOL_SOCKET, SO_KEEPALIVE) & 0xFF) == 1,
                       "Wine keeps SO_KEEPALIVE apart", "SO_KEEPALIVE is on");
#ifndef __MINGW32__
    CHECK("IOCTL-1", number(s, IPPROTO_TCP, TCP_KEEPIDLE) == 31, "idle: %u s",
          (unsigned)number(s, IPPROTO_TCP, TCP_KEEPIDLE));
    CHECK("IOCTL-1", number(s, IPPROTO_TCP, TCP_KEEPINTVL) == 2, "interval: %u s",
          (unsigned)number(s, IPPROTO_TCP, TCP_KEEPINTVL));
#endif
    values.onoff = 0;
    code = ask(s, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0);
    CHECK("IOCTL-1", code == 0 && (number(s, SOL_SOCKET, SO_KEEPALIVE) & 0xFF) == 0, "off: %d",
          code);
    code = ask(s, SIO_KEEPALIVE_VALS, &values, sizeof values - 1, NULL, 0);
    CHECK("IOCTL-7", code == WSAEFAULT, "too short: %d", code);
    code = ask(s, SIO_KEEPALIVE_VALS, NULL, sizeof values, NULL, 0);
    CHECK("IOCTL-7", code == WSAEFAULT, "nothing: %d", code);
    code = ask(datagrams, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0);
    CHECK_WINE_DEPARTS("IOCTL-1", code == WSAEOPNOTSUPP || code == WSAEINVAL,
                       "Wine says WSAENOPROTOOPT", "datagrams: %d", code);
    closesocket(s);
    closesocket(datagrams);
}

/* With the request off, a socket does not hear that its datagrams were refused. */
static void refused_datagrams(void)
{
    struct sockaddr_in a, none, other;
    char text[8];
    OVERLAPPED ov;
    BOOL off = FALSE;
    DWORD patience = 300;
    SOCKET s = udp_bound(&a), gone = udp_bound(&none), from = udp_bound(&other);
    HANDLE port = port_for(s, KEY);

    closesocket(gone);
    REQUIRE(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience) == 0);
    int code = ask(s, SIO_UDP_CONNRESET, &off, sizeof off, NULL, 0);
    CHECK("IOCTL-2", code == 0, "off: %d", code);
    REQUIRE(connect(s, (struct sockaddr *)&none, sizeof none) == 0);
    overlapped_clear(&ov);
    REQUIRE(recv_start(s, text, sizeof text, 0, &ov) == WSA_IO_PENDING);
    REQUIRE(send(s, "anybody?", 8, 0) == 8);
    EXPECT_NO_PACKET_WINE_DEPARTS("IOCTL-2", port, "Wine reports it all the same");
    CancelIoEx((HANDLE)s, &ov);
    packet_take(port, 500);
    send(s, "anybody?", 8, 0);
    settle();
    code = ERROR_OF(recv(s, text, sizeof text, 0));
    CHECK_WINE_DEPARTS("IOCTL-2", code == WSAETIMEDOUT, "Wine reports it all the same",
                       "a blocking receive waits on: %d", code);
    off = TRUE;
    CHECK("IOCTL-2", ask(s, SIO_UDP_CONNRESET, &off, sizeof off, NULL, 0) == 0, "on again");
    send(s, "anybody?", 8, 0);
    settle();
    code = ERROR_OF(recv(s, text, sizeof text, 0));
    CHECK_WINE_DEPARTS("IOCTL-2", code == WSAECONNRESET, "Wine says otherwise", "reported: %d",
                       code);
    code = ask(s, SIO_UDP_CONNRESET, NULL, 0, NULL, 0);
    CHECK_WINE_DEPARTS("IOCTL-7", code == WSAEFAULT, "Wine does not look", "nothing: %d", code);
    closesocket(s);
    closesocket(from);
    CloseHandle(port);
}

static void handles(void)
{
    static const DWORD codes[] = {SIO_BASE_HANDLE, SIO_BSP_HANDLE_POLL};
    SOCKET s = tcp_socket();

    for (int i = 0; i < 2; i++) {
        SOCKET base = 0;
        int code = ask(s, codes[i], NULL, 0, &base, sizeof base);
        CHECK_WINE_DEPARTS("IOCTL-3", code == 0 && base == s, "Wine knows only the first",
                           "%x: the socket itself, %d", (unsigned)codes[i], code);
    }
    SOCKET base = 0;
    int code = ask(s, SIO_BASE_HANDLE, NULL, 0, &base, 4);
    CHECK_WINE_DEPARTS("IOCTL-7", code == WSAEFAULT, "Wine does not look", "no room: %d", code);
    closesocket(s);
}

static void hints(void)
{
    DWORD on = 1;
    SOCKET s = tcp_socket();
    int code = ask(s, SIO_LOOPBACK_FAST_PATH, &on, sizeof on, NULL, 0);
    CHECK_WINE_DEPARTS("IOCTL-4", code == 0, "Wine does not know it", "fast path: %d", code);
    code = ask(s, SIO_RCVALL, &on, sizeof on, NULL, 0);
    CHECK("IOCTL-8", code == WSAEOPNOTSUPP || code == WSAEINVAL, "what is not there: %d", code);
    closesocket(s);
}

static void interfaces(void)
{
    static INTERFACE_INFO all[64];
    DWORD bytes = 0;
    int loopbacks = 0;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    int result = WSAIoctl(s, SIO_GET_INTERFACE_LIST, NULL, 0, all, sizeof all, &bytes, NULL, NULL);

    CHECK("IOCTL-5", result == 0 && bytes && bytes % sizeof all[0] == 0, "%u bytes",
          (unsigned)bytes);
    for (DWORD i = 0; i < bytes / sizeof all[0]; i++)
        if (all[i].iiAddress.AddressIn.sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
            all[i].iiAddress.AddressIn.sin_family == AF_INET && all[i].iiFlags & IFF_LOOPBACK &&
            all[i].iiFlags & IFF_UP && all[i].iiNetmask.AddressIn.sin_addr.s_addr)
            loopbacks++;
    CHECK("IOCTL-5", loopbacks == 1, "loopback is among them");
    int code = ask(s, SIO_GET_INTERFACE_LIST, NULL, 0, all, 4);
    CHECK("IOCTL-7", code == WSAEFAULT, "no room: %d", code);
    closesocket(s);
}

static void addresses(void)
{
    static union {
        SOCKET_ADDRESS_LIST list;
        char bytes[4096];
    } found;
    DWORD bytes = 0;
    int good = 0;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    int result =
        WSAIoctl(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, &found, sizeof found, &bytes, NULL, NULL);

    CHECK("IOCTL-5", result == 0 && bytes >= sizeof(INT), "%u bytes", (unsigned)bytes);
    const SOCKET_ADDRESS *all = found.list.Address;
    for (INT i = 0; result == 0 && i < found.list.iAddressCount; i++)
        good += all[i].lpSockaddr->sa_family == AF_INET &&
                all[i].iSockaddrLength == sizeof(struct sockaddr_in);
    CHECK("IOCTL-5", good == found.list.iAddressCount, "%d addresses", good);
    closesocket(s);
}

static void route(void)
{
    struct sockaddr_in to = loopback(80), from;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&from, 0, sizeof from);
    int code = ask(s, SIO_ROUTING_INTERFACE_QUERY, &to, sizeof to, &from, sizeof from);
    CHECK("IOCTL-6", code == 0 && from.sin_family == AF_INET, "loopback: %d", code);
    CHECK_WINE_DEPARTS("IOCTL-6", from.sin_addr.s_addr == htonl(INADDR_LOOPBACK),
                       "Wine gives the wildcard", "is reached from itself");
    code = ask(s, SIO_ROUTING_INTERFACE_QUERY, &to, 5, &from, sizeof from);
    CHECK("IOCTL-7", code == WSAEFAULT, "a truncated address: %d", code);
    closesocket(s);
}

static void with_overlapped(void)
{
    struct tcp_keepalive values = {1, 30000, 1000};
    struct pair p;
    OVERLAPPED ov;
    DWORD bytes = UNTOUCHED;

    pair_open(&p);
    overlapped_clear(&ov);
    int code = ERROR_OF(
        WSAIoctl(p.ours, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, &bytes, &ov, NULL));
    CHECK("IOCTL-9", started((DWORD)code), "with an OVERLAPPED: %d", code);
    EXPECT_PACKET("IOCTL-9", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    overlapped_clear(&ov);
    code = ERROR_OF(WSAIoctl(p.ours, SIO_KEEPALIVE_VALS, &values, 3, NULL, 0, &bytes, &ov, NULL));
    CHECK("IOCTL-9", code == WSAEFAULT, "a failure: %d", code);
    EXPECT_NO_PACKET("IOCTL-9", p.port);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(keepalive);
    RUN(refused_datagrams);
    RUN(handles);
    RUN(hints);
    RUN(interfaces);
    RUN(addresses);
    RUN(route);
    RUN(with_overlapped);
    WSACleanup();
    return check_report();
}
