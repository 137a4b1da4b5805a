/* SPDX-License-Identifier: MIT
 *
 * What programs hand over by mistake, and peers that reset at the worst moment: NULL, wild, closed
 * and wrong-kind handles for every socket call, counts of zero and far too many, bad pointers,
 * resets in every state, and (where the test can set a limit) no descriptors left. Windows' error
 * each time, no packet too many or too few.
 */
#include "sockets.h"
#ifndef __MINGW32__
#include <sys/resource.h>
#include <time.h>
#endif

/* Evaluates to the Winsock error of a call that must fail, 0 if it did not. */
#define ERROR_OF(call) ((call) == SOCKET_ERROR ? WSAGetLastError() : 0)

static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;

static void extension(GUID id, void *function)
{
    DWORD bytes = 0;
    SOCKET s = tcp_socket();
    REQUIRE(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, function,
                     sizeof(void *), &bytes, NULL, NULL) == 0);
    closesocket(s);
}

static void find_functions(void)
{
    GUID connecting = WSAID_CONNECTEX, disconnecting = WSAID_DISCONNECTEX;
    extension(connecting, &connect_ex);
    extension(disconnecting, &disconnect_ex);
}

enum { HANDLES = 6 };

/* The last two are live handles of other kinds, to be closed by the caller. */
static void bad_handles(SOCKET *bad)
{
    bad[0] = INVALID_SOCKET;
    bad[1] = (SOCKET)0x7FFFFFF0;
    bad[2] = 0;
    bad[4] = (SOCKET)event_new(TRUE, FALSE);
    bad[5] = (SOCKET)CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    bad[3] = tcp_socket();
    closesocket(bad[3]);
}

static const char *const kinds[HANDLES] = {"INVALID_SOCKET", "wild",  "NULL",
                                           "closed",         "event", "port"};

static void plain_calls(void)
{
    struct sockaddr_in name = loopback(1);
    struct sockaddr *address = (struct sockaddr *)&name;
    SOCKET bad[HANDLES];
    char text[4] = "";

    bad_handles(bad);
    for (int i = 0; i < HANDLES; i++) {
        SOCKET s = bad[i];
        u_long value = 0;
        int length = sizeof name, code[16], n = 0;
        code[n++] = ERROR_OF(bind(s, address, sizeof name));
        code[n++] = ERROR_OF(listen(s, 5));
        code[n++] = accept(s, NULL, NULL) == INVALID_SOCKET ? WSAGetLastError() : 0;
        code[n++] = ERROR_OF(connect(s, address, sizeof name));
        code[n++] = ERROR_OF(send(s, text, 1, 0));
        code[n++] = ERROR_OF(recv(s, text, 1, 0));
        code[n++] = ERROR_OF(sendto(s, text, 1, 0, address, sizeof name));
        code[n++] = ERROR_OF(recvfrom(s, text, 1, 0, address, &length));
        code[n++] = ERROR_OF(shutdown(s, SD_BOTH));
        code[n++] = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, text, sizeof text));
        length = sizeof text;
        code[n++] = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, text, &length));
        code[n++] = ERROR_OF(ioctlsocket(s, FIONREAD, &value));
        length = sizeof name;
        code[n++] = ERROR_OF(getsockname(s, address, &length));
        code[n++] = ERROR_OF(getpeername(s, address, &length));
        for (int j = 0; j < n; j++)
            CHECK("SOCK-6", code[j] == WSAENOTSOCK, "%s, call %d: %d", kinds[i], j, code[j]);
    }
    CloseHandle((HANDLE)bad[4]);
    CloseHandle((HANDLE)bad[5]);
}

static void overlapped_calls(void)
{
    struct sockaddr_in name = loopback(1), where;
    struct sockaddr *address = (struct sockaddr *)&name;
    SOCKET bad[HANDLES], good = tcp_socket(), listener = tcp_listener(&where);
    char buffer[128];
    WSABUF wsabuf = {4, buffer};

    bad_handles(bad);
    for (int i = 0; i < HANDLES; i++) {
        SOCKET s = bad[i];
        DWORD bytes = 0, flags = 0;
        int code[16], n = 0, length = sizeof name;
        OVERLAPPED ov;
        overlapped_clear(&ov);
        ov.hEvent = NULL;
        code[n++] = (int)recv_start(s, buffer, 4, 0, &ov);
        code[n++] = (int)send_start(s, buffer, 4, &ov);
        code[n++] = ERROR_OF(WSARecv(s, &wsabuf, 1, &bytes, &flags, NULL, NULL));
        code[n++] = ERROR_OF(WSASend(s, &wsabuf, 1, &bytes, 0, NULL, NULL));
        code[n++] =
            ERROR_OF(WSARecvFrom(s, &wsabuf, 1, &bytes, &flags, address, &length, &ov, NULL));
        code[n++] = ERROR_OF(WSASendTo(s, &wsabuf, 1, &bytes, 0, address, sizeof name, &ov, NULL));
        code[n++] = AcceptEx(s, good, buffer, 0, 32, 32, &bytes, &ov) ? 0 : WSAGetLastError();
        code[n++] =
            connect_ex(s, address, sizeof name, NULL, 0, &bytes, &ov) ? 0 : WSAGetLastError();
        code[n++] = disconnect_ex(s, &ov, 0, 0) ? 0 : WSAGetLastError();
        code[n++] = WSAGetOverlappedResult(s, &ov, &bytes, FALSE, &flags) ? 0 : WSAGetLastError();
        code[n++] = AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &ov) ? 0 : WSAGetLastError();
        for (int j = 0; j < n; j++)
            CHECK("SOCK-6", code[j] == WSAENOTSOCK, "%s, call %d: %d", kinds[i], j, code[j]);
    }
    closesocket(good);
    closesocket(listener);
    CloseHandle((HANDLE)bad[4]);
    CloseHandle((HANDLE)bad[5]);
}

static void closing_what_is_no_socket(void)
{
    SOCKET bad[HANDLES];

    bad_handles(bad);
    for (int i = 0; i < HANDLES; i++) {
        int code = ERROR_OF(closesocket(bad[i]));
        CHECK("SOCK-6", code == WSAENOTSOCK, "%s: %d", kinds[i], code);
    }
    CHECK("SOCK-6", SetEvent((HANDLE)bad[4]), "the event is still there");
    CHECK("SOCK-6", PostQueuedCompletionStatus((HANDLE)bad[5], 1, 2, NULL), "so is the port");
    CloseHandle((HANDLE)bad[4]);
    CloseHandle((HANDLE)bad[5]);
}

/* Handles that are no handles at all, for the calls of files. */
static void file_calls(void)
{
    SOCKET bad[HANDLES];
    char text[4] = "";

    bad_handles(bad);
    for (int i = 1; i < 4; i++) {
        HANDLE h = (HANDLE)bad[i];
        DWORD bytes = 0, code[6];
        OVERLAPPED ov;
        memset(&ov, 0, sizeof ov);
        code[0] = ReadFile(h, text, 4, &bytes, &ov) ? 0 : GetLastError();
        code[1] = WriteFile(h, text, 4, &bytes, &ov) ? 0 : GetLastError();
        code[2] = CancelIo(h) ? 0 : GetLastError();
        code[3] = CancelIoEx(h, NULL) ? 0 : GetLastError();
        code[4] = CreateIoCompletionPort(h, (HANDLE)bad[5], 0, 0) ? 0 : GetLastError();
        code[5] = CloseHandle(h) ? 0 : GetLastError();
        for (int j = 0; j < 6; j++)
            CHECK("G-8", code[j] == ERROR_INVALID_HANDLE, "%s, call %d: %u", kinds[i], j,
                  (unsigned)code[j]);
    }
    CloseHandle((HANDLE)bad[4]);
    CloseHandle((HANDLE)bad[5]);
}

static void bad_pointers(void)
{
    struct sockaddr_in name = loopback(0), address;
    struct sockaddr *any = (struct sockaddr *)&name;
    SOCKET s = tcp_socket(), listener = tcp_listener(&address), client = tcp_connect(&address);
    int value = 0, length = 4, code;

    code = ERROR_OF(bind(s, NULL, sizeof name));
    CHECK("CALL-1", code == WSAEFAULT, "bind, no name: %d", code);
    code = ERROR_OF(bind(s, any, 4));
    CHECK("CALL-1", code == WSAEFAULT, "bind, short name: %d", code);
    name.sin_port = address.sin_port;
    code = ERROR_OF(connect(s, any, 4));
    CHECK_WINE_DEPARTS("CALL-1", code == WSAEFAULT, "Wine says WSAEADDRNOTAVAIL",
                       "connect, short name: %d", code);
    code = ERROR_OF(getsockname(client, any, &length));
    CHECK("CALL-1", code == WSAEFAULT, "getsockname, short buffer: %d", code);
    length = 4;
    code = ERROR_OF(getpeername(client, any, &length));
    CHECK("CALL-1", code == WSAEFAULT, "getpeername, short buffer: %d", code);
    code = ERROR_OF(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, NULL, sizeof value));
    CHECK("CALL-1", code == WSAEFAULT, "setsockopt, no value: %d", code);
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, NULL));
    CHECK("CALL-1", code == WSAEFAULT, "getsockopt, no length: %d", code);
    length = 2;
    code = ERROR_OF(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length));
    CHECK("CALL-1", code == WSAEFAULT, "getsockopt, short buffer: %d", code);
    code = ERROR_OF(ioctlsocket(s, FIONBIO, NULL));
    CHECK("CALL-1", code == WSAEFAULT, "ioctlsocket, no argument: %d", code);
    code = ERROR_OF(send(client, NULL, 4, 0));
    CHECK("CALL-1", code == WSAEFAULT, "send, no buffer: %d", code);
    closesocket(s);
    closesocket(client);
    closesocket(listener);
}

static void counts(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {8, text};
    DWORD bytes = UNTOUCHED, flags = 0;
    OVERLAPPED ov;

    pair_open(&p);
    if (check_on_wine()) {
        printf("wine SOCK-5 counts: Wine believes the count of buffers\n");
    } else {
        overlapped_clear(&ov);
        int code = ERROR_OF(WSARecv(p.ours, &buffer, 0xFFFFFFFF, &bytes, &flags, &ov, NULL));
        CHECK("SOCK-5", code != 0 && code != WSA_IO_PENDING, "4G receive buffers: %d", code);
        code = ERROR_OF(WSASend(p.ours, &buffer, 0xFFFFFFFF, &bytes, 0, &ov, NULL));
        CHECK("SOCK-5", code != 0 && code != WSA_IO_PENDING, "4G send buffers: %d", code);
        EXPECT_NO_PACKET("PKT-2", p.port);
    }
    send_all(p.peer, "kept", 4);
    await_bytes(p.ours, 4);
    int n = recv(p.ours, text, 0, 0);
    CHECK("RECV-3", n == 0, "recv of no bytes: %d", n);
    n = recv(p.ours, text, sizeof text, 0);
    CHECK("RECV-3", n == 4, "took none: %d", n);
    pair_close(&p);
}

/* More buffers than a Linux call takes at once. */
static void many_buffers(void)
{
    enum { MOST = 2000 };
    static WSABUF out[MOST], in[MOST];
    static char sent[MOST], got[MOST];
    struct pair p;
    OVERLAPPED ov[2];
    DWORD flags = 0, many = check_on_wine() ? 1000 : MOST;

    if (check_on_wine())
        printf("wine SEND-2 many_buffers: Wine takes no more than 1024 buffers\n");
    pair_open(&p);
    HANDLE port = port_for(p.peer, KEY + 1);
    for (DWORD i = 0; i < many; i++) {
        sent[i] = (char)(i % 251);
        out[i].len = in[i].len = 1;
        out[i].buf = &sent[i];
        in[i].buf = &got[i];
    }
    overlapped_clear(&ov[0]);
    overlapped_clear(&ov[1]);
    int code = ERROR_OF(WSASend(p.ours, out, many, NULL, 0, &ov[0], NULL));
    CHECK("SEND-2", started((DWORD)code), "%u buffers: code %d", (unsigned)many, code);
    EXPECT_PACKET("SEND-2", p.port, KEY, &ov[0], NT_SUCCESS_0, many);
    await_bytes(p.peer, many);
    code = ERROR_OF(WSARecv(p.peer, in, many, NULL, &flags, &ov[1], NULL));
    CHECK("RECV-1", started((DWORD)code), "%u buffers: code %d", (unsigned)many, code);
    struct packet k = packet_take(port, DEADLINE);
    CHECK("RECV-1", k.ov == &ov[1] && k.error == 0 && k.bytes >= 1, "%u bytes", (unsigned)k.bytes);
    DWORD n = k.ov ? k.bytes : 0;
    if (n < many)
        n += (DWORD)recv_all(p.peer, got + n, (int)(many - n));
    CHECK("RECV-1", n == many && !memcmp(sent, got, many), "%u bytes unharmed", (unsigned)n);
    pair_close(&p);
    CloseHandle(port);
}

static void reset_in_the_backlog(void)
{
    struct sockaddr_in address;
    char byte = 0;
    SOCKET listener = tcp_listener(&address), bad = tcp_connect(&address);

    tcp_reset(&bad);
    settle();
    SOCKET good = tcp_connect(&address);
    send_all(good, "g", 1);
    for (int i = 0; i < 2 && byte != 'g'; i++) {
        SOCKET s = accept(listener, NULL, NULL);
        CHECK("ACC-6", s != INVALID_SOCKET, "accept, WSAGLE %d",
              s == INVALID_SOCKET ? WSAGetLastError() : 0);
        int n = recv(s, &byte, 1, 0);
        CHECK("ACC-6", n == 1 || byte == 0, "connection %d: %d", i, n);
        closesocket(s);
    }
    CHECK("ACC-6", byte == 'g', "the good connection is served after the reset one");
    closesocket(good);
    closesocket(listener);
}

/* Everything pending ends, each once, with an error; the connection is then dead both ways. */
static void reset_with_much_pending(void)
{
    enum { RECEIVES = 4, LENGTH = 4 * 1024 * 1024 };
    struct pair p;
    char data[RECEIVES][8], *big = calloc(1, LENGTH);
    OVERLAPPED ov[RECEIVES + 1];
    int seen = 0, size = 16384;

    REQUIRE(big != NULL);
    pair_open(&p);
    setsockopt(p.ours, SOL_SOCKET, SO_SNDBUF, (const char *)&size, sizeof size);
    for (int i = 0; i <= RECEIVES; i++) {
        overlapped_clear(&ov[i]);
        DWORD code = i < RECEIVES ? recv_start(p.ours, data[i], 8, 0, &ov[i])
                                  : send_start(p.ours, big, LENGTH, &ov[i]);
        CHECK("RECV-6", code == WSA_IO_PENDING, "operation %d pends, code %u", i, (unsigned)code);
    }
    tcp_reset(&p.peer);
    for (int i = 0; i <= RECEIVES; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        int which = k.ov ? (int)(k.ov - ov) : -1;
        seen |= k.ov ? 1 << which : 0;
        CHECK_WINE_DEPARTS(which == RECEIVES ? "SEND-7" : "RECV-6",
                           k.error == ERROR_NETNAME_DELETED && k.bytes == 0,
                           "Wine shows a reset once and then an end of stream",
                           "operation %d: error %u", which, (unsigned)k.error);
    }
    CHECK("PKT-6", seen == (2 << RECEIVES) - 1, "each ended once (%x)", (unsigned)seen);
    EXPECT_NO_PACKET("PKT-6", p.port);
    OVERLAPPED late;
    overlapped_clear(&late);
    DWORD code = recv_start(p.ours, data[0], 8, 0, &late);
    CHECK_WINE_DEPARTS("RECV-7", code == WSAECONNRESET, "Wine shows an end of stream",
                       "a later receive: code %u", (unsigned)code);
    retract(code, p.ours, p.port, &late);
    pair_close(&p);
    free(big);
}

static void reset_when_half_closed(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    shutdown(p.ours, SD_SEND);
    overlapped_clear(&ov);
    CHECK("RECV-6", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    settle();
    tcp_reset(&p.peer);
    EXPECT_PACKET("RECV-6", p.port, KEY, &ov, NT_CONNECTION_RESET, 0);
    pair_close(&p);
}

static void reset_after_data(void)
{
    struct pair p;
    char text[8];
    int code = 0, reads = 0;

    pair_open(&p);
    send_all(p.peer, "data", 4);
    tcp_reset(&p.peer);
    settle();
    while (reads < 4 && code == 0) {
        OVERLAPPED ov;
        overlapped_clear(&ov);
        code = (int)recv_start(p.ours, text, 8, 0, &ov);
        if (started((DWORD)code)) {
            struct packet k = packet_take(p.port, DEADLINE);
            code = k.error;
            if (k.error == 0)
                CHECK_WINE_DEPARTS("RECV-8", k.bytes == 4 && reads == 0,
                                   "Wine makes an end of stream of the reset",
                                   "the data comes first or not at all (%u)", (unsigned)k.bytes);
        }
        reads++;
    }
    CHECK_WINE_DEPARTS("RECV-8", code == WSAECONNRESET || code == ERROR_NETNAME_DELETED,
                       "Wine makes an end of stream of the reset", "and then the reset: %d", code);
    pair_close(&p);
}

/* Many connections that die at random moments: as many packets as operations. */
static void reset_storm(void)
{
    enum { ROUNDS = 60 };
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), ours[ROUNDS];
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    static char data[2 * ROUNDS][32];
    static OVERLAPPED ov[2 * ROUNDS];
    static int packets[2 * ROUNDS];
    int accepted = 0, taken = 0, doubled = 0;

    REQUIRE(port != NULL);
    for (int i = 0; i < ROUNDS; i++) {
        SOCKET peer = tcp_connect(&address);
        ours[i] = accept(listener, NULL, NULL);
        REQUIRE(ours[i] != INVALID_SOCKET);
        REQUIRE(CreateIoCompletionPort((HANDLE)ours[i], port, KEY, 0) == port);
        if (i % 4 == 0)
            tcp_reset(&peer);
        for (int j = 0; j < 2; j++) {
            overlapped_clear(&ov[2 * i + j]);
            DWORD code = j ? send_start(ours[i], data[2 * i], 32, &ov[2 * i + 1])
                           : recv_start(ours[i], data[2 * i], 32, 0, &ov[2 * i]);
            accepted += started(code);
            if (i % 4 == 1 && j == 0)
                tcp_reset(&peer);
        }
        if (i % 4 == 2)
            send(peer, "x", 1, 0);
        if (i % 2 && peer != INVALID_SOCKET)
            tcp_reset(&peer);
        close_if_open(&peer);
        closesocket(ours[i]);
    }
    for (struct packet k = packet_take(port, DEADLINE); k.ov; k = packet_take(port, QUIET)) {
        taken++;
        doubled += packets[k.ov - ov]++ > 0;
    }
    CHECK("PKT-1", taken == accepted, "%d operations, %d packets", accepted, taken);
    CHECK("PKT-6", doubled == 0, "none twice (%d)", doubled);
    closesocket(listener);
    CloseHandle(port);
}

#ifndef __MINGW32__
/* No more descriptors than are open now, until the limit is put back. */
static struct rlimit full_limit;

static void no_descriptors_left(void)
{
    struct rlimit none;
    SOCKET probe = tcp_socket();
    REQUIRE(getrlimit(RLIMIT_NOFILE, &full_limit) == 0);
    none = full_limit;
    none.rlim_cur = (rlim_t)probe;
    closesocket(probe);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    /* Gaps below the limit are filled; those sockets stay open, which harms nothing. */
    int filled = 0;
    while (filled < 4096 && socket(AF_INET, SOCK_STREAM, 0) != INVALID_SOCKET)
        filled++;
    REQUIRE(filled < 4096);
}

static void descriptors_again(void)
{
    REQUIRE(setrlimit(RLIMIT_NOFILE, &full_limit) == 0);
}

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void descriptors_run_out(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), client = tcp_connect(&address);

    no_descriptors_left();
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int code = s == INVALID_SOCKET ? WSAGetLastError() : 0;
    CHECK("ERR-4", code == WSAEMFILE, "socket: %d", code);
    s = accept(listener, NULL, NULL);
    code = s == INVALID_SOCKET ? WSAGetLastError() : 0;
    CHECK("ERR-4", code == WSAEMFILE, "accept: %d", code);
    descriptors_again();
    s = accept(listener, NULL, NULL);
    CHECK("ERR-4", s != INVALID_SOCKET, "the connection waited, WSAGLE %d",
          s == INVALID_SOCKET ? WSAGetLastError() : 0);
    close_if_open(&s);
    closesocket(client);
    closesocket(listener);
}

/* AcceptEx may succeed, fail or wait for a descriptor; it may not spin nor lose its packet. */
static void accept_ex_without_descriptors(void)
{
    struct sockaddr_in address;
    char buffer[128];
    DWORD bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket(), client = tcp_socket();
    HANDLE port = port_for(listener, KEY);

    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &ov) &&
            WSAGetLastError() == WSA_IO_PENDING);
    no_descriptors_left();
    REQUIRE(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
    double before = cpu_seconds();
    struct packet k = packet_take(port, 500);
    double spent = cpu_seconds() - before;
    CHECK("ACC-2", spent < 0.25, "no spinning: %.3f s of CPU in half a second", spent);
    descriptors_again();
    if (!k.ov)
        k = packet_take(port, DEADLINE);
    CHECK("PKT-4", k.ov == &ov, "its packet comes, error %u", (unsigned)k.error);
    EXPECT_NO_PACKET("PKT-6", port);
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}
#endif

int main(void)
{
    sockets_start();
    RUN(find_functions);
    RUN(plain_calls);
    RUN(overlapped_calls);
    RUN(closing_what_is_no_socket);
    RUN(file_calls);
    RUN(bad_pointers);
    RUN(counts);
    RUN(many_buffers);
    RUN(reset_in_the_backlog);
    RUN(reset_with_much_pending);
    RUN(reset_when_half_closed);
    RUN(reset_after_data);
    RUN(reset_storm);
#ifndef __MINGW32__
    RUN(descriptors_run_out);
    RUN(accept_ex_without_descriptors);
#endif
    WSACleanup();
    return check_report();
}
