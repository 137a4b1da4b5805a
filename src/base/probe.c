/* SPDX-License-Identifier: MIT
 *
 * Looking at memory by system calls that fail with EFAULT where a load or a store would end the
 * process, and change nothing: rt_sigprocmask copies a mask in before it refuses an operation that
 * does not exist; FUTEX_WAKE_OP ors a word with nothing. Both are allowed wherever threads are. A
 * kernel that refuses one of them for another reason has said nothing against the memory.
 */
#include "base/probe.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

THREAD_LOCAL struct probe_known probe_known;

static bool probe__word_is_readable(uintptr_t word)
{
    return syscall(SYS_rt_sigprocmask, -1, word, NULL, sizeof(uint64_t)) == 0 || errno != EFAULT;
}

static bool probe__word_is_writable(uintptr_t word)
{
    /* Nobody waits on the first word; whoever waits on the second and is woken by chance (if it
     * holds the number compared with) looks again, as every user of futexes has to. */
    static uint32_t nobodys;

    return syscall(SYS_futex, &nobodys, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, 0, word,
                   FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_EQ, 0x7FF)) >= 0 ||
           errno != EFAULT;
}

static bool probe__pages(const void *memory, size_t length, bool (*look)(uintptr_t word))
{
    uintptr_t first = (uintptr_t)memory, last = first + length - 1;
    int saved = errno;

    if (length == 0)
        return true;
    if (last < first || first < PROBE_PAGE)
        return false; /* page 0 is nobody's, and NULL would be taken for no argument */
    /* An aligned word never reaches into another page. */
    bool there = look(first & ~(uintptr_t)7);
    for (uintptr_t page = first / PROBE_PAGE + 1; there && page <= last / PROBE_PAGE; page++)
        there = look(page * PROBE_PAGE);
    errno = saved;
    return there;
}

bool probe__read(const void *memory, size_t length)
{
    return probe__pages(memory, length, probe__word_is_readable);
}

bool probe__write(const void *memory, size_t length)
{
    return probe__pages(memory, length, probe__word_is_writable);
}
