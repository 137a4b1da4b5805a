/* SPDX-License-Identifier: MIT
 *
 * UTF-8 read character by character, and as UTF-16. What is no valid text becomes U+FFFD. No state.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu

/* The next character before `end`, which is not reached yet; moves on by one byte over what is
 * none. */
uint32_t utf8_next(const unsigned char **text, const unsigned char *end);

/* How many units of UTF-16 the text makes; writes them to `units` unless that is NULL. They are at
 * most as many as the bytes. */
size_t utf8_to_utf16(const char *text, size_t bytes, uint16_t *units);

#endif
