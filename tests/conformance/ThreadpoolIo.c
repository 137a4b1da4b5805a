/* SPDX-License-Identifier: MIT
 *
 * Completed I/O in the thread pool: CreateThreadpoolIo and BindIoCompletionCallback (POOL-1 to 7).
 * Datagram sockets that send to themselves.
 */
#include "loopback.h"
#include "threadpool.h"

struct io_count {
    struct count count;
    _Atomic LONG bytes;
    _Atomic LONG result; /* the last */
    void *_Atomic overlapped;
    void *_Atomic io;
};

static void CALLBACK io_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                             ULONG result, ULONG_PTR bytes, PTP_IO io)
{
    struct io_count *count = context;

    (void)instance;
    count_enter(&count->count);
    count->bytes += (LONG)bytes;
    count->result = (LONG)result;
    count->overlapped = overlapped;
    count->io = io;
    count_leave(&count->count);
}

static void operations_run_callbacks(void)
{
    enum { OPERATIONS = 50 };
    static OVERLAPPED sends[OPERATIONS];
    struct io_count count = {0};
    SOCKET s = loopback_socket();
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);

    if (!CHECK("POOL-3", io != NULL, "CreateThreadpoolIo, error %u", (unsigned)GetLastError()))
        return;
    for (int index = 0; index < OPERATIONS; index++) {
        StartThreadpoolIo(io);
        loopback_send(s, 7, &sends[index]);
    }
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK("POOL-5", count.count.all == OPERATIONS, "%ld of %d callbacks have run",
          (long)count.count.all, OPERATIONS);
    CHECK("POOL-3", count.bytes == 7 * OPERATIONS, "%ld bytes", (long)count.bytes);
    CHECK("POOL-3", count.result == 0, "result %ld", (long)count.result);
    CHECK("POOL-3", count.io == io, "the object is named");

    PTP_IO second = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);
    CHECK("POOL-3", second == NULL && GetLastError() == ERROR_INVALID_PARAMETER,
          "a second association: %p, error %u", (void *)second, (unsigned)GetLastError());
    CHECK("POOL-3",
          CreateIoCompletionPort((HANDLE)s, NULL, 0, 0) == NULL &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "a port for the bound socket, error %u", (unsigned)GetLastError());
    closesocket(s);
    CloseThreadpoolIo(io);
    second = CreateThreadpoolIo(NULL, io_done, &count, NULL);
    CHECK("POOL-3", second == NULL && GetLastError() == ERROR_INVALID_HANDLE,
          "no handle: %p, error %u", (void *)second, (unsigned)GetLastError());
}

static void cancelled_operations_say_so(void)
{
    struct io_count count = {0};
    char space[8];
    OVERLAPPED overlapped;
    SOCKET s = loopback_socket();
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);

    REQUIRE(io != NULL);
    StartThreadpoolIo(io);
    loopback_receive(s, space, sizeof space, &overlapped);
    REQUIRE(CancelIoEx((HANDLE)s, &overlapped));
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK("POOL-6", count.count.all == 1, "%ld callbacks", (long)count.count.all);
    CHECK("POOL-6", count.result == ERROR_OPERATION_ABORTED, "result %ld", (long)count.result);
    CHECK("POOL-6", count.bytes == 0, "%ld bytes", (long)count.bytes);
    CHECK("POOL-3", count.overlapped == &overlapped, "the OVERLAPPED is named");
    closesocket(s);
    CloseThreadpoolIo(io);
}

static void starts_can_be_taken_back(void)
{
    struct io_count count = {0};
    OVERLAPPED overlapped;
    SOCKET s = loopback_socket();
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);

    REQUIRE(io != NULL);
    StartThreadpoolIo(io);
    CancelThreadpoolIo(io);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK("POOL-4", count.count.all == 0, "nothing is waited for");
    loopback_send(s, 1, &overlapped);
    Sleep(150);
    CHECK("POOL-4", count.count.all == 0, "no callback for an operation without a start: %ld",
          (long)count.count.all);
    StartThreadpoolIo(io);
    loopback_send(s, 1, &overlapped);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK("POOL-4", count.count.all == 1, "one for an operation with a start: %ld",
          (long)count.count.all);
    closesocket(s);
    CloseThreadpoolIo(io);
}

static void skipped_packets_need_no_callback(void)
{
    struct io_count count = {0};
    OVERLAPPED overlapped = {0};
    char payload[4] = "abc";
    WSABUF buffer = {sizeof payload, payload};
    DWORD sent;
    SOCKET s = loopback_socket();
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);

    REQUIRE(io != NULL);
    REQUIRE(SetFileCompletionNotificationModes((HANDLE)s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    StartThreadpoolIo(io);
    int result = WSASend(s, &buffer, 1, &sent, 0, &overlapped, NULL);
    if (result == 0)
        CancelThreadpoolIo(io);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK("POOL-4", count.count.all == (result == 0 ? 0 : 1), "%ld callbacks after result %d",
          (long)count.count.all, result);
    closesocket(s);
    CloseThreadpoolIo(io);
}

static void waiting_can_drop_callbacks(void)
{
    struct io_count count = {0};
    char space[8];
    OVERLAPPED receive, send;
    SOCKET s = loopback_socket();
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);

    REQUIRE(io != NULL);
    StartThreadpoolIo(io);
    loopback_receive(s, space, sizeof space, &receive);
    WaitForThreadpoolIoCallbacks(io, TRUE);
    CHECK("POOL-5", !HasOverlappedIoCompleted(&receive), "the operation goes on");
    StartThreadpoolIo(io);
    loopback_send(s, 1, &send);
    Sleep(150);
    CHECK("POOL-5", HasOverlappedIoCompleted(&receive), "and ends");
    CHECK("POOL-5", count.count.all <= 1, "at most the later one has a callback: %ld",
          (long)count.count.all);
    closesocket(s);
    CloseThreadpoolIo(io);
}

static void closing_waits_for_nobody(void)
{
    struct io_count count = {.count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)}};
    OVERLAPPED sends[2];
    SOCKET s = loopback_socket();
    PTP_IO io = CreateThreadpoolIo((HANDLE)s, io_done, &count, NULL);

    REQUIRE(io != NULL);
    for (int index = 0; index < 2; index++) {
        StartThreadpoolIo(io);
        loopback_send(s, 1, &sends[index]);
    }
    CHECK("POOL-7", count_reaches(&count.count.now, 2), "both callbacks run");
    closesocket(s);
    CloseThreadpoolIo(io);
    SetEvent(count.count.gate);
    CHECK("POOL-7", count_reaches(&count.count.all, 2), "%ld of 2 ended after closing",
          (long)count.count.all);
    Sleep(20);
    CloseHandle(count.count.gate);
}

/* ---- bound files ---- */

static struct count bound;
static _Atomic LONG bound_error, bound_bytes;

static VOID CALLBACK bound_done(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)overlapped;
    count_enter(&bound);
    bound_error = (LONG)error;
    bound_bytes = (LONG)bytes;
    count_leave(&bound);
}

static void bound_files(void)
{
    char space[8];
    OVERLAPPED send, receive;
    SOCKET s = loopback_socket();

    CHECK("POOL-1", BindIoCompletionCallback((HANDLE)s, bound_done, 0), "bound, error %u",
          (unsigned)GetLastError());
    CHECK("POOL-1",
          !BindIoCompletionCallback((HANDLE)s, bound_done, 0) &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "a second time, error %u", (unsigned)GetLastError());
    BOOL none = BindIoCompletionCallback(NULL, bound_done, 0);
    CHECK("POOL-1",
          !none &&
              (GetLastError() == ERROR_INVALID_HANDLE || GetLastError() == ERROR_INVALID_PARAMETER),
          "no handle, error %u", (unsigned)GetLastError());
    loopback_send(s, 5, &send);
    CHECK("POOL-2", count_reaches(&bound.all, 1), "the callback has run");
    CHECK("POOL-2", bound_error == 0 && bound_bytes == 5, "error %ld, %ld bytes", (long)bound_error,
          (long)bound_bytes);
    /* The datagram is still there; the second receive pends. */
    char first[8];
    WSABUF buffer = {sizeof first, first};
    DWORD flags = 0, got;
    REQUIRE(WSARecv(s, &buffer, 1, &got, &flags, NULL, NULL) == 0);
    loopback_receive(s, space, sizeof space, &receive);
    REQUIRE(CancelIoEx((HANDLE)s, &receive));
    CHECK("POOL-2", count_reaches(&bound.all, 2), "so has the cancelled one's");
    CHECK("POOL-2", bound_error != 0, "error 0x%lx", (unsigned long)bound_error);
    closesocket(s);
}

int main(void)
{
    loopback_begin();
    RUN(operations_run_callbacks);
    RUN(cancelled_operations_say_so);
    RUN(starts_can_be_taken_back);
    RUN(skipped_packets_need_no_callback);
    RUN(waiting_can_drop_callbacks);
    RUN(closing_waits_for_nobody);
    RUN(bound_files);
    return check_report();
}
