/* SPDX-License-Identifier: MIT
 *
 * Completion routines of Winsock's calls and of ReadFileEx: what they are told, when they run, and
 * APCs during blocking calls. That they run as APCs at all is tested with WSARecv and its kin.
 */
#include "sockets.h"

/* What the last routine was told; routines run in the main thread only. */
static struct told {
    int calls, inside, deepest;
    DWORD error, bytes, flags;
    OVERLAPPED *overlapped;
    OVERLAPPED *order[16];
} told;

static void told_clear(void)
{
    memset(&told, 0, sizeof told);
    told.error = told.bytes = told.flags = UNTOUCHED;
}

static void note(DWORD error, DWORD bytes, OVERLAPPED *overlapped, DWORD flags)
{
    told.error = error;
    told.bytes = bytes;
    told.flags = flags;
    told.overlapped = overlapped;
    if (told.calls < 16)
        told.order[told.calls] = overlapped;
    told.calls++;
}

static void CALLBACK winsock_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped,
                                     DWORD flags)
{
    told.inside++;
    if (told.inside > told.deepest)
        told.deepest = told.inside;
    note(error, bytes, overlapped, flags);
    told.inside--;
}

static VOID CALLBACK win32_routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    note(error, bytes, overlapped, 0);
}

static void receive(SOCKET s, char *data, DWORD length, OVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    WSABUF buffer = {length, data};
    DWORD flags = 0;
    overlapped_clear(overlapped);
    REQUIRE(WSARecv(s, &buffer, 1, NULL, &flags, overlapped, routine) == 0 ||
            WSAGetLastError() == WSA_IO_PENDING);
}

static int wait_runs(int calls)
{
    for (int tries = 0; tries < 20 && told.calls < calls; tries++)
        SleepEx(DEADLINE / 20, TRUE);
    return told.calls == calls;
}

static void what_winsock_tells(void)
{
    SOCKET ours, peer;
    OVERLAPPED overlapped;
    char text[8];
    tcp_pair(&ours, &peer);
    told_clear();
    receive(ours, text, sizeof text, &overlapped, winsock_routine);
    send_all(peer, "abc", 3);
    CHECK("APC-3", wait_runs(1), "the routine of WSARecv runs");
    CHECK("APC-3", told.error == 0 && told.bytes == 3 && told.flags == 0, "error %u, %u bytes",
          (unsigned)told.error, (unsigned)told.bytes);
    CHECK("APC-3", told.overlapped == &overlapped, "and its OVERLAPPED");
    told_clear();
    receive(ours, text, sizeof text, &overlapped, winsock_routine);
    REQUIRE(CancelIoEx((HANDLE)ours, &overlapped));
    CHECK("APC-3", wait_runs(1) && told.error == WSA_OPERATION_ABORTED && told.bytes == 0,
          "cancelled: %u", (unsigned)told.error);
    told_clear();
    receive(ours, text, sizeof text, &overlapped, winsock_routine);
    tcp_reset(&peer);
    CHECK("APC-3", wait_runs(1) && told.error == WSAECONNRESET, "reset, in Winsock's words: %u",
          (unsigned)told.error);
    closesocket(ours);
}

static void what_win32_tells(void)
{
    SOCKET ours, peer;
    OVERLAPPED overlapped;
    char text[8];
    tcp_pair(&ours, &peer);
    told_clear();
    overlapped_clear(&overlapped);
    overlapped.Offset = overlapped.OffsetHigh = 0;
    REQUIRE(ReadFileEx((HANDLE)ours, text, sizeof text, &overlapped, win32_routine));
    send_all(peer, "abcd", 4);
    CHECK("APC-3", wait_runs(1) && told.error == 0 && told.bytes == 4, "ReadFileEx: %u, %u bytes",
          (unsigned)told.error, (unsigned)told.bytes);
    CHECK("APC-3", told.overlapped == &overlapped, "and its OVERLAPPED");
    told_clear();
    REQUIRE(ReadFileEx((HANDLE)ours, text, sizeof text, &overlapped, win32_routine));
    tcp_reset(&peer);
    CHECK("APC-3", wait_runs(1) && told.error == ERROR_NETNAME_DELETED,
          "reset, in Win32's words: %u", (unsigned)told.error);
    closesocket(ours);
}

static void all_before_the_wait_returns(void)
{
    enum { COUNT = 8 };
    SOCKET ours, peer;
    OVERLAPPED overlapped[COUNT];
    char text[COUNT];
    int seen = 0;
    tcp_pair(&ours, &peer);
    told_clear();
    for (int i = 0; i < COUNT; i++)
        receive(ours, &text[i], 1, &overlapped[i], winsock_routine);
    send_all(peer, "12345678", COUNT);
    for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&overlapped[COUNT - 1]); i++)
        Sleep(5);
    settle();
    CHECK("APC-4", told.calls == 0, "none runs before");
    CHECK("APC-4", SleepEx(DEADLINE, TRUE) == WAIT_IO_COMPLETION, "one wait");
    CHECK("APC-4", told.calls == COUNT, "runs all that are queued: %d", told.calls);
    CHECK("APC-4", told.deepest == 1, "one after the other");
    for (int i = 0; i < COUNT; i++)
        for (int call = 0; call < COUNT; call++)
            seen += told.order[call] == &overlapped[i];
    CHECK("APC-4", seen == COUNT, "each of them once");
    closesocket(ours);
    closesocket(peer);
}

/* ---- during blocking calls ---- */

struct blocked {
    SOCKET socket;
    volatile LONG begun, apcs;
    int got;
};

static struct blocked blocked;

static VOID CALLBACK count_apc(ULONG_PTR unused)
{
    (void)unused;
    InterlockedIncrement(&blocked.apcs);
}

static LONG peek(volatile LONG *counter)
{
    return InterlockedCompareExchange(counter, 0, 0);
}

static DWORD WINAPI receive_blocking(void *unused)
{
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD got = 0, flags = 0;
    (void)unused;
    InterlockedIncrement(&blocked.begun);
    if (WSARecv(blocked.socket, &buffer, 1, &got, &flags, NULL, NULL) != 0)
        return 1;
    blocked.got = (int)got;
    return 0;
}

static void apcs_run_in_blocking_calls(void)
{
    SOCKET peer;
    HANDLE thread;
    DWORD code = 77;
    memset(&blocked, 0, sizeof blocked);
    tcp_pair(&blocked.socket, &peer);
    thread = CreateThread(NULL, 0, receive_blocking, NULL, 0, NULL);
    REQUIRE(thread != NULL);
    for (int i = 0; i < DEADLINE && !peek(&blocked.begun); i++)
        Sleep(1);
    settle();
    REQUIRE(QueueUserAPC(count_apc, thread, 0));
    for (int i = 0; i < DEADLINE / 5 && !peek(&blocked.apcs); i++)
        Sleep(5);
    CHECK("APC-6", peek(&blocked.apcs) == 1, "an APC runs in a WSARecv that blocks");
    CHECK("APC-6", WaitForSingleObject(thread, QUIET) == WAIT_TIMEOUT, "and the call goes on");
    send_all(peer, "x", 1);
    CHECK("APC-6", WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0, "until there is data");
    CHECK("APC-6", GetExitCodeThread(thread, &code) && code == 0 && blocked.got == 1,
          "which it returns: %u", (unsigned)code);
    CloseHandle(thread);
    closesocket(blocked.socket);
    closesocket(peer);
}

static void not_in_calls_that_need_not_wait(void)
{
    SOCKET peer;
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD got = 0, flags = 0;
    memset(&blocked, 0, sizeof blocked);
    tcp_pair(&blocked.socket, &peer);
    send_all(peer, "y", 1);
    await_bytes(blocked.socket, 1);
    REQUIRE(QueueUserAPC(count_apc, GetCurrentThread(), 0));
    CHECK("APC-6",
          WSARecv(blocked.socket, &buffer, 1, &got, &flags, NULL, NULL) == 0 && byte == 'y',
          "a WSARecv that can finish at once");
    CHECK("APC-6", peek(&blocked.apcs) == 0, "runs no APC");
    CHECK("APC-6", SleepEx(0, TRUE) == WAIT_IO_COMPLETION && peek(&blocked.apcs) == 1,
          "it runs later");
    closesocket(blocked.socket);
    closesocket(peer);
}

int main(void)
{
    sockets_start();
    RUN(what_winsock_tells);
    RUN(what_win32_tells);
    RUN(all_before_the_wait_returns);
    RUN(apcs_run_in_blocking_calls);
    RUN(not_in_calls_that_need_not_wait);
    WSACleanup();
    return check_report();
}
