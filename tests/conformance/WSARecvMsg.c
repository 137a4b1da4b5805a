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

#ifndef IP_ECN
#define IP_ECN 50
#endif
#ifndef IPV6_ECN
#define IPV6_ECN 50
#endif

static int can_be_set(SOCKET s, int level, int name)
{
    DWORD on = 1;
    return CHECK_WINE_DEPARTS("MSG-7", setsockopt(s, level, name, (char *)&on, sizeof on) == 0,
                              "Wine has no such option", "level %d, option %d", level, name);
}

/* The only piece of control data is of this kind. */
static void *only_piece(struct message *m, int level, int type, size_t bytes)
{
    void *found = message_find(m, level, type, bytes);
    CHECK("MSG-7", found && m->msg.Control.len == WSA_CMSG_SPACE(bytes),
          "level %d, type %d, and nothing else (%u bytes)", level, type,
          (unsigned)m->msg.Control.len);
    return found;
}

/* Each of what one option of the system answers is told only where it is asked for. */
static void one_by_one(void)
{
    static const int names[] = {IP_PKTINFO, IP_RECVIF, IP_RECVDSTADDR};
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0, off = 0;
    SOCKET one = udp_bound(&a);

    for (int i = 0; i < 3; i++) {
        SOCKET two = udp_bound(&b);
        if (can_be_set(two, IPPROTO_IP, names[i])) {
            DWORD got = 7;
            int length = sizeof got;
            CHECK_WINE_DEPARTS(
                "MSG-7",
                getsockopt(two, IPPROTO_IP, names[(i + 1) % 3], (char *)&got, &length) == 0 &&
                    got == 0,
                "Wine has no such option", "the next one is off: %u", (unsigned)got);
            udp_send(one, "x", 1, &b);
            message_clear(&m);
            REQUIRE(message_take(two, &m, &bytes, NULL) == 0);
            void *piece = only_piece(&m, IPPROTO_IP, names[i], i ? 4 : sizeof(IN_PKTINFO));
            if (piece && i == 1)
                CHECK("MSG-7", *(int *)piece > 0, "interface %d", *(int *)piece);
            if (piece && i == 2)
                CHECK("MSG-7", ((IN_ADDR *)piece)->s_addr == htonl(INADDR_LOOPBACK), "to here");
            REQUIRE(setsockopt(two, IPPROTO_IP, names[i], (char *)&off, sizeof off) == 0);
            udp_send(one, "x", 1, &b);
            message_clear(&m);
            REQUIRE(message_take(two, &m, &bytes, NULL) == 0);
            CHECK("MSG-7", m.msg.Control.len == 0, "and off again");
        }
        closesocket(two);
    }
    closesocket(one);
}

static void congestion(void)
{
    struct sockaddr_in a, b;
    struct message m;
    DWORD bytes = 0;
    int mark = 1;
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    if (can_be_set(two, IPPROTO_IP, IP_ECN)) {
        message_fill(&m, "x", &b, sizeof b);
        message_add(&m, IPPROTO_IP, IP_ECN, &mark, sizeof mark);
        REQUIRE(message_send(one, &m, &bytes, NULL) == 0);
        message_clear(&m);
        REQUIRE(message_take(two, &m, &bytes, NULL) == 0);
        int *got = only_piece(&m, IPPROTO_IP, IP_ECN, sizeof *got);
        CHECK("MSG-7", got && *got == mark, "the mark arrives: %d", got ? *got : -1);
    }
    closesocket(one);
    closesocket(two);
}

static void of_ipv6(void)
{
    static const int names[] = {IPV6_RECVIF, IPV6_RECVDSTADDR, IPV6_ECN};
    struct sockaddr_in6 name;
    struct message m;
    DWORD bytes = 0;
    int length = sizeof name, mark = 2;
    SOCKET s = socket(AF_INET6, SOCK_DGRAM, 0);

    memset(&name, 0, sizeof name);
    name.sin6_family = AF_INET6;
    name.sin6_addr.s6_addr[15] = 1;
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)&name, sizeof name) != 0) {
        printf("skipped: no IPv6 here\n");
        close_if_open(&s);
        return;
    }
    REQUIRE(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    for (int i = 0; i < 3; i++) {
        DWORD off = 0;
        if (!can_be_set(s, IPPROTO_IPV6, names[i]))
            continue;
        message_fill(&m, "x", &name, sizeof name);
        message_add(&m, IPPROTO_IPV6, IPV6_ECN, &mark, sizeof mark);
        REQUIRE(message_send(s, &m, &bytes, NULL) == 0);
        message_clear(&m);
        REQUIRE(message_take(s, &m, &bytes, NULL) == 0);
        void *piece = only_piece(&m, IPPROTO_IPV6, names[i], i == 1 ? 16 : 4);
        if (piece && i == 1)
            CHECK("MSG-7", !memcmp(piece, &name.sin6_addr, 16), "to here");
        if (piece && i == 2)
            CHECK("MSG-7", *(int *)piece == mark, "the mark: %d", *(int *)piece);
        REQUIRE(setsockopt(s, IPPROTO_IPV6, names[i], (char *)&off, sizeof off) == 0);
    }
    closesocket(s);
}

/* To one, to a group, to everybody. */
static void whom_it_was_for(void)
{
    static const char *const targets[] = {"127.0.0.1", "239.7.7.7", "127.255.255.255"};
    static const DWORD flags[] = {0, MSG_MCAST, MSG_BCAST};
    struct sockaddr_in a, to;
    struct message m;
    struct ip_mreq group;
    DWORD bytes = 0, on = 1, patience = DEADLINE;
    SOCKET one = udp_bound(&a), two = socket(AF_INET, SOCK_DGRAM, 0);

    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    REQUIRE(bind(two, (struct sockaddr *)&to, sizeof to) == 0);
    int length = sizeof to;
    REQUIRE(getsockname(two, (struct sockaddr *)&to, &length) == 0);
    group.imr_multiaddr.s_addr = inet_addr("239.7.7.7");
    group.imr_interface.s_addr = inet_addr("127.0.0.1");
    int joined = setsockopt(two, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&group, sizeof group) == 0;
    setsockopt(one, IPPROTO_IP, IP_MULTICAST_IF, (char *)&group.imr_interface, 4);
    setsockopt(one, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof on);
    setsockopt(two, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience);
    for (int round = 0; round < 6; round++) {
        int i = round % 3;
        if (i == 1 && !joined) {
            printf("skipped: no group can be joined on the loopback interface\n");
            continue;
        }
        to.sin_addr.s_addr = inet_addr(targets[i]);
        udp_send(one, "x", 1, &to);
        message_clear(&m);
        int code = message_take(two, &m, &bytes, NULL);
        CHECK_WINE_DEPARTS("MSG-8", code == 0 && m.msg.dwFlags == flags[i],
                           "Wine does not tell these", "%s: %d, flags %x", targets[i], code,
                           (unsigned)m.msg.dwFlags);
        CHECK("MSG-1", m.msg.Control.len == 0, "nothing else is told: %u bytes",
              (unsigned)m.msg.Control.len);
    }
    closesocket(one);
    closesocket(two);
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
    RUN(one_by_one);
    RUN(congestion);
    RUN(of_ipv6);
    RUN(whom_it_was_for);
    WSACleanup();
    return check_report();
}
