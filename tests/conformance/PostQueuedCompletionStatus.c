/* SPDX-License-Identifier: MIT
 *
 * PostQueuedCompletionStatus: what is posted comes out as it went in. Running out of memory
 * (POST-6, POST-7) cannot be brought about from outside and is tested where faults can be made.
 */
#include "loopback.h"

static void values_are_not_examined(void)
{
    static const struct {
        DWORD bytes;
        ULONG_PTR key, pointer;
    } posts[] = {
        {0, 0, 0},
        {1, 0, 0},
        {0xFFFFFFFF, (ULONG_PTR)-1, (ULONG_PTR)-1},
        {0x80000000, 1, 1},
        {7, (ULONG_PTR)1 << 63, 3},
        {42, 0xDEADBEEF, 0x10},
    };
    HANDLE port = port_make(0);
    for (size_t i = 0; i < sizeof posts / sizeof *posts; i++) {
        struct packet p;
        BOOL ok = PostQueuedCompletionStatus(port, posts[i].bytes, posts[i].key,
                                             (LPOVERLAPPED)posts[i].pointer);
        CHECK("POST-1", ok == TRUE, "post %u returns TRUE", (unsigned)i);
        p = port_take(port, DEADLINE_MS);
        CHECK("POST-1",
              p.ok && p.bytes == posts[i].bytes && p.key == posts[i].key &&
                  p.overlapped == (LPOVERLAPPED)posts[i].pointer,
              "post %u comes out bit for bit", (unsigned)i);
    }
    CloseHandle(port);
}

static void overlapped_is_not_touched(void)
{
    HANDLE port = port_make(0);
    HANDLE event = event_make(TRUE, FALSE);
    OVERLAPPED ov, before;
    struct packet p;
    memset(&ov, 0x3C, sizeof ov);
    ov.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    before = ov;
    port_post(port, 5, 6, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("POST-2", p.ok && p.overlapped == &ov, "a low bit in hEvent suppresses nothing");
    CHECK("POST-2", memcmp(&ov, &before, sizeof ov) == 0, "the OVERLAPPED keeps its bytes");
    CHECK("POST-2", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "the event is not set");
    ov.hEvent = event;
    port_post(port, 5, 6, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("POST-2", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "nor without the low bit");
    CloseHandle(event);
    CloseHandle(port);
}

static void call_order(void)
{
    HANDLE port = port_make(0);
    int in_order = 1;
    for (ULONG_PTR i = 0; i < 2000; i++)
        port_post(port, 0, i, NULL);
    for (ULONG_PTR i = 0; i < 2000; i++)
        in_order &= port_take(port, DEADLINE_MS).key == i;
    CHECK("POST-3", in_order, "2000 posts come out in call order");
    CHECK("POST-3", port_is_empty(port), "and no more");
    CloseHandle(port);
}

static void one_queue_with_completions(void)
{
    HANDLE port = port_make(0);
    SOCKET s = loopback_socket();
    OVERLAPPED ov;
    REQUIRE(CreateIoCompletionPort((HANDLE)s, port, 2, 0) == port);
    port_post(port, 0, 1, NULL);
    loopback_send(s, 1, &ov);
    /* The completion is in the queue once the fields say so; then post behind it. */
    for (int i = 0; i < DEADLINE_MS && !HasOverlappedIoCompleted(&ov); i++)
        Sleep(1);
    support_settle();
    port_post(port, 0, 3, NULL);
    for (ULONG_PTR i = 1; i <= 3; i++) {
        struct packet p = port_take(port, DEADLINE_MS);
        CHECK("POST-3", p.ok && p.key == i, "packet %u has key %u", (unsigned)i, (unsigned)p.key);
    }
    closesocket(s);
    CloseHandle(port);
}

enum { POSTERS = 4, POSTS = 500 };

struct poster {
    HANDLE port;
    ULONG_PTR number;
};

static DWORD WINAPI post_many(void *argument)
{
    struct poster *poster = argument;
    DWORD posted = 0;
    for (DWORD i = 0; i < POSTS; i++)
        posted += (DWORD)(PostQueuedCompletionStatus(poster->port, i, poster->number, NULL) != 0);
    return posted;
}

static void order_of_each_thread(void)
{
    HANDLE port = port_make(0), threads[POSTERS];
    struct poster posters[POSTERS];
    DWORD next[POSTERS] = {0};
    int in_order = 1;
    for (int i = 0; i < POSTERS; i++) {
        posters[i].port = port;
        posters[i].number = (ULONG_PTR)i;
        threads[i] = thread_start(post_many, &posters[i]);
    }
    for (int i = 0; i < POSTERS * POSTS; i++) {
        struct packet p = port_take(port, DEADLINE_MS);
        REQUIRE(p.ok && p.key < POSTERS);
        in_order &= p.bytes == next[p.key]++;
    }
    CHECK("POST-3", in_order, "each thread's posts keep their order");
    CHECK("POST-3", port_is_empty(port), "none is there twice");
    for (int i = 0; i < POSTERS; i++)
        CHECK("POST-1", thread_join(threads[i]) == POSTS, "all posts of thread %d succeeded", i);
    CloseHandle(port);
}

static void same_pointer_many_times(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED ov;
    for (DWORD i = 0; i < 3; i++)
        port_post(port, i, 0, &ov);
    for (DWORD i = 0; i < 3; i++) {
        struct packet p = port_take(port, DEADLINE_MS);
        CHECK("POST-4", p.ok && p.overlapped == &ov && p.bytes == i, "packet %u", (unsigned)i);
    }
    CHECK("POST-4", port_is_empty(port), "three posts, three packets");
    CloseHandle(port);
}

static void bad_handles(void)
{
    HANDLE event = event_make(TRUE, FALSE), closed = port_make(0);
    const struct {
        HANDLE handle;
        const char *name;
    } bad[] = {{NULL, "NULL"}, {event, "an event"}, {closed, "a closed port"}};
    CloseHandle(closed);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        BOOL ok;
        SetLastError(0);
        ok = PostQueuedCompletionStatus(bad[i].handle, 0, 0, NULL);
        CHECK("POST-5", ok == FALSE && GetLastError() == ERROR_INVALID_HANDLE, "%s: error %u",
              bad[i].name, (unsigned)GetLastError());
    }
    CloseHandle(event);
}

static HANDLE apc_port;

static VOID CALLBACK post_from_apc(ULONG_PTR key)
{
    port_post(apc_port, 0, key, NULL);
}

static void from_an_apc(void)
{
    HANDLE port = port_make(1);
    struct packet p;
    apc_port = port;
    REQUIRE(QueueUserAPC(post_from_apc, GetCurrentThread(), 71));
    CHECK("POST-8", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION, "the APC ran");
    p = port_take(port, DEADLINE_MS);
    CHECK("POST-8", p.ok && p.key == 71, "an APC may post");
    CloseHandle(port);
}

static DWORD WINAPI post_to_own_port(void *port)
{
    struct packet p = port_take(port, DEADLINE_MS);
    if (!p.ok)
        return 1;
    for (ULONG_PTR key = 1; key <= 10; key++) {
        if (!PostQueuedCompletionStatus(port, 0, key, NULL))
            return 2;
    }
    for (ULONG_PTR key = 1; key <= 10; key++) {
        p = port_take(port, DEADLINE_MS);
        if (!p.ok || p.key != key)
            return 3;
    }
    return 0;
}

static void from_a_bound_worker(void)
{
    HANDLE port = port_make(1), thread = thread_start(post_to_own_port, port);
    DWORD code;
    port_post(port, 0, 0, NULL);
    code = thread_join(thread);
    CHECK("POST-8", code == 0, "a worker posts to its own port and takes it back: %u",
          (unsigned)code);
    CloseHandle(port);
}

static void without_a_reader(void)
{
    HANDLE port = port_make(1);
    int posted = 0, taken = 0;
    for (int i = 0; i < 20000; i++)
        posted += PostQueuedCompletionStatus(port, 0, 1, NULL) != 0;
    CHECK("POST-8", posted == 20000, "a queue nobody reads blocks nobody");
    while (port_take(port, 0).ok)
        taken++;
    CHECK("POST-1", taken == 20000, "all are there: %d", taken);
    CloseHandle(port);
}

int main(void)
{
    loopback_begin();
    RUN(values_are_not_examined);
    RUN(overlapped_is_not_touched);
    RUN(call_order);
    RUN(one_queue_with_completions);
    RUN(order_of_each_thread);
    RUN(same_pointer_many_times);
    RUN(bad_handles);
    RUN(from_an_apc);
    RUN(from_a_bound_worker);
    RUN(without_a_reader);
    WSACleanup();
    return check_report();
}
