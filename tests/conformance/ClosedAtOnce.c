/* SPDX-License-Identifier: MIT
 *
 * What others see of a socket that is closed while operations are pending on it and nobody takes
 * their packets: it is gone when closesocket returns (CLOSE-20).
 */
#include <winsock2.h>
#include <mswsock.h>

#include "sockets.h"

enum { ROOM = sizeof(struct sockaddr_in) + 16 };

static SOCKET bound(int type, struct sockaddr_in *address)
{
    SOCKET made = WSASocketA(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    int size = sizeof *address;

    REQUIRE(made != INVALID_SOCKET);
    REQUIRE(bind(made, (struct sockaddr *)address, sizeof *address) == 0);
    REQUIRE(getsockname(made, (struct sockaddr *)address, &size) == 0);
    return made;
}

static void a_listener(void)
{
    struct sockaddr_in address = loopback(0);
    SOCKET listener = bound(SOCK_STREAM, &address);
    SOCKET accepted = WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    HANDLE port = CreateIoCompletionPort((HANDLE)listener, NULL, KEY, 0);
    char blocks[2 * ROOM];
    OVERLAPPED ov;
    DWORD bytes;

    REQUIRE(port && listen(listener, 5) == 0);
    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, accepted, blocks, 0, ROOM, ROOM, &bytes, &ov) &&
            WSAGetLastError() == WSA_IO_PENDING);
    CHECK("CLOSE-20", closesocket(listener) == 0, "closed");
    DWORD code = connect(client, (struct sockaddr *)&address, sizeof address) == 0
                     ? 0
                     : (DWORD)WSAGetLastError();
    CHECK("CLOSE-20", code == WSAECONNREFUSED, "nobody listens any more: %u", (unsigned)code);
    SOCKET next = bound(SOCK_STREAM, &address);
    CHECK("CLOSE-20", listen(next, 5) == 0, "and somebody else may");
    struct packet k = packet_take(port, DEADLINE);
    CHECK("CLOSE-1", k.ov == &ov && k.error == ERROR_OPERATION_ABORTED, "one packet: %u",
          (unsigned)k.error);
    EXPECT_NO_PACKET("CLOSE-1", port);
    closesocket(next);
    closesocket(client);
    closesocket(accepted);
    CloseHandle(port);
}

/* The peer's next read: bytes, or the error. */
static int next_read(SOCKET peer, DWORD *code)
{
    DWORD patience = 2000;
    char byte;

    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, (char *)&patience, sizeof patience);
    int result = recv(peer, &byte, 1, 0);
    *code = result < 0 ? (DWORD)WSAGetLastError() : 0;
    return result;
}

static void a_connection(void)
{
    struct pair p;
    char data[8];
    OVERLAPPED ov;
    DWORD code;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("CLOSE-20", recv_start(p.ours, data, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    close_if_open(&p.ours);
    int result = next_read(p.peer, &code);
    CHECK("CLOSE-20", result == 0 || code == WSAECONNRESET, "the peer sees the end: %d %u", result,
          (unsigned)code);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CLOSE-1", k.ov == &ov && k.bytes == 0, "one packet");
    EXPECT_NO_PACKET("CLOSE-1", p.port);
    pair_close(&p);
}

/* The other handle keeps it. */
static void a_duplicate(void)
{
    struct pair p;
    char data[8];
    OVERLAPPED ov;
    DWORD code;
    WSAPROTOCOL_INFOA information;

    pair_open(&p);
    REQUIRE(WSADuplicateSocketA(p.ours, GetCurrentProcessId(), &information) == 0);
    SOCKET other = WSASocketA(AF_INET, SOCK_STREAM, 0, &information, 0, WSA_FLAG_OVERLAPPED);
    REQUIRE(other != INVALID_SOCKET);
    overlapped_clear(&ov);
    CHECK("CLOSE-20", recv_start(p.ours, data, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    close_if_open(&p.ours);
    CHECK("CLOSE-3", send(p.peer, "x", 1, 0) == 1, "still open");
    struct packet k = packet_take(p.port, DEADLINE);
    int kept = CHECK_WINE_DEPARTS("CLOSE-3", k.ov == &ov && k.error == 0 && k.bytes == 1,
                                  "Wine ends what was started through the handle that is closed",
                                  "and received from: %u", (unsigned)k.error);
    overlapped_clear(&ov);
    DWORD started = recv_start(other, data, 8, 0, &ov);
    CHECK("CLOSE-20", started == WSA_IO_PENDING || !kept, "pends: %u", (unsigned)started);
    CHECK("CLOSE-20", closesocket(other) == 0, "the last one closed");
    int result = next_read(p.peer, &code);
    CHECK("CLOSE-20", result == 0 || code == WSAECONNRESET, "now it ends: %d %u", result,
          (unsigned)code);
    packet_take(p.port, DEADLINE);
    pair_close(&p);
}

static void a_datagram_socket(void)
{
    struct sockaddr_in address = loopback(0);
    SOCKET first = bound(SOCK_DGRAM, &address);
    SOCKET client = socket(AF_INET, SOCK_DGRAM, 0);
    HANDLE port = CreateIoCompletionPort((HANDLE)first, NULL, KEY, 0);
    char data[8];
    OVERLAPPED ov;
    DWORD code;

    overlapped_clear(&ov);
    CHECK("CLOSE-20", recv_start(first, data, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("CLOSE-20", closesocket(first) == 0, "closed");
    SOCKET next = bound(SOCK_DGRAM, &address);
    CHECK("CLOSE-20", sendto(client, "x", 1, 0, (struct sockaddr *)&address, sizeof address) == 1,
          "sent");
    CHECK("CLOSE-20", next_read(next, &code) == 1, "to the one that is bound now: %u",
          (unsigned)code);
    packet_take(port, DEADLINE);
    closesocket(next);
    closesocket(client);
    CloseHandle(port);
}

/* Not pending any more: its packet lies in the queue. */
static void with_a_packet_only(void)
{
    struct sockaddr_in address = loopback(0);
    SOCKET first = bound(SOCK_DGRAM, &address);
    HANDLE port = CreateIoCompletionPort((HANDLE)first, NULL, KEY, 0);
    WSABUF buffer = {1, "x"};
    OVERLAPPED ov;
    DWORD sent;

    overlapped_clear(&ov);
    REQUIRE(WSASendTo(first, &buffer, 1, &sent, 0, (struct sockaddr *)&address, sizeof address, &ov,
                      NULL) == 0);
    CHECK("CLOSE-20", closesocket(first) == 0, "closed");
    SOCKET next = bound(SOCK_DGRAM, &address);
    struct packet k = packet_take(port, DEADLINE);
    CHECK("CLOSE-7", k.ov == &ov && k.key == KEY && k.bytes == 1, "its packet");
    closesocket(next);
    CloseHandle(port);
}

/* What is closed gracefully sends what it has, also if packets keep its number (CLOSE-5). */
static void with_data_under_way(void)
{
    enum { LENGTH = 100000 };
    static char data[LENGTH];
    struct pair p;
    OVERLAPPED out, in;
    char byte;
    int got = 0, result;

    pair_open(&p);
    overlapped_clear(&in);
    CHECK("CLOSE-20", recv_start(p.ours, &byte, 1, 0, &in) == WSA_IO_PENDING, "pends");
    overlapped_clear(&out);
    CHECK("CLOSE-20", send_start(p.ours, data, LENGTH, &out) == 0, "sent");
    close_if_open(&p.ours);
    while (got < LENGTH && (result = recv(p.peer, data, LENGTH, 0)) > 0)
        got += result;
    CHECK("CLOSE-5", got == LENGTH, "all of it has come: %d", got);
    packet_take(p.port, DEADLINE);
    packet_take(p.port, DEADLINE);
    EXPECT_NO_PACKET("CLOSE-1", p.port);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(a_listener);
    RUN(a_connection);
    RUN(a_duplicate);
    RUN(a_datagram_socket);
    RUN(with_a_packet_only);
    RUN(with_data_under_way);
    WSACleanup();
    return check_report();
}
