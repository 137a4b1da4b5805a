/* SPDX-License-Identifier: MIT
 *
 * What Windows adds to minwindef.h for programs with windows: points and rectangles only, since
 * structures of other headers carry them. There is no user interface here.
 */
#ifndef _WINDEF_
#define _WINDEF_

#include "minwindef.h"

DECLARE_HANDLE(HICON);
DECLARE_HANDLE(HMENU);
DECLARE_HANDLE(HBRUSH);
typedef HICON HCURSOR;

typedef struct tagPOINT {
    LONG x;
    LONG y;
} POINT, *PPOINT, *LPPOINT;

typedef struct tagRECT {
    LONG left;
    LONG top;
    LONG right;
    LONG bottom;
} RECT, *PRECT, *LPRECT;

typedef struct tagSIZE {
    LONG cx;
    LONG cy;
} SIZE, *PSIZE, *LPSIZE;

#endif
