/* SPDX-License-Identifier: MIT
 *
 * Reading UTF-8.
 */
#include "base/utf8.h"

/* How many bytes a character has that begins with this one; 0: none does. */
static unsigned utf8__length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first < 0xE0)
        return 2;
    if (first >= 0xE0 && first < 0xF0)
        return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

uint32_t utf8_next(const unsigned char **text, const unsigned char *end)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *at = *text;
    unsigned length = utf8__length(*at);
    *text = at + 1;
    if (length == 1)
        return *at;
    if (length == 0 || (size_t)(end - at) < length)
        return UTF8_REPLACEMENT;
    uint32_t character = *at & (0xFFu >> (length + 1));
    for (unsigned i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return UTF8_REPLACEMENT;
        character = character << 6 | (at[i] & 0x3F);
    }
    if (character < smallest[length] || character > 0x10FFFF ||
        (character >= 0xD800 && character <= 0xDFFF))
        return UTF8_REPLACEMENT;
    *text = at + length;
    return character;
}

size_t utf8_to_utf16(const char *text, size_t bytes, uint16_t *units)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + bytes;
    size_t count = 0;

    while (at < end) {
        uint32_t character = utf8_next(&at, end);
        if (character < 0x10000) {
            if (units)
                units[count] = (uint16_t)character;
            count++;
            continue;
        }
        if (units) {
            units[count] = (uint16_t)(0xD800 + ((character - 0x10000) >> 10));
            units[count + 1] = (uint16_t)(0xDC00 + ((character - 0x10000) & 0x3FF));
        }
        count += 2;
    }
    return count;
}
