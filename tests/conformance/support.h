/* SPDX-License-Identifier: MIT
 *
 * What several conformance programs share beyond check.h: threads that are always joined, atomic
 * counters, waiting for something to happen (with a deadline) or to not happen (for a short
 * window), and packets of a port as values. Checks are made by the main thread only: check.h
 * counts without locks.
 */
#ifndef IOCP_TESTS_SUPPORT_H
#define IOCP_TESTS_SUPPORT_H

#include "check.h"

#define DEADLINE_MS 5000 /* what must happen has happened by then */
#define QUIET_MS 200     /* what must not happen has not happened for so long */

/* Windows ends a wait on its clock tick, which may be up to this much early by a finer clock. */
#ifdef __linux__
#define TICK_MS 0
#else
#define TICK_MS 16
#endif

/* For a test that Wine cannot run at all: prints the departure and is true there, false elsewhere.
 */
#define WINE_CANNOT(rule, reason)                                                                  \
    (check_on_wine() && !check_one(0, rule, reason, __FILE__, __LINE__, "%s", reason))

/* ---- time ---- */

static inline double support_now_ms(void)
{
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (double)now.QuadPart * 1000.0 / (double)frequency.QuadPart;
}

/* Lets other threads come to rest in the call they are about to make, which nothing can observe.
 * Ten short sleeps must in a row end nearly on time, so a loaded machine is given longer. */
static inline void support_settle(void)
{
    double start = support_now_ms();
    int calm = 0;
    while (calm < 10 && support_now_ms() - start < 2000) {
        double before = support_now_ms();
        Sleep(5);
        calm = support_now_ms() - before < 25 ? calm + 1 : 0;
    }
}

/* ---- counters ---- */

static inline LONG counter_get(volatile LONG *counter)
{
    return InterlockedCompareExchange(counter, 0, 0);
}

static inline void counter_add(volatile LONG *counter)
{
    InterlockedIncrement(counter);
}

static inline void counter_set(volatile LONG *counter, LONG value)
{
    InterlockedExchange(counter, value);
}

/* True as soon as the counter is at least `value`, false when the deadline passes first. */
static inline int counter_reaches(volatile LONG *counter, LONG value)
{
    double start = support_now_ms();
    while (counter_get(counter) < value) {
        if (support_now_ms() - start > DEADLINE_MS)
            return 0;
        Sleep(1);
    }
    return 1;
}

/* True if the counter still is `value` after the quiet window. */
static inline int counter_stays(volatile LONG *counter, LONG value)
{
    double start = support_now_ms();
    while (support_now_ms() - start < QUIET_MS) {
        if (counter_get(counter) != value)
            return 0;
        Sleep(5);
    }
    return counter_get(counter) == value;
}

/* ---- threads and events ---- */

static inline HANDLE thread_start(LPTHREAD_START_ROUTINE routine, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
    REQUIRE(thread != NULL);
    return thread;
}

/* Waits for the thread's end, closes the handle and returns the exit code. */
static inline DWORD thread_join(HANDLE thread)
{
    DWORD code = 0;
    REQUIRE(WaitForSingleObject(thread, 2 * DEADLINE_MS) == WAIT_OBJECT_0);
    REQUIRE(GetExitCodeThread(thread, &code));
    CloseHandle(thread);
    return code;
}

static inline HANDLE event_make(BOOL manual, BOOL set)
{
    HANDLE event = CreateEventA(NULL, manual, set, NULL);
    REQUIRE(event != NULL);
    return event;
}

/* ---- ports ---- */

#define UNTOUCHED_BYTES ((DWORD)0xA5A5A5A5)
#define UNTOUCHED_KEY ((ULONG_PTR)0x5A5A5A5A)
#define UNTOUCHED_POINTER ((LPOVERLAPPED)(ULONG_PTR)0xA5A5A5A0)
#define UNTOUCHED_ERROR ((DWORD)0xBEEF)

/* What one GetQueuedCompletionStatus gave; the UNTOUCHED values show what it did not write. */
struct packet {
    BOOL ok;
    DWORD error; /* last error after the call, UNTOUCHED_ERROR if the call left it alone */
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
};

static inline struct packet port_take(HANDLE port, DWORD milliseconds)
{
    struct packet p = {FALSE, 0, UNTOUCHED_BYTES, UNTOUCHED_KEY, UNTOUCHED_POINTER};
    SetLastError(UNTOUCHED_ERROR);
    p.ok = GetQueuedCompletionStatus(port, &p.bytes, &p.key, &p.overlapped, milliseconds);
    p.error = GetLastError();
    return p;
}

static inline HANDLE port_make(DWORD concurrency)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    REQUIRE(port != NULL);
    return port;
}

static inline void port_post(HANDLE port, DWORD bytes, ULONG_PTR key, void *overlapped)
{
    REQUIRE(PostQueuedCompletionStatus(port, bytes, key, (LPOVERLAPPED)overlapped));
}

static inline int port_is_empty(HANDLE port)
{
    struct packet p = port_take(port, 0);
    return !p.ok && p.overlapped == NULL && p.error == WAIT_TIMEOUT;
}

#endif
