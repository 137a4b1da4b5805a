/* SPDX-License-Identifier: MIT
 *
 * Whether somebody watches, and stopping for them.
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

IOCP_END_DECLS

#endif
