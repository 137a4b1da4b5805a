/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_text.h: between UTF-8 and 16-bit text, and wcsftime, which goes by way of UTF-8. No
 * state.
 */
#include "api/utf16.h"
#include "api/widetext.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Converts until the zero, or until what comes next does not fit; `to` may be NULL. False: no text.
 * *whole becomes whether the zero was reached. */
static bool convert__to_units(WCHAR *to, size_t size, const char *from, size_t *count, bool *whole)
{
    const unsigned char *at = (const unsigned char *)from;
    const unsigned char *end = at + strlen(from);
    const unsigned char *left = at;

    *count = 0;
    while (at < end) {
        const unsigned char *before = at;
        uint32_t character = utf8_next(&at, end);
        size_t needed = character < 0x10000 ? 1 : 2;
        if (character == UTF8_REPLACEMENT && at - before == 1)
            return false;
        if (to && needed > size - *count)
            break;
        if (to)
            utf8_to_utf16((const char *)before, (size_t)(at - before), (uint16_t *)to + *count);
        *count += needed;
        left = at;
    }
    *whole = left == end;
    return true;
}

static bool convert__to_bytes(char *to, size_t size, const WCHAR *from, size_t *count, bool *whole)
{
    *count = 0;
    *whole = false;
    while (*from) {
        const WCHAR unit = *from;
        uint32_t character = utf16_next(&from, NULL);
        char bytes[4];
        size_t needed = (size_t)(utf16_put_utf8(bytes, character) - bytes);
        if (character == UTF8_REPLACEMENT && unit != UTF8_REPLACEMENT)
            return false;
        if (to && needed > size - *count)
            return true;
        if (to)
            memcpy(to + *count, bytes, needed);
        *count += needed;
    }
    *whole = true;
    return true;
}

size_t iocp_mbstowcs(WCHAR *to, const char *from, size_t count)
{
    size_t units = 0;
    bool whole = false;

    if (!convert__to_units(to, count, from, &units, &whole)) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    if (to && whole && units < count)
        to[units] = 0;
    return units;
}

size_t iocp_wcstombs(char *to, const WCHAR *from, size_t count)
{
    size_t bytes = 0;
    bool whole = false;

    if (!convert__to_bytes(to, count, from, &bytes, &whole)) {
        errno = EILSEQ;
        return (size_t)-1;
    }
    if (to && whole && bytes < count)
        to[bytes] = 0;
    return bytes;
}

/* What the two _s functions make of a conversion of at most `count` into `size`; *used becomes the
 * place of the zero. */
static int convert__judge(bool text, bool whole, size_t size, size_t count, size_t *used)
{
    int error = 0;

    if (!text)
        error = EILSEQ;
    else if (!whole && count == WIDETEXT_TRUNCATE)
        return WIDETEXT_CUT;
    else if (!whole && count >= size)
        error = ERANGE;
    if (error)
        *used = 0;
    return error;
}

int iocp_mbstowcs_s(size_t *converted, WCHAR *to, size_t size, const char *from, size_t count)
{
    size_t used = 0;
    bool whole = true;

    if (converted)
        *converted = 0;
    if ((to == NULL) != (size == 0) || !from) {
        if (to && size)
            to[0] = 0;
        return EINVAL;
    }
    /* A zero is always added, so the last unit is not for text. */
    size_t room = !to || count < size ? count : size - 1;
    bool text = convert__to_units(to, room, from, &used, &whole);
    int error = convert__judge(text, whole, size, to ? count : 0, &used);
    if (to)
        to[used] = 0;
    if (converted && (!error || error == WIDETEXT_CUT))
        *converted = used + 1;
    return error;
}

int iocp_wcstombs_s(size_t *converted, char *to, size_t size, const WCHAR *from, size_t count)
{
    size_t used = 0;
    bool whole = true;

    if (converted)
        *converted = 0;
    if ((to == NULL) != (size == 0) || !from) {
        if (to && size)
            to[0] = 0;
        return EINVAL;
    }
    size_t room = !to || count < size ? count : size - 1;
    bool text = convert__to_bytes(to, room, from, &used, &whole);
    int error = convert__judge(text, whole, size, to ? count : 0, &used);
    if (to)
        to[used] = 0;
    if (converted && (!error || error == WIDETEXT_CUT))
        *converted = used + 1;
    return error;
}

int iocp_mbtowc(WCHAR *to, const char *from, size_t count)
{
    if (!from)
        return 0;
    const unsigned char *at = (const unsigned char *)from;
    uint32_t character = count ? utf8_next(&at, at + strnlen(from, count) + !*from) : 0x10000;
    int bytes = (int)(at - (const unsigned char *)from);
    if (character > 0xFFFF || (character == UTF8_REPLACEMENT && bytes == 1)) {
        errno = EILSEQ;
        return -1;
    }
    if (to)
        *to = (WCHAR)character;
    return character ? bytes : 0;
}

int iocp_wctomb(char *to, WCHAR unit)
{
    if (!to)
        return 0;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        errno = EILSEQ;
        return -1;
    }
    return (int)(utf16_put_utf8(to, unit) - to);
}

size_t iocp_wcsftime(WCHAR *to, size_t size, const WCHAR *format, const struct tm *time)
{
    char *narrow = utf16_to_utf8(format, (size_t)-1);
    size_t bytes = size < (size_t)-1 / 4 ? size * 3 + 1 : size;
    char *result = narrow ? malloc(bytes) : NULL;
    size_t units = 0;
    bool whole = false;

    if (result && size && strftime(result, bytes, narrow, time) &&
        (!convert__to_units(to, size - 1, result, &units, &whole) || !whole))
        units = 0;
    if (size)
        to[units] = 0;
    free(result);
    free(narrow);
    return units;
}
