/* SPDX-License-Identifier: MIT
 *
 * Registered I/O on datagrams: addresses, control data and flags beside the data, datagrams that do
 * not fit, connected sockets, many in flight.
 */
#include "registered.h"

/* Where things lie in the registered memory. */
enum { DATA = 0, LOCAL = 4096, REMOTE = 4224, CONTROL = 4352, FLAGS = 5000, SECOND = 8192 };

struct bound {
    SOCKET socket;
    struct sockaddr_in address;
    RIO_CQ queue;
    RIO_RQ requests;
};

static struct bound bound_open(ULONG receives, ULONG sends)
{
    struct bound b;

    b.socket = rio_socket(SOCK_DGRAM);
    b.address = rio_bind(b.socket);
    b.queue = rio_polled(receives + sends);
    b.requests = rio_requests(b.socket, receives, sends, b.queue);
    return b;
}

static void bound_close(struct bound *b)
{
    closesocket(b->socket);
    rio.RIOCloseCompletionQueue(b->queue);
}

static int is_address(ULONG offset, const struct sockaddr_in *address)
{
    struct sockaddr_in is;
    memcpy(&is, rio_memory + offset, sizeof is);
    return is.sin_family == AF_INET && is.sin_port == address->sin_port &&
           is.sin_addr.s_addr == address->sin_addr.s_addr;
}

static BOOL receive_from(struct bound *b, ULONG length, ULONG_PTR context)
{
    RIO_BUF data = rio_slice(DATA, length), remote = rio_slice(REMOTE, sizeof(SOCKADDR_INET));
    return rio.RIOReceiveEx(b->requests, &data, 1, NULL, &remote, NULL, NULL, 0, (PVOID)context);
}

static BOOL send_to(struct bound *b, const struct sockaddr_in *to, ULONG length, ULONG_PTR context)
{
    RIO_BUF data = rio_slice(SECOND, length), remote = rio_slice(LOCAL, sizeof(SOCKADDR_INET));
    memset(rio_memory + LOCAL, 0, sizeof(SOCKADDR_INET));
    memcpy(rio_memory + LOCAL, to, sizeof *to);
    return rio.RIOSendEx(b->requests, &data, 1, NULL, &remote, NULL, NULL, 0, (PVOID)context);
}

static void there_and_back(void)
{
    struct bound a = bound_open(4, 4), b = bound_open(4, 4);

    CHECK("RIO-16", receive_from(&b, 100, 1), "a receive with the sender's address");
    memcpy(rio_memory + SECOND, "datagram", 8);
    CHECK("RIO-16", send_to(&a, &b.address, 8, 2), "a send to an address");
    EXPECT_RESULT("RIO-16", a.queue, 2, 0, 8);
    EXPECT_RESULT("RIO-16", b.queue, 1, 0, 8);
    CHECK("RIO-16", is_address(REMOTE, &a.address), "the sender's address");
    CHECK("RIO-16", memcmp(rio_memory, "datagram", 8) == 0, "the data");
    /* One that is there already. */
    REQUIRE(send_to(&b, &a.address, 3, 3));
    EXPECT_RESULT("RIO-16", b.queue, 3, 0, 3);
    Sleep(50);
    REQUIRE(receive_from(&a, 100, 4));
    EXPECT_RESULT("RIO-16", a.queue, 4, 0, 3);
    CHECK("RIO-16", is_address(REMOTE, &b.address), "the other's address");
    bound_close(&a);
    bound_close(&b);
}

static void everything_beside_the_data(void)
{
    struct bound a = bound_open(4, 4), b = bound_open(4, 4);
    RIO_BUF data = rio_slice(DATA, 100), local = rio_slice(LOCAL, sizeof(SOCKADDR_INET)),
            remote = rio_slice(REMOTE, sizeof(SOCKADDR_INET)), control = rio_slice(CONTROL, 256),
            flags = rio_slice(FLAGS, 4);
    DWORD on = 1;
    ULONG value = 77;
    int ttl = 0;

    REQUIRE(setsockopt(b.socket, IPPROTO_IP, IP_RECVTTL, (char *)&on, sizeof on) == 0);
    memcpy(rio_memory + FLAGS, &value, sizeof value);
    CHECK("RIO-16",
          rio.RIOReceiveEx(b.requests, &data, 1, &local, &remote, &control, &flags, 0,
                           (PVOID)(ULONG_PTR)1),
          "all of it: error %d", WSAGetLastError());
    REQUIRE(sendto(a.socket, "x", 1, 0, (struct sockaddr *)&b.address, sizeof b.address) == 1);
    EXPECT_RESULT("RIO-16", b.queue, 1, 0, 1);
    CHECK("RIO-16", is_address(LOCAL, &b.address), "where it was received");
    CHECK("RIO-16", is_address(REMOTE, &a.address), "who sent it");
    memcpy(&value, rio_memory + FLAGS, sizeof value);
    CHECK("RIO-16", value == 0, "its flags: %x", (unsigned)value);
    RIO_CMSG_BUFFER *head = (RIO_CMSG_BUFFER *)(void *)(rio_memory + CONTROL);
    for (PWSACMSGHDR header = RIO_CMSG_FIRSTHDR(head); header;
         header = RIO_CMSG_NEXTHDR(head, header))
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TTL)
            memcpy(&ttl, WSA_CMSG_DATA(header), sizeof ttl);
    CHECK("RIO-16", ttl > 0, "control data of %u bytes, TTL %d", (unsigned)head->TotalLength, ttl);

    /* A send with a TTL of its own. */
    PWSACMSGHDR header = (PWSACMSGHDR)(void *)(rio_memory + CONTROL + RIO_CMSG_BASE_SIZE);
    int wanted = 9;
    header->cmsg_len = sizeof *header + sizeof wanted;
    header->cmsg_level = IPPROTO_IP;
    header->cmsg_type = IP_TTL;
    memcpy(WSA_CMSG_DATA(header), &wanted, sizeof wanted);
    head->TotalLength = RIO_CMSG_BASE_SIZE + WSA_CMSG_SPACE(sizeof wanted);
    memcpy(rio_memory + REMOTE, &b.address, sizeof b.address);
    RIO_BUF out = rio_slice(SECOND, 5);
    CHECK("RIO-16",
          rio.RIOSendEx(a.requests, &out, 1, NULL, &remote, &control, NULL, 0, (PVOID)(ULONG_PTR)2),
          "control data with a send: error %d", WSAGetLastError());
    EXPECT_RESULT("RIO-16", a.queue, 2, 0, 5);
    REQUIRE(
        rio.RIOReceiveEx(b.requests, &data, 1, NULL, NULL, &control, NULL, 0, (PVOID)(ULONG_PTR)3));
    EXPECT_RESULT("RIO-16", b.queue, 3, 0, 5);
    for (header = RIO_CMSG_FIRSTHDR(head); header; header = RIO_CMSG_NEXTHDR(head, header))
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TTL)
            memcpy(&ttl, WSA_CMSG_DATA(header), sizeof ttl);
    CHECK("RIO-16", ttl == 9, "TTL %d", ttl);
    head->TotalLength = 4;
    EXPECT_REFUSED("RIO-16",
                   rio.RIOSendEx(a.requests, &out, 1, NULL, &remote, &control, NULL, 0, NULL),
                   WSAEINVAL);
    bound_close(&a);
    bound_close(&b);
}

static void where_it_came_in(void)
{
    SOCKET s = rio_socket(SOCK_DGRAM);
    struct sockaddr_in any, to;
    int length = sizeof any;
    RIO_CQ queue = rio_polled(4);

    memset(&any, 0, sizeof any);
    any.sin_family = AF_INET;
    REQUIRE(bind(s, (struct sockaddr *)&any, sizeof any) == 0);
    REQUIRE(getsockname(s, (struct sockaddr *)&any, &length) == 0);
    RIO_RQ requests = rio_requests(s, 2, 2, queue);
    RIO_BUF data = rio_slice(DATA, 100), local = rio_slice(LOCAL, sizeof(SOCKADDR_INET));
    REQUIRE(rio.RIOReceiveEx(requests, &data, 1, &local, NULL, NULL, NULL, 0, (PVOID)(ULONG_PTR)1));
    SOCKET from = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    to = any;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    REQUIRE(sendto(from, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1);
    EXPECT_RESULT("RIO-16", queue, 1, 0, 1);
    CHECK("RIO-16", is_address(LOCAL, &to), "the address it was sent to, of many");
    closesocket(from);
    closesocket(s);
    rio.RIOCloseCompletionQueue(queue);
}

static void too_long_ones(void)
{
    struct bound a = bound_open(4, 4), b = bound_open(4, 4);
    RIO_BUF data = rio_slice(DATA, 4), flags = rio_slice(FLAGS, 4);
    ULONG value = 0;

    memcpy(rio_memory + SECOND, "abcdefgh", 8);
    REQUIRE(rio_receive(b.requests, DATA, 4, 0, 1));
    REQUIRE(send_to(&a, &b.address, 8, 0));
    EXPECT_RESULT("RIO-16", b.queue, 1, WSAEMSGSIZE, 4);
    REQUIRE(
        rio.RIOReceiveEx(b.requests, &data, 1, NULL, NULL, NULL, &flags, 0, (PVOID)(ULONG_PTR)2));
    REQUIRE(send_to(&a, &b.address, 8, 0));
    EXPECT_RESULT("RIO-16", b.queue, 2, WSAEMSGSIZE, 4);
    memcpy(&value, rio_memory + FLAGS, sizeof value);
    CHECK("RIO-16", value == MSG_TRUNC && memcmp(rio_memory, "abcd", 4) == 0, "what fits, flags %x",
          (unsigned)value);
    CHECK("RIO-16", rio.RIOReceive(b.requests, NULL, 0, 0, (PVOID)(ULONG_PTR)3), "no data wanted");
    REQUIRE(rio.RIOSend(b.requests, NULL, 0, 0, (PVOID)(ULONG_PTR)4));
    EXPECT_RESULT("RIO-12", b.queue, 4, WSAENOTCONN, 0);
    REQUIRE(sendto(a.socket, "", 0, 0, (struct sockaddr *)&b.address, sizeof b.address) == 0);
    EXPECT_RESULT("RIO-16", b.queue, 3, 0, 0);
    bound_close(&a);
    bound_close(&b);
}

static void bad_addresses(void)
{
    struct bound a = bound_open(4, 4);
    RIO_BUF data = rio_slice(SECOND, 4), remote = rio_slice(REMOTE, sizeof(SOCKADDR_INET) - 1),
            flags = rio_slice(FLAGS, 3);
    unsigned short family = 99;

    EXPECT_REFUSED("RIO-16",
                   rio.RIOSendEx(a.requests, &data, 1, NULL, &remote, NULL, NULL, 0, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-16",
                   rio.RIOReceiveEx(a.requests, &data, 1, NULL, &remote, NULL, NULL, 0, NULL),
                   WSAEINVAL);
    EXPECT_REFUSED("RIO-16",
                   rio.RIOReceiveEx(a.requests, &data, 1, NULL, NULL, NULL, &flags, 0, NULL),
                   WSAEINVAL);
    remote.BufferId = RIO_INVALID_BUFFERID;
    EXPECT_REFUSED("RIO-9", rio.RIOSendEx(a.requests, &data, 1, NULL, &remote, NULL, NULL, 0, NULL),
                   WSAEFAULT);
    remote = rio_slice(REMOTE, sizeof(SOCKADDR_INET));
    memset(rio_memory + REMOTE, 0, sizeof(SOCKADDR_INET));
    memcpy(rio_memory + REMOTE, &family, sizeof family);
    EXPECT_REFUSED("RIO-16",
                   rio.RIOSendEx(a.requests, &data, 1, NULL, &remote, NULL, NULL, 0, NULL),
                   WSAEAFNOSUPPORT);
    EXPECT_REFUSED("RIO-4", rio_receive(a.requests, DATA, 10, RIO_MSG_WAITALL, 1), WSAEINVAL);
    CHECK("RIO-6", rio_stays_empty(a.queue), "none of them has a result");
    /* None of them is outstanding either. */
    for (ULONG index = 0; index < 4; index++)
        REQUIRE(rio_receive(a.requests, DATA, 10, 0, index));
    bound_close(&a);
}

static void connected(void)
{
    struct bound a = bound_open(4, 4), b = bound_open(4, 4);

    REQUIRE(connect(a.socket, (struct sockaddr *)&b.address, sizeof b.address) == 0);
    REQUIRE(rio_receive(b.requests, DATA, 100, 0, 1));
    REQUIRE(rio_send(a.requests, SECOND, 20, 0, 2));
    EXPECT_RESULT("RIO-6", a.queue, 2, 0, 20);
    EXPECT_RESULT("RIO-6", b.queue, 1, 0, 20);
    bound_close(&a);
    bound_close(&b);

    SOCKET s = rio_socket(SOCK_DGRAM);
    RIO_CQ queue = rio_polled(4);
    RIO_RQ requests = rio_requests(s, 2, 2, queue);
    REQUIRE(rio_receive(requests, DATA, 100, 0, 3));
    EXPECT_RESULT("RIO-12", queue, 3, WSAEINVAL, 0);
    closesocket(s);
    rio.RIOCloseCompletionQueue(queue);
}

static void deferred_ones(void)
{
    struct bound a = bound_open(4, 64), b = bound_open(64, 4);
    RIORESULT results[64];
    RIO_BUF remote = rio_slice(REMOTE, sizeof(SOCKADDR_INET));
    int held = 1;

    memcpy(rio_memory + REMOTE, &b.address, sizeof b.address);
    for (ULONG index = 0; index < 64; index++) {
        RIO_BUF data = rio_slice(SECOND + index, 1);
        rio_memory[SECOND + index] = (char)index;
        REQUIRE(rio_receive(b.requests, index, 1, RIO_MSG_DEFER, index));
        REQUIRE(rio.RIOSendEx(a.requests, &data, 1, NULL, &remote, NULL, NULL, RIO_MSG_DEFER,
                              (PVOID)(ULONG_PTR)index));
    }
    REQUIRE(
        rio.RIOReceiveEx(b.requests, NULL, 0, NULL, NULL, NULL, NULL, RIO_MSG_COMMIT_ONLY, NULL));
    REQUIRE(rio.RIOSendEx(a.requests, NULL, 0, NULL, NULL, NULL, NULL, RIO_MSG_COMMIT_ONLY, NULL));
    REQUIRE(rio_take(a.queue, results, 64) == 64);
    REQUIRE(rio_take(b.queue, results, 64) == 64);
    for (ULONG index = 0; index < 64; index++)
        held &= results[index].Status == 0 && results[index].BytesTransferred == 1 &&
                rio_memory[index] == (char)index && results[index].RequestContext == index;
    CHECK("RIO-4", held, "64 deferred datagrams, in order");
    bound_close(&a);
    bound_close(&b);
}

static void closed_with_receives(void)
{
    struct bound a = bound_open(8, 4);
    RIORESULT results[8];
    int aborted = 0;

    for (ULONG index = 0; index < 4; index++)
        REQUIRE(receive_from(&a, 10, index));
    for (ULONG index = 4; index < 8; index++)
        REQUIRE(rio_receive(a.requests, DATA, 10, RIO_MSG_DEFER, index));
    closesocket(a.socket);
    ULONG taken = rio_take(a.queue, results, 8);
    for (ULONG index = 0; index < taken; index++)
        aborted += results[index].Status == WSA_OPERATION_ABORTED;
    CHECK("RIO-8", taken == 8 && aborted == 8 && rio_stays_empty(a.queue), "%u results, %d aborted",
          (unsigned)taken, aborted);
    rio.RIOCloseCompletionQueue(a.queue);
}

static void version_six(void)
{
    SOCKET s = WSASocketA(AF_INET6, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_REGISTERED_IO);
    struct sockaddr_in6 address, is;
    int length = sizeof address;
    RIO_CQ queue = rio_polled(8);
    RIORESULT results[2];

    memset(&address, 0, sizeof address);
    address.sin6_family = AF_INET6;
    address.sin6_addr.s6_addr[15] = 1;
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)&address, sizeof address) != 0) {
        printf("no IPv6 here: not tried\n");
        return;
    }
    REQUIRE(getsockname(s, (struct sockaddr *)&address, &length) == 0);
    RIO_RQ requests = rio_requests(s, 4, 4, queue);
    RIO_BUF data = rio_slice(DATA, 100), local = rio_slice(LOCAL, sizeof(SOCKADDR_INET)),
            remote = rio_slice(REMOTE, sizeof(SOCKADDR_INET)), out = rio_slice(SECOND, 6);
    REQUIRE(
        rio.RIOReceiveEx(requests, &data, 1, &local, &remote, NULL, NULL, 0, (PVOID)(ULONG_PTR)1));
    RIO_BUF to = rio_slice(CONTROL, sizeof(SOCKADDR_INET));
    memcpy(rio_memory + CONTROL, &address, sizeof address);
    CHECK("RIO-16", rio.RIOSendEx(requests, &out, 1, NULL, &to, NULL, NULL, 0, NULL), "error %d",
          WSAGetLastError());
    ULONG taken = rio_take(queue, results, 2); /* the two directions in either order */
    CHECK("RIO-16",
          taken == 2 && results[0].Status == 0 && results[1].Status == 0 &&
              results[0].BytesTransferred == 6 && results[1].BytesTransferred == 6,
          "%u results: %d, %d", (unsigned)taken, (int)results[0].Status, (int)results[1].Status);
    memcpy(&is, rio_memory + REMOTE, sizeof is);
    CHECK("RIO-16",
          is.sin6_family == AF_INET6 && is.sin6_port == address.sin6_port &&
              memcmp(&is.sin6_addr, &address.sin6_addr, sizeof is.sin6_addr) == 0,
          "the sender, family %d", is.sin6_family);
    memcpy(&is, rio_memory + LOCAL, sizeof is);
    CHECK("RIO-16",
          is.sin6_family == AF_INET6 && is.sin6_port == address.sin6_port &&
              memcmp(&is.sin6_addr, &address.sin6_addr, sizeof is.sin6_addr) == 0,
          "where it came in, family %d", is.sin6_family);
    closesocket(s);
    rio.RIOCloseCompletionQueue(queue);
}

int main(void)
{
    if (!rio_start())
        return check_report();
    RUN(there_and_back);
    RUN(everything_beside_the_data);
    RUN(where_it_came_in);
    RUN(too_long_ones);
    RUN(bad_addresses);
    RUN(connected);
    RUN(deferred_ones);
    RUN(closed_with_receives);
    RUN(version_six);
    return check_report();
}
