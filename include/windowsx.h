/* SPDX-License-Identifier: MIT
 *
 * Macros of programs with windows. There are no windows here; what is left are shorthands for
 * Global memory and for the halves of a message's parameter.
 */
#ifndef _INC_WINDOWSX
#define _INC_WINDOWSX

#include "windef.h"
#include "winbase.h"

#define GlobalPtrHandle(pointer) ((HGLOBAL)(pointer)) /* of fixed memory */
#define GlobalAllocPtr(flags, bytes) (GlobalLock(GlobalAlloc((flags), (bytes))))
#define GlobalFreePtr(pointer) ((BOOL)(ULONG_PTR)GlobalFree(GlobalPtrHandle(pointer)))

#define GET_X_LPARAM(parameter) ((int)(short)LOWORD(parameter))
#define GET_Y_LPARAM(parameter) ((int)(short)HIWORD(parameter))

#endif
