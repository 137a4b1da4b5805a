/* SPDX-License-Identifier: MIT
 *
 * Completion queues: results in, results out, and telling that there are some.
 *
 * The packet that tells a port is made when telling is asked for, so it cannot be lost later. It is
 * queued after the lock is dropped; an event is set under it, so that setting it and resetting it
 * for the next time keep their order.
 *
 * Locks: queue->lock, which is taken under a lane's; under it, what setting an event takes.
 */
#include "rio/queue.h"

#include "rio/id.h"
#include "rio/poll_internal.h"
#include "status/status.h"

#include "base/slab.h"

struct rio_queue {
    struct object object;
    struct lock lock;    /* what follows up to the notification */
    _Atomic bool closed; /* read without it too */
    bool armed;          /* RIONotify was called and nothing was told since */
    uint32_t size, promised;
    uint32_t telling; /* results in the queue that are not quiet */
    struct rio_result *first, *last;
    struct packet *packet; /* of the port, while armed */
    struct rio_notification notification;
    struct rio_poll poll;
};

static struct slab queue_slab = {.size = sizeof(struct rio_queue), .index = SLAB_RIO_QUEUE};

static void queue__destroy(struct object *object)
{
    struct rio_queue *queue = (struct rio_queue *)object;

    rio_poll_finish(&queue->poll);
    if (queue->notification.event)
        object_unref(&queue->notification.event->object, OBJ_REF_EVENT);
    if (queue->notification.port)
        object_unref(port_object(queue->notification.port), OBJ_REF_ASSOCIATION);
    slab_free(&queue_slab, queue);
}

static const struct object_ops queue_ops = {.kind = "completion queue", .destroy = queue__destroy};

NTSTATUS rio_queue_create(uint32_t size, const struct rio_notification *notification, uintptr_t *id)
{
    if (size == 0 || size > RIO_QUEUE_MOST)
        return STATUS_INVALID_PARAMETER;
    struct rio_queue *queue = slab_alloc(&queue_slab);
    if (!queue)
        return STATUS_INSUFFICIENT_RESOURCES;
    queue->lock = (struct lock){0};
    queue->closed = queue->armed = false;
    queue->size = size;
    queue->promised = queue->telling = 0;
    queue->first = queue->last = NULL;
    queue->packet = NULL;
    queue->notification = *notification;
    rio_poll_init(&queue->poll);
    if (notification->event)
        object_ref(&notification->event->object, OBJ_REF_EVENT);
    if (notification->port)
        object_ref(port_object(notification->port), OBJ_REF_ASSOCIATION);
    object_init(&queue->object, &queue_ops, OBJ_REF_HANDLE);
    *id = rio_id_open(RIO_ID_QUEUE, &(struct rio_named){.value = queue});
    if (*id)
        return STATUS_SUCCESS;
    object_unref(&queue->object, OBJ_REF_HANDLE);
    return STATUS_INSUFFICIENT_RESOURCES;
}

struct rio_queue *rio_queue_get(uintptr_t id)
{
    return (struct rio_queue *)rio_id_get(id, RIO_ID_QUEUE);
}

struct port_source *rio_queue_source(struct rio_queue *queue,
                                     struct port_source *(*make)(struct port *))
{
    if (queue->notification.port)
        return port_source(queue->notification.port, make);
    return queue->notification.event ? NULL : rio_poll_source(&queue->poll, make);
}

static void queue__give_back(struct rio_result *results)
{
    while (results) {
        struct rio_result *next = results->next;
        results->taken(results);
        results = next;
    }
}

void rio_queue_close(uintptr_t id)
{
    struct rio_named named;

    if (!rio_id_close(id, RIO_ID_QUEUE, &named))
        return;
    struct rio_queue *queue = named.value;
    lock_take(&queue->lock);
    struct rio_result *results = queue->first;
    struct packet *packet = queue->packet;
    queue->closed = true;
    queue->armed = false;
    queue->first = queue->last = NULL;
    queue->telling = 0;
    queue->packet = NULL;
    lock_drop(&queue->lock);
    if (packet)
        port_packet_free(packet);
    queue__give_back(results);
    object_unref(&queue->object, OBJ_REF_HANDLE);
}

bool rio_queue_is_closed(struct rio_queue *queue)
{
    return atomic_load_explicit(&queue->closed, memory_order_relaxed);
}

NTSTATUS rio_queue_resize(struct rio_queue *queue, uint32_t size)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (size == 0 || size > RIO_QUEUE_MOST)
        return STATUS_INVALID_PARAMETER;
    lock_take(&queue->lock);
    if (queue->promised > size)
        status = STATUS_OF_WINSOCK(10059);
    else
        queue->size = size;
    lock_drop(&queue->lock);
    return status;
}

bool rio_queue_promise(struct rio_queue *queue, uint32_t results)
{
    lock_take(&queue->lock);
    bool fits = results <= queue->size - queue->promised;
    if (fits)
        queue->promised += results;
    lock_drop(&queue->lock);
    return fits;
}

void rio_queue_give_back(struct rio_queue *queue, uint32_t results)
{
    lock_take(&queue->lock);
    ASSERT(results <= queue->promised);
    queue->promised -= results;
    lock_drop(&queue->lock);
}

/* It is not armed any more. What is left to do without the lock: the packet to queue, or NULL. */
static struct packet *queue__tell(struct rio_queue *queue)
{
    lock_assert_held(&queue->lock);
    struct packet *packet = queue->packet;

    queue->packet = NULL;
    queue->armed = false;
    if (queue->notification.event)
        dispatcher_set(queue->notification.event);
    return packet;
}

void rio_queue_put(struct rio_queue *queue, struct rio_result *result)
{
    struct packet *packet = NULL;

    result->next = NULL;
    lock_take(&queue->lock);
    if (UNLIKELY(queue->closed)) {
        lock_drop(&queue->lock);
        result->taken(result);
        return;
    }
    if (queue->last)
        queue->last->next = result;
    else
        queue->first = result;
    queue->last = result;
    if (!result->quiet) {
        queue->telling++;
        if (queue->armed)
            packet = queue__tell(queue);
    }
    lock_drop(&queue->lock);
    if (packet)
        port_insert(queue->notification.port, packet, true);
}

static uint32_t queue__take(struct rio_queue *queue, struct rio_entry *entries, uint32_t most)
{
    uint32_t taken = 0;

    shield_raise();
    lock_take(&queue->lock);
    struct rio_result *results = queue->first;
    struct rio_result *last = NULL;
    struct rio_result *next = results;
    for (; next && taken < most; next = next->next) {
        queue->telling -= !next->quiet;
        last = next;
        taken++;
    }
    queue->first = next;
    if (!next)
        queue->last = NULL;
    lock_drop(&queue->lock);
    if (last)
        last->next = NULL;
    for (struct rio_result *result = results; result; result = result->next)
        *entries++ = result->entry;
    queue__give_back(results);
    shield_lower();
    return taken;
}

uint32_t rio_queue_take(struct rio_queue *queue, struct rio_entry *entries, uint32_t most)
{
    if (most == 0)
        return 0;
    uint32_t taken = queue__take(queue, entries, most);
    if (!taken && rio_poll_now(&queue->poll))
        taken = queue__take(queue, entries, most);
    return taken;
}

NTSTATUS rio_queue_notify(struct rio_queue *queue)
{
    const struct rio_notification *how = &queue->notification;
    struct packet *packet = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!how->port && !how->event)
        return STATUS_INVALID_PARAMETER;
    if (how->port) {
        packet = port_packet_new(how->key, how->overlapped);
        if (!packet)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    shield_raise();
    lock_take(&queue->lock);
    if (queue->closed || queue->armed) {
        status = queue->closed ? STATUS_INVALID_PARAMETER : STATUS_OF_WINSOCK(10037);
    } else {
        if (how->event && how->reset)
            dispatcher_reset(how->event);
        queue->armed = true;
        queue->packet = packet;
        packet = queue->telling ? queue__tell(queue) : NULL;
    }
    lock_drop(&queue->lock);
    if (packet && status == STATUS_SUCCESS)
        port_insert(how->port, packet, true);
    else if (packet)
        port_packet_free(packet);
    shield_lower();
    return status;
}
