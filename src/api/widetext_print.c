/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_stdio.h: formatted text into memory and to streams, and where the units go. No state.
 */
#include "api/utf16.h"
#include "api/widetext.h"
#include "base/utf8.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void print__write(struct widetext_sink *sink)
{
    if (sink->used && fwrite(sink->bytes, 1, sink->used, sink->stream) != sink->used)
        sink->failed = true;
    sink->used = 0;
}

static void print__character(struct widetext_sink *sink, uint32_t character)
{
    if (sink->used + 4 > sizeof sink->bytes)
        print__write(sink);
    sink->used = (size_t)(utf16_put_utf8(sink->bytes + sink->used, character) - sink->bytes);
}

/* The next unit for a stream; a pair may come in two parts. */
static void print__unit(struct widetext_sink *sink, WCHAR unit)
{
    bool first = unit >= 0xD800 && unit <= 0xDBFF;
    bool second = unit >= 0xDC00 && unit <= 0xDFFF;

    if (sink->half && second) {
        uint32_t high = sink->half - 0xD800u;
        print__character(sink, 0x10000 + (high << 10) + (unit - 0xDC00u));
        sink->half = 0;
        return;
    }
    if (sink->half)
        print__character(sink, UTF8_REPLACEMENT);
    sink->half = first ? unit : 0;
    if (!first)
        print__character(sink, second ? UTF8_REPLACEMENT : unit);
}

void widetext_put(struct widetext_sink *sink, const WCHAR *text, size_t length)
{
    size_t free_units = sink->room > sink->count ? sink->room - sink->count : 0;

    if (sink->stream)
        for (size_t i = 0; i < length; i++)
            print__unit(sink, text[i]);
    else if (free_units)
        iocp_wmemcpy(sink->to + sink->count, text, length < free_units ? length : free_units);
    sink->count += length;
}

void widetext_fill(struct widetext_sink *sink, WCHAR unit, size_t count)
{
    while (sink->stream && count && !sink->failed) {
        widetext_put(sink, &unit, 1);
        count--;
    }
    if (sink->stream)
        return;
    size_t free_units = sink->room > sink->count ? sink->room - sink->count : 0;
    if (free_units)
        iocp_wmemset(sink->to + sink->count, unit, count < free_units ? count : free_units);
    sink->count += count;
}

void widetext_flush(struct widetext_sink *sink)
{
    if (!sink->stream)
        return;
    if (sink->half)
        print__character(sink, UTF8_REPLACEMENT);
    sink->half = 0;
    print__write(sink);
}

/* All of the text's length, or -1; a zero is put behind it where there is room. */
static int print__memory(WCHAR *to, size_t room, const WCHAR *format, va_list arguments)
{
    struct widetext_sink sink = {.to = to, .room = to ? room : 0};

    if (!to && room) {
        errno = EINVAL;
        return -1;
    }
    int length = widetext_format(&sink, format, arguments);
    if (sink.count < sink.room)
        to[sink.count] = 0;
    return length;
}

int iocp_vsnwprintf(WCHAR *to, size_t count, const WCHAR *format, va_list arguments)
{
    int length = print__memory(to, count, format, arguments);

    return to && length >= 0 && (size_t)length > count ? -1 : length;
}

int iocp_vswprintf(WCHAR *to, size_t size, const WCHAR *format, va_list arguments)
{
    int length = print__memory(to, size, format, arguments);

    if (!to || (length >= 0 && (size_t)length < size))
        return length;
    if (size)
        to[size - 1] = 0;
    return -1;
}

int iocp_vswprintf_endless(WCHAR *to, const WCHAR *format, va_list arguments)
{
    return iocp_vsnwprintf(to, INT_MAX, format, arguments);
}

int iocp_vswprintf_s(WCHAR *to, size_t size, const WCHAR *format, va_list arguments)
{
    if (!to || size == 0) {
        errno = EINVAL;
        return -1;
    }
    int length = print__memory(to, size, format, arguments);
    if (length >= 0 && (size_t)length < size)
        return length;
    to[0] = 0;
    if (length >= 0)
        errno = ERANGE;
    return -1;
}

int iocp_vsnwprintf_s(WCHAR *to, size_t size, size_t count, const WCHAR *format, va_list arguments)
{
    size_t room = count == WIDETEXT_TRUNCATE || count >= size ? size : count + 1;

    if (!to || size == 0 || !format) {
        errno = EINVAL;
        return -1;
    }
    int length = iocp_vswprintf(to, room, format, arguments);
    if (length < 0 && count != WIDETEXT_TRUNCATE && count >= size)
        to[0] = 0;
    return length;
}

int iocp_vscwprintf(const WCHAR *format, va_list arguments)
{
    return iocp_vsnwprintf(NULL, 0, format, arguments);
}

int iocp_vfwprintf(FILE *stream, const WCHAR *format, va_list arguments)
{
    struct widetext_sink sink = {.stream = stream};

    flockfile(stream);
    int length = widetext_format(&sink, format, arguments);
    funlockfile(stream);
    return length;
}

int iocp_vwprintf(const WCHAR *format, va_list arguments)
{
    return iocp_vfwprintf(stdout, format, arguments);
}

/* Every function with an ellipsis is its v form. */
#define PRINT_FORWARD(call)                                                                        \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    int length = call;                                                                             \
    va_end(arguments);                                                                             \
    return length

int iocp_swprintf(WCHAR *to, size_t size, const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vswprintf(to, size, format, arguments));
}

int iocp_swprintf_endless(WCHAR *to, const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vswprintf_endless(to, format, arguments));
}

int iocp_swprintf_s(WCHAR *to, size_t size, const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vswprintf_s(to, size, format, arguments));
}

int iocp_snwprintf(WCHAR *to, size_t count, const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vsnwprintf(to, count, format, arguments));
}

int iocp_snwprintf_s(WCHAR *to, size_t size, size_t count, const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vsnwprintf_s(to, size, count, format, arguments));
}

int iocp_scwprintf(const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vscwprintf(format, arguments));
}

int iocp_wprintf(const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vwprintf(format, arguments));
}

int iocp_fwprintf(FILE *stream, const WCHAR *format, ...)
{
    PRINT_FORWARD(iocp_vfwprintf(stream, format, arguments));
}
