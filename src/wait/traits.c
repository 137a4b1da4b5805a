/* SPDX-License-Identifier: MIT
 *
 * What a thread is given besides its work: a description, processors. A thread that does not run
 * yet takes them on when it does.
 *
 * Locks: the thread's suspend_lock, under which a pthread that has started stays one.
 */
#include "status/codes.h"
#include "wait/thread.h"

#include "base/fault.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether there is a pthread to speak of: `sched` goes when the thread ends. */
static bool traits__runs(struct thread *thread)
{
    lock_assert_held(&thread->suspend_lock);
    return thread->started && thread->sched;
}

static void traits__show_name(pthread_t pthread, const char *name)
{
    char shown[16];

    snprintf(shown, sizeof shown, "%s", name);
    pthread_setname_np(pthread, shown);
}

void thread_describe(struct thread *thread, uint16_t *description, const char *name)
{
    lock_take(&thread->suspend_lock);
    uint16_t *before = thread->description;
    thread->description = description;
    if (traits__runs(thread))
        traits__show_name(thread->pthread, name);
    lock_drop(&thread->suspend_lock);
    free(before);
}

uint16_t *thread_description(struct thread *thread)
{
    size_t units = 0;

    lock_take(&thread->suspend_lock);
    while (thread->description && thread->description[units])
        units++;
    uint16_t *copy = fault_calloc(units + 1, sizeof *copy);
    if (copy && units)
        memcpy(copy, thread->description, units * sizeof *copy);
    lock_drop(&thread->suspend_lock);
    return copy;
}

static uint64_t traits__mask(const cpu_set_t *set)
{
    uint64_t mask = 0;

    for (unsigned processor = 0; processor < 64; processor++)
        if (CPU_ISSET(processor, set))
            mask |= 1ull << processor;
    return mask;
}

static uint64_t traits_process_mask;

static void traits__look(void)
{
    cpu_set_t set;

    traits_process_mask =
        sched_getaffinity(getpid(), sizeof set, &set) == 0 ? traits__mask(&set) : 1;
}

uint64_t thread_processors(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    /* Once, before any thread's own processors are changed: the first thread's are the process's.
     */
    pthread_once(&once, traits__look);
    return traits_process_mask;
}

static void traits__apply_affinity(struct thread *thread)
{
    cpu_set_t set;

    lock_assert_held(&thread->suspend_lock);
    CPU_ZERO(&set);
    for (unsigned processor = 0; processor < 64; processor++)
        if (thread->affinity >> processor & 1)
            CPU_SET(processor, &set);
    pthread_setaffinity_np(thread->pthread, sizeof set, &set);
}

NTSTATUS thread_set_affinity(struct thread *thread, uint64_t mask, uint64_t *before)
{
    uint64_t all = thread_processors();

    if (!mask || mask & ~all)
        return STATUS_INVALID_PARAMETER;
    lock_take(&thread->suspend_lock);
    *before = thread->affinity ? thread->affinity : all;
    thread->affinity = mask;
    if (traits__runs(thread))
        traits__apply_affinity(thread);
    lock_drop(&thread->suspend_lock);
    return STATUS_SUCCESS;
}

/* ASCII is enough for a name of 15 bytes that had to wait. */
static void traits__show_description(struct thread *thread)
{
    char name[16];
    unsigned length = 0;

    for (; thread->description[length] && length < sizeof name - 1; length++)
        name[length] = thread->description[length] < 0x80 ? (char)thread->description[length] : '?';
    name[length] = 0;
    traits__show_name(thread->pthread, name);
}

void traits_attach(struct thread *thread)
{
    lock_assert_held(&thread->suspend_lock);
    if (thread->affinity)
        traits__apply_affinity(thread);
    if (thread->description)
        traits__show_description(thread);
}
