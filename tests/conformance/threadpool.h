/* SPDX-License-Identifier: MIT
 *
 * What the thread pool's tests share: counting from callbacks, and waiting for a count.
 */
#ifndef IOCP_TESTS_THREADPOOL_H
#define IOCP_TESTS_THREADPOOL_H

#include "check.h"

#include <stdatomic.h>

/* Counted from many threads. */
struct count {
    _Atomic LONG now;     /* callbacks inside */
    _Atomic LONG most;    /* of these at a time */
    _Atomic LONG all;     /* callbacks so far */
    _Atomic LONG timeout; /* of these, those for a timeout */
    HANDLE gate;          /* callbacks wait here first, unless it is NULL */
};

static inline void count_enter(struct count *count)
{
    LONG now = ++count->now;
    LONG most = count->most;

    while (now > most && !atomic_compare_exchange_strong(&count->most, &most, now))
        ;
    if (count->gate)
        WaitForSingleObject(count->gate, 10000);
}

static inline void count_leave(struct count *count)
{
    --count->now;
    ++count->all;
}

/* Callbacks whose context is a count. */
static inline void CALLBACK count_work(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)work;
    count_enter(context);
    count_leave(context);
}

static inline void CALLBACK count_simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    (void)instance;
    count_enter(context);
    count_leave(context);
}

static inline void CALLBACK count_wait_end(PTP_CALLBACK_INSTANCE instance, PVOID context,
                                           PTP_WAIT wait, TP_WAIT_RESULT result)
{
    struct count *count = context;

    (void)instance;
    (void)wait;
    count_enter(count);
    if (result == WAIT_TIMEOUT)
        ++count->timeout;
    count_leave(count);
}

/* Whether the number gets there within some seconds. */
static inline int count_reaches(_Atomic LONG *number, LONG wanted)
{
    for (int round = 0; round < 1000 && *number < wanted; round++)
        Sleep(5);
    return *number >= wanted;
}

/* A time from now as the pool wants it. */
static inline FILETIME from_now(LONG milliseconds)
{
    ULARGE_INTEGER value;
    FILETIME time;

    value.QuadPart = (ULONGLONG)(-(LONGLONG)milliseconds * 10000);
    time.dwLowDateTime = value.u.LowPart;
    time.dwHighDateTime = value.u.HighPart;
    return time;
}

static inline ULONGLONG since(ULONGLONG start)
{
    return GetTickCount64() - start;
}

static inline DWORD processors(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwNumberOfProcessors;
}

#endif
