/* SPDX-License-Identifier: MIT
 *
 * Request queues: made, resized, closed with their socket; and the requests' memory, which is all
 * there from the start, so that starting a request does not fail for want of it.
 *
 * A request counts as outstanding until its result was dequeued; that is what the room in the
 * completion queues is promised for. The socket keeps its request queue until it is destroyed, and
 * every outstanding request does.
 *
 * Locks: queue->lock, taken under a lane's; under it, a completion queue's.
 */
#include "net/registered_internal.h"

#include "rio/id.h"

#include "base/fault.h"
#include "base/slab.h"

#include <stdlib.h>

static struct slab registered_slab = {.size = sizeof(struct registered_queue),
                                      .index = SLAB_RIO_REQUESTS};

void socket_allow_registered(struct socket *socket)
{
    socket_set(socket, SOCKET_REGISTERED);
}

static void registered__destroy(struct object *object)
{
    struct registered_queue *queue = (struct registered_queue *)object;
    struct registered_area *area = queue->areas;

    while (area) {
        struct registered_area *next = area->next;
        free(area);
        area = next;
    }
    for (int lane = 0; lane < 2; lane++)
        object_unref(rio_queue_object(queue->lanes[lane].results), OBJ_REF_ASSOCIATION);
    slab_free(&registered_slab, queue);
}

static const struct object_ops registered_ops = {.kind = "request queue",
                                                 .destroy = registered__destroy};

/* More memory for requests; the lock is held, or nobody else knows the queue yet. */
static bool registered__grow(struct registered_queue *queue, uint64_t requests)
{
    struct registered_area *area;

    if (requests <= queue->capacity)
        return true;
    requests -= queue->capacity;
    if (requests > (SIZE_MAX - sizeof *area) / queue->size)
        return false;
    area = fault_malloc(sizeof *area + (size_t)requests * queue->size);
    if (!area)
        return false;
    area->fresh = 0;
    area->requests = (uint32_t)requests;
    area->next = queue->areas;
    queue->areas = area;
    queue->capacity += (uint32_t)requests;
    return true;
}

/* Promises of room in both completion queues, or none. */
static bool registered__promise(struct registered_queue *queue, const uint32_t more[2])
{
    if (!rio_queue_promise(queue->lanes[ENGINE_IN].results, more[ENGINE_IN]))
        return false;
    if (rio_queue_promise(queue->lanes[ENGINE_OUT].results, more[ENGINE_OUT]))
        return true;
    rio_queue_give_back(queue->lanes[ENGINE_IN].results, more[ENGINE_IN]);
    return false;
}

/* The references to the completion queues are the caller's to end if this fails. */
static struct registered_queue *registered__make(struct socket *socket,
                                                 const struct registered_limits *limits,
                                                 struct rio_queue *const results[2])
{
    struct registered_queue *queue = slab_alloc(&registered_slab);
    size_t message = socket_has(socket, SOCKET_STREAM) ? 0 : sizeof(struct registered_message);

    if (!queue)
        return NULL;
    queue->lock = (struct lock){0};
    queue->socket = socket;
    queue->context = limits->context;
    queue->size = (uint32_t)(sizeof(struct registered_request) + message);
    queue->wants_packet = false;
    queue->stream = message == 0;
    queue->free = NULL;
    queue->areas = NULL;
    queue->capacity = 0;
    for (int lane = 0; lane < 2; lane++) {
        queue->lanes[lane] =
            (struct registered_lane){.most = limits->most[lane], .results = results[lane]};
        queue->lanes[lane].place = &queue->lanes[lane].first;
    }
    if (registered__grow(queue, (uint64_t)limits->most[0] + limits->most[1])) {
        if (registered__promise(queue, limits->most)) {
            object_init(&queue->object, &registered_ops, OBJ_REF_ASSOCIATION);
            return queue;
        }
        free(queue->areas);
    }
    slab_free(&registered_slab, queue);
    return NULL;
}

/* Gives the room back of a direction in which nothing is outstanding any more. */
static uint32_t registered__spare(struct registered_queue *queue, int lane)
{
    lock_assert_held(&queue->lock);
    uint32_t most = queue->lanes[lane].most;

    if (queue->socket || queue->lanes[lane].used)
        return 0;
    queue->lanes[lane].most = 0;
    return most;
}

static void registered__give_back(struct registered_queue *queue)
{
    uint32_t spare[2];

    lock_take(&queue->lock);
    for (int lane = 0; lane < 2; lane++)
        spare[lane] = registered__spare(queue, lane);
    lock_drop(&queue->lock);
    for (int lane = 0; lane < 2; lane++)
        if (spare[lane])
            rio_queue_give_back(queue->lanes[lane].results, spare[lane]);
}

/* Names the queue and files it with its socket; the reference is the socket's then. */
static NTSTATUS registered__file(struct registered_queue *queue, struct socket *socket)
{
    struct rio_named named = {.value = queue};
    NTSTATUS status = STATUS_SUCCESS;

    queue->id = rio_id_open(RIO_ID_REQUESTS, &named);
    if (!queue->id)
        return STATUS_INSUFFICIENT_RESOURCES;
    lock_take(&socket->file.lock);
    struct socket_extra *extra = socket_has_extra(socket);
    if (extra->registered || socket_has(socket, SOCKET_CLOSED))
        status = STATUS_INVALID_PARAMETER; /* one for each socket */
    else
        extra->registered = queue;
    lock_drop(&socket->file.lock);
    if (status != STATUS_SUCCESS)
        rio_id_close(queue->id, RIO_ID_REQUESTS, NULL);
    return status;
}

static NTSTATUS registered__create(struct socket *socket, const struct registered_limits *limits,
                                   struct rio_queue *const results[2], uintptr_t *id)
{
    if (!socket_need_extra(socket))
        return STATUS_INSUFFICIENT_RESOURCES;
    struct registered_queue *queue = registered__make(socket, limits, results);
    if (!queue)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (int lane = 0; lane < 2; lane++)
        object_ref(rio_queue_object(results[lane]), OBJ_REF_ASSOCIATION);
    NTSTATUS status = registered__file(queue, socket);
    if (status != STATUS_SUCCESS) {
        lock_take(&queue->lock);
        queue->socket = NULL;
        lock_drop(&queue->lock);
        registered__give_back(queue);
        object_unref(&queue->object, OBJ_REF_ASSOCIATION);
        return status;
    }
    /* Who is to take the results polls for the requests: no other thread has to. */
    struct port_source *source = rio_queue_source(results[ENGINE_IN], io_source_make);
    if (!source)
        source = rio_queue_source(results[ENGINE_OUT], io_source_make);
    if (source)
        io_file_poll_with(&socket->file, source);
    *id = queue->id;
    return STATUS_SUCCESS;
}

NTSTATUS registered_create(struct socket *socket, const struct registered_limits *limits,
                           uintptr_t *id)
{
    struct rio_queue *results[2];
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (limits->most[0] == 0 && limits->most[1] == 0)
        return status;
    if (!socket_has(socket, SOCKET_REGISTERED) ||
        (socket_type(socket) != SOCK_STREAM && socket_type(socket) != SOCK_DGRAM) ||
        (socket_family(socket) != AF_INET && socket_family(socket) != AF_INET6))
        return STATUS_NOT_SUPPORTED;
    if (limits->most[0] > RIO_QUEUE_MOST || limits->most[1] > RIO_QUEUE_MOST)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (int lane = 0; lane < 2; lane++)
        results[lane] = rio_queue_get(limits->queues[lane]);
    if (results[0] && results[1])
        status = registered__create(socket, limits, results, id);
    for (int lane = 0; lane < 2; lane++)
        if (results[lane])
            object_unref(rio_queue_object(results[lane]), OBJ_REF_CALL);
    return status;
}

/* Under the lock. */
static NTSTATUS registered__resize(struct registered_queue *queue, const uint32_t most[2])
{
    uint32_t more[2], less[2];

    for (int lane = 0; lane < 2; lane++) {
        uint32_t is = queue->lanes[lane].most;
        if (most[lane] < queue->lanes[lane].used)
            return STATUS_OF_WINSOCK(10059);
        more[lane] = most[lane] > is ? most[lane] - is : 0;
        less[lane] = most[lane] < is ? is - most[lane] : 0;
    }
    if (!queue->socket)
        return STATUS_INVALID_PARAMETER;
    if (!registered__promise(queue, more))
        return STATUS_INSUFFICIENT_RESOURCES;
    bool grown = registered__grow(queue, (uint64_t)most[0] + most[1]);
    for (int lane = 0; lane < 2; lane++) {
        if (grown)
            queue->lanes[lane].most = most[lane];
        rio_queue_give_back(queue->lanes[lane].results, grown ? less[lane] : more[lane]);
    }
    return grown ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS registered_resize(uintptr_t id, const uint32_t most[2])
{
    struct registered_queue *queue = (struct registered_queue *)rio_id_get(id, RIO_ID_REQUESTS);

    if (!queue)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    if (most[0] || most[1]) {
        lock_take(&queue->lock);
        status = registered__resize(queue, most);
        lock_drop(&queue->lock);
    }
    object_unref(&queue->object, OBJ_REF_CALL);
    return status;
}

/* A request's memory. As many are there as may be outstanding. */
static struct registered_request *registered__pick(struct registered_queue *queue)
{
    lock_assert_held(&queue->lock);
    struct registered_request *request = queue->free;

    if (request) {
        queue->free = request->next;
        return request;
    }
    struct registered_area *area = queue->areas;
    while (area->fresh == area->requests)
        area = area->next;
    return (struct registered_request *)(void *)(area->memory +
                                                 (size_t)area->fresh++ * queue->size);
}

/* All deferred requests of a direction, oldest first. */
static struct registered_request *registered__take_deferred(struct registered_lane *lane)
{
    struct registered_request *first = lane->first;

    lane->first = NULL;
    lane->place = &lane->first;
    return first;
}

NTSTATUS registered_take(struct registered_queue *queue, bool out, bool request, bool commit,
                         struct registered_taken *taken)
{
    struct registered_lane *lane = &queue->lanes[out];
    NTSTATUS status = STATUS_SUCCESS;

    lock_take(&queue->lock);
    if (!queue->socket) {
        status = STATUS_INVALID_PARAMETER;
    } else if (request && lane->used >= lane->most) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        object_ref(file_object(&queue->socket->file), OBJ_REF_CALL);
        taken->socket = queue->socket;
        taken->deferred = commit ? registered__take_deferred(lane) : NULL;
        lane->used += request;
        taken->request = request ? registered__pick(queue) : NULL;
    }
    lock_drop(&queue->lock);
    if (status == STATUS_SUCCESS && request) {
        taken->request->queue = queue;
        taken->request->out = out;
        taken->request->named = false;
    }
    return status;
}

void registered_return(struct registered_request *request)
{
    struct registered_queue *queue = request->queue;
    struct registered_lane *lane = &queue->lanes[request->out];

    lock_take(&queue->lock);
    request->next = queue->free;
    queue->free = request;
    lane->used--;
    uint32_t spare = registered__spare(queue, lane == &queue->lanes[ENGINE_OUT]);
    lock_drop(&queue->lock);
    if (UNLIKELY(spare))
        rio_queue_give_back(lane->results, spare);
}

bool registered_defer(struct registered_request *request)
{
    struct registered_queue *queue = request->queue;
    struct registered_lane *lane = &queue->lanes[request->out];

    request->next = NULL;
    lock_take(&queue->lock);
    bool open = queue->socket != NULL;
    if (open) {
        *lane->place = request;
        lane->place = &request->next;
    }
    lock_drop(&queue->lock);
    return open;
}

void socket_close_registered(struct socket *socket)
{
    lock_take(&socket->file.lock);
    const struct socket_extra *extra = socket_has_extra(socket);
    struct registered_queue *queue = extra ? extra->registered : NULL;
    lock_drop(&socket->file.lock);
    if (!queue)
        return;
    struct registered_request *deferred[2];

    rio_id_close(queue->id, RIO_ID_REQUESTS, NULL);
    lock_take(&queue->lock);
    queue->socket = NULL;
    for (int out = 0; out < 2; out++)
        deferred[out] = registered__take_deferred(&queue->lanes[out]);
    lock_drop(&queue->lock);
    for (int out = 0; out < 2; out++) {
        struct registered_request *request = deferred[out];
        while (request) {
            struct registered_request *next = request->next;
            registered_finish(request, STATUS_CANCELLED, 0);
            request = next;
        }
    }
    registered__give_back(queue);
}

void socket_free_registered(struct registered_queue *queue)
{
    if (queue)
        object_unref(&queue->object, OBJ_REF_ASSOCIATION);
}
