/* SPDX-License-Identifier: MIT
 *
 * The seam behind which descriptors become ready or operations complete. Above it nobody knows
 * whether that is epoll, io_uring or a fake; below it nobody knows a HANDLE, a port or an
 * OVERLAPPED: an engine gets a descriptor, a request and a function to call when it is done.
 *
 * Every file has two lanes, one for what comes in (receive, accept) and one for what goes out
 * (send, connect, shutdown). A lane is a FIFO: its head alone is worked on, so receives are filled
 * and sends transmitted strictly in the order in which they were started (RECV-2, SEND-4).
 *
 * All requests of a file end through request->done, exactly once, with the lane's lock held, so
 * that what comes of them keeps the lane's order too. `done` must not start or cancel anything on
 * the same lane.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/lock.h"
#include "engine/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine_file;
struct engine_source;

enum engine_lane_index { ENGINE_IN, ENGINE_OUT, ENGINE_LANES };

struct engine_lane {
    struct lock lock; /* this structure and the requests in it */
    uint8_t ready;    /* trying may succeed; cleared by EAGAIN, short receives, last accepts */
    uint8_t hang_up;  /* readiness will not be announced again: do not clear ready */
    uint8_t closed;   /* errno for requests that come too late, 0 while open */
    _Atomic uint8_t ending;      /* outgoing: the system is being told of the end */
    struct engine_request *tail; /* ring: tail->next is the head */
};

struct engine_file {
    int descriptor;
    struct lock attach_lock;   /* what follows, but for the lanes; and what the owner likes */
    _Atomic uint32_t owners;   /* the owner's own; engines do not look at it */
    uint32_t source;           /* by its number, which takes half the room; 0: none */
    _Atomic uint8_t attached;  /* ENGINE_ATTACHED_*; read without the lock by who has a lane's */
    _Atomic uint8_t strangers; /* uring.c: how often in a row others than the armer came */
    _Atomic uint16_t armer, armings[ENGINE_LANES]; /* uring.c: who armed; polls, by number */
    struct engine_lane lanes[ENGINE_LANES];
};
struct engine_events {
    /* A file's notice may come after its owner is gone: takes a reference, or says no. */
    bool (*hold)(struct engine_file *file);
    void (*release)(struct engine_file *file);
};

void engine_set_events(const struct engine_events *events); /* once, first; idempotent */
/* Chooses by name ("auto", "epoll", "uring", "fake"). Without a call, or after "auto", IOCP_ENGINE
 * decides, and if that says nothing else the engine with the better figures. 0, or -EBUSY: one is
 * in use already; -EINVAL: unknown; -ENOSYS: refused by this system. */
int engine_choose(const char *name);
const char *engine_name(void);
/* What it polls may stay open for some milliseconds after the process has ended. */
bool engine_lingers(void);

/* A set of files whose requests complete when somebody polls it. NULL: errno says why. */
struct engine_source *engine_source_create(void);
void engine_source_destroy(struct engine_source *source);
/* Waits until something was completed, a kick, or the deadline (base/clock.h). Works off up to
 * `most` of the kernel's notices of each kind; the others are the next poll's. */
void engine_source_poll(struct engine_source *source, int64_t deadline, uint32_t most);
/* How many packets its owner may work off before it polls again although more are there: by what a
 * poll costs, and how many completions come at once. */
uint32_t engine_source_patience(const struct engine_source *source);
/* Makes one poll, of several at once it is not said which, or the next one return. */
void engine_source_kick(struct engine_source *source);
/* Leaves polling to the library's own thread until it is taken back; false if there is none. */
bool engine_source_leave(struct engine_source *source);
void engine_source_take_back(struct engine_source *source);
/* A socket will listen: sets a descriptor aside for a connection that finds none left. */
void engine_prepare_accept(void);

void engine_file_init(struct engine_file *file, int descriptor);
/* The descriptor now names another connection: forget what was known of the old one. Nothing may
 * be pending. `out_held`: called from a `done` of the outgoing lane. */
void engine_file_renew(struct engine_file *file, bool out_held);
/* Tries the incoming lane's requests now. Allowed in a `done` of the outgoing lane. */
void engine_file_drain_in(struct engine_file *file);
/* Tries a lane's requests although its source has not announced anything yet. */
void engine_file_try(struct engine_file *file, enum engine_lane_index lane);
/* Watches a descriptor beside its lanes: `noticed` is told, with no lock held, that it may be
 * ready; watching again, allowed under any lock, tells it again. False: no memory or thread. */
void engine_set_watcher(void (*noticed)(struct engine_file *file));
bool engine_watch(struct engine_file *file);
void engine_unwatch(struct engine_file *file);
void engine_file_finish(struct engine_file *file); /* its descriptor is still open */
/* From now on the file's completions come from this source. */
void engine_file_move(struct engine_file *file, struct engine_source *source);

/* Starts a request. True: it has finished, *result as for `done`, which was called with at_once.
 * False: `done` will be called, or was called meanwhile. Who calls here, or cancels or closes,
 * keeps the file until the return: `done` may give up the request's hold on it. */
bool engine_start(struct engine_file *file, enum engine_lane_index lane,
                  struct engine_request *request, long *result);

/* Cancels what `match` picks (all if NULL); returns how many. Those merely waiting are done, with
 * -ECANCELED, before the return; what the kernel holds follows soon, and may have succeeded. */
unsigned engine_cancel(struct engine_file *file, bool (*match)(struct engine_request *, void *),
                       void *context);

/* Ends every request with -error and refuses new ones likewise. */
void engine_close(struct engine_file *file, int error);
bool engine_busy(struct engine_file *file, enum engine_lane_index lane); /* has requests */

#endif
