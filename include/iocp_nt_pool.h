/* SPDX-License-Identifier: MIT
 *
 * The native calls under the thread pool, which no SDK header declares: programs on Windows bring
 * their own declarations and look the functions up in ntdll, and both work here without this
 * header. They are the functions of threadpoolapiset.h and threadpoollegacyapiset.h, which tell
 * what they do, and serve the same objects; what can fail returns an NTSTATUS, what is made is
 * stored through the first argument, and the last error is left alone. An environment of NULL means
 * the process's own pool. Sources: rules POOL-27 to POOL-31 of docs/contract.md.
 *
 * Where a status is named below it is beside STATUS_NO_MEMORY.
 */
#ifndef IOCP_NT_POOL_H
#define IOCP_NT_POOL_H

#include "minwinbase.h"
#include "winternl.h"

/* An operation has ended: ApcContext is its OVERLAPPED, or the second value of a posted packet;
 * IoSB, which is there for the call only, its status and bytes. */
typedef VOID(NTAPI *PTP_IO_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context,
                                     PVOID ApcContext, PIO_STATUS_BLOCK IoSB, PTP_IO Io);

IOCP_BEGIN_DECLS

/* ---- pools: CreateThreadpool and its kin ---- */

/* STATUS_INVALID_PARAMETER: Reserved is not NULL. */
NTSTATUS NTAPI TpAllocPool(PTP_POOL *PoolReturn, PVOID Reserved);
VOID NTAPI TpReleasePool(PTP_POOL Pool);
VOID NTAPI TpSetPoolMaxThreads(PTP_POOL Pool, ULONG MaxThreads);
/* STATUS_INSUFFICIENT_RESOURCES: not all of these could be started. */
NTSTATUS NTAPI TpSetPoolMinThreads(PTP_POOL Pool, ULONG MinThreads);
/* STATUS_INVALID_PARAMETER: no structure. */
NTSTATUS NTAPI TpSetPoolStackInformation(PTP_POOL Pool,
                                         PTP_POOL_STACK_INFORMATION PoolStackInformation);
NTSTATUS NTAPI TpQueryPoolStackInformation(PTP_POOL Pool,
                                           PTP_POOL_STACK_INFORMATION PoolStackInformation);

/* ---- work: CreateThreadpoolWork and its kin ---- */

NTSTATUS NTAPI TpAllocWork(PTP_WORK *WorkReturn, PTP_WORK_CALLBACK Callback, PVOID Context,
                           PTP_CALLBACK_ENVIRON CallbackEnviron);
VOID NTAPI TpPostWork(PTP_WORK Work);
VOID NTAPI TpWaitForWork(PTP_WORK Work, LOGICAL CancelPendingCallbacks);
VOID NTAPI TpReleaseWork(PTP_WORK Work);
/* TrySubmitThreadpoolCallback */
NTSTATUS NTAPI TpSimpleTryPost(PTP_SIMPLE_CALLBACK Callback, PVOID Context,
                               PTP_CALLBACK_ENVIRON CallbackEnviron);

/* ---- timers: CreateThreadpoolTimer and its kin ---- */

/* Times in 100 ns, negative from now, else a FILETIME; NULL: no more. Periods and windows in ms. */
NTSTATUS NTAPI TpAllocTimer(PTP_TIMER *Timer, PTP_TIMER_CALLBACK Callback, PVOID Context,
                            PTP_CALLBACK_ENVIRON CallbackEnviron);
VOID NTAPI TpSetTimer(PTP_TIMER Timer, PLARGE_INTEGER DueTime, ULONG Period, ULONG WindowLength);
LOGICAL NTAPI TpIsTimerSet(PTP_TIMER Timer);
VOID NTAPI TpWaitForTimer(PTP_TIMER Timer, LOGICAL CancelPendingCallbacks);
VOID NTAPI TpReleaseTimer(PTP_TIMER Timer);

/* ---- waits: CreateThreadpoolWait and its kin ---- */

/* TpSetWait: Timeout as above, NULL: never. Nothing is set for what cannot be waited for. */
NTSTATUS NTAPI TpAllocWait(PTP_WAIT *WaitReturn, PTP_WAIT_CALLBACK Callback, PVOID Context,
                           PTP_CALLBACK_ENVIRON CallbackEnviron);
VOID NTAPI TpSetWait(PTP_WAIT Wait, HANDLE Handle, PLARGE_INTEGER Timeout);
VOID NTAPI TpWaitForWait(PTP_WAIT Wait, LOGICAL CancelPendingCallbacks);
VOID NTAPI TpReleaseWait(PTP_WAIT Wait);

/* ---- I/O: CreateThreadpoolIo and its kin ---- */

/* STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER: bound already, or not overlapped. */
NTSTATUS NTAPI TpAllocIoCompletion(PTP_IO *IoReturn, HANDLE File, PTP_IO_CALLBACK Callback,
                                   PVOID Context, PTP_CALLBACK_ENVIRON CallbackEnviron);
VOID NTAPI TpStartAsyncIoOperation(PTP_IO Io);
VOID NTAPI TpCancelAsyncIoOperation(PTP_IO Io);
VOID NTAPI TpWaitForIoCompletion(PTP_IO Io, LOGICAL CancelPendingCallbacks);
VOID NTAPI TpReleaseIoCompletion(PTP_IO Io);

/* ---- cleanup groups: CreateThreadpoolCleanupGroup and its kin ---- */

NTSTATUS NTAPI TpAllocCleanupGroup(PTP_CLEANUP_GROUP *CleanupGroupReturn);
VOID NTAPI TpReleaseCleanupGroup(PTP_CLEANUP_GROUP CleanupGroup);
VOID NTAPI TpReleaseCleanupGroupMembers(PTP_CLEANUP_GROUP CleanupGroup,
                                        LOGICAL CancelPendingCallbacks, PVOID CleanupParameter);

/* ---- inside a callback: CallbackMayRunLong and its kin ---- */

/* STATUS_TOO_MANY_THREADS: there is and can be no thread for the others. */
NTSTATUS NTAPI TpCallbackMayRunLong(PTP_CALLBACK_INSTANCE Instance);
VOID NTAPI TpDisassociateCallback(PTP_CALLBACK_INSTANCE Instance);
VOID NTAPI TpCallbackSetEventOnCompletion(PTP_CALLBACK_INSTANCE Instance, HANDLE Event);
VOID NTAPI TpCallbackReleaseSemaphoreOnCompletion(PTP_CALLBACK_INSTANCE Instance, HANDLE Semaphore,
                                                  ULONG ReleaseCount);
VOID NTAPI TpCallbackReleaseMutexOnCompletion(PTP_CALLBACK_INSTANCE Instance, HANDLE Mutex);
VOID NTAPI TpCallbackLeaveCriticalSectionOnCompletion(PTP_CALLBACK_INSTANCE Instance,
                                                      PRTL_CRITICAL_SECTION CriticalSection);
VOID NTAPI TpCallbackUnloadDllOnCompletion(PTP_CALLBACK_INSTANCE Instance, PVOID DllHandle);

/* ---- before there were objects ---- */

/* QueueUserWorkItem, for a function that returns nothing. */
NTSTATUS NTAPI RtlQueueWorkItem(WORKERCALLBACKFUNC Function, PVOID Context, ULONG Flags);
/* RegisterWaitForSingleObject. STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER: a mutex. */
NTSTATUS NTAPI RtlRegisterWait(PHANDLE WaitHandle, HANDLE Handle, WAITORTIMERCALLBACKFUNC Function,
                               PVOID Context, ULONG Milliseconds, ULONG Flags);
/* UnregisterWait, UnregisterWaitEx. STATUS_PENDING: a callback still runs, the wait is ended all
 * the same; STATUS_INVALID_HANDLE. */
NTSTATUS NTAPI RtlDeregisterWait(HANDLE WaitHandle);
NTSTATUS NTAPI RtlDeregisterWaitEx(HANDLE WaitHandle, HANDLE Event);

IOCP_END_DECLS

#endif
