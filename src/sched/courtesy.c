/* SPDX-License-Identifier: MIT
 *
 * A thread that wakes up may take the processor from one that runs, and the kernel mostly lets it.
 * For the watchdog that is the wrong way round: a tick that finds nobody blocked has interrupted a
 * server or its client for nothing, and where a thread is blocked its processor is free. So the
 * thread says that it is a batch (SCHED_BATCH), which is woken as soon but interrupts nobody. Each
 * 1000th handler blocks 5 ms: p99 1.3 instead of 2.3 ms, requests/s 1.15 x (docs/performance.md).
 *
 * It is the right way round where strangers compute on all processors: a batch then waits for the
 * kernel's next tick, up to 4 ms, while a thread of ours is blocked. That shows: the look that is
 * to confirm what the one before found is due soon, and comes late. If most of these do, the thread
 * competes like any other for some seconds, and then tries again.
 *
 * In both ways it asks for slices as short as a tick's work, since on processors that are all busy
 * it may otherwise have to wait for the end of another's slice, some 3 ms (Linux 6.12 and later;
 * earlier ones ignore it).
 */
#include "sched/courtesy.h"

#include "base/clock.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    SLICE_US = 100,
    TIMER_SLACK_US = 10,
    /* A tick that is later than this came when somebody else was through, not when it was due. */
    LATE_US = 400,
    /* So many late ones more than others: somebody computes on all processors. */
    LATE_MOST = 8,
    PROMPT_MS = 5000,
};

/* What sched_setattr takes, in its first size. (The kernel's header and the C library's do not go
 * together.) */
struct courtesy_attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period; /* nanoseconds; runtime: the slice */
};

static bool courtesy__get(struct courtesy_attributes *attributes)
{
    *attributes = (struct courtesy_attributes){.size = sizeof *attributes};
    return syscall(SYS_sched_getattr, 0, attributes, sizeof *attributes, 0) == 0;
}

/* Where the kernel refuses, the thread competes as it did. */
static void courtesy__set(struct courtesy *courtesy, bool prompt)
{
    struct courtesy_attributes attributes;

    courtesy->prompt = prompt;
    if (!courtesy__get(&attributes))
        return;
    attributes.policy = prompt ? SCHED_OTHER : SCHED_BATCH;
    attributes.runtime = SLICE_US * NANOSECONDS_PER_MICROSECOND;
    syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void courtesy_begin(struct courtesy *courtesy)
{
    struct courtesy_attributes attributes;

    *courtesy = (struct courtesy){0};
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_US * NANOSECONDS_PER_MICROSECOND);
    courtesy->managed = courtesy__get(&attributes) && attributes.policy == SCHED_OTHER;
    if (courtesy->managed)
        courtesy__set(courtesy, false);
}

void courtesy_woken(struct courtesy *courtesy, int64_t due, int64_t now, bool urgent)
{
    if (!courtesy->managed)
        return;
    if (courtesy->prompt) {
        if (now < courtesy->prompt_until)
            return;
        /* If it comes late again that need not be shown as often as the first time. */
        courtesy->late = LATE_MOST / 2;
        courtesy__set(courtesy, false);
    }
    if (!urgent)
        return;
    if (now - due > LATE_US * NANOSECONDS_PER_MICROSECOND)
        courtesy->late++;
    else if (courtesy->late > 0)
        courtesy->late--;
    if (courtesy->late < LATE_MOST)
        return;
    courtesy->prompt_until = now + PROMPT_MS * NANOSECONDS_PER_MILLISECOND;
    courtesy__set(courtesy, true);
}
