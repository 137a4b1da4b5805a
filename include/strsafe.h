/* SPDX-License-Identifier: MIT
 *
 * The counted string functions, for char text: Cch counts characters, Cb bytes, which is the same
 * here. They always end the target in a zero and return S_OK, STRSAFE_E_INSUFFICIENT_BUFFER (what
 * fits was written) or STRSAFE_E_INVALID_PARAMETER. The W forms are not here.
 * strsafe.h pages: sdk:stringcchcopya, sdk:stringcchcata, sdk:stringcchprintfa,
 * sdk:stringcchlengtha.
 */
#ifndef _STRSAFE_H_INCLUDED_
#define _STRSAFE_H_INCLUDED_

#include "iocp_crt.h"
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

#define StringCbLengthA StringCchLengthA
#define StringCbVPrintfA StringCchVPrintfA
#define StringCbPrintfA StringCchPrintfA
#define StringCbCopyNA StringCchCopyNA
#define StringCbCopyA StringCchCopyA
#define StringCbCatA StringCchCatA
#ifndef UNICODE
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
