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

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;

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

/* FindFirstChangeNotification: a handle that is signalled when something of dwNotifyFilter changes
 * in the directory; FindNextChangeNotification resets it until the next change. To be closed with
 * FindCloseChangeNotification. INVALID_HANDLE_VALUE, FALSE: errors as CreateFile and
 * ReadDirectoryChangesW. sdk:findfirstchangenotificationw, sdk:findnextchangenotification,
 * sdk:findclosechangenotification */
WINBASEAPI HANDLE WINAPI FindFirstChangeNotificationA(LPCSTR lpPathName, BOOL bWatchSubtree,
                                                      DWORD dwNotifyFilter);
WINBASEAPI HANDLE WINAPI FindFirstChangeNotificationW(LPCWSTR lpPathName, BOOL bWatchSubtree,
                                                      DWORD dwNotifyFilter);
WINBASEAPI BOOL WINAPI FindNextChangeNotification(HANDLE hChangeHandle);
WINBASEAPI BOOL WINAPI FindCloseChangeNotification(HANDLE hChangeHandle);

/* CreateDirectory: makes a directory. FALSE: ERROR_ALREADY_EXISTS, ERROR_PATH_NOT_FOUND (where it
 * is to be made). RemoveDirectory: removes an empty one. FALSE: ERROR_DIR_NOT_EMPTY,
 * ERROR_DIRECTORY (a file), ERROR_SHARING_VIOLATION. DeleteFile: removes a file; one that is open
 * goes with its last handle. FALSE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND,
 * ERROR_ACCESS_DENIED (a directory, read-only), ERROR_SHARING_VIOLATION. sdk:createdirectoryw,
 * sdk:removedirectoryw, sdk:deletefilew */
WINBASEAPI BOOL WINAPI CreateDirectoryA(LPCSTR lpPathName,
                                        LPSECURITY_ATTRIBUTES lpSecurityAttributes);
WINBASEAPI BOOL WINAPI CreateDirectoryW(LPCWSTR lpPathName,
                                        LPSECURITY_ATTRIBUTES lpSecurityAttributes);
WINBASEAPI BOOL WINAPI RemoveDirectoryA(LPCSTR lpPathName);
WINBASEAPI BOOL WINAPI RemoveDirectoryW(LPCWSTR lpPathName);
WINBASEAPI BOOL WINAPI DeleteFileA(LPCSTR lpFileName);
WINBASEAPI BOOL WINAPI DeleteFileW(LPCWSTR lpFileName);

/* GetFileAttributes: FILE_ATTRIBUTE_*, or INVALID_FILE_ATTRIBUTES. GetFileAttributesEx: times and
 * size too, level GetFileExInfoStandard. A link has its target's, and _REPARSE_POINT.
 * SetFileAttributes: FILE_ATTRIBUTE_READONLY or not; others do nothing. Errors:
 * ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED. sdk:getfileattributesw,
 * sdk:getfileattributesexw, sdk:setfileattributesw */
WINBASEAPI DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName);
WINBASEAPI DWORD WINAPI GetFileAttributesW(LPCWSTR lpFileName);
WINBASEAPI BOOL WINAPI GetFileAttributesExA(LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                            LPVOID lpFileInformation);
WINBASEAPI BOOL WINAPI GetFileAttributesExW(LPCWSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                            LPVOID lpFileInformation);
WINBASEAPI BOOL WINAPI SetFileAttributesA(LPCSTR lpFileName, DWORD dwFileAttributes);
WINBASEAPI BOOL WINAPI SetFileAttributesW(LPCWSTR lpFileName, DWORD dwFileAttributes);

/* FindFirstFile: the first name that matches; the last part of lpFileName may hold * and ?.
 * FindFirstFileEx: the same; fInfoLevelId 0 or 1, lpSearchFilter NULL. Returns a handle for
 * FindNextFile, to be closed with FindClose, or INVALID_HANDLE_VALUE: ERROR_FILE_NOT_FOUND,
 * ERROR_PATH_NOT_FOUND, ERROR_INVALID_NAME. FindNextFile: FALSE and ERROR_NO_MORE_FILES at the
 * end. Upper and lower case differ. sdk:findfirstfilew, sdk:findfirstfileexw, sdk:findnextfilew,
 * sdk:findclose */
WINBASEAPI HANDLE WINAPI FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData);
WINBASEAPI HANDLE WINAPI FindFirstFileW(LPCWSTR lpFileName, LPWIN32_FIND_DATAW lpFindFileData);
WINBASEAPI HANDLE WINAPI FindFirstFileExA(LPCSTR lpFileName, FINDEX_INFO_LEVELS fInfoLevelId,
                                          LPVOID lpFindFileData, FINDEX_SEARCH_OPS fSearchOp,
                                          LPVOID lpSearchFilter, DWORD dwAdditionalFlags);
WINBASEAPI HANDLE WINAPI FindFirstFileExW(LPCWSTR lpFileName, FINDEX_INFO_LEVELS fInfoLevelId,
                                          LPVOID lpFindFileData, FINDEX_SEARCH_OPS fSearchOp,
                                          LPVOID lpSearchFilter, DWORD dwAdditionalFlags);
WINBASEAPI BOOL WINAPI FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData);
WINBASEAPI BOOL WINAPI FindNextFileW(HANDLE hFindFile, LPWIN32_FIND_DATAW lpFindFileData);
WINBASEAPI BOOL WINAPI FindClose(HANDLE hFindFile);

/* CreateFile2: CreateFile with the rest of its parameters in a structure, which may be NULL.
 * INVALID_HANDLE_VALUE: as CreateFile, ERROR_INVALID_PARAMETER (dwSize). sdk:createfile2 */
typedef struct _CREATEFILE2_EXTENDED_PARAMETERS {
    DWORD dwSize;
    DWORD dwFileAttributes;
    DWORD dwFileFlags;
    DWORD dwSecurityQosFlags;
    LPSECURITY_ATTRIBUTES lpSecurityAttributes;
    HANDLE hTemplateFile;
} CREATEFILE2_EXTENDED_PARAMETERS, *PCREATEFILE2_EXTENDED_PARAMETERS,
    *LPCREATEFILE2_EXTENDED_PARAMETERS;
WINBASEAPI HANDLE WINAPI CreateFile2(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     DWORD dwCreationDisposition,
                                     LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams);

/* GetLongPathName: the name itself, if it exists: there are no short ones. Returns as
 * GetFullPathName; 0: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND. sdk:getlongpathnamew */
WINBASEAPI DWORD WINAPI GetLongPathNameA(LPCSTR lpszShortPath, LPSTR lpszLongPath,
                                         DWORD cchBuffer);
WINBASEAPI DWORD WINAPI GetLongPathNameW(LPCWSTR lpszShortPath, LPWSTR lpszLongPath,
                                         DWORD cchBuffer);

/* GetFullPathName: the name from the root on, without . and .., whether it exists or not.
 * lpFilePart: where its last part begins, or NULL. GetTempPath: the directory for temporary files
 * (TMPDIR, TMP, TEMP, /tmp), with a slash at its end. Both return the length without the zero, the
 * room needed with it if that is more than nBufferLength, or 0. GetTempFileName: a name from a
 * directory, three characters and a number; makes the file if uUnique is 0. lpTempFileName has
 * MAX_PATH characters. Returns the number, or 0: ERROR_DIRECTORY, ERROR_BUFFER_OVERFLOW.
 * sdk:getfullpathnamew, sdk:gettemppathw, sdk:gettempfilenamew */
WINBASEAPI DWORD WINAPI GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer,
                                         LPSTR *lpFilePart);
WINBASEAPI DWORD WINAPI GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer,
                                         LPWSTR *lpFilePart);
WINBASEAPI DWORD WINAPI GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer);
WINBASEAPI DWORD WINAPI GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer);
WINBASEAPI UINT WINAPI GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique,
                                        LPSTR lpTempFileName);
WINBASEAPI UINT WINAPI GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique,
                                        LPWSTR lpTempFileName);

/* GetDiskFreeSpaceEx: bytes for this user, in all, and free, of the file system that the directory
 * (NULL: the current one) is on. Each may be NULL. sdk:getdiskfreespaceexw */
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR lpDirectoryName,
                                           PULARGE_INTEGER lpFreeBytesAvailableToCaller,
                                           PULARGE_INTEGER lpTotalNumberOfBytes,
                                           PULARGE_INTEGER lpTotalNumberOfFreeBytes);
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR lpDirectoryName,
                                           PULARGE_INTEGER lpFreeBytesAvailableToCaller,
                                           PULARGE_INTEGER lpTotalNumberOfBytes,
                                           PULARGE_INTEGER lpTotalNumberOfFreeBytes);

/* GetDiskFreeSpace: the same in clusters for this user and in all; a cluster's sectors and a
 * sector's bytes, of which FILE_FLAG_NO_BUFFERING takes multiples. sdk:getdiskfreespacea */
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceA(LPCSTR lpRootPathName, LPDWORD lpSectorsPerCluster,
                                         LPDWORD lpBytesPerSector, LPDWORD lpNumberOfFreeClusters,
                                         LPDWORD lpTotalNumberOfClusters);
WINBASEAPI BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR lpRootPathName, LPDWORD lpSectorsPerCluster,
                                         LPDWORD lpBytesPerSector, LPDWORD lpNumberOfFreeClusters,
                                         LPDWORD lpTotalNumberOfClusters);

IOCP_END_DECLS

#ifdef UNICODE
#define CreateFile CreateFileW
#define FindFirstChangeNotification FindFirstChangeNotificationW
#define CreateDirectory CreateDirectoryW
#define RemoveDirectory RemoveDirectoryW
#define DeleteFile DeleteFileW
#define GetFileAttributes GetFileAttributesW
#define GetFileAttributesEx GetFileAttributesExW
#define SetFileAttributes SetFileAttributesW
#define FindFirstFile FindFirstFileW
#define FindFirstFileEx FindFirstFileExW
#define FindNextFile FindNextFileW
#define GetLongPathName GetLongPathNameW
#define GetFullPathName GetFullPathNameW
#define GetTempPath GetTempPathW
#define GetTempFileName GetTempFileNameW
#define GetDiskFreeSpace GetDiskFreeSpaceW
#define GetDiskFreeSpaceEx GetDiskFreeSpaceExW
#else
#define CreateFile CreateFileA
#define FindFirstChangeNotification FindFirstChangeNotificationA
#define CreateDirectory CreateDirectoryA
#define RemoveDirectory RemoveDirectoryA
#define DeleteFile DeleteFileA
#define GetFileAttributes GetFileAttributesA
#define GetFileAttributesEx GetFileAttributesExA
#define SetFileAttributes SetFileAttributesA
#define FindFirstFile FindFirstFileA
#define FindFirstFileEx FindFirstFileExA
#define FindNextFile FindNextFileA
#define GetLongPathName GetLongPathNameA
#define GetFullPathName GetFullPathNameA
#define GetTempPath GetTempPathA
#define GetTempFileName GetTempFileNameA
#define GetDiskFreeSpace GetDiskFreeSpaceA
#define GetDiskFreeSpaceEx GetDiskFreeSpaceExA
#endif

#endif
