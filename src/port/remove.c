/* SPDX-License-Identifier: MIT
 *
 * Taking packets out (SCHED-2, GQCS, GQX): a thread takes what is there, or polls for completions
 * itself, or sleeps until it is given a packet.
 *
 * One waiter at a time polls, and it is the newest: so a completion goes to the thread that Windows
 * would have chosen, without a wake-up. While a port is busy a thread that comes to wait behind a
 * poller does not take its place (that would cost two switches to change nothing that anybody
 * could observe); on a settled port it does.
 *
 * Windows considered:
 * - A packet is inserted between the look at the queue and the sleep: both happen under the port's
 *   lock up to the waiter's entry in the list, and from then on inserting stores the waiter's word.
 * - The poller is given a packet while it fills the queue with completions of its own poll: the
 *   given one is its own, the others wait for the next remover, and the watchdog is armed.
 * - Two threads are in the source at once, one of them on its way out: the kick for the other is
 *   taken by the one that leaves, which passes it on (port__pass_kick_on).
 * - The deadline passes while a packet is being given: the word is read again under the lock.
 * - An operation's event is set and its packet not yet inserted: who was woken by the event and
 *   finds the queue empty waits for what is announced (port_announce).
 */
#include "port/pace_internal.h"
#include "port/queue_internal.h"
#include "port/release_internal.h"

#include "base/clock.h"
#include "base/futex.h"
#include "sched/sched.h"
#include "wait/apc.h"

#include <sched.h>

enum {
    /* Nanoseconds: in less a packet that was there already is taken, without sleeping, and in more
     * a client can have begun anew. */
    BRIEF_LEAST_NS = 5000,
    BRIEF_MOST_NS = 50000,
    /* For a packet that is announced: who is about to insert it mostly needs a moment, a time slice
     * of the others on a busy machine, and so long only if it is kept from running. */
    ANNOUNCED_YIELDS = 16,
    ANNOUNCED_PAUSE_NS = 50000,
    PATIENCE_NS = 1000000000,
};

/* Files the waiter among the others, newest first. It nearly always is the newest. */
static void port__enter(struct port *port, struct port_waiter *waiter)
{
    struct list *place = &port->waiters;

    lock_assert_held(&port->lock);
    while (place->next != &port->waiters &&
           LIST_ELEMENT(place->next, struct port_waiter, link)->arrival > waiter->arrival)
        place = place->next;
    list_insert_after(place, &waiter->link);
    port->waiting++;
}

static void port__leave(struct port *port, struct port_waiter *waiter)
{
    lock_assert_held(&port->lock);
    list_remove(&waiter->link);
    port->waiting--;
}

/* Whether this waiter, already on the list, is the one to poll now. */
static bool port__shall_poll(struct port *port, struct port_waiter *waiter,
                             struct port_wakeup *wakeup)
{
    lock_assert_held(&port->lock);
    if (!port->source || port->first || port->current >= port->limit)
        return false;
    struct port_waiter *poller = port__poller(port);
    if (poller) {
        /* An older waiter polls. On a settled port it makes way: it will find that it is not the
         * newest any more, wake the newest, and sleep in its place. */
        if (port->settled && poller->arrival < waiter->arrival &&
            atomic_load_explicit(&poller->word, memory_order_relaxed) == WAITER_SLEEPING)
            *wakeup = port__tell(port, poller, WAITER_LOOK);
        return false;
    }
    if (&waiter->link == port->waiters.next)
        return true;
    *wakeup =
        port__tell(port, LIST_ELEMENT(port->waiters.next, struct port_waiter, link), WAITER_LOOK);
    return false;
}

/* Somebody polls now: see port__look_in. */
static void port__polled(struct port *port)
{
    lock_assert_held(&port->lock);
    port->look_in_at = port->source ? port->removals + port__pace_patience(port) : UINT64_MAX;
}

/* The queue has not been empty for long: what has completed meanwhile lines up behind what is there
 * now, instead of waiting until nothing is (SCHED-1). Called with the lock, returns with it. */
static COLD void port__look_in(struct port *port)
{
    port__polled(port);
    if (!port->source || port__poller(port) || port->left || port->kicks)
        return;
    /* As the watchdog does: another thread may become the poller meanwhile, and what it is kicked
     * for may end up here. */
    uint32_t portion = port__pace_portion(port);
    shield_raise();
    lock_drop(&port->lock);
    port->source->poll(port->source, 0, portion);
    lock_take(&port->lock);
    port__pass_kick_on(port);
    shield_lower();
}

/* Sleeps in the source. If the last one who did was woken very soon, for one packet, then whoever
 * sends was in the midst of more, and was interrupted: kernels like to wake a thread where the one
 * runs that wakes it, even if other processors are idle. Letting it go on first makes two switches
 * of the next hundred requests instead of two each (docs/performance.md). Called with the lock,
 * returns with it. */
static void port__poll(struct port *port, struct port_waiter *waiter, int64_t deadline)
{
    uint64_t packets = port->packets;
    bool yields = deadline != 0 && port->interrupts;
    uint32_t portion = port__pace_portion(port);

    port__take_back(port);
    port__polled(port);
    port__set_poller(port, waiter);
    waiter->polling = true;
    lock_drop(&port->lock);
    if (yields)
        sched_yield();
    int64_t since = clock_now();
    port->source->poll(port->source, deadline, portion);
    int64_t slept = clock_now() - since;
    lock_take(&port->lock);
    port->interrupts =
        slept > BRIEF_LEAST_NS && slept < BRIEF_MOST_NS && port->packets - packets <= 1;
    waiter->polling = false;
    if (waiter->kicked) {
        waiter->kicked = false;
        port->kicks--;
    }
    if (port__poller(port) == waiter)
        port__set_poller(port, NULL);
    port__pass_kick_on(port);
}

/* An APC was queued to a thread that waits alertably here; runs on the queuing thread. */
static void port__alert(void *context)
{
    struct port_waiter *waiter = context;
    struct port *port = waiter->port;
    struct port_wakeup wakeup = {0};

    lock_take(&port->lock);
    waiter->alerted = true;
    if (list_linked(&waiter->link))
        wakeup = port__tell(port, waiter, WAITER_LOOK);
    lock_drop(&port->lock);
    port__wake(port, wakeup);
}

void port_stir(struct port *port)
{
    lock_take(&port->lock);
    LIST_FOR_EACH(link, &port->waiters)
    {
        struct port_waiter *waiter = LIST_ELEMENT(link, struct port_waiter, link);
        waiter->alerted = true;
        port__wake(port, port__tell(port, waiter, WAITER_LOOK));
    }
    lock_drop(&port->lock);
}

/* One turn of waiting: polls or sleeps. Called with the lock and the waiter off the list; returns
 * likewise, with the waiter's word telling what happened. */
static void port__wait(struct port *port, struct port_waiter *waiter, int64_t deadline)
{
    struct port_wakeup wakeup = {0};

    if (UNLIKELY(waiter->absent))
        waiter->arrival = ++port->arrivals; /* it lines up anew */
    waiter->absent = false;
    atomic_store_explicit(&waiter->word, WAITER_SLEEPING, memory_order_relaxed);
    port__enter(port, waiter);
    if (port__shall_poll(port, waiter, &wakeup)) {
        port__poll(port, waiter, deadline);
    } else {
        bool unattended = port->first != NULL;
        shield_raise();
        lock_drop(&port->lock);
        port__wake(port, wakeup);
        /* It waits behind packets for a slot, which a thread may hold that blocks unseen. */
        if (unattended)
            watchdog_arm(&port->watch);
        shield_lower();
        while (atomic_load_explicit(&waiter->word, memory_order_acquire) == WAITER_SLEEPING)
            if (!futex_wait(&waiter->word, WAITER_SLEEPING, deadline))
                break;
        lock_take(&port->lock);
    }
    uint32_t word = atomic_load_explicit(&waiter->word, memory_order_relaxed);
    if ((word == WAITER_SLEEPING || word == WAITER_LOOK) && !waiter->absent)
        port__leave(port, waiter);
}

static bool port__expired(int64_t deadline)
{
    return deadline != CLOCK_FOREVER && (deadline == 0 || clock_now() >= deadline);
}

/* Whether a call that must not wait can do anything but say so. */
static bool port__useless_to_wait(const struct port *port, int64_t deadline)
{
    return deadline == 0 &&
           (!port->source || port__poller(port) || port->first || port->current >= port->limit);
}

/* Lets who announced a packet run: by yielding at first, then by sleeping a little. */
static void port__let_insert(struct port *port, unsigned turn)
{
    uint32_t announced = atomic_load_explicit(&port->announced, memory_order_relaxed);

    if (turn < ANNOUNCED_YIELDS)
        sched_yield();
    else if (announced)
        futex_wait(&port->announced, announced, clock_now() + ANNOUNCED_PAUSE_NS);
}

/* Whether there is nothing to take. What is announced is about to be inserted: it is waited for, a
 * little. Called with the lock, returns with it. */
static COLD bool port__is_empty(struct port *port)
{
    int64_t patience_ends = 0;

    for (unsigned turn = 0; !port->first && !port->closed &&
                            atomic_load_explicit(&port->announced, memory_order_acquire);
         turn++) {
        int64_t now = clock_now();
        if (!patience_ends)
            patience_ends = now + PATIENCE_NS;
        if (now >= patience_ends)
            break;
        lock_drop(&port->lock);
        port__let_insert(port, turn);
        lock_take(&port->lock);
    }
    return !port->first && !port->closed;
}

/* Takes the given packet, if any, and up to `count` in all, as a list in FIFO order. */
static struct packet *port__take(struct port *port, struct packet *given, uint32_t count)
{
    struct packet *first = given;
    struct packet **end = &first;

    lock_assert_held(&port->lock);
    if (given) {
        end = &given->next;
        count--;
    }
    while (count-- && port->first) {
        *end = port__pop(port);
        end = &(*end)->next;
    }
    *end = NULL;
    return first;
}

/* Whether the thread runs, has done so since it left with its last packet, and need not wait: it
 * keeps its slot then, and takes what is there. That is the usual way. (A closed port is empty.) */
static bool port__at_hand(const struct port *port, const struct port_thread *thread)
{
    return thread->state == THREAD_RUNNING && !thread->left_at && port->first &&
           port->current <= port->limit;
}

/* The waiting itself; returns with *taken set on success, and the thread counted as running. */
static NTSTATUS port__remove(struct port *port, struct port_waiter *waiter, uint32_t count,
                             int64_t deadline, struct packet **taken)
{
    NTSTATUS status = STATUS_SUCCESS;
    bool expired = false;

    lock_assert_held(&port->lock);
    bool stands_by = port__pace_stands_by(port, waiter->thread) && deadline != 0;
    for (;;) {
        if (port->closed) {
            status = STATUS_ABANDONED;
            break;
        }
        if (port->first && port->current < port->limit && !stands_by) {
            *taken = port__take(port, NULL, count);
            break;
        }
        if (waiter->alerted) {
            status = STATUS_USER_APC;
            break;
        }
        if (expired || port__useless_to_wait(port, deadline)) {
            if (!port->first && !port__is_empty(port))
                continue;
            status = STATUS_TIMEOUT;
            break;
        }
        stands_by = false;
        port__wait(port, waiter, deadline);
        if (atomic_load_explicit(&waiter->word, memory_order_relaxed) == WAITER_GIVEN) {
            /* Whoever gave it has counted this thread as running already. */
            *taken = port__take(port, waiter->given, count);
            waiter->given = NULL;
            return STATUS_SUCCESS;
        }
        expired = port__expired(deadline);
    }
    port__set_state(waiter->thread, THREAD_RUNNING); /* SCHED-10: whatever the outcome */
    return status;
}

static uint32_t port__count(const struct packet *packet)
{
    uint32_t count = 0;

    for (; packet; packet = packet->next)
        count++;
    return count;
}

/* What a thread leaves behind once the port's lock is dropped. */
struct port_left {
    struct port_wakeup another;
    bool unattended;
};

/* The thread leaves with so many packets. With the lock. */
static inline struct port_left port__leave_behind(struct port *port, struct port_thread *thread,
                                                  uint32_t taken)
{
    struct port_left left = {0};

    if (taken && !list_empty(&port->waiters)) {
        port__pace_begin(port, thread, taken);
        left.another = port__pace_wakeup(port);
    }
    left.unattended = port__unattended(port);
    return left;
}

/* Drops the lock; raises the shield, under which the packets are delivered. */
static inline void port__go(struct port *port, struct port_left left)
{
    shield_raise();
    lock_drop(&port->lock);
    port__wake(port, left.another);
    if (left.unattended)
        watchdog_arm(&port->watch);
}

/* The thread gives its slot up, waits if it has to, and leaves with what it was given. With the
 * port's lock, which it drops, as port__go does. */
static OUT_OF_LINE NTSTATUS port__come_and_go(struct port *port, struct port_waiter *waiter,
                                              uint32_t count, int64_t deadline,
                                              struct packet **taken)
{
    struct port_thread *thread = waiter->thread;

    lock_assert_held(&port->lock);
    *taken = NULL;
    port__set_state(thread, THREAD_WAITING);
    thread->waiter = waiter;
    sched_self.in_queue = true;
    waiter->arrival = ++port->arrivals;
    NTSTATUS status = port__remove(port, waiter, count, deadline, taken);
    thread->waiter = NULL;
    sched_self.in_queue = false;
    port__go(port, port__leave_behind(port, thread, port__count(*taken)));
    return status;
}

static inline void port__deliver(struct packet *packet, struct port_entry *entry)
{
    *entry = (struct port_entry){.key = packet->key,
                                 .overlapped = packet->overlapped,
                                 .information = packet->information,
                                 .status = packet->status};
    port__release_packet(packet);
}

/* Returns how many. */
static uint32_t port__deliver_all(struct packet *taken, struct port_entry *entries)
{
    uint32_t delivered = 0;

    while (taken) {
        struct packet *next = taken->next;
        port__deliver(taken, &entries[delivered++]);
        taken = next;
    }
    return delivered;
}

/* A thread comes for packets. Takes the lock. */
static inline void port__arrive(struct port *port, struct port_thread *thread)
{
    lock_take(&port->lock);
    if (UNLIKELY(thread->taken))
        port__pace_end(port, thread);
    if (UNLIKELY(port->removals >= port->look_in_at))
        port__look_in(port);
}

static OUT_OF_LINE NTSTATUS port__remove_waiting(struct port *port, struct port_thread *thread,
                                                 struct port_entry *entries, uint32_t count,
                                                 uint32_t *removed, int64_t deadline)
{
    struct port_waiter waiter = {.port = port, .thread = thread};
    struct packet *taken;
    NTSTATUS status = port__come_and_go(port, &waiter, count, deadline, &taken);

    *removed = port__deliver_all(taken, entries);
    shield_lower();
    return status;
}

static OUT_OF_LINE NTSTATUS port__remove_alertably(struct port *port, struct port_thread *thread,
                                                   struct port_entry *entries, uint32_t count,
                                                   uint32_t *removed, int64_t deadline)
{
    struct port_waiter waiter = {.port = port, .thread = thread};
    struct packet *taken;

    apc_set_wake(port__alert, &waiter);
    bool alerted = apc_pending();
    port__arrive(port, thread);
    waiter.alerted |= alerted; /* port__alert may have said so in the meantime */
    NTSTATUS status = port__come_and_go(port, &waiter, count, deadline, &taken);
    apc_set_wake(NULL, NULL);
    *removed = port__deliver_all(taken, entries);
    shield_lower();
    if (status == STATUS_USER_APC)
        apc_run();
    return status;
}

NTSTATUS port_remove(struct port *port, struct port_entry *entries, uint32_t count,
                     uint32_t *removed, int64_t deadline, bool alertable)
{
    struct port_thread *thread = port__bind(port);

    if (alertable)
        return port__remove_alertably(port, thread, entries, count, removed, deadline);
    port__arrive(port, thread);
    return port__remove_waiting(port, thread, entries, count, removed, deadline);
}

NTSTATUS port_remove_one(struct port *port, struct port_entry *entry, int64_t deadline)
{
    struct port_thread *thread = port__bind(port);
    uint32_t removed;

    port__arrive(port, thread);
    if (UNLIKELY(!port__at_hand(port, thread)))
        return port__remove_waiting(port, thread, entry, 1, &removed, deadline);
    thread->suspected = false;
    struct packet *packet = port__pop(port);
    port__go(port, port__leave_behind(port, thread, 1));
    port__deliver(packet, entry);
    shield_lower();
    return STATUS_SUCCESS;
}
