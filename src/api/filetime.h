/* SPDX-License-Identifier: MIT
 *
 * Times of the rooms below (base/filetime.h) as the API's structure. For the files of api/.
 */
#ifndef API_FILETIME_H
#define API_FILETIME_H

#include <minwinbase.h>
#include <stdint.h>

static inline FILETIME api_filetime(int64_t time)
{
    return (FILETIME){.dwLowDateTime = (DWORD)time, .dwHighDateTime = (DWORD)(time >> 32)};
}

#endif
