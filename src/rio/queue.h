/* SPDX-License-Identifier: MIT
 *
 * Completion queues of registered I/O (RIO-2 to RIO-5). Results lie in the requests that they are
 * of, so a queue is a list that owns no memory: its size is a promise of room, kept by counting.
 */
#ifndef RIO_QUEUE_H
#define RIO_QUEUE_H

#include "port/port.h"
#include "wait/dispatcher.h"

struct rio_queue;

/* RIO_MAX_CQ_SIZE */
enum { RIO_QUEUE_MOST = 0x8000000 };

/* RIORESULT. */
struct rio_entry {
    int32_t status; /* 0 or a Winsock error */
    uint32_t bytes;
    uint64_t socket_context, request_context;
};

/* A request's result, in the request's memory. */
struct rio_result {
    struct rio_result *next;
    struct rio_entry entry;
    bool quiet; /* RIO_MSG_DONT_NOTIFY */
    /* It was taken, or thrown away: the memory is its owner's again. Called with no lock of this
     * room held, but perhaps under a lane's. */
    void (*taken)(struct rio_result *result);
};

/* How a queue tells; all NULL: it does not. The references stay the caller's. */
struct rio_notification {
    struct dispatcher *event;
    bool reset; /* the event, when telling is asked for */
    struct port *port;
    uintptr_t key;
    void *overlapped;
};

/* STATUS_INVALID_PARAMETER (size), STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS rio_queue_create(uint32_t size, const struct rio_notification *notification,
                          uintptr_t *id);

/* The queue of this name with a reference (OBJ_REF_CALL), or NULL. */
struct rio_queue *rio_queue_get(uintptr_t id);
static inline struct object *rio_queue_object(struct rio_queue *queue)
{
    return (struct object *)queue;
}

/* Throws away what is in the queue and what still comes; an unknown name is ignored. */
void rio_queue_close(uintptr_t id);
bool rio_queue_is_closed(struct rio_queue *queue);

/* STATUS_INVALID_PARAMETER (size); STATUS_OF_WINSOCK(10059): less than is promised already. */
NTSTATUS rio_queue_resize(struct rio_queue *queue, uint32_t size);

/* Promises room for so many results more; false if there is none. */
bool rio_queue_promise(struct rio_queue *queue, uint32_t results);
void rio_queue_give_back(struct rio_queue *queue, uint32_t results);

/* Where requests whose results come here are best polled for: at the port that is told, or by who
 * dequeues from a queue that tells nobody; made by `make` on the first call. NULL: anywhere. */
struct port_source *rio_queue_source(struct rio_queue *queue,
                                     struct port_source *(*make)(struct port *));

/* A request is over: its result is the queue's until `taken`. Called under a lane's lock. */
void rio_queue_put(struct rio_queue *queue, struct rio_result *result);

/* Moves up to `most` results to the entries, oldest first; returns how many. */
uint32_t rio_queue_take(struct rio_queue *queue, struct rio_entry *entries, uint32_t most);

/* RIONotify. STATUS_INVALID_PARAMETER: closed, or it tells nobody; STATUS_INSUFFICIENT_RESOURCES;
 * STATUS_OF_WINSOCK(10037): it has not told since the last time. */
NTSTATUS rio_queue_notify(struct rio_queue *queue);

#endif
