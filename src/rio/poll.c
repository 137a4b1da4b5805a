/* SPDX-License-Identifier: MIT
 *
 * A queue that is only polled has a source of its own, like a port. At first it is left to the
 * library's own thread. A program that dequeues in a loop takes it back and polls itself, so that a
 * completion costs no other thread's waking; when the loop has ended the watchdog leaves the source
 * again, within two of its ticks.
 *
 * Locks: poll->lock, a leaf but for the service thread's; the watchdog's tick takes it too.
 */
#include "rio/poll_internal.h"

#include "base/clock.h"

/* Looks in vain, each within this time of the one before, that make a loop. */
enum { POLL_STREAK = 32, POLL_SOON_US = 200 };

static enum watch_verdict poll__tick(struct watch *watch)
{
    struct rio_poll *poll = CONTAINER_OF(watch, struct rio_poll, watch);
    struct port_source *source = atomic_load_explicit(&poll->source, memory_order_acquire);

    if (atomic_exchange_explicit(&poll->recent, false, memory_order_relaxed))
        return WATCH_BUSY;
    lock_take(&poll->lock);
    if (!poll->left)
        poll->left = source->leave(source);
    bool left = poll->left;
    lock_drop(&poll->lock);
    return left ? WATCH_SETTLED : WATCH_BUSY;
}

void rio_poll_init(struct rio_poll *poll)
{
    *poll = (struct rio_poll){.watch = {.tick = poll__tick}};
}

void rio_poll_finish(struct rio_poll *poll)
{
    struct port_source *source = atomic_load_explicit(&poll->source, memory_order_acquire);

    watchdog_disarm(&poll->watch);
    if (source)
        source->destroy(source);
}

struct port_source *rio_poll_source(struct rio_poll *poll,
                                    struct port_source *(*make)(struct port *))
{
    lock_take(&poll->lock);
    struct port_source *source = atomic_load_explicit(&poll->source, memory_order_relaxed);
    if (!source) {
        source = make(NULL);
        if (source && !source->leave(source)) {
            source->destroy(source);
            source = NULL;
        }
        poll->left = source != NULL;
        atomic_store_explicit(&poll->source, source, memory_order_release);
    }
    lock_drop(&poll->lock);
    return source;
}

/* Whether the program looks all the time by now. */
static bool poll__is_loop(struct rio_poll *poll)
{
    int64_t now = clock_now();
    int64_t last = atomic_exchange_explicit(&poll->last, now, memory_order_relaxed);

    if (now - last > POLL_SOON_US * NANOSECONDS_PER_MICROSECOND)
        atomic_store_explicit(&poll->streak, 0, memory_order_relaxed);
    return atomic_fetch_add_explicit(&poll->streak, 1, memory_order_relaxed) >= POLL_STREAK;
}

static void poll__take_back(struct rio_poll *poll, struct port_source *source)
{
    lock_take(&poll->lock);
    if (poll->left)
        source->take_back(source);
    poll->left = false;
    lock_drop(&poll->lock);
}

bool rio_poll_now(struct rio_poll *poll)
{
    struct port_source *source = atomic_load_explicit(&poll->source, memory_order_acquire);

    if (!source || (poll->left && !poll__is_loop(poll)) ||
        atomic_exchange_explicit(&poll->busy, true, memory_order_acquire))
        return false;
    shield_raise();
    if (poll->left)
        poll__take_back(poll, source);
    atomic_store_explicit(&poll->recent, true, memory_order_relaxed);
    watchdog_arm(&poll->watch);
    source->poll(source, 0, UINT32_MAX);
    atomic_store_explicit(&poll->busy, false, memory_order_release);
    shield_lower();
    return true;
}
