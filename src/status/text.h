/* SPDX-License-Identifier: MIT
 *
 * An English sentence for each Win32 and Winsock error.
 */
#ifndef STATUS_TEXT_H
#define STATUS_TEXT_H

#include <stdint.h>

/* The sentence of an error's number, or of an NTSTATUS or HRESULT that stands for one; NULL if it
 * has none. */
const char *status_text(uint32_t code);

#endif
