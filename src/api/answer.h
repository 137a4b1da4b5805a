/* SPDX-License-Identifier: MIT
 *
 * Texts that are answers, in the caller's room. For the files of api/.
 */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "status/status.h"

#include <winnt.h>

/* Stores an answer: returns its length, or what room it needs if that is not there. */
DWORD answer_store(const char *text, DWORD size, LPSTR room);
/* The same in 16 bits; 0: memory is short, and said so. */
DWORD answer_store_wide(const char *text, DWORD size, LPWSTR room);

/* There is none: 0, with the last error. */
DWORD answer_fail(NTSTATUS status);

#endif
