/* SPDX-License-Identifier: MIT
 *
 * The counted string functions: Cch counts characters, Cb bytes, which is the same for char text.
 * They always end the target in a zero and return S_OK, STRSAFE_E_INSUFFICIENT_BUFFER (what fits
 * was written) or STRSAFE_E_INVALID_PARAMETER.
 * strsafe.h pages: sdk:stringcchcopya, sdk:stringcchcata, sdk:stringcchprintfa,
 * sdk:stringcchlengtha.
 */
#ifndef _STRSAFE_H_INCLUDED_
#define _STRSAFE_H_INCLUDED_

#include "iocp_crt.h"
#include "iocp_wide_stdio.h"
#include "iocp_wide_text.h"
#include "winerror.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026)

static __inline__ HRESULT StringCchLengthA(const char *text, size_t limit, size_t *length)
{
    size_t found = text ? iocp_strnlen(text, limit) : limit;
    if (length)
        *length = found < limit ? found : 0;
    return found < limit ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

static __inline__ HRESULT StringCchVPrintfA(char *to, size_t size, const char *format,
                                            va_list arguments)
{
    int length;
    if (size == 0 || size > STRSAFE_MAX_CCH)
        return STRSAFE_E_INVALID_PARAMETER;
    length = iocp_vsnprintf(to, size, format, arguments);
    return length >= 0 && (size_t)length < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

__attribute__((format(printf, 3, 4))) static __inline__ HRESULT
StringCchPrintfA(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCchVPrintfA(to, size, format, arguments);
    va_end(arguments);
    return result;
}

static __inline__ HRESULT StringCchCopyNA(char *to, size_t size, const char *from, size_t count)
{
    size_t length;
    if (size == 0 || size > STRSAFE_MAX_CCH || count > STRSAFE_MAX_CCH)
        return STRSAFE_E_INVALID_PARAMETER;
    length = iocp_strnlen(from, count);
    memcpy(to, from, length < size ? length : size - 1);
    to[length < size ? length : size - 1] = 0;
    return length < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

static __inline__ HRESULT StringCchCopyA(char *to, size_t size, const char *from)
{
    return StringCchCopyNA(to, size, from, STRSAFE_MAX_CCH);
}

static __inline__ HRESULT StringCchCatA(char *to, size_t size, const char *from)
{
    size_t used = size ? iocp_strnlen(to, size) : 0;
    if (used == size)
        return STRSAFE_E_INVALID_PARAMETER;
    return StringCchCopyA(to + used, size - used, from);
}

static __inline__ HRESULT StringCchLengthW(const WCHAR *text, size_t limit, size_t *length)
{
    size_t found = text ? iocp_wcsnlen(text, limit) : limit;
    if (length)
        *length = found < limit ? found : 0;
    return found < limit ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

static __inline__ HRESULT StringCchVPrintfW(WCHAR *to, size_t size, const WCHAR *format,
                                            va_list arguments)
{
    int length;
    if (size == 0 || size > STRSAFE_MAX_CCH)
        return STRSAFE_E_INVALID_PARAMETER;
    length = iocp_vswprintf(to, size, format, arguments);
    return length >= 0 ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

static __inline__ HRESULT StringCchPrintfW(WCHAR *to, size_t size, const WCHAR *format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCchVPrintfW(to, size, format, arguments);
    va_end(arguments);
    return result;
}

static __inline__ HRESULT StringCchCopyNW(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
    size_t length;
    if (size == 0 || size > STRSAFE_MAX_CCH || count > STRSAFE_MAX_CCH)
        return STRSAFE_E_INVALID_PARAMETER;
    length = iocp_wcsnlen(from, count);
    iocp_wmemcpy(to, from, length < size ? length : size - 1);
    to[length < size ? length : size - 1] = 0;
    return length < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

static __inline__ HRESULT StringCchCopyW(WCHAR *to, size_t size, const WCHAR *from)
{
    return StringCchCopyNW(to, size, from, STRSAFE_MAX_CCH);
}

static __inline__ HRESULT StringCchCatNW(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
    size_t used = size ? iocp_wcsnlen(to, size) : 0;
    if (used == size)
        return STRSAFE_E_INVALID_PARAMETER;
    return StringCchCopyNW(to + used, size - used, from, count);
}

static __inline__ HRESULT StringCchCatW(WCHAR *to, size_t size, const WCHAR *from)
{
    return StringCchCatNW(to, size, from, STRSAFE_MAX_CCH);
}

/* Room and lengths in bytes. */
static __inline__ HRESULT StringCbLengthW(const WCHAR *text, size_t limit, size_t *length)
{
    HRESULT result = StringCchLengthW(text, limit / sizeof(WCHAR), length);
    if (length)
        *length *= sizeof(WCHAR);
    return result;
}
#define StringCbVPrintfW(to, size, format, arguments)                                              \
    StringCchVPrintfW(to, (size) / sizeof(WCHAR), format, arguments)
#define StringCbCopyNW(to, size, from, count)                                                      \
    StringCchCopyNW(to, (size) / sizeof(WCHAR), from, (count) / sizeof(WCHAR))
#define StringCbCopyW(to, size, from) StringCchCopyW(to, (size) / sizeof(WCHAR), from)
#define StringCbCatW(to, size, from) StringCchCatW(to, (size) / sizeof(WCHAR), from)
static __inline__ HRESULT StringCbPrintfW(WCHAR *to, size_t size, const WCHAR *format, ...)
{
    va_list arguments;
    HRESULT result;
    va_start(arguments, format);
    result = StringCchVPrintfW(to, size / sizeof(WCHAR), format, arguments);
    va_end(arguments);
    return result;
}

#define StringCbLengthA StringCchLengthA
#define StringCbVPrintfA StringCchVPrintfA
#define StringCbPrintfA StringCchPrintfA
#define StringCbCopyNA StringCchCopyNA
#define StringCbCopyA StringCchCopyA
#define StringCbCatA StringCchCatA
#ifdef UNICODE
#define StringCchLength StringCchLengthW
#define StringCchVPrintf StringCchVPrintfW
#define StringCchPrintf StringCchPrintfW
#define StringCchCopyN StringCchCopyNW
#define StringCchCopy StringCchCopyW
#define StringCchCatN StringCchCatNW
#define StringCchCat StringCchCatW
#define StringCbLength StringCbLengthW
#define StringCbVPrintf StringCbVPrintfW
#define StringCbPrintf StringCbPrintfW
#define StringCbCopyN StringCbCopyNW
#define StringCbCopy StringCbCopyW
#define StringCbCat StringCbCatW
#else
#define StringCchLength StringCchLengthA
#define StringCchVPrintf StringCchVPrintfA
#define StringCchPrintf StringCchPrintfA
#define StringCchCopyN StringCchCopyNA
#define StringCchCopy StringCchCopyA
#define StringCchCat StringCchCatA
#define StringCbLength StringCbLengthA
#define StringCbVPrintf StringCbVPrintfA
#define StringCbPrintf StringCbPrintfA
#define StringCbCopyN StringCbCopyNA
#define StringCbCopy StringCbCopyA
#define StringCbCat StringCbCatA
#endif

#endif
