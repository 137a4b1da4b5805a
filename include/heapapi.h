/* SPDX-License-Identifier: MIT
 *
 * The process heap and heaps of one's own. Blocks lie below 4 GiB while there is room, so that
 * programs which pass their addresses through a DWORD work.
 */
#ifndef _HEAPAPI_H_
#define _HEAPAPI_H_

#include "minwindef.h"

IOCP_BEGIN_DECLS

/* GetProcessHeap: the heap every process has; never fails, is not to be destroyed.
 * sdk:getprocessheap */
WINBASEAPI HANDLE WINAPI GetProcessHeap(VOID);

/* HeapCreate: a new heap; sizes in bytes, dwMaximumSize 0 means that it may grow.
 * NULL: ERROR_NOT_ENOUGH_MEMORY. sdk:heapcreate */
WINBASEAPI HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize);

/* HeapDestroy: frees the heap and every block in it. sdk:heapdestroy */
WINBASEAPI BOOL WINAPI HeapDestroy(HANDLE hHeap);

/* HeapAlloc: dwBytes bytes, 16-byte aligned; zeroed with HEAP_ZERO_MEMORY. NULL when there is no
 * memory; the last error is not set. sdk:heapalloc */
WINBASEAPI LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes);

/* HeapReAlloc: resizes a block, moving it unless HEAP_REALLOC_IN_PLACE_ONLY. NULL: the block is as
 * it was. sdk:heaprealloc */
WINBASEAPI LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes);

/* HeapFree: frees a block; NULL is allowed. FALSE: ERROR_INVALID_PARAMETER. sdk:heapfree */
WINBASEAPI BOOL WINAPI HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem);

/* HeapSize: the size in bytes that was asked for, or (SIZE_T)-1. sdk:heapsize */
WINBASEAPI SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem);

/* HeapValidate: TRUE if the heap, or one block of it, is intact. sdk:heapvalidate */
WINBASEAPI BOOL WINAPI HeapValidate(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem);

IOCP_END_DECLS

#endif
