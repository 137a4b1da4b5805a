/* SPDX-License-Identifier: MIT
 *
 * The C library's functions for 16-bit text that stays in memory: strings, their _s family, numbers
 * and multibyte text, which is UTF-8. These take WCHAR whatever wchar_t is. tchar.h and strsafe.h
 * call them; a program built with -fshort-wchar calls them by their own names (iocp_crt_wide.h).
 *
 * What differs from Windows: `long` has 64 bits. Errors of the _s family are as in iocp_crt.h.
 */
#ifndef IOCP_WIDE_TEXT_H
#define IOCP_WIDE_TEXT_H

#include "basetsd.h"

#include <time.h>

IOCP_BEGIN_DECLS

/* Strings, as the C standard has them; texts are compared and sorted by their units. */
size_t iocp_wcslen(const WCHAR *text);
size_t iocp_wcsnlen(const WCHAR *text, size_t limit);
WCHAR *iocp_wcscpy(WCHAR *to, const WCHAR *from);
WCHAR *iocp_wcsncpy(WCHAR *to, const WCHAR *from, size_t count);
WCHAR *iocp_wcscat(WCHAR *to, const WCHAR *from);
WCHAR *iocp_wcsncat(WCHAR *to, const WCHAR *from, size_t count);
int iocp_wcscmp(const WCHAR *left, const WCHAR *right);
int iocp_wcsncmp(const WCHAR *left, const WCHAR *right, size_t count);
int iocp_wcscoll(const WCHAR *left, const WCHAR *right);
size_t iocp_wcsspn(const WCHAR *text, const WCHAR *set);
size_t iocp_wcscspn(const WCHAR *text, const WCHAR *set);
WCHAR *iocp_wcstok(WCHAR *text, const WCHAR *set, WCHAR **place);
/* The form of two arguments keeps its place for each thread. */
WCHAR *iocp_wcstok_old(WCHAR *text, const WCHAR *set);
WCHAR *iocp_wmemcpy(WCHAR *to, const WCHAR *from, size_t count);
WCHAR *iocp_wmemmove(WCHAR *to, const WCHAR *from, size_t count);
WCHAR *iocp_wmemset(WCHAR *to, WCHAR unit, size_t count);
int iocp_wmemcmp(const WCHAR *left, const WCHAR *right, size_t count);

/* What finds a place in a text. In C++ the place in a constant text is constant. */
#ifdef __cplusplus
extern "C++" {
WCHAR *iocp_wcschr(WCHAR *text, WCHAR unit) IOCP_SYMBOL("iocp_wcschr");
const WCHAR *iocp_wcschr(const WCHAR *text, WCHAR unit) IOCP_SYMBOL("iocp_wcschr");
WCHAR *iocp_wcsrchr(WCHAR *text, WCHAR unit) IOCP_SYMBOL("iocp_wcsrchr");
const WCHAR *iocp_wcsrchr(const WCHAR *text, WCHAR unit) IOCP_SYMBOL("iocp_wcsrchr");
WCHAR *iocp_wcsstr(WCHAR *text, const WCHAR *part) IOCP_SYMBOL("iocp_wcsstr");
const WCHAR *iocp_wcsstr(const WCHAR *text, const WCHAR *part) IOCP_SYMBOL("iocp_wcsstr");
WCHAR *iocp_wcspbrk(WCHAR *text, const WCHAR *set) IOCP_SYMBOL("iocp_wcspbrk");
const WCHAR *iocp_wcspbrk(const WCHAR *text, const WCHAR *set) IOCP_SYMBOL("iocp_wcspbrk");
WCHAR *iocp_wmemchr(WCHAR *text, WCHAR unit, size_t count) IOCP_SYMBOL("iocp_wmemchr");
const WCHAR *iocp_wmemchr(const WCHAR *text, WCHAR unit, size_t count) IOCP_SYMBOL("iocp_wmemchr");
}
#else
WCHAR *iocp_wcschr(const WCHAR *text, WCHAR unit);
WCHAR *iocp_wcsrchr(const WCHAR *text, WCHAR unit);
WCHAR *iocp_wcsstr(const WCHAR *text, const WCHAR *part);
WCHAR *iocp_wcspbrk(const WCHAR *text, const WCHAR *set);
WCHAR *iocp_wmemchr(const WCHAR *text, WCHAR unit, size_t count);
#endif

/* Windows' own; letters are what towlower of the locale says. crt:strdup-wcsdup-mbsdup,
 * crt:stricmp-wcsicmp-mbsicmp, crt:strlwr-wcslwr-mbslwr, crt:strrev-wcsrev-mbsrev */
WCHAR *iocp_wcsdup(const WCHAR *text);
int iocp_wcsicmp(const WCHAR *left, const WCHAR *right);
int iocp_wcsnicmp(const WCHAR *left, const WCHAR *right, size_t count);
WCHAR *iocp_wcslwr(WCHAR *text);
WCHAR *iocp_wcsupr(WCHAR *text);
WCHAR *iocp_wcsrev(WCHAR *text);

/* The _s family. Counts and sizes are in units; a count may be _TRUNCATE.
 * crt:strcpy-s-wcscpy-s-mbscpy-s, crt:strncpy-s-strncpy-s-l-wcsncpy-s */
size_t iocp_wcsnlen_s(const WCHAR *text, size_t limit);
int iocp_wcscpy_s(WCHAR *to, size_t size, const WCHAR *from);
int iocp_wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count);
int iocp_wcscat_s(WCHAR *to, size_t size, const WCHAR *from);
int iocp_wcsncat_s(WCHAR *to, size_t size, const WCHAR *from, size_t count);
WCHAR *iocp_wcstok_s(WCHAR *text, const WCHAR *set, WCHAR **place);
int iocp_wcslwr_s(WCHAR *text, size_t size);
int iocp_wcsupr_s(WCHAR *text, size_t size);
int iocp_wmemcpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count);
int iocp_wmemmove_s(WCHAR *to, size_t size, const WCHAR *from, size_t count);

/* Text to numbers. */
long iocp_wcstol(const WCHAR *text, WCHAR **end, int base);
unsigned long iocp_wcstoul(const WCHAR *text, WCHAR **end, int base);
long long iocp_wcstoll(const WCHAR *text, WCHAR **end, int base);
unsigned long long iocp_wcstoull(const WCHAR *text, WCHAR **end, int base);
float iocp_wcstof(const WCHAR *text, WCHAR **end);
double iocp_wcstod(const WCHAR *text, WCHAR **end);
long double iocp_wcstold(const WCHAR *text, WCHAR **end);
int iocp_wtoi(const WCHAR *text);
long iocp_wtol(const WCHAR *text);
long long iocp_wtoi64(const WCHAR *text);
double iocp_wtof(const WCHAR *text);

/* Numbers to text; radix 2 to 36, a sign only with 10. _ltow shows a number that 32 bits hold as
 * these 32 bits. crt:itoa-itow, crt:itoa-s-itow-s */
WCHAR *iocp_itow(int value, WCHAR *to, int radix);
WCHAR *iocp_ltow(long value, WCHAR *to, int radix);
WCHAR *iocp_ultow(unsigned long value, WCHAR *to, int radix);
WCHAR *iocp_i64tow(long long value, WCHAR *to, int radix);
WCHAR *iocp_ui64tow(unsigned long long value, WCHAR *to, int radix);
int iocp_itow_s(int value, WCHAR *to, size_t size, int radix);
int iocp_ltow_s(long value, WCHAR *to, size_t size, int radix);
int iocp_ultow_s(unsigned long value, WCHAR *to, size_t size, int radix);
int iocp_i64tow_s(long long value, WCHAR *to, size_t size, int radix);
int iocp_ui64tow_s(unsigned long long value, WCHAR *to, size_t size, int radix);

/* Between UTF-8 and 16-bit text. What is no text: (size_t)-1 or EILSEQ. No character is divided: a
 * target may keep a unit or three bytes at its end that nothing was put into. mbtowc and wctomb
 * know what one unit holds, so no characters beyond U+FFFF. crt:mbstowcs-s-mbstowcs-s-l,
 * crt:wcstombs-s-wcstombs-s-l */
size_t iocp_mbstowcs(WCHAR *to, const char *from, size_t count);
size_t iocp_wcstombs(char *to, const WCHAR *from, size_t count);
int iocp_mbstowcs_s(size_t *converted, WCHAR *to, size_t size, const char *from, size_t count);
int iocp_wcstombs_s(size_t *converted, char *to, size_t size, const WCHAR *from, size_t count);
int iocp_mbtowc(WCHAR *to, const char *from, size_t count);
int iocp_wctomb(char *to, WCHAR unit);

size_t iocp_wcsftime(WCHAR *to, size_t size, const WCHAR *format, const struct tm *time);

IOCP_END_DECLS

#ifdef __cplusplus
/* The forms that know an array's size, and wcstok's old one. */
extern "C++" {
inline WCHAR *iocp_wcstok(WCHAR *text, const WCHAR *set)
{
    return iocp_wcstok_old(text, set);
}
template <size_t Size> inline int iocp_wcscpy_s(WCHAR (&to)[Size], const WCHAR *from)
{
    return iocp_wcscpy_s(to, Size, from);
}
template <size_t Size> inline int iocp_wcscat_s(WCHAR (&to)[Size], const WCHAR *from)
{
    return iocp_wcscat_s(to, Size, from);
}
template <size_t Size> inline int iocp_wcsncpy_s(WCHAR (&to)[Size], const WCHAR *from, size_t count)
{
    return iocp_wcsncpy_s(to, Size, from, count);
}
template <size_t Size> inline int iocp_wcsncat_s(WCHAR (&to)[Size], const WCHAR *from, size_t count)
{
    return iocp_wcsncat_s(to, Size, from, count);
}
template <size_t Size> inline int iocp_itow_s(int value, WCHAR (&to)[Size], int radix)
{
    return iocp_itow_s(value, to, Size, radix);
}
}
#endif

#endif
