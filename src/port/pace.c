/* SPDX-License-Identifier: MIT
 *
 * How long a thread of the port takes for a packet, and whether that is worth waking another thread
 * for now, instead of leaving it to the watchdog's next tick.
 *
 * Windows wakes one always. Here a wake-up costs as much as serving a short request (release.c), so
 * short requests are left to the thread that is back for them soon, unless they are very many. What
 * takes longer than a wake-up is handed over at once. And while a packet is served that takes very
 * long, somebody else has to wait for completions.
 *
 * A thread that blocks does not come back soon, and the watchdog needs a third of a millisecond to
 * see it. So where two were found blocked within few packets the port is wary for a while: it does
 * as Windows does, and the next one who blocks leaves somebody at work. While one is known to be
 * blocked those who are let out instead of it are trusted again, unless threads block very often:
 * more of them only share the processors.
 *
 * The time is that between two removals of one thread, of every seventh removal: in between it did
 * nothing but serve. A thread may be preempted, or block, in between; so one sample cannot do more
 * than double what is believed.
 *
 * The same holds for a thread that comes back from a wait while others, let out instead of it,
 * serve short requests: it stands by, as if it had not been let out, instead of sharing their work
 * and the processors with them for as long as the queue is not empty.
 *
 * While packets take long several threads work on them, and while one of these takes in a large
 * batch of completions another finds the queue empty and goes to sleep, for the batch's time and
 * that of its own wake-up. So completions are taken in by small portions then, and before the queue
 * is empty.
 */
#include "port/pace_internal.h"

#include "base/clock.h"

enum {
    SAMPLE_EVERY = 7, /* odd: requests often take two packets, a long and a short one */
    /* It falls slower: long packets that went before their short ones are not forgotten at once. */
    RISE_WEIGHT = 8,
    FALL_WEIGHT = 16,
    /* What a sample may add to what is believed already, besides doubling it. */
    PACE_STEP_NS = 4000,
    /* Packets that take longer are worth a wake-up each; and one to have their successors polled
     * for meanwhile. */
    LONG_NS = 7000,
    VERY_LONG_NS = 40000,
    /* The longest that short ones shall lie: 64 of them take 300 to 500 us, and a second thread
     * only takes the client's processor from the first. */
    LYING_MOST_NS = 1000000,
    /* Completions taken in at once while packets take long; after half as many removals more. */
    PORTION = 16,
    /* Who has taken so many packets in a thread's absence is believed to go on. */
    STAND_IN_PROVED = 64,
    /* Packets between two threads found blocked, at most. Where blocks are rarer, two threads that
     * take turns cost every packet more than a late replacement costs those that wait for it. */
    WARY = 1024,
    /* The same: with fewer, whoever runs now will soon be blocked too. */
    OFTEN = 128,
};

void port__pace_begin(struct port *port, struct port_thread *thread, uint32_t taken)
{
    lock_assert_held(&port->lock);
    if (port->removals % SAMPLE_EVERY == 0) {
        thread->taken = taken;
        thread->taken_at = clock_now();
    }
}

void port__pace_end(struct port *port, struct port_thread *thread)
{
    lock_assert_held(&port->lock);
    int64_t sample = (clock_now() - thread->taken_at) / thread->taken;
    int64_t most = 2 * port->pace + PACE_STEP_NS;
    thread->taken = 0;
    int64_t change = (sample < most ? sample : most) - port->pace;
    port->pace += change / (change < 0 ? FALL_WEIGHT : RISE_WEIGHT);
}

uint32_t port__pace_portion(const struct port *port)
{
    return port->pace > LONG_NS ? PORTION : UINT32_MAX;
}

uint32_t port__pace_patience(const struct port *port)
{
    uint32_t most = port->source->look_in_every;

    return port->pace > LONG_NS && most > PORTION / 2 ? PORTION / 2 : most;
}

/* Packets are short, and not so many that they would lie for long. */
static inline bool port__pace_quick(struct port *port)
{
    int64_t depth = atomic_load_explicit(&port->depth, memory_order_relaxed);

    lock_assert_held(&port->lock);
    return port->pace <= LONG_NS && depth * port->pace <= LYING_MOST_NS;
}

bool port__pace_trusts(struct port *port)
{
    lock_assert_held(&port->lock);
    return !port->blocks_often;
}

bool port__pace_copes(struct port *port, uint64_t since)
{
    return port->current > 0 && port__pace_trusts(port) &&
           port->removals - since >= STAND_IN_PROVED && port__pace_quick(port);
}

void port__pace_beware(struct port *port)
{
    lock_assert_held(&port->lock);
    uint64_t gap = port->removals - port->blocked_at;
    if (gap <= WARY)
        port->wary = WARY;
    port->blocks_often = gap <= OFTEN;
    port->blocked_at = port->removals;
}

struct port_wakeup port__pace_wakeup(struct port *port)
{
    bool wary = port->wary != 0 && port->blocked == 0;

    port->wary -= wary;
    if (wary || !port__pace_quick(port)) {
        if (port->first)
            return port__release_one(port);
        if (wary || port->pace > VERY_LONG_NS)
            return port__let_poll(port);
    }
    return (struct port_wakeup){0};
}

/* What those who ran in its absence cannot be trusted with is taken at once. The watchdog, armed by
 * who waits behind packets, sees to it if they were trusted too much. */
bool port__pace_stands_by(struct port *port, struct port_thread *thread)
{
    uint64_t left_at = thread->left_at;

    lock_assert_held(&port->lock);
    if (LIKELY(!left_at))
        return false;
    thread->left_at = 0;
    return port->first && port->wary == 0 && port__pace_copes(port, left_at);
}
