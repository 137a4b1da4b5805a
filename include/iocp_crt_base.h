/* SPDX-License-Identifier: MIT
 *
 * What the iocp_crt headers share: the types of Windows' C library, and libc's functions by names
 * of our own. Programs are built for old and for strict standards, in which libc's headers hide
 * what is POSIX.
 */
#ifndef IOCP_CRT_BASE_H
#define IOCP_CRT_BASE_H

#include "iocp_base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int errno_t;
typedef size_t rsize_t;
#ifndef _TRUNCATE
#define _TRUNCATE ((size_t)-1)
#endif
#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif

#ifdef __cplusplus
extern "C" {
#endif
struct iocp_libc_rlimit {
    unsigned long now, most;
};
extern int iocp_libc_memalign(void **to, size_t alignment, size_t size)
    IOCP_SYMBOL("posix_memalign");
extern size_t iocp_libc_usable_size(void *memory) IOCP_SYMBOL("malloc_usable_size");
extern int iocp_libc_fileno(FILE *stream) IOCP_SYMBOL("fileno");
extern FILE *iocp_libc_fdopen(int descriptor, const char *mode) IOCP_SYMBOL("fdopen");
extern FILE *iocp_libc_popen(const char *command, const char *mode) IOCP_SYMBOL("popen");
extern int iocp_libc_pclose(FILE *stream) IOCP_SYMBOL("pclose");
extern int iocp_libc_strerror_r(int number, char *to, size_t size) IOCP_SYMBOL("__xpg_strerror_r");
extern int iocp_libc_tolower(int character) IOCP_SYMBOL("tolower");
extern int iocp_libc_toupper(int character) IOCP_SYMBOL("toupper");
extern char *iocp_libc_getcwd(char *to, size_t size) IOCP_SYMBOL("getcwd");
extern int iocp_libc_setenv(const char *name, const char *value, int replace) IOCP_SYMBOL("setenv");
extern int iocp_libc_unsetenv(const char *name) IOCP_SYMBOL("unsetenv");
extern int iocp_libc_getrlimit(int which, struct iocp_libc_rlimit *to) IOCP_SYMBOL("getrlimit");
extern int iocp_libc_setrlimit(int which, const struct iocp_libc_rlimit *limit)
    IOCP_SYMBOL("setrlimit");
extern void iocp_libc_qsort_r(void *base, size_t count, size_t size,
                              int (*compare)(const void *, const void *, void *), void *context)
    IOCP_SYMBOL("qsort_r");
#ifdef __cplusplus
}
#endif

/* As where Windows' invalid-parameter handler returns: the text is emptied, the error given back
 * and left in errno. */
static __inline__ errno_t iocp_crt_refuse(char *text, size_t size, errno_t error)
{
    if (text && size > 0)
        text[0] = 0;
    errno = error;
    return error;
}

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

/* Windows' v functions leave the caller's arguments where they are, so that a program may measure
 * with them and then write; Linux' use them up. */
static __inline__ int iocp_vsnprintf(char *to, size_t size, const char *format, va_list arguments)
{
    va_list copy;
    int length;
    __builtin_va_copy(copy, arguments);
    length = __builtin_vsnprintf(to, size, format, copy);
    va_end(copy);
    return length;
}

#endif
