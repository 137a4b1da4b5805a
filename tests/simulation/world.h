/* SPDX-License-Identifier: MIT
 *
 * What is around the port in the simulation: memory, /proc, the clock, the source of completions
 * with its service thread, and the packets, every one of which has a number.
 */
#ifndef SIMULATION_WORLD_H
#define SIMULATION_WORLD_H

#include "machine.h"

#include <sys/types.h>
#include <time.h>

/* The calling thread is terminated where it is. */
void world_thread_dies(void);

/* For real.c, in place of the C library's. */
int world_time(struct timespec *result);
long world_thread_id(void);
ssize_t world_read_own_link(char *link, size_t size);
int world_open_stat(const char *path);
ssize_t world_read_stat(int file, char *text, size_t size);
int world_close_stat(int file);
int world_yield(void);
int world_is_watchdog(void);
bool real_watched(struct port *port);
bool real_watchdog_runs(void);

/* Packets: made, put in, taken out, given back. */
enum { WORLD_PACKETS = 1024 };
struct world_packet {
    struct packet packet; /* of those that an operation would own */
    struct port *port;
    bool inserted, delivered, released, thrown_away;
    bool given;     /* handed to a waiter */
    bool put_back;  /* taken from it again because it was killed; its turn is lost */
    uint32_t place; /* its place in the queue's order, 0: never seen there */
};
extern struct world_packet world_packets[WORLD_PACKETS];
extern uint32_t world_packet_count;
extern unsigned world_lost; /* packets that a killed thread may have had in its hands */
extern bool world_has_proc;

void world_reset(void);
struct world_packet *world_packet_new(struct port *port);
struct world_packet *world_packet_of(const struct packet *packet);

/* A source: completions are made ready, whoever polls inserts them. */
struct world_source {
    struct port_source source;
    struct port *port;
    uint32_t ready[64];
    uint32_t first, last;
    bool edge; /* a kick that nobody has taken */
    bool left;
    int references;
};
struct port_source *world_make_source(struct port *port);
struct world_source *world_source_of(struct port *port);
/* A completion is there. False if too many are. */
bool world_complete(struct port *port);
/* All files are closed: what is ready will not be inserted any more. */
void world_drop_completions(void);
void world_start_service(void);
void world_stop_service(void);
/* Everything that was taken has been given back. */
void world_check_clean(void);

#endif
