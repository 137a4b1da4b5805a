/* SPDX-License-Identifier: MIT
 *
 * Descriptors closed by close() instead of closesocket, behind the library's back. Windows has
 * nothing of the kind, and MinGW builds of this file test nothing.
 */
#include "datagrams.h"

#ifdef __MINGW32__

int main(void)
{
    printf("skip CLOSE-17: a SOCKET has no descriptor here\n0 passed, 0 failed\n");
    return 0;
}

#else

#include <fcntl.h>
#include <iocp.h>
#include <unistd.h>

/* A new socket under the number that was just closed: the lowest free one, but for those that the
 * library has kept of earlier sockets. */
static SOCKET reuse(SOCKET closed)
{
    SOCKET others[8], s;
    int count = 0;

    while ((s = tcp_socket()) != closed && count < 8)
        others[count++] = s;
    while (count)
        closesocket(others[--count]);
    REQUIRE(s == closed);
    return s;
}

/* What the library opens for itself would take a number that a test has closed: what serves a
 * receive that belongs to no port is open from now on, what looks at threads is never. */
static void let_the_library_open_its_own(void)
{
    REQUIRE(iocp_watch_set("off") == 0);
    SOCKET ours, peer;
    char text[4];
    OVERLAPPED ov;
    DWORD bytes, flags;

    tcp_pair(&ours, &peer);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    REQUIRE(recv_start(ours, text, 4, 0, &ov) == WSA_IO_PENDING);
    send_all(peer, "x", 1);
    REQUIRE(WSAGetOverlappedResult(ours, &ov, &bytes, TRUE, &flags) && bytes == 1);
    CloseHandle(ov.hEvent);
    closesocket(ours);
    closesocket(peer);
}

static int is_end(DWORD error)
{
    return error == ERROR_CONNECTION_ABORTED || error == ERROR_OPERATION_ABORTED ||
           error == ERROR_NETNAME_DELETED || error == ERROR_INVALID_HANDLE;
}

static void calls_on_what_is_closed(void)
{
    struct pair p;
    char text[4];
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(close((int)p.ours) == 0);
    overlapped_clear(&ov);
    DWORD code = send_start(p.ours, "x", 1, &ov);
    CHECK("CLOSE-17", code == WSAENOTSOCK, "a send: %u", (unsigned)code);
    code = (DWORD)ERROR_OF(recv(p.ours, text, 4, 0));
    CHECK("CLOSE-17", code == WSAENOTSOCK, "recv: %u", (unsigned)code);
    code = (DWORD)ERROR_OF(shutdown(p.ours, SD_SEND));
    CHECK("CLOSE-17", code == 0 || code == WSAENOTSOCK, "shutdown: %u", (unsigned)code);
    closesocket(p.ours);
    code = (DWORD)ERROR_OF(closesocket(p.ours));
    CHECK("CLOSE-17", code == WSAENOTSOCK, "closesocket, twice: %u", (unsigned)code);
    p.ours = INVALID_SOCKET;
    pair_close(&p);
}

/* The old operations end when the number is used again, the new socket is none the wiser. */
static void a_new_socket_under_the_number(int take_late)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    struct pair p;
    char old[2][4], fresh[8];
    OVERLAPPED ov[2], newer, sent;
    int seen = 0;

    pair_open(&p);
    for (int i = 0; i < 2; i++) {
        overlapped_clear(&ov[i]);
        REQUIRE(recv_start(p.ours, old[i], 4, 0, &ov[i]) == WSA_IO_PENDING);
    }
    REQUIRE(close((int)p.ours) == 0);
    SOCKET s = reuse(p.ours);
    CHECK("CLOSE-17", CreateIoCompletionPort((HANDLE)s, p.port, KEY + 1, 0) == p.port,
          "the new socket is associated with nothing");
    REQUIRE(connect(s, (struct sockaddr *)&address, sizeof address) == 0);
    SOCKET peer = accept(listener, NULL, NULL);
    overlapped_clear(&newer);
    if (take_late)
        CHECK("CLOSE-17", recv_start(s, fresh, 8, 0, &newer) == WSA_IO_PENDING, "it receives");
    for (int i = 0; i < 2; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        seen |= k.ov ? 1 << (k.ov - ov) : 0;
        CHECK("CLOSE-17", k.ov && k.key == KEY && is_end(k.error) && k.bytes == 0,
              "old operation %d ends: error %u", i, (unsigned)k.error);
    }
    CHECK("CLOSE-17", seen == 3, "each once (%x)", (unsigned)seen);
    if (!take_late)
        CHECK("CLOSE-17", recv_start(s, fresh, 8, 0, &newer) == WSA_IO_PENDING, "it receives");
    Sleep(20);
    send_all(peer, "new", 3);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CLOSE-17", k.ov == &newer && k.key == KEY + 1 && k.error == 0 && k.bytes == 3,
          "with the key of its own: error %u", (unsigned)k.error);
    overlapped_clear(&sent);
    CHECK("CLOSE-17", started(send_start(s, "back", 4, &sent)), "and sends");
    EXPECT_PACKET("CLOSE-17", p.port, KEY + 1, &sent, NT_SUCCESS_0, 4);
    CHECK("CLOSE-17", recv_all(peer, fresh, 4) == 4 && !memcmp(fresh, "back", 4), "which arrives");
    EXPECT_NO_PACKET("PKT-6", p.port);
    CHECK("CLOSE-17", closesocket(s) == 0, "closed properly");
    CHECK("CLOSE-17", fcntl((int)s, F_GETFD) < 0, "the descriptor is closed");
    closesocket(peer);
    p.ours = INVALID_SOCKET;
    pair_close(&p);
    closesocket(listener);
}

static void packets_taken_before(void)
{
    a_new_socket_under_the_number(0);
}

static void packets_taken_late(void)
{
    a_new_socket_under_the_number(1);
}

static void a_listener_with_accepts(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), spare[2];
    HANDLE port = port_for(listener, KEY);
    char buffers[2][64];
    DWORD bytes;
    OVERLAPPED ov[2];

    for (int i = 0; i < 2; i++) {
        spare[i] = tcp_socket();
        overlapped_clear(&ov[i]);
        REQUIRE(!AcceptEx(listener, spare[i], buffers[i], 0, 32, 32, &bytes, &ov[i]) &&
                WSAGetLastError() == WSA_IO_PENDING);
    }
    REQUIRE(close((int)listener) == 0);
    SOCKET s = reuse(listener);
    for (int i = 0; i < 2; i++) {
        struct packet k = packet_take(port, DEADLINE);
        CHECK("CLOSE-17", k.ov && k.error != 0, "AcceptEx %d ends: %u", i, (unsigned)k.error);
        CHECK("CLOSE-17", ERROR_OF(listen(spare[i], 1)) == WSAEINVAL, "its socket is free");
        closesocket(spare[i]);
    }
    REQUIRE(tcp_bind(s).sin_port != 0);
    CHECK("CLOSE-17", listen(s, 5) == 0, "the new one listens");
    closesocket(s);
    EXPECT_NO_PACKET("PKT-6", port);
    CloseHandle(port);
}

/* An accept socket that is closed while its AcceptEx waits: the connection must not be put in the
 * place of whatever has the number then. */
static void an_accept_socket(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), spare = tcp_socket();
    HANDLE port = port_for(listener, KEY);
    char buffer[64];
    DWORD bytes;
    OVERLAPPED ov;

    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, spare, buffer, 0, 32, 32, &bytes, &ov) &&
            WSAGetLastError() == WSA_IO_PENDING);
    REQUIRE(close((int)spare) == 0);
    SOCKET s = reuse(spare);
    struct packet k = packet_take(port, DEADLINE);
    CHECK("CLOSE-17", k.ov == &ov && is_end(k.error), "AcceptEx ends: %u", (unsigned)k.error);
    SOCKET client = tcp_connect(&address);
    settle();
    struct sockaddr_in name;
    int length = sizeof name;
    CHECK("CLOSE-17", ERROR_OF(getpeername(s, (struct sockaddr *)&name, &length)) == WSAENOTCONN,
          "the new socket is not connected");
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void a_duplicate(void)
{
    struct pair p;
    char text[4];
    HANDLE copy;
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), (HANDLE)p.ours, GetCurrentProcess(), &copy, 0,
                            FALSE, DUPLICATE_SAME_ACCESS));
    REQUIRE(close((int)(SOCKET)copy) == 0);
    SOCKET s = reuse((SOCKET)copy);
    overlapped_clear(&ov);
    REQUIRE(recv_start(p.ours, text, 4, 0, &ov) == WSA_IO_PENDING);
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("CLOSE-17", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    closesocket(s);
    pair_close(&p);
}

/* Nothing is left open or open twice after a thousand of them. */
static void many(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    HANDLE port = port_for(listener, KEY);
    static OVERLAPPED ov[1000];
    static char data[1000];
    int started_ones = 0, taken = 0, highest = 0;

    for (int i = 0; i < 1000; i++) {
        SOCKET s = tcp_connect(&address);
        SOCKET peer = accept(listener, NULL, NULL);
        REQUIRE(CreateIoCompletionPort((HANDLE)s, port, KEY, 0) == port);
        overlapped_clear(&ov[i]);
        started_ones += started(recv_start(s, &data[i], 1, 0, &ov[i]));
        highest = (int)s > highest ? (int)s : highest;
        close((int)s);
        closesocket(peer);
        while (packet_take(port, 0).ov)
            taken++;
    }
    SOCKET last[3] = {tcp_socket(), tcp_socket(), tcp_socket()};
    while (taken < started_ones && packet_take(port, DEADLINE).ov)
        taken++;
    CHECK("CLOSE-17", taken == started_ones, "%d operations, %d packets", started_ones, taken);
    CHECK("CLOSE-17", highest < 100, "no descriptor is lost: highest %d", highest);
    for (int i = 0; i < 3; i++)
        closesocket(last[i]);
    closesocket(listener);
    CloseHandle(port);
}

int main(void)
{
#ifdef __SANITIZE_THREAD__
    puts("skipped: the sanitizer takes a look at a stale number for a data race");
    return 77;
#endif
    sockets_start();
    let_the_library_open_its_own();
    RUN(calls_on_what_is_closed);
    RUN(packets_taken_before);
    RUN(packets_taken_late);
    RUN(a_listener_with_accepts);
    RUN(an_accept_socket);
    RUN(a_duplicate);
    RUN(many);
    WSACleanup();
    return check_report();
}

#endif
