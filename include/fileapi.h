/* SPDX-License-Identifier: MIT
 *
 * Reading and writing through a handle; sockets are handles. Opening files is not part of this.
 * BOOL functions: FALSE and GetLastError; ERROR_IO_PENDING means that the operation was started.
 */
#ifndef _APISETFILE_
#define _APISETFILE_

#include "minwinbase.h"

#define CREATE_NEW 1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS 4
#define TRUNCATE_EXISTING 5
#define INVALID_FILE_SIZE 0xFFFFFFFFu
#define INVALID_SET_FILE_POINTER 0xFFFFFFFFu
#define INVALID_FILE_ATTRIBUTES 0xFFFFFFFFu

IOCP_BEGIN_DECLS

/* ReadFile: reads up to nNumberOfBytesToRead bytes.
 *   lpNumberOfBytesRead  set to 0 first, then to the bytes read; may be NULL with lpOverlapped
 *   lpOverlapped         required if the handle is overlapped; must outlive the operation
 * FALSE: ERROR_IO_PENDING, ERROR_HANDLE_EOF (files), ERROR_NETNAME_DELETED (socket reset),
 * ERROR_INVALID_HANDLE. A socket whose peer has finished: TRUE and 0 bytes. sdk:readfile */
WINBASEAPI BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                                LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped);

/* WriteFile: writes nNumberOfBytesToWrite bytes; parameters and errors as ReadFile.
 * sdk:writefile */
WINBASEAPI BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                                 LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped);

/* ReadFileEx: as ReadFile, reporting to a routine that runs in this thread's next alertable wait;
 * the OVERLAPPED's event is not used. TRUE: started. sdk:readfileex */
WINBASEAPI BOOL WINAPI ReadFileEx(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
                                  LPOVERLAPPED lpOverlapped,
                                  LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* WriteFileEx: as WriteFile, reporting like ReadFileEx. sdk:writefileex */
WINBASEAPI BOOL WINAPI WriteFileEx(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                                   LPOVERLAPPED lpOverlapped,
                                   LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

IOCP_END_DECLS

#endif
