/* SPDX-License-Identifier: MIT
 *
 * Writing initialization files (rules PROF): a file is read, changed as a text and written back.
 */
#include "api/profile.h"

#include "api/last_error.h"
#include "api/utf16.h"
#include "base/fault.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

/* A new piece of text: parts and line ends. Its memory is asked for once. */
struct profile_piece {
    char *text;
    size_t length;
};

static void profile__add(struct profile_piece *piece, const char *text, size_t length)
{
    memcpy(piece->text + piece->length, text, length);
    piece->length += length;
}

static void profile__add_end(struct profile_piece *piece)
{
    profile__add(piece, "\r\n", 2);
}

/* The line before `at` gets an end if it has none. */
static void profile__begin(const struct profile *profile, size_t at, struct profile_piece *piece)
{
    if (at > 0 && profile->text[at - 1] != '\n')
        profile__add_end(piece);
}

static void profile__add_head(struct profile_piece *piece, const char *name)
{
    struct profile_span section = profile_span(name);

    profile__add(piece, "[", 1);
    profile__add(piece, section.text, section.length);
    profile__add(piece, "]", 1);
    profile__add_end(piece);
}

static void profile__add_key(struct profile_piece *piece, const char *name, const char *string)
{
    struct profile_span key = profile_span(name);

    profile__add(piece, key.text, key.length);
    profile__add(piece, "=", 1);
    profile__add(piece, string, strlen(string));
    profile__add_end(piece);
}

/* A change: one key's string, or a section's lines (a list), or what goes. */
struct profile_change {
    const char *section, *key, *string, *lines;
    size_t lines_length; /* with their zeros, without the last */
};

static size_t profile__room(const struct profile_change *change)
{
    return strlen(change->section) + (change->key ? strlen(change->key) : 0) +
           (change->string ? strlen(change->string) : 0) + 2 * change->lines_length + 16;
}

static void profile__add_lines(struct profile_piece *piece, const struct profile_change *change)
{
    const char *end = change->lines + change->lines_length;

    for (const char *line = change->lines; line < end; line += strlen(line) + 1) {
        profile__add(piece, line, strlen(line));
        profile__add_end(piece);
    }
}

/* Below the section's last line that says anything. */
static size_t profile__end_of(const struct profile *profile, const struct profile_section *section)
{
    struct profile_line line;
    size_t end = section->begin;

    for (size_t at = section->begin; at < section->end; at = line.next) {
        if (!profile_line(profile, at, &line))
            break;
        if (line.kind != PROFILE_NOTHING)
            end = line.next;
    }
    return end;
}

static bool profile__set_key(struct profile *profile, const struct profile_change *change,
                             struct profile_piece *piece)
{
    struct profile_section section;
    struct profile_line line;
    size_t at = profile->length;

    if (profile_find_section(profile, change->section, &section)) {
        if (profile_find_key(profile, &section, change->key, &line)) {
            size_t begin = (size_t)(line.value.text - profile->text);
            return profile_replace(profile, begin, begin + line.value.length, change->string,
                                   strlen(change->string));
        }
        at = profile__end_of(profile, &section);
        profile__begin(profile, at, piece);
    } else {
        profile__begin(profile, at, piece);
        profile__add_head(piece, change->section);
    }
    profile__add_key(piece, change->key, change->string);
    return profile_replace(profile, at, at, piece->text, piece->length);
}

/* The section's lines go, but for comments; the new ones come where the first of them was. */
static bool profile__set_section(struct profile *profile, const struct profile_change *change,
                                 struct profile_piece *piece)
{
    struct profile_section section;
    struct profile_line line;
    bool done = false;

    if (!profile_find_section(profile, change->section, &section)) {
        profile__begin(profile, profile->length, piece);
        profile__add_head(piece, change->section);
        profile__add_lines(piece, change);
        return profile_replace(profile, profile->length, profile->length, piece->text,
                               piece->length);
    }
    for (size_t at = section.begin; at < section.end && profile_line(profile, at, &line);) {
        if (line.kind == PROFILE_NOTHING) {
            at = line.next;
            continue;
        }
        size_t before = profile->length;
        if (!done)
            profile__add_lines(piece, change);
        size_t length = done ? 0 : piece->length;
        if (!profile_replace(profile, line.begin, line.next, piece->text, length))
            return false;
        done = true;
        at += length;
        section.end = section.end + profile->length - before;
    }
    if (done)
        return true;
    profile__begin(profile, section.begin, piece);
    profile__add_lines(piece, change);
    return profile_replace(profile, section.begin, section.begin, piece->text, piece->length);
}

static bool profile__remove(struct profile *profile, const struct profile_change *change)
{
    struct profile_section section;
    struct profile_line line;

    if (!profile_find_section(profile, change->section, &section))
        return true;
    if (!change->key)
        return profile_replace(profile, section.head, section.end, "", 0);
    return !profile_find_key(profile, &section, change->key, &line) ||
           profile_replace(profile, line.begin, line.next, "", 0);
}

static bool profile__edit(struct profile *profile, const struct profile_change *change)
{
    if (!change->string && !change->lines)
        return profile__remove(profile, change);
    struct profile_piece piece = {.text = fault_malloc(profile__room(change))};
    bool done = piece.text && (change->lines ? profile__set_section(profile, change, &piece)
                                             : profile__set_key(profile, change, &piece));

    free(piece.text);
    return done;
}

static BOOL profile__change(const struct profile_change *change, const char *file)
{
    bool removes = !change->string && !change->lines;
    struct profile profile;
    NTSTATUS status = profile_open(file, removes ? PROFILE_CHANGE : PROFILE_MAKE, &profile);

    if (removes && status == STATUS_OBJECT_NAME_NOT_FOUND)
        return TRUE;
    if (status != STATUS_SUCCESS)
        return api_fail(status);
    status =
        profile__edit(&profile, change) ? profile_save(&profile) : STATUS_INSUFFICIENT_RESOURCES;
    profile_close(&profile);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}

BOOL WINAPI WritePrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR string, LPCSTR file)
{
    if (!section)
        return key || string ? api_fail(STATUS_OBJECT_NAME_NOT_FOUND) : FALSE;
    return profile__change(
        &(struct profile_change){.section = section, .key = key, .string = key ? string : NULL},
        file);
}

BOOL WINAPI WritePrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR string, LPCWSTR file)
{
    char *names[4];
    BOOL done = profile_narrow((LPCWSTR[]){section, key, string, file}, names, 4) &&
                WritePrivateProfileStringA(names[0], names[1], names[2], names[3]);

    profile_free(names, 4);
    return done;
}

BOOL WINAPI WritePrivateProfileSectionA(LPCSTR section, LPCSTR lines, LPCSTR file)
{
    struct profile_change change = {.section = section, .lines = lines};

    if (!section)
        return lines ? api_fail(STATUS_OBJECT_NAME_NOT_FOUND) : FALSE;
    while (lines && lines[change.lines_length])
        change.lines_length += strlen(lines + change.lines_length) + 1;
    return profile__change(&change, file);
}

/* A list in UTF-8, whose strings have their zeros. */
static char *profile__narrow_list(LPCWSTR lines)
{
    size_t units = 0;

    while (lines[units])
        while (lines[units++])
            ;
    /* Zeros are characters too, which utf16_put_utf8 writes as such: three bytes at most a unit. */
    char *list = fault_malloc(3 * units + 1), *to = list;
    for (const WCHAR *at = lines; list && at < lines + units;)
        to = utf16_put_utf8(to, utf16_next(&at, lines + units));
    if (list)
        *to = 0;
    return list;
}

BOOL WINAPI WritePrivateProfileSectionW(LPCWSTR section, LPCWSTR lines, LPCWSTR file)
{
    char *names[2];
    char *list = lines ? profile__narrow_list(lines) : NULL;
    BOOL done = FALSE;

    if (lines && !list)
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
    if (profile_narrow((LPCWSTR[]){section, file}, names, 2) && (list || !lines))
        done = WritePrivateProfileSectionA(names[0], list, names[1]);
    profile_free(names, 2);
    free(list);
    return done;
}
