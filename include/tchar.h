/* SPDX-License-Identifier: MIT
 *
 * _T() and the _tcs names. With _UNICODE they are the library's functions for 16-bit text
 * (iocp_wide_text.h, iocp_wide_stdio.h), also without -fshort-wchar. A program starts at main with
 * char arguments in either case: there is no wmain, and no _tmain with _UNICODE.
 */
#ifndef _INC_TCHAR
#define _INC_TCHAR

#include "winbase.h"
#include "iocp_crt.h"
#include "iocp_crt_time.h"
#ifdef _UNICODE
#include "iocp_wide_stdio.h"
#include "iocp_wide_text.h"
#endif

#include <ctype.h>
#ifdef _UNICODE
#include <wctype.h>
#endif

#define _T(text) __T(text)
#define _TEXT(text) __T(text)
#ifdef _UNICODE
#define __T(text) IOCP_WIDE_TEXT_(text)
typedef WCHAR _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
#define _tcslen iocp_wcslen
#define _tcsnlen iocp_wcsnlen
#define _tcscpy iocp_wcscpy
#define _tcsncpy iocp_wcsncpy
#define _tcscat iocp_wcscat
#define _tcsncat iocp_wcsncat
#define _tcscmp iocp_wcscmp
#define _tcsncmp iocp_wcsncmp
#define _tcscoll iocp_wcscoll
#define _tcsicmp iocp_wcsicmp
#define _tcsnicmp iocp_wcsnicmp
#define _tcsncicmp iocp_wcsnicmp
#define _tcschr iocp_wcschr
#define _tcsrchr iocp_wcsrchr
#define _tcsstr iocp_wcsstr
#define _tcspbrk iocp_wcspbrk
#define _tcsspn iocp_wcsspn
#define _tcscspn iocp_wcscspn
#define _tcsdup iocp_wcsdup
#define _tcslwr iocp_wcslwr
#define _tcsupr iocp_wcsupr
#define _tcsrev iocp_wcsrev
#define _tcstok_s iocp_wcstok_s
#define _tcscpy_s iocp_wcscpy_s
#define _tcsncpy_s iocp_wcsncpy_s
#define _tcscat_s iocp_wcscat_s
#define _tcsncat_s iocp_wcsncat_s
#define _tcsnlen_s iocp_wcsnlen_s
#define _tcslwr_s iocp_wcslwr_s
#define _tcsupr_s iocp_wcsupr_s
#define _tcstol iocp_wcstol
#define _tcstoul iocp_wcstoul
#define _tcstoi64 iocp_wcstoll
#define _tcstoui64 iocp_wcstoull
#define _tcstod iocp_wcstod
#define _ttoi iocp_wtoi
#define _ttol iocp_wtol
#define _ttoi64 iocp_wtoi64
#define _tstoi iocp_wtoi
#define _tstol iocp_wtol
#define _tstof iocp_wtof
#define _ttof iocp_wtof
#define _itot iocp_itow
#define _ltot iocp_ltow
#define _ultot iocp_ultow
#define _i64tot iocp_i64tow
#define _itot_s iocp_itow_s
#define _ltot_s iocp_ltow_s
#define _ultot_s iocp_ultow_s
#define _i64tot_s iocp_i64tow_s
#define _tcsftime iocp_wcsftime
#define _tprintf iocp_wprintf
#define _ftprintf iocp_fwprintf
#define _vtprintf iocp_vwprintf
#define _vftprintf iocp_vfwprintf
#define _tprintf_s iocp_wprintf
#define _ftprintf_s iocp_fwprintf
#define _stprintf iocp_swprintf_endless
#define _vstprintf iocp_vswprintf_endless
#define _stprintf_s iocp_swprintf_s
#define _vstprintf_s iocp_vswprintf_s
#define _sntprintf iocp_snwprintf
#define _vsntprintf iocp_vsnwprintf
#define _sntprintf_s iocp_snwprintf_s
#define _vsntprintf_s iocp_vsnwprintf_s
#define _sctprintf iocp_scwprintf
#define _vsctprintf iocp_vscwprintf
#define _stscanf iocp_swscanf
#define _stscanf_s iocp_swscanf_s
#define _fputts iocp_fputws
#define _putts iocp_putws
#define _fgetts iocp_fgetws
#define _puttc iocp_fputwc
#define _fputtc iocp_fputwc
#define _puttchar iocp_putwchar
#define _gettc iocp_fgetwc
#define _fgettc iocp_fgetwc
#define _tfopen iocp_wfopen
#define _tfopen_s iocp_wfopen_s
#define _tfreopen iocp_wfreopen
#define _tremove iocp_wremove
#define _tunlink iocp_wunlink
#define _trename iocp_wrename
#define _taccess iocp_waccess
#define _tmkdir iocp_wmkdir
#define _trmdir iocp_wrmdir
#define _tchdir iocp_wchdir
#ifdef __cplusplus
#define _tcstok iocp_wcstok
#else
#define _tcstok iocp_wcstok_old
#endif
#define _totlower(unit) ((WCHAR)towlower(unit))
#define _totupper(unit) ((WCHAR)towupper(unit))
#define _istalpha iswalpha
#define _istalnum iswalnum
#define _istdigit iswdigit
#define _istxdigit iswxdigit
#define _istspace iswspace
#define _istpunct iswpunct
#define _istprint iswprint
#define _istupper iswupper
#define _istlower iswlower
#define _istcntrl iswcntrl
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
/* text and numbers */
#define _tcstok strtok
#define _tcstok_s strtok_s
#define _tcsspn strspn
#define _tcscspn strcspn
#define _tcspbrk strpbrk
#define _tcscoll strcoll
#define _tcsxfrm strxfrm
#define _tcserror strerror
#define _tcserror_s strerror_s
#define _tcsnlen iocp_strnlen
#define _tcslwr _strlwr
#define _tcsupr _strupr
#define _tcslwr_s _strlwr_s
#define _tcsupr_s _strupr_s
#define _tcsrev _strrev
#define _tcsset _strset
#define _tcsnset _strnset
#define _tcstod strtod
#define _tcstoi64 strtoll
#define _tcstoui64 strtoull
#define _tstoi atoi
#define _tstol atol
#define _tstof atof
#define _tstoi64 atoll
#define _ttoi64 atoll
#define _itot _itoa
#define _ltot _ltoa
#define _ultot _ultoa
#define _i64tot _i64toa
#define _ui64tot _ui64toa
#define _itot_s _itoa_s
#define _ltot_s _ltoa_s
#define _ultot_s _ultoa_s
#define _i64tot_s _i64toa_s
#define _ui64tot_s _ui64toa_s
/* ctype.h */
#define _istalpha isalpha
#define _istalnum isalnum
#define _istcntrl iscntrl
#define _istdigit isdigit
#define _istgraph isgraph
#define _istlower islower
#define _istprint isprint
#define _istpunct ispunct
#define _istspace isspace
#define _istupper isupper
#define _istxdigit isxdigit
#define _totlower tolower
#define _totupper toupper
/* formats and streams */
#define _sctprintf _scprintf
#define _vsctprintf _vscprintf
#define _sntprintf_s _snprintf_s
#define _vsntprintf_s _vsnprintf_s
#define _vstprintf vsprintf
#define _vstprintf_s vsprintf_s
#define _vftprintf vfprintf
#define _tprintf_s printf_s
#define _ftprintf_s fprintf_s
#define _vtprintf_s vprintf_s
#define _vftprintf_s vfprintf_s
#define _stscanf sscanf
#define _ftscanf fscanf
#define _tscanf scanf
#define _stscanf_s sscanf_s
#define _ftscanf_s fscanf_s
#define _tscanf_s scanf_s
#define _fgettc fgetc
#define _fgetts fgets
#define _fputtc fputc
#define _gettc getc
#define _gettchar getchar
#define _getts_s gets_s
#define _puttc putc
#define _puttchar putchar
#define _ungettc ungetc
#define _tfopen_s fopen_s
#define _tfreopen freopen
#define _tfreopen_s freopen_s
#define _tfsopen _fsopen
#define _tfdopen _fdopen
#define _tpopen _popen
#define _tperror perror
#define _tremove remove
#define _trename rename
/* the environment, paths, times */
#define _tgetenv_s getenv_s
#define _tdupenv_s _dupenv_s
#define _tputenv _putenv
#define _tputenv_s _putenv_s
#define _tsystem system
#define _tsplitpath _splitpath
#define _tsplitpath_s _splitpath_s
#define _tmakepath _makepath
#define _tmakepath_s _makepath_s
#define _tfullpath _fullpath
#define _tasctime asctime
#define _tasctime_s asctime_s
#define _tctime ctime
#define _tctime_s ctime_s
#define _tcsftime strftime
#define _tsetlocale setlocale
/* of io.h and direct.h, which the program includes itself */
#define _topen _open
#define _tcreat _creat
#define _tsopen_s _sopen_s
#define _taccess _access
#define _taccess_s _access_s
#define _tchmod _chmod
#define _tunlink _unlink
#define _tstat _stat
#define _tstat64 _stat64
#define _tstati64 _stati64
#define _tmkdir _mkdir
#define _trmdir _rmdir
#define _tchdir _chdir
#define _tgetcwd _getcwd
#endif

#endif
