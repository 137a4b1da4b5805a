/* SPDX-License-Identifier: MIT
 *
 * How many descriptors the process has open, for tests that want them all back.
 */
#ifndef UNIT_DESCRIPTORS_H
#define UNIT_DESCRIPTORS_H

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* A thread's stat in /proc: the watchdog opens it when it first looks at the thread, which is
 * chance, and closes it when the thread leaves its port. */
static inline bool descriptors_is_look(int directory, const char *name)
{
    char path[64];
    ssize_t length = readlinkat(directory, name, path, sizeof path - 1);

    path[length < 0 ? 0 : length] = 0;
    return strncmp(path, "/proc/", 6) == 0 && length > 5 && strcmp(path + length - 5, "/stat") == 0;
}

/* All but the watchdog's looks. */
static inline int descriptors_open(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    int count = 0;

    while ((entry = readdir(directory)))
        count += !descriptors_is_look(dirfd(directory), entry->d_name);
    closedir(directory);
    return count;
}

#endif
