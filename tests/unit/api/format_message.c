/* SPDX-License-Identifier: MIT
 *
 * FormatMessage: a sentence for whatever the library's error table can show, and inserts.
 */
#include "api/utf16.h"
#include "base/fault.h"
#include "status/status.h"
#include "unit/expect.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <ws2tcpip.h>

#define SYSTEM (FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS)

static char text[512];

static DWORD from_system(DWORD code)
{
    return FormatMessageA(SYSTEM, NULL, code, 0, text, sizeof text, NULL);
}

static void every_error_has_a_sentence(void)
{
    /* Whatever a status of the table becomes in any of its readings. */
    for (uint32_t severity = 0; severity < 4; severity++)
        for (uint32_t code = 0; code < 0x800; code++) {
            int32_t status = (int32_t)(severity << 30 | code);
            DWORD win32 = status_win32(status);
            if (win32 == ERROR_MR_MID_NOT_FOUND || win32 > 0xFFFF)
                continue;
            EXPECT(from_system(win32) > 2);
            EXPECT(from_system((DWORD)status_winsock(status)) > 2);
            EXPECT(from_system((DWORD)status_winsock_result(status)) > 2);
            if (status < 0)
                EXPECT(from_system((DWORD)status) > 2);
        }
    for (DWORD code = WSAEBADF; code <= WSAEREMOTE; code++)
        if (from_system(code))
            EXPECT(strlen(gai_strerrorA((int)code)) > 5);
    EXPECT(from_system(WSANOTINITIALISED) && from_system(WSAHOST_NOT_FOUND));
    EXPECT(from_system(0x80070005) && strstr(text, "Access"));
    EXPECT(from_system(10) > 2 && strcmp(text + strlen(text) - 3, ".\r\n") == 0);
    EXPECT_EQUAL(from_system(10), strlen(text));
    SetLastError(0);
    EXPECT(from_system(54321) == 0 && GetLastError() == ERROR_MR_MID_NOT_FOUND);
}

static void buffers(void)
{
    char *allocated = NULL;
    DWORD length = FormatMessageA(SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, WSAECONNRESET, 0,
                                  (LPSTR)&allocated, 0, NULL);
    EXPECT(allocated && length == strlen(allocated));
    EXPECT(LocalFree(allocated) == NULL);
    char small[5] = "";
    EXPECT_EQUAL(FormatMessageA(SYSTEM, NULL, 5, 0, small, sizeof small, NULL), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQUAL(FormatMessageA(SYSTEM, NULL, 5, 0, NULL, 0, NULL), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT_EQUAL(FormatMessageA(0, NULL, 5, 0, text, sizeof text, NULL), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(FormatMessageA(SYSTEM | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL, 5, 0, text, sizeof text,
                          NULL) != 0);
    EXPECT(!strchr(text, '\n'));
    WCHAR wide[256];
    DWORD units = FormatMessageW(SYSTEM, NULL, 5, 0, wide, 256, NULL);
    EXPECT(units == from_system(5) && wide[units] == 0);
    for (DWORD i = 0; i < units; i++)
        EXPECT_EQUAL(wide[i], text[i]);
}

static DWORD list(DWORD flags, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | flags, format, 0, 0, text,
                                  sizeof text, &arguments);
    va_end(arguments);
    return length;
}

static void inserts(void)
{
    EXPECT(list(0, "%2 before %1", "one", "two") && strcmp(text, "two before one") == 0);
    EXPECT(list(0, "%1!d! %2!04x! %3!s! 100%%", -5, 0xAB, "x"));
    EXPECT(strcmp(text, "-5 00ab x 100%") == 0);
    EXPECT(list(0, "%1!I64d!", 1234567890123LL) && strcmp(text, "1234567890123") == 0);
    EXPECT(list(0, "%1!lu!|%1!5u!|%1!-5u!|", 7) && strcmp(text, "7|    7|7    |") == 0);
    EXPECT(list(0, "a%nb%tc%0d") && strcmp(text, "a\r\nb\tc") == 0);
    EXPECT(list(FORMAT_MESSAGE_IGNORE_INSERTS, "%1!d! and %2") &&
           strcmp(text, "%1!d! and %2") == 0);
    EXPECT(list(0, "%1", NULL) && strcmp(text, "(null)") == 0);
    DWORD_PTR array[] = {(DWORD_PTR) "array", 9};
    EXPECT(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%1 %2!u!", 0,
                          0, text, sizeof text, (va_list *)array));
    EXPECT(strcmp(text, "array 9") == 0);
    static const WCHAR source[] = {'%', '1', '!', 's', '!', 0xE9, 0};
    static const WCHAR insert[] = {0x4E2D, 0xD83D, 0xDE00, 0};
    static const WCHAR expected[] = {0x4E2D, 0xD83D, 0xDE00, 0xE9, 0};
    DWORD_PTR wide_array[] = {(DWORD_PTR)insert};
    WCHAR wide[16];
    EXPECT_EQUAL(FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, source,
                                0, 0, wide, 16, (va_list *)wide_array),
                 4);
    EXPECT(memcmp(wide, expected, sizeof expected) == 0);
}

static void bad_text(void)
{
    static const WCHAR lone[] = {0xD800, 'a', 0xDC00, 0};
    char *narrow = utf16_to_utf8(lone, (size_t)-1);
    EXPECT(narrow && strcmp(narrow, "\xEF\xBF\xBD"
                                    "a"
                                    "\xEF\xBF\xBD") == 0);
    free(narrow);
    size_t length;
    WCHAR *wide = utf16_from_utf8("\xC0\x80\xFFz\xE2\x82", 6, &length);
    EXPECT(wide && length == 6 && wide[0] == 0xFFFD && wide[3] == 'z' && wide[5] == 0xFFFD);
    free(wide);
}

static void memory_is_short(void)
{
    for (int pass = 1; pass < 20; pass++) {
        WCHAR *allocated = NULL;
        atomic_store(&fault_countdown[FAULT_MEMORY], pass);
        DWORD length = FormatMessageW(SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, 5, 0,
                                      (LPWSTR)&allocated, 100000, NULL);
        bool failed = atomic_exchange(&fault_countdown[FAULT_MEMORY], 0) == 0;
        EXPECT(failed == (length == 0));
        EXPECT(!failed || GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
        LocalFree(allocated);
        if (!failed)
            return;
    }
    EXPECT(!"a pass without a fault");
}

int main(void)
{
    every_error_has_a_sentence();
    buffers();
    inserts();
    bad_text();
    memory_is_short();
    return expect_report();
}
