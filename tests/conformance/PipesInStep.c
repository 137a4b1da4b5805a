/* SPDX-License-Identifier: MIT
 *
 * Both ends of a pipe in one process: what a call ends at the other end has ended when the call
 * returns, for a program that looks once and does not wait (PIPE-23).
 */
#include "pipes.h"

/* Before its result is looked at with a port, which waits for it. */
static int has_ended(const OVERLAPPED *overlapped)
{
    return HasOverlappedIoCompleted(overlapped);
}

static void read_by_a_write(DWORD pipe_mode)
{
    struct pipe_pair p;
    OVERLAPPED in, out;
    char data[16];

    pipe_pair_make(&p, pipe_mode, TRUE);
    for (int round = 0; round < 100; round++) {
        HANDLE from = round & 1 ? p.server : p.client, to = round & 1 ? p.client : p.server;
        HANDLE to_port = round & 1 ? p.client_port : p.server_port;
        HANDLE from_port = round & 1 ? p.server_port : p.client_port;
        CHECK("PIPE-23", pipe_read(to, data, sizeof data, &in) == ERROR_IO_PENDING, "a read");
        CHECK("PIPE-23", pipe_started(pipe_write(from, "abc", 3, &out)), "a write");
        CHECK("PIPE-23", has_ended(&in), "round %d: the read has ended", round);
        struct packet seen = port_take(to_port, 0);
        CHECK("PIPE-23", seen.ok && seen.overlapped == &in && seen.bytes == 3,
              "round %d: its packet is there: ok %d, %u bytes", round, seen.ok,
              (unsigned)seen.bytes);
        seen = port_take(from_port, DEADLINE_MS);
        CHECK("PIPE-23", seen.ok && seen.overlapped == &out, "round %d: the write's", round);
    }
    pipe_pair_end(&p);
}

static void bytes_read_by_a_write(void)
{
    read_by_a_write(PIPE_TYPE_BYTE);
}

static void a_message_read_by_a_write(void)
{
    read_by_a_write(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

/* Two reads wait, and one message comes. */
static void no_more_than_there_is(void)
{
    struct pipe_pair p;
    OVERLAPPED in[2], out;
    char data[2][16];

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, TRUE);
    for (int index = 0; index < 2; index++)
        CHECK("PIPE-23", pipe_read(p.server, data[index], 16, &in[index]) == ERROR_IO_PENDING,
              "a read");
    for (int index = 0; index < 2; index++) {
        CHECK("PIPE-23", pipe_started(pipe_write(p.client, "one", 3, &out)), "a message");
        CHECK("PIPE-23", has_ended(&in[0]) && has_ended(&in[1]) == index, "message %d: one read",
              index);
        EXPECT_PIPE_PACKET("PIPE-23", p.client_port, CLIENT_KEY, &out, 0, 3, "written");
    }
    for (int index = 0; index < 2; index++)
        EXPECT_PIPE_PACKET("PIPE-23", p.server_port, SERVER_KEY, &in[index], 0, 3, "in turn");
    pipe_pair_end(&p);
}

/* Where the reader has an event, and the writer waits for what it writes. */
static void an_event_set_by_a_synchronous_write(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE server = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    HANDLE client = pipe_client(name.text, 0);
    OVERLAPPED in = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    char data[8];
    DWORD bytes = 0;

    REQUIRE(server != INVALID_HANDLE_VALUE && client != INVALID_HANDLE_VALUE && in.hEvent);
    DWORD error = pipe_error(ReadFile(server, data, sizeof data, NULL, &in));
    CHECK("PIPE-23", error == ERROR_IO_PENDING, "a read waits: %u", (unsigned)error);
    CHECK("PIPE-23", WriteFile(client, "abcd", 4, &bytes, NULL) && bytes == 4, "written");
    CHECK("PIPE-23", WaitForSingleObject(in.hEvent, 0) == WAIT_OBJECT_0, "its event is set");
    CHECK("PIPE-23", GetOverlappedResult(server, &in, &bytes, FALSE) && bytes == 4, "%u bytes",
          (unsigned)bytes);
    CloseHandle(client);
    CloseHandle(server);
    CloseHandle(in.hEvent);
}

static volatile LONG routine_runs;
static DWORD routine_bytes;

static void WINAPI routine(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    (void)overlapped;
    routine_bytes = error ? 0 : bytes;
    InterlockedIncrement(&routine_runs);
}

static void a_routine_due_after_a_write(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE server = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    HANDLE client = pipe_client(name.text, 0);
    OVERLAPPED in = {0};
    char data[8];
    DWORD bytes;

    REQUIRE(server != INVALID_HANDLE_VALUE && client != INVALID_HANDLE_VALUE);
    CHECK("PIPE-23", ReadFileEx(server, data, sizeof data, &in, routine), "a read waits");
    CHECK("PIPE-23", SleepEx(0, TRUE) == 0 && routine_runs == 0, "nothing is due");
    CHECK("PIPE-23", WriteFile(client, "abcd", 4, &bytes, NULL), "written");
    CHECK("PIPE-23", routine_runs == 0, "it runs when the thread is alertable");
    CHECK("PIPE-23", SleepEx(0, TRUE) == WAIT_IO_COMPLETION && routine_runs == 1,
          "and then it does");
    CHECK("PIPE-23", routine_bytes == 4, "%u bytes", (unsigned)routine_bytes);
    CloseHandle(client);
    CloseHandle(server);
}

static void a_write_by_reads(void)
{
    enum { LENGTH = 4 << 20, MUCH = 1 << 20 };
    struct pipe_pair p;
    OVERLAPPED in, out;
    char *data = calloc(1, LENGTH);
    DWORD all = 0;

    REQUIRE(data);
    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    CHECK("PIPE-10", pipe_write(p.client, data, LENGTH, &out) == ERROR_IO_PENDING, "a long write");
    while (all < LENGTH) {
        if (LENGTH - all > MUCH)
            CHECK("PIPE-10", !has_ended(&out), "much is left");
        CHECK("PIPE-10", pipe_started(pipe_read(p.server, data, 65536, &in)), "a read");
        struct packet seen = port_take(p.server_port, DEADLINE_MS);
        CHECK("PIPE-10", seen.ok && seen.overlapped == &in && seen.bytes, "read");
        all += seen.bytes;
    }
    CHECK("PIPE-23", has_ended(&out), "the write has ended");
    EXPECT_PIPE_PACKET("PIPE-23", p.client_port, CLIENT_KEY, &out, 0, LENGTH, "whole");
    free(data);
    pipe_pair_end(&p);
}

static void a_read_by_closing(void)
{
    struct pipe_pair p;
    OVERLAPPED in;
    char data[8];

    for (int side = 0; side < 2; side++) {
        pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
        HANDLE stays = side ? p.server : p.client;
        HANDLE port = side ? p.server_port : p.client_port;
        CHECK("PIPE-23", pipe_read(stays, data, sizeof data, &in) == ERROR_IO_PENDING, "a read");
        CloseHandle(side ? p.client : p.server);
        *(side ? &p.client : &p.server) = NULL;
        CHECK("PIPE-23", has_ended(&in), "side %d: ended by the other's closing", side);
        struct packet seen = port_take(port, 0);
        CHECK("PIPE-6", !seen.ok && seen.overlapped == &in && seen.error == ERROR_BROKEN_PIPE,
              "side %d: %u", side, (unsigned)seen.error);
        pipe_pair_end(&p);
    }
}

static void a_read_by_disconnecting(void)
{
    struct pipe_pair p;
    OVERLAPPED in;
    char data[8];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    CHECK("PIPE-23", pipe_read(p.client, data, sizeof data, &in) == ERROR_IO_PENDING, "a read");
    CHECK("PIPE-23", DisconnectNamedPipe(p.server), "disconnected");
    CHECK("PIPE-23", has_ended(&in), "which ends the client's read");
    struct packet seen = port_take(p.client_port, 0);
    CHECK("PIPE-5", !seen.ok && seen.overlapped == &in && seen.error == ERROR_PIPE_NOT_CONNECTED,
          "%u", (unsigned)seen.error);
    pipe_pair_end(&p);
}

struct taking {
    HANDLE port;
    struct packet seen[2];
};

static DWORD WINAPI take_two(void *argument)
{
    struct taking *taking = argument;
    for (int index = 0; index < 2; index++)
        taking->seen[index] = port_take(taking->port, DEADLINE_MS);
    return 0;
}

/* A server that answers and lets its client go: what the client's read waited for is its own,
 * whoever finds it. */
static void an_answer_before_disconnecting(DWORD pipe_mode)
{
    struct pipe_pair p;
    OVERLAPPED in, next, out;
    char data[2][8];

    pipe_pair_make(&p, pipe_mode, TRUE);
    CHECK("PIPE-5", pipe_read(p.client, data[0], 8, &in) == ERROR_IO_PENDING, "a read");
    CHECK("PIPE-5", pipe_read(p.client, data[1], 8, &next) == ERROR_IO_PENDING, "another");
    struct taking taking = {.port = p.client_port};
    HANDLE taker = thread_start(take_two, &taking);
    support_settle();
    CHECK("PIPE-5", pipe_started(pipe_write(p.server, "bye", 3, &out)), "the answer");
    CHECK("PIPE-5", DisconnectNamedPipe(p.server), "disconnected");
    thread_join(taker);
    CHECK("PIPE-5",
          taking.seen[0].ok && taking.seen[0].overlapped == &in && taking.seen[0].bytes == 3,
          "read all the same: %u", (unsigned)taking.seen[0].error);
    CHECK("PIPE-5",
          !taking.seen[1].ok && taking.seen[1].overlapped == &next &&
              taking.seen[1].error == ERROR_PIPE_NOT_CONNECTED,
          "and nothing more: %u", (unsigned)taking.seen[1].error);
    EXPECT_PIPE_PACKET("PIPE-5", p.server_port, SERVER_KEY, &out, 0, 3, "written");
    pipe_pair_end(&p);
}

static void an_answer_and_the_end(void)
{
    for (int round = 0; round < 10; round++) {
        an_answer_before_disconnecting(PIPE_TYPE_BYTE);
        an_answer_before_disconnecting(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    }
}

/* The second time after a disconnect, with the first client still there. */
static void a_connect_by_a_client(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE server = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    HANDLE port = port_make(0), clients[3];
    OVERLAPPED waiting, in, out;
    char data[8];

    REQUIRE(server != INVALID_HANDLE_VALUE &&
            CreateIoCompletionPort(server, port, SERVER_KEY, 0) == port);
    for (int turn = 0; turn < 3; turn++) {
        overlapped_zero(&waiting);
        DWORD error = pipe_error(ConnectNamedPipe(server, &waiting));
        CHECK("PIPE-3", error == ERROR_IO_PENDING, "waits for a client: %u", (unsigned)error);
        clients[turn] = pipe_client(name.text, FILE_FLAG_OVERLAPPED);
        REQUIRE(clients[turn] != INVALID_HANDLE_VALUE);
        CHECK("PIPE-23", has_ended(&waiting), "turn %d: the client is in", turn);
        struct packet seen = port_take(port, 0);
        CHECK("PIPE-23", seen.ok && seen.overlapped == &waiting, "turn %d: and the packet", turn);
        CHECK("PIPE-23", pipe_read(clients[turn], data, sizeof data, &in) == ERROR_IO_PENDING,
              "it reads");
        CHECK("PIPE-23", pipe_started(pipe_write(server, "abc", 3, &out)), "what is written");
        CHECK("PIPE-23", has_ended(&in), "turn %d: at once", turn);
        EXPECT_PIPE_PACKET("PIPE-23", port, SERVER_KEY, &out, 0, 3, "written");
        CHECK("PIPE-5", DisconnectNamedPipe(server), "and is let go");
    }
    CloseHandle(server);
    for (int turn = 0; turn < 3; turn++)
        CloseHandle(clients[turn]);
    CHECK("PKT-6", port_is_empty(port), "nothing is left");
    CloseHandle(port);
}

static void a_transaction(void)
{
    struct pipe_pair p;
    OVERLAPPED in, out, both = {0};
    char question[8], answer[8];

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, TRUE);
    CHECK("PIPE-23", pipe_read(p.server, question, sizeof question, &in) == ERROR_IO_PENDING,
          "a read");
    DWORD error =
        pipe_error(TransactNamedPipe(p.client, "ask", 3, answer, sizeof answer, NULL, &both));
    CHECK("PIPE-12", error == ERROR_IO_PENDING, "waits for its answer: %u", (unsigned)error);
    CHECK_WINE_DEPARTS("PIPE-23", has_ended(&in) && !has_ended(&both),
                       "Wine's server hands it on a moment later", "the question is there");
    CHECK("PIPE-23", pipe_started(pipe_write(p.server, "answer", 6, &out)), "the answer");
    CHECK("PIPE-23", has_ended(&both), "ends the transaction");
    EXPECT_PIPE_PACKET("PIPE-23", p.client_port, CLIENT_KEY, &both, 0, 6, "which it says");
    EXPECT_PIPE_PACKET("PIPE-23", p.server_port, SERVER_KEY, &in, 0, 3, "question");
    EXPECT_PIPE_PACKET("PIPE-23", p.server_port, SERVER_KEY, &out, 0, 6, "answer");
    pipe_pair_end(&p);
}

/* Ends that are paired and parted by several threads at once. A turn: a client opens the pipe,
 * writes a message and reads the answer; every second one then closes before it is let go. */
enum { SERVERS = 2, CLIENTS = 3, TURNS = 150 };

static struct pipe_name shared_name;
static volatile LONG clients_served, answers_right, turns_left;

static int ended_well(HANDLE end, BOOL done, OVERLAPPED *overlapped, DWORD *bytes)
{
    if (!done && GetLastError() != ERROR_IO_PENDING && GetLastError() != ERROR_PIPE_CONNECTED)
        return 0;
    if (!done && GetLastError() == ERROR_PIPE_CONNECTED)
        return 1;
    return WaitForSingleObject(overlapped->hEvent, DEADLINE_MS) == WAIT_OBJECT_0 &&
           GetOverlappedResult(end, overlapped, bytes, FALSE);
}

static DWORD WINAPI server_thread(void *argument)
{
    HANDLE end = pipe_serve(shared_name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, SERVERS);
    OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    DWORD bytes = 0;
    LONG message;

    (void)argument;
    while (InterlockedDecrement(&turns_left) >= 0) {
        BOOL done = ConnectNamedPipe(end, &overlapped);
        if (!ended_well(end, done, &overlapped, &bytes))
            break;
        done = ReadFile(end, &message, sizeof message, NULL, &overlapped);
        if (!ended_well(end, done, &overlapped, &bytes) || bytes != sizeof message)
            break;
        message++;
        done = WriteFile(end, &message, sizeof message, NULL, &overlapped);
        if (!ended_well(end, done, &overlapped, &bytes))
            break;
        FlushFileBuffers(end);
        if (!DisconnectNamedPipe(end))
            break;
        InterlockedIncrement(&clients_served);
    }
    CloseHandle(end);
    CloseHandle(overlapped.hEvent);
    return 0;
}

static DWORD WINAPI client_thread(void *argument)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    DWORD bytes = 0;

    for (LONG turn = (LONG)(ULONG_PTR)argument; counter_get(&clients_served) < TURNS;
         turn += CLIENTS) {
        LONG message = turn;
        HANDLE end = pipe_client(shared_name.text, FILE_FLAG_OVERLAPPED);
        if (end == INVALID_HANDLE_VALUE) {
            if (GetLastError() == ERROR_FILE_NOT_FOUND)
                break; /* the servers are through */
            Sleep(1);
            continue;
        }
        BOOL done = WriteFile(end, &message, sizeof message, NULL, &overlapped);
        if (ended_well(end, done, &overlapped, &bytes)) {
            done = ReadFile(end, &message, sizeof message, NULL, &overlapped);
            if (ended_well(end, done, &overlapped, &bytes) && message == turn + 1)
                InterlockedIncrement(&answers_right);
        }
        if (turn & 1)
            Sleep(0);
        CloseHandle(end);
    }
    CloseHandle(overlapped.hEvent);
    return 0;
}

static void threads_that_come_and_go(void)
{
    HANDLE servers[SERVERS], clients[CLIENTS];

    shared_name = pipe_name_new();
    turns_left = TURNS;
    for (int index = 0; index < SERVERS; index++)
        servers[index] = thread_start(server_thread, NULL);
    while (!WaitNamedPipeA(shared_name.text, 100))
        Sleep(1);
    for (int index = 0; index < CLIENTS; index++)
        clients[index] = thread_start(client_thread, (void *)(ULONG_PTR)(index * 1000));
    for (int index = 0; index < SERVERS; index++)
        thread_join(servers[index]);
    for (int index = 0; index < CLIENTS; index++)
        thread_join(clients[index]);
    CHECK("PIPE-23", clients_served == TURNS, "%d clients served", (int)clients_served);
    CHECK("PIPE-23", answers_right == TURNS, "%d answered", (int)answers_right);
}

int main(void)
{
    RUN(bytes_read_by_a_write);
    RUN(a_message_read_by_a_write);
    RUN(no_more_than_there_is);
    RUN(an_event_set_by_a_synchronous_write);
    RUN(a_routine_due_after_a_write);
    RUN(a_write_by_reads);
    RUN(a_read_by_closing);
    RUN(a_read_by_disconnecting);
    RUN(an_answer_and_the_end);
    RUN(a_connect_by_a_client);
    RUN(a_transaction);
    RUN(threads_that_come_and_go);
    return check_report();
}
