/* SPDX-License-Identifier: MIT
 *
 * Texts that are answers. No state.
 */
#include "api/answer.h"

#include "api/last_error.h"
#include "api/utf16.h"

#include <stdlib.h>
#include <string.h>

DWORD answer_store(const char *text, DWORD size, LPSTR room)
{
    size_t length = strlen(text);

    if (!room || size <= length)
        return (DWORD)length + 1;
    memcpy(room, text, length + 1);
    return (DWORD)length;
}

DWORD answer_store_wide(const char *text, DWORD size, LPWSTR room)
{
    size_t length;
    WCHAR *wide = utf16_from_utf8(text, strlen(text), &length);

    if (!wide)
        return answer_fail(STATUS_INSUFFICIENT_RESOURCES);
    bool fits = room && size > length;
    if (fits)
        memcpy(room, wide, (length + 1) * sizeof *wide);
    free(wide);
    return (DWORD)length + !fits;
}

DWORD answer_fail(NTSTATUS status)
{
    api_fail(status);
    return 0;
}
