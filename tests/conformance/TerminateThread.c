/* SPDX-License-Identifier: MIT
 *
 * TerminateThread: a thread that is ended from outside leaves the port it waits on and the calls
 * it is blocked in.
 */
#include "check.h"
#include "support.h"

static HANDLE port;

static DWORD WINAPI waits_for_ever(void *unused)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    (void)unused;
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    return 1;
}

/* A thread that is terminated while it waits takes no packet with it. */
static void terminated_while_waiting(void)
{
    DWORD bytes = 0, code = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *overlapped = NULL;
    HANDLE thread;

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    REQUIRE(port != NULL);
    for (int round = 0; round < 5; round++) {
        thread = CreateThread(NULL, 0, waits_for_ever, NULL, 0, NULL);
        REQUIRE(thread != NULL);
        Sleep(50);
        REQUIRE(TerminateThread(thread, 77));
        CHECK("THR-3", WaitForSingleObject(thread, 5000) == WAIT_OBJECT_0, "it ends");
        CHECK("THR-3", GetExitCodeThread(thread, &code) && code == 77, "with code %u",
              (unsigned)code);
        CloseHandle(thread);
        REQUIRE(PostQueuedCompletionStatus(port, 1, (ULONG_PTR)round, NULL));
        BOOL got = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 5000);
        CHECK("SCHED-20", got && key == (ULONG_PTR)round, "the packet is still there");
    }
    CloseHandle(port);
}

static SOCKET listener;

static DWORD WINAPI accepts_for_ever(void *unused)
{
    (void)unused;
    accept(listener, NULL, NULL);
    return 1;
}

/* Its socket can be closed afterwards as if nothing had been. */
static void terminated_while_accepting(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    HANDLE thread;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    REQUIRE(listen(listener, 5) == 0);
    thread = CreateThread(NULL, 0, accepts_for_ever, NULL, 0, NULL);
    REQUIRE(thread != NULL);
    Sleep(50);
    REQUIRE(TerminateThread(thread, 78));
    CHECK("THR-3", WaitForSingleObject(thread, 5000) == WAIT_OBJECT_0, "it ends in accept");
    CloseHandle(thread);
    CHECK("THR-3", closesocket(listener) == 0, "the socket is closed");
}

int main(void)
{
    WSADATA data;

#ifdef __SANITIZE_THREAD__
    puts("skipped: the thread sanitizer's runtime does not survive a thread that is terminated");
    return 77;
#endif
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    RUN(terminated_while_waiting);
    RUN(terminated_while_accepting);
    WSACleanup();
    return check_report();
}
