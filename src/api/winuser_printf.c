/* SPDX-License-Identifier: MIT
 *
 * winuser.h: wsprintf and its forms (rules WSPF). One formatter reads and writes both widths. No
 * state.
 */
#include "api/utf16.h"
#include "base/utf8.h"

#include <windows.h>

#include <stdbool.h>
#include <string.h>

/* Characters with the zero. */
enum { PRINTF_ROOM = 1024, PRINTF_DIGITS = 24 };

struct printf_output {
    bool wide;
    char *narrow_to;
    WCHAR *wide_to;
    int count;
};

enum printf_size { PRINTF_PLAIN, PRINTF_SHORT, PRINTF_LONG, PRINTF_64, PRINTF_WIDE };

struct printf_conversion {
    bool left, prefix, zeros;
    int width;
    int precision; /* 0: none is given */
    enum printf_size size;
    char type;
};

/* A text that is inserted, and where it ends. */
struct printf_text {
    const void *from;
    size_t length;
    bool wide;
};

/* A va_list that functions can hand on. */
struct printf_arguments {
    va_list list;
};

static void printf__unit(struct printf_output *output, unsigned unit)
{
    if (output->count >= PRINTF_ROOM - 1)
        return;
    if (output->wide)
        output->wide_to[output->count] = (WCHAR)unit;
    else
        output->narrow_to[output->count] = (char)unit;
    output->count++;
}

static void printf__fill(struct printf_output *output, char unit, int count)
{
    for (; count > 0 && output->count < PRINTF_ROOM - 1; count--)
        printf__unit(output, (unsigned char)unit);
}

/* The units that a character makes, in `units`. */
static int printf__units(bool wide, uint32_t character, unsigned units[4])
{
    char bytes[4];
    int count = 1;

    if (wide && character >= 0x10000) {
        units[0] = 0xD800 + ((character - 0x10000) >> 10);
        units[1] = 0xDC00 + ((character - 0x10000) & 0x3FF);
        return 2;
    }
    units[0] = character;
    if (wide)
        return 1;
    count = (int)(utf16_put_utf8(bytes, character) - bytes);
    for (int index = 0; index < count; index++)
        units[index] = (unsigned char)bytes[index];
    return count;
}

/* Puts a text of the other width, or only counts its units if there is no output. */
static int printf__convert(struct printf_output *output, const struct printf_text *text)
{
    const unsigned char *narrow = text->from;
    const unsigned char *narrow_end = narrow + (text->wide ? 0 : text->length);
    const WCHAR *wide = text->from;
    const WCHAR *wide_end = wide + (text->wide ? text->length : 0);
    unsigned units[4];
    int total = 0;

    while ((text->wide ? wide < wide_end : narrow < narrow_end) && total < PRINTF_ROOM) {
        uint32_t character =
            text->wide ? utf16_next(&wide, wide_end) : utf8_next(&narrow, narrow_end);
        int count = printf__units(!text->wide, character, units);
        for (int index = 0; output && index < count; index++)
            printf__unit(output, units[index]);
        total += count;
    }
    return total;
}

static void printf__put_text(struct printf_output *output, const struct printf_conversion *given,
                             const struct printf_text *text)
{
    bool same = text->wide == output->wide;
    int units = same ? (int)text->length : printf__convert(NULL, text);
    int padding = given->width - units;

    if (!given->left)
        printf__fill(output, ' ', padding);
    if (!same)
        printf__convert(output, text);
    for (size_t index = 0; same && index < text->length; index++)
        printf__unit(output, text->wide ? ((const WCHAR *)text->from)[index]
                                        : ((const unsigned char *)text->from)[index]);
    if (given->left)
        printf__fill(output, ' ', padding);
}

/* c and s: capitals and the letters in front say which width they mean. */
static bool printf__is_wide(const struct printf_output *output,
                            const struct printf_conversion *given)
{
    if (given->size == PRINTF_SHORT)
        return false;
    if (given->size == PRINTF_LONG || given->size == PRINTF_WIDE)
        return true;
    return (given->type == 'C' || given->type == 'S') != output->wide;
}

static void printf__string(struct printf_output *output, const struct printf_conversion *given,
                           const void *from)
{
    struct printf_text text = {.from = from, .wide = printf__is_wide(output, given)};
    size_t most = given->precision ? (size_t)given->precision : PRINTF_ROOM;

    if (!from) {
        text.wide = false;
        text.from = "(null)";
    }
    while (text.length < most && (text.wide ? ((const WCHAR *)text.from)[text.length]
                                            : ((const unsigned char *)text.from)[text.length]))
        text.length++;
    printf__put_text(output, given, &text);
}

/* With h or l in front a zero is left out. */
static void printf__character(struct printf_output *output, const struct printf_conversion *given,
                              int character)
{
    struct printf_text text = {.length = 1, .wide = printf__is_wide(output, given)};
    char narrow = (char)character;
    WCHAR wide = (WCHAR)character;

    text.from = text.wide ? (const void *)&wide : &narrow;
    if (given->size != PRINTF_PLAIN && (text.wide ? !wide : !narrow))
        text.length = 0;
    printf__put_text(output, given, &text);
}

static void printf__number(struct printf_output *output, const struct printf_conversion *given,
                           uint64_t number, bool negative)
{
    const char *digits =
        given->type == 'X' || given->type == 'p' ? "0123456789ABCDEF" : "0123456789abcdef";
    bool hexadecimal = given->type == 'x' || given->type == 'X' || given->type == 'p';
    bool prefix = given->prefix && (given->type == 'x' || given->type == 'X');
    char text[PRINTF_DIGITS];
    int count = 0;

    do
        text[count++] = digits[number % (hexadecimal ? 16 : 10)];
    while ((number /= hexadecimal ? 16 : 10));
    int more = given->precision > count ? given->precision - count : 0;
    int padding = given->width - count - more - negative; /* the prefix comes on top */
    if (given->zeros && !given->left && padding > 0) {
        more += padding;
        padding = 0;
    }
    if (!given->left)
        printf__fill(output, ' ', padding);
    printf__fill(output, '-', negative);
    printf__fill(output, '0', prefix);
    printf__fill(output, given->type, prefix);
    printf__fill(output, '0', more);
    while (count)
        printf__unit(output, (unsigned char)text[--count]);
    if (given->left)
        printf__fill(output, ' ', padding);
}

static void printf__signed(struct printf_output *output, const struct printf_conversion *given,
                           struct printf_arguments *arguments)
{
    long long number;

    if (given->size == PRINTF_64)
        number = va_arg(arguments->list, long long);
    else
        number = va_arg(arguments->list, int);
    if (given->size == PRINTF_SHORT)
        number = (short)number;
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    printf__number(output, given, size, number < 0);
}

static void printf__unsigned(struct printf_output *output, const struct printf_conversion *given,
                             struct printf_arguments *arguments)
{
    unsigned long long number;

    if (given->size == PRINTF_64)
        number = va_arg(arguments->list, unsigned long long);
    else
        number = va_arg(arguments->list, unsigned);
    if (given->size == PRINTF_SHORT)
        number = (unsigned short)number;
    printf__number(output, given, number, false);
}

/* False: there is no such type. */
static bool printf__insert(struct printf_output *output, struct printf_conversion *given,
                           struct printf_arguments *arguments)
{
    switch (given->type) {
    case 'c':
    case 'C':
        printf__character(output, given, va_arg(arguments->list, int));
        return true;
    case 's':
    case 'S':
        printf__string(output, given, va_arg(arguments->list, const void *));
        return true;
    case 'd':
    case 'i':
        printf__signed(output, given, arguments);
        return true;
    case 'u':
    case 'x':
    case 'X':
        printf__unsigned(output, given, arguments);
        return true;
    case 'p':
        given->precision = 2 * sizeof(void *);
        given->size = PRINTF_64;
        printf__unsigned(output, given, arguments);
        return true;
    default:
        return false;
    }
}

/* The format, in either width. */
struct printf_format {
    const char *narrow;
    const WCHAR *wide;
    size_t at;
};

static unsigned printf__peek(const struct printf_format *format)
{
    return format->wide ? format->wide[format->at] : (unsigned char)format->narrow[format->at];
}

static bool printf__skip(struct printf_format *format, char expected)
{
    bool is_there = printf__peek(format) == (unsigned char)expected;

    format->at += is_there;
    return is_there;
}

/* More than there is room for counts as that. */
static int printf__digits(struct printf_format *format)
{
    int number = 0;
    unsigned unit;

    for (; (unit = printf__peek(format)) >= '0' && unit <= '9'; format->at++)
        if (number < PRINTF_ROOM)
            number = number * 10 + (int)(unit - '0');
    return number;
}

static enum printf_size printf__size(struct printf_format *format)
{
    if (printf__skip(format, 'h'))
        return PRINTF_SHORT;
    if (printf__skip(format, 'l'))
        return PRINTF_LONG;
    if (printf__skip(format, 'w'))
        return PRINTF_WIDE;
    if (!printf__skip(format, 'I'))
        return PRINTF_PLAIN;
    size_t before = format->at;
    if (printf__skip(format, '3') && printf__skip(format, '2'))
        return PRINTF_LONG;
    format->at = before;
    if (!printf__skip(format, '6') || !printf__skip(format, '4'))
        format->at = before;
    return PRINTF_64;
}

/* What is behind a percent sign. */
static void printf__conversion(struct printf_output *output, struct printf_format *format,
                               struct printf_arguments *arguments)
{
    struct printf_conversion given = {0};

    given.left = printf__skip(format, '-');
    given.prefix = printf__skip(format, '#');
    given.zeros = printf__skip(format, '0');
    given.width = printf__digits(format);
    if (printf__skip(format, '.'))
        given.precision = printf__digits(format);
    given.size = printf__size(format);
    unsigned unit = printf__peek(format);
    given.type = unit < 0x80 ? (char)unit : 0;
    if (!unit)
        return;
    format->at++;
    if (!printf__insert(output, &given, arguments))
        printf__unit(output, unit);
}

static int printf__all(struct printf_output *output, struct printf_format *format,
                       va_list arguments)
{
    struct printf_arguments handed;
    unsigned unit;

    va_copy(handed.list, arguments);
    while ((unit = printf__peek(format)) && output->count < PRINTF_ROOM - 1) {
        format->at++;
        if (unit == '%')
            printf__conversion(output, format, &handed);
        else
            printf__unit(output, unit);
    }
    va_end(handed.list);
    if (output->wide)
        output->wide_to[output->count] = 0;
    else
        output->narrow_to[output->count] = 0;
    return output->count;
}

int WINAPI wvsprintfA(LPSTR to, LPCSTR given, va_list arguments)
{
    struct printf_output output = {.narrow_to = to};
    struct printf_format format = {.narrow = given};

    return printf__all(&output, &format, arguments);
}

int WINAPI wvsprintfW(LPWSTR to, LPCWSTR given, va_list arguments)
{
    struct printf_output output = {.wide = true, .wide_to = to};
    struct printf_format format = {.wide = given};

    return printf__all(&output, &format, arguments);
}

int WINAPIV wsprintfA(LPSTR to, LPCSTR format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = wvsprintfA(to, format, arguments);
    va_end(arguments);
    return count;
}

int WINAPIV wsprintfW(LPWSTR to, LPCWSTR format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = wvsprintfW(to, format, arguments);
    va_end(arguments);
    return count;
}
