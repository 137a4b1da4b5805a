/* SPDX-License-Identifier: MIT
 *
 * Functions of Windows' C library that programs find in string.h, stdio.h and stdlib.h there: the
 * _s family for memory and text, _stricmp and friends are here, the rest in a header for each
 * subject. All inline. A name that the program has made a macro is left alone; one that has a
 * function of its own by such a name says, for example, #define strlwr strlwr before it.
 *
 * Where Windows would end the process through its invalid-parameter handler, these return EINVAL
 * or ERANGE and leave an empty string, as Windows does under a handler that returns.
 */
#ifndef IOCP_CRT_H
#define IOCP_CRT_H

#include "iocp_crt_base.h"
#include "iocp_crt_environment.h"
#include "iocp_crt_memory.h"
#include "iocp_crt_numbers.h"
#include "iocp_crt_path.h"
#include "iocp_crt_printf.h"
#include "iocp_crt_scanf.h"
#include "iocp_crt_search.h"
#include "iocp_crt_stat.h"
#include "iocp_crt_stdio.h"
#include "iocp_crt_text.h"

#include <alloca.h>
#include <strings.h>

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
}
#endif

#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
#include "iocp_crt_wide.h"
#endif

#endif
