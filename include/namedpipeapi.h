/* SPDX-License-Identifier: MIT
 *
 * Pipes, named and anonymous, between threads and between processes of one user. Clients open a
 * pipe with CreateFile; ReadFile, WriteFile and the rest of fileapi.h work on both ends.
 * docs/pipes.md tells where pipes are found. BOOL functions: FALSE and GetLastError;
 * ERROR_IO_PENDING means that the operation was started.
 */
#ifndef _NAMEDPIPE_H_
#define _NAMEDPIPE_H_

#include "minwinbase.h"

IOCP_BEGIN_DECLS

/* CreatePipe: an anonymous pipe of bytes; both handles are synchronous. nSize: bytes that may be
 * written ahead, as advice. sdk:createpipe */
WINBASEAPI BOOL WINAPI CreatePipe(PHANDLE hReadPipe, PHANDLE hWritePipe,
                                  LPSECURITY_ATTRIBUTES lpPipeAttributes, DWORD nSize);

/* CreateNamedPipe: an instance of a pipe; clients can open it from now on.
 *   lpName             \\.\pipe\NAME, 256 characters at most; case does not count
 *   dwOpenMode         PIPE_ACCESS_*; FILE_FLAG_OVERLAPPED, FILE_FLAG_FIRST_PIPE_INSTANCE
 *   dwPipeMode         PIPE_TYPE_*, PIPE_READMODE_*, PIPE_WAIT or PIPE_NOWAIT
 *   nMaxInstances      1 to PIPE_UNLIMITED_INSTANCES; the same for all instances
 *   nOutBufferSize     bytes that may be written ahead, as advice; nInBufferSize likewise
 *   nDefaultTimeOut    ms, for WaitNamedPipe; 0: 50
 *   lpSecurityAttributes  ignored: the pipe is its user's alone
 * INVALID_HANDLE_VALUE: ERROR_INVALID_NAME, ERROR_INVALID_PARAMETER, ERROR_ACCESS_DENIED (does not
 * go with the first instance; the directory of pipes is not this user's alone), ERROR_PIPE_BUSY
 * (as many instances as there may be). sdk:createnamedpipew */
WINBASEAPI HANDLE WINAPI CreateNamedPipeW(LPCWSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode,
                                          DWORD nMaxInstances, DWORD nOutBufferSize,
                                          DWORD nInBufferSize, DWORD nDefaultTimeOut,
                                          LPSECURITY_ATTRIBUTES lpSecurityAttributes);

/* ConnectNamedPipe: waits for a client, after CreateNamedPipe or DisconnectNamedPipe. FALSE:
 * ERROR_PIPE_CONNECTED (one is there already: all is well), ERROR_NO_DATA (it was there and has
 * gone: DisconnectNamedPipe is next), ERROR_PIPE_LISTENING (PIPE_NOWAIT: none yet),
 * ERROR_INVALID_FUNCTION (not a server's end). sdk:connectnamedpipe */
WINBASEAPI BOOL WINAPI ConnectNamedPipe(HANDLE hNamedPipe, LPOVERLAPPED lpOverlapped);

/* DisconnectNamedPipe: lets the client go, whose calls fail with ERROR_PIPE_NOT_CONNECTED from then
 * on; what it has not read is lost. sdk:disconnectnamedpipe */
WINBASEAPI BOOL WINAPI DisconnectNamedPipe(HANDLE hNamedPipe);

/* WaitNamedPipe: waits up to nTimeOut ms (NMPWAIT_*) until an instance is free to be opened. FALSE:
 * ERROR_FILE_NOT_FOUND (there is no such pipe), ERROR_SEM_TIMEOUT. sdk:waitnamedpipew */
WINBASEAPI BOOL WINAPI WaitNamedPipeW(LPCWSTR lpNamedPipeName, DWORD nTimeOut);

/* TransactNamedPipe: writes a message and reads the answer; PIPE_READMODE_MESSAGE. FALSE:
 * ERROR_MORE_DATA (the answer is longer), ERROR_BAD_PIPE (not in message mode), ERROR_PIPE_BUSY
 * (something is unread). sdk:transactnamedpipe */
WINBASEAPI BOOL WINAPI TransactNamedPipe(HANDLE hNamedPipe, LPVOID lpInBuffer, DWORD nInBufferSize,
                                         LPVOID lpOutBuffer, DWORD nOutBufferSize,
                                         LPDWORD lpBytesRead, LPOVERLAPPED lpOverlapped);

/* PeekNamedPipe: what is there, without taking it; any pointer may be NULL. FALSE: ERROR_BAD_PIPE
 * (nobody is connected), ERROR_BROKEN_PIPE. sdk:peeknamedpipe */
WINBASEAPI BOOL WINAPI PeekNamedPipe(HANDLE hNamedPipe, LPVOID lpBuffer, DWORD nBufferSize,
                                     LPDWORD lpBytesRead, LPDWORD lpTotalBytesAvail,
                                     LPDWORD lpBytesLeftThisMessage);

/* SetNamedPipeHandleState: *lpMode: PIPE_READMODE_* with PIPE_WAIT or PIPE_NOWAIT; NULL: as it is.
 * The other two are ignored. sdk:setnamedpipehandlestate */
WINBASEAPI BOOL WINAPI SetNamedPipeHandleState(HANDLE hNamedPipe, LPDWORD lpMode,
                                               LPDWORD lpMaxCollectionCount,
                                               LPDWORD lpCollectDataTimeout);

/* GetNamedPipeHandleState: mode, instances, and on a server's end the client's user. Any pointer
 * may be NULL; the collection's (remote pipes) are set to 0. sdk:getnamedpipehandlestatew */
WINBASEAPI BOOL WINAPI GetNamedPipeHandleStateW(HANDLE hNamedPipe, LPDWORD lpState,
                                                LPDWORD lpCurInstances,
                                                LPDWORD lpMaxCollectionCount,
                                                LPDWORD lpCollectDataTimeout, LPWSTR lpUserName,
                                                DWORD nMaxUserNameSize);

/* GetNamedPipeInfo: *lpFlags: PIPE_SERVER_END, PIPE_TYPE_MESSAGE; and what CreateNamedPipe was
 * given. Any pointer may be NULL. sdk:getnamedpipeinfo */
WINBASEAPI BOOL WINAPI GetNamedPipeInfo(HANDLE hNamedPipe, LPDWORD lpFlags, LPDWORD lpOutBufferSize,
                                        LPDWORD lpInBufferSize, LPDWORD lpMaxInstances);

/* CallNamedPipe: opens the pipe, waiting up to nTimeOut ms for an instance, does what
 * TransactNamedPipe does, and closes it. sdk:callnamedpipew */
WINBASEAPI BOOL WINAPI CallNamedPipeW(LPCWSTR lpNamedPipeName, LPVOID lpInBuffer,
                                      DWORD nInBufferSize, LPVOID lpOutBuffer, DWORD nOutBufferSize,
                                      LPDWORD lpBytesRead, DWORD nTimeOut);

IOCP_END_DECLS

#ifdef UNICODE
#define CreateNamedPipe CreateNamedPipeW
#define WaitNamedPipe WaitNamedPipeW
#define CallNamedPipe CallNamedPipeW
#define GetNamedPipeHandleState GetNamedPipeHandleStateW
#else
#define CreateNamedPipe CreateNamedPipeA
#define WaitNamedPipe WaitNamedPipeA
#define CallNamedPipe CallNamedPipeA
#define GetNamedPipeHandleState GetNamedPipeHandleStateA
#endif

#endif
