/* SPDX-License-Identifier: MIT
 *
 * GetOverlappedResult, its Ex form and WSAGetOverlappedResult on sockets, and the events that
 * operations reset and set. What the errors are called is in Errors.c.
 */
#include "sockets.h"

static void pending_then_finished(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED, flags = UNTOUCHED;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("OVL-1", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("OVL-1", !HasOverlappedIoCompleted(&ov), "Internal says pending");
    CHECK("OVL-4", !HasOverlappedIoCompleted(&ov), "not completed");
    BOOL done = GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, FALSE);
    CHECK("OVL-7", !done && GetLastError() == ERROR_IO_INCOMPLETE, "GLE %u",
          (unsigned)GetLastError());
    CHECK("OVL-7", bytes == UNTOUCHED, "byte count unchanged (%u)", (unsigned)bytes);
    done = WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-12", !done && WSAGetLastError() == WSA_IO_INCOMPLETE, "WSAGLE %d",
          WSAGetLastError());
    send_all(p.peer, "four", 4);
    CHECK("OVL-8", GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, TRUE) && bytes == 4,
          "waits, %u bytes", (unsigned)bytes);
    CHECK("OVL-4", HasOverlappedIoCompleted(&ov), "completed");
    CHECK("OVL-5", ov.Internal == 0 && ov.InternalHigh == 4, "Internal %x, InternalHigh %u",
          (unsigned)ov.Internal, (unsigned)ov.InternalHigh);
    bytes = UNTOUCHED;
    done = WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-12", done && bytes == 4 && flags == 0, "%u bytes, flags %x", (unsigned)bytes,
          (unsigned)flags);
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static void result_before_the_packet(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("OVL-7", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "abc", 3);
    CHECK("OVL-8", GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, TRUE) && bytes == 3,
          "before its packet was taken, %u bytes", (unsigned)bytes);
    EXPECT_PACKET("OVL-7", p.port, KEY, &ov, NT_SUCCESS_0, 3);
    CHECK("GQCS-7", GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, FALSE) && bytes == 3,
          "and after");
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void finished_needs_no_handle(void)
{
    static const struct {
        DWORD status, error;
    } cases[] = {{NT_SUCCESS_0, 0},
                 {NT_BUFFER_OVERFLOW, ERROR_MORE_DATA},
                 {NT_CANCELLED, ERROR_OPERATION_ABORTED},
                 {NT_CONNECTION_RESET, ERROR_NETNAME_DELETED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        DWORD bytes = UNTOUCHED;
        OVERLAPPED ov;
        overlapped_clear(&ov);
        ov.Internal = cases[i].status;
        ov.InternalHigh = 77;
        BOOL done = GetOverlappedResult(NULL, &ov, &bytes, i % 2);
        DWORD error = done ? 0 : GetLastError();
        CHECK("OVL-9", error == cases[i].error, "status %x: GLE %u", (unsigned)cases[i].status,
              (unsigned)error);
        CHECK("OVL-7", bytes == 77, "the byte count is stored on failure too (%u)",
              (unsigned)bytes);
    }
}

static void signalled_by_someone_else(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.InternalHigh = 0;
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("OVL-8", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    SetEvent(ov.hEvent);
    CHECK("OVL-8", GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, TRUE) && bytes == 0,
          "reports from the fields without a second look, %u bytes", (unsigned)bytes);
    CancelIoEx((HANDLE)p.ours, &ov);
    for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&ov); i++)
        Sleep(5);
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static DWORD WINAPI send_later(void *argument)
{
    Sleep(50);
    send_all(*(SOCKET *)argument, "x", 1);
    return 0;
}

static void waits_for_event_or_handle(void)
{
    for (int with_event = 0; with_event < 2; with_event++) {
        struct pair p;
        char text[8];
        DWORD bytes = UNTOUCHED, flags;
        OVERLAPPED ov;
        tcp_pair(&p.ours, &p.peer);
        for (int wsa = 0; wsa < 2; wsa++) {
            overlapped_clear(&ov);
            ov.hEvent = with_event ? event_new(FALSE, FALSE) : NULL;
            CHECK("OVL-8", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
            HANDLE thread = CreateThread(NULL, 0, send_later, &p.peer, 0, NULL);
            REQUIRE(thread != NULL);
            BOOL done = wsa ? WSAGetOverlappedResult(p.ours, &ov, &bytes, TRUE, &flags)
                            : GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, TRUE);
            CHECK(wsa ? "OVL-12" : "OVL-8", done && bytes == 1, "%s, %u bytes",
                  with_event ? "on the event" : "on the handle", (unsigned)bytes);
            WaitForSingleObject(thread, DEADLINE);
            CloseHandle(thread);
            if (with_event)
                CloseHandle(ov.hEvent);
        }
        closesocket(p.ours);
        closesocket(p.peer);
    }
}

static void with_timeout(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("OVL-11", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    BOOL done = GetOverlappedResultEx((HANDLE)p.ours, &ov, &bytes, 0, FALSE);
    CHECK("OVL-11", !done && GetLastError() == ERROR_IO_INCOMPLETE, "0 ms: GLE %u",
          (unsigned)GetLastError());
    done = GetOverlappedResultEx((HANDLE)p.ours, &ov, &bytes, 30, FALSE);
    CHECK("OVL-11", !done && GetLastError() == WAIT_TIMEOUT, "30 ms: GLE %u",
          (unsigned)GetLastError());
    send_all(p.peer, "y", 1);
    done = GetOverlappedResultEx((HANDLE)p.ours, &ov, &bytes, DEADLINE, FALSE);
    CHECK("OVL-11", done && bytes == 1, "done, %u bytes", (unsigned)bytes);
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static volatile LONG apcs;

static void CALLBACK count_apc(ULONG_PTR argument)
{
    (void)argument;
    apcs++;
}

static void with_apc(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("OVL-11", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    REQUIRE(QueueUserAPC(count_apc, GetCurrentThread(), 0));
    BOOL done = GetOverlappedResultEx((HANDLE)p.ours, &ov, &bytes, 0, TRUE);
    CHECK("OVL-11", !done && GetLastError() == ERROR_IO_INCOMPLETE && apcs == 0,
          "0 ms runs no APC: GLE %u", (unsigned)GetLastError());
    done = GetOverlappedResultEx((HANDLE)p.ours, &ov, &bytes, DEADLINE, TRUE);
    CHECK("OVL-11", !done && GetLastError() == WAIT_IO_COMPLETION && apcs == 1, "APC: GLE %u",
          (unsigned)GetLastError());
    send_all(p.peer, "z", 1);
    CHECK("OVL-11", GetOverlappedResultEx((HANDLE)p.ours, &ov, &bytes, DEADLINE, TRUE), "done");
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static void winsock_needs_a_socket(void)
{
    struct pair p;
    DWORD bytes = 0, flags = 0;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.Internal = 0;
    ov.InternalHigh = 5;
    HANDLE event = event_new(TRUE, FALSE);
    BOOL done = WSAGetOverlappedResult(INVALID_SOCKET, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-12", !done && WSAGetLastError() == WSAENOTSOCK, "no socket: WSAGLE %d",
          WSAGetLastError());
    done = WSAGetOverlappedResult((SOCKET)event, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-12", !done && WSAGetLastError() == WSAENOTSOCK, "an event: WSAGLE %d",
          WSAGetLastError());
    done = WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-12", done && bytes == 5, "a socket: %u bytes", (unsigned)bytes);
    SOCKET closed = p.ours;
    closesocket(p.ours);
    done = WSAGetOverlappedResult(closed, &ov, &bytes, FALSE, &flags);
    CHECK("OVL-12", !done && WSAGetLastError() == WSAENOTSOCK, "a closed socket: WSAGLE %d",
          WSAGetLastError());
    CloseHandle(event);
    closesocket(p.peer);
}

static void event_follows_the_operation(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, TRUE);
    CHECK("EVT-1", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("EVT-1", !is_set(ov.hEvent), "reset at the start");
    send_all(p.peer, "x", 1);
    CHECK("EVT-1", WaitForSingleObject(ov.hEvent, DEADLINE) == WAIT_OBJECT_0, "set at the end");
    CHECK("OVL-5", ov.Internal == 0 && ov.InternalHigh == 1, "the fields came before");

    send_all(p.peer, "y", 1);
    await_bytes(p.ours, 1);
    overlapped_clear(&ov);
    HANDLE kept = event_new(TRUE, FALSE);
    ov.hEvent = kept;
    CHECK("EVT-1", started(recv_start(p.ours, text, 8, 0, &ov)), "data is there");
    CHECK("EVT-1", WaitForSingleObject(kept, DEADLINE) == WAIT_OBJECT_0, "set during the call");

    overlapped_clear(&ov);
    ov.hEvent = (HANDLE)((ULONG_PTR)kept | 1);
    CHECK("EVT-1", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "low bit set: pends");
    CHECK("EVT-1", !is_set(kept), "reset");
    send_all(p.peer, "z", 1);
    CHECK("EVT-1", WaitForSingleObject(kept, DEADLINE) == WAIT_OBJECT_0, "set");
    CloseHandle(kept);
    closesocket(p.ours);
    closesocket(p.peer);
}

static void handle_follows_the_operation(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.hEvent = NULL;
    CHECK("EVT-2", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("EVT-2", !is_set((HANDLE)p.ours), "the socket is reset at the start");
    send_all(p.peer, "x", 1);
    CHECK("EVT-2", WaitForSingleObject((HANDLE)p.ours, DEADLINE) == WAIT_OBJECT_0,
          "and set at the end");
    CHECK("EVT-2", HasOverlappedIoCompleted(&ov), "of the operation");

    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("EVT-3", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("EVT-3", !is_set((HANDLE)p.ours), "reset with an event too");
    send_all(p.peer, "y", 1);
    CHECK("EVT-3", WaitForSingleObject(ov.hEvent, DEADLINE) == WAIT_OBJECT_0, "the event is set");
    CHECK("EVT-3", !is_set((HANDLE)p.ours), "the socket is not");
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static DWORD routine_bytes;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)ov;
    (void)flags;
    routine_bytes = error ? UNTOUCHED : bytes;
}

static void routines_leave_the_event(void)
{
    struct pair p;
    char text[8];
    WSABUF buffer = {8, text};
    DWORD flags = 0;
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("EVT-6",
          WSARecv(p.ours, &buffer, 1, NULL, &flags, &ov, routine) &&
              WSAGetLastError() == WSA_IO_PENDING,
          "pends");
    send_all(p.peer, "abc", 3);
    CHECK("EVT-6", SleepEx(DEADLINE, TRUE) == WAIT_IO_COMPLETION && routine_bytes == 3,
          "the routine ran, %u bytes", (unsigned)routine_bytes);
    CHECK("EVT-6", !is_set(ov.hEvent), "the event is not signalled");
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static void low_bit_keeps_the_packet_away(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = 0;
    OVERLAPPED ov;

    pair_open(&p);
    HANDLE event = event_new(TRUE, FALSE);
    for (int data_first = 0; data_first < 2; data_first++) {
        overlapped_clear(&ov);
        ov.hEvent = (HANDLE)((ULONG_PTR)event | 1);
        if (data_first) {
            send_all(p.peer, "ab", 2);
            await_bytes(p.ours, 2);
        }
        CHECK("PKT-8", started(recv_start(p.ours, text, 8, 0, &ov)), "accepted");
        if (!data_first)
            send_all(p.peer, "ab", 2);
        CHECK("PKT-8", WaitForSingleObject(event, DEADLINE) == WAIT_OBJECT_0, "the event is set");
        CHECK("PKT-8", GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, TRUE) && bytes == 2,
              "the result is there, %u bytes", (unsigned)bytes);
        EXPECT_NO_PACKET("PKT-8", p.port);
    }
    CloseHandle(event);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(pending_then_finished);
    RUN(result_before_the_packet);
    RUN(finished_needs_no_handle);
    RUN(signalled_by_someone_else);
    RUN(waits_for_event_or_handle);
    RUN(with_timeout);
    RUN(with_apc);
    RUN(winsock_needs_a_socket);
    RUN(event_follows_the_operation);
    RUN(handle_follows_the_operation);
    RUN(routines_leave_the_event);
    RUN(low_bit_keeps_the_packet_away);
    WSACleanup();
    return check_report();
}
