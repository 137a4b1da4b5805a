/* SPDX-License-Identifier: MIT
 *
 * Global and Local memory, which are the same thing: blocks of the process heap. Fixed memory's
 * handle is its address. Moveable memory's is the address of a small record, itself a block of a
 * heap of such records, that says where the block is now and how often it is locked.
 *
 * Lock: moveable_lock guards the records; the heaps' own locks are taken inside it.
 */
#include "api/last_error.h"
#include "api/process_heap.h"

#include <winbase.h>

/* Locks are counted no further, as on Windows. */
#define MOST_LOCKS 0xFF

struct moveable {
    void *block; /* NULL: of size 0, "discarded" */
    unsigned locks;
};

static struct mem_heap moveable_heap;
static struct lock moveable_lock;

static HGLOBAL memory__failed(DWORD error)
{
    api_set_last_error(error);
    return NULL;
}

/* The record of a moveable handle, or NULL. */
static struct moveable *memory__moveable(HGLOBAL handle)
{
    struct mem_block_info info;
    return mem_query(handle, &info) && info.heap == &moveable_heap ? (struct moveable *)handle
                                                                   : NULL;
}

static bool memory__is_fixed(HGLOBAL handle)
{
    struct mem_block_info info;
    return mem_query(handle, &info) && info.heap == &api_process_heap;
}

static HGLOBAL memory__alloc_moveable(SIZE_T size, bool zero)
{
    struct moveable *moveable = mem_alloc(&moveable_heap, sizeof *moveable, true);
    if (!moveable)
        return memory__failed(ERROR_NOT_ENOUGH_MEMORY);
    if (size && !(moveable->block = mem_alloc(&api_process_heap, size, zero))) {
        mem_free(&moveable_heap, moveable);
        return memory__failed(ERROR_NOT_ENOUGH_MEMORY);
    }
    return (HGLOBAL)moveable;
}

HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size)
{
    bool zero = (flags & GMEM_ZEROINIT) != 0;
    if (flags & GMEM_MOVEABLE)
        return memory__alloc_moveable(size, zero);
    void *block = mem_alloc(&api_process_heap, size, zero);
    return block ? (HGLOBAL)block : memory__failed(ERROR_NOT_ENOUGH_MEMORY);
}

/* The block of a moveable handle with its new size; false if memory is short. */
static bool memory__resize_moveable(struct moveable *moveable, SIZE_T size, unsigned how)
{
    lock_assert_held(&moveable_lock);
    if (size == 0) {
        if (moveable->locks)
            return false;
        mem_free(&api_process_heap, moveable->block);
        moveable->block = NULL;
        return true;
    }
    void *block = moveable->block
                      ? mem_resize(&api_process_heap, moveable->block, size, how)
                      : mem_alloc(&api_process_heap, size, (how & MEM_ZERO_GROWTH) != 0);
    if (block)
        moveable->block = block;
    return block != NULL;
}

HGLOBAL WINAPI GlobalReAlloc(HGLOBAL handle, SIZE_T size, UINT flags)
{
    unsigned how = flags & GMEM_ZEROINIT ? MEM_ZERO_GROWTH : 0;
    bool may_move = (flags & GMEM_MOVEABLE) != 0;
    lock_take(&moveable_lock);
    struct moveable *moveable = memory__moveable(handle);
    bool resized = false;
    if (moveable)
        resized = memory__resize_moveable(moveable, size,
                                          how | (moveable->locks && !may_move ? MEM_IN_PLACE : 0));
    lock_drop(&moveable_lock);
    if (moveable)
        return resized ? handle : memory__failed(ERROR_NOT_ENOUGH_MEMORY);
    if (!memory__is_fixed(handle))
        return memory__failed(ERROR_INVALID_HANDLE);
    void *block = mem_resize(&api_process_heap, handle, size, how | (may_move ? 0 : MEM_IN_PLACE));
    return block ? (HGLOBAL)block : memory__failed(ERROR_NOT_ENOUGH_MEMORY);
}

HGLOBAL WINAPI GlobalFree(HGLOBAL handle)
{
    if (!handle || mem_free(&api_process_heap, handle))
        return NULL;
    lock_take(&moveable_lock);
    struct moveable *moveable = memory__moveable(handle);
    bool freed = false;
    if (moveable) {
        if (moveable->block)
            mem_free(&api_process_heap, moveable->block);
        freed = mem_free(&moveable_heap, moveable);
    }
    lock_drop(&moveable_lock);
    if (freed)
        return NULL;
    api_set_last_error(ERROR_INVALID_HANDLE);
    return handle;
}

SIZE_T WINAPI GlobalSize(HGLOBAL handle)
{
    struct mem_block_info info;
    lock_take(&moveable_lock);
    struct moveable *moveable = memory__moveable(handle);
    const void *block = moveable ? moveable->block : handle;
    bool found = mem_query(block, &info) && info.heap == &api_process_heap;
    lock_drop(&moveable_lock);
    if (found)
        return info.size;
    if (!moveable)
        api_set_last_error(ERROR_INVALID_HANDLE);
    return 0;
}

LPVOID WINAPI GlobalLock(HGLOBAL handle)
{
    void *block = NULL;
    lock_take(&moveable_lock);
    struct moveable *moveable = memory__moveable(handle);
    if (moveable && (block = moveable->block) && moveable->locks < MOST_LOCKS)
        moveable->locks++;
    lock_drop(&moveable_lock);
    if (!moveable && memory__is_fixed(handle))
        return handle;
    if (!block)
        api_set_last_error(moveable ? ERROR_DISCARDED : ERROR_INVALID_HANDLE);
    return block;
}

BOOL WINAPI GlobalUnlock(HGLOBAL handle)
{
    unsigned before = 0;
    lock_take(&moveable_lock);
    struct moveable *moveable = memory__moveable(handle);
    if (moveable && (before = moveable->locks) > 0)
        moveable->locks--;
    lock_drop(&moveable_lock);
    if (!moveable && memory__is_fixed(handle))
        return TRUE; /* fixed memory is always locked */
    if (before > 1)
        return TRUE;
    DWORD unlocked = before == 1 ? NO_ERROR : ERROR_NOT_LOCKED;
    api_set_last_error(moveable ? unlocked : ERROR_INVALID_HANDLE);
    return FALSE;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size)
{
    return GlobalAlloc(flags, size);
}

HLOCAL WINAPI LocalReAlloc(HLOCAL handle, SIZE_T size, UINT flags)
{
    return GlobalReAlloc(handle, size, flags);
}

HLOCAL WINAPI LocalFree(HLOCAL handle)
{
    return GlobalFree(handle);
}

SIZE_T WINAPI LocalSize(HLOCAL handle)
{
    return GlobalSize(handle);
}

LPVOID WINAPI LocalLock(HLOCAL handle)
{
    return GlobalLock(handle);
}

BOOL WINAPI LocalUnlock(HLOCAL handle)
{
    return GlobalUnlock(handle);
}
