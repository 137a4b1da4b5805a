/* SPDX-License-Identifier: MIT
 *
 * Sockets closed while other threads are in calls on them: blocked calls end, calls that come a
 * moment too late are told so, operations that got in end once. And handles of other kinds that
 * share the socket: duplicates, waits on the socket itself.
 */
#include "datagrams.h"

/* ---- blocked calls ---- */

enum call { ACCEPT, RECV, SEND, RECV_FROM, WSA_RECV, READ_ALL, CALLS };

static const char *const call_names[CALLS] = {"accept",   "recv",    "send",
                                              "recvfrom", "WSARecv", "recv of all"};

struct blocked {
    enum call call;
    SOCKET s;
    volatile LONG entered;
    int result, code;
};

static DWORD WINAPI blocked_call(void *argument)
{
    static char block[1 << 16];
    struct blocked *b = argument;
    char byte[4];
    WSABUF buffer = {4, byte};
    DWORD bytes, flags = 0;

    InterlockedExchange(&b->entered, 1);
    switch (b->call) {
    case ACCEPT:
        b->result = accept(b->s, NULL, NULL) == INVALID_SOCKET ? SOCKET_ERROR : 0;
        break;
    case RECV:
        b->result = recv(b->s, byte, 4, 0);
        break;
    case SEND:
        do
            b->result = send(b->s, block, sizeof block, 0);
        while (b->result > 0);
        break;
    case RECV_FROM:
        b->result = recvfrom(b->s, byte, 4, 0, NULL, NULL);
        break;
    case WSA_RECV:
        b->result = WSARecv(b->s, &buffer, 1, &bytes, &flags, NULL, NULL);
        break;
    default:
        b->result = recv(b->s, byte, 4, MSG_WAITALL);
        break;
    }
    b->code = b->result == SOCKET_ERROR ? WSAGetLastError() : 0;
    return 0;
}

static void a_blocked_call_ends(enum call call)
{
    struct sockaddr_in address;
    struct blocked b = {.call = call, .s = INVALID_SOCKET};
    SOCKET peer = INVALID_SOCKET;

    if (call == ACCEPT)
        b.s = tcp_listener(&address);
    else if (call == RECV_FROM)
        b.s = udp_bound(&address);
    else
        tcp_pair(&b.s, &peer);
    HANDLE thread = CreateThread(NULL, 0, blocked_call, &b, 0, NULL);
    REQUIRE(thread != NULL);
    while (!InterlockedCompareExchange(&b.entered, 0, 0))
        Sleep(1);
    Sleep(call == SEND ? 200 : 50);
    CHECK("CALL-5", closesocket(b.s) == 0, "closed under %s", call_names[call]);
    DWORD waited = WaitForSingleObject(thread, check_on_wine() ? 500 : DEADLINE);
    if (CHECK_WINE_DEPARTS("CALL-5", waited == WAIT_OBJECT_0, "Wine sleeps on", "%s ends",
                           call_names[call])) {
        CHECK_WINE_DEPARTS("CALL-5",
                           b.code == WSAEINTR || b.code == WSAECONNABORTED ||
                               b.code == WSAENOTSOCK || b.code == WSA_OPERATION_ABORTED,
                           "Wine has an error of its own for it", "%s: WSAGLE %d", call_names[call],
                           b.code);
    }
    close_if_open(&peer);
    CloseHandle(thread);
}

static void blocked_calls_end(void)
{
    for (enum call call = 0; call < CALLS; call++) {
        /* What sleeps on would spoil the rest. */
        if (check_on_wine() && (call == ACCEPT || call == RECV_FROM)) {
            printf("wine CALL-5 blocked_calls_end: Wine sleeps on in %s\n", call_names[call]);
            continue;
        }
        a_blocked_call_ends(call);
    }
}

/* ---- select and WSAPoll on what is closed ---- */

struct ready {
    SOCKET s;
    int poll;
    volatile LONG entered;
    int result;
};

static DWORD WINAPI await_ready(void *argument)
{
    struct ready *r = argument;
    InterlockedExchange(&r->entered, 1);
    if (r->poll) {
        WSAPOLLFD polled = {r->s, POLLRDNORM, 0};
        r->result = WSAPoll(&polled, 1, DEADLINE);
    } else {
        struct timeval limit = {DEADLINE / 1000, 0};
        fd_set set;
        FD_ZERO(&set);
        FD_SET(r->s, &set);
        r->result = select((int)r->s + 1, &set, NULL, NULL, &limit);
    }
    return 0;
}

static void readiness_calls_end(void)
{
    if (check_on_wine()) {
        printf("wine CALL-5 readiness_calls_end: Wine waits until the timeout\n");
        return;
    }
    for (int poll = 0; poll < 2; poll++) {
        struct ready r = {.poll = poll, .result = 99};
        SOCKET peer;
        tcp_pair(&r.s, &peer);
        HANDLE thread = CreateThread(NULL, 0, await_ready, &r, 0, NULL);
        REQUIRE(thread != NULL);
        while (!InterlockedCompareExchange(&r.entered, 0, 0))
            Sleep(1);
        Sleep(50);
        closesocket(r.s);
        CHECK("CALL-5", WaitForSingleObject(thread, DEADLINE / 2) == WAIT_OBJECT_0, "%s ends",
              poll ? "WSAPoll" : "select");
        CHECK("CALL-5", r.result != 0, "not by its timeout: %d", r.result);
        CloseHandle(thread);
        closesocket(peer);
    }
}

/* ---- overlapped calls that race with the close ---- */

enum { OPERATIONS = 400 };

struct starter {
    SOCKET s;
    HANDLE go;
    OVERLAPPED ov[OPERATIONS];
    char data[OPERATIONS];
    int accepted, refused, other;
};

static DWORD WINAPI start_until_refused(void *argument)
{
    struct starter *st = argument;
    WaitForSingleObject(st->go, INFINITE);
    for (int i = 0; i < OPERATIONS; i++) {
        overlapped_clear(&st->ov[i]);
        DWORD code = i % 3 ? recv_start(st->s, &st->data[i], 1, 0, &st->ov[i])
                           : send_start(st->s, &st->data[i], 1, &st->ov[i]);
        st->accepted += started(code);
        st->refused += code == WSAENOTSOCK;
        st->other += !started(code) && code != WSAENOTSOCK;
        if (code == WSAENOTSOCK)
            break;
    }
    return 0;
}

static void a_race_of_starts_and_close(void)
{
    enum { ROUNDS = 60, THREADS = 2 };
    int lost = 0, doubled = 0, other = 0, wrong_end = 0;
    struct starter *st = calloc(THREADS, sizeof *st);

    REQUIRE(st != NULL);
    for (int round = 0; round < ROUNDS; round++) {
        struct pair p;
        HANDLE threads[THREADS], go = event_new(TRUE, FALSE);
        int accepted = 0, came = 0;
        pair_open(&p);
        memset(st, 0, THREADS * sizeof *st);
        for (int t = 0; t < THREADS; t++) {
            st[t].s = p.ours;
            st[t].go = go;
            threads[t] = CreateThread(NULL, 0, start_until_refused, &st[t], 0, NULL);
            REQUIRE(threads[t] != NULL);
        }
        SetEvent(go);
        for (int spin = 0; spin < round * 40; spin++)
            YieldProcessor();
        closesocket(p.ours);
        REQUIRE(WaitForMultipleObjects(THREADS, threads, TRUE, DEADLINE) == WAIT_OBJECT_0);
        for (int t = 0; t < THREADS; t++) {
            accepted += st[t].accepted;
            other += st[t].other;
            CloseHandle(threads[t]);
        }
        for (struct packet k; came < accepted && (k = packet_take(p.port, DEADLINE)).ov; came++) {
            doubled += k.ov->Offset == 77;
            k.ov->Offset = 77;
            wrong_end += k.error != 0 && k.error != ERROR_CONNECTION_ABORTED &&
                         k.error != ERROR_OPERATION_ABORTED;
        }
        lost += accepted - came;
        doubled += packet_take(p.port, 0).ov != NULL;
        closesocket(p.peer);
        CloseHandle(p.port);
        CloseHandle(go);
    }
    CHECK("CLOSE-16", lost == 0, "%d accepted operations never ended", lost);
    CHECK("CLOSE-16", doubled == 0, "%d ended twice", doubled);
    CHECK_WINE_DEPARTS("CLOSE-16", wrong_end == 0, "Wine has an error of its own for it",
                       "%d ended with another error", wrong_end);
    CHECK("CLOSE-16", other == 0, "%d refused otherwise than by WSAENOTSOCK", other);
    free(st);
}

/* Calls of all kinds while the socket's number is closed and given to new sockets all the time:
 * nothing crashes, no call reaches a socket in a state that only another one was in. */
static volatile LONG churn_stop;
static volatile LONG churn_socket;

static DWORD WINAPI churn_calls(void *unused)
{
    char byte[4];
    (void)unused;
    while (!InterlockedCompareExchange(&churn_stop, 0, 0)) {
        SOCKET s = (SOCKET)InterlockedCompareExchange(&churn_socket, 0, 0);
        struct sockaddr_in name;
        int length = sizeof name, value = 0, size = sizeof value;
        u_long there;
        getsockname(s, (struct sockaddr *)&name, &length);
        getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&value, &size);
        ioctlsocket(s, FIONREAD, &there);
        CancelIoEx((HANDLE)s, NULL);
        WaitForSingleObject((HANDLE)s, 0);
        recv(s, byte, 1, 0); /* nonblocking below */
        shutdown(s, SD_RECEIVE);
    }
    return 0;
}

static void a_number_that_changes_hands(void)
{
    HANDLE threads[2];
    struct sockaddr_in address;
    int failures = 0;

#ifdef __SANITIZE_THREAD__
    /* A stale number may name a descriptor that another thread is just making. */
    printf("skip CLOSE-16 a_number_that_changes_hands: the sanitizer takes that for a data race\n");
    return;
#endif
    if (check_on_wine()) {
        printf("wine CLOSE-16 a_number_that_changes_hands: Wine's sockets mix up\n");
        return;
    }
    SOCKET listener = tcp_listener(&address);
    churn_socket = (LONG)listener;
    u_long on = 1;
    REQUIRE(ioctlsocket(listener, FIONBIO, &on) == 0);
    for (int t = 0; t < 2; t++) {
        threads[t] = CreateThread(NULL, 0, churn_calls, NULL, 0, NULL);
        REQUIRE(threads[t] != NULL);
    }
    for (int round = 0; round < 500; round++) {
        SOCKET s = tcp_socket();
        failures += ioctlsocket(s, FIONBIO, &on) != 0;
        InterlockedExchange(&churn_socket, (LONG)s);
        failures += connect(s, (struct sockaddr *)&address, sizeof address) != SOCKET_ERROR;
        failures += closesocket(s) != 0;
        for (SOCKET a = accept(listener, NULL, NULL); a != INVALID_SOCKET;
             a = accept(listener, NULL, NULL))
            closesocket(a);
    }
    InterlockedExchange(&churn_stop, 1);
    REQUIRE(WaitForMultipleObjects(2, threads, TRUE, DEADLINE) == WAIT_OBJECT_0);
    CHECK("CLOSE-16", failures == 0, "%d calls of the owner were disturbed", failures);
    for (int t = 0; t < 2; t++)
        CloseHandle(threads[t]);
    closesocket(listener);
}

/* ---- duplicates ---- */

static void a_duplicate_keeps_everything(void)
{
    struct pair p;
    char text[8];
    HANDLE copy;
    OVERLAPPED ov;

    pair_open(&p);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), (HANDLE)p.ours, GetCurrentProcess(), &copy, 0,
                            FALSE, DUPLICATE_SAME_ACCESS));
    overlapped_clear(&ov);
    ov.hEvent = NULL;
    REQUIRE(recv_start(p.ours, text, 8, 0, &ov) == WSA_IO_PENDING);
    CHECK("EVT-2", !is_set(copy), "the copy is the same object: not signalled");
    CHECK("CANC-2", CancelIoEx(copy, &ov), "cancelled through the copy");
    EXPECT_PACKET("CANC-4", p.port, KEY, &ov, NT_CANCELLED, 0);
    CHECK("EVT-2", is_set(copy) && is_set((HANDLE)p.ours), "both are signalled");
    CHECK("MODE-1", SetFileCompletionNotificationModes(copy, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS),
          "a mode set through the copy");
    overlapped_clear(&ov);
    DWORD code = send_start(p.ours, "x", 1, &ov);
    CHECK("MODE-1", started(code), "holds for the original");
    if (code == 0)
        EXPECT_NO_PACKET("MODE-1", p.port);
    else
        EXPECT_PACKET("MODE-1", p.port, KEY, &ov, NT_SUCCESS_0, 1);
    CHECK("PORT-6", !CreateIoCompletionPort(copy, p.port, 1, 0) && GetLastError() == 87,
          "the association too");
    CHECK("CLOSE-3", shutdown(p.ours, SD_SEND) == 0, "shut down by one");
    overlapped_clear(&ov);
    code = send_start((SOCKET)copy, "x", 1, &ov);
    CHECK_WINE_DEPARTS("SEND-8", code == WSAESHUTDOWN, "Wine finds no socket behind the copy",
                       "is shut down for the other: %u", (unsigned)code);
    retract(code, (SOCKET)copy, p.port, &ov);
    CloseHandle(copy);
    pair_close(&p);
}

int main(void)
{
    sockets_start();
    RUN(blocked_calls_end);
    RUN(readiness_calls_end);
    RUN(a_race_of_starts_and_close);
    RUN(a_number_that_changes_hands);
    RUN(a_duplicate_keeps_everything);
    WSACleanup();
    return check_report();
}
