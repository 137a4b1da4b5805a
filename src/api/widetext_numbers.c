/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_text.h: 16-bit text to numbers, through libc's narrow functions, and back. No state.
 */
#include "api/widetext.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <wctype.h>

enum { NUMBERS_ROOM = 128, NUMBERS_DIGITS = 72 };

/* The part of a text that could be a number, as char text. */
struct numbers_part {
    const WCHAR *whole;
    const WCHAR *start; /* behind the white space */
    char *narrow;
    char *end; /* of the number in it */
    char room[NUMBERS_ROOM];
};

/* Letters, digits, and + - . , ( ) _ which are those of numbers in any locale and of nan(...). */
static bool numbers__may_be(WCHAR unit)
{
    return (unit >= '(' && unit <= '9' && unit != '*' && unit != '/') || unit == '_' ||
           (unit >= 'A' && unit <= 'Z') || (unit >= 'a' && unit <= 'z');
}

static bool numbers__begin(struct numbers_part *part, const WCHAR *text)
{
    size_t length = 0;

    part->whole = text;
    while (iswspace(*text))
        text++;
    part->start = text;
    while (numbers__may_be(text[length]))
        length++;
    part->narrow = length < sizeof part->room ? part->room : malloc(length + 1);
    part->end = part->narrow;
    if (!part->narrow)
        return false;
    for (size_t i = 0; i < length; i++)
        part->narrow[i] = (char)text[i];
    part->narrow[length] = 0;
    return true;
}

static void numbers__end(struct numbers_part *part, WCHAR **end)
{
    const WCHAR *at = part->whole;

    if (part->narrow && part->end != part->narrow)
        at = part->start + (part->end - part->narrow);
    if (end)
        *end = (WCHAR *)at;
    if (part->narrow != part->room)
        free(part->narrow);
}

#define NUMBERS_READ(result, type, text, end, call)                                                \
    struct numbers_part part;                                                                      \
    type result = 0;                                                                               \
    if (numbers__begin(&part, text))                                                               \
        result = call;                                                                             \
    numbers__end(&part, end)

long iocp_wcstol(const WCHAR *text, WCHAR **end, int base)
{
    NUMBERS_READ(result, long, text, end, strtol(part.narrow, &part.end, base));
    return result;
}

unsigned long iocp_wcstoul(const WCHAR *text, WCHAR **end, int base)
{
    NUMBERS_READ(result, unsigned long, text, end, strtoul(part.narrow, &part.end, base));
    return result;
}

long long iocp_wcstoll(const WCHAR *text, WCHAR **end, int base)
{
    NUMBERS_READ(result, long long, text, end, strtoll(part.narrow, &part.end, base));
    return result;
}

unsigned long long iocp_wcstoull(const WCHAR *text, WCHAR **end, int base)
{
    NUMBERS_READ(result, unsigned long long, text, end, strtoull(part.narrow, &part.end, base));
    return result;
}

float iocp_wcstof(const WCHAR *text, WCHAR **end)
{
    NUMBERS_READ(result, float, text, end, strtof(part.narrow, &part.end));
    return result;
}

double iocp_wcstod(const WCHAR *text, WCHAR **end)
{
    NUMBERS_READ(result, double, text, end, strtod(part.narrow, &part.end));
    return result;
}

long double iocp_wcstold(const WCHAR *text, WCHAR **end)
{
    NUMBERS_READ(result, long double, text, end, strtold(part.narrow, &part.end));
    return result;
}

long long iocp_wtoi64(const WCHAR *text)
{
    if (!text) {
        errno = EINVAL;
        return 0;
    }
    return iocp_wcstoll(text, NULL, 10);
}

long iocp_wtol(const WCHAR *text)
{
    return (long)iocp_wtoi64(text);
}

int iocp_wtoi(const WCHAR *text)
{
    long long number = iocp_wtoi64(text);

    if (number >= INT_MIN && number <= INT_MAX)
        return (int)number;
    errno = ERANGE;
    return number < 0 ? INT_MIN : INT_MAX;
}

double iocp_wtof(const WCHAR *text)
{
    if (!text) {
        errno = EINVAL;
        return 0;
    }
    return iocp_wcstod(text, NULL);
}

/* All of the functions below: `negative` says that `value` stands for its negative. */
static int numbers__write(unsigned long long value, bool negative, WCHAR *to, size_t size,
                          int radix)
{
    WCHAR digits[NUMBERS_DIGITS];
    size_t count = 0;

    if (!to || size == 0)
        return EINVAL;
    to[0] = 0;
    if (radix < 2 || radix > 36)
        return EINVAL;
    do {
        digits[count++] = (WCHAR) "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)radix];
        value /= (unsigned)radix;
    } while (value);
    if (negative)
        digits[count++] = '-';
    if (count >= size)
        return ERANGE;
    for (size_t i = 0; i < count; i++)
        to[i] = digits[count - 1 - i];
    to[count] = 0;
    return 0;
}

int iocp_i64tow_s(long long value, WCHAR *to, size_t size, int radix)
{
    bool negative = radix == 10 && value < 0;
    unsigned long long bits = (unsigned long long)value;

    return numbers__write(negative ? 0 - bits : bits, negative, to, size, radix);
}

int iocp_ui64tow_s(unsigned long long value, WCHAR *to, size_t size, int radix)
{
    return numbers__write(value, false, to, size, radix);
}

int iocp_itow_s(int value, WCHAR *to, size_t size, int radix)
{
    return iocp_i64tow_s(radix == 10 ? value : (long long)(unsigned)value, to, size, radix);
}

int iocp_ltow_s(long value, WCHAR *to, size_t size, int radix)
{
    if (value >= INT_MIN && value <= INT_MAX)
        return iocp_itow_s((int)value, to, size, radix);
    return iocp_i64tow_s(value, to, size, radix);
}

int iocp_ultow_s(unsigned long value, WCHAR *to, size_t size, int radix)
{
    return numbers__write(value, false, to, size, radix);
}

WCHAR *iocp_itow(int value, WCHAR *to, int radix)
{
    iocp_itow_s(value, to, NUMBERS_DIGITS, radix);
    return to;
}

WCHAR *iocp_ltow(long value, WCHAR *to, int radix)
{
    iocp_ltow_s(value, to, NUMBERS_DIGITS, radix);
    return to;
}

WCHAR *iocp_ultow(unsigned long value, WCHAR *to, int radix)
{
    iocp_ultow_s(value, to, NUMBERS_DIGITS, radix);
    return to;
}

WCHAR *iocp_i64tow(long long value, WCHAR *to, int radix)
{
    iocp_i64tow_s(value, to, NUMBERS_DIGITS, radix);
    return to;
}

WCHAR *iocp_ui64tow(unsigned long long value, WCHAR *to, int radix)
{
    iocp_ui64tow_s(value, to, NUMBERS_DIGITS, radix);
    return to;
}
