/* SPDX-License-Identifier: MIT
 *
 * A held range, and its counterpart in the system.
 */
#ifndef FILE_LOCK_INTERNAL_H
#define FILE_LOCK_INTERNAL_H

#include "file/file_internal.h"

struct lock_held {
    struct list link;
    struct file *file;
    uint64_t first, last;
    bool empty; /* no byte: conflicts with nothing */
    bool exclusive;
};

/* lock_system.c. False if another process holds it. `held`: the node's ranges without this one. */
bool lock_system_take(const struct lock_held *wanted, const struct list *held);
void lock_system_give_up(const struct lock_held *given_up, const struct list *held);

#endif
