/* SPDX-License-Identifier: MIT
 *
 * winbase.h: copying text without a look at its room (rules LSTR), and MulDiv. No state.
 */
#include <windows.h>

#include <string.h>

LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR text)
{
    return to && text ? memmove(to, text, strlen(text) + 1) : NULL;
}

LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR text)
{
    return to && text ? memmove(to, text, ((size_t)lstrlenW(text) + 1) * sizeof *to) : NULL;
}

LPSTR WINAPI lstrcpynA(LPSTR to, LPCSTR text, int size)
{
    if (!to || !text)
        return NULL;
    if (size > 0) {
        size_t length = strnlen(text, (size_t)size - 1);
        memmove(to, text, length);
        to[length] = 0;
    }
    return to;
}

LPWSTR WINAPI lstrcpynW(LPWSTR to, LPCWSTR text, int size)
{
    if (!to || !text)
        return NULL;
    if (size > 0) {
        size_t length = 0;
        while (length < (size_t)size - 1 && text[length])
            length++;
        memmove(to, text, length * sizeof *to);
        to[length] = 0;
    }
    return to;
}

LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR text)
{
    return to && lstrcpyA(to + strlen(to), text) ? to : NULL;
}

LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR text)
{
    return to && lstrcpyW(to + lstrlenW(to), text) ? to : NULL;
}

/* Halves are rounded away from 0. -2^31 counts as an overflow. */
int WINAPI MulDiv(int number, int numerator, int denominator)
{
    int64_t product = (int64_t)number * numerator;
    int64_t divisor = denominator;

    if (divisor == 0)
        return -1;
    uint64_t size = (uint64_t)(product < 0 ? -product : product);
    uint64_t by = (uint64_t)(divisor < 0 ? -divisor : divisor);
    uint64_t quotient = (size + by / 2) / by;
    if (quotient > INT32_MAX)
        return -1;
    return (product < 0) == (divisor < 0) ? (int)quotient : -(int)quotient;
}
