/* SPDX-License-Identifier: MIT
 *
 * Initialization files (rules PROF): the whole text of one, its lines, and putting it back. For the
 * files of api/. While a profile is open for writing no other call reads or writes the file; a
 * profile belongs to the call that opened it.
 */
#ifndef API_PROFILE_H
#define API_PROFILE_H

#include "status/status.h"

#include <stdbool.h>
#include <stddef.h>

#include <winnt.h>

struct profile {
    char *text; /* UTF-8, without the mark at its beginning */
    size_t length;
    HANDLE file;
    int descriptor;
    bool wide; /* the file is UTF-16 */
};

/* A part of a text: of a profile's until that changes. */
struct profile_span {
    const char *text;
    size_t length;
};

enum profile_kind {
    PROFILE_NOTHING, /* blank, or a comment */
    PROFILE_SECTION,
    PROFILE_KEY,
    PROFILE_WORD /* no = in it */
};

/* Offsets of the line and of the one after it; its parts without blanks around them. */
struct profile_line {
    size_t begin, next;
    enum profile_kind kind;
    struct profile_span name, value;
};

/* A section: its head's line, and the lines below. */
struct profile_section {
    size_t head, begin, end;
};

/* profile_file.c. `name` is the program's and may be NULL. PROFILE_MAKE makes a file that is not
 * there. */
enum profile_way { PROFILE_READ, PROFILE_CHANGE, PROFILE_MAKE };
NTSTATUS profile_open(const char *name, enum profile_way way, struct profile *profile);
NTSTATUS profile_save(const struct profile *profile);
void profile_close(struct profile *profile);

/* profile_text.c */
struct profile_span profile_span(const char *text); /* without blanks around it */
/* The line at `at`; false at the end. */
bool profile_line(const struct profile *profile, size_t at, struct profile_line *line);
bool profile_find_section(const struct profile *profile, const char *name,
                          struct profile_section *section);
bool profile_find_key(const struct profile *profile, const struct profile_section *section,
                      const char *name, struct profile_line *line);
/* Puts text in the place of a part; false: memory is short. */
bool profile_replace(struct profile *profile, size_t begin, size_t end, const char *text,
                     size_t length);

/* profile.c: names of a W function in UTF-8, NULL for NULL, to be given to profile_free also when
 * false is returned: memory is short, and said so. */
bool profile_narrow(const LPCWSTR *wide, char **narrow, int count);
void profile_free(char **narrow, int count);

#endif
