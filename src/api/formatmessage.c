/* SPDX-License-Identifier: MIT
 *
 * FormatMessage: the library's sentences for error numbers (status/text.h), and strings with
 * inserts. The work is done on bytes; the W form converts what comes in and goes out, and takes
 * its text inserts as WCHAR. FORMAT_MESSAGE_FROM_HMODULE finds what FROM_SYSTEM finds: there are
 * no message resources. No state.
 */
#include "api/last_error.h"
#include "api/process_heap.h"
#include "api/utf16.h"
#include "base/fault.h"
#include "status/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winbase.h>

#define MOST_INSERTS 99
#define LONGEST_CONVERSION 32
#define FROM_ANYWHERE                                                                              \
    (FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_STRING)

/* Text that grows as it is written; `failed` once memory was short. */
struct message {
    char *text;
    size_t length;
    size_t room;
    bool failed;
    bool wide; /* text inserts are WCHAR */
    bool ignore_inserts;
    bool one_line;
    /* Inserts: an array, or a list of which `taken` values have been read into `values`. */
    const DWORD_PTR *array;
    va_list *list;
    unsigned taken;
    DWORD_PTR values[MOST_INSERTS];
};

static void message__append(struct message *message, const char *text, size_t length)
{
    if (message->length + length + 1 > message->room) {
        size_t room = (message->length + length + 1) * 2;
        char *grown = message->failed ? NULL : fault_malloc(room);
        if (!grown) {
            message->failed = true;
            return;
        }
        if (message->length)
            memcpy(grown, message->text, message->length);
        free(message->text);
        message->text = grown;
        message->room = room;
    }
    memcpy(message->text + message->length, text, length);
    message->length += length;
}

static void message__append_text(struct message *message, const char *text)
{
    message__append(message, text, strlen(text));
}

/* The value of an insert, counted from 0. A list can only be read forwards, so what has been read
 * is kept. */
static DWORD_PTR message__value(struct message *message, unsigned index)
{
    if (message->array)
        return message->array[index];
    if (!message->list || index >= MOST_INSERTS)
        return 0;
    while (message->taken <= index)
        message->values[message->taken++] = va_arg(*message->list, DWORD_PTR);
    return message->values[index];
}

static void message__insert_text(struct message *message, DWORD_PTR value, bool wide)
{
    if (!value) {
        message__append_text(message, "(null)");
    } else if (!wide) {
        message__append_text(message, (const char *)value);
    } else {
        char *narrow = utf16_to_utf8((const WCHAR *)value, (size_t)-1);
        if (narrow)
            message__append_text(message, narrow);
        else
            message->failed = true;
        free(narrow);
    }
}

/* One insert printed by a printf conversion without its length letters, e.g. "-08x". */
static void message__insert_number(struct message *message, const char *flags, size_t length,
                                   char conversion, bool is_long, DWORD_PTR value)
{
    char format[LONGEST_CONVERSION + 8];
    char text[512];
    snprintf(format, sizeof format, "%%%.*s%s%c", (int)length, flags, is_long ? "ll" : "",
             conversion);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int printed = is_long ? snprintf(text, sizeof text, format, (long long)value)
                          : snprintf(text, sizeof text, format, (int)value);
#pragma GCC diagnostic pop
    if (printed > 0)
        message__append(message, text,
                        (size_t)printed < sizeof text ? (size_t)printed : sizeof text - 1);
}

/* What stands between the exclamation marks: flags, length letters, a conversion. */
static void message__insert_formatted(struct message *message, const char *format, size_t length,
                                      DWORD_PTR value)
{
    size_t flags = strspn(format, "-+ #0123456789.");
    const char *letters = format + flags;
    size_t count = length - flags;
    char conversion = count ? letters[count - 1] : 's';
    bool is_long =
        count >= 3 && (strncmp(letters, "I64", 3) == 0 || strncmp(letters, "ll", 2) == 0);
    if (conversion == 's' || conversion == 'S') {
        bool other = conversion == 'S' || letters[0] == 'h';
        bool wide = letters[0] == 'l' || letters[0] == 'w' || message->wide != other;
        message__insert_text(message, value, letters[0] == 'h' ? false : wide);
    } else if (strchr("diuxXoc", conversion) && flags < LONGEST_CONVERSION) {
        message__insert_number(message, format, flags, conversion, is_long, value);
    } else if (conversion == 'p') {
        message__insert_number(message, "016", 3, 'X', true, value);
    }
}

/* "%1", "%12!x!" and so on at `from`; returns what follows. */
static const char *message__insert(struct message *message, const char *from)
{
    unsigned number = 0;
    const char *at = from;
    for (int digits = 0; digits < 2 && *at >= '0' && *at <= '9'; digits++)
        number = number * 10 + (unsigned)(*at++ - '0');
    const char *end = *at == '!' ? strchr(at + 1, '!') : NULL;
    if (message->ignore_inserts) {
        const char *rest = end ? end + 1 : at;
        message__append(message, "%", 1);
        message__append(message, from, (size_t)(rest - from));
        return rest;
    }
    DWORD_PTR value = message__value(message, number - 1);
    if (end)
        message__insert_formatted(message, at + 1, (size_t)(end - at - 1), value);
    else
        message__insert_text(message, value, message->wide);
    return end ? end + 1 : at;
}

static void message__from_string(struct message *message, const char *from)
{
    while (*from) {
        size_t plain = strcspn(from, "%");
        message__append(message, from, plain);
        from += plain;
        if (!*from || !*++from)
            return;
        if (*from >= '1' && *from <= '9') {
            from = message__insert(message, from);
            continue;
        }
        switch (*from) {
        case '0':
            return; /* the end, and no line break */
        case 'n':
            message__append_text(message, message->one_line ? " " : "\r\n");
            break;
        case 'r':
            message__append_text(message, "\r");
            break;
        case 't':
            message__append_text(message, "\t");
            break;
        case 'b':
            message__append_text(message, " ");
            break;
        default:
            message__append(message, from, 1);
        }
        from++;
    }
}

/* The message as a whole, or the error. */
static DWORD message__make(struct message *message, DWORD flags, const char *source, DWORD code)
{
    if (!(flags & FROM_ANYWHERE))
        return ERROR_INVALID_PARAMETER;
    if (flags & FORMAT_MESSAGE_FROM_STRING) {
        if (!source)
            return ERROR_INVALID_PARAMETER;
        message__from_string(message, source);
    } else {
        const char *text = status_text(code);
        if (!text)
            return ERROR_MR_MID_NOT_FOUND;
        message__append_text(message, text);
        message__append_text(message, message->one_line ? " " : "\r\n");
    }
    return message->failed ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}

/* Puts `length` characters of `size` bytes and a zero into the program's buffer or a new one. */
static DWORD message__hand_over(const void *text, size_t length, size_t size, DWORD flags,
                                void *buffer, DWORD room)
{
    static const WCHAR zero;
    if (!buffer)
        return ERROR_INVALID_PARAMETER;
    if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        void *block =
            mem_alloc(&api_process_heap, (length + 1 > room ? length + 1 : room) * size, false);
        if (!block)
            return ERROR_NOT_ENOUGH_MEMORY;
        *(void **)buffer = block;
        buffer = block;
    } else if (length + 1 > room) {
        return ERROR_INSUFFICIENT_BUFFER;
    }
    if (length)
        memcpy(buffer, text, length * size);
    memcpy((char *)buffer + length * size, &zero, size);
    return NO_ERROR;
}

static struct message message__new(DWORD flags, va_list *arguments, bool wide)
{
    struct message message = {.wide = wide};
    message.ignore_inserts = (flags & FORMAT_MESSAGE_IGNORE_INSERTS) != 0;
    message.one_line = (flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) == FORMAT_MESSAGE_MAX_WIDTH_MASK;
    if (flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
        message.array = (const DWORD_PTR *)arguments;
    else
        message.list = arguments;
    return message;
}

static DWORD message__result(DWORD error, size_t length)
{
    if (error == NO_ERROR)
        return (DWORD)length;
    api_set_last_error(error);
    return 0;
}

DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD code, DWORD language, LPSTR buffer,
                            DWORD room, va_list *arguments)
{
    (void)language;
    struct message message = message__new(flags, arguments, false);
    DWORD error = message__make(&message, flags, source, code);
    if (error == NO_ERROR)
        error = message__hand_over(message.text, message.length, 1, flags, buffer, room);
    free(message.text);
    return message__result(error, message.length);
}

DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD code, DWORD language, LPWSTR buffer,
                            DWORD room, va_list *arguments)
{
    (void)language;
    struct message message = message__new(flags, arguments, true);
    bool from_string = (flags & FORMAT_MESSAGE_FROM_STRING) && source;
    char *narrow = from_string ? utf16_to_utf8(source, (size_t)-1) : NULL;
    WCHAR *wide = NULL;
    size_t length = 0;
    DWORD error = from_string && !narrow ? ERROR_NOT_ENOUGH_MEMORY
                                         : message__make(&message, flags, narrow, code);
    if (error == NO_ERROR &&
        !(wide = utf16_from_utf8(message.text ? message.text : "", message.length, &length)))
        error = ERROR_NOT_ENOUGH_MEMORY;
    if (error == NO_ERROR)
        error = message__hand_over(wide, length, sizeof *wide, flags, buffer, room);
    free(wide);
    free(narrow);
    free(message.text);
    return message__result(error, length);
}
