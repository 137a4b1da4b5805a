/* SPDX-License-Identifier: MIT
 *
 * POSIX calls by the names of Windows' C library. A CRT descriptor is a Linux descriptor.
 */
#ifndef _INC_IO
#define _INC_IO

#include <fcntl.h>
#include <unistd.h>

#include <stdint.h>
#include <sys/stat.h>

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

/* _get_osfhandle: the HANDLE of an open descriptor, -1 for any other. A descriptor's number is its
 * handle; of files only TransmitFile and TransmitPackets know such handles. _open_osfhandle: the
 * descriptor of such a handle, or of a SOCKET; the flags do nothing. */
static __inline__ intptr_t _get_osfhandle(int descriptor)
{
    struct stat state;
    return fstat(descriptor, &state) == 0 ? (intptr_t)descriptor : (intptr_t)-1;
}
static __inline__ int _open_osfhandle(intptr_t handle, int flags)
{
    (void)flags;
    return _get_osfhandle((int)handle) == handle ? (int)handle : -1;
}

#endif
