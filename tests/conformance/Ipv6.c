/* SPDX-License-Identifier: MIT
 *
 * IPv6 through every call: streams and datagrams, AcceptEx, ConnectEx, messages, names, dual mode.
 */
#include "messages.h"

static struct sockaddr_in6 loopback6(unsigned short port)
{
    struct sockaddr_in6 address;
    memset(&address, 0, sizeof address);
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(port);
    return address;
}

static SOCKET bound6(int type, struct sockaddr_in6 *address)
{
    int length = sizeof *address;
    SOCKET s = socket(AF_INET6, type, 0);
    REQUIRE(s != INVALID_SOCKET);
    *address = loopback6(0);
    REQUIRE(bind(s, (struct sockaddr *)address, sizeof *address) == 0);
    REQUIRE(getsockname(s, (struct sockaddr *)address, &length) == 0);
    CHECK("V6-1",
          length == sizeof *address && address->sin6_family == AF_INET6 && address->sin6_port,
          "its name has %d bytes, family %d", length, address->sin6_family);
    return s;
}

static void streams(void)
{
    struct sockaddr_in6 address, peer;
    int length = sizeof peer;
    char text[8];
    OVERLAPPED ov;
    SOCKET listener = bound6(SOCK_STREAM, &address);

    REQUIRE(listen(listener, 5) == 0);
    SOCKET client = socket(AF_INET6, SOCK_STREAM, 0);
    int code = ERROR_OF(connect(client, (struct sockaddr *)&address, sizeof address));
    CHECK("V6-1", code == 0, "connect: %d", code);
    SOCKET ours = accept(listener, (struct sockaddr *)&peer, &length);
    CHECK("V6-1",
          ours != INVALID_SOCKET && length == sizeof peer && peer.sin6_family == AF_INET6 &&
              IN6_IS_ADDR_LOOPBACK(&peer.sin6_addr),
          "accept");
    HANDLE port = port_for(ours, KEY);
    overlapped_clear(&ov);
    REQUIRE(started(recv_start(ours, text, sizeof text, 0, &ov)));
    send_all(client, "six", 3);
    EXPECT_PACKET("V6-1", port, KEY, &ov, NT_SUCCESS_0, 3);
    length = 16;
    code = ERROR_OF(getpeername(ours, (struct sockaddr *)&peer, &length));
    CHECK("V6-2", code == WSAEFAULT, "room for IPv4 only: %d", code);
    code = ERROR_OF(connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr *)&address, 16));
    CHECK("BAD-2", code == WSAEFAULT || check_on_wine(), "a truncated address: %d", code);
    closesocket(client);
    closesocket(ours);
    closesocket(listener);
    CloseHandle(port);
}

static void extensions(void)
{
    GUID id = WSAID_CONNECTEX;
    LPFN_CONNECTEX connect_ex = NULL;
    struct sockaddr_in6 address, own, *local, *remote;
    struct sockaddr *first, *second;
    int first_length, second_length;
    char buffer[16 + 2 * (28 + 16)];
    DWORD bytes;
    OVERLAPPED accepting, connecting;
    SOCKET listener = bound6(SOCK_STREAM, &address), s = socket(AF_INET6, SOCK_STREAM, 0);
    SOCKET client = bound6(SOCK_STREAM, &own);
    HANDLE port = port_for(listener, KEY);

    REQUIRE(listen(listener, 5) == 0);
    REQUIRE(WSAIoctl(client, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex,
                     sizeof connect_ex, &bytes, NULL, NULL) == 0);
    REQUIRE(CreateIoCompletionPort((HANDLE)client, port, 6, 0) == port);
    overlapped_clear(&accepting);
    overlapped_clear(&connecting);
    REQUIRE(!AcceptEx(listener, s, buffer, 16, 44, 44, &bytes, &accepting) &&
            WSAGetLastError() == WSA_IO_PENDING);
    BOOL done = connect_ex(client, (struct sockaddr *)&address, sizeof address, (PVOID) "hello", 5,
                           NULL, &connecting);
    CHECK("V6-3", !done && WSAGetLastError() == WSA_IO_PENDING, "ConnectEx");
    for (int i = 0; i < 2; i++) {
        struct packet k = packet_take(port, DEADLINE);
        CHECK("V6-3", k.ov && k.error == 0 && k.bytes && (k.bytes == 5 || k.ov == &accepting),
              "packet %d: error %u, %u bytes", i, (unsigned)k.error, (unsigned)k.bytes);
    }
    GetAcceptExSockaddrs(buffer, 16, 44, 44, &first, &first_length, &second, &second_length);
    local = (struct sockaddr_in6 *)first;
    remote = (struct sockaddr_in6 *)second;
    CHECK("V6-3",
          first_length == 28 && local->sin6_port == address.sin6_port && second_length == 28 &&
              remote->sin6_port == own.sin6_port,
          "both addresses, %d and %d bytes", first_length, second_length);
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void datagrams(void)
{
    struct sockaddr_in6 a, b, from;
    int length = sizeof from;
    char text[8];
    OVERLAPPED ov;
    WSABUF buffer = {sizeof text, text};
    DWORD flags = 0;
    SOCKET one = bound6(SOCK_DGRAM, &a), two = bound6(SOCK_DGRAM, &b);
    HANDLE port = port_for(two, KEY);

    overlapped_clear(&ov);
    memset(&from, 0, sizeof from);
    int code = ERROR_OF(
        WSARecvFrom(two, &buffer, 1, NULL, &flags, (struct sockaddr *)&from, &length, &ov, NULL));
    CHECK("V6-4", code == WSA_IO_PENDING, "WSARecvFrom: %d", code);
    int n = sendto(one, "six", 3, 0, (struct sockaddr *)&b, sizeof b);
    CHECK("V6-4", n == 3, "sendto: %d", n);
    EXPECT_PACKET("V6-4", port, KEY, &ov, NT_SUCCESS_0, 3);
    CHECK("V6-4",
          length == sizeof from && from.sin6_family == AF_INET6 && from.sin6_port == a.sin6_port,
          "the sender, %d bytes", length);
    code = ERROR_OF(sendto(one, "six", 3, 0, (struct sockaddr *)&b, 16));
    CHECK("BAD-2", code == WSAEFAULT || check_on_wine(), "a truncated address: %d", code);
    closesocket(one);
    closesocket(two);
    CloseHandle(port);
}

static void messages(void)
{
    struct sockaddr_in6 a, b;
    struct message m, answer;
    IN6_PKTINFO info;
    DWORD bytes = 0;
    SOCKET one = bound6(SOCK_DGRAM, &a), two = bound6(SOCK_DGRAM, &b);

    option_on(two, IPPROTO_IPV6, IPV6_PKTINFO);
    message_fill(&m, "six", &b, sizeof b);
    int code = message_send(one, &m, &bytes, NULL);
    CHECK("V6-5", code == 0 && bytes == 3, "WSASendMsg: %d", code);
    message_clear(&m);
    code = message_take(two, &m, &bytes, NULL);
    CHECK("V6-5", code == 0 && bytes == 3 && m.msg.namelen == sizeof a, "WSARecvMsg: %d, name %d",
          code, m.msg.namelen);
    IN6_PKTINFO *found = message_find(&m, IPPROTO_IPV6, IPV6_PKTINFO, sizeof *found);
    CHECK("MSG-2", found && IN6_IS_ADDR_LOOPBACK(&found->ipi6_addr) && found->ipi6_ifindex,
          "where it was sent to");
    /* A server answers from that address. */
    memset(&info, 0, sizeof info);
    if (found)
        info.ipi6_addr = found->ipi6_addr;
    message_fill(&answer, "back", &a, sizeof a);
    message_add(&answer, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    code = message_send(two, &answer, &bytes, NULL);
    CHECK_WINE_DEPARTS("MSG-4", code == 0, "Wine refuses the control data", "the answer: %d", code);
    closesocket(one);
    closesocket(two);
}

static void dual_mode(void)
{
    struct sockaddr_in6 any, name;
    struct sockaddr_in to;
    int length = sizeof name;
    DWORD only = 5;
    SOCKET s = socket(AF_INET6, SOCK_STREAM, 0);

    length = sizeof only;
    REQUIRE(getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&only, &length) == 0);
    CHECK("V6-6", (only & 0xFF) == 1, "IPv6 alone is the default (%u)", (unsigned)only);
    only = 0;
    REQUIRE(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&only, sizeof only) == 0);
    memset(&any, 0, sizeof any);
    any.sin6_family = AF_INET6;
    REQUIRE(bind(s, (struct sockaddr *)&any, sizeof any) == 0 && listen(s, 5) == 0);
    length = sizeof name;
    REQUIRE(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    to = loopback(ntohs(name.sin6_port));
    SOCKET client = tcp_connect(&to);
    length = sizeof name;
    SOCKET ours = accept(s, (struct sockaddr *)&name, &length);
    CHECK("V6-6", ours != INVALID_SOCKET && IN6_IS_ADDR_V4MAPPED(&name.sin6_addr),
          "an IPv4 client comes mapped");
    closesocket(client);
    closesocket(ours);
    closesocket(s);
}

/* Which groups an address is one of, as the bits of its scope. */
static unsigned reach(const char *text)
{
    struct in6_addr at;
    REQUIRE(inet_pton(AF_INET6, text, &at) == 1);
    return (unsigned)(!!IN6_IS_ADDR_MC_NODELOCAL(&at) << 1 | !!IN6_IS_ADDR_MC_LINKLOCAL(&at) << 2 |
                      !!IN6_IS_ADDR_MC_SITELOCAL(&at) << 5 | !!IN6_IS_ADDR_MC_ORGLOCAL(&at) << 8 |
                      !!IN6_IS_ADDR_MC_GLOBAL(&at) << 14);
}

static void groups(void)
{
    CHECK("V6-7", reach("ff01::1") == 1u << 1, "of the host");
    CHECK("V6-7", reach("ff02::1:2") == 1u << 2, "of the link");
    CHECK("V6-7", reach("ff15::1") == 1u << 5, "of the site, and passing");
    CHECK("V6-7", reach("ff08::1") == 1u << 8, "of the organization");
    CHECK("V6-7", reach("ff0e::1") == 1u << 14, "of the world");
    CHECK("V6-7", reach("fe02::1") == 0 && reach("::1") == 0, "no groups");
}

int main(void)
{
    sockets_start();
    RUN(find_functions);
    RUN(streams);
    RUN(extensions);
    RUN(datagrams);
    RUN(messages);
    RUN(dual_mode);
    RUN(groups);
    WSACleanup();
    return check_report();
}
