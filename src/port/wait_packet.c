/* SPDX-License-Identifier: MIT
 *
 * Wait completion packets: from an object's signal to a port's queue without a thread.
 *
 *   FREE --associate--> WAITING --signal--> QUEUED --taken--> FREE
 *                          |                   |--cancel(remove)--> FREE
 *                          |--cancel--> FREE   `--the port is closed--> SPENT
 *
 * An associated packet references itself, its port and its target. All three end where nothing else
 * is locked: in associate, cancel, close, or when a thread has taken the packet. A notice must not
 * give references back, so a packet whose port turns out to be closed keeps them (SPENT) until the
 * next of these calls, at the latest the closing of its handle.
 *
 * Windows considered:
 * - Signal against cancel: notice_end decides. If the signal was first and its thread has not come
 *   here yet, the state still is WAITING; cancelling with removal waits for that thread, which is
 *   shielded and waits for nobody, and then finds the packet in the queue.
 * - Taken against cancel: the port's queue decides. A packet that a thread was handed is not in it
 *   any more, which is "already taken" although that thread may not have come back yet.
 * - Taken while the notice still runs: giving the packet back waits for the lock.
 * - The handle is closed while another thread associates: whichever comes second sees the other,
 *   close the state, associate the count of handles.
 *
 * Closing the last handle cancels, with removal: nobody could any more.
 *
 * Locks: the packet's lock; then a port's, dispatcher_lock, or a timer's.
 */
#include "port/wait_packet.h"
#include "status/codes.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/slab.h"
#include "wait/notice.h"

enum wait_packet_state {
    WAIT_PACKET_FREE,
    WAIT_PACKET_WAITING,
    WAIT_PACKET_QUEUED,
    WAIT_PACKET_SPENT
};

struct wait_packet {
    struct object object;
    struct lock lock; /* everything below */
    enum wait_packet_state state;
    bool awaited;          /* somebody sleeps until the notice has run */
    _Atomic uint32_t runs; /* of the notice: what that somebody sleeps on */
    struct port *port;     /* the next two: referenced unless the packet is free */
    struct dispatcher *target;
    struct packet packet; /* the port's while QUEUED */
    struct notice notice;
};

static struct slab wait_packet_slab = {.size = sizeof(struct wait_packet),
                                       .index = SLAB_WAIT_PACKET};

/* What an association held. */
struct wait_packet_held {
    struct port *port;
    struct dispatcher *target;
};

/* Frees the packet; the references are the caller's to end once it has dropped the lock. */
static struct wait_packet_held wait_packet__free(struct wait_packet *packet)
{
    lock_assert_held(&packet->lock);
    struct wait_packet_held held = {packet->port, packet->target};

    packet->state = WAIT_PACKET_FREE;
    packet->port = NULL;
    packet->target = NULL;
    return held;
}

static void wait_packet__let_go(struct wait_packet *packet, struct wait_packet_held held)
{
    if (!held.port)
        return;
    object_unref(&held.target->object, OBJ_REF_WAIT);
    object_unref(port_object(held.port), OBJ_REF_ASSOCIATION);
    object_unref(&packet->object, OBJ_REF_OPERATION);
}

/* A thread has taken the packet, or the port was closed with it in the queue. */
static void wait_packet__release(struct packet *queued)
{
    struct wait_packet *packet = CONTAINER_OF(queued, struct wait_packet, packet);

    lock_take(&packet->lock);
    struct wait_packet_held held = wait_packet__free(packet);
    lock_drop(&packet->lock);
    wait_packet__let_go(packet, held);
}

static void wait_packet__queue(struct wait_packet *packet)
{
    lock_assert_held(&packet->lock);
    packet->state = WAIT_PACKET_QUEUED;
    if (!port_offer(packet->port, &packet->packet, false))
        packet->state = WAIT_PACKET_SPENT;
}

static void wait_packet__satisfied(struct notice *notice)
{
    struct wait_packet *packet = CONTAINER_OF(notice, struct wait_packet, notice);
    _Atomic uint32_t *runs = &packet->runs;

    lock_take(&packet->lock);
    wait_packet__queue(packet);
    bool awaited = packet->awaited;
    packet->awaited = false;
    if (awaited)
        atomic_fetch_add_explicit(runs, 1, memory_order_release);
    lock_drop(&packet->lock);
    /* The packet may be gone; only its address is named. */
    if (awaited)
        futex_wake(runs, INT32_MAX);
}

/* Lets a notice that was satisfied come and queue the packet. */
static void wait_packet__await(struct wait_packet *packet)
{
    lock_assert_held(&packet->lock);
    uint32_t runs = atomic_load_explicit(&packet->runs, memory_order_relaxed);

    packet->awaited = true;
    lock_drop(&packet->lock);
    futex_wait(&packet->runs, runs, CLOCK_FOREVER);
    lock_take(&packet->lock);
}

/* One attempt; false if it has to be repeated. */
static bool wait_packet__cancel(struct wait_packet *packet, bool remove, NTSTATUS *status,
                                struct wait_packet_held *held)
{
    lock_assert_held(&packet->lock);
    *status = STATUS_CANCELLED;
    switch (packet->state) {
    case WAIT_PACKET_FREE:
        return true;
    case WAIT_PACKET_WAITING:
        if (notice_end(&packet->notice))
            break;
        *status = STATUS_PENDING;
        if (remove)
            wait_packet__await(packet);
        return !remove;
    case WAIT_PACKET_QUEUED:
        if (!port_withdraw(packet->port, &packet->packet, remove))
            return true;
        if (remove)
            break;
        *status = STATUS_PENDING;
        return true;
    case WAIT_PACKET_SPENT:
        *held = wait_packet__free(packet);
        return true;
    }
    *status = STATUS_SUCCESS;
    *held = wait_packet__free(packet);
    return true;
}

NTSTATUS wait_packet_cancel(struct wait_packet *packet, bool remove)
{
    struct wait_packet_held held = {NULL, NULL};
    NTSTATUS status;

    lock_take(&packet->lock);
    while (!wait_packet__cancel(packet, remove, &status, &held))
        ;
    lock_drop(&packet->lock);
    wait_packet__let_go(packet, held);
    return status;
}

/* Hangs the packet on its target, or queues it at once. */
static NTSTATUS wait_packet__begin(struct wait_packet *packet, bool *already,
                                   struct wait_packet_held *held)
{
    lock_assert_held(&packet->lock);
    packet->state = WAIT_PACKET_WAITING;
    NTSTATUS status = notice_begin(&packet->notice, packet->target, wait_packet__satisfied);

    *already = status == STATUS_SUCCESS;
    if (status == STATUS_SUCCESS)
        wait_packet__queue(packet);
    else if (status < 0)
        *held = wait_packet__free(packet);
    if (status == STATUS_OBJECT_TYPE_MISMATCH)
        return STATUS_INVALID_PARAMETER_3;
    return status < 0 ? status : STATUS_SUCCESS;
}

NTSTATUS wait_packet_associate(struct wait_packet *packet, struct port *port,
                               struct dispatcher *target, const struct port_entry *values,
                               bool *already)
{
    struct wait_packet_held spent = {NULL, NULL}, failed = {NULL, NULL};
    NTSTATUS status = STATUS_INVALID_PARAMETER_1;

    lock_take(&packet->lock);
    if (packet->state == WAIT_PACKET_SPENT)
        spent = wait_packet__free(packet);
    if (packet->state == WAIT_PACKET_FREE) {
        object_ref(&packet->object, OBJ_REF_OPERATION);
        object_ref(port_object(port), OBJ_REF_ASSOCIATION);
        object_ref(&target->object, OBJ_REF_WAIT);
        packet->port = port;
        packet->target = target;
        packet->packet = (struct packet){.key = values->key,
                                         .overlapped = values->overlapped,
                                         .information = values->information,
                                         .status = values->status,
                                         .owner = PACKET_WAIT};
        status = wait_packet__begin(packet, already, &failed);
    }
    lock_drop(&packet->lock);
    wait_packet__let_go(packet, spent);
    wait_packet__let_go(packet, failed);
    if (status == STATUS_SUCCESS &&
        atomic_load_explicit(&packet->object.handles, memory_order_acquire) == 0)
        wait_packet_cancel(packet, true);
    return status;
}

static void wait_packet__close(struct object *object)
{
    wait_packet_cancel((struct wait_packet *)object, true);
}

static void wait_packet__destroy(struct object *object)
{
    ASSERT(((struct wait_packet *)object)->state == WAIT_PACKET_FREE);
    slab_free(&wait_packet_slab, object);
}

const struct object_ops wait_packet_ops = {
    .kind = "wait packet", .close = wait_packet__close, .destroy = wait_packet__destroy};

struct wait_packet *wait_packet_create(void)
{
    struct wait_packet *packet = slab_alloc(&wait_packet_slab);

    if (!packet)
        return NULL;
    port_set_packet_release(PACKET_WAIT, wait_packet__release);
    atomic_store_explicit(&packet->lock.word, 0, memory_order_relaxed);
    atomic_store_explicit(&packet->runs, 0, memory_order_relaxed);
    packet->state = WAIT_PACKET_FREE;
    packet->awaited = false;
    packet->port = NULL;
    packet->target = NULL;
    object_init(&packet->object, &wait_packet_ops, OBJ_REF_CALL);
    return packet;
}
