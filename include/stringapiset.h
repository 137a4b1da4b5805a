/* SPDX-License-Identifier: MIT
 *
 * Between UTF-16 and the bytes of a code page. UTF-8 is the one that there is: CP_UTF8 (winnls.h),
 * and what CP_ACP, CP_OEMCP and CP_THREAD_ACP stand for.
 */
#ifndef _APISETSTRING_
#define _APISETSTRING_

#include "winnt.h"

IOCP_BEGIN_DECLS

/* MultiByteToWideChar: bytes to UTF-16.
 *   dwFlags         MB_ERR_INVALID_CHARS: what is no text is an error, else it becomes U+FFFD; the
 *                   other MB_ make no difference, and are none of CP_UTF8
 *   cbMultiByte     bytes; -1: up to the zero, which is converted too
 *   cchWideChar     room in units; 0: only counts
 * Returns the units written or needed, or 0: ERROR_INVALID_PARAMETER (also: no other code page),
 * ERROR_INVALID_FLAGS, ERROR_INSUFFICIENT_BUFFER, ERROR_NO_UNICODE_TRANSLATION.
 * sdk:multibytetowidechar */
WINBASEAPI int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr,
                                          int cbMultiByte, LPWSTR lpWideCharStr, int cchWideChar);

/* WideCharToMultiByte: UTF-16 to bytes.
 *   dwFlags         WC_ERR_INVALID_CHARS: half a pair is an error, else it becomes U+FFFD; the
 *                   other WC_ make no difference, and are none of CP_UTF8
 *   cchWideChar     units; -1: up to the zero, which is converted too
 *   cbMultiByte     room in bytes; 0: only counts
 *   lpDefaultChar   not used; NULL with CP_UTF8
 *   lpUsedDefaultChar   becomes whether U+FFFD was put for something; NULL with CP_UTF8
 * Returns the bytes written or needed, or 0 with the errors above. sdk:widechartomultibyte */
WINBASEAPI int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr,
                                          int cchWideChar, LPSTR lpMultiByteStr, int cbMultiByte,
                                          LPCCH lpDefaultChar, LPBOOL lpUsedDefaultChar);

IOCP_END_DECLS

#endif
