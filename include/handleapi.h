/* SPDX-License-Identifier: MIT
 *
 * Handles of every kind: closing, copying, flags. BOOL functions: FALSE and GetLastError.
 */
#ifndef _APISETHANDLE_
#define _APISETHANDLE_

#include "minwindef.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define HANDLE_FLAG_INHERIT 0x00000001
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x00000002

IOCP_BEGIN_DECLS

/* CloseHandle: gives the handle up; the object lives on while other handles, pending operations or
 * waiting threads need it. FALSE: ERROR_INVALID_HANDLE. sdk:closehandle */
WINBASEAPI BOOL WINAPI CloseHandle(HANDLE hObject);

/* DuplicateHandle: a second handle for the same object, within this process (both process handles
 * must be GetCurrentProcess). dwOptions: DUPLICATE_SAME_ACCESS, DUPLICATE_CLOSE_SOURCE.
 * FALSE: ERROR_INVALID_HANDLE, ERROR_NOT_SUPPORTED. sdk:duplicatehandle */
WINBASEAPI BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle,
                                       HANDLE hTargetProcessHandle, LPHANDLE lpTargetHandle,
                                       DWORD dwDesiredAccess, BOOL bInheritHandle,
                                       DWORD dwOptions);

/* GetHandleInformation: stores the HANDLE_FLAG_ bits. FALSE: ERROR_INVALID_HANDLE.
 * sdk:gethandleinformation */
WINBASEAPI BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags);

/* SetHandleInformation: sets the flags named by dwMask to their value in dwFlags.
 * FALSE: ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER. sdk:sethandleinformation */
WINBASEAPI BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags);

IOCP_END_DECLS

#endif
