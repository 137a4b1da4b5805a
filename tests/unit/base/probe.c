/* SPDX-License-Identifier: MIT
 *
 * Looks at memory: each page of a range counts, nothing is changed, errno stays, and what a thread
 * has found is believed for that page alone.
 */
#include "../expect.h"

#include "base/probe.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 65536 }; /* whatever the system's */

/* A page to write, one to read, one for nobody. */
static char *pages(void)
{
    char *all = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    EXPECT(all != MAP_FAILED);
    memset(all, 0x5A, 2 * PAGE);
    EXPECT(mprotect(all + PAGE, PAGE, PROT_READ) == 0);
    EXPECT(mprotect(all + 2 * PAGE, PAGE, PROT_NONE) == 0);
    return all;
}

static void looks(void)
{
    char *all = pages();

    errno = 12345;
    EXPECT(probe_readable(all, 2 * PAGE) && probe_writable(all, PAGE));
    EXPECT(!probe_readable(all, 2 * PAGE + 1));
    EXPECT(!probe_writable(all, PAGE + 1));
    EXPECT(probe_readable(all + 2 * PAGE - 3, 3) && !probe_readable(all + 2 * PAGE - 3, 4));
    EXPECT(probe_writable(all + PAGE - 1, 1) && !probe_writable(all + PAGE - 1, 2));
    EXPECT(!probe_readable(all + 2 * PAGE + 9, 1) && !probe_writable(all + 2 * PAGE + 9, 1));
    EXPECT(errno == 12345);
    for (int index = 0; index < 2 * PAGE; index++)
        EXPECT(all[index] == 0x5A);
    munmap(all, 3 * PAGE);
}

static void ends_of_the_world(void)
{
    int local = 7;

    EXPECT(!probe_readable(NULL, 1) && !probe_writable(NULL, 1));
    EXPECT(!probe_readable((void *)8, 4) && !probe_writable((void *)8, 4));
    EXPECT(!probe_readable((void *)UINTPTR_MAX, 1) && !probe_readable((void *)UINTPTR_MAX, 2));
    EXPECT(!probe_readable(&local, SIZE_MAX));
    EXPECT(probe_readable(NULL, 0) && probe_writable(NULL, 0));
    EXPECT(probe_readable(&local, sizeof local) && probe_writable(&local, sizeof local));
    EXPECT(local == 7);
}

static void what_is_known(void)
{
    char *all = pages();

    EXPECT(!probe_known_readable(NULL, 1, NULL) && !probe_known_writable(NULL, 1, NULL));
    EXPECT(probe_known_readable(NULL, 0, NULL));
    EXPECT(!probe_known_readable(NULL, 1, NULL)); /* no bytes are no knowledge */
    EXPECT(probe_known_readable(all + PAGE, 8, NULL));
    EXPECT(probe_known_readable(all + PAGE + 100, 8, NULL));
    EXPECT(!probe_known_writable(all + PAGE, 8, NULL));
    EXPECT(!probe_known_readable(all + 2 * PAGE - 4, 8, NULL));
    EXPECT(!probe_known_readable(all + 2 * PAGE, 8, all));
    /* Beside memory that is there anyhow nothing is looked at. */
    EXPECT(probe_known_writable(all + PAGE + 8, 8, all + PAGE));
    EXPECT(!probe_known_writable(all + PAGE + PROBE_PAGE - 4, 8, all + PAGE));
    munmap(all, 3 * PAGE);
}

int main(void)
{
    looks();
    ends_of_the_world();
    what_is_known();
    return expect_report();
}
