/* SPDX-License-Identifier: MIT
 *
 * Waiting until another thread sleeps, as /proc tells: however busy the machine is, who comes to
 * wait first comes first.
 */
#ifndef UNIT_ASLEEP_H
#define UNIT_ASLEEP_H

#include "expect.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the thread stores just before the call in which it shall sleep. */
static inline int asleep_own_id(void)
{
    return (int)syscall(SYS_gettid);
}

static inline int asleep_now(int system_id)
{
    char path[64], text[256] = "";

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", system_id);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    const char *after = strrchr(text, ')');
    return after && after[1] == ' ' && after[2] == 'S';
}

/* For up to ten seconds; fails the test after that. */
static inline void asleep_await(_Atomic int *system_id)
{
    int asleep = 0;

    for (int tries = 0; tries < 10000 && !asleep; tries++) {
        int id = atomic_load(system_id);
        asleep = id && asleep_now(id);
        if (!asleep)
            usleep(1000);
    }
    EXPECT(asleep);
}

#endif
