/* SPDX-License-Identifier: MIT
 *
 * POSIX calls by the names of Windows' C library. A CRT descriptor is a Linux descriptor.
 */
#ifndef _INC_IO
#define _INC_IO

#include <fcntl.h>
#include <unistd.h>

#include <stdint.h>
#include "iocp_base.h"

#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR O_RDWR
#define _O_APPEND O_APPEND
#define _O_CREAT O_CREAT
#define _O_TRUNC O_TRUNC
#define _O_EXCL O_EXCL
#define _O_BINARY 0
#define _O_TEXT 0
#ifndef O_BINARY
#define O_BINARY 0
#endif
#ifndef O_TEXT
#define O_TEXT 0
#endif

#define _open open
#define _read read
#define _write write
#define _lseek lseek
#define _lseeki64 lseek
#define _isatty isatty
#define _dup dup
#define _dup2 dup2
#define _access access
#define _unlink unlink

IOCP_BEGIN_DECLS

/* _get_osfhandle: the HANDLE of an open descriptor, -1 (EBADF) for any other. It is the
 * descriptor's number and can be used as a file that is not overlapped; CloseHandle closes the
 * descriptor. Descriptor 0 gives 0, which is no handle. _open_osfhandle: a descriptor for a file's
 * handle, or that of a number or SOCKET; -1 otherwise; the flags do nothing. _close: closes a
 * descriptor, and with it the handle that was given to _open_osfhandle. crt:get-osfhandle,
 * crt:open-osfhandle */
intptr_t _get_osfhandle(int descriptor) IOCP_SYMBOL("iocp_get_osfhandle");
int _open_osfhandle(intptr_t handle, int flags) IOCP_SYMBOL("iocp_open_osfhandle");
int _close(int descriptor) IOCP_SYMBOL("iocp_close_descriptor");

IOCP_END_DECLS

#endif
