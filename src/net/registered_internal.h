/* SPDX-License-Identifier: MIT
 *
 * Request queues and requests, for net/registered*.c only.
 */
#ifndef NET_REGISTERED_INTERNAL_H
#define NET_REGISTERED_INTERNAL_H

#include "net/registered.h"
#include "net/socket.h"
#include "rio/queue.h"

#include <sys/socket.h>

/* What a datagram may carry beside its data. */
struct registered_message {
    struct msghdr header;
    struct iovec vector;
    struct sockaddr_storage address;
    /* Where the program wants to have it when a datagram has come; NULL: it does not. */
    void *local, *remote, *control, *flags;
    uint32_t control_room;
    void *kernels_control; /* allocated; or NULL */
};

struct registered_request {
    struct engine_request engine;
    struct rio_result result;
    struct registered_queue *queue;  /* referenced while the request is outstanding */
    struct socket *socket;           /* referenced while the request is in a lane */
    struct registered_request *next; /* free, or deferred; queue->lock */
    bool out;
    bool named;                          /* `message` is in use */
    struct registered_message message[]; /* one, of datagrams; none for streams */
};

/* A piece of memory full of requests. Those never used are not touched: a program may allow for
 * very many. */
struct registered_area {
    struct registered_area *next;
    uint32_t fresh, requests; /* used so far, of how many */
    _Alignas(struct registered_request) char memory[];
};

struct registered_lane {
    uint32_t most;                             /* 0: none, or the room is given back */
    uint32_t used;                             /* outstanding: started, deferred, or not dequeued */
    struct rio_queue *results;                 /* referenced */
    struct registered_request *first, **place; /* deferred, oldest first, and where the next goes */
};

struct registered_queue {
    struct object object;
    struct lock lock; /* all below, but for what never changes: results, context, size, stream */
    struct socket *socket; /* whose it is, not referenced; NULL once that is closed */
    uintptr_t id;
    uintptr_t context;
    uint32_t size;     /* of a request with its message */
    bool wants_packet; /* the kernel tells where datagrams came in */
    bool stream;
    struct registered_lane lanes[2];
    struct registered_request *free;
    struct registered_area *areas;
    uint32_t capacity; /* requests in all areas */
};

/* registered.c: what a call that starts requests takes from the queue. */
struct registered_taken {
    struct socket *socket;               /* referenced (OBJ_REF_CALL) */
    struct registered_request *deferred; /* to be started before; NULL if they shall stay */
    struct registered_request *request;  /* a new one; keeps the queue, but as yet unreferenced */
};

/* STATUS_INVALID_PARAMETER: the socket is closed; STATUS_INSUFFICIENT_RESOURCES: as many requests
 * are outstanding as may be. Without `request` only the deferred ones are taken. */
NTSTATUS registered_take(struct registered_queue *queue, bool out, bool request, bool commit,
                         struct registered_taken *taken);
/* The request was never started, or its result has been taken. Its queue's reference stays. */
void registered_return(struct registered_request *request);
/* Puts a request behind the deferred ones; false: the socket is closed. */
bool registered_defer(struct registered_request *request);

/* registered_request.c: the request is over; its result goes to its completion queue. */
void registered_finish(struct registered_request *request, NTSTATUS status, uintptr_t bytes);

#endif
