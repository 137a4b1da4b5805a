/* SPDX-License-Identifier: MIT
 *
 * Ctrl-C and its kin: SIGINT, SIGQUIT (as Ctrl-Break), SIGHUP (closing) and SIGTERM (shutdown) run
 * the handlers in a thread of their own, as on Windows, not in a signal handler.
 */
#ifndef _APISETCONSOLE_
#define _APISETCONSOLE_

#include "minwindef.h"

#define CTRL_C_EVENT 0
#define CTRL_BREAK_EVENT 1
#define CTRL_CLOSE_EVENT 2
#define CTRL_LOGOFF_EVENT 5
#define CTRL_SHUTDOWN_EVENT 6

/* Returns TRUE if it dealt with the event; FALSE passes on to the handler installed before it, the
 * last of which ends the process. */
typedef BOOL(WINAPI *PHANDLER_ROUTINE)(DWORD CtrlType);

IOCP_BEGIN_DECLS

/* SetConsoleCtrlHandler: adds (Add TRUE) or removes a handler; the newest is asked first. NULL with
 * TRUE: ignore Ctrl-C; NULL with FALSE: no longer. FALSE: ERROR_INVALID_PARAMETER when removing one
 * that is not there. A handler that the program has given one of the signals by then is asked last,
 * in the event's thread too. sdk:setconsolectrlhandler (console docs) */
WINBASEAPI BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE HandlerRoutine, BOOL Add);

/* GenerateConsoleCtrlEvent: CTRL_C_EVENT or CTRL_BREAK_EVENT to a process group; 0: this process.
 * FALSE: ERROR_INVALID_PARAMETER. sdk:generateconsolectrlevent (console docs) */
WINBASEAPI BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwCtrlEvent, DWORD dwProcessGroupId);

IOCP_END_DECLS

#endif
