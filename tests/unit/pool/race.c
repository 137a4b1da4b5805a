/* SPDX-License-Identifier: MIT
 *
 * Waits and timers set, signalled, timed out, stopped and closed all at once: every object that a
 * wait took has its callback, and nothing is freed too early or never (the sanitizers tell).
 */
#include "unit/expect.h"

#include <windows.h>

#include <stdbool.h>

enum { ROUNDS = 4000, WAITS = 4, PERMITS = 40000 };

static HANDLE semaphore;
static _Atomic long taken, timeouts, rung;
static _Atomic bool stop;

static void CALLBACK wait_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait,
                               TP_WAIT_RESULT result)
{
    FILETIME soon = {(DWORD)-2000, (DWORD)-1};

    (void)instance;
    (void)context;
    atomic_fetch_add(result == WAIT_OBJECT_0 ? &taken : &timeouts, 1);
    if (!atomic_load(&stop))
        SetThreadpoolWait(wait, semaphore, &soon);
}

static void CALLBACK timer_done(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)context;
    (void)timer;
    atomic_fetch_add(&rung, 1);
}

static DWORD WINAPI signaller(LPVOID unused)
{
    (void)unused;
    for (int permit = 0; permit < PERMITS; permit++) {
        ReleaseSemaphore(semaphore, 1, NULL);
        if (permit % 16 == 0)
            SwitchToThread();
    }
    return 0;
}

static PTP_WAIT waits[WAITS];

static DWORD WINAPI setter(LPVOID unused)
{
    FILETIME now = {0, 0}, soon = {(DWORD)-1000, (DWORD)-1};

    (void)unused;
    for (int round = 0; round < ROUNDS; round++)
        for (int index = 0; index < WAITS; index++)
            SetThreadpoolWait(waits[index], round % 7 == 3 ? NULL : semaphore,
                              round % 3 == 0   ? &now
                              : round % 3 == 1 ? &soon
                                               : NULL);
    return 0;
}

/* Sets the same waits from two threads while they are signalled and set themselves again: who finds
 * one signalled whose callback is not due yet may find it set anew when it is. */
static void set_while_signalled(void)
{
    HANDLE threads[2];

    for (int index = 0; index < WAITS; index++)
        waits[index] = CreateThreadpoolWait(wait_done, NULL, NULL);
    threads[0] = CreateThread(NULL, 0, signaller, NULL, 0, NULL);
    threads[1] = CreateThread(NULL, 0, setter, NULL, 0, NULL);
    setter(NULL);
    for (int index = 0; index < 2; index++) {
        WaitForSingleObject(threads[index], INFINITE);
        CloseHandle(threads[index]);
    }
    /* All permits are taken in the end, by the waits or by us, and each once. */
    atomic_store(&stop, true);
    for (int index = 0; index < WAITS; index++) {
        SetThreadpoolWait(waits[index], NULL, NULL);
        WaitForThreadpoolWaitCallbacks(waits[index], FALSE);
        SetThreadpoolWait(waits[index], NULL, NULL);
        WaitForThreadpoolWaitCallbacks(waits[index], FALSE);
    }
    long left = 0;
    while (WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0)
        left++;
    EXPECT_EQUAL(atomic_load(&taken) + left, PERMITS);
    for (int index = 0; index < WAITS; index++)
        CloseThreadpoolWait(waits[index]);
}

static void close_while_signalled(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    FILETIME now = {0, 0};

    atomic_store(&stop, true);
    for (int round = 0; round < ROUNDS; round++) {
        PTP_WAIT wait = CreateThreadpoolWait(wait_done, NULL, NULL);
        PTP_TIMER timer = CreateThreadpoolTimer(timer_done, NULL, NULL);
        EXPECT(wait && timer);
        ResetEvent(event);
        SetThreadpoolWait(wait, event, round % 2 ? &now : NULL);
        SetThreadpoolTimer(timer, &now, round % 2, 0);
        SetEvent(event);
        if (round % 3 == 0)
            SetThreadpoolTimer(timer, NULL, 0, 0);
        CloseThreadpoolWait(wait);
        CloseThreadpoolTimer(timer);
    }
    CloseHandle(event);
}

static VOID CALLBACK registered(PVOID context, BOOLEAN timed_out)
{
    (void)context;
    (void)timed_out;
    atomic_fetch_add(&rung, 1);
}

static void unregister_while_signalled(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);

    for (int round = 0; round < ROUNDS; round++) {
        HANDLE wait, timer;
        EXPECT(RegisterWaitForSingleObject(&wait, event, registered, NULL, (ULONG)round % 3,
                                           round % 2 ? WT_EXECUTEONLYONCE : 0));
        EXPECT(CreateTimerQueueTimer(&timer, NULL, registered, NULL, 0, 1, 0));
        EXPECT(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
        EXPECT(DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
    }
    CloseHandle(event);
}

int main(void)
{
    semaphore = CreateSemaphoreA(NULL, 0, PERMITS, NULL);
    set_while_signalled();
    close_while_signalled();
    unregister_while_signalled();
    CloseHandle(semaphore);
    return expect_report();
}
