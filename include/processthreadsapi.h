/* SPDX-License-Identifier: MIT
 *
 * Threads, thread-local storage, and the little of processes that concerns one's own.
 * BOOL functions: FALSE and GetLastError; a bad handle is ERROR_INVALID_HANDLE everywhere.
 */
#ifndef _PROCESSTHREADSAPI_H_
#define _PROCESSTHREADSAPI_H_

#include "minwinbase.h"

#define TLS_OUT_OF_INDEXES 0xFFFFFFFFu
#define CREATE_SUSPENDED 0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define THREAD_PRIORITY_LOWEST THREAD_BASE_PRIORITY_MIN
#define THREAD_PRIORITY_BELOW_NORMAL (THREAD_PRIORITY_LOWEST + 1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL (THREAD_PRIORITY_HIGHEST - 1)
#define THREAD_PRIORITY_HIGHEST THREAD_BASE_PRIORITY_MAX
#define THREAD_PRIORITY_TIME_CRITICAL THREAD_BASE_PRIORITY_LOWRT
#define THREAD_PRIORITY_IDLE THREAD_BASE_PRIORITY_IDLE
#define THREAD_PRIORITY_ERROR_RETURN MAXLONG

/* Runs in an alertable wait of the thread it was queued to. */
typedef VOID(NTAPI *PAPCFUNC)(ULONG_PTR Parameter);

typedef enum _QUEUE_USER_APC_FLAGS {
    QUEUE_USER_APC_FLAGS_NONE = 0,
    QUEUE_USER_APC_FLAGS_SPECIAL_USER_APC = 1,
    QUEUE_USER_APC_CALLBACK_DATA_CONTEXT = 0x10000
} QUEUE_USER_APC_FLAGS;

IOCP_BEGIN_DECLS

/* CreateThread: starts lpStartAddress(lpParameter) in a new thread.
 *   lpThreadAttributes  only bInheritHandle is looked at; may be NULL
 *   dwStackSize         bytes; 0 means the default
 *   dwCreationFlags     CREATE_SUSPENDED: waits for ResumeThread; unknown bits are ignored
 *   lpThreadId          receives the thread's number; may be NULL
 * Returns a handle, signalled at the thread's end; closing it does not stop the thread.
 * NULL: ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER. sdk:createthread */
WINBASEAPI HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                                      LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                                      DWORD dwCreationFlags, LPDWORD lpThreadId);

/* ExitThread: ends the calling thread. sdk:exitthread */
WINBASEAPI VOID WINAPI ExitThread(DWORD dwExitCode) DECLSPEC_NORETURN;

/* TerminateThread: ends another thread where it stands; its locks stay held.
 * sdk:terminatethread */
WINBASEAPI BOOL WINAPI TerminateThread(HANDLE hThread, DWORD dwExitCode);

/* SuspendThread, ResumeThread: the count of suspensions before the call; the thread runs while it
 * is 0. (DWORD)-1 on failure. sdk:suspendthread, sdk:resumethread */
WINBASEAPI DWORD WINAPI SuspendThread(HANDLE hThread);
WINBASEAPI DWORD WINAPI ResumeThread(HANDLE hThread);

/* GetExitCodeThread: stores the exit code, STILL_ACTIVE (259) before the end.
 * sdk:getexitcodethread */
WINBASEAPI BOOL WINAPI GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode);

/* OpenThread: a handle from a thread's number. NULL: ERROR_INVALID_PARAMETER if there is no such
 * thread. sdk:openthread */
WINBASEAPI HANDLE WINAPI OpenThread(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwThreadId);

/* GetCurrentThread, GetCurrentProcess: pseudo handles, valid everywhere, meaning whoever uses them.
 * sdk:getcurrentthread, sdk:getcurrentprocess */
WINBASEAPI HANDLE WINAPI GetCurrentThread(VOID);
WINBASEAPI HANDLE WINAPI GetCurrentProcess(VOID);

/* GetCurrentThreadId: a number that no other thread of the process ever has (not Linux' tid).
 * GetCurrentProcessId: Linux' pid. sdk:getcurrentthreadid, sdk:getcurrentprocessid */
WINBASEAPI DWORD WINAPI GetCurrentThreadId(VOID);
WINBASEAPI DWORD WINAPI GetCurrentProcessId(VOID);

/* GetThreadId: the number that GetCurrentThreadId gives in that thread; 0 on failure.
 * GetProcessIdOfThread: this process's, for every thread. sdk:getthreadid,
 * sdk:getprocessidofthread */
WINBASEAPI DWORD WINAPI GetThreadId(HANDLE Thread);
WINBASEAPI DWORD WINAPI GetProcessIdOfThread(HANDLE Thread);

/* GetThreadIOPendingFlag: whether the thread has operations under way that would end with it: not
 * those of a file with a port, unless they have an event or a completion routine. The answer may be
 * old when it arrives. sdk:getthreadiopendingflag */
WINBASEAPI BOOL WINAPI GetThreadIOPendingFlag(HANDLE hThread, PBOOL lpIOIsPending);

/* SetThreadDescription: a name for people and debuggers; Linux shows its first 15 bytes.
 * GetThreadDescription: a copy for the caller to LocalFree, empty if there is none. Both return an
 * HRESULT, negative on failure. sdk:setthreaddescription, sdk:getthreaddescription */
WINBASEAPI HRESULT WINAPI SetThreadDescription(HANDLE hThread, PCWSTR lpThreadDescription);
WINBASEAPI HRESULT WINAPI GetThreadDescription(HANDLE hThread, PWSTR *ppszThreadDescription);

/* GetCurrentProcessorNumber: where the calling thread runs at this moment; the Ex form in groups of
 * 64. sdk:getcurrentprocessornumber, sdk:getcurrentprocessornumberex */
WINBASEAPI DWORD WINAPI GetCurrentProcessorNumber(VOID);
WINBASEAPI VOID WINAPI GetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber);

/* SetThreadIdealProcessor: remembered, nothing more. Returns the one before, which is
 * MAXIMUM_PROCESSORS at first; MAXIMUM_PROCESSORS as argument only asks. (DWORD)-1 on failure.
 * sdk:setthreadidealprocessor */
WINBASEAPI DWORD WINAPI SetThreadIdealProcessor(HANDLE hThread, DWORD dwIdealProcessor);

/* SwitchToThread: yields the processor. TRUE if another thread ran (as far as one can tell).
 * sdk:switchtothread */
WINBASEAPI BOOL WINAPI SwitchToThread(VOID);

/* SetThreadPriority, GetThreadPriority: THREAD_PRIORITY_ values. A value that the process may not
 * take is remembered and reported all the same. Errors: FALSE or THREAD_PRIORITY_ERROR_RETURN.
 * sdk:setthreadpriority, sdk:getthreadpriority */
WINBASEAPI BOOL WINAPI SetThreadPriority(HANDLE hThread, int nPriority);
WINBASEAPI int WINAPI GetThreadPriority(HANDLE hThread);

/* QueueUserAPC: has pfnAPC(dwData) run when hThread next waits alertably. Returns 0 on failure:
 * ERROR_INVALID_HANDLE, ERROR_GEN_FAILURE (the thread has ended). sdk:queueuserapc */
WINBASEAPI DWORD WINAPI QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData);

/* QueueUserAPC2: the same with flags, of which only QUEUE_USER_APC_FLAGS_NONE is supported
 * (ERROR_NOT_SUPPORTED, ERROR_INVALID_PARAMETER): nothing interrupts a thread that does not wait.
 * sdk:queueuserapc2 */
WINBASEAPI BOOL WINAPI QueueUserAPC2(PAPCFUNC ApcRoutine, HANDLE Thread, ULONG_PTR Data,
                                     QUEUE_USER_APC_FLAGS Flags);

/* TlsAlloc: a new index, every thread's value being NULL; TLS_OUT_OF_INDEXES when none is left.
 * TlsFree: gives it back. TlsGetValue: this thread's value, NULL also for a bad index
 * (ERROR_INVALID_PARAMETER; success clears the last error). TlsSetValue: stores it.
 * sdk:tlsalloc, sdk:tlsfree, sdk:tlsgetvalue, sdk:tlssetvalue */
WINBASEAPI DWORD WINAPI TlsAlloc(VOID);
WINBASEAPI BOOL WINAPI TlsFree(DWORD dwTlsIndex);
WINBASEAPI LPVOID WINAPI TlsGetValue(DWORD dwTlsIndex);
WINBASEAPI BOOL WINAPI TlsSetValue(DWORD dwTlsIndex, LPVOID lpTlsValue);

/* OpenProcess: a handle for the own process, by its number. NULL: ERROR_ACCESS_DENIED (another
 * process), ERROR_INVALID_PARAMETER (there is none). sdk:openprocess
 * GetProcessId: the number; 0 on failure. GetExitCodeProcess: STILL_ACTIVE. GetProcessTimes: when
 * it began and what it has used so far, in 100 ns; the exit time is 0. For the own process only:
 * ERROR_INVALID_HANDLE. sdk:getprocessid, sdk:getexitcodeprocess, sdk:getprocesstimes */
WINBASEAPI HANDLE WINAPI OpenProcess(DWORD dwDesiredAccess, BOOL bInheritHandle,
                                     DWORD dwProcessId);
WINBASEAPI DWORD WINAPI GetProcessId(HANDLE Process);
WINBASEAPI BOOL WINAPI GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode);
WINBASEAPI BOOL WINAPI GetProcessTimes(HANDLE hProcess, LPFILETIME lpCreationTime,
                                       LPFILETIME lpExitTime, LPFILETIME lpKernelTime,
                                       LPFILETIME lpUserTime);

/* GetProcessHandleCount: how many handles the own process has open. FALSE: ERROR_INVALID_HANDLE,
 * ERROR_NOACCESS. sdk:getprocesshandlecount */
WINBASEAPI BOOL WINAPI GetProcessHandleCount(HANDLE hProcess, PDWORD pdwHandleCount);

/* GetSystemTimes: what all processors have spent together since the system started, in 100 ns; the
 * kernel's time includes the idle time. Each may be NULL. FALSE: ERROR_NOT_SUPPORTED (the system
 * does not tell). sdk:getsystemtimes */
WINBASEAPI BOOL WINAPI GetSystemTimes(LPFILETIME lpIdleTime, LPFILETIME lpKernelTime,
                                      LPFILETIME lpUserTime);

/* ProcessIdToSessionId: the login session of any process, 0 where there is none (services). FALSE:
 * ERROR_INVALID_PARAMETER. sdk:processidtosessionid */
WINBASEAPI BOOL WINAPI ProcessIdToSessionId(DWORD dwProcessId, DWORD *pSessionId);

/* ExitProcess: ends the process as exit() does. sdk:exitprocess */
WINBASEAPI VOID WINAPI ExitProcess(UINT uExitCode) DECLSPEC_NORETURN;

/* TerminateProcess: ends the process at once, without exit handlers; only one's own
 * (GetCurrentProcess). FALSE: ERROR_INVALID_HANDLE, ERROR_NOT_SUPPORTED. sdk:terminateprocess */
WINBASEAPI BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode);

IOCP_END_DECLS

#endif
