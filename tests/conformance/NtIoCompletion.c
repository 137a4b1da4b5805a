/* SPDX-License-Identifier: MIT
 *
 * The NT layer's calls of a port: NtCreateIoCompletion, NtSetIoCompletion, NtRemoveIoCompletion and
 * Ex, NtQueryIoCompletion. No SDK header declares them; programs look them up, and so does this.
 */
#include "check.h"
#include "support.h"

struct nt_result {
    LONG status;
    ULONG_PTR information;
};

struct nt_packet {
    ULONG_PTR key, value;
    struct nt_result result;
};

static LONG(NTAPI *create)(HANDLE *port, ULONG access, void *attributes, ULONG threads);
static LONG(NTAPI *set)(HANDLE port, ULONG_PTR key, ULONG_PTR value, LONG status,
                        ULONG_PTR information);
static LONG(NTAPI *take)(HANDLE port, ULONG_PTR *key, ULONG_PTR *value, struct nt_result *result,
                         LARGE_INTEGER *timeout);
static LONG(NTAPI *take_many)(HANDLE port, struct nt_packet *packets, ULONG count, ULONG *taken,
                              LARGE_INTEGER *timeout, BOOLEAN alertable);
static LONG(NTAPI *query)(HANDLE port, int class, void *information, ULONG length, ULONG *needed);

enum { ALL_ACCESS = 0x1F0003, TIMED_OUT = 0x102, APC_RAN = 0xC0 };

static LARGE_INTEGER no_wait;

static FARPROC look_up(const char *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    REQUIRE(found != NULL);
    return found;
}

static HANDLE new_port(ULONG threads)
{
    HANDLE port = NULL;
    LONG status = create(&port, ALL_ACCESS, NULL, threads);
    CHECK("NT-1", status == 0 && port, "a port: %x", (unsigned)status);
    REQUIRE(port != NULL);
    return port;
}

static ULONG depth_of(HANDLE port)
{
    LONG depth = -1;
    ULONG length = 0;
    LONG status = query(port, 0, &depth, sizeof depth, &length);
    CHECK("NT-5", status == 0 && length == sizeof depth, "the depth is told: %x", (unsigned)status);
    return (ULONG)depth;
}

static void four_values(void)
{
    HANDLE port = new_port(1);
    ULONG_PTR key = 0, value = 0;
    struct nt_result result = {0, 0};

    CHECK("NT-5", depth_of(port) == 0, "empty");
    CHECK("NT-2", set(port, 11, 22, (LONG)0xC0000120, (ULONG_PTR)0x123456789ABull) == 0, "set");
    CHECK("NT-2", set(port, 12, 0, 0, 0) == 0, "set again");
    CHECK("NT-5", depth_of(port) == 2, "two packets");
    LONG status = take(port, &key, &value, &result, &no_wait);
    CHECK("NT-3", status == 0, "taken: %x", (unsigned)status);
    CHECK("NT-2", key == 11 && value == 22, "key and value");
    CHECK("NT-3", result.status == (LONG)0xC0000120, "its status: %x", (unsigned)result.status);
    CHECK("NT-2", result.information == (ULONG_PTR)0x123456789ABull, "all 64 bits");
    CHECK("NT-3", take(port, &key, &value, &result, NULL) == 0 && key == 12, "the next one");
    CloseHandle(port);
}

static void timeouts(void)
{
    HANDLE port = new_port(0);
    ULONG_PTR key = 7, value = 8;
    struct nt_result result = {9, 9};
    LARGE_INTEGER soon;

    CHECK("NT-3", take(port, &key, &value, &result, &no_wait) == TIMED_OUT, "polled");
    soon.QuadPart = -500000; /* 50 ms from now */
    double before = support_now_ms();
    CHECK("NT-3", take(port, &key, &value, &result, &soon) == TIMED_OUT, "waited");
    CHECK("NT-3", support_now_ms() - before >= 49, "for 50 ms");
    CloseHandle(port);
}

static void CALLBACK nothing(ULONG_PTR unused)
{
    (void)unused;
}

static void several(void)
{
    HANDLE port = new_port(1);
    struct nt_packet packets[4];
    ULONG taken = 99;

    for (ULONG_PTR number = 1; number <= 3; number++)
        set(port, number, number * 10, 0, number * 100);
    LONG status = take_many(port, packets, 2, &taken, &no_wait, FALSE);
    CHECK("NT-4", status == 0 && taken == 2, "two of three: %x, %u", (unsigned)status,
          (unsigned)taken);
    CHECK("NT-4", packets[0].key == 1 && packets[1].key == 2, "the oldest first");
    CHECK("NT-4", packets[1].value == 20 && packets[1].result.information == 200, "and whole");
    status = take_many(port, packets, 4, &taken, &no_wait, FALSE);
    CHECK("NT-4", status == 0 && taken == 1 && packets[0].key == 3, "the last");
    status = take_many(port, packets, 4, &taken, &no_wait, FALSE);
    CHECK("NT-4", status == TIMED_OUT && taken == 1, "none: %x, count %u", (unsigned)status,
          (unsigned)taken);
    REQUIRE(QueueUserAPC(nothing, GetCurrentThread(), 0));
    status = take_many(port, packets, 4, &taken, NULL, TRUE);
    CHECK("NT-4", status == APC_RAN && taken == 1, "an APC: %x, count %u", (unsigned)status,
          (unsigned)taken);
    CloseHandle(port);
}

static void bad_calls(void)
{
    HANDLE port = new_port(1);
    LONG depth;
    ULONG_PTR key, value;
    struct nt_result result;

    CHECK("NT-5", query(port, 0, &depth, 2, NULL) == (LONG)0xC0000004, "too little room");
    LONG status = query(port, 9, &depth, sizeof depth, NULL);
    CHECK_WINE_DEPARTS("NT-5", status == (LONG)0xC0000003, "Wine has another error for it",
                       "no such class: %x", (unsigned)status);
    CloseHandle(port);
    CHECK("PORT-20", set(port, 1, 2, 0, 0) == (LONG)0xC0000008, "set on a closed port");
    CHECK("PORT-20", take(port, &key, &value, &result, &no_wait) == (LONG)0xC0000008, "take");
}

int main(void)
{
    create = (void *)look_up("NtCreateIoCompletion");
    set = (void *)look_up("NtSetIoCompletion");
    take = (void *)look_up("NtRemoveIoCompletion");
    take_many = (void *)look_up("NtRemoveIoCompletionEx");
    query = (void *)look_up("NtQueryIoCompletion");
    RUN(four_values);
    RUN(timeouts);
    RUN(several);
    RUN(bad_calls);
    return check_report();
}
