/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_text.h: strings of 16-bit units. Owns the place of wcstok's old form, one per thread.
 */
#include "api/widetext.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

static _Thread_local WCHAR *strings_place;

size_t iocp_wcslen(const WCHAR *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

size_t iocp_wcsnlen(const WCHAR *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length])
        length++;
    return length;
}

WCHAR *iocp_wmemcpy(WCHAR *to, const WCHAR *from, size_t count)
{
    return count ? memcpy(to, from, count * sizeof *to) : to;
}

WCHAR *iocp_wmemmove(WCHAR *to, const WCHAR *from, size_t count)
{
    return count ? memmove(to, from, count * sizeof *to) : to;
}

WCHAR *iocp_wmemset(WCHAR *to, WCHAR unit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = unit;
    return to;
}

int iocp_wmemcmp(const WCHAR *left, const WCHAR *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

WCHAR *iocp_wmemchr(const WCHAR *text, WCHAR unit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] == unit)
            return (WCHAR *)text + i;
    return NULL;
}

WCHAR *iocp_wcscpy(WCHAR *to, const WCHAR *from)
{
    return iocp_wmemcpy(to, from, iocp_wcslen(from) + 1);
}

WCHAR *iocp_wcsncpy(WCHAR *to, const WCHAR *from, size_t count)
{
    size_t length = iocp_wcsnlen(from, count);

    iocp_wmemcpy(to, from, length);
    iocp_wmemset(to + length, 0, count - length);
    return to;
}

WCHAR *iocp_wcscat(WCHAR *to, const WCHAR *from)
{
    iocp_wcscpy(to + iocp_wcslen(to), from);
    return to;
}

WCHAR *iocp_wcsncat(WCHAR *to, const WCHAR *from, size_t count)
{
    WCHAR *end = to + iocp_wcslen(to);
    size_t length = iocp_wcsnlen(from, count);

    iocp_wmemcpy(end, from, length);
    end[length] = 0;
    return to;
}

int iocp_wcsncmp(const WCHAR *left, const WCHAR *right, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
        if (!left[i])
            break;
    }
    return 0;
}

int iocp_wcscmp(const WCHAR *left, const WCHAR *right)
{
    return iocp_wcsncmp(left, right, (size_t)-1);
}

int iocp_wcscoll(const WCHAR *left, const WCHAR *right)
{
    return iocp_wcscmp(left, right);
}

int iocp_wcsnicmp(const WCHAR *left, const WCHAR *right, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wint_t one = towlower(left[i]);
        wint_t other = towlower(right[i]);
        if (one != other)
            return one < other ? -1 : 1;
        if (!one)
            break;
    }
    return 0;
}

int iocp_wcsicmp(const WCHAR *left, const WCHAR *right)
{
    return iocp_wcsnicmp(left, right, (size_t)-1);
}

WCHAR *iocp_wcschr(const WCHAR *text, WCHAR unit)
{
    return iocp_wmemchr(text, unit, iocp_wcslen(text) + 1);
}

WCHAR *iocp_wcsrchr(const WCHAR *text, WCHAR unit)
{
    for (size_t i = iocp_wcslen(text) + 1; i > 0; i--)
        if (text[i - 1] == unit)
            return (WCHAR *)text + i - 1;
    return NULL;
}

WCHAR *iocp_wcsstr(const WCHAR *text, const WCHAR *part)
{
    size_t length = iocp_wcslen(part);

    for (;; text++) {
        if (iocp_wcsncmp(text, part, length) == 0)
            return (WCHAR *)text;
        if (!*text)
            return NULL;
    }
}

size_t iocp_wcsspn(const WCHAR *text, const WCHAR *set)
{
    size_t length = 0;

    while (text[length] && iocp_wcschr(set, text[length]))
        length++;
    return length;
}

size_t iocp_wcscspn(const WCHAR *text, const WCHAR *set)
{
    size_t length = 0;

    while (text[length] && !iocp_wcschr(set, text[length]))
        length++;
    return length;
}

WCHAR *iocp_wcspbrk(const WCHAR *text, const WCHAR *set)
{
    text += iocp_wcscspn(text, set);
    return *text ? (WCHAR *)text : NULL;
}

WCHAR *iocp_wcstok(WCHAR *text, const WCHAR *set, WCHAR **place)
{
    if (!text)
        text = *place;
    if (!text)
        return NULL;
    text += iocp_wcsspn(text, set);
    WCHAR *end = text + iocp_wcscspn(text, set);
    *place = end;
    if (end == text)
        return NULL;
    if (*end) {
        *end = 0;
        *place = end + 1;
    }
    return text;
}

WCHAR *iocp_wcstok_old(WCHAR *text, const WCHAR *set)
{
    return iocp_wcstok(text, set, &strings_place);
}

WCHAR *iocp_wcsdup(const WCHAR *text)
{
    size_t units = text ? iocp_wcslen(text) + 1 : 0;
    WCHAR *copy = text ? malloc(units * sizeof *copy) : NULL;

    return copy ? iocp_wmemcpy(copy, text, units) : NULL;
}

WCHAR *iocp_wcslwr(WCHAR *text)
{
    for (WCHAR *at = text; *at; at++)
        *at = (WCHAR)towlower(*at);
    return text;
}

WCHAR *iocp_wcsupr(WCHAR *text)
{
    for (WCHAR *at = text; *at; at++)
        *at = (WCHAR)towupper(*at);
    return text;
}

WCHAR *iocp_wcsrev(WCHAR *text)
{
    size_t length = iocp_wcslen(text);

    for (size_t i = 0; i < length / 2; i++) {
        WCHAR unit = text[i];
        text[i] = text[length - 1 - i];
        text[length - 1 - i] = unit;
    }
    return text;
}
