/* SPDX-License-Identifier: MIT
 *
 * What the tests of the wait room share: a stopwatch, closing a handle, starting threads, and a
 * false queue that counts what sched/ tells it.
 */
#ifndef IOCP_TESTS_UNIT_WAIT_HELP_H
#define IOCP_TESTS_UNIT_WAIT_HELP_H

#include "../expect.h"
#include "../sanitizers.h"

#include "base/clock.h"
#include "object/handle.h"
#include "sched/sched.h"

#include <windows.h>

static inline void help_close(HANDLE handle)
{
    struct object *object = handle_take((uintptr_t)handle);

    EXPECT(object != NULL);
    if (object)
        handle_release(object);
}

static inline int64_t help_milliseconds(int64_t since)
{
    return (clock_now() - since) / NANOSECONDS_PER_MILLISECOND;
}

static inline HANDLE help_thread(LPTHREAD_START_ROUTINE routine, void *argument)
{
    HANDLE thread = CreateThread(NULL, 256 * 1024, routine, argument, 0, NULL);

    EXPECT(thread != NULL);
    return thread;
}

/* Waits for the thread, closes it, returns its exit code. */
static inline DWORD help_join(HANDLE thread)
{
    DWORD code = 0;

    EXPECT_EQUAL(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    EXPECT(GetExitCodeThread(thread, &code));
    help_close(thread);
    return code;
}

/* Counts what a port would be told of a thread bound to it. */
struct help_queue {
    _Atomic int blocked;
    _Atomic int running;
};

static inline void help__blocked(void *queue)
{
    atomic_fetch_add(&((struct help_queue *)queue)->blocked, 1);
}

static inline void help__running(void *queue)
{
    atomic_fetch_add(&((struct help_queue *)queue)->running, 1);
}

/* Binds the calling thread to the false queue; NULL ends that. */
static inline void help_bind(struct help_queue *queue)
{
    static const struct sched_hook hook = {.blocked = help__blocked, .running = help__running};

    sched_self.hook = &hook;
    sched_self.queue = queue;
}

/* A small generator; every test prints its seed. */
static inline uint32_t help_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
