/* SPDX-License-Identifier: MIT
 *
 * Ranges as locks of the system, of the open file description: what other processes meet. Best
 * effort where the system cannot express a range (beyond 2^63, an exclusive one on a handle that
 * only reads) or has no such locks: within the process lock.c is exact all the same. No lock of its
 * own; the caller's keeps order.
 */
#include "file/lock_internal.h"

#include <errno.h>
#include <fcntl.h>

static int system__set(const struct lock_held *range, short type)
{
    struct flock wanted = {.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)range->first};

    if (range->empty || range->first > INT64_MAX)
        return 0;
    /* 0 bytes: to the end of everything. */
    if (range->last < INT64_MAX)
        wanted.l_len = (off_t)(range->last - range->first + 1);
    return fcntl(file__descriptor(range->file), F_OFD_SETLK, &wanted) < 0 ? errno : 0;
}

static bool system__overlap(const struct lock_held *one, const struct lock_held *other)
{
    return one->file == other->file && !one->empty && !other->empty && one->first <= other->last &&
           other->first <= one->last;
}

bool lock_system_take(const struct lock_held *wanted, const struct list *held)
{
    /* A shared lock would turn the exclusive one beneath it into a shared one. */
    LIST_FOR_EACH(link, held)
    {
        const struct lock_held *other = LIST_ELEMENT(link, struct lock_held, link);
        if (other->exclusive && system__overlap(other, wanted))
            return true;
    }
    int error = system__set(wanted, wanted->exclusive ? F_WRLCK : F_RDLCK);
    return error != EAGAIN && error != EACCES;
}

void lock_system_give_up(const struct lock_held *given_up, const struct list *held)
{
    system__set(given_up, F_UNLCK);
    /* What lay on it as well is locked again. */
    LIST_FOR_EACH(link, held)
    {
        const struct lock_held *other = LIST_ELEMENT(link, struct lock_held, link);
        if (system__overlap(other, given_up))
            system__set(other, other->exclusive ? F_WRLCK : F_RDLCK);
    }
}
