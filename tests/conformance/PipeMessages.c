/* SPDX-License-Identifier: MIT
 *
 * Messages and bytes through pipes: what a read takes, messages longer than buffers, empty ones,
 * order, room, pipes that do not wait, TransactNamedPipe and CallNamedPipe.
 */
#include "pipes.h"

#define MESSAGES (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)

enum { LARGE = 1 << 20 };
static char large[LARGE], received[LARGE + 1];

static DWORD read_now(HANDLE end, void *data, DWORD length, DWORD *bytes)
{
    *bytes = 0xdead;
    return pipe_error(ReadFile(end, data, length, bytes, NULL));
}

static void write_now(HANDLE end, const void *data, DWORD length)
{
    DWORD bytes = 0;
    REQUIRE(WriteFile(end, data, length, &bytes, NULL) && bytes == length);
}

static void one_message_a_read(void)
{
    struct pipe_pair p;
    char text[16];
    DWORD bytes;

    pipe_pair_make(&p, MESSAGES, FALSE);
    write_now(p.client, "one", 3);
    write_now(p.client, "three", 5);
    DWORD error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-8", !error && bytes == 3 && !memcmp(text, "one", 3), "the first: %u",
          (unsigned)bytes);
    error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-8", !error && bytes == 5 && !memcmp(text, "three", 5), "the second: %u",
          (unsigned)bytes);
    pipe_pair_end(&p);
}

static void longer_than_the_buffer(void)
{
    struct pipe_pair p;
    char text[16];
    DWORD bytes;

    pipe_pair_make(&p, MESSAGES, FALSE);
    write_now(p.client, "0123456789", 10);
    write_now(p.client, "next", 4);
    DWORD error = read_now(p.server, text, 4, &bytes);
    CHECK("PIPE-8", error == ERROR_MORE_DATA && bytes == 4 && !memcmp(text, "0123", 4),
          "its beginning: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    error = read_now(p.server, text, 4, &bytes);
    CHECK("PIPE-8", error == ERROR_MORE_DATA && bytes == 4 && !memcmp(text, "4567", 4),
          "its middle: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-8", !error && bytes == 2 && !memcmp(text, "89", 2), "its end: %u, %u bytes",
          (unsigned)error, (unsigned)bytes);
    error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-8", !error && bytes == 4, "then the next: %u", (unsigned)bytes);
    write_now(p.client, "exact", 5);
    error = read_now(p.server, text, 5, &bytes);
    CHECK("PIPE-8", !error && bytes == 5, "one that just fits: %u", (unsigned)error);
    pipe_pair_end(&p);
}

static void short_reads_as_packets(void)
{
    struct pipe_pair p;
    OVERLAPPED first, second, ov;
    char text[16];

    pipe_pair_make(&p, MESSAGES, TRUE);
    CHECK("PIPE-8", pipe_read(p.server, text, 4, &first) == ERROR_IO_PENDING, "two reads");
    CHECK("PIPE-8", pipe_read(p.server, text + 4, 8, &second) == ERROR_IO_PENDING, "wait");
    CHECK("PIPE-8", pipe_started(pipe_write(p.client, "0123456789", 10, &ov)), "one message");
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 10, "written");
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &first, ERROR_MORE_DATA, 4, "a part");
    CHECK("PIPE-8", first.Internal == 0x80000005, "with STATUS_BUFFER_OVERFLOW: %x",
          (unsigned)first.Internal);
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &second, 0, 6, "the rest");
    CHECK("PIPE-8", !memcmp(text, "0123456789", 10), "in order");
    REQUIRE(pipe_started(pipe_write(p.client, "abcdef", 6, &ov)));
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 6, "written");
    DWORD error = pipe_read(p.server, text, 2, &ov);
    CHECK("PIPE-8", error == ERROR_IO_PENDING || error == ERROR_MORE_DATA, "there already: %u",
          (unsigned)error);
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &ov, ERROR_MORE_DATA, 2, "a part");
    REQUIRE(pipe_started(pipe_read(p.server, text, 16, &ov)));
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &ov, 0, 4, "the rest");
    pipe_pair_end(&p);
}

static void empty_messages(void)
{
    struct pipe_pair p;
    char text[16];
    DWORD bytes;

    pipe_pair_make(&p, MESSAGES, FALSE);
    write_now(p.client, text, 0);
    write_now(p.client, "x", 1);
    DWORD error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-9", !error && bytes == 0, "an empty one: %u, %u bytes", (unsigned)error,
          (unsigned)bytes);
    error = read_now(p.server, text, 0, &bytes);
    CHECK("PIPE-9", (!error || error == ERROR_MORE_DATA) && bytes == 0,
          "a read of nothing: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    if (error == ERROR_MORE_DATA || !check_on_wine())
        error = read_now(p.server, text, sizeof text, &bytes);
    CHECK_WINE_DEPARTS("PIPE-9", !error && bytes == 1, "Wine drops it",
                       "takes nothing: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    write_now(p.client, text, 0);
    CloseHandle(p.client);
    p.client = NULL;
    error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-9", !error && bytes == 0, "one before the end: %u", (unsigned)error);
    error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-6", error == ERROR_BROKEN_PIPE, "the end: %u", (unsigned)error);
    pipe_pair_end(&p);
}

static void a_byte_reader_of_messages(void)
{
    struct pipe_pair p;
    char text[16];
    DWORD bytes;

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE, FALSE);
    write_now(p.client, "one", 3);
    write_now(p.client, "three", 5);
    DWORD error = read_now(p.server, text, 2, &bytes);
    CHECK("PIPE-8", !error && bytes == 2, "a part is no warning: %u", (unsigned)error);
    error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("PIPE-8", !error && bytes == 6 && !memcmp(text, "ethree", 6),
          "and the rest comes with the next: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    pipe_pair_end(&p);
}

static void bytes_are_taken_as_they_are(void)
{
    struct pipe_pair p;
    OVERLAPPED ov;
    char text[16];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    REQUIRE(pipe_started(pipe_write(p.client, "one", 3, &ov)));
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 3, "written");
    REQUIRE(pipe_started(pipe_write(p.client, "two", 3, &ov)));
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &ov, 0, 3, "written");
    REQUIRE(pipe_started(pipe_read(p.server, text, 4, &ov)));
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &ov, 0, 4, "four");
    REQUIRE(pipe_started(pipe_read(p.server, text + 4, 12, &ov)));
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &ov, 0, 2, "two");
    CHECK("PIPE-8", !memcmp(text, "onetwo", 6), "in order");
    pipe_pair_end(&p);
}

/* More than any buffer holds: the write waits for the reader. */
static void large_writes(DWORD mode)
{
    struct pipe_pair p;
    OVERLAPPED first, second, ov;
    DWORD got = 0;

    for (int i = 0; i < LARGE; i++)
        large[i] = (char)(i * 31 + i / 251);
    pipe_pair_make(&p, mode, TRUE);
    DWORD error = pipe_write(p.client, large, LARGE, &first);
    CHECK("PIPE-10", error == ERROR_IO_PENDING, "it pends: %u", (unsigned)error);
    error = pipe_write(p.client, "behind", 6, &second);
    CHECK("PIPE-10", error == ERROR_IO_PENDING, "another behind it too: %u", (unsigned)error);
    CHECK("PIPE-10", port_is_empty(p.client_port), "nobody has read");
    while (got < LARGE) {
        REQUIRE(pipe_started(pipe_read(p.server, received + got, LARGE - got, &ov)) ||
                GetLastError() == ERROR_MORE_DATA);
        struct packet packet = port_take(p.server_port, DEADLINE_MS);
        REQUIRE(packet.overlapped == &ov && packet.bytes);
        got += packet.bytes;
        if (mode & PIPE_READMODE_MESSAGE)
            CHECK("PIPE-10", packet.ok && got == LARGE, "one message: %u bytes", (unsigned)got);
    }
    CHECK("PIPE-10", !memcmp(large, received, LARGE), "it came whole");
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &first, 0, LARGE, "the first");
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &second, 0, 6, "the second");
    REQUIRE(pipe_started(pipe_read(p.server, received, LARGE, &ov)));
    EXPECT_PIPE_PACKET("PIPE-10", p.server_port, SERVER_KEY, &ov, 0, 6, "what was behind");
    pipe_pair_end(&p);
}

static void large_writes_of_bytes(void)
{
    large_writes(PIPE_TYPE_BYTE);
}

static void large_messages(void)
{
    large_writes(MESSAGES);
}

/* A message in pieces, each of which is a read. */
static void a_large_message_in_small_reads(void)
{
    struct pipe_pair p;
    struct pipe_call call = {.data = large, .length = 300000};
    DWORD got = 0, bytes, error = ERROR_MORE_DATA;
    int whole = 1;

    pipe_pair_make(&p, MESSAGES, FALSE);
    call.end = p.client;
    pipe_call_start(&call, pipe_call_write);
    while (error == ERROR_MORE_DATA && got < call.length) {
        error = read_now(p.server, received + got, 7001, &bytes);
        whole = whole && (bytes == 7001 || got + bytes == call.length);
        got += bytes;
    }
    thread_join(call.thread);
    CHECK("PIPE-8", whole && !error && got == call.length, "read to the end: %u, %u bytes",
          (unsigned)error, (unsigned)got);
    CHECK("PIPE-8", !memcmp(large, received, call.length), "in order");
    CHECK("PIPE-10", !call.error && call.bytes == call.length, "written whole: %u",
          (unsigned)call.error);
    pipe_pair_end(&p);
}

static void without_waiting(DWORD mode)
{
    struct pipe_pair p;
    DWORD set = PIPE_NOWAIT | (mode & PIPE_READMODE_MESSAGE), bytes;
    char text[8];

    pipe_pair_make(&p, mode, FALSE);
    REQUIRE(SetNamedPipeHandleState(p.client, &set, NULL, NULL));
    DWORD error = read_now(p.client, text, sizeof text, &bytes);
    CHECK("PIPE-11", error == ERROR_NO_DATA, "nothing to read: %u", (unsigned)error);
    write_now(p.server, "abc", 3);
    error = read_now(p.client, text, sizeof text, &bytes);
    CHECK("PIPE-11", !error && bytes == 3, "something: %u", (unsigned)error);
    int written = 0;
    BOOL ok = TRUE;
    do {
        ok = WriteFile(p.client, large, 4096, &bytes, NULL);
        written++;
    } while (ok && bytes == 4096 && written < 4096);
    CHECK("PIPE-11", ok && bytes < 4096, "no room: %d, %u bytes", ok, (unsigned)bytes);
    ok = WriteFile(p.client, large, 4096, &bytes, NULL);
    CHECK("PIPE-11", ok && bytes == 0, "none at all: %d, %u bytes", ok, (unsigned)bytes);
    pipe_pair_end(&p);
}

static void without_waiting_for_bytes(void)
{
    without_waiting(PIPE_TYPE_BYTE);
}

static void without_waiting_for_messages(void)
{
    without_waiting(MESSAGES);
}

static void flushing(void)
{
    struct pipe_pair p;
    char text[8];
    DWORD bytes;

    pipe_pair_make(&p, MESSAGES, FALSE);
    CHECK("FILE-13", FlushFileBuffers(p.server), "nothing to flush: %u", (unsigned)GetLastError());
    write_now(p.client, "flushed", 7);
    CHECK("FILE-13", FlushFileBuffers(p.server), "the other way: %u", (unsigned)GetLastError());
    DWORD error = read_now(p.server, text, sizeof text, &bytes);
    CHECK("FILE-13", !error && FlushFileBuffers(p.client), "read: %u", (unsigned)GetLastError());
    write_now(p.client, "unread", 6);
    CloseHandle(p.server);
    p.server = NULL;
    error = pipe_error(FlushFileBuffers(p.client));
    CHECK_WINE_DEPARTS("FILE-13", error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA || !error,
                       "Wine has another error", "the peer is gone: %u", (unsigned)error);
    pipe_pair_end(&p);
}

static DWORD WINAPI flush(void *argument)
{
    struct pipe_call *call = argument;
    counter_set(&call->begun, 1);
    call->error = pipe_error(FlushFileBuffers(call->end));
    counter_set(&call->over, 1);
    return 0;
}

static void flushing_waits(void)
{
    struct pipe_pair p;
    struct pipe_call call = {0};
    char text[8];
    DWORD bytes;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    write_now(p.server, "flushed", 7);
    call.end = p.server;
    pipe_call_start(&call, flush);
    CHECK("FILE-13", counter_stays(&call.over, 0), "the peer has not read");
    DWORD error = read_now(p.client, text, sizeof text, &bytes);
    thread_join(call.thread);
    CHECK("FILE-13", !error && !call.error, "now it has: %u", (unsigned)call.error);
    pipe_pair_end(&p);
}

static int routines;
static DWORD routine_error, routine_bytes;

static void WINAPI routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)overlapped;
    routines++;
    routine_error = error;
    routine_bytes = bytes;
}

static void with_routines(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, MESSAGES, 1);
    HANDLE peer = pipe_client(name.text, FILE_FLAG_OVERLAPPED);
    OVERLAPPED reading, writing;
    char text[8];

    REQUIRE(end != INVALID_HANDLE_VALUE && peer != INVALID_HANDLE_VALUE);
    overlapped_zero(&reading);
    overlapped_zero(&writing);
    CHECK("FILE-14", ReadFileEx(end, text, sizeof text, &reading, routine), "a read: %u",
          (unsigned)GetLastError());
    CHECK("FILE-14", WriteFileEx(peer, "abc", 3, &writing, routine), "a write: %u",
          (unsigned)GetLastError());
    CHECK("FILE-14", routines == 0, "no routine before an alertable wait");
    while (routines < 2 && SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION)
        ;
    CHECK("FILE-14", routines == 2 && routine_error == 0 && routine_bytes == 3, "both: %d",
          routines);
    CloseHandle(peer);
    CloseHandle(end);
}

static void skipping_the_port(void)
{
    struct pipe_pair p;
    OVERLAPPED ov;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    REQUIRE(SetFileCompletionNotificationModes(p.client, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    DWORD error = pipe_write(p.client, "x", 1, &ov);
    CHECK("PKT-7", error == 0, "a write that fits: %u", (unsigned)error);
    CHECK("PKT-7", port_is_empty(p.client_port), "no packet");
    pipe_pair_end(&p);
}

static void bad_calls(void)
{
    struct pipe_pair p;
    OVERLAPPED ov;
    char byte;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    DWORD error = pipe_write(p.client, NULL, 1, &ov);
    CHECK("FILE-10", error == ERROR_INVALID_USER_BUFFER || error == ERROR_NOACCESS,
          "a write from NULL: %u", (unsigned)error);
    error = pipe_read(p.client, NULL, 1, &ov);
    CHECK("FILE-10", error == ERROR_NOACCESS, "a read to NULL: %u", (unsigned)error);
    overlapped_zero(&ov);
    error = pipe_error(ReadFileEx(p.client, &byte, 1, &ov, routine));
    CHECK("PKT-12", error == ERROR_INVALID_PARAMETER, "a routine beside a port: %u",
          (unsigned)error);
    if (!port_is_empty(p.client_port))
        CHECK_WINE_DEPARTS("PKT-2", FALSE, "Wine queues a packet for a failed call",
                           "a failed call has queued a packet");
    pipe_pair_end(&p);
}

static DWORD WINAPI answer(void *argument)
{
    struct pipe_call *call = argument;
    char text[64];
    DWORD bytes;

    counter_set(&call->begun, 1);
    while (ReadFile(call->end, text, sizeof text, &bytes, NULL))
        if (!WriteFile(call->end, call->data, call->length, &bytes, NULL))
            break;
    call->error = GetLastError();
    return 0;
}

static void transactions(void)
{
    struct pipe_pair p;
    char text[16];
    struct pipe_call call = {.data = (char *)"the answer", .length = 10};
    DWORD bytes = 0;

    pipe_pair_make(&p, MESSAGES, FALSE);
    call.end = p.server;
    pipe_call_start(&call, answer);
    BOOL done = TransactNamedPipe(p.client, (void *)"ask", 3, text, sizeof text, &bytes, NULL);
    CHECK("PIPE-12", done && bytes == 10 && !memcmp(text, "the answer", 10), "%d, %u bytes", done,
          (unsigned)bytes);
    done = TransactNamedPipe(p.client, (void *)"ask", 3, text, 4, &bytes, NULL);
    CHECK("PIPE-12", !done && GetLastError() == ERROR_MORE_DATA && bytes == 4,
          "an answer that is longer: %u, %u bytes", (unsigned)GetLastError(), (unsigned)bytes);
    DWORD error = pipe_error(TransactNamedPipe(p.client, (void *)"ask", 3, text, 4, &bytes, NULL));
    CHECK_WINE_DEPARTS("PIPE-12", error == ERROR_PIPE_BUSY, "Wine does not look",
                       "with the rest unread: %u", (unsigned)error);
    CloseHandle(p.client);
    p.client = NULL;
    thread_join(call.thread);
    pipe_pair_end(&p);
}

static void overlapped_transactions(void)
{
    struct pipe_pair p;
    OVERLAPPED ov, reading;
    char text[16], asked[16];

    pipe_pair_make(&p, MESSAGES, TRUE);
    overlapped_zero(&ov);
    DWORD error =
        pipe_error(TransactNamedPipe(p.client, (void *)"ask", 3, text, sizeof text, NULL, &ov));
    CHECK("PIPE-12", error == ERROR_IO_PENDING, "it pends: %u", (unsigned)error);
    REQUIRE(pipe_started(pipe_read(p.server, asked, sizeof asked, &reading)));
    EXPECT_PIPE_PACKET("PIPE-12", p.server_port, SERVER_KEY, &reading, 0, 3, "the question");
    CHECK("PIPE-12", port_is_empty(p.client_port), "no packet for the first half");
    REQUIRE(pipe_started(pipe_write(p.server, "answer", 6, &reading)));
    EXPECT_PIPE_PACKET("PIPE-10", p.server_port, SERVER_KEY, &reading, 0, 6, "written");
    EXPECT_PIPE_PACKET("PIPE-12", p.client_port, CLIENT_KEY, &ov, 0, 6, "the answer");
    overlapped_zero(&ov);
    REQUIRE(pipe_error(TransactNamedPipe(p.client, (void *)"ask", 3, text, sizeof text, NULL,
                                         &ov)) == ERROR_IO_PENDING);
    CHECK("PIPE-12", CancelIoEx(p.client, &ov), "it can be cancelled");
    EXPECT_PIPE_PACKET("PIPE-12", p.client_port, CLIENT_KEY, &ov, ERROR_OPERATION_ABORTED, 0,
                       "and ends");
    pipe_pair_end(&p);
}

static void transactions_of_bytes(void)
{
    struct pipe_pair p;
    char text[16];
    DWORD bytes;

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE, FALSE);
    DWORD error =
        pipe_error(TransactNamedPipe(p.client, (void *)"ask", 3, text, sizeof text, &bytes, NULL));
    CHECK("PIPE-12", error == ERROR_BAD_PIPE, "a reader of bytes: %u", (unsigned)error);
    pipe_pair_end(&p);
}

static DWORD WINAPI serve_one(void *argument)
{
    struct pipe_call *call = argument;

    counter_set(&call->begun, 1);
    if (!ConnectNamedPipe(call->end, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        return 1;
    return answer(call);
}

static void calls(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, MESSAGES, 1);
    struct pipe_call call = {.end = end, .data = (char *)"answer", .length = 6};
    char text[16];
    DWORD bytes = 0;

    REQUIRE(end != INVALID_HANDLE_VALUE);
    pipe_call_start(&call, serve_one);
    BOOL done = CallNamedPipeA(name.text, (void *)"ask", 3, text, sizeof text, &bytes, 1000);
    CHECK("PIPE-12", done && bytes == 6 && !memcmp(text, "answer", 6), "a call: %d, %u bytes", done,
          (unsigned)bytes);
    thread_join(call.thread);
    CHECK("PIPE-6", call.error == ERROR_BROKEN_PIPE, "the caller has gone: %u",
          (unsigned)call.error);
    DWORD error = pipe_error(
        CallNamedPipeA(name.text, (void *)"ask", 3, text, sizeof text, &bytes, NMPWAIT_NOWAIT));
    CHECK("PIPE-2", error == ERROR_SEM_TIMEOUT || error == ERROR_PIPE_BUSY, "nobody listens: %u",
          (unsigned)error);
    CloseHandle(end);
    error = pipe_error(
        CallNamedPipeA(name.text, (void *)"ask", 3, text, sizeof text, &bytes, NMPWAIT_NOWAIT));
    CHECK("PIPE-2", error == ERROR_FILE_NOT_FOUND, "nobody is there: %u", (unsigned)error);
}

int main(void)
{
    RUN(one_message_a_read);
    RUN(longer_than_the_buffer);
    RUN(short_reads_as_packets);
    RUN(empty_messages);
    RUN(a_byte_reader_of_messages);
    RUN(bytes_are_taken_as_they_are);
    RUN(large_writes_of_bytes);
    RUN(large_messages);
    RUN(a_large_message_in_small_reads);
    RUN(without_waiting_for_bytes);
    RUN(without_waiting_for_messages);
    RUN(flushing);
    RUN(flushing_waits);
    RUN(with_routines);
    RUN(skipping_the_port);
    RUN(bad_calls);
    RUN(transactions);
    RUN(overlapped_transactions);
    RUN(transactions_of_bytes);
    RUN(calls);
    return check_report();
}
