/* SPDX-License-Identifier: MIT
 *
 * Modules by name. Programs use these to ask whether a function exists: the names of Windows'
 * own modules (kernel32, ntdll, ws2_32, mswsock ...) stand for this library, and asking one of
 * them for a function gives the library's own, or NULL. Other names are shared objects.
 * The W forms exist where Windows has them; text is 16 bits.
 */
#ifndef _LIBLOADERAPI_H_
#define _LIBLOADERAPI_H_

#include "minwindef.h"

IOCP_BEGIN_DECLS

/* GetModuleHandle: the module of that name if it is loaded; NULL names the program itself. Not to
 * be freed. NULL: ERROR_MOD_NOT_FOUND. sdk:getmodulehandlea */
WINBASEAPI HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
WINBASEAPI HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName);

/* LoadLibrary: loads the module if need be and counts a reference.
 * NULL: ERROR_MOD_NOT_FOUND. sdk:loadlibrarya */
WINBASEAPI HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
WINBASEAPI HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName);

/* FreeLibrary: gives a reference back. FALSE: ERROR_INVALID_HANDLE. sdk:freelibrary */
WINBASEAPI BOOL WINAPI FreeLibrary(HMODULE hLibModule);

/* GetProcAddress: a function's address, to be cast to its type.
 * NULL: ERROR_PROC_NOT_FOUND, ERROR_INVALID_HANDLE. sdk:getprocaddress */
WINBASEAPI FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName);

/* GetModuleFileName: the path of the program (NULL) or of a module, with slashes. Returns its
 * length without the zero; a path that does not fit is cut, nSize is returned and the last error is
 * ERROR_INSUFFICIENT_BUFFER. 0: ERROR_MOD_NOT_FOUND. sdk:getmodulefilenamea */
WINBASEAPI DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize);
WINBASEAPI DWORD WINAPI GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize);

IOCP_END_DECLS

#ifdef UNICODE
#define GetModuleFileName GetModuleFileNameW
#define GetModuleHandle GetModuleHandleW
#define LoadLibrary LoadLibraryW
#else
#define GetModuleFileName GetModuleFileNameA
#define GetModuleHandle GetModuleHandleA
#define LoadLibrary LoadLibraryA
#endif

#endif
