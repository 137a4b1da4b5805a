/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over thread pools: what was accepted runs, exactly once, whatever runs out.
 */
#include "sweep.h"

#include <iocp_nt_pool.h>

static _Atomic int pool_ran;

static void CALLBACK pool_work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)context;
    (void)work;
    atomic_fetch_add(&pool_ran, 1);
}

static void CALLBACK pool_simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    (void)instance;
    (void)context;
    atomic_fetch_add(&pool_ran, 1);
}

static void CALLBACK pool_timer(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)context;
    (void)timer;
    atomic_fetch_add(&pool_ran, 1);
}

static void CALLBACK pool_wait_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait,
                                    TP_WAIT_RESULT result)
{
    (void)instance;
    (void)context;
    (void)wait;
    (void)result;
    atomic_fetch_add(&pool_ran, 1);
}

static void expect_ran(int count)
{
    for (int tries = 0; tries < SWEEP_PATIENCE / 20 && atomic_load(&pool_ran) < count; tries++)
        sweep_nap();
    EXPECT_EQUAL(atomic_load(&pool_ran), count);
}

static TP_CALLBACK_ENVIRON environment;

static bool work(void)
{
    int accepted = 0;
    bool passed = false;

    atomic_store(&pool_ran, 0);
    PTP_WORK made = CreateThreadpoolWork(pool_work, NULL, &environment);
    if (SWEEP_WIN32(made != NULL)) {
        SubmitThreadpoolWork(made);
        SubmitThreadpoolWork(made);
        accepted = 2;
        WaitForThreadpoolWorkCallbacks(made, FALSE);
        CloseThreadpoolWork(made);
        passed = true;
    }
    if (SWEEP_WIN32(TrySubmitThreadpoolCallback(pool_simple, NULL, &environment)))
        accepted++;
    else
        passed = false;
    expect_ran(accepted);
    return passed;
}

static bool waits(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    FILETIME now = {0, 0};
    bool passed = false;

    if (!SWEEP_WIN32(event != NULL))
        return false;
    atomic_store(&pool_ran, 0);
    PTP_WAIT wait = CreateThreadpoolWait(pool_wait_done, NULL, &environment);
    if (SWEEP_WIN32(wait != NULL)) {
        SetThreadpoolWait(wait, event, NULL);
        SetEvent(event);
        expect_ran(1);
        PTP_TIMER timer = CreateThreadpoolTimer(pool_timer, NULL, &environment);
        if (SWEEP_WIN32(timer != NULL)) {
            SetThreadpoolTimer(timer, &now, 0, 0);
            expect_ran(2);
            WaitForThreadpoolTimerCallbacks(timer, FALSE);
            CloseThreadpoolTimer(timer);
            passed = true;
        }
        WaitForThreadpoolWaitCallbacks(wait, FALSE);
        CloseThreadpoolWait(wait);
    }
    EXPECT(CloseHandle(event));
    return passed;
}

static void CALLBACK pool_io_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                  ULONG result, ULONG_PTR bytes, PTP_IO io)
{
    (void)instance;
    (void)context;
    (void)overlapped;
    (void)result;
    (void)bytes;
    (void)io;
    atomic_fetch_add(&pool_ran, 1);
}

static bool io(void)
{
    OVERLAPPED overlapped = {0};
    char byte;
    WSABUF buffer = {1, &byte};
    DWORD flags = 0;
    bool passed = false;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);

    if (!SWEEP_WINSOCK(s != INVALID_SOCKET))
        return false;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    EXPECT_EQUAL(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    atomic_store(&pool_ran, 0);
    PTP_IO made = CreateThreadpoolIo((HANDLE)s, pool_io_done, NULL, &environment);
    if (SWEEP_WIN32(made != NULL)) {
        StartThreadpoolIo(made);
        int result = WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL);
        passed = SWEEP_WINSOCK(result == 0 || GetLastError() == WSA_IO_PENDING);
        if (!passed)
            CancelThreadpoolIo(made);
    }
    EXPECT_EQUAL(closesocket(s), 0);
    if (made) {
        WaitForThreadpoolIoCallbacks(made, FALSE);
        CloseThreadpoolIo(made);
    }
    EXPECT_EQUAL(atomic_load(&pool_ran), passed);
    return passed;
}

/* By native names: what is made is there, and what is refused has left nothing. */
static bool native(void)
{
    PTP_CLEANUP_GROUP group;
    PTP_TIMER timer;
    PTP_WORK made;
    PTP_WAIT wait;

    bool passed = SWEEP_NATIVE(TpAllocWork(&made, pool_work, NULL, &environment));
    if (passed)
        TpReleaseWork(made);
    if (passed && (passed = SWEEP_NATIVE(TpAllocTimer(&timer, pool_timer, NULL, &environment))))
        TpReleaseTimer(timer);
    if (passed && (passed = SWEEP_NATIVE(TpAllocWait(&wait, pool_wait_done, NULL, &environment))))
        TpReleaseWait(wait);
    if (passed && (passed = SWEEP_NATIVE(TpAllocCleanupGroup(&group))))
        TpReleaseCleanupGroup(group);
    if (!passed)
        return false;
    atomic_store(&pool_ran, 0);
    passed = SWEEP_NATIVE(TpSimpleTryPost(pool_simple, NULL, &environment));
    expect_ran(passed);
    return passed;
}

/* In a pool of its own, whose threads end with it: how many the process's pool has at a moment is
 * left to chance. */
static bool in_a_pool(bool (*scenario)(void))
{
    PTP_POOL pool = CreateThreadpool(NULL);

    if (!SWEEP_WIN32(pool != NULL))
        return false;
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    bool passed = scenario();
    CloseThreadpool(pool);
    return passed;
}

static bool work_in_a_pool(void)
{
    return in_a_pool(work);
}

static bool waits_in_a_pool(void)
{
    return in_a_pool(waits);
}

static bool io_in_a_pool(void)
{
    return in_a_pool(io);
}

static bool native_in_a_pool(void)
{
    return in_a_pool(native);
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {{"work", work_in_a_pool},
                                                      {"waits", waits_in_a_pool},
                                                      {"io", io_in_a_pool},
                                                      {"native", native_in_a_pool}};

    (void)count;
    return sweep_main(scenarios, sizeof scenarios / sizeof scenarios[0], arguments);
}
