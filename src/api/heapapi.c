/* SPDX-License-Identifier: MIT
 *
 * heapapi.h: a heap's handle is the address of its struct mem_heap. Those of HeapCreate are
 * themselves blocks of a heap, which tells live handles from wild ones.
 *
 * HEAP_GENERATE_EXCEPTIONS and HEAP_NO_SERIALIZE change nothing: there are no structured
 * exceptions, and heaps always lock.
 */
#include "api/last_error.h"
#include "api/process_heap.h"

#include <winbase.h>

struct mem_heap api_process_heap;
static struct mem_heap heapapi_heaps;

/* The heap of a handle; NULL and the last error if it is none. */
static struct mem_heap *heapapi__heap(HANDLE handle)
{
    struct mem_block_info info;
    if (handle == (HANDLE)&api_process_heap)
        return &api_process_heap;
    if (mem_query(handle, &info) && info.heap == &heapapi_heaps)
        return handle;
    api_set_last_error(ERROR_INVALID_HANDLE);
    return NULL;
}

HANDLE WINAPI GetProcessHeap(void)
{
    return (HANDLE)&api_process_heap;
}

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial_size, SIZE_T maximum_size)
{
    (void)options;
    if (maximum_size && initial_size > maximum_size) {
        api_set_last_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    struct mem_heap *heap = mem_alloc(&heapapi_heaps, sizeof *heap, true);
    if (!heap) {
        api_set_last_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    heap->limit = maximum_size;
    return (HANDLE)heap;
}

BOOL WINAPI HeapDestroy(HANDLE handle)
{
    struct mem_heap *heap = heapapi__heap(handle);
    if (!heap)
        return FALSE;
    if (heap == &api_process_heap) {
        api_set_last_error(ERROR_INVALID_HANDLE);
        return FALSE;
    }
    mem_clear(heap);
    mem_free(&heapapi_heaps, heap);
    return TRUE;
}

LPVOID WINAPI HeapAlloc(HANDLE handle, DWORD flags, SIZE_T size)
{
    struct mem_heap *heap = heapapi__heap(handle);
    return heap ? mem_alloc(heap, size, (flags & HEAP_ZERO_MEMORY) != 0) : NULL;
}

LPVOID WINAPI HeapReAlloc(HANDLE handle, DWORD flags, LPVOID block, SIZE_T size)
{
    struct mem_heap *heap = heapapi__heap(handle);
    unsigned how = (flags & HEAP_ZERO_MEMORY ? MEM_ZERO_GROWTH : 0) |
                   (flags & HEAP_REALLOC_IN_PLACE_ONLY ? MEM_IN_PLACE : 0);
    return heap ? mem_resize(heap, block, size, how) : NULL;
}

BOOL WINAPI HeapFree(HANDLE handle, DWORD flags, LPVOID block)
{
    struct mem_heap *heap = heapapi__heap(handle);
    (void)flags;
    if (!heap)
        return FALSE;
    if (!block || mem_free(heap, block))
        return TRUE;
    api_set_last_error(ERROR_INVALID_PARAMETER);
    return FALSE;
}

SIZE_T WINAPI HeapSize(HANDLE handle, DWORD flags, LPCVOID block)
{
    struct mem_heap *heap = heapapi__heap(handle);
    struct mem_block_info info;
    (void)flags;
    if (!heap)
        return (SIZE_T)-1;
    if (mem_query(block, &info) && info.heap == heap)
        return info.size;
    api_set_last_error(ERROR_INVALID_PARAMETER);
    return (SIZE_T)-1;
}

BOOL WINAPI HeapValidate(HANDLE handle, DWORD flags, LPCVOID block)
{
    struct mem_heap *heap = heapapi__heap(handle);
    struct mem_block_info info;
    (void)flags;
    return heap && (!block || (mem_query(block, &info) && info.heap == heap));
}
