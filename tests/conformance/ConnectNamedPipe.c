/* SPDX-License-Identifier: MIT
 *
 * A server waits for its client: overlapped and blocking, with a client that is early, late, or has
 * gone again; and what ends the waiting otherwise.
 */
#include "pipes.h"

static HANDLE server(const struct pipe_name *name, DWORD flag, DWORD mode)
{
    HANDLE made = pipe_serve(name->text, PIPE_ACCESS_DUPLEX | flag, PIPE_TYPE_BYTE | mode, 1);
    REQUIRE(made != INVALID_HANDLE_VALUE);
    return made;
}

static HANDLE client(const struct pipe_name *name)
{
    HANDLE made = pipe_client(name->text, 0);
    REQUIRE(made != INVALID_HANDLE_VALUE);
    return made;
}

static void a_late_client(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE port = port_make(0), end = server(&name, FILE_FLAG_OVERLAPPED, 0);
    OVERLAPPED ov;

    REQUIRE(CreateIoCompletionPort(end, port, SERVER_KEY, 0) == port);
    overlapped_zero(&ov);
    DWORD error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_IO_PENDING, "it pends: %u", (unsigned)error);
    CHECK("PIPE-3", port_is_empty(port), "no packet before the client");
    HANDLE peer = client(&name);
    EXPECT_PIPE_PACKET("PIPE-3", port, SERVER_KEY, &ov, 0, 0, "the client came");
    overlapped_zero(&ov);
    error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_PIPE_CONNECTED, "once more: %u", (unsigned)error);
    CHECK("PKT-2", port_is_empty(port), "which is no packet");
    CloseHandle(peer);
    CloseHandle(end);
    CloseHandle(port);
}

static void an_early_client(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE port = port_make(0), end = server(&name, FILE_FLAG_OVERLAPPED, 0);
    OVERLAPPED ov;

    REQUIRE(CreateIoCompletionPort(end, port, SERVER_KEY, 0) == port);
    HANDLE peer = client(&name);
    overlapped_zero(&ov);
    DWORD error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_PIPE_CONNECTED, "it is there: %u", (unsigned)error);
    CHECK("PIPE-3", port_is_empty(port), "no packet");
    CloseHandle(peer);
    overlapped_zero(&ov);
    error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_NO_DATA, "it has gone: %u", (unsigned)error);
    CHECK("PIPE-3", port_is_empty(port), "no packet either");
    CHECK("PIPE-3", DisconnectNamedPipe(end), "disconnected");
    overlapped_zero(&ov);
    error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_IO_PENDING, "and waiting for the next: %u", (unsigned)error);
    peer = client(&name);
    EXPECT_PIPE_PACKET("PIPE-3", port, SERVER_KEY, &ov, 0, 0, "who comes");
    CloseHandle(peer);
    CloseHandle(end);
    CloseHandle(port);
}

static void a_client_that_came_and_went(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = server(&name, FILE_FLAG_OVERLAPPED, 0);
    HANDLE peer = client(&name);
    OVERLAPPED ov;

    CloseHandle(peer);
    overlapped_zero(&ov);
    DWORD error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_NO_DATA, "before it was asked for: %u", (unsigned)error);
    CloseHandle(end);
}

static void with_an_event(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = server(&name, FILE_FLAG_OVERLAPPED, 0);
    OVERLAPPED ov;
    DWORD bytes = 7;

    CHECK("EVT-4", WaitForSingleObject(end, 0) == WAIT_OBJECT_0, "a fresh pipe is signalled");
    overlapped_zero(&ov);
    ov.hEvent = event_make(TRUE, TRUE);
    DWORD error = pipe_error(ConnectNamedPipe(end, &ov));
    CHECK("PIPE-3", error == ERROR_IO_PENDING, "it pends: %u", (unsigned)error);
    CHECK("EVT-1", WaitForSingleObject(ov.hEvent, 0) == WAIT_TIMEOUT, "the event is reset");
    HANDLE peer = client(&name);
    CHECK("EVT-1", WaitForSingleObject(ov.hEvent, DEADLINE_MS) == WAIT_OBJECT_0, "and set");
    CHECK("PIPE-3", GetOverlappedResult(end, &ov, &bytes, FALSE) && bytes == 0, "bytes %u",
          (unsigned)bytes);
    CloseHandle(peer);
    CloseHandle(ov.hEvent);
    CloseHandle(end);
}

static void what_ends_the_waiting(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE port = port_make(0), end = server(&name, FILE_FLAG_OVERLAPPED, 0);
    OVERLAPPED ov;

    REQUIRE(CreateIoCompletionPort(end, port, SERVER_KEY, 0) == port);
    overlapped_zero(&ov);
    REQUIRE(pipe_error(ConnectNamedPipe(end, &ov)) == ERROR_IO_PENDING);
    CHECK("CANC-2", CancelIoEx(end, &ov), "CancelIoEx finds it");
    EXPECT_PIPE_PACKET("CANC-4", port, SERVER_KEY, &ov, ERROR_OPERATION_ABORTED, 0, "cancelled");
    DWORD error = pipe_error(CancelIoEx(end, &ov));
    CHECK("CANC-2", error == ERROR_NOT_FOUND, "it is gone: %u", (unsigned)error);
    overlapped_zero(&ov);
    REQUIRE(pipe_error(ConnectNamedPipe(end, &ov)) == ERROR_IO_PENDING);
    CloseHandle(end);
    EXPECT_PIPE_PACKET_WINE("PIPE-7", port, SERVER_KEY, &ov, ERROR_BROKEN_PIPE, 0,
                            "Wine has a status of its own", "closed");
    end = pipe_client(name.text, 0);
    CHECK("PIPE-2", end == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND,
          "the name is gone: %u", (unsigned)GetLastError());
    CloseHandle(port);
}

static void disconnected_while_waiting(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE port = port_make(0), end = server(&name, FILE_FLAG_OVERLAPPED, 0);
    OVERLAPPED ov;

    REQUIRE(CreateIoCompletionPort(end, port, SERVER_KEY, 0) == port);
    overlapped_zero(&ov);
    REQUIRE(pipe_error(ConnectNamedPipe(end, &ov)) == ERROR_IO_PENDING);
    if (WINE_CANNOT("PIPE-5", "Wine does not disconnect an instance that listens")) {
        CloseHandle(end);
        CloseHandle(port);
        return;
    }
    CHECK("PIPE-5", DisconnectNamedPipe(end), "disconnected");
    EXPECT_PIPE_PACKET("PIPE-5", port, SERVER_KEY, &ov, ERROR_PIPE_NOT_CONNECTED, 0, "it ends");
    CloseHandle(end);
    CloseHandle(port);
}

static void blocking(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = server(&name, 0, 0);
    struct pipe_call call = {.end = end};

    pipe_call_start(&call, pipe_call_connect);
    CHECK("PIPE-4", counter_stays(&call.over, 0), "it waits");
    HANDLE peer = client(&name);
    thread_join(call.thread);
    CHECK("PIPE-4", call.error == 0, "a client came later: %u", (unsigned)call.error);
    CloseHandle(peer);
    REQUIRE(DisconnectNamedPipe(end));
    /* The instance is free again only when it is waited for: whoever comes first finds it busy. */
    peer = pipe_client(name.text, 0);
    CHECK("PIPE-2", peer == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY,
          "no instance listens: %u", (unsigned)GetLastError());
    CloseHandle(end);
    end = server(&name, 0, 0);
    peer = client(&name);
    DWORD error = pipe_error(ConnectNamedPipe(end, NULL));
    CHECK("PIPE-4", error == ERROR_PIPE_CONNECTED, "a client was there: %u", (unsigned)error);
    CloseHandle(peer);
    CloseHandle(end);
}

static void cancelled_from_another_thread(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = server(&name, 0, 0);
    struct pipe_call call = {.end = end};

    if (WINE_CANNOT("CANC-9", "Wine does not end a blocking ConnectNamedPipe")) {
        CloseHandle(end);
        return;
    }
    pipe_call_start(&call, pipe_call_connect);
    CHECK("CANC-9", CancelSynchronousIo(call.thread), "there is a call to end");
    thread_join(call.thread);
    CHECK("CANC-9", call.error == ERROR_OPERATION_ABORTED, "which says so: %u",
          (unsigned)call.error);
    CloseHandle(end);
}

static void without_waiting(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = server(&name, 0, PIPE_NOWAIT);
    DWORD error = pipe_error(ConnectNamedPipe(end, NULL));

    CHECK("PIPE-11", error == ERROR_PIPE_LISTENING, "nobody yet: %u", (unsigned)error);
    HANDLE peer = client(&name);
    error = pipe_error(ConnectNamedPipe(end, NULL));
    CHECK("PIPE-11", error == ERROR_PIPE_CONNECTED, "a client: %u", (unsigned)error);
    CloseHandle(peer);
    error = pipe_error(ConnectNamedPipe(end, NULL));
    CHECK("PIPE-11", error == ERROR_NO_DATA, "it has gone: %u", (unsigned)error);
    REQUIRE(DisconnectNamedPipe(end));
    error = pipe_error(ConnectNamedPipe(end, NULL));
    CHECK_WINE_DEPARTS("PIPE-11", error == 0, "Wine says ERROR_PIPE_LISTENING at once",
                       "the first call after that listens: %u", (unsigned)error);
    error = pipe_error(ConnectNamedPipe(end, NULL));
    CHECK("PIPE-11", error == ERROR_PIPE_LISTENING, "the second tells: %u", (unsigned)error);
    CloseHandle(end);
}

static void not_a_servers_end(void)
{
    struct pipe_pair p;
    OVERLAPPED ov;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    overlapped_zero(&ov);
    DWORD error = pipe_error(ConnectNamedPipe(p.client, &ov));
    CHECK("PIPE-3", error == ERROR_INVALID_FUNCTION, "a client: %u", (unsigned)error);
    error = pipe_error(DisconnectNamedPipe(p.client));
    CHECK_WINE_DEPARTS("PIPE-5", error == ERROR_INVALID_FUNCTION, "Wine has another error",
                       "nor does it disconnect: %u", (unsigned)error);
    overlapped_zero(&ov);
    error = pipe_error(ConnectNamedPipe(p.server_port, &ov));
    CHECK("PIPE-3", error != 0, "a port: %u", (unsigned)error);
    error = pipe_error(ConnectNamedPipe(NULL, &ov));
    CHECK("PIPE-3", error == ERROR_INVALID_HANDLE, "NULL: %u", (unsigned)error);
    pipe_pair_end(&p);
}

/* Data that the client wrote before the server looked is not lost; nor need a server wait for its
 * client before it reads. */
static void a_hasty_client(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = server(&name, 0, 0);
    DWORD bytes = 0;
    char text[8];

    DWORD error = pipe_error(ReadFile(end, text, sizeof text, &bytes, NULL));
    CHECK("PIPE-15", error == ERROR_PIPE_LISTENING, "a read before the client: %u",
          (unsigned)error);
    HANDLE peer = client(&name);
    REQUIRE(WriteFile(peer, "early", 5, &bytes, NULL));
    BOOL read = ReadFile(end, text, sizeof text, &bytes, NULL);
    CHECK("PIPE-15", read && bytes == 5 && !memcmp(text, "early", 5), "it is connected: %u bytes",
          (unsigned)bytes);
    CloseHandle(peer);
    CloseHandle(end);
}

int main(void)
{
    RUN(a_late_client);
    RUN(an_early_client);
    RUN(a_client_that_came_and_went);
    RUN(with_an_event);
    RUN(what_ends_the_waiting);
    RUN(disconnected_while_waiting);
    RUN(blocking);
    RUN(cancelled_from_another_thread);
    RUN(without_waiting);
    RUN(not_a_servers_end);
    RUN(a_hasty_client);
    return check_report();
}
