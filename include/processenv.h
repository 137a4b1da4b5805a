/* SPDX-License-Identifier: MIT
 *
 * The numbers of the standard handles, for programs that carry them about; the current directory.
 */
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include "minwindef.h"

#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

IOCP_BEGIN_DECLS

/* GetCurrentDirectory: its name, with slashes. Returns the length without the zero, the room needed
 * with it if that is more than nBufferLength, or 0. SetCurrentDirectory: FALSE:
 * ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_DIRECTORY (a file). sdk:getcurrentdirectory,
 * sdk:setcurrentdirectory */
WINBASEAPI DWORD WINAPI GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer);
WINBASEAPI DWORD WINAPI GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer);
WINBASEAPI BOOL WINAPI SetCurrentDirectoryA(LPCSTR lpPathName);
WINBASEAPI BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lpPathName);

IOCP_END_DECLS

#ifdef UNICODE
#define GetCurrentDirectory GetCurrentDirectoryW
#define SetCurrentDirectory SetCurrentDirectoryW
#else
#define GetCurrentDirectory GetCurrentDirectoryA
#define SetCurrentDirectory SetCurrentDirectoryA
#endif

#endif
