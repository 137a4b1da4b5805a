/* SPDX-License-Identifier: MIT
 *
 * One connection to the server: opening it, sending requests, checking answers. Used by one
 * thread at a time, takes no lock. Every failure is told to the run's control. */
#ifndef IOCP_LOAD_CONNECTION_H
#define IOCP_LOAD_CONNECTION_H

#include "control.h"
#include "histogram.h"

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection {
    int fd;
    unsigned index;
    uint32_t send_place;    /* in the stream's period */
    uint32_t receive_place; /* likewise */
    uint64_t sent;          /* bytes the kernel took */
    uint64_t received;      /* bytes that came back right */
    size_t unsent;          /* bytes of started requests the kernel has not taken yet */
    size_t partial;         /* bytes received of the oldest unanswered request */
    uint64_t *started;      /* ring of `depth`: when each unanswered request was started */
    unsigned oldest;
    unsigned in_flight;
    bool wants_write; /* registered for EPOLLOUT */
};

/* What all connections of a run share. */
struct connection_plan {
    struct control *control;
    const struct addrinfo *address;
    size_t size;
    unsigned depth;
    double timeout;
    double wait;
    bool reconnect;  /* each request has a connection of its own */
    double mean_gap; /* of an open load, nanoseconds between a thread's requests; 0: closed */
};

/* Opens a blocking connection with TCP_NODELAY. -1: failed, control knows. */
int connection_open(struct connection *connection, const struct connection_plan *plan,
                    unsigned index);

void connection_close(struct connection *connection);

/* Resets the connection and opens another in its place, prepared as it was; its stream goes on
 * there. Leaves nothing in TIME_WAIT. -1: failed, control knows. */
int connection_renew(struct connection *connection, const struct connection_plan *plan);

/* One request on a blocking connection, its answer checked. -1: failed, control knows. */
int connection_echo_once(struct connection *connection, const struct connection_plan *plan);

/* Makes it non-blocking and ready for connection_start. */
int connection_prepare(struct connection *connection, const struct connection_plan *plan);

/* Starts requests; what the kernel does not take at once remains in `unsent`. */
int connection_start(struct connection *connection, const struct connection_plan *plan,
                     unsigned requests, uint64_t now);

/* Sends on what is unsent. */
int connection_push(struct connection *connection, const struct connection_plan *plan);

/* Reads once and checks. Returns how many requests were completed by it, -1 on failure; the
 * time after the read goes to *now and latencies to the histogram, when there is one. */
int connection_pull(struct connection *connection, const struct connection_plan *plan,
                    struct histogram *histogram, uint64_t *now);

uint64_t connection_clock(void);

#endif
