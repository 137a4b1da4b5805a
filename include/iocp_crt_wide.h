/* SPDX-License-Identifier: MIT
 *
 * Programs built with -fshort-wchar: the C library's names for wide text mean functions for 16-bit
 * text, as wchar_t has 16 bits there and glibc's functions take 32. iocp_crt.h includes this, so
 * that windows.h brings it. libc's headers are read first, and all names become macros then: later
 * includes change nothing, and what _FORTIFY_SOURCE made of a name is out of the way.
 *
 * Functions that are not here are errors where they are used. Those of wctype.h take one character
 * and are libc's own. std::wstring is code of libstdc++ for 32 bits: the compiler warns of it.
 */
#ifndef IOCP_CRT_WIDE_H
#define IOCP_CRT_WIDE_H

#include "iocp_base.h"

#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2

#ifdef __cplusplus
extern "C++" {
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cwchar>
#include <cwctype>
#include <iosfwd>
}
#endif
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "iocp_wide_stdio.h"
#include "iocp_wide_text.h"

/* On Windows wint_t has 16 bits, and programs keep it in a wchar_t. */
#undef WEOF
#define WEOF ((wint_t)0xFFFF)

static __inline__ wint_t iocp_btowc(int byte)
{
    return byte >= 0 && byte < 0x80 ? (wint_t)byte : WEOF;
}

/* Streams have no orientation on Windows; libc's would keep char and wide text apart. */
static __inline__ int iocp_fwide(FILE *stream, int mode)
{
    (void)stream;
    return mode;
}

/* Strings. */
#define wcslen iocp_wcslen
#define wcsnlen iocp_wcsnlen
#define wcscpy iocp_wcscpy
#define wcsncpy iocp_wcsncpy
#define wcscat iocp_wcscat
#define wcsncat iocp_wcsncat
#define wcscmp iocp_wcscmp
#define wcsncmp iocp_wcsncmp
#define wcscoll iocp_wcscoll
#define wcschr iocp_wcschr
#define wcsrchr iocp_wcsrchr
#define wcsstr iocp_wcsstr
#define wcspbrk iocp_wcspbrk
#define wcsspn iocp_wcsspn
#define wcscspn iocp_wcscspn
#define wmemcpy iocp_wmemcpy
#define wmemmove iocp_wmemmove
#define wmemset iocp_wmemset
#define wmemcmp iocp_wmemcmp
#define wmemchr iocp_wmemchr
#define wcsdup iocp_wcsdup
#ifdef __cplusplus
#define wcstok iocp_wcstok
#else
/* by the number of arguments: the standard's, or Windows' older one */
#define wcstok(...) IOCP_WCSTOK_(__VA_ARGS__, iocp_wcstok, iocp_wcstok_old, 0)(__VA_ARGS__)
#define IOCP_WCSTOK_(text, set, third, function, ...) function
#endif

/* Windows' own. */
#define _wcsdup iocp_wcsdup
#define _wcsicmp iocp_wcsicmp
#define wcsicmp iocp_wcsicmp
#define _wcsnicmp iocp_wcsnicmp
#define wcsnicmp iocp_wcsnicmp
#define _wcslwr iocp_wcslwr
#define _wcsupr iocp_wcsupr
#define _wcsrev iocp_wcsrev
#define wcslwr iocp_wcslwr
#define wcsupr iocp_wcsupr
#define wcsrev iocp_wcsrev

/* The _s family. */
#define wcsnlen_s iocp_wcsnlen_s
#define wcscpy_s iocp_wcscpy_s
#define wcsncpy_s iocp_wcsncpy_s
#define wcscat_s iocp_wcscat_s
#define wcsncat_s iocp_wcsncat_s
#define wcstok_s iocp_wcstok_s
#define wmemcpy_s iocp_wmemcpy_s
#define wmemmove_s iocp_wmemmove_s
#define _wcslwr_s iocp_wcslwr_s
#define _wcsupr_s iocp_wcsupr_s

/* Numbers. */
#define wcstol iocp_wcstol
#define wcstoul iocp_wcstoul
#define wcstoll iocp_wcstoll
#define wcstoull iocp_wcstoull
#define wcstof iocp_wcstof
#define wcstod iocp_wcstod
#define wcstold iocp_wcstold
#define _wcstoi64 iocp_wcstoll
#define _wcstoui64 iocp_wcstoull
#define _wtoi iocp_wtoi
#define _wtol iocp_wtol
#define _wtoi64 iocp_wtoi64
#define _wtof iocp_wtof
#define _itow iocp_itow
#define _ltow iocp_ltow
#define _ultow iocp_ultow
#define _i64tow iocp_i64tow
#define _ui64tow iocp_ui64tow
#define _itow_s iocp_itow_s
#define _ltow_s iocp_ltow_s
#define _ultow_s iocp_ultow_s
#define _i64tow_s iocp_i64tow_s
#define _ui64tow_s iocp_ui64tow_s

/* Multibyte text and time. */
#define mbstowcs iocp_mbstowcs
#define wcstombs iocp_wcstombs
#define mbstowcs_s iocp_mbstowcs_s
#define wcstombs_s iocp_wcstombs_s
#define mbtowc iocp_mbtowc
#define wctomb iocp_wctomb
#define btowc iocp_btowc
#define wcsftime iocp_wcsftime

/* Formats. clang's fortified headers make macros of some. */
#undef swprintf
#undef vswprintf
#undef wprintf
#undef vwprintf
#undef fwprintf
#undef vfwprintf
#define swprintf iocp_swprintf
#define vswprintf iocp_vswprintf
#define swprintf_s iocp_swprintf_s
#define vswprintf_s iocp_vswprintf_s
#define wprintf iocp_wprintf
#define vwprintf iocp_vwprintf
#define fwprintf iocp_fwprintf
#define vfwprintf iocp_vfwprintf
#define swscanf iocp_swscanf
#define swscanf_s iocp_swscanf_s
#define wprintf_s iocp_wprintf
#define vwprintf_s iocp_vwprintf
#define fwprintf_s iocp_fwprintf
#define vfwprintf_s iocp_vfwprintf
#define _swprintf iocp_swprintf_endless
#define _vswprintf iocp_vswprintf_endless
#define _snwprintf iocp_snwprintf
#define _vsnwprintf iocp_vsnwprintf
#define _snwprintf_s iocp_snwprintf_s
#define _vsnwprintf_s iocp_vsnwprintf_s
#define _scwprintf iocp_scwprintf
#define _vscwprintf iocp_vscwprintf
#define snwprintf iocp_snwprintf
#define vsnwprintf iocp_vsnwprintf

/* Streams. */
#define fwide iocp_fwide
#define fputws iocp_fputws
#define fputwc iocp_fputwc
#define putwchar iocp_putwchar
#define fgetws iocp_fgetws
#define fgetwc iocp_fgetwc
#define getwchar iocp_getwchar
#define putwc iocp_fputwc
#define getwc iocp_fgetwc
#define _putws iocp_putws

/* Files by name. */
#define _wfopen iocp_wfopen
#define _wfopen_s iocp_wfopen_s
#define _wfreopen iocp_wfreopen
#define _wremove iocp_wremove
#define _wunlink iocp_wunlink
#define _wrename iocp_wrename
#define _waccess iocp_waccess
#define _wmkdir iocp_wmkdir
#define _wrmdir iocp_wrmdir
#define _wchdir iocp_wchdir

/* libc's that take or give 32-bit characters and have no form here. */
extern struct iocp_takes_32_bit_characters iocp_takes_32_bit_characters;
#define wcsxfrm iocp_takes_32_bit_characters
#define wcscasecmp iocp_takes_32_bit_characters
#define wcsncasecmp iocp_takes_32_bit_characters
#define wcpcpy iocp_takes_32_bit_characters
#define wcpncpy iocp_takes_32_bit_characters
#define wmempcpy iocp_takes_32_bit_characters
#define wcschrnul iocp_takes_32_bit_characters
#define wcswcs iocp_takes_32_bit_characters
#define wcswidth iocp_takes_32_bit_characters
#define mbrtowc iocp_takes_32_bit_characters
#define mbsrtowcs iocp_takes_32_bit_characters
#define mbsnrtowcs iocp_takes_32_bit_characters
#define wcrtomb iocp_takes_32_bit_characters
#define wcsrtombs iocp_takes_32_bit_characters
#define wcsnrtombs iocp_takes_32_bit_characters
#define wcstoimax iocp_takes_32_bit_characters
#define wcstoumax iocp_takes_32_bit_characters
#define wcstoq iocp_takes_32_bit_characters
#define wcstouq iocp_takes_32_bit_characters
#define wscanf iocp_takes_32_bit_characters
#define fwscanf iocp_takes_32_bit_characters
#define vwscanf iocp_takes_32_bit_characters
#define vfwscanf iocp_takes_32_bit_characters
#define vswscanf iocp_takes_32_bit_characters
#define ungetwc iocp_takes_32_bit_characters
#define open_wmemstream iocp_takes_32_bit_characters
#define fputws_unlocked iocp_takes_32_bit_characters
#define fputwc_unlocked iocp_takes_32_bit_characters
#define putwc_unlocked iocp_takes_32_bit_characters
#define putwchar_unlocked iocp_takes_32_bit_characters
#define fgetws_unlocked iocp_takes_32_bit_characters
#define fgetwc_unlocked iocp_takes_32_bit_characters
#define getwc_unlocked iocp_takes_32_bit_characters
#define getwchar_unlocked iocp_takes_32_bit_characters
#define wcscasecmp_l iocp_takes_32_bit_characters
#define wcsncasecmp_l iocp_takes_32_bit_characters
#define wcscoll_l iocp_takes_32_bit_characters
#define wcsxfrm_l iocp_takes_32_bit_characters
#define wcsftime_l iocp_takes_32_bit_characters
#define wcstol_l iocp_takes_32_bit_characters
#define wcstoul_l iocp_takes_32_bit_characters
#define wcstoll_l iocp_takes_32_bit_characters
#define wcstoull_l iocp_takes_32_bit_characters
#define wcstof_l iocp_takes_32_bit_characters
#define wcstod_l iocp_takes_32_bit_characters
#define wcstold_l iocp_takes_32_bit_characters

#ifdef __cplusplus
extern "C++" {
namespace std
{
using ::iocp_btowc;
using ::iocp_fgetwc;
using ::iocp_fgetws;
using ::iocp_fputwc;
using ::iocp_fputws;
using ::iocp_fwide;
using ::iocp_fwprintf;
using ::iocp_getwchar;
using ::iocp_mbstowcs;
using ::iocp_mbtowc;
using ::iocp_putwchar;
using ::iocp_swprintf;
using ::iocp_swscanf;
using ::iocp_vfwprintf;
using ::iocp_vswprintf;
using ::iocp_vwprintf;
using ::iocp_wcscat;
using ::iocp_wcschr;
using ::iocp_wcscmp;
using ::iocp_wcscoll;
using ::iocp_wcscpy;
using ::iocp_wcscspn;
using ::iocp_wcsftime;
using ::iocp_wcslen;
using ::iocp_wcsncat;
using ::iocp_wcsncmp;
using ::iocp_wcsncpy;
using ::iocp_wcspbrk;
using ::iocp_wcsrchr;
using ::iocp_wcsspn;
using ::iocp_wcsstr;
using ::iocp_wcstod;
using ::iocp_wcstof;
using ::iocp_wcstok;
using ::iocp_wcstol;
using ::iocp_wcstold;
using ::iocp_wcstoll;
using ::iocp_wcstombs;
using ::iocp_wcstoul;
using ::iocp_wcstoull;
using ::iocp_wctomb;
using ::iocp_wmemchr;
using ::iocp_wmemcmp;
using ::iocp_wmemcpy;
using ::iocp_wmemmove;
using ::iocp_wmemset;
using ::iocp_wprintf;
#ifdef __GLIBCXX__
typedef basic_string<wchar_t> wstring
    __attribute__((deprecated("libstdc++ was built for a wchar_t of 32 bits, see deviations.md")));
#endif
} /* namespace std */
}
#endif

#endif

#endif
