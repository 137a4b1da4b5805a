/* SPDX-License-Identifier: MIT
 *
 * PeekNamedPipe, and anonymous pipes (CreatePipe).
 */
#include "pipes.h"

#define MESSAGES (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)

static void write_now(HANDLE end, const void *data, DWORD length)
{
    DWORD bytes = 0;
    REQUIRE(WriteFile(end, data, length, &bytes, NULL) && bytes == length);
}

static void bytes(void)
{
    struct pipe_pair p;
    DWORD read = 9, available = 9, left = 9, count;
    char text[16];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    BOOL done = PeekNamedPipe(p.server, text, sizeof text, &read, &available, &left);
    CHECK("PIPE-13", done && !read && !available && !left, "nothing: %d, %u, %u, %u", done,
          (unsigned)read, (unsigned)available, (unsigned)left);
    write_now(p.client, "abcdef", 6);
    done = PeekNamedPipe(p.server, text, 4, &read, &available, NULL);
    CHECK("PIPE-13", done && read == 4 && available == 6 && !memcmp(text, "abcd", 4),
          "some: %d, %u of %u", done, (unsigned)read, (unsigned)available);
    done = PeekNamedPipe(p.server, NULL, 0, NULL, &available, NULL);
    CHECK("PIPE-13", done && available == 6, "it is still there: %u", (unsigned)available);
    REQUIRE(ReadFile(p.server, text, sizeof text, &count, NULL));
    CHECK("PIPE-13", count == 6 && !memcmp(text, "abcdef", 6), "to be read: %u", (unsigned)count);
    pipe_pair_end(&p);
}

static void messages(void)
{
    struct pipe_pair p;
    DWORD read = 9, available = 9, left = 9, count;
    char text[16];

    pipe_pair_make(&p, MESSAGES, FALSE);
    write_now(p.client, "abcdef", 6);
    write_now(p.client, "ghi", 3);
    BOOL done = PeekNamedPipe(p.server, text, 4, &read, &available, &left);
    CHECK("PIPE-13", done && read == 4 && available == 9 && left == 2 && !memcmp(text, "abcd", 4),
          "the first: %d, %u of %u, %u left", done, (unsigned)read, (unsigned)available,
          (unsigned)left);
    DWORD error = pipe_error(ReadFile(p.server, text, 4, &count, NULL));
    CHECK("PIPE-13", error == ERROR_MORE_DATA && count == 4, "it is read as ever: %u",
          (unsigned)error);
    done = PeekNamedPipe(p.server, text, sizeof text, &read, &available, &left);
    CHECK("PIPE-13", done && read == 2 && available == 5 && left == 0,
          "its rest: %d, %u of %u, %u left", done, (unsigned)read, (unsigned)available,
          (unsigned)left);
    REQUIRE(ReadFile(p.server, text, sizeof text, &count, NULL) && count == 2);
    REQUIRE(ReadFile(p.server, text, sizeof text, &count, NULL));
    CHECK("PIPE-13", count == 3 && !memcmp(text, "ghi", 3), "the second: %u", (unsigned)count);
    write_now(p.client, text, 0);
    write_now(p.client, "x", 1);
    done = PeekNamedPipe(p.server, text, sizeof text, &read, &available, &left);
    CHECK("PIPE-13", done && read == 0 && available == 1, "an empty one first: %d, %u of %u", done,
          (unsigned)read, (unsigned)available);
    REQUIRE(ReadFile(p.server, text, sizeof text, &count, NULL));
    CHECK("PIPE-9", count == 0, "is read as such: %u", (unsigned)count);
    pipe_pair_end(&p);
}

/* More than any buffer on the way holds: what the writer has not got rid of counts too. */
static void a_long_message(void)
{
    enum { LENGTH = 1 << 20, HEAD = 128 };
    struct pipe_pair p;
    char *data = calloc(1, LENGTH), *rest = calloc(1, LENGTH), head[HEAD];
    OVERLAPPED out, in;
    DWORD available = 9, left = 9, count = 0;

    REQUIRE(data && rest);
    for (int index = 0; index < LENGTH; index++)
        data[index] = (char)(index * 7);
    pipe_pair_make(&p, MESSAGES, TRUE);
    REQUIRE(pipe_started(pipe_write(p.client, data, LENGTH, &out)));
    pipe_read(p.server, head, HEAD, &in);
    EXPECT_PIPE_PACKET("PIPE-8", p.server_port, SERVER_KEY, &in, ERROR_MORE_DATA, HEAD, "its head");
    BOOL done = PeekNamedPipe(p.server, NULL, 0, NULL, &available, &left);
    CHECK("PIPE-13", done && left == LENGTH - HEAD && available == left, "the rest: %u of %u",
          (unsigned)left, (unsigned)available);
    if (left == LENGTH - HEAD) {
        REQUIRE(pipe_started(pipe_read(p.server, rest, left, &in)));
        EXPECT_PIPE_PACKET("PIPE-13", p.server_port, SERVER_KEY, &in, 0, LENGTH - HEAD,
                           "read at one go");
        count = LENGTH - HEAD;
    }
    CHECK("PIPE-13", !memcmp(head, data, HEAD) && !memcmp(rest, data + HEAD, count), "as written");
    EXPECT_PIPE_PACKET("PIPE-10", p.client_port, CLIENT_KEY, &out, 0, LENGTH, "written");
    pipe_pair_end(&p);
    free(data);
    free(rest);
}

static void beside_a_read(void)
{
    struct pipe_pair p;
    OVERLAPPED reading, writing;
    DWORD available;
    char text[16];

    pipe_pair_make(&p, MESSAGES, TRUE);
    for (int turn = 0; turn < 50; turn++) {
        REQUIRE(pipe_read(p.server, text, sizeof text, &reading) == ERROR_IO_PENDING);
        REQUIRE(pipe_started(pipe_write(p.client, "abc", 3, &writing)));
        REQUIRE(PeekNamedPipe(p.server, NULL, 0, NULL, &available, NULL));
        struct packet packet = port_take(p.server_port, DEADLINE_MS);
        if (packet.overlapped != &reading || packet.bytes != 3) {
            CHECK("PIPE-13", FALSE, "the read ends all the same, in turn %d", turn);
            break;
        }
        REQUIRE(port_take(p.client_port, DEADLINE_MS).ok);
    }
    CHECK("PIPE-13", port_is_empty(p.server_port), "a look queues nothing");
    pipe_pair_end(&p);
}

static void nobody_there(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
    DWORD available = 0, count;
    char text[8];

    DWORD error = pipe_error(PeekNamedPipe(end, NULL, 0, NULL, &available, NULL));
    CHECK("PIPE-13", error == ERROR_BAD_PIPE, "before a client: %u", (unsigned)error);
    HANDLE peer = pipe_client(name.text, 0);
    REQUIRE(peer != INVALID_HANDLE_VALUE);
    write_now(peer, "abc", 3);
    CloseHandle(peer);
    BOOL done = PeekNamedPipe(end, NULL, 0, NULL, &available, NULL);
    CHECK("PIPE-13", done && available == 3, "what a client left: %u", (unsigned)available);
    REQUIRE(ReadFile(end, text, sizeof text, &count, NULL));
    error = pipe_error(PeekNamedPipe(end, NULL, 0, NULL, &available, NULL));
    CHECK("PIPE-13", error == ERROR_BROKEN_PIPE, "and nothing more: %u", (unsigned)error);
    REQUIRE(DisconnectNamedPipe(end));
    error = pipe_error(PeekNamedPipe(end, NULL, 0, NULL, &available, NULL));
    CHECK("PIPE-13", error == ERROR_BAD_PIPE, "disconnected: %u", (unsigned)error);
    error = pipe_error(PeekNamedPipe(NULL, NULL, 0, NULL, &available, NULL));
    CHECK("PIPE-13", error == ERROR_INVALID_HANDLE, "NULL: %u", (unsigned)error);
    CloseHandle(end);
}

static void anonymous(void)
{
    HANDLE reading, writing, port = port_make(0);
    DWORD count = 0, available = 0, type = 0, written;
    char text[16];

    REQUIRE(CreatePipe(&reading, &writing, NULL, 0));
    CHECK("PIPE-14", GetFileType(reading) == FILE_TYPE_PIPE, "it is a pipe");
    HANDLE result = CreateIoCompletionPort(reading, port, 1, 0);
    CHECK("PIPE-14", !result && GetLastError() == ERROR_INVALID_PARAMETER, "for no port: %u",
          (unsigned)GetLastError());
    result = CreateIoCompletionPort(writing, port, 1, 0);
    CHECK("PORT-7", !result && GetLastError() == ERROR_INVALID_PARAMETER, "nor this end: %u",
          (unsigned)GetLastError());
    write_now(writing, "ab", 2);
    write_now(writing, "cd", 2);
    CHECK("PIPE-14", PeekNamedPipe(reading, NULL, 0, NULL, &available, NULL) && available == 4,
          "looked at: %u", (unsigned)available);
    CHECK("PIPE-14", ReadFile(reading, text, sizeof text, &count, NULL) && count == 4, "bytes: %u",
          (unsigned)count);
    CHECK("PIPE-14",
          GetNamedPipeInfo(writing, &type, NULL, NULL, NULL) && !(type & PIPE_TYPE_MESSAGE),
          "no messages: %x", (unsigned)type);
    DWORD error = pipe_error(WriteFile(reading, "x", 1, &written, NULL));
    CHECK("PIPE-14", error == ERROR_ACCESS_DENIED, "one way only: %u", (unsigned)error);
    error = pipe_error(ReadFile(writing, text, 1, &written, NULL));
    CHECK("PIPE-14", error == ERROR_ACCESS_DENIED, "and not back: %u", (unsigned)error);
    write_now(writing, "last", 4);
    CloseHandle(writing);
    CHECK("PIPE-6", ReadFile(reading, text, sizeof text, &count, NULL) && count == 4,
          "the rest: %u", (unsigned)count);
    error = pipe_error(ReadFile(reading, text, sizeof text, &count, NULL));
    CHECK("PIPE-6", error == ERROR_BROKEN_PIPE && count == 0, "the end: %u", (unsigned)error);
    CloseHandle(reading);
    REQUIRE(CreatePipe(&reading, &writing, NULL, 100));
    CloseHandle(reading);
    error = pipe_error(WriteFile(writing, "x", 1, &written, NULL));
    CHECK("PIPE-6", error == ERROR_NO_DATA, "nobody reads: %u", (unsigned)error);
    CloseHandle(writing);
    CloseHandle(port);
}

static void an_anonymous_reader_sleeps(void)
{
    HANDLE reading, writing;
    char text[16];

    REQUIRE(CreatePipe(&reading, &writing, NULL, 0));
    struct pipe_call call = {.end = reading, .data = text, .length = sizeof text};
    pipe_call_start(&call, pipe_call_read);
    CHECK("PIPE-14", counter_stays(&call.over, 0), "it waits");
    write_now(writing, "x", 1);
    thread_join(call.thread);
    CHECK("PIPE-14", !call.error && call.bytes == 1, "for a byte: %u", (unsigned)call.error);
    CloseHandle(reading);
    CloseHandle(writing);
}

/* A thread of a port of one that blocks in a pipe lets the next one run. */
struct worker {
    HANDLE port, thread;
    struct pipe_call *call;
    LPTHREAD_START_ROUTINE block;
    volatile LONG taken;
};

static DWORD WINAPI work(void *argument)
{
    struct worker *w = argument;
    for (;;) {
        struct packet packet = port_take(w->port, 2 * DEADLINE_MS);
        if (!packet.ok || packet.key == 0)
            return 0;
        counter_add(&w->taken);
        if (packet.key == 1)
            w->block(w->call);
    }
}

static void blocks_in(const char *what, struct worker *first)
{
    struct worker second = {.port = port_make(1)};

    first->port = second.port;
    first->thread = thread_start(work, first);
    support_settle();
    port_post(first->port, 0, 1, NULL);
    REQUIRE(counter_reaches(&first->taken, 1));
    second.thread = thread_start(work, &second);
    port_post(first->port, 0, 2, NULL);
    CHECK("SCHED-7", counter_reaches(&second.taken, 1), "%s releases its slot", what);
    port_post(first->port, 0, 0, NULL);
    port_post(first->port, 0, 0, NULL);
    thread_join(second.thread);
}

static void goes_on(struct worker *first)
{
    CHECK("SCHED-8", counter_reaches(&first->call->over, 1), "and goes on");
    thread_join(first->thread);
    CloseHandle(first->port);
}

static void blocked_threads(void)
{
    struct pipe_pair p;
    char text[8];
    struct pipe_call call = {.data = text, .length = sizeof text};
    struct worker first = {.call = &call, .block = pipe_call_read};
    struct pipe_name name = pipe_name_new();

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    call.end = p.server;
    blocks_in("a read", &first);
    write_now(p.client, "x", 1);
    goes_on(&first);
    pipe_pair_end(&p);

    call = (struct pipe_call){.end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, 0, 1)};
    first = (struct worker){.call = &call, .block = pipe_call_connect};
    blocks_in("ConnectNamedPipe", &first);
    HANDLE peer = pipe_client(name.text, 0);
    goes_on(&first);
    CloseHandle(peer);
    CloseHandle(call.end);
}

int main(void)
{
    RUN(bytes);
    RUN(messages);
    RUN(a_long_message);
    RUN(beside_a_read);
    RUN(nobody_there);
    RUN(anonymous);
    RUN(an_anonymous_reader_sleeps);
    RUN(blocked_threads);
    return check_report();
}
