/* SPDX-License-Identifier: MIT
 *
 * lstrcmp and lstrcmpi: the order of words in a list, not of numbers in a table (rule LSTR-4).
 * First what is read counts, without case; then case; then the marks that join words and are passed
 * over at first: the hyphen, the apostrophe, control characters. No state.
 */
#include "api/utf16.h"
#include "base/lettercase.h"
#include "base/utf8.h"

#include <windows.h>

#include <stdbool.h>
#include <string.h>

/* Both forms read character by character; a zero is the end. */
struct compare_text {
    const unsigned char *narrow, *end;
    const WCHAR *wide;
    uint32_t character;
    unsigned place; /* how many characters that are read came before */
};

#define NO_TEXT 0x110000u /* and above: bytes that are no text, each different from the others */

static void compare__step(struct compare_text *text)
{
    if (text->wide) {
        const WCHAR unit = *text->wide;
        if (!unit)
            text->character = 0;
        else if ((text->character = utf16_next(&text->wide, NULL)) == UTF8_REPLACEMENT)
            text->character = unit;
        return;
    }
    const unsigned char *before = text->narrow;
    text->character = before < text->end ? utf8_next(&text->narrow, text->end) : 0;
    if (text->character == UTF8_REPLACEMENT && text->narrow == before + 1)
        text->character = NO_TEXT + *before;
}

static struct compare_text compare__begin(const char *narrow, const WCHAR *wide)
{
    struct compare_text text = {.wide = wide};

    if (narrow) {
        text.narrow = (const unsigned char *)narrow;
        text.end = text.narrow + strlen(narrow);
    }
    compare__step(&text);
    return text;
}

/* Where a character stands among the others; 0: passed over at first. */
static uint32_t compare__weight(uint32_t character)
{
    static const char order[] = "\t\n\v\f\r!\"#$%&()*,./:;?@[\\]^_`{|}~+<=>0123456789";
    const char *found;

    if (character >= 0x80)
        return 0x100 + lettercase_lower(character);
    if (character == ' ')
        return 1;
    if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z'))
        return 0x80 + lettercase_lower(character);
    found = character ? strchr(order, (int)character) : NULL;
    return found ? 2 + (uint32_t)(found - order) : 0;
}

/* Of what is passed over. */
static uint32_t compare__mark(uint32_t character)
{
    return character == '-' ? 0x101 : character == '\'' ? 0x100 : character;
}

/* On to the next character that is read, or that is passed over; or to the end. */
static void compare__seek(struct compare_text *text, bool marks)
{
    while (text->character && (compare__weight(text->character) == 0) != marks) {
        text->place++;
        compare__step(text);
    }
}

static int compare__sign(int64_t difference)
{
    return (difference > 0) - (difference < 0);
}

/* The marks of two texts that are the same otherwise: none come before some, later before earlier.
 */
static int compare__marks(struct compare_text left, struct compare_text right)
{
    for (;;) {
        compare__seek(&left, true);
        compare__seek(&right, true);
        if (!left.character || !right.character)
            return (left.character != 0) - (right.character != 0);
        int order = compare__sign((int64_t)right.place - left.place);
        if (!order)
            order = compare__sign((int64_t)compare__mark(left.character) -
                                  compare__mark(right.character));
        if (order)
            return order;
        compare__step(&left);
        compare__step(&right);
    }
}

static int compare__texts(const struct compare_text *first, const struct compare_text *second,
                          bool with_case)
{
    struct compare_text left = *first, right = *second;
    int by_case = 0;

    for (;;) {
        compare__seek(&left, false);
        compare__seek(&right, false);
        if (!left.character || !right.character)
            break;
        int order = compare__sign((int64_t)compare__weight(left.character) -
                                  compare__weight(right.character));
        if (order)
            return order;
        if (!by_case && left.character != right.character)
            by_case = left.character == lettercase_lower(left.character) ? -1 : 1;
        compare__step(&left);
        compare__step(&right);
    }
    if (left.character || right.character)
        return left.character ? 1 : -1;
    return with_case && by_case ? by_case : compare__marks(*first, *second);
}

static int compare__any(const void *left, const void *right, bool wide, bool with_case)
{
    if (!left || !right)
        return (left != NULL) - (right != NULL);
    struct compare_text first = compare__begin(wide ? NULL : left, wide ? left : NULL);
    struct compare_text second = compare__begin(wide ? NULL : right, wide ? right : NULL);
    return compare__texts(&first, &second, with_case);
}

int WINAPI lstrcmpA(LPCSTR left, LPCSTR right)
{
    return compare__any(left, right, false, true);
}

int WINAPI lstrcmpW(LPCWSTR left, LPCWSTR right)
{
    return compare__any(left, right, true, true);
}

int WINAPI lstrcmpiA(LPCSTR left, LPCSTR right)
{
    return compare__any(left, right, false, false);
}

int WINAPI lstrcmpiW(LPCWSTR left, LPCWSTR right)
{
    return compare__any(left, right, true, false);
}
