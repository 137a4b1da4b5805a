/* SPDX-License-Identifier: MIT
 *
 * The watchdog's look at a port: at packets that nobody was woken for, at a source that nobody
 * polls, and at threads that hold a slot although they are blocked in a call that the library
 * cannot see (SCHED-19); how such a thread is told from others is in look.c.
 *
 * A thread is looked at only while a packet waits for a slot and a thread waits for a packet, and
 * it is taken for blocked when two looks in a row find it so: one look may catch it in the few
 * microseconds in which it waits for a lock of the library's. A thread found blocked gives its slot
 * up as in a wait of the library's own (SCHED-6); when it runs again it counts again (SCHED-8),
 * noticed at the next tick or when it comes back to the port.
 *
 * A thread may stay blocked for hours. If nothing else goes on the port rests: no tick looks
 * whether it runs again until that matters, which is when a packet is inserted or a slot becomes
 * free. Both are then left to the watchdog, whose tick looks first.
 *
 * Where a source needs it (port_source.nudge) the watch stays armed as long as a thread runs, and a
 * tick nudges when one has not come back since the tick before and is not asleep. Threads that
 * sleep cost 64 ticks: they take up by themselves what comes meanwhile. One that goes on computing
 * after that is not noticed before somebody comes back to the library; its completions have to wait
 * for the kernel's own tick. So do those of all that compute for longer where looking is off.
 *
 * Locks: watch_lock keeps the port's threads from leaving while they are looked at, which is done
 * without the port's lock: a thread that waited for that would look blocked. It is taken before the
 * port's lock.
 */
#include "port/describe.h"
#include "port/pace_internal.h"
#include "port/release_internal.h"

#include "base/clock.h"

enum {
    /* Nobody removed anything, nobody waits: after so many ticks polling is left to the library's
     * own thread. */
    TICKS_UNTIL_LEFT = 4,
    /* Nothing goes on but that threads are blocked: after so many ticks the port rests. */
    TICKS_UNTIL_RESTING = 64,
    /* The longest that a packet should lie because its thread is expected to come back for it. A
     * burst that one thread will have worked off by then needs no second one: 64 short requests
     * take 300 to 500 us, and a second thread only takes the client's processor from it. */
    LYING_MOST_US = 1000,
    /* Ticks that a thread may take to put a batch into the queue. */
    TICKS_FOR_A_BATCH = 2,
    /* Threads looked at in one tick. */
    LOOKS = 64,
};

/* Whether there is a waiter, or somebody who would start a thread. */
static bool watch__has_takers(const struct port *port)
{
    return !list_empty(&port->waiters) || port->supply;
}

/* Whether a packet and a waiter wait for a slot. */
static bool watch__wants_slot(const struct port *port)
{
    return port->first && watch__has_takers(port);
}

/* Looking was turned off: who was found blocked counts again, as if never looked at. */
static void watch__forget_blocked(struct port *port)
{
    lock_assert_held(&port->lock);
    LIST_FOR_EACH(link, &port->threads)
    {
        struct port_thread *thread = LIST_ELEMENT(link, struct port_thread, link);
        if (port->blocked == 0)
            break;
        if (thread->state == THREAD_BLOCKED)
            port__set_state(thread, THREAD_RUNNING);
    }
}

/* Whether there is a waiter and something for it to do, which the threads that run are expected to
 * see to. They may be blocked, and then waiting for them is in vain even if slots are free. */
static bool watch__expects(const struct port *port)
{
    bool unpolled = port->source && !port__poller(port) && !port->left;

    return watch__wants_slot(port) || (!list_empty(&port->waiters) && unpolled);
}

/* The threads to look at, if that can change anything: those that hold a slot, and those found
 * blocked before. */
static unsigned watch__candidates(struct port *port, struct port_thread **threads)
{
    uint32_t all = port->current + port->blocked;
    unsigned count = 0;

    lock_assert_held(&port->lock);
    if (!port->blocked && !watch__expects(port))
        return 0;
    if (!port__look_is_on()) {
        watch__forget_blocked(port);
        return 0;
    }
    LIST_FOR_EACH(link, &port->threads)
    {
        struct port_thread *thread = LIST_ELEMENT(link, struct port_thread, link);
        if (count == all || count == LOOKS)
            break;
        if (thread->state == THREAD_RUNNING || thread->state == THREAD_BLOCKED)
            threads[count++] = thread;
    }
    /* In front the next tick finds them at once, however many threads wait. If they are too many
     * for one tick they go behind the others, so that everybody has a turn. */
    for (unsigned index = 0; index < count; index++) {
        list_remove(&threads[index]->link);
        if (all > LOOKS)
            list_push_back(&port->threads, &threads[index]->link);
        else
            list_push_front(&port->threads, &threads[index]->link);
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
        port__pace_beware(thread->port);
        return WATCH_ALERT;
    } else {
        thread->suspected = blocked && thread->state == THREAD_RUNNING;
    }
    return WATCH_BUSY;
}

/* So many of those who hold slots look blocked: how soon to look again. */
static enum watch_verdict watch__suspicion(struct port *port, uint32_t suspects)
{
    bool others_work = suspects < port->current && port->removals != port->removals_seen;

    if (!suspects)
        return WATCH_BUSY;
    return others_work && port__pace_trusts(port) ? WATCH_SUSPECT : WATCH_ACTED;
}

/* Looks at the threads where that matters, and lets somebody out if a slot became free by it. */
static enum watch_verdict watch__threads(struct port *port, struct port_wakeup *wakeup)
{
    struct port_thread *threads[LOOKS];
    bool blocked[LOOKS];
    enum watch_verdict urgent = WATCH_BUSY;
    uint32_t suspects = 0;

    lock_take(&port->watch_lock);
    lock_take(&port->lock);
    unsigned count = watch__candidates(port, threads);
    lock_drop(&port->lock);
    for (unsigned index = 0; index < count; index++)
        blocked[index] = port__look(threads[index]);
    if (count) {
        lock_take(&port->lock);
        /* As long as packets go out somebody works on them, and the tick need not be short. */
        if (watch__wants_slot(port) && port->current >= port->limit &&
            port->removals == port->removals_seen)
            urgent = WATCH_WANTED;
        for (unsigned index = 0; index < count; index++) {
            enum watch_verdict verdict = watch__found(threads[index], blocked[index]);
            if (verdict > urgent)
                urgent = verdict;
            suspects += threads[index]->suspected;
        }
        /* Only for a slot that became free by this look, and if nobody else copes: whether packets
         * lie that running threads are expected back for is decided by their pace (watch__port). */
        if (urgent == WATCH_ALERT && !port__pace_copes(port, port->removals_seen)) {
            *wakeup = port__release_one(port);
            urgent = WATCH_REPLACED;
        }
        enum watch_verdict suspicion = watch__suspicion(port, suspects);
        if (suspicion > urgent)
            urgent = suspicion;
        port->replacements += wakeup->word != NULL;
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

/* Whether the tick has to come again although nobody needs it for polling. */
static enum watch_verdict watch__rest(struct port *port, bool removed)
{
    lock_assert_held(&port->lock);
    if (removed)
        return WATCH_BUSY;
    /* Without looking nobody but the threads themselves can make room. */
    if (watch__wants_slot(port) && (port->current < port->limit || port__look_is_on()))
        return WATCH_BUSY;
    if (port->blocked) {
        port->resting = port->idle_ticks > TICKS_UNTIL_RESTING;
        return port->resting ? WATCH_SETTLED : WATCH_BUSY;
    }
    return WATCH_SETTLED;
}

/* The threads that run; none if they are too many to be looked at. */
static unsigned watch__running(struct port *port, struct port_thread **threads)
{
    unsigned count = 0;

    lock_assert_held(&port->lock);
    if (port->current > LOOKS)
        return 0;
    LIST_FOR_EACH(link, &port->threads)
    {
        struct port_thread *thread = LIST_ELEMENT(link, struct port_thread, link);
        if (count == port->current)
            break;
        if (thread->state == THREAD_RUNNING)
            threads[count++] = thread;
    }
    /* In front the next tick finds them at once. */
    for (unsigned index = 0; index < count; index++) {
        list_remove(&threads[index]->link);
        list_push_front(&port->threads, &threads[index]->link);
    }
    return count;
}

/* Nudges if a thread has been computing since the last tick; whether and when to look again. */
static enum watch_verdict watch__nudge(struct port *port)
{
    void (*nudge)(void) = atomic_load_explicit(&port__nudge, memory_order_relaxed);
    struct port_thread *threads[LOOKS];
    unsigned away = 0;

    if (!nudge)
        return WATCH_SETTLED;
    lock_take(&port->watch_lock);
    lock_take(&port->lock);
    bool runs = port->current != 0;
    bool rests = port->idle_ticks > TICKS_UNTIL_RESTING;
    bool computes = port->current > LOOKS && !rests;
    unsigned count = watch__running(port, threads);
    for (unsigned index = 0; index < count; index++) {
        if (threads[index]->away)
            threads[away++] = threads[index];
        else
            threads[index]->away = true;
    }
    lock_drop(&port->lock);
    bool looks = port__look_is_on();
    for (unsigned index = 0; index < away && !computes; index++)
        computes = looks ? !port__look(threads[index]) : !rests;
    lock_drop(&port->watch_lock);
    if (computes)
        nudge();
    if (computes)
        return WATCH_WANTED;
    return runs && (away < count || !rests) ? WATCH_NEAR : WATCH_SETTLED;
}

/* What a look at the port leads to, once its lock is dropped. */
struct watch_acts {
    struct port_wakeup wakeup;
    struct port_supply *supply; /* a thread is wanted */
    bool poll;                  /* the watchdog polls once itself */
};

/* A packet has lain in the queue for too long. */
static bool watch__release(struct port *port, struct watch_acts *acts)
{
    lock_assert_held(&port->lock);
    acts->wakeup = port__release_one(port);
    if (!acts->wakeup.word)
        acts->supply = port__to_grow(port);
    return acts->wakeup.word || acts->supply;
}

/* Nobody polls the source, and no packet went out since the last tick. */
static enum watch_verdict watch__unpolled(struct port *port, struct watch_acts *acts)
{
    lock_assert_held(&port->lock);
    if (!port->first && !list_empty(&port->waiters) && port->current < port->limit) {
        acts->wakeup = port__let_poll(port);
        return acts->wakeup.word ? WATCH_ACTED : WATCH_BUSY;
    }
    /* All threads are busy, or away. */
    if (port->idle_ticks >= TICKS_UNTIL_LEFT)
        port->left = port->source->leave(port->source);
    acts->poll = !port->left;
    if (acts->poll)
        return WATCH_BUSY;
    /* Also for the threads that come to wait later, when no tick may follow. */
    port->settled = !port->first;
    return watch__rest(port, false);
}

/* Decides. */
static enum watch_verdict watch__port(struct port *port, struct watch_acts *acts)
{
    int64_t now = clock_now();
    int64_t elapsed = now - port->seen_at;
    uint64_t removed = port->removals - port->removals_seen;
    uint64_t inserted = port->packets - port->packets_seen;
    bool polled = port->look_in_at != port->look_in_seen;

    lock_assert_held(&port->lock);
    port->seen_at = now;
    port->removals_seen = port->removals;
    port->packets_seen = port->packets;
    port->look_in_seen = port->look_in_at;
    port->idle_ticks = removed ? 0 : port->idle_ticks + 1;
    if (watch__wants_slot(port) && watch__lies_too_long(port, removed, inserted, elapsed) &&
        watch__release(port, acts))
        return WATCH_ACTED;
    if (!port->source || port__poller(port) || port->left) {
        port->settled = removed == 0 && !port->first;
        return watch__rest(port, removed != 0);
    }
    /* A thread that was kicked is on its way out of the source. Whoever polled now, or the thread
     * that the source was left to, would take the kick from under it. */
    if (port->kicks)
        return WATCH_BUSY;
    if (removed) {
        acts->poll = !polled && port->first;
        return WATCH_BUSY;
    }
    return watch__unpolled(port, acts);
}

enum watch_verdict port__tick(struct watch *watch)
{
    struct port *port = CONTAINER_OF(watch, struct port, watch);
    struct watch_acts acts = {0};

    /* A port on its way out waits in watchdog_disarm until this returns. */
    if (!object_try_ref(port_object(port), OBJ_REF_CALL))
        return WATCH_SETTLED;
    lock_take(&port->lock);
    port->resting = false;
    lock_drop(&port->lock);
    enum watch_verdict nudged = watch__nudge(port);
    enum watch_verdict looked = watch__threads(port, &acts.wakeup);
    enum watch_verdict verdict = WATCH_ACTED;
    if (!acts.wakeup.word) {
        lock_take(&port->lock);
        verdict = watch__port(port, &acts);
        lock_drop(&port->lock);
    }
    if (looked > verdict && looked != WATCH_BUSY)
        verdict = looked;
    if (nudged > verdict)
        verdict = nudged;
    port__wake(port, acts.wakeup);
    if (acts.supply)
        acts.supply->grow(acts.supply);
    if (acts.poll) {
        port->source->poll(port->source, 0, UINT32_MAX);
        lock_take(&port->lock);
        port__pass_kick_on(port);
        lock_drop(&port->lock);
    }
    object_unref(port_object(port), OBJ_REF_CALL);
    return verdict;
}
