/* SPDX-License-Identifier: MIT
 *
 * The fields of an OVERLAPPED, its event and the socket's own signal at every stage: when a call
 * fails at once, while an operation is pending, when it is over, and in all three views of how.
 */
#include "sockets.h"

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

enum call { RECV, SEND, RECV_FROM, SEND_TO, READ_FILE, WRITE_FILE, CONNECT, DISCONNECT, CALLS };

static const char *const call_names[CALLS] = {"WSARecv",   "WSASend",     "WSARecvFrom",
                                              "WSASendTo", "ReadFile",    "WriteFile",
                                              "ConnectEx", "DisconnectEx"};

static char memory[64];

/* Starts the call on s; 0, 997 or the error. *bytes is what the call may write its count to. */
static DWORD start(enum call call, SOCKET s, OVERLAPPED *ov, DWORD *bytes)
{
    static struct sockaddr_in from;
    static int from_length;
    struct sockaddr_in to = loopback(9);
    WSABUF buffer = {sizeof memory, memory};
    DWORD flags = 0;
    int ok = 0;

    from_length = sizeof from;
    switch (call) {
    case RECV:
        ok = WSARecv(s, &buffer, 1, bytes, &flags, ov, NULL) == 0;
        break;
    case SEND:
        ok = WSASend(s, &buffer, 1, bytes, 0, ov, NULL) == 0;
        break;
    case RECV_FROM:
        ok = WSARecvFrom(s, &buffer, 1, bytes, &flags, (struct sockaddr *)&from, &from_length, ov,
                         NULL) == 0;
        break;
    case SEND_TO:
        ok = WSASendTo(s, &buffer, 1, bytes, 0, (struct sockaddr *)&to, sizeof to, ov, NULL) == 0;
        break;
    case READ_FILE:
        ok = ReadFile((HANDLE)s, memory, sizeof memory, bytes, ov);
        break;
    case WRITE_FILE:
        ok = WriteFile((HANDLE)s, memory, sizeof memory, bytes, ov);
        break;
    case CONNECT:
        ok = connect_ex(s, (struct sockaddr *)&to, sizeof to, NULL, 0, bytes, ov);
        break;
    default:
        ok = disconnect_ex(s, ov, 0, 0);
        break;
    }
    return ok ? 0 : GetLastError();
}

/* A call that is refused: nothing but Internal, the event and the socket's signal may change. */
static void refused(enum call call, SOCKET s, HANDLE port, DWORD expect, const char *state)
{
    static const char wine[] = "Wine counts what it refuses, and knows other reasons to";
    OVERLAPPED ov;
    DWORD bytes = UNTOUCHED;

    overlapped_clear(&ov);
    ov.Offset = ov.OffsetHigh = 0;
    ov.hEvent = event_new(TRUE, TRUE);
    DWORD code = start(call, s, &ov, &bytes);
    if (!CHECK_WINE_DEPARTS("SOCK-10", code == expect, wine, "%s, %s: %u", call_names[call], state,
                            (unsigned)code)) {
        retract(code, s, port, &ov);
        CloseHandle(ov.hEvent);
        return;
    }
    CHECK_WINE_DEPARTS("OVL-2", (DWORD)ov.Internal == NT_PENDING, wine, "%s, %s: Internal %x",
                       call_names[call], state, (unsigned)ov.Internal);
    CHECK_WINE_DEPARTS("OVL-2", ov.InternalHigh == UNTOUCHED, wine, "%s, %s: InternalHigh %x",
                       call_names[call], state, (unsigned)ov.InternalHigh);
    if (call == READ_FILE || call == WRITE_FILE)
        CHECK("OVL-6", bytes == 0, "%s, %s: count %x", call_names[call], state, (unsigned)bytes);
    else
        CHECK_WINE_DEPARTS("OVL-6", bytes == UNTOUCHED, wine, "%s, %s: count %x", call_names[call],
                           state, (unsigned)bytes);
    EXPECT_NO_PACKET("PKT-2", port);
    ResetEvent(ov.hEvent);
    Sleep(5);
    CHECK("PKT-2", !is_set(ov.hEvent), "%s, %s: the event is not set", call_names[call], state);
    CloseHandle(ov.hEvent);
}

static void refused_when_not_connected(void)
{
    static const DWORD expect[CALLS] = {
        [RECV] = WSAENOTCONN,      [SEND] = WSAENOTCONN,
        [READ_FILE] = 59,                                 /* ERROR_UNEXP_NET_ERR */
        [WRITE_FILE] = 59,         [CONNECT] = WSAEINVAL, /* not bound */
        [DISCONNECT] = WSAENOTCONN};
    SOCKET s = tcp_socket();
    HANDLE port = port_for(s, KEY);

    for (enum call call = 0; call < CALLS; call++)
        if (expect[call])
            refused(call, s, port, expect[call], "not connected");
    closesocket(s);
    CloseHandle(port);
}

static void refused_after_shutdown(void)
{
    struct pair p;

    pair_open(&p);
    REQUIRE(shutdown(p.ours, SD_BOTH) == 0);
    refused(RECV, p.ours, p.port, WSAESHUTDOWN, "shut down");
    refused(SEND, p.ours, p.port, WSAESHUTDOWN, "shut down");
    refused(READ_FILE, p.ours, p.port, ERROR_PIPE_NOT_CONNECTED, "shut down");
    refused(WRITE_FILE, p.ours, p.port, ERROR_PIPE_NOT_CONNECTED, "shut down");
    pair_close(&p);
}

static void refused_after_reset(void)
{
    struct pair p;
    char byte;

    if (check_on_wine()) {
        printf("wine RECV-7 refused_after_reset: Wine makes an end of stream of a known reset\n");
        return;
    }
    pair_open(&p);
    tcp_reset(&p.peer);
    settle();
    REQUIRE(recv(p.ours, &byte, 1, 0) == SOCKET_ERROR);
    for (int again = 0; again < 2; again++) {
        refused(RECV, p.ours, p.port, WSAECONNRESET, "reset");
        refused(SEND, p.ours, p.port, WSAECONNRESET, "reset");
        refused(READ_FILE, p.ours, p.port, ERROR_NETNAME_DELETED, "reset");
        refused(WRITE_FILE, p.ours, p.port, ERROR_NETNAME_DELETED, "reset");
    }
    pair_close(&p);
}

static void refused_datagrams(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    HANDLE port = port_for(s, KEY);

    refused(RECV_FROM, s, port, WSAEINVAL, "not bound");
    refused(RECV, s, port, WSAEINVAL, "not bound");
    REQUIRE(shutdown(s, SD_SEND) == 0 || WSAGetLastError() == WSAENOTCONN);
    closesocket(s);
    CloseHandle(port);
}

/* While it is pending: what is written and what is not. */
static void check_pending(SOCKET s, OVERLAPPED *ov, DWORD count, DWORD count_expected)
{
    DWORD bytes = UNTOUCHED, flags = UNTOUCHED;

    CHECK("OVL-1", (DWORD)ov->Internal == NT_PENDING, "Internal %x", (unsigned)ov->Internal);
    CHECK("OVL-1", ov->InternalHigh == UNTOUCHED, "InternalHigh %x", (unsigned)ov->InternalHigh);
    CHECK("OVL-4", !HasOverlappedIoCompleted(ov), "HasOverlappedIoCompleted");
    CHECK("OVL-6", count == count_expected, "the call's count is %x", (unsigned)count);
    CHECK("OVL-7", !GetOverlappedResult((HANDLE)s, ov, &bytes, FALSE) && GetLastError() == 996,
          "GLE %u", (unsigned)GetLastError());
    CHECK("OVL-7", bytes == UNTOUCHED, "GetOverlappedResult's count %x", (unsigned)bytes);
    CHECK("OVL-12",
          !WSAGetOverlappedResult(s, ov, &bytes, FALSE, &flags) && WSAGetLastError() == 996,
          "WSAGLE %d", WSAGetLastError());
    CHECK("OVL-12", bytes == UNTOUCHED && flags == UNTOUCHED, "and its outputs %x %x",
          (unsigned)bytes, (unsigned)flags);
}

/* All views of the finished operation, before its packet is taken and after, are the same. */
static void check_finished(struct pair *p, OVERLAPPED *ov, DWORD status, DWORD winsock, DWORD count)
{
    for (int taken = 0; taken < 2; taken++) {
        DWORD bytes = UNTOUCHED, flags = UNTOUCHED;
        BOOL ok = GetOverlappedResult((HANDLE)p->ours, ov, &bytes, FALSE);
        DWORD code = ok ? 0 : GetLastError();
        CHECK("OVL-14", code == win32_of(status), "GetOverlappedResult: %u", (unsigned)code);
        CHECK("OVL-7", bytes == count, "its count %u", (unsigned)bytes);
        bytes = UNTOUCHED;
        ok = WSAGetOverlappedResult(p->ours, ov, &bytes, FALSE, &flags);
        code = ok ? 0 : (DWORD)WSAGetLastError();
        CHECK("OVL-14", code == winsock, "WSAGetOverlappedResult: %u", (unsigned)code);
        CHECK("OVL-12", bytes == count && (flags == 0 || !ok), "its count %u, flags %x",
              (unsigned)bytes, (unsigned)flags);
        CHECK("OVL-5", ov->Internal == (ULONG_PTR)status && ov->InternalHigh == count,
              "Internal %llx, InternalHigh %llx", (unsigned long long)ov->Internal,
              (unsigned long long)ov->InternalHigh);
        if (!taken)
            EXPECT_PACKET("GQCS-1", p->port, KEY, ov, status, count);
    }
}

/* A receive that pends and then ends in one of four ways, with an event or the socket's signal. */
static void pending_receive(enum call call, int way, int with_event)
{
    static const struct {
        DWORD status, winsock, count;
    } ends[] = {{NT_SUCCESS_0, 0, 5},
                {NT_SUCCESS_0, 0, 0},
                {NT_CONNECTION_RESET, WSAECONNRESET, 0},
                {NT_CANCELLED, WSA_OPERATION_ABORTED, 0}};
    struct pair p;
    OVERLAPPED ov;
    DWORD count = UNTOUCHED;

    pair_open(&p);
    overlapped_clear(&ov);
    ov.Offset = ov.OffsetHigh = 0;
    ov.hEvent = with_event ? event_new(TRUE, TRUE) : NULL;
    HANDLE signal = with_event ? ov.hEvent : (HANDLE)p.ours;
    DWORD code = start(call, p.ours, &ov, &count);
    REQUIRE(code == ERROR_IO_PENDING);
    check_pending(p.ours, &ov, count, call == READ_FILE ? 0 : UNTOUCHED);
    CHECK(with_event ? "EVT-1" : "EVT-2", !is_set(signal), "reset while it is pending");
    if (way == 0)
        send_all(p.peer, "stage", 5);
    else if (way == 1)
        shutdown(p.peer, SD_SEND);
    else if (way == 2)
        tcp_reset(&p.peer);
    else
        CHECK("CANC-4", CancelIoEx((HANDLE)p.ours, &ov), "cancelled");
    CHECK(with_event ? "EVT-1" : "EVT-2", WaitForSingleObject(signal, DEADLINE) == WAIT_OBJECT_0,
          "set when it is over");
    check_finished(&p, &ov, ends[way].status, ends[way].winsock, ends[way].count);
    CHECK(with_event ? "EVT-1" : "EVT-2", is_set(signal), "nothing but a new operation resets it");
    if (with_event) {
        CHECK("EVT-3", !is_set((HANDLE)p.ours), "the socket itself is not signalled");
        CloseHandle(ov.hEvent);
    }
    EXPECT_NO_PACKET("PKT-6", p.port);
    pair_close(&p);
}

static void pending_receives(void)
{
    for (int way = 0; way < 4; way++)
        for (int with_event = 0; with_event < 2; with_event++) {
            pending_receive(RECV, way, with_event);
            pending_receive(READ_FILE, way, with_event);
        }
}

/* Low bit, skipping modes and the event, all eight together, with success at once and pending. */
static void suppressed(int low_bit, int skip, int pending)
{
    struct pair p;
    OVERLAPPED ov;
    DWORD count = UNTOUCHED;
    int packet = !low_bit && (pending || !skip);

    pair_open(&p);
    if (skip)
        REQUIRE(SetFileCompletionNotificationModes((HANDLE)p.ours,
                                                   FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    if (!pending) {
        send_all(p.peer, "stage", 5);
        await_bytes(p.ours, 5);
    }
    overlapped_clear(&ov);
    HANDLE event = event_new(TRUE, FALSE);
    ov.hEvent = low_bit ? (HANDLE)((ULONG_PTR)event | 1) : event;
    DWORD code = start(RECV, p.ours, &ov, &count);
    /* SOCK-9: what is there may be taken at once or not. */
    CHECK("SOCK-9", code == WSA_IO_PENDING || (!pending && code == 0 && count == 5), "code %u",
          (unsigned)code);
    if (code == WSA_IO_PENDING)
        packet = !low_bit;
    if (pending)
        send_all(p.peer, "stage", 5);
    CHECK("PKT-8", WaitForSingleObject(event, DEADLINE) == WAIT_OBJECT_0, "the event is set");
    if (packet)
        EXPECT_PACKET(low_bit ? "PKT-8" : "PKT-7", p.port, KEY, &ov, NT_SUCCESS_0, 5);
    EXPECT_NO_PACKET(low_bit ? "PKT-8" : "PKT-7", p.port);
    CHECK("OVL-5", ov.Internal == 0 && ov.InternalHigh == 5, "the fields are written anyway");
    CloseHandle(event);
    pair_close(&p);
}

static void suppressed_packets(void)
{
    for (int i = 0; i < 8; i++)
        suppressed(i & 1, i >> 1 & 1, i >> 2 & 1);
}

int main(void)
{
    GUID connecting = WSAID_CONNECTEX, disconnecting = WSAID_DISCONNECTEX;

    sockets_start();
    extension(connecting, &connect_ex);
    extension(disconnecting, &disconnect_ex);
    RUN(refused_when_not_connected);
    RUN(refused_after_shutdown);
    RUN(refused_after_reset);
    RUN(refused_datagrams);
    RUN(pending_receives);
    RUN(suppressed_packets);
    WSACleanup();
    return check_report();
}
