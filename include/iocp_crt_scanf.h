/* SPDX-License-Identifier: MIT
 *
 * Formatted input by Windows' C library: after the target of each %s, %c and %[ comes its size, an
 * unsigned int. A text that does not fit is a failed conversion and leaves an empty string.
 *
 * Sizes of numbers are Linux': %ld and %lu want a long of 64 bits, a DWORD is %d or %u. The
 * compiler does not check these formats. %I64d, %I32d and %Id are understood; wide text (%S, %C,
 * %ls) is not: errno EINVAL, and the conversions end there.
 */
#ifndef IOCP_CRT_SCANF_H
#define IOCP_CRT_SCANF_H

#include "iocp_crt_scan.h"

#ifndef vsscanf_s
static __inline__ int vsscanf_s(const char *text, const char *format, va_list arguments)
{
    return iocp_vscan(text, NULL, format, arguments);
}
#endif

#ifndef vfscanf_s
static __inline__ int vfscanf_s(FILE *stream, const char *format, va_list arguments)
{
    return iocp_vscan(NULL, stream, format, arguments);
}
#endif

#ifndef vscanf_s
static __inline__ int vscanf_s(const char *format, va_list arguments)
{
    return iocp_vscan(NULL, stdin, format, arguments);
}
#endif

#ifndef sscanf_s
static __inline__ int sscanf_s(const char *text, const char *format, ...)
{
    va_list arguments;
    int done;
    va_start(arguments, format);
    done = iocp_vscan(text, NULL, format, arguments);
    va_end(arguments);
    return done;
}
#endif

#ifndef fscanf_s
static __inline__ int fscanf_s(FILE *stream, const char *format, ...)
{
    va_list arguments;
    int done;
    va_start(arguments, format);
    done = iocp_vscan(NULL, stream, format, arguments);
    va_end(arguments);
    return done;
}
#endif

#ifndef scanf_s
static __inline__ int scanf_s(const char *format, ...)
{
    va_list arguments;
    int done;
    va_start(arguments, format);
    done = iocp_vscan(NULL, stdin, format, arguments);
    va_end(arguments);
    return done;
}
#endif

#endif
