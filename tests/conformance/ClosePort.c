/* SPDX-License-Identifier: MIT
 *
 * Closing a port: under waiting threads, under queued packets, under associated files. Waits that
 * should end by the close are given a timeout, so a wait that is not ended is a failed check.
 */
#include "loopback.h"

#define NOT_WOKEN_ON_WINE "Wine does not wake the waiters of a closed port"
#define NOT_ENDED_MS 2000

struct waiter {
    HANDLE port, thread;
    DWORD timeout;
    BOOL extended;
    struct packet packet;
    volatile LONG begun, done;
};

static DWORD WINAPI wait_in_port(void *argument)
{
    struct waiter *w = argument;
    counter_add(&w->begun);
    if (w->extended) {
        OVERLAPPED_ENTRY entry;
        ULONG removed = 0;
        w->packet.ok = GetQueuedCompletionStatusEx(w->port, &entry, 1, &removed, w->timeout, FALSE);
        w->packet.error = GetLastError();
    } else {
        w->packet = port_take(w->port, w->timeout);
    }
    counter_add(&w->done);
    return 0;
}

static void waiter_start(struct waiter *w, HANDLE port, BOOL extended)
{
    memset(w, 0, sizeof *w);
    w->port = port;
    w->extended = extended;
    w->timeout = NOT_ENDED_MS;
    w->thread = thread_start(wait_in_port, w);
    REQUIRE(counter_reaches(&w->begun, 1));
    support_settle();
}

static void expect_abandoned(struct waiter *w, const char *who)
{
    thread_join(w->thread);
    CHECK(w->extended ? "GQX-3" : "PORT-18", !w->packet.ok, "%s: FALSE", who);
    CHECK_WINE_DEPARTS("PORT-18", w->packet.error == ERROR_ABANDONED_WAIT_0, NOT_WOKEN_ON_WINE,
                       "%s: error %u", who, (unsigned)w->packet.error);
    if (!w->extended) {
        CHECK("PORT-18", w->packet.overlapped == NULL, "%s: NULL pointer", who);
        CHECK("GQCS-1", w->packet.bytes == UNTOUCHED_BYTES && w->packet.key == UNTOUCHED_KEY,
              "%s: bytes and key not written", who);
    }
}

static void close_wakes_every_waiter(void)
{
    HANDLE port = port_make(1);
    struct waiter waiters[5];
    for (int i = 0; i < 5; i++)
        waiter_start(&waiters[i], port, i >= 3);
    CHECK("PORT-18", CloseHandle(port), "the port closes under its waiters");
    for (int i = 0; i < 5; i++)
        expect_abandoned(&waiters[i],
                         i >= 3 ? "GetQueuedCompletionStatusEx" : "GetQueuedCompletionStatus");
}

static void close_wakes_an_infinite_wait(void)
{
    struct waiter w;
    HANDLE port;
    if (WINE_CANNOT("PORT-18", NOT_WOKEN_ON_WINE))
        return;
    port = port_make(0);
    memset(&w, 0, sizeof w);
    w.port = port;
    w.timeout = INFINITE;
    w.thread = thread_start(wait_in_port, &w);
    REQUIRE(counter_reaches(&w.begun, 1));
    support_settle();
    CloseHandle(port);
    expect_abandoned(&w, "INFINITE");
}

static HANDLE duplicate(HANDLE handle)
{
    HANDLE twin = NULL, self = GetCurrentProcess();
    REQUIRE(DuplicateHandle(self, handle, self, &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));
    return twin;
}

/* Two handles of a port, a waiter on `used`; closing `port` must not disturb it. */
static void close_one_of_two(HANDLE port, HANDLE twin, HANDLE used, const char *which)
{
    struct waiter w;
    struct packet p;
    waiter_start(&w, used, FALSE);
    CHECK("PORT-19", CloseHandle(port), "waiting on %s: one of two handles closes", which);
    CHECK("PORT-19", counter_stays(&w.done, 0), "waiting on %s: it wakes nobody", which);
    port_post(twin, 0, 8, NULL);
    thread_join(w.thread);
    CHECK("PORT-19", w.packet.ok && w.packet.key == 8, "waiting on %s: the wait goes on", which);
    port_post(twin, 0, 9, NULL);
    p = port_take(twin, DEADLINE_MS);
    CHECK("PORT-19", p.ok && p.key == 9, "the port lives on in the other handle");
    waiter_start(&w, twin, FALSE);
    CloseHandle(twin);
    expect_abandoned(&w, "the last handle");
}

static void only_the_last_close_counts(void)
{
    HANDLE port = port_make(0), twin = duplicate(port);
    close_one_of_two(port, twin, twin, "the other handle");
    if (WINE_CANNOT("PORT-19", "Wine looks the closed handle up again when it wakes"))
        return;
    port = port_make(0);
    twin = duplicate(port);
    close_one_of_two(port, twin, port, "the closed handle");
}

static void calls_after_the_close(void)
{
    HANDLE port = port_make(0), made;
    SOCKET s = loopback_socket();
    OVERLAPPED_ENTRY entry;
    ULONG removed;
    struct packet p;
    CloseHandle(port);
    p = port_take(port, 0);
    CHECK("PORT-20", !p.ok && p.overlapped == NULL && p.error == ERROR_INVALID_HANDLE,
          "GetQueuedCompletionStatus: error %u", (unsigned)p.error);
    SetLastError(0);
    CHECK("PORT-20",
          !GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 0, FALSE) &&
              GetLastError() == ERROR_INVALID_HANDLE,
          "GetQueuedCompletionStatusEx: error %u", (unsigned)GetLastError());
    SetLastError(0);
    CHECK("PORT-20",
          !PostQueuedCompletionStatus(port, 0, 0, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "PostQueuedCompletionStatus: error %u", (unsigned)GetLastError());
    SetLastError(0);
    made = CreateIoCompletionPort((HANDLE)s, port, 0, 0);
    CHECK("PORT-20", made == NULL && GetLastError() == ERROR_INVALID_HANDLE,
          "CreateIoCompletionPort: error %u", (unsigned)GetLastError());
    SetLastError(0);
    CHECK("PORT-20", !CloseHandle(port) && GetLastError() == ERROR_INVALID_HANDLE,
          "CloseHandle again: error %u", (unsigned)GetLastError());
    closesocket(s);
}

static void files_outlive_their_port(void)
{
    HANDLE port = port_make(0), event = event_make(TRUE, FALSE);
    SOCKET s = loopback_socket();
    OVERLAPPED receive, sending;
    WSABUF buffer;
    char space[8];
    DWORD flags = 0, bytes = 0;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 1, 0) == port);
    memset(&receive, 0, sizeof receive);
    receive.hEvent = event;
    buffer.buf = space;
    buffer.len = sizeof space;
    REQUIRE(WSARecv(s, &buffer, 1, NULL, &flags, &receive, NULL) == SOCKET_ERROR);
    REQUIRE(WSAGetLastError() == WSA_IO_PENDING);
    CHECK("PORT-21", CloseHandle(port), "the port closes under an associated socket");
    loopback_send(s, 5, &sending);
    CHECK("PORT-21", WaitForSingleObject(event, DEADLINE_MS) == WAIT_OBJECT_0,
          "its operations still complete");
    CHECK("PORT-21", GetOverlappedResult((HANDLE)s, &receive, &bytes, FALSE) && bytes == 5,
          "and report: %u bytes", (unsigned)bytes);
    loopback_send(s, 1, &sending);
    support_settle();
    CHECK("PORT-21", closesocket(s) == 0, "the socket is closed after the port");
    CloseHandle(event);
}

static void pending_when_both_close(void)
{
    HANDLE port = port_make(0), later;
    SOCKET s = loopback_socket();
    static OVERLAPPED ov[4];
    static char space[4][8];
    struct packet p;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 1, 0) == port);
    for (int i = 0; i < 4; i++)
        loopback_receive(s, space[i], sizeof space[i], &ov[i]);
    CloseHandle(port);
    closesocket(s);
    support_settle();
    later = port_make(0);
    CHECK("PORT-21", port_is_empty(later), "packets of a dead port turn up nowhere");
    port_post(later, 0, 3, NULL);
    p = port_take(later, DEADLINE_MS);
    CHECK("PORT-21", p.ok && p.key == 3, "ports made later work");
    CloseHandle(later);
}

static void queued_packets_are_dropped(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED ov[16], before[16];
    memset(ov, 0xCC, sizeof ov);
    memcpy(before, ov, sizeof ov);
    for (int i = 0; i < 1000; i++)
        port_post(port, 0, 0, &ov[i % 16]);
    for (int i = 0; i < 16; i++)
        port_post(port, 0, 0, (void *)(ULONG_PTR)(i + 1));
    CHECK("PORT-22", CloseHandle(port), "a port with queued packets closes");
    support_settle();
    CHECK("PORT-22", memcmp(ov, before, sizeof ov) == 0, "their OVERLAPPEDs are not touched");
}

static DWORD WINAPI post_until_closed(void *port)
{
    while (PostQueuedCompletionStatus(port, 0, 1, NULL))
        Sleep(1);
    return GetLastError();
}

static DWORD WINAPI take_until_closed(void *port)
{
    for (;;) {
        struct packet p = port_take(port, 50);
        if (!p.ok && p.error != WAIT_TIMEOUT)
            return p.error;
    }
}

static void close_in_full_use(void)
{
    HANDLE port = port_make(0), posters[2], takers[2];
    for (int i = 0; i < 2; i++) {
        posters[i] = thread_start(post_until_closed, port);
        takers[i] = thread_start(take_until_closed, port);
    }
    Sleep(QUIET_MS);
    CloseHandle(port);
    for (int i = 0; i < 2; i++) {
        DWORD error = thread_join(posters[i]);
        CHECK("PORT-20", error == ERROR_INVALID_HANDLE, "a poster ends with error %u",
              (unsigned)error);
        error = thread_join(takers[i]);
        CHECK("PORT-18", error == ERROR_ABANDONED_WAIT_0 || error == ERROR_INVALID_HANDLE,
              "a taker ends with error %u", (unsigned)error);
    }
}

int main(void)
{
    loopback_begin();
    RUN(close_wakes_every_waiter);
    RUN(close_wakes_an_infinite_wait);
    RUN(only_the_last_close_counts);
    RUN(calls_after_the_close);
    RUN(files_outlive_their_port);
    RUN(pending_when_both_close);
    RUN(queued_packets_are_dropped);
    RUN(close_in_full_use);
    WSACleanup();
    return check_report();
}
