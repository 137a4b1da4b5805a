/* SPDX-License-Identifier: MIT
 *
 * NtReadFile, NtWriteFile and what cancels and flushes: blocks, contexts, events, routines, and how
 * they mix with the Win32 calls on the same handle.
 */
#include "native.h"

static native_transfer nt_read, nt_write;
static LONG(NTAPI *nt_cancel)(HANDLE file, struct native_block *block);
static LONG(NTAPI *nt_cancel_ex)(HANDLE file, struct native_block *which,
                                 struct native_block *block);
static LONG(NTAPI *nt_flush)(HANDLE file, struct native_block *block);

#define CONTEXT ((PVOID)(ULONG_PTR)0xC0117E47)

static LARGE_INTEGER at(LONGLONG offset)
{
    LARGE_INTEGER place;
    place.QuadPart = offset;
    return place;
}

/* NTF-1: the packet's values. */
static void packets(void)
{
    HANDLE port = port_make(0), file = disk_make("packets", FILE_FLAG_OVERLAPPED);
    struct native_block wrote = native_fresh(), read = native_fresh();
    LARGE_INTEGER place = at(0);
    char data[8] = "";

    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    DWORD status = (DWORD)nt_write(file, NULL, NULL, CONTEXT, &wrote, "native", 6, &place, NULL);
    CHECK("NTF-1", native_started(status), "written: %08x", (unsigned)status);
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("NTF-1", p.ok && p.key == DISK_KEY && p.bytes == 6 && p.overlapped == (void *)CONTEXT,
          "the packet shows the context: %p, %u bytes", (void *)p.overlapped, (unsigned)p.bytes);
    CHECK("NTF-1", native_is(&wrote, NATIVE_SUCCESS, 6), "and the block the outcome: %08x",
          (unsigned)wrote.status);
    place = at(2);
    status = (DWORD)nt_read(file, NULL, NULL, &read, &read, data, 8, &place, NULL);
    CHECK("NTF-1", native_started(status), "read: %08x", (unsigned)status);
    p = port_take(port, DEADLINE_MS);
    CHECK("NTF-1", p.ok && p.bytes == 4 && p.overlapped == (void *)&read,
          "a block that is its own context looks like an OVERLAPPED");
    CHECK("NTF-2", memcmp(data, "tive", 4) == 0, "from where ByteOffset says");
    read = native_fresh();
    place = at(100);
    status = (DWORD)nt_read(file, NULL, NULL, CONTEXT, &read, data, 8, &place, NULL);
    if (status == NATIVE_PENDING) {
        p = port_take(port, DEADLINE_MS);
        CHECK("FILE-4", !p.ok && p.error == ERROR_HANDLE_EOF && p.overlapped == (void *)CONTEXT,
              "the end comes as a packet");
    } else {
        CHECK("FILE-4", status == NATIVE_END_OF_FILE, "the end: %08x", (unsigned)status);
    }
    CloseHandle(file);
    CloseHandle(port);
}

/* NTF-1: nobody wants a packet. */
static void no_context(void)
{
    HANDLE port = port_make(0), file = disk_make("quiet", FILE_FLAG_OVERLAPPED);
    HANDLE event = event_make(TRUE, TRUE);
    struct native_block block = native_fresh();
    LARGE_INTEGER place = at(0);

    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    DWORD status = (DWORD)nt_write(file, event, NULL, NULL, &block, "abc", 3, &place, NULL);
    CHECK("NTF-1", native_started(status), "without a context: %08x", (unsigned)status);
    CHECK("NTF-1", WaitForSingleObject(event, DEADLINE_MS) == WAIT_OBJECT_0, "the event is set");
    CHECK("NTF-1", native_is(&block, NATIVE_SUCCESS, 3), "the block is written");
    CHECK("NTF-1", port_take(port, QUIET_MS).overlapped == NULL, "and no packet comes");
    CloseHandle(event);
    CloseHandle(file);
    CloseHandle(port);
}

/* NTF-3: the block of what pends is nobody's but the program's. */
static void pending(void)
{
    struct pipe_pair p;
    struct native_block block = native_fresh(), other = native_fresh();
    HANDLE event;
    char data[8];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    event = event_make(TRUE, TRUE);
    DWORD status =
        (DWORD)nt_read(p.server, event, NULL, CONTEXT, &block, data, sizeof data, NULL, NULL);
    CHECK("NTF-1", status == NATIVE_PENDING, "nothing to read: %08x", (unsigned)status);
    CHECK("NTF-3", native_is(&block, NATIVE_UNTOUCHED, NATIVE_UNTOUCHED),
          "the block is as it was: %08x", (unsigned)block.status);
    CHECK("EVT-1", WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "the event was reset");
    status = (DWORD)nt_write(p.client, NULL, NULL, CONTEXT, &other, "xyz", 3, NULL, NULL);
    CHECK("NTF-2", native_started(status), "a pipe needs no offset: %08x", (unsigned)status);
    CHECK("NTF-1", WaitForSingleObject(event, DEADLINE_MS) == WAIT_OBJECT_0, "the event is set");
    struct packet seen = port_take(p.server_port, DEADLINE_MS);
    CHECK("NTF-1", seen.ok && seen.bytes == 3 && seen.overlapped == (void *)CONTEXT, "packet too");
    CHECK("NTF-3", native_is(&block, NATIVE_SUCCESS, 3) && memcmp(data, "xyz", 3) == 0, "written");
    seen = port_take(p.client_port, DEADLINE_MS);
    CHECK("NTF-1", seen.ok && seen.bytes == 3 && seen.overlapped == (void *)CONTEXT,
          "the writer's");
    CloseHandle(event);
    pipe_pair_end(&p);
}

/* NTF-5. */
static void cancelling(void)
{
    struct pipe_pair p;
    struct native_block first = native_fresh(), second = native_fresh(), block = native_fresh();
    OVERLAPPED overlapped;
    char data[3][8];

    pipe_pair_make(&p, PIPE_TYPE_BYTE, TRUE);
    REQUIRE((DWORD)nt_read(p.server, NULL, NULL, CONTEXT, &first, data[0], 8, NULL, NULL) ==
            NATIVE_PENDING);
    REQUIRE((DWORD)nt_read(p.server, NULL, NULL, &second, &second, data[1], 8, NULL, NULL) ==
            NATIVE_PENDING);
    REQUIRE(pipe_read(p.server, data[2], 8, &overlapped) == ERROR_IO_PENDING);
    DWORD status = (DWORD)nt_cancel_ex(p.server, (struct native_block *)CONTEXT, &block);
    CHECK_WINE_DEPARTS(
        "NTF-5", status == NATIVE_NOT_FOUND && (DWORD)block.status == NATIVE_NOT_FOUND,
        "Wine leaves the block alone", "a context is no block: %08x", (unsigned)status);
    status = (DWORD)nt_cancel_ex(p.server, &first, &block);
    CHECK("NTF-5", status == NATIVE_SUCCESS && native_is(&block, NATIVE_SUCCESS, 0), "one: %08x",
          (unsigned)status);
    struct packet seen = port_take(p.server_port, DEADLINE_MS);
    CHECK("NTF-5",
          !seen.ok && seen.error == ERROR_OPERATION_ABORTED && seen.overlapped == (void *)CONTEXT &&
              native_is(&first, NATIVE_CANCELLED, 0),
          "its packet says cancelled: %u", (unsigned)seen.error);
    CHECK("NTF-5", CancelIoEx(p.server, (OVERLAPPED *)&second), "CancelIoEx takes a block too");
    seen = port_take(p.server_port, DEADLINE_MS);
    CHECK("NTF-5", !seen.ok && seen.overlapped == (void *)&second, "and ends that one");
    status = (DWORD)nt_cancel_ex(p.server, (struct native_block *)&overlapped, &block);
    CHECK("NTF-5", status == NATIVE_SUCCESS, "an OVERLAPPED is a block: %08x", (unsigned)status);
    seen = port_take(p.server_port, DEADLINE_MS);
    CHECK("NTF-5", !seen.ok && seen.overlapped == &overlapped, "as every Win32 call's is");
    status = (DWORD)nt_cancel(p.server, &block);
    CHECK("NTF-5", status == NATIVE_SUCCESS, "nothing to cancel is no error: %08x",
          (unsigned)status);
    first = native_fresh();
    REQUIRE((DWORD)nt_read(p.server, NULL, NULL, CONTEXT, &first, data[0], 8, NULL, NULL) ==
            NATIVE_PENDING);
    status = (DWORD)nt_cancel(p.server, &block);
    seen = port_take(p.server_port, DEADLINE_MS);
    CHECK("NTF-5", status == NATIVE_SUCCESS && !seen.ok && seen.error == ERROR_OPERATION_ABORTED,
          "what this thread began is cancelled");
    CHECK("NTF-5", (DWORD)nt_cancel(NULL, &block) == NATIVE_INVALID_HANDLE, "no file");
    pipe_pair_end(&p);
}

static struct {
    PVOID context;
    struct native_block *block;
    struct native_block seen;
    int calls;
} ran;

static VOID NTAPI on_end(PVOID context, struct native_block *block, ULONG reserved)
{
    ran.context = context;
    ran.block = block;
    ran.seen = *block;
    ran.calls += reserved == 0;
}

/* NTF-4. */
static void routines(void)
{
    HANDLE port = port_make(0), file = disk_make("routine", FILE_FLAG_OVERLAPPED);
    HANDLE event = event_make(TRUE, FALSE);
    struct native_block block = native_fresh();
    LARGE_INTEGER place = at(0);

    ran.calls = 0;
    DWORD status = (DWORD)nt_write(file, event, on_end, CONTEXT, &block, "abcd", 4, &place, NULL);
    CHECK("NTF-4", native_started(status), "with a routine: %08x", (unsigned)status);
    CHECK("NTF-4", WaitForSingleObject(event, DEADLINE_MS) == WAIT_OBJECT_0,
          "the event is set as well");
    CHECK("NTF-4", ran.calls == 0, "nothing runs before an alertable wait");
    CHECK("NTF-4", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && ran.calls == 1,
          "then it runs: %d", ran.calls);
    CHECK("NTF-4", ran.context == CONTEXT && ran.block == &block, "with its context and the block");
    CHECK("NTF-4", native_is(&ran.seen, NATIVE_SUCCESS, 4), "which is complete by then");
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    block = native_fresh();
    status = (DWORD)nt_write(file, NULL, on_end, CONTEXT, &block, "abcd", 4, &place, NULL);
    CHECK_WINE_DEPARTS("NTF-4", status == NATIVE_INVALID_PARAMETER,
                       "Wine runs the routine of a file with a port",
                       "not where there is a port: %08x", (unsigned)status);
    CHECK_WINE_DEPARTS("NTF-3", native_is(&block, NATIVE_UNTOUCHED, NATIVE_UNTOUCHED),
                       "and so the operation begins", "the block is as it was");
    if (check_on_wine())
        SleepEx(QUIET_MS, TRUE);
    CloseHandle(event);
    CloseHandle(file);
    CloseHandle(port);
}

/* NTF-2: a handle with a position. */
static void synchronous(void)
{
    HANDLE file = disk_make("synchronous", 0);
    struct native_block block = native_fresh();
    LARGE_INTEGER place = at(2), here = at(-2), end = at(-1), none = at(0), position;
    char data[8] = "";

    DWORD status = (DWORD)nt_write(file, NULL, NULL, NULL, &block, "abcdef", 6, NULL, NULL);
    CHECK("NTF-2", status == NATIVE_SUCCESS && native_is(&block, NATIVE_SUCCESS, 6),
          "at its position: %08x", (unsigned)status);
    status = (DWORD)nt_read(file, NULL, NULL, NULL, &block, data, 2, &place, NULL);
    CHECK("NTF-2", status == NATIVE_SUCCESS && memcmp(data, "cd", 2) == 0, "at an offset: %08x",
          (unsigned)status);
    status = (DWORD)nt_read(file, NULL, NULL, NULL, &block, data, 8, &here, NULL);
    CHECK("NTF-2", status == NATIVE_SUCCESS && block.information == 2 && !memcmp(data, "ef", 2),
          "from where that ended: %08x", (unsigned)status);
    block = native_fresh();
    status = (DWORD)nt_read(file, NULL, NULL, NULL, &block, data, 8, NULL, NULL);
    CHECK("NTF-2", status == NATIVE_END_OF_FILE, "the end is an error: %08x", (unsigned)status);
    CHECK("NTF-3", native_is(&block, NATIVE_END_OF_FILE, 0), "that the block tells of: %08x",
          (unsigned)block.status);
    status = (DWORD)nt_write(file, NULL, NULL, NULL, &block, "gh", 2, &end, NULL);
    CHECK("NTF-2", status == NATIVE_SUCCESS, "-1 appends: %08x", (unsigned)status);
    REQUIRE(SetFilePointerEx(file, none, &position, FILE_CURRENT));
    CHECK("NTF-2", position.QuadPart == 8, "position %d", (int)position.QuadPart);
    status = (DWORD)nt_flush(file, &block);
    CHECK("NTF-6", status == NATIVE_SUCCESS && native_is(&block, NATIVE_SUCCESS, 0),
          "flushed: %08x", (unsigned)status);
    CloseHandle(file);
}

static void refused(void)
{
    HANDLE file = disk_make("refused", FILE_FLAG_OVERLAPPED), event = event_make(FALSE, FALSE);
    struct native_block block = native_fresh();
    LARGE_INTEGER place = at(0), negative = at(-100);
    char data[8];

    DWORD status = (DWORD)nt_read(file, NULL, NULL, NULL, &block, data, 8, NULL, NULL);
    CHECK("NTF-2", status == NATIVE_INVALID_PARAMETER, "overlapped and no offset: %08x",
          (unsigned)status);
    status = (DWORD)nt_read(file, NULL, NULL, NULL, &block, data, 8, &negative, NULL);
    CHECK("NTF-2", status == NATIVE_INVALID_PARAMETER, "a negative one: %08x", (unsigned)status);
    status = (DWORD)nt_read(NULL, NULL, NULL, NULL, &block, data, 8, &place, NULL);
    CHECK("NTF-3", status == NATIVE_INVALID_HANDLE, "no file: %08x", (unsigned)status);
    status = (DWORD)nt_read(event, NULL, NULL, NULL, &block, data, 8, &place, NULL);
    CHECK("NTF-3", (LONG)status < 0, "an event: %08x", (unsigned)status);
    status =
        (DWORD)nt_read(file, (HANDLE)(ULONG_PTR)0xdead0, NULL, NULL, &block, data, 8, &place, NULL);
    CHECK_WINE_DEPARTS("NTF-3", status == NATIVE_INVALID_HANDLE, "Wine looks for no event",
                       "no event: %08x", (unsigned)status);
    CHECK_WINE_DEPARTS("NTF-3", native_is(&block, NATIVE_UNTOUCHED, NATIVE_UNTOUCHED),
                       "and so reads", "none of them has touched the block: %08x",
                       (unsigned)block.status);
    CHECK("NTF-6", (DWORD)nt_flush(NULL, &block) == NATIVE_INVALID_HANDLE, "nothing to flush");
    CloseHandle(event);
    CloseHandle(file);
}

/* A routine that begins the next operation inside the wait, as the Win32 calls' may. */
static struct {
    HANDLE file;
    struct native_block block;
    int left;
} chain;

static VOID NTAPI on_link(PVOID context, struct native_block *block, ULONG reserved)
{
    LARGE_INTEGER place = at(0);

    (void)block;
    (void)reserved;
    if (--chain.left > 0)
        nt_write(chain.file, NULL, on_link, context, &chain.block, "x", 1, &place, NULL);
}

static void chains(void)
{
    LARGE_INTEGER place = at(0);
    int sleeps = 0;

    chain.file = disk_make("chain", FILE_FLAG_OVERLAPPED);
    chain.left = 20;
    REQUIRE(native_started(
        (DWORD)nt_write(chain.file, NULL, on_link, CONTEXT, &chain.block, "x", 1, &place, NULL)));
    while (chain.left > 0 && sleeps++ < 100)
        SleepEx(100, TRUE);
    CHECK("NTF-4", chain.left == 0, "a routine may begin the next operation: %d left", chain.left);
    CloseHandle(chain.file);
}

int main(void)
{
    nt_read = (native_transfer)native_find("NtReadFile");
    nt_write = (native_transfer)native_find("NtWriteFile");
    nt_cancel = native_find("NtCancelIoFile");
    nt_cancel_ex = native_find("NtCancelIoFileEx");
    nt_flush = native_find("NtFlushBuffersFile");
    RUN(packets);
    RUN(no_context);
    RUN(pending);
    RUN(cancelling);
    RUN(routines);
    RUN(synchronous);
    RUN(refused);
    RUN(chains);
    return check_report();
}
