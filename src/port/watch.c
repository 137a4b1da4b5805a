/* SPDX-License-Identifier: MIT
 *
 * The watchdog's look at a port: at packets that nobody was woken for, at a source that nobody
 * polls, and at threads that hold a slot although they are blocked in a call that the library
 * cannot see (SCHED-19).
 *
 * A thread's state letter in /proc tells blocked (S, D) from running or merely preempted (R). It is
 * looked at only while a packet waits for a slot and a thread waits for a packet, and a thread is
 * taken for blocked when two looks in a row find it so: one look may catch it in the few
 * microseconds in which it waits for a lock of the library's. A thread found blocked gives its slot
 * up as in a wait of the library's own (SCHED-6); when it runs again it counts again (SCHED-8),
 * noticed at the next tick or when it comes back to the port.
 *
 * Locks: watch_lock keeps the port's threads from leaving while they are looked at, which is done
 * without the port's lock: a thread that waited for that would look blocked. It is taken before the
 * port's lock.
 */
#include "port/port_internal.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    /* Nobody removed anything, nobody waits: after so many ticks polling is left to the library's
     * own thread. */
    TICKS_UNTIL_LEFT = 4,
    /* The longest that a packet should lie because its thread is expected to come back for it. A
     * burst that one thread will have worked off by then needs no second one: 64 short requests
     * take 300 to 500 us, and a second thread only takes the client's processor from it. */
    LYING_MOST_US = 1000,
    /* Ticks that a thread may take to put a batch into the queue. */
    TICKS_FOR_A_BATCH = 2,
    /* Threads looked at in one tick. */
    LOOKS = 64,
};

void port__forget_thread(struct port_thread *thread)
{
    if (thread->watch_file > 0)
        close(thread->watch_file - 1);
    thread->watch_file = 0;
}

/* IOCP_WATCH=off: only the waits that the library makes itself are noticed. */
static bool watch__is_on(void)
{
    static _Atomic int known; /* 1: off, 2: on */
    int now = atomic_load_explicit(&known, memory_order_relaxed);

    if (now == 0) {
        const char *wish = getenv("IOCP_WATCH");
        now = wish && strcmp(wish, "off") == 0 ? 1 : 2;
        atomic_store_explicit(&known, now, memory_order_relaxed);
    }
    return now == 2;
}

/* Opens the thread's stat once; false if there is no /proc. */
static bool watch__open(struct port_thread *thread)
{
    char path[64];

    if (thread->watch_file == 0) {
        snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread->system_id);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        thread->watch_file = file < 0 ? -1 : file + 1;
    }
    return thread->watch_file > 0;
}

/* Whether the thread is blocked at this moment. */
static bool watch__is_blocked(struct port_thread *thread)
{
    char text[128];

    if (!watch__open(thread))
        return false;
    ssize_t length = pread(thread->watch_file - 1, text, sizeof text - 1, 0);
    if (length <= 0)
        return false;
    text[length] = 0;
    /* "id (name) S ...": the name may hold anything, what follows it holds no parenthesis. */
    const char *after = strrchr(text, ')');
    return after && (after[2] == 'S' || after[2] == 'D');
}

/* Whether looking at threads can change anything. */
static bool watch__matters(const struct port *port)
{
    return port->blocked ||
           (port->first && !list_empty(&port->waiters) && port->current >= port->limit);
}

/* The threads to look at: those that hold a slot, and those found blocked before. */
static unsigned watch__candidates(struct port *port, struct port_thread **threads)
{
    unsigned count = 0;

    lock_assert_held(&port->lock);
    if (!watch__matters(port) || !watch__is_on())
        return 0;
    LIST_FOR_EACH(link, &port->threads)
    {
        struct port_thread *thread = LIST_ELEMENT(link, struct port_thread, link);
        if (count < LOOKS && (thread->state == THREAD_RUNNING || thread->state == THREAD_BLOCKED))
            threads[count++] = thread;
    }
    return count;
}

/* What a look found. Its state may have changed since: then the look is void. */
static enum watch_verdict watch__found(struct port_thread *thread, bool blocked)
{
    if (thread->state == THREAD_BLOCKED && !blocked) {
        port__set_state(thread, THREAD_RUNNING);
    } else if (thread->state == THREAD_RUNNING && blocked && thread->suspected) {
        port__set_state(thread, THREAD_BLOCKED);
        return WATCH_ALERT;
    } else {
        thread->suspected = blocked && thread->state == THREAD_RUNNING;
    }
    return thread->suspected ? WATCH_ACTED : WATCH_BUSY;
}

/* Looks at the threads where that matters, and lets somebody out if a slot became free by it. */
static enum watch_verdict watch__threads(struct port *port, struct port_wakeup *wakeup)
{
    struct port_thread *threads[LOOKS];
    bool blocked[LOOKS];
    enum watch_verdict urgent = WATCH_BUSY;

    lock_take(&port->watch_lock);
    lock_take(&port->lock);
    unsigned count = watch__candidates(port, threads);
    lock_drop(&port->lock);
    for (unsigned index = 0; index < count; index++)
        blocked[index] = watch__is_blocked(threads[index]);
    if (count) {
        lock_take(&port->lock);
        for (unsigned index = 0; index < count; index++) {
            enum watch_verdict verdict = watch__found(threads[index], blocked[index]);
            if (verdict > urgent)
                urgent = verdict;
        }
        *wakeup = port__release_one(port);
        lock_drop(&port->lock);
    }
    lock_drop(&port->watch_lock);
    return urgent;
}

/* Whether the queue is longer than what will be worked off soon at the pace of the last tick. A
 * tick without a removal is no standstill if packets came in: a thread that has polled a batch puts
 * it all into the queue before it takes the first. */
static bool watch__lies_too_long(struct port *port, uint64_t removed, uint64_t inserted,
                                 int64_t elapsed)
{
    uint64_t depth = atomic_load_explicit(&port->depth, memory_order_relaxed);

    if (removed == 0)
        return inserted == 0 || port->idle_ticks > TICKS_FOR_A_BATCH;
    return (int64_t)(depth * (uint64_t)elapsed / removed) >
           LYING_MOST_US * NANOSECONDS_PER_MICROSECOND;
}

/* Decides; *poll says that the watchdog shall poll once itself, without the lock. */
static enum watch_verdict watch__port(struct port *port, struct port_wakeup *wakeup, bool *poll)
{
    int64_t now = clock_now();
    int64_t elapsed = now - port->seen_at;
    uint64_t removed = port->removals - port->removals_seen;
    uint64_t inserted = port->packets - port->packets_seen;

    lock_assert_held(&port->lock);
    port->seen_at = now;
    port->removals_seen = port->removals;
    port->packets_seen = port->packets;
    port->idle_ticks = removed ? 0 : port->idle_ticks + 1;
    if (port->first) {
        if (watch__lies_too_long(port, removed, inserted, elapsed))
            *wakeup = port__release_one(port);
        if (wakeup->word)
            return WATCH_ACTED;
        /* With nobody there to take them packets may lie for ever; who comes to wait behind them
         * arms the watch. Completions have to be looked for all the same. */
        if (!list_empty(&port->waiters))
            return WATCH_BUSY;
    }
    if (!port->source || port->poller || port->left) {
        port->settled = removed == 0;
        return removed || port->blocked ? WATCH_BUSY : WATCH_SETTLED;
    }
    /* A thread that was kicked is on its way out of the source. Whoever polled now, or the thread
     * that the source was left to, would take the kick from under it. */
    if (removed || port->kicks)
        return WATCH_BUSY;
    if (!list_empty(&port->waiters)) {
        *wakeup = port__let_poll(port);
        return wakeup->word ? WATCH_ACTED : WATCH_BUSY;
    }
    if (port->idle_ticks < TICKS_UNTIL_LEFT) {
        *poll = true;
        return WATCH_BUSY;
    }
    port->left = port->source->leave(port->source);
    return port->left && !port->blocked ? WATCH_SETTLED : WATCH_BUSY;
}

enum watch_verdict port__tick(struct watch *watch)
{
    struct port *port = CONTAINER_OF(watch, struct port, watch);
    struct port_wakeup wakeup = {0};
    bool poll = false;

    /* A port on its way out waits in watchdog_disarm until this returns. */
    if (!object_try_ref(port_object(port), OBJ_REF_CALL))
        return WATCH_SETTLED;
    enum watch_verdict looked = watch__threads(port, &wakeup);
    enum watch_verdict verdict = WATCH_ACTED;
    if (!wakeup.word) {
        lock_take(&port->lock);
        verdict = watch__port(port, &wakeup, &poll);
        lock_drop(&port->lock);
    }
    if (looked > verdict && looked != WATCH_BUSY)
        verdict = looked;
    port__wake(port, wakeup);
    if (poll) {
        port->source->poll(port->source, 0);
        lock_take(&port->lock);
        port__pass_kick_on(port);
        lock_drop(&port->lock);
    }
    object_unref(port_object(port), OBJ_REF_CALL);
    return verdict;
}
