/* SPDX-License-Identifier: MIT
 *
 * Waiting, and the objects made to be waited for: events, mutexes, semaphores, waitable timers;
 * the locks that live in the program's own memory; sleeping.
 *
 * Times are milliseconds, INFINITE meaning no limit. Functions that return a HANDLE return NULL on
 * failure, BOOL functions FALSE, with GetLastError; a bad handle is ERROR_INVALID_HANDLE.
 * Creating an object under a name that exists gives a handle to that one and leaves
 * ERROR_ALREADY_EXISTS; opening one that does not gives ERROR_FILE_NOT_FOUND. Names are case
 * sensitive and known within the process. A NULL name makes an object without one.
 */
#ifndef _SYNCHAPI_H_
#define _SYNCHAPI_H_

#include "minwinbase.h"

#ifndef INFINITE
#define INFINITE 0xFFFFFFFFu
#endif
#define MUTEX_MODIFY_STATE MUTANT_QUERY_STATE
#define MUTEX_ALL_ACCESS MUTANT_ALL_ACCESS

typedef RTL_SRWLOCK SRWLOCK, *PSRWLOCK;
#define SRWLOCK_INIT RTL_SRWLOCK_INIT
typedef RTL_CONDITION_VARIABLE CONDITION_VARIABLE, *PCONDITION_VARIABLE;
#define CONDITION_VARIABLE_INIT RTL_CONDITION_VARIABLE_INIT
#define CONDITION_VARIABLE_LOCKMODE_SHARED RTL_CONDITION_VARIABLE_LOCKMODE_SHARED
typedef RTL_RUN_ONCE INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
#define INIT_ONCE_STATIC_INIT RTL_RUN_ONCE_INIT
#define INIT_ONCE_CHECK_ONLY RTL_RUN_ONCE_CHECK_ONLY
#define INIT_ONCE_ASYNC RTL_RUN_ONCE_ASYNC
#define INIT_ONCE_INIT_FAILED RTL_RUN_ONCE_INIT_FAILED
#define INIT_ONCE_CTX_RESERVED_BITS RTL_RUN_ONCE_CTX_RESERVED_BITS
#define CRITICAL_SECTION_NO_DEBUG_INFO 0x01000000

#define CREATE_EVENT_MANUAL_RESET 0x1
#define CREATE_EVENT_INITIAL_SET 0x2
#define CREATE_MUTEX_INITIAL_OWNER 0x1
#define CREATE_WAITABLE_TIMER_MANUAL_RESET 0x1
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x2
typedef RTL_BARRIER SYNCHRONIZATION_BARRIER, *PSYNCHRONIZATION_BARRIER, *LPSYNCHRONIZATION_BARRIER;
#define SYNCHRONIZATION_BARRIER_FLAGS_SPIN_ONLY 0x01
#define SYNCHRONIZATION_BARRIER_FLAGS_BLOCK_ONLY 0x02
#define SYNCHRONIZATION_BARRIER_FLAGS_NO_DELETE 0x04

typedef BOOL(WINAPI *PINIT_ONCE_FN)(PINIT_ONCE InitOnce, PVOID Parameter, PVOID *Context);
typedef VOID(WINAPI *PTIMERAPCROUTINE)(LPVOID lpArgToCompletionRoutine, DWORD dwTimerLowValue,
                                       DWORD dwTimerHighValue);

IOCP_BEGIN_DECLS

/* ---- waiting ---- */

/* WaitForSingleObject: waits until the object is signalled and takes it as its kind demands.
 * Returns WAIT_OBJECT_0, WAIT_ABANDONED (a mutex whose owner ended), WAIT_TIMEOUT, or WAIT_FAILED.
 * The Ex form: if bAlertable, APCs run and it returns WAIT_IO_COMPLETION.
 * sdk:waitforsingleobject, sdk:waitforsingleobjectex */
WINBASEAPI DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds);
WINBASEAPI DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds,
                                              BOOL bAlertable);

/* WaitForMultipleObjects: waits for one (the lowest index wins, WAIT_OBJECT_0 + index) or for all
 * of 1 to MAXIMUM_WAIT_OBJECTS handles. WAIT_FAILED: ERROR_INVALID_PARAMETER for a bad count or,
 * with bWaitAll, a handle given twice. sdk:waitformultipleobjects, sdk:waitformultipleobjectsex */
WINBASEAPI DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles,
                                               BOOL bWaitAll, DWORD dwMilliseconds);
WINBASEAPI DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles,
                                                 BOOL bWaitAll, DWORD dwMilliseconds,
                                                 BOOL bAlertable);

/* SignalObjectAndWait: sets an event, releases a mutex or adds 1 to a semaphore, then waits for the
 * other object. Returns as WaitForSingleObjectEx; WAIT_FAILED: ERROR_INVALID_HANDLE,
 * ERROR_NOT_OWNER, ERROR_TOO_MANY_POSTS. sdk:signalobjectandwait */
WINBASEAPI DWORD WINAPI SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn,
                                            DWORD dwMilliseconds, BOOL bAlertable);

/* Sleep: gives up the processor for that time; 0 only yields. SleepEx: if bAlertable, returns
 * WAIT_IO_COMPLETION once APCs ran, else 0. sdk:sleep, sdk:sleepex */
WINBASEAPI VOID WINAPI Sleep(DWORD dwMilliseconds);
WINBASEAPI DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable);

/* WaitOnAddress: sleeps while AddressSize (1, 2, 4 or 8) bytes at Address equal those at
 * CompareAddress; may return without cause. FALSE: ERROR_TIMEOUT, ERROR_INVALID_PARAMETER.
 * WakeByAddressSingle and All wake one or all that sleep on Address.
 * sdk:waitonaddress, sdk:wakebyaddresssingle, sdk:wakebyaddressall */
WINBASEAPI BOOL WINAPI WaitOnAddress(volatile VOID *Address, PVOID CompareAddress,
                                     SIZE_T AddressSize, DWORD dwMilliseconds);
WINBASEAPI VOID WINAPI WakeByAddressSingle(PVOID Address);
WINBASEAPI VOID WINAPI WakeByAddressAll(PVOID Address);

/* ---- events ---- */

/* CreateEvent: bManualReset TRUE: stays signalled until ResetEvent and releases everyone; FALSE:
 * releases one waiter and resets. sdk:createeventa */
WINBASEAPI HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
                                      BOOL bInitialState, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset,
                                      BOOL bInitialState, LPCWSTR lpName);
/* CreateEventEx: the same by flags, CREATE_EVENT_MANUAL_RESET and CREATE_EVENT_INITIAL_SET; other
 * flags: ERROR_INVALID_PARAMETER. Access rights are not enforced, in this as in the other Ex forms.
 * sdk:createeventexa */
WINBASEAPI HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName,
                                        DWORD dwFlags, DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName,
                                        DWORD dwFlags, DWORD dwDesiredAccess);
/* OpenEvent: an existing event by name. sdk:openeventa */
WINBASEAPI HANDLE WINAPI OpenEventA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName);
/* SetEvent signals it, ResetEvent ends that, PulseEvent releases only who waits at this moment.
 * sdk:setevent, sdk:resetevent, sdk:pulseevent */
WINBASEAPI BOOL WINAPI SetEvent(HANDLE hEvent);
WINBASEAPI BOOL WINAPI ResetEvent(HANDLE hEvent);
WINBASEAPI BOOL WINAPI PulseEvent(HANDLE hEvent);

/* ---- mutexes: owned by a thread, which may take one repeatedly ---- */

/* CreateMutex: bInitialOwner TRUE: the caller owns it from the start. sdk:createmutexa */
WINBASEAPI HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner,
                                      LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner,
                                      LPCWSTR lpName);
/* CreateMutexEx: the same by flags, CREATE_MUTEX_INITIAL_OWNER. sdk:createmutexexa */
WINBASEAPI HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCSTR lpName,
                                        DWORD dwFlags, DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES lpMutexAttributes, LPCWSTR lpName,
                                        DWORD dwFlags, DWORD dwDesiredAccess);
/* OpenMutex: an existing mutex by name. sdk:openmutexw */
WINBASEAPI HANDLE WINAPI OpenMutexA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI OpenMutexW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName);
/* ReleaseMutex: undoes one wait. FALSE: ERROR_NOT_OWNER. sdk:releasemutex */
WINBASEAPI BOOL WINAPI ReleaseMutex(HANDLE hMutex);

/* ---- semaphores ---- */

/* CreateSemaphore: a count from 0 to lMaximumCount; a wait takes 1. NULL:
 * ERROR_INVALID_PARAMETER. sdk:createsemaphorea */
WINBASEAPI HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes,
                                          LONG lInitialCount, LONG lMaximumCount, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes,
                                          LONG lInitialCount, LONG lMaximumCount, LPCWSTR lpName);
/* CreateSemaphoreEx: the same; dwFlags is 0. sdk:createsemaphoreexw */
WINBASEAPI HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes,
                                            LONG lInitialCount, LONG lMaximumCount, LPCSTR lpName,
                                            DWORD dwFlags, DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes,
                                            LONG lInitialCount, LONG lMaximumCount, LPCWSTR lpName,
                                            DWORD dwFlags, DWORD dwDesiredAccess);
/* OpenSemaphore: an existing semaphore by name. sdk:opensemaphorew */
WINBASEAPI HANDLE WINAPI OpenSemaphoreA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI OpenSemaphoreW(DWORD dwDesiredAccess, BOOL bInheritHandle,
                                        LPCWSTR lpName);
/* ReleaseSemaphore: adds lReleaseCount (at least 1), stores the count before. FALSE, with nothing
 * changed: ERROR_TOO_MANY_POSTS, ERROR_INVALID_PARAMETER. sdk:releasesemaphore */
WINBASEAPI BOOL WINAPI ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount,
                                        LPLONG lpPreviousCount);

/* ---- waitable timers ---- */

/* CreateWaitableTimer: bManualReset as for events. sdk:createwaitabletimerw */
WINBASEAPI HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES lpTimerAttributes,
                                              BOOL bManualReset, LPCSTR lpTimerName);
WINBASEAPI HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES lpTimerAttributes,
                                              BOOL bManualReset, LPCWSTR lpTimerName);
/* CreateWaitableTimerEx: the same by flags, CREATE_WAITABLE_TIMER_MANUAL_RESET; every timer is one
 * of CREATE_WAITABLE_TIMER_HIGH_RESOLUTION. sdk:createwaitabletimerexw */
WINBASEAPI HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES lpTimerAttributes,
                                                LPCSTR lpTimerName, DWORD dwFlags,
                                                DWORD dwDesiredAccess);
WINBASEAPI HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES lpTimerAttributes,
                                                LPCWSTR lpTimerName, DWORD dwFlags,
                                                DWORD dwDesiredAccess);
/* OpenWaitableTimer: an existing timer by name. sdk:openwaitabletimerw */
WINBASEAPI HANDLE WINAPI OpenWaitableTimerA(DWORD dwDesiredAccess, BOOL bInheritHandle,
                                            LPCSTR lpTimerName);
WINBASEAPI HANDLE WINAPI OpenWaitableTimerW(DWORD dwDesiredAccess, BOOL bInheritHandle,
                                            LPCWSTR lpTimerName);
/* SetWaitableTimer: signals at *lpDueTime, in 100 ns: negative from now, positive a FILETIME; then
 * every lPeriod ms (0: once). The routine, if any, is an APC of the calling thread. fResume is
 * ignored. FALSE: ERROR_INVALID_PARAMETER. sdk:setwaitabletimer */
WINBASEAPI BOOL WINAPI SetWaitableTimer(HANDLE hTimer, const LARGE_INTEGER *lpDueTime, LONG lPeriod,
                                        PTIMERAPCROUTINE pfnCompletionRoutine,
                                        LPVOID lpArgToCompletionRoutine, BOOL fResume);
/* SetWaitableTimerEx: the same; WakeContext and TolerableDelay are ignored (on time is tolerable).
 * sdk:setwaitabletimerex */
WINBASEAPI BOOL WINAPI SetWaitableTimerEx(HANDLE hTimer, const LARGE_INTEGER *lpDueTime,
                                          LONG lPeriod, PTIMERAPCROUTINE pfnCompletionRoutine,
                                          LPVOID lpArgToCompletionRoutine,
                                          PREASON_CONTEXT WakeContext, ULONG TolerableDelay);
/* CancelWaitableTimer: stops it; its state stays. sdk:cancelwaitabletimer */
WINBASEAPI BOOL WINAPI CancelWaitableTimer(HANDLE hTimer);

/* ---- critical sections: a recursive lock ---- */

/* InitializeCriticalSection and its forms: the spin count and flags are hints; they return TRUE.
 * sdk:initializecriticalsection, sdk:initializecriticalsectionandspincount,
 * sdk:initializecriticalsectionex */
WINBASEAPI VOID WINAPI InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection);
WINBASEAPI BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection,
                                                             DWORD dwSpinCount);
WINBASEAPI BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection,
                                                   DWORD dwSpinCount, DWORD Flags);
/* SetCriticalSectionSpinCount: returns the count before. sdk:setcriticalsectionspincount */
WINBASEAPI DWORD WINAPI SetCriticalSectionSpinCount(LPCRITICAL_SECTION lpCriticalSection,
                                                    DWORD dwSpinCount);
/* EnterCriticalSection takes it, TryEnterCriticalSection only if that needs no wait (FALSE
 * otherwise), LeaveCriticalSection undoes one of these. sdk:entercriticalsection,
 * sdk:tryentercriticalsection, sdk:leavecriticalsection */
WINBASEAPI VOID WINAPI EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection);
WINBASEAPI BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection);
WINBASEAPI VOID WINAPI LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection);
/* DeleteCriticalSection: the end of a lock that nobody holds. sdk:deletecriticalsection */
WINBASEAPI VOID WINAPI DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection);

/* ---- slim reader/writer locks: not recursive ---- */

/* Acquire waits; TryAcquire returns FALSE instead; Release must match. sdk:initializesrwlock,
 * sdk:acquiresrwlockexclusive, sdk:acquiresrwlockshared, sdk:releasesrwlockexclusive,
 * sdk:releasesrwlockshared, sdk:tryacquiresrwlockexclusive, sdk:tryacquiresrwlockshared */
WINBASEAPI VOID WINAPI InitializeSRWLock(PSRWLOCK SRWLock);
WINBASEAPI VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK SRWLock);
WINBASEAPI VOID WINAPI AcquireSRWLockShared(PSRWLOCK SRWLock);
WINBASEAPI VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK SRWLock);
WINBASEAPI VOID WINAPI ReleaseSRWLockShared(PSRWLOCK SRWLock);
WINBASEAPI BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK SRWLock);
WINBASEAPI BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK SRWLock);

/* ---- condition variables ---- */

/* SleepConditionVariableCS and SRW: release the lock, wait to be woken, take the lock again. May
 * wake without cause. FALSE: ERROR_TIMEOUT. Flags: CONDITION_VARIABLE_LOCKMODE_SHARED if the lock
 * is held shared. sdk:initializeconditionvariable, sdk:sleepconditionvariablecs,
 * sdk:sleepconditionvariablesrw, sdk:wakeconditionvariable, sdk:wakeallconditionvariable */
WINBASEAPI VOID WINAPI InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable);
WINBASEAPI BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable,
                                                PCRITICAL_SECTION CriticalSection,
                                                DWORD dwMilliseconds);
WINBASEAPI BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable,
                                                 PSRWLOCK SRWLock, DWORD dwMilliseconds,
                                                 ULONG Flags);
WINBASEAPI VOID WINAPI WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable);
WINBASEAPI VOID WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable);

/* ---- barriers ---- */

/* InitializeSynchronizationBarrier: for lTotalThreads (at least 1); lSpinCount is a hint, -1 the
 * default. FALSE: ERROR_INVALID_PARAMETER. EnterSynchronizationBarrier: waits until that many have
 * entered; TRUE for the last of them, FALSE for the others; then all may enter again. Flags: the
 * SPIN_ONLY and BLOCK_ONLY hints; NO_DELETE (by all or none) does without what Delete needs.
 * DeleteSynchronizationBarrier: waits until every thread has left.
 * sdk:initializesynchronizationbarrier, sdk:entersynchronizationbarrier,
 * sdk:deletesynchronizationbarrier */
WINBASEAPI BOOL WINAPI InitializeSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER lpBarrier,
                                                        LONG lTotalThreads, LONG lSpinCount);
WINBASEAPI BOOL WINAPI EnterSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER lpBarrier,
                                                   DWORD dwFlags);
WINBASEAPI BOOL WINAPI DeleteSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER lpBarrier);

/* ---- once ---- */

/* InitOnceExecuteOnce: calls InitFn(InitOnce, Parameter, Context) the first time, others wait for
 * it; if it returns FALSE the next caller tries again. FALSE: the function failed.
 * sdk:initonceinitialize, sdk:initonceexecuteonce */
WINBASEAPI VOID WINAPI InitOnceInitialize(PINIT_ONCE InitOnce);
WINBASEAPI BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn,
                                           PVOID Parameter, LPVOID *Context);
/* InitOnceBeginInitialize, InitOnceComplete: the same in two steps; *fPending tells the caller to
 * do the work. The two low bits of a context are the library's. FALSE: ERROR_GEN_FAILURE,
 * ERROR_INVALID_PARAMETER. sdk:initoncebegininitialize, sdk:initoncecomplete */
WINBASEAPI BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE lpInitOnce, DWORD dwFlags,
                                               PBOOL fPending, LPVOID *lpContext);
WINBASEAPI BOOL WINAPI InitOnceComplete(LPINIT_ONCE lpInitOnce, DWORD dwFlags, LPVOID lpContext);

IOCP_END_DECLS

#ifdef UNICODE
#define CreateEvent CreateEventW
#define CreateEventEx CreateEventExW
#define OpenEvent OpenEventW
#define CreateMutex CreateMutexW
#define CreateMutexEx CreateMutexExW
#define OpenMutex OpenMutexW
#define CreateSemaphore CreateSemaphoreW
#define CreateSemaphoreEx CreateSemaphoreExW
#define OpenSemaphore OpenSemaphoreW
#define CreateWaitableTimer CreateWaitableTimerW
#define CreateWaitableTimerEx CreateWaitableTimerExW
#define OpenWaitableTimer OpenWaitableTimerW
#else
#define CreateEvent CreateEventA
#define CreateEventEx CreateEventExA
#define OpenEvent OpenEventA
#define CreateMutex CreateMutexA
#define CreateMutexEx CreateMutexExA
#define OpenMutex OpenMutexA
#define CreateSemaphore CreateSemaphoreA
#define CreateSemaphoreEx CreateSemaphoreExA
#define OpenSemaphore OpenSemaphoreA
#define CreateWaitableTimer CreateWaitableTimerA
#define CreateWaitableTimerEx CreateWaitableTimerExA
#define OpenWaitableTimer OpenWaitableTimerA
#endif

#endif
