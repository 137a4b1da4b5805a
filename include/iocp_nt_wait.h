/* SPDX-License-Identifier: MIT
 *
 * The native calls under waits, APCs, clocks and the objects to wait for, which no SDK header
 * declares: programs on Windows bring their own declarations and look the functions up in ntdll,
 * and both work here without this header. The handles are those of the Win32 calls. All return an
 * NTSTATUS and leave the last error alone; access masks are accepted and not enforced. Sources:
 * rules WAIT-13 to WAIT-20 and APC-7 of docs/contract.md.
 *
 * Timeouts are in 100 ns, negative from now, positive a FILETIME, zero past, NULL for ever.
 * A handle that is none, or of another kind: STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH.
 */
#ifndef IOCP_NT_WAIT_H
#define IOCP_NT_WAIT_H

#include "winternl.h"

typedef VOID(NTAPI *PPS_APC_ROUTINE)(PVOID ApcArgument1, PVOID ApcArgument2, PVOID ApcArgument3);
typedef VOID(NTAPI *PTIMER_APC_ROUTINE)(PVOID TimerContext, ULONG TimerLowValue,
                                        LONG TimerHighValue);

IOCP_BEGIN_DECLS

/* ---- waits; winternl.h has NtWaitForSingleObject ---- */

/* NtWaitForMultipleObjects: as there, for 1 to 64 objects; STATUS_WAIT_0 or STATUS_ABANDONED_WAIT_0
 * plus an index. STATUS_INVALID_PARAMETER_1: the count; _3: the type; STATUS_INVALID_PARAMETER_MIX:
 * one of them twice, with WaitAll. */
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG Count, HANDLE *Handles, WAIT_TYPE WaitType,
                                        BOOLEAN Alertable, PLARGE_INTEGER Timeout);
/* NtSignalAndWaitForSingleObject: SignalObjectAndWait. STATUS_MUTANT_NOT_OWNED,
 * STATUS_SEMAPHORE_LIMIT_EXCEEDED: nothing was signalled, and not waited. */
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE SignalHandle, HANDLE WaitHandle,
                                              BOOLEAN Alertable, PLARGE_INTEGER Timeout);
/* NtDelayExecution: SleepEx. STATUS_SUCCESS when the time has passed, STATUS_USER_APC;
 * STATUS_ACCESS_VIOLATION: no interval. NtYieldExecution: SwitchToThread, STATUS_SUCCESS always. */
NTSTATUS NTAPI NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER DelayInterval);
NTSTATUS NTAPI NtYieldExecution(VOID);

/* ---- APCs ---- */

/* NtQueueApcThread: QueueUserAPC for a function of three arguments. STATUS_UNSUCCESSFUL: the thread
 * has ended; STATUS_NO_MEMORY. NtTestAlert: runs what is queued to the calling thread;
 * STATUS_SUCCESS. */
NTSTATUS NTAPI NtQueueApcThread(HANDLE ThreadHandle, PPS_APC_ROUTINE ApcRoutine, PVOID ApcArgument1,
                                PVOID ApcArgument2, PVOID ApcArgument3);
NTSTATUS NTAPI NtTestAlert(VOID);

/* ---- clocks; winternl.h has NtQuerySystemTime ---- */

/* NtQueryPerformanceCounter: QueryPerformanceCounter, and the ticks per second if Frequency is not
 * NULL. STATUS_ACCESS_VIOLATION: no counter. */
NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER PerformanceCounter,
                                         PLARGE_INTEGER PerformanceFrequency);

/* ---- objects ----
 *
 * Attributes may be NULL, for an object without a name. Names are \BaseNamedObjects\NAME (the Win32
 * calls' Global\NAME) or \Sessions\N\BaseNamedObjects\NAME (NAME, Local\NAME), in this process.
 * A name that exists: with OBJ_OPENIF a handle for that object and STATUS_OBJECT_NAME_EXISTS, else
 * STATUS_OBJECT_NAME_COLLISION; STATUS_OBJECT_TYPE_MISMATCH if it is another kind's.
 * STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD (no backslash in front),
 * STATUS_OBJECT_PATH_NOT_FOUND (another directory), STATUS_INVALID_HANDLE (RootDirectory),
 * STATUS_INVALID_PARAMETER (Length of the attributes). STATUS_NO_MEMORY. */

/* Previous states may be asked for by a pointer that is not NULL. NtClearEvent is NtResetEvent
 * without one. STATUS_INVALID_PARAMETER: no such type. */
NTSTATUS NTAPI NtCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                             BOOLEAN InitialState);
NTSTATUS NTAPI NtOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes);
NTSTATUS NTAPI NtSetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS NTAPI NtResetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS NTAPI NtClearEvent(HANDLE EventHandle);
NTSTATUS NTAPI NtPulseEvent(HANDLE EventHandle, PLONG PreviousState);

/* STATUS_INVALID_PARAMETER: not 0 <= InitialCount <= MaximumCount, 0 < MaximumCount; or nothing to
 * release. STATUS_SEMAPHORE_LIMIT_EXCEEDED changes nothing. */
NTSTATUS NTAPI NtCreateSemaphore(PHANDLE SemaphoreHandle, ACCESS_MASK DesiredAccess,
                                 POBJECT_ATTRIBUTES ObjectAttributes, LONG InitialCount,
                                 LONG MaximumCount);
NTSTATUS NTAPI NtOpenSemaphore(PHANDLE SemaphoreHandle, ACCESS_MASK DesiredAccess,
                               POBJECT_ATTRIBUTES ObjectAttributes);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE SemaphoreHandle, LONG ReleaseCount, PLONG PreviousCount);

/* Mutants are mutexes. *PreviousCount: 0 if the thread had it once, -1 twice, and so on.
 * STATUS_MUTANT_NOT_OWNED. */
NTSTATUS NTAPI NtCreateMutant(PHANDLE MutantHandle, ACCESS_MASK DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, BOOLEAN InitialOwner);
NTSTATUS NTAPI NtOpenMutant(PHANDLE MutantHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes);
NTSTATUS NTAPI NtReleaseMutant(HANDLE MutantHandle, PLONG PreviousCount);

/* NtSetTimer: SetWaitableTimer; Period in ms; ResumeTimer changes nothing. The states tell whether
 * the timer was signalled. STATUS_INVALID_PARAMETER_4: no such type; _6: a negative period. */
NTSTATUS NTAPI NtCreateTimer(PHANDLE TimerHandle, ACCESS_MASK DesiredAccess,
                             POBJECT_ATTRIBUTES ObjectAttributes, TIMER_TYPE TimerType);
NTSTATUS NTAPI NtOpenTimer(PHANDLE TimerHandle, ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes);
NTSTATUS NTAPI NtSetTimer(HANDLE TimerHandle, PLARGE_INTEGER DueTime,
                          PTIMER_APC_ROUTINE TimerApcRoutine, PVOID TimerContext,
                          BOOLEAN ResumeTimer, LONG Period, PBOOLEAN PreviousState);
NTSTATUS NTAPI NtCancelTimer(HANDLE TimerHandle, PBOOLEAN CurrentState);

IOCP_END_DECLS

#endif
