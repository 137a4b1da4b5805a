/* SPDX-License-Identifier: MIT
 *
 * The console's older header; all that is here is in consoleapi.h.
 */
#ifndef _WINCON_
#define _WINCON_

#include "consoleapi.h"

#endif
