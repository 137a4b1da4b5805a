/* SPDX-License-Identifier: MIT
 *
 * The controls of pipes: listening, looking, asking and answering, letting go, and waiting where
 * pipes are; through NtFsControlFile and through DeviceIoControl.
 */
#include "native.h"

enum {
    PIPE_DISCONNECT = 0x110004,
    PIPE_LISTEN = 0x110008,
    PIPE_PEEK = 0x11400c,
    PIPE_TRANSCEIVE = 0x11c017,
    PIPE_UNKNOWN = 0x1100fc
};

static native_control control;

struct peek {
    ULONG state, available, messages, first;
    CHAR data[16];
};

#define CONTEXT ((PVOID)(ULONG_PTR)0xC0117E47)
#define PEEK_HEAD 16

static void listening(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE port = port_make(0);
    HANDLE server = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    struct native_block block = native_fresh();

    REQUIRE(server != INVALID_HANDLE_VALUE);
    REQUIRE(CreateIoCompletionPort(server, port, SERVER_KEY, 0) == port);
    DWORD status =
        (DWORD)control(server, NULL, NULL, CONTEXT, &block, PIPE_LISTEN, NULL, 0, NULL, 0);
    CHECK("PIPE-18", status == NATIVE_PENDING, "nobody is there: %08x", (unsigned)status);
    HANDLE client = pipe_client(name.text, 0);
    REQUIRE(client != INVALID_HANDLE_VALUE);
    struct packet seen = port_take(port, DEADLINE_MS);
    CHECK("PIPE-18", seen.ok && seen.key == SERVER_KEY && seen.overlapped == (void *)CONTEXT,
          "the client's coming is a packet");
    CHECK("PIPE-18", native_is(&block, NATIVE_SUCCESS, 0), "block %08x", (unsigned)block.status);
    status = (DWORD)control(server, NULL, NULL, CONTEXT, &block, PIPE_LISTEN, NULL, 0, NULL, 0);
    CHECK("PIPE-18", status == NATIVE_PIPE_CONNECTED, "again: %08x", (unsigned)status);
    status = (DWORD)control(server, NULL, NULL, NULL, &block, PIPE_DISCONNECT, NULL, 0, NULL, 0);
    CHECK("PIPE-18", status == NATIVE_SUCCESS, "let go: %08x", (unsigned)status);
    status = (DWORD)control(server, NULL, NULL, NULL, &block, PIPE_DISCONNECT, NULL, 0, NULL, 0);
    CHECK("PIPE-18", status == NATIVE_PIPE_DISCONNECTED, "twice: %08x", (unsigned)status);
    status = (DWORD)control(client, NULL, NULL, NULL, &block, PIPE_LISTEN, NULL, 0, NULL, 0);
    CHECK("PIPE-18", (LONG)status < 0, "a client does not listen: %08x", (unsigned)status);
    status = (DWORD)control(server, NULL, NULL, NULL, &block, PIPE_UNKNOWN, NULL, 0, NULL, 0);
    CHECK("PIPE-18", (LONG)status < 0, "an unknown code: %08x", (unsigned)status);
    CHECK("PKT-6", port_is_empty(port), "nothing is left");
    CloseHandle(client);
    CloseHandle(server);
    CloseHandle(port);
}

static void looking(void)
{
    struct pipe_pair p;
    struct native_block block = native_fresh();
    struct peek peek;
    DWORD bytes;

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, FALSE);
    memset(&peek, 0, sizeof peek);
    DWORD status =
        (DWORD)control(p.server, NULL, NULL, NULL, &block, PIPE_PEEK, NULL, 0, &peek, sizeof peek);
    CHECK("PIPE-19",
          status == NATIVE_SUCCESS && block.information == PEEK_HEAD && peek.state == 3 &&
              peek.available == 0,
          "an empty pipe: %08x, %u bytes, state %u", (unsigned)status, (unsigned)block.information,
          (unsigned)peek.state);
    REQUIRE(WriteFile(p.client, "hello", 5, &bytes, NULL));
    REQUIRE(WriteFile(p.client, "you", 3, &bytes, NULL));
    status =
        (DWORD)control(p.server, NULL, NULL, NULL, &block, PIPE_PEEK, NULL, 0, &peek, sizeof peek);
    CHECK("PIPE-19",
          status == NATIVE_SUCCESS && block.information == PEEK_HEAD + 5 &&
              memcmp(peek.data, "hello", 5) == 0,
          "the first message: %08x, %u", (unsigned)status, (unsigned)block.information);
    CHECK("PIPE-19", peek.available == 8, "of %u bytes", (unsigned)peek.available);
    CHECK_WINE_DEPARTS("PIPE-19", peek.messages == 2 && peek.first == 5,
                       "Wine counts no messages here", "in %u messages, the first of %u",
                       (unsigned)peek.messages, (unsigned)peek.first);
    status = (DWORD)control(p.server, NULL, NULL, NULL, &block, PIPE_PEEK, NULL, 0, &peek,
                            PEEK_HEAD + 2);
    CHECK("PIPE-19", status == NATIVE_BUFFER_OVERFLOW && native_is(&block, status, PEEK_HEAD + 2),
          "too little room: %08x, %u", (unsigned)status, (unsigned)block.information);
    status = (DWORD)control(p.server, NULL, NULL, NULL, &block, PIPE_PEEK, NULL, 0, &peek,
                            PEEK_HEAD - 1);
    CHECK("PIPE-19", status == NATIVE_LENGTH_MISMATCH, "no room at all: %08x", (unsigned)status);
    REQUIRE(DisconnectNamedPipe(p.server));
    status =
        (DWORD)control(p.server, NULL, NULL, NULL, &block, PIPE_PEEK, NULL, 0, &peek, sizeof peek);
    CHECK_WINE_DEPARTS("PIPE-19", status == NATIVE_PIPE_DISCONNECTED,
                       "Wine knows one bad state only", "nobody is there: %08x", (unsigned)status);
    pipe_pair_end(&p);
}

static DWORD WINAPI answer(void *argument)
{
    char question[8];
    DWORD bytes;

    return ReadFile(argument, question, sizeof question, &bytes, NULL) && bytes == 3 &&
           WriteFile(argument, "answer", 6, &bytes, NULL);
}

static void asking(void)
{
    struct pipe_pair p;
    struct native_block block = native_fresh();
    char reply[16] = "";
    DWORD bytes = 0;

    pipe_pair_make(&p, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, FALSE);
    HANDLE thread = thread_start(answer, p.server);
    DWORD status = (DWORD)control(p.client, NULL, NULL, NULL, &block, PIPE_TRANSCEIVE, "why", 3,
                                  reply, sizeof reply);
    CHECK("PIPE-18",
          status == NATIVE_SUCCESS && native_is(&block, NATIVE_SUCCESS, 6) &&
              memcmp(reply, "answer", 6) == 0,
          "asked and answered: %08x, %u bytes", (unsigned)status, (unsigned)block.information);
    REQUIRE(thread_join(thread));
    thread = thread_start(answer, p.server);
    BOOL done = DeviceIoControl(p.client, PIPE_TRANSCEIVE, "how", 3, reply, 16, &bytes, NULL);
    CHECK("PIPE-18", done && bytes == 6, "DeviceIoControl does the same: %u", (unsigned)bytes);
    REQUIRE(thread_join(thread));
    pipe_pair_end(&p);
}

static VOID NTAPI on_client(PVOID context, struct native_block *block, ULONG reserved)
{
    *(DWORD *)context = (DWORD)block->status + 1 + reserved;
}

static void with_routine(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE server = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    struct native_block block = native_fresh();
    DWORD seen = 0;

    REQUIRE(server != INVALID_HANDLE_VALUE);
    DWORD status =
        (DWORD)control(server, NULL, on_client, &seen, &block, PIPE_LISTEN, NULL, 0, NULL, 0);
    CHECK("NTF-4", status == NATIVE_PENDING, "listening: %08x", (unsigned)status);
    HANDLE client = pipe_client(name.text, 0);
    REQUIRE(client != INVALID_HANDLE_VALUE);
    CHECK("NTF-4", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && seen == 1,
          "the routine tells of the client: %u", (unsigned)seen);
    CloseHandle(client);
    CloseHandle(server);
}

int main(void)
{
    control = (native_control)native_find("NtFsControlFile");
    RUN(listening);
    RUN(looking);
    RUN(asking);
    RUN(with_routine);
    return check_report();
}
