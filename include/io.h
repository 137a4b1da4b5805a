/* SPDX-License-Identifier: MIT
 *
 * POSIX calls by the names of Windows' C library. A CRT descriptor is a Linux descriptor. Text and
 * binary are the same. What _creat and _sopen_s make can be read, as every file on Windows.
 */
#ifndef _INC_IO
#define _INC_IO

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdint.h>
#include "iocp_crt_base.h"
#include "iocp_crt_stat.h"
#include "share.h"

#define _O_RDONLY O_RDONLY
#define _O_WRONLY O_WRONLY
#define _O_RDWR O_RDWR
#define _O_APPEND O_APPEND
#define _O_CREAT O_CREAT
#define _O_TRUNC O_TRUNC
#define _O_EXCL O_EXCL
#define _O_BINARY 0
#define _O_TEXT 0
#ifdef O_CLOEXEC
#define _O_NOINHERIT O_CLOEXEC
#else
#define _O_NOINHERIT 02000000
#endif
#define _O_SEQUENTIAL 0 /* hints to the cache */
#define _O_RANDOM 0
#define _O_SHORT_LIVED 0
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

#ifdef __cplusplus
extern "C" {
#endif
extern int iocp_libc_fsync(int descriptor) IOCP_SYMBOL("fsync");
extern int iocp_libc_ftruncate(int descriptor, long size) IOCP_SYMBOL("ftruncate");
#ifdef __cplusplus
}
#endif

#ifndef _dup2
/* 0, where Linux gives back the descriptor. */
static __inline__ int _dup2(int from, int to)
{
    return dup2(from, to) < 0 ? -1 : 0;
}
#endif

#ifndef _creat
static __inline__ int _creat(const char *name, int mode)
{
    return creat(name, (mode_t)mode | _S_IREAD);
}
#endif

#ifndef _sopen_s
/* Others are not kept out, whatever `share` says. */
static __inline__ errno_t _sopen_s(int *to, const char *name, int flags, int share, int mode)
{
    (void)share;
    if (to)
        *to = -1;
    if (!to || !name)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    *to = open(name, flags, (mode_t)mode | _S_IREAD);
    return *to < 0 ? errno : 0;
}
#endif

#ifndef _access_s
static __inline__ errno_t _access_s(const char *name, int mode)
{
    if (!name || (mode & ~(R_OK | W_OK)))
        return iocp_crt_refuse(NULL, 0, EINVAL);
    return access(name, mode) == 0 ? 0 : errno;
}
#endif

#ifndef _commit
static __inline__ int _commit(int descriptor)
{
    return iocp_libc_fsync(descriptor);
}
#endif

#ifndef _chsize_s
/* The error, 0 for none. */
static __inline__ errno_t _chsize_s(int descriptor, long long size)
{
    if (size < 0)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    return iocp_libc_ftruncate(descriptor, (long)size) == 0 ? 0 : errno;
}
#endif

#ifndef _chsize
static __inline__ int _chsize(int descriptor, long size)
{
    return _chsize_s(descriptor, size) == 0 ? 0 : -1;
}
#endif

#ifndef _telli64
static __inline__ long long _telli64(int descriptor)
{
    return lseek(descriptor, 0, SEEK_CUR);
}
#endif

#ifndef _tell
static __inline__ long _tell(int descriptor)
{
    return lseek(descriptor, 0, SEEK_CUR);
}
#endif

#ifndef _filelengthi64
static __inline__ long long _filelengthi64(int descriptor)
{
    struct stat about;
    return fstat(descriptor, &about) == 0 ? (long long)about.st_size : -1;
}
#endif

#ifndef _filelength
static __inline__ long _filelength(int descriptor)
{
    return (long)_filelengthi64(descriptor);
}
#endif

#ifndef _eof
/* 1: no byte of the file is left; 0; -1: not open, or no file. */
static __inline__ int _eof(int descriptor)
{
    long long here = _telli64(descriptor), length = _filelengthi64(descriptor);
    return here < 0 || length < 0 ? -1 : here >= length;
}
#endif

#ifndef _setmode
/* The mode before: _O_BINARY, which is _O_TEXT; -1 for what is not open or another mode. */
static __inline__ int _setmode(int descriptor, int mode)
{
    if (mode != _O_BINARY) {
        errno = EINVAL;
        return -1;
    }
    return fcntl(descriptor, F_GETFD) < 0 ? -1 : _O_BINARY;
}
#endif

#ifndef _umask
static __inline__ int _umask(int mode)
{
    return (int)umask((mode_t)mode);
}
#endif

#ifndef _chmod
static __inline__ int _chmod(const char *name, int mode)
{
    return chmod(name, (mode_t)mode | _S_IREAD);
}
#endif

#ifndef _pipe
/* The size is Linux'; the only mode is _O_NOINHERIT. */
static __inline__ int _pipe(int *ends, unsigned size, int mode)
{
    (void)size;
    if (pipe(ends) != 0)
        return -1;
    if (mode & _O_NOINHERIT) {
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    }
    return 0;
}
#endif

#endif
