/* SPDX-License-Identifier: MIT
 *
 * The thread pool's older calls, which all use the process's own pool: work items and timer queues.
 * winbase.h has registered waits and bound files. Failures are FALSE or NULL, with GetLastError.
 *
 * Flags: WT_EXECUTELONGFUNCTION (the function takes long), WT_EXECUTEINPERSISTENTTHREAD and
 * WT_EXECUTEINIOTHREAD (on a thread that stays), WT_EXECUTEONLYONCE;
 * WT_SET_MAX_THREADPOOL_THREADS sets the pool's maximum.
 */
#ifndef _THREADPOOLLEGACYAPISET_H_
#define _THREADPOOLLEGACYAPISET_H_

#include "processthreadsapi.h"

typedef WAITORTIMERCALLBACKFUNC WAITORTIMERCALLBACK;

IOCP_BEGIN_DECLS

/* QueueUserWorkItem: runs the function once on a thread of the pool. sdk:queueuserworkitem */
WINBASEAPI BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE Function, PVOID Context,
                                         ULONG Flags);

/* UnregisterWaitEx: ends a registered wait. CompletionEvent INVALID_HANDLE_VALUE: returns when its
 * callbacks have ended; an event: it is set then; NULL: neither. FALSE: ERROR_INVALID_HANDLE, or
 * ERROR_IO_PENDING if a callback still runs: the wait is ended all the same.
 * sdk:unregisterwaitex */
WINBASEAPI BOOL WINAPI UnregisterWaitEx(HANDLE WaitHandle, HANDLE CompletionEvent);

/* CreateTimerQueue, and its timers: *Parameter with TRUE, DueTime ms from now and then every Period
 * ms (0: once). A NULL queue is the process's own. sdk:createtimerqueue, sdk:createtimerqueuetimer,
 * sdk:changetimerqueuetimer */
WINBASEAPI HANDLE WINAPI CreateTimerQueue(void);
WINBASEAPI BOOL WINAPI CreateTimerQueueTimer(PHANDLE phNewTimer, HANDLE TimerQueue,
                                             WAITORTIMERCALLBACK Callback, PVOID Parameter,
                                             DWORD DueTime, DWORD Period, ULONG Flags);
WINBASEAPI BOOL WINAPI ChangeTimerQueueTimer(HANDLE TimerQueue, HANDLE Timer, ULONG DueTime,
                                             ULONG Period);
/* DeleteTimerQueueTimer, DeleteTimerQueueEx: end a timer, or a queue with its timers; the event as
 * in UnregisterWaitEx. sdk:deletetimerqueuetimer, sdk:deletetimerqueueex */
WINBASEAPI BOOL WINAPI DeleteTimerQueueTimer(HANDLE TimerQueue, HANDLE Timer,
                                             HANDLE CompletionEvent);
WINBASEAPI BOOL WINAPI DeleteTimerQueueEx(HANDLE TimerQueue, HANDLE CompletionEvent);

IOCP_END_DECLS

#endif
