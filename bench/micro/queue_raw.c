/* SPDX-License-Identifier: MIT
 *
 * One mutex around all of it, one condition variable that takers wait on. Nobody is signalled when
 * nobody waits, and the signal is given after the mutex: what a careful hand does. */
#define _GNU_SOURCE
#include "queue_raw.h"
#include "turns.h"

#include <pthread.h>
#include <stdlib.h>

enum { RING_FIRST = 1024 };

struct node {
    struct node *next;
    struct queue_packet packet;
};

struct queue_raw {
    enum queue_raw_kind kind;
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    size_t count; /* under mutex, as all that follows */
    unsigned waiting;
    struct queue_packet *ring;
    size_t capacity; /* a power of two */
    size_t first;
    struct node *head, **tail;
};

struct queue_raw *queue_raw_create(enum queue_raw_kind kind)
{
    struct queue_raw *queue = calloc(1, sizeof(*queue));

    if (!queue)
        return NULL;
    queue->ring = malloc(RING_FIRST * sizeof(*queue->ring));
    if (!queue->ring) {
        free(queue);
        return NULL;
    }
    queue->kind = kind;
    queue->capacity = RING_FIRST;
    queue->tail = &queue->head;
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_cond_init(&queue->filled, NULL);
    return queue;
}

static void queue_raw__grow(struct queue_raw *queue)
{
    struct queue_packet *larger = malloc(2 * queue->capacity * sizeof(*larger));

    if (!larger)
        turns_die("queue");
    for (size_t i = 0; i < queue->count; i++)
        larger[i] = queue->ring[(queue->first + i) & (queue->capacity - 1)];
    free(queue->ring);
    queue->ring = larger;
    queue->capacity *= 2;
    queue->first = 0;
}

static struct node *queue_raw__node(const struct queue_packet *packet)
{
    struct node *node = malloc(sizeof(*node));

    if (!node)
        turns_die("queue");
    *node = (struct node){.packet = *packet};
    return node;
}

static void queue_raw__push(struct queue_raw *queue, const struct queue_packet *packet,
                            struct node *node)
{
    if (node) {
        *queue->tail = node;
        queue->tail = &node->next;
    } else {
        if (queue->count == queue->capacity)
            queue_raw__grow(queue);
        queue->ring[(queue->first + queue->count) & (queue->capacity - 1)] = *packet;
    }
    queue->count++;
}

void queue_raw_put(struct queue_raw *queue, const struct queue_packet *packet)
{
    struct node *node = queue->kind == QUEUE_RAW_LIST ? queue_raw__node(packet) : NULL;

    pthread_mutex_lock(&queue->mutex);
    queue_raw__push(queue, packet, node);
    unsigned waiting = queue->waiting;
    pthread_mutex_unlock(&queue->mutex);
    if (waiting)
        pthread_cond_signal(&queue->filled);
}

static void queue_raw__await(struct queue_raw *queue)
{
    while (!queue->count) {
        queue->waiting++;
        pthread_cond_wait(&queue->filled, &queue->mutex);
        queue->waiting--;
    }
}

/* The whole of what is to be taken is cut off at once, and freed after the mutex. */
static unsigned queue_raw__take_list(struct queue_raw *queue, struct queue_packet *packets,
                                     unsigned most)
{
    struct node *node = queue->head, **end = &queue->head, *next;
    unsigned taken = 0;

    for (; taken < most && *end; taken++)
        end = &(*end)->next;
    queue->head = *end;
    if (!queue->head)
        queue->tail = &queue->head;
    queue->count -= taken;
    pthread_mutex_unlock(&queue->mutex);
    for (unsigned i = 0; i < taken; i++, node = next) {
        packets[i] = node->packet;
        next = node->next;
        free(node);
    }
    return taken;
}

static unsigned queue_raw__take_ring(struct queue_raw *queue, struct queue_packet *packets,
                                     unsigned most)
{
    unsigned taken = 0;

    while (taken < most && queue->count) {
        packets[taken++] = queue->ring[queue->first];
        queue->first = (queue->first + 1) & (queue->capacity - 1);
        queue->count--;
    }
    pthread_mutex_unlock(&queue->mutex);
    return taken;
}

unsigned queue_raw_take(struct queue_raw *queue, struct queue_packet *packets, unsigned most)
{
    pthread_mutex_lock(&queue->mutex);
    queue_raw__await(queue);
    if (queue->kind == QUEUE_RAW_LIST)
        return queue_raw__take_list(queue, packets, most);
    return queue_raw__take_ring(queue, packets, most);
}
