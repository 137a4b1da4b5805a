/* SPDX-License-Identifier: MIT
 *
 * WSARecvFrom: a datagram and who sent it, as packets (rules DGRAM, PKT-3).
 */
#include "datagrams.h"

struct udp_pair {
    SOCKET ours; /* associated with port under KEY */
    SOCKET peer;
    HANDLE port;
    struct sockaddr_in our_address, peer_address;
};

static void udp_open(struct udp_pair *p)
{
    p->ours = udp_bound(&p->our_address);
    p->peer = udp_bound(&p->peer_address);
    p->port = port_for(p->ours, KEY);
}

static void udp_close(struct udp_pair *p)
{
    closesocket(p->ours);
    closesocket(p->peer);
    CHECK("PKT-6", packet_take(p->port, 0).ov == NULL, "nothing is left in the port");
    CloseHandle(p->port);
}

static void pending(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[16] = "";
    OVERLAPPED ov;

    udp_open(&p);
    overlapped_clear(&ov);
    DWORD code = recvfrom_start(p.ours, text, sizeof text, &from, &length, &ov);
    CHECK("DGRAM-5", code == WSA_IO_PENDING, "nothing is there: %u", (unsigned)code);
    udp_send(p.peer, "hello", 5, &p.our_address);
    EXPECT_PACKET("DGRAM-5", p.port, KEY, &ov, NT_SUCCESS_0, 5);
    CHECK("DGRAM-5", memcmp(text, "hello", 5) == 0, "the data");
    CHECK("DGRAM-5", same_address(&from, &p.peer_address), "the sender");
    CHECK("DGRAM-5", length == sizeof from, "its length: %d", length);
    udp_close(&p);
}

static void queued(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[16] = "";
    OVERLAPPED ov;

    udp_open(&p);
    udp_send(p.peer, "hello", 5, &p.our_address);
    await_bytes(p.ours, 1);
    overlapped_clear(&ov);
    DWORD code = recvfrom_start(p.ours, text, sizeof text, &from, &length, &ov);
    CHECK("SOCK-9", started(code), "a datagram is there: %u", (unsigned)code);
    EXPECT_PACKET("PKT-1", p.port, KEY, &ov, NT_SUCCESS_0, 5);
    CHECK("DGRAM-5", same_address(&from, &p.peer_address), "the sender");
    udp_close(&p);
}

static void order(void)
{
    enum { RECEIVES = 4 };
    struct udp_pair p;
    struct sockaddr_in from[RECEIVES], other_address;
    int length[RECEIVES];
    char text[RECEIVES][4];
    OVERLAPPED ov[RECEIVES];

    udp_open(&p);
    SOCKET other = udp_bound(&other_address);
    for (int i = 0; i < RECEIVES; i++) {
        length[i] = sizeof from[i];
        overlapped_clear(&ov[i]);
        REQUIRE(recvfrom_start(p.ours, text[i], 4, &from[i], &length[i], &ov[i]) == WSA_IO_PENDING);
    }
    for (int i = 0; i < RECEIVES; i++)
        udp_send(i & 1 ? other : p.peer, &"abcd"[i], 1, &p.our_address);
    for (int i = 0; i < RECEIVES; i++)
        EXPECT_PACKET("RECV-2", p.port, KEY, &ov[i], NT_SUCCESS_0, 1);
    for (int i = 0; i < RECEIVES; i++) {
        CHECK("DGRAM-1", text[i][0] == "abcd"[i], "receive %d has datagram %d", i, i);
        CHECK("DGRAM-5", same_address(&from[i], i & 1 ? &other_address : &p.peer_address),
              "and its sender");
    }
    closesocket(other);
    udp_close(&p);
}

static void too_long_pending(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[8] = "";
    OVERLAPPED ov;
    DWORD bytes = UNTOUCHED, flags = 0;

    udp_open(&p);
    overlapped_clear(&ov);
    REQUIRE(recvfrom_start(p.ours, text, 4, &from, &length, &ov) == WSA_IO_PENDING);
    udp_send(p.peer, "truncated", 9, &p.our_address);
    EXPECT_PACKET("DGRAM-2", p.port, KEY, &ov, NT_BUFFER_OVERFLOW, 4);
    CHECK("DGRAM-2", memcmp(text, "trun\0", 5) == 0, "what fits is there and no more");
    CHECK("DGRAM-2", same_address(&from, &p.peer_address), "and the sender");
    BOOL ok = WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags);
    CHECK("DGRAM-2", !ok && WSAGetLastError() == WSAEMSGSIZE && bytes == 4,
          "WSAGetOverlappedResult: %d, %d, %u bytes", ok, WSAGetLastError(), (unsigned)bytes);
    udp_send(p.peer, "next", 4, &p.our_address);
    int n = recv(p.ours, text, sizeof text, 0);
    CHECK("DGRAM-2", n == 4 && memcmp(text, "next", 4) == 0, "the rest is gone: %d", n);
    udp_close(&p);
}

static void too_long_queued(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[8] = "";
    OVERLAPPED ov;

    udp_open(&p);
    udp_send(p.peer, "truncated", 9, &p.our_address);
    await_bytes(p.ours, 1);
    overlapped_clear(&ov);
    DWORD code = recvfrom_start(p.ours, text, 4, &from, &length, &ov);
    CHECK("DGRAM-3", code == WSAEMSGSIZE || code == WSA_IO_PENDING, "%u", (unsigned)code);
    EXPECT_PACKET("PKT-3", p.port, KEY, &ov, NT_BUFFER_OVERFLOW, 4);
    CHECK("DGRAM-3", same_address(&from, &p.peer_address), "and the sender");
    udp_close(&p);
}

static void several_buffers(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char one[2], two[3], three[8];
    DWORD flags = 0;
    OVERLAPPED ov;

    udp_open(&p);
    overlapped_clear(&ov);
    {
        WSABUF buffers[3] = {{2, one}, {3, two}, {8, three}};
        int result = WSARecvFrom(p.ours, buffers, 3, NULL, &flags, (struct sockaddr *)&from,
                                 &length, &ov, NULL);
        CHECK("DGRAM-1", result == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "%d",
              WSAGetLastError());
        memset(buffers, 0, sizeof buffers); /* PKT-13: the array was captured */
    }
    udp_send(p.peer, "aabbbcc", 7, &p.our_address);
    EXPECT_PACKET("PKT-13", p.port, KEY, &ov, NT_SUCCESS_0, 7);
    CHECK("RECV-1", !memcmp(one, "aa", 2) && !memcmp(two, "bbb", 3) && !memcmp(three, "cc", 2),
          "filled in order");
    udp_close(&p);
}

static void empty(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[4];
    OVERLAPPED ov;

    udp_open(&p);
    overlapped_clear(&ov);
    REQUIRE(recvfrom_start(p.ours, text, sizeof text, &from, &length, &ov) == WSA_IO_PENDING);
    udp_send(p.peer, "", 0, &p.our_address);
    EXPECT_PACKET("DGRAM-4", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    CHECK("DGRAM-4", same_address(&from, &p.peer_address), "an empty datagram has a sender");
    udp_send(p.peer, "on", 2, &p.our_address);
    int n = recv(p.ours, text, sizeof text, 0);
    CHECK("DGRAM-4", n == 2, "it was no end: %d", n);
    udp_close(&p);
}

static void refused(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[4];
    OVERLAPPED ov;
    WSABUF buffer = {4, text};
    DWORD bytes = UNTOUCHED, flags = 0;

    udp_open(&p);
    SOCKET fresh = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    HANDLE port = port_for(fresh, KEY);
    overlapped_clear(&ov);
    DWORD code = recvfrom_start(fresh, text, 4, &from, &length, &ov);
    CHECK_WINE_DEPARTS("DGRAM-1", code == WSAEINVAL, "Wine lets it pend", "unbound: %u",
                       (unsigned)code);
    retract(code, fresh, port, &ov);
    EXPECT_NO_PACKET("PKT-2", port);
    closesocket(fresh);
    CloseHandle(port);

    length = 4;
    code = recvfrom_start(p.ours, text, 4, &from, &length, &ov);
    CHECK_WINE_DEPARTS("DGRAM-5", code == WSAEFAULT, "Wine looks at the room when it has the data",
                       "no room for the address: %u", (unsigned)code);
    retract(code, p.ours, p.port, &ov);
    int result;
    if (check_on_wine()) {
        printf("wine SOCK-4 refused: Wine receives without a place for the count\n");
    } else {
        result = ERROR_OF(WSARecvFrom(p.ours, &buffer, 1, NULL, &flags, NULL, NULL, NULL, NULL));
        CHECK("SOCK-4", result == WSAEFAULT, "neither count nor OVERLAPPED: %d", result);
    }
    result = ERROR_OF(WSARecvFrom(p.ours, &buffer, 1, &bytes, NULL, NULL, NULL, &ov, NULL));
    CHECK("SOCK-4", result == WSAEFAULT, "no flags: %d", result);
    result =
        ERROR_OF(WSARecvFrom(INVALID_SOCKET, &buffer, 1, &bytes, &flags, NULL, NULL, &ov, NULL));
    CHECK("SOCK-6", result == WSAENOTSOCK, "no socket: %d", result);
    CHECK("OVL-6", bytes == UNTOUCHED, "the count is untouched");
    EXPECT_NO_PACKET("PKT-2", p.port);
    udp_close(&p);
}

static void closed(void)
{
    struct udp_pair p;
    struct sockaddr_in from = {0};
    int length = sizeof from;
    char text[4];
    OVERLAPPED ov;

    udp_open(&p);
    overlapped_clear(&ov);
    REQUIRE(recvfrom_start(p.ours, text, 4, &from, &length, &ov) == WSA_IO_PENDING);
    REQUIRE(CancelIoEx((HANDLE)p.ours, &ov));
    EXPECT_PACKET("CANC-1", p.port, KEY, &ov, NT_CANCELLED, 0);
    overlapped_clear(&ov);
    REQUIRE(recvfrom_start(p.ours, text, 4, &from, &length, &ov) == WSA_IO_PENDING);
    closesocket(p.ours);
    p.ours = INVALID_SOCKET;
    EXPECT_PACKET_WINE_DEPARTS("CLOSE-2", p.port, KEY, &ov, NT_CANCELLED, 0,
                               "Wine says that the handles were closed");
    CHECK("DGRAM-5", length == sizeof from && from.sin_port == 0, "no sender was stored");
    udp_close(&p);
}

static void with_event(void)
{
    struct sockaddr_in address, from = {0};
    int length = sizeof from;
    char text[4];
    DWORD bytes = 0, flags = 0;
    SOCKET s = udp_bound(&address);
    OVERLAPPED ov = {0};

    ov.hEvent = event_new(TRUE, TRUE);
    REQUIRE(recvfrom_start(s, text, 4, &from, &length, &ov) == WSA_IO_PENDING);
    CHECK("EVT-1", !is_set(ov.hEvent), "reset at the start");
    udp_send(s, "me", 2, &address);
    BOOL ok = WSAGetOverlappedResult(s, &ov, &bytes, TRUE, &flags);
    CHECK("EVT-1", ok && bytes == 2 && is_set(ov.hEvent), "set at the end: %u", (unsigned)bytes);
    CHECK("DGRAM-5", same_address(&from, &address), "from itself");
    CloseHandle(ov.hEvent);
    closesocket(s);
}

static volatile LONG routine_bytes = -1;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)ov;
    (void)flags;
    routine_bytes = error == 0 ? (LONG)bytes : -2;
}

static void with_routine(void)
{
    struct sockaddr_in address, from = {0};
    int length = sizeof from;
    char text[4];
    DWORD flags = 0;
    SOCKET s = udp_bound(&address);
    OVERLAPPED ov = {0};
    WSABUF buffer = {4, text};

    int result = ERROR_OF(
        WSARecvFrom(s, &buffer, 1, NULL, &flags, (struct sockaddr *)&from, &length, &ov, routine));
    CHECK("APC-2", result == WSA_IO_PENDING, "%d", result);
    udp_send(s, "abc", 3, &address);
    DWORD woken = SleepEx(DEADLINE, TRUE);
    CHECK("APC-2", woken == WAIT_IO_COMPLETION && routine_bytes == 3, "the routine ran: %ld bytes",
          (long)routine_bytes);
    CHECK("DGRAM-5", same_address(&from, &address), "the sender");
    closesocket(s);
}

static void ipv6(void)
{
    SOCKET s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
    struct sockaddr_in6 address, from;
    int length = sizeof address;
    char text[4];

    memset(&address, 0, sizeof address);
    memset(&from, 0, sizeof from);
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)&address, sizeof address) != 0) {
        printf("note: no IPv6 on this machine\n");
        return;
    }
    REQUIRE(getsockname(s, (struct sockaddr *)&address, &length) == 0);
    REQUIRE(sendto(s, "six", 3, 0, (struct sockaddr *)&address, length) == 3);
    length = sizeof from;
    int n = recvfrom(s, text, sizeof text, 0, (struct sockaddr *)&from, &length);
    CHECK("DGRAM-5", n == 3 && from.sin6_family == 23 && from.sin6_port == address.sin6_port,
          "%d bytes from a socket of family %d", n, from.sin6_family);
    CHECK("DGRAM-5", length == sizeof from, "length %d", length);
    closesocket(s);
}

static void on_a_stream(void)
{
    SOCKET ours, peer;
    struct sockaddr_in from;
    int length = sizeof from;
    char text[8];

    tcp_pair(&ours, &peer);
    send_all(peer, "stream", 6);
    memset(&from, 0xEE, sizeof from);
    int n = recvfrom(ours, text, sizeof text, 0, (struct sockaddr *)&from, &length);
    CHECK("RECV-1", n == 6 && memcmp(text, "stream", 6) == 0, "recvfrom of a stream: %d", n);
    closesocket(ours);
    closesocket(peer);
}

int main(void)
{
    sockets_start();
    RUN(pending);
    RUN(queued);
    RUN(order);
    RUN(too_long_pending);
    RUN(too_long_queued);
    RUN(several_buffers);
    RUN(empty);
    RUN(refused);
    RUN(closed);
    RUN(with_event);
    RUN(with_routine);
    RUN(ipv6);
    RUN(on_a_stream);
    return check_report();
}
