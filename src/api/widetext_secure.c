/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_text.h: the _s family of 16-bit strings. No state.
 */
#include "api/widetext.h"

#include <errno.h>

/* What an error leaves: an empty text. */
static int secure__fail(WCHAR *to, int error)
{
    to[0] = 0;
    return error;
}

size_t iocp_wcsnlen_s(const WCHAR *text, size_t limit)
{
    return text ? iocp_wcsnlen(text, limit) : 0;
}

int iocp_wcsncpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
    if (!to && size == 0 && count == 0)
        return 0;
    if (!to || size == 0)
        return EINVAL;
    if (!from)
        return secure__fail(to, count == 0 ? 0 : EINVAL);
    size_t length = iocp_wcsnlen(from, count < size ? count : size);
    bool cut = length == size;
    if (cut && count != WIDETEXT_TRUNCATE)
        return secure__fail(to, ERANGE);
    length -= cut;
    iocp_wmemcpy(to, from, length);
    to[length] = 0;
    return cut ? WIDETEXT_CUT : 0;
}

int iocp_wcscpy_s(WCHAR *to, size_t size, const WCHAR *from)
{
    if (!to || size == 0)
        return EINVAL;
    if (!from)
        return secure__fail(to, EINVAL);
    return iocp_wcsncpy_s(to, size, from, WIDETEXT_TRUNCATE - 1);
}

int iocp_wcsncat_s(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
    if (!to && size == 0 && count == 0)
        return 0;
    if (!to || size == 0)
        return EINVAL;
    size_t used = iocp_wcsnlen(to, size);
    if (used == size)
        return secure__fail(to, EINVAL);
    if (!from)
        return count == 0 ? 0 : secure__fail(to, EINVAL);
    int failure = iocp_wcsncpy_s(to + used, size - used, from, count);
    return failure && failure != WIDETEXT_CUT ? secure__fail(to, failure) : failure;
}

int iocp_wcscat_s(WCHAR *to, size_t size, const WCHAR *from)
{
    if (!to || size == 0)
        return EINVAL;
    if (!from)
        return secure__fail(to, EINVAL);
    return iocp_wcsncat_s(to, size, from, WIDETEXT_TRUNCATE - 1);
}

WCHAR *iocp_wcstok_s(WCHAR *text, const WCHAR *set, WCHAR **place)
{
    if (!set || !place || (!text && !*place)) {
        errno = EINVAL;
        return NULL;
    }
    return iocp_wcstok(text, set, place);
}

int iocp_wcslwr_s(WCHAR *text, size_t size)
{
    if (!text)
        return EINVAL;
    if (iocp_wcsnlen(text, size) == size)
        return size ? secure__fail(text, EINVAL) : EINVAL;
    iocp_wcslwr(text);
    return 0;
}

int iocp_wcsupr_s(WCHAR *text, size_t size)
{
    if (!text)
        return EINVAL;
    if (iocp_wcsnlen(text, size) == size)
        return size ? secure__fail(text, EINVAL) : EINVAL;
    iocp_wcsupr(text);
    return 0;
}

int iocp_wmemcpy_s(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to)
        return EINVAL;
    if (!from || size < count) {
        iocp_wmemset(to, 0, size);
        return from ? ERANGE : EINVAL;
    }
    iocp_wmemcpy(to, from, count);
    return 0;
}

int iocp_wmemmove_s(WCHAR *to, size_t size, const WCHAR *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to || !from)
        return EINVAL;
    if (size < count)
        return ERANGE;
    iocp_wmemmove(to, from, count);
    return 0;
}
