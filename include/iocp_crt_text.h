/* SPDX-License-Identifier: MIT
 *
 * Text in place by the names of Windows' C library: tokens, cases, turning round, filling; and the
 * words for an error. Letters are those of the locale, byte by byte.
 */
#ifndef IOCP_CRT_TEXT_H
#define IOCP_CRT_TEXT_H

#include "iocp_crt_base.h"

#ifndef strtok_s
/* Windows' has three arguments, C11's four. */
static __inline__ char *strtok_s(char *text, const char *separators, char **next)
{
    char *end;
    if (!separators || !next || (!text && !*next)) {
        errno = EINVAL;
        return NULL;
    }
    text = text ? text : *next;
    text += strspn(text, separators);
    end = text + strcspn(text, separators);
    *next = *end ? end + 1 : end;
    *end = 0;
    return end > text ? text : NULL;
}
#endif

#ifndef strnlen_s
static __inline__ size_t strnlen_s(const char *text, size_t limit)
{
    return text ? iocp_strnlen(text, limit) : 0;
}
#endif

#ifndef _strlwr
static __inline__ char *_strlwr(char *text)
{
    char *at;
    for (at = text; at && *at; at++)
        *at = (char)iocp_libc_tolower((unsigned char)*at);
    return text;
}
#endif

#ifndef _strupr
static __inline__ char *_strupr(char *text)
{
    char *at;
    for (at = text; at && *at; at++)
        *at = (char)iocp_libc_toupper((unsigned char)*at);
    return text;
}
#endif

#ifndef _strset
static __inline__ char *_strset(char *text, int character)
{
    return (char *)memset(text, character, strlen(text));
}
#endif

#ifndef _strnset
static __inline__ char *_strnset(char *text, int character, size_t count)
{
    return (char *)memset(text, character, iocp_strnlen(text, count));
}
#endif

#ifndef _strrev
static __inline__ char *_strrev(char *text)
{
    size_t length = strlen(text), at;
    for (at = 0; at < length / 2; at++) {
        char first = text[at];
        text[at] = text[length - 1 - at];
        text[length - 1 - at] = first;
    }
    return text;
}
#endif

/* The text must end within `size`. */
#ifndef _strlwr_s
static __inline__ errno_t _strlwr_s(char *text, size_t size)
{
    if (!text || iocp_strnlen(text, size) == size)
        return iocp_crt_refuse(text, size, EINVAL);
    _strlwr(text);
    return 0;
}
#endif

#ifndef _strupr_s
static __inline__ errno_t _strupr_s(char *text, size_t size)
{
    if (!text || iocp_strnlen(text, size) == size)
        return iocp_crt_refuse(text, size, EINVAL);
    _strupr(text);
    return 0;
}
#endif

#ifndef _strset_s
static __inline__ errno_t _strset_s(char *text, size_t size, int character)
{
    if (!text || iocp_strnlen(text, size) == size)
        return iocp_crt_refuse(text, size, EINVAL);
    _strset(text, character);
    return 0;
}
#endif

#ifndef _strnset_s
static __inline__ errno_t _strnset_s(char *text, size_t size, int character, size_t count)
{
    if (!text || iocp_strnlen(text, size) == size)
        return iocp_crt_refuse(text, size, EINVAL);
    _strnset(text, character, count);
    return 0;
}
#endif

#ifndef _memicmp
static __inline__ int _memicmp(const void *left, const void *right, size_t count)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
    int difference = 0;
    for (; count > 0 && difference == 0; count--)
        difference = iocp_libc_tolower(*a++) - iocp_libc_tolower(*b++);
    return difference;
}
#endif

#ifndef _swab
static __inline__ void _swab(char *from, char *to, int count)
{
    for (; count > 1; count -= 2, from += 2, to += 2) {
        char first = from[0];
        to[0] = from[1];
        to[1] = first;
    }
}
#endif

#ifndef strerror_s
/* Linux' words for Linux' numbers; cut off where they do not fit. */
static __inline__ errno_t strerror_s(char *to, size_t size, int number)
{
    if (!to || size == 0)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    to[0] = 0;
    iocp_libc_strerror_r(number, to, size);
    return 0;
}
#endif

#ifndef strlwr
static __inline__ char *strlwr(char *text)
{
    return _strlwr(text);
}
#endif

#ifndef strupr
static __inline__ char *strupr(char *text)
{
    return _strupr(text);
}
#endif

#ifndef strrev
static __inline__ char *strrev(char *text)
{
    return _strrev(text);
}
#endif

#ifndef memicmp
static __inline__ int memicmp(const void *left, const void *right, size_t count)
{
    return _memicmp(left, right, count);
}
#endif

/* The forms that know an array's size. */
#ifdef __cplusplus
extern "C++" {
#ifndef _strlwr_s
template <size_t Size> inline errno_t _strlwr_s(char (&text)[Size])
{
    return _strlwr_s(text, Size);
}
#endif
#ifndef _strupr_s
template <size_t Size> inline errno_t _strupr_s(char (&text)[Size])
{
    return _strupr_s(text, Size);
}
#endif
#ifndef strerror_s
template <size_t Size> inline errno_t strerror_s(char (&to)[Size], int number)
{
    return strerror_s(to, Size, number);
}
#endif
}
#endif

#endif
