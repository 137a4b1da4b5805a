/* SPDX-License-Identifier: MIT
 *
 * Mappings: files, or memory of no file, seen as memory; names are known within the process. And
 * address space, reserved and committed by the page.
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

/* VirtualAlloc: reserves address space, commits pages of it, or both. VirtualAllocEx: in hProcess,
 * which must be this process.
 *   lpAddress           where; reserving rounds it down to 64 KiB, committing to a page; NULL: the
 *                       system chooses (MEM_COMMIT alone then reserves too)
 *   dwSize              bytes; every page that one of them lies in
 *   flAllocationType    MEM_RESERVE, MEM_COMMIT, both; MEM_RESET: the contents may be lost;
 *                       MEM_TOP_DOWN makes no difference
 *   flProtect           of committed pages: PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, the
 *                       PAGE_EXECUTE of these; PAGE_GUARD is as no access
 * New pages are zeros. Returns where it begins, or NULL: ERROR_INVALID_PARAMETER,
 * ERROR_INVALID_ADDRESS (taken; or, to commit, not reserved by one call), ERROR_NOT_ENOUGH_MEMORY,
 * ERROR_COMMITMENT_LIMIT, ERROR_PRIVILEGE_NOT_HELD (MEM_LARGE_PAGES), ERROR_NOT_SUPPORTED
 * (MEM_RESET_UNDO, MEM_WRITE_WATCH, MEM_PHYSICAL), ERROR_INVALID_HANDLE. sdk:virtualalloc,
 * sdk:virtualallocex */
WINBASEAPI LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                                      DWORD flProtect);
WINBASEAPI LPVOID WINAPI VirtualAllocEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize,
                                        DWORD flAllocationType, DWORD flProtect);

/* VirtualFree: dwFreeType MEM_DECOMMIT takes pages back (dwSize 0, with the address that
 * VirtualAlloc returned: all of them), MEM_RELEASE (dwSize 0) all that one call reserved.
 * VirtualFreeEx: in hProcess, which must be this process. FALSE: ERROR_INVALID_PARAMETER,
 * ERROR_INVALID_ADDRESS, ERROR_INVALID_HANDLE. sdk:virtualfree, sdk:virtualfreeex */
WINBASEAPI BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType);
WINBASEAPI BOOL WINAPI VirtualFreeEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize,
                                     DWORD dwFreeType);

/* VirtualProtect: gives committed pages of VirtualAlloc's, all of one reservation, another
 * protection; *lpflOldProtect becomes what the first had. FALSE: ERROR_INVALID_PARAMETER,
 * ERROR_INVALID_ADDRESS, ERROR_NOACCESS (lpflOldProtect), ERROR_COMMITMENT_LIMIT.
 * sdk:virtualprotect */
WINBASEAPI BOOL WINAPI VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect,
                                      PDWORD lpflOldProtect);

/* GetLargePageMinimum: 0, there are no large pages to be had by MEM_LARGE_PAGES.
 * sdk:getlargepageminimum */
WINBASEAPI SIZE_T WINAPI GetLargePageMinimum(VOID);

IOCP_END_DECLS

#ifdef UNICODE
#define CreateFileMapping CreateFileMappingW
#define OpenFileMapping OpenFileMappingW
#endif

#endif
