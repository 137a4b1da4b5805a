/* SPDX-License-Identifier: MIT
 *
 * Global, Local and Heap memory: what their pages promise, and bad handles.
 */
#include "base/fault.h"
#include "unit/expect.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include <windows.h>

#define WILD ((HGLOBAL)0x12345670)

static void fixed(void)
{
    char *block = GlobalAlloc(GPTR, 100);
    EXPECT(block && (uintptr_t)block < UINT64_C(0x100000000));
    EXPECT(block[0] == 0 && block[99] == 0);
    /* What old programs do with a completion key. */
    DWORD key = (DWORD)(uintptr_t)block;
    EXPECT((char *)(uintptr_t)key == block);
    EXPECT_EQUAL(GlobalSize(block), 100);
    EXPECT(GlobalLock(block) == block);
    EXPECT(GlobalUnlock(block) == TRUE);
    EXPECT(GlobalReAlloc(block, 100000, 0) == NULL);
    EXPECT_EQUAL(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
    EXPECT((block = GlobalReAlloc(block, 100000, GMEM_MOVEABLE | GMEM_ZEROINIT)) != NULL);
    EXPECT(block[99999] == 0);
    EXPECT(GlobalFree(block) == NULL);
    SetLastError(0);
    EXPECT(GlobalFree(block) == block);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(LocalFree(NULL) == NULL);
    EXPECT(GlobalAlloc(0, 0) != NULL);
}

static void moveable(void)
{
    HLOCAL handle = LocalAlloc(LHND, 50);
    char *block = LocalLock(handle);
    EXPECT(handle && block && (void *)block != (void *)handle && block[49] == 0);
    EXPECT(LocalLock(handle) == block);
    EXPECT_EQUAL(LocalSize(handle), 50);
    block[0] = 42;
    EXPECT(LocalUnlock(handle) == TRUE);
    SetLastError(77);
    EXPECT(LocalUnlock(handle) == FALSE);
    EXPECT_EQUAL(GetLastError(), NO_ERROR);
    EXPECT(LocalUnlock(handle) == FALSE);
    EXPECT_EQUAL(GetLastError(), ERROR_NOT_LOCKED);
    EXPECT(LocalReAlloc(handle, 300000, LMEM_ZEROINIT) == handle);
    block = LocalLock(handle);
    EXPECT(block && block[0] == 42 && block[299999] == 0);
    LocalUnlock(handle);
    EXPECT(LocalReAlloc(handle, 0, 0) == handle);
    EXPECT(LocalLock(handle) == NULL);
    EXPECT_EQUAL(GetLastError(), ERROR_DISCARDED);
    EXPECT(LocalReAlloc(handle, 10, 0) == handle && LocalLock(handle) != NULL);
    EXPECT(LocalFree(handle) == NULL && LocalFree(handle) == handle);
}

static void wild(void)
{
    int local;
    void *const wild[] = {WILD, &local, (void *)(uintptr_t)wild, INVALID_HANDLE_VALUE};
    for (int i = 0; i < 4; i++) {
        SetLastError(0);
        EXPECT(GlobalFree(wild[i]) == wild[i] && GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        EXPECT(GlobalSize(wild[i]) == 0 && GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        EXPECT(GlobalLock(wild[i]) == NULL && GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        EXPECT(!GlobalUnlock(wild[i]) && GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        EXPECT(!GlobalReAlloc(wild[i], 5, 2) && GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        EXPECT(!HeapFree(GetProcessHeap(), 0, wild[i]));
        EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
        EXPECT(!HeapAlloc(wild[i], 0, 10) && GetLastError() == ERROR_INVALID_HANDLE);
        EXPECT(HeapSize(GetProcessHeap(), 0, wild[i]) == (SIZE_T)-1);
    }
}

static void heaps(void)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 33);
    EXPECT(heap && block && block[32] == 0 && HeapSize(heap, 0, block) == 33);
    EXPECT(!HeapFree(GetProcessHeap(), 0, block)); /* another heap's */
    EXPECT(HeapValidate(heap, 0, block) && !HeapValidate(heap, 0, block + 1));
    EXPECT(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 1 << 20) == NULL);
    EXPECT((block = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 1 << 20)) != NULL);
    EXPECT(block[(1 << 20) - 1] == 0);
    EXPECT(HeapFree(heap, 0, block) && HeapFree(heap, 0, NULL));
    EXPECT(HeapAlloc(heap, 0, 10) != NULL);
    EXPECT(HeapDestroy(heap) && !HeapDestroy(heap));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(!HeapDestroy(GetProcessHeap()));
    heap = HeapCreate(0, 0, 1000);
    EXPECT(heap && HeapAlloc(heap, 0, 900) && !HeapAlloc(heap, 0, 200));
    EXPECT(HeapDestroy(heap));
    /* Fixed global memory is memory of the process heap. */
    void *global = GlobalAlloc(GPTR, 10);
    EXPECT(HeapSize(GetProcessHeap(), 0, global) == 10 && HeapFree(GetProcessHeap(), 0, global));
}

static void memory_is_short(void)
{
    for (int pass = 1; pass < 10; pass++) {
        atomic_store(&fault_countdown[FAULT_MEMORY], pass);
        SetLastError(0);
        HGLOBAL handle = GlobalAlloc(GHND, 1 << 21);
        bool failed = atomic_exchange(&fault_countdown[FAULT_MEMORY], 0) == 0;
        EXPECT(failed == !handle);
        EXPECT_EQUAL(GetLastError(), failed ? ERROR_NOT_ENOUGH_MEMORY : 0);
        EXPECT(GlobalFree(handle) == NULL);
        if (!failed)
            return;
    }
    EXPECT(!"a pass without a fault");
}

int main(void)
{
    fixed();
    moveable();
    wild();
    heaps();
    memory_is_short();
    return expect_report();
}
