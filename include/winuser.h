/* SPDX-License-Identifier: MIT
 *
 * The little of the user interface's header that programs without one use: formatted text and the
 * case of letters. There are no windows, messages and menus here.
 */
#ifndef _WINUSER_
#define _WINUSER_

#include "minwindef.h"

IOCP_BEGIN_DECLS

/* wsprintf, wvsprintf: formatted text, 1,023 characters and a zero at most. A conversion is
 * %[-][#][0][width][.precision]type with the types d i u x X, with h (short), l (32 bits), I64 or I
 * (64 bits) in front; p; c C s S, of which the capitals mean text of the other width (h: char, l or
 * w: WCHAR, in either). No floating point, no *: what is no type is copied. The A forms' text is
 * UTF-8. Returns the number of characters without the zero; less than expected if it was cut.
 * sdk:wsprintfa, sdk:wvsprintfa */
WINUSERAPI int WINAPIV wsprintfA(LPSTR to, LPCSTR format, ...);
WINUSERAPI int WINAPIV wsprintfW(LPWSTR to, LPCWSTR format, ...);
WINUSERAPI int WINAPI wvsprintfA(LPSTR to, LPCSTR format, va_list arglist);
WINUSERAPI int WINAPI wvsprintfW(LPWSTR to, LPCWSTR format, va_list arglist);

/* CharUpper, CharLower: change a text in place, or one character that is given instead of an
 * address. Return the same. The language does not matter. sdk:charupperw, sdk:charlowerw
 * CharUpperBuff, CharLowerBuff: cchLength characters, zeros among them too; return how many.
 * In UTF-8 a letter whose other case has another length stays. sdk:charupperbuffw,
 * sdk:charlowerbuffw */
WINUSERAPI LPSTR WINAPI CharUpperA(LPSTR lpsz);
WINUSERAPI LPWSTR WINAPI CharUpperW(LPWSTR lpsz);
WINUSERAPI LPSTR WINAPI CharLowerA(LPSTR lpsz);
WINUSERAPI LPWSTR WINAPI CharLowerW(LPWSTR lpsz);
WINUSERAPI DWORD WINAPI CharUpperBuffA(LPSTR lpsz, DWORD cchLength);
WINUSERAPI DWORD WINAPI CharUpperBuffW(LPWSTR lpsz, DWORD cchLength);
WINUSERAPI DWORD WINAPI CharLowerBuffA(LPSTR lpsz, DWORD cchLength);
WINUSERAPI DWORD WINAPI CharLowerBuffW(LPWSTR lpsz, DWORD cchLength);

IOCP_END_DECLS

#ifdef UNICODE
#define CharLower CharLowerW
#define CharLowerBuff CharLowerBuffW
#define CharUpper CharUpperW
#define CharUpperBuff CharUpperBuffW
#define wsprintf wsprintfW
#define wvsprintf wvsprintfW
#else
#define CharLower CharLowerA
#define CharLowerBuff CharLowerBuffA
#define CharUpper CharUpperA
#define CharUpperBuff CharUpperBuffA
#define wsprintf wsprintfA
#define wvsprintf wvsprintfA
#endif

#endif
