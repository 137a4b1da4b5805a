/* SPDX-License-Identifier: MIT
 *
 * GetQueuedCompletionStatus: what each outcome returns and writes, timeouts, no alertable wait.
 * Who is woken when is tested in Scheduling.c; closing a port under waiters in ClosePort.c.
 */
#include "loopback.h"

/* Packets with any status; programs find this call by name, as no header declares it. */
typedef LONG(NTAPI *set_io_completion)(HANDLE, ULONG_PTR, ULONG_PTR, LONG, ULONG_PTR);
static set_io_completion nt_set_io_completion;

static void find_nt_call(void)
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    if (ntdll)
        nt_set_io_completion =
            (set_io_completion)(void *)GetProcAddress(ntdll, "NtSetIoCompletion");
    CHECK("NT-2", nt_set_io_completion != NULL, "NtSetIoCompletion is found by name");
}

static void success(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED ov;
    struct packet p;
    port_post(port, 123, 456, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("GQCS-1", p.ok == TRUE, "a successful packet returns TRUE");
    CHECK("GQCS-1", p.bytes == 123 && p.key == 456 && p.overlapped == &ov, "with its values");
    CHECK("GQCS-1", p.error == UNTOUCHED_ERROR, "and the last error as it was: %u",
          (unsigned)p.error);
    CloseHandle(port);
}

static void success_without_pointer(void)
{
    HANDLE port = port_make(0);
    struct packet p;
    port_post(port, 9, 8, NULL);
    p = port_take(port, DEADLINE_MS);
    CHECK("GQCS-2", p.ok && p.overlapped == NULL, "TRUE with a NULL pointer");
    CHECK("GQCS-2", p.bytes == 9 && p.key == 8, "and the posted values");
    CloseHandle(port);
}

static void expect_nothing(const char *rule, struct packet p, DWORD error, const char *what)
{
    CHECK(rule, p.ok == FALSE, "%s: FALSE", what);
    CHECK(rule, p.overlapped == NULL, "%s: the pointer is set to NULL", what);
    CHECK(rule, p.error == error, "%s: error %u, expected %u", what, (unsigned)p.error,
          (unsigned)error);
    CHECK(rule, p.bytes == UNTOUCHED_BYTES && p.key == UNTOUCHED_KEY,
          "%s: bytes and key are not written", what);
}

static void timeouts(void)
{
    HANDLE port = port_make(0);
    expect_nothing("GQCS-1", port_take(port, 0), WAIT_TIMEOUT, "timeout 0");
    expect_nothing("GQCS-1", port_take(port, 30), WAIT_TIMEOUT, "timeout 30");
    CloseHandle(port);
}

static void bad_handle(void)
{
    HANDLE event = event_make(TRUE, FALSE);
    expect_nothing("GQCS-1", port_take(event, 0), ERROR_INVALID_HANDLE, "an event");
    CloseHandle(event);
}

static void expect_status(HANDLE port, LONG status, DWORD error)
{
    struct packet p;
    OVERLAPPED ov;
    REQUIRE(nt_set_io_completion(port, 21, (ULONG_PTR)&ov, status, 22) == 0);
    p = port_take(port, DEADLINE_MS);
    CHECK("GQCS-1", p.ok == FALSE && p.error == error, "status %08x: FALSE, error %u, expected %u",
          (unsigned)status, (unsigned)p.error, (unsigned)error);
    CHECK("GQCS-1", p.overlapped == &ov && p.key == 21 && p.bytes == 22,
          "status %08x: the packet's values all the same", (unsigned)status);
}

static void failed_packets(void)
{
    HANDLE port = port_make(0);
    if (nt_set_io_completion) {
        expect_status(port, (LONG)0xC0000120, ERROR_OPERATION_ABORTED);
        expect_status(port, (LONG)0xC000020D, ERROR_NETNAME_DELETED);
        expect_status(port, (LONG)0xC0000011, ERROR_HANDLE_EOF);
        expect_status(port, (LONG)0xC000014B, ERROR_BROKEN_PIPE);
        expect_status(port, (LONG)0x80000005, ERROR_MORE_DATA);
    }
    CloseHandle(port);
}

static void warning_and_information(void)
{
    HANDLE port = port_make(0);
    struct packet p;
    if (nt_set_io_completion) {
        REQUIRE(nt_set_io_completion(port, 1, 0, (LONG)0x80000005, 40) == 0);
        p = port_take(port, DEADLINE_MS);
        CHECK("GQCS-3", !p.ok && p.error == ERROR_MORE_DATA && p.bytes == 40,
              "a warning fails, its byte count is valid");
        CHECK("NT-6", p.overlapped == NULL && p.key == 1, "NULL value: key stored, error %u",
              (unsigned)p.error);
        REQUIRE(nt_set_io_completion(port, 2, 0, 0x10C, 0) == 0);
        p = port_take(port, DEADLINE_MS);
        CHECK("GQCS-3", p.ok && p.key == 2, "an information status succeeds");
    }
    CloseHandle(port);
}

static void byte_count_is_32_bits(void)
{
    HANDLE port = port_make(0);
    struct packet p;
    if (nt_set_io_completion) {
        REQUIRE(nt_set_io_completion(port, 3, 0, 0, (ULONG_PTR)0x1234567890ABCDEF) == 0);
        p = port_take(port, DEADLINE_MS);
        CHECK("GQCS-5", p.ok && p.bytes == 0x90ABCDEF, "low half of the count: %08x",
              (unsigned)p.bytes);
    }
    CloseHandle(port);
}

static void short_datagram(void)
{
    HANDLE port = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED receive, sending;
    char space[4];
    struct packet p;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 5, 0) == port);
    loopback_receive(s, space, sizeof space, &receive);
    loopback_send(s, 20, &sending);
    p = port_take(port, DEADLINE_MS);
    if (p.overlapped == &sending)
        p = port_take(port, DEADLINE_MS);
    CHECK("GQCS-3", !p.ok && p.overlapped == &receive && p.error == ERROR_MORE_DATA,
          "a datagram too long: error %u", (unsigned)p.error);
    CHECK("GQCS-3", p.bytes == 4 && p.key == 5, "bytes are what fitted: %u", (unsigned)p.bytes);
    closesocket(s);
    CloseHandle(port);
}

static void cancelled_receive(void)
{
    HANDLE port = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    char space[4];
    struct packet p;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 12, 0) == port);
    loopback_receive(s, space, sizeof space, &ov);
    REQUIRE(CancelIoEx((HANDLE)s, &ov));
    p = port_take(port, DEADLINE_MS);
    CHECK("GQCS-1", !p.ok && p.overlapped == &ov && p.key == 12 && p.bytes == 0,
          "a cancelled operation has its packet");
    CHECK("GQCS-1", p.error == ERROR_OPERATION_ABORTED, "error %u", (unsigned)p.error);
    CHECK("GQCS-1", port_is_empty(port), "and only one");
    closesocket(s);
    CloseHandle(port);
}

static DWORD WINAPI post_later(void *port)
{
    Sleep(QUIET_MS);
    port_post(port, 0, 1, NULL);
    return 0;
}

static void how_long(void)
{
    static const DWORD waits[] = {1, 20, 100, 250};
    HANDLE port = port_make(0), poster;
    double start;
    struct packet p;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        double spent;
        start = support_now_ms();
        p = port_take(port, waits[i]);
        spent = support_now_ms() - start;
        CHECK("GQCS-4", !p.ok && spent >= (double)waits[i] - TICK_MS && spent < DEADLINE_MS,
              "%u ms lasted %.3f ms", (unsigned)waits[i], spent);
    }
    start = support_now_ms();
    port_take(port, 0);
    CHECK("GQCS-4", support_now_ms() - start < DEADLINE_MS, "0 returns at once");
    poster = thread_start(post_later, port);
    p = port_take(port, INFINITE);
    CHECK("GQCS-4", p.ok && p.key == 1, "INFINITE waits for the packet");
    thread_join(poster);
    poster = thread_start(post_later, port);
    p = port_take(port, INFINITE - 1);
    CHECK("GQCS-4", p.ok && p.key == 1, "49 days are not over at once");
    thread_join(poster);
    CloseHandle(port);
}

static volatile LONG apc_runs;

static VOID CALLBACK count_apc(ULONG_PTR unused)
{
    (void)unused;
    counter_add(&apc_runs);
}

static void apc_queued_before(void)
{
    HANDLE port = port_make(0);
    struct packet p;
    counter_set(&apc_runs, 0);
    REQUIRE(QueueUserAPC(count_apc, GetCurrentThread(), 0));
    p = port_take(port, 0);
    CHECK("GQCS-6", !p.ok && p.error == WAIT_TIMEOUT && apc_runs == 0, "poll: no APC runs");
    p = port_take(port, 50);
    CHECK("GQCS-6", !p.ok && p.error == WAIT_TIMEOUT && apc_runs == 0, "wait: no APC runs");
    SleepEx(0, TRUE);
    CHECK("GQCS-6", apc_runs == 1, "an alertable wait then runs it");
    CloseHandle(port);
}

struct blocked {
    HANDLE port;
    volatile LONG begun, done;
    struct packet packet;
};

static DWORD WINAPI block_in_port(void *argument)
{
    struct blocked *b = argument;
    counter_add(&b->begun);
    b->packet = port_take(b->port, INFINITE);
    counter_add(&b->done);
    SleepEx(0, TRUE);
    return 0;
}

static void apc_queued_during(void)
{
    struct blocked b = {.port = port_make(0)};
    HANDLE thread = thread_start(block_in_port, &b);
    counter_set(&apc_runs, 0);
    counter_reaches(&b.begun, 1);
    support_settle();
    REQUIRE(QueueUserAPC(count_apc, thread, 0));
    CHECK("GQCS-6", counter_stays(&b.done, 0), "an APC does not end the call");
    CHECK("GQCS-6", counter_get(&apc_runs) == 0, "nor does it run");
    port_post(b.port, 0, 5, NULL);
    thread_join(thread);
    CHECK("GQCS-6", b.packet.ok && b.packet.key == 5, "the call goes on to the next packet");
    CHECK("GQCS-6", counter_get(&apc_runs) == 1, "the APC runs in the next alertable wait");
    CloseHandle(b.port);
}

static void result_after_the_packet(void)
{
    HANDLE port = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    DWORD bytes = 0;
    struct packet p;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 5, 0) == port);
    loopback_send(s, 7, &ov);
    p = port_take(port, DEADLINE_MS);
    REQUIRE(p.ok && p.overlapped == &ov);
    CHECK("GQCS-7", GetOverlappedResult((HANDLE)s, &ov, &bytes, FALSE) && bytes == p.bytes,
          "GetOverlappedResult agrees: %u bytes", (unsigned)bytes);
    CHECK("GQCS-7", ov.Internal == 0 && ov.InternalHigh == 7, "so do the fields");
    closesocket(s);
    CloseHandle(port);
}

int main(void)
{
    loopback_begin();
    RUN(find_nt_call);
    RUN(success);
    RUN(success_without_pointer);
    RUN(timeouts);
    RUN(bad_handle);
    RUN(failed_packets);
    RUN(warning_and_information);
    RUN(byte_count_is_32_bits);
    RUN(short_datagram);
    RUN(cancelled_receive);
    RUN(how_long);
    RUN(apc_queued_before);
    RUN(apc_queued_during);
    RUN(result_after_the_packet);
    WSACleanup();
    return check_report();
}
