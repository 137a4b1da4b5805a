/* SPDX-License-Identifier: MIT
 *
 * The last error: one slot per thread, shared with Winsock; what a success does to it.
 */
#include "loopback.h"

static void set_and_get(void)
{
    static const DWORD values[] = {0, 1, 6, 997, 0x20000000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        SetLastError(values[i]);
        CHECK("G-4", GetLastError() == values[i], "%u is kept", (unsigned)values[i]);
        CHECK("G-4", GetLastError() == values[i], "reading it changes nothing");
    }
}

static void one_slot_with_winsock(void)
{
    SetLastError(1234);
    CHECK("G-4", WSAGetLastError() == 1234, "Winsock sees the Win32 error");
    WSASetLastError(WSAECONNRESET);
    CHECK("G-4", GetLastError() == WSAECONNRESET, "and the other way round");
    SetLastError(0);
    CHECK("G-4", closesocket(INVALID_SOCKET) == SOCKET_ERROR, "a failing Winsock call");
    CHECK("G-4", GetLastError() == WSAENOTSOCK, "sets it: %u", (unsigned)GetLastError());
}

struct part {
    HANDLE gate;
    DWORD mine;
    volatile LONG set;
};

static DWORD WINAPI keep_own_error(void *argument)
{
    struct part *part = argument;
    DWORD at_first = GetLastError(), later;
    SetLastError(part->mine);
    counter_add(&part->set);
    WaitForSingleObject(part->gate, DEADLINE_MS);
    later = GetLastError();
    return at_first != 0 ? 1 : later != part->mine ? 2 : 0;
}

static void each_thread_has_its_own(void)
{
    HANDLE gate = event_make(TRUE, FALSE), threads[3];
    struct part parts[3];
    DWORD here;
    for (int i = 0; i < 3; i++) {
        parts[i] = (struct part){gate, (DWORD)i + 100, 0};
        threads[i] = thread_start(keep_own_error, &parts[i]);
    }
    for (int i = 0; i < 3; i++)
        REQUIRE(counter_reaches(&parts[i].set, 1));
    SetLastError(4712);
    here = GetLastError();
    SetEvent(gate);
    CHECK("G-4", here == 4712, "this thread's is its own: %u", (unsigned)here);
    for (int i = 0; i < 3; i++) {
        DWORD code = thread_join(threads[i]);
        CHECK("G-4", code == 0, "thread %d: 0 at first, then what it set: %u", i, (unsigned)code);
    }
    CloseHandle(gate);
}

static void packets_leave_it(void)
{
    HANDLE port = port_make(0);
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    BOOL ok;
    port_post(port, 0, 1, NULL);
    CHECK("G-4", port_take(port, 0).error == UNTOUCHED_ERROR, "a packet without waiting");
    port_post(port, 0, 1, NULL);
    CHECK("G-4", port_take(port, INFINITE).error == UNTOUCHED_ERROR, "INFINITE");
    port_post(port, 0, 1, NULL);
    SetLastError(UNTOUCHED_ERROR);
    ok = GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 0, FALSE);
    CHECK("G-4", ok && GetLastError() == UNTOUCHED_ERROR, "GetQueuedCompletionStatusEx: %u",
          (unsigned)GetLastError());
    CloseHandle(port);
}

static DWORD WINAPI post_soon(void *port)
{
    Sleep(50);
    port_post(port, 0, 1, NULL);
    return 0;
}

static void packets_after_a_wait_leave_it(void)
{
    HANDLE port = port_make(0), thread = thread_start(post_soon, port);
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("G-4", p.ok && p.error == UNTOUCHED_ERROR, "a packet that was waited for: %u",
          (unsigned)p.error);
    thread_join(thread);
    CloseHandle(port);
}

static void winsock_success_clears_it(void)
{
    SOCKET s = loopback_socket();
    static char data[4];
    WSABUF buffer = {sizeof data, data};
    DWORD bytes = 0, flags = 0;
    REQUIRE(send(s, "data", 4, 0) == 4);
    SetLastError(UNTOUCHED_ERROR);
    REQUIRE(WSARecv(s, &buffer, 1, &bytes, &flags, NULL, NULL) == 0);
    CHECK("G-4", GetLastError() == 0, "WSARecv that succeeds sets 0: %u", (unsigned)GetLastError());
    closesocket(s);
}

static void each_failure_sets_it(void)
{
    HANDLE port = port_make(0);
    struct packet p = port_take(port, 0);
    CHECK("G-4", p.error == WAIT_TIMEOUT, "a timeout: %u", (unsigned)p.error);
    SetLastError(0);
    CHECK("G-4",
          !PostQueuedCompletionStatus(NULL, 0, 0, NULL) && GetLastError() == ERROR_INVALID_HANDLE,
          "a post to nowhere");
    SetLastError(0);
    CHECK("G-4",
          !CloseHandle((HANDLE)(ULONG_PTR)0x7FFFFF0C) && GetLastError() == ERROR_INVALID_HANDLE,
          "closing what is not open");
    CloseHandle(port);
}

int main(void)
{
    loopback_begin();
    RUN(set_and_get);
    RUN(one_slot_with_winsock);
    RUN(each_thread_has_its_own);
    RUN(packets_leave_it);
    RUN(packets_after_a_wait_leave_it);
    RUN(winsock_success_clears_it);
    RUN(each_failure_sets_it);
    WSACleanup();
    return check_report();
}
