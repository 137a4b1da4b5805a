/* SPDX-License-Identifier: MIT
 *
 * WSASendTo: datagrams to an address (rules DGRAM, SOCK-4).
 */
#include "datagrams.h"

static void to_a_port(void)
{
    struct sockaddr_in address, own;
    int length = sizeof own;
    char text[8];
    OVERLAPPED ov;
    SOCKET receiver = udp_bound(&address);
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    HANDLE port = port_for(s, KEY);

    int unbound = ERROR_OF(getsockname(s, (struct sockaddr *)&own, &length));
    CHECK("DGRAM-1", unbound == WSAEINVAL, "no name before: %d", unbound);
    overlapped_clear(&ov);
    DWORD code = sendto_start(s, "packet", 6, &address, &ov);
    CHECK("SOCK-9", started(code), "%u", (unsigned)code);
    EXPECT_PACKET("PKT-1", port, KEY, &ov, NT_SUCCESS_0, 6);
    int n = recv(receiver, text, sizeof text, 0);
    CHECK("DGRAM-1", n == 6 && memcmp(text, "packet", 6) == 0, "it arrives: %d", n);
    length = sizeof own;
    int named = ERROR_OF(getsockname(s, (struct sockaddr *)&own, &length));
    CHECK("DGRAM-1", named == 0 && own.sin_port != 0, "sending has bound it: %d, port %u", named,
          ntohs(own.sin_port));
    int again = ERROR_OF(bind(s, (struct sockaddr *)&own, sizeof own));
    CHECK("DGRAM-1", again == WSAEINVAL, "so bind comes too late: %d", again);
    udp_send(receiver, "back", 4,
             &(struct sockaddr_in){
                 .sin_family = AF_INET, .sin_addr = address.sin_addr, .sin_port = own.sin_port});
    n = recv(s, text, sizeof text, 0);
    CHECK("DGRAM-1", n == 4, "and it receives: %d", n);
    closesocket(s);
    closesocket(receiver);
    CloseHandle(port);
}

static void several_buffers(void)
{
    struct sockaddr_in address;
    SOCKET s = udp_bound(&address);
    HANDLE port = port_for(s, KEY);
    WSABUF buffers[3] = {{2, "aa"}, {0, NULL}, {3, "bbb"}};
    char text[8];
    OVERLAPPED ov;
    DWORD sent = 0;

    overlapped_clear(&ov);
    int result = ERROR_OF(
        WSASendTo(s, buffers, 3, NULL, 0, (struct sockaddr *)&address, sizeof address, &ov, NULL));
    CHECK("SOCK-9", started((DWORD)result), "%d", result);
    EXPECT_PACKET("PKT-1", port, KEY, &ov, NT_SUCCESS_0, 5);
    int n = recv(s, text, sizeof text, 0);
    CHECK("DGRAM-1", n == 5 && memcmp(text, "aabbb", 5) == 0, "one datagram of all: %d", n);
    result = ERROR_OF(WSASendTo(s, buffers, 3, &sent, 0, (struct sockaddr *)&address,
                                sizeof address, NULL, NULL));
    CHECK("SOCK-4", result == 0 && sent == 5, "without OVERLAPPED: %d, %u", result, (unsigned)sent);
    n = recv(s, text, sizeof text, 0);
    CHECK("DGRAM-1", n == 5, "%d", n);
    EXPECT_NO_PACKET("PKT-5", port);
    closesocket(s);
    CloseHandle(port);
}

static void refused(void)
{
    static char huge[70000];
    struct sockaddr_in address;
    SOCKET s = udp_bound(&address);
    HANDLE port = port_for(s, KEY);
    WSABUF buffer = {sizeof huge, huge};
    DWORD sent = UNTOUCHED;
    OVERLAPPED ov;

    overlapped_clear(&ov);
    DWORD code = sendto_start(s, huge, sizeof huge, &address, &ov);
    CHECK("DGRAM-6", code == WSAEMSGSIZE, "70000 bytes: %u", (unsigned)code);
    buffer.len = 4;
    int result = ERROR_OF(
        WSASendTo(s, &buffer, 1, NULL, 0, (struct sockaddr *)&address, sizeof address, NULL, NULL));
    CHECK("SOCK-4", result == WSAEFAULT, "neither count nor OVERLAPPED: %d", result);
    result = ERROR_OF(WSASendTo(s, &buffer, 1, &sent, 0, NULL, 0, NULL, NULL));
    CHECK_WINE_DEPARTS("SEND-8", result == WSAENOTCONN, "Wine has no name for that",
                       "to nobody: %d", result);
    result =
        ERROR_OF(WSASendTo(s, &buffer, 1, &sent, 0, (struct sockaddr *)&address, 3, NULL, NULL));
    CHECK("CALL-1", result == WSAEFAULT, "an address of three bytes: %d", result);
    result = ERROR_OF(WSASendTo(INVALID_SOCKET, &buffer, 1, &sent, 0, (struct sockaddr *)&address,
                                sizeof address, NULL, NULL));
    CHECK("SOCK-6", result == WSAENOTSOCK, "no socket: %d", result);
    CHECK("OVL-6", sent == UNTOUCHED, "the count is untouched");
    EXPECT_NO_PACKET_WINE_DEPARTS("PKT-2", port, "Wine queues a datagram's failure at once");
    closesocket(s);
    CloseHandle(port);
}

static void on_a_stream(void)
{
    SOCKET ours, peer;
    struct sockaddr_in elsewhere = loopback(9);
    char text[8];

    tcp_pair(&ours, &peer);
    int n = sendto(ours, "stream", 6, 0, (struct sockaddr *)&elsewhere, sizeof elsewhere);
    CHECK("SEND-1", n == 6, "sendto on a stream: %d", n);
    n = recv_all(peer, text, 6);
    CHECK("SEND-1", n == 6, "goes to the peer: %d", n);
    closesocket(ours);
    closesocket(peer);
}

int main(void)
{
    sockets_start();
    RUN(to_a_port);
    RUN(several_buffers);
    RUN(refused);
    RUN(on_a_stream);
    return check_report();
}
