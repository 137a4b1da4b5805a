/* SPDX-License-Identifier: MIT
 *
 * The C library's functions of stdio.h for 16-bit text: formats, streams, and files by name. As
 * iocp_wide_text.h says, for WCHAR whatever wchar_t is. Streams and names of files get UTF-8.
 *
 * Formats are Microsoft's: %s, %c, %ls and %lc are 16-bit text, %hs, %hc, %S and %C are char text;
 * %d, %u, %x and also %ld, %lu, %lx take 32 bits as they do on Windows, %lld, %I64d, %Id, %zd and
 * %jd take 64. %p is sixteen digits. A conversion that does not exist, and %n: -1 with EINVAL.
 * crt:format-specification-syntax-printf-and-wprintf-functions
 */
#ifndef IOCP_WIDE_STDIO_H
#define IOCP_WIDE_STDIO_H

#include "basetsd.h"

#include <stdio.h>
#include <wchar.h>

IOCP_BEGIN_DECLS

/* Into memory. swprintf: always a zero at the end, -1 if that cut something off. _swprintf: no
 * limit. swprintf_s: too long is -1 and an empty text. _snwprintf: no zero if it just fits, -1 if
 * it does not. _snwprintf_s: as _snprintf_s. _scwprintf: how long it would be.
 * crt:sprintf-sprintf-l-swprintf-swprintf-l-swprintf-l, crt:snprintf-snprintf-snprintf-l-snwprintf,
 * crt:sprintf-s-sprintf-s-l-swprintf-s-swprintf-s-l, crt:snprintf-s-snprintf-s-l-snwprintf-s */
int iocp_swprintf(WCHAR *to, size_t size, const WCHAR *format, ...);
int iocp_vswprintf(WCHAR *to, size_t size, const WCHAR *format, va_list arguments);
int iocp_swprintf_endless(WCHAR *to, const WCHAR *format, ...);
int iocp_vswprintf_endless(WCHAR *to, const WCHAR *format, va_list arguments);
int iocp_swprintf_s(WCHAR *to, size_t size, const WCHAR *format, ...);
int iocp_vswprintf_s(WCHAR *to, size_t size, const WCHAR *format, va_list arguments);
int iocp_snwprintf(WCHAR *to, size_t count, const WCHAR *format, ...);
int iocp_vsnwprintf(WCHAR *to, size_t count, const WCHAR *format, va_list arguments);
int iocp_snwprintf_s(WCHAR *to, size_t size, size_t count, const WCHAR *format, ...);
int iocp_vsnwprintf_s(WCHAR *to, size_t size, size_t count, const WCHAR *format, va_list arguments);
int iocp_scwprintf(const WCHAR *format, ...);
int iocp_vscwprintf(const WCHAR *format, va_list arguments);

/* To streams, as UTF-8. The result counts units. */
int iocp_wprintf(const WCHAR *format, ...);
int iocp_vwprintf(const WCHAR *format, va_list arguments);
int iocp_fwprintf(FILE *stream, const WCHAR *format, ...);
int iocp_vfwprintf(FILE *stream, const WCHAR *format, va_list arguments);

/* Text to and from streams. Half of a pair becomes U+FFFD; so does, by fgetwc, a character beyond
 * U+FFFF. The end and errors: 0xFFFF, which is WEOF on Windows. */
int iocp_fputws(const WCHAR *text, FILE *stream);
int iocp_putws(const WCHAR *text);
wint_t iocp_fputwc(WCHAR unit, FILE *stream);
wint_t iocp_putwchar(WCHAR unit);
WCHAR *iocp_fgetws(WCHAR *to, int size, FILE *stream);
wint_t iocp_fgetwc(FILE *stream);
wint_t iocp_getwchar(void);

/* Text in memory is read as swscanf does: formats as above, also %[...]; what the _s form stores as
 * text has its size after it, an unsigned int. crt:sscanf-sscanf-l-swscanf-swscanf-l */
int iocp_swscanf(const WCHAR *text, const WCHAR *format, ...);
int iocp_swscanf_s(const WCHAR *text, const WCHAR *format, ...);

/* Files by name, which is a path of the system. What follows a comma in a mode ("ccs=UTF-8") is
 * not looked at. crt:fopen-wfopen, crt:fopen-s-wfopen-s */
FILE *iocp_wfopen(const WCHAR *name, const WCHAR *mode);
int iocp_wfopen_s(FILE **stream, const WCHAR *name, const WCHAR *mode);
FILE *iocp_wfreopen(const WCHAR *name, const WCHAR *mode, FILE *stream);
int iocp_wremove(const WCHAR *name);
int iocp_wunlink(const WCHAR *name);
int iocp_wrename(const WCHAR *from, const WCHAR *to);
int iocp_waccess(const WCHAR *name, int mode);
int iocp_wmkdir(const WCHAR *name);
int iocp_wrmdir(const WCHAR *name);
int iocp_wchdir(const WCHAR *name);

IOCP_END_DECLS

#ifdef __cplusplus
/* The forms that know an array's size. */
extern "C++" {
template <size_t Size> inline int iocp_swprintf_s(WCHAR (&to)[Size], const WCHAR *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = iocp_vswprintf_s(to, Size, format, arguments);
    va_end(arguments);
    return length;
}
template <size_t Size>
inline int iocp_snwprintf_s(WCHAR (&to)[Size], size_t count, const WCHAR *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = iocp_vsnwprintf_s(to, Size, count, format, arguments);
    va_end(arguments);
    return length;
}
}
#endif

#endif
