/* SPDX-License-Identifier: MIT
 *
 * The queues that a program for Linux has in place of a port: a mutex and a condition variable
 * around packets, first in, first out, without a limit, for any number of threads on both sides. */
#ifndef BENCH_QUEUE_RAW_H
#define BENCH_QUEUE_RAW_H

#include <stdint.h>

struct queue_packet {
    uint32_t bytes;
    uintptr_t key;
    void *overlapped;
};

enum queue_raw_kind {
    QUEUE_RAW_RING, /* an array that doubles when it is full: no allocation for a packet */
    QUEUE_RAW_LIST, /* malloc and free for each packet */
};

struct queue_raw;

/* NULL: no memory. */
struct queue_raw *queue_raw_create(enum queue_raw_kind kind);

void queue_raw_put(struct queue_raw *queue, const struct queue_packet *packet);

/* Waits until there is one; takes up to `most`. Returns how many. */
unsigned queue_raw_take(struct queue_raw *queue, struct queue_packet *packets, unsigned most);

#endif
