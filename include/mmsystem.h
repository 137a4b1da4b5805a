/* SPDX-License-Identifier: MIT
 *
 * Multimedia, of which there are the timer's functions here: timeapi.h.
 */
#ifndef _INC_MMSYSTEM
#define _INC_MMSYSTEM

#include "timeapi.h"

#define MMSYSERR_BASE 0
#define TIMERR_BASE 96
#define MMSYSERR_NOERROR 0
#define MMSYSERR_ERROR (MMSYSERR_BASE + 1)
#define MMSYSERR_INVALPARAM (MMSYSERR_BASE + 11)

#endif
