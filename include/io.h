/* SPDX-License-Identifier: MIT
 *
 * POSIX calls by the names of Windows' C library. A CRT descriptor is a Linux descriptor.
 */
#ifndef _INC_IO
#define _INC_IO

#include <fcntl.h>
#include <unistd.h>

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
#define _close close
#define _read read
#define _write write
#define _lseek lseek
#define _lseeki64 lseek
#define _isatty isatty
#define _dup dup
#define _dup2 dup2
#define _access access
#define _unlink unlink

#endif
