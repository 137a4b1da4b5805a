/* SPDX-License-Identifier: MIT
 *
 * Completion ports: a FIFO of packets, a LIFO of waiting threads, and a limit on how many of its
 * threads run (rules PORT and SCHED in docs/contract.md). A packet has no past here: this room does
 * not know what I/O is. Where completions come from it knows only as a source, a few functions that
 * the waiting thread may run instead of sleeping.
 */
#ifndef PORT_PORT_H
#define PORT_PORT_H

#include "port/packet.h"
#include "wait/dispatcher.h"

#include <stdbool.h>
#include <stdint.h>

struct port;

extern const struct object_ops port_ops;

/* What one removed packet says. */
struct port_entry {
    uintptr_t key;
    void *overlapped;
    uintptr_t information;
    NTSTATUS status;
};

/* Where a port's I/O completions come from. */
struct port_source {
    /* After so many removals without a poll the source is polled although packets are there. */
    uint32_t look_in_every;
    /* Waits until completions were inserted, `most` or fewer, the deadline, or a kick; may return
     * early. Called without the port's lock, which it takes; the others are called with it. */
    void (*poll)(struct port_source *source, int64_t deadline, uint32_t most);
    /* Makes the poll in progress, or else the next one, return. */
    void (*kick)(struct port_source *source);
    /* Nobody of the port's threads is there to poll: see to it otherwise, until taken back. False
     * if that cannot be done now. Both under the lock, so that the last of them that happens is the
     * last that was decided. */
    bool (*leave)(struct port_source *source);
    void (*take_back)(struct port_source *source);
    void (*destroy)(struct port_source *source);
    /* Called every millisecond or so, without the lock, while a thread that is bound to any port
     * may be computing: it may hold up completions that others wait for. NULL: not needed. */
    void (*nudge)(void);
};

/* A new port with one reference (OBJ_REF_CALL); limit 0: as many as the process has processors.
 * NULL when memory is short. */
struct port *port_create(uint32_t limit);

static inline struct object *port_object(struct port *port)
{
    return (struct object *)port;
}

/* The source of completions, made by `make` on the first call; NULL if that fails. */
struct port_source *port_source(struct port *port, struct port_source *(*make)(struct port *));

/* Whether a thread waits in the source, or is on its way there or back. Takes no lock. */
bool port_is_polled(struct port *port);

/* A file was associated, or an associated one closed: for the count of devices. */
void port_count_device(struct port *port, int change);

/* Whoever starts threads for a port when it runs short of them. */
struct port_supply {
    /* A packet waits, one more thread may run, and none is there to take it. Called without the
     * port's lock, by the watchdog or by a thread of the port that is about to block. */
    void (*grow)(struct port_supply *supply);
};

/* False if there can be no watchdog now. NULL: nobody does any more; returns when the watchdog is
 * not calling the one before. */
bool port_set_supply(struct port *port, struct port_supply *supply);

/* How many more threads could be let out at this moment if they were there. */
uint32_t port_wanted(struct port *port);

/* How packets of an owner are given back once they have been taken or thrown away. */
void port_set_packet_release(enum packet_owner owner, void (*release)(struct packet *packet));

/* A packet of 0 bytes and success that this room releases: made ahead by whoever may not fail to
 * queue it later. NULL when memory is short. Freed again if it never was queued. */
struct packet *port_packet_new(uintptr_t key, void *overlapped);
void port_packet_free(struct packet *packet);

/* Queues a packet, or hands it to the newest waiter (SCHED-1). The packet is the port's from now
 * on; a closed port throws it away (PORT-21).
 * A thread of this port that runs under the limit is about to come back for more, so what *it*
 * inserts with `soon` wakes nobody else at once; the watchdog sees to it if it does not come. */
void port_insert(struct port *port, struct packet *packet, bool soon);

/* The same, but false, with the packet still the caller's, if the port was closed. */
bool port_offer(struct port *port, struct packet *packet, bool soon);

/* Something is about to show that a packet will come, to whom it must not seem to be missing then
 * (PKT-16): from here on until the second call, which comes after the packet was inserted, nobody
 * is told that the queue is empty. Keeps the port. */
void port_announce(struct port *port);
void port_announced(struct port *port);

/* Whether the packet lies in the queue; with `remove` it does not any more and is the caller's.
 * Takes as long as the queue is. */
bool port_withdraw(struct port *port, struct packet *packet, bool remove);

/* PostQueuedCompletionStatus. STATUS_INSUFFICIENT_RESOURCES when memory is short. */
NTSTATUS port_post(struct port *port, uintptr_t key, void *overlapped, uintptr_t information,
                   NTSTATUS status);

/* Removes up to `count` packets for the calling thread, which is bound to the port by this
 * (SCHED-11). STATUS_SUCCESS with *removed >= 1, STATUS_TIMEOUT, STATUS_ABANDONED (closed), or
 * STATUS_USER_APC if `alertable` and APCs ran (GQX-4, 5). */
NTSTATUS port_remove(struct port *port, struct port_entry *entries, uint32_t count,
                     uint32_t *removed, int64_t deadline, bool alertable);

/* The same for one packet, not alertably: the way that is gone most often. */
NTSTATUS port_remove_one(struct port *port, struct port_entry *entry, int64_t deadline);

/* Has the threads that wait now return, with STATUS_USER_APC whether alertable or not. */
void port_stir(struct port *port);

/* The port that the calling thread is bound to, and kept by that; or NULL. */
struct port *port_of_thread(void);

struct port_state {
    uint32_t limit, devices, depth, waiting, released, paused;
    uint64_t packets, wakeups;
};
void port_query(struct port *port, struct port_state *state);

/* How threads are found that block in calls which the library does not make (SCHED-19): "proc",
 * "off", or "none" where that is on but /proc cannot be read. */
const char *port_watch_name(void);
/* "proc", "off", "auto". 0, -EINVAL, -ENOSYS (no /proc), -EMFILE (no descriptor to read it). */
int port_watch_choose(const char *name);

#endif
