/* SPDX-License-Identifier: MIT
 *
 * The thread pool by its native names (POOL-27 to 31). What the calls do is checked under their
 * Win32 names; here that they are there, take their arguments in their own order, and tell
 * statuses.
 */
#include "loopback.h"
#include "native_calls.h"
#include "threadpool.h"

typedef VOID(NTAPI *io_callback)(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID value,
                                 IO_STATUS_BLOCK *result, PTP_IO io);

static struct {
    LONG(NTAPI *AllocPool)(PTP_POOL *result, PVOID reserved);
    VOID(NTAPI *ReleasePool)(PTP_POOL pool);
    VOID(NTAPI *SetPoolMaxThreads)(PTP_POOL pool, ULONG most);
    LONG(NTAPI *SetPoolMinThreads)(PTP_POOL pool, ULONG least);
    LONG(NTAPI *SetPoolStackInformation)(PTP_POOL pool, TP_POOL_STACK_INFORMATION *stack);
    LONG(NTAPI *QueryPoolStackInformation)(PTP_POOL pool, TP_POOL_STACK_INFORMATION *stack);
    LONG(NTAPI *AllocWork)
    (PTP_WORK *result, PTP_WORK_CALLBACK callback, PVOID context, TP_CALLBACK_ENVIRON *environment);
    VOID(NTAPI *PostWork)(PTP_WORK work);
    VOID(NTAPI *WaitForWork)(PTP_WORK work, ULONG cancel);
    VOID(NTAPI *ReleaseWork)(PTP_WORK work);
    LONG(NTAPI *SimpleTryPost)
    (PTP_SIMPLE_CALLBACK callback, PVOID context, TP_CALLBACK_ENVIRON *environment);
    LONG(NTAPI *AllocTimer)
    (PTP_TIMER *result, PTP_TIMER_CALLBACK callback, PVOID context,
     TP_CALLBACK_ENVIRON *environment);
    VOID(NTAPI *SetTimer)(PTP_TIMER timer, LARGE_INTEGER *due, ULONG period, ULONG window);
    ULONG(NTAPI *IsTimerSet)(PTP_TIMER timer);
    VOID(NTAPI *WaitForTimer)(PTP_TIMER timer, ULONG cancel);
    VOID(NTAPI *ReleaseTimer)(PTP_TIMER timer);
    LONG(NTAPI *AllocWait)
    (PTP_WAIT *result, PTP_WAIT_CALLBACK callback, PVOID context, TP_CALLBACK_ENVIRON *environment);
    VOID(NTAPI *SetWait)(PTP_WAIT wait, HANDLE handle, LARGE_INTEGER *timeout);
    VOID(NTAPI *WaitForWait)(PTP_WAIT wait, ULONG cancel);
    VOID(NTAPI *ReleaseWait)(PTP_WAIT wait);
    LONG(NTAPI *AllocIoCompletion)
    (PTP_IO *result, HANDLE file, io_callback callback, PVOID context,
     TP_CALLBACK_ENVIRON *environment);
    VOID(NTAPI *StartAsyncIoOperation)(PTP_IO io);
    VOID(NTAPI *CancelAsyncIoOperation)(PTP_IO io);
    VOID(NTAPI *WaitForIoCompletion)(PTP_IO io, ULONG cancel);
    VOID(NTAPI *ReleaseIoCompletion)(PTP_IO io);
    LONG(NTAPI *AllocCleanupGroup)(PTP_CLEANUP_GROUP *result);
    VOID(NTAPI *ReleaseCleanupGroup)(PTP_CLEANUP_GROUP group);
    VOID(NTAPI *ReleaseCleanupGroupMembers)(PTP_CLEANUP_GROUP group, ULONG cancel, PVOID cleanup);
    LONG(NTAPI *CallbackMayRunLong)(PTP_CALLBACK_INSTANCE instance);
    VOID(NTAPI *DisassociateCallback)(PTP_CALLBACK_INSTANCE instance);
    VOID(NTAPI *CallbackSetEventOnCompletion)(PTP_CALLBACK_INSTANCE instance, HANDLE event);
    VOID(NTAPI *CallbackReleaseSemaphoreOnCompletion)
    (PTP_CALLBACK_INSTANCE instance, HANDLE semaphore, ULONG count);
    VOID(NTAPI *CallbackReleaseMutexOnCompletion)(PTP_CALLBACK_INSTANCE instance, HANDLE mutex);
    VOID(NTAPI *CallbackLeaveCriticalSectionOnCompletion)
    (PTP_CALLBACK_INSTANCE instance, CRITICAL_SECTION *section);
    VOID(NTAPI *CallbackUnloadDllOnCompletion)(PTP_CALLBACK_INSTANCE instance, PVOID module);
} tp;

static struct {
    LONG(NTAPI *QueueWorkItem)(WORKERCALLBACKFUNC function, PVOID context, ULONG flags);
    LONG(NTAPI *RegisterWait)
    (HANDLE *result, HANDLE handle, WAITORTIMERCALLBACKFUNC function, PVOID context,
     ULONG milliseconds, ULONG flags);
    LONG(NTAPI *DeregisterWait)(HANDLE wait);
    LONG(NTAPI *DeregisterWaitEx)(HANDLE wait, HANDLE event);
} rtl;

static void look_up_objects(void)
{
    NATIVE(tp, "Tp", AllocPool);
    NATIVE(tp, "Tp", ReleasePool);
    NATIVE(tp, "Tp", SetPoolMaxThreads);
    NATIVE(tp, "Tp", SetPoolMinThreads);
    NATIVE(tp, "Tp", SetPoolStackInformation);
    NATIVE(tp, "Tp", QueryPoolStackInformation);
    NATIVE(tp, "Tp", AllocWork);
    NATIVE(tp, "Tp", PostWork);
    NATIVE(tp, "Tp", WaitForWork);
    NATIVE(tp, "Tp", ReleaseWork);
    NATIVE(tp, "Tp", SimpleTryPost);
    NATIVE(tp, "Tp", AllocTimer);
    NATIVE(tp, "Tp", SetTimer);
    NATIVE(tp, "Tp", IsTimerSet);
    NATIVE(tp, "Tp", WaitForTimer);
    NATIVE(tp, "Tp", ReleaseTimer);
    NATIVE(tp, "Tp", AllocWait);
    NATIVE(tp, "Tp", SetWait);
    NATIVE(tp, "Tp", WaitForWait);
    NATIVE(tp, "Tp", ReleaseWait);
}

static void look_up_others(void)
{
    NATIVE(tp, "Tp", AllocIoCompletion);
    NATIVE(tp, "Tp", StartAsyncIoOperation);
    NATIVE(tp, "Tp", CancelAsyncIoOperation);
    NATIVE(tp, "Tp", WaitForIoCompletion);
    NATIVE(tp, "Tp", ReleaseIoCompletion);
    NATIVE(tp, "Tp", AllocCleanupGroup);
    NATIVE(tp, "Tp", ReleaseCleanupGroup);
    NATIVE(tp, "Tp", ReleaseCleanupGroupMembers);
    NATIVE(tp, "Tp", CallbackMayRunLong);
    NATIVE(tp, "Tp", DisassociateCallback);
    NATIVE(tp, "Tp", CallbackSetEventOnCompletion);
    NATIVE(tp, "Tp", CallbackReleaseSemaphoreOnCompletion);
    NATIVE(tp, "Tp", CallbackReleaseMutexOnCompletion);
    NATIVE(tp, "Tp", CallbackLeaveCriticalSectionOnCompletion);
    NATIVE(tp, "Tp", CallbackUnloadDllOnCompletion);
    NATIVE(rtl, "Rtl", QueueWorkItem);
    NATIVE(rtl, "Rtl", RegisterWait);
    NATIVE(rtl, "Rtl", DeregisterWait);
    NATIVE(rtl, "Rtl", DeregisterWaitEx);
}

/* ---- pools and work ---- */

static void work(void)
{
    struct count count = {0};
    PTP_WORK made = NULL;

    SetLastError(77);
    LONG status = tp.AllocWork(&made, count_work, &count, NULL);
    CHECK("POOL-27", status == 0 && made, "TpAllocWork: %08x", (unsigned)status);
    for (int round = 0; round < 100; round++)
        tp.PostWork(made);
    tp.WaitForWork(made, FALSE);
    CHECK("POOL-27", count.all == 100, "%ld of 100 callbacks have run", (long)count.all);
    CHECK("POOL-27", GetLastError() == 77, "the last error is left alone: %u",
          (unsigned)GetLastError());
    SubmitThreadpoolWork(made);
    WaitForThreadpoolWorkCallbacks(made, FALSE);
    CHECK("POOL-27", count.all == 101, "the Win32 calls serve the same object");
    tp.ReleaseWork(made);
    status = tp.SimpleTryPost(count_simple, &count, NULL);
    CHECK("POOL-27", status == 0 && count_reaches(&count.all, 102), "TpSimpleTryPost: %08x",
          (unsigned)status);
}

static void pools(void)
{
    struct count count = {.gate = CreateEventA(NULL, TRUE, FALSE, NULL)};
    TP_POOL_STACK_INFORMATION stack = {1 << 20, 1 << 16}, told = {0, 0};
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = NULL;
    PTP_WORK made = NULL;

    LONG status = tp.AllocPool(&pool, NULL);
    CHECK("POOL-27", status == 0 && pool, "TpAllocPool: %08x", (unsigned)status);
    tp.SetPoolMaxThreads(pool, 1);
    status = tp.SetPoolMinThreads(pool, 1);
    CHECK_WINE_DEPARTS("POOL-27", status == 0, "Wine's TpSetPoolMinThreads returns TRUE",
                       "TpSetPoolMinThreads: %08x", (unsigned)status);
    status = tp.SetPoolStackInformation(pool, &stack);
    CHECK("POOL-27", status == 0 && tp.QueryPoolStackInformation(pool, &told) == 0,
          "the stack is set: %08x", (unsigned)status);
    CHECK("POOL-27", told.StackReserve == stack.StackReserve, "and told: %u",
          (unsigned)told.StackReserve);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    REQUIRE(tp.AllocWork(&made, count_work, &count, &environment) == 0);
    tp.PostWork(made);
    tp.PostWork(made);
    CHECK("POOL-27", count_reaches(&count.now, 1), "one callback runs");
    Sleep(100);
    CHECK("POOL-27", count.most == 1, "%ld at a time in a pool of one thread", (long)count.most);
    SetEvent(count.gate);
    tp.WaitForWork(made, TRUE);
    CHECK("POOL-27", count.all >= 1 && count.now == 0, "%ld have run", (long)count.all);
    tp.ReleaseWork(made);
    tp.ReleasePool(pool);
    DestroyThreadpoolEnvironment(&environment);
    CloseHandle(count.gate);
}

static _Atomic LONG members_told;

static void CALLBACK member_cancelled(PVOID context, PVOID cleanup)
{
    (void)context;
    members_told += (LONG)(ULONG_PTR)cleanup;
}

static void groups(void)
{
    struct count count = {0};
    TP_CALLBACK_ENVIRON environment;
    PTP_CLEANUP_GROUP group = NULL;
    PTP_WORK made[3];

    LONG status = tp.AllocCleanupGroup(&group);
    CHECK("POOL-27", status == 0 && group, "TpAllocCleanupGroup: %08x", (unsigned)status);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackCleanupGroup(&environment, group, member_cancelled);
    for (int index = 0; index < 3; index++)
        REQUIRE(tp.AllocWork(&made[index], count_work, &count, &environment) == 0);
    tp.PostWork(made[0]);
    tp.WaitForWork(made[0], FALSE);
    tp.ReleaseCleanupGroupMembers(group, TRUE, (PVOID)5);
    CHECK("POOL-27", count.all == 1, "%ld callbacks", (long)count.all);
    CHECK("POOL-27", members_told == 15, "each member's cancel callback: %ld", (long)members_told);
    tp.ReleaseCleanupGroup(group);
    DestroyThreadpoolEnvironment(&environment);
}

/* ---- inside a callback ---- */

struct inside {
    struct count count;
    HANDLE event, semaphore, mutex;
    CRITICAL_SECTION section;
    _Atomic LONG long_status;
};

static void CALLBACK inside_work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    struct inside *inside = context;

    (void)work;
    inside->long_status = tp.CallbackMayRunLong(instance);
    WaitForSingleObject(inside->mutex, INFINITE);
    EnterCriticalSection(&inside->section);
    tp.CallbackReleaseMutexOnCompletion(instance, inside->mutex);
    tp.CallbackLeaveCriticalSectionOnCompletion(instance, &inside->section);
    tp.CallbackReleaseSemaphoreOnCompletion(instance, inside->semaphore, 2);
    tp.CallbackSetEventOnCompletion(instance, inside->event);
    tp.CallbackUnloadDllOnCompletion(instance, LoadLibraryA("ntdll.dll"));
    ++inside->count.all;
}

static void inside_callbacks(void)
{
    struct inside inside = {.event = CreateEventA(NULL, FALSE, FALSE, NULL),
                            .semaphore = CreateSemaphoreA(NULL, 0, 9, NULL),
                            .mutex = CreateMutexA(NULL, FALSE, NULL),
                            .long_status = -1};
    PTP_WORK made = NULL;

    InitializeCriticalSection(&inside.section);
    REQUIRE(tp.AllocWork(&made, inside_work, &inside, NULL) == 0);
    tp.PostWork(made);
    CHECK("POOL-30", WaitForSingleObject(inside.event, 10000) == WAIT_OBJECT_0, "event set");
    CHECK("POOL-30", inside.long_status == 0, "there can be other threads: %08x",
          (unsigned)inside.long_status);
    CHECK("POOL-30", WaitForSingleObject(inside.semaphore, 0) == WAIT_OBJECT_0, "semaphore");
    CHECK("POOL-30", WaitForSingleObject(inside.semaphore, 0) == WAIT_OBJECT_0, "by two");
    CHECK("POOL-30", WaitForSingleObject(inside.semaphore, 0) == WAIT_TIMEOUT, "not three");
    CHECK("POOL-30", WaitForSingleObject(inside.mutex, 1000) == WAIT_OBJECT_0, "mutex released");
    CHECK("POOL-30", TryEnterCriticalSection(&inside.section), "section left");
    LeaveCriticalSection(&inside.section);
    tp.WaitForWork(made, FALSE);
    tp.ReleaseWork(made);
    DeleteCriticalSection(&inside.section);
    CloseHandle(inside.event);
    CloseHandle(inside.semaphore);
    CloseHandle(inside.mutex);
}

static void CALLBACK only_work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    struct inside *inside = context;

    (void)work;
    inside->long_status = tp.CallbackMayRunLong(instance);
    tp.DisassociateCallback(instance);
    WaitForSingleObject(inside->event, 10000);
    ++inside->count.all;
}

static void alone_in_the_pool(void)
{
    struct inside inside = {.event = CreateEventA(NULL, TRUE, FALSE, NULL), .long_status = -1};
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool = NULL;
    PTP_WORK made = NULL;

    REQUIRE(tp.AllocPool(&pool, NULL) == 0);
    tp.SetPoolMaxThreads(pool, 1);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    REQUIRE(tp.AllocWork(&made, only_work, &inside, &environment) == 0);
    tp.PostWork(made);
    tp.WaitForWork(made, FALSE);
    CHECK("POOL-30", inside.count.all == 0, "nobody waits for a callback that is disassociated");
    CHECK("POOL-30", inside.long_status == NATIVE_TOO_MANY_THREADS, "it was the only thread: %08x",
          (unsigned)inside.long_status);
    SetEvent(inside.event);
    CHECK("POOL-30", count_reaches(&inside.count.all, 1), "it went on");
    tp.ReleaseWork(made);
    tp.ReleasePool(pool);
    DestroyThreadpoolEnvironment(&environment);
    CloseHandle(inside.event);
}

/* ---- timers and waits ---- */

static void CALLBACK timer_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)timer;
    count_enter(context);
    count_leave(context);
}

static void timers(void)
{
    struct count count = {0};
    LARGE_INTEGER later = native_from_now(80), soon = native_from_now(10);
    PTP_TIMER timer = NULL;

    LONG status = tp.AllocTimer(&timer, timer_done, &count, NULL);
    CHECK("POOL-29", status == 0 && timer, "TpAllocTimer: %08x", (unsigned)status);
    CHECK("POOL-29", !tp.IsTimerSet(timer), "a new timer is not set");
    ULONGLONG start = GetTickCount64();
    tp.SetTimer(timer, &later, 0, 0);
    CHECK("POOL-29", tp.IsTimerSet(timer), "it is set now");
    CHECK("POOL-29", count_reaches(&count.all, 1) && since(start) >= 60, "it rang after %u ms",
          (unsigned)since(start));
    tp.SetTimer(timer, &soon, 20, 0);
    CHECK("POOL-29", count_reaches(&count.all, 4), "and again and again");
    tp.SetTimer(timer, NULL, 0, 0);
    CHECK("POOL-29", !tp.IsTimerSet(timer), "no time: not set");
    tp.WaitForTimer(timer, TRUE);
    LONG rang = count.all;
    Sleep(60);
    CHECK("POOL-29", count.all == rang, "and it does not ring: %ld, then %ld", (long)rang,
          (long)count.all);
    tp.ReleaseTimer(timer);
}

static void waits(void)
{
    struct count count = {0};
    LARGE_INTEGER later = native_from_now(50);
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    PTP_WAIT wait = NULL;

    LONG status = tp.AllocWait(&wait, count_wait_end, &count, NULL);
    CHECK("POOL-29", status == 0 && wait, "TpAllocWait: %08x", (unsigned)status);
    tp.SetWait(wait, event, NULL);
    SetEvent(event);
    CHECK("POOL-29", count_reaches(&count.all, 1) && count.timeout == 0, "signalled: %ld",
          (long)count.all);
    tp.SetWait(wait, event, &later);
    CHECK("POOL-29", count_reaches(&count.timeout, 1), "it timed out");
    SetLastError(77);
    tp.SetWait(wait, event, NULL);
    tp.SetWait(wait, NULL, NULL);
    SetEvent(event);
    Sleep(50);
    tp.WaitForWait(wait, FALSE);
    CHECK("POOL-29", count.all == 2, "not after it was ended: %ld", (long)count.all);
    CHECK("POOL-29", GetLastError() == 77, "the last error is left alone");
    tp.ReleaseWait(wait);
    CloseHandle(event);
}

/* ---- I/O ---- */

struct io_seen {
    struct count count;
    _Atomic LONG status;
    _Atomic LONG bytes;
    void *_Atomic value;
    void *_Atomic io;
};

static VOID NTAPI io_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID value,
                          IO_STATUS_BLOCK *result, PTP_IO io)
{
    struct io_seen *seen = context;

    (void)instance;
    count_enter(&seen->count);
    seen->status = result->Status;
    seen->bytes = (LONG)result->Information;
    seen->value = value;
    seen->io = io;
    count_leave(&seen->count);
}

static void operations(void)
{
    struct io_seen seen = {.status = -1};
    char space[8];
    OVERLAPPED overlapped;
    SOCKET s = loopback_socket();
    PTP_IO io = NULL;

    LONG status = tp.AllocIoCompletion(&io, (HANDLE)s, io_done, &seen, NULL);
    if (!CHECK("POOL-28", status == 0 && io, "TpAllocIoCompletion: %08x", (unsigned)status))
        return;
    tp.StartAsyncIoOperation(io);
    tp.CancelAsyncIoOperation(io);
    tp.WaitForIoCompletion(io, FALSE);
    CHECK("POOL-28", seen.count.all == 0, "a start that was taken back");
    tp.StartAsyncIoOperation(io);
    loopback_receive(s, space, sizeof space, &overlapped);
    REQUIRE(CancelIoEx((HANDLE)s, &overlapped));
    tp.WaitForIoCompletion(io, FALSE);
    CHECK("POOL-6", seen.status == NATIVE_CANCELLED && seen.bytes == 0, "cancelled: %08x, %ld",
          (unsigned)seen.status, (long)seen.bytes);
    CHECK("POOL-28", seen.value == &overlapped && seen.io == io, "operation and object are named");
    tp.StartAsyncIoOperation(io);
    loopback_send(s, 7, &overlapped);
    tp.WaitForIoCompletion(io, FALSE);
    CHECK("POOL-28", seen.count.all == 2 && seen.status == 0 && seen.bytes == 7, "%08x, %ld bytes",
          (unsigned)seen.status, (long)seen.bytes);
    PTP_IO second = NULL;
    status = tp.AllocIoCompletion(&second, (HANDLE)s, io_done, &seen, NULL);
    CHECK("POOL-28", status == NATIVE_INVALID_PARAMETER && !second, "a second time: %08x",
          (unsigned)status);
    closesocket(s);
    tp.ReleaseIoCompletion(io);
    status = tp.AllocIoCompletion(&second, NULL, io_done, &seen, NULL);
    CHECK("POOL-28", status == NATIVE_INVALID_HANDLE && !second, "no handle: %08x",
          (unsigned)status);
}

/* ---- before there were objects ---- */

static VOID NTAPI count_item(PVOID context)
{
    count_enter(context);
    count_leave(context);
}

static VOID NTAPI count_wait(PVOID context, BOOLEAN timed_out)
{
    struct count *count = context;

    count_enter(count);
    if (timed_out)
        ++count->timeout;
    count_leave(count);
}

static void work_items(void)
{
    struct count count = {0};

    LONG status = rtl.QueueWorkItem(count_item, &count, WT_EXECUTEDEFAULT);
    CHECK("POOL-31", status == 0 && count_reaches(&count.all, 1), "RtlQueueWorkItem: %08x",
          (unsigned)status);
    status = rtl.QueueWorkItem(count_item, &count, WT_EXECUTELONGFUNCTION);
    CHECK("POOL-31", status == 0 && count_reaches(&count.all, 2), "a long one: %08x",
          (unsigned)status);
}

static void registered_waits(void)
{
    struct count count = {0};
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), ended, wait = NULL;

    LONG status = rtl.RegisterWait(&wait, event, count_wait, &count, INFINITE, WT_EXECUTEDEFAULT);
    CHECK("POOL-31", status == 0 && wait, "RtlRegisterWait: %08x", (unsigned)status);
    for (LONG round = 1; round <= 3; round++) {
        SetEvent(event);
        CHECK("POOL-31", count_reaches(&count.all, round), "signalled for the %ld. time",
              (long)round);
    }
    status = rtl.DeregisterWaitEx(wait, INVALID_HANDLE_VALUE);
    CHECK("POOL-31", status == 0, "waiting for its end: %08x", (unsigned)status);

    count.gate = CreateEventA(NULL, TRUE, FALSE, NULL);
    ended = CreateEventA(NULL, TRUE, FALSE, NULL);
    status = rtl.RegisterWait(&wait, event, count_wait, &count, 20, WT_EXECUTEONLYONCE);
    CHECK("POOL-31", status == 0 && count_reaches(&count.now, 1), "timed out: %08x",
          (unsigned)status);
    status = rtl.DeregisterWaitEx(wait, ended);
    CHECK("POOL-31", status == NATIVE_PENDING, "the callback still runs: %08x", (unsigned)status);
    CHECK("POOL-31", WaitForSingleObject(ended, 50) == WAIT_TIMEOUT, "and is waited for");
    SetEvent(count.gate);
    CHECK("POOL-31", WaitForSingleObject(ended, 10000) == WAIT_OBJECT_0, "until it has ended");
    CHECK("POOL-31", count.timeout == 1, "it was told of the time: %ld", (long)count.timeout);

    REQUIRE(rtl.RegisterWait(&wait, event, count_wait, &count, INFINITE, WT_EXECUTEDEFAULT) == 0);
    status = rtl.DeregisterWait(wait);
    CHECK("POOL-31", status == 0, "nothing was due: %08x", (unsigned)status);
    status = rtl.DeregisterWait(NULL);
    CHECK("POOL-31", status == NATIVE_INVALID_HANDLE, "no wait: %08x", (unsigned)status);
    CloseHandle(event);
    CloseHandle(ended);
    CloseHandle(count.gate);
}

int main(void)
{
    loopback_begin();
    look_up_objects();
    look_up_others();
    RUN(work);
    RUN(pools);
    RUN(groups);
    RUN(inside_callbacks);
    RUN(alone_in_the_pool);
    RUN(timers);
    RUN(waits);
    RUN(operations);
    RUN(work_items);
    RUN(registered_waits);
    return check_report();
}
