/* SPDX-License-Identifier: MIT
 *
 * Whether somebody watches, telling them something, and stopping for them.
 */
#ifndef _DEBUGAPI_H_
#define _DEBUGAPI_H_

#include "minwindef.h"

IOCP_BEGIN_DECLS

/* IsDebuggerPresent: whether the process is traced. sdk:isdebuggerpresent */
WINBASEAPI BOOL WINAPI IsDebuggerPresent(VOID);

/* DebugBreak: SIGTRAP, which stops in a debugger and ends the process without one.
 * sdk:debugbreak */
WINBASEAPI VOID WINAPI DebugBreak(VOID);

/* OutputDebugString: the text goes to who traces the process, by way of standard error (as UTF-8);
 * untraced, nothing happens. NULL: nothing. Neither fails nor touches the last error.
 * sdk:outputdebugstringa, sdk:outputdebugstringw */
WINBASEAPI VOID WINAPI OutputDebugStringA(LPCSTR lpOutputString);
WINBASEAPI VOID WINAPI OutputDebugStringW(LPCWSTR lpOutputString);
#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#else
#define OutputDebugString OutputDebugStringA
#endif

IOCP_END_DECLS

#endif
