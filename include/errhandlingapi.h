/* SPDX-License-Identifier: MIT
 *
 * The last error: one number per thread, written by functions that fail, and not cleared by
 * functions that succeed unless their description says so.
 */
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#include "minwindef.h"

IOCP_BEGIN_DECLS

/* GetLastError: the calling thread's last error, a number of winerror.h. sdk:getlasterror */
WINBASEAPI DWORD WINAPI GetLastError(VOID);

/* SetLastError: sets it. sdk:setlasterror */
WINBASEAPI VOID WINAPI SetLastError(DWORD dwErrCode);

/* SetErrorMode: remembers SEM_ values and returns those before; GetErrorMode: those of now. Nothing
 * here shows a box, whatever they are. sdk:seterrormode */
WINBASEAPI UINT WINAPI SetErrorMode(UINT uMode);
WINBASEAPI UINT WINAPI GetErrorMode(VOID);

IOCP_END_DECLS

#endif
