/* SPDX-License-Identifier: MIT
 *
 * Microsoft's wide formats: texts by hand, numbers through snprintf. Takes what it needs of memory
 * from the heap, and frees it. No state.
 */
#include "api/utf16.h"
#include "api/widetext.h"
#include "base/utf8.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_ROOM = 512 };

enum format_size {
    FORMAT_PLAIN,
    FORMAT_CHAR,   /* hh */
    FORMAT_SHORT,  /* h */
    FORMAT_LONG,   /* l, which has 32 bits, and w */
    FORMAT_64,     /* ll, I64, I, j, z, t */
    FORMAT_DOUBLE, /* L */
};

struct format_conversion {
    char flags[8];
    int width;     /* 0: none */
    int precision; /* -1: none */
    enum format_size size;
    WCHAR letter;
};

/* A va_list that functions can hand on. */
struct format_arguments {
    va_list list;
};

union format_number {
    long long whole;
    double real;
    long double long_real;
};

static bool format__has(const struct format_conversion *given, char flag)
{
    return strchr(given->flags, flag) != NULL;
}

static void format__flag(struct format_conversion *given, char flag)
{
    size_t count = strlen(given->flags);

    if (!format__has(given, flag)) {
        given->flags[count] = flag;
        given->flags[count + 1] = 0;
    }
}

/* Digits; -1: more than fit. */
static int format__digits(const WCHAR **format)
{
    int number = 0;

    for (; **format >= '0' && **format <= '9'; ++*format) {
        if (number > (INT_MAX - 9) / 10)
            return -1;
        number = number * 10 + (**format - '0');
    }
    return number;
}

static enum format_size format__size(const WCHAR **format)
{
    const WCHAR *at = *format;
    enum format_size size = FORMAT_PLAIN;
    int length = 1;

    if (at[0] == 'h') {
        size = at[1] == 'h' ? FORMAT_CHAR : FORMAT_SHORT;
        length = at[1] == 'h' ? 2 : 1;
    } else if (at[0] == 'l') {
        size = at[1] == 'l' ? FORMAT_64 : FORMAT_LONG;
        length = at[1] == 'l' ? 2 : 1;
    } else if (at[0] == 'w') {
        size = FORMAT_LONG;
    } else if (at[0] == 'L') {
        size = FORMAT_DOUBLE;
    } else if (at[0] == 'I') {
        bool half = at[1] == '3' && at[2] == '2';
        size = half ? FORMAT_PLAIN : FORMAT_64;
        length = half || (at[1] == '6' && at[2] == '4') ? 3 : 1;
    } else if (at[0] == 'j' || at[0] == 'z' || at[0] == 't') {
        size = FORMAT_64;
    } else {
        length = 0;
    }
    *format += length;
    return size;
}

/* Reads what is behind a percent sign; false: EINVAL. */
static bool format__read(struct format_conversion *given, const WCHAR **format,
                         struct format_arguments *arguments)
{
    const WCHAR *at = *format;

    memset(given, 0, sizeof *given);
    given->precision = -1;
    for (; *at == '-' || *at == '+' || *at == ' ' || *at == '#' || *at == '0'; at++)
        format__flag(given, (char)*at);
    if (*at == '*') {
        at++;
        given->width = va_arg(arguments->list, int);
        if (given->width < 0)
            format__flag(given, '-');
        if (given->width < 0)
            given->width = given->width == INT_MIN ? -1 : -given->width;
    } else {
        given->width = format__digits(&at);
    }
    if (*at == '.' && at[1] == '*') {
        at += 2;
        given->precision = va_arg(arguments->list, int);
        if (given->precision < 0)
            given->precision = -1;
    } else if (*at == '.') {
        at++;
        given->precision = format__digits(&at);
        if (given->precision < 0)
            return false;
    }
    given->size = format__size(&at);
    given->letter = *at;
    *format = at + 1;
    return given->width >= 0 && *at;
}

/* Text of `length` with what its width adds. As on Windows the flag 0 counts for text too. */
static void format__pad(struct widetext_sink *sink, const struct format_conversion *given,
                        const WCHAR *text, size_t length)
{
    size_t padding = (size_t)given->width > length ? (size_t)given->width - length : 0;
    bool left = format__has(given, '-');

    if (!left)
        widetext_fill(sink, format__has(given, '0') ? '0' : ' ', padding);
    widetext_put(sink, text, length);
    if (left)
        widetext_fill(sink, ' ', padding);
}

/* A char text of at most `limit` units, which need not end then; writes them unless `to` is NULL.
 */
static size_t format__widen(WCHAR *to, const char *text, size_t limit)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t count = 0;

    while (count < limit && *at) {
        const unsigned char *before = at;
        /* a character's bytes end before a zero, and are looked at only if the first says so */
        size_t length = *at < 0x80 ? 1 : strnlen((const char *)at, 4);
        size_t needed = utf8_next(&at, at + length) < 0x10000 ? 1 : 2;
        if (needed > limit - count)
            break;
        if (to)
            utf8_to_utf16((const char *)before, (size_t)(at - before), (uint16_t *)to + count);
        count += needed;
    }
    return count;
}

static bool format__narrow_text(struct widetext_sink *sink, const struct format_conversion *given,
                                const char *text)
{
    size_t limit = given->precision >= 0 ? (size_t)given->precision : (size_t)-1;
    size_t length = format__widen(NULL, text, limit);
    WCHAR room[FORMAT_ROOM];
    WCHAR *wide = length <= FORMAT_ROOM ? room : malloc(length * sizeof *wide);

    if (!wide)
        return false;
    format__widen(wide, text, length);
    format__pad(sink, given, wide, length);
    if (wide != room)
        free(wide);
    return true;
}

/* s, S, c, C: in wide functions the small letters are wide text. */
static bool format__text(struct widetext_sink *sink, const struct format_conversion *given,
                         struct format_arguments *arguments)
{
    static const WCHAR none[] = {'(', 'n', 'u', 'l', 'l', ')', 0};
    bool small = given->letter == 's' || given->letter == 'c';
    bool wide = given->size == FORMAT_LONG || (small && given->size != FORMAT_SHORT);

    if (given->letter == 'c' || given->letter == 'C') {
        WCHAR unit = (WCHAR)va_arg(arguments->list, int);
        if (!wide && (unit & 0xFF) >= 0x80)
            unit = UTF8_REPLACEMENT; /* one byte of several */
        else if (!wide)
            unit &= 0xFF;
        format__pad(sink, given, &unit, 1);
        return true;
    }
    const void *text = va_arg(arguments->list, const void *);
    if (text && !wide)
        return format__narrow_text(sink, given, text);
    const WCHAR *units = text ? text : none;
    size_t limit = given->precision >= 0 ? (size_t)given->precision : (size_t)-1;
    format__pad(sink, given, units, iocp_wcsnlen(units, limit));
    return true;
}

/* The integer argument, sign and all, cut to its size. */
static long long format__integer(const struct format_conversion *given, bool is_signed,
                                 struct format_arguments *arguments)
{
    if (given->size == FORMAT_64)
        return va_arg(arguments->list, long long);
    int value = va_arg(arguments->list, int);
    if (given->size == FORMAT_CHAR)
        return is_signed ? (signed char)value : (unsigned char)value;
    if (given->size == FORMAT_SHORT)
        return is_signed ? (short)value : (unsigned short)value;
    return is_signed ? value : (long long)(unsigned)value;
}

static int format__narrow(char *room, size_t size, const struct format_conversion *given,
                          const char *copy, const union format_number *number)
{
    if (!strchr("eEfFgGaA", (char)given->letter))
        return snprintf(room, size, copy, given->width, given->precision, number->whole);
    if (given->size == FORMAT_DOUBLE)
        return snprintf(room, size, copy, given->width, given->precision, number->long_real);
    return snprintf(room, size, copy, given->width, given->precision, number->real);
}

/* One number, from a copy of its specification. */
static bool format__number(struct widetext_sink *sink, struct format_conversion *given,
                           struct format_arguments *arguments)
{
    union format_number number = {0};
    const char *length = "ll";
    char copy[24];
    char room[FORMAT_ROOM];

    if (strchr("eEfFgGaA", (char)given->letter)) {
        length = given->size == FORMAT_DOUBLE ? "L" : "";
        if (given->size == FORMAT_DOUBLE)
            number.long_real = va_arg(arguments->list, long double);
        else
            number.real = va_arg(arguments->list, double);
    } else if (given->letter == 'p') {
        number.whole = (long long)(intptr_t)va_arg(arguments->list, void *);
        given->letter = 'X';
        given->precision = 16;
    } else {
        bool is_signed = given->letter == 'd' || given->letter == 'i';
        number.whole = format__integer(given, is_signed, arguments);
    }
    snprintf(copy, sizeof copy, "%%%s*.*%s%c", given->flags, length, (char)given->letter);
    int count = format__narrow(room, sizeof room, given, copy, &number);
    if (count < 0)
        return false;
    char *text = room;
    if ((size_t)count >= sizeof room) {
        text = malloc((size_t)count + 1);
        if (!text)
            return false;
        format__narrow(text, (size_t)count + 1, given, copy, &number);
    }
    for (int i = 0; i < count; i++)
        widetext_fill(sink, (WCHAR)(unsigned char)text[i], 1);
    if (text != room)
        free(text);
    return true;
}

static bool format__convert(struct widetext_sink *sink, const WCHAR **format,
                            struct format_arguments *arguments)
{
    struct format_conversion given;

    if (format__read(&given, format, arguments)) {
        WCHAR letter = given.letter;
        if (letter == '%') {
            widetext_fill(sink, '%', 1);
            return true;
        }
        if (letter == 's' || letter == 'S' || letter == 'c' || letter == 'C')
            return format__text(sink, &given, arguments);
        if (letter < 0x80 && strchr("diouxXeEfFgGaAp", (char)letter))
            return format__number(sink, &given, arguments);
    }
    errno = EINVAL;
    return false;
}

int widetext_format(struct widetext_sink *sink, const WCHAR *format, va_list arguments)
{
    struct format_arguments copy;
    bool well = format != NULL;

    if (!format)
        errno = EINVAL;
    va_copy(copy.list, arguments);
    while (well && *format) {
        const WCHAR *start = format;
        while (*format && *format != '%')
            format++;
        widetext_put(sink, start, (size_t)(format - start));
        if (*format) {
            format++;
            well = format__convert(sink, &format, &copy);
        }
        if (well && sink->count > INT_MAX) {
            errno = EOVERFLOW;
            well = false;
        }
    }
    va_end(copy.list);
    widetext_flush(sink);
    return well && !sink->failed ? (int)sink->count : -1;
}
