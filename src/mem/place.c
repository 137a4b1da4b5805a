/* SPDX-License-Identifier: MIT
 *
 * Taking address ranges from the kernel. Other mappings of the process are never touched: a low
 * range is asked for with MAP_FIXED_NOREPLACE, and what is taken is skipped. Kernels before 4.17
 * read that flag as a mere wish; then the answer lies elsewhere and is given back.
 *
 * The map is a table of tables: 48 address bits are 16 for the first, 16 for the second and 16
 * inside a unit. The second-level table of the low 4 GiB is static, the others are made when
 * ordinary memory is first used.
 *
 * Lock: place_lock, the innermost of the room.
 */
#include "mem/place.h"

#include "base/compiler.h"
#include "base/fault.h"
#include "base/lock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define UNIT_SHIFT 16
#define TABLE_SHIFT 32
#define TABLE_ENTRIES (1u << (TABLE_SHIFT - UNIT_SHIFT))
#define TABLES (1u << 16)

typedef _Atomic(struct mem_span *) place_entry;

static place_entry place_low_table[TABLE_ENTRIES];
static _Atomic(place_entry *) place_tables[TABLES];

/* The low ranges in units, the preferred one first: it lies above where a program that is not
 * position independent has its own data and heap, and below 2 GiB, so that even a signed 32-bit
 * number holds the address. */
struct place_range {
    uint32_t first;
    uint32_t end;
    uint32_t next;     /* where the search goes on; place_lock */
    uint32_t hopeless; /* so many units in a row were searched for in vain since memory was last
                          given back; place_lock */
};

static struct lock place_lock;
static struct place_range place_ranges[] = {
    {.first = 0x1000, .end = 0x8000, .next = 0x1000, .hopeless = UINT32_MAX},
    {.first = 0x0100, .end = 0x1000, .next = 0x0100, .hopeless = UINT32_MAX},
    {.first = 0x8000, .end = 0xFFFF, .next = 0x8000, .hopeless = UINT32_MAX},
};
#define PLACE_RANGES (sizeof place_ranges / sizeof place_ranges[0])

/* After so many units in a row that belong to somebody else the steps have become this long. */
#define PLACE_LONGEST_STEP 256

/* Leak checkers look for pointers in these blocks only if told to. */
extern void __lsan_register_root_region(const void *start, size_t bytes) __attribute__((weak));
extern void __lsan_unregister_root_region(const void *start, size_t bytes) __attribute__((weak));

static size_t place__pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) & ~(page - 1);
}

static uint32_t place__units(size_t bytes)
{
    return (uint32_t)((bytes + PLACE_UNIT - 1) / PLACE_UNIT);
}

static place_entry *place__table(uintptr_t address)
{
    uintptr_t index = address >> TABLE_SHIFT;
    if (index == 0)
        return place_low_table;
    if (index >= TABLES)
        return NULL;
    return atomic_load_explicit(&place_tables[index], memory_order_acquire);
}

/* The tables for a range exist afterwards; they are never given back. */
static bool place__make_tables(uintptr_t start, size_t bytes)
{
    uintptr_t last = (start + bytes - 1) >> TABLE_SHIFT;
    if (last >= TABLES)
        return false;
    for (uintptr_t index = start >> TABLE_SHIFT; index <= last; index++) {
        if (place__table(index << TABLE_SHIFT))
            continue;
        void *table = mmap(NULL, TABLE_ENTRIES * sizeof(place_entry), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (table == MAP_FAILED)
            return false;
        atomic_store_explicit(&place_tables[index], table, memory_order_release);
    }
    return true;
}

static void place__enter(uintptr_t start, size_t bytes, struct mem_span *span)
{
    for (uintptr_t at = start; at < start + bytes; at += PLACE_UNIT) {
        place_entry *table = place__table(at);
        atomic_store_explicit(&table[(at >> UNIT_SHIFT) % TABLE_ENTRIES], span,
                              memory_order_release);
    }
}

/* How many of the units from `unit` on are not ours, up to `wanted`. */
static uint32_t place__free_run(uint32_t unit, uint32_t wanted)
{
    uint32_t run = 0;
    while (run < wanted &&
           !atomic_load_explicit(&place_low_table[unit + run], memory_order_relaxed))
        run++;
    return run;
}

/* Maps exactly there; MAP_FAILED with errno EEXIST if somebody has that place. */
static void *place__map_at(uintptr_t address, size_t bytes)
{
    void *got = mmap((void *)address, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got == MAP_FAILED || got == (void *)address)
        return got;
    munmap(got, bytes);
    errno = EEXIST;
    return MAP_FAILED;
}

/* *refused: the kernel has no memory at all, wherever it be. */
static void *place__search(struct place_range *range, uint32_t from, uint32_t to, size_t bytes,
                           bool *refused)
{
    uint32_t units = place__units(bytes);
    uint32_t step = 1;
    uint32_t unit = from;
    while (unit < to && unit + units <= range->end) {
        uint32_t run = place__free_run(unit, units);
        if (run < units) {
            unit += run + 1;
            continue;
        }
        void *got = place__map_at((uintptr_t)unit << UNIT_SHIFT, bytes);
        if (got != MAP_FAILED) {
            range->next = unit + units;
            return got;
        }
        if (errno == ENOMEM) {
            *refused = true;
            return NULL;
        }
        unit += step;
        step = step < PLACE_LONGEST_STEP ? step * 2 : step;
    }
    return NULL;
}

static void *place__take_low(size_t bytes, bool *refused)
{
    if (bytes >= (size_t)1 << TABLE_SHIFT)
        return NULL;
    for (size_t i = 0; i < PLACE_RANGES; i++) {
        struct place_range *range = &place_ranges[i];
        if (place__units(bytes) >= range->hopeless)
            continue;
        uint32_t start = range->next;
        void *got = place__search(range, start, range->end, bytes, refused);
        if (!got && !*refused)
            got = place__search(range, range->first, start, bytes, refused);
        if (got || *refused)
            return got;
        range->hopeless = place__units(bytes);
    }
    return NULL;
}

/* Ordinary memory, mapped larger than needed and cut to a multiple of the unit. */
static void *place__take_anywhere(size_t bytes)
{
    size_t excess = PLACE_UNIT;
    char *got =
        mmap(NULL, bytes + excess, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (got == MAP_FAILED)
        return NULL;
    size_t before = (PLACE_UNIT - (uintptr_t)got % PLACE_UNIT) % PLACE_UNIT;
    if (before)
        munmap(got, before);
    if (excess > before)
        munmap(got + before + bytes, excess - before);
    got += before;
    if (place__make_tables((uintptr_t)got, bytes))
        return got;
    munmap(got, bytes);
    return NULL;
}

void *place_take(size_t bytes, struct mem_span *span)
{
    if (fault_hit(FAULT_MEMORY))
        return NULL;
    bool refused = false;
    if (bytes > SIZE_MAX / 2)
        return NULL;
    bytes = place__pages(bytes);
    lock_take(&place_lock);
    void *got = place__take_low(bytes, &refused);
    if (!got && !refused)
        got = place__take_anywhere(bytes);
    if (got)
        place__enter((uintptr_t)got, bytes, span);
    lock_drop(&place_lock);
    if (got && __lsan_register_root_region)
        __lsan_register_root_region(got, bytes);
    return got;
}

/* The search goes on where memory was given back: a short gap between others' mappings might be
 * stepped over otherwise. */
static void place__remember_gap(uintptr_t address)
{
    lock_assert_held(&place_lock);
    uintptr_t unit = address >> UNIT_SHIFT;
    for (size_t i = 0; i < PLACE_RANGES; i++) {
        if (address >> TABLE_SHIFT == 0)
            place_ranges[i].hopeless = UINT32_MAX;
        if (unit >= place_ranges[i].first && unit < place_ranges[i].end)
            place_ranges[i].next = (uint32_t)unit;
    }
}

void place_give(void *start, size_t bytes)
{
    bytes = place__pages(bytes);
    if (__lsan_unregister_root_region)
        __lsan_unregister_root_region(start, bytes);
    lock_take(&place_lock);
    place__enter((uintptr_t)start, bytes, NULL);
    munmap(start, bytes);
    place__remember_gap((uintptr_t)start);
    lock_drop(&place_lock);
}

struct mem_span *place_owner(const void *address)
{
    place_entry *table = place__table((uintptr_t)address);
    if (!table)
        return NULL;
    return atomic_load_explicit(&table[((uintptr_t)address >> UNIT_SHIFT) % TABLE_ENTRIES],
                                memory_order_acquire);
}
