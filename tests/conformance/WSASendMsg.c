/* SPDX-License-Identifier: MIT
 *
 * WSASendMsg: to an address and to the peer, overlapped, with a source address and a hop limit of
 * its own; refusals.
 */
#include "messages.h"

static void to_and_from(void)
{
    struct sockaddr_in a, b, from, name;
    int length = sizeof from;
    char text[16];
    struct message m;
    DWORD bytes = 0;
    SOCKET one = udp_bound(&a), two = udp_bound(&b), fresh = socket(AF_INET, SOCK_DGRAM, 0);

    message_fill(&m, "hello", &b, sizeof b);
    int code = message_send(one, &m, &bytes, NULL);
    CHECK("DGRAM-10", code == 0 && bytes == 5, "to an address: %d, %u bytes", code,
          (unsigned)bytes);
    int n = recvfrom(two, text, sizeof text, 0, (struct sockaddr *)&from, &length);
    CHECK("DGRAM-10", n == 5 && same_address(&from, &a), "arrives: %d", n);
    code = message_send(fresh, &m, &bytes, NULL);
    length = sizeof name;
    CHECK("DGRAM-10",
          code == 0 && getsockname(fresh, (struct sockaddr *)&name, &length) == 0 && name.sin_port,
          "a fresh socket is bound: %d", code);
    REQUIRE(recv(two, text, sizeof text, 0) == 5);
    REQUIRE(connect(one, (struct sockaddr *)&b, sizeof b) == 0);
    message_fill(&m, "peer", NULL, 0);
    code = message_send(one, &m, &bytes, NULL);
    CHECK("DGRAM-10", code == 0 && recv(two, text, sizeof text, 0) == 4, "to the peer: %d", code);
    closesocket(fresh);
    closesocket(one);
    closesocket(two);
}

static void exported(void)
{
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0;
    char text[16];
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    message_fill(&m, "hello", &b, sizeof b);
    int code = ERROR_OF(WSASendMsg(one, &m.msg, 0, &bytes, NULL, NULL));
    CHECK("EXT-5", code == 0 && recv(two, text, sizeof text, 0) == 5, "by its name: %d", code);
    closesocket(one);
    closesocket(two);
}

static void overlapped(void)
{
    struct sockaddr_in a, b;
    struct message m;
    OVERLAPPED ov;
    char text[16];
    SOCKET one = udp_bound(&a), two = udp_bound(&b);
    HANDLE port = port_for(one, KEY);

    message_fill(&m, "hello", &b, sizeof b);
    overlapped_clear(&ov);
    int code = message_send(one, &m, NULL, &ov);
    CHECK("DGRAM-10", started((DWORD)code), "started: %d", code);
    memset(&m.msg, 0xEE, sizeof m.msg);
    EXPECT_PACKET("MSG-6", port, KEY, &ov, NT_SUCCESS_0, 5);
    CHECK("DGRAM-10", recv(two, text, sizeof text, 0) == 5, "arrives");
    closesocket(one);
    closesocket(two);
    CloseHandle(port);
}

/* All of 127.0.0.0/8 is this machine's. */
static void source_address(void)
{
    struct sockaddr_in b, any, from;
    int length = sizeof from;
    char text[16];
    struct message m;
    IN_PKTINFO info;
    DWORD bytes = 0;
    SOCKET two = udp_bound(&b), one = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&any, 0, sizeof any);
    any.sin_family = AF_INET;
    REQUIRE(bind(one, (struct sockaddr *)&any, sizeof any) == 0);
    memset(&info, 0, sizeof info);
    info.ipi_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    message_fill(&m, "hello", &b, sizeof b);
    message_add(&m, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    int code = message_send(one, &m, &bytes, NULL);
    CHECK_WINE_DEPARTS("MSG-4", code == 0, "Wine refuses the control data", "sent: %d", code);
    if (code == 0) {
        REQUIRE(recvfrom(two, text, sizeof text, 0, (struct sockaddr *)&from, &length) == 5);
        CHECK_WINE_DEPARTS("MSG-4", from.sin_addr.s_addr == info.ipi_addr.s_addr,
                           "Wine ignores the control data", "from the address asked for");
    }
    closesocket(one);
    closesocket(two);
}

static void malformed_control_data(void)
{
    struct sockaddr_in a, b;
    struct message m;
    INT value = 5;
    DWORD bytes = 0;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    for (int i = 0; i < 6; i++) {
        message_fill(&m, "hello", &b, sizeof b);
        message_add(&m, IPPROTO_IP, i == 0 ? 999 : IP_PKTINFO, &value, sizeof value);
        WSACMSGHDR *header = (WSACMSGHDR *)(void *)m.control.bytes;
        if (i == 1)
            header->cmsg_len = 3;
        if (i == 2)
            header->cmsg_len = 4096;
        if (i == 3)
            header->cmsg_len = ~(SIZE_T)0 - 3;
        if (i == 4)
            m.msg.Control.len = 7;
        /* 5: the structure is cut short */
        int code = message_send(one, &m, &bytes, NULL);
        CHECK_WINE_DEPARTS("MSG-4", code == WSAEINVAL, "Wine ignores the control data",
                           "case %d: %d", i, code);
    }
    closesocket(one);
    closesocket(two);
}

static void refusals(void)
{
    struct sockaddr_in a;
    struct message m;
    DWORD bytes = 0;
    struct pair p;
    OVERLAPPED ov;
    SOCKET s = udp_bound(&a);
    HANDLE port = port_for(s, KEY);

    pair_open(&p);
    overlapped_clear(&ov);
    message_fill(&m, "hello", &a, sizeof a);
    int code = ERROR_OF(send_message(s, NULL, 0, &bytes, &ov, NULL));
    CHECK("DGRAM-10", code == WSAEFAULT, "no message: %d", code);
    code = message_send(s, &m, NULL, NULL);
    CHECK("DGRAM-10", code == WSAEFAULT, "no count and no OVERLAPPED: %d", code);
    code = message_send(INVALID_SOCKET, &m, &bytes, &ov);
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %d", code);
    code = message_send(p.ours, &m, &bytes, &ov);
    CHECK_WINE_DEPARTS("DGRAM-10", code == WSAEINVAL, "Wine sends on a stream", "a stream: %d",
                       code);
    retract((DWORD)code, p.ours, p.port, &ov);
    message_fill(&m, "hello", NULL, 0);
    code = message_send(s, &m, &bytes, NULL);
    CHECK_WINE_DEPARTS("DGRAM-10", code == WSAENOTCONN, "Wine says WSAEINVAL", "to nobody: %d",
                       code);
#ifndef __MINGW32__
    message_fill(&m, "hello", &a, 5);
    code = message_send(s, &m, &bytes, &ov);
    CHECK("BAD-2", code == WSAEFAULT, "a truncated address: %d", code);
    message_fill(&m, "hello", &a, sizeof a);
    m.msg.namelen = -16;
    code = message_send(s, &m, &bytes, &ov);
    CHECK("BAD-2", code == WSAEFAULT, "a negative length: %d", code);
    message_fill(&m, "hello", &a, sizeof a);
    m.msg.dwBufferCount = 0x80000000u;
    code = message_send(s, &m, &bytes, &ov);
    CHECK("BAD-3", code == WSAEINVAL, "far too many buffers: %d", code);
#endif
    REQUIRE(shutdown(s, SD_SEND) == 0);
    message_fill(&m, "hello", &a, sizeof a);
    code = message_send(s, &m, &bytes, &ov);
    CHECK("DGRAM-11", code == WSAESHUTDOWN, "shut down: %d", code);
    EXPECT_NO_PACKET("PKT-6", port);
    pair_close(&p);
    closesocket(s);
    CloseHandle(port);
}

int main(void)
{
    sockets_start();
    RUN(find_functions);
    RUN(to_and_from);
    RUN(exported);
    RUN(overlapped);
    RUN(source_address);
    RUN(malformed_control_data);
    RUN(refusals);
    WSACleanup();
    return check_report();
}
