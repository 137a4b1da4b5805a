/* SPDX-License-Identifier: MIT
 *
 * Wait completion packets (NtCreateWaitCompletionPacket, NtAssociateWaitCompletionPacket,
 * NtCancelWaitCompletionPacket) on every kind of object, and reserve objects (NtSetIoCompletionEx).
 * No SDK header declares them; programs look them up, and so does this.
 */
#include "check.h"
#include "support.h"

struct nt_result {
    LONG status;
    ULONG_PTR information;
};

static LONG(NTAPI *create)(HANDLE *packet, ULONG access, void *attributes);
static LONG(NTAPI *associate)(HANDLE packet, HANDLE port, HANDLE target, void *key, void *value,
                              LONG status, ULONG_PTR information, BOOLEAN *already);
static LONG(NTAPI *cancel)(HANDLE packet, BOOLEAN remove);
static LONG(NTAPI *reserve)(HANDLE *made, void *attributes, int type);
static LONG(NTAPI *set_ex)(HANDLE port, HANDLE made, void *key, void *value, LONG status,
                           ULONG_PTR information);
static LONG(NTAPI *take)(HANDLE port, ULONG_PTR *key, ULONG_PTR *value, struct nt_result *result,
                         LARGE_INTEGER *timeout);

enum {
    ALL_ACCESS = 0x1F0003,
    PENDING = 0x103,
    CANCELLED = (int)0xC0000120,
    BAD_HANDLE = (int)0xC0000008,
    PACKET_IN_USE = (int)0xC00000EF,
    RESERVE_IN_USE = (int)0xC00000F0,
    BAD_TARGET = (int)0xC00000F1,
    RESERVED_PACKET = 1 /* what a reserve object is made for */
};

static HANDLE port;

static HANDLE new_packet(void)
{
    HANDLE packet = NULL;
    REQUIRE(create(&packet, ALL_ACCESS, NULL) == 0 && packet != NULL);
    return packet;
}

/* Hangs the packet on the target with this key; true if it was signalled already. */
static int hang(HANDLE packet, HANDLE target, ULONG_PTR key)
{
    BOOLEAN already = 77;
    LONG status = associate(packet, port, target, (void *)key, NULL, 0, 0, &already);
    if (status != 0)
        printf("hanging key %u: %x\n", (unsigned)key, (unsigned)status);
    REQUIRE(status == 0);
    return already;
}

/* The key of the packet that comes within the deadline, 0 if none does. */
static ULONG_PTR next_key(void)
{
    struct packet p = port_take(port, DEADLINE_MS);
    return p.ok ? p.key : 0;
}

static int is_set(HANDLE object)
{
    return WaitForSingleObject(object, 0) == WAIT_OBJECT_0;
}

static void four_values(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, FALSE);
    ULONG_PTR key = 0, value = 0;
    struct nt_result result = {0, 0};
    BOOLEAN already = 77;
    LARGE_INTEGER none = {.QuadPart = 0};
    LONG status = associate(packet, port, event, (void *)11, (void *)22, (LONG)0xC0000034,
                            (ULONG_PTR)0x123456789ABull, &already);
    CHECK("NT-8", status == 0 && already == FALSE, "associated: %x", (unsigned)status);
    CHECK("NT-8", take(port, &key, &value, &result, &none) == 0x102, "nothing yet");
    SetEvent(event);
    CHECK("NT-8", take(port, &key, &value, &result, &none) == 0, "signalled: the packet is there");
    CHECK("NT-8", key == 11 && value == 22, "key and value");
    CHECK("NT-8", result.status == (LONG)0xC0000034, "the status: %x", (unsigned)result.status);
    CHECK("NT-8", result.information == (ULONG_PTR)0x123456789ABull, "the information");
    CHECK("NT-8", !is_set(event), "an event that resets itself was taken");
    SetEvent(event);
    CHECK("NT-8", port_is_empty(port) && is_set(event), "one shot");
    CHECK("NT-8", !hang(packet, event, 3), "associated again");
    SetEvent(event);
    CHECK("NT-8", next_key() == 3, "and it comes again");
    CloseHandle(event);
    CloseHandle(packet);
}

static void signalled_already(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, TRUE), manual = event_make(TRUE, TRUE);
    CHECK("NT-8", hang(packet, event, 5), "signalled already: told");
    CHECK("NT-8", !is_set(event), "and taken");
    LONG status = associate(packet, port, event, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status == PACKET_IN_USE, "a queued packet is in use: %x", (unsigned)status);
    CHECK("NT-8", next_key() == 5, "it was queued");
    CHECK("NT-8", hang(packet, manual, 6) && next_key() == 6, "an event that stays set");
    CHECK("NT-8", is_set(manual), "stays set");
    CHECK("NT-8", hang(packet, manual, 7) && next_key() == 7, "each time anew");
    REQUIRE(!hang(packet, event, 8));
    status = associate(packet, port, manual, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status == PACKET_IN_USE, "a packet that waits is in use: %x", (unsigned)status);
    CloseHandle(packet);
    CloseHandle(event);
    CloseHandle(manual);
}

static void bad_handles(void)
{
    HANDLE packet = new_packet(), event = event_make(TRUE, TRUE);
    LONG status = associate(event, port, event, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status < 0, "no packet: %x", (unsigned)status);
    status = associate(packet, event, event, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status < 0, "no port: %x", (unsigned)status);
    status = associate(packet, port, packet, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status < 0, "nothing to wait for: %x", (unsigned)status);
    status = associate(packet, port, NULL, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status == BAD_HANDLE, "no object: %x", (unsigned)status);
    CHECK("NT-9", cancel(event, FALSE) < 0, "cancelling what is no packet");
    CHECK("NT-9", cancel(packet, FALSE) == CANCELLED, "the failed calls left it free");
    CloseHandle(packet);
    CHECK("NT-9", cancel(packet, FALSE) == BAD_HANDLE, "a closed packet");
    CHECK("NT-8", port_is_empty(port), "nothing was queued");
    CloseHandle(event);
}

/* ---- kinds of objects ---- */

static DWORD WINAPI wait_for(void *gate)
{
    WaitForSingleObject(gate, 2 * DEADLINE_MS);
    return 0;
}

static void on_a_thread(void)
{
    HANDLE packet = new_packet(), gate = event_make(TRUE, FALSE);
    HANDLE thread = thread_start(wait_for, gate);
    CHECK("NT-8", !hang(packet, thread, 1), "a thread that runs");
    CHECK("NT-8", port_is_empty(port), "nothing while it does");
    SetEvent(gate);
    CHECK("NT-8", next_key() == 1, "its end");
    CHECK("NT-8", hang(packet, thread, 2) && next_key() == 2, "ended already");
    thread_join(thread);
    CloseHandle(gate);
    CloseHandle(packet);
}

static void on_a_semaphore(void)
{
    HANDLE packets[3], semaphore = CreateSemaphoreA(NULL, 0, 10, NULL);
    LONG before = -1;
    REQUIRE(semaphore != NULL);
    for (ULONG_PTR i = 0; i < 3; i++) {
        packets[i] = new_packet();
        REQUIRE(!hang(packets[i], semaphore, i + 1));
    }
    REQUIRE(ReleaseSemaphore(semaphore, 2, NULL));
    CHECK("NT-8", next_key() == 1 && next_key() == 2, "a count of 2 releases two, oldest first");
    CHECK("NT-8", port_is_empty(port), "and no more");
    REQUIRE(ReleaseSemaphore(semaphore, 5, &before));
    CHECK("NT-8", before == 0 && next_key() == 3, "the third");
    REQUIRE(ReleaseSemaphore(semaphore, 1, &before));
    CHECK("NT-8", before == 4, "each took one: %d left", (int)before);
    for (int i = 0; i < 3; i++)
        CloseHandle(packets[i]);
    CloseHandle(semaphore);
}

static void set_timer(HANDLE timer, int milliseconds, LONG period)
{
    LARGE_INTEGER due = {.QuadPart = -10000LL * milliseconds};
    REQUIRE(SetWaitableTimer(timer, &due, period, NULL, NULL, FALSE));
}

static void on_a_timer(void)
{
    HANDLE packet = new_packet(), timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    double start = support_now_ms();
    REQUIRE(timer != NULL);
    set_timer(timer, 60, 0);
    CHECK("NT-8", !hang(packet, timer, 1), "a timer that runs");
    CHECK("NT-8", next_key() == 1, "it is due");
    CHECK("NT-8", support_now_ms() - start >= 60 - TICK_MS, "not before its time");
    CHECK("NT-8", !hang(packet, timer, 2), "taken");
    start = support_now_ms();
    set_timer(timer, 60, 0);
    CHECK("NT-8", next_key() == 2 && support_now_ms() - start >= 60 - TICK_MS,
          "a timer that is set later");
    REQUIRE(!hang(packet, timer, 3));
    set_timer(timer, 60000, 0);
    set_timer(timer, 20, 0);
    CHECK("NT-8", next_key() == 3, "set again to an earlier time");
    REQUIRE(!hang(packet, timer, 4));
    set_timer(timer, 20, 0);
    REQUIRE(CancelWaitableTimer(timer));
    Sleep(60);
    CHECK("NT-8", port_is_empty(port), "a stopped timer");
    set_timer(timer, 0, 0);
    CHECK("NT-8", next_key() == 4, "due at once");
    set_timer(timer, 20, 20);
    for (ULONG_PTR i = 5; i < 8; i++) {
        hang(packet, timer, i);
        CHECK("NT-8", next_key() == i, "period %u", (unsigned)i);
    }
    CloseHandle(timer);
    CloseHandle(packet);
}

static VOID CALLBACK count_ticks(LPVOID ticks, DWORD low, DWORD high)
{
    (void)low;
    (void)high;
    counter_add(ticks);
}

static void on_a_timer_with_a_routine(void)
{
    HANDLE packet = new_packet(), timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    volatile LONG ticks = 0;
    LARGE_INTEGER due = {.QuadPart = -200000};
    REQUIRE(timer != NULL);
    REQUIRE(!hang(packet, timer, 1));
    REQUIRE(SetWaitableTimer(timer, &due, 0, count_ticks, (void *)&ticks, FALSE));
    CHECK("NT-8", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && ticks == 1, "the routine");
    CHECK("NT-8", next_key() == 1, "and the packet");
    CloseHandle(timer);
    CloseHandle(packet);
}

static void on_a_port(void)
{
    HANDLE packet = new_packet(), other = port_make(1);
    CHECK("NT-8", !hang(packet, other, 1), "an empty port");
    port_post(other, 1, 99, NULL);
    CHECK("NT-8", next_key() == 1, "a packet in the other port");
    CHECK("NT-8", hang(packet, other, 2) && next_key() == 2, "which stays there");
    CHECK("NT-8", port_take(other, 0).key == 99, "until it is taken");
    CloseHandle(other);
    CloseHandle(packet);
}

static void on_a_mutex(void)
{
    HANDLE packet = new_packet(), mutex = CreateMutexA(NULL, FALSE, NULL);
    LONG status = associate(packet, port, mutex, NULL, NULL, 0, 0, NULL);
    CHECK("NT-8", status == BAD_TARGET, "nobody could own it: %x", (unsigned)status);
    CHECK("NT-9", cancel(packet, TRUE) == CANCELLED, "the packet is free");
    CHECK("NT-8", is_set(mutex), "and the mutex as well");
    CloseHandle(mutex);
    CloseHandle(packet);
}

/* ---- in line with threads ---- */

static DWORD WINAPI wait_in_line(void *event)
{
    return WaitForSingleObject(event, 2 * DEADLINE_MS);
}

static void in_line(void)
{
    HANDLE first = new_packet(), last = new_packet(), event = event_make(FALSE, FALSE);
    HANDLE thread;
    REQUIRE(!hang(first, event, 1));
    thread = thread_start(wait_in_line, event);
    support_settle();
    REQUIRE(!hang(last, event, 2));
    SetEvent(event);
    CHECK("NT-8", next_key() == 1, "the oldest waiter is the packet");
    CHECK("WAIT-11", WaitForSingleObject(thread, 50) == WAIT_TIMEOUT, "the thread waits on");
    SetEvent(event);
    CHECK("WAIT-11", thread_join(thread) == WAIT_OBJECT_0, "then the thread");
    CHECK("NT-8", port_is_empty(port), "not yet the last");
    SetEvent(event);
    CHECK("NT-8", next_key() == 2, "the last");
    CloseHandle(event);
    CloseHandle(first);
    CloseHandle(last);
}

static DWORD WINAPI take_one(void *unused)
{
    (void)unused;
    return (DWORD)next_key();
}

static void to_a_thread_that_waits(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, FALSE);
    HANDLE thread = thread_start(take_one, NULL);
    REQUIRE(!hang(packet, event, 9));
    support_settle();
    SetEvent(event);
    CHECK("NT-8", thread_join(thread) == 9, "a thread that waits on the port is woken");
    CloseHandle(event);
    CloseHandle(packet);
}

/* The handler associates again, as a program does that has many objects and one port. */
static void again_from_the_handler(void)
{
    HANDLE packet = new_packet(), semaphore = CreateSemaphoreA(NULL, 0, 2000, NULL);
    int came = 0;
    REQUIRE(semaphore != NULL);
    REQUIRE(!hang(packet, semaphore, 1));
    REQUIRE(ReleaseSemaphore(semaphore, 2000, NULL));
    while (came < 2000 && next_key() == 1) {
        came++;
        if (hang(packet, semaphore, 1) != (came < 2000))
            break;
    }
    CHECK("NT-8", came == 2000 && port_is_empty(port), "one packet for each count: %d", came);
    CHECK("NT-9", cancel(packet, FALSE) == 0, "the last one waits");
    CloseHandle(semaphore);
    CloseHandle(packet);
}

/* ---- cancelling and closing ---- */

static void cancelled(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, FALSE);
    CHECK("NT-9", cancel(packet, TRUE) == CANCELLED, "never associated");
    REQUIRE(!hang(packet, event, 1));
    CHECK("NT-9", cancel(packet, FALSE) == 0, "the wait was cancelled");
    CHECK("NT-9", cancel(packet, FALSE) == CANCELLED, "only once");
    SetEvent(event);
    CHECK("NT-9", port_is_empty(port) && is_set(event), "the signal is left alone");
    SetEvent(event);
    REQUIRE(hang(packet, event, 2));
    CHECK("NT-9", cancel(packet, FALSE) == PENDING, "queued, and stays so");
    CHECK("NT-9", next_key() == 2, "it does");
    CHECK("NT-9", cancel(packet, TRUE) == CANCELLED, "taken already");
    port_post(port, 0, 10, NULL);
    SetEvent(event);
    REQUIRE(hang(packet, event, 3));
    port_post(port, 0, 11, NULL);
    CHECK("NT-9", cancel(packet, TRUE) == 0, "queued, and removed");
    CHECK("NT-9", next_key() == 10 && next_key() == 11 && port_is_empty(port), "only this one");
    SetEvent(event);
    REQUIRE(hang(packet, event, 4));
    CHECK("NT-9", cancel(packet, TRUE) == 0 && port_is_empty(port), "the only one, removed");
    port_post(port, 0, 12, NULL);
    CHECK("NT-9", next_key() == 12, "the queue is whole");
    CloseHandle(event);
    CloseHandle(packet);
}

static void packet_closed(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, FALSE);
    REQUIRE(!hang(packet, event, 1));
    CHECK("NT-9", CloseHandle(packet), "closed while it waits");
    SetEvent(event);
    CHECK("NT-9", port_is_empty(port) && is_set(event), "it waits no more");
    packet = new_packet();
    SetEvent(event);
    REQUIRE(hang(packet, event, 2));
    CHECK("NT-9", CloseHandle(packet), "closed while it is queued");
    CHECK("NT-9", port_is_empty(port), "it is queued no more");
    CloseHandle(event);
}

static void object_closed(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, FALSE), timer;
    REQUIRE(!hang(packet, event, 1));
    CloseHandle(event);
    CHECK("NT-9", port_is_empty(port), "a closed object signals nothing");
    CHECK("NT-9", cancel(packet, TRUE) == 0, "the wait goes on until it is cancelled");
    timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    REQUIRE(timer != NULL);
    set_timer(timer, 50, 50);
    REQUIRE(!hang(packet, timer, 2));
    CloseHandle(timer);
    Sleep(120);
    CHECK("NT-9", port_is_empty(port), "a closed timer stops");
    CloseHandle(packet);
}

static void port_closed(void)
{
    HANDLE packet = new_packet(), event = event_make(FALSE, FALSE), other = port_make(1);
    BOOLEAN already;
    REQUIRE(associate(packet, other, event, NULL, NULL, 0, 0, &already) == 0 && !already);
    CloseHandle(other);
    SetEvent(event);
    CHECK("NT-8", !hang(packet, event, 1), "its port gone, the packet is free again");
    SetEvent(event);
    CHECK("NT-8", next_key() == 1, "and works with another one");
    other = port_make(1);
    SetEvent(event);
    REQUIRE(associate(packet, other, event, NULL, NULL, 0, 0, &already) == 0 && already);
    CloseHandle(other);
    CHECK("NT-9", cancel(packet, TRUE) == CANCELLED, "queued to a port that was closed: gone");
    CHECK("NT-8", !hang(packet, event, 2), "and free");
    CloseHandle(packet);
    CloseHandle(event);
}

/* ---- reserve objects ---- */

static void reserved(void)
{
    HANDLE made = NULL;
    struct packet p;
    LONG status = reserve(&made, NULL, RESERVED_PACKET);
    CHECK("NT-10", status == 0 && made, "a reserve object: %x", (unsigned)status);
    REQUIRE(made != NULL);
    status = set_ex(port, made, (void *)7, (void *)8, 0, 9);
    CHECK("NT-10", status == 0, "its packet is queued: %x", (unsigned)status);
    status = set_ex(port, made, (void *)7, (void *)8, 0, 9);
    CHECK("NT-10", status == RESERVE_IN_USE, "it has one only: %x", (unsigned)status);
    p = port_take(port, 0);
    CHECK("NT-10", p.ok && p.key == 7 && p.overlapped == (LPOVERLAPPED)8 && p.bytes == 9,
          "the values come as they went");
    CHECK("NT-10", set_ex(port, made, (void *)10, NULL, 0, 0) == 0, "then again");
    CloseHandle(made);
    CHECK("NT-10", next_key() == 10, "closed meanwhile: the packet comes");
    CHECK("NT-10", set_ex(port, made, NULL, NULL, 0, 0) == BAD_HANDLE, "but no other");
    CHECK("NT-10", set_ex(port, NULL, NULL, NULL, 0, 0) == BAD_HANDLE, "nor without one");
}

static FARPROC look_up(const char *name)
{
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

int main(void)
{
    take = (void *)look_up("NtRemoveIoCompletion");
    create = (void *)look_up("NtCreateWaitCompletionPacket");
    associate = (void *)look_up("NtAssociateWaitCompletionPacket");
    cancel = (void *)look_up("NtCancelWaitCompletionPacket");
    reserve = (void *)look_up("NtAllocateReserveObject");
    set_ex = (void *)look_up("NtSetIoCompletionEx");
    CHECK_WINE_DEPARTS("NT-8", create && associate, "Wine 8 has no wait completion packets",
                       "the calls exist");
    CHECK_WINE_DEPARTS("NT-9", cancel, "Wine 8 has no wait completion packets", "the call exists");
    CHECK_WINE_DEPARTS("NT-10", reserve && set_ex, "Wine 8 has no reserve objects",
                       "the calls exist");
    port = port_make(1);
    if (create && associate && cancel) {
        RUN(four_values);
        RUN(signalled_already);
        RUN(bad_handles);
        RUN(on_a_thread);
        RUN(on_a_semaphore);
        RUN(on_a_timer);
        RUN(on_a_timer_with_a_routine);
        RUN(on_a_port);
        RUN(on_a_mutex);
        RUN(in_line);
        RUN(to_a_thread_that_waits);
        RUN(again_from_the_handler);
        RUN(cancelled);
        RUN(packet_closed);
        RUN(object_closed);
        RUN(port_closed);
    }
    if (reserve && set_ex)
        RUN(reserved);
    CloseHandle(port);
    return check_report();
}
