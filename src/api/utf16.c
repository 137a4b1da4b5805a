/* SPDX-License-Identifier: MIT
 *
 * The two conversions.
 */
#include "api/utf16.h"

#include "base/fault.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xFFFDu

/* The next character of `*text`, moving it on; `end` may be NULL where a zero ends the text. */
static uint32_t utf16__next(const WCHAR **text, const WCHAR *end)
{
    uint32_t unit = *(*text)++;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || *text == end || **text < 0xDC00 || **text > 0xDFFF)
        return REPLACEMENT;
    return 0x10000 + ((unit - 0xD800) << 10) + (uint32_t)(*(*text)++ - 0xDC00);
}

static char *utf16__put_utf8(char *to, uint32_t character)
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
        to = utf16__put_utf8(to, utf16__next(&text, end));
    *to = 0;
    return result;
}

/* How many bytes a character has that begins with this one; 0: none does. */
static unsigned utf16__utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first < 0xE0)
        return 2;
    if (first >= 0xE0 && first < 0xF0)
        return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/* The next character of UTF-8, moving on by one byte over what is none. */
static uint32_t utf16__next_utf8(const unsigned char **text, const unsigned char *end)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *at = *text;
    unsigned length = utf16__utf8_length(*at);
    *text = at + 1;
    if (length == 1)
        return *at;
    if (length == 0 || (size_t)(end - at) < length)
        return REPLACEMENT;
    uint32_t character = *at & (0xFFu >> (length + 1));
    for (unsigned i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return REPLACEMENT;
        character = character << 6 | (at[i] & 0x3F);
    }
    if (character < smallest[length] || character > 0x10FFFF ||
        (character >= 0xD800 && character <= 0xDFFF))
        return REPLACEMENT;
    *text = at + length;
    return character;
}

WCHAR *utf16_from_utf8(const char *text, size_t bytes, size_t *length)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + bytes;
    WCHAR *result = fault_malloc((bytes + 1) * sizeof *result);
    WCHAR *to = result;
    if (!result)
        return NULL;
    while (at < end) {
        uint32_t character = utf16__next_utf8(&at, end);
        if (character >= 0x10000) {
            *to++ = (WCHAR)(0xD800 + ((character - 0x10000) >> 10));
            *to++ = (WCHAR)(0xDC00 + ((character - 0x10000) & 0x3FF));
        } else {
            *to++ = (WCHAR)character;
        }
    }
    *to = 0;
    *length = (size_t)(to - result);
    return result;
}
