/* SPDX-License-Identifier: MIT
 *
 * iocp_wide_stdio.h: text to and from streams, as UTF-8, and files by 16-bit names. No state.
 */
#include "api/utf16.h"
#include "api/widetext.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int iocp_fputws(const WCHAR *text, FILE *stream)
{
    struct widetext_sink sink = {.stream = stream};

    flockfile(stream);
    widetext_put(&sink, text, iocp_wcslen(text));
    widetext_flush(&sink);
    funlockfile(stream);
    return sink.failed ? (int)WIDETEXT_END : 0;
}

int iocp_putws(const WCHAR *text)
{
    flockfile(stdout);
    int result = iocp_fputws(text, stdout);
    if (result == 0 && iocp_fputwc('\n', stdout) == WIDETEXT_END)
        result = (int)WIDETEXT_END;
    funlockfile(stdout);
    return result;
}

wint_t iocp_fputwc(WCHAR unit, FILE *stream)
{
    const WCHAR text[] = {unit, 0};
    struct widetext_sink sink = {.stream = stream};

    widetext_put(&sink, text, 1);
    widetext_flush(&sink);
    return sink.failed ? WIDETEXT_END : unit;
}

wint_t iocp_putwchar(WCHAR unit)
{
    return iocp_fputwc(unit, stdout);
}

/* The rest of a character whose first byte was read. What is not of it stays in the stream. */
static uint32_t files__character(int first, FILE *stream)
{
    unsigned char bytes[4] = {(unsigned char)first};
    size_t length = first < 0xC2 || first > 0xF4 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    size_t count = 1;

    while (count < length) {
        int next = getc(stream);
        if (next == EOF || (next & 0xC0) != 0x80) {
            if (next != EOF)
                ungetc(next, stream);
            return UTF8_REPLACEMENT;
        }
        bytes[count++] = (unsigned char)next;
    }
    const unsigned char *at = bytes;
    return utf8_next(&at, bytes + count);
}

wint_t iocp_fgetwc(FILE *stream)
{
    flockfile(stream);
    int first = getc(stream);
    uint32_t character = first == EOF ? WIDETEXT_END : files__character(first, stream);
    funlockfile(stream);
    return character > 0xFFFF ? UTF8_REPLACEMENT : character;
}

wint_t iocp_getwchar(void)
{
    return iocp_fgetwc(stdin);
}

WCHAR *iocp_fgetws(WCHAR *to, int size, FILE *stream)
{
    int count = 0;
    uint32_t character = 0;

    if (!to || size <= 0) {
        errno = EINVAL;
        return NULL;
    }
    flockfile(stream);
    while (character != '\n' && count < size - 1) {
        int first = getc(stream);
        if (first == EOF)
            break;
        if (first >= 0xF0 && count && count == size - 2) {
            ungetc(first, stream); /* no room for a pair */
            break;
        }
        character = files__character(first, stream);
        if (character > 0xFFFF && size == 2)
            character = UTF8_REPLACEMENT; /* there never is */
        if (character > 0xFFFF) {
            to[count++] = (WCHAR)(0xD800 + ((character - 0x10000) >> 10));
            character = 0xDC00 + ((character - 0x10000) & 0x3FF);
        }
        to[count++] = (WCHAR)character;
    }
    bool failed = ferror(stream);
    funlockfile(stream);
    to[count] = 0;
    return failed || (count == 0 && size > 1) ? NULL : to;
}

/* A mode as libc understands it. */
static void files__mode(char narrow[8], const WCHAR *mode)
{
    size_t count = 0;

    for (; *mode && *mode != ',' && count < 7; mode++)
        if (*mode < 0x80 && *mode != ' ' && *mode != 't')
            narrow[count++] = (char)*mode;
    narrow[count] = 0;
}

FILE *iocp_wfopen(const WCHAR *name, const WCHAR *mode)
{
    if (!name || !mode) {
        errno = EINVAL;
        return NULL;
    }
    char *path = utf16_to_utf8(name, (size_t)-1);
    char narrow[8];
    files__mode(narrow, mode);
    FILE *stream = path ? fopen(path, narrow) : NULL;
    free(path);
    return stream;
}

int iocp_wfopen_s(FILE **stream, const WCHAR *name, const WCHAR *mode)
{
    if (!stream)
        return EINVAL;
    *stream = iocp_wfopen(name, mode);
    return *stream ? 0 : errno;
}

FILE *iocp_wfreopen(const WCHAR *name, const WCHAR *mode, FILE *stream)
{
    if (!name || !mode || !stream) {
        errno = EINVAL;
        return NULL;
    }
    char *path = utf16_to_utf8(name, (size_t)-1);
    char narrow[8];
    files__mode(narrow, mode);
    stream = path ? freopen(path, narrow, stream) : NULL;
    free(path);
    return stream;
}

/* What a call makes of one name. */
#define FILES_CALL(name, path, call)                                                               \
    char *path = name ? utf16_to_utf8(name, (size_t)-1) : NULL;                                    \
    int result = -1;                                                                               \
    if (!name)                                                                                     \
        errno = EINVAL;                                                                            \
    if (path)                                                                                      \
        result = call;                                                                             \
    free(path);                                                                                    \
    return result

int iocp_wremove(const WCHAR *name)
{
    FILES_CALL(name, path, remove(path));
}

int iocp_wunlink(const WCHAR *name)
{
    FILES_CALL(name, path, unlink(path));
}

int iocp_waccess(const WCHAR *name, int mode)
{
    FILES_CALL(name, path, access(path, mode));
}

int iocp_wmkdir(const WCHAR *name)
{
    FILES_CALL(name, path, mkdir(path, 0777));
}

int iocp_wrmdir(const WCHAR *name)
{
    FILES_CALL(name, path, rmdir(path));
}

int iocp_wchdir(const WCHAR *name)
{
    FILES_CALL(name, path, chdir(path));
}

int iocp_wrename(const WCHAR *from, const WCHAR *to)
{
    char *target = to ? utf16_to_utf8(to, (size_t)-1) : NULL;
    char *path = from ? utf16_to_utf8(from, (size_t)-1) : NULL;
    int result = -1;

    if (!from || !to)
        errno = EINVAL;
    if (path && target)
        result = rename(path, target);
    free(path);
    free(target);
    return result;
}
