/* SPDX-License-Identifier: MIT
 *
 * What an engine has to provide. The life of a request (lanes, order, cancelling, closing) is
 * shared and lives in lane.c; an engine says how a request is tried, how the kernel is asked to
 * tell more, and how a thread sleeps until it does.
 */
#ifndef ENGINE_BACKEND_H
#define ENGINE_BACKEND_H

#include "engine/engine.h"

enum { ENGINE_ATTACHED_IN = 1, ENGINE_ATTACHED_OUT = 2 };

struct engine_backend {
    const char *name;
    uint32_t patience; /* engine_source_patience */
    bool lingers;      /* engine_lingers */
    /* Can it run here? 0 or a negative errno. */
    int (*probe)(void);
    /* Nudged: may be one of those (nudge.h). */
    struct engine_source *(*create)(bool nudged);
    void (*destroy)(struct engine_source *source);
    void (*poll)(struct engine_source *source, int64_t deadline, uint32_t most);
    void (*kick)(struct engine_source *source);
    /* A descriptor that polls readable while the source has something to do. */
    int (*descriptor)(struct engine_source *source);
    /* Tries the request without blocking: a result as for `done`, or -EAGAIN. Lane lock held. */
    long (*attempt)(struct engine_file *file, struct engine_request *request);
    /* The lane's head has to wait: sees to it that lane_ready or lane_finished is called. Lane lock
     * held. 0 or a negative errno. */
    int (*arm)(struct engine_file *file, enum engine_lane_index lane,
               struct engine_request *request);
    /* The engine holds this request: asks it back. Lane lock held. NULL: it never holds any (only
     * the fake one does). */
    void (*cancel)(struct engine_file *file, struct engine_request *request);
    /* Takes the file off its source. Attach lock held. */
    void (*detach)(struct engine_file *file);
    /* The same when its descriptor is about to be closed, or names something else by now: what it
     * named is let go on return, if that takes microseconds. NULL: detaching does it, and where the
     * descriptor names something else nothing has to be done. May leave it to the closing. */
    void (*let_go)(struct engine_file *file);
    /* The source's ring for I/O at a position, made when first asked for, or NULL: none can be had.
     * NULL in the table: this engine leaves all of it to the pool. */
    struct uring_ring *(*ring)(struct engine_source *source);
    /* The source on whose ring the calling thread is to put I/O of files of this source. NULL:
     * the same. */
    struct engine_source *(*ring_source)(struct engine_source *source);
};

/* A source begins with this. */
struct engine_source {
    const struct engine_backend *backend;
    _Atomic uint32_t references; /* its owner's, and one while the library's own thread polls it */
    uint32_t number;             /* source.c: what files have of it */
    bool nudged;                 /* its threads have to be (nudge.h) */
    struct engine_source *next_left; /* service.c, service_lock */
};

extern const struct engine_backend engine_epoll;
extern const struct engine_backend engine_uring;
extern const struct engine_backend engine_fake;

/* choose.c: the engine in force; fixes the choice. Whether it was asked for by its name. */
const struct engine_backend *engine_backend(void);
bool engine_was_named(void);

/* The owner's hooks, see engine_set_events. */
extern const struct engine_events *_Atomic engine_events;

/* attempt.c: one try by system calls that do not block. */
long engine_attempt(struct engine_file *file, struct engine_request *request);

/* Such tries of their own files: transmit.c (ENGINE_TRANSMIT) and urgent.c (MSG_OOB). */
long engine_attempt_transmit(struct engine_file *file, struct engine_request *request);
long engine_attempt_urgent(struct engine_file *file, struct engine_request *request);

/* Ends the outgoing direction; 0 or an error. With the lane's lock held. */
long engine_end_out(struct engine_file *file);

/* lane.c: the direction may be ready now; tries its requests until one has to wait. */
void lane_ready(struct engine_file *file, enum engine_lane_index lane, bool hang_up);
/* The head, which the kernel held, ended with this result: -EAGAIN tries it again. `more`: trying
 * what comes next may succeed at once. Lane lock held, from the look at the head on. */
void lane_finished(struct engine_file *file, enum engine_lane_index lane,
                   struct engine_request *request, long result, bool more);

/* service.c: the source for files of no port, polled by the library's own thread; made on first
 * use, NULL if impossible. */
struct engine_source *service_source(void);

/* source.c: the source with this number. It is not destroyed while a file names it. */
struct engine_source *source_of(uint32_t number);

/* What the source reports of the file: ENGINE_ATTACHED_*. Changed with the attach lock held. */
static inline uint8_t file_attached(const struct engine_file *file)
{
    return atomic_load_explicit(&file->attached, memory_order_relaxed);
}

static inline void file_set_attached(struct engine_file *file, uint8_t attached)
{
    atomic_store_explicit(&file->attached, attached, memory_order_relaxed);
}

/* file.c: the file's source, or the service's if it has none. Attach lock held. */
struct engine_source *file_source(struct engine_file *file);

#endif
