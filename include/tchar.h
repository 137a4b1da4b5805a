/* SPDX-License-Identifier: MIT
 *
 * _T() and the _tcs names. With _UNICODE only what does not need a 16-bit C library: Linux' wcs
 * functions work on 32-bit text and must not see WCHAR.
 */
#ifndef _INC_TCHAR
#define _INC_TCHAR

#include "winbase.h"
#include "iocp_crt.h"

#define _T(text) __T(text)
#define _TEXT(text) __T(text)
#ifdef _UNICODE
#define __T(text) IOCP_WIDE_TEXT_(text)
typedef WCHAR _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
#define _tcslen(text) ((size_t)lstrlenW(text))
#else
#define __T(text) text
typedef char _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
#define _tmain main
#define _tcslen strlen
#define _tcscpy strcpy
#define _tcsncpy strncpy
#define _tcscat strcat
#define _tcsncat strncat
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcsicmp strcasecmp
#define _tcsnicmp strncasecmp
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcsdup iocp_strdup
#define _tcstol strtol
#define _tcstoul strtoul
#define _ttoi atoi
#define _ttol atol
#define _tcscpy_s strcpy_s
#define _tcsncpy_s strncpy_s
#define _tcscat_s strcat_s
#define _tprintf printf
#define _ftprintf fprintf
#define _stprintf sprintf
#define _stprintf_s sprintf_s
#define _sntprintf _snprintf
#define _vsntprintf _vsnprintf
#define _vtprintf vprintf
#define _fputts fputs
#define _putts puts
#define _tfopen fopen
#define _tgetenv getenv
#endif

#endif
