/* SPDX-License-Identifier: MIT
 *
 * The plain socket calls: creating, naming, connecting, accepting, blocking and non-blocking
 * transfers, timeouts, shutdown, options and addresses. Bad handles are in BadInput.c.
 */
#include "sockets.h"

/* Evaluates to the Winsock error of a call that must fail, 0 if it did not. */
#define ERROR_OF(call) ((call) == SOCKET_ERROR ? WSAGetLastError() : 0)

static int creation_error(int family, int type, int protocol)
{
    SOCKET s = socket(family, type, protocol);
    int code = s == INVALID_SOCKET ? WSAGetLastError() : 0;
    close_if_open(&s);
    return code;
}

static void creation(void)
{
    int code = creation_error(12345, SOCK_STREAM, 0);
    CHECK("ERR-4", code == WSAEAFNOSUPPORT, "unknown family: %d", code);
    code = creation_error(AF_INET, 77, 0);
    CHECK("ERR-4", code == WSAESOCKTNOSUPPORT, "unknown type: %d", code);
    code = creation_error(AF_INET, SOCK_STREAM, IPPROTO_UDP);
    CHECK("ERR-4", code == WSAEPROTONOSUPPORT || code == WSAEPROTOTYPE, "a stream over UDP: %d",
          code);
    CHECK("SOCK-1", creation_error(AF_INET, SOCK_STREAM, 0) == 0, "protocol 0");
    CHECK("SOCK-1", creation_error(AF_INET6, SOCK_STREAM, IPPROTO_TCP) == 0, "IPv6");
    WSASetLastError(1234);
    CHECK("EXT-6", GetLastError() == 1234 && WSAGetLastError() == 1234, "one slot for both");
}

static void naming(void)
{
    struct sockaddr_in name, other;
    int length = sizeof name, code;
    SOCKET s = tcp_socket(), t = tcp_socket();

    code = ERROR_OF(getsockname(s, (struct sockaddr *)&name, &length));
    CHECK("CALL-2", code == WSAEINVAL, "getsockname, unbound: %d", code);
    code = ERROR_OF(getpeername(s, (struct sockaddr *)&name, &length));
    CHECK("CALL-2", code == WSAENOTCONN, "getpeername, not connected: %d", code);
    code = ERROR_OF(listen(s, 5));
    CHECK("CALL-2", code == WSAEINVAL, "listen, unbound: %d", code);
    name = tcp_bind(s);
    CHECK("CALL-2", name.sin_port != 0 && name.sin_addr.s_addr == htonl(INADDR_LOOPBACK),
          "a port was chosen");
    other = loopback(0);
    code = ERROR_OF(bind(s, (struct sockaddr *)&other, sizeof other));
    CHECK("CALL-2", code == WSAEINVAL, "bind twice: %d", code);
    CHECK("CALL-3", listen(s, 5) == 0 && listen(s, 9) == 0, "listen, and again");
    code = ERROR_OF(bind(t, (struct sockaddr *)&name, sizeof name));
    CHECK("CALL-2", code == WSAEADDRINUSE, "bind, in use: %d", code);
    closesocket(s);
    closesocket(t);
}

static void connecting(void)
{
    struct sockaddr_in address, name, nobody;
    int length = sizeof name;
    SOCKET listener = tcp_listener(&address), gone = tcp_listener(&nobody), s = tcp_socket();

    closesocket(gone);
    int code = ERROR_OF(connect(s, (struct sockaddr *)&nobody, sizeof nobody));
    CHECK("CONN-6", code == WSAECONNREFUSED, "nobody listens: %d", code);
    closesocket(s);
    s = tcp_socket();
    CHECK("CONN-11", connect(s, (struct sockaddr *)&address, sizeof address) == 0, "connected");
    code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    CHECK("CALL-4", code == WSAEISCONN, "connect again: %d", code);
    SOCKET peer = accept(listener, (struct sockaddr *)&name, &length);
    CHECK("ACC-18", peer != INVALID_SOCKET && length == sizeof name, "accept, %d", length);
    struct sockaddr_in own;
    length = sizeof own;
    CHECK("CALL-4", getsockname(s, (struct sockaddr *)&own, &length) == 0, "getsockname");
    CHECK("CALL-4", own.sin_port == name.sin_port && name.sin_family == AF_INET,
          "accept tells who came");
    CHECK("CALL-4",
          getpeername(s, (struct sockaddr *)&own, &length) == 0 && own.sin_port == address.sin_port,
          "getpeername tells whom we called");
    closesocket(s);
    closesocket(peer);
    s = tcp_socket();
    CHECK("CONN-11",
          WSAConnect(s, (struct sockaddr *)&address, sizeof address, NULL, NULL, NULL, NULL) == 0,
          "WSAConnect");
    length = sizeof name;
    peer = WSAAccept(listener, (struct sockaddr *)&name, &length, NULL, 0);
    CHECK("ACC-18", peer != INVALID_SOCKET, "WSAAccept, WSAGLE %d",
          peer == INVALID_SOCKET ? WSAGetLastError() : 0);
    closesocket(s);
    closesocket(peer);
    closesocket(listener);
}

/* Which of the sets of a select on s alone fire within the deadline: 1 read, 2 write, 4 except. */
static int ready(SOCKET s, int which, long milliseconds)
{
    fd_set sets[3];
    struct timeval limit = {milliseconds / 1000, milliseconds % 1000 * 1000};
    int fired = 0;
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        if (which & 1 << i)
            FD_SET(s, &sets[i]);
    }
    int n = select((int)s + 1, &sets[0], &sets[1], &sets[2], &limit);
    for (int i = 0; i < 3 && n > 0; i++)
        fired |= FD_ISSET(s, &sets[i]) ? 1 << i : 0;
    return n < 0 ? -1 : fired;
}

static void non_blocking(void)
{
    struct sockaddr_in address, nobody;
    SOCKET listener = tcp_listener(&address), gone = tcp_listener(&nobody);
    u_long on = 1, off = 0;
    char text[4];

    closesocket(gone);
    REQUIRE(ioctlsocket(listener, FIONBIO, &on) == 0);
    SOCKET none = accept(listener, NULL, NULL);
    CHECK("SOCK-2", none == INVALID_SOCKET && WSAGetLastError() == WSAEWOULDBLOCK,
          "accept with nobody there");
    SOCKET s = tcp_socket(), t = tcp_socket();
    REQUIRE(ioctlsocket(s, FIONBIO, &on) == 0 && ioctlsocket(t, FIONBIO, &on) == 0);
    int code = ERROR_OF(connect(s, (struct sockaddr *)&address, sizeof address));
    CHECK("CONN-11", code == WSAEWOULDBLOCK, "connect: %d", code);
    CHECK("CONN-11", ready(s, 2 | 4, DEADLINE) == 2, "becomes writable");
    CHECK("ACC-18", ready(listener, 1, DEADLINE) == 1, "the listener becomes readable");
    SOCKET peer = accept(listener, NULL, NULL);
    CHECK("ACC-18", peer != INVALID_SOCKET, "accept");
    code = ERROR_OF(recv(s, text, sizeof text, 0));
    CHECK("SOCK-2", code == WSAEWOULDBLOCK, "recv with nothing there: %d", code);
    CHECK("SOCK-2", ready(s, 1, 0) == 0, "nor readable");
    send_all(peer, "x", 1);
    CHECK("SOCK-2", ready(s, 1, DEADLINE) == 1 && recv(s, text, sizeof text, 0) == 1, "readable");
    REQUIRE(ioctlsocket(s, FIONBIO, &off) == 0);

    code = ERROR_OF(connect(t, (struct sockaddr *)&nobody, sizeof nobody));
    CHECK("CONN-11", code == WSAEWOULDBLOCK, "connect to nobody: %d", code);
    CHECK("CONN-6", ready(t, 4, DEADLINE) == 4, "the refusal is an exception");
    int error = 0, length = sizeof error;
    CHECK("CONN-6",
          getsockopt(t, SOL_SOCKET, SO_ERROR, (char *)&error, &length) == 0 &&
              error == WSAECONNREFUSED,
          "SO_ERROR %d", error);
    closesocket(s);
    closesocket(t);
    closesocket(peer);
    closesocket(listener);
}

static void select_arguments(void)
{
    struct timeval none = {0, 0};
    fd_set set;

    int code = ERROR_OF(select(0, NULL, NULL, NULL, &none));
    CHECK("CALL-7", code == WSAEINVAL, "no sets: %d", code);
    FD_ZERO(&set);
    SOCKET s = tcp_socket();
    FD_SET(s, &set);
    closesocket(s);
    code = ERROR_OF(select((int)s + 1, &set, NULL, NULL, &none));
    CHECK("SOCK-6", code == WSAENOTSOCK, "a closed socket: %d", code);
}

static void transfers(void)
{
    SOCKET s, peer;
    char text[8] = "";
    u_long there = 0;

    tcp_pair(&s, &peer);
    CHECK("SEND-1", send(s, "abcdef", 6, 0) == 6, "send");
    await_bytes(peer, 6);
    CHECK("CALL-6", ioctlsocket(peer, FIONREAD, &there) == 0 && there == 6, "FIONREAD %u",
          (unsigned)there);
    CHECK("RECV-13", recv(peer, text, 3, MSG_PEEK) == 3 && !memcmp(text, "abc", 3), "MSG_PEEK");
    CHECK("RECV-1", recv(peer, text, 4, 0) == 4 && !memcmp(text, "abcd", 4), "part of it");
    CHECK("RECV-1", recv(peer, text, sizeof text, 0) == 2, "what is there, not what is asked");
    CHECK("SEND-5", send(s, "", 0, 0) == 0, "send nothing");
    send_all(s, "ab", 2);
    await_bytes(peer, 2);
    send_all(s, "cd", 2);
    CHECK("RECV-14", recv(peer, text, 4, MSG_WAITALL) == 4, "MSG_WAITALL");
    shutdown(s, SD_SEND);
    CHECK("RECV-4", recv(peer, text, 4, 0) == 0 && recv(peer, text, 4, 0) == 0, "end of stream");
    CHECK("SEND-9", send(peer, "back", 4, 0) == 4 && recv_all(s, text, 4) == 4, "other way");
    closesocket(s);
    closesocket(peer);
}

static void send_disconnect(void)
{
    SOCKET s, peer;
    char text[4];

    tcp_pair(&s, &peer);
    HANDLE port = port_for(s, KEY);
    CHECK("PKT-5", WSASendDisconnect(s, NULL) == 0, "WSASendDisconnect");
    CHECK("CLOSE-8", recv(peer, text, 4, 0) == 0, "ends the stream");
    EXPECT_NO_PACKET("PKT-5", port);
    closesocket(s);
    closesocket(peer);
    CloseHandle(port);
}

static int set_timeout(SOCKET s, int name, DWORD milliseconds)
{
    return setsockopt(s, SOL_SOCKET, name, (const char *)&milliseconds, sizeof milliseconds);
}

static void timeouts(void)
{
    static char block[65536];
    struct pair p;
    char text[4];
    DWORD value = 0;
    int length = sizeof value, code = 0, size = 16384;
    OVERLAPPED ov;

    pair_open(&p);
    CHECK("SOCK-3", set_timeout(p.ours, SO_RCVTIMEO, 150) == 0, "SO_RCVTIMEO");
    CHECK("SOCK-3",
          getsockopt(p.ours, SOL_SOCKET, SO_RCVTIMEO, (char *)&value, &length) == 0 &&
              value == 150 && length == sizeof value,
          "a DWORD of milliseconds, %u", (unsigned)value);
    ULONGLONG start = GetTickCount64();
    code = ERROR_OF(recv(p.ours, text, 4, 0));
    ULONGLONG took = GetTickCount64() - start;
    CHECK("SOCK-3", code == WSAETIMEDOUT, "recv: %d", code);
    CHECK("SOCK-3", took >= 120 && took < 3000, "after %u ms", (unsigned)took);
    overlapped_clear(&ov);
    CHECK("SOCK-3", recv_start(p.ours, text, 4, 0, &ov) == WSA_IO_PENDING, "overlapped pends");
    struct packet k = packet_take(p.port, 500);
    CHECK("SOCK-3", !k.ov, "and knows no timeout (%u)", (unsigned)k.error);
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("SOCK-3", p.port, KEY, &ov, NT_SUCCESS_0, 1);

    setsockopt(p.ours, SOL_SOCKET, SO_SNDBUF, (const char *)&size, sizeof size);
    CHECK("SOCK-3", set_timeout(p.ours, SO_SNDTIMEO, 150) == 0, "SO_SNDTIMEO");
    code = 0;
    for (int i = 0; i < 2000 && code == 0; i++)
        code = ERROR_OF(send(p.ours, block, sizeof block, 0));
    CHECK("SOCK-3", code == WSAETIMEDOUT, "send: %d", code);
    pair_close(&p);
}

static void shutting_down(void)
{
    struct sockaddr_in address, name;
    int length = sizeof name, code;
    struct pair p;
    SOCKET fresh = tcp_socket(), listener = tcp_listener(&address);

    code = ERROR_OF(shutdown(fresh, SD_SEND));
    CHECK("CLOSE-9", code == WSAENOTCONN, "not connected: %d", code);
    code = ERROR_OF(shutdown(listener, SD_SEND));
    CHECK("CLOSE-9", code == WSAENOTCONN, "listening: %d", code);
    pair_open(&p);
    code = ERROR_OF(shutdown(p.ours, 7));
    CHECK("CLOSE-9", code == WSAEINVAL, "bad how: %d", code);
    CHECK("CLOSE-8", shutdown(p.ours, SD_SEND) == 0, "SD_SEND");
    CHECK("CLOSE-8", shutdown(p.ours, SD_SEND) == 0, "again");
    CHECK("CLOSE-8", shutdown(p.ours, SD_BOTH) == 0, "SD_BOTH after it");
    CHECK("CLOSE-11", getpeername(p.ours, (struct sockaddr *)&name, &length) == 0, "getpeername");
    CHECK("CLOSE-11", getsockname(p.ours, (struct sockaddr *)&name, &length) == 0, "getsockname");
    code = ERROR_OF(connect(p.ours, (struct sockaddr *)&address, sizeof address));
    CHECK("CLOSE-11", code == WSAEISCONN, "connect: %d", code);
    EXPECT_NO_PACKET("CLOSE-8", p.port);
    pair_close(&p);

    char text[4];
    OVERLAPPED ov;
    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("CLOSE-10", recv_start(p.ours, text, 4, 0, &ov) == WSA_IO_PENDING, "pends");
    shutdown(p.peer, SD_SEND);
    EXPECT_PACKET("CLOSE-10", p.port, KEY, &ov, NT_SUCCESS_0, 0);
    pair_close(&p);
    closesocket(fresh);
    closesocket(listener);
}

static void shutting_down_what_was_reset(void)
{
    static const int ways[] = {SD_RECEIVE, SD_SEND, SD_BOTH};
    char byte;

    for (int read_first = 0; read_first <= 1; read_first++)
        for (int i = 0; i < 3; i++) {
            struct pair p;
            pair_open(&p);
            tcp_reset(&p.peer);
            settle();
            if (read_first)
                CHECK_WINE_DEPARTS("RECV-6", ERROR_OF(recv(p.ours, &byte, 1, 0)) == WSAECONNRESET,
                                   "Wine has told the port of it", "told once");
            int code = ERROR_OF(shutdown(p.ours, ways[i]));
            CHECK_WINE_DEPARTS("CLOSE-21", code == WSAECONNRESET, "Wine hands Linux' answer on",
                               "way %d, %s: %d", ways[i],
                               read_first ? "told already" : "not told yet", code);
            pair_close(&p);
        }
}

static void nobody_can_be_there(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();
    struct sockaddr_in nowhere = address, no_port = address;
    struct sockaddr_in6 none = {.sin6_family = AF_INET6, .sin6_port = address.sin_port};
    SOCKET datagrams = socket(AF_INET, SOCK_DGRAM, 0), six = socket(AF_INET6, SOCK_STREAM, 0);

    nowhere.sin_addr.s_addr = htonl(INADDR_ANY);
    no_port.sin_port = 0;
    int code = ERROR_OF(connect(s, (struct sockaddr *)&nowhere, sizeof nowhere));
    CHECK_WINE_DEPARTS("CONN-13", code == WSAEADDRNOTAVAIL, "Wine connects to this machine",
                       "the wildcard address: %d", code);
    closesocket(s);
    s = tcp_socket();
    code = ERROR_OF(connect(s, (struct sockaddr *)&no_port, sizeof no_port));
    CHECK_WINE_DEPARTS("CONN-13", code == WSAEADDRNOTAVAIL, "Wine hands Linux' answer on",
                       "port 0: %d", code);
    if (six != INVALID_SOCKET) {
        code = ERROR_OF(connect(six, (struct sockaddr *)&none, sizeof none));
        CHECK_WINE_DEPARTS("CONN-13", code == WSAEADDRNOTAVAIL, "Wine hands Linux' answer on",
                           "the wildcard address of IPv6: %d", code);
        closesocket(six);
    }
    code = ERROR_OF(sendto(datagrams, "x", 1, 0, (struct sockaddr *)&nowhere, sizeof nowhere));
    CHECK_WINE_DEPARTS("DGRAM-12", code == WSAEADDRNOTAVAIL, "Wine sends to this machine",
                       "a datagram for the wildcard address: %d", code);
    code = ERROR_OF(sendto(datagrams, "x", 1, 0, (struct sockaddr *)&no_port, sizeof no_port));
    CHECK_WINE_DEPARTS("DGRAM-12", code == WSAEADDRNOTAVAIL, "Wine hands Linux' answer on",
                       "a datagram for port 0: %d", code);
    closesocket(datagrams);
    closesocket(s);
    closesocket(listener);
}

static void options(void)
{
    static const struct {
        const char *name;
        int level, option;
    } flags[] = {{"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
                 {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
                 {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
                 {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY}};
    SOCKET s = tcp_socket();
    struct linger linger = {1, 30};
    int value, length, on = 1, size = 65536;

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        CHECK("CALL-6",
              setsockopt(s, flags[i].level, flags[i].option, (const char *)&on, sizeof on) == 0,
              "set %s", flags[i].name);
        value = 0;
        length = sizeof value;
        CHECK("CALL-6",
              getsockopt(s, flags[i].level, flags[i].option, (char *)&value, &length) == 0 &&
                  value == 1,
              "get %s, %d", flags[i].name, value);
    }
    length = sizeof value;
    CHECK("CALL-6",
          getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&value, &length) == 0 && value == SOCK_STREAM,
          "SO_TYPE %d", value);
    CHECK("CALL-6", getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, &length) == 0 && value == 0,
          "SO_ERROR %d", value);
    CHECK("CLOSE-5",
          setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger) == 0,
          "linger");
    memset(&linger, 0, sizeof linger);
    length = sizeof linger;
    CHECK("CLOSE-5",
          getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &length) == 0 && linger.l_onoff &&
              linger.l_linger == 30,
          "and back, %d s", linger.l_linger);
    CHECK("SEND-11", setsockopt(s, SOL_SOCKET, SO_RCVBUF, (const char *)&size, sizeof size) == 0,
          "SO_RCVBUF");
    value = 0;
    length = sizeof value;
    CHECK("SEND-11",
          getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length) == 0 && value >= size,
          "SO_RCVBUF %d", value);
    int code = ERROR_OF(setsockopt(s, SOL_SOCKET, 0x5555, (const char *)&on, sizeof on));
    CHECK("CALL-6", code == WSAENOPROTOOPT, "unknown option: %d", code);
    closesocket(s);
}

struct blocked {
    SOCKET s;
    int accepting;
    volatile LONG entered;
    int code;
};

static DWORD WINAPI blocked_call(void *argument)
{
    struct blocked *b = argument;
    char byte;
    InterlockedExchange(&b->entered, 1);
    if (b->accepting)
        b->code = accept(b->s, NULL, NULL) == INVALID_SOCKET ? WSAGetLastError() : 0;
    else
        b->code = recv(b->s, &byte, 1, 0) == SOCKET_ERROR ? WSAGetLastError() : 0;
    return 0;
}

/* Which error the blocked call gets is told nowhere for certain; that it ends is. */
static void blocked_calls_end_with_the_socket(void)
{
    for (int accepting = 0; accepting < 2; accepting++) {
        static struct blocked b[2];
        struct sockaddr_in address;
        SOCKET peer = INVALID_SOCKET;
        b[accepting].accepting = accepting;
        if (accepting)
            b[accepting].s = tcp_listener(&address);
        else
            tcp_pair(&b[accepting].s, &peer);
        HANDLE thread = CreateThread(NULL, 0, blocked_call, &b[accepting], 0, NULL);
        REQUIRE(thread != NULL);
        while (!InterlockedCompareExchange(&b[accepting].entered, 0, 0))
            Sleep(1);
        Sleep(100);
        CHECK("CALL-5", closesocket(b[accepting].s) == 0, "closed by another thread");
        DWORD waited = WaitForSingleObject(thread, check_on_wine() ? 1000 : DEADLINE);
        CHECK("CALL-5", waited == WAIT_OBJECT_0, "the blocked %s ended",
              accepting ? "accept" : "recv");
        int code = waited == WAIT_OBJECT_0 ? b[accepting].code : WSAEINTR;
        CHECK_WINE_DEPARTS("CALL-5",
                           code == WSAEINTR || code == WSAENOTSOCK || code == WSAECONNABORTED ||
                               code == WSA_OPERATION_ABORTED,
                           "Wine has an error of its own for it", "with error %d", code);
        CloseHandle(thread);
        close_if_open(&peer);
    }
}

static void addresses(void)
{
    struct addrinfo hints, *list = NULL;
    struct sockaddr_in *found;
    char host[64], service[32];
    struct in_addr address;

    address.s_addr = inet_addr("192.0.2.33");
    CHECK("CALL-8", address.s_addr == htonl(0xC0000221), "inet_addr");
    CHECK("CALL-8", !strcmp(inet_ntoa(address), "192.0.2.33"), "inet_ntoa %s", inet_ntoa(address));
    CHECK("CALL-8", inet_addr("no address") == INADDR_NONE, "inet_addr of nonsense");
    CHECK("CALL-8", ntohs(htons(0x1234)) == 0x1234 && ntohl(htonl(0x12345678)) == 0x12345678,
          "byte order");
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    int code = getaddrinfo("127.0.0.1", "8080", &hints, &list);
    REQUIRE(code == 0 && list != NULL);
    found = (struct sockaddr_in *)list->ai_addr;
    CHECK("CALL-8",
          list->ai_family == AF_INET && found->sin_port == htons(8080) &&
              found->sin_addr.s_addr == htonl(INADDR_LOOPBACK) && list->ai_addrlen == 16,
          "getaddrinfo");
    code = getnameinfo(list->ai_addr, (int)list->ai_addrlen, host, sizeof host, service,
                       sizeof service, NI_NUMERICHOST | NI_NUMERICSERV);
    CHECK("CALL-8", code == 0 && !strcmp(host, "127.0.0.1") && !strcmp(service, "8080"),
          "getnameinfo");
    freeaddrinfo(list);
    code = getaddrinfo("not.numeric", "80", &hints, &list);
    CHECK("CALL-8", code == WSAHOST_NOT_FOUND, "AI_NUMERICHOST of a name: %d", code);
    hints.ai_flags = AI_PASSIVE;
    code = getaddrinfo(NULL, "0", &hints, &list);
    REQUIRE(code == 0 && list != NULL);
    found = (struct sockaddr_in *)list->ai_addr;
    CHECK("CALL-8", found->sin_addr.s_addr == htonl(INADDR_ANY), "AI_PASSIVE is the wildcard");
    freeaddrinfo(list);
    CHECK("CALL-8", gethostname(host, sizeof host) == 0 && host[0], "gethostname %s", host);
}

static void startup_counts(void)
{
    WSADATA data;
    CHECK("SOCK-7", WSAStartup(MAKEWORD(2, 2), &data) == 0, "a second WSAStartup");
    CHECK("SOCK-7", data.wVersion == MAKEWORD(2, 2), "version 2.2");
    CHECK("SOCK-7", WSACleanup() == 0, "its WSACleanup");
    CHECK("SOCK-7", creation_error(AF_INET, SOCK_STREAM, 0) == 0, "sockets still work");
}

static void after_cleanup(void)
{
    CHECK("SOCK-7", WSACleanup() == 0, "the last WSACleanup");
    int code = creation_error(AF_INET, SOCK_STREAM, 0);
    CHECK("SOCK-7", code == WSANOTINITIALISED, "socket: %d", code);
    code = ERROR_OF(WSACleanup());
    CHECK("SOCK-7", code == WSANOTINITIALISED, "WSACleanup once more: %d", code);
}

int main(void)
{
    int code = creation_error(AF_INET, SOCK_STREAM, 0);
    CHECK("SOCK-7", code == WSANOTINITIALISED, "before WSAStartup: %d", code);
    sockets_start();
    RUN(startup_counts);
    RUN(creation);
    RUN(naming);
    RUN(connecting);
    RUN(non_blocking);
    RUN(select_arguments);
    RUN(transfers);
    RUN(send_disconnect);
    RUN(timeouts);
    RUN(shutting_down);
    RUN(shutting_down_what_was_reset);
    RUN(nobody_can_be_there);
    RUN(options);
    RUN(addresses);
    RUN(blocked_calls_end_with_the_socket);
    RUN(after_cleanup);
    return check_report();
}
