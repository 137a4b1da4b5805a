/* SPDX-License-Identifier: MIT
 *
 * winuser.h: upper and lower case, in place (rules WSPF-6, WSPF-7). No state.
 */
#include "api/utf16.h"
#include "base/lettercase.h"
#include "base/utf8.h"

#include <windows.h>

#include <stdbool.h>
#include <string.h>

typedef uint32_t case_of(uint32_t character);

/* A character in place of an address. */
static bool case__is_one(const void *given)
{
    return (uintptr_t)given >> 16 == 0;
}

/* What UTF-8 there is; a letter keeps its number of bytes. */
static void case__change(char *text, size_t bytes, case_of *change)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + bytes;

    while (at < end) {
        const unsigned char *before = at;
        uint32_t other = change(utf8_next(&at, end));
        char room[4];
        size_t length = (size_t)(utf16_put_utf8(room, other) - room);
        if (length == (size_t)(at - before))
            memcpy(text + (before - (const unsigned char *)text), room, length);
    }
}

static void case__change_wide(WCHAR *text, size_t units, case_of *change)
{
    for (size_t index = 0; index < units; index++)
        text[index] = (WCHAR)change(text[index]);
}

static LPSTR case__text(LPSTR text, case_of *change)
{
    uintptr_t one = (uintptr_t)text;

    if (case__is_one(text))
        return (LPSTR)(one < 0x80 ? (uintptr_t)change((uint32_t)one) : one);
    case__change(text, strlen(text), change);
    return text;
}

static LPWSTR case__text_wide(LPWSTR text, case_of *change)
{
    if (case__is_one(text))
        return (LPWSTR)(uintptr_t)change((uint32_t)(uintptr_t)text);
    case__change_wide(text, (size_t)lstrlenW(text), change);
    return text;
}

static DWORD case__buffer(LPSTR text, DWORD length, case_of *change)
{
    if (!text)
        return 0;
    case__change(text, length, change);
    return length;
}

static DWORD case__buffer_wide(LPWSTR text, DWORD length, case_of *change)
{
    if (!text)
        return 0;
    case__change_wide(text, length, change);
    return length;
}

LPSTR WINAPI CharUpperA(LPSTR text)
{
    return case__text(text, lettercase_upper);
}

LPWSTR WINAPI CharUpperW(LPWSTR text)
{
    return case__text_wide(text, lettercase_upper);
}

LPSTR WINAPI CharLowerA(LPSTR text)
{
    return case__text(text, lettercase_lower);
}

LPWSTR WINAPI CharLowerW(LPWSTR text)
{
    return case__text_wide(text, lettercase_lower);
}

DWORD WINAPI CharUpperBuffA(LPSTR text, DWORD length)
{
    return case__buffer(text, length, lettercase_upper);
}

DWORD WINAPI CharUpperBuffW(LPWSTR text, DWORD length)
{
    return case__buffer_wide(text, length, lettercase_upper);
}

DWORD WINAPI CharLowerBuffA(LPSTR text, DWORD length)
{
    return case__buffer(text, length, lettercase_lower);
}

DWORD WINAPI CharLowerBuffW(LPWSTR text, DWORD length)
{
    return case__buffer_wide(text, length, lettercase_lower);
}
