/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_stdio.h: swscanf. Numbers go to libc's strtoll and strtod by way of char text; texts
 * are copied by hand. No state.
 */
#include "api/utf16.h"
#include "api/widetext.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

enum { SCAN_NUMBER = 512 };

struct scan_conversion {
    bool skip;    /* * */
    size_t width; /* (size_t)-1: none */
    int bytes;    /* of a whole number */
    char size;    /* h or l for text and real numbers, L; 0: none */
    WCHAR letter; /* [ has the set's units, */
    const WCHAR *set;
    size_t set_length;
    bool inverted; /* or all others */
};

struct scan {
    const WCHAR *start;
    const WCHAR *at;
    va_list list;
    bool sized; /* swscanf_s: text has its room behind it */
};

static void scan__size(struct scan_conversion *given, const WCHAR **format)
{
    const WCHAR *at = *format;

    given->bytes = 4;
    if (at[0] == 'h' || (at[0] == 'l' && at[1] != 'l') || at[0] == 'L' || at[0] == 'w') {
        given->size = at[0] == 'w' ? 'l' : (char)at[0];
        given->bytes = at[0] == 'h' ? (at[1] == 'h' ? 1 : 2) : 4;
        at += given->bytes == 1 ? 2 : 1;
    } else if (at[0] == 'l' || (at[0] == 'I' && at[1] == '6' && at[2] == '4')) {
        given->bytes = 8;
        at += at[0] == 'l' ? 2 : 3;
    } else if (at[0] == 'I' && at[1] == '3' && at[2] == '2') {
        at += 3;
    } else if (at[0] == 'I' || at[0] == 'j' || at[0] == 'z' || at[0] == 't') {
        given->bytes = 8;
        at++;
    }
    *format = at;
}

/* What stands between the brackets; a bracket at the beginning belongs to it. */
static bool scan__set(struct scan_conversion *given, const WCHAR **format)
{
    const WCHAR *at = *format;

    given->inverted = *at == '^';
    at += given->inverted;
    given->set = at;
    do {
        if (!*at)
            return false;
        at++;
    } while (*at != ']');
    given->set_length = (size_t)(at - given->set);
    *format = at + 1;
    return true;
}

static bool scan__read(struct scan_conversion *given, const WCHAR **format)
{
    const WCHAR *at = *format;

    memset(given, 0, sizeof *given);
    given->skip = *at == '*';
    at += given->skip;
    for (; *at >= '0' && *at <= '9'; at++)
        if (given->width < INT_MAX / 16)
            given->width = given->width * 10 + (*at - '0');
    if (given->width == 0)
        given->width = (size_t)-1;
    scan__size(given, &at);
    given->letter = *at;
    if (!*at)
        return false;
    *format = at + 1;
    return given->letter != '[' || scan__set(given, format);
}

static bool scan__in_set(const struct scan_conversion *given, WCHAR unit)
{
    bool found = false;

    for (size_t i = 0; i < given->set_length && !found; i++) {
        WCHAR low = given->set[i];
        WCHAR high = low;
        if (i + 2 < given->set_length && given->set[i + 1] == '-') {
            high = given->set[i + 2];
            i += 2;
        }
        found = unit >= low && unit <= high;
    }
    return found != given->inverted;
}

/* How many units a conversion to text takes. */
static size_t scan__span(const struct scan_conversion *given, const WCHAR *text)
{
    bool counted = given->letter == 'c' || given->letter == 'C';
    size_t limit = counted && given->width == (size_t)-1 ? 1 : given->width;
    size_t length = 0;

    while (length < limit && text[length] &&
           (counted ||
            (given->letter == '[' ? scan__in_set(given, text[length]) : !iswspace(text[length]))))
        length++;
    return length;
}

/* s, S, c, C and [: wide unless h, or a capital letter, says otherwise. */
static bool scan__text(struct scan *scan, const struct scan_conversion *given)
{
    bool counted = given->letter == 'c' || given->letter == 'C';
    bool capital = given->letter == 'S' || given->letter == 'C';
    bool wide = given->size == 'l' || (!capital && given->size != 'h');
    size_t length = scan__span(given, scan->at);
    size_t zero = counted ? 0 : 1;

    if (length == 0 || (counted && given->width != (size_t)-1 && length < given->width))
        return false;
    const WCHAR *text = scan->at;
    scan->at += length;
    if (given->skip)
        return true;
    void *to = va_arg(scan->list, void *);
    size_t room = scan->sized ? va_arg(scan->list, unsigned) : (size_t)-1;
    if (wide) {
        if (length + zero > room)
            return false;
        iocp_wmemcpy(to, text, length);
        if (zero)
            ((WCHAR *)to)[length] = 0;
        return true;
    }
    char *narrow = utf16_to_utf8(text, length);
    size_t bytes = narrow ? strlen(narrow) : 0;
    bool fits = narrow && bytes + zero <= room;
    if (fits)
        memcpy(to, narrow, bytes + zero);
    free(narrow);
    return fits;
}

static void scan__store(void *to, int bytes, long long value)
{
    memcpy(to, &value, (size_t)bytes); /* the low bytes come first */
}

static int scan__base(WCHAR letter)
{
    if (letter == 'i')
        return 0;
    if (letter == 'o')
        return 8;
    return letter == 'd' || letter == 'u' ? 10 : 16;
}

static bool scan__number(struct scan *scan, const struct scan_conversion *given)
{
    char narrow[SCAN_NUMBER];
    size_t length = 0;
    char *end = narrow;

    for (; length < given->width && length + 1 < sizeof narrow; length++) {
        WCHAR unit = scan->at[length];
        if (unit <= ' ' || unit >= 0x7F)
            break;
        narrow[length] = (char)unit;
    }
    narrow[length] = 0;
    if (strchr("eEfFgGaA", (char)given->letter)) {
        long double value = strtold(narrow, &end);
        void *to = end == narrow || given->skip ? NULL : va_arg(scan->list, void *);
        if (to && given->size == 'L')
            memcpy(to, &value, sizeof value);
        else if (to && given->size == 'l')
            *(double *)to = strtod(narrow, &end);
        else if (to)
            *(float *)to = strtof(narrow, &end);
    } else {
        bool pointer = given->letter == 'p';
        bool is_signed = given->letter == 'd' || given->letter == 'i';
        int base = scan__base(given->letter);
        long long value =
            is_signed ? strtoll(narrow, &end, base) : (long long)strtoull(narrow, &end, base);
        if (end != narrow && !given->skip)
            scan__store(va_arg(scan->list, void *), pointer ? 8 : given->bytes, value);
    }
    scan->at += end - narrow;
    return end != narrow;
}

/* One conversion. *count grows by what it assigned. */
static bool scan__convert(struct scan *scan, const WCHAR **format, int *count, bool *ended)
{
    struct scan_conversion given;

    if (!scan__read(&given, format))
        return false;
    WCHAR letter = given.letter;
    if (letter == 'n') {
        if (!given.skip)
            scan__store(va_arg(scan->list, void *), given.bytes, scan->at - scan->start);
        return true;
    }
    if (letter != 'c' && letter != 'C' && letter != '[')
        while (iswspace(*scan->at))
            scan->at++;
    if (letter == '%')
        return *scan->at++ == '%';
    *ended = !*scan->at;
    if (*ended)
        return false;
    bool is_text =
        letter == 's' || letter == 'S' || letter == 'c' || letter == 'C' || letter == '[';
    bool is_number = letter < 0x80 && strchr("diouxXpeEfFgGaA", (char)letter);
    if (!is_text && !is_number)
        return false;
    bool well = is_text ? scan__text(scan, &given) : scan__number(scan, &given);
    *count += well && !given.skip;
    return well;
}

static int scan__all(struct scan *scan, const WCHAR *text, const WCHAR *format)
{
    int count = 0;
    bool well = true;
    bool ended = false;

    if (!text || !format) {
        errno = EINVAL;
        return EOF;
    }
    scan->start = scan->at = text;
    while (well && *format) {
        if (iswspace(*format)) {
            format++;
            while (iswspace(*scan->at))
                scan->at++;
        } else if (*format == '%') {
            format++;
            well = scan__convert(scan, &format, &count, &ended);
        } else {
            ended = !*scan->at;
            well = *scan->at == *format++;
            scan->at += well;
        }
    }
    return count == 0 && ended ? EOF : count;
}

int iocp_swscanf(const WCHAR *text, const WCHAR *format, ...)
{
    struct scan scan = {.sized = false};

    va_start(scan.list, format);
    int count = scan__all(&scan, text, format);
    va_end(scan.list);
    return count;
}

int iocp_swscanf_s(const WCHAR *text, const WCHAR *format, ...)
{
    struct scan scan = {.sized = true};

    va_start(scan.list, format);
    int count = scan__all(&scan, text, format);
    va_end(scan.list);
    return count;
}
