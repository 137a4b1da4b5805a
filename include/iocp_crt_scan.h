/* SPDX-License-Identifier: MIT
 *
 * How the functions of iocp_crt_scanf.h walk through their format. It is done in steps of one
 * conversion each; libc's sscanf or fscanf does each step.
 */
#ifndef IOCP_CRT_SCAN_H
#define IOCP_CRT_SCAN_H

#include "iocp_crt_base.h"

#define IOCP_SCAN_ONE "%1[^ \t\n\v\f\r]" /* a character that is no blank */

struct iocp_scan {
    const char *text; /* what is left of it; NULL: from the stream */
    FILE *stream;
    const char *format; /* what is left of it */
    char *step;         /* the part that is done now: room for the whole format and a width */
    size_t length;      /* of the step */
    long long read;     /* characters so far */
    int done;           /* conversions stored */
    int at_end;         /* the input ended */
    va_list arguments;
};

/* One conversion of a format: %*12I64d */
struct iocp_scan_part {
    int ignored;        /* * */
    size_t width;       /* 0: none */
    char size[3];       /* hh h l ll j z t L, in Linux' spelling */
    const char *type;   /* the letter, or the [ */
    size_t type_length; /* with the set after a [ */
};

static __inline__ void iocp_scan_add(struct iocp_scan *scan, const char *from, size_t length)
{
    memcpy(scan->step + scan->length, from, length);
    scan->length += length;
}

/* Does the step and begins the next one. 1: all of it matched. */
static __inline__ int iocp_scan_run(struct iocp_scan *scan, void *to)
{
    int used = -1, result;
    iocp_scan_add(scan, "%n", 3);
    scan->length = 0;
    if (scan->text)
        result =
            to ? sscanf(scan->text, scan->step, to, &used) : sscanf(scan->text, scan->step, &used);
    else
        result = to ? fscanf(scan->stream, scan->step, to, &used)
                    : fscanf(scan->stream, scan->step, &used);
    if (used < 0) {
        scan->at_end = result == EOF;
        return 0;
    }
    scan->read += used;
    if (scan->text)
        scan->text += used;
    return 1;
}

/* Takes the text before the next conversion into the step. 0: the format is at its end. */
static __inline__ int iocp_scan_plain(struct iocp_scan *scan)
{
    const char *from = scan->format;
    const char *at = from;
    while (*at && (at[0] != '%' || at[1] == '%'))
        at += at[0] == '%' ? 2 : 1;
    iocp_scan_add(scan, from, (size_t)(at - from));
    scan->format = at;
    return *at != 0;
}

/* Takes the conversion at the head of the format apart. 0: there is no type. */
static __inline__ int iocp_scan_take(struct iocp_scan *scan, struct iocp_scan_part *part)
{
    const char *at = scan->format + 1;
    size_t sizes = 0;
    memset(part, 0, sizeof *part);
    part->ignored = *at == '*';
    at += part->ignored;
    for (; *at >= '0' && *at <= '9'; at++)
        if (part->width < 0x7FFFFFFF / 10)
            part->width = part->width * 10 + (size_t)(*at - '0');
    if (at[0] == 'I') {
        int is64 = at[1] == '6' && at[2] == '4', is32 = at[1] == '3' && at[2] == '2';
        part->size[0] = is64 ? 'l' : is32 ? 0 : 'z';
        part->size[1] = is64 ? 'l' : 0;
        at += is64 || is32 ? 3 : 1;
    } else {
        while (*at && strchr("hlLjztw", *at)) {
            if (sizes < 2)
                part->size[sizes++] = *at;
            at++;
        }
    }
    part->type = at;
    if (*at == '[') {
        at += at[1] == '^';
        at = strchr(at[1] ? at + 2 : at + 1, ']');
    }
    if (!at || !*at)
        return 0;
    part->type_length = (size_t)(at + 1 - part->type);
    scan->format = at + 1;
    return 1;
}

/* The conversion as libc writes it, with this width. */
static __inline__ void iocp_scan_conversion(struct iocp_scan *scan,
                                            const struct iocp_scan_part *part, size_t width)
{
    char digits[24];
    int length = __builtin_snprintf(digits, sizeof digits, "%lu", (unsigned long)width);
    iocp_scan_add(scan, part->ignored ? "%*" : "%", part->ignored ? 2 : 1);
    if (width > 0)
        iocp_scan_add(scan, digits, (size_t)length);
    if (!strchr("sc[", *part->type))
        iocp_scan_add(scan, part->size, strlen(part->size));
    iocp_scan_add(scan, part->type, part->type_length);
}

/* %s, %c and %[ with their sizes. The character after the last that fits is asked for by itself:
 * if there is one, the text does not fit. */
static __inline__ int iocp_scan_text(struct iocp_scan *scan, const struct iocp_scan_part *part)
{
    char *to = va_arg(scan->arguments, char *);
    size_t size = va_arg(scan->arguments, unsigned);
    size_t room = *part->type == 'c' ? size : size - 1;
    size_t width = *part->type == 'c' && part->width == 0 ? 1 : part->width;
    char more[2];
    if (!to || size == 0) {
        errno = EINVAL;
        return 0;
    }
    if (*part->type == 'c' && width > room) {
        iocp_crt_refuse(to, size, ERANGE);
        return 0;
    }
    if (room > 0) {
        iocp_scan_conversion(scan, part, width > 0 && width < room ? width : room);
        if (!iocp_scan_run(scan, to))
            return 0;
    }
    if (*part->type != 'c' && (width == 0 || width > room)) {
        int skips = *part->type == 's' && room > 0; /* %s would skip blanks first */
        if (skips)
            iocp_scan_add(scan, IOCP_SCAN_ONE, sizeof IOCP_SCAN_ONE - 1);
        else
            iocp_scan_conversion(scan, part, 1);
        if (iocp_scan_run(scan, more)) {
            iocp_crt_refuse(to, size, ERANGE);
            return 0;
        }
        if (room == 0)
            return 0;
        scan->at_end = 0;
    }
    scan->done++;
    return 1;
}

/* %n, after what stands before it. */
static __inline__ int iocp_scan_count(struct iocp_scan *scan, const struct iocp_scan_part *part)
{
    void *to;
    if (scan->length > 0 && !iocp_scan_run(scan, NULL))
        return 0;
    if (part->ignored)
        return 1;
    to = va_arg(scan->arguments, void *);
    if (part->size[0] == 'h' && part->size[1] == 'h')
        *(signed char *)to = (signed char)scan->read;
    else if (part->size[0] == 'h')
        *(short *)to = (short)scan->read;
    else if (part->size[0])
        *(long long *)to = scan->read;
    else
        *(int *)to = (int)scan->read;
    return 1;
}

static __inline__ int iocp_scan_one(struct iocp_scan *scan)
{
    struct iocp_scan_part part;
    int wide;
    if (!iocp_scan_take(scan, &part))
        return 0;
    if (*part.type == 'n')
        return iocp_scan_count(scan, &part);
    wide = part.size[0] == 'l' || part.size[0] == 'w';
    if (strchr("SC", *part.type) || (strchr("sc[", *part.type) && wide)) {
        errno = EINVAL;
        return 0;
    }
    if (!part.ignored && strchr("sc[", *part.type))
        return iocp_scan_text(scan, &part);
    iocp_scan_conversion(scan, &part, part.width);
    if (!iocp_scan_run(scan, part.ignored ? NULL : va_arg(scan->arguments, void *)))
        return 0;
    scan->done += !part.ignored;
    return 1;
}

static __inline__ int iocp_vscan(const char *text, FILE *stream, const char *format,
                                 va_list arguments)
{
    struct iocp_scan scan;
    if ((!text && !stream) || !format) {
        errno = EINVAL;
        return EOF;
    }
    memset(&scan, 0, sizeof scan);
    scan.text = text;
    scan.stream = stream;
    scan.format = format;
    scan.step = (char *)malloc(strlen(format) + 64);
    if (!scan.step)
        return EOF;
    __builtin_va_copy(scan.arguments, arguments);
    for (;;) {
        if (!iocp_scan_plain(&scan)) {
            if (scan.length > 0)
                iocp_scan_run(&scan, NULL);
            break;
        }
        if (!iocp_scan_one(&scan))
            break;
    }
    va_end(scan.arguments);
    free(scan.step);
    return scan.done == 0 && scan.at_end ? EOF : scan.done;
}

#endif
