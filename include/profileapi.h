/* SPDX-License-Identifier: MIT
 *
 * The steady clock. BOOL functions here always succeed, unless the pointer is NULL
 * (FALSE, ERROR_NOACCESS).
 */
#ifndef _PROFILEAPI_H_
#define _PROFILEAPI_H_

#include "minwindef.h"

IOCP_BEGIN_DECLS

/* QueryPerformanceCounter: stores the clock, in ticks since some start; never goes back.
 * sdk:queryperformancecounter */
WINBASEAPI BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount);

/* QueryPerformanceFrequency: stores the ticks per second, constant.
 * sdk:queryperformancefrequency */
WINBASEAPI BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency);

IOCP_END_DECLS

#endif
