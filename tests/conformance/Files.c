/* SPDX-License-Identifier: MIT
 *
 * Reading and writing files: overlapped and synchronous handles, offsets, the end of the file,
 * packets, events, routines (rules FILE-1 to 10, 14, 15, and PKT, OVL, EVT on files).
 */
#include "disk.h"

static unsigned char buffer[1 << 16];

static void overlapped_needs_offset(void)
{
    HANDLE file = disk_make("need", FILE_FLAG_OVERLAPPED);
    DWORD bytes = UNTOUCHED_BYTES;
    SetLastError(0);
    BOOL ok = WriteFile(file, "x", 1, &bytes, NULL);
    CHECK("FILE-1", !ok && GetLastError() == ERROR_INVALID_PARAMETER, "write: %u",
          (unsigned)GetLastError());
    CHECK("OVL-6", bytes == 0, "the count is cleared (%u)", (unsigned)bytes);
    ok = ReadFile(file, buffer, 1, &bytes, NULL);
    CHECK("FILE-1", !ok && GetLastError() == ERROR_INVALID_PARAMETER, "read: %u",
          (unsigned)GetLastError());
    CloseHandle(file);
}

static void write_then_read(void)
{
    HANDLE file = disk_make("plain", FILE_FLAG_OVERLAPPED);
    unsigned char data[5000];
    disk_pattern(data, 100, sizeof data);
    struct disk_outcome o = disk_write(file, 100, data, sizeof data);
    CHECK("FILE-2", o.call == 0 || o.call == ERROR_IO_PENDING, "write: call %u", (unsigned)o.call);
    CHECK("FILE-2", o.error == 0 && o.bytes == sizeof data && o.status == DISK_SUCCESS,
          "write: error %u bytes %u", (unsigned)o.error, (unsigned)o.bytes);
    memset(buffer, 0, sizeof buffer);
    o = disk_read(file, 100, buffer, sizeof data);
    CHECK("FILE-2", o.error == 0 && o.bytes == sizeof data && disk_is_pattern(buffer, 100, 5000),
          "read: error %u bytes %u", (unsigned)o.error, (unsigned)o.bytes);
    o = disk_read(file, 0, buffer, 100);
    CHECK("FILE-1", o.bytes == 100 && buffer[0] == 0 && buffer[99] == 0, "the hole reads as zeros");
    CloseHandle(file);
}

static void packets(void)
{
    HANDLE port = port_make(0);
    HANDLE file = disk_make("packets", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 8192);
    CHECK("PORT-9", CreateIoCompletionPort(file, port, DISK_KEY, 0) == port, "files associate");
    OVERLAPPED ov;
    disk_at(&ov, 4096);
    DWORD bytes = UNTOUCHED_BYTES;
    BOOL ok = ReadFile(file, buffer, 1000, &bytes, &ov);
    DWORD call = ok ? 0 : GetLastError();
    CHECK("FILE-2", call == 0 || call == ERROR_IO_PENDING, "call %u", (unsigned)call);
    CHECK("OVL-6", bytes == (call == 0 ? 1000 : 0), "count %u", (unsigned)bytes);
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("PKT-1", p.ok && p.overlapped == &ov && p.key == DISK_KEY && p.bytes == 1000,
          "packet ok %d key %x bytes %u", p.ok, (unsigned)p.key, (unsigned)p.bytes);
    CHECK("PKT-1", disk_is_pattern(buffer, 4096, 1000), "the data");
    CHECK("OVL-5", (DWORD)ov.Internal == DISK_SUCCESS && ov.InternalHigh == 1000, "IOSB");
    CHECK("PKT-6", port_is_empty(port), "one packet");
    disk_at(&ov, 0);
    ov.hEvent = (HANDLE)((ULONG_PTR)event_make(TRUE, FALSE) | 1);
    ok = ReadFile(file, buffer, 10, NULL, &ov);
    CHECK("PKT-8", GetOverlappedResult(file, &ov, &bytes, TRUE) && bytes == 10, "low bit: done");
    CHECK("PKT-8", port_is_empty(port), "low bit: no packet");
    CloseHandle((HANDLE)((ULONG_PTR)ov.hEvent & ~(ULONG_PTR)1));
    disk_at(&ov, 0);
    ok = WriteFile(file, buffer, 0, &bytes, &ov);
    CHECK("PKT-15", ok || GetLastError() == ERROR_IO_PENDING, "zero-length write");
    p = port_take(port, DEADLINE_MS);
    CHECK("PKT-15", p.ok && p.overlapped == &ov && p.bytes == 0, "its packet");
    CHECK("PORT-6",
          !CreateIoCompletionPort(file, port, 1, 0) && GetLastError() == ERROR_INVALID_PARAMETER,
          "one port a file");
    CloseHandle(file);
    CloseHandle(port);
}

static void skip_on_success(void)
{
    HANDLE port = port_make(0);
    HANDLE file = disk_make("skip", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 4096);
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    CHECK("MODE-1", SetFileCompletionNotificationModes(file, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS),
          "mode set");
    OVERLAPPED ov;
    DWORD bytes = 0;
    disk_at(&ov, 0);
    BOOL ok = ReadFile(file, buffer, 4096, &bytes, &ov);
    if (ok) {
        CHECK("PKT-7", bytes == 4096 && port_is_empty(port), "finished at once: no packet");
    } else {
        struct packet p = port_take(port, DEADLINE_MS);
        CHECK("PKT-7", GetOverlappedResult(file, &ov, &bytes, FALSE) && p.bytes == 4096,
              "pended: packet");
    }
    CloseHandle(file);
    file = disk_make("skipsync", 0);
    CHECK("MODE-2",
          !SetFileCompletionNotificationModes(file, 1) && GetLastError() == ERROR_INVALID_PARAMETER,
          "synchronous: refused");
    CHECK("PORT-7",
          !CreateIoCompletionPort(file, port, 1, 0) && GetLastError() == ERROR_INVALID_PARAMETER,
          "synchronous: no port");
    CloseHandle(file);
    CloseHandle(port);
}

static void end_of_file(void)
{
    static const char reason[] = "Wine fails at once, as older Windows did";
    HANDLE port = port_make(0);
    HANDLE file = disk_make("eof", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 1000);
    struct disk_outcome o = disk_read(file, 900, buffer, 500);
    CHECK("FILE-7", o.error == 0 && o.bytes == 100, "across the end: error %u, %u bytes",
          (unsigned)o.error, (unsigned)o.bytes);
    o = disk_read(file, 1000, buffer, 10);
    CHECK("FILE-4", o.error == ERROR_HANDLE_EOF, "at the end: %u", (unsigned)o.error);
    o = disk_read(file, 5000, buffer, 10);
    CHECK("FILE-4", o.error == ERROR_HANDLE_EOF, "behind it: %u", (unsigned)o.error);
    CHECK_WINE_DEPARTS("FILE-4",
                       o.call == ERROR_IO_PENDING && o.bytes == 0 && o.status == DISK_END_OF_FILE,
                       reason, "pends: call %u status %x", (unsigned)o.call, (unsigned)o.status);
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    OVERLAPPED ov;
    disk_at(&ov, 1000);
    BOOL ok = ReadFile(file, buffer, 10, NULL, &ov);
    DWORD call = ok ? 0 : GetLastError();
    if (call == ERROR_IO_PENDING) {
        struct packet p = port_take(port, DEADLINE_MS);
        CHECK("FILE-4", !p.ok && p.error == ERROR_HANDLE_EOF && p.bytes == 0 && p.overlapped == &ov,
              "packet: error %u", (unsigned)p.error);
    } else {
        CHECK_WINE_DEPARTS("FILE-4", 0, reason, "call %u", (unsigned)call);
    }
    CHECK("PKT-6", port_is_empty(port), "no more packets");
    disk_at(&ov, 5000);
    ok = ReadFile(file, NULL, 0, NULL, &ov);
    CHECK("FILE-8", ok || GetLastError() == ERROR_IO_PENDING, "zero length behind the end");
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("FILE-8", p.ok && p.bytes == 0, "success, %u", (unsigned)p.error);
    CloseHandle(file);
    CloseHandle(port);
}

static void synchronous(void)
{
    HANDLE file = disk_make("sync", 0);
    DWORD bytes = 0;
    unsigned char data[1000];
    disk_pattern(data, 0, sizeof data);
    CHECK("FILE-5", WriteFile(file, data, 1000, &bytes, NULL) && bytes == 1000, "write");
    CHECK("FILE-5", SetFilePointer(file, 0, NULL, FILE_CURRENT) == 1000, "the position moved");
    bytes = UNTOUCHED_BYTES;
    SetLastError(UNTOUCHED_ERROR);
    CHECK("FILE-5",
          ReadFile(file, buffer, 10, &bytes, NULL) && bytes == 0 &&
              GetLastError() == UNTOUCHED_ERROR,
          "the end: TRUE and 0 bytes");
    OVERLAPPED ov;
    disk_at(&ov, 1000);
    ov.InternalHigh = 77;
    BOOL ok = ReadFile(file, buffer, 10, &bytes, &ov);
    CHECK("FILE-6", !ok && GetLastError() == ERROR_HANDLE_EOF, "with OVERLAPPED: %u",
          (unsigned)GetLastError());
    CHECK("OVL-3", (DWORD)ov.Internal == DISK_END_OF_FILE && ov.InternalHigh == 0, "IOSB %x %u",
          (unsigned)ov.Internal, (unsigned)ov.InternalHigh);
    disk_at(&ov, 200);
    ov.hEvent = event_make(TRUE, FALSE);
    CHECK("FILE-9",
          ReadFile(file, buffer, 100, &bytes, &ov) && bytes == 100 &&
              disk_is_pattern(buffer, 200, 100),
          "at its offset");
    CHECK("FILE-9", SetFilePointer(file, 0, NULL, FILE_CURRENT) == 300, "the position follows");
    CHECK("FILE-9",
          WaitForSingleObject(ov.hEvent, 0) == WAIT_OBJECT_0 &&
              (DWORD)ov.Internal == DISK_SUCCESS && ov.InternalHigh == 100,
          "the event");
    CHECK("FILE-9", ReadFile(file, buffer, 100, &bytes, NULL) && disk_is_pattern(buffer, 300, 100),
          "and the next read goes on from there");
    CloseHandle(ov.hEvent);
    CHECK("FILE-8", ReadFile(file, NULL, 0, &bytes, NULL) && bytes == 0, "zero length");
    CloseHandle(file);
}

static void appending(void)
{
    HANDLE file = disk_make("append", FILE_FLAG_OVERLAPPED);
    struct disk_outcome o = disk_write(file, ~0ull, "one", 3);
    CHECK("FILE-3", o.error == 0 && o.bytes == 3, "first: %u", (unsigned)o.error);
    o = disk_write(file, ~0ull, "two", 3);
    CHECK("FILE-3", o.error == 0 && o.bytes == 3, "second: %u", (unsigned)o.error);
    o = disk_read(file, 0, buffer, 10);
    CHECK("FILE-3", o.bytes == 6 && !memcmp(buffer, "onetwo", 6), "%u bytes", (unsigned)o.bytes);
    o = disk_read(file, ~0ull, buffer, 1);
    CHECK("FILE-3", o.call == ERROR_INVALID_PARAMETER, "read: %u", (unsigned)o.call);
    o = disk_write(file, ~0ull - 4, "x", 1);
    CHECK("FILE-3", o.call == ERROR_INVALID_PARAMETER, "negative: %u", (unsigned)o.call);
    o = disk_write(file, ~0ull - 1, "x", 1);
    CHECK("FILE-3", o.call == ERROR_INVALID_PARAMETER, "-2 overlapped: %u", (unsigned)o.call);
    o = disk_read(file, 0x7FFFFFFFFFFFFFFEull, buffer, 4096);
    CHECK("FILE-4", o.error == ERROR_HANDLE_EOF || o.error == ERROR_INVALID_PARAMETER,
          "near 2^63: %u", (unsigned)o.error);
    CloseHandle(file);
    file = disk_make("appendsync", 0);
    OVERLAPPED ov;
    DWORD bytes;
    REQUIRE(WriteFile(file, "abc", 3, &bytes, NULL));
    disk_at(&ov, ~0ull - 1);
    CHECK("FILE-3", WriteFile(file, "d", 1, &bytes, &ov) && bytes == 1, "-2: where it stands");
    REQUIRE(SetFilePointer(file, 0, NULL, FILE_BEGIN) == 0);
    disk_at(&ov, ~0ull);
    CHECK("FILE-3", WriteFile(file, "e", 1, &bytes, &ov) && bytes == 1, "-1: at the end");
    disk_at(&ov, 0);
    CHECK("FILE-3",
          ReadFile(file, buffer, 10, &bytes, &ov) && bytes == 5 && !memcmp(buffer, "abcde", 5),
          "%u bytes", (unsigned)bytes);
    CloseHandle(file);
}

static void bad_buffers(void)
{
    HANDLE file = disk_make("bad", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 4096);
    struct disk_outcome o = disk_read(file, 0, NULL, 10);
    CHECK("FILE-10", o.call == ERROR_NOACCESS, "read: %u", (unsigned)o.call);
    o = disk_write(file, 0, NULL, 10);
    CHECK("FILE-10", o.call == ERROR_INVALID_USER_BUFFER, "write: %u", (unsigned)o.call);
    CloseHandle(file);
    file =
        disk_open(disk_name("rights"), GENERIC_WRITE, 0, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE);
    DWORD bytes;
    CHECK("FILE-17",
          !ReadFile(file, buffer, 1, &bytes, NULL) && GetLastError() == ERROR_ACCESS_DENIED,
          "not open for reading");
    CloseHandle(file);
}

static void events_and_handle(void)
{
    HANDLE file = disk_make("events", FILE_FLAG_OVERLAPPED);
    CHECK("EVT-4", WaitForSingleObject(file, 0) == WAIT_OBJECT_0, "a fresh handle is signalled");
    disk_fill(file, 4096);
    OVERLAPPED ov;
    DWORD bytes;
    disk_at(&ov, 0);
    ReadFile(file, buffer, 4096, NULL, &ov);
    CHECK("EVT-2", WaitForSingleObject(file, DEADLINE_MS) == WAIT_OBJECT_0, "the handle is set");
    CHECK("EVT-2", GetOverlappedResult(file, &ov, &bytes, FALSE) && bytes == 4096,
          "and it is over");
    disk_at(&ov, 0);
    ov.hEvent = event_make(TRUE, TRUE);
    ReadFile(file, buffer, 4096, NULL, &ov);
    CHECK("EVT-1", WaitForSingleObject(ov.hEvent, DEADLINE_MS) == WAIT_OBJECT_0,
          "the event is set");
    CHECK_WINE_DEPARTS("EVT-3", WaitForSingleObject(file, 0) == WAIT_TIMEOUT,
                       "Wine signals the handle as well", "the handle is not");
    CloseHandle(ov.hEvent);
    CloseHandle(file);
}

static volatile LONG routine_runs;
static DWORD routine_error, routine_bytes;
static OVERLAPPED *routine_overlapped;

static VOID CALLBACK routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    routine_error = error;
    routine_bytes = bytes;
    routine_overlapped = overlapped;
    counter_add(&routine_runs);
}

static void routines(void)
{
    HANDLE file = disk_make("routines", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 4096);
    OVERLAPPED ov;
    disk_at(&ov, 0);
    ov.hEvent = (HANDLE)(ULONG_PTR)0x1234; /* the program's own */
    counter_set(&routine_runs, 0);
    CHECK("FILE-14", ReadFileEx(file, buffer, 100, &ov, routine), "read accepted, %u",
          (unsigned)GetLastError());
    CHECK("FILE-14", counter_get(&routine_runs) == 0, "not before an alertable wait");
    CHECK("FILE-14", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION, "runs in one");
    CHECK("FILE-14",
          counter_get(&routine_runs) == 1 && routine_error == 0 && routine_bytes == 100 &&
              routine_overlapped == &ov,
          "with the result");
    disk_at(&ov, 0);
    CHECK("FILE-14", WriteFileEx(file, "new", 3, &ov, routine), "write accepted");
    CHECK("FILE-14", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && routine_bytes == 3,
          "runs");
    disk_at(&ov, 4096);
    BOOL ok = ReadFileEx(file, buffer, 10, &ov, routine);
    CHECK_WINE_DEPARTS("FILE-14", !ok && GetLastError() == ERROR_HANDLE_EOF,
                       "Wine accepts the read and calls the routine", "the end: %d %u", ok,
                       (unsigned)GetLastError());
    if (!ok)
        CHECK("FILE-14", SleepEx(50, TRUE) == 0, "no routine");
    else
        SleepEx(DEADLINE_MS, TRUE);
    HANDLE port = CreateIoCompletionPort(file, NULL, 0, 0);
    disk_at(&ov, 0);
    CHECK_WINE_DEPARTS("PKT-12",
                       !ReadFileEx(file, buffer, 10, &ov, routine) &&
                           GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine accepts the read", "with a port: refused");
    CloseHandle(file);
    CloseHandle(port);
}

/* FILE-15: many at once, each with its own data and exactly one packet. */
static void many_at_once(void)
{
    enum { COUNT = 64, PIECE = 4096 };
    static unsigned char pieces[COUNT][PIECE];
    static OVERLAPPED ov[COUNT];
    int seen[COUNT] = {0}, good = 0;
    HANDLE port = port_make(0);
    HANDLE file = disk_make("many", FILE_FLAG_OVERLAPPED);
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            disk_at(&ov[i], (ULONGLONG)i * PIECE);
            if (round == 0)
                disk_pattern(pieces[i], (ULONGLONG)i * PIECE, PIECE);
            else
                memset(pieces[i], 0, PIECE);
            BOOL ok = round == 0 ? WriteFile(file, pieces[i], PIECE, NULL, &ov[i])
                                 : ReadFile(file, pieces[i], PIECE, NULL, &ov[i]);
            REQUIRE(ok || GetLastError() == ERROR_IO_PENDING);
        }
        for (int i = 0; i < COUNT; i++) {
            struct packet p = port_take(port, DEADLINE_MS);
            LONG_PTR at = p.overlapped - ov;
            if (p.ok && p.bytes == PIECE && at >= 0 && at < COUNT)
                good += seen[at]++ == round;
        }
        CHECK("FILE-15", good == COUNT * (round + 1), "%d good packets", good);
        CHECK("PKT-6", port_is_empty(port), "no other");
    }
    int right = 0;
    for (int i = 0; i < COUNT; i++)
        right += disk_is_pattern(pieces[i], (ULONGLONG)i * PIECE, PIECE);
    CHECK("FILE-15", right == COUNT, "%d of %d pieces right", right, COUNT);
    CloseHandle(file);
    CloseHandle(port);
}

/* PORT-12, CANC-2, CLOSE-1: whatever the race, one packet each. */
static void cancel_and_close(void)
{
    enum { COUNT = 16, PIECE = 1 << 18 };
    static unsigned char data[PIECE];
    static OVERLAPPED ov[COUNT];
    HANDLE port = port_make(0);
    HANDLE file = disk_make("cancel", FILE_FLAG_OVERLAPPED);
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    CHECK_WINE_DEPARTS("CANC-2", !CancelIoEx(file, NULL) && GetLastError() == ERROR_NOT_FOUND,
                       "Wine finds something on any file", "nothing there");
    CHECK("CANC-1", CancelIo(file), "nothing there is success");
    for (int part = 0; part < 2; part++) {
        int packets = 0, right = 0;
        for (int i = 0; i < COUNT; i++) {
            disk_at(&ov[i], (ULONGLONG)i * PIECE);
            BOOL ok = WriteFile(file, data, PIECE, NULL, &ov[i]);
            REQUIRE(ok || GetLastError() == ERROR_IO_PENDING);
        }
        if (part == 0)
            CancelIoEx(file, NULL);
        else
            CloseHandle(file);
        for (int i = 0; i < COUNT; i++) {
            struct packet p = port_take(port, DEADLINE_MS);
            packets += p.overlapped != NULL;
            right += p.ok ? p.bytes == PIECE : p.error == ERROR_OPERATION_ABORTED && p.bytes == 0;
        }
        CHECK(part ? "CLOSE-1" : "CANC-4", packets == COUNT && right == COUNT,
              "%d packets, %d right", packets, right);
        CHECK("PKT-6", port_is_empty(port), "no other");
    }
    CHECK("CANC-3", !CancelIoEx(file, NULL) && GetLastError() == ERROR_INVALID_HANDLE, "closed");
    CloseHandle(port);
}

static HANDLE leaving_file;
static OVERLAPPED leaving_ov[8];

static DWORD WINAPI leaving(void *unused)
{
    DWORD started = 0;
    (void)unused;
    for (int i = 0; i < 8; i++) {
        disk_at(&leaving_ov[i], (ULONGLONG)i * sizeof buffer);
        started += WriteFile(leaving_file, buffer, sizeof buffer, NULL, &leaving_ov[i]) ||
                   GetLastError() == ERROR_IO_PENDING;
    }
    return started;
}

/* What a thread started on a port's file goes on without it. */
static void thread_leaves(void)
{
    HANDLE port = port_make(0);
    int right = 0;
    leaving_file = disk_make("leave", FILE_FLAG_OVERLAPPED);
    REQUIRE(CreateIoCompletionPort(leaving_file, port, DISK_KEY, 0) == port);
    CHECK("CLOSE-12", thread_join(thread_start(leaving, NULL)) == 8, "started");
    for (int i = 0; i < 8; i++) {
        struct packet p = port_take(port, DEADLINE_MS);
        right += p.ok && p.bytes == sizeof buffer;
    }
    CHECK("CLOSE-12", right == 8, "%d of 8 ended well", right);
    CHECK("PKT-6", port_is_empty(port), "no other packet");
    CloseHandle(leaving_file);
    CloseHandle(port);
}

static void flushing(void)
{
    HANDLE file = disk_make("flush", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 4096);
    CHECK("FILE-13", FlushFileBuffers(file), "flushed, %u", (unsigned)GetLastError());
    CloseHandle(file);
    const char *name = disk_name("flushro");
    file = disk_open(name, GENERIC_WRITE, 7, CREATE_ALWAYS, 0);
    CloseHandle(file);
    file = disk_open(name, GENERIC_READ, 7, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE);
    CHECK("FILE-13", !FlushFileBuffers(file) && GetLastError() == ERROR_ACCESS_DENIED, "%u",
          (unsigned)GetLastError());
    CloseHandle(file);
}

static void duplicates(void)
{
    HANDLE port = port_make(0), copy;
    HANDLE file = disk_make("duplicate", FILE_FLAG_OVERLAPPED);
    disk_fill(file, 100);
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &copy, 0, FALSE,
                            DUPLICATE_SAME_ACCESS));
    CloseHandle(file);
    OVERLAPPED ov;
    disk_at(&ov, 0);
    BOOL ok = ReadFile(copy, buffer, 100, NULL, &ov);
    REQUIRE(ok || GetLastError() == ERROR_IO_PENDING);
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("PORT-11", p.ok && p.key == DISK_KEY && p.bytes == 100, "through a duplicate");
    CloseHandle(copy);
    CloseHandle(port);
}

static void written_through(void)
{
    unsigned char out[100], in[100];
    DWORD kinds[2] = {0, FILE_FLAG_NO_BUFFERING};
    for (int i = 0; i < 2; i++) {
        HANDLE file = disk_make("through", FILE_FLAG_OVERLAPPED | FILE_FLAG_WRITE_THROUGH);
        disk_pattern(out, 0, sizeof out);
        struct disk_outcome o = disk_write(file, 10, out, sizeof out);
        CHECK("FILE-20", o.error == 0 && o.bytes == sizeof out, "written: %u", (unsigned)o.error);
        o = disk_read(file, 10, in, sizeof in);
        CHECK("FILE-20", o.bytes == sizeof in && disk_is_pattern(in, 0, sizeof in), "and read");
        CloseHandle(file);
        unsigned char *page = disk_pages(DISK_PAGE);
        disk_pattern(page, 0, DISK_PAGE);
        file = disk_make("through", FILE_FLAG_OVERLAPPED | FILE_FLAG_WRITE_THROUGH | kinds[i]);
        o = disk_write(file, DISK_PAGE, page, DISK_PAGE);
        CHECK("FILE-20", o.error == 0 && o.bytes == DISK_PAGE, "a page, kind %d: %u", i,
              (unsigned)o.error);
        CloseHandle(file);
    }
}

int main(void)
{
    RUN(overlapped_needs_offset);
    RUN(write_then_read);
    RUN(packets);
    RUN(skip_on_success);
    RUN(end_of_file);
    RUN(synchronous);
    RUN(appending);
    RUN(bad_buffers);
    RUN(events_and_handle);
    RUN(routines);
    RUN(many_at_once);
    RUN(cancel_and_close);
    RUN(thread_leaves);
    RUN(flushing);
    RUN(duplicates);
    RUN(written_through);
    return check_report();
}
