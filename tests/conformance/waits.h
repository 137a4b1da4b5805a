/* SPDX-License-Identifier: MIT
 *
 * Every kind of wait as acts of a crew's member (crew.h), and what the main thread does to prepare
 * and to end one. An act leaves DONE in member.result if the wait ended as it should. For Waits.c.
 */
#ifndef IOCP_TESTS_WAITS_H
#define IOCP_TESTS_WAITS_H

#include "crew.h"
#include <ws2tcpip.h>

#define DONE 0xD0
#define LONG_MS (2 * DEADLINE_MS)
#define MANY 64

static CRITICAL_SECTION section;
static SRWLOCK srw = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static SYNCHRONIZATION_BARRIER barrier;
static HANDLE padding[MANY]; /* 63 events that are set, for waits for all; one that is not */
static LONG word;
static SOCKET plain = INVALID_SOCKET; /* the socket that an act uses */
static SOCKET peers[16];              /* what is left to close after it */
static int peer_count;
static OVERLAPPED pending;
static char pending_byte;
static HANDLE pending_event;

static inline void settle_result(struct member *m, int as_it_should)
{
    m->result = as_it_should ? DONE : 0;
}

static inline void waits_begin(void)
{
    InitializeCriticalSection(&section);
    for (int i = 0; i < MANY; i++)
        padding[i] = event_make(TRUE, i < MANY - 1);
    pending_event = event_make(TRUE, FALSE);
}

static inline void peer_keep(SOCKET s)
{
    REQUIRE(s != INVALID_SOCKET && peer_count < 16);
    peers[peer_count++] = s;
}

static HANDLE waits_other; /* what the last `before` made */

/* Closes what one case has made. */
static inline void waits_tidy(void)
{
    if (plain != INVALID_SOCKET)
        closesocket(plain);
    plain = INVALID_SOCKET;
    while (peer_count > 0)
        closesocket(peers[--peer_count]);
    if (waits_other)
        CloseHandle(waits_other);
    waits_other = NULL;
    word = 0;
}

static inline void other_set(struct member *m, HANDLE other)
{
    REQUIRE(other != NULL);
    m->other = waits_other = other;
}

/* ---- sleeping ---- */

static inline void act_sleep(struct member *m)
{
    Sleep(1000);
    settle_result(m, 1);
}

static inline void act_sleep_0(struct member *m)
{
    for (int i = 0; i < 100; i++)
        Sleep(0);
    settle_result(m, SleepEx(0, TRUE) == 0);
}

static inline void act_switch(struct member *m)
{
    for (int i = 0; i < 100; i++)
        SwitchToThread();
    settle_result(m, 1);
}

static inline void act_sleep_ex(struct member *m)
{
    settle_result(m, SleepEx(LONG_MS, TRUE) == WAIT_IO_COMPLETION);
}

static inline VOID CALLBACK waits_no_apc(ULONG_PTR unused)
{
    (void)unused;
}

static inline void queue_apc(struct member *m)
{
    REQUIRE(QueueUserAPC(waits_no_apc, m->thread, 0));
}

/* ---- dispatcher objects ---- */

static inline void act_wait_other(struct member *m)
{
    settle_result(m, WaitForSingleObject(m->other, LONG_MS) == WAIT_OBJECT_0);
}

static inline void act_wait_briefly(struct member *m)
{
    settle_result(m, WaitForSingleObject(m->other, 1000) == WAIT_TIMEOUT);
}

static inline void act_wait_0(struct member *m)
{
    settle_result(m, WaitForSingleObject(m->other, 0) == WAIT_TIMEOUT);
}

static inline void act_wait_mutex(struct member *m)
{
    act_wait_other(m);
    REQUIRE(ReleaseMutex(m->other));
}

static inline void act_wait_mutex_twice(struct member *m)
{
    REQUIRE(WaitForSingleObject(m->other, LONG_MS) == WAIT_OBJECT_0);
    act_wait_mutex(m);
    REQUIRE(ReleaseMutex(m->other));
}

static inline void act_wait_alertable(struct member *m)
{
    settle_result(m, WaitForSingleObjectEx(m->other, LONG_MS, TRUE) == WAIT_IO_COMPLETION);
}

static inline void act_wait_any(struct member *m)
{
    HANDLE all[MANY];
    for (int i = 0; i < MANY; i++)
        all[i] = i == 40 ? m->other : padding[MANY - 1];
    settle_result(m, WaitForMultipleObjects(MANY, all, FALSE, LONG_MS) == WAIT_OBJECT_0 + 40);
}

static inline void act_wait_all(struct member *m)
{
    HANDLE all[MANY];
    memcpy(all, padding, sizeof all);
    all[MANY - 1] = m->other;
    settle_result(m, WaitForMultipleObjects(MANY, all, TRUE, LONG_MS) == WAIT_OBJECT_0);
}

static inline void act_wait_many_alertable(struct member *m)
{
    DWORD result = WaitForMultipleObjectsEx(1, &m->other, TRUE, LONG_MS, TRUE);
    settle_result(m, result == WAIT_IO_COMPLETION);
}

static inline void act_wait_events(struct member *m)
{
    HANDLE both[2] = {padding[MANY - 1], m->other};
    DWORD result = WSAWaitForMultipleEvents(2, both, FALSE, LONG_MS, FALSE);
    settle_result(m, result == WSA_WAIT_EVENT_0 + 1);
}

static inline void act_signal_and_wait(struct member *m)
{
    HANDLE event = event_make(TRUE, FALSE);
    DWORD result = SignalObjectAndWait(event, m->other, LONG_MS, FALSE);
    settle_result(m, result == WAIT_OBJECT_0 && WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    CloseHandle(event);
}

static inline void act_signal_calls(struct member *m)
{
    int well = 1;
    for (int i = 0; i < 100; i++)
        well &= SetEvent(m->other) && PulseEvent(m->other) && ResetEvent(m->other);
    settle_result(m, well);
}

static inline void fresh_event(struct member *m)
{
    other_set(m, event_make(FALSE, FALSE));
}

static inline void set_event(struct member *m)
{
    other_set(m, event_make(FALSE, TRUE));
}

static inline void event_and_apc(struct member *m)
{
    fresh_event(m);
    queue_apc(m);
}

static inline void set_other(struct member *m)
{
    REQUIRE(SetEvent(m->other));
}

static inline void fresh_mutex(struct member *m)
{
    other_set(m, CreateMutexA(NULL, TRUE, NULL));
}

static inline void free_mutex(struct member *m)
{
    other_set(m, CreateMutexA(NULL, FALSE, NULL));
}

static inline void release_other(struct member *m)
{
    REQUIRE(ReleaseMutex(m->other));
}

static inline void fresh_semaphore(struct member *m)
{
    other_set(m, CreateSemaphoreA(NULL, 0, 5, NULL));
}

static inline void full_semaphore(struct member *m)
{
    other_set(m, CreateSemaphoreA(NULL, 5, 5, NULL));
}

static inline void count_other(struct member *m)
{
    REQUIRE(ReleaseSemaphore(m->other, 1, NULL));
}

static inline void fresh_timer(struct member *m)
{
    other_set(m, CreateWaitableTimerA(NULL, FALSE, NULL));
}

static inline void set_other_timer(struct member *m)
{
    LARGE_INTEGER due = {.QuadPart = -100000};
    REQUIRE(SetWaitableTimer(m->other, &due, 0, NULL, NULL, FALSE));
}

static inline void due_timer(struct member *m)
{
    fresh_timer(m);
    set_other_timer(m);
    Sleep(50);
}

static inline DWORD WINAPI waits_until_set(void *event)
{
    return WaitForSingleObject(event, LONG_MS);
}

static inline void fresh_thread(struct member *m)
{
    ResetEvent(pending_event);
    other_set(m, thread_start(waits_until_set, pending_event));
}

static inline void end_other_thread(struct member *m)
{
    (void)m;
    SetEvent(pending_event);
}

static inline void ended_thread(struct member *m)
{
    fresh_thread(m);
    end_other_thread(m);
    REQUIRE(WaitForSingleObject(m->other, DEADLINE_MS) == WAIT_OBJECT_0);
}

static inline void fresh_port(struct member *m)
{
    other_set(m, port_make(1));
}

static inline void post_other(struct member *m)
{
    port_post(m->other, 0, 9, NULL);
}

static inline void full_port(struct member *m)
{
    fresh_port(m);
    post_other(m);
}

static inline void act_post_other(struct member *m)
{
    post_other(m);
    settle_result(m, 1);
}

static inline void act_take_other(struct member *m)
{
    settle_result(m, port_take(m->other, LONG_MS).key == 9);
}

/* ---- locks ---- */

static inline void act_section(struct member *m)
{
    EnterCriticalSection(&section);
    LeaveCriticalSection(&section);
    settle_result(m, 1);
}

static inline void act_section_twice(struct member *m)
{
    EnterCriticalSection(&section);
    act_section(m);
    LeaveCriticalSection(&section);
}

static inline void hold_section(struct member *m)
{
    (void)m;
    EnterCriticalSection(&section);
}

static inline void leave_section(struct member *m)
{
    (void)m;
    LeaveCriticalSection(&section);
}

static inline DWORD WINAPI waits_hold_section(void *event)
{
    EnterCriticalSection(&section);
    SetEvent(event);
    Sleep(300);
    LeaveCriticalSection(&section);
    return 0;
}

/* Another thread has it and will give it back by itself. */
static inline void hold_section_a_moment(struct member *m)
{
    ResetEvent(pending_event);
    other_set(m, thread_start(waits_hold_section, pending_event));
    REQUIRE(WaitForSingleObject(pending_event, DEADLINE_MS) == WAIT_OBJECT_0);
}

static inline void act_try_section(struct member *m)
{
    settle_result(m, !TryEnterCriticalSection(&section));
}

static inline void act_srw_exclusive(struct member *m)
{
    AcquireSRWLockExclusive(&srw);
    ReleaseSRWLockExclusive(&srw);
    settle_result(m, 1);
}

static inline void act_srw_shared(struct member *m)
{
    AcquireSRWLockShared(&srw);
    ReleaseSRWLockShared(&srw);
    settle_result(m, 1);
}

static inline void hold_srw(struct member *m)
{
    (void)m;
    AcquireSRWLockExclusive(&srw);
}

static inline void release_srw(struct member *m)
{
    (void)m;
    ReleaseSRWLockExclusive(&srw);
}

static inline void act_condition_section(struct member *m)
{
    EnterCriticalSection(&section);
    settle_result(m, SleepConditionVariableCS(&condition, &section, LONG_MS));
    LeaveCriticalSection(&section);
}

static inline void act_condition_srw(struct member *m)
{
    AcquireSRWLockExclusive(&srw);
    settle_result(m, SleepConditionVariableSRW(&condition, &srw, LONG_MS, 0));
    ReleaseSRWLockExclusive(&srw);
}

static inline void act_condition_shared(struct member *m)
{
    AcquireSRWLockShared(&srw);
    settle_result(m, SleepConditionVariableSRW(&condition, &srw, LONG_MS,
                                               CONDITION_VARIABLE_LOCKMODE_SHARED));
    ReleaseSRWLockShared(&srw);
}

static inline void act_condition_0(struct member *m)
{
    BOOL woken;
    EnterCriticalSection(&section);
    woken = SleepConditionVariableCS(&condition, &section, 0);
    settle_result(m, !woken && GetLastError() == ERROR_TIMEOUT);
    LeaveCriticalSection(&section);
}

static inline void wake_condition(struct member *m)
{
    (void)m;
    WakeAllConditionVariable(&condition);
}

static inline void act_address(struct member *m)
{
    LONG zero = 0;
    while (counter_get(&word) == 0)
        WaitOnAddress(&word, &zero, sizeof zero, LONG_MS);
    settle_result(m, 1);
}

static inline void wake_address(struct member *m)
{
    (void)m;
    counter_set(&word, 1);
    WakeByAddressAll(&word);
}

static inline void act_address_other(struct member *m)
{
    LONG one = 1;
    settle_result(m, WaitOnAddress(&word, &one, sizeof one, LONG_MS));
}

static inline void act_address_0(struct member *m)
{
    LONG zero = 0;
    settle_result(m, !WaitOnAddress(&word, &zero, sizeof zero, 0));
}

static inline BOOL CALLBACK waits_initialise(PINIT_ONCE which, PVOID parameter, PVOID *context)
{
    (void)which;
    (void)parameter;
    (void)context;
    return TRUE;
}

static inline void act_once(struct member *m)
{
    settle_result(m, InitOnceExecuteOnce(&once, waits_initialise, NULL, NULL));
}

static inline void act_once_begin(struct member *m)
{
    BOOL begin = TRUE;
    settle_result(m, InitOnceBeginInitialize(&once, 0, &begin, NULL) && !begin);
}

static inline void fresh_once(struct member *m)
{
    (void)m;
    InitOnceInitialize(&once);
}

static inline void begin_once(struct member *m)
{
    BOOL begin = FALSE;
    fresh_once(m);
    REQUIRE(InitOnceBeginInitialize(&once, 0, &begin, NULL) && begin);
}

static inline void complete_once(struct member *m)
{
    (void)m;
    REQUIRE(InitOnceComplete(&once, 0, NULL));
}

static inline void done_once(struct member *m)
{
    begin_once(m);
    complete_once(m);
}

static inline void fresh_barrier(struct member *m)
{
    (void)m;
    REQUIRE(InitializeSynchronizationBarrier(&barrier, 2, -1));
}

static inline void lone_barrier(struct member *m)
{
    (void)m;
    REQUIRE(InitializeSynchronizationBarrier(&barrier, 1, -1));
}

static inline void act_barrier(struct member *m)
{
    settle_result(m, !EnterSynchronizationBarrier(&barrier, 0));
}

static inline void act_barrier_alone(struct member *m)
{
    settle_result(m, EnterSynchronizationBarrier(&barrier, 0));
}

static inline void enter_barrier(struct member *m)
{
    (void)m;
    REQUIRE(EnterSynchronizationBarrier(&barrier, 0));
    DeleteSynchronizationBarrier(&barrier);
}

static inline void act_suspend(struct member *m)
{
    settle_result(m, SuspendThread(GetCurrentThread()) == 0);
}

static inline void resume(struct member *m)
{
    REQUIRE(ResumeThread(m->thread) == 1);
}

#include "waits_sockets.h"

#endif
