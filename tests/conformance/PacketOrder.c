/* SPDX-License-Identifier: MIT
 *
 * In which order the traces of a completion appear, that none is left afterwards, an OVERLAPPED
 * used twice at once, the three classes of status, and a wait that another one has robbed.
 */
#include "sockets.h"
#include <winternl.h>

/* ---- PKT-10: bytes and data before the status, all of it before event and packet ---- */

struct watch {
    OVERLAPPED ov;
    char data[64];
    DWORD bytes_seen;
    int data_right;
};

static DWORD WINAPI watch_internal(void *argument)
{
    struct watch *w = argument;
    while (__atomic_load_n(&w->ov.Internal, __ATOMIC_ACQUIRE) == NT_PENDING)
        YieldProcessor();
    w->bytes_seen = (DWORD)w->ov.InternalHigh;
    w->data_right = memcmp(w->data, "sixteen letters.", 16) == 0;
    return 0;
}

static void status_comes_last(void)
{
    struct pair p;
    struct watch w;
    int wrong = 0;

    pair_open(&p);
    for (int round = 0; round < 50; round++) {
        memset(w.data, 0, sizeof w.data);
        overlapped_clear(&w.ov);
        REQUIRE(recv_start(p.ours, w.data, sizeof w.data, 0, &w.ov) == WSA_IO_PENDING);
        HANDLE thread = CreateThread(NULL, 0, watch_internal, &w, 0, NULL);
        REQUIRE(thread != NULL);
        send_all(p.peer, "sixteen letters.", 16);
        struct packet k = packet_take(p.port, DEADLINE);
        REQUIRE(k.ov == &w.ov);
        wrong += (DWORD)w.ov.Internal != 0 || w.ov.InternalHigh != 16;
        REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
        wrong += w.bytes_seen != 16 || !w.data_right;
        CloseHandle(thread);
    }
    CHECK("PKT-10", wrong == 0, "who sees the status sees bytes and data (%d times not)", wrong);
    pair_close(&p);
}

static void event_finds_all_written(void)
{
    struct pair p;
    char data[16];
    OVERLAPPED ov;
    int wrong = 0;

    pair_open(&p);
    HANDLE event = event_new(FALSE, FALSE);
    for (int round = 0; round < 50; round++) {
        overlapped_clear(&ov);
        ov.hEvent = event;
        REQUIRE(recv_start(p.ours, data, sizeof data, 0, &ov) == WSA_IO_PENDING);
        send_all(p.peer, "abc", 3);
        REQUIRE(WaitForSingleObject(event, DEADLINE) == WAIT_OBJECT_0);
        wrong += (DWORD)ov.Internal != 0 || ov.InternalHigh != 3 || memcmp(data, "abc", 3) != 0;
        REQUIRE(packet_take(p.port, DEADLINE).ov == &ov);
    }
    CHECK("PKT-10", wrong == 0, "who sees the event sees the result (%d times not)", wrong);
    CloseHandle(event);
    pair_close(&p);
}

/* The memory is given back as soon as the packet is there; nothing is written to it any more. */
static void nothing_is_written_afterwards(void)
{
    enum { ROUNDS = 200 };
    struct pair p;
    struct block {
        OVERLAPPED ov;
        char data[32];
    } *blocks = calloc(ROUNDS, sizeof *blocks);
    int wrong = 0;

    REQUIRE(blocks != NULL);
    pair_open(&p);
    for (int round = 0; round < ROUNDS; round++) {
        struct block *b = &blocks[round];
        overlapped_clear(&b->ov);
        if (round == ROUNDS - 1) {
            REQUIRE(recv_start(p.ours, b->data, 32, 0, &b->ov) == WSA_IO_PENDING);
            close_if_open(&p.ours);
        } else {
            if (round % 2)
                send_all(p.peer, "x", 1);
            REQUIRE(started(recv_start(p.ours, b->data, 32, 0, &b->ov)));
            if (round % 4 == 0)
                CancelIoEx((HANDLE)p.ours, &b->ov);
            else if (round % 4 == 2)
                send_all(p.peer, "x", 1);
        }
        REQUIRE(packet_take(p.port, DEADLINE).ov == &b->ov);
        memset(b, 0xEE, sizeof *b);
    }
    Sleep(50);
    for (size_t i = 0; i < ROUNDS * sizeof *blocks; i++)
        wrong += ((unsigned char *)blocks)[i] != 0xEE;
    CHECK("DOWN-2", wrong == 0, "%d bytes changed after the packet", wrong);
    free(blocks);
    pair_close(&p);
}

/* ---- PKT-14 ---- */

static void one_overlapped_twice(void)
{
    struct pair p;
    char data[2][4];
    OVERLAPPED ov;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("PKT-14", recv_start(p.ours, data[0], 4, 0, &ov) == WSA_IO_PENDING, "the first");
    CHECK("PKT-14", recv_start(p.ours, data[1], 4, 0, &ov) == WSA_IO_PENDING, "is not refused");
    send_all(p.peer, "abcd", 4);
    struct packet k = packet_take(p.port, DEADLINE);
    CHECK("PKT-14", k.ov == &ov && k.bytes == 4 && k.error == 0, "a packet each");
    send_all(p.peer, "xy", 2);
    k = packet_take(p.port, DEADLINE);
    CHECK("PKT-14", k.ov == &ov && k.bytes == 2 && k.error == 0, "with bytes of its own (%u)",
          (unsigned)k.bytes);
    CHECK("PKT-14", ov.InternalHigh == 2, "the fields show the later one");
    CHECK("PKT-14", !memcmp(data[0], "abcd", 4) && !memcmp(data[1], "xy", 2), "and its own data");
    EXPECT_NO_PACKET("PKT-6", p.port);

    /* Cancelled through the pointer they share: both end, each once. */
    CHECK("PKT-14", recv_start(p.ours, data[0], 4, 0, &ov) == WSA_IO_PENDING, "again");
    CHECK("PKT-14", recv_start(p.ours, data[1], 4, 0, &ov) == WSA_IO_PENDING, "and twice");
    CHECK("CANC-2", CancelIoEx((HANDLE)p.ours, &ov), "cancelled by it");
    for (int i = 0; i < 2; i++) {
        k = packet_take(p.port, DEADLINE);
        CHECK("CANC-4", k.ov == &ov && k.error == ERROR_OPERATION_ABORTED && k.bytes == 0,
              "packet %d, error %u", i, (unsigned)k.error);
    }
    pair_close(&p);
}

/* ---- G-3 ---- */

typedef LONG(NTAPI *set_completion)(HANDLE, ULONG_PTR, ULONG_PTR, LONG, ULONG_PTR);

static void classes_of_status(void)
{
    static const struct {
        DWORD status;
        int ok;
        DWORD error;
    } rows[] = {{0x00000000, 1, 0},
                {0x0000010C, 1, 0},
                {0x40000000, 1, 0},
                {0x80000005, 0, 234},
                {0xC0000120, 0, 995}};
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FARPROC found = ntdll ? GetProcAddress(ntdll, "NtSetIoCompletion") : NULL;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    set_completion post = NULL;
    OVERLAPPED ov;

    REQUIRE(port != NULL);
    if (!CHECK("NT-2", found != NULL, "NtSetIoCompletion is found by name"))
        return;
    memcpy(&post, &found, sizeof post);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        REQUIRE(post(port, KEY, (ULONG_PTR)&ov, (LONG)rows[i].status, 7) == 0);
        struct packet k = packet_take(port, DEADLINE);
        CHECK("G-3", k.ov == &ov && k.bytes == 7 && k.error == (rows[i].ok ? 0 : rows[i].error),
              "%08x: error %u", (unsigned)rows[i].status, (unsigned)k.error);
    }
    CloseHandle(port);
}

/* ---- OVL-10 ---- */

struct result_waiter {
    SOCKET s;
    OVERLAPPED ov;
    volatile LONG done;
    BOOL ok;
};

static DWORD WINAPI wait_result(void *argument)
{
    struct result_waiter *w = argument;
    DWORD bytes;
    w->ok = GetOverlappedResult((HANDLE)w->s, &w->ov, &bytes, TRUE);
    InterlockedExchange(&w->done, 1);
    return 0;
}

static void an_event_that_another_wait_took(void)
{
    struct pair p;
    struct result_waiter w;
    char data[4];

    pair_open(&p);
    overlapped_clear(&w.ov);
    w.ov.hEvent = event_new(FALSE, FALSE);
    w.s = p.ours;
    w.done = 0;
    /* A wait on the event is there first; the operation is not over, so the result's wait is next.
     * What ends it is the event, not the operation. */
    REQUIRE(recv_start(p.ours, data, 4, 0, &w.ov) == WSA_IO_PENDING);
    HANDLE thread = CreateThread(NULL, 0, wait_result, &w, 0, NULL);
    REQUIRE(thread != NULL);
    Sleep(50);
    CHECK("OVL-10", !InterlockedCompareExchange(&w.done, 0, 0), "waits while it is pending");
    send_all(p.peer, "x", 1);
    CHECK("OVL-8", WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0 && w.ok, "ends with it");
    CHECK("OVL-10", !is_set(w.ov.hEvent), "and has consumed the event");
    CloseHandle(thread);
    REQUIRE(packet_take(p.port, DEADLINE).ov == &w.ov);
    CloseHandle(w.ov.hEvent);
    pair_close(&p);
}

/* ---- PKT-16: event and packet show together ---- */

/* Who waits for an operation's event and then takes what there is without waiting, over and over.
 * Returns how often there was nothing. */
static int events_without_packets(struct pair *p, int rounds)
{
    int missing = 0;

    for (int round = 0; round < rounds; round++) {
        char data[4];
        OVERLAPPED ov;
        overlapped_clear(&ov);
        ov.hEvent = event_new(TRUE, FALSE);
        REQUIRE(recv_start(p->ours, data, 4, 0, &ov) == WSA_IO_PENDING);
        send_all(p->peer, "x", 1);
        REQUIRE(WaitForSingleObject(ov.hEvent, DEADLINE) == WAIT_OBJECT_0);
        if (packet_take(p->port, 0).ov != &ov) {
            missing++;
            REQUIRE(packet_take(p->port, DEADLINE).ov == &ov);
        }
        CloseHandle(ov.hEvent);
    }
    return missing;
}

static void an_event_has_its_packet(void)
{
    struct pair p;

    pair_open(&p);
    int missing = events_without_packets(&p, 2000);
    CHECK("PKT-16", missing == 0, "%d of 2000 times the event was set and no packet there",
          missing);
    pair_close(&p);
}

/* ---- SCHED-1: a completion lines up when it happens, also if the queue never empties ---- */

/* A worker that keeps its port busy with packets of its own, as programs do that post themselves
 * what is still to do. Returns for how many milliseconds the receive did not come. */
static DWORD turns_until_received(struct pair *p, OVERLAPPED *ov, DWORD busy, int slow)
{
    DWORD start = GetTickCount();

    for (DWORD i = 0; i < busy; i++)
        REQUIRE(PostQueuedCompletionStatus(p->port, i, KEY, NULL));
    for (DWORD turn = 0; GetTickCount() - start < DEADLINE; turn++) {
        struct packet k = packet_take(p->port, 0);
        if (k.ov == ov)
            break;
        REQUIRE(k.key == KEY);
        if (slow && turn % 16 == 0)
            Sleep(1);
        REQUIRE(PostQueuedCompletionStatus(p->port, turn, KEY, NULL));
    }
    return GetTickCount() - start;
}

static void a_queue_that_never_empties(void)
{
    struct pair p;
    char data[16];
    OVERLAPPED ov;

    for (int slow = 0; slow <= 1; slow++) {
        pair_open(&p);
        overlapped_clear(&ov);
        REQUIRE(recv_start(p.ours, data, sizeof data, 0, &ov) == WSA_IO_PENDING);
        send_all(p.peer, "abc", 3);
        DWORD took = turns_until_received(&p, &ov, slow ? 3 : 100, slow);
        CHECK("SCHED-1", took < DEADLINE / 2, "not kept out by posted packets (%u ms%s)",
              (unsigned)took, slow ? ", each some 60 us" : "");
        pair_close(&p);
    }
}

int main(void)
{
    sockets_start();
    RUN(status_comes_last);
    RUN(event_finds_all_written);
    RUN(nothing_is_written_afterwards);
    RUN(one_overlapped_twice);
    RUN(classes_of_status);
    RUN(an_event_that_another_wait_took);
    RUN(an_event_has_its_packet);
    RUN(a_queue_that_never_empties);
    WSACleanup();
    return check_report();
}
