/* SPDX-License-Identifier: MIT
 *
 * WSARecvMsg: datagrams with their sender and control data, blocking and overlapped; what does not
 * fit, of the data and of the control data; refusals.
 */
#include "messages.h"

static void with_control_data(void)
{
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    option_on(two, IPPROTO_IP, IP_PKTINFO);
    udp_send(one, "hello", 5, &b);
    message_clear(&m);
    int code = message_take(two, &m, &bytes, NULL);
    CHECK("DGRAM-9", code == 0 && bytes == 5 && !memcmp(m.data, "hello", 5), "blocking: %d", code);
    CHECK("DGRAM-9", same_address((struct sockaddr_in *)&m.name, &a) && m.msg.namelen == sizeof a,
          "from the sender, %d bytes of name", m.msg.namelen);
    CHECK("DGRAM-9", !(m.msg.dwFlags & (MSG_TRUNC | MSG_CTRUNC)), "flags %x",
          (unsigned)m.msg.dwFlags);
    IN_PKTINFO *info = message_find(&m, IPPROTO_IP, IP_PKTINFO, sizeof *info);
    CHECK("MSG-2", info && info->ipi_addr.s_addr == htonl(INADDR_LOOPBACK) && info->ipi_ifindex,
          "the address it was sent to, and the interface");
    CHECK("MSG-1", m.msg.Control.len == WSA_CMSG_SPACE(sizeof *info), "%u bytes of control data",
          (unsigned)m.msg.Control.len);
    closesocket(one);
    closesocket(two);
}

static void without_control_data(void)
{
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    udp_send(one, "plain", 5, &b);
    message_clear(&m);
    int code = message_take(two, &m, &bytes, NULL);
    CHECK("MSG-1", code == 0 && bytes == 5 && m.msg.Control.len == 0, "none asked for: %d, %u",
          code, (unsigned)m.msg.Control.len);
    CHECK("MSG-1", WSA_CMSG_FIRSTHDR(&m.msg) == NULL, "and none there");
    udp_send(one, "anonymous", 9, &b);
    message_clear(&m);
    m.msg.name = NULL;
    m.msg.namelen = 0;
    code = message_take(two, &m, &bytes, NULL);
    CHECK("DGRAM-9", code == 0 && bytes == 9, "the sender is not asked for: %d", code);
    udp_send(one, "two buffers", 11, &b);
    message_clear(&m);
    WSABUF halves[2] = {{4, m.data}, {16, m.data + 32}};
    m.msg.lpBuffers = halves;
    m.msg.dwBufferCount = 2;
    code = message_take(two, &m, &bytes, NULL);
    CHECK("DGRAM-9",
          code == 0 && bytes == 11 && !memcmp(m.data, "two ", 4) &&
              !memcmp(m.data + 32, "buffers", 7),
          "two buffers: %d", code);
    closesocket(one);
    closesocket(two);
}

static void overlapped(void)
{
    struct sockaddr_in a, b;
    struct message m;
    OVERLAPPED ov;
    DWORD flags = 0, bytes = UNTOUCHED;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);
    HANDLE port = port_for(two, KEY);

    option_on(two, IPPROTO_IP, IP_PKTINFO);
    for (int early = 0; early < 2; early++) {
        message_clear(&m);
        overlapped_clear(&ov);
        if (early) {
            udp_send(one, "hello", 5, &b);
            await_bytes(two, 1);
        }
        int code = message_take(two, &m, &bytes, &ov);
        CHECK("DGRAM-9", early ? started((DWORD)code) : code == WSA_IO_PENDING, "started: %d",
              code);
        m.msg.lpBuffers = NULL; /* PKT-13: the array is captured */
        memset(&m.buffer, 0xEE, sizeof m.buffer);
        if (!early)
            udp_send(one, "hello", 5, &b);
        EXPECT_PACKET("DGRAM-9", port, KEY, &ov, NT_SUCCESS_0, 5);
        CHECK("DGRAM-9", !memcmp(m.data, "hello", 5), "the data");
        CHECK("DGRAM-9", same_address((struct sockaddr_in *)&m.name, &a), "the sender");
        IN_PKTINFO *info = message_find(&m, IPPROTO_IP, IP_PKTINFO, sizeof *info);
        CHECK("MSG-2", info && info->ipi_addr.s_addr == htonl(INADDR_LOOPBACK),
              "the control data came with the packet");
        CHECK("DGRAM-9", WSAGetOverlappedResult(two, &ov, &bytes, FALSE, &flags) && bytes == 5,
              "and by WSAGetOverlappedResult");
    }
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(one);
    closesocket(two);
    CloseHandle(port);
}

static void shortened(void)
{
    struct sockaddr_in a, b;
    struct message m;
    OVERLAPPED ov;
    DWORD bytes = 0;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);
    HANDLE port = port_for(two, KEY);

    udp_send(one, "too long for it", 15, &b);
    message_clear(&m);
    m.buffer.len = 8;
    int code = message_take(two, &m, &bytes, NULL);
    CHECK("DGRAM-9", code == WSAEMSGSIZE, "blocking: %d", code);
    CHECK_WINE_DEPARTS("DGRAM-9", m.msg.dwFlags & MSG_TRUNC, "Wine does not set the flag",
                       "flags %x", (unsigned)m.msg.dwFlags);
    CHECK("DGRAM-2", !memcmp(m.data, "too long", 8) && m.data[8] == 0, "the part that fits");
    message_clear(&m);
    m.buffer.len = 8;
    overlapped_clear(&ov);
    code = message_take(two, &m, &bytes, &ov);
    CHECK("DGRAM-9", code == WSA_IO_PENDING, "pends: %d", code);
    udp_send(one, "too long for it", 15, &b);
    EXPECT_PACKET("DGRAM-2", port, KEY, &ov, NT_BUFFER_OVERFLOW, 8);
    CHECK_WINE_DEPARTS("DGRAM-9", m.msg.dwFlags & MSG_TRUNC,
                       "Wine leaves the flags of a pended call", "flags %x",
                       (unsigned)m.msg.dwFlags);
    closesocket(one);
    closesocket(two);
    CloseHandle(port);
}

static void shortened_control_data(void)
{
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    option_on(two, IPPROTO_IP, IP_PKTINFO);
    udp_send(one, "hello", 5, &b);
    message_clear(&m);
    m.msg.Control.len = 1;
    int code = message_take(two, &m, &bytes, NULL);
    CHECK("MSG-3", code == WSAEMSGSIZE && (m.msg.dwFlags & MSG_CTRUNC), "one byte: %d, flags %x",
          code, (unsigned)m.msg.dwFlags);
    CHECK("MSG-3", !(m.msg.dwFlags & MSG_TRUNC) && !memcmp(m.data, "hello", 5),
          "the data is whole");
    udp_send(one, "again", 5, &b);
    message_clear(&m);
    code = message_take(two, &m, &bytes, NULL);
    CHECK("MSG-3", code == 0 && bytes == 5 && !memcmp(m.data, "again", 5),
          "the datagram was taken: %d", code);
    closesocket(one);
    closesocket(two);
}

static void hops_and_class(void)
{
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0, hops = 7;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    REQUIRE(setsockopt(one, IPPROTO_IP, IP_TTL, (char *)&hops, sizeof hops) == 0);
#ifndef IP_RECVTTL
#define IP_RECVTTL 21
#endif
    option_on(two, IPPROTO_IP, IP_RECVTTL);
    udp_send(one, "hops", 4, &b);
    message_clear(&m);
    int code = message_take(two, &m, &bytes, NULL);
    INT *value = message_find(&m, IPPROTO_IP, IP_TTL, sizeof *value);
    CHECK("MSG-5", code == 0 && value && *value == 7, "hop limit %d, code %d", value ? *value : -1,
          code);
    closesocket(one);
    closesocket(two);
}

static void refusals(void)
{
    struct sockaddr_in a;
    struct message m;
    DWORD bytes = 0;
    OVERLAPPED ov;
    struct pair p;
    SOCKET s = udp_bound(&a), fresh = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    HANDLE port = port_for(s, KEY);

    overlapped_clear(&ov);
    message_clear(&m);
    int code = message_take(INVALID_SOCKET, &m, &bytes, &ov);
    CHECK("SOCK-6", code == WSAENOTSOCK, "no socket: %d", code);
    u_long on = 1;
    REQUIRE(ioctlsocket(fresh, FIONBIO, &on) == 0);
    code = message_take(fresh, &m, &bytes, NULL);
    CHECK_WINE_DEPARTS("DGRAM-1", code == WSAEINVAL, "Wine would wait", "unbound: %d", code);
    code = ERROR_OF(receive_message(s, NULL, &bytes, &ov, NULL));
    CHECK("SOCK-4", code == WSAEFAULT, "no message: %d", code);
#ifndef __MINGW32__
    code = message_take(s, &m, NULL, NULL);
    CHECK("SOCK-4", code == WSAEFAULT, "no count and no OVERLAPPED: %d", code);
    m.msg.namelen = 3;
    code = message_take(s, &m, &bytes, NULL);
    CHECK("DGRAM-5", code == WSAEFAULT, "no room for the name: %d", code);
    message_clear(&m);
    m.msg.namelen = -1;
    code = message_take(s, &m, &bytes, NULL);
    CHECK("BAD-2", code == WSAEFAULT, "negative room for the name: %d", code);
    message_clear(&m);
    m.msg.Control.buf = NULL;
    code = message_take(s, &m, &bytes, &ov);
    CHECK("BAD-1", code == WSAEFAULT, "control data nowhere: %d", code);
    pair_open(&p);
    message_clear(&m);
    code = message_take(p.ours, &m, &bytes, &ov);
    CHECK("DGRAM-9", code == WSAEINVAL || code == WSAEOPNOTSUPP, "a stream: %d", code);
    pair_close(&p);
#else
    (void)p;
#endif
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(fresh);
    closesocket(s);
    CloseHandle(port);
}

static void cancelled_and_closed(void)
{
    struct sockaddr_in a;
    struct message m[2];
    OVERLAPPED ov[2];
    DWORD bytes = 0;
    SOCKET s = udp_bound(&a);
    HANDLE port = port_for(s, KEY);

    for (int i = 0; i < 2; i++) {
        message_clear(&m[i]);
        overlapped_clear(&ov[i]);
        REQUIRE(message_take(s, &m[i], &bytes, &ov[i]) == WSA_IO_PENDING);
    }
    CHECK("CANC-4", CancelIoEx((HANDLE)s, &ov[0]), "the first is cancelled");
    EXPECT_PACKET("CANC-4", port, KEY, &ov[0], NT_CANCELLED, 0);
    closesocket(s);
    EXPECT_PACKET_WINE_DEPARTS("CLOSE-2", port, KEY, &ov[1], NT_CANCELLED, 0,
                               "Wine shows that handles were closed");
    EXPECT_NO_PACKET("PKT-6", port);
    CloseHandle(port);
}

int main(void)
{
    sockets_start();
    RUN(find_functions);
    RUN(with_control_data);
    RUN(without_control_data);
    RUN(overlapped);
    RUN(shortened);
    RUN(shortened_control_data);
    RUN(hops_and_class);
    RUN(refusals);
    RUN(cancelled_and_closed);
    WSACleanup();
    return check_report();
}
