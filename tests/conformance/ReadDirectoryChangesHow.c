/* SPDX-License-Identifier: MIT
 *
 * The ways in which changes of a directory are waited for, and how a wait ends without one (rules
 * RDC-6, 8, 10, 11; CANC; SCHED-7).
 */
#include "directories.h"

static struct watch w;

static void by_event(void)
{
    DWORD bytes = 0;
    dir_make("event");
    HANDLE directory = dir_open(FILE_FLAG_OVERLAPPED);
    memset(&w.ov, 0, sizeof w.ov);
    w.ov.hEvent = event_make(TRUE, TRUE);
    REQUIRE(ReadDirectoryChangesW(directory, w.buffer, sizeof w.buffer, FALSE, WATCH_NAMES, NULL,
                                  &w.ov, NULL));
    CHECK("EVT-1", WaitForSingleObject(w.ov.hEvent, 0) == WAIT_TIMEOUT, "the event is reset");
    CHECK("OVL-7",
          !GetOverlappedResult(directory, &w.ov, &bytes, FALSE) &&
              GetLastError() == ERROR_IO_INCOMPLETE,
          "not yet");
    dir_touch("file");
    CHECK("RDC-3", WaitForSingleObject(w.ov.hEvent, DEADLINE_MS) == WAIT_OBJECT_0,
          "then it is set");
    CHECK("RDC-3",
          GetOverlappedResult(directory, &w.ov, &bytes, FALSE) &&
              !strcmp(dir_text(w.buffer, bytes), "+file"),
          "told: %s", dir_text(w.buffer, bytes));
    CloseHandle(w.ov.hEvent);
    /* Without an event the handle is signalled. */
    memset(&w.ov, 0, sizeof w.ov);
    REQUIRE(ReadDirectoryChangesW(directory, w.buffer, sizeof w.buffer, FALSE, WATCH_NAMES, NULL,
                                  &w.ov, NULL));
    dir_delete("file");
    CHECK("RDC-3",
          GetOverlappedResult(directory, &w.ov, &bytes, TRUE) &&
              !strcmp(dir_text(w.buffer, bytes), "-file"),
          "waited for on the handle: %s", dir_text(w.buffer, bytes));
    CloseHandle(directory);
    dir_remove();
}

static struct {
    volatile LONG calls;
    DWORD error, bytes, thread;
    OVERLAPPED *overlapped;
} routine_saw;

static void CALLBACK routine(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    counter_add(&routine_saw.calls);
    routine_saw.error = error;
    routine_saw.bytes = bytes;
    routine_saw.overlapped = overlapped;
    routine_saw.thread = GetCurrentThreadId();
}

static void by_routine(void)
{
    dir_make("routine");
    HANDLE directory = dir_open(FILE_FLAG_OVERLAPPED);
    memset(&w.ov, 0, sizeof w.ov);
    memset((void *)&routine_saw, 0, sizeof routine_saw);
    REQUIRE(ReadDirectoryChangesW(directory, w.buffer, sizeof w.buffer, FALSE, WATCH_NAMES, NULL,
                                  &w.ov, routine));
    dir_touch("file");
    Sleep(QUIET_MS);
    CHECK("RDC-3", routine_saw.calls == 0, "not before an alertable wait");
    CHECK("RDC-3", SleepEx(DEADLINE_MS, TRUE) == WAIT_IO_COMPLETION && routine_saw.calls == 1,
          "in one");
    CHECK("RDC-3",
          routine_saw.error == 0 && routine_saw.overlapped == &w.ov &&
              routine_saw.thread == GetCurrentThreadId() &&
              !strcmp(dir_text(w.buffer, routine_saw.bytes), "+file"),
          "error %u, told: %s", (unsigned)routine_saw.error, dir_text(w.buffer, routine_saw.bytes));
    HANDLE port = port_make(0);
    REQUIRE(CreateIoCompletionPort(directory, port, 1, 0) == port);
    memset(&w.ov, 0, sizeof w.ov);
    CHECK("PKT-12",
          !ReadDirectoryChangesW(directory, w.buffer, sizeof w.buffer, FALSE, WATCH_NAMES, NULL,
                                 &w.ov, routine) &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "no routine on an associated handle: 87");
    CloseHandle(directory);
    CloseHandle(port);
    dir_remove();
}

static struct {
    HANDLE directory, port;
    volatile LONG waiting, done, out;
    BOOL ok;
    DWORD bytes, error;
} blocked;

static DWORD WINAPI wait_for_change(void *argument)
{
    struct packet p = argument ? port_take(blocked.port, DEADLINE_MS) : (struct packet){0};
    (void)p;
    blocked.bytes = 0xAAAA;
    counter_add(&blocked.waiting);
    blocked.ok = ReadDirectoryChangesW(blocked.directory, w.buffer, sizeof w.buffer, FALSE,
                                       WATCH_NAMES, &blocked.bytes, NULL, NULL);
    blocked.error = GetLastError();
    counter_add(&blocked.done);
    return 0;
}

static DWORD WINAPI take_one(void *unused)
{
    (void)unused;
    struct packet p = port_take(blocked.port, DEADLINE_MS);
    counter_set(&blocked.out, p.ok ? 1 : 2);
    return 0;
}

/* On a handle that is not overlapped. */
static void in_the_call(void)
{
    dir_make("call");
    memset((void *)&blocked, 0, sizeof blocked);
    blocked.directory = dir_open(0);
    HANDLE thread = thread_start(wait_for_change, NULL);
    CHECK("RDC-10", counter_reaches(&blocked.waiting, 1) && counter_stays(&blocked.done, 0),
          "the call lasts");
    dir_touch("file");
    CHECK("RDC-10", counter_reaches(&blocked.done, 1), "until something changes");
    thread_join(thread);
    CHECK("RDC-10", blocked.ok && !strcmp(dir_text(w.buffer, blocked.bytes), "+file"),
          "told in the call: %s", dir_text(w.buffer, blocked.bytes));
    dir_touch("kept");
    support_settle();
    wait_for_change(NULL);
    CHECK("RDC-5", blocked.ok && !strcmp(dir_text(w.buffer, blocked.bytes), "+kept"),
          "what was kept, at once: %s", dir_text(w.buffer, blocked.bytes));
    CloseHandle(blocked.directory);
    dir_remove();
}

/* SCHED-7: who waits in the call leaves its place in the port to another. */
static void place_in_the_port(void)
{
    dir_make("place");
    memset((void *)&blocked, 0, sizeof blocked);
    blocked.directory = dir_open(0);
    blocked.port = port_make(1);
    HANDLE first = thread_start(wait_for_change, &blocked);
    port_post(blocked.port, 0, 1, NULL);
    CHECK("RDC-10", counter_reaches(&blocked.waiting, 1), "the only place is taken, and waits");
    HANDLE second = thread_start(take_one, NULL);
    port_post(blocked.port, 0, 2, NULL);
    CHECK_WINE_DEPARTS("SCHED-7", counter_reaches(&blocked.out, 1) && blocked.out == 1,
                       "Wine has no limit", "another thread is let out meanwhile");
    dir_touch("file");
    CHECK("RDC-10", counter_reaches(&blocked.done, 1), "the change ends the wait");
    thread_join(first);
    thread_join(second);
    CloseHandle(blocked.directory);
    CloseHandle(blocked.port);
    dir_remove();
}

static void cancelled(void)
{
    OVERLAPPED second;
    DWORD buffer[64];
    dir_make("cancel");
    watch_start(&w, WATCH_NAMES, FALSE, sizeof w.buffer);
    memset(&second, 0, sizeof second);
    REQUIRE(ReadDirectoryChangesW(w.directory, buffer, sizeof buffer, FALSE, WATCH_NAMES, NULL,
                                  &second, NULL));
    CHECK("CANC-2", CancelIoEx(w.directory, &second), "the second of two");
    struct packet p = port_take(w.port, DEADLINE_MS);
    CHECK("CANC-4", !p.ok && p.error == ERROR_OPERATION_ABORTED && p.overlapped == &second,
          "995: %u", (unsigned)p.error);
    CHECK("CANC-2", port_is_empty(w.port), "that one only");
    dir_touch("file");
    CHECK("RDC-3", watch_sees(&w, "+file"), "the first lives: %s", w.seen);
    CHECK("CANC-1", CancelIo(w.directory), "all of this thread's");
    p = port_take(w.port, DEADLINE_MS);
    CHECK("CANC-4", !p.ok && p.error == ERROR_OPERATION_ABORTED && p.overlapped == &w.ov, "995: %u",
          (unsigned)p.error);
    CHECK_WINE_DEPARTS("CANC-2",
                       !CancelIoEx(w.directory, NULL) && GetLastError() == ERROR_NOT_FOUND,
                       "Wine says yes", "nothing is left");
    dir_touch("later");
    support_settle();
    REQUIRE(watch_ask(&w));
    CHECK("RDC-5", watch_sees(&w, "+later"), "what happens meanwhile is kept: %s", w.seen);
    watch_stop(&w);
    dir_remove();
}

static void closed(void)
{
    dir_make("closed");
    watch_start(&w, WATCH_NAMES, TRUE, sizeof w.buffer);
    CloseHandle(w.directory);
    struct packet p = port_take(w.port, DEADLINE_MS);
    CHECK("RDC-6", p.overlapped == &w.ov, "a packet");
    CHECK_WINE_DEPARTS("RDC-6",
                       (p.ok && p.bytes == 0 && (DWORD)w.ov.Internal == 0x10B) ||
                           (!p.ok && p.error == ERROR_OPERATION_ABORTED),
                       "Wine ends the call otherwise", "status %x, %u bytes",
                       (unsigned)w.ov.Internal, (unsigned)p.bytes);
    dir_touch("file");
    CHECK("RDC-6", port_take(w.port, QUIET_MS).overlapped == NULL, "one packet");
    CloseHandle(w.port);
    dir_remove();
}

static void removed(void)
{
    char above[sizeof dir_path];
    dir_make("removed");
    memcpy(above, dir_path, sizeof above);
    dir_sub("inner");
    snprintf(dir_path, sizeof dir_path, "%.100s\\inner", above);
    watch_start(&w, WATCH_NAMES, TRUE, sizeof w.buffer);
    CHECK("RDC-8", RemoveDirectoryA(dir_path), "removed while it is watched");
    struct packet p = port_take(w.port, DEADLINE_MS);
    CHECK_WINE_DEPARTS("RDC-8",
                       !p.ok && p.overlapped == &w.ov && p.error == ERROR_ACCESS_DENIED &&
                           (DWORD)w.ov.Internal == 0xC0000056,
                       "Wine does not tell", "5: %u, status %x", (unsigned)p.error,
                       (unsigned)w.ov.Internal);
    BOOL again = watch_ask(&w);
    if (again) {
        p = port_take(w.port, DEADLINE_MS);
        again = p.ok;
    }
    CHECK_WINE_DEPARTS("RDC-8", !again, "Wine goes on watching", "later calls fail as well");
    CHECK("RDC-8", port_take(w.port, QUIET_MS).overlapped == NULL, "one packet each");
    watch_stop(&w);
    CHECK("RDC-8", GetFileAttributesA(dir_path) == INVALID_FILE_ATTRIBUTES, "it is gone");
    memcpy(dir_path, above, sizeof above);
    dir_remove();
}

static void notifications(void)
{
    WCHAR wide[sizeof dir_path];
    dir_make("notify");
    HANDLE change = FindFirstChangeNotificationA(dir_path, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
    REQUIRE(change != INVALID_HANDLE_VALUE);
    CHECK("RDC-11", WaitForSingleObject(change, QUIET_MS) == WAIT_TIMEOUT, "nothing has changed");
    dir_touch("a");
    CHECK("RDC-11", WaitForSingleObject(change, DEADLINE_MS) == WAIT_OBJECT_0, "a file");
    CHECK("RDC-11", WaitForSingleObject(change, 0) == WAIT_OBJECT_0, "stays signalled");
    CHECK("RDC-11", FindNextChangeNotification(change), "the next");
    CHECK("RDC-11", WaitForSingleObject(change, QUIET_MS) == WAIT_TIMEOUT, "not yet");
    dir_sub("sub");
    CHECK_WINE_DEPARTS("RDC-11", WaitForSingleObject(change, QUIET_MS) == WAIT_TIMEOUT,
                       "Wine tells of directories as well", "not what was asked for");
    dir_delete("a");
    CHECK("RDC-11", WaitForSingleObject(change, DEADLINE_MS) == WAIT_OBJECT_0, "gone");
    dir_touch("b");
    support_settle();
    REQUIRE(FindNextChangeNotification(change));
    CHECK_WINE_DEPARTS("RDC-11", WaitForSingleObject(change, DEADLINE_MS) == WAIT_OBJECT_0,
                       "Wine forgets it", "what came in between");
    CHECK("RDC-11", FindCloseChangeNotification(change), "closed");
    CHECK("RDC-11",
          FindFirstChangeNotificationA(dir_path, FALSE, 0) == INVALID_HANDLE_VALUE &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "no filter: 87");
    CHECK("RDC-11",
          FindFirstChangeNotificationA(dir_name("none"), FALSE, WATCH_NAMES) ==
                  INVALID_HANDLE_VALUE &&
              GetLastError() == ERROR_FILE_NOT_FOUND,
          "no directory: 2");
    for (size_t i = 0; i < sizeof dir_path; i++)
        wide[i] = (WCHAR)dir_path[i];
    change = FindFirstChangeNotificationW(wide, TRUE, WATCH_NAMES);
    REQUIRE(change != INVALID_HANDLE_VALUE);
    dir_touch("sub\\c");
    CHECK_WINE_DEPARTS("RDC-11", WaitForSingleObject(change, DEADLINE_MS) == WAIT_OBJECT_0,
                       "Wine does not look below", "below as well");
    FindCloseChangeNotification(change);
    dir_remove();
}

int main(void)
{
    RUN(by_event);
    RUN(by_routine);
    RUN(in_the_call);
    RUN(place_in_the_port);
    RUN(cancelled);
    RUN(closed);
    RUN(removed);
    RUN(notifications);
    return check_report();
}
