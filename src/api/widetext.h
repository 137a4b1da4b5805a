/* SPDX-License-Identifier: MIT
 *
 * What the wide functions of the C library share: units that go to memory or, as UTF-8, to a
 * stream. No state.
 */
#ifndef API_WIDETEXT_H
#define API_WIDETEXT_H

#include <iocp_wide_stdio.h>
#include <iocp_wide_text.h>

#include <stdarg.h>
#include <stdbool.h>

enum { WIDETEXT_BYTES = 256, WIDETEXT_CUT = 80 /* STRUNCATE */ };
#define WIDETEXT_TRUNCATE ((size_t)-1) /* _TRUNCATE */
#define WIDETEXT_END ((wint_t)0xFFFF)  /* Windows' WEOF */

struct widetext_sink {
    WCHAR *to;    /* memory, */
    size_t room;  /* and the units that it has room for; what is beyond is only counted */
    FILE *stream; /* or a stream, */
    WCHAR half;   /* with the first half of a pair that waits for the second */
    bool failed;  /* and whether it took everything */
    size_t used;  /* of bytes */
    size_t count; /* units so far */
    char bytes[WIDETEXT_BYTES];
};

void widetext_put(struct widetext_sink *sink, const WCHAR *text, size_t length);
void widetext_fill(struct widetext_sink *sink, WCHAR unit, size_t count);

/* The end of what goes to a stream. */
void widetext_flush(struct widetext_sink *sink);

/* The formatter. The number of units, or -1: EINVAL, EOVERFLOW, ENOMEM or the stream's error. The
 * caller's `arguments` stay as they are. */
int widetext_format(struct widetext_sink *sink, const WCHAR *format, va_list arguments);

#endif
