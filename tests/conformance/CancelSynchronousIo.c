/* SPDX-License-Identifier: MIT
 *
 * CancelSynchronousIo: ends another thread's blocking call.
 */
#include "check.h"
#include "sockets.h"

struct blocked_reader {
    SOCKET socket;
    BOOL read;
    DWORD error;
};

/* A handle that is not overlapped: ReadFile waits. */
static DWORD WINAPI read_one(void *argument)
{
    struct blocked_reader *reader = argument;
    char byte;
    DWORD bytes = 0;

    reader->read = ReadFile((HANDLE)reader->socket, &byte, 1, &bytes, NULL);
    reader->error = GetLastError();
    return 0;
}

static void a_blocked_read(void)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address);
    struct blocked_reader reader = {.socket = INVALID_SOCKET};
    SOCKET peer;

    reader.socket = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0);
    REQUIRE(reader.socket != INVALID_SOCKET);
    REQUIRE(connect(reader.socket, (struct sockaddr *)&address, sizeof address) == 0);
    peer = accept(listener, NULL, NULL);
    REQUIRE(peer != INVALID_SOCKET);
    HANDLE thread = CreateThread(NULL, 0, read_one, &reader, 0, NULL);
    REQUIRE(thread != NULL);
    BOOL cancelled = FALSE;
    for (int tries = 0; tries < 100 && !cancelled; tries++) {
        Sleep(20);
        SetLastError(0xBEEF);
        cancelled = CancelSynchronousIo(thread);
    }
    CHECK("CANC-9", cancelled, "there is a call to end");
    CHECK("CANC-9", GetLastError() == 0xBEEF, "the last error stays: %u", (unsigned)GetLastError());
    CHECK("CANC-9", WaitForSingleObject(thread, 5000) == WAIT_OBJECT_0, "it ends");
    CHECK("CANC-9", !reader.read && reader.error == ERROR_OPERATION_ABORTED, "with error %u",
          (unsigned)reader.error);
    CloseHandle(thread);
    closesocket(reader.socket);
    closesocket(peer);
    closesocket(listener);
}

static void nothing_to_cancel(void)
{
    BOOL cancelled = CancelSynchronousIo(GetCurrentThread());
    CHECK("CANC-9", !cancelled && GetLastError() == ERROR_NOT_FOUND, "no call: %u",
          (unsigned)GetLastError());
    cancelled = CancelSynchronousIo(NULL);
    CHECK("CANC-9", !cancelled && GetLastError() == ERROR_INVALID_HANDLE, "no thread: %u",
          (unsigned)GetLastError());
}

int main(void)
{
    sockets_start();
    RUN(a_blocked_read);
    RUN(nothing_to_cancel);
    return check_report();
}
