/* SPDX-License-Identifier: MIT
 *
 * A call with a stale number finds a descriptor that the library has made for a moment: it waits
 * until that is gone, instead of writing to whom it belongs to.
 */
#include "base/passing.h"
#include "unit/expect.h"

#include <winsock2.h>
#include <windows.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

static _Atomic bool returned;

static DWORD WINAPI send_to(void *argument)
{
    int result = send((SOCKET)(uintptr_t)argument, "x", 1, 0);
    DWORD code = result < 0 ? (DWORD)WSAGetLastError() : 0;

    atomic_store(&returned, true);
    return code;
}

static DWORD end_of(HANDLE thread)
{
    DWORD code = 0;

    EXPECT_EQUAL(WaitForSingleObject(thread, 5000), WAIT_OBJECT_0);
    EXPECT(GetExitCodeThread(thread, &code));
    CloseHandle(thread);
    return code;
}

static void not_while_in_passing(void)
{
    int ends[2];
    char byte;

    passing_begin();
    EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    HANDLE thread = CreateThread(NULL, 0, send_to, (void *)(uintptr_t)ends[0], 0, NULL);
    usleep(20000);
    EXPECT(!atomic_load(&returned));
    close(ends[0]);
    passing_end();
    EXPECT_EQUAL(end_of(thread), WSAENOTSOCK);
    EXPECT_EQUAL(read(ends[1], &byte, 1), 0); /* nothing was written to it */
    close(ends[1]);
}

static void otherwise_at_once(void)
{
    int ends[2];
    char byte = 0;

    EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    HANDLE thread = CreateThread(NULL, 0, send_to, (void *)(uintptr_t)ends[0], 0, NULL);
    EXPECT_EQUAL(end_of(thread), 0);
    EXPECT_EQUAL(read(ends[1], &byte, 1), 1);
    EXPECT_EQUAL(byte, 'x');
    closesocket((SOCKET)(uintptr_t)ends[0]);
    close(ends[1]);
}

int main(void)
{
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    not_while_in_passing();
    otherwise_at_once();
    WSACleanup();
    return expect_report();
}
