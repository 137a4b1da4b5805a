/* SPDX-License-Identifier: MIT
 *
 * Instances of a pipe and how clients find them: names, limits, what later instances have to share
 * with the first, who waits for a free one.
 */
#include "pipes.h"

static DWORD serve_error(const char *name, DWORD open_mode, DWORD pipe_mode, DWORD instances)
{
    HANDLE made = pipe_serve(name, open_mode, pipe_mode, instances);
    DWORD error = GetLastError();

    if (made == INVALID_HANDLE_VALUE)
        return error;
    CloseHandle(made);
    return 0;
}

static DWORD open_error(const char *name, DWORD access)
{
    HANDLE made = CreateFileA(name, access, 0, NULL, OPEN_EXISTING, 0, NULL);
    DWORD error = GetLastError();

    if (made == INVALID_HANDLE_VALUE)
        return error;
    CloseHandle(made);
    return 0;
}

static void bad_names(void)
{
    DWORD error = serve_error("not a pipe", PIPE_ACCESS_DUPLEX, 0, 1);
    CHECK("PIPE-1", error == ERROR_INVALID_NAME, "no prefix: %u", (unsigned)error);
    error = serve_error("\\\\.\\pipe\\", PIPE_ACCESS_DUPLEX, 0, 1);
    CHECK_WINE_DEPARTS("PIPE-1", error == ERROR_INVALID_NAME, "Wine has another error",
                       "nothing after it: %u", (unsigned)error);
    error = serve_error(NULL, PIPE_ACCESS_DUPLEX, 0, 1);
    CHECK("PIPE-1", error == ERROR_PATH_NOT_FOUND, "NULL: %u", (unsigned)error);
    error = pipe_error(WaitNamedPipeA(NULL, 1));
    CHECK_WINE_DEPARTS("PIPE-2", error == ERROR_PATH_NOT_FOUND, "Wine has another error",
                       "waiting for NULL: %u", (unsigned)error);
}

static void long_names(void)
{
    struct pipe_name own = pipe_name_new();
    char name[400];
    size_t prefix = strlen(own.text);

    memcpy(name, own.text, prefix);
    memset(name + prefix, 'n', sizeof name - prefix);
    name[256] = 0;
    HANDLE end = pipe_serve(name, PIPE_ACCESS_DUPLEX, 0, 1);
    CHECK("PIPE-1", end != INVALID_HANDLE_VALUE, "256 characters: %u", (unsigned)GetLastError());
    DWORD error = open_error(name, GENERIC_READ | GENERIC_WRITE);
    CHECK("PIPE-2", error == 0, "which a client finds: %u", (unsigned)error);
    name[255] = 0;
    error = open_error(name, GENERIC_READ);
    CHECK("PIPE-2", error == ERROR_FILE_NOT_FOUND, "but not one less: %u", (unsigned)error);
    CloseHandle(end);
    memset(name + prefix, 'n', sizeof name - prefix);
    name[257] = 0;
    error = serve_error(name, PIPE_ACCESS_DUPLEX, 0, 1);
    CHECK_WINE_DEPARTS("PIPE-1", error == ERROR_INVALID_NAME, "Wine has no limit",
                       "257 characters: %u", (unsigned)error);
}

static void odd_names(void)
{
    static const char *const odd[] = {
        "a b", "/etc/passwd", "a\\b\\c",           "%41%",  "<>:\"|?*", "\x01\x1f",
        "-rf", "~",           "\xc3\xa9t\xc3\xa9", "$HOME", "a\nb",
    };
    char name[128];

    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct pipe_name base = pipe_name_new();
        snprintf(name, sizeof name, "%s%s", base.text, odd[i]);
        HANDLE end = pipe_serve(name, PIPE_ACCESS_DUPLEX, 0, 1);
        CHECK("PIPE-1", end != INVALID_HANDLE_VALUE, "odd name %u: %u", i,
              (unsigned)GetLastError());
        DWORD error = open_error(base.text, GENERIC_READ);
        CHECK("PIPE-2", error == ERROR_FILE_NOT_FOUND, "is not its beginning: %u", (unsigned)error);
        error = open_error(name, GENERIC_READ);
        CHECK("PIPE-2", error == 0, "and is found: %u", (unsigned)error);
        CloseHandle(end);
    }
}

static void case_does_not_count(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, 0, 1);

    REQUIRE(end != INVALID_HANDLE_VALUE);
    for (char *c = name.text; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 32);
    DWORD error = open_error(name.text, GENERIC_READ | GENERIC_WRITE);
    CHECK("PIPE-2", error == 0, "in capitals: %u", (unsigned)error);
    CloseHandle(end);
}

static void wide_names(void)
{
    static const WCHAR prefix[] = {'\\', '\\',   '.',    '\\',   'p',    'i', 'p', 'e',
                                   '\\', 0x00e9, 0x0416, 0xd83d, 0xde00, 'w', 0};
    WCHAR name[64];
    unsigned length = 0, number = GetCurrentProcessId();

    for (; prefix[length]; length++)
        name[length] = prefix[length];
    for (; number; number /= 10)
        name[length++] = (WCHAR)('0' + number % 10);
    name[length] = 0;
    HANDLE end = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, NULL);
    CHECK("PIPE-1", end != INVALID_HANDLE_VALUE, "made: %u", (unsigned)GetLastError());
    CHECK("PIPE-2", WaitNamedPipeW(name, 10), "waited for: %u", (unsigned)GetLastError());
    name[9] = 0x00c9;
    name[10] = 0x0436;
    HANDLE peer = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    CHECK("PIPE-2", peer != INVALID_HANDLE_VALUE, "opened in another case: %u",
          (unsigned)GetLastError());
    CloseHandle(peer);
    CloseHandle(end);
}

static void bad_parameters(void)
{
    struct pipe_name name = pipe_name_new();

    DWORD error = serve_error(name.text, PIPE_ACCESS_DUPLEX, 0, 0);
    CHECK_WINE_DEPARTS("PIPE-1", error == ERROR_INVALID_PARAMETER, "Wine takes any number",
                       "no instances: %u", (unsigned)error);
    error = serve_error(name.text, PIPE_ACCESS_DUPLEX, 0, 256);
    CHECK_WINE_DEPARTS("PIPE-1", error == ERROR_INVALID_PARAMETER, "Wine takes any number",
                       "256 instances: %u", (unsigned)error);
    error = serve_error(name.text, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_READMODE_MESSAGE, 1);
    CHECK("PIPE-1", error == ERROR_INVALID_PARAMETER, "messages from bytes: %u", (unsigned)error);
    error = serve_error(name.text, 0, 0, 1);
    CHECK("PIPE-1", error == ERROR_INVALID_PARAMETER, "no direction: %u", (unsigned)error);
    error = open_error(name.text, GENERIC_READ);
    CHECK("PIPE-2", error == ERROR_FILE_NOT_FOUND, "none of which left a name: %u",
          (unsigned)error);
}

static void limits(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE ends[3];

    for (int i = 0; i < 3; i++)
        ends[i] = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, 0, 3);
    CHECK("PIPE-1", ends[2] != INVALID_HANDLE_VALUE, "three: %u", (unsigned)GetLastError());
    DWORD error = serve_error(name.text, PIPE_ACCESS_DUPLEX, 0, 3);
    CHECK("PIPE-1", error == ERROR_PIPE_BUSY, "not four: %u", (unsigned)error);
    HANDLE peers[3];
    for (int i = 0; i < 3; i++)
        peers[i] = pipe_client(name.text, 0);
    CHECK("PIPE-2", peers[2] != INVALID_HANDLE_VALUE, "a client each: %u",
          (unsigned)GetLastError());
    error = open_error(name.text, GENERIC_READ);
    CHECK("PIPE-2", error == ERROR_PIPE_BUSY, "no more: %u", (unsigned)error);
    CloseHandle(ends[1]);
    ends[1] = pipe_serve(name.text, PIPE_ACCESS_DUPLEX, 0, 3);
    CHECK("PIPE-1", ends[1] != INVALID_HANDLE_VALUE, "one in the place of a closed one: %u",
          (unsigned)GetLastError());
    error = open_error(name.text, GENERIC_READ);
    CHECK("PIPE-2", error == 0, "which can be opened: %u", (unsigned)error);
    for (int i = 0; i < 3; i++) {
        CloseHandle(ends[i]);
        CloseHandle(peers[i]);
    }
    error = open_error(name.text, GENERIC_READ);
    CHECK("PIPE-2", error == ERROR_FILE_NOT_FOUND, "with the last the name goes: %u",
          (unsigned)error);
}

static void the_first_decides(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
                            PIPE_TYPE_MESSAGE, 4);

    CHECK("PIPE-1", end != INVALID_HANDLE_VALUE, "first: %u", (unsigned)GetLastError());
    DWORD error = serve_error(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
                              PIPE_TYPE_MESSAGE, 4);
    CHECK_WINE_DEPARTS("PIPE-1", error == ERROR_ACCESS_DENIED, "Wine does not look at the flag",
                       "not the first: %u", (unsigned)error);
    error = serve_error(name.text, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 4);
    CHECK_WINE_DEPARTS("PIPE-1", error == ERROR_ACCESS_DENIED, "Wine lets types differ",
                       "another type: %u", (unsigned)error);
    error = serve_error(name.text, PIPE_ACCESS_INBOUND, PIPE_TYPE_MESSAGE, 4);
    CHECK("PIPE-1", error == ERROR_ACCESS_DENIED, "another direction: %u", (unsigned)error);
    error = serve_error(name.text, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 4);
    CHECK("PIPE-1", error == 0, "the same: %u", (unsigned)error);
    CloseHandle(end);
}

static void directions(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE, 1);
    DWORD bytes;
    char byte = 0;

    REQUIRE(end != INVALID_HANDLE_VALUE);
    DWORD error = open_error(name.text, GENERIC_READ);
    CHECK("PIPE-16", error == ERROR_ACCESS_DENIED, "a client cannot read: %u", (unsigned)error);
    HANDLE peer = CreateFileA(name.text, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    CHECK("PIPE-16", peer != INVALID_HANDLE_VALUE, "it can write: %u", (unsigned)GetLastError());
    error = pipe_error(WriteFile(end, &byte, 1, &bytes, NULL));
    CHECK("PIPE-16", error == ERROR_ACCESS_DENIED, "the server cannot: %u", (unsigned)error);
    error = pipe_error(ReadFile(peer, &byte, 1, &bytes, NULL));
    CHECK("PIPE-16", error == ERROR_ACCESS_DENIED, "the client cannot read: %u", (unsigned)error);
    CHECK("PIPE-16", WriteFile(peer, "x", 1, &bytes, NULL) && ReadFile(end, &byte, 1, &bytes, NULL),
          "from client to server");
    CloseHandle(peer);
    CloseHandle(end);
}

static void waiting(void)
{
    struct pipe_name name = pipe_name_new();
    DWORD error = pipe_error(WaitNamedPipeA(name.text, 50));

    CHECK("PIPE-2", error == ERROR_FILE_NOT_FOUND, "there is none: %u", (unsigned)error);
    HANDLE end = CreateNamedPipeA(name.text, PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 120, NULL);
    CHECK("PIPE-2", WaitNamedPipeA(name.text, 50), "one is free: %u", (unsigned)GetLastError());
    HANDLE peer = pipe_client(name.text, 0);
    REQUIRE(peer != INVALID_HANDLE_VALUE);
    double start = support_now_ms();
    error = pipe_error(WaitNamedPipeA(name.text, 60));
    CHECK("PIPE-2", error == ERROR_SEM_TIMEOUT, "none is free: %u", (unsigned)error);
    CHECK("PIPE-2", support_now_ms() - start >= 60 - TICK_MS, "after 60 ms");
    start = support_now_ms();
    error = pipe_error(WaitNamedPipeA(name.text, NMPWAIT_USE_DEFAULT_WAIT));
    CHECK("PIPE-2", error == ERROR_SEM_TIMEOUT && support_now_ms() - start >= 120 - TICK_MS,
          "the pipe's own time: %u", (unsigned)error);
    start = support_now_ms();
    error = pipe_error(WaitNamedPipeA(name.text, NMPWAIT_NOWAIT));
    CHECK("PIPE-2", error == ERROR_SEM_TIMEOUT && support_now_ms() - start < 1000, "no time: %u",
          (unsigned)error);
    CloseHandle(peer);
    CloseHandle(end);
}

static DWORD WINAPI wait_long(void *argument)
{
    struct pipe_call *call = argument;
    counter_set(&call->begun, 1);
    call->error = pipe_error(WaitNamedPipeA(call->data, NMPWAIT_WAIT_FOREVER));
    counter_set(&call->over, 1);
    return 0;
}

static void waiting_is_rewarded(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end = pipe_serve(name.text, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1);
    HANDLE peer = pipe_client(name.text, 0);
    struct pipe_call call = {.data = name.text};
    OVERLAPPED ov;

    REQUIRE(end != INVALID_HANDLE_VALUE && peer != INVALID_HANDLE_VALUE);
    pipe_call_start(&call, wait_long);
    CHECK("PIPE-2", counter_stays(&call.over, 0), "it waits");
    REQUIRE(DisconnectNamedPipe(end));
    overlapped_zero(&ov);
    ov.hEvent = event_make(TRUE, FALSE);
    REQUIRE(pipe_error(ConnectNamedPipe(end, &ov)) == ERROR_IO_PENDING);
    thread_join(call.thread);
    CHECK("PIPE-2", call.error == 0, "until the server listens again: %u", (unsigned)call.error);
    CHECK("PIPE-2", WaitForSingleObject(ov.hEvent, 0) == WAIT_TIMEOUT, "which is no client");
    CloseHandle(peer);
    CloseHandle(end);
    WaitForSingleObject(ov.hEvent, DEADLINE_MS);
    CloseHandle(ov.hEvent);
}

static void facts(void)
{
    struct pipe_name name = pipe_name_new();
    HANDLE end =
        CreateNamedPipeA(name.text, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
                         5, 4096, 8192, 0, NULL);
    HANDLE peer = pipe_client(name.text, 0);
    DWORD flags = 9, out = 9, in = 9, most = 9, mode = 9, instances = 9;
    ULONG process = 0;

    REQUIRE(end != INVALID_HANDLE_VALUE && peer != INVALID_HANDLE_VALUE);
    CHECK("PIPE-17", GetFileType(end) == FILE_TYPE_PIPE && GetFileType(peer) == FILE_TYPE_PIPE,
          "both are pipes");
    CHECK("PIPE-17", GetNamedPipeInfo(end, &flags, &out, &in, &most), "the server's");
    CHECK("PIPE-17", flags == (PIPE_SERVER_END | PIPE_TYPE_MESSAGE) && most == 5,
          "flags %x, most %u", (unsigned)flags, (unsigned)most);
    CHECK("PIPE-17", out == 4096 && in == 8192, "out %u, in %u", (unsigned)out, (unsigned)in);
    CHECK("PIPE-17", GetNamedPipeInfo(peer, &flags, NULL, NULL, NULL) && flags == PIPE_TYPE_MESSAGE,
          "the client's: %x", (unsigned)flags);
    CHECK("PIPE-17",
          GetNamedPipeHandleStateA(end, &mode, &instances, NULL, NULL, NULL, 0) &&
              mode == PIPE_READMODE_MESSAGE && instances == 1,
          "mode %x, instances %u", (unsigned)mode, (unsigned)instances);
    CHECK("PIPE-17", GetNamedPipeHandleStateA(peer, &mode, NULL, NULL, NULL, NULL, 0) && mode == 0,
          "clients begin with bytes: %x", (unsigned)mode);
    mode = PIPE_READMODE_MESSAGE;
    CHECK("PIPE-17", SetNamedPipeHandleState(peer, &mode, NULL, NULL), "set");
    mode = 0;
    CHECK("PIPE-17",
          GetNamedPipeHandleStateA(peer, &mode, NULL, NULL, NULL, NULL, 0) &&
              mode == PIPE_READMODE_MESSAGE,
          "and told: %x", (unsigned)mode);
    CHECK("PIPE-17", GetNamedPipeClientProcessId(end, &process) && process == GetCurrentProcessId(),
          "the client's process %u", (unsigned)process);
    CHECK("PIPE-17",
          GetNamedPipeServerProcessId(peer, &process) && process == GetCurrentProcessId(),
          "the server's process %u", (unsigned)process);
    CloseHandle(peer);
    CloseHandle(end);
}

static void modes_of_bytes(void)
{
    struct pipe_pair p;
    DWORD mode = PIPE_READMODE_MESSAGE;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    DWORD error = pipe_error(SetNamedPipeHandleState(p.client, &mode, NULL, NULL));
    CHECK("PIPE-17", error == ERROR_INVALID_PARAMETER, "bytes are no messages: %u",
          (unsigned)error);
    error = pipe_error(SetNamedPipeHandleState(NULL, &mode, NULL, NULL));
    CHECK("PIPE-17", error == ERROR_INVALID_HANDLE, "NULL: %u", (unsigned)error);
    error = pipe_error(GetNamedPipeInfo(NULL, NULL, NULL, NULL, NULL));
    CHECK("PIPE-17", error == ERROR_INVALID_HANDLE, "NULL: %u", (unsigned)error);
    pipe_pair_end(&p);
}

int main(void)
{
    RUN(bad_names);
    RUN(long_names);
    RUN(odd_names);
    RUN(case_does_not_count);
    RUN(wide_names);
    RUN(bad_parameters);
    RUN(limits);
    RUN(the_first_decides);
    RUN(directions);
    RUN(waiting);
    RUN(waiting_is_rewarded);
    RUN(facts);
    RUN(modes_of_bytes);
    return check_report();
}
