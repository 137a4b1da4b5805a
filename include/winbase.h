/* SPDX-License-Identifier: MIT
 *
 * The rest of Win32: wait results, Global and Local memory, messages for error numbers, completion
 * modes of a handle. Brings the smaller API headers.
 */
#ifndef _WINBASE_
#define _WINBASE_

#include "minwinbase.h"
#include "winerror.h"
#include "consoleapi.h"
#include "debugapi.h"
#include "errhandlingapi.h"
#include "fibersapi.h"
#include "fileapi.h"
#include "handleapi.h"
#include "heapapi.h"
#include "ioapiset.h"
#include "libloaderapi.h"
#include "memoryapi.h"
#include "namedpipeapi.h"
#include "processenv.h"
#include "processthreadsapi.h"
#include "profileapi.h"
#include "securitybaseapi.h"
#include "synchapi.h"
#include "sysinfoapi.h"
#include "threadpoolapiset.h"
#include "threadpoollegacyapiset.h"
#include "timezoneapi.h"

#define WAIT_FAILED ((DWORD)0xFFFFFFFF)
#define WAIT_OBJECT_0 ((DWORD)0)
#define WAIT_ABANDONED ((DWORD)0x80)
#define WAIT_ABANDONED_0 ((DWORD)0x80)
#define WAIT_IO_COMPLETION ((DWORD)0xC0)
#ifndef WAIT_TIMEOUT
#define WAIT_TIMEOUT 258
#endif

#define FILE_BEGIN 0
#define FILE_CURRENT 1
#define FILE_END 2
#define FILE_FLAG_WRITE_THROUGH 0x80000000u
#define FILE_FLAG_OVERLAPPED 0x40000000
#define FILE_FLAG_NO_BUFFERING 0x20000000
#define FILE_FLAG_RANDOM_ACCESS 0x10000000
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_OPEN_NO_RECALL 0x00100000
#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x00080000
#define FILE_TYPE_UNKNOWN 0x0000
#define FILE_TYPE_DISK 0x0001
#define FILE_TYPE_CHAR 0x0002
#define FILE_TYPE_PIPE 0x0003
#define FILE_TYPE_REMOTE 0x8000

/* Named pipes: dwOpenMode, dwPipeMode, GetNamedPipeInfo, nTimeOut. */
#define PIPE_ACCESS_INBOUND 0x00000001
#define PIPE_ACCESS_OUTBOUND 0x00000002
#define PIPE_ACCESS_DUPLEX 0x00000003
#define PIPE_CLIENT_END 0x00000000
#define PIPE_SERVER_END 0x00000001
#define PIPE_WAIT 0x00000000
#define PIPE_NOWAIT 0x00000001
#define PIPE_READMODE_BYTE 0x00000000
#define PIPE_READMODE_MESSAGE 0x00000002
#define PIPE_TYPE_BYTE 0x00000000
#define PIPE_TYPE_MESSAGE 0x00000004
#define PIPE_ACCEPT_REMOTE_CLIENTS 0x00000000
#define PIPE_REJECT_REMOTE_CLIENTS 0x00000008
#define PIPE_UNLIMITED_INSTANCES 255
#define NMPWAIT_WAIT_FOREVER 0xffffffff
#define NMPWAIT_NOWAIT 0x00000001
#define NMPWAIT_USE_DEFAULT_WAIT 0x00000000

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x2

#define GMEM_FIXED 0x0000
#define GMEM_MOVEABLE 0x0002
#define GMEM_ZEROINIT 0x0040
#define GHND (GMEM_MOVEABLE | GMEM_ZEROINIT)
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)
#define LMEM_FIXED 0x0000
#define LMEM_MOVEABLE 0x0002
#define LMEM_ZEROINIT 0x0040
#define LHND (LMEM_MOVEABLE | LMEM_ZEROINIT)
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF

/* What CreateProcess takes: numbers only, there is no CreateProcess. */
#define DEBUG_PROCESS 0x00000001
#define DEBUG_ONLY_THIS_PROCESS 0x00000002
#define DETACHED_PROCESS 0x00000008
#define CREATE_NEW_CONSOLE 0x00000010
#define NORMAL_PRIORITY_CLASS 0x00000020
#define IDLE_PRIORITY_CLASS 0x00000040
#define HIGH_PRIORITY_CLASS 0x00000080
#define REALTIME_PRIORITY_CLASS 0x00000100
#define CREATE_NEW_PROCESS_GROUP 0x00000200
#define CREATE_UNICODE_ENVIRONMENT 0x00000400
#define BELOW_NORMAL_PRIORITY_CLASS 0x00004000
#define ABOVE_NORMAL_PRIORITY_CLASS 0x00008000
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000
#define CREATE_BREAKAWAY_FROM_JOB 0x01000000
#define CREATE_DEFAULT_ERROR_MODE 0x04000000
#define CREATE_NO_WINDOW 0x08000000

#define SEM_FAILCRITICALERRORS 0x0001
#define SEM_NOGPFAULTERRORBOX 0x0002
#define SEM_NOALIGNMENTFAULTEXCEPT 0x0004
#define SEM_NOOPENFILEERRORBOX 0x8000

#define MOVEFILE_REPLACE_EXISTING 0x00000001
#define MOVEFILE_COPY_ALLOWED 0x00000002
#define MOVEFILE_DELAY_UNTIL_REBOOT 0x00000004
#define MOVEFILE_WRITE_THROUGH 0x00000008
#define MOVEFILE_CREATE_HARDLINK 0x00000010
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x00000020
#define REPLACEFILE_WRITE_THROUGH 0x1
#define REPLACEFILE_IGNORE_MERGE_ERRORS 0x2
#define REPLACEFILE_IGNORE_ACL_ERRORS 0x4

/* The structures of GetFileInformationByHandleEx and SetFileInformationByHandle. Times are in 100
 * ns since 1601; 0 leaves what it is. */
typedef struct _FILE_BASIC_INFO {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    DWORD FileAttributes;
} FILE_BASIC_INFO, *PFILE_BASIC_INFO;

typedef struct _FILE_STANDARD_INFO {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    DWORD NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFO, *PFILE_STANDARD_INFO;

/* FileNameLength: in bytes, without a zero. */
typedef struct _FILE_NAME_INFO {
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_NAME_INFO, *PFILE_NAME_INFO;

typedef struct _FILE_RENAME_INFO {
    BOOLEAN ReplaceIfExists;
    HANDLE RootDirectory; /* NULL */
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_RENAME_INFO, *PFILE_RENAME_INFO;

typedef struct _FILE_DISPOSITION_INFO {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFO, *PFILE_DISPOSITION_INFO;

typedef struct _FILE_ALLOCATION_INFO {
    LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFO, *PFILE_ALLOCATION_INFO;

typedef struct _FILE_END_OF_FILE_INFO {
    LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFO, *PFILE_END_OF_FILE_INFO;

typedef struct _FILE_ATTRIBUTE_TAG_INFO {
    DWORD FileAttributes;
    DWORD ReparseTag;
} FILE_ATTRIBUTE_TAG_INFO, *PFILE_ATTRIBUTE_TAG_INFO;

typedef struct _FILE_ID_INFO {
    ULONGLONG VolumeSerialNumber;
    FILE_ID_128 FileId;
} FILE_ID_INFO, *PFILE_ID_INFO;

/* TRUE unless the operation is under way. Means nothing after a call that failed at once: such a
 * call leaves STATUS_PENDING behind. */
#define HasOverlappedIoCompleted(overlapped)                                                       \
    (((DWORD)__atomic_load_n(&(overlapped)->Internal, __ATOMIC_ACQUIRE)) != 0x103u)

IOCP_BEGIN_DECLS

/* SetFileCompletionNotificationModes: adds modes to a handle, for its lifetime.
 * FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: no packet when a call succeeds at once;
 * FILE_SKIP_SET_EVENT_ON_HANDLE: the handle itself is not signalled. FALSE: ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER. sdk:setfilecompletionnotificationmodes */
WINBASEAPI BOOL WINAPI SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags);

/* The A forms of namedpipeapi.h's functions; their names are UTF-8. */
WINBASEAPI HANDLE WINAPI CreateNamedPipeA(LPCSTR lpName, DWORD dwOpenMode, DWORD dwPipeMode,
                                          DWORD nMaxInstances, DWORD nOutBufferSize,
                                          DWORD nInBufferSize, DWORD nDefaultTimeOut,
                                          LPSECURITY_ATTRIBUTES lpSecurityAttributes);
WINBASEAPI BOOL WINAPI WaitNamedPipeA(LPCSTR lpNamedPipeName, DWORD nTimeOut);
WINBASEAPI BOOL WINAPI CallNamedPipeA(LPCSTR lpNamedPipeName, LPVOID lpInBuffer,
                                      DWORD nInBufferSize, LPVOID lpOutBuffer, DWORD nOutBufferSize,
                                      LPDWORD lpBytesRead, DWORD nTimeOut);
WINBASEAPI BOOL WINAPI GetNamedPipeHandleStateA(HANDLE hNamedPipe, LPDWORD lpState,
                                                LPDWORD lpCurInstances,
                                                LPDWORD lpMaxCollectionCount,
                                                LPDWORD lpCollectDataTimeout, LPSTR lpUserName,
                                                DWORD nMaxUserNameSize);

/* GetNamedPipeClientProcessId, GetNamedPipeServerProcessId: the process that opened the client's
 * end, and the one that made the server's; on either end. FALSE: ERROR_INVALID_HANDLE, or nobody is
 * connected. sdk:getnamedpipeclientprocessid, sdk:getnamedpipeserverprocessid */
WINBASEAPI BOOL WINAPI GetNamedPipeClientProcessId(HANDLE Pipe, PULONG ClientProcessId);
WINBASEAPI BOOL WINAPI GetNamedPipeServerProcessId(HANDLE Pipe, PULONG ServerProcessId);

/* GetNamedPipeClientSessionId, GetNamedPipeServerSessionId: the same process's login session
 * (ProcessIdToSessionId). sdk:getnamedpipeclientsessionid */
WINBASEAPI BOOL WINAPI GetNamedPipeClientSessionId(HANDLE Pipe, PULONG ClientSessionId);
WINBASEAPI BOOL WINAPI GetNamedPipeServerSessionId(HANDLE Pipe, PULONG ServerSessionId);

/* ReOpenFile: another handle of a file that is open, with rights, sharing and flags of its own.
 * INVALID_HANDLE_VALUE: as CreateFile; ERROR_INVALID_FUNCTION: not a file. sdk:reopenfile */
WINBASEAPI HANDLE WINAPI ReOpenFile(HANDLE hOriginalFile, DWORD dwDesiredAccess, DWORD dwShareMode,
                                    DWORD dwFlagsAndAttributes);

/* SetThreadAffinityMask: the processors that a thread may run on, of the first 64; returns the mask
 * before, 0 on failure (ERROR_INVALID_PARAMETER: none of them is the process's).
 * GetProcessAffinityMask: those of the process and those of the machine; only one's own process.
 * sdk:setthreadaffinitymask, sdk:getprocessaffinitymask */
WINBASEAPI DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE hThread, DWORD_PTR dwThreadAffinityMask);
WINBASEAPI BOOL WINAPI GetProcessAffinityMask(HANDLE hProcess, PDWORD_PTR lpProcessAffinityMask,
                                              PDWORD_PTR lpSystemAffinityMask);

/* GetProcessIoCounters: how often the own process has read and written, and how many bytes, by the
 * system's read and write calls (docs/deviations.md). FALSE: ERROR_INVALID_HANDLE, ERROR_NOACCESS,
 * ERROR_NOT_SUPPORTED (the system does not tell). sdk:getprocessiocounters */
WINBASEAPI BOOL WINAPI GetProcessIoCounters(HANDLE hProcess, PIO_COUNTERS lpIoCounters);

/* GetFileInformationByHandleEx: FileBasicInfo, FileStandardInfo, FileNameInfo (the whole path),
 * FileAttributeTagInfo, FileIdInfo. FALSE: ERROR_INVALID_PARAMETER (another class),
 * ERROR_BAD_LENGTH, ERROR_MORE_DATA (part of a name), ERROR_INVALID_HANDLE.
 * sdk:getfileinformationbyhandleex */
WINBASEAPI BOOL WINAPI GetFileInformationByHandleEx(HANDLE hFile,
                                                    FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                                    LPVOID lpFileInformation, DWORD dwBufferSize);

/* MoveFileEx: renames a file or directory. dwFlags: MOVEFILE_REPLACE_EXISTING (a file),
 * MOVEFILE_COPY_ALLOWED (to another file system), MOVEFILE_WRITE_THROUGH; not
 * MOVEFILE_DELAY_UNTIL_REBOOT. MoveFile: with MOVEFILE_COPY_ALLOWED. FALSE: ERROR_FILE_NOT_FOUND,
 * ERROR_PATH_NOT_FOUND, ERROR_ALREADY_EXISTS, ERROR_ACCESS_DENIED (onto a directory, or what is
 * read-only or open), ERROR_SHARING_VIOLATION, ERROR_NOT_SAME_DEVICE. sdk:movefileexw,
 * sdk:movefile */
WINBASEAPI BOOL WINAPI MoveFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName);
WINBASEAPI BOOL WINAPI MoveFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName);
WINBASEAPI BOOL WINAPI MoveFileExA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags);
WINBASEAPI BOOL WINAPI MoveFileExW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName,
                                   DWORD dwFlags);

/* CopyFile: copies a file with its time and rights; replaces another unless bFailIfExists. FALSE:
 * ERROR_FILE_NOT_FOUND, ERROR_FILE_EXISTS, ERROR_ACCESS_DENIED (a directory, or onto what is read-
 * only), ERROR_SHARING_VIOLATION, ERROR_DISK_FULL; then nothing is left. sdk:copyfile */
WINBASEAPI BOOL WINAPI CopyFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName,
                                 BOOL bFailIfExists);
WINBASEAPI BOOL WINAPI CopyFileW(LPCWSTR lpExistingFileName, LPCWSTR lpNewFileName,
                                 BOOL bFailIfExists);

/* ReplaceFile: lpReplacementFileName takes the name and the rights of lpReplacedFileName, which
 * takes lpBackupFileName (and the place of what has it) or, with NULL, is gone. dwReplaceFlags:
 * REPLACEFILE_*; lpExclude, lpReserved: NULL. FALSE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 * ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION (the replacement is open; the other, and not shared
 * for deletion; one file twice), ERROR_NOT_SAME_DEVICE, ERROR_INVALID_PARAMETER,
 * ERROR_UNABLE_TO_REMOVE_REPLACED, ERROR_UNABLE_TO_MOVE_REPLACEMENT: all have the names that they
 * had; ERROR_UNABLE_TO_MOVE_REPLACEMENT_2: but the replaced file has the backup's.
 * sdk:replacefilew */
WINBASEAPI BOOL WINAPI ReplaceFileA(LPCSTR lpReplacedFileName, LPCSTR lpReplacementFileName,
                                    LPCSTR lpBackupFileName, DWORD dwReplaceFlags,
                                    LPVOID lpExclude, LPVOID lpReserved);
WINBASEAPI BOOL WINAPI ReplaceFileW(LPCWSTR lpReplacedFileName, LPCWSTR lpReplacementFileName,
                                    LPCWSTR lpBackupFileName, DWORD dwReplaceFlags,
                                    LPVOID lpExclude, LPVOID lpReserved);

/* CreateFileMappingA, OpenFileMappingA: see CreateFileMappingW in memoryapi.h. */
WINBASEAPI HANDLE WINAPI CreateFileMappingA(HANDLE hFile,
                                            LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                            DWORD flProtect, DWORD dwMaximumSizeHigh,
                                            DWORD dwMaximumSizeLow, LPCSTR lpName);
WINBASEAPI HANDLE WINAPI OpenFileMappingA(DWORD dwDesiredAccess, BOOL bInheritHandle,
                                          LPCSTR lpName);

/* ReadDirectoryChangesW: tells what changes in a directory, as FILE_NOTIFY_INFORMATION entries.
 *   hDirectory       opened with FILE_LIST_DIRECTORY and FILE_FLAG_BACKUP_SEMANTICS
 *   lpBuffer         aligned to 4 bytes; of the size of the first call's changes are kept meanwhile
 *   bWatchSubtree, dwNotifyFilter (FILE_NOTIFY_CHANGE_*)  the first call's hold for the handle
 *   lpBytesReturned  of a call on a handle that is not overlapped, which waits for a change
 * TRUE: a change was stored, or, overlapped, the call was accepted. 0 bytes: more changed than
 * could be kept. FALSE: ERROR_INVALID_PARAMETER, ERROR_NOACCESS (alignment), ERROR_ACCESS_DENIED
 * (also: the directory was removed), ERROR_NO_SYSTEM_RESOURCES (the system's limits for watches),
 * ERROR_INVALID_FUNCTION (this file system tells of no changes). sdk:readdirectorychangesw */
WINBASEAPI BOOL WINAPI ReadDirectoryChangesW(
    HANDLE hDirectory, LPVOID lpBuffer, DWORD nBufferLength, BOOL bWatchSubtree,
    DWORD dwNotifyFilter, LPDWORD lpBytesReturned, LPOVERLAPPED lpOverlapped,
    LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* BindIoCompletionCallback: each completed operation of the file runs Function(Win32 error, bytes,
 * overlapped) in the process's thread pool, for the file's whole life. Flags is 0. FALSE:
 * ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER (bound already, or not overlapped).
 * sdk:bindiocompletioncallback */
WINBASEAPI BOOL WINAPI BindIoCompletionCallback(HANDLE FileHandle,
                                                LPOVERLAPPED_COMPLETION_ROUTINE Function,
                                                ULONG Flags);

/* RegisterWaitForSingleObject: Callback(Context, timed out) in the thread pool each time hObject is
 * signalled, which takes it, or dwMilliseconds have passed; once with WT_EXECUTEONLYONCE. A mutex:
 * ERROR_INVALID_PARAMETER. UnregisterWait: as UnregisterWaitEx with NULL.
 * sdk:registerwaitforsingleobject, sdk:unregisterwait */
WINBASEAPI BOOL WINAPI RegisterWaitForSingleObject(PHANDLE phNewWaitObject, HANDLE hObject,
                                                   WAITORTIMERCALLBACK Callback, PVOID Context,
                                                   ULONG dwMilliseconds, ULONG dwFlags);
WINBASEAPI BOOL WINAPI UnregisterWait(HANDLE WaitHandle);

/* DeleteTimerQueue: as DeleteTimerQueueEx with NULL. sdk:deletetimerqueue */
WINBASEAPI BOOL WINAPI DeleteTimerQueue(HANDLE TimerQueue);

/* GlobalAlloc, LocalAlloc: dwBytes bytes, zeroed with ZEROINIT, 16-byte aligned, below 4 GiB while
 * there is room: programs pass such addresses through a DWORD. What they return is the address for
 * fixed memory and a handle to Lock for moveable. NULL: ERROR_NOT_ENOUGH_MEMORY.
 * sdk:globalalloc, sdk:localalloc */
WINBASEAPI HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes);
WINBASEAPI HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes);
/* GlobalReAlloc, LocalReAlloc: resize; the block may move only if moveable or so flagged. NULL: it
 * is as it was. sdk:globalrealloc, sdk:localrealloc */
WINBASEAPI HGLOBAL WINAPI GlobalReAlloc(HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags);
WINBASEAPI HLOCAL WINAPI LocalReAlloc(HLOCAL hMem, SIZE_T uBytes, UINT uFlags);
/* GlobalFree, LocalFree: NULL on success (and for NULL), else the handle and
 * ERROR_INVALID_HANDLE. sdk:globalfree, sdk:localfree */
WINBASEAPI HGLOBAL WINAPI GlobalFree(HGLOBAL hMem);
WINBASEAPI HLOCAL WINAPI LocalFree(HLOCAL hMem);
/* GlobalSize, LocalSize: bytes; 0 and ERROR_INVALID_HANDLE on failure. sdk:globalsize,
 * sdk:localsize */
WINBASEAPI SIZE_T WINAPI GlobalSize(HGLOBAL hMem);
WINBASEAPI SIZE_T WINAPI LocalSize(HLOCAL hMem);
/* GlobalLock, LocalLock: the address of a block. Unlock: TRUE while locks remain; FALSE with
 * NO_ERROR when the last went, with ERROR_NOT_LOCKED when there was none. sdk:globallock,
 * sdk:globalunlock, sdk:locallock, sdk:localunlock */
WINBASEAPI LPVOID WINAPI GlobalLock(HGLOBAL hMem);
WINBASEAPI BOOL WINAPI GlobalUnlock(HGLOBAL hMem);
WINBASEAPI LPVOID WINAPI LocalLock(HLOCAL hMem);
WINBASEAPI BOOL WINAPI LocalUnlock(HLOCAL hMem);

/* FormatMessage: the text of an error number (FORMAT_MESSAGE_FROM_SYSTEM), or of a string with %1
 * inserts (FORMAT_MESSAGE_FROM_STRING). English, whatever dwLanguageId.
 *   lpBuffer  nSize characters; with FORMAT_MESSAGE_ALLOCATE_BUFFER the address of a pointer that
 *             receives memory to LocalFree
 * Returns the characters without the final zero, or 0: ERROR_MR_MID_NOT_FOUND,
 * ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER. sdk:formatmessage */
WINBASEAPI DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId,
                                       DWORD dwLanguageId, LPSTR lpBuffer, DWORD nSize,
                                       va_list *Arguments);
WINBASEAPI DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId,
                                       DWORD dwLanguageId, LPWSTR lpBuffer, DWORD nSize,
                                       va_list *Arguments);

/* lstrcpy: copies a text with its zero; there must be room. lstrcat: the same behind another text.
 * lstrcpyn: iMaxLength - 1 characters at most, and a zero; nothing if iMaxLength is 0. All return
 * lpString1, or NULL if one of the two is NULL. sdk:lstrcpya, sdk:lstrcata, sdk:lstrcpyna */
WINBASEAPI LPSTR WINAPI lstrcpyA(LPSTR lpString1, LPCSTR lpString2);
WINBASEAPI LPWSTR WINAPI lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2);
WINBASEAPI LPSTR WINAPI lstrcpynA(LPSTR lpString1, LPCSTR lpString2, int iMaxLength);
WINBASEAPI LPWSTR WINAPI lstrcpynW(LPWSTR lpString1, LPCWSTR lpString2, int iMaxLength);
WINBASEAPI LPSTR WINAPI lstrcatA(LPSTR lpString1, LPCSTR lpString2);
WINBASEAPI LPWSTR WINAPI lstrcatW(LPWSTR lpString1, LPCWSTR lpString2);

/* lstrcmp, lstrcmpi: the order of words in a list: signs, digits, letters; lower case before upper
 * where nothing else differs (lstrcmpi: never); hyphens and apostrophes count last. -1, 0 or 1;
 * NULL comes before all text. sdk:lstrcmpa, sdk:lstrcmpia */
WINBASEAPI int WINAPI lstrcmpA(LPCSTR lpString1, LPCSTR lpString2);
WINBASEAPI int WINAPI lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2);
WINBASEAPI int WINAPI lstrcmpiA(LPCSTR lpString1, LPCSTR lpString2);
WINBASEAPI int WINAPI lstrcmpiW(LPCWSTR lpString1, LPCWSTR lpString2);

/* MulDiv: nNumber * nNumerator / nDenominator, in 64 bits, halves rounded away from 0. -1 also: it
 * does not fit, or nDenominator is 0. sdk:muldiv */
WINBASEAPI int WINAPI MulDiv(int nNumber, int nNumerator, int nDenominator);

IOCP_END_DECLS

/* lstrlen: characters before the zero; 0 for NULL. sdk:lstrlena */
static __inline__ int lstrlenA(LPCSTR text)
{
    return text ? (int)strlen(text) : 0;
}

static __inline__ int lstrlenW(LPCWSTR text)
{
    int length = 0;
    while (text && text[length])
        length++;
    return length;
}

/* Callback environments: which pool and group, and how callbacks run. The structure is the
 * program's; what is made with it does not refer to it afterwards.
 * sdk:initializethreadpoolenvironment, sdk:setthreadpoolcallbackpool,
 * sdk:setthreadpoolcallbackcleanupgroup, sdk:setthreadpoolcallbackrunslong,
 * sdk:setthreadpoolcallbacklibrary, sdk:setthreadpoolcallbackpriority,
 * sdk:setthreadpoolcallbackpersistent, sdk:destroythreadpoolenvironment */
static __inline__ void InitializeThreadpoolEnvironment(PTP_CALLBACK_ENVIRON pcbe)
{
    memset(pcbe, 0, sizeof *pcbe);
    pcbe->Version = 3;
    pcbe->CallbackPriority = TP_CALLBACK_PRIORITY_NORMAL;
    pcbe->Size = sizeof *pcbe;
}

static __inline__ void SetThreadpoolCallbackPool(PTP_CALLBACK_ENVIRON pcbe, PTP_POOL ptpp)
{
    pcbe->Pool = ptpp;
}

static __inline__ void SetThreadpoolCallbackCleanupGroup(PTP_CALLBACK_ENVIRON pcbe,
                                                         PTP_CLEANUP_GROUP ptpcg,
                                                         PTP_CLEANUP_GROUP_CANCEL_CALLBACK pfng)
{
    pcbe->CleanupGroup = ptpcg;
    pcbe->CleanupGroupCancelCallback = pfng;
}

static __inline__ void SetThreadpoolCallbackRunsLong(PTP_CALLBACK_ENVIRON pcbe)
{
    pcbe->u.s.LongFunction = 1;
}

static __inline__ void SetThreadpoolCallbackLibrary(PTP_CALLBACK_ENVIRON pcbe, PVOID mod)
{
    pcbe->RaceDll = mod;
}

static __inline__ void SetThreadpoolCallbackPriority(PTP_CALLBACK_ENVIRON pcbe,
                                                     TP_CALLBACK_PRIORITY Priority)
{
    pcbe->CallbackPriority = Priority;
}

static __inline__ void SetThreadpoolCallbackPersistent(PTP_CALLBACK_ENVIRON pcbe)
{
    pcbe->u.s.Persistent = 1;
}

static __inline__ void DestroyThreadpoolEnvironment(PTP_CALLBACK_ENVIRON pcbe)
{
    (void)pcbe;
}

IOCP_BEGIN_DECLS

/* VerSetConditionMask: adds to the mask how one field (VER_MAJORVERSION ...) is to be compared
 * (VER_GREATER_EQUAL ...). VerifyVersionInfo: whether this system's version compares so with the
 * fields given; major, minor and service pack numbers count as one, the first that differs decides.
 * FALSE: ERROR_OLD_WIN_VERSION (it does not), ERROR_BAD_ARGUMENTS (no field, no comparison).
 * sdk:versetconditionmask, sdk:verifyversioninfoa */
WINBASEAPI ULONGLONG WINAPI VerSetConditionMask(ULONGLONG ConditionMask, DWORD TypeMask,
                                                BYTE Condition);
WINBASEAPI BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA lpVersionInformation, DWORD dwTypeMask,
                                          DWORDLONG dwlConditionMask);
WINBASEAPI BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW lpVersionInformation, DWORD dwTypeMask,
                                          DWORDLONG dwlConditionMask);

/* GetComputerName: the machine's name up to its first dot, at most MAX_COMPUTERNAME_LENGTH
 * characters; *nSize is the room, and becomes the length without the zero. FALSE:
 * ERROR_BUFFER_OVERFLOW with *nSize the room needed. sdk:getcomputernamea */
#define MAX_COMPUTERNAME_LENGTH 15
WINBASEAPI BOOL WINAPI GetComputerNameA(LPSTR lpBuffer, LPDWORD nSize);
WINBASEAPI BOOL WINAPI GetComputerNameW(LPWSTR lpBuffer, LPDWORD nSize);

/* FileTimeToLocalFileTime, LocalFileTimeToFileTime: from UTC to the process's time zone as it is
 * now, and back. FALSE: ERROR_INVALID_PARAMETER. CompareFileTime: -1, 0 or 1. (On Windows in
 * fileapi.h.) sdk:filetimetolocalfiletime, sdk:comparefiletime */
WINBASEAPI BOOL WINAPI FileTimeToLocalFileTime(CONST FILETIME *lpFileTime,
                                               LPFILETIME lpLocalFileTime);
WINBASEAPI BOOL WINAPI LocalFileTimeToFileTime(CONST FILETIME *lpLocalFileTime,
                                               LPFILETIME lpFileTime);
WINBASEAPI LONG WINAPI CompareFileTime(CONST FILETIME *lpFileTime1, CONST FILETIME *lpFileTime2);

/* Initialization files: lines `[section]` and below them `key=string`. Names are found whatever
 * their case; lpFileName without a directory is a file in GetWindowsDirectory's (NULL: win.ini
 * there), so write "./server.ini". nSize is the room in characters; room that is too small gets
 * what fits and its zero.
 * GetPrivateProfileString: the key's string, or lpDefault (NULL: ""); returns the characters
 * without the zero, nSize - 1 if it was cut. lpKeyName NULL: the names of all keys, lpAppName NULL:
 * of all sections, as a list of strings with a zero each and one more; returns nSize - 2 if it was
 * cut. GetPrivateProfileSection: a list of `key=string`. GetPrivateProfileSectionNames: the
 * sections' names. GetPrivateProfileInt: the number that the string begins with, or nDefault.
 * GetPrivateProfileStruct: bytes as WritePrivateProfileStruct has put them there; FALSE if their
 * number or sum is another.
 * Last error: 0, ERROR_FILE_NOT_FOUND (no file, section or key), ERROR_PATH_NOT_FOUND,
 * ERROR_ACCESS_DENIED, ERROR_MORE_DATA (cut), ERROR_INVALID_DATA (no such bytes).
 * sdk:getprivateprofilestringa, sdk:getprivateprofileinta, sdk:getprivateprofilesectiona,
 * sdk:getprivateprofilesectionnamesa, sdk:getprivateprofilestructa */
WINBASEAPI DWORD WINAPI GetPrivateProfileStringA(LPCSTR lpAppName, LPCSTR lpKeyName,
                                                 LPCSTR lpDefault, LPSTR lpReturnedString,
                                                 DWORD nSize, LPCSTR lpFileName);
WINBASEAPI DWORD WINAPI GetPrivateProfileStringW(LPCWSTR lpAppName, LPCWSTR lpKeyName,
                                                 LPCWSTR lpDefault, LPWSTR lpReturnedString,
                                                 DWORD nSize, LPCWSTR lpFileName);
WINBASEAPI UINT WINAPI GetPrivateProfileIntA(LPCSTR lpAppName, LPCSTR lpKeyName, INT nDefault,
                                             LPCSTR lpFileName);
WINBASEAPI UINT WINAPI GetPrivateProfileIntW(LPCWSTR lpAppName, LPCWSTR lpKeyName, INT nDefault,
                                             LPCWSTR lpFileName);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionA(LPCSTR lpAppName, LPSTR lpReturnedString,
                                                  DWORD nSize, LPCSTR lpFileName);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionW(LPCWSTR lpAppName, LPWSTR lpReturnedString,
                                                  DWORD nSize, LPCWSTR lpFileName);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionNamesA(LPSTR lpszReturnBuffer, DWORD nSize,
                                                       LPCSTR lpFileName);
WINBASEAPI DWORD WINAPI GetPrivateProfileSectionNamesW(LPWSTR lpszReturnBuffer, DWORD nSize,
                                                       LPCWSTR lpFileName);
WINBASEAPI BOOL WINAPI GetPrivateProfileStructA(LPCSTR lpszSection, LPCSTR lpszKey, LPVOID lpStruct,
                                                UINT uSizeStruct, LPCSTR szFile);
WINBASEAPI BOOL WINAPI GetPrivateProfileStructW(LPCWSTR lpszSection, LPCWSTR lpszKey,
                                                LPVOID lpStruct, UINT uSizeStruct, LPCWSTR szFile);

/* WritePrivateProfileString: sets the key's string, makes what is not there (the directory must
 * be); lpString NULL: the key goes; lpKeyName NULL: the section goes. WritePrivateProfileSection:
 * replaces the section's lines by this list; NULL: the section goes. WritePrivateProfileStruct:
 * uSizeStruct bytes as hexadecimal digits. FALSE: all names NULL (there is nothing to flush),
 * ERROR_FILE_NOT_FOUND (no section given), ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED,
 * ERROR_SHARING_VIOLATION, ERROR_DISK_FULL. sdk:writeprivateprofilestringa,
 * sdk:writeprivateprofilesectiona, sdk:writeprivateprofilestructa */
WINBASEAPI BOOL WINAPI WritePrivateProfileStringA(LPCSTR lpAppName, LPCSTR lpKeyName,
                                                  LPCSTR lpString, LPCSTR lpFileName);
WINBASEAPI BOOL WINAPI WritePrivateProfileStringW(LPCWSTR lpAppName, LPCWSTR lpKeyName,
                                                  LPCWSTR lpString, LPCWSTR lpFileName);
WINBASEAPI BOOL WINAPI WritePrivateProfileSectionA(LPCSTR lpAppName, LPCSTR lpString,
                                                   LPCSTR lpFileName);
WINBASEAPI BOOL WINAPI WritePrivateProfileSectionW(LPCWSTR lpAppName, LPCWSTR lpString,
                                                   LPCWSTR lpFileName);
WINBASEAPI BOOL WINAPI WritePrivateProfileStructA(LPCSTR lpszSection, LPCSTR lpszKey,
                                                  LPVOID lpStruct, UINT uSizeStruct, LPCSTR szFile);
WINBASEAPI BOOL WINAPI WritePrivateProfileStructW(LPCWSTR lpszSection, LPCWSTR lpszKey,
                                                  LPVOID lpStruct, UINT uSizeStruct,
                                                  LPCWSTR szFile);

IOCP_END_DECLS

#ifdef UNICODE
#define GetComputerName GetComputerNameW
#define VerifyVersionInfo VerifyVersionInfoW
#define CopyFile CopyFileW
#define FormatMessage FormatMessageW
#define MoveFile MoveFileW
#define MoveFileEx MoveFileExW
#define ReplaceFile ReplaceFileW
#define GetPrivateProfileString GetPrivateProfileStringW
#define GetPrivateProfileInt GetPrivateProfileIntW
#define GetPrivateProfileSection GetPrivateProfileSectionW
#define GetPrivateProfileSectionNames GetPrivateProfileSectionNamesW
#define GetPrivateProfileStruct GetPrivateProfileStructW
#define WritePrivateProfileString WritePrivateProfileStringW
#define WritePrivateProfileSection WritePrivateProfileSectionW
#define WritePrivateProfileStruct WritePrivateProfileStructW
#define lstrcat lstrcatW
#define lstrcmp lstrcmpW
#define lstrcmpi lstrcmpiW
#define lstrcpy lstrcpyW
#define lstrcpyn lstrcpynW
#define lstrlen lstrlenW
#else
#define GetComputerName GetComputerNameA
#define VerifyVersionInfo VerifyVersionInfoA
#define CopyFile CopyFileA
#define CreateFileMapping CreateFileMappingA
#define OpenFileMapping OpenFileMappingA
#define FormatMessage FormatMessageA
#define MoveFile MoveFileA
#define MoveFileEx MoveFileExA
#define ReplaceFile ReplaceFileA
#define GetPrivateProfileString GetPrivateProfileStringA
#define GetPrivateProfileInt GetPrivateProfileIntA
#define GetPrivateProfileSection GetPrivateProfileSectionA
#define GetPrivateProfileSectionNames GetPrivateProfileSectionNamesA
#define GetPrivateProfileStruct GetPrivateProfileStructA
#define WritePrivateProfileString WritePrivateProfileStringA
#define WritePrivateProfileSection WritePrivateProfileSectionA
#define WritePrivateProfileStruct WritePrivateProfileStructA
#define lstrcat lstrcatA
#define lstrcmp lstrcmpA
#define lstrcmpi lstrcmpiA
#define lstrcpy lstrcpyA
#define lstrcpyn lstrcpynA
#define lstrlen lstrlenA
#endif

#endif
