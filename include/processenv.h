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

/* GetEnvironmentVariable: a variable's text. Returns as GetCurrentDirectory; 0:
 * ERROR_ENVVAR_NOT_FOUND. sdk:getenvironmentvariablew */
WINBASEAPI DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize);
WINBASEAPI DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize);

/* SetEnvironmentVariable: sets a variable of the process, which the C library's getenv reads too;
 * lpValue NULL removes it, if it is there. FALSE: ERROR_INVALID_PARAMETER (no name, or one with
 * '='), ERROR_ENVVAR_NOT_FOUND (NULL), ERROR_NOT_ENOUGH_MEMORY. sdk:setenvironmentvariable */
WINBASEAPI BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue);
WINBASEAPI BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue);
/* GetEnvironmentStrings: a copy of all variables, as NAME=VALUE texts one after the other, with an
 * empty one behind the last. NULL: ERROR_NOT_ENOUGH_MEMORY. FreeEnvironmentStrings: gives a copy
 * back; TRUE. sdk:getenvironmentstrings, sdk:freeenvironmentstringsw */
WINBASEAPI LPCH WINAPI GetEnvironmentStrings(VOID);
WINBASEAPI LPWCH WINAPI GetEnvironmentStringsW(VOID);
WINBASEAPI BOOL WINAPI FreeEnvironmentStringsA(LPCH penv);
WINBASEAPI BOOL WINAPI FreeEnvironmentStringsW(LPWCH penv);

/* GetStdHandle: the handle of a standard stream, STD_INPUT_HANDLE and so on; not overlapped. NULL:
 * the stream is closed. INVALID_HANDLE_VALUE: ERROR_INVALID_HANDLE (another number).
 * SetStdHandle: what GetStdHandle shall give from now on. sdk:getstdhandle, sdk:setstdhandle */
WINBASEAPI HANDLE WINAPI GetStdHandle(DWORD nStdHandle);
WINBASEAPI BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle);

IOCP_END_DECLS

#ifdef UNICODE
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetEnvironmentVariable SetEnvironmentVariableW
#define GetEnvironmentStrings GetEnvironmentStringsW
#define FreeEnvironmentStrings FreeEnvironmentStringsW
#define GetCurrentDirectory GetCurrentDirectoryW
#define SetCurrentDirectory SetCurrentDirectoryW
#else
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetEnvironmentVariable SetEnvironmentVariableA
#define GetEnvironmentStringsA GetEnvironmentStrings
#define FreeEnvironmentStrings FreeEnvironmentStringsA
#define GetCurrentDirectory GetCurrentDirectoryA
#define SetCurrentDirectory SetCurrentDirectoryA
#endif

#endif
