/* SPDX-License-Identifier: MIT
 *
 * Streams by the names of Windows' C library. Names of files and modes are the system's: `t` and
 * `b` change nothing, and no stream keeps other programs out of its file. _fcloseall is not here:
 * libc does not tell which streams are open.
 */
#ifndef IOCP_CRT_STDIO_H
#define IOCP_CRT_STDIO_H

#include "iocp_crt_base.h"

#ifndef fopen_s
static __inline__ errno_t fopen_s(FILE **to, const char *name, const char *mode)
{
    if (to)
        *to = NULL;
    if (!to || !name || !mode)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    *to = fopen(name, mode);
    return *to ? 0 : errno;
}
#endif

#ifndef freopen_s
static __inline__ errno_t freopen_s(FILE **to, const char *name, const char *mode, FILE *stream)
{
    if (to)
        *to = NULL;
    if (!to || !name || !mode || !stream)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    *to = freopen(name, mode, stream);
    return *to ? 0 : errno;
}
#endif

#ifndef tmpfile_s
static __inline__ errno_t tmpfile_s(FILE **to)
{
    if (!to)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    *to = tmpfile();
    return *to ? 0 : errno;
}
#endif

#ifndef _fsopen
/* Others are not kept out, whatever `share` (share.h) says. */
static __inline__ FILE *_fsopen(const char *name, const char *mode, int share)
{
    (void)share;
    return fopen(name, mode);
}
#endif

#ifndef _fileno
static __inline__ int _fileno(FILE *stream)
{
    return iocp_libc_fileno(stream);
}
#endif

#ifndef _fdopen
static __inline__ FILE *_fdopen(int descriptor, const char *mode)
{
    return iocp_libc_fdopen(descriptor, mode);
}
#endif

#ifndef _popen
/* The command is the shell's; libc knows neither `t` nor `b`. */
static __inline__ FILE *_popen(const char *command, const char *mode)
{
    char plain[2];
    if (!command || !mode || (mode[0] != 'r' && mode[0] != 'w')) {
        errno = EINVAL;
        return NULL;
    }
    plain[0] = mode[0];
    plain[1] = 0;
    return iocp_libc_popen(command, plain);
}
#endif

#ifndef _pclose
/* The command's exit code; a signal's number is in the second byte. */
static __inline__ int _pclose(FILE *stream)
{
    int status = stream ? iocp_libc_pclose(stream) : -1;
    return status < 0 ? -1 : (status >> 8 & 0xFF) | (status & 0xFF) << 8;
}
#endif

#ifndef _fseeki64
static __inline__ int _fseeki64(FILE *stream, long long offset, int origin)
{
    return fseek(stream, (long)offset, origin);
}
#endif

#ifndef _ftelli64
static __inline__ long long _ftelli64(FILE *stream)
{
    return ftell(stream);
}
#endif

#ifndef _flushall
/* 0, where Windows gives back the number of open streams. */
static __inline__ int _flushall(void)
{
    fflush(NULL);
    return 0;
}
#endif

#ifndef _fputchar
static __inline__ int _fputchar(int character)
{
    return putchar(character);
}
#endif

#ifndef _fgetchar
static __inline__ int _fgetchar(void)
{
    return getchar();
}
#endif

#ifndef gets_s
/* A line without its end. NULL at the end of the input and, with an empty string, when the line
 * does not fit; the whole line is gone then too. */
static __inline__ char *gets_s(char *to, rsize_t size)
{
    size_t length = 0;
    int character;
    if (!to || size == 0) {
        errno = EINVAL;
        return NULL;
    }
    to[0] = 0;
    character = getchar();
    if (character == EOF)
        return NULL;
    for (; character != EOF && character != '\n'; character = getchar())
        if (length++ < size)
            to[length - 1] = (char)character;
    if (length >= size) {
        iocp_crt_refuse(to, size, ERANGE);
        return NULL;
    }
    to[length] = 0;
    return to;
}
#endif

#if defined(__cplusplus) && !defined(gets_s)
extern "C++" {
template <size_t Size> inline char *gets_s(char (&to)[Size])
{
    return gets_s(to, Size);
}
}
#endif

#endif
