/* SPDX-License-Identifier: MIT
 *
 * SetFileCompletionNotificationModes on sockets: skipping the packet of a call that succeeded at
 * once, and keeping the handle from being signalled.
 */
#include "sockets.h"

#define SKIP_PORT FILE_SKIP_COMPLETION_PORT_ON_SUCCESS
#define SKIP_HANDLE FILE_SKIP_SET_EVENT_ON_HANDLE

/* Receives two bytes that are there already; 0 or WSA_IO_PENDING. */
static DWORD receive_at_once(struct pair *p, OVERLAPPED *ov)
{
    static char text[8];
    send_all(p->peer, "ab", 2);
    await_bytes(p->ours, 2);
    overlapped_clear(ov);
    DWORD code = recv_start(p->ours, text, sizeof text, 0, ov);
    CHECK("PKT-7", started(code), "code %u", (unsigned)code);
    return code;
}

static void skip_port(void)
{
    for (int before = 0; before < 2; before++) {
        struct pair p;
        char text[8];
        OVERLAPPED ov;
        tcp_pair(&p.ours, &p.peer);
        if (before)
            CHECK("MODE-3", SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_PORT),
                  "before the association, GLE %u", (unsigned)GetLastError());
        p.port = port_for(p.ours, KEY);
        if (!before)
            CHECK("MODE-3", SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_PORT),
                  "after the association, GLE %u", (unsigned)GetLastError());
        DWORD code = receive_at_once(&p, &ov);
        if (code == 0)
            EXPECT_NO_PACKET("PKT-7", p.port);
        else
            EXPECT_PACKET("PKT-7", p.port, KEY, &ov, NT_SUCCESS_0, 2);
        CHECK("PKT-7", ov.Internal == 0 && ov.InternalHigh == 2, "the OVERLAPPED is written");

        overlapped_clear(&ov);
        code = recv_start(p.ours, text, 8, 0, &ov);
        CHECK("PKT-7", code == WSA_IO_PENDING, "pends, code %u", (unsigned)code);
        send_all(p.peer, "c", 1);
        EXPECT_PACKET("PKT-7", p.port, KEY, &ov, NT_SUCCESS_0, 1);

        overlapped_clear(&ov);
        code = send_start(p.ours, "x", 1, &ov);
        CHECK("PKT-7", started(code), "send, code %u", (unsigned)code);
        if (code == 0)
            EXPECT_NO_PACKET("PKT-7", p.port);
        else
            EXPECT_PACKET("PKT-7", p.port, KEY, &ov, NT_SUCCESS_0, 1);
        pair_close(&p);
    }
}

static void bits_stay(void)
{
    struct pair p;
    OVERLAPPED ov;

    pair_open(&p);
    CHECK("MODE-1", SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_PORT), "set");
    CHECK("MODE-1", SetFileCompletionNotificationModes((HANDLE)p.ours, 0), "0 takes nothing away");
    CHECK("MODE-1", SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_HANDLE), "adds");
    if (receive_at_once(&p, &ov) == 0)
        EXPECT_NO_PACKET("MODE-1", p.port);
    else
        EXPECT_PACKET("MODE-1", p.port, KEY, &ov, NT_SUCCESS_0, 2);
    pair_close(&p);
}

static void event_of_a_skipped_packet(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_PORT));
    send_all(p.peer, "ab", 2);
    await_bytes(p.ours, 2);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    DWORD code = recv_start(p.ours, text, 8, 0, &ov);
    CHECK("PKT-7", started(code), "code %u", (unsigned)code);
    CHECK("PKT-7", WaitForSingleObject(ov.hEvent, DEADLINE) == WAIT_OBJECT_0,
          "the event is set without a packet");
    if (code == WSA_IO_PENDING)
        EXPECT_PACKET("PKT-7", p.port, KEY, &ov, NT_SUCCESS_0, 2);
    EXPECT_NO_PACKET("PKT-7", p.port);
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void errors_as_without(void)
{
    struct pair p;
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_PORT));
    shutdown(p.ours, SD_SEND);
    overlapped_clear(&ov);
    CHECK("PKT-7", send_start(p.ours, "x", 1, &ov) == WSAESHUTDOWN, "fails at once");
    EXPECT_NO_PACKET("PKT-7", p.port);
    pair_close(&p);
}

static void skip_handle(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    tcp_pair(&p.ours, &p.peer);
    CHECK("EVT-5", SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_HANDLE), "set, GLE %u",
          (unsigned)GetLastError());
    overlapped_clear(&ov);
    ov.hEvent = NULL;
    CHECK("EVT-5", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    int before = is_set((HANDLE)p.ours);
    send_all(p.peer, "x", 1);
    for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&ov); i++)
        Sleep(5);
    CHECK("EVT-5", HasOverlappedIoCompleted(&ov), "completed");
    CHECK("EVT-5", before || !is_set((HANDLE)p.ours), "the socket is not signalled");

    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("EVT-5", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "y", 1);
    CHECK("EVT-5", WaitForSingleObject(ov.hEvent, DEADLINE) == WAIT_OBJECT_0,
          "an event of its own still is");
    CloseHandle(ov.hEvent);
    closesocket(p.ours);
    closesocket(p.peer);
}

static void packets_with_skip_handle(void)
{
    struct pair p;
    char text[8];
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(SetFileCompletionNotificationModes((HANDLE)p.ours, SKIP_HANDLE));
    receive_at_once(&p, &ov);
    EXPECT_PACKET("MODE-1", p.port, KEY, &ov, NT_SUCCESS_0, 2);
    overlapped_clear(&ov);
    CHECK("MODE-1", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("MODE-1", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    pair_close(&p);
}

static void wrong_handles(void)
{
    SOCKET plain = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    SOCKET closed = tcp_socket();

    REQUIRE(plain != INVALID_SOCKET);
    BOOL done = SetFileCompletionNotificationModes((HANDLE)plain, SKIP_PORT);
    CHECK("MODE-2", !done && GetLastError() == ERROR_INVALID_PARAMETER, "not overlapped: GLE %u",
          (unsigned)GetLastError());
    closesocket(plain);
    closesocket(closed);
    done = SetFileCompletionNotificationModes((HANDLE)closed, SKIP_PORT);
    CHECK("MODE-1", !done && GetLastError() == ERROR_INVALID_HANDLE, "closed: GLE %u",
          (unsigned)GetLastError());
    done = SetFileCompletionNotificationModes(NULL, SKIP_PORT);
    CHECK("MODE-1", !done && GetLastError() == ERROR_INVALID_HANDLE, "NULL: GLE %u",
          (unsigned)GetLastError());
}

int main(void)
{
    sockets_start();
    RUN(skip_port);
    RUN(bits_stay);
    RUN(event_of_a_skipped_packet);
    RUN(errors_as_without);
    RUN(skip_handle);
    RUN(packets_with_skip_handle);
    RUN(wrong_handles);
    WSACleanup();
    return check_report();
}
