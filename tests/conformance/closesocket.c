/* SPDX-License-Identifier: MIT
 *
 * closesocket and its kin: what pending operations become, duplicated handles, linger, reuse of
 * the number, and what the end of a thread does to the operations it started.
 */
#include "sockets.h"

static const char wine_closes[] = "Wine ends them with STATUS_HANDLES_CLOSED";

static int is_close_error(DWORD error)
{
    return error == ERROR_CONNECTION_ABORTED || error == ERROR_OPERATION_ABORTED;
}

static void pending_receives(void)
{
    struct pair p;
    char data[4][8];
    OVERLAPPED ov[4];
    int seen = 0;

    pair_open(&p);
    for (int i = 0; i < 4; i++) {
        overlapped_clear(&ov[i]);
        CHECK("CLOSE-1", recv_start(p.ours, data[i], 8, 0, &ov[i]) == WSA_IO_PENDING, "pends");
    }
    close_if_open(&p.ours);
    for (int i = 0; i < 4; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        CHECK("CLOSE-1", k.ov && k.bytes == 0 && k.key == KEY, "packet %d", i);
        CHECK_WINE_DEPARTS("CLOSE-2", is_close_error(k.error), wine_closes, "error %u",
                           (unsigned)k.error);
        if (k.ov)
            CHECK_WINE_DEPARTS("OVL-5",
                               win32_of((DWORD)k.ov->Internal) == k.error && !k.ov->InternalHigh,
                               wine_closes, "status %x", (unsigned)k.ov->Internal);
        seen |= k.ov ? 1 << (k.ov - ov) : 0;
    }
    CHECK("CLOSE-1", seen == 15, "every one, once (%x)", (unsigned)seen);
    EXPECT_NO_PACKET("CLOSE-1", p.port);
    pair_close(&p);
}

static void pending_send(void)
{
    enum { LENGTH = 4 * 1024 * 1024 };
    struct pair p;
    char *data = calloc(1, LENGTH);
    OVERLAPPED ov;

    REQUIRE(data != NULL);
    pair_open(&p);
    overlapped_clear(&ov);
    DWORD code = send_start(p.ours, data, LENGTH, &ov);
    CHECK("CLOSE-1", started(code), "code %u", (unsigned)code);
    close_if_open(&p.ours);
    struct packet k = packet_take(p.port, check_on_wine() ? QUIET : DEADLINE);
    if (CHECK_WINE_DEPARTS("CLOSE-1", k.ov == &ov, "Wine goes on sending after the close",
                           "one packet")) {
        CHECK("CLOSE-2", is_close_error(k.error) || (k.error == 0 && k.bytes == LENGTH),
              "ended by the close or done before: error %u", (unsigned)k.error);
    } else {
        close_if_open(&p.peer);
        packet_take(p.port, DEADLINE);
    }
    EXPECT_NO_PACKET("CLOSE-1", p.port);
    pair_close(&p);
    free(data);
}

static void close_handle_is_closesocket(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("CLOSE-1", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("G-5", CloseHandle((HANDLE)p.ours), "CloseHandle of a socket");
    p.ours = INVALID_SOCKET;
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CLOSE-1", k.ov == &ov, "one packet");
    CHECK_WINE_DEPARTS("CLOSE-2", is_close_error(k.error), wine_closes, "error %u",
                       (unsigned)k.error);
    CHECK("CLOSE-4", recv(p.peer, text, sizeof text, 0) == 0, "the peer sees the end");
    pair_close(&p);
}

static void idle_socket(void)
{
    struct pair p;
    char byte;
    pair_open(&p);
    CHECK("CLOSE-4", closesocket(p.ours) == 0, "closed");
    CHECK("SOCK-6", closesocket(p.ours) == SOCKET_ERROR && WSAGetLastError() == WSAENOTSOCK,
          "a second time: WSAGLE %d", WSAGetLastError());
    p.ours = INVALID_SOCKET;
    EXPECT_NO_PACKET("CLOSE-4", p.port);
    CHECK("CLOSE-5", recv(p.peer, &byte, 1, 0) == 0, "graceful by default");
    pair_close(&p);
}

static void duplicated_handle(void)
{
    struct pair p;
    char data[2][8];
    HANDLE copy = NULL;
    OVERLAPPED ov[2];

    pair_open(&p);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), (HANDLE)p.ours, GetCurrentProcess(), &copy, 0,
                            FALSE, DUPLICATE_SAME_ACCESS));
    overlapped_clear(&ov[0]);
    overlapped_clear(&ov[1]);
    if (check_on_wine())
        printf("wine CLOSE-3 duplicated_handle: Wine fails what was posted by the closed handle\n");
    SOCKET first = check_on_wine() ? (SOCKET)copy : p.ours;
    CHECK("CLOSE-3", recv_start(first, data[0], 4, 0, &ov[0]) == WSA_IO_PENDING, "by the first");
    CHECK("CLOSE-3", recv_start((SOCKET)copy, data[1], 4, 0, &ov[1]) == WSA_IO_PENDING,
          "by the copy");
    close_if_open(&p.ours);
    EXPECT_NO_PACKET("CLOSE-3", p.port);
    send_all(p.peer, "abcdefgh", 8);
    EXPECT_PACKET("CLOSE-3", p.port, KEY, &ov[0], NT_SUCCESS_0, 4);
    EXPECT_PACKET("PORT-11", p.port, KEY, &ov[1], NT_SUCCESS_0, 4);
    overlapped_clear(&ov[0]);
    CHECK("CLOSE-3", recv_start((SOCKET)copy, data[0], 4, 0, &ov[0]) == WSA_IO_PENDING, "pends");
    CHECK("CLOSE-3", CloseHandle(copy), "the copy is closed");
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CLOSE-1", k.ov == &ov[0], "the last close ends it");
    CHECK_WINE_DEPARTS("CLOSE-2", is_close_error(k.error), wine_closes, "error %u",
                       (unsigned)k.error);
    pair_close(&p);
}

static void hard_close(void)
{
    struct pair p;
    char byte;

    pair_open(&p);
    tcp_reset(&p.ours);
    int n = recv(p.peer, &byte, 1, 0);
    CHECK_WINE_DEPARTS("CLOSE-5", n == SOCKET_ERROR && WSAGetLastError() == WSAECONNRESET,
                       "Wine makes an end of stream of a reset that came before the call",
                       "SO_LINGER {1, 0}: %d, WSAGLE %d", n, n < 0 ? WSAGetLastError() : 0);
    pair_close(&p);
}

static void unread_data_resets(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    send_all(p.peer, "unread", 6);
    await_bytes(p.ours, 6);
    overlapped_clear(&ov);
    HANDLE port = port_for(p.peer, 5);
    CHECK("CLOSE-6", recv_start(p.peer, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    close_if_open(&p.ours);
    EXPECT_PACKET("CLOSE-6", port, 5, &ov, NT_CONNECTION_RESET, 0);
    pair_close(&p);
    CloseHandle(port);
}

static void number_reused(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    char data[50][4];
    OVERLAPPED ov[50];
    int wrong = 0, came = 0;

    REQUIRE(port != NULL);
    for (int i = 0; i < 50; i++) {
        SOCKET s = tcp_connect(&address);
        SOCKET peer = accept(listener, NULL, NULL);
        REQUIRE(CreateIoCompletionPort((HANDLE)s, port, (ULONG_PTR)(1000 + i), 0) == port);
        overlapped_clear(&ov[i]);
        DWORD code = recv_start(s, data[i], 4, 0, &ov[i]);
        wrong += code != WSA_IO_PENDING;
        closesocket(s);
        closesocket(peer);
    }
    for (int i = 0; i < 50; i++) {
        struct packet k = packet_take(port, DEADLINE);
        came += k.ov != NULL;
        wrong += !k.ov || k.key != (ULONG_PTR)(1000 + (k.ov - ov));
        wrong += !is_close_error(k.error) && !check_on_wine();
    }
    CHECK("CLOSE-7", came == 50 && wrong == 0, "%d packets with their own keys, %d wrong", came,
          wrong);
    EXPECT_NO_PACKET("CLOSE-7", port);
    closesocket(listener);
    CloseHandle(port);
}

/* What a thread that is to end does first: a receive on ours. */
struct starter {
    struct pair p;
    OVERLAPPED ov;
    char data[8];
    DWORD code;
};

static DWORD WINAPI start_receive(void *argument)
{
    struct starter *s = argument;
    s->code = recv_start(s->p.ours, s->data, 8, 0, &s->ov);
    return 0;
}

static void receive_outlives_its_thread(void)
{
    struct starter s;

    pair_open(&s.p);
    overlapped_clear(&s.ov);
    s.ov.hEvent = NULL;
    in_thread(start_receive, &s);
    CHECK("CLOSE-13", s.code == WSA_IO_PENDING, "pends, code %u", (unsigned)s.code);
    EXPECT_NO_PACKET("CLOSE-12", s.p.port);
    send_all(s.p.peer, "later", 5);
    EXPECT_PACKET("CLOSE-13", s.p.port, KEY, &s.ov, NT_SUCCESS_0, 5);
    CHECK("CLOSE-13", !memcmp(s.data, "later", 5), "with its data");
    pair_close(&s.p);
}

static void event_and_port_are_cancelled(void)
{
    struct starter s;

    pair_open(&s.p);
    overlapped_clear(&s.ov);
    s.ov.hEvent = event_new(TRUE, FALSE);
    in_thread(start_receive, &s);
    CHECK("CLOSE-12", s.code == WSA_IO_PENDING, "pends, code %u", (unsigned)s.code);
    EXPECT_PACKET("CLOSE-12", s.p.port, KEY, &s.ov, NT_CANCELLED, 0);
    CHECK("CLOSE-12", is_set(s.ov.hEvent), "the event is set");
    CloseHandle(s.ov.hEvent);
    pair_close(&s.p);
}

static void without_port_is_cancelled(void)
{
    for (int with_event = 0; with_event < 2; with_event++) {
        struct starter s;
        DWORD bytes, flags;
        tcp_pair(&s.p.ours, &s.p.peer);
        overlapped_clear(&s.ov);
        s.ov.hEvent = with_event ? event_new(TRUE, FALSE) : NULL;
        in_thread(start_receive, &s);
        CHECK("CLOSE-12", s.code == WSA_IO_PENDING, "pends, code %u", (unsigned)s.code);
        for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&s.ov); i++)
            Sleep(5);
        BOOL done = WSAGetOverlappedResult(s.p.ours, &s.ov, &bytes, FALSE, &flags);
        CHECK("CLOSE-12", !done && WSAGetLastError() == WSA_OPERATION_ABORTED,
              "%s event: WSAGLE %d", with_event ? "with" : "without", WSAGetLastError());
        if (with_event) {
            CHECK("CLOSE-12", is_set(s.ov.hEvent), "the event is set");
            CloseHandle(s.ov.hEvent);
        }
        closesocket(s.p.ours);
        closesocket(s.p.peer);
    }
}

static volatile LONG routine_ran;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)error;
    (void)bytes;
    (void)ov;
    (void)flags;
    routine_ran = 1;
}

static DWORD WINAPI start_with_routine(void *argument)
{
    struct starter *s = argument;
    WSABUF buffer = {8, s->data};
    DWORD flags = 0;
    int result = WSARecv(s->p.ours, &buffer, 1, NULL, &flags, &s->ov, routine);
    s->code = result ? (DWORD)WSAGetLastError() : 0;
    return 0;
}

static void routine_never_runs(void)
{
    struct starter s;

    tcp_pair(&s.p.ours, &s.p.peer);
    overlapped_clear(&s.ov);
    in_thread(start_with_routine, &s);
    CHECK("CLOSE-14", s.code == WSA_IO_PENDING, "pends, code %u", (unsigned)s.code);
    for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&s.ov); i++)
        Sleep(5);
    CHECK("CLOSE-14", (DWORD)s.ov.Internal == NT_CANCELLED, "status %x", (unsigned)s.ov.Internal);
    SleepEx(20, TRUE);
    CHECK("CLOSE-14", !routine_ran, "its routine never runs");
    closesocket(s.p.ours);
    closesocket(s.p.peer);
}

int main(void)
{
    sockets_start();
    RUN(pending_receives);
    RUN(pending_send);
    RUN(idle_socket);
    RUN(duplicated_handle);
    RUN(hard_close);
    RUN(unread_data_resets);
    RUN(number_reused);
    RUN(receive_outlives_its_thread);
    RUN(event_and_port_are_cancelled);
    RUN(without_port_is_cancelled);
    RUN(routine_never_runs);
    RUN(close_handle_is_closesocket); /* last: Wine's closesocket stays confused by it */
    WSACleanup();
    return check_report();
}
