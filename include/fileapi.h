/* SPDX-License-Identifier: MIT
 *
 * Files: opened, read, written, positioned, locked, asked about. Reading and writing work on any
 * handle of a file, socket or pipe. How names are read is told in docs/files.md.
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

typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD dwVolumeSerialNumber;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD nNumberOfLinks;
    DWORD nFileIndexHigh;
    DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;

IOCP_BEGIN_DECLS

/* CreateFile: opens or makes a file, or opens a directory (FILE_FLAG_BACKUP_SEMANTICS).
 *   dwDesiredAccess        GENERIC_READ, GENERIC_WRITE, FILE_APPEND_DATA, DELETE ...; 0: attributes
 *   dwShareMode            what others of this process may do meanwhile: FILE_SHARE_*
 *   lpSecurityAttributes   ignored; the process's umask decides
 *   dwCreationDisposition  CREATE_NEW, CREATE_ALWAYS, OPEN_EXISTING, OPEN_ALWAYS, TRUNCATE_EXISTING
 *   dwFlagsAndAttributes   FILE_FLAG_*, FILE_ATTRIBUTE_READONLY; other attributes do nothing
 *   hTemplateFile          ignored
 * Returns the handle, with GetLastError ERROR_ALREADY_EXISTS if CREATE_ALWAYS or OPEN_ALWAYS found
 * a file, or INVALID_HANDLE_VALUE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_FILE_EXISTS,
 * ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED, ERROR_INVALID_NAME ... sdk:createfilew */
WINBASEAPI HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                                     DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
                                     HANDLE hTemplateFile);
WINBASEAPI HANDLE WINAPI CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                                     DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes,
                                     HANDLE hTemplateFile);

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

/* ReadFileScatter, WriteFileGather: as ReadFile and WriteFile with an array of pages, one element a
 * page; the handle must be FILE_FLAG_OVERLAPPED and FILE_FLAG_NO_BUFFERING. Never finish at once.
 * lpReserved: NULL. sdk:readfilescatter, sdk:writefilegather */
WINBASEAPI BOOL WINAPI ReadFileScatter(HANDLE hFile, FILE_SEGMENT_ELEMENT aSegmentArray[],
                                       DWORD nNumberOfBytesToRead, LPDWORD lpReserved,
                                       LPOVERLAPPED lpOverlapped);
WINBASEAPI BOOL WINAPI WriteFileGather(HANDLE hFile, FILE_SEGMENT_ELEMENT aSegmentArray[],
                                       DWORD nNumberOfBytesToWrite, LPDWORD lpReserved,
                                       LPOVERLAPPED lpOverlapped);

/* FlushFileBuffers: returns when what was written is on the disk. FALSE: ERROR_ACCESS_DENIED (not
 * open for writing), ERROR_INVALID_HANDLE, the disk's error. sdk:flushfilebuffers */
WINBASEAPI BOOL WINAPI FlushFileBuffers(HANDLE hFile);

/* SetFilePointerEx, SetFilePointer: move the position of a handle that is not overlapped, from
 * FILE_BEGIN, FILE_CURRENT or FILE_END, and tell it. SetFilePointer returns its low half, or
 * INVALID_SET_FILE_POINTER. Errors: ERROR_NEGATIVE_SEEK, ERROR_INVALID_PARAMETER.
 * sdk:setfilepointerex, sdk:setfilepointer */
WINBASEAPI BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove,
                                        PLARGE_INTEGER lpNewFilePointer, DWORD dwMoveMethod);
WINBASEAPI DWORD WINAPI SetFilePointer(HANDLE hFile, LONG lDistanceToMove,
                                       PLONG lpDistanceToMoveHigh, DWORD dwMoveMethod);

/* SetEndOfFile: the file ends at its position: shorter, or longer with zeros. FALSE:
 * ERROR_ACCESS_DENIED, ERROR_DISK_FULL. sdk:setendoffile */
WINBASEAPI BOOL WINAPI SetEndOfFile(HANDLE hFile);
/* SetFileValidData: accepted for lengths up to the file's; does nothing. sdk:setfilevaliddata */
WINBASEAPI BOOL WINAPI SetFileValidData(HANDLE hFile, LONGLONG ValidDataLength);

/* GetFileSizeEx, GetFileSize: bytes; the latter returns the low half, or INVALID_FILE_SIZE.
 * sdk:getfilesizeex, sdk:getfilesize */
WINBASEAPI BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize);
WINBASEAPI DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh);

/* GetFileType: FILE_TYPE_DISK, FILE_TYPE_CHAR (a terminal, a device), FILE_TYPE_PIPE (sockets too),
 * or FILE_TYPE_UNKNOWN with ERROR_INVALID_HANDLE. sdk:getfiletype */
WINBASEAPI DWORD WINAPI GetFileType(HANDLE hFile);

/* GetFileInformationByHandle: attributes, times, size, links and the file's number. GetFileTime:
 * the times that are asked for (NULL: not). SetFileTime: the same, needs FILE_WRITE_ATTRIBUTES; the
 * time of creation cannot be set. sdk:getfileinformationbyhandle, sdk:getfiletime,
 * sdk:setfiletime */
WINBASEAPI BOOL WINAPI GetFileInformationByHandle(HANDLE hFile,
                                                  LPBY_HANDLE_FILE_INFORMATION lpFileInformation);
WINBASEAPI BOOL WINAPI GetFileTime(HANDLE hFile, LPFILETIME lpCreationTime,
                                   LPFILETIME lpLastAccessTime, LPFILETIME lpLastWriteTime);
WINBASEAPI BOOL WINAPI SetFileTime(HANDLE hFile, const FILETIME *lpCreationTime,
                                   const FILETIME *lpLastAccessTime,
                                   const FILETIME *lpLastWriteTime);

/* SetFileInformationByHandle: FileBasicInfo (times, read-only), FileRenameInfo and
 * FileDispositionInfo (need DELETE access), FileAllocationInfo, FileEndOfFileInfo. FALSE:
 * ERROR_INVALID_PARAMETER (another class), ERROR_BAD_LENGTH, ERROR_ACCESS_DENIED,
 * ERROR_ALREADY_EXISTS (renaming). sdk:setfileinformationbyhandle */
WINBASEAPI BOOL WINAPI SetFileInformationByHandle(HANDLE hFile,
                                                  FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                                  LPVOID lpFileInformation, DWORD dwBufferSize);

/* LockFileEx: locks a range that begins at the OVERLAPPED's offset, for this handle: exclusively
 * (LOCKFILE_EXCLUSIVE_LOCK) or shared; waits for it unless LOCKFILE_FAIL_IMMEDIATELY: an overlapped
 * handle by ERROR_IO_PENDING and a packet. FALSE also: ERROR_LOCK_VIOLATION. LockFile: exclusively,
 * without waiting. sdk:lockfileex, sdk:lockfile */
WINBASEAPI BOOL WINAPI LockFile(HANDLE hFile, DWORD dwFileOffsetLow, DWORD dwFileOffsetHigh,
                                DWORD nNumberOfBytesToLockLow, DWORD nNumberOfBytesToLockHigh);
WINBASEAPI BOOL WINAPI LockFileEx(HANDLE hFile, DWORD dwFlags, DWORD dwReserved,
                                  DWORD nNumberOfBytesToLockLow, DWORD nNumberOfBytesToLockHigh,
                                  LPOVERLAPPED lpOverlapped);
/* UnlockFile, UnlockFileEx: exactly a range that was locked, else ERROR_NOT_LOCKED.
 * sdk:unlockfile, sdk:unlockfileex */
WINBASEAPI BOOL WINAPI UnlockFile(HANDLE hFile, DWORD dwFileOffsetLow, DWORD dwFileOffsetHigh,
                                  DWORD nNumberOfBytesToUnlockLow,
                                  DWORD nNumberOfBytesToUnlockHigh);
WINBASEAPI BOOL WINAPI UnlockFileEx(HANDLE hFile, DWORD dwReserved, DWORD nNumberOfBytesToUnlockLow,
                                    DWORD nNumberOfBytesToUnlockHigh, LPOVERLAPPED lpOverlapped);

IOCP_END_DECLS

#ifdef UNICODE
#define CreateFile CreateFileW
#else
#define CreateFile CreateFileA
#endif

#endif
