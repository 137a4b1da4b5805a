/* SPDX-License-Identifier: MIT
 *
 * The conversions.
 */
#include "api/utf16.h"

#include "base/fault.h"
#include "base/utf8.h"

#include <string.h>

uint32_t utf16_next(const WCHAR **text, const WCHAR *end)
{
    uint32_t unit = *(*text)++;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || *text == end || **text < 0xDC00 || **text > 0xDFFF)
        return UTF8_REPLACEMENT;
    return 0x10000 + ((unit - 0xD800) << 10) + (uint32_t)(*(*text)++ - 0xDC00);
}

char *utf16_put_utf8(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
    } else if (character < 0x800) {
        *to++ = (char)(0xC0 | character >> 6);
        *to++ = (char)(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        *to++ = (char)(0xE0 | character >> 12);
        *to++ = (char)(0x80 | (character >> 6 & 0x3F));
        *to++ = (char)(0x80 | (character & 0x3F));
    } else {
        *to++ = (char)(0xF0 | character >> 18);
        *to++ = (char)(0x80 | (character >> 12 & 0x3F));
        *to++ = (char)(0x80 | (character >> 6 & 0x3F));
        *to++ = (char)(0x80 | (character & 0x3F));
    }
    return to;
}

char *utf16_to_utf8(const WCHAR *text, size_t length)
{
    if (length == (size_t)-1)
        for (length = 0; text[length];)
            length++;
    char *result = fault_malloc(length * 3 + 1); /* a pair of units makes four bytes */
    if (!result)
        return NULL;
    char *to = result;
    const WCHAR *end = text + length;
    while (text < end)
        to = utf16_put_utf8(to, utf16_next(&text, end));
    *to = 0;
    return result;
}

WCHAR *utf16_from_utf8(const char *text, size_t bytes, size_t *length)
{
    WCHAR *result = fault_malloc((bytes + 1) * sizeof *result);

    if (!result)
        return NULL;
    *length = utf8_to_utf16(text, bytes, (uint16_t *)result);
    result[*length] = 0;
    return result;
}
