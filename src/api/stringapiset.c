/* SPDX-License-Identifier: MIT
 *
 * stringapiset.h: UTF-8 to UTF-16 and back, into the caller's room (rules TEXT). No state.
 */
#include "api/last_error.h"
#include "api/utf16.h"
#include "base/utf8.h"

#include <windows.h>

#include <limits.h>
#include <string.h>

/* What the two functions are given alike: a text of `length`, room for `size`. */
struct conversion {
    UINT page;
    DWORD flags;
    const void *text;
    int length;
    void *room;
    int size;
};

static int conversion__fail(DWORD error)
{
    api_set_last_error(error);
    return 0;
}

/* `strict` is the flag that UTF-8 knows, `others` are those of other code pages. */
static DWORD conversion__check(const struct conversion *given, DWORD strict, DWORD others)
{
    bool system = given->page == CP_ACP || given->page == CP_OEMCP || given->page == CP_THREAD_ACP;

    if (!system && given->page != CP_UTF8)
        return ERROR_INVALID_PARAMETER;
    if (!given->text || given->length == 0 || given->size < 0 || (given->size && !given->room) ||
        given->text == given->room)
        return ERROR_INVALID_PARAMETER;
    if (given->flags & ~(strict | (system ? others : 0)))
        return ERROR_INVALID_FLAGS;
    return ERROR_SUCCESS;
}

static int strings__put_utf16(WCHAR *to, uint32_t character)
{
    if (character < 0x10000) {
        to[0] = (WCHAR)character;
        return 1;
    }
    to[0] = (WCHAR)(0xD800 + ((character - 0x10000) >> 10));
    to[1] = (WCHAR)(0xDC00 + ((character - 0x10000) & 0x3FF));
    return 2;
}

int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCCH text, int length, LPWSTR room,
                               int size)
{
    struct conversion given = {page, flags, text, length, room, size};
    DWORD error = conversion__check(&given, MB_ERR_INVALID_CHARS,
                                    MB_PRECOMPOSED | MB_COMPOSITE | MB_USEGLYPHCHARS);

    if (error)
        return conversion__fail(error);
    size_t bytes = length < 0 ? strlen(text) + 1 : (size_t)length;
    if (bytes > INT_MAX)
        return conversion__fail(ERROR_INVALID_PARAMETER);
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + bytes;
    int count = 0;
    while (at < end) {
        const unsigned char *before = at;
        uint32_t character = utf8_next(&at, end);
        WCHAR units[2];
        int needed = strings__put_utf16(units, character);
        /* U+FFFD itself is three bytes. */
        if (flags & MB_ERR_INVALID_CHARS && character == UTF8_REPLACEMENT && at - before == 1)
            return conversion__fail(ERROR_NO_UNICODE_TRANSLATION);
        if (size && needed > size - count)
            return conversion__fail(ERROR_INSUFFICIENT_BUFFER);
        if (size)
            memcpy(room + count, units, (size_t)needed * sizeof *units);
        count += needed;
    }
    return count;
}

static size_t strings__length(const WCHAR *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

/* The conversion proper; *replaced becomes whether something was no text. */
static int strings__to_utf8(const struct conversion *given, size_t units, bool *replaced)
{
    const WCHAR *at = given->text;
    const WCHAR *end = at + units;
    char *room = given->room;
    int count = 0;

    while (at < end) {
        const WCHAR unit = *at;
        uint32_t character = utf16_next(&at, end);
        char bytes[4];
        int needed = (int)(utf16_put_utf8(bytes, character) - bytes);
        if (character == UTF8_REPLACEMENT && unit != UTF8_REPLACEMENT)
            *replaced = true;
        if (*replaced && given->flags & WC_ERR_INVALID_CHARS)
            return conversion__fail(ERROR_NO_UNICODE_TRANSLATION);
        if (given->size && needed > given->size - count)
            return conversion__fail(ERROR_INSUFFICIENT_BUFFER);
        if (needed > INT_MAX - count)
            return conversion__fail(ERROR_INVALID_PARAMETER);
        if (given->size)
            memcpy(room + count, bytes, (size_t)needed);
        count += needed;
    }
    return count;
}

int WINAPI WideCharToMultiByte(UINT page, DWORD flags, LPCWCH text, int length, LPSTR room,
                               int size, LPCCH replacement, LPBOOL used)
{
    struct conversion given = {page, flags, text, length, room, size};
    DWORD error = conversion__check(&given, WC_ERR_INVALID_CHARS,
                                    WC_DISCARDNS | WC_SEPCHARS | WC_DEFAULTCHAR |
                                        WC_COMPOSITECHECK | WC_NO_BEST_FIT_CHARS);
    bool replaced = false;

    if (!error && page == CP_UTF8 && (replacement || used))
        error = ERROR_INVALID_PARAMETER;
    if (error)
        return conversion__fail(error);
    size_t units = length < 0 ? strings__length(text) + 1 : (size_t)length;
    int count = strings__to_utf8(&given, units, &replaced);
    if (used && count)
        *used = replaced;
    return count;
}

UINT WINAPI GetACP(void)
{
    return CP_UTF8;
}

UINT WINAPI GetOEMCP(void)
{
    return CP_UTF8;
}
