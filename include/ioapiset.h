/* SPDX-License-Identifier: MIT
 *
 * Completion ports, results of overlapped operations, cancelling.
 * All BOOL functions: FALSE means failure, GetLastError tells which.
 */
#ifndef _IO_APISET_H_
#define _IO_APISET_H_

#include "minwinbase.h"

IOCP_BEGIN_DECLS

/* Old programs keep the key in a DWORD or a pointer variable and cast its address to LPDWORD. In C
 * the parameter therefore accepts any object pointer; in C++ the overloads at the end do. Eight
 * bytes are stored through it whatever its type. */
#ifdef __cplusplus
typedef PULONG_PTR IOCP_KEY_POINTER;
#else
typedef union {
    PULONG_PTR key;
    PVOID any;
} IOCP_KEY_POINTER __attribute__((transparent_union));
#endif

/* CreateIoCompletionPort: makes a port, ties a file handle to one, or both.
 *   FileHandle                 an overlapped handle (a SOCKET too), or INVALID_HANDLE_VALUE for a
 *                              port alone
 *   ExistingCompletionPort     the port to use, or NULL for a new one
 *   CompletionKey              comes back in every packet of FileHandle
 *   NumberOfConcurrentThreads  how many threads may run at once; 0 means one per processor;
 *                              ignored unless a port is made
 * Returns the port, or NULL: ERROR_INVALID_PARAMETER (handle already tied, or both handles absent),
 * ERROR_INVALID_HANDLE. A handle stays tied until closed. sdk:createiocompletionport */
WINBASEAPI HANDLE WINAPI CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort,
                                                ULONG_PTR CompletionKey,
                                                DWORD NumberOfConcurrentThreads);

/* GetQueuedCompletionStatus: takes one packet, waiting for it at most dwMilliseconds
 * (INFINITE: for ever). Stores the byte count, the key and the OVERLAPPED pointer.
 * Returns TRUE for a successful operation. FALSE with *lpOverlapped non-NULL: a packet of a failed
 * operation, GetLastError is its error. FALSE with *lpOverlapped NULL: no packet; WAIT_TIMEOUT,
 * ERROR_ABANDONED_WAIT_0 (the port was closed), ERROR_INVALID_HANDLE.
 * sdk:getqueuedcompletionstatus */
WINBASEAPI BOOL WINAPI GetQueuedCompletionStatus(HANDLE CompletionPort,
                                                 LPDWORD lpNumberOfBytesTransferred,
                                                 IOCP_KEY_POINTER lpCompletionKey,
                                                 LPOVERLAPPED *lpOverlapped, DWORD dwMilliseconds);

/* GetQueuedCompletionStatusEx: takes up to ulCount packets at once and stores how many in
 * *ulNumEntriesRemoved. fAlertable: APCs may run meanwhile. Returns TRUE if at least one was taken,
 * whatever the operations' results (each entry's Internal has the NTSTATUS). FALSE: WAIT_TIMEOUT,
 * WAIT_IO_COMPLETION (an APC ran), ERROR_ABANDONED_WAIT_0, ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER (ulCount 0). sdk:getqueuedcompletionstatusex */
WINBASEAPI BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE CompletionPort,
                                                   LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                                   ULONG ulCount, PULONG ulNumEntriesRemoved,
                                                   DWORD dwMilliseconds, BOOL fAlertable);

/* PostQueuedCompletionStatus: queues a packet with exactly these three values; none is looked at,
 * lpOverlapped may be any pointer. FALSE: ERROR_INVALID_HANDLE, ERROR_NOT_ENOUGH_MEMORY.
 * sdk:postqueuedcompletionstatus */
WINBASEAPI BOOL WINAPI PostQueuedCompletionStatus(HANDLE CompletionPort,
                                                  DWORD dwNumberOfBytesTransferred,
                                                  ULONG_PTR dwCompletionKey,
                                                  LPOVERLAPPED lpOverlapped);

/* GetOverlappedResult: the result of an operation started on hFile. bWait: wait for its end, on
 * its event or else on the handle. Stores the bytes transferred.
 * FALSE: the operation's error, or ERROR_IO_INCOMPLETE if it is under way and bWait is FALSE.
 * sdk:getoverlappedresult */
WINBASEAPI BOOL WINAPI GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                                           LPDWORD lpNumberOfBytesTransferred, BOOL bWait);

/* GetOverlappedResultEx: the same with a time limit in ms (0: do not wait) and, if bAlertable, APCs
 * running meanwhile. FALSE also with WAIT_TIMEOUT and WAIT_IO_COMPLETION.
 * sdk:getoverlappedresultex */
WINBASEAPI BOOL WINAPI GetOverlappedResultEx(HANDLE hFile, LPOVERLAPPED lpOverlapped,
                                             LPDWORD lpNumberOfBytesTransferred,
                                             DWORD dwMilliseconds, BOOL bAlertable);

/* CancelIo: asks that what the calling thread started on hFile ends. Each operation still completes
 * once, as ERROR_OPERATION_ABORTED or with its own result. FALSE: ERROR_INVALID_HANDLE.
 * sdk:cancelio */
WINBASEAPI BOOL WINAPI CancelIo(HANDLE hFile);

/* CancelIoEx: the same for one operation, whichever thread started it, or for all of hFile if
 * lpOverlapped is NULL. FALSE: ERROR_NOT_FOUND if there was none, ERROR_INVALID_HANDLE.
 * sdk:cancelioex */
WINBASEAPI BOOL WINAPI CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped);

/* CancelSynchronousIo: ends the blocking call that hThread is in. FALSE: ERROR_NOT_FOUND if it is
 * in none. sdk:cancelsynchronousio */
WINBASEAPI BOOL WINAPI CancelSynchronousIo(HANDLE hThread);

/* DeviceIoControl: on files FSCTL_SET_SPARSE and FSCTL_SET_ZERO_DATA (winioctl.h), on pipes what
 * iocp_nt_file.h has of FSCTL_PIPE_. FALSE: ERROR_INVALID_FUNCTION (any other code),
 * ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE. sdk:deviceiocontrol */
WINBASEAPI BOOL WINAPI DeviceIoControl(HANDLE hDevice, DWORD dwIoControlCode, LPVOID lpInBuffer,
                                       DWORD nInBufferSize, LPVOID lpOutBuffer,
                                       DWORD nOutBufferSize, LPDWORD lpBytesReturned,
                                       LPOVERLAPPED lpOverlapped);

IOCP_END_DECLS

#ifdef __cplusplus
/* Any other type of key variable: (LPDWORD)&pointer, void **, long long *. */
extern "C++" {
template <class Key>
inline BOOL GetQueuedCompletionStatus(HANDLE port, LPDWORD bytes, Key *key,
                                      LPOVERLAPPED *overlapped, DWORD milliseconds)
{
    return GetQueuedCompletionStatus(port, bytes, reinterpret_cast<PULONG_PTR>(key), overlapped,
                                     milliseconds);
}
}
#endif

#endif
