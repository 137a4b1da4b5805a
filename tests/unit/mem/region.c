/* SPDX-License-Identifier: MIT
 *
 * Address space: a change of protection that the system breaks off in the middle, and a few
 * thousand regions that come and go in random order, against a list of what must be there.
 */
#include "mem/region.h"

#include "base/probe.h"
#include "unit/expect.h"

#include <winnt.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GRAIN = 0x10000, REGIONS = 3000, TURNS = 30000 };

static bool breaks_off; /* the next change stops after its first page */

int mprotect(void *start, size_t bytes, int protection)
{
    if (!breaks_off)
        return (int)syscall(SYS_mprotect, start, bytes, protection);
    breaks_off = false;
    syscall(SYS_mprotect, start, (size_t)sysconf(_SC_PAGESIZE), protection);
    errno = ENOMEM;
    return -1;
}

static bool can_write(const char *memory)
{
    return probe__write(memory, 1);
}

static void broken_off(void)
{
    void *base = NULL, *part;
    uint32_t old = 0;

    EXPECT_EQUAL(region_allocate(&base, 4 * GRAIN, MEM_RESERVE, PAGE_NOACCESS), STATUS_SUCCESS);
    part = (char *)base + GRAIN;
    EXPECT_EQUAL(region_allocate(&part, 2 * GRAIN, MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
    char *memory = base;
    memory[GRAIN] = 'x';
    breaks_off = true;
    EXPECT_EQUAL(region_allocate(&base, 4 * GRAIN, MEM_COMMIT, PAGE_READWRITE),
                 STATUS_COMMITMENT_LIMIT);
    EXPECT(!can_write(memory) && can_write(memory + GRAIN) && !can_write(memory + 3 * GRAIN));
    breaks_off = true;
    EXPECT_EQUAL(region_protect(part, GRAIN, PAGE_READONLY, &old), STATUS_COMMITMENT_LIMIT);
    EXPECT(can_write(memory + GRAIN) && memory[GRAIN] == 'x');
    EXPECT_EQUAL(region_protect(part, GRAIN, PAGE_READONLY | PAGE_NOCACHE, &old), STATUS_SUCCESS);
    EXPECT_EQUAL(old, PAGE_READWRITE);
    EXPECT_EQUAL(region_protect(part, GRAIN, PAGE_READWRITE | PAGE_GUARD, &old), STATUS_SUCCESS);
    EXPECT_EQUAL(old, PAGE_READONLY | PAGE_NOCACHE);
    EXPECT(!can_write(part));
    EXPECT_EQUAL(region_protect(part, GRAIN, PAGE_READWRITE, &old), STATUS_SUCCESS);
    EXPECT_EQUAL(old, PAGE_READWRITE | PAGE_GUARD);
    EXPECT_EQUAL(region_free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
}

/* The same numbers each time. */
static unsigned next_number(void)
{
    static uint64_t state = 20260601;

    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33);
}

struct known {
    char *base;
    size_t bytes;
};

static void come(struct known *known)
{
    void *base = NULL;

    known->bytes = 1 + next_number() % (3 * GRAIN);
    EXPECT_EQUAL(region_allocate(&base, known->bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
                 STATUS_SUCCESS);
    EXPECT((uintptr_t)base % GRAIN == 0);
    known->base = base;
    EXPECT(known->base[0] == 0 && known->base[known->bytes - 1] == 0);
    known->base[0] = known->base[known->bytes - 1] = 'x';
}

static void go(struct known *known)
{
    char *last = known->base + known->bytes - 1;

    EXPECT(known->base[0] == 'x' && *last == 'x');
    EXPECT(known->bytes <= GRAIN || region_free(known->base + GRAIN, 0, MEM_RELEASE) < 0);
    EXPECT_EQUAL(region_free(last, 1, MEM_DECOMMIT), STATUS_SUCCESS);
    EXPECT_EQUAL(region_free(known->base, 0, MEM_RELEASE), STATUS_SUCCESS);
    EXPECT(region_free(known->base, 0, MEM_RELEASE) < 0);
    known->base = NULL;
}

static void many(void)
{
    static struct known known[REGIONS];

    for (int turn = 0; turn < TURNS; turn++) {
        struct known *one = &known[next_number() % REGIONS];
        if (one->base)
            go(one);
        else
            come(one);
    }
    for (int i = 0; i < REGIONS; i++)
        if (known[i].base)
            go(&known[i]);
}

int main(void)
{
    broken_off();
    many();
    return expect_report();
}
