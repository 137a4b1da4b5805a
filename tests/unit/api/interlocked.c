/* SPDX-License-Identifier: MIT
 *
 * Singly linked lists and the widest compare-and-exchange, alone and under threads.
 */
#include "../expect.h"

#include <windows.h>
#include <intrin.h>

#include <stdint.h>

enum { THREADS = 4, ENTRIES = 64, TURNS = 20000 };

struct item {
    SLIST_ENTRY link;
    _Atomic int owners;
};

static SLIST_HEADER list;
static struct item items[ENTRIES];
static DECLSPEC_ALIGN(16) LONG64 pair[2];

static void one_thread(void)
{
    InitializeSListHead(&list);
    EXPECT(InterlockedPopEntrySList(&list) == NULL && QueryDepthSList(&list) == 0);
    EXPECT(InterlockedPushEntrySList(&list, &items[0].link) == NULL);
    EXPECT(InterlockedPushEntrySList(&list, &items[1].link) == &items[0].link);
    EXPECT_EQUAL(QueryDepthSList(&list), 2);
    EXPECT(InterlockedPopEntrySList(&list) == &items[1].link);
    items[2].link.Next = &items[3].link;
    EXPECT(InterlockedPushListSListEx(&list, &items[2].link, &items[3].link, 2) == &items[0].link);
    EXPECT_EQUAL(QueryDepthSList(&list), 3);
    EXPECT(InterlockedFlushSList(&list) == &items[2].link);
    EXPECT(items[3].link.Next == &items[0].link && items[0].link.Next == NULL);
    EXPECT(InterlockedFlushSList(&list) == NULL && QueryDepthSList(&list) == 0);
}

static DWORD WINAPI pop_and_push(LPVOID unused)
{
    (void)unused;
    for (int turn = 0; turn < TURNS; turn++) {
        struct item *item = (struct item *)InterlockedPopEntrySList(&list);
        if (!item)
            continue;
        EXPECT_EQUAL(atomic_fetch_add(&item->owners, 1), 0);
        atomic_fetch_sub(&item->owners, 1);
        InterlockedPushEntrySList(&list, &item->link);
    }
    return 0;
}

static DWORD WINAPI count_both(LPVOID unused)
{
    (void)unused;
    for (int turn = 0; turn < TURNS; turn++) {
        LONG64 seen[2] = {0, 0};
        while (!InterlockedCompareExchange128(pair, seen[1] - 1, seen[0] + 1, seen))
            EXPECT_EQUAL(seen[0], -seen[1]); /* both halves were read together */
    }
    return 0;
}

static void many_threads(LPTHREAD_START_ROUTINE routine)
{
    HANDLE threads[THREADS];

    for (int index = 0; index < THREADS; index++)
        threads[index] = CreateThread(NULL, 0, routine, NULL, 0, NULL);
    for (int index = 0; index < THREADS; index++) {
        EXPECT_EQUAL(WaitForSingleObject(threads[index], 60000), WAIT_OBJECT_0);
        EXPECT(CloseHandle(threads[index]));
    }
}

static void small_ones(void)
{
    volatile char narrow = 5;
    volatile SHORT half = 5;
    volatile LONG whole = 5;
    volatile LONG64 wide = 5;

    EXPECT_EQUAL(_InterlockedCompareExchange8(&narrow, 9, 5), 5);
    EXPECT_EQUAL(_InterlockedExchangeAdd8(&narrow, 1), 9);
    EXPECT_EQUAL(_InterlockedExchange8(&narrow, 2), 10);
    EXPECT_EQUAL(InterlockedOr8(&narrow, 1), 2);
    EXPECT_EQUAL(InterlockedAnd16(&half, 4), 5);
    EXPECT_EQUAL(InterlockedXor16(&half, 7), 4);
    EXPECT_EQUAL(_InterlockedCompareExchange16(&half, 1, 3), 3);
    EXPECT_EQUAL(InterlockedBitTestAndComplement(&whole, 1), 0);
    EXPECT_EQUAL(InterlockedBitTestAndComplement(&whole, 0), 1);
    EXPECT_EQUAL(whole, 6);
    EXPECT_EQUAL(InterlockedBitTestAndSet64(&wide, 40), 0);
    EXPECT_EQUAL(InterlockedBitTestAndReset64(&wide, 40), 1);
    EXPECT_EQUAL(InterlockedAddAcquire(&whole, 4), 10);
    EXPECT_EQUAL(InterlockedExchangeSubtract(&whole, 3), 10);
    EXPECT_EQUAL(whole, 7);
    EXPECT_EQUAL(InterlockedAddNoFence64(&wide, 2), 7);
    EXPECT_EQUAL(InterlockedIncrementAcquire64(&wide), 8);
    EXPECT_EQUAL(InterlockedDecrementRelease64(&wide), 7);
    EXPECT_EQUAL(InterlockedAnd64Release(&wide, 6), 7);
    EXPECT_EQUAL(InterlockedCompareExchangeNoFence64(&wide, 1, 6), 6);
    EXPECT_EQUAL(InterlockedIncrementNoFence16(&half), 2);
    EXPECT_EQUAL(InterlockedBitTestAndSetAcquire(&whole, 3), 0);
    EXPECT_EQUAL(ReadAcquire(&whole), 15);
    WriteRelease64(&wide, (LONG64)1 << 40);
    EXPECT_EQUAL(ReadNoFence64(&wide), (LONG64)1 << 40);
}

int main(void)
{
    LONG64 wanted[2] = {1, 2};

    one_thread();
    for (int index = 0; index < ENTRIES; index++)
        InterlockedPushEntrySList(&list, &items[index].link);
    many_threads(pop_and_push);
    EXPECT_EQUAL(QueryDepthSList(&list), ENTRIES);
    many_threads(count_both);
    EXPECT(pair[0] == THREADS * TURNS && pair[1] == -THREADS * TURNS);
    EXPECT_EQUAL(InterlockedCompareExchange128(pair, 8, 9, wanted), 0);
    EXPECT(wanted[0] == pair[0] && wanted[1] == pair[1]);
    EXPECT_EQUAL(InterlockedCompareExchange128(pair, 8, 9, wanted), 1);
    EXPECT(pair[0] == 9 && pair[1] == 8);
    small_ones();
    return expect_report();
}
