/* SPDX-License-Identifier: MIT
 *
 * The environment, errno, and the settings of a process by the names of Windows' C library. The
 * settings of what happens after an error (_set_abort_behavior, _set_invalid_parameter_handler,
 * _set_error_mode) are kept, per source file, and given back; no handler is ever called.
 */
#ifndef IOCP_CRT_ENVIRONMENT_H
#define IOCP_CRT_ENVIRONMENT_H

#include "iocp_crt_base.h"

/* The signal that comes to console handlers as CTRL_BREAK_EVENT; signal.h has it. */
#ifndef SIGBREAK
#define SIGBREAK SIGQUIT
#endif

#ifndef _environ
#ifdef __cplusplus
extern "C" {
#endif
extern char **iocp_libc_environ IOCP_SYMBOL("environ");
#ifdef __cplusplus
}
#endif
#define _environ iocp_libc_environ
#endif

#ifndef getenv_s
/* 0 also for a name that is not there: *needed is 0 then. Too small: ERANGE. */
static __inline__ errno_t getenv_s(size_t *needed, char *to, rsize_t size, const char *name)
{
    const char *value;
    if (needed)
        *needed = 0;
    if (!needed || !name || (to ? size == 0 : size > 0))
        return iocp_crt_refuse(to, size, EINVAL);
    if (to)
        to[0] = 0;
    value = getenv(name);
    if (!value)
        return 0;
    *needed = strlen(value) + 1;
    if (!to)
        return 0;
    if (*needed > size)
        return iocp_crt_refuse(to, size, ERANGE);
    memcpy(to, value, *needed);
    return 0;
}
#endif

#ifndef _dupenv_s
/* A copy for free(); NULL, and 0, for a name that is not there. */
static __inline__ errno_t _dupenv_s(char **to, size_t *size, const char *name)
{
    const char *value;
    if (to)
        *to = NULL;
    if (size)
        *size = 0;
    if (!to || !name)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    value = getenv(name);
    if (!value)
        return 0;
    *to = iocp_strdup(value);
    if (!*to)
        return ENOMEM;
    if (size)
        *size = strlen(value) + 1;
    return 0;
}
#endif

#ifndef _putenv_s
/* An empty value removes the name. */
static __inline__ errno_t _putenv_s(const char *name, const char *value)
{
    int failed;
    if (!name || !value)
        return iocp_crt_refuse(NULL, 0, EINVAL);
    failed = *value ? iocp_libc_setenv(name, value, 1) : iocp_libc_unsetenv(name);
    return failed ? errno : 0;
}
#endif

#ifndef _putenv
/* NAME=value; the text is copied, unlike putenv's. */
static __inline__ int _putenv(const char *text)
{
    const char *value = text ? strchr(text, '=') : NULL;
    char *name;
    errno_t failure;
    if (!value || value == text) {
        errno = EINVAL;
        return -1;
    }
    name = iocp_strdup(text);
    if (!name)
        return -1;
    name[value - text] = 0;
    failure = _putenv_s(name, value + 1);
    free(name);
    return failure ? -1 : 0;
}
#endif

#ifndef _set_errno
static __inline__ errno_t _set_errno(int value)
{
    errno = value;
    return 0;
}
#endif

#ifndef _get_errno
static __inline__ errno_t _get_errno(int *to)
{
    if (!to)
        return EINVAL;
    *to = errno;
    return 0;
}
#endif

typedef int(__cdecl *_onexit_t)(void);
#ifndef _onexit
static __inline__ _onexit_t _onexit(_onexit_t iocp_function)
{
    return iocp_function && atexit((void (*)(void))iocp_function) == 0 ? iocp_function : NULL;
}
#endif

#define _WRITE_ABORT_MSG 1
#define _CALL_REPORTFAULT 2
#ifndef _set_abort_behavior
static __inline__ unsigned _set_abort_behavior(unsigned flags, unsigned mask)
{
    static unsigned now = _WRITE_ABORT_MSG | _CALL_REPORTFAULT;
    unsigned before = now;
    now = (now & ~mask) | (flags & mask);
    return before;
}
#endif

typedef void(__cdecl *_invalid_parameter_handler)(const wchar_t *, const wchar_t *, const wchar_t *,
                                                  unsigned int, uintptr_t);
#ifndef _set_invalid_parameter_handler
static __inline__ _invalid_parameter_handler
_set_invalid_parameter_handler(_invalid_parameter_handler iocp_handler)
{
    static _invalid_parameter_handler iocp_now;
    _invalid_parameter_handler iocp_before = iocp_now;
    iocp_now = iocp_handler;
    return iocp_before;
}
#endif

#define _OUT_TO_DEFAULT 0
#define _OUT_TO_STDERR 1
#define _OUT_TO_MSGBOX 2
#define _REPORT_ERRMODE 3
#ifndef _set_error_mode
static __inline__ int _set_error_mode(int mode)
{
    static int now = _OUT_TO_DEFAULT;
    int before = now;
    if (mode < _OUT_TO_DEFAULT || mode > _REPORT_ERRMODE) {
        errno = EINVAL;
        return -1;
    }
    if (mode != _REPORT_ERRMODE)
        now = mode;
    return before;
}
#endif

/* How many files can be open: Linux has one limit for streams and sockets. */
#define IOCP_RLIMIT_NOFILE 7
#ifndef _getmaxstdio
static __inline__ int _getmaxstdio(void)
{
    struct iocp_libc_rlimit limit;
    if (iocp_libc_getrlimit(IOCP_RLIMIT_NOFILE, &limit) != 0)
        return -1;
    return limit.now > 0x7FFFFFFF ? 0x7FFFFFFF : (int)limit.now;
}
#endif

#ifndef _setmaxstdio
/* Makes the limit larger where it has to be, and never smaller. */
static __inline__ int _setmaxstdio(int count)
{
    struct iocp_libc_rlimit limit;
    if (count < 20) {
        errno = EINVAL;
        return -1;
    }
    if (iocp_libc_getrlimit(IOCP_RLIMIT_NOFILE, &limit) != 0)
        return -1;
    if (limit.now >= (unsigned long)count)
        return count;
    limit.now = (unsigned long)count;
    return iocp_libc_setrlimit(IOCP_RLIMIT_NOFILE, &limit) == 0 ? count : -1;
}
#endif

#if defined(__cplusplus) && !defined(getenv_s)
/* The form that knows an array's size. */
extern "C++" {
template <size_t Size> inline errno_t getenv_s(size_t *needed, char (&to)[Size], const char *name)
{
    return getenv_s(needed, to, Size, name);
}
}
#endif

#endif
