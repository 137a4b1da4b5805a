/* SPDX-License-Identifier: MIT
 *
 * CancelIo and CancelIoEx on sockets: which operations they reach, what those become, and that a
 * cancelled receive costs no data.
 */
#include "sockets.h"

static void nothing_to_cancel(void)
{
    struct pair p;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("CANC-1", CancelIo((HANDLE)p.ours), "CancelIo succeeds with nothing to cancel");
    BOOL found = CancelIoEx((HANDLE)p.ours, NULL);
    CHECK_WINE_DEPARTS("CANC-2", !found && GetLastError() == ERROR_NOT_FOUND,
                       "Wine says it cancelled something", "CancelIoEx: GLE %u",
                       (unsigned)GetLastError());
    CHECK("CANC-2", !CancelIoEx((HANDLE)p.ours, &ov) && GetLastError() == ERROR_NOT_FOUND,
          "an OVERLAPPED never used: GLE %u", (unsigned)GetLastError());
    EXPECT_NO_PACKET("CANC-2", p.port);
    SOCKET closed = p.ours;
    close_if_open(&p.ours);
    CHECK("CANC-3", !CancelIo((HANDLE)closed) && GetLastError() == ERROR_INVALID_HANDLE,
          "CancelIo, closed: GLE %u", (unsigned)GetLastError());
    CHECK("CANC-3", !CancelIoEx((HANDLE)closed, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "CancelIoEx, closed: GLE %u", (unsigned)GetLastError());
    CHECK("CANC-3", !CancelIoEx(NULL, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "NULL: GLE %u", (unsigned)GetLastError());
    pair_close(&p);
}

static void one_receive(void)
{
    struct pair p;
    char text[8];
    DWORD bytes = UNTOUCHED, flags = 0;
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.hEvent = event_new(TRUE, FALSE);
    CHECK("CANC-4", recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    CHECK("CANC-2", CancelIoEx((HANDLE)p.ours, &ov), "found, GLE %u", (unsigned)GetLastError());
    CHECK("CANC-8", (DWORD)ov.Internal == NT_CANCELLED, "finished on return, status %x",
          (unsigned)ov.Internal);
    CHECK("CANC-8", is_set(ov.hEvent), "with its event");
    EXPECT_PACKET("CANC-4", p.port, KEY, &ov, NT_CANCELLED, 0);
    CHECK("CANC-4",
          !GetOverlappedResult((HANDLE)p.ours, &ov, &bytes, FALSE) &&
              GetLastError() == ERROR_OPERATION_ABORTED,
          "GLE %u", (unsigned)GetLastError());
    CHECK("CANC-4",
          !WSAGetOverlappedResult(p.ours, &ov, &bytes, FALSE, &flags) &&
              WSAGetLastError() == WSA_OPERATION_ABORTED,
          "WSAGLE %d", WSAGetLastError());
    CHECK("CANC-2", !CancelIoEx((HANDLE)p.ours, &ov) && GetLastError() == ERROR_NOT_FOUND,
          "a second time: GLE %u", (unsigned)GetLastError());
    EXPECT_NO_PACKET("CANC-4", p.port);
    send_all(p.peer, "kept", 4);
    CHECK("CANC-6", recv_all(p.ours, text, 4) == 4 && !memcmp(text, "kept", 4),
          "no data was consumed");
    CloseHandle(ov.hEvent);
    pair_close(&p);
}

static void one_of_several(void)
{
    struct pair p;
    char data[3][4];
    OVERLAPPED ov[3];

    pair_open(&p);
    for (int i = 0; i < 3; i++) {
        overlapped_clear(&ov[i]);
        CHECK("CANC-7", recv_start(p.ours, data[i], 4, 0, &ov[i]) == WSA_IO_PENDING, "pends");
    }
    CHECK("CANC-7", CancelIoEx((HANDLE)p.ours, &ov[1]), "the middle one");
    EXPECT_PACKET("CANC-7", p.port, KEY, &ov[1], NT_CANCELLED, 0);
    EXPECT_NO_PACKET("CANC-7", p.port);
    send_all(p.peer, "abcdefgh", 8);
    EXPECT_PACKET("CANC-7", p.port, KEY, &ov[0], NT_SUCCESS_0, 4);
    EXPECT_PACKET("CANC-7", p.port, KEY, &ov[2], NT_SUCCESS_0, 4);
    CHECK("CANC-7", !memcmp(data[0], "abcd", 4) && !memcmp(data[2], "efgh", 4),
          "the others stay in order");
    pair_close(&p);
}

static void all_at_once(void)
{
    struct pair p;
    char data[4][4];
    OVERLAPPED ov[4];

    for (int ex = 0; ex < 2; ex++) {
        int seen = 0;
        pair_open(&p);
        for (int i = 0; i < 4; i++) {
            overlapped_clear(&ov[i]);
            CHECK("CANC-2", recv_start(p.ours, data[i], 4, 0, &ov[i]) == WSA_IO_PENDING, "pends");
        }
        BOOL done = ex ? CancelIoEx((HANDLE)p.ours, NULL) : CancelIo((HANDLE)p.ours);
        CHECK(ex ? "CANC-2" : "CANC-1", done, "%s", ex ? "CancelIoEx" : "CancelIo");
        for (int i = 0; i < 4; i++) {
            struct packet k = packet_take(p.port, DEADLINE);
            CHECK("CANC-4", k.ov && k.error == ERROR_OPERATION_ABORTED && k.bytes == 0, "error %u",
                  (unsigned)k.error);
            seen |= k.ov ? 1 << (k.ov - ov) : 0;
        }
        CHECK(ex ? "CANC-2" : "CANC-1", seen == 15, "all of them (%x)", (unsigned)seen);
        pair_close(&p);
    }
}

/* What it has cannot be given back to the stream: it is delivered, or is there for the next. */
static void a_part_of_all(void)
{
    struct pair p;
    char data[16] = "", rest[16] = "";
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("RECV-14", recv_start(p.ours, data, 8, MSG_WAITALL, &ov) == WSA_IO_PENDING, "pends");
    send_all(p.peer, "abcd", 4);
    settle();
    CHECK_WINE_DEPARTS("CANC-2", CancelIoEx((HANDLE)p.ours, &ov), "Wine has ended it",
                       "cancelled with a part");
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CANC-4",
          k.ov == &ov && (k.error == 0 || (k.error == ERROR_OPERATION_ABORTED && k.bytes == 0)),
          "error %u, %u bytes", (unsigned)k.error, (unsigned)k.bytes);
    send_all(p.peer, "efgh", 4);
    DWORD have = k.error == 0 ? k.bytes : 0;
    if (have > 4)
        have = 4;
    memcpy(rest, data, have);
    struct timeval limit = {1, 0};
    fd_set set;
    while (have < 8) {
        FD_ZERO(&set);
        FD_SET(p.ours, &set);
        int n = select((int)p.ours + 1, &set, NULL, NULL, &limit) == 1
                    ? recv(p.ours, rest + have, (int)(8 - have), 0)
                    : 0;
        if (n <= 0)
            break;
        have += (DWORD)n;
    }
    CHECK_WINE_DEPARTS("CANC-6", have == 8 && !memcmp(rest, "abcdefgh", 8),
                       "Wine loses the part that it had", "nothing is lost: %u bytes",
                       (unsigned)have);
    pair_close(&p);
}

static void pending_send(void)
{
    enum { LENGTH = 4 * 1024 * 1024 };
    struct pair p;
    char *data = calloc(1, LENGTH), text[8];
    OVERLAPPED ov[2];

    REQUIRE(data != NULL);
    pair_open(&p);
    overlapped_clear(&ov[0]);
    overlapped_clear(&ov[1]);
    DWORD code = send_start(p.ours, data, LENGTH, &ov[0]);
    CHECK("CANC-4", started(code), "code %u", (unsigned)code);
    CHECK("CANC-4", recv_start(p.ours, text, 8, 0, &ov[1]) == WSA_IO_PENDING, "pends");
    BOOL found = CancelIoEx((HANDLE)p.ours, &ov[0]);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("CANC-4",
          k.ov == &ov[0] && (found ? k.error == ERROR_OPERATION_ABORTED || k.error == 0
                                   : k.error == 0 && k.bytes == LENGTH),
          "cancelled or done: error %u", (unsigned)k.error);
    CHECK("CANC-2", !HasOverlappedIoCompleted(&ov[1]), "the receive goes on");
    send_all(p.peer, "x", 1);
    EXPECT_PACKET("CANC-2", p.port, KEY, &ov[1], NT_SUCCESS_0, 1);
    pair_close(&p);
    free(data);
}

/* The stream's end was promised when shutdown returned, also behind another that is cancelled. */
static void promised_end(LPFN_DISCONNECTEX disconnect_ex)
{
    enum { LENGTH = 4 * 1024 * 1024 };
    struct pair p;
    char *data = calloc(1, LENGTH);
    OVERLAPPED ov[2];
    int got, packets = disconnect_ex ? 2 : 1;

    REQUIRE(data != NULL);
    pair_open(&p);
    overlapped_clear(&ov[0]);
    overlapped_clear(&ov[1]);
    DWORD code = send_start(p.ours, data, LENGTH, &ov[0]);
    CHECK("CANC-12", started(code), "code %u", (unsigned)code);
    if (disconnect_ex)
        CHECK("DISC-2", !disconnect_ex(p.ours, &ov[1], 0, 0) && WSAGetLastError() == WSA_IO_PENDING,
              "pends behind the send");
    CHECK("CANC-12", shutdown(p.ours, SD_SEND) == 0, "shutdown");
    CancelIoEx((HANDLE)p.ours, NULL);
    CancelIo((HANDLE)p.ours);
    for (int i = 0; i < packets; i++) {
        struct packet k = packet_take(p.port, DEADLINE);
        CHECK("CANC-12", k.ov && (k.error == ERROR_OPERATION_ABORTED || k.error == 0),
              "cancelled or done: error %u", (unsigned)k.error);
    }
    DWORD patience = DEADLINE;
    setsockopt(p.peer, SOL_SOCKET, SO_RCVTIMEO, (const char *)&patience, sizeof patience);
    do {
        got = recv(p.peer, data, LENGTH, 0);
    } while (got > 0);
    CHECK("CANC-12", got == 0, "the peer sees the end: %d, %d", got, WSAGetLastError());
    pair_close(&p);
    free(data);
}

static void shutdown_behind_a_send(void)
{
    GUID id = WSAID_DISCONNECTEX;
    LPFN_DISCONNECTEX disconnect_ex = NULL;
    SOCKET s = tcp_socket();
    DWORD bytes;

    REQUIRE(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &disconnect_ex,
                     sizeof disconnect_ex, &bytes, NULL, NULL) == 0);
    closesocket(s);
    promised_end(NULL);
    promised_end(disconnect_ex);
}

struct starter {
    struct pair p;
    OVERLAPPED ov;
    char data[8];
    DWORD code;
    HANDLE started, leave;
};

static DWORD WINAPI start_receive(void *argument)
{
    struct starter *s = argument;
    s->code = recv_start(s->p.ours, s->data, 8, 0, &s->ov);
    SetEvent(s->started);
    WaitForSingleObject(s->leave, DEADLINE);
    return 0;
}

static void operations_of_another_thread(void)
{
    for (int ended = 0; ended < 2; ended++) {
        struct starter s;
        pair_open(&s.p);
        overlapped_clear(&s.ov);
        s.ov.hEvent = NULL;
        s.started = event_new(TRUE, FALSE);
        s.leave = event_new(TRUE, FALSE);
        HANDLE thread = CreateThread(NULL, 0, start_receive, &s, 0, NULL);
        REQUIRE(thread != NULL);
        REQUIRE(WaitForSingleObject(s.started, DEADLINE) == WAIT_OBJECT_0);
        CHECK("CANC-11", s.code == WSA_IO_PENDING, "pends, code %u", (unsigned)s.code);
        if (ended) {
            SetEvent(s.leave);
            REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
        }
        CHECK("CANC-1", CancelIo((HANDLE)s.p.ours), "CancelIo succeeds");
        EXPECT_NO_PACKET("CANC-11", s.p.port);
        CHECK("CANC-11", CancelIoEx((HANDLE)s.p.ours, NULL), "CancelIoEx reaches it, GLE %u",
              (unsigned)GetLastError());
        EXPECT_PACKET("CANC-11", s.p.port, KEY, &s.ov, NT_CANCELLED, 0);
        SetEvent(s.leave);
        WaitForSingleObject(thread, DEADLINE);
        CloseHandle(thread);
        CloseHandle(s.started);
        CloseHandle(s.leave);
        pair_close(&s.p);
    }
}

struct race {
    struct pair *p;
    int rounds;
};

static DWORD WINAPI send_and_pause(void *argument)
{
    struct race *race = argument;
    for (int i = 0; i < race->rounds; i++) {
        if (send(race->p->peer, "r", 1, 0) != 1)
            break;
        if (i % 16 == 0)
            Sleep(1);
    }
    return 0;
}

/* Cancel against arrival: each receive ends once, cancelled or with its byte, and no byte is lost.
 */
static void race_with_data(void)
{
    enum { ROUNDS = 400 };
    struct pair p;
    struct race race = {&p, ROUNDS};
    char byte;
    OVERLAPPED ov;
    int got = 0, cancelled = 0, wrong = 0, cancel = 1;

    pair_open(&p);
    HANDLE thread = CreateThread(NULL, 0, send_and_pause, &race, 0, NULL);
    REQUIRE(thread != NULL);
    while (got < ROUNDS && wrong == 0) {
        overlapped_clear(&ov);
        DWORD code = recv_start(p.ours, &byte, 1, 0, &ov);
        if (cancel && cancelled < 20000)
            CancelIoEx((HANDLE)p.ours, &ov);
        cancel = !cancel;
        struct packet k = packet_take(p.port, DEADLINE);
        if (started(code) && k.ov == &ov && k.error == 0 && k.bytes == 1 && byte == 'r')
            got++;
        else if (started(code) && k.ov == &ov && k.error == ERROR_OPERATION_ABORTED)
            cancelled++;
        else
            wrong++;
    }
    CHECK("CANC-6", got == ROUNDS, "%d of %d bytes, %d cancelled", got, ROUNDS, cancelled);
    CHECK("PKT-6", wrong == 0, "each ended once");
    WaitForSingleObject(thread, DEADLINE);
    CloseHandle(thread);
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(nothing_to_cancel);
    RUN(one_receive);
    RUN(one_of_several);
    RUN(all_at_once);
    RUN(a_part_of_all);
    RUN(pending_send);
    RUN(shutdown_behind_a_send);
    RUN(operations_of_another_thread);
    RUN(race_with_data);
    WSACleanup();
    return check_report();
}
