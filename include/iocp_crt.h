/* SPDX-License-Identifier: MIT
 *
 * Functions of Windows' C library that programs find in string.h and stdio.h there: the _s family,
 * _snprintf, _stricmp and friends. All inline; a name the program has made a macro is left alone.
 *
 * Where Windows would end the process through its invalid-parameter handler, these return EINVAL
 * or ERANGE and leave an empty string, as Windows does under a handler that returns.
 */
#ifndef IOCP_CRT_H
#define IOCP_CRT_H

#include "iocp_base.h"

#include <alloca.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef int errno_t;
typedef size_t rsize_t;
#ifndef _TRUNCATE
#define _TRUNCATE ((size_t)-1)
#endif
#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#ifndef _MAX_PATH
#define _MAX_PATH 260
#endif

/* Programs are built for older standards too: vsnprintf and va_copy came with C99, aligned_alloc
 * with C11; strnlen and strdup are POSIX, which -std=c11 does not see. */
#ifdef __cplusplus
extern "C" {
#endif
extern void *iocp_libc_aligned_alloc(size_t alignment, size_t size) IOCP_SYMBOL("aligned_alloc");
#ifdef __cplusplus
}
#endif

static __inline__ size_t iocp_strnlen(const char *text, size_t limit)
{
    const char *end = (const char *)memchr(text, 0, limit);
    return end ? (size_t)(end - text) : limit;
}

static __inline__ char *iocp_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = (char *)malloc(size);
    return copy ? (char *)memcpy(copy, text, size) : NULL;
}

#ifndef memcpy_s
/* Copies if it fits; else zeroes the target and returns ERANGE (EINVAL for NULL). */
static __inline__ errno_t memcpy_s(void *to, rsize_t size, const void *from, rsize_t count)
{
    if (count == 0)
        return 0;
    if (!to)
        return EINVAL;
    if (!from || size < count) {
        memset(to, 0, size);
        return from ? ERANGE : EINVAL;
    }
    memcpy(to, from, count);
    return 0;
}
#endif

#ifndef memmove_s
static __inline__ errno_t memmove_s(void *to, rsize_t size, const void *from, rsize_t count)
{
    if (count == 0)
        return 0;
    if (!to || !from)
        return EINVAL;
    if (size < count)
        return ERANGE;
    memmove(to, from, count);
    return 0;
}
#endif

#ifndef strncpy_s
/* Copies at most `count` characters and a zero. With _TRUNCATE what does not fit is cut off and
 * STRUNCATE (80) returned. */
static __inline__ errno_t strncpy_s(char *to, rsize_t size, const char *from, rsize_t count)
{
    size_t length;
    int cut = 0;
    if (!to || size == 0)
        return EINVAL;
    if (!from) {
        to[0] = 0;
        return count == 0 ? 0 : EINVAL;
    }
    if (count == _TRUNCATE) {
        length = iocp_strnlen(from, size);
        cut = length == size;
        length -= cut;
    } else {
        length = iocp_strnlen(from, count);
        if (length >= size) {
            to[0] = 0;
            return ERANGE;
        }
    }
    memcpy(to, from, length);
    to[length] = 0;
    return cut ? 80 : 0;
}
#endif

#ifndef strcpy_s
static __inline__ errno_t strcpy_s(char *to, rsize_t size, const char *from)
{
    if (!to || size == 0)
        return EINVAL;
    if (!from || iocp_strnlen(from, size) == size) {
        to[0] = 0;
        return from ? ERANGE : EINVAL;
    }
    memcpy(to, from, strlen(from) + 1);
    return 0;
}
#endif

#ifndef strcat_s
static __inline__ errno_t strcat_s(char *to, rsize_t size, const char *from)
{
    size_t used;
    errno_t failure;
    if (!to || size == 0)
        return EINVAL;
    used = iocp_strnlen(to, size);
    if (used == size) {
        to[0] = 0;
        return EINVAL;
    }
    failure = strcpy_s(to + used, size - used, from);
    if (failure)
        to[0] = 0;
    return failure;
}
#endif

#ifndef vsprintf_s
/* Characters written, or -1 with an empty string when they do not fit. */
static __inline__ int vsprintf_s(char *to, size_t size, const char *format, va_list arguments)
{
    int length;
    if (!to || size == 0 || !format) {
        errno = EINVAL;
        return -1;
    }
    length = __builtin_vsnprintf(to, size, format, arguments);
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
    va_list again;
    int length;
    char *whole;
    __builtin_va_copy(again, arguments);
    length = __builtin_vsnprintf(to, count, format, arguments);
    if (length >= 0 && (size_t)length >= count && count > 0) {
        whole = (char *)malloc((size_t)length + 1);
        if (whole) {
            __builtin_vsnprintf(whole, (size_t)length + 1, format, again);
            memcpy(to, whole, count);
            free(whole);
        }
    }
    va_end(again);
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

#ifndef _snprintf_s
/* Always ends in a zero; -1 when cut off at `count` characters or at the buffer's end. */
__attribute__((format(printf, 4, 5))) static __inline__ int
_snprintf_s(char *to, size_t size, size_t count, const char *format, ...)
{
    va_list arguments;
    size_t room = count == _TRUNCATE || count >= size ? size : count + 1;
    int length;
    if (!to || size == 0 || !format) {
        errno = EINVAL;
        return -1;
    }
    va_start(arguments, format);
    length = __builtin_vsnprintf(to, room, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < room)
        return length;
    if (count != _TRUNCATE && count >= size)
        to[0] = 0;
    return -1;
}
#endif

#ifndef _vscprintf
static __inline__ int _vscprintf(const char *format, va_list arguments)
{
    return __builtin_vsnprintf(NULL, 0, format, arguments);
}
#endif

#ifndef _aligned_malloc
static __inline__ void *_aligned_malloc(size_t size, size_t alignment)
{
    return iocp_libc_aligned_alloc(alignment, size);
}
static __inline__ void _aligned_free(void *memory)
{
    free(memory);
}
#endif

/* Room on the stack; _malloca's may be large, and is freed. */
#ifndef _alloca
#define _alloca alloca
#endif
#ifndef _malloca
#define _malloca malloc
#define _freea free
#endif

#ifdef _CRT_RAND_S
/* A random number from the system. EINVAL: NULL. */
IOCP_BEGIN_DECLS
errno_t rand_s(unsigned int *randomValue);
IOCP_END_DECLS
#endif

#define _stricmp strcasecmp
#define _strcmpi strcasecmp
#define _strnicmp strncasecmp
#ifndef stricmp
#define stricmp strcasecmp
#endif
#ifndef strnicmp
#define strnicmp strncasecmp
#endif
#define _strdup iocp_strdup
#define _strtoi64 strtoll
#define _strtoui64 strtoull
#define _atoi64 atoll

#if defined(__cplusplus) && !defined(strcpy_s)
/* The forms that know an array's size. */
extern "C++" {
template <size_t Size> inline errno_t strcpy_s(char (&to)[Size], const char *from)
{
    return strcpy_s(to, Size, from);
}
template <size_t Size> inline errno_t strcat_s(char (&to)[Size], const char *from)
{
    return strcat_s(to, Size, from);
}
template <size_t Size> inline errno_t strncpy_s(char (&to)[Size], const char *from, size_t count)
{
    return strncpy_s(to, Size, from, count);
}
template <size_t Size> inline int sprintf_s(char (&to)[Size], const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsprintf_s(to, Size, format, arguments);
    va_end(arguments);
    return length;
}
}
#endif

#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
#include "iocp_crt_wide.h"
#endif

#endif
