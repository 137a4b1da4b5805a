/* SPDX-License-Identifier: MIT
 *
 * The system's thread pool: callbacks for work, completed I/O, signalled objects and times, run by
 * threads that come and go as they are needed. winbase.h has the functions that fill a callback
 * environment. A NULL environment means the process's own pool.
 *
 * Functions that make something return NULL on failure, with GetLastError:
 * ERROR_NOT_ENOUGH_MEMORY if nothing else is said. Close functions return at once; the object goes
 * when its last callback has ended. A callback must not wait for its own object.
 */
#ifndef _THREADPOOLAPISET_H_
#define _THREADPOOLAPISET_H_

#include "minwinbase.h"

typedef VOID(WINAPI *PTP_WIN32_IO_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context,
                                            PVOID Overlapped, ULONG IoResult,
                                            ULONG_PTR NumberOfBytesTransferred, PTP_IO Io);

IOCP_BEGIN_DECLS

/* ---- pools ---- */

/* CreateThreadpool: a pool of up to 500 threads; reserved is NULL. CloseThreadpool: it goes with
 * its last object. sdk:createthreadpool, sdk:closethreadpool */
WINBASEAPI PTP_POOL WINAPI CreateThreadpool(PVOID reserved);
WINBASEAPI VOID WINAPI CloseThreadpool(PTP_POOL ptpp);
/* The most threads the pool may have, and how many stay when there is nothing to do. FALSE: not all
 * of these could be started. sdk:setthreadpoolthreadmaximum, sdk:setthreadpoolthreadminimum */
WINBASEAPI VOID WINAPI SetThreadpoolThreadMaximum(PTP_POOL ptpp, DWORD cthrdMost);
WINBASEAPI BOOL WINAPI SetThreadpoolThreadMinimum(PTP_POOL ptpp, DWORD cthrdMic);
/* The stack of threads started from now on, in bytes; 0: the default. The commit size is only
 * remembered. sdk:setthreadpoolstackinformation, sdk:querythreadpoolstackinformation */
WINBASEAPI BOOL WINAPI SetThreadpoolStackInformation(PTP_POOL ptpp,
                                                     PTP_POOL_STACK_INFORMATION ptpsi);
WINBASEAPI BOOL WINAPI QueryThreadpoolStackInformation(PTP_POOL ptpp,
                                                       PTP_POOL_STACK_INFORMATION ptpsi);

/* ---- work ---- */

/* CreateThreadpoolWork: a callback that runs once for each SubmitThreadpoolWork, which cannot fail;
 * several may run at a time. sdk:createthreadpoolwork, sdk:submitthreadpoolwork,
 * sdk:closethreadpoolwork */
WINBASEAPI PTP_WORK WINAPI CreateThreadpoolWork(PTP_WORK_CALLBACK pfnwk, PVOID pv,
                                                PTP_CALLBACK_ENVIRON pcbe);
WINBASEAPI VOID WINAPI SubmitThreadpoolWork(PTP_WORK pwk);
WINBASEAPI VOID WINAPI CloseThreadpoolWork(PTP_WORK pwk);
/* WaitForThreadpool...Callbacks: until none runs or is due; with fCancelPendingCallbacks those that
 * have not begun never will. sdk:waitforthreadpoolworkcallbacks */
WINBASEAPI VOID WINAPI WaitForThreadpoolWorkCallbacks(PTP_WORK pwk, BOOL fCancelPendingCallbacks);
/* TrySubmitThreadpoolCallback: runs a callback once. sdk:trysubmitthreadpoolcallback */
WINBASEAPI BOOL WINAPI TrySubmitThreadpoolCallback(PTP_SIMPLE_CALLBACK pfns, PVOID pv,
                                                   PTP_CALLBACK_ENVIRON pcbe);

/* ---- I/O ---- */

/* CreateThreadpoolIo: binds a file opened for overlapped I/O to the pool, for its whole life; each
 * completed operation runs the callback with its Win32 error and byte count. NULL:
 * ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER (bound already, or not overlapped).
 * sdk:createthreadpoolio, sdk:closethreadpoolio */
WINBASEAPI PTP_IO WINAPI CreateThreadpoolIo(HANDLE fl, PTP_WIN32_IO_CALLBACK pfnio, PVOID pv,
                                            PTP_CALLBACK_ENVIRON pcbe);
/* StartThreadpoolIo goes before each operation. CancelThreadpoolIo takes that back: the operation
 * failed at once, or succeeded at once on a file with FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
 * sdk:startthreadpoolio, sdk:cancelthreadpoolio */
WINBASEAPI VOID WINAPI StartThreadpoolIo(PTP_IO pio);
WINBASEAPI VOID WINAPI CancelThreadpoolIo(PTP_IO pio);
/* sdk:waitforthreadpooliocallbacks */
WINBASEAPI VOID WINAPI WaitForThreadpoolIoCallbacks(PTP_IO pio, BOOL fCancelPendingCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolIo(PTP_IO pio);

/* ---- waits ---- */

/* CreateThreadpoolWait: a callback for a signalled object. SetThreadpoolWait: once, when the object
 * is signalled, which the wait takes (WAIT_OBJECT_0), or when the time has passed (WAIT_TIMEOUT): a
 * FILETIME, negative from now in 100 ns, NULL never. A NULL handle: no more. A mutex cannot be
 * waited for here. The Ex form: TRUE if a wait was set until now; Reserved is NULL.
 * sdk:createthreadpoolwait, sdk:setthreadpoolwait, sdk:setthreadpoolwaitex,
 * sdk:waitforthreadpoolwaitcallbacks, sdk:closethreadpoolwait */
WINBASEAPI PTP_WAIT WINAPI CreateThreadpoolWait(PTP_WAIT_CALLBACK pfnwa, PVOID pv,
                                                PTP_CALLBACK_ENVIRON pcbe);
WINBASEAPI VOID WINAPI SetThreadpoolWait(PTP_WAIT pwa, HANDLE h, PFILETIME pftTimeout);
WINBASEAPI BOOL WINAPI SetThreadpoolWaitEx(PTP_WAIT pwa, HANDLE h, PFILETIME pftTimeout,
                                           PVOID Reserved);
WINBASEAPI VOID WINAPI WaitForThreadpoolWaitCallbacks(PTP_WAIT pwa, BOOL fCancelPendingCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolWait(PTP_WAIT pwa);

/* ---- timers ---- */

/* CreateThreadpoolTimer: a callback for a time. SetThreadpoolTimer: at *pftDueTime, as above, and
 * then every msPeriod ms (0: once), each up to msWindowLength ms late. NULL: no more. The Ex form:
 * TRUE if it was due until now. IsThreadpoolTimerSet: the last call gave a time.
 * sdk:createthreadpooltimer, sdk:setthreadpooltimer, sdk:setthreadpooltimerex,
 * sdk:isthreadpooltimerset, sdk:waitforthreadpooltimercallbacks, sdk:closethreadpooltimer */
WINBASEAPI PTP_TIMER WINAPI CreateThreadpoolTimer(PTP_TIMER_CALLBACK pfnti, PVOID pv,
                                                  PTP_CALLBACK_ENVIRON pcbe);
WINBASEAPI VOID WINAPI SetThreadpoolTimer(PTP_TIMER pti, PFILETIME pftDueTime, DWORD msPeriod,
                                          DWORD msWindowLength);
WINBASEAPI BOOL WINAPI SetThreadpoolTimerEx(PTP_TIMER pti, PFILETIME pftDueTime, DWORD msPeriod,
                                            DWORD msWindowLength);
WINBASEAPI BOOL WINAPI IsThreadpoolTimerSet(PTP_TIMER pti);
WINBASEAPI VOID WINAPI WaitForThreadpoolTimerCallbacks(PTP_TIMER pti, BOOL fCancelPendingCallbacks);
WINBASEAPI VOID WINAPI CloseThreadpoolTimer(PTP_TIMER pti);

/* ---- cleanup groups ---- */

/* Objects made in an environment with a group are its members until they are closed.
 * CloseThreadpoolCleanupGroupMembers closes all there are and returns when their callbacks have
 * ended; with fCancelPendingCallbacks those that have not begun never will, and the group's cancel
 * callback is run for each member. CloseThreadpoolCleanupGroup: the end of an empty group.
 * sdk:createthreadpoolcleanupgroup, sdk:closethreadpoolcleanupgroupmembers,
 * sdk:closethreadpoolcleanupgroup */
WINBASEAPI PTP_CLEANUP_GROUP WINAPI CreateThreadpoolCleanupGroup(void);
WINBASEAPI VOID WINAPI CloseThreadpoolCleanupGroupMembers(PTP_CLEANUP_GROUP ptpcg,
                                                          BOOL fCancelPendingCallbacks,
                                                          PVOID pvCleanupContext);
WINBASEAPI VOID WINAPI CloseThreadpoolCleanupGroup(PTP_CLEANUP_GROUP ptpcg);

/* ---- inside a callback ---- */

/* CallbackMayRunLong: the callback does not keep others from running any more. FALSE: there is and
 * can be no thread for them. DisassociateCurrentThreadFromCallback: nobody waits for it any more.
 * sdk:callbackmayrunlong, sdk:disassociatecurrentthreadfromcallback */
WINBASEAPI BOOL WINAPI CallbackMayRunLong(PTP_CALLBACK_INSTANCE pci);
WINBASEAPI VOID WINAPI DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE pci);
/* What is done once the callback has returned, one thing of each kind.
 * sdk:seteventwhencallbackreturns, sdk:releasesemaphorewhencallbackreturns,
 * sdk:releasemutexwhencallbackreturns, sdk:leavecriticalsectionwhencallbackreturns,
 * sdk:freelibrarywhencallbackreturns */
WINBASEAPI VOID WINAPI SetEventWhenCallbackReturns(PTP_CALLBACK_INSTANCE pci, HANDLE evt);
WINBASEAPI VOID WINAPI ReleaseSemaphoreWhenCallbackReturns(PTP_CALLBACK_INSTANCE pci, HANDLE sem,
                                                           DWORD crel);
WINBASEAPI VOID WINAPI ReleaseMutexWhenCallbackReturns(PTP_CALLBACK_INSTANCE pci, HANDLE mut);
WINBASEAPI VOID WINAPI LeaveCriticalSectionWhenCallbackReturns(PTP_CALLBACK_INSTANCE pci,
                                                               PCRITICAL_SECTION pcs);
WINBASEAPI VOID WINAPI FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE pci, HMODULE mod);

IOCP_END_DECLS

#endif
