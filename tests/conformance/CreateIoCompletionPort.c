/* SPDX-License-Identifier: MIT
 *
 * CreateIoCompletionPort: making ports, associating handles, refusing what cannot be associated.
 * The effect of the concurrency value is tested in Scheduling.c, closing in ClosePort.c.
 */
#include "loopback.h"

static void new_ports(void)
{
    HANDLE first, second;
    struct packet p;
    first = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0x1234, 0);
    second = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    CHECK("PORT-1", first != NULL && second != NULL, "ports are made");
    CHECK("PORT-1", first != second, "each call makes a port of its own");
    CHECK("PORT-1", port_is_empty(first), "a new port holds no packet");
    port_post(first, 1, 77, NULL);
    CHECK("PORT-1", port_is_empty(second), "a packet goes to its own port only");
    p = port_take(first, DEADLINE_MS);
    CHECK("PORT-1", p.ok && p.key == 77, "the key given at creation is ignored");
    CloseHandle(first);
    CloseHandle(second);
}

static void any_concurrency(void)
{
    static const DWORD values[] = {0, 1, 2, 64, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, values[i]);
        CHECK("PORT-5", port != NULL, "concurrency %u is taken", (unsigned)values[i]);
        port_post(port, 0, i, NULL);
        CHECK("PORT-5", port_take(port, DEADLINE_MS).key == i, "and the port works");
        CloseHandle(port);
    }
}

static void no_file_but_a_port(void)
{
    HANDLE port = port_make(0), made;
    SetLastError(0);
    made = CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 0, 0);
    CHECK("PORT-2", made == NULL, "no port without a file on an existing port");
    CHECK("PORT-2", GetLastError() == ERROR_INVALID_PARAMETER, "error %u",
          (unsigned)GetLastError());
    CloseHandle(port);
}

static void port_and_association_at_once(void)
{
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    struct packet p;
    HANDLE event = event_make(TRUE, FALSE), port, none;
    port = CreateIoCompletionPort((HANDLE)s, NULL, 31, 2);
    CHECK("PORT-3", port != NULL && port != (HANDLE)s, "a new port comes back");
    loopback_send(s, 5, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("PORT-3", p.ok && p.key == 31 && p.bytes == 5 && p.overlapped == &ov,
          "and the socket belongs to it, key %u", (unsigned)p.key);
    SetLastError(0);
    none = CreateIoCompletionPort(event, NULL, 1, 0);
    CHECK("PORT-3", none == NULL && GetLastError() == ERROR_INVALID_HANDLE,
          "no port if the association fails, error %u", (unsigned)GetLastError());
    closesocket(s);
    CloseHandle(port);
    CloseHandle(event);
}

static void association_returns_the_port(void)
{
    HANDLE port = port_make(1);
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    struct packet p;
    CHECK("PORT-4", CreateIoCompletionPort((HANDLE)s, port, 9, 17) == port, "the same handle");
    loopback_send(s, 3, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("PORT-4", p.ok && p.key == 9 && p.bytes == 3, "completions arrive with the key");
    closesocket(s);
    CloseHandle(port);
}

static void expect_refused(const char *rule, HANDLE file, HANDLE port, ULONG_PTR key, DWORD error,
                           const char *what)
{
    HANDLE made;
    SetLastError(0);
    made = CreateIoCompletionPort(file, port, key, 0);
    CHECK(rule, made == NULL, "%s: no handle", what);
    CHECK(rule, GetLastError() == error, "%s: error %u, expected %u", what,
          (unsigned)GetLastError(), (unsigned)error);
}

static void one_port_for_life(void)
{
    HANDLE port = port_make(0), other = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    struct packet p;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 1, 0) == port);
    expect_refused("PORT-6", (HANDLE)s, port, 1, ERROR_INVALID_PARAMETER, "same port, same key");
    expect_refused("PORT-6", (HANDLE)s, port, 2, ERROR_INVALID_PARAMETER, "same port, other key");
    expect_refused("PORT-6", (HANDLE)s, other, 1, ERROR_INVALID_PARAMETER, "other port");
    expect_refused("PORT-16", (HANDLE)s, NULL, 1, ERROR_INVALID_PARAMETER, "a port of its own");
    loopback_send(s, 4, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("PORT-6", p.ok && p.key == 1, "the first association stays");
    CHECK("PORT-6", port_is_empty(port) && port_is_empty(other), "and is the only one");
    CloseHandle(port);
    expect_refused("PORT-6", (HANDLE)s, other, 1, ERROR_INVALID_PARAMETER, "after its port closed");
    closesocket(s);
    CloseHandle(other);
}

static DWORD WINAPI wait_for_event(void *event)
{
    return WaitForSingleObject(event, DEADLINE_MS);
}

static void kinds_that_have_no_io(void)
{
    HANDLE port = port_make(0), other = port_make(0);
    HANDLE event = event_make(TRUE, FALSE);
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    HANDLE semaphore = CreateSemaphoreA(NULL, 0, 1, NULL);
    HANDLE thread = thread_start(wait_for_event, event);
    SOCKET closed = loopback_socket();
    closesocket(closed);
    REQUIRE(mutex && semaphore);
    expect_refused("PORT-9", event, port, 0, ERROR_INVALID_HANDLE, "event");
    expect_refused("PORT-9", mutex, port, 0, ERROR_INVALID_HANDLE, "mutex");
    expect_refused("PORT-9", semaphore, port, 0, ERROR_INVALID_HANDLE, "semaphore");
    expect_refused("PORT-9", thread, port, 0, ERROR_INVALID_HANDLE, "thread");
    expect_refused("PORT-9", port, port, 0, ERROR_INVALID_HANDLE, "the port itself");
    expect_refused("PORT-9", other, port, 0, ERROR_INVALID_HANDLE, "another port");
    expect_refused("PORT-9", NULL, port, 0, ERROR_INVALID_HANDLE, "NULL");
    expect_refused("PORT-9", NULL, NULL, 0, ERROR_INVALID_HANDLE, "NULL without a port");
    expect_refused("PORT-9", (HANDLE)closed, port, 0, ERROR_INVALID_HANDLE, "closed socket");
    CHECK("PORT-9", port_is_empty(port), "none of them queued anything");
    SetEvent(event);
    thread_join(thread);
    CloseHandle(semaphore);
    CloseHandle(mutex);
    CloseHandle(event);
    CloseHandle(other);
    CloseHandle(port);
}

static void existing_port_is_no_port(void)
{
    HANDLE port = port_make(0), closed = port_make(0), event = event_make(TRUE, FALSE);
    SOCKET s = loopback_socket(), peer = loopback_socket();
    CloseHandle(closed);
    expect_refused("PORT-10", (HANDLE)s, event, 0, ERROR_INVALID_HANDLE, "event as the port");
    expect_refused("PORT-10", (HANDLE)s, (HANDLE)peer, 0, ERROR_INVALID_HANDLE, "socket as port");
    expect_refused("PORT-10", (HANDLE)s, closed, 0, ERROR_INVALID_HANDLE, "closed port");
    CHECK("PORT-10", CreateIoCompletionPort((HANDLE)s, port, 0, 0) == port,
          "a refused socket can still be associated");
    closesocket(peer);
    closesocket(s);
    CloseHandle(event);
    CloseHandle(port);
}

static void only_overlapped_sockets(void)
{
    HANDLE port = port_make(0);
    SOCKET plain = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, 0);
    SOCKET overlapped = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKET usual = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    REQUIRE(plain != INVALID_SOCKET && overlapped != INVALID_SOCKET && usual != INVALID_SOCKET);
    expect_refused("PORT-7", (HANDLE)plain, port, 0, ERROR_INVALID_PARAMETER, "not overlapped");
    CHECK("PORT-7", CreateIoCompletionPort((HANDLE)overlapped, port, 0, 0) == port,
          "WSA_FLAG_OVERLAPPED");
    CHECK("PORT-8", CreateIoCompletionPort((HANDLE)usual, port, 0, 0) == port,
          "socket() makes overlapped sockets");
    closesocket(usual);
    closesocket(overlapped);
    closesocket(plain);
    CloseHandle(port);
}

static void in_every_state(void)
{
    HANDLE port = port_make(0);
    SOCKET fresh = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    SOCKET listening = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), connected = loopback_socket();
    struct sockaddr_in any;
    memset(&any, 0, sizeof any);
    any.sin_family = AF_INET;
    REQUIRE(fresh != INVALID_SOCKET && listening != INVALID_SOCKET);
    REQUIRE(bind(listening, (struct sockaddr *)&any, sizeof any) == 0 && listen(listening, 1) == 0);
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)fresh, port, 0, 0) == port, "unbound");
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)listening, port, 0, 0) == port, "listening");
    CHECK("PORT-15", CreateIoCompletionPort((HANDLE)connected, port, 0, 0) == port, "connected");
    CHECK("PORT-15", port_is_empty(port), "associating queues nothing");
    closesocket(connected);
    closesocket(listening);
    closesocket(fresh);
    CloseHandle(port);
}

static void pending_at_the_association(void)
{
    HANDLE port = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED before, receive;
    char space[8];
    struct packet p;
    loopback_send(s, 1, &before);
    for (int i = 0; i < DEADLINE_MS && !HasOverlappedIoCompleted(&before); i++)
        Sleep(1);
    REQUIRE(HasOverlappedIoCompleted(&before) && recv(s, space, sizeof space, 0) == 1);
    loopback_receive(s, space, sizeof space, &receive);
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 15, 0) == port);
    CHECK("PORT-12", port_is_empty(port), "what had completed is not told again");
    REQUIRE(send(s, "abc", 3, 0) == 3);
    p = port_take(port, DEADLINE_MS);
    CHECK("PORT-12", p.ok && p.overlapped == &receive && p.key == 15 && p.bytes == 3,
          "what was pending is");
    CHECK("PORT-12", port_is_empty(port), "once");
    closesocket(s);
    CloseHandle(port);
}

static void duplicates_share_the_association(void)
{
    HANDLE port = port_make(0), other = port_make(0), twin = NULL, self = GetCurrentProcess();
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    struct packet p;
    REQUIRE(DuplicateHandle(self, (HANDLE)s, self, &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 40, 0) == port);
    expect_refused("PORT-11", twin, other, 41, ERROR_INVALID_PARAMETER, "the duplicate");
    memset(&ov, 0, sizeof ov);
    /* Winsock calls need not know a handle made by DuplicateHandle; WriteFile does. */
    REQUIRE(WriteFile(twin, "hi", 2, NULL, &ov) || GetLastError() == ERROR_IO_PENDING);
    p = port_take(port, DEADLINE_MS);
    CHECK("PORT-11", p.ok && p.key == 40 && p.bytes == 2, "a write through it: key %u",
          (unsigned)p.key);
    closesocket(s);
    CloseHandle(twin);
    CloseHandle(other);
    CloseHandle(port);
}

static void keys_are_opaque(void)
{
    static const ULONG_PTR keys[] = {
        0, 1, (ULONG_PTR)-1, (ULONG_PTR)1 << 63, (ULONG_PTR)0x123456789ABCDEF0, 1,
    };
    HANDLE port = port_make(0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        SOCKET s = loopback_socket();
        OVERLAPPED ov;
        struct packet p;
        REQUIRE(CreateIoCompletionPort((HANDLE)s, port, keys[i], 0) == port);
        loopback_send(s, 1, &ov);
        p = port_take(port, DEADLINE_MS);
        CHECK("PORT-17", p.ok && p.key == keys[i], "key %u comes back bit for bit", (unsigned)i);
        closesocket(s);
    }
    CloseHandle(port);
}

static void two_sockets_one_key(void)
{
    HANDLE port = port_make(0);
    SOCKET a = loopback_socket(), b = loopback_socket();
    OVERLAPPED ov_a, ov_b;
    struct packet first, second;
    REQUIRE(CreateIoCompletionPort((HANDLE)a, port, 6, 0) == port);
    CHECK("PORT-17", CreateIoCompletionPort((HANDLE)b, port, 6, 0) == port, "the key again");
    loopback_send(a, 1, &ov_a);
    first = port_take(port, DEADLINE_MS);
    loopback_send(b, 1, &ov_b);
    second = port_take(port, DEADLINE_MS);
    CHECK("PORT-17", first.key == 6 && first.overlapped == &ov_a, "first socket");
    CHECK("PORT-17", second.key == 6 && second.overlapped == &ov_b, "second socket");
    closesocket(a);
    closesocket(b);
    CloseHandle(port);
}

enum { STORM_THREADS = 3, STORM_ROUNDS = 300 };

struct storm {
    HANDLE port;
    volatile LONG taken, keys, failures;
};

static DWORD WINAPI storm_post(void *argument)
{
    struct storm *storm = argument;
    for (int i = 1; i <= STORM_ROUNDS; i++) {
        if (!PostQueuedCompletionStatus(storm->port, 0, 1, NULL))
            counter_add(&storm->failures);
    }
    return 0;
}

static DWORD WINAPI storm_associate(void *argument)
{
    struct storm *storm = argument;
    for (int i = 0; i < STORM_ROUNDS / 10; i++) {
        SOCKET s = loopback_socket();
        if (CreateIoCompletionPort((HANDLE)s, storm->port, 1, 0) != storm->port)
            counter_add(&storm->failures);
        closesocket(s);
    }
    return 0;
}

static DWORD WINAPI storm_take(void *argument)
{
    struct storm *storm = argument;
    for (;;) {
        struct packet p = port_take(storm->port, DEADLINE_MS);
        if (!p.ok)
            counter_add(&storm->failures);
        if (!p.ok || p.key == 0)
            return 0;
        counter_add(&storm->taken);
    }
}

static void calls_from_many_threads(void)
{
    struct storm storm = {port_make(0), 0, 0, 0};
    HANDLE takers[STORM_THREADS], posters[STORM_THREADS], associator;
    for (int i = 0; i < STORM_THREADS; i++) {
        takers[i] = thread_start(storm_take, &storm);
        posters[i] = thread_start(storm_post, &storm);
    }
    associator = thread_start(storm_associate, &storm);
    for (int i = 0; i < STORM_THREADS; i++)
        thread_join(posters[i]);
    thread_join(associator);
    for (int i = 0; i < STORM_THREADS; i++)
        port_post(storm.port, 0, 0, NULL);
    for (int i = 0; i < STORM_THREADS; i++)
        thread_join(takers[i]);
    CHECK("PORT-25", counter_get(&storm.failures) == 0, "no call failed");
    CHECK("PORT-25", counter_get(&storm.taken) == STORM_THREADS * STORM_ROUNDS,
          "every packet was taken once, %d", (int)counter_get(&storm.taken));
    CHECK("PORT-25", port_is_empty(storm.port), "and none is left");
    CloseHandle(storm.port);
}

int main(void)
{
    loopback_begin();
    RUN(new_ports);
    RUN(any_concurrency);
    RUN(no_file_but_a_port);
    RUN(port_and_association_at_once);
    RUN(association_returns_the_port);
    RUN(one_port_for_life);
    RUN(kinds_that_have_no_io);
    RUN(existing_port_is_no_port);
    RUN(only_overlapped_sockets);
    RUN(in_every_state);
    RUN(pending_at_the_association);
    RUN(duplicates_share_the_association);
    RUN(keys_are_opaque);
    RUN(two_sockets_one_key);
    RUN(calls_from_many_threads);
    WSACleanup();
    return check_report();
}
