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

#define DONT_RESOLVE_DLL_REFERENCES 0x00000001
#define LOAD_LIBRARY_AS_DATAFILE 0x00000002
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x00000008
#define LOAD_IGNORE_CODE_AUTHZ_LEVEL 0x00000010
#define LOAD_LIBRARY_AS_IMAGE_RESOURCE 0x00000020
#define LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE 0x00000040
#define LOAD_LIBRARY_REQUIRE_SIGNED_TARGET 0x00000080
#define LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR 0x00000100
#define LOAD_LIBRARY_SEARCH_APPLICATION_DIR 0x00000200
#define LOAD_LIBRARY_SEARCH_USER_DIRS 0x00000400
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x00000800
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x00001000
#define LOAD_LIBRARY_SAFE_CURRENT_DIRS 0x00002000

IOCP_BEGIN_DECLS

/* GetModuleHandle: the module of that name if it is loaded; NULL names the program itself. Not to
 * be freed. NULL: ERROR_MOD_NOT_FOUND. sdk:getmodulehandlea */
WINBASEAPI HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
WINBASEAPI HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName);

/* LoadLibrary: loads the module if need be and counts a reference.
 * NULL: ERROR_MOD_NOT_FOUND. sdk:loadlibrarya */
WINBASEAPI HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
WINBASEAPI HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName);

/* LoadLibraryEx: the same. dwFlags that say where a name is looked for make no difference: the
 * dynamic linker knows where; hFile is NULL. NULL: ERROR_MOD_NOT_FOUND, ERROR_INVALID_PARAMETER
 * (another flag, as one that wants the file as data; hFile; LOAD_WITH_ALTERED_SEARCH_PATH together
 * with LOAD_LIBRARY_SEARCH_...). sdk:loadlibraryexa */
WINBASEAPI HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);
WINBASEAPI HMODULE WINAPI LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);

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
#define LoadLibraryEx LoadLibraryExW
#else
#define GetModuleFileName GetModuleFileNameA
#define GetModuleHandle GetModuleHandleA
#define LoadLibrary LoadLibraryA
#define LoadLibraryEx LoadLibraryExA
#endif

#endif
