/* SPDX-License-Identifier: MIT
 *
 * Critical sections, slim reader/writer locks, condition variables, barriers and one-time
 * initialisation, as programs see them. All the work is done in wait/section.h.
 */
#include "status/codes.h"
#include "api/last_error.h"

#include "base/clock.h"
#include "wait/section.h"

#include <windows.h>

/* ---- critical sections ---- */

VOID WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section)
{
    section_init(section, 0);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins)
{
    section_init(section, spins & 0x00ffffff);
    return TRUE;
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins, DWORD flags)
{
    (void)flags;
    return InitializeCriticalSectionAndSpinCount(section, spins);
}

DWORD WINAPI SetCriticalSectionSpinCount(LPCRITICAL_SECTION section, DWORD spins)
{
    return section_set_spins(section, spins);
}

VOID WINAPI EnterCriticalSection(LPCRITICAL_SECTION section)
{
    section_enter(section);
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section)
{
    return section_try(section);
}

VOID WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section)
{
    section_leave(section);
}

VOID WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section)
{
    section_init(section, 0);
}

/* ---- slim reader/writer locks ---- */

VOID WINAPI InitializeSRWLock(PSRWLOCK lock)
{
    lock->Ptr = NULL;
}

VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK lock)
{
    slim_acquire_exclusive(lock);
}

VOID WINAPI AcquireSRWLockShared(PSRWLOCK lock)
{
    slim_acquire_shared(lock);
}

VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock)
{
    slim_release_exclusive(lock);
}

VOID WINAPI ReleaseSRWLockShared(PSRWLOCK lock)
{
    slim_release_shared(lock);
}

BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK lock)
{
    return slim_try_exclusive(lock);
}

BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK lock)
{
    return slim_try_shared(lock);
}

/* ---- condition variables ---- */

/* The one place where a time-out is 1460 and not 258. */
static BOOL condition__result(NTSTATUS status)
{
    if (status == STATUS_TIMEOUT) {
        api_set_last_error(ERROR_TIMEOUT);
        return FALSE;
    }
    return TRUE;
}

VOID WINAPI InitializeConditionVariable(PCONDITION_VARIABLE condition)
{
    condition->Ptr = NULL;
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE condition, PCRITICAL_SECTION section,
                                     DWORD milliseconds)
{
    return condition__result(
        condition_sleep_section(condition, section, clock_deadline(milliseconds)));
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE condition, PSRWLOCK lock,
                                      DWORD milliseconds, ULONG flags)
{
    if (flags & ~(ULONG)CONDITION_VARIABLE_LOCKMODE_SHARED)
        return api_fail(STATUS_INVALID_PARAMETER);
    return condition__result(
        condition_sleep_slim(condition, lock, flags != 0, clock_deadline(milliseconds)));
}

VOID WINAPI WakeConditionVariable(PCONDITION_VARIABLE condition)
{
    condition_wake(condition, false);
}

VOID WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE condition)
{
    condition_wake(condition, true);
}

/* ---- barriers ---- */

BOOL WINAPI InitializeSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier, LONG threads,
                                             LONG spins)
{
    return barrier_init(barrier, threads, spins) ? TRUE : api_fail(STATUS_INVALID_PARAMETER);
}

BOOL WINAPI EnterSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier, DWORD flags)
{
    return barrier_enter(barrier, flags);
}

BOOL WINAPI DeleteSynchronizationBarrier(LPSYNCHRONIZATION_BARRIER barrier)
{
    barrier_delete(barrier);
    return TRUE;
}

/* ---- one-time initialisation ---- */

VOID WINAPI InitOnceInitialize(PINIT_ONCE once)
{
    once->Ptr = NULL;
}

BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE once, DWORD flags, PBOOL pending, LPVOID *context)
{
    bool begin;
    NTSTATUS status = once_begin(once, flags, &begin, context);

    if (status < 0)
        return api_fail(status);
    *pending = begin;
    return TRUE;
}

BOOL WINAPI InitOnceComplete(LPINIT_ONCE once, DWORD flags, LPVOID context)
{
    NTSTATUS status = once_complete(once, flags, context);

    return status < 0 ? api_fail(status) : TRUE;
}

BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN function, PVOID parameter,
                                LPVOID *context)
{
    PVOID made = NULL;
    bool pending;
    NTSTATUS status = once_begin(once, 0, &pending, context);

    if (status < 0)
        return api_fail(status);
    if (!pending)
        return TRUE;
    if (!function(once, parameter, &made)) {
        /* The last error is the function's. */
        once_complete(once, INIT_ONCE_INIT_FAILED, NULL);
        return FALSE;
    }
    status = once_complete(once, 0, made);
    if (status < 0)
        return api_fail(status);
    if (context)
        *context = made;
    return TRUE;
}
