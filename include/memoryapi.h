/* SPDX-License-Identifier: MIT
 *
 * Mappings: files, or memory of no file, seen as memory. Names are known within the process.
 */
#ifndef _MEMORYAPI_H_
#define _MEMORYAPI_H_

#include "minwinbase.h"

#define FILE_MAP_COPY 0x0001
#define FILE_MAP_WRITE 0x0002
#define FILE_MAP_READ 0x0004
#define FILE_MAP_EXECUTE 0x0020
#define FILE_MAP_ALL_ACCESS 0x000F001F

IOCP_BEGIN_DECLS

/* CreateFileMapping: a mapping of a file, or of memory (INVALID_HANDLE_VALUE).
 *   hFile               readable; for PAGE_READWRITE also writable
 *   flProtect           PAGE_READONLY, PAGE_READWRITE, PAGE_WRITECOPY, the PAGE_EXECUTE_* of these;
 *                       SEC_COMMIT and SEC_RESERVE make no difference, SEC_IMAGE is refused
 *   dwMaximumSizeHigh, dwMaximumSizeLow   bytes; 0: the file's; the file is made as long
 * Returns a handle, with GetLastError ERROR_ALREADY_EXISTS if lpName was there already, or NULL:
 * ERROR_INVALID_PARAMETER, ERROR_FILE_INVALID (an empty file), ERROR_ACCESS_DENIED,
 * ERROR_NOT_ENOUGH_MEMORY (beyond a file that may only be read), ERROR_DISK_FULL,
 * ERROR_INVALID_HANDLE. sdk:createfilemappingw */
WINBASEAPI HANDLE WINAPI CreateFileMappingW(HANDLE hFile,
                                            LPSECURITY_ATTRIBUTES lpFileMappingAttributes,
                                            DWORD flProtect, DWORD dwMaximumSizeHigh,
                                            DWORD dwMaximumSizeLow, LPCWSTR lpName);

/* OpenFileMapping: another handle of a named mapping, or NULL: ERROR_FILE_NOT_FOUND.
 * sdk:openfilemappingw */
WINBASEAPI HANDLE WINAPI OpenFileMappingW(DWORD dwDesiredAccess, BOOL bInheritHandle,
                                          LPCWSTR lpName);

/* MapViewOfFile: shows a part of a mapping as memory; dwDesiredAccess FILE_MAP_*, the offset a
 * multiple of 64 KiB, dwNumberOfBytesToMap 0: to the end. MapViewOfFileEx: at lpBaseAddress, a
 * multiple of 64 KiB, if that is not NULL. The view holds the file open. NULL: ERROR_ACCESS_DENIED
 * (also: beyond the mapping), ERROR_MAPPED_ALIGNMENT, ERROR_INVALID_ADDRESS (taken),
 * ERROR_INVALID_HANDLE. sdk:mapviewoffile, sdk:mapviewoffileex */
WINBASEAPI LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess,
                                       DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow,
                                       SIZE_T dwNumberOfBytesToMap);
WINBASEAPI LPVOID WINAPI MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess,
                                         DWORD dwFileOffsetHigh, DWORD dwFileOffsetLow,
                                         SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress);

/* UnmapViewOfFile: by the address that MapViewOfFile returned. FlushViewOfFile: writes a part of a
 * view to the disk; 0 bytes: to its end. FALSE: ERROR_INVALID_ADDRESS. sdk:unmapviewoffile,
 * sdk:flushviewoffile */
WINBASEAPI BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress);
WINBASEAPI BOOL WINAPI FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush);

IOCP_END_DECLS

#ifdef UNICODE
#define CreateFileMapping CreateFileMappingW
#define OpenFileMapping OpenFileMappingW
#endif

#endif
