/* SPDX-License-Identifier: MIT
 *
 * GetQueuedCompletionStatusEx: how many packets come out, what is reported, the alertable wait.
 * How such a thread counts is tested in Scheduling.c. ulCount 0 is left open by Windows and
 * therefore not tested.
 */
#include "loopback.h"
#include <stddef.h>

#define MANY 4096

static void layouts(void)
{
    CHECK("G-1", sizeof(OVERLAPPED) == 32 && sizeof(WSAOVERLAPPED) == 32, "OVERLAPPED: 32 bytes");
    CHECK("G-1", offsetof(OVERLAPPED, Internal) == 0 && offsetof(OVERLAPPED, InternalHigh) == 8,
          "status and count");
    CHECK("G-1",
          offsetof(OVERLAPPED, Offset) == 16 && offsetof(OVERLAPPED, OffsetHigh) == 20 &&
              offsetof(OVERLAPPED, Pointer) == 16,
          "offset");
    CHECK("G-1", offsetof(OVERLAPPED, hEvent) == 24 && offsetof(WSAOVERLAPPED, hEvent) == 24,
          "event");
    CHECK("G-2", sizeof(OVERLAPPED_ENTRY) == 32, "OVERLAPPED_ENTRY: 32 bytes");
    CHECK("G-2",
          offsetof(OVERLAPPED_ENTRY, lpCompletionKey) == 0 &&
              offsetof(OVERLAPPED_ENTRY, lpOverlapped) == 8 &&
              offsetof(OVERLAPPED_ENTRY, Internal) == 16 &&
              offsetof(OVERLAPPED_ENTRY, dwNumberOfBytesTransferred) == 24,
          "its fields");
}

static void posted(HANDLE port, int count)
{
    for (int i = 0; i < count; i++)
        port_post(port, (DWORD)i, (ULONG_PTR)i + 100, (void *)((ULONG_PTR)i * 16));
}

static void expect_entries(OVERLAPPED_ENTRY *entries, ULONG count, ULONG first)
{
    int in_order = 1, whole = 1;
    for (ULONG i = 0; i < count; i++) {
        ULONG number = first + i;
        in_order &= entries[i].lpCompletionKey == number + 100;
        whole &= entries[i].dwNumberOfBytesTransferred == number &&
                 entries[i].lpOverlapped == (LPOVERLAPPED)((ULONG_PTR)number * 16);
    }
    CHECK("GQX-1", in_order, "%u entries from %u on: in FIFO order", (unsigned)count,
          (unsigned)first);
    CHECK("GQX-1", whole, "with the values posted");
}

static void takes_what_fits(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED_ENTRY entries[8];
    ULONG removed = 0;
    posted(port, 10);
    CHECK("GQX-1", GetQueuedCompletionStatusEx(port, entries, 4, &removed, 0, FALSE) == TRUE,
          "TRUE");
    CHECK("GQX-1", removed == 4, "no more than asked for: %u", (unsigned)removed);
    expect_entries(entries, 4, 0);
    CHECK("GQX-1", GetQueuedCompletionStatusEx(port, entries, 8, &removed, INFINITE, FALSE),
          "does not wait to fill the array");
    CHECK("GQX-1", removed == 6, "all that is left: %u", (unsigned)removed);
    expect_entries(entries, 6, 4);
    CHECK("GQX-1", port_is_empty(port), "the port is empty then");
    CloseHandle(port);
}

static void one_entry(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    posted(port, 3);
    for (ULONG i = 0; i < 3; i++) {
        CHECK("GQX-1",
              GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 0, FALSE) && removed == 1,
              "one at a time");
        expect_entries(&entry, 1, i);
    }
    CloseHandle(port);
}

static void a_large_array(void)
{
    static OVERLAPPED_ENTRY entries[MANY];
    HANDLE port = port_make(0);
    ULONG removed = 0;
    posted(port, MANY);
    CHECK("GQX-1",
          GetQueuedCompletionStatusEx(port, entries, MANY, &removed, 0, FALSE) && removed == MANY,
          "%u entries at once", (unsigned)removed);
    expect_entries(entries, MANY, 0);
    CloseHandle(port);
}

static void failed_operations(void)
{
    HANDLE port = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    char space[4];
    BOOL ok;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 12, 0) == port);
    loopback_receive(s, space, sizeof space, &ov);
    REQUIRE(CancelIoEx((HANDLE)s, &ov));
    SetLastError(UNTOUCHED_ERROR);
    ok = GetQueuedCompletionStatusEx(port, &entry, 1, &removed, DEADLINE_MS, FALSE);
    CHECK("GQX-2", ok && removed == 1, "TRUE although the operation failed");
    CHECK("GQX-2", GetLastError() == UNTOUCHED_ERROR, "the last error is not set from it: %u",
          (unsigned)GetLastError());
    CHECK("GQX-2", entry.lpOverlapped == &ov && entry.lpCompletionKey == 12, "its entry");
    CHECK("GQX-2", (DWORD)ov.Internal == 0xC0000120, "status in the OVERLAPPED: %08x",
          (unsigned)ov.Internal);
    CHECK("GQX-2", (DWORD)entry.Internal == 0xC0000120, "and in the entry: %08x",
          (unsigned)entry.Internal);
    closesocket(s);
    CloseHandle(port);
}

static void expect_no_packet(const char *rule, HANDLE port, DWORD milliseconds, BOOL alertable,
                             DWORD error, const char *what)
{
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    BOOL ok;
    SetLastError(UNTOUCHED_ERROR);
    ok = GetQueuedCompletionStatusEx(port, &entry, 1, &removed, milliseconds, alertable);
    CHECK(rule, ok == FALSE && GetLastError() == error, "%s: FALSE, error %u, expected %u", what,
          (unsigned)GetLastError(), (unsigned)error);
}

static void failures(void)
{
    HANDLE port = port_make(0), event = event_make(TRUE, FALSE);
    double start = support_now_ms();
    expect_no_packet("GQX-3", port, 100, FALSE, WAIT_TIMEOUT, "timeout 100");
    CHECK("GQCS-4", support_now_ms() - start >= 100 - TICK_MS, "it lasted as long: %.3f ms",
          support_now_ms() - start);
    expect_no_packet("GQX-3", port, 0, FALSE, WAIT_TIMEOUT, "timeout 0");
    expect_no_packet("GQX-3", port, 0, TRUE, WAIT_TIMEOUT, "timeout 0, alertable, no APC");
    expect_no_packet("GQX-3", port, 30, TRUE, WAIT_TIMEOUT, "timeout 30, alertable, no APC");
    expect_no_packet("GQX-3", event, 0, FALSE, ERROR_INVALID_HANDLE, "an event");
    expect_no_packet("GQX-3", NULL, 0, FALSE, ERROR_INVALID_HANDLE, "NULL");
    CloseHandle(event);
    CloseHandle(port);
}

static volatile LONG apc_runs;

static VOID CALLBACK count_apc(ULONG_PTR unused)
{
    (void)unused;
    counter_add(&apc_runs);
}

static void queue_apcs(HANDLE thread, int count)
{
    counter_set(&apc_runs, 0);
    for (int i = 0; i < count; i++)
        REQUIRE(QueueUserAPC(count_apc, thread, 0));
}

static void apc_ends_an_alertable_call(void)
{
    HANDLE port = port_make(0);
    queue_apcs(GetCurrentThread(), 1);
    expect_no_packet("GQX-4", port, INFINITE, TRUE, WAIT_IO_COMPLETION, "APC queued before");
    CHECK("GQX-4", apc_runs == 1, "the APC ran");
    queue_apcs(GetCurrentThread(), 3);
    expect_no_packet("GQX-4", port, 0, TRUE, WAIT_IO_COMPLETION, "also with timeout 0");
    CHECK("GQX-4", apc_runs == 3, "all that were queued: %d", (int)apc_runs);
    expect_no_packet("GQX-4", port, 0, TRUE, WAIT_TIMEOUT, "nothing is left over");
    CloseHandle(port);
}

static void packet_goes_before_apc(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    BOOL ok;
    posted(port, 1);
    queue_apcs(GetCurrentThread(), 1);
    ok = GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 0, TRUE);
    CHECK("GQX-5", ok && removed == 1 && entry.lpCompletionKey == 100, "the packet is returned");
    CHECK("GQX-5", apc_runs == 0, "the APC does not run in this call");
    expect_no_packet("GQX-4", port, INFINITE, TRUE, WAIT_IO_COMPLETION, "but in the next");
    CHECK("GQX-5", apc_runs == 1, "once");
    CloseHandle(port);
}

static void not_alertable(void)
{
    HANDLE port = port_make(0);
    queue_apcs(GetCurrentThread(), 1);
    expect_no_packet("GQX-6", port, 0, FALSE, WAIT_TIMEOUT, "poll with an APC queued");
    expect_no_packet("GQX-6", port, 50, FALSE, WAIT_TIMEOUT, "wait with an APC queued");
    CHECK("GQX-6", apc_runs == 0, "the APC did not run");
    SleepEx(0, TRUE);
    CHECK("GQX-6", apc_runs == 1, "it was kept");
    CloseHandle(port);
}

struct blocked {
    HANDLE port;
    BOOL alertable, ok;
    DWORD error;
    ULONG removed;
    OVERLAPPED_ENTRY entries[4];
    volatile LONG begun, done;
};

static DWORD WINAPI block_in_port(void *argument)
{
    struct blocked *b = argument;
    counter_add(&b->begun);
    b->ok =
        GetQueuedCompletionStatusEx(b->port, b->entries, 4, &b->removed, INFINITE, b->alertable);
    b->error = GetLastError();
    counter_add(&b->done);
    SleepEx(0, TRUE);
    return 0;
}

static HANDLE start_blocked(struct blocked *b)
{
    HANDLE thread = thread_start(block_in_port, b);
    REQUIRE(counter_reaches(&b->begun, 1));
    support_settle();
    return thread;
}

static void apc_wakes_a_blocked_call(void)
{
    struct blocked b = {.port = port_make(0), .alertable = TRUE};
    HANDLE thread = start_blocked(&b);
    queue_apcs(thread, 1);
    thread_join(thread);
    CHECK("GQX-4", !b.ok && b.error == WAIT_IO_COMPLETION, "FALSE, error %u", (unsigned)b.error);
    CHECK("GQX-4", counter_get(&apc_runs) == 1, "the APC ran");
    CHECK("GQX-4", port_is_empty(b.port), "the port is as before");
    CloseHandle(b.port);
}

static void apc_leaves_a_deaf_call(void)
{
    struct blocked b = {.port = port_make(0), .alertable = FALSE};
    HANDLE thread = start_blocked(&b);
    queue_apcs(thread, 1);
    CHECK("GQX-6", counter_stays(&b.done, 0) && counter_get(&apc_runs) == 0, "nothing happens");
    posted(b.port, 1);
    thread_join(thread);
    CHECK("GQX-6", b.ok && b.removed == 1, "the call takes the next packet");
    CloseHandle(b.port);
}

static void woken_with_one_packet(void)
{
    struct blocked b = {.port = port_make(0), .alertable = FALSE};
    HANDLE thread = start_blocked(&b);
    posted(b.port, 1);
    thread_join(thread);
    CHECK("GQX-7", b.ok && b.removed == 1, "one packet is enough: %u", (unsigned)b.removed);
    CHECK("GQX-7", b.entries[0].lpCompletionKey == 100 && b.entries[0].Internal == 0,
          "it is the one inserted");
    CloseHandle(b.port);
}

static void burst_to_two_blocked_calls(void)
{
    struct blocked b[2] = {{.port = port_make(2)}, {.port = NULL}};
    HANDLE threads[2];
    OVERLAPPED_ENTRY left[8];
    ULONG rest = 0;
    b[1].port = b[0].port;
    threads[0] = start_blocked(&b[0]);
    threads[1] = start_blocked(&b[1]);
    posted(b[0].port, 6);
    thread_join(threads[0]);
    thread_join(threads[1]);
    CHECK("GQX-7", b[0].removed >= 1 && b[1].removed >= 1, "each got at least one");
    if (b[0].removed + b[1].removed < 6)
        GetQueuedCompletionStatusEx(b[0].port, left, 8, &rest, 0, FALSE);
    CHECK("GQX-7", b[0].removed + b[1].removed + rest == 6, "together all: %u, %u, left %u",
          (unsigned)b[0].removed, (unsigned)b[1].removed, (unsigned)rest);
    CloseHandle(b[0].port);
}

int main(void)
{
    loopback_begin();
    RUN(layouts);
    RUN(takes_what_fits);
    RUN(one_entry);
    RUN(a_large_array);
    RUN(failed_operations);
    RUN(failures);
    RUN(apc_ends_an_alertable_call);
    RUN(packet_goes_before_apc);
    RUN(not_alertable);
    RUN(apc_wakes_a_blocked_call);
    RUN(apc_leaves_a_deaf_call);
    RUN(woken_with_one_packet);
    RUN(burst_to_two_blocked_calls);
    WSACleanup();
    return check_report();
}
