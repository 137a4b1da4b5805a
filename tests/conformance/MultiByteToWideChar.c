/* SPDX-License-Identifier: MIT
 *
 * Text between UTF-8 and UTF-16 (rules TEXT).
 */
#include "check.h"

#define FAILS(call, code) ((call) == 0 && GetLastError() == (code))

/* a, e with an accent, the euro sign, a face beyond U+FFFF: in 1, 2, 3 and 4 bytes */
static const char bytes[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
static const WCHAR units[] = {'a', 0xE9, 0x20AC, 0xD83D, 0xDE00, 0};
enum { BYTES = sizeof bytes, UNITS = sizeof units / sizeof units[0] };

static int to_wide(const char *text, int length, WCHAR *room, int size)
{
    return MultiByteToWideChar(CP_UTF8, 0, text, length, room, size);
}

static int to_bytes(const WCHAR *text, int length, char *room, int size)
{
    return WideCharToMultiByte(CP_UTF8, 0, text, length, room, size, NULL, NULL);
}

static void there_and_back(void)
{
    WCHAR wide[32];
    char narrow[32];
    memset(wide, 0x55, sizeof wide);
    memset(narrow, 0x55, sizeof narrow);
    CHECK("TEXT-1", to_wide(bytes, -1, NULL, 0) == UNITS, "units needed");
    CHECK("TEXT-1", to_wide(bytes, BYTES - 1, NULL, 0) == UNITS - 1, "without the zero");
    CHECK("TEXT-1", to_wide(bytes, -1, wide, 32) == UNITS && !memcmp(wide, units, sizeof units),
          "to UTF-16");
    CHECK("TEXT-1", wide[UNITS] == 0x5555, "and no more is written");
    CHECK("TEXT-1", to_wide("ab", 2, wide, UNITS) == 2 && wide[0] == 'a' && wide[2] == units[2],
          "a length: no zero is added");
    CHECK("TEXT-1", to_bytes(units, -1, NULL, 0) == BYTES, "bytes needed");
    CHECK("TEXT-1", to_bytes(units, UNITS - 1, NULL, 0) == BYTES - 1, "without the zero");
    CHECK("TEXT-1", to_bytes(units, -1, narrow, BYTES) == BYTES && !memcmp(narrow, bytes, BYTES),
          "to UTF-8");
    CHECK("TEXT-1", narrow[BYTES] == 0x55, "and no more is written");
    CHECK("TEXT-1", to_wide("a\0b", 4, wide, 32) == 4 && wide[2] == 'b', "zeros are text too");
    CHECK("TEXT-4", to_wide("\xF0\x9F\x98\x80", 4, wide, 32) == 2 && wide[0] == 0xD83D,
          "four bytes, two units");
    CHECK("TEXT-4",
          MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xEF\xBF\xBD", 3, wide, 32) == 1 &&
              wide[0] == 0xFFFD,
          "U+FFFD itself is text");
}

static void bad_arguments(void)
{
    WCHAR wide[32] = {'a', 0};
    char narrow[32] = "a";
    CHECK("TEXT-2", FAILS(to_wide(bytes, 0, wide, 32), ERROR_INVALID_PARAMETER), "no bytes: 87");
    CHECK("TEXT-2", FAILS(to_wide(NULL, 1, wide, 32), ERROR_INVALID_PARAMETER), "no text: 87");
    CHECK("TEXT-2", FAILS(to_wide(bytes, -1, NULL, 32), ERROR_INVALID_PARAMETER), "no room: 87");
    CHECK("TEXT-2", FAILS(to_wide(bytes, -1, wide, -1), ERROR_INVALID_PARAMETER), "negative: 87");
    CHECK_WINE_DEPARTS("TEXT-2",
                       FAILS(to_wide((char *)wide, -1, wide, 32), ERROR_INVALID_PARAMETER),
                       "Wine tries", "one address: 87");
    CHECK("TEXT-2", FAILS(to_bytes(units, 0, narrow, 32), ERROR_INVALID_PARAMETER), "no units: 87");
    CHECK("TEXT-2", FAILS(to_bytes(NULL, 1, narrow, 32), ERROR_INVALID_PARAMETER), "no text: 87");
    CHECK("TEXT-2", FAILS(to_bytes(units, -1, NULL, 32), ERROR_INVALID_PARAMETER), "no room: 87");
    CHECK("TEXT-2", FAILS(to_bytes(units, -1, narrow, -1), ERROR_INVALID_PARAMETER),
          "negative: 87");
    CHECK_WINE_DEPARTS("TEXT-2",
                       FAILS(to_bytes((WCHAR *)narrow, -1, narrow, 32), ERROR_INVALID_PARAMETER),
                       "Wine tries", "one address: 87");
    CHECK("TEXT-2",
          FAILS(MultiByteToWideChar(12345, 0, bytes, -1, wide, 32), ERROR_INVALID_PARAMETER) &&
              FAILS(WideCharToMultiByte(12345, 0, units, -1, narrow, 32, NULL, NULL),
                    ERROR_INVALID_PARAMETER),
          "no such code page: 87");
    BOOL used;
    CHECK_WINE_DEPARTS("TEXT-5",
                       FAILS(WideCharToMultiByte(CP_UTF8, 0, units, -1, narrow, 32, "?", NULL),
                             ERROR_INVALID_PARAMETER),
                       "Wine allows it", "a character to put: 87");
    CHECK_WINE_DEPARTS("TEXT-5",
                       FAILS(WideCharToMultiByte(CP_UTF8, 0, units, -1, narrow, 32, NULL, &used),
                             ERROR_INVALID_PARAMETER),
                       "Wine allows it", "whether it was used: 87");
    CHECK("TEXT-5",
          FAILS(MultiByteToWideChar(CP_UTF8, 0x100, bytes, -1, wide, 32), ERROR_INVALID_FLAGS),
          "an unknown flag: 1004");
    CHECK_WINE_DEPARTS("TEXT-5",
                       FAILS(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, bytes, -1, wide, 32),
                             ERROR_INVALID_FLAGS),
                       "Wine allows it", "a flag of other code pages: 1004");
    CHECK_WINE_DEPARTS(
        "TEXT-5",
        FAILS(WideCharToMultiByte(CP_UTF8, WC_NO_BEST_FIT_CHARS, units, -1, narrow, 32, NULL, NULL),
              ERROR_INVALID_FLAGS),
        "Wine allows it", "a flag of other code pages: 1004");
}

static void too_little_room(void)
{
    WCHAR wide[UNITS];
    char narrow[BYTES];
    for (int size = 1; size < UNITS; size++)
        CHECK("TEXT-3", FAILS(to_wide(bytes, -1, wide, size), ERROR_INSUFFICIENT_BUFFER),
              "room for %d units: 122", size);
    for (int size = 1; size < BYTES; size++)
        CHECK("TEXT-3", FAILS(to_bytes(units, -1, narrow, size), ERROR_INSUFFICIENT_BUFFER),
              "room for %d bytes: 122", size);
    CHECK("TEXT-3", to_wide(bytes, BYTES - 1, wide, UNITS - 1) == UNITS - 1, "it fits exactly");
}

static void no_text(void)
{
    static const char *const broken[] = {
        "\x80",             /* goes on without having begun */
        "\xC3",             /* ends in the middle */
        "\xE2\x82z",        /* so does this, before another character */
        "\xC0\x80",         /* overlong */
        "\xE0\x80\xAF",     /* overlong */
        "\xED\xA0\x80",     /* half a pair */
        "\xF4\x90\x80\x80", /* beyond U+10FFFF */
        "\xFF",
    };
    WCHAR wide[32];
    for (int i = 0; i < (int)ARRAYSIZE(broken); i++) {
        memset(wide, 0, sizeof wide);
        int count = to_wide(broken[i], -1, wide, 32);
        CHECK("TEXT-4", count > 1 && wide[0] == 0xFFFD && wide[count - 1] == 0,
              "number %d becomes U+FFFD: %d units", i, count);
        CHECK("TEXT-4",
              FAILS(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, broken[i], -1, wide, 32),
                    ERROR_NO_UNICODE_TRANSLATION),
              "or ends the call: 1113");
    }
    static const WCHAR halves[][4] = {{0xD83D, 0}, {0xDE00, 'a', 0}, {'a', 0xD83D, 'b', 0}};
    static const char *const instead[] = {"\xEF\xBF\xBD",
                                          "\xEF\xBF\xBD"
                                          "a",
                                          "a\xEF\xBF\xBD"
                                          "b"};
    for (int i = 0; i < (int)ARRAYSIZE(halves); i++) {
        char narrow[32] = "";
        int count = to_bytes(halves[i], -1, narrow, 32);
        CHECK("TEXT-4", count > 3 && !strcmp(narrow, instead[i]),
              "half a pair, number %d: %d bytes", i, count);
        CHECK("TEXT-4",
              FAILS(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, halves[i], -1, narrow, 32,
                                        NULL, NULL),
                    ERROR_NO_UNICODE_TRANSLATION),
              "or ends the call: 1113");
    }
}

static void the_systems_code_page(void)
{
    static const WCHAR plain[] = {'p', 'l', 'a', 'i', 'n', 0};
    WCHAR wide[32];
    char narrow[32];
    BOOL used = 7;
    CHECK("TEXT-6",
          MultiByteToWideChar(CP_ACP, MB_PRECOMPOSED, "plain", -1, wide, 32) == 6 &&
              !memcmp(wide, plain, sizeof plain),
          "CP_ACP");
    CHECK("TEXT-6", MultiByteToWideChar(CP_THREAD_ACP, 0, "plain", 5, NULL, 0) == 5,
          "CP_THREAD_ACP");
    CHECK("TEXT-6",
          WideCharToMultiByte(CP_ACP, WC_NO_BEST_FIT_CHARS, plain, -1, narrow, 32, "?", &used) ==
                  6 &&
              !strcmp(narrow, "plain") && used == FALSE,
          "CP_ACP, and nothing had to be replaced");
    CHECK("TEXT-6",
          GetACP() > CP_THREAD_ACP && MultiByteToWideChar(GetACP(), 0, "plain", 5, NULL, 0) == 5,
          "GetACP gives its number: %u", GetACP());
    CHECK("TEXT-6",
          GetOEMCP() > CP_THREAD_ACP &&
              MultiByteToWideChar(GetOEMCP(), 0, "plain", 5, NULL, 0) == 5,
          "and GetOEMCP: %u", GetOEMCP());
#ifndef __MINGW32__
    CHECK("TEXT-6", GetACP() == CP_UTF8 && GetOEMCP() == CP_UTF8, "which is UTF-8's");
    CHECK("TEXT-6", MultiByteToWideChar(CP_ACP, 0, bytes, -1, NULL, 0) == UNITS, "is UTF-8");
    CHECK("TEXT-6",
          FAILS(MultiByteToWideChar(1252, 0, bytes, -1, wide, 32), ERROR_INVALID_PARAMETER),
          "1252 is not there: 87");
#endif
}

int main(void)
{
    RUN(there_and_back);
    RUN(bad_arguments);
    RUN(too_little_room);
    RUN(no_text);
    RUN(the_systems_code_page);
    return check_report();
}
