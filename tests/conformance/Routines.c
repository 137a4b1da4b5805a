/* SPDX-License-Identifier: MIT
 *
 * Completion routines of socket operations: in whose wait they run, what they are told, that they
 * do not nest, and that a blocking Winsock call lets APCs run and goes on.
 */
#include "sockets.h"

static int ran, depth, deepest;
static DWORD told_error, told_bytes, told_flags;
static LPWSAOVERLAPPED told_ov;

static void CALLBACK note(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    depth++;
    if (depth > deepest)
        deepest = depth;
    ran++;
    told_error = error;
    told_bytes = bytes;
    told_ov = ov;
    told_flags = flags;
    depth--;
}

static void reset_notes(void)
{
    ran = depth = deepest = 0;
    told_error = told_bytes = told_flags = UNTOUCHED;
    told_ov = NULL;
}

static DWORD recv_routine(SOCKET s, void *data, DWORD length, OVERLAPPED *ov,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    WSABUF buffer = {length, data};
    DWORD flags = 0;
    return WSARecv(s, &buffer, 1, NULL, &flags, ov, routine) == 0 ? 0 : (DWORD)WSAGetLastError();
}

static DWORD send_routine(SOCKET s, char *data, DWORD length, OVERLAPPED *ov)
{
    WSABUF buffer = {length, data};
    return WSASend(s, &buffer, 1, NULL, 0, ov, note) == 0 ? 0 : (DWORD)WSAGetLastError();
}

static void what_they_are_told(void)
{
    SOCKET s, peer;
    char text[8], out[] = "hello";
    OVERLAPPED ov;

    tcp_pair(&s, &peer);
    overlapped_clear(&ov);
    ov.hEvent = (HANDLE)(ULONG_PTR)0x1234; /* the program's own (EVT-6) */
    reset_notes();
    CHECK("APC-2", started(send_routine(s, out, 5, &ov)), "a send");
    Sleep(20);
    CHECK("APC-2", ran == 0, "does not run outside an alertable wait");
    CHECK("APC-4", SleepEx(DEADLINE, TRUE) == WAIT_IO_COMPLETION, "the wait tells of it");
    CHECK("APC-3", ran == 1 && told_error == 0 && told_bytes == 5 && told_ov == &ov,
          "%d times, error %u, %u bytes", ran, (unsigned)told_error, (unsigned)told_bytes);
    CHECK("APC-3", told_flags == 0, "flags %x", (unsigned)told_flags);
    CHECK("EVT-6", ov.hEvent == (HANDLE)(ULONG_PTR)0x1234, "hEvent is the program's");

    reset_notes();
    overlapped_clear(&ov);
    CHECK("APC-2", recv_routine(s, text, 8, &ov, note) == WSA_IO_PENDING, "a receive pends");
    tcp_reset(&peer);
    CHECK("APC-4", SleepEx(DEADLINE, TRUE) == WAIT_IO_COMPLETION, "over");
    CHECK("APC-3", told_error == WSAECONNRESET && told_bytes == 0, "a Winsock code: %u",
          (unsigned)told_error);
    closesocket(s);
}

static void all_of_them_before_the_wait_returns(void)
{
    SOCKET s, peer;
    char text[8][4];
    OVERLAPPED ov[8];

    tcp_pair(&s, &peer);
    reset_notes();
    for (int i = 0; i < 8; i++) {
        overlapped_clear(&ov[i]);
        CHECK("APC-4", recv_routine(s, text[i], 4, &ov[i], note) == WSA_IO_PENDING, "pends");
    }
    send_all(peer, "aaaabbbbccccddddeeeeffffgggghhhh", 32);
    for (int i = 0; i < DEADLINE / 5 && !HasOverlappedIoCompleted(&ov[7]); i++)
        Sleep(5);
    CHECK("APC-4", SleepEx(0, TRUE) == WAIT_IO_COMPLETION, "one wait");
    CHECK("APC-4", ran == 8 && deepest == 1, "runs all, one after the other: %d, depth %d", ran,
          deepest);
    CHECK("APC-4", SleepEx(0, TRUE) == 0, "and none is left");
    closesocket(s);
    closesocket(peer);
}

static SOCKET chain_socket;
static char chain_data[4];
static OVERLAPPED chain_ov;
static int chain_links;

static void CALLBACK chain(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags)
{
    (void)ov;
    (void)flags;
    if (error == 0 && bytes > 0) {
        chain_links++;
        if (!started(recv_routine(chain_socket, chain_data, 4, &chain_ov, chain)))
            chain_links = -1000;
    }
}

static void a_routine_starts_the_next(void)
{
    SOCKET peer;
    tcp_pair(&chain_socket, &peer);
    memset(&chain_ov, 0, sizeof chain_ov);
    REQUIRE(started(recv_routine(chain_socket, chain_data, 4, &chain_ov, chain)));
    send_all(peer, "0123456789abcdefghijklmnopqrstuv", 32);
    ULONGLONG start = GetTickCount64();
    while (chain_links < 8 && chain_links >= 0 && GetTickCount64() - start < DEADLINE)
        SleepEx(20, TRUE);
    CHECK("APC-5", chain_links == 8, "%d links", chain_links);
    closesocket(chain_socket);
    closesocket(peer);
    SleepEx(10, TRUE);
}

/* ---- APC-6 ---- */

struct blocked {
    SOCKET s;
    volatile LONG entered, apc_ran;
    int result;
    int ran_when_nothing_to_wait;
};

static void CALLBACK count_apc(ULONG_PTR data)
{
    InterlockedIncrement((volatile LONG *)data);
}

static DWORD WINAPI blocked_receive(void *argument)
{
    struct blocked *b = argument;
    char byte;
    InterlockedExchange(&b->entered, 1);
    b->result = recv(b->s, &byte, 1, 0);
    /* With something there already the call does not wait, and no APC runs. */
    LONG before = b->apc_ran;
    QueueUserAPC(count_apc, GetCurrentThread(), (ULONG_PTR)&b->apc_ran);
    if (recv(b->s, &byte, 1, 0) == 1)
        b->ran_when_nothing_to_wait = (int)(b->apc_ran - before);
    SleepEx(0, TRUE);
    return 0;
}

static void blocking_calls_let_apcs_run(void)
{
    struct blocked b = {.s = INVALID_SOCKET, .ran_when_nothing_to_wait = -1};
    SOCKET peer;

    tcp_pair(&b.s, &peer);
    HANDLE thread = CreateThread(NULL, 0, blocked_receive, &b, 0, NULL);
    REQUIRE(thread != NULL);
    while (!InterlockedCompareExchange(&b.entered, 0, 0))
        Sleep(1);
    Sleep(50);
    REQUIRE(QueueUserAPC(count_apc, thread, (ULONG_PTR)&b.apc_ran));
    for (int i = 0; i < 200 && !InterlockedCompareExchange(&b.apc_ran, 0, 0); i++)
        Sleep(5);
    CHECK_WINE_DEPARTS("APC-6", b.apc_ran == 1, "Wine's recv is not alertable",
                       "an APC runs in a recv that waits");
    CHECK("APC-6", WaitForSingleObject(thread, QUIET) == WAIT_TIMEOUT, "which goes on");
    send_all(peer, "ab", 2);
    REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
    CHECK("APC-6", b.result == 1, "and receives: %d", b.result);
    CHECK("APC-6", b.ran_when_nothing_to_wait == 0, "none runs in a recv that need not wait (%d)",
          b.ran_when_nothing_to_wait);
    CloseHandle(thread);
    closesocket(b.s);
    closesocket(peer);
}

int main(void)
{
    sockets_start();
    RUN(what_they_are_told);
    RUN(all_of_them_before_the_wait_returns);
    RUN(a_routine_starts_the_next);
    RUN(blocking_calls_let_apcs_run);
    WSACleanup();
    return check_report();
}
