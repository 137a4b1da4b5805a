/* SPDX-License-Identifier: MIT
 *
 * Reading initialization files (rules PROF). The W functions turn their names into UTF-8 and the
 * answer into UTF-16.
 */
#include "api/profile.h"

#include "api/last_error.h"
#include "api/utf16.h"
#include "base/fault.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

/* What is asked for; which parts may be NULL is the functions' affair. */
struct profile_query {
    const char *section, *key, *fallback, *file;
};

/* A text, or a list whose strings have their zeros. */
struct profile_answer {
    char *text;
    size_t length;
    bool list, found;
    NTSTATUS status;
};

static void profile__answer(struct profile_answer *answer, const char *text, size_t length)
{
    answer->text = fault_malloc(length + 1);
    answer->length = answer->text ? length : 0;
    if (!answer->text)
        answer->status = STATUS_INSUFFICIENT_RESOURCES;
    else {
        memcpy(answer->text, text, length);
        answer->text[length] = 0;
    }
}

static void profile__append(struct profile_answer *answer, struct profile_span part, char end)
{
    memcpy(answer->text + answer->length, part.text, part.length);
    answer->length += part.length;
    answer->text[answer->length++] = end;
}

/* What lists are made of. */
enum profile_list { PROFILE_SECTIONS, PROFILE_KEYS, PROFILE_LINES };

static void profile__list_line(const struct profile_line *line, enum profile_list what,
                               struct profile_answer *answer)
{
    bool section = line->kind == PROFILE_SECTION, key = line->kind == PROFILE_KEY;

    if (what == PROFILE_LINES && key) {
        profile__append(answer, line->name, '=');
        profile__append(answer, line->value, 0);
    } else if ((what == PROFILE_SECTIONS && section) || (what == PROFILE_KEYS && key) ||
               (what == PROFILE_LINES && line->kind == PROFILE_WORD)) {
        profile__append(answer, line->name, 0);
    }
}

static void profile__list(const struct profile *profile, struct profile_section part,
                          enum profile_list what, struct profile_answer *answer)
{
    struct profile_line line;

    answer->list = true;
    /* A line is longer than its entry, but for the last one. */
    answer->text = fault_malloc(part.end - part.begin + 1);
    if (!answer->text) {
        answer->status = STATUS_INSUFFICIENT_RESOURCES;
        return;
    }
    for (size_t at = part.begin; at < part.end; at = line.next) {
        if (!profile_line(profile, at, &line))
            break;
        profile__list_line(&line, what, answer);
    }
}

static void profile__fallback(const struct profile_query *query, struct profile_answer *answer)
{
    const char *text = query->fallback ? query->fallback : "";
    size_t length = strlen(text);

    while (length && text[length - 1] == ' ')
        length--;
    profile__answer(answer, text, length);
}

static void profile__unquoted(struct profile_span value, struct profile_answer *answer)
{
    bool quoted = value.length >= 2 && (*value.text == '"' || *value.text == '\'') &&
                  value.text[value.length - 1] == *value.text;

    profile__answer(answer, value.text + quoted, value.length - 2 * (size_t)quoted);
}

static void profile__look(const struct profile *profile, const struct profile_query *query,
                          struct profile_answer *answer)
{
    struct profile_section section = {0, 0, profile->length};
    struct profile_line line;

    answer->found = true;
    if (!query->section)
        profile__list(profile, section, PROFILE_SECTIONS, answer);
    else if (!profile_find_section(profile, query->section, &section))
        answer->found = false;
    else if (!query->key)
        profile__list(profile, section, PROFILE_KEYS, answer);
    else if (profile_find_key(profile, &section, query->key, &line))
        profile__unquoted(line.value, answer);
    else
        answer->found = false;
    if (!answer->found)
        answer->status = STATUS_OBJECT_NAME_NOT_FOUND;
}

static struct profile_answer profile__ask(const struct profile_query *query)
{
    struct profile_answer answer = {.list = !query->section};
    struct profile profile;

    answer.status = profile_open(query->file, PROFILE_READ, &profile);
    if (answer.status == STATUS_SUCCESS) {
        profile__look(&profile, query, &answer);
        profile_close(&profile);
    }
    if (!answer.found && !answer.list) {
        NTSTATUS status = answer.status;
        profile__fallback(query, &answer);
        answer.status = answer.text ? status : answer.status;
    }
    return answer;
}

static struct profile_answer profile__ask_section(const char *name, const char *file)
{
    struct profile_answer answer = {.list = true};
    struct profile profile;
    struct profile_section section;

    answer.status = profile_open(file, PROFILE_READ, &profile);
    if (answer.status != STATUS_SUCCESS)
        return answer;
    if (profile_find_section(&profile, name, &section))
        profile__list(&profile, section, PROFILE_LINES, &answer);
    else
        answer.status = STATUS_OBJECT_NAME_NOT_FOUND;
    profile_close(&profile);
    return answer;
}

/* How much of an answer of so many units is stored in this room, and then its zeros. */
static size_t profile__fit(const struct profile_answer *answer, size_t length, size_t size,
                           size_t *zeros)
{
    *zeros = answer->list && size > 1 && (length == 0 || length >= size) ? 2 : 1;
    size_t fits = length + 1 <= size ? length : size - *zeros;

    if (fits < length)
        api_fail(STATUS_BUFFER_OVERFLOW);
    else if (answer->status == STATUS_SUCCESS)
        api_set_last_error(0);
    else
        api_fail(answer->status);
    return fits;
}

static DWORD profile__store(struct profile_answer *answer, LPSTR room, DWORD size)
{
    size_t zeros, length = 0;

    if (room && size) {
        length = profile__fit(answer, answer->length, size, &zeros);
        if (length)
            memcpy(room, answer->text, length);
        memset(room + length, 0, zeros);
    }
    free(answer->text);
    return (DWORD)length;
}

static DWORD profile__store_wide(struct profile_answer *answer, LPWSTR room, DWORD size)
{
    size_t zeros, units = 0, length = 0;
    WCHAR *wide = answer->length ? utf16_from_utf8(answer->text, answer->length, &units) : NULL;

    if (answer->length && !wide)
        answer->status = STATUS_INSUFFICIENT_RESOURCES;
    if (room && size) {
        length = profile__fit(answer, units, size, &zeros);
        if (length)
            memcpy(room, wide, length * sizeof *room);
        memset(room + length, 0, zeros * sizeof *room);
    }
    free(wide);
    free(answer->text);
    return (DWORD)length;
}

DWORD WINAPI GetPrivateProfileStringA(LPCSTR section, LPCSTR key, LPCSTR fallback, LPSTR room,
                                      DWORD size, LPCSTR file)
{
    struct profile_answer answer =
        profile__ask(&(struct profile_query){section, key, fallback, file});

    return profile__store(&answer, room, size);
}

bool profile_narrow(const LPCWSTR *wide, char **narrow, int count)
{
    bool enough = true;

    for (int i = 0; i < count; i++) {
        narrow[i] = wide[i] ? utf16_to_utf8(wide[i], (size_t)-1) : NULL;
        enough &= !wide[i] || narrow[i];
    }
    return enough || api_fail(STATUS_INSUFFICIENT_RESOURCES);
}

void profile_free(char **narrow, int count)
{
    for (int i = 0; i < count; i++)
        free(narrow[i]);
}

DWORD WINAPI GetPrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR fallback, LPWSTR room,
                                      DWORD size, LPCWSTR file)
{
    char *names[4];
    DWORD length = 0;

    if (profile_narrow((LPCWSTR[]){section, key, fallback, file}, names, 4)) {
        struct profile_answer answer =
            profile__ask(&(struct profile_query){names[0], names[1], names[2], names[3]});
        length = profile__store_wide(&answer, room, size);
    } else if (room && size) {
        room[0] = 0;
    }
    profile_free(names, 4);
    return length;
}

DWORD WINAPI GetPrivateProfileSectionNamesA(LPSTR room, DWORD size, LPCSTR file)
{
    return GetPrivateProfileStringA(NULL, NULL, NULL, room, size, file);
}

DWORD WINAPI GetPrivateProfileSectionNamesW(LPWSTR room, DWORD size, LPCWSTR file)
{
    return GetPrivateProfileStringW(NULL, NULL, NULL, room, size, file);
}

DWORD WINAPI GetPrivateProfileSectionA(LPCSTR section, LPSTR room, DWORD size, LPCSTR file)
{
    if (!section) {
        api_fail(STATUS_INVALID_PARAMETER);
        return 0;
    }
    struct profile_answer answer = profile__ask_section(section, file);
    return profile__store(&answer, room, size);
}

DWORD WINAPI GetPrivateProfileSectionW(LPCWSTR section, LPWSTR room, DWORD size, LPCWSTR file)
{
    char *names[2];
    DWORD length = 0;

    if (!section) {
        api_fail(STATUS_INVALID_PARAMETER);
        return 0;
    }
    if (profile_narrow((LPCWSTR[]){section, file}, names, 2)) {
        struct profile_answer answer = profile__ask_section(names[0], names[1]);
        length = profile__store_wide(&answer, room, size);
    } else if (room && size) {
        room[0] = 0;
    }
    profile_free(names, 2);
    return length;
}

/* The number that a text begins with, and no more of it than 32 bits. */
static UINT profile__number(const char *text)
{
    bool negative;
    unsigned base = 10;
    UINT number = 0;

    text += strspn(text, " \t");
    negative = *text == '-';
    text += *text == '-' || *text == '+';
    if (*text == '0' && (text[1] == 'x' || text[1] == 'o' || text[1] == 'b')) {
        base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 2;
        text += 2;
    }
    for (;; text++) {
        unsigned digit = *text >= '0' && *text <= '9'   ? (unsigned)(*text - '0')
                         : *text >= 'a' && *text <= 'f' ? (unsigned)(*text - 'a' + 10)
                         : *text >= 'A' && *text <= 'F' ? (unsigned)(*text - 'A' + 10)
                                                        : base;
        if (digit >= base)
            break;
        number = number * base + digit;
    }
    return negative ? 0u - number : number;
}

UINT WINAPI GetPrivateProfileIntA(LPCSTR section, LPCSTR key, INT fallback, LPCSTR file)
{
    struct profile_answer answer = {.status = STATUS_OBJECT_NAME_NOT_FOUND};

    if (section && key)
        answer = profile__ask(&(struct profile_query){section, key, NULL, file});
    UINT number = answer.found && answer.text ? profile__number(answer.text) : (UINT)fallback;
    if (answer.status == STATUS_SUCCESS)
        api_set_last_error(0);
    else
        api_fail(answer.status);
    free(answer.text);
    return number;
}

UINT WINAPI GetPrivateProfileIntW(LPCWSTR section, LPCWSTR key, INT fallback, LPCWSTR file)
{
    char *names[3];
    UINT number = profile_narrow((LPCWSTR[]){section, key, file}, names, 3)
                      ? GetPrivateProfileIntA(names[0], names[1], fallback, names[2])
                      : (UINT)fallback;

    profile_free(names, 3);
    return number;
}
