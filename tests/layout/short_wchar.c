/* SPDX-License-Identifier: MIT
 *
 * A UNICODE program: L"..." is Windows text where the program is built with -fshort-wchar, TEXT()
 * is it always.
 */
#define UNICODE
#define _UNICODE
#include <winsock2.h>
#include <windows.h>
#include <tchar.h>

_Static_assert(sizeof(TCHAR) == 2 && sizeof(WCHAR) == 2, "16 bits");
_Static_assert(sizeof TEXT("abc") == 8 && sizeof _T("abc") == 8, "16 bits");

static const WCHAR name[] = TEXT("port");
#if __SIZEOF_WCHAR_T__ == 2
static const wchar_t *const same = L"port";
static LPCWSTR text = L"text";
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
    return event == NULL && module == NULL && same == text && lstrlen(message) && _tcslen(message);
}
