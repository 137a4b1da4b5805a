/* SPDX-License-Identifier: MIT
 *
 * Formatted output by the names of Windows' C library: into streams, and into buffers with the
 * answers that Windows gives when the text does not fit. The formats are Linux': %ld is a long of
 * 64 bits, %I64d is unknown.
 */
#ifndef IOCP_CRT_PRINTF_H
#define IOCP_CRT_PRINTF_H

#include "iocp_crt_base.h"

#ifndef vsprintf_s
/* Characters written, or -1 with an empty string when they do not fit. */
static __inline__ int vsprintf_s(char *to, size_t size, const char *format, va_list arguments)
{
    int length;
    if (!to || size == 0 || !format) {
        errno = EINVAL;
        return -1;
    }
    length = iocp_vsnprintf(to, size, format, arguments);
    if (length < 0 || (size_t)length >= size) {
        to[0] = 0;
        errno = ERANGE;
        return -1;
    }
    return length;
}
#endif

#ifndef sprintf_s
__attribute__((format(printf, 3, 4))) static __inline__ int sprintf_s(char *to, size_t size,
                                                                      const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsprintf_s(to, size, format, arguments);
    va_end(arguments);
    return length;
}
#endif

#ifndef _vsnprintf
/* As on Windows: at most `count` characters; no zero at the end when there are just as many, and -1
 * when there are more. */
static __inline__ int _vsnprintf(char *to, size_t count, const char *format, va_list arguments)
{
    int length = iocp_vsnprintf(to, count, format, arguments);
    char *whole;
    if (length >= 0 && (size_t)length >= count && count > 0) {
        whole = (char *)malloc((size_t)length + 1);
        if (whole) {
            iocp_vsnprintf(whole, (size_t)length + 1, format, arguments);
            memcpy(to, whole, count);
            free(whole);
        }
    }
    return length >= 0 && (size_t)length > count && to ? -1 : length;
}
#endif

#ifndef _snprintf
__attribute__((format(printf, 3, 4))) static __inline__ int _snprintf(char *to, size_t count,
                                                                      const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = _vsnprintf(to, count, format, arguments);
    va_end(arguments);
    return length;
}
#endif

#ifndef _vsnprintf_s
/* Always ends in a zero; -1 when cut off at `count` characters or at the buffer's end. */
static __inline__ int _vsnprintf_s(char *to, size_t size, size_t count, const char *format,
                                   va_list arguments)
{
    size_t room = count == _TRUNCATE || count >= size ? size : count + 1;
    int length;
    if (!to || size == 0 || !format) {
        errno = EINVAL;
        return -1;
    }
    length = iocp_vsnprintf(to, room, format, arguments);
    if (length >= 0 && (size_t)length < room)
        return length;
    if (count != _TRUNCATE && count >= size)
        to[0] = 0;
    return -1;
}
#endif

#ifndef _snprintf_s
__attribute__((format(printf, 4, 5))) static __inline__ int
_snprintf_s(char *to, size_t size, size_t count, const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = _vsnprintf_s(to, size, count, format, arguments);
    va_end(arguments);
    return length;
}
#endif

#ifndef _vscprintf
static __inline__ int _vscprintf(const char *format, va_list arguments)
{
    return iocp_vsnprintf(NULL, 0, format, arguments);
}
#endif

#ifndef _scprintf
__attribute__((format(printf, 1, 2))) static __inline__ int _scprintf(const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = iocp_vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    return length;
}
#endif

#ifndef vfprintf_s
static __inline__ int vfprintf_s(FILE *stream, const char *format, va_list arguments)
{
    va_list copy;
    int length;
    if (!stream || !format) {
        errno = EINVAL;
        return -1;
    }
    __builtin_va_copy(copy, arguments);
    length = vfprintf(stream, format, copy);
    va_end(copy);
    return length;
}
#endif

#ifndef vprintf_s
static __inline__ int vprintf_s(const char *format, va_list arguments)
{
    return vfprintf_s(stdout, format, arguments);
}
#endif

#ifndef fprintf_s
__attribute__((format(printf, 2, 3))) static __inline__ int fprintf_s(FILE *stream,
                                                                      const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vfprintf_s(stream, format, arguments);
    va_end(arguments);
    return length;
}
#endif

#ifndef printf_s
__attribute__((format(printf, 1, 2))) static __inline__ int printf_s(const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vfprintf_s(stdout, format, arguments);
    va_end(arguments);
    return length;
}
#endif

/* The forms that know an array's size. */
#ifdef __cplusplus
extern "C++" {
#ifndef vsprintf_s
template <size_t Size>
inline int vsprintf_s(char (&to)[Size], const char *format, va_list arguments)
{
    return vsprintf_s(to, Size, format, arguments);
}
#endif
#ifndef sprintf_s
template <size_t Size> inline int sprintf_s(char (&to)[Size], const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsprintf_s(to, Size, format, arguments);
    va_end(arguments);
    return length;
}
#endif
#ifndef _vsnprintf_s
template <size_t Size>
inline int _vsnprintf_s(char (&to)[Size], size_t count, const char *format, va_list arguments)
{
    return _vsnprintf_s(to, Size, count, format, arguments);
}
#endif
#ifndef _snprintf_s
template <size_t Size>
inline int _snprintf_s(char (&to)[Size], size_t count, const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = _vsnprintf_s(to, Size, count, format, arguments);
    va_end(arguments);
    return length;
}
#endif
}
#endif

#endif
