/* SPDX-License-Identifier: MIT
 *
 * The text of an initialization file: its lines, what is found by a name, and parts replaced.
 */
#include "api/profile.h"

#include "base/fault.h"
#include "base/lettercase.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static bool profile__is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct profile_span profile__trim(const char *begin, const char *end)
{
    while (end > begin && profile__is_blank(end[-1]))
        end--;
    while (begin < end && profile__is_blank(*begin))
        begin++;
    return (struct profile_span){begin, (size_t)(end - begin)};
}

struct profile_span profile_span(const char *text)
{
    return profile__trim(text, text + strlen(text));
}

bool profile_line(const struct profile *profile, size_t at, struct profile_line *line)
{
    if (at >= profile->length)
        return false;
    const char *begin = profile->text + at;
    const char *feed = memchr(begin, '\n', profile->length - at);
    const char *end = feed ? feed : profile->text + profile->length;
    struct profile_span whole = profile__trim(begin, end);
    const char *mark = NULL;

    *line = (struct profile_line){.begin = at, .kind = PROFILE_NOTHING};
    line->next = feed ? (size_t)(feed + 1 - profile->text) : profile->length;
    end = whole.text + whole.length;
    if (whole.length == 0 || *whole.text == ';')
        return true;
    if (*whole.text == '[' && (mark = memchr(whole.text, ']', whole.length)) != NULL) {
        line->kind = PROFILE_SECTION;
        line->name = profile__trim(whole.text + 1, mark);
        return true;
    }
    mark = memchr(whole.text, '=', whole.length);
    line->kind = mark ? PROFILE_KEY : PROFILE_WORD;
    line->name = profile__trim(whole.text, mark ? mark : end);
    line->value = mark ? profile__trim(mark + 1, end) : (struct profile_span){end, 0};
    return true;
}

/* Whatever their case. */
static bool profile__same(struct profile_span one, struct profile_span other)
{
    const unsigned char *left = (const unsigned char *)one.text, *left_end = left + one.length;
    const unsigned char *right = (const unsigned char *)other.text;
    const unsigned char *right_end = right + other.length;

    while (left < left_end && right < right_end)
        if (lettercase_upper(utf8_next(&left, left_end)) !=
            lettercase_upper(utf8_next(&right, right_end)))
            return false;
    return left == left_end && right == right_end;
}

bool profile_find_section(const struct profile *profile, const char *name,
                          struct profile_section *section)
{
    struct profile_span wanted = profile_span(name);
    struct profile_line line;
    bool found = false;

    for (size_t at = 0; profile_line(profile, at, &line); at = line.next) {
        if (line.kind == PROFILE_SECTION && found)
            break;
        if (line.kind == PROFILE_SECTION && profile__same(line.name, wanted)) {
            found = true;
            *section = (struct profile_section){line.begin, line.next, line.next};
        }
        if (found)
            section->end = line.next;
    }
    return found;
}

bool profile_find_key(const struct profile *profile, const struct profile_section *section,
                      const char *name, struct profile_line *line)
{
    struct profile_span wanted = profile_span(name);

    for (size_t at = section->begin; at < section->end; at = line->next) {
        if (!profile_line(profile, at, line))
            break;
        if (line->kind == PROFILE_KEY && profile__same(line->name, wanted))
            return true;
    }
    return false;
}

bool profile_replace(struct profile *profile, size_t begin, size_t end, const char *text,
                     size_t length)
{
    size_t rest = profile->length - end;
    char *changed = fault_malloc(begin + length + rest + 1);

    if (!changed)
        return false;
    memcpy(changed, profile->text, begin);
    memcpy(changed + begin, text, length);
    memcpy(changed + begin + length, profile->text + end, rest);
    free(profile->text);
    profile->text = changed;
    profile->length = begin + length + rest;
    changed[profile->length] = 0;
    return true;
}
