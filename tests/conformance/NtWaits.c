/* SPDX-License-Identifier: MIT
 *
 * Waits, APCs and clocks by their native names (WAIT-13 to 16, APC-7), and
 * the helpers beside them (TEXT-7, ERR-6, THR-6).
 */
#include "native_calls.h"
#include "support.h"

enum { ALL, ANY };

static struct {
    LONG(NTAPI *WaitForSingleObject)(HANDLE handle, BOOLEAN alertable, LARGE_INTEGER *timeout);
    LONG(NTAPI *WaitForMultipleObjects)
    (ULONG count, const HANDLE *handles, int type, BOOLEAN alertable, LARGE_INTEGER *timeout);
    LONG(NTAPI *SignalAndWaitForSingleObject)
    (HANDLE to_signal, HANDLE to_wait_on, BOOLEAN alertable, LARGE_INTEGER *timeout);
    LONG(NTAPI *DelayExecution)(BOOLEAN alertable, LARGE_INTEGER *interval);
    LONG(NTAPI *YieldExecution)(void);
    LONG(NTAPI *QueueApcThread)
    (HANDLE thread, VOID(NTAPI *routine)(PVOID, PVOID, PVOID), PVOID first, PVOID second,
     PVOID third);
    LONG(NTAPI *TestAlert)(void);
    LONG(NTAPI *QuerySystemTime)(LARGE_INTEGER *time);
    LONG(NTAPI *QueryPerformanceCounter)(LARGE_INTEGER *count, LARGE_INTEGER *frequency);
} nt;

static struct {
    VOID(NTAPI *InitUnicodeString)(UNICODE_STRING *string, const WCHAR *text);
    BOOLEAN(NTAPI *CreateUnicodeString)(UNICODE_STRING *string, const WCHAR *text);
    VOID(NTAPI *FreeUnicodeString)(UNICODE_STRING *string);
    ULONG(NTAPI *NtStatusToDosError)(LONG status);
    ULONG(NTAPI *NtStatusToDosErrorNoTeb)(LONG status);
    LONG(NTAPI *GetLastNtStatus)(void);
    PSLIST_ENTRY(NTAPI *InterlockedPushListSListEx)
    (PSLIST_HEADER list, PSLIST_ENTRY first, PSLIST_ENTRY last, ULONG count);
} rtl;

static void look_up(void)
{
    NATIVE(nt, "Nt", WaitForSingleObject);
    NATIVE(nt, "Nt", WaitForMultipleObjects);
    NATIVE(nt, "Nt", SignalAndWaitForSingleObject);
    NATIVE(nt, "Nt", DelayExecution);
    NATIVE(nt, "Nt", YieldExecution);
    NATIVE(nt, "Nt", QueueApcThread);
    NATIVE(nt, "Nt", TestAlert);
    NATIVE(nt, "Nt", QuerySystemTime);
    NATIVE(nt, "Nt", QueryPerformanceCounter);
    NATIVE(rtl, "Rtl", InitUnicodeString);
    NATIVE(rtl, "Rtl", CreateUnicodeString);
    NATIVE(rtl, "Rtl", FreeUnicodeString);
    NATIVE(rtl, "Rtl", NtStatusToDosError);
    NATIVE(rtl, "Rtl", NtStatusToDosErrorNoTeb);
    NATIVE(rtl, "Rtl", GetLastNtStatus);
    NATIVE(rtl, "Rtl", InterlockedPushListSListEx);
}

/* ---- waits ---- */

static DWORD WINAPI takes_it_along(void *mutex)
{
    return WaitForSingleObject(mutex, INFINITE);
}

static void one_object(void)
{
    HANDLE event = event_make(FALSE, TRUE), mutex = CreateMutexA(NULL, FALSE, NULL);
    LARGE_INTEGER none = {.QuadPart = 0}, soon = native_from_now(60), past = {.QuadPart = 1};

    SetLastError(77);
    LONG status = nt.WaitForSingleObject(event, FALSE, NULL);
    CHECK("WAIT-13", status == 0, "signalled: %08x", (unsigned)status);
    status = nt.WaitForSingleObject(event, FALSE, &none);
    CHECK("WAIT-13", status == NATIVE_TIMEOUT, "only looking: %08x", (unsigned)status);
    status = nt.WaitForSingleObject(event, FALSE, &past);
    CHECK("WAIT-13", status == NATIVE_TIMEOUT, "until a time long ago: %08x", (unsigned)status);
    double start = support_now_ms();
    status = nt.WaitForSingleObject(event, FALSE, &soon);
    double waited = support_now_ms() - start;
    CHECK("WAIT-13", status == NATIVE_TIMEOUT && waited >= 60 - TICK_MS, "%08x after %.1f ms",
          (unsigned)status, waited);
    LARGE_INTEGER until;
    nt.QuerySystemTime(&until);
    until.QuadPart += 60 * 10000;
    start = support_now_ms();
    status = nt.WaitForSingleObject(event, FALSE, &until);
    waited = support_now_ms() - start;
    CHECK("WAIT-13", status == NATIVE_TIMEOUT && waited >= 55 - TICK_MS && waited < DEADLINE_MS,
          "until a time of day: %08x after %.1f ms", (unsigned)status, waited);
    thread_join(thread_start(takes_it_along, mutex));
    status = nt.WaitForSingleObject(mutex, FALSE, NULL);
    CHECK("WAIT-13", status == NATIVE_ABANDONED, "its owner has ended: %08x", (unsigned)status);
    CHECK("WAIT-13", ReleaseMutex(mutex), "and it is this thread's");
    status = nt.WaitForSingleObject(NULL, FALSE, &none);
    CHECK("WAIT-13", status == NATIVE_INVALID_HANDLE, "no handle: %08x", (unsigned)status);
    CHECK("WAIT-13", GetLastError() == 77, "the last error is left alone: %u",
          (unsigned)GetLastError());
    CloseHandle(event);
    CloseHandle(mutex);
}

static void many_objects(void)
{
    HANDLE all[MAXIMUM_WAIT_OBJECTS + 1];
    LARGE_INTEGER none = {.QuadPart = 0};

    for (int index = 0; index <= MAXIMUM_WAIT_OBJECTS; index++)
        all[index] = event_make(FALSE, FALSE);
    LONG status = nt.WaitForMultipleObjects(3, all, ANY, FALSE, &none);
    CHECK("WAIT-14", status == NATIVE_TIMEOUT, "none is signalled: %08x", (unsigned)status);
    SetEvent(all[2]);
    status = nt.WaitForMultipleObjects(3, all, ALL, FALSE, &none);
    CHECK("WAIT-14", status == NATIVE_TIMEOUT, "not all are: %08x", (unsigned)status);
    status = nt.WaitForMultipleObjects(3, all, ANY, FALSE, &none);
    CHECK("WAIT-14", status == 2, "the third is: %08x", (unsigned)status);
    for (int index = 0; index < 3; index++)
        SetEvent(all[index]);
    status = nt.WaitForMultipleObjects(3, all, ALL, FALSE, NULL);
    CHECK("WAIT-14", status == 0, "all are: %08x", (unsigned)status);
    status = nt.WaitForMultipleObjects(0, all, ANY, FALSE, &none);
    CHECK("WAIT-14", status == NATIVE_PARAMETER_1, "none named: %08x", (unsigned)status);
    status = nt.WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, all, ANY, FALSE, &none);
    CHECK("WAIT-14", status == NATIVE_PARAMETER_1, "one too many: %08x", (unsigned)status);
    HANDLE twice[2] = {all[0], all[0]}, wrong[2] = {all[0], NULL};
    status = nt.WaitForMultipleObjects(2, twice, ALL, FALSE, &none);
    CHECK_WINE_DEPARTS("WAIT-14", status == NATIVE_PARAMETER_MIX, "Wine does not look for it",
                       "one twice: %08x", (unsigned)status);
    status = nt.WaitForMultipleObjects(2, wrong, ANY, FALSE, &none);
    CHECK("WAIT-14", status == NATIVE_INVALID_HANDLE, "no handle: %08x", (unsigned)status);
    status = nt.WaitForMultipleObjects(2, all, 7, FALSE, &none);
    CHECK_WINE_DEPARTS("WAIT-14", status == NATIVE_PARAMETER_3, "Wine takes any type",
                       "no such type: %08x", (unsigned)status);
    for (int index = 0; index <= MAXIMUM_WAIT_OBJECTS; index++)
        CloseHandle(all[index]);
}

static void signal_and_wait(void)
{
    HANDLE event = event_make(FALSE, FALSE), full = CreateSemaphoreA(NULL, 1, 1, NULL);
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    LARGE_INTEGER none = {.QuadPart = 0};

    LONG status = nt.SignalAndWaitForSingleObject(event, event, FALSE, NULL);
    CHECK("WAIT-15", status == 0, "one event for both: %08x", (unsigned)status);
    status = nt.SignalAndWaitForSingleObject(full, event, FALSE, &none);
    CHECK("WAIT-15", status == NATIVE_LIMIT_EXCEEDED, "a full semaphore: %08x", (unsigned)status);
    status = nt.SignalAndWaitForSingleObject(mutex, event, FALSE, &none);
    CHECK("WAIT-15", status == NATIVE_NOT_OWNED, "a mutex of nobody's: %08x", (unsigned)status);
    status = nt.SignalAndWaitForSingleObject(GetCurrentThread(), event, FALSE, &none);
    CHECK("WAIT-15", status == NATIVE_TYPE_MISMATCH, "a thread: %08x", (unsigned)status);
    status = nt.SignalAndWaitForSingleObject(NULL, event, FALSE, &none);
    CHECK("WAIT-15", status == NATIVE_INVALID_HANDLE, "no handle: %08x", (unsigned)status);
    CloseHandle(event);
    CloseHandle(full);
    CloseHandle(mutex);
}

/* ---- APCs ---- */

static PVOID told[3];
static LONG runs;

static VOID NTAPI tell(PVOID first, PVOID second, PVOID third)
{
    told[0] = first;
    told[1] = second;
    told[2] = third;
    runs++;
}

static void queue_to_self(void)
{
    REQUIRE(nt.QueueApcThread(GetCurrentThread(), tell, told, NULL, &runs) == 0);
}

static DWORD WINAPI ends_at_once(void *unused)
{
    (void)unused;
    return 0;
}

static void apcs(void)
{
    HANDLE event = event_make(FALSE, TRUE), other = event_make(TRUE, FALSE);
    HANDLE thread = thread_start(ends_at_once, NULL);
    LARGE_INTEGER none = {.QuadPart = 0};

    runs = 0;
    queue_to_self();
    LONG status = nt.WaitForSingleObject(event, FALSE, &none);
    CHECK("APC-7", status == 0 && runs == 0, "not in a wait that is not alertable");
    status = nt.WaitForSingleObject(event, TRUE, &none);
    CHECK("APC-7", status == NATIVE_USER_APC && runs == 1, "in one that is: %08x",
          (unsigned)status);
    CHECK("APC-7", told[0] == told && !told[1] && told[2] == &runs, "with three arguments");
    queue_to_self();
    status = nt.WaitForMultipleObjects(1, &event, ANY, TRUE, &none);
    CHECK("WAIT-14", status == NATIVE_USER_APC && runs == 2, "several objects: %08x",
          (unsigned)status);
    queue_to_self();
    status = nt.SignalAndWaitForSingleObject(other, event, TRUE, &none);
    CHECK("WAIT-15", status == NATIVE_USER_APC && runs == 3, "with a signal: %08x",
          (unsigned)status);
    CHECK("WAIT-15", WaitForSingleObject(other, 0) == WAIT_OBJECT_0, "which was given");
    queue_to_self();
    queue_to_self();
    status = nt.TestAlert();
    CHECK("APC-7", status == 0 && runs == 5, "NtTestAlert: %08x, %ld runs", (unsigned)status,
          (long)runs);
    status = nt.TestAlert();
    CHECK("APC-7", status == 0 && runs == 5, "with nothing queued: %08x", (unsigned)status);
    REQUIRE(WaitForSingleObject(thread, DEADLINE_MS) == WAIT_OBJECT_0);
    status = nt.QueueApcThread(thread, tell, NULL, NULL, NULL);
    CHECK("APC-7", status == NATIVE_UNSUCCESSFUL, "to a thread that has ended: %08x",
          (unsigned)status);
    status = nt.QueueApcThread(NULL, tell, NULL, NULL, NULL);
    CHECK("APC-7", status == NATIVE_INVALID_HANDLE, "no handle: %08x", (unsigned)status);
    status = nt.QueueApcThread(event, tell, NULL, NULL, NULL);
    CHECK("APC-7", status == NATIVE_TYPE_MISMATCH, "no thread: %08x", (unsigned)status);
    CloseHandle(event);
    CloseHandle(other);
    CloseHandle(thread);
}

static void delays(void)
{
    LARGE_INTEGER none = {.QuadPart = 0}, soon = native_from_now(50);

    double start = support_now_ms();
    LONG status = nt.DelayExecution(FALSE, &soon);
    double slept = support_now_ms() - start;
    CHECK("WAIT-16", status == 0 && slept >= 50 - TICK_MS, "%08x after %.1f ms", (unsigned)status,
          slept);
    runs = 0;
    queue_to_self();
    status = nt.DelayExecution(FALSE, &none);
    CHECK("WAIT-16", status >= 0 && runs == 0, "not alertable: %08x", (unsigned)status);
    status = nt.DelayExecution(TRUE, &soon);
    CHECK("WAIT-16", status == NATIVE_USER_APC && runs == 1, "alertable: %08x", (unsigned)status);
    status = nt.YieldExecution();
    CHECK("WAIT-16", status >= 0, "NtYieldExecution: %08x", (unsigned)status);
}

/* ---- clocks ---- */

static void clocks(void)
{
    LARGE_INTEGER time, count, frequency, wanted;
    FILETIME before, after;

    GetSystemTimeAsFileTime(&before);
    Sleep(20);
    LONG status = nt.QuerySystemTime(&time);
    Sleep(20);
    GetSystemTimeAsFileTime(&after);
    LONGLONG first = (LONGLONG)((ULONGLONG)before.dwHighDateTime << 32 | before.dwLowDateTime);
    LONGLONG last = (LONGLONG)((ULONGLONG)after.dwHighDateTime << 32 | after.dwLowDateTime);
    CHECK("WAIT-16", status == 0 && time.QuadPart >= first && time.QuadPart <= last,
          "NtQuerySystemTime: %08x, %lld in %lld", (unsigned)status,
          (long long)(time.QuadPart - first), (long long)(last - first));
    status = nt.QueryPerformanceCounter(&count, &frequency);
    CHECK("WAIT-16", status == 0 && QueryPerformanceFrequency(&wanted), "the counter: %08x",
          (unsigned)status);
    CHECK("WAIT-16", frequency.QuadPart == wanted.QuadPart, "%lld per second",
          (long long)frequency.QuadPart);
    QueryPerformanceCounter(&wanted);
    CHECK("WAIT-16", count.QuadPart <= wanted.QuadPart, "and is QueryPerformanceCounter's");
    status = nt.QueryPerformanceCounter(&count, NULL);
    CHECK("WAIT-16", status == 0, "without the frequency: %08x", (unsigned)status);
}

/* ---- helpers ---- */

static void strings(void)
{
    static const WCHAR text[] = {'p', 'o', 'r', 't', 0};
    static WCHAR endless[0x9000];
    UNICODE_STRING string;

    rtl.InitUnicodeString(&string, text);
    CHECK("TEXT-7", string.Length == 8 && string.MaximumLength == 10 && string.Buffer == text,
          "%u of %u bytes", string.Length, string.MaximumLength);
    rtl.InitUnicodeString(&string, NULL);
    CHECK("TEXT-7", !string.Length && !string.MaximumLength && !string.Buffer, "no text");
    for (int index = 0; index < 0x8fff; index++)
        endless[index] = 'x';
    rtl.InitUnicodeString(&string, endless);
    CHECK("TEXT-7", string.Length == 0xfffc && string.MaximumLength == 0xfffe,
          "too long a text: %x of %x bytes", string.Length, string.MaximumLength);
    CHECK("TEXT-7", rtl.CreateUnicodeString(&string, text), "RtlCreateUnicodeString");
    CHECK("TEXT-7",
          string.Length == 8 && string.Buffer != text &&
              memcmp(string.Buffer, text, sizeof text) == 0,
          "a copy of %u bytes", string.Length);
    rtl.FreeUnicodeString(&string);
    CHECK("TEXT-7", !string.Length && !string.MaximumLength && !string.Buffer, "is freed");
    rtl.FreeUnicodeString(&string);
    CHECK("TEXT-7", !string.Buffer, "nothing to free");
}

static void statuses(void)
{
    ULONG error = rtl.NtStatusToDosError(NATIVE_NOT_OWNED);
    CHECK("ERR-6", rtl.GetLastNtStatus() == NATIVE_NOT_OWNED && error == ERROR_NOT_OWNER,
          "remembered: %08x, error %u", (unsigned)rtl.GetLastNtStatus(), (unsigned)error);
    error = rtl.NtStatusToDosErrorNoTeb(NATIVE_CANCELLED);
    CHECK("ERR-6", rtl.GetLastNtStatus() == NATIVE_NOT_OWNED && error == ERROR_OPERATION_ABORTED,
          "not remembered: %08x, error %u", (unsigned)rtl.GetLastNtStatus(), (unsigned)error);
    REQUIRE(!SetEvent(NULL));
    CHECK("ERR-6", rtl.GetLastNtStatus() == NATIVE_INVALID_HANDLE, "of a call that failed: %08x",
          (unsigned)rtl.GetLastNtStatus());
}

static void lists(void)
{
    static SLIST_ENTRY entries[3];
    static SLIST_HEADER list;

    InitializeSListHead(&list);
    InterlockedPushEntrySList(&list, &entries[0]);
    entries[1].Next = &entries[2];
    PSLIST_ENTRY before = rtl.InterlockedPushListSListEx(&list, &entries[1], &entries[2], 2);
    CHECK("THR-6", before == &entries[0] && QueryDepthSList(&list) == 3, "%u entries",
          QueryDepthSList(&list));
    CHECK("THR-6",
          InterlockedPopEntrySList(&list) == &entries[1] &&
              InterlockedPopEntrySList(&list) == &entries[2] &&
              InterlockedPopEntrySList(&list) == &entries[0],
          "in their order");
}

int main(void)
{
    look_up();
    RUN(one_object);
    RUN(many_objects);
    RUN(signal_and_wait);
    RUN(apcs);
    RUN(delays);
    RUN(clocks);
    RUN(strings);
    RUN(statuses);
    RUN(lists);
    return check_report();
}
