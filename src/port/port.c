/* SPDX-License-Identifier: MIT
 *
 * Ports as objects: making, closing, inserting packets, counting. How packets are taken out is in
 * remove.c, who is let out in release.c and watch.c, which thread belongs where in bind.c.
 *
 * The port's lock guards all of struct port; nothing but a leaf is taken under it, and neither the
 * source nor the watchdog is called with it held (closing kicks under it: kicking takes no lock).
 */
#include "port/queue_internal.h"
#include "port/release_internal.h"

#include "base/fault.h"
#include "base/slab.h"
#include "sched/sched.h"

#include <sched.h>
#include <unistd.h>

static struct slab port_slab = {.size = sizeof(struct port), .index = SLAB_PORT};
static struct slab port_packet_slab = {.size = sizeof(struct packet), .index = SLAB_PACKET};

void (*_Atomic port__nudge)(void);

static void (*_Atomic port_packet_release[PACKET_OWNERS])(struct packet *packet);

void port_set_packet_release(enum packet_owner owner, void (*release)(struct packet *packet))
{
    /* Called with every operation: the line shall stay in everybody's cache. */
    if (UNLIKELY(atomic_load_explicit(&port_packet_release[owner], memory_order_relaxed) !=
                 release))
        atomic_store_explicit(&port_packet_release[owner], release, memory_order_relaxed);
}

void port__release_packet(struct packet *packet)
{
    if (packet->owner == PACKET_POSTED)
        slab_free(&port_packet_slab, packet);
    else
        atomic_load_explicit(&port_packet_release[packet->owner], memory_order_relaxed)(packet);
}

/* PORT-18, 21, 22: the waiters leave empty-handed, and the packets go, now and from now on. */
static void port__close(struct object *object)
{
    struct port *port = (struct port *)object;

    lock_take(&port->lock);
    port->closed = true;
    while (!list_empty(&port->waiters)) {
        struct port_waiter *waiter = LIST_ELEMENT(port->waiters.next, struct port_waiter, link);
        port__wake(port, port__tell(port, waiter, WAITER_ABANDONED));
    }
    struct packet *packet = port->first;
    port->first = port->last = NULL;
    atomic_store_explicit(&port->depth, 0, memory_order_relaxed);
    lock_drop(&port->lock);
    while (packet) {
        struct packet *next = packet->next;
        port__release_packet(packet);
        packet = next;
    }
}

static void port__destroy(struct object *object)
{
    struct port *port = (struct port *)object;

    ASSERT(list_empty(&port->waiters) && list_empty(&port->threads));
    watchdog_disarm(&port->watch);
    if (port->source)
        port->source->destroy(port->source);
    slab_free(&port_slab, port);
}

static bool port__signalled(struct dispatcher *dispatcher, uint32_t thread)
{
    struct port *port = (struct port *)dispatcher;

    (void)thread;
    return atomic_load_explicit(&port->depth, memory_order_relaxed) != 0;
}

static bool port__taken(struct dispatcher *dispatcher, uint32_t thread)
{
    (void)dispatcher;
    (void)thread;
    return false;
}

static const struct dispatcher_ops port_waitable = {.signalled = port__signalled,
                                                    .take = port__taken};

const struct object_ops port_ops = {
    .kind = "port", .waitable = &port_waitable, .close = port__close, .destroy = port__destroy};

/* The processors that this process may run on (PORT-5). */
static uint32_t port__processors(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (uint32_t)CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

struct port *port_create(uint32_t limit)
{
    struct port *port = slab_alloc(&port_slab);

    if (!port)
        return NULL;
    dispatcher_init(&port->dispatcher, &port_ops, OBJ_REF_CALL, 0);
    /* All behind the dispatcher, whose reference count a stale look-up may still try. */
    char *rest = (char *)port + sizeof port->dispatcher;
    __builtin_memset(rest, 0, sizeof *port - sizeof port->dispatcher);
    port->limit = limit ? limit : port__processors();
    port->look_in_at = UINT64_MAX;
    list_init(&port->waiters);
    list_init(&port->threads);
    port->watch.tick = port__tick;
    return port;
}

struct port_source *port_source(struct port *port, struct port_source *(*make)(struct port *))
{
    struct port_wakeup wakeup = {0};

    lock_take(&port->lock);
    struct port_source *source = port->source;
    lock_drop(&port->lock);
    if (source)
        return source;
    struct port_source *made = make(port);
    if (!made)
        return NULL;
    if (made->nudge) /* before anybody can have polled it */
        atomic_store_explicit(&port__nudge, made->nudge, memory_order_relaxed);
    shield_raise();
    lock_take(&port->lock);
    source = port->source;
    if (!source) {
        source = port->source = made;
        port->look_in_at = port->removals;
        /* Threads that already wait sleep on their words: one has to poll from now on. */
        wakeup = port__let_poll(port);
    }
    lock_drop(&port->lock);
    if (source != made)
        made->destroy(made);
    port__wake(port, wakeup);
    watchdog_arm(&port->watch);
    shield_lower();
    return source;
}

bool port_set_supply(struct port *port, struct port_supply *supply)
{
    if (supply && !watchdog_prepare())
        return false;
    lock_take(&port->lock);
    port->supply = supply;
    lock_drop(&port->lock);
    if (!supply)
        watchdog_disarm(&port->watch);
    return true;
}

uint32_t port_wanted(struct port *port)
{
    lock_take(&port->lock);
    uint32_t wanted = port__short_of(port);
    lock_drop(&port->lock);
    return wanted;
}

void port_count_device(struct port *port, int change)
{
    atomic_fetch_add_explicit(&port->devices, (uint32_t)change, memory_order_relaxed);
}

/* Under the shield: who is stopped in the middle would keep somebody asleep who was told something.
 */
static inline bool port__offer(struct port *port, struct packet *packet, bool soon)
{
    struct port_wakeup wakeup = {0};
    const struct port_thread *self = sched_self.queue;
    bool returning = soon && self && self->port == port && sched_self.waits == 0;

    lock_take(&port->lock);
    if (UNLIKELY(port->closed)) {
        lock_drop(&port->lock);
        return false;
    }
    port->packets++;
    /* Somebody waits and will not be woken by this: the watchdog shall see that it was right. */
    bool unattended = !list_empty(&port->waiters);
    if (UNLIKELY(port->resting)) {
        /* Who is blocked may have changed meanwhile: the watchdog looks before it lets anybody in.
         */
        port__append(port, packet);
        unattended = true;
    } else if (unattended && port->current < port->limit && !returning && !port->first) {
        wakeup = port__hand_over(port, packet);
        unattended = false;
    } else {
        port__append(port, packet);
        if (!returning)
            wakeup = port__release_one(port);
        unattended |= port->supply != NULL;
    }
    lock_drop(&port->lock);
    port__wake(port, wakeup);
    dispatcher_notify(&port->dispatcher);
    if (unattended)
        watchdog_arm(&port->watch);
    return true;
}

bool port_offer(struct port *port, struct packet *packet, bool soon)
{
    shield_raise();
    bool taken = port__offer(port, packet, soon);
    shield_lower();
    return taken;
}

void port_insert(struct port *port, struct packet *packet, bool soon)
{
    shield_raise();
    if (UNLIKELY(!port__offer(port, packet, soon)))
        port__release_packet(packet);
    shield_lower();
}

void port_announce(struct port *port)
{
    object_ref(port_object(port), OBJ_REF_CALL);
    /* Relaxed: whoever learns that a packet comes learns it from what is released after this. */
    atomic_fetch_add_explicit(&port->announced, 1, memory_order_relaxed);
}

void port_announced(struct port *port)
{
    /* Who sees this under the port's lock, which the insertion has had, sees the packet. */
    atomic_fetch_sub_explicit(&port->announced, 1, memory_order_release);
    object_unref(port_object(port), OBJ_REF_CALL);
}

bool port_withdraw(struct port *port, struct packet *packet, bool remove)
{
    struct packet *before = NULL;

    lock_take(&port->lock);
    struct packet *found = port->first;
    while (found && found != packet) {
        before = found;
        found = found->next;
    }
    if (found && remove) {
        *(before ? &before->next : &port->first) = packet->next;
        if (port->last == packet)
            port->last = before;
        port__change_depth(port, -1);
    }
    lock_drop(&port->lock);
    return found != NULL;
}

struct packet *port_packet_new(uintptr_t key, void *overlapped)
{
    struct packet *packet = slab_alloc(&port_packet_slab);

    if (packet)
        *packet = (struct packet){.key = key, .overlapped = overlapped, .owner = PACKET_POSTED};
    return packet;
}

void port_packet_free(struct packet *packet)
{
    slab_free(&port_packet_slab, packet);
}

NTSTATUS port_post(struct port *port, uintptr_t key, void *overlapped, uintptr_t information,
                   NTSTATUS status)
{
    struct packet *packet = port_packet_new(key, overlapped);

    if (!packet)
        return STATUS_INSUFFICIENT_RESOURCES;
    packet->information = information;
    packet->status = status;
    port_insert(port, packet, false);
    return STATUS_SUCCESS;
}

bool port_is_polled(struct port *port)
{
    return atomic_load_explicit(&port->poller, memory_order_relaxed) != NULL;
}

void port_query(struct port *port, struct port_state *state)
{
    lock_take(&port->lock);
    uint32_t waiting = port->waiting;
    uint32_t busy = port->current + waiting;
    *state = (struct port_state){
        .limit = port->limit,
        .devices = atomic_load_explicit(&port->devices, memory_order_relaxed),
        .depth = atomic_load_explicit(&port->depth, memory_order_relaxed),
        .waiting = waiting,
        .released = port->current,
        .paused = port->bound > busy ? port->bound - busy : 0,
        .packets = port->packets,
        .wakeups = port->wakeups,
    };
    lock_drop(&port->lock);
}
