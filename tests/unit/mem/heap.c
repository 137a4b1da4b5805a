/* SPDX-License-Identifier: MIT
 *
 * The low heap: where blocks lie, what is in them, what happens to pointers that are no blocks, and
 * four threads that allocate, resize and free each other's blocks.
 */
#include "mem/mem.h"

#include "base/fault.h"
#include "unit/expect.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static bool is_low(const void *block)
{
    return (uintptr_t)block < UINT64_C(0x100000000);
}

static bool is_filled(const unsigned char *block, unsigned char with, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != with)
            return false;
    return true;
}

static size_t size_of(const void *block)
{
    struct mem_block_info info;
    return mem_query(block, &info) ? info.size : SIZE_MAX;
}

/* Every size around every class border: low, aligned, zeroed, its size remembered exactly, and no
 * block over another. */
static void sizes(void)
{
    static struct mem_heap heap;
    enum { BLOCKS = 4000 };
    static void *blocks[BLOCKS];
    static size_t asked[BLOCKS];
    size_t size = 0;
    for (int i = 0; i < BLOCKS; i++) {
        asked[i] = size;
        blocks[i] = mem_alloc(&heap, size, i % 2);
        EXPECT(blocks[i] && is_low(blocks[i]) && (uintptr_t)blocks[i] % MEM_ALIGNMENT == 0);
        EXPECT_EQUAL(size_of(blocks[i]), size);
        EXPECT(i % 2 == 0 || is_filled(blocks[i], 0, size));
        memset(blocks[i], i & 0xFF, size);
        size += size < 200 ? 1 : size / 120;
        size = size > 70000 ? 0 : size;
    }
    for (int i = 0; i < BLOCKS; i++) {
        EXPECT(is_filled(blocks[i], i & 0xFF, asked[i]));
        EXPECT(mem_free(&heap, blocks[i]));
        EXPECT(!mem_free(&heap, blocks[i]));
    }
    EXPECT_EQUAL(heap.used, 0);
    mem_clear(&heap);
    EXPECT(list_empty(&heap.spans));
}

static void reused_memory_is_zeroed(void)
{
    static struct mem_heap heap;
    char *first = mem_alloc(&heap, 100, false);
    memset(first, 0xAA, 100);
    EXPECT(mem_free(&heap, first));
    char *second = mem_alloc(&heap, 100, true);
    EXPECT(second == first && is_filled((void *)second, 0, 100));
    mem_clear(&heap);
}

static void wild_pointers(void)
{
    static struct mem_heap heap;
    static struct mem_heap other;
    int on_stack = 0;
    char *small = mem_alloc(&heap, 64, false);
    char *large = mem_alloc(&heap, 1 << 20, false);
    void *foreign = malloc(64);
    void *const wild[] = {NULL,          &on_stack,
                          foreign,       small + 16,
                          small + 64,    large + 65536,
                          large + 16,    (void *)16,
                          (void *)~0ull, (void *)(uintptr_t)0x7000000000000000ull};
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        EXPECT(!mem_free(&heap, wild[i]));
        EXPECT_EQUAL(size_of(wild[i]), SIZE_MAX);
        EXPECT(!mem_resize(&heap, wild[i], 10, 0));
    }
    EXPECT(!mem_free(&other, small) && !mem_free(&other, large));
    EXPECT(mem_free(&heap, small) && mem_free(&heap, large));
    EXPECT(!mem_free(&heap, large));
    free(foreign);
    mem_clear(&heap);
}

static void resizing(void)
{
    static struct mem_heap heap;
    unsigned char *block = mem_alloc(&heap, 1, true);
    block[0] = 0x5A;
    size_t size = 1;
    while (size < 3000000) {
        size_t grown = size * 3 + 1;
        block = mem_resize(&heap, block, grown, MEM_ZERO_GROWTH);
        EXPECT(block && is_low(block) && block[0] == 0x5A);
        EXPECT(is_filled(block + 1, 0, grown - 1));
        EXPECT_EQUAL(size_of(block), grown);
        size = grown;
    }
    EXPECT(!mem_resize(&heap, block, size * 2, MEM_IN_PLACE));
    EXPECT(mem_resize(&heap, block, 10, MEM_IN_PLACE) == block);
    EXPECT_EQUAL(size_of(block), 10);
    block = mem_resize(&heap, block, 20, 0);
    EXPECT(block && block[0] == 0x5A && size_of(block) == 20);
    EXPECT_EQUAL(heap.used, 20);
    EXPECT(mem_free(&heap, block));
    mem_clear(&heap);
}

static void limits(void)
{
    static struct mem_heap heap = {.limit = 1000};
    void *first = mem_alloc(&heap, 600, false);
    EXPECT(first && !mem_alloc(&heap, 401, false));
    void *second = mem_alloc(&heap, 400, false);
    EXPECT(second && !mem_resize(&heap, second, 401, 0));
    EXPECT(!mem_alloc(&heap, SIZE_MAX, false) && !mem_alloc(&heap, SIZE_MAX / 4, false));
    mem_clear(&heap);
    first = mem_alloc(&heap, 1000, false);
    EXPECT(first != NULL);
    mem_clear(&heap);
}

/* The first, second ... passage fails; nothing is left behind by a failure. */
static void memory_runs_out(void)
{
    for (int pass = 1; pass < 20; pass++) {
        static struct mem_heap heap;
        atomic_store(&fault_countdown[FAULT_MEMORY], pass);
        void *small = mem_alloc(&heap, 40, false);
        void *large = mem_alloc(&heap, 100000, true);
        void *moved = small ? mem_resize(&heap, small, 5000, 0) : NULL;
        bool failed = atomic_exchange(&fault_countdown[FAULT_MEMORY], 0) == 0;
        EXPECT(failed == !(small && large && moved));
        EXPECT(!small || moved || size_of(small) == 40);
        mem_clear(&heap);
        EXPECT_EQUAL(heap.used, 0);
        if (!failed) {
            EXPECT(pass > 3);
            return;
        }
    }
    EXPECT(!"a pass without a fault");
}

/* Somebody else's mappings in the preferred range are left alone. */
static void taken_places_are_skipped(void)
{
    static struct mem_heap heap;
    enum { OBSTACLES = 64 };
    char *probe = mem_alloc(&heap, 1 << 20, false);
    char *obstacles[OBSTACLES];
    for (int i = 0; i < OBSTACLES; i++) {
        obstacles[i] = mmap(probe + (2 + 2 * i) * (1 << 20), 4096, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (obstacles[i] != MAP_FAILED)
            memset(obstacles[i], 0x77, 4096);
    }
    for (int i = 0; i < 50; i++) {
        char *block = mem_alloc(&heap, 3 << 20, false);
        EXPECT(block && is_low(block));
        memset(block, 0x11, 3 << 20);
    }
    for (int i = 0; i < OBSTACLES; i++)
        if (obstacles[i] != MAP_FAILED) {
            EXPECT(is_filled((void *)obstacles[i], 0x77, 4096));
            munmap(obstacles[i], 4096);
        }
    mem_clear(&heap);
}

enum { THREADS = 4, SLOTS = 64, ROUNDS = 20000 };
static struct mem_heap shared_heap;
static _Atomic(unsigned char *) slots[SLOTS];

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void *churn(void *seed)
{
    uint32_t state = (uint32_t)(uintptr_t)seed;
    for (int i = 0; i < ROUNDS; i++) {
        size_t size = next_random(&state) % (i % 100 == 0 ? 200000 : 2000) + 1;
        unsigned char mark = (unsigned char)next_random(&state);
        unsigned char *block = mem_alloc(&shared_heap, size, true);
        EXPECT(block && is_filled(block, 0, size));
        memset(block, mark, size);
        if (i % 7 == 0) {
            block = mem_resize(&shared_heap, block, size + 500, 0);
            EXPECT(block && is_filled(block, mark, size));
            memset(block, mark, size + 500);
        }
        unsigned char *old = atomic_exchange(&slots[next_random(&state) % SLOTS], block);
        if (old) {
            EXPECT(is_filled(old, old[0], size_of(old)));
            EXPECT(mem_free(&shared_heap, old));
        }
    }
    return NULL;
}

static void threads(void)
{
    pthread_t thread[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        EXPECT(pthread_create(&thread[i], NULL, churn, (void *)(i * 7919 + 1)) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < SLOTS; i++)
        if (slots[i])
            EXPECT(mem_free(&shared_heap, slots[i]));
    EXPECT_EQUAL(shared_heap.used, 0);
    mem_clear(&shared_heap);
}

/* Reserves what is left below 4 GiB, in pieces of `step`. */
static void reserve_low_space(uintptr_t step)
{
    for (uintptr_t at = 0x10000; at < UINT64_C(0x100000000); at += step) {
        void *got = mmap((void *)at, step, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (got != MAP_FAILED && got != (void *)at)
            munmap(got, step);
    }
}

/* With every low address taken, blocks lie elsewhere and are otherwise the same. Stays the last
 * test: the space is not given back. */
static void low_space_runs_out(void)
{
    static struct mem_heap heap;
    void *low = mem_alloc(&heap, 100000, false);
    EXPECT(is_low(low));
    reserve_low_space(1 << 24);
    reserve_low_space(1 << 16);
    for (int i = 0; i < 100; i++) {
        size_t size = i % 2 ? 1000 : 200000;
        char *high = mem_alloc(&heap, size, true);
        EXPECT(high && is_filled((void *)high, 0, size) && (uintptr_t)high % MEM_ALIGNMENT == 0);
        EXPECT(size < 200000 || !is_low(high));
        EXPECT_EQUAL(size_of(high), size);
        EXPECT(i % 3 || (mem_free(&heap, high) && !mem_free(&heap, high)));
    }
    EXPECT(mem_free(&heap, low));
    low = mem_alloc(&heap, 100000, false);
    EXPECT(low && is_low(low));
    mem_clear(&heap);
}

int main(void)
{
    sizes();
    reused_memory_is_zeroed();
    wild_pointers();
    resizing();
    limits();
    memory_runs_out();
    taken_places_are_skipped();
    threads();
    low_space_runs_out();
    return expect_report();
}
