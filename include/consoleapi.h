/* SPDX-License-Identifier: MIT
 *
 * Ctrl-C and its kin: SIGINT, SIGQUIT (as Ctrl-Break), SIGHUP (closing) and SIGTERM (shutdown) run
 * the handlers in a thread of their own, as on Windows, not in a signal handler. And the modes of
 * standard input and output where these are terminals.
 */
#ifndef _APISETCONSOLE_
#define _APISETCONSOLE_

#include "minwindef.h"

#define CTRL_C_EVENT 0
#define CTRL_BREAK_EVENT 1
#define CTRL_CLOSE_EVENT 2
#define CTRL_LOGOFF_EVENT 5
#define CTRL_SHUTDOWN_EVENT 6

/* modes of input */
#define ENABLE_PROCESSED_INPUT 0x0001
#define ENABLE_LINE_INPUT 0x0002
#define ENABLE_ECHO_INPUT 0x0004
#define ENABLE_WINDOW_INPUT 0x0008
#define ENABLE_MOUSE_INPUT 0x0010
#define ENABLE_INSERT_MODE 0x0020
#define ENABLE_QUICK_EDIT_MODE 0x0040
#define ENABLE_EXTENDED_FLAGS 0x0080
#define ENABLE_AUTO_POSITION 0x0100
#define ENABLE_VIRTUAL_TERMINAL_INPUT 0x0200

/* modes of output */
#define ENABLE_PROCESSED_OUTPUT 0x0001
#define ENABLE_WRAP_AT_EOL_OUTPUT 0x0002
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 0x0004
#define DISABLE_NEWLINE_AUTO_RETURN 0x0008
#define ENABLE_LVB_GRID_WORLDWIDE 0x0010

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

/* GetConsoleMode, SetConsoleMode: of a standard handle that is a terminal. Ctrl-C as an event,
 * lines and echo of the input are the terminal's settings; all else is remembered and changes
 * nothing. FALSE: ERROR_INVALID_HANDLE (no terminal, another handle), ERROR_INVALID_PARAMETER
 * (unknown bits, ENABLE_ECHO_INPUT without ENABLE_LINE_INPUT). sdk:getconsolemode,
 * sdk:setconsolemode (console docs) */
WINBASEAPI BOOL WINAPI GetConsoleMode(HANDLE hConsoleHandle, LPDWORD lpMode);
WINBASEAPI BOOL WINAPI SetConsoleMode(HANDLE hConsoleHandle, DWORD dwMode);

IOCP_END_DECLS

#endif
