/* SPDX-License-Identifier: MIT
 *
 * A region is a mapping of nothing that may be touched, in which committed pages are given their
 * protection. The kernel counts a page as memory that is promised when it may first be written, so
 * committing fails where it has to. Beside each region lies a byte for each of its pages: whether
 * it is committed, and how. Regions are in a tree that is ordered by address and balanced by chance
 * (a treap): as many as there are buffers of connections are found in a few steps.
 *
 * region_lock, a leaf but for the system's calls, guards the tree and the pages' bytes. Memory is
 * mapped before its region is in the tree and unmapped after it was taken out, without the lock: in
 * between nobody else can be given those addresses.
 */
#include "mem/region.h"

#include "base/fault.h"
#include "base/lock.h"

#include <winnt.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define REGION_GRANULARITY ((size_t)0x10000)
#define REGION_ADDRESSES ((uintptr_t)0x7FFFFFFF0000) /* Windows' user space ends before */

/* A page's byte: 0 if it is not committed, else the number of its PAGE_ bit, counted from 1, and
 * the modifiers above it. */
#define PAGE_KINDS                                                                                 \
    (PAGE_NOACCESS | PAGE_READONLY | PAGE_READWRITE | PAGE_EXECUTE | PAGE_EXECUTE_READ |           \
     PAGE_EXECUTE_READWRITE)
#define PAGE_MODIFIERS (PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE)
enum { CODE_KIND = 7, CODE_MODIFIERS_SHIFT = 5, CODE_GUARD = PAGE_GUARD >> CODE_MODIFIERS_SHIFT };

struct region {
    struct region *below; /* of the tree: lower addresses, and higher ones */
    struct region *above;
    uint32_t weight; /* no lighter than those under it */
    char *base;
    size_t pages;
    uint8_t codes[];
};

/* Whole pages of a region. */
struct region_range {
    struct region *region;
    size_t first;
    size_t count;
};

static struct lock region_lock;
static struct region *region_tree;

/* Leak checkers look for pointers in this memory only if told to. */
extern void __lsan_register_root_region(const void *start, size_t bytes) __attribute__((weak));
extern void __lsan_unregister_root_region(const void *start, size_t bytes) __attribute__((weak));

static size_t region__page(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* False: no protection that memory of no file can have. */
static bool code__make(uint32_t protection, uint8_t *code)
{
    uint32_t kind = protection & 0xff;
    uint32_t modifiers = protection & ~(0xffu | PAGE_TARGETS_INVALID);

    if (!kind || kind & (kind - 1) || kind & ~PAGE_KINDS)
        return false;
    if (modifiers & ~PAGE_MODIFIERS || modifiers & (modifiers - 1))
        return false;
    if (modifiers && kind == PAGE_NOACCESS)
        return false;
    *code = (uint8_t)((unsigned)__builtin_ctz(kind) + 1 + (modifiers >> CODE_MODIFIERS_SHIFT));
    return true;
}

static uint32_t code__protection(uint8_t code)
{
    return 1u << ((code & CODE_KIND) - 1) | (uint32_t)(code & ~CODE_KIND) << CODE_MODIFIERS_SHIFT;
}

static int code__system(uint8_t code)
{
    uint32_t kind = code ? code__protection(code) & 0xff : PAGE_NOACCESS;

    if (code & CODE_GUARD || kind == PAGE_NOACCESS)
        return PROT_NONE;
    if (kind == PAGE_EXECUTE)
        return PROT_EXEC;
    return PROT_READ | (kind & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE) ? PROT_WRITE : 0) |
           (kind & (PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE) ? PROT_EXEC : 0);
}

/* ---- the tree ---- */

/* Takes it apart: what begins before `at`, and the rest. */
static void tree__split(struct region *tree, const char *at, struct region **below,
                        struct region **above)
{
    if (!tree) {
        *below = *above = NULL;
    } else if (tree->base < at) {
        tree__split(tree->above, at, &tree->above, above);
        *below = tree;
    } else {
        tree__split(tree->below, at, below, &tree->below);
        *above = tree;
    }
}

/* Of two trees one, if all of one lies before all of the other. */
static struct region *tree__join(struct region *below, struct region *above)
{
    if (!below || !above)
        return below ? below : above;
    if (below->weight > above->weight) {
        below->above = tree__join(below->above, above);
        return below;
    }
    above->below = tree__join(below, above->below);
    return above;
}

static void tree__add(struct region *region)
{
    struct region *below, *above;

    /* Any spread of the addresses serves as chance. */
    region->weight = (uint32_t)((uintptr_t)region->base * 0x9E3779B97F4A7C15ull >> 32);
    lock_take(&region_lock);
    tree__split(region_tree, region->base, &below, &above);
    region_tree = tree__join(tree__join(below, region), above);
    lock_drop(&region_lock);
}

static void tree__remove(struct region *region)
{
    struct region *below, *above;

    lock_assert_held(&region_lock);
    tree__split(region_tree, region->base, &below, &above);
    tree__split(above, region->base + 1, &region, &above);
    region_tree = tree__join(below, above);
}

/* The region that this address lies in, or NULL. */
static struct region *tree__find(const char *address)
{
    struct region *region = region_tree;

    lock_assert_held(&region_lock);
    while (region) {
        if (address < region->base)
            region = region->below;
        else if ((size_t)(address - region->base) >= region->pages * region__page())
            region = region->above;
        else
            break;
    }
    return region;
}

/* ---- whole regions ---- */

/* Nothing that may be touched, exactly there if `wanted` is not NULL; NULL if that cannot be. */
static char *region__map(void *wanted, size_t bytes)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (wanted ? MAP_FIXED_NOREPLACE : 0);
    void *got = mmap(wanted, bytes, PROT_NONE, flags, -1, 0);

    if (got == MAP_FAILED)
        return NULL;
    if (!wanted || got == wanted)
        return got;
    munmap(got, bytes); /* a kernel that reads the flag as a wish */
    return NULL;
}

/* The system gives addresses from above, so what ends at a multiple of the granularity makes the
 * next one begin at one: the second call is rarely needed. */
static char *region__map_anywhere(size_t bytes)
{
    size_t room = (bytes + REGION_GRANULARITY - 1) & ~(REGION_GRANULARITY - 1);
    char *got = region__map(NULL, room);

    if (got && (uintptr_t)got % REGION_GRANULARITY) {
        munmap(got, room);
        got = region__map(NULL, room + REGION_GRANULARITY);
        if (!got)
            return NULL;
        size_t before = REGION_GRANULARITY - (uintptr_t)got % REGION_GRANULARITY;
        munmap(got, before);
        got += before;
        if (before < REGION_GRANULARITY)
            munmap(got + room, REGION_GRANULARITY - before);
    }
    if (got && room > bytes)
        munmap(got + bytes, room - bytes);
    return got;
}

static void region__drop(struct region *region)
{
    size_t bytes = region->pages * region__page();

    if (__lsan_unregister_root_region)
        __lsan_unregister_root_region(region->base, bytes);
    munmap(region->base, bytes);
    free(region);
}

/* Not yet in the tree. */
static NTSTATUS region__reserve(void *wanted, size_t bytes, struct region **made)
{
    size_t page = region__page();
    size_t below = (uintptr_t)wanted % REGION_GRANULARITY;
    char *base = (char *)((uintptr_t)wanted - below);

    bytes += below;
    struct region *region = fault_calloc(1, sizeof *region + (bytes + page - 1) / page);
    if (!region)
        return STATUS_NO_MEMORY;
    region->pages = (bytes + page - 1) / page;
    bytes = region->pages * page;
    if (wanted && !base)
        region->base = NULL; /* the first 64 KiB are nobody's */
    else
        region->base = wanted ? region__map(base, bytes) : region__map_anywhere(bytes);
    if (!region->base) {
        free(region);
        return wanted ? STATUS_CONFLICTING_ADDRESSES : STATUS_NO_MEMORY;
    }
    if (__lsan_register_root_region)
        __lsan_register_root_region(region->base, bytes);
    *made = region;
    return STATUS_SUCCESS;
}

/* ---- pages ---- */

/* The pages that any of these bytes lie in; no region: they are not all in one. */
static struct region_range range__find(char *address, size_t bytes)
{
    struct region *region = tree__find(address);
    size_t page = region__page();

    if (!region)
        return (struct region_range){0};
    size_t from = (size_t)(address - region->base);
    size_t first = from / page;
    if (bytes > region->pages * page - from)
        return (struct region_range){0};
    return (struct region_range){region, first, (from + bytes + page - 1) / page - first};
}

static char *range__start(const struct region_range *range)
{
    return range->region->base + range->first * region__page();
}

static bool range__is_committed(const struct region_range *range)
{
    return !memchr(range->region->codes + range->first, 0, range->count);
}

/* Gives every page what its byte says: after a change that the system broke off. */
static void range__restore(const struct region_range *range)
{
    const uint8_t *codes = range->region->codes + range->first;
    size_t page = region__page();

    for (size_t at = 0, next; at < range->count; at = next) {
        for (next = at + 1; next < range->count && codes[next] == codes[at];)
            next++;
        mprotect(range__start(range) + at * page, (next - at) * page, code__system(codes[at]));
    }
}

static NTSTATUS range__set(const struct region_range *range, uint8_t code)
{
    if (fault_hit(FAULT_MEMORY))
        return STATUS_COMMITMENT_LIMIT;
    if (mprotect(range__start(range), range->count * region__page(), code__system(code)) < 0) {
        range__restore(range);
        return STATUS_COMMITMENT_LIMIT;
    }
    memset(range->region->codes + range->first, code, range->count);
    return STATUS_SUCCESS;
}

/* What was there is gone, and no memory is promised for it any more. */
static NTSTATUS range__decommit(const struct region_range *range)
{
    char *start = range__start(range);
    void *got = mmap(start, range->count * region__page(), PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    if (got == MAP_FAILED)
        return STATUS_NO_MEMORY;
    memset(range->region->codes + range->first, 0, range->count);
    return STATUS_SUCCESS;
}

/* ---- what is asked for ---- */

static NTSTATUS allocate__check(const char *wanted, size_t bytes, uint32_t how)
{
    uint32_t known = MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN | MEM_LARGE_PAGES;

    if (bytes == 0 || (uintptr_t)wanted >= REGION_ADDRESSES ||
        bytes > REGION_ADDRESSES - (uintptr_t)wanted)
        return STATUS_INVALID_PARAMETER;
    if (how == MEM_RESET)
        return STATUS_SUCCESS;
    if (how == MEM_RESET_UNDO || how & (MEM_WRITE_WATCH | MEM_PHYSICAL))
        return STATUS_NOT_SUPPORTED;
    if (how & ~known || !(how & (MEM_COMMIT | MEM_RESERVE)))
        return STATUS_INVALID_PARAMETER;
    if (!(how & MEM_LARGE_PAGES))
        return STATUS_SUCCESS;
    return how & MEM_COMMIT && how & MEM_RESERVE ? STATUS_PRIVILEGE_NOT_HELD
                                                 : STATUS_INVALID_PARAMETER;
}

static NTSTATUS allocate__new(void **address, size_t bytes, bool commit, uint8_t code)
{
    struct region *region;
    NTSTATUS status = region__reserve(*address, bytes, &region);

    if (status != STATUS_SUCCESS)
        return status;
    struct region_range all = {region, 0, region->pages};
    if (commit)
        status = range__set(&all, code);
    if (status != STATUS_SUCCESS) {
        region__drop(region);
        return status;
    }
    *address = region->base;
    tree__add(region);
    return STATUS_SUCCESS;
}

/* Of a region that is there. */
static NTSTATUS allocate__pages(void **address, size_t bytes, bool reset, uint8_t code)
{
    NTSTATUS status = STATUS_CONFLICTING_ADDRESSES;

    lock_take(&region_lock);
    struct region_range range = range__find(*address, bytes);
    if (range.region && !reset)
        status = range__set(&range, code);
    if (range.region && reset && range__is_committed(&range)) {
        madvise(range__start(&range), range.count * region__page(), MADV_FREE); /* a hint */
        status = STATUS_SUCCESS;
    }
    if (status == STATUS_SUCCESS)
        *address = range__start(&range);
    lock_drop(&region_lock);
    return status;
}

NTSTATUS region_allocate(void **address, size_t bytes, uint32_t how, uint32_t protection)
{
    uint8_t code;
    NTSTATUS status = allocate__check(*address, bytes, how);

    if (status != STATUS_SUCCESS)
        return status;
    if (!code__make(protection, &code))
        return STATUS_INVALID_PARAMETER;
    if (how != MEM_RESET && (how & MEM_RESERVE || !*address))
        return allocate__new(address, bytes, how & MEM_COMMIT, code);
    return allocate__pages(address, bytes, how == MEM_RESET, code);
}

NTSTATUS region_free(void *address, size_t bytes, uint32_t how)
{
    NTSTATUS status = STATUS_CONFLICTING_ADDRESSES;
    struct region *gone = NULL;

    if ((how != MEM_RELEASE && how != MEM_DECOMMIT) || (how == MEM_RELEASE && bytes))
        return STATUS_INVALID_PARAMETER;
    lock_take(&region_lock);
    struct region *region = tree__find(address);
    if (region && bytes) {
        struct region_range range = range__find(address, bytes);
        status = range.region ? range__decommit(&range) : STATUS_UNABLE_TO_FREE_VM;
    } else if (region && (size_t)((char *)address - region->base) < region__page()) {
        struct region_range all = {region, 0, region->pages};
        if (how == MEM_RELEASE)
            tree__remove(gone = region);
        status = gone ? STATUS_SUCCESS : range__decommit(&all);
    }
    lock_drop(&region_lock);
    if (gone)
        region__drop(gone);
    return status;
}

NTSTATUS region_protect(void *address, size_t bytes, uint32_t protection, uint32_t *before)
{
    NTSTATUS status = STATUS_CONFLICTING_ADDRESSES;
    uint8_t code;

    if (bytes == 0 || !code__make(protection, &code))
        return STATUS_INVALID_PARAMETER;
    lock_take(&region_lock);
    struct region_range range = range__find(address, bytes);
    if (range.region && !range__is_committed(&range))
        status = STATUS_NOT_COMMITTED;
    else if (range.region) {
        *before = code__protection(range.region->codes[range.first]);
        status = range__set(&range, code);
    }
    lock_drop(&region_lock);
    return status;
}
