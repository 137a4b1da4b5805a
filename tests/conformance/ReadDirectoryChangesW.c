/* SPDX-License-Identifier: MIT
 *
 * Directories that are watched through a port (rules RDC-1 to 5, 9).
 */
#include "directories.h"

static struct watch w;

static void arguments(void)
{
    OVERLAPPED ov;
    DWORD buffer[64], bytes;
    dir_make("arguments");
    HANDLE directory = dir_open(FILE_FLAG_OVERLAPPED);
#define CALL(handle, room, filter, overlapped)                                                     \
    ReadDirectoryChangesW(handle, room, sizeof buffer, FALSE, filter, &bytes, overlapped, NULL)
    memset(&ov, 0, sizeof ov);
    CHECK("RDC-2", !CALL(directory, buffer, 0, &ov) && GetLastError() == ERROR_INVALID_PARAMETER,
          "no filter: 87");
    CHECK("RDC-2",
          !CALL(directory, buffer, 0x1000, &ov) && GetLastError() == ERROR_INVALID_PARAMETER,
          "an unknown filter: 87");
    CHECK_WINE_DEPARTS("RDC-2",
                       !CALL(directory, NULL, WATCH_NAMES, &ov) &&
                           GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine takes the call or names another error", "no buffer: 87");
    CHECK_WINE_DEPARTS("RDC-2",
                       !check_on_wine() && !CALL(directory, buffer, WATCH_NAMES, NULL) &&
                           GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine waits in the call", "no OVERLAPPED: 87");
    CHECK_WINE_DEPARTS(
        "RDC-2", !CALL(NULL, buffer, WATCH_NAMES, &ov) && GetLastError() == ERROR_INVALID_PARAMETER,
        "Wine says that the handle is invalid", "no handle: 87");
    CHECK_WINE_DEPARTS("RDC-7",
                       !CALL(directory, (char *)buffer + 2, WATCH_NAMES, &ov) &&
                           GetLastError() == ERROR_NOACCESS,
                       "Wine accepts any alignment", "a buffer on an odd place: 998");
    CloseHandle(directory);
    CHECK("G-8",
          !CALL(directory, buffer, WATCH_NAMES, &ov) && GetLastError() == ERROR_INVALID_HANDLE,
          "a closed handle: 6");
    dir_touch("file");
    HANDLE file =
        disk_open(dir_name("file"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    CHECK_WINE_DEPARTS(
        "RDC-1", !CALL(file, buffer, WATCH_NAMES, &ov) && GetLastError() == ERROR_INVALID_PARAMETER,
        "Wine names another error", "a file: %u", (unsigned)GetLastError());
    CloseHandle(file);
    directory = disk_open(dir_path, FILE_READ_ATTRIBUTES, SHARE_ALL, OPEN_EXISTING,
                          FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED);
    CHECK_WINE_DEPARTS("RDC-1",
                       !CALL(directory, buffer, WATCH_NAMES, &ov) &&
                           GetLastError() == ERROR_ACCESS_DENIED,
                       "Wine asks for no right", "without the right to list: 5");
    CloseHandle(directory);
    dir_remove();
}

static void pends(void)
{
    dir_make("pends");
    dir_touch("before");
    memset(&w, 0, sizeof w);
    watch_start(&w, WATCH_NAMES, FALSE, sizeof w.buffer);
    CHECK("RDC-1", !HasOverlappedIoCompleted(&w.ov), "accepted is TRUE, and it pends");
#ifndef __SANITIZE_THREAD__ /* a look at what another thread is about to write */
    CHECK("RDC-1", w.ov.InternalHigh == 0x5150, "InternalHigh is as it was: %x",
          (unsigned)w.ov.InternalHigh);
#endif
    CHECK("RDC-5", port_take(w.port, QUIET_MS).overlapped == NULL, "what was before is not told");
    dir_touch("new");
    struct packet p = watch_take(&w, DEADLINE_MS);
    CHECK("RDC-3", p.ok && p.overlapped == &w.ov && p.key == WATCH_KEY, "a packet");
    CHECK("RDC-3", !strcmp(w.seen, "+new"), "told: %s", w.seen);
    FILE_NOTIFY_INFORMATION *entry = (FILE_NOTIFY_INFORMATION *)w.buffer;
    CHECK("RDC-3", entry->NextEntryOffset == 0 && entry->FileNameLength == 6 && p.bytes >= 18,
          "one entry, without a terminator: %u bytes", (unsigned)p.bytes);
    CHECK("RDC-1", (DWORD)w.ov.Internal == 0 && w.ov.InternalHigh == p.bytes, "Internal says so");
    dir_rename("new", "newer");
    support_settle();
    REQUIRE(watch_ask(&w));
    p = watch_take(&w, DEADLINE_MS);
    CHECK_WINE_DEPARTS("RDC-3", p.ok && entry->NextEntryOffset % 4 == 0,
                       "Wine puts one right behind the other", "entries are aligned: %u",
                       (unsigned)entry->NextEntryOffset);
    CHECK("RDC-5", port_is_empty(w.port), "one packet");
    watch_stop(&w);
    dir_remove();
}

static void every_action(void)
{
    dir_make("actions");
    dir_touch("old");
    watch_start(&w, WATCH_NAMES | FILE_NOTIFY_CHANGE_LAST_WRITE, FALSE, sizeof w.buffer);
    dir_write("old", "text");
    CHECK("RDC-3", watch_sees(&w, "~old"), "modified: %s", w.seen);
    dir_sub("sub");
    CHECK("RDC-3", watch_sees(&w, "+sub"), "a directory: %s", w.seen);
    dir_rename("old", "young");
    CHECK("RDC-3", watch_sees(&w, ">young"), "renamed: %s", w.seen);
    CHECK("RDC-3", strstr(w.seen, "<old >young") != NULL, "both names, one after the other: %s",
          w.seen);
    dir_delete("young");
    CHECK("RDC-3", watch_sees(&w, "-young"), "removed: %s", w.seen);
    REQUIRE(RemoveDirectoryA(dir_name("sub")));
    CHECK("RDC-3", watch_sees(&w, "-sub"), "a directory removed: %s", w.seen);
    WCHAR name[64];
    for (int i = 0; i < 64; i++)
        name[i] = 0;
    const char *path = dir_name("");
    int length = 0;
    for (; path[length]; length++)
        name[length] = (WCHAR)path[length];
    name[length] = 0xe9;
    HANDLE file = CreateFileW(name, GENERIC_WRITE, SHARE_ALL, NULL, CREATE_NEW, 0, NULL);
    REQUIRE(file != INVALID_HANDLE_VALUE);
    CloseHandle(file);
    CHECK("RDC-3", watch_sees(&w, "+{e9}"), "UTF-16: %s", w.seen);
    watch_stop(&w);
    REQUIRE(DeleteFileW(name));
    dir_remove();
}

static void filters(void)
{
    dir_make("filters");
    dir_touch("file");
    watch_start(&w, FILE_NOTIFY_CHANGE_DIR_NAME, FALSE, sizeof w.buffer);
    dir_touch("other");
    dir_write("file", "text");
    dir_sub("sub");
    CHECK("RDC-3", watch_sees(&w, "+sub"), "names of directories: %s", w.seen);
    CHECK_WINE_DEPARTS("RDC-3", !strcmp(w.seen, "+sub"), "Wine tells of files as well",
                       "of nothing else: %s", w.seen);
    watch_stop(&w);
    watch_start(&w, FILE_NOTIFY_CHANGE_FILE_NAME, FALSE, sizeof w.buffer);
    dir_sub("sub2");
    dir_write("file", "text");
    dir_touch("third");
    CHECK("RDC-3", watch_sees(&w, "+third"), "names of files: %s", w.seen);
    CHECK_WINE_DEPARTS("RDC-3", !strcmp(w.seen, "+third"), "Wine tells of directories as well",
                       "of nothing else: %s", w.seen);
    watch_stop(&w);
    watch_start(&w, FILE_NOTIFY_CHANGE_ATTRIBUTES, FALSE, sizeof w.buffer);
    dir_touch("fourth");
    dir_delete("third");
    REQUIRE(SetFileAttributesA(dir_name("file"), FILE_ATTRIBUTE_READONLY));
    CHECK("RDC-3", watch_sees(&w, "~file"), "attributes: %s", w.seen);
    CHECK_WINE_DEPARTS("RDC-3", !strcmp(w.seen, "~file"), "Wine tells of more",
                       "of nothing else: %s", w.seen);
    watch_stop(&w);
    watch_start(&w, FILE_NOTIFY_CHANGE_SIZE, FALSE, sizeof w.buffer);
    dir_touch("fifth");
    dir_write("fourth", "longer");
    CHECK("RDC-3", watch_sees(&w, "~fourth"), "sizes: %s", w.seen);
    CHECK("RDC-3", !watch_count(w.seen, "+fifth"), "no names: %s", w.seen);
    watch_stop(&w);
    dir_remove();
}

static void kept_between_calls(void)
{
    dir_make("kept");
    watch_start(&w, WATCH_NAMES, FALSE, sizeof w.buffer);
    dir_touch("first");
    struct packet p = watch_take(&w, DEADLINE_MS);
    CHECK("RDC-5", p.ok && !strcmp(w.seen, "+first"), "the first: %s", w.seen);
    dir_touch("second");
    dir_touch("third");
    dir_delete("second");
    support_settle();
    CHECK("RDC-5", port_is_empty(w.port), "nobody asks");
    w.filter = FILE_NOTIFY_CHANGE_SIZE;
    w.subtree = TRUE;
    CHECK("RDC-5", watch_ask(&w), "asked again, for something else");
    p = watch_take(&w, DEADLINE_MS);
    CHECK("RDC-5", p.ok && !strcmp(w.seen, "+first +second +third -second"), "kept: %s", w.seen);
    CHECK("RDC-5", watch_ask(&w), "and again");
    dir_touch("fourth");
    CHECK_WINE_DEPARTS("RDC-5", watch_sees(&w, "+fourth"), "Wine takes the new filter",
                       "the first call's filter is in force: %s", w.seen);
    dir_sub("sub");
    dir_touch("sub\\below");
    CHECK("RDC-5", watch_sees(&w, "+sub") && !watch_count(w.seen, "+sub\\below"),
          "and its depth: %s", w.seen);
    watch_stop(&w);
    dir_remove();
}

static void too_much(void)
{
    char name[32];
    dir_make("much");
    watch_start(&w, WATCH_NAMES, FALSE, 256);
    dir_touch("first");
    struct packet p = watch_take(&w, DEADLINE_MS);
    CHECK("RDC-4", p.ok && p.bytes, "the first: %s", w.seen);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "file-%d", i);
        dir_touch(name);
    }
    support_settle();
    REQUIRE(watch_ask(&w));
    p = watch_take(&w, DEADLINE_MS);
    CHECK_WINE_DEPARTS("RDC-4", p.ok && p.bytes == 0 && p.overlapped == &w.ov,
                       "Wine keeps more than the buffer holds", "more than is kept: %u, %u bytes",
                       (unsigned)p.ok, (unsigned)p.bytes);
    CHECK_WINE_DEPARTS("RDC-4", (DWORD)w.ov.Internal == 0x10C && w.ov.InternalHigh == 0,
                       "Wine keeps more than the buffer holds", "STATUS_NOTIFY_ENUM_DIR: %x",
                       (unsigned)w.ov.Internal);
    DWORD bytes = 1;
    CHECK_WINE_DEPARTS("RDC-4", GetOverlappedResult(w.directory, &w.ov, &bytes, FALSE),
                       "Wine says otherwise", "a success");
    REQUIRE(watch_ask(&w));
    dir_touch("after");
    CHECK("RDC-4", watch_sees(&w, "+after"), "then it goes on: %s", w.seen);
    watch_stop(&w);
    /* A buffer that is too small for what there is. */
    watch_start(&w, WATCH_NAMES, FALSE, sizeof w.buffer);
    dir_touch("one");
    watch_take(&w, DEADLINE_MS);
    dir_touch("two");
    support_settle();
    w.room = 12;
    REQUIRE(watch_ask(&w));
    p = watch_take(&w, DEADLINE_MS);
    CHECK("RDC-4", p.ok && p.bytes == 0 && (DWORD)w.ov.Internal == 0x10C,
          "a small buffer: %u bytes, %x", (unsigned)p.bytes, (unsigned)w.ov.Internal);
    w.room = sizeof w.buffer;
    REQUIRE(watch_ask(&w));
    dir_touch("three");
    CHECK("RDC-4", watch_sees(&w, "+three"), "then it goes on: %s", w.seen);
    watch_stop(&w);
    dir_remove();
}

static void subtree(void)
{
    dir_make("subtree");
    dir_sub("deep");
    dir_sub("deep\\deeper");
    watch_start(&w, WATCH_NAMES | FILE_NOTIFY_CHANGE_LAST_WRITE, TRUE, sizeof w.buffer);
    dir_touch("deep\\deeper\\file");
    CHECK_WINE_DEPARTS("RDC-3", watch_sees(&w, "+deep\\deeper\\file"),
                       "Wine does not look so deep, or is late", "two below: %s", w.seen);
    dir_sub("made");
    CHECK("RDC-3", watch_sees(&w, "+made"), "a new directory: %s", w.seen);
    dir_write("made\\inside", "text");
    CHECK_WINE_DEPARTS("RDC-3", watch_sees(&w, "+made\\inside"),
                       "Wine does not look so deep, or is late", "and what is in it: %s", w.seen);
    CHECK_WINE_DEPARTS("RDC-3", watch_sees(&w, "~made\\inside"),
                       "Wine does not look so deep, or is late", "written: %s", w.seen);
    dir_rename("made", "moved");
    CHECK("RDC-3", watch_sees(&w, ">moved"), "renamed: %s", w.seen);
    dir_touch("moved\\again");
    CHECK_WINE_DEPARTS("RDC-3", watch_sees(&w, "+moved\\again"),
                       "Wine does not follow renamed directories",
                       "is watched under its new name: %s", w.seen);
    dir_rename("moved", "deep\\moved");
    CHECK_WINE_DEPARTS("RDC-9", watch_sees(&w, "-moved") && watch_sees(&w, "+deep\\moved"),
                       "Wine tells of a renaming",
                       "moved to another directory: removed and added: %s", w.seen);
    dir_touch("deep\\moved\\last");
    CHECK_WINE_DEPARTS("RDC-3", watch_sees(&w, "+deep\\moved\\last"),
                       "Wine does not follow moved directories", "is watched at its new place: %s",
                       w.seen);
    CHECK("RDC-3", strchr(w.seen, '?') == NULL, "well formed: %s", w.seen);
    watch_stop(&w);
    dir_remove();
}

/* Files that are there before the new directory can be watched. */
static void quick_directories(void)
{
    char name[64];
    int missing = 0, twice = 0;
    dir_make("quick");
    watch_start(&w, WATCH_NAMES, TRUE, sizeof w.buffer);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "d%d", i);
        dir_sub(name);
        snprintf(name, sizeof name, "d%d\\e", i);
        dir_sub(name);
        snprintf(name, sizeof name, "d%d\\e\\f", i);
        dir_touch(name);
    }
    for (int i = 0; i < 20 && missing < 2; i++) {
        snprintf(name, sizeof name, "+d%d\\e\\f", i);
        missing += !watch_sees(&w, name);
        twice += watch_count(w.seen, name) > 1;
        snprintf(name, sizeof name, "+d%d\\e", i);
        missing += !watch_sees(&w, name);
        twice += watch_count(w.seen, name) > 1;
    }
    CHECK_WINE_DEPARTS("RDC-3", missing == 0, "Wine misses what comes before its watch",
                       "%d of 40 missing", missing);
    CHECK("RDC-3", twice == 0, "%d of 40 told twice", twice);
    watch_stop(&w);
    dir_remove();
}

static void two_calls_two_handles(void)
{
    static struct watch v;
    OVERLAPPED second;
    DWORD buffer[64];
    dir_make("two");
    watch_start(&w, WATCH_NAMES, FALSE, sizeof w.buffer);
    watch_start(&v, FILE_NOTIFY_CHANGE_LAST_WRITE, FALSE, sizeof v.buffer);
    memset(&second, 0, sizeof second);
    REQUIRE(ReadDirectoryChangesW(w.directory, buffer, sizeof buffer, FALSE, WATCH_NAMES, NULL,
                                  &second, NULL));
    dir_touch("a");
    struct packet p = watch_take(&w, DEADLINE_MS);
    CHECK("RDC-3", p.overlapped == &w.ov && !strcmp(w.seen, "+a"), "the first call: %s", w.seen);
    dir_touch("b");
    p = port_take(w.port, DEADLINE_MS);
    CHECK("RDC-3", p.ok && p.overlapped == &second && !strcmp(dir_text(buffer, p.bytes), "+b"),
          "then the second: %s", dir_text(buffer, p.bytes));
    dir_write("a", "text");
    CHECK("RDC-3", watch_sees(&v, "~a"), "another handle, another filter: %s", v.seen);
    CHECK("RDC-3", port_is_empty(w.port), "not this one's");
    watch_stop(&v);
    REQUIRE(watch_ask(&w));
    dir_touch("c");
    CHECK("RDC-3", watch_sees(&w, "+c"), "alone again: %s", w.seen);
    watch_stop(&w);
    dir_remove();
}

int main(void)
{
    RUN(arguments);
    RUN(pends);
    RUN(every_action);
    RUN(filters);
    RUN(kept_between_calls);
    RUN(too_much);
    RUN(subtree);
    RUN(quick_directories);
    RUN(two_calls_two_handles);
    return check_report();
}
