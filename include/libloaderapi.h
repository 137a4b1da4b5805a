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

IOCP_END_DECLS

#ifdef UNICODE
#define GetModuleHandle GetModuleHandleW
#define LoadLibrary LoadLibraryW
#else
#define GetModuleHandle GetModuleHandleA
#define LoadLibrary LoadLibraryA
#endif

#endif
