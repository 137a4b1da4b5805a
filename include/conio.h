/* SPDX-License-Identifier: MIT
 *
 * The console's keys, without echo and without Enter, and text straight to it. The console is the
 * process's controlling terminal (/dev/tty), whatever standard input and output are. The old names
 * are there too, linked to the same functions.
 */
#ifndef _INC_CONIO
#define _INC_CONIO

#include "iocp_base.h"

IOCP_BEGIN_DECLS

/* _kbhit: whether a key waits to be read; 0 without a console, or while another job has it.
 * crt:kbhit */
int __cdecl _kbhit(void);
int __cdecl kbhit(void) IOCP_SYMBOL("_kbhit");

/* _getch: the next key, waiting for it; Enter is '\r', the key that erases '\b'. EOF (-1): no
 * console, or CancelSynchronousIo. Ctrl-C is an event as always (consoleapi.h). _getche shows it as
 * well. crt:getch-getwch, crt:getche-getwche */
int __cdecl _getch(void);
int __cdecl _getche(void);
int __cdecl getch(void) IOCP_SYMBOL("_getch");
int __cdecl getche(void) IOCP_SYMBOL("_getche");

/* _putch: shows a character and returns it; EOF: no console. _cputs: a text as it is; 0, or -1 (no
 * console; NULL: errno EINVAL as well). _cprintf: as printf; returns the number of characters, or
 * -1. crt:putch-putwch, crt:cputs-cputws, crt:cprintf-cprintf-l-cwprintf-cwprintf-l */
int __cdecl _putch(int character);
int __cdecl putch(int character) IOCP_SYMBOL("_putch");
int __cdecl _cputs(const char *text);
int __cdecl _cprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

IOCP_END_DECLS

#endif
