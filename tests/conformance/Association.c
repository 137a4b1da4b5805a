/* SPDX-License-Identifier: MIT
 *
 * Sockets and CreateIoCompletionPort: which can be associated, when, how often, what a packet then
 * carries, and that completion routines and ports exclude each other.
 */
#include "sockets.h"

static HANDLE new_port(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    REQUIRE(port != NULL);
    return port;
}

static void one_port_for_life(void)
{
    struct pair p;
    char text[4];
    OVERLAPPED ov;

    pair_open(&p);
    HANDLE other = new_port();
    HANDLE result = CreateIoCompletionPort((HANDLE)p.ours, p.port, KEY, 0);
    CHECK("PORT-6", !result && GetLastError() == ERROR_INVALID_PARAMETER,
          "same port and key: GLE %u", (unsigned)GetLastError());
    result = CreateIoCompletionPort((HANDLE)p.ours, p.port, KEY + 1, 0);
    CHECK("PORT-6", !result && GetLastError() == ERROR_INVALID_PARAMETER,
          "same port, other key: GLE %u", (unsigned)GetLastError());
    result = CreateIoCompletionPort((HANDLE)p.ours, other, KEY, 0);
    CHECK("PORT-6", !result && GetLastError() == ERROR_INVALID_PARAMETER, "other port: GLE %u",
          (unsigned)GetLastError());
    result = CreateIoCompletionPort((HANDLE)p.ours, NULL, KEY, 0);
    CHECK("PORT-3", !result && GetLastError() == ERROR_INVALID_PARAMETER, "new port: GLE %u",
          (unsigned)GetLastError());
    overlapped_clear(&ov);
    CHECK("PORT-6", recv_start(p.ours, text, 4, 0, &ov) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("PORT-6", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    EXPECT_NO_PACKET("PORT-6", other);
    CloseHandle(other);
    pair_close(&p);
}

static void only_overlapped_sockets(void)
{
    struct sockaddr_in address;
    HANDLE port = new_port();
    SOCKET plain = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    SOCKET overlapped = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKET listener = tcp_listener(&address);
    SOCKET client = tcp_connect(&address), accepted = accept(listener, NULL, NULL);

    REQUIRE(plain != INVALID_SOCKET && overlapped != INVALID_SOCKET && accepted != INVALID_SOCKET);
    HANDLE result = CreateIoCompletionPort((HANDLE)plain, port, KEY, 0);
    CHECK("PORT-7", !result && GetLastError() == ERROR_INVALID_PARAMETER,
          "without WSA_FLAG_OVERLAPPED: GLE %u", (unsigned)GetLastError());
    CHECK("PORT-8", CreateIoCompletionPort((HANDLE)overlapped, port, KEY, 0) == port, "with it");
    CHECK("PORT-8", CreateIoCompletionPort((HANDLE)client, port, KEY, 0) == port, "socket()");
    CHECK("PORT-8", CreateIoCompletionPort((HANDLE)accepted, port, KEY, 0) == port, "accept()");
    closesocket(plain);
    closesocket(overlapped);
    closesocket(client);
    closesocket(accepted);
    closesocket(listener);
    CloseHandle(port);
}

static void dead_handles(void)
{
    HANDLE port = new_port();
    SOCKET closed = tcp_socket();

    closesocket(closed);
    HANDLE result = CreateIoCompletionPort((HANDLE)closed, port, KEY, 0);
    CHECK("PORT-9", !result && GetLastError() == ERROR_INVALID_HANDLE, "closed socket: GLE %u",
          (unsigned)GetLastError());
    result = CreateIoCompletionPort(NULL, port, KEY, 0);
    CHECK("PORT-9", !result && GetLastError() == ERROR_INVALID_HANDLE, "NULL: GLE %u",
          (unsigned)GetLastError());
    CloseHandle(port);
}

/* One byte through s arrives at port under key. */
static void delivers(const char *rule, const char *what, SOCKET s, SOCKET peer, HANDLE port,
                     ULONG_PTR key)
{
    char text[4];
    OVERLAPPED ov;
    overlapped_clear(&ov);
    DWORD code = recv_start(s, text, 4, 0, &ov);
    CHECK(rule, code == WSA_IO_PENDING, "%s: pends, code %u", what, (unsigned)code);
    send_all(peer, "x", 1);
    EXPECT_PACKET(rule, port, key, &ov, NT_SUCCESS_0, 1);
}

static void duplicates_share_it(void)
{
    struct pair p;
    HANDLE copy = NULL;

    pair_open(&p);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), (HANDLE)p.ours, GetCurrentProcess(), &copy, 0,
                            FALSE, DUPLICATE_SAME_ACCESS));
    delivers("PORT-11", "DuplicateHandle", (SOCKET)copy, p.peer, p.port, KEY);
    HANDLE result = CreateIoCompletionPort(copy, p.port, KEY + 1, 0);
    CHECK("PORT-6", !result && GetLastError() == ERROR_INVALID_PARAMETER,
          "the copy is associated already: GLE %u", (unsigned)GetLastError());
    CloseHandle(copy);
    pair_close(&p);
}

static void twins_share_it(void)
{
#ifdef WSADuplicateSocket
    struct pair p;
    WSAPROTOCOL_INFOA info;

    pair_open(&p);
    REQUIRE(WSADuplicateSocketA(p.ours, GetCurrentProcessId(), &info) == 0);
    SOCKET twin = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                             WSA_FLAG_OVERLAPPED);
    REQUIRE(twin != INVALID_SOCKET);
    delivers("PORT-11", "WSADuplicateSocket", twin, p.peer, p.port, KEY);
    closesocket(twin);
    pair_close(&p);
#else
    printf("skip PORT-11 twins_share_it: WSADuplicateSocket is not in this library\n");
#endif
}

static void operations_from_before(void)
{
    struct pair p;
    char first[4], second[4];
    OVERLAPPED early, late;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&early);
    overlapped_clear(&late);
    CHECK("PORT-12", recv_start(p.ours, first, 1, 0, &early) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "a", 1);
    for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&early); i++)
        Sleep(5);
    CHECK("PORT-12", HasOverlappedIoCompleted(&early), "done before the association");
    CHECK("PORT-12", recv_start(p.ours, second, 1, 0, &late) == WSA_IO_PENDING, "pends");
    p.port = port_for(p.ours, KEY);
    EXPECT_NO_PACKET("PORT-12", p.port);
    send_all(p.peer, "b", 1);
    EXPECT_PACKET("PORT-12", p.port, KEY, &late, NT_SUCCESS_0, 1);
    pair_close(&p);
}

static void accept_from_before(void)
{
    struct sockaddr_in address;
    char buffer[128];
    DWORD bytes;
    OVERLAPPED ov;
    SOCKET listener = tcp_listener(&address), s = tcp_socket();

    overlapped_clear(&ov);
    REQUIRE(!AcceptEx(listener, s, buffer, 0, 32, 32, &bytes, &ov));
    REQUIRE(WSAGetLastError() == WSA_IO_PENDING);
    HANDLE port = port_for(listener, KEY);
    SOCKET client = tcp_connect(&address);
    EXPECT_PACKET("PORT-12", port, KEY, &ov, NT_SUCCESS_0, 0);
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(port);
}

static void accepted_sockets_inherit_nothing(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    HANDLE port = port_for(listener, KEY);
    SOCKET client = tcp_connect(&address), s = accept(listener, NULL, NULL);
    HANDLE other = CreateIoCompletionPort((HANDLE)s, NULL, 236, 0);

    CHECK("PORT-14", other != NULL, "an accepted socket is free, GLE %u", (unsigned)GetLastError());
    delivers("PORT-14", "accepted", s, client, other, 236);
    EXPECT_NO_PACKET("PORT-14", port);
    closesocket(client);
    closesocket(s);
    closesocket(listener);
    CloseHandle(other);
    CloseHandle(port);
}

static void at_any_time(void)
{
    struct sockaddr_in address, own;
    HANDLE port = new_port();
    SOCKET unbound = tcp_socket(), bound = tcp_socket(), listener = tcp_listener(&address);
    SOCKET connecting = tcp_socket(), connected, peer;
    u_long on = 1;

    own = tcp_bind(bound);
    CHECK("PORT-15", own.sin_port != 0, "bound");
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)unbound, port, 1, 0) == port, "unbound");
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)bound, port, 2, 0) == port, "bound");
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)listener, port, 3, 0) == port, "listening");
    REQUIRE(ioctlsocket(connecting, FIONBIO, &on) == 0);
    connect(connecting, (struct sockaddr *)&address, sizeof address);
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)connecting, port, 4, 0) == port, "connecting");
    peer = accept(listener, NULL, NULL);
    delivers("PORT-15", "associated while connecting", connecting, peer, port, 4);
    closesocket(peer);
    REQUIRE(connect(unbound, (struct sockaddr *)&address, sizeof address) == 0);
    peer = accept(listener, NULL, NULL);
    delivers("PORT-15", "associated while unbound", unbound, peer, port, 1);
    closesocket(peer);
    connected = tcp_connect(&address);
    peer = accept(listener, NULL, NULL);
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)connected, port, 5, 0) == port, "connected");
    delivers("PORT-15", "associated when connected", connected, peer, port, 5);
    SOCKET all[] = {unbound, bound, listener, connecting, connected, peer};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        closesocket(all[i]);
    CloseHandle(port);
}

static void keys_are_opaque(void)
{
    static const ULONG_PTR keys[] = {0, 1, ~(ULONG_PTR)0, (ULONG_PTR)0x8000000000000001};
    HANDLE port = new_port();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        SOCKET s, peer;
        tcp_pair(&s, &peer);
        REQUIRE(CreateIoCompletionPort((HANDLE)s, port, keys[i], 0) == port);
        delivers("PKT-11", "key", s, peer, port, keys[i]);
        closesocket(s);
        closesocket(peer);
    }
    CloseHandle(port);
}

static volatile LONG routines;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)ov;
    (void)flags;
    routines += error == 0 && bytes == 1 ? 1 : 1000;
}

static void routines_are_refused(void)
{
    struct pair p;
    char text[4] = "x";
    WSABUF buffer = {1, text};
    DWORD flags = 0;
    OVERLAPPED ov;

    pair_open(&p);
    routines = 0;
    overlapped_clear(&ov);
    int result = WSARecv(p.ours, &buffer, 1, NULL, &flags, &ov, routine);
    CHECK("PKT-12", result && WSAGetLastError() == WSAEINVAL, "WSARecv: WSAGLE %d",
          WSAGetLastError());
    result = WSASend(p.ours, &buffer, 1, NULL, 0, &ov, routine);
    CHECK("PKT-12", result && WSAGetLastError() == WSAEINVAL, "WSASend: WSAGLE %d",
          WSAGetLastError());
    SleepEx(20, TRUE);
    CHECK("PKT-12", routines == 0, "no routine ran");
    EXPECT_NO_PACKET("PKT-12", p.port);
    u_long there = 0;
    CHECK("PKT-12", ioctlsocket(p.peer, FIONREAD, &there) == 0 && there == 0, "nothing was sent");
    pair_close(&p);
}

static void routine_from_before(void)
{
    struct pair p;
    char text[4];
    WSABUF buffer = {4, text};
    DWORD flags = 0;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    routines = 0;
    overlapped_clear(&ov);
    CHECK("PORT-13",
          WSARecv(p.ours, &buffer, 1, NULL, &flags, &ov, routine) &&
              WSAGetLastError() == WSA_IO_PENDING,
          "pends");
    p.port = port_for(p.ours, KEY);
    send_all(p.peer, "x", 1);
    SleepEx(DEADLINE, TRUE);
    CHECK("PORT-13", routines == 1, "keeps its routine");
    EXPECT_NO_PACKET("PORT-13", p.port);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(one_port_for_life);
    RUN(only_overlapped_sockets);
    RUN(dead_handles);
    RUN(duplicates_share_it);
    RUN(twins_share_it);
    RUN(operations_from_before);
    RUN(accept_from_before);
    RUN(accepted_sockets_inherit_nothing);
    RUN(at_any_time);
    RUN(keys_are_opaque);
    RUN(routines_are_refused);
    RUN(routine_from_before);
    WSACleanup();
    return check_report();
}
