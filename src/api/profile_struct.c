/* SPDX-License-Identifier: MIT
 *
 * Bytes in initialization files (PROF-13): two digits each, and two for their sum.
 */
#include "api/profile.h"

#include "api/last_error.h"
#include "base/fault.h"

#include <windows.h>

#include <stdlib.h>
#include <string.h>

/* Either of the two, by names in UTF-16. */
typedef BOOL WINAPI profile_struct_call(LPCSTR section, LPCSTR key, LPVOID bytes, UINT size,
                                        LPCSTR file);

static BOOL profile__wide(profile_struct_call *call, const LPCWSTR *wide, LPVOID bytes, UINT size)
{
    char *names[3];
    BOOL done = profile_narrow(wide, names, 3) && call(names[0], names[1], bytes, size, names[2]);

    profile_free(names, 3);
    return done;
}

BOOL WINAPI WritePrivateProfileStructA(LPCSTR section, LPCSTR key, LPVOID bytes, UINT size,
                                       LPCSTR file)
{
    static const char digits[] = "0123456789ABCDEF";
    const unsigned char *from = bytes;
    unsigned char sum = 0;

    if (!bytes || !section || !key)
        return WritePrivateProfileStringA(section, key, NULL, file);
    char *text = fault_malloc(2 * (size_t)size + 3);
    if (!text)
        return api_fail(STATUS_INSUFFICIENT_RESOURCES);
    for (size_t i = 0; i <= size; i++) {
        unsigned char byte = i < size ? from[i] : sum;
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
        sum = (unsigned char)(sum + byte);
    }
    text[2 * (size_t)size + 2] = 0;
    BOOL done = WritePrivateProfileStringA(section, key, text, file);
    free(text);
    return done;
}

BOOL WINAPI WritePrivateProfileStructW(LPCWSTR section, LPCWSTR key, LPVOID bytes, UINT size,
                                       LPCWSTR file)
{
    return profile__wide(WritePrivateProfileStructA, (LPCWSTR[]){section, key, file}, bytes, size);
}

/* -1: no digit. */
static int profile__digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads the bytes behind each other; false: they are no such text. */
static bool profile__bytes(const char *text, unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int high = profile__digit(text[2 * i]);
        int low = high < 0 ? -1 : profile__digit(text[2 * i + 1]);
        if (low < 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

BOOL WINAPI GetPrivateProfileStructA(LPCSTR section, LPCSTR key, LPVOID bytes, UINT size,
                                     LPCSTR file)
{
    /* One more character than there may be shows a text that is too long. */
    size_t digits = 2 * (size_t)size + 2;
    unsigned char sum = 0;
    BOOL right = FALSE;

    if (!section || !key || !bytes)
        return api_fail(STATUS_INVALID_PARAMETER);
    char *text = fault_malloc(digits + 2);
    unsigned char *values = fault_malloc((size_t)size + 1);
    if (!text || !values) {
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
    } else if (GetPrivateProfileStringA(section, key, NULL, text, (DWORD)digits + 2, file) ==
                   digits &&
               profile__bytes(text, values, (size_t)size + 1)) {
        for (size_t i = 0; i < size; i++)
            sum = (unsigned char)(sum + values[i]);
        right = sum == values[size];
        if (right)
            memcpy(bytes, values, size);
    }
    free(text);
    free(values);
    if (!right && api_last_error() == 0)
        api_set_last_error(ERROR_INVALID_DATA);
    return right;
}

BOOL WINAPI GetPrivateProfileStructW(LPCWSTR section, LPCWSTR key, LPVOID bytes, UINT size,
                                     LPCWSTR file)
{
    return profile__wide(GetPrivateProfileStructA, (LPCWSTR[]){section, key, file}, bytes, size);
}
