/* SPDX-License-Identifier: MIT
 *
 * Windows' 16-bit text to UTF-8 and back, for the W functions. What is no valid text becomes
 * U+FFFD. No state.
 */
#ifndef API_UTF16_H
#define API_UTF16_H

#include <stddef.h>
#include <stdint.h>

#include <winnt.h>

/* New memory (to be freed with free) with a zero at the end, or NULL. `length` in units, or
 * (size_t)-1: up to the zero. */
char *utf16_to_utf8(const WCHAR *text, size_t length);

/* The same backwards; *length becomes the number of units before the zero. */
WCHAR *utf16_from_utf8(const char *text, size_t bytes, size_t *length);

/* One character: the next of `*text`, which is moved on; `end` may be NULL where a zero ends the
 * text. */
uint32_t utf16_next(const WCHAR **text, const WCHAR *end);

/* Its bytes, four at most; returns where they end. */
char *utf16_put_utf8(char *to, uint32_t character);

#endif
