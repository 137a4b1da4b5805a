/* SPDX-License-Identifier: MIT
 *
 * How a pipe ends: by the server's disconnecting, by the peer's closing, by one's own. Each in
 * every state of reads and writes, each with exactly one packet.
 */
#include "pipes.h"

enum { LARGE = 1 << 20 };
static char large[LARGE];

static void disconnected(DWORD mode)
{
    struct pipe_pair p;
    OVERLAPPED server_read, client_read, ov;
    char text[16];

    pipe_pair_make(&p, mode, TRUE);
    CHECK("PIPE-5", pipe_started(pipe_write(p.server, "unread", 6, &ov)), "written");
    EXPECT_PIPE_PACKET("PIPE-10", p.server_port, SERVER_KEY, &ov, 0, 6, "written");
    DWORD error = pipe_read(p.server, text, sizeof text, &server_read);
    CHECK("PIPE-5", error == ERROR_IO_PENDING, "the server reads: %u", (unsigned)error);
    CHECK("PIPE-5", DisconnectNamedPipe(p.server), "disconnected: %u", (unsigned)GetLastError());
    EXPECT_PIPE_PACKET("PIPE-5", p.server_port, SERVER_KEY, &server_read, ERROR_PIPE_NOT_CONNECTED,
                       0, "the server's read");
    error = pipe_read(p.client, text, sizeof text, &client_read);
    CHECK("PIPE-5", error == ERROR_PIPE_NOT_CONNECTED, "unread data is gone: %u", (unsigned)error);
    error = pipe_write(p.client, "x", 1, &ov);
    CHECK("PIPE-5", error == ERROR_PIPE_NOT_CONNECTED, "the client's write: %u", (unsigned)error);
    error = pipe_read(p.server, text, sizeof text, &ov);
    CHECK("PIPE-5", error == ERROR_PIPE_NOT_CONNECTED, "the server's next read: %u",
          (unsigned)error);
    error = pipe_error(DisconnectNamedPipe(p.server));
    CHECK("PIPE-5", error == ERROR_PIPE_NOT_CONNECTED, "once more: %u", (unsigned)error);
    pipe_pair_end(&p);
}

static void disconnected_bytes(void)
{
    disconnected(PIPE_TYPE_BYTE);
}

static void disconnected_messages(void)
{
    disconnected(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

static void disconnected_under_a_client(DWORD mode)
{
    struct pipe_pair p;
    OVERLAPPED reading, writing;
    char text[16];

    pipe_pair_make(&p, mode, TRUE);
    DWORD error = pipe_read(p.client, text, sizeof text, &reading);
    CHECK("PIPE-5", error == ERROR_IO_PENDING, "the client reads: %u", (unsigned)error);
    error = pipe_write(p.client, large, LARGE, &writing);
    CHECK("PIPE-10", error == ERROR_IO_PENDING, "and writes more than fits: %u", (unsigned)error);
    CHECK("PIPE-5", DisconnectNamedPipe(p.server), "disconnected");
    struct packet first = port_take(p.client_port, DEADLINE_MS);
    struct packet second = port_take(p.client_port, DEADLINE_MS);
    CHECK("PIPE-5", !first.ok && first.error == ERROR_PIPE_NOT_CONNECTED, "one ends with %u",
          (unsigned)first.error);
    CHECK("PIPE-5", !second.ok && second.error == ERROR_PIPE_NOT_CONNECTED, "the other with %u",
          (unsigned)second.error);
    CHECK("PIPE-5", first.overlapped != second.overlapped, "each has its packet");
    pipe_pair_end(&p);
}

static void disconnected_under_a_client_of_bytes(void)
{
    disconnected_under_a_client(PIPE_TYPE_BYTE);
}

static void disconnected_under_a_client_of_messages(void)
{
    disconnected_under_a_client(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

/* The instance goes on to the next client, and the one before does not mix in. */
static void the_next_client(void)
{
    struct pipe_pair p;
    OVERLAPPED ov, waiting;
    char text[16];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    for (int turn = 0; turn < 3; turn++) {
        CHECK("PIPE-5", pipe_started(pipe_write(p.client, "stale", 5, &ov)), "written");
        EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 5, "written");
        REQUIRE(DisconnectNamedPipe(p.server));
        overlapped_zero(&waiting);
        REQUIRE(pipe_error(ConnectNamedPipe(p.server, &waiting)) == ERROR_IO_PENDING);
        HANDLE next = pipe_client(p.name.text, FILE_FLAG_OVERLAPPED);
        REQUIRE(next != INVALID_HANDLE_VALUE);
        REQUIRE(CreateIoCompletionPort(next, p.client_port, CLIENT_KEY, 0) == p.client_port);
        EXPECT_PIPE_PACKET("PIPE-3", p.server_port, SERVER_KEY, &waiting, 0, 0, "the next client");
        DWORD error = pipe_write(p.client, "x", 1, &ov);
        CHECK("PIPE-5", error == ERROR_PIPE_NOT_CONNECTED, "the one before is out: %u",
              (unsigned)error);
        CHECK("PIPE-5", pipe_started(pipe_write(next, "fresh", 5, &ov)), "the next one writes");
        EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 5, "written");
        REQUIRE(pipe_started(pipe_read(p.server, text, sizeof text, &ov)));
        EXPECT_PIPE_PACKET("PIPE-5", p.server_port, SERVER_KEY, &ov, 0, 5, "read");
        CHECK("PIPE-5", !memcmp(text, "fresh", 5), "and nothing else");
        CloseHandle(p.client);
        p.client = next;
    }
    pipe_pair_end(&p);
}

static void the_peer_closed(DWORD mode)
{
    struct pipe_pair p;
    OVERLAPPED ov;
    char text[16];

    pipe_pair_make(&p, mode, TRUE);
    REQUIRE(pipe_started(pipe_write(p.client, "last", 4, &ov)));
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 4, "written");
    CloseHandle(p.client);
    p.client = NULL;
    REQUIRE(pipe_started(pipe_read(p.server, text, sizeof text, &ov)));
    EXPECT_PIPE_PACKET("PIPE-6", p.server_port, SERVER_KEY, &ov, 0, 4, "what was written is read");
    DWORD error = pipe_read(p.server, text, sizeof text, &ov);
    if (error == ERROR_IO_PENDING)
        EXPECT_PIPE_PACKET("PIPE-6", p.server_port, SERVER_KEY, &ov, ERROR_BROKEN_PIPE, 0,
                           "then the end");
    else
        CHECK("PIPE-6", error == ERROR_BROKEN_PIPE, "then the end: %u", (unsigned)error);
    error = pipe_write(p.server, "x", 1, &ov);
    CHECK("PIPE-6", error == ERROR_NO_DATA, "nobody to write to: %u", (unsigned)error);
    pipe_pair_end(&p);
}

static void the_peer_of_bytes_closed(void)
{
    the_peer_closed(PIPE_TYPE_BYTE);
}

static void the_peer_of_messages_closed(void)
{
    the_peer_closed(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

static void the_peer_closed_meanwhile(DWORD mode)
{
    struct pipe_pair p;
    OVERLAPPED reading, writing;
    char text[16];

    pipe_pair_make(&p, mode, TRUE);
    REQUIRE(pipe_read(p.server, text, sizeof text, &reading) == ERROR_IO_PENDING);
    REQUIRE(pipe_write(p.server, large, LARGE, &writing) == ERROR_IO_PENDING);
    CloseHandle(p.client);
    p.client = NULL;
    struct packet first = port_take(p.server_port, DEADLINE_MS);
    struct packet second = port_take(p.server_port, DEADLINE_MS);
    CHECK("PIPE-6", !first.ok && first.error == ERROR_BROKEN_PIPE && first.bytes == 0,
          "one ends with %u", (unsigned)first.error);
    CHECK("PIPE-6", !second.ok && second.error == ERROR_BROKEN_PIPE && second.bytes == 0,
          "the other with %u", (unsigned)second.error);
    CHECK("PIPE-6", first.overlapped != second.overlapped, "each has its packet");
    pipe_pair_end(&p);
}

static void the_peer_of_bytes_closed_meanwhile(void)
{
    the_peer_closed_meanwhile(PIPE_TYPE_BYTE);
}

static void the_peer_of_messages_closed_meanwhile(void)
{
    the_peer_closed_meanwhile(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

static void closed_with_a_read_pending(BOOL client)
{
    struct pipe_pair p;
    OVERLAPPED ov;
    char text[16];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    HANDLE *end = client ? &p.client : &p.server;
    REQUIRE(pipe_read(*end, text, sizeof text, &ov) == ERROR_IO_PENDING);
    CloseHandle(*end);
    *end = NULL;
    EXPECT_PIPE_PACKET("PIPE-7", client ? p.client_port : p.server_port,
                       client ? CLIENT_KEY : SERVER_KEY, &ov, ERROR_BROKEN_PIPE, 0,
                       client ? "a client's" : "a server's");
    pipe_pair_end(&p);
}

static void one_closes_oneself(void)
{
    closed_with_a_read_pending(FALSE);
    closed_with_a_read_pending(TRUE);
}

static void cancelled(void)
{
    struct pipe_pair p;
    OVERLAPPED first, second, writing;
    char text[16];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    REQUIRE(pipe_read(p.server, text, 8, &first) == ERROR_IO_PENDING);
    REQUIRE(pipe_read(p.server, text + 8, 8, &second) == ERROR_IO_PENDING);
    CHECK("CANC-2", CancelIoEx(p.server, &first), "the first");
    EXPECT_PIPE_PACKET("CANC-4", p.server_port, SERVER_KEY, &first, ERROR_OPERATION_ABORTED, 0,
                       "the first");
    REQUIRE(pipe_started(pipe_write(p.client, "b", 1, &writing)));
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &writing, 0, 1, "written");
    EXPECT_PIPE_PACKET("CANC-4", p.server_port, SERVER_KEY, &second, 0, 1, "the second goes on");
    CHECK("CANC-4", text[8] == 'b', "with the data");
    REQUIRE(pipe_write(p.client, large, LARGE, &writing) == ERROR_IO_PENDING);
    CHECK("CANC-2", CancelIoEx(p.client, NULL), "a write");
    struct packet packet = port_take(p.client_port, DEADLINE_MS);
    CHECK("CANC-4", !packet.ok && packet.error == ERROR_OPERATION_ABORTED, "ends with %u",
          (unsigned)packet.error);
    pipe_pair_end(&p);
}

static void blocked_calls(void)
{
    struct pipe_pair p;
    char text[16];
    struct pipe_call call = {.data = text, .length = sizeof text};

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    call.end = p.client;
    pipe_call_start(&call, pipe_call_read);
    CHECK("PIPE-5", counter_stays(&call.over, 0), "a client sleeps");
    CHECK("PIPE-5", DisconnectNamedPipe(p.server), "disconnected");
    thread_join(call.thread);
    CHECK("PIPE-5", call.error == ERROR_PIPE_NOT_CONNECTED, "it wakes with %u",
          (unsigned)call.error);
    pipe_pair_end(&p);

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    call = (struct pipe_call){.end = p.server, .data = text, .length = sizeof text};
    pipe_call_start(&call, pipe_call_read);
    CloseHandle(p.client);
    p.client = NULL;
    thread_join(call.thread);
    CHECK("PIPE-6", call.error == ERROR_BROKEN_PIPE, "the peer closed: %u", (unsigned)call.error);
    pipe_pair_end(&p);

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE, FALSE);
    call = (struct pipe_call){.end = p.server, .data = large, .length = LARGE};
    pipe_call_start(&call, pipe_call_write);
    CHECK("PIPE-10", counter_stays(&call.over, 0), "a writer sleeps");
    CloseHandle(p.client);
    p.client = NULL;
    thread_join(call.thread);
    CHECK("PIPE-6", call.error == ERROR_NO_DATA || call.error == ERROR_BROKEN_PIPE,
          "and wakes with %u", (unsigned)call.error);
    pipe_pair_end(&p);
}

static void a_blocked_call_is_cancelled(void)
{
    struct pipe_pair p;
    char text[16];
    struct pipe_call call = {.data = text, .length = sizeof text};

    if (WINE_CANNOT("CANC-9", "Wine does not end a blocking read"))
        return;
    pipe_pair_make(&p, PIPE_TYPE_MESSAGE, FALSE);
    call.end = p.client;
    pipe_call_start(&call, pipe_call_read);
    CHECK("CANC-9", CancelSynchronousIo(call.thread), "found");
    thread_join(call.thread);
    CHECK("CANC-9", call.error == ERROR_OPERATION_ABORTED, "it ends with %u", (unsigned)call.error);
    pipe_pair_end(&p);
}

static void dead_handles(void)
{
    struct pipe_pair p;
    OVERLAPPED ov;
    char byte;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    HANDLE closed = p.server;
    CloseHandle(p.server);
    p.server = NULL;
    DWORD error = pipe_error(DisconnectNamedPipe(closed));
    CHECK("BAD-1", error == ERROR_INVALID_HANDLE, "disconnecting a closed one: %u",
          (unsigned)error);
    error = pipe_read(closed, &byte, 1, &ov);
    CHECK("BAD-1", error == ERROR_INVALID_HANDLE, "reading it: %u", (unsigned)error);
    error = pipe_error(FlushFileBuffers(closed));
    CHECK("BAD-1", error == ERROR_INVALID_HANDLE, "flushing it: %u", (unsigned)error);
    error = pipe_error(DisconnectNamedPipe(p.server_port));
    CHECK("PIPE-5", error != 0, "disconnecting a port: %u", (unsigned)error);
    pipe_pair_end(&p);
}

int main(void)
{
    RUN(disconnected_bytes);
    RUN(disconnected_messages);
    RUN(disconnected_under_a_client_of_bytes);
    RUN(disconnected_under_a_client_of_messages);
    RUN(the_next_client);
    RUN(the_peer_of_bytes_closed);
    RUN(the_peer_of_messages_closed);
    RUN(the_peer_of_bytes_closed_meanwhile);
    RUN(the_peer_of_messages_closed_meanwhile);
    RUN(one_closes_oneself);
    RUN(cancelled);
    RUN(blocked_calls);
    RUN(a_blocked_call_is_cancelled);
    RUN(dead_handles);
    return check_report();
}
