/* SPDX-License-Identifier: MIT
 *
 * The debugging C library of Windows, as it is in a program that is built without it: nothing. The
 * sanitizers of gcc and clang find more.
 */
#ifndef _INC_CRTDBG
#define _INC_CRTDBG

#include <stdlib.h>

#define _CRT_WARN 0
#define _CRT_ERROR 1
#define _CRT_ASSERT 2

#define _CRTDBG_MODE_FILE 0x1
#define _CRTDBG_MODE_DEBUG 0x2
#define _CRTDBG_MODE_WNDW 0x4
#define _CRTDBG_REPORT_MODE (-1)

#define _CRTDBG_ALLOC_MEM_DF 0x01
#define _CRTDBG_DELAY_FREE_MEM_DF 0x02
#define _CRTDBG_CHECK_ALWAYS_DF 0x04
#define _CRTDBG_CHECK_CRT_DF 0x10
#define _CRTDBG_LEAK_CHECK_DF 0x20
#define _CRTDBG_REPORT_FLAG (-1)

#define _NORMAL_BLOCK 1
#define _CLIENT_BLOCK 4

#define _ASSERT(expression) ((void)0)
#define _ASSERTE(expression) ((void)0)
#define _ASSERT_EXPR(expression, message) ((void)0)
#define _RPT0(type, text) ((void)0)
#define _RPT1(type, format, a) ((void)0)
#define _RPT2(type, format, a, b) ((void)0)
#define _RPTF0(type, text) ((void)0)
#define _RPTF1(type, format, a) ((void)0)
#define _RPTF2(type, format, a, b) ((void)0)

#define _malloc_dbg(size, block, file, line) malloc(size)
#define _calloc_dbg(count, size, block, file, line) calloc(count, size)
#define _realloc_dbg(memory, size, block, file, line) realloc(memory, size)
#define _free_dbg(memory, block) free(memory)

static __inline__ int _CrtSetDbgFlag(int flags)
{
    (void)flags;
    return 0;
}

static __inline__ int _CrtSetReportMode(int type, int mode)
{
    (void)type;
    (void)mode;
    return 0;
}

static __inline__ void *_CrtSetReportFile(int type, void *file)
{
    (void)type;
    (void)file;
    return NULL;
}

static __inline__ long _CrtSetBreakAlloc(long number)
{
    (void)number;
    return 0;
}

static __inline__ int _CrtDumpMemoryLeaks(void)
{
    return 0;
}

static __inline__ int _CrtCheckMemory(void)
{
    return 1;
}

#endif
