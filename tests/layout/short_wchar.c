/* SPDX-License-Identifier: MIT
 *
 * A UNICODE program: L"..." is Windows text where the program is built with -fshort-wchar, TEXT()
 * is it always. Also compiled as C++.
 */
#define UNICODE
#define _UNICODE
#ifdef LIBC_FIRST
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#ifdef __cplusplus
#include <string>
#endif
#endif
#include <winsock2.h>
#include <windows.h>
#include <tchar.h>
#include <strsafe.h>
#include <wchar.h>
#ifdef __cplusplus
#include <cwchar>
#include <string>
#else
#define static_assert _Static_assert
#endif

static_assert(sizeof(TCHAR) == 2 && sizeof(WCHAR) == 2, "16 bits");
static_assert(sizeof TEXT("abc") == 8 && sizeof _T("abc") == 8, "16 bits");

static const WCHAR name[] = TEXT("port");
#if __SIZEOF_WCHAR_T__ == 2
static const wchar_t *const same = L"port";
static LPCWSTR text = L"text";

/* All the ways to get at libc's functions. */
int by_name(wchar_t *room, FILE *file)
{
    wchar_t *place = NULL;
    const wchar_t *found = wcschr(text, L'x');
    wmemcpy(room, L"abc", 4);
    wcsncat(wcscpy(room, same), text, 3);
    swprintf(room, 10, L"%s", text);
    wprintf(L"%s", room);
    fputws(room, file);
    mbstowcs(room, "abc", 4);
    wcstok(room, L",");
    wcstok(NULL, L",", &place);
#ifdef TAKES_32_BITS
    wcscasecmp(room, text);
#endif
#ifdef __cplusplus
    wchar_t few[10];
    swprintf_s(few, L"%d", 5);
    wcscpy_s(few, text);
    std::wmemset(room, L'x', std::wcslen(few));
#endif
    return wcslen(room) + (wcslen)(room) == 3 && wcscmp(room, found) == 0;
}
#else
static const WCHAR *const same = name;
static LPCWSTR text = TEXT("text");
#endif

int main(void)
{
    TCHAR message[100];
    HANDLE event = CreateEvent(NULL, TRUE, FALSE, name);
    HMODULE module = GetModuleHandle(TEXT("kernel32"));
    FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 5,
                  MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), message, 100, NULL);
    _tcscat(_tcscpy(message, _T("pipe")), name);
    _stprintf_s(message, 100, _T("%s"), name);
    StringCchCopy(message, 100, name);
    _tprintf(_T("%d\n"), 5);
    return event == NULL && module == NULL && same == text && lstrlen(message) && _tcslen(message);
}
