/* SPDX-License-Identifier: MIT
 *
 * recvfrom, sendto, and datagram sockets as such: connected, refused, shut down, non-blocking.
 */
#include "datagrams.h"

#define NT_PORT_UNREACHABLE 0xC000023Fu

static void to_and_fro(void)
{
    struct sockaddr_in a, b, from = {0};
    int length = sizeof from;
    char text[8] = "";
    SOCKET one = udp_bound(&a), two = udp_bound(&b);

    udp_send(one, "hello", 5, &b);
    int n = recvfrom(two, text, sizeof text, 0, (struct sockaddr *)&from, &length);
    CHECK("DGRAM-5", n == 5 && memcmp(text, "hello", 5) == 0, "%d bytes", n);
    CHECK("DGRAM-5", same_address(&from, &a) && length == sizeof from, "from the sender");
    udp_send(one, "peeked", 6, &b);
    memset(&from, 0, sizeof from);
    n = recvfrom(two, text, sizeof text, MSG_PEEK, (struct sockaddr *)&from, &length);
    CHECK("RECV-13", n == 6 && same_address(&from, &a), "a look: %d", n);
    n = recvfrom(two, text, sizeof text, 0, NULL, NULL);
    CHECK("RECV-13", n == 6, "leaves it, and nobody need be named: %d", n);
    udp_send(one, "toolong", 7, &b);
    memset(&from, 0, sizeof from);
    int code = ERROR_OF(recvfrom(two, text, 4, 0, (struct sockaddr *)&from, &length));
    CHECK("DGRAM-2", code == WSAEMSGSIZE && memcmp(text, "tool", 4) == 0, "too long: %d", code);
    CHECK("DGRAM-2", same_address(&from, &a), "the sender all the same");
    udp_send(one, "", 0, &b);
    n = recvfrom(two, text, sizeof text, 0, (struct sockaddr *)&from, &length);
    CHECK("DGRAM-4", n == 0, "an empty one: %d", n);
    closesocket(one);
    closesocket(two);
}

static void without_waiting(void)
{
    struct sockaddr_in a;
    char text[8];
    u_long on = 1, off = 0;
    DWORD patience = 150;
    SOCKET s = udp_bound(&a);

    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0);
    int code = ERROR_OF(recvfrom(s, text, sizeof text, 0, NULL, NULL));
    CHECK("SOCK-2", code == WSAEWOULDBLOCK, "non-blocking: %d", code);
    REQUIRE(ioctlsocket(s, FIONBIO, &off) == 0);
    REQUIRE(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience) == 0);
    ULONGLONG before = GetTickCount64();
    code = ERROR_OF(recvfrom(s, text, sizeof text, 0, NULL, NULL));
    ULONGLONG took = GetTickCount64() - before;
    CHECK("SOCK-3", code == WSAETIMEDOUT && took >= 100, "SO_RCVTIMEO: %d after %u ms", code,
          (unsigned)took);
    closesocket(s);
}

static void connected(void)
{
    struct sockaddr_in a, b, c, peer;
    int length = sizeof peer;
    char text[8];
    u_long on = 1;
    SOCKET one = udp_bound(&a), two = udp_bound(&b), other = udp_bound(&c);

    REQUIRE(connect(one, (struct sockaddr *)&b, sizeof b) == 0);
    REQUIRE(getpeername(one, (struct sockaddr *)&peer, &length) == 0);
    CHECK("DGRAM-8", same_address(&peer, &b), "connect fixes the peer");
    int n = send(one, "direct", 6, 0);
    CHECK("DGRAM-8", n == 6 && recv(two, text, sizeof text, 0) == 6, "send goes there: %d", n);
    udp_send(other, "foreign", 7, &a);
    udp_send(two, "own", 3, &a);
    n = recv(one, text, sizeof text, 0);
    CHECK("DGRAM-8", n == 3 && memcmp(text, "own", 3) == 0, "only the peer is heard: %d", n);
    REQUIRE(ioctlsocket(one, FIONBIO, &on) == 0);
    int code = ERROR_OF(recv(one, text, sizeof text, 0));
    CHECK("DGRAM-8", code == WSAEWOULDBLOCK, "the other's is dropped: %d", code);
    REQUIRE(connect(one, (struct sockaddr *)&c, sizeof c) == 0);
    n = send(one, "again", 5, 0);
    CHECK("DGRAM-8", n == 5 && recv(other, text, sizeof text, 0) == 5, "another peer: %d", n);
    closesocket(one);
    closesocket(two);
    closesocket(other);
}

/* The address of a port on which nobody is. */
static struct sockaddr_in nobody(void)
{
    struct sockaddr_in address;
    closesocket(udp_bound(&address));
    return address;
}

static void unreachable(void)
{
    struct sockaddr_in a, none = nobody();
    char text[8];
    OVERLAPPED ov;
    DWORD patience = 1000;
    SOCKET s = udp_bound(&a);
    HANDLE port = port_for(s, KEY);

    REQUIRE(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience) == 0);
    REQUIRE(connect(s, (struct sockaddr *)&none, sizeof none) == 0);
    overlapped_clear(&ov);
    REQUIRE(recv_start(s, text, sizeof text, 0, &ov) == WSA_IO_PENDING);
    int n = send(s, "anybody?", 8, 0);
    CHECK("DGRAM-7", n == 8, "the send succeeds: %d", n);
    struct packet p = packet_take(port, DEADLINE);
    CHECK_WINE_DEPARTS("DGRAM-7",
                       p.ov == &ov && p.error == ERROR_PORT_UNREACHABLE &&
                           (DWORD)ov.Internal == NT_PORT_UNREACHABLE,
                       "Wine reports a refused connection", "error %u, status %08x",
                       (unsigned)p.error, (unsigned)ov.Internal);
    n = send(s, "anybody?", 8, 0);
    settle();
    int again = send(s, "anybody?", 8, 0);
    CHECK_WINE_DEPARTS("DGRAM-7", n == 8 && again == 8, "Wine fails the next send",
                       "sending hears nothing of it: %d, %d", n, again);
    settle();
    int code = ERROR_OF(recv(s, text, sizeof text, 0));
    CHECK_WINE_DEPARTS("DGRAM-7", code == WSAECONNRESET, "Wine reports a refused connection",
                       "the next receive does: %d", code);
    closesocket(s);
    CloseHandle(port);
}

static void shut_down(void)
{
    struct sockaddr_in a;
    char text[8];
    SOCKET s = udp_bound(&a);

    int code = ERROR_OF(shutdown(s, SD_SEND));
    CHECK("DGRAM-11", code == 0, "without a peer: %d", code);
    code = ERROR_OF(sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof a));
    CHECK("DGRAM-11", code == WSAESHUTDOWN, "sendto: %d", code);
    code = ERROR_OF(shutdown(s, SD_RECEIVE));
    CHECK("DGRAM-11", code == 0, "the other half: %d", code);
    code = ERROR_OF(recvfrom(s, text, sizeof text, 0, NULL, NULL));
    CHECK("DGRAM-11", code == WSAESHUTDOWN, "recvfrom: %d", code);
    closesocket(s);
}

static SOCKET closed_socket;

static DWORD WINAPI close_it(void *unused)
{
    (void)unused;
    settle();
    closesocket(closed_socket);
    return 0;
}

static void closed_meanwhile(void)
{
    struct sockaddr_in a;
    char text[8];

    closed_socket = udp_bound(&a);
    HANDLE thread = CreateThread(NULL, 0, close_it, NULL, 0, NULL);
    int code = ERROR_OF(recvfrom(closed_socket, text, sizeof text, 0, NULL, NULL));
    CHECK_WINE_DEPARTS("SOCK-6", code == WSAEINTR || code == WSAENOTSOCK,
                       "Wine reports a bad argument", "closed by another thread: %d", code);
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
}

int main(void)
{
    sockets_start();
    RUN(to_and_fro);
    RUN(without_waiting);
    RUN(connected);
    RUN(unreachable);
    RUN(shut_down);
    RUN(closed_meanwhile);
    return check_report();
}
