/* SPDX-License-Identifier: MIT
 *
 * Past the page cache: FILE_FLAG_NO_BUFFERING, ReadFileScatter and WriteFileGather (FILE-11, 12).
 */
#include "disk.h"

#define DIRECT (FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING)

static void sectors(void)
{
    static const char reason[] = "Wine has no transfers past the cache";
    HANDLE file = disk_make("sectors", DIRECT);
    unsigned char *data = disk_pages(4 * DISK_PAGE);

    disk_pattern(data, 0, 4 * DISK_PAGE);
    struct disk_outcome o = disk_write(file, 0, data, 4 * DISK_PAGE);
    CHECK("FILE-11", o.error == 0 && o.bytes == 4 * DISK_PAGE, "write: %u", (unsigned)o.error);
    memset(data, 0, 4 * DISK_PAGE);
    o = disk_read(file, DISK_PAGE, data, DISK_PAGE);
    CHECK("FILE-11", o.error == 0 && disk_is_pattern(data, DISK_PAGE, DISK_PAGE), "read: %u",
          (unsigned)o.error);
    o = disk_read(file, 1, data, DISK_PAGE);
    CHECK_WINE_DEPARTS("FILE-11", o.call == ERROR_INVALID_PARAMETER, reason, "odd offset: %u",
                       (unsigned)o.call);
    o = disk_read(file, 0, data, 100);
    CHECK_WINE_DEPARTS("FILE-11", o.call == ERROR_INVALID_PARAMETER, reason, "odd length: %u",
                       (unsigned)o.call);
    o = disk_read(file, 0, data + 1, DISK_PAGE);
    CHECK_WINE_DEPARTS("FILE-11", o.call == ERROR_INVALID_PARAMETER, reason, "odd buffer: %u",
                       (unsigned)o.call);
    o = disk_write(file, DISK_PAGE, data, 1);
    CHECK_WINE_DEPARTS("FILE-11", o.call == ERROR_INVALID_PARAMETER, reason, "odd write: %u",
                       (unsigned)o.call);
    FILE_END_OF_FILE_INFO end;
    end.EndOfFile.QuadPart = DISK_PAGE + 100;
    REQUIRE(SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end));
    o = disk_read(file, DISK_PAGE, data, 2 * DISK_PAGE);
    CHECK("FILE-11", o.error == 0 && o.bytes == 100, "before the end fewer: %u, %u bytes",
          (unsigned)o.error, (unsigned)o.bytes);
    o = disk_read(file, 2 * DISK_PAGE, data, DISK_PAGE);
    CHECK("FILE-4", o.error == ERROR_HANDLE_EOF, "behind it: %u", (unsigned)o.error);
    CloseHandle(file);
}

static void scatter_gather(void)
{
    enum { PAGES = 5 };
    FILE_SEGMENT_ELEMENT out[PAGES + 1], in[PAGES + 1];
    unsigned char *memory = disk_pages(2 * PAGES * DISK_PAGE);
    HANDLE port = port_make(0);
    HANDLE file = disk_make("scatter", DIRECT);
    OVERLAPPED ov;
    DWORD length = PAGES * DISK_PAGE;

    memset(out, 0, sizeof out);
    memset(in, 0, sizeof in);
    disk_pattern(memory, 0, length);
    for (int i = 0; i < PAGES; i++) {
        out[i].Buffer = memory + i * DISK_PAGE;
        in[i].Buffer = memory + (2 * PAGES - 1 - i) * DISK_PAGE; /* backwards */
    }
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    disk_at(&ov, 0);
    BOOL ok = WriteFileGather(file, out, length, NULL, &ov);
    CHECK_WINE_DEPARTS("FILE-12", !ok && GetLastError() == ERROR_IO_PENDING,
                       "Wine finishes it at once", "write pends: %d %u", ok,
                       (unsigned)GetLastError());
    struct packet p = port_take(port, DEADLINE_MS);
    CHECK("FILE-12", p.ok && p.bytes == length && p.overlapped == &ov, "packet: %u bytes",
          (unsigned)p.bytes);
    disk_at(&ov, 0);
    ok = ReadFileScatter(file, in, length, NULL, &ov);
    CHECK("FILE-12", !ok && GetLastError() == ERROR_IO_PENDING, "read pends: %d %u", ok,
          (unsigned)GetLastError());
    p = port_take(port, DEADLINE_MS);
    CHECK("FILE-12", p.ok && p.bytes == length, "packet: %u bytes", (unsigned)p.bytes);
    int right = 0;
    for (int i = 0; i < PAGES; i++)
        right += disk_is_pattern(in[i].Buffer, (ULONGLONG)i * DISK_PAGE, DISK_PAGE);
    CHECK("FILE-12", right == PAGES, "%d pages right", right);
    memset(in[PAGES - 1].Buffer, 0x77, DISK_PAGE);
    FILE_END_OF_FILE_INFO end;
    end.EndOfFile.QuadPart = 2 * DISK_PAGE;
    REQUIRE(SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end));
    disk_at(&ov, 0);
    ok = ReadFileScatter(file, in, length, NULL, &ov);
    p = port_take(port, DEADLINE_MS);
    CHECK("FILE-12", p.ok && p.bytes == 2 * DISK_PAGE, "short at the end: %u", (unsigned)p.bytes);
    CHECK("FILE-12", ((unsigned char *)in[PAGES - 1].Buffer)[5] == 0x77, "later pages untouched");
    disk_at(&ov, 2 * DISK_PAGE);
    ok = ReadFileScatter(file, in, DISK_PAGE, NULL, &ov);
    DWORD call = GetLastError();
    if (!ok && call == ERROR_IO_PENDING) {
        p = port_take(port, DEADLINE_MS);
        CHECK("FILE-12", !p.ok && p.error == ERROR_HANDLE_EOF, "the end: %u", (unsigned)p.error);
    } else {
        CHECK_WINE_DEPARTS("FILE-12", 0, "Wine fails at once at the end", "call %u",
                           (unsigned)call);
    }
    CloseHandle(file);
    file = disk_make("plainscatter", FILE_FLAG_OVERLAPPED);
    disk_at(&ov, 0);
    CHECK("FILE-12",
          !ReadFileScatter(file, in, DISK_PAGE, NULL, &ov) &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "needs NO_BUFFERING");
    CloseHandle(file);
    CloseHandle(port);
}

/* Many at once, with more in the air than one thread could wait for. */
static void random_reads(void)
{
    enum { FILE_PAGES = 256, FLIGHT = 32, READS = 512 };
    unsigned char *pages = disk_pages(FLIGHT * DISK_PAGE);
    static OVERLAPPED ov[FLIGHT];
    ULONGLONG offsets[FLIGHT];
    HANDLE port = port_make(0);
    HANDLE file = disk_make("random", DIRECT);
    unsigned seed = 12345;
    int started = 0, right = 0;

    disk_fill(file, FILE_PAGES * DISK_PAGE);
    REQUIRE(CreateIoCompletionPort(file, port, DISK_KEY, 0) == port);
    for (int done = -FLIGHT; done < READS; done++) {
        LONG_PTR slot = done + FLIGHT;
        if (done >= 0) {
            struct packet p = port_take(port, DEADLINE_MS);
            slot = p.overlapped - ov;
            REQUIRE(p.overlapped && p.ok && p.bytes == DISK_PAGE);
            right += disk_is_pattern(pages + slot * DISK_PAGE, offsets[slot], DISK_PAGE);
        }
        if (started == READS)
            continue;
        seed = seed * 1103515245u + 12345u;
        offsets[slot] = (ULONGLONG)(seed >> 8) % FILE_PAGES * DISK_PAGE;
        disk_at(&ov[slot], offsets[slot]);
        BOOL ok = ReadFile(file, pages + slot * DISK_PAGE, DISK_PAGE, NULL, &ov[slot]);
        REQUIRE(ok || GetLastError() == ERROR_IO_PENDING);
        started++;
    }
    CHECK("FILE-15", right == READS, "%d of %d reads right", right, READS);
    CHECK("PKT-6", port_is_empty(port), "no other packet");
    CloseHandle(file);
    CloseHandle(port);
}

int main(void)
{
    RUN(sectors);
    RUN(scatter_gather);
    RUN(random_reads);
    return check_report();
}
