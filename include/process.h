/* SPDX-License-Identifier: MIT
 *
 * Threads by the names of Windows' C library.
 */
#ifndef _INC_PROCESS
#define _INC_PROCESS

#include "basetsd.h"
#include <unistd.h>

typedef unsigned(__stdcall *_beginthreadex_proc_type)(void *);
typedef void(__cdecl *_beginthread_proc_type)(void *);

IOCP_BEGIN_DECLS

/* _beginthreadex: as CreateThread; stack in bytes (0: the default), initflag 0 or
 * CREATE_SUSPENDED. Returns a handle for the caller to close, or 0 with errno EAGAIN or EINVAL.
 * crt:beginthread-beginthreadex */
uintptr_t __cdecl _beginthreadex(void *security, unsigned stack_size,
                                 unsigned(__stdcall *start_address)(void *), void *arglist,
                                 unsigned initflag, unsigned *thrdaddr);

/* _endthreadex: ends the calling thread with an exit code. crt:endthread-endthreadex */
void __cdecl _endthreadex(unsigned retval) DECLSPEC_NORETURN;

/* _beginthread: a thread whose handle closes itself at its end: do not wait on it nor close it.
 * (uintptr_t)-1 with errno on failure. crt:beginthread-beginthreadex */
uintptr_t __cdecl _beginthread(void(__cdecl *start_address)(void *), unsigned stack_size,
                               void *arglist);

/* _endthread: ends a thread that _beginthread started. crt:endthread-endthreadex */
void __cdecl _endthread(void) DECLSPEC_NORETURN;

IOCP_END_DECLS

#define _getpid getpid

#endif
