/* SPDX-License-Identifier: MIT
 *
 * The numbers of the standard handles, for programs that carry them about.
 */
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include "minwindef.h"

#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

#endif
