/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over pipes: instances and clients that come, bytes and messages, long ones and
 * transactions, with a port; anonymous pipes; waiting for an instance.
 */
#include "sweep.h"

enum { LONG_BYTES = 200000 };

static HANDLE port, server, client;
static OVERLAPPED connecting, reading, writing;
static int started;
static char name[64], out[LONG_BYTES], in[LONG_BYTES];

/* Accepted: a packet will come. */
static bool accepted(BOOL result, int line)
{
    DWORD error = GetLastError();
    bool is = result || error == ERROR_IO_PENDING;

    started += is;
    if (!is)
        return sweep_judge(false, error, (const DWORD[]){1450, 8, 4, 164, 0}, "start", line);
    return true;
}
#define ACCEPTED(call) accepted(call, __LINE__)

/* All that has been started, in any order; *bytes of the last read. */
static bool take_all(DWORD *bytes)
{
    bool ok = true;

    while (started) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key;
        DWORD moved = 0;
        BOOL taken = GetQueuedCompletionStatus(port, &moved, &key, &overlapped, SWEEP_PATIENCE);
        EXPECT(overlapped != NULL);
        if (!overlapped)
            return false;
        started--;
        if (overlapped == &reading && bytes)
            *bytes = moved;
        if (!taken && GetLastError() != ERROR_MORE_DATA)
            ok = sweep_judge(false, GetLastError(), (const DWORD[]){1450, 8, 4, 164, 0}, "packet",
                             __LINE__) &&
                 ok;
    }
    return ok;
}

/* What is still under way ends with its end of the pipe. */
static void close_ends(void)
{
    HANDLE *ends[] = {&server, &client};

    for (int i = 0; i < 2; i++)
        if (*ends[i] != INVALID_HANDLE_VALUE)
            EXPECT(CloseHandle(*ends[i]));
    server = client = INVALID_HANDLE_VALUE;
    while (started) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key;
        DWORD moved;
        GetQueuedCompletionStatus(port, &moved, &key, &overlapped, SWEEP_PATIENCE);
        EXPECT(overlapped != NULL);
        started--;
    }
}

static bool connect_ends(DWORD mode)
{
    DWORD reads = mode & PIPE_READMODE_MESSAGE;

    server =
        CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, mode, 2, 0, 0, 0, NULL);
    if (!SWEEP_WIN32(server != INVALID_HANDLE_VALUE) ||
        !SWEEP_WIN32(CreateIoCompletionPort(server, port, 1, 0) == port))
        return false;
    memset(&connecting, 0, sizeof connecting);
    if (!ACCEPTED(ConnectNamedPipe(server, &connecting)))
        return false;
    client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                         FILE_FLAG_OVERLAPPED, NULL);
    if (!SWEEP_WIN32(client != INVALID_HANDLE_VALUE))
        return false;
    if (!SWEEP_WIN32(CreateIoCompletionPort(client, port, 2, 0) == port))
        return false;
    return take_all(NULL) && SWEEP_WIN32(SetNamedPipeHandleState(client, &reads, NULL, NULL));
}

static bool move(DWORD length, DWORD *got)
{
    memset(&reading, 0, sizeof reading);
    memset(&writing, 0, sizeof writing);
    *got = 0;
    return ACCEPTED(ReadFile(server, in, LONG_BYTES, NULL, &reading)) &&
           ACCEPTED(WriteFile(client, out, length, NULL, &writing)) && take_all(got);
}

static bool run_kind(DWORD mode)
{
    DWORD got = 0;

    started = 0;
    server = client = INVALID_HANDLE_VALUE;
    snprintf(name, sizeof name, "\\\\.\\pipe\\sweep-%d", (int)getpid());
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!SWEEP_WIN32(port != NULL))
        return false;
    bool ok = connect_ends(mode);
    for (int turn = 0; turn < 2 && ok; turn++) {
        ok = move(100, &got);
        if (ok)
            EXPECT_EQUAL(got, 100);
    }
    if (ok && (mode & PIPE_READMODE_MESSAGE)) {
        ok = move(LONG_BYTES, &got);
        if (ok)
            EXPECT_EQUAL(got, LONG_BYTES);
    }
    ok = ok && SWEEP_WIN32(DisconnectNamedPipe(server));
    if (ok) {
        memset(&connecting, 0, sizeof connecting);
        ok = ACCEPTED(ConnectNamedPipe(server, &connecting));
    }
    close_ends();
    EXPECT(CloseHandle(port));
    return ok;
}

static bool run_bytes(void)
{
    return run_kind(PIPE_TYPE_BYTE);
}

static bool run_messages(void)
{
    return run_kind(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

/* A message that is longer than the read, and an end that is asked about it. */
static bool run_rest(HANDLE reader, HANDLE writer)
{
    DWORD bytes, available = 0;

    if (!SWEEP_WIN32(WriteFile(writer, "0123456789", 10, &bytes, NULL)))
        return false;
    if (!SWEEP_WIN32(PeekNamedPipe(reader, NULL, 0, NULL, &available, NULL)))
        return false;
    EXPECT_EQUAL(available, 10);
    BOOL read = ReadFile(reader, in, 4, &bytes, NULL);
    if (!SWEEP_WIN32(read || GetLastError() == ERROR_MORE_DATA))
        return false;
    if (!SWEEP_WIN32(ReadFile(reader, in + 4, 100, &bytes, NULL)))
        return false;
    EXPECT_EQUAL(bytes, 6);
    EXPECT(memcmp(in, "0123456789", 10) == 0);
    return true;
}

static bool run_synchronous(void)
{
    DWORD mode = PIPE_READMODE_MESSAGE, instances = 0;
    bool ok = false;

    snprintf(name, sizeof name, "\\\\.\\pipe\\sweep-now-%d", (int)getpid());
    server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
                              1, 0, 0, 0, NULL);
    if (!SWEEP_WIN32(server != INVALID_HANDLE_VALUE))
        return false;
    client = INVALID_HANDLE_VALUE;
    if (!SWEEP_WIN32(WaitNamedPipeA(name, 100)))
        goto end;
    client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (!SWEEP_WIN32(client != INVALID_HANDLE_VALUE) ||
        !SWEEP_WIN32(SetNamedPipeHandleState(client, &mode, NULL, NULL)))
        goto end;
    BOOL connected = ConnectNamedPipe(server, NULL);
    if (!SWEEP_WIN32(connected || GetLastError() == ERROR_PIPE_CONNECTED))
        goto end;
    if (!SWEEP_WIN32(GetNamedPipeHandleStateA(server, NULL, &instances, NULL, NULL, NULL, 0)))
        goto end;
    EXPECT_EQUAL(instances, 1);
    ok = run_rest(server, client);
end:
    EXPECT(CloseHandle(server));
    if (client != INVALID_HANDLE_VALUE)
        EXPECT(CloseHandle(client));
    return ok;
}

static bool run_anonymous(void)
{
    HANDLE reader, writer;
    DWORD bytes = 0;

    if (!SWEEP_WIN32(CreatePipe(&reader, &writer, NULL, 0)))
        return false;
    bool ok = SWEEP_WIN32(WriteFile(writer, "abc", 3, &bytes, NULL)) &&
              SWEEP_WIN32(ReadFile(reader, in, sizeof in, &bytes, NULL));
    if (ok)
        EXPECT_EQUAL(bytes, 3);
    EXPECT(CloseHandle(reader));
    EXPECT(CloseHandle(writer));
    return ok;
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {{"bytes", run_bytes},
                                                      {"messages", run_messages},
                                                      {"synchronous", run_synchronous},
                                                      {"anonymous", run_anonymous}};

    (void)count;
    return sweep_main(scenarios, 4, arguments);
}
