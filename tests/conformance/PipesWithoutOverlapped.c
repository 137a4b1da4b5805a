/* SPDX-License-Identifier: MIT
 *
 * Calls without an OVERLAPPED on a pipe that was opened for overlapped I/O: they wait until they
 * are through, unlike those on files, which fail (PIPE-22).
 */
#include "pipes.h"

static const char wine_fails[] = "Wine fails with 87";

static void what_is_there(void)
{
    struct pipe_pair p;
    char data[8];
    DWORD bytes = 99;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    DWORD error = pipe_error(WriteFile(p.client, "abc", 3, &bytes, NULL));
    CHECK("PIPE-22", error == 0 && bytes == 3, "written: %u, %u bytes", (unsigned)error,
          (unsigned)bytes);
    bytes = 99;
    error = pipe_error(ReadFile(p.server, data, sizeof data, &bytes, NULL));
    CHECK("PIPE-22", error == 0 && bytes == 3 && memcmp(data, "abc", 3) == 0,
          "and read: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    pipe_pair_end(&p); /* no packets */
}

/* Alone: what else is under way on the same handle may end the wait early on Windows. */
static void what_is_to_come(void)
{
    struct pipe_pair p;
    char data[8];
    OVERLAPPED out;
    struct pipe_call call = {.data = data, .length = sizeof data};

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, TRUE);
    call.end = p.server;
    pipe_call_start(&call, pipe_call_read);
    CHECK("PIPE-22", counter_stays(&call.over, 0), "reading waits");
    CHECK("PIPE-22", pipe_started(pipe_write(p.client, "longer than that", 16, &out)), "a message");
    EXPECT_PIPE_PACKET("PIPE-22", p.client_port, CLIENT_KEY, &out, 0, 16, "written");
    thread_join(call.thread);
    CHECK("PIPE-8",
          call.error == ERROR_MORE_DATA && call.bytes == 8 && memcmp(data, "longer t", 8) == 0,
          "as much as there is room for: %u, %u bytes", (unsigned)call.error, (unsigned)call.bytes);
    pipe_pair_end(&p);
}

static void more_than_fits(void)
{
    enum { LENGTH = 4 << 20 };
    struct pipe_pair p;
    char *data = calloc(1, LENGTH), *got = calloc(1, LENGTH);
    struct pipe_call call = {.data = data, .length = LENGTH};
    DWORD all = 0, bytes;

    REQUIRE(data && got);
    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    for (int index = 0; index < LENGTH; index++)
        data[index] = (char)(index * 11);
    call.end = p.client;
    pipe_call_start(&call, pipe_call_write);
    CHECK("PIPE-22", counter_stays(&call.over, 0), "writing waits for the reader");
    while (all < LENGTH && ReadFile(p.server, got + all, LENGTH - all, &bytes, NULL) && bytes)
        all += bytes;
    thread_join(call.thread);
    CHECK("PIPE-22", call.error == 0 && call.bytes == LENGTH, "all written: %u",
          (unsigned)call.error);
    CHECK("PIPE-22", all == LENGTH && memcmp(data, got, LENGTH) == 0, "and all read");
    free(data);
    free(got);
    pipe_pair_end(&p);
}

static void what_ends_the_waiting(void)
{
    struct pipe_pair p;
    char data[8];
    struct pipe_call call = {.data = data, .length = sizeof data};

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    call.end = p.server;
    pipe_call_start(&call, pipe_call_read);
    CHECK("PIPE-22", CancelIoEx(p.server, NULL), "cancelled");
    thread_join(call.thread);
    CHECK("PIPE-22", call.error == ERROR_OPERATION_ABORTED, "which it says: %u",
          (unsigned)call.error);
    call.begun = call.over = 0;
    pipe_call_start(&call, pipe_call_read);
    CloseHandle(p.client);
    p.client = NULL;
    thread_join(call.thread);
    CHECK("PIPE-6", call.error == ERROR_BROKEN_PIPE, "the other end gone: %u",
          (unsigned)call.error);
    pipe_pair_end(&p);
}

static void a_client_to_come(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    struct pipe_call call = {.end = end};

    pipe_call_start(&call, pipe_call_connect);
    if (!CHECK_WINE_DEPARTS("PIPE-22", counter_stays(&call.over, 0), wine_fails,
                            "waits for a client")) {
        thread_join(call.thread);
        CloseHandle(end);
        return;
    }
    HANDLE peer = pipe_client(name.text, 0);
    thread_join(call.thread);
    CHECK("PIPE-22", peer != INVALID_HANDLE_VALUE && call.error == 0, "who came: %u",
          (unsigned)call.error);
    CHECK("PIPE-22", pipe_error(ConnectNamedPipe(end, NULL)) == ERROR_PIPE_CONNECTED,
          "and is here");
    CloseHandle(peer);
    CloseHandle(end);
}

static DWORD WINAPI answer(void *argument)
{
    struct pipe_pair *p = argument;
    char question[8];
    DWORD bytes;

    if (ReadFile(p->server, question, sizeof question, &bytes, NULL))
        WriteFile(p->server, "answer", 6, &bytes, NULL);
    return 0;
}

static void a_transaction(void)
{
    struct pipe_pair p;
    char data[8];
    DWORD bytes = 0;

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, TRUE);
    HANDLE thread = thread_start(answer, &p);
    DWORD error =
        pipe_error(TransactNamedPipe(p.client, "ask", 3, data, sizeof data, &bytes, NULL));
    thread_join(thread);
    CHECK("PIPE-22", error == 0 && bytes == 6 && memcmp(data, "answer", 6) == 0,
          "question and answer: %u, %u bytes", (unsigned)error, (unsigned)bytes);
    pipe_pair_end(&p);
}

int main(void)
{
    RUN(what_is_there);
    RUN(what_is_to_come);
    RUN(more_than_fits);
    RUN(what_ends_the_waiting);
    RUN(a_client_to_come);
    RUN(a_transaction);
    return check_report();
}
