/* SPDX-License-Identifier: MIT
 *
 * Which operations are a thread's own (rule THR-7). Wine answers FALSE whatever there is.
 */
#include "sockets.h"

#define ALWAYS_FALSE "Wine does not look"

static BOOL is_pending(HANDLE thread)
{
    BOOL pending = 77;

    CHECK("THR-7", GetThreadIOPendingFlag(thread, &pending), "GetLastError %u",
          (unsigned)GetLastError());
    return pending;
}

static int receive(SOCKET s, OVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    static char room[16];
    WSABUF buffer = {sizeof room, room};
    DWORD flags = 0;

    return WSARecv(s, &buffer, 1, NULL, &flags, overlapped, routine) == SOCKET_ERROR &&
           WSAGetLastError() == WSA_IO_PENDING;
}

static void without_a_port(void)
{
    OVERLAPPED overlapped;
    DWORD bytes;
    SOCKET s, peer;

    tcp_pair(&s, &peer);
    memset(&overlapped, 0, sizeof overlapped);
    CHECK("THR-7", !is_pending(GetCurrentThread()), "nothing is under way");
    REQUIRE(receive(s, &overlapped, NULL));
    CHECK_WINE_DEPARTS("THR-7", is_pending(GetCurrentThread()) == TRUE, ALWAYS_FALSE, "a receive");
    REQUIRE(send(peer, "x", 1, 0) == 1);
    REQUIRE(GetOverlappedResult((HANDLE)s, &overlapped, &bytes, TRUE));
    CHECK("THR-7", !is_pending(GetCurrentThread()), "it has ended");
    REQUIRE(receive(s, &overlapped, NULL));
    CHECK_WINE_DEPARTS("THR-7", is_pending(GetCurrentThread()) == TRUE, ALWAYS_FALSE, "another");
    REQUIRE(CancelIo((HANDLE)s));
    GetOverlappedResult((HANDLE)s, &overlapped, &bytes, TRUE);
    CHECK("THR-7", !is_pending(GetCurrentThread()), "it was cancelled");
    closesocket(s);
    closesocket(peer);
}

static void CALLBACK note(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    (void)error;
    (void)bytes;
    (void)flags;
    overlapped->hEvent = (HANDLE)1;
}

static void with_a_routine(void)
{
    OVERLAPPED overlapped;
    SOCKET s, peer;

    tcp_pair(&s, &peer);
    memset(&overlapped, 0, sizeof overlapped);
    REQUIRE(receive(s, &overlapped, note));
    CHECK_WINE_DEPARTS("THR-7", is_pending(GetCurrentThread()) == TRUE, ALWAYS_FALSE,
                       "a routine's");
    REQUIRE(send(peer, "x", 1, 0) == 1);
    while (!overlapped.hEvent)
        SleepEx(DEADLINE, TRUE);
    CHECK("THR-7", !is_pending(GetCurrentThread()), "the routine has run");
    closesocket(s);
    closesocket(peer);
}

static void with_a_port(void)
{
    OVERLAPPED plain, noisy;
    DWORD bytes;
    SOCKET s, peer;

    tcp_pair(&s, &peer);
    HANDLE port = port_for(s, KEY);
    memset(&plain, 0, sizeof plain);
    memset(&noisy, 0, sizeof noisy);
    REQUIRE(receive(s, &plain, NULL));
    CHECK("THR-7", !is_pending(GetCurrentThread()), "one that only its port waits for");
    noisy.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    REQUIRE(noisy.hEvent != NULL);
    REQUIRE(receive(s, &noisy, NULL));
    CHECK_WINE_DEPARTS("THR-7", is_pending(GetCurrentThread()) == TRUE, ALWAYS_FALSE,
                       "one with an event");
    REQUIRE(CancelIo((HANDLE)s));
    GetOverlappedResult((HANDLE)s, &noisy, &bytes, TRUE);
    CHECK("THR-7", !is_pending(GetCurrentThread()), "it was cancelled");
    closesocket(s);
    closesocket(peer);
    CloseHandle(noisy.hEvent);
    CloseHandle(port);
}

struct other {
    SOCKET s;
    HANDLE begun;
};

static DWORD WINAPI blocked(void *argument)
{
    struct other *other = (struct other *)argument;
    char byte;

    SetEvent(other->begun);
    return recv(other->s, &byte, 1, 0) == 1 ? 1 : 0;
}

static void of_another_thread(void)
{
    struct other other = {0, NULL};
    OVERLAPPED overlapped;
    DWORD bytes, waited = 0;
    SOCKET peer;

    tcp_pair(&other.s, &peer);
    other.begun = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, blocked, &other, 0, NULL);
    REQUIRE(thread && WaitForSingleObject(other.begun, DEADLINE) == WAIT_OBJECT_0);
    while (!is_pending(thread) && waited < (check_on_wine() ? 100 : DEADLINE)) {
        Sleep(10);
        waited += 10;
    }
    CHECK_WINE_DEPARTS("THR-7", is_pending(thread) == TRUE, ALWAYS_FALSE, "a blocking receive");
    CHECK("THR-7", !is_pending(GetCurrentThread()), "it is not this thread's");
    REQUIRE(send(peer, "x", 1, 0) == 1);
    REQUIRE(WaitForSingleObject(thread, DEADLINE) == WAIT_OBJECT_0);
    CHECK("THR-7", !is_pending(thread), "the thread has ended");
    memset(&overlapped, 0, sizeof overlapped);
    REQUIRE(receive(other.s, &overlapped, NULL));
    CHECK("THR-7", !is_pending(thread), "one of this thread's");
    REQUIRE(CancelIo((HANDLE)other.s));
    GetOverlappedResult((HANDLE)other.s, &overlapped, &bytes, TRUE);
    closesocket(other.s);
    closesocket(peer);
    CloseHandle(thread);
    CloseHandle(other.begun);
}

static void no_thread(void)
{
    BOOL pending;
    HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL);

    SetLastError(0);
    CHECK_WINE_DEPARTS("THR-7", !GetThreadIOPendingFlag(event, &pending), ALWAYS_FALSE, "an event");
    CHECK_WINE_DEPARTS("THR-7", GetLastError() == ERROR_INVALID_HANDLE, ALWAYS_FALSE,
                       "GetLastError %u", (unsigned)GetLastError());
    CloseHandle(event);
    SetLastError(0);
    CHECK_WINE_DEPARTS("THR-7", !GetThreadIOPendingFlag(NULL, &pending), ALWAYS_FALSE, "no handle");
    CHECK_WINE_DEPARTS("THR-7", GetLastError() == ERROR_INVALID_HANDLE, ALWAYS_FALSE,
                       "GetLastError %u", (unsigned)GetLastError());
}

int main(void)
{
    sockets_start();
    RUN(without_a_port);
    RUN(with_a_routine);
    RUN(with_a_port);
    RUN(of_another_thread);
    RUN(no_thread);
    return check_report();
}
