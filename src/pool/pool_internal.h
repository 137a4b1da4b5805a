/* SPDX-License-Identifier: MIT
 *
 * What pools and their objects consist of, for the files of this room only.
 */
#ifndef POOL_POOL_INTERNAL_H
#define POOL_POOL_INTERNAL_H

#include "status/codes.h"

#include "base/compiler.h"
#include "base/list.h"
#include "base/lock.h"
#include "pool/pool.h"

#include <signal.h>

struct pool {
    struct port *port; /* referenced */
    struct port_supply supply;
    _Atomic uint32_t references; /* the owner's, and one for each object */
    _Atomic uint32_t holds;      /* the threads', and one for all references: keeps the memory */
    sigset_t mask;               /* signals that were blocked where the pool was made */
    struct lock lock;            /* the rest */
    uint32_t threads;
    uint32_t starting; /* of these, those that have not come back from the port yet */
    uint32_t minimum, maximum;
    TP_POOL_STACK_INFORMATION stack;
    bool closing;
};

/* What a callback about to run was told. */
struct pool_call {
    void *overlapped; /* of an I/O: the packet */
    uintptr_t information;
    NTSTATUS status;
    bool timed_out;        /* of a wait */
    struct object *target; /* of a wait that is over: to be given back (OBJ_REF_WAIT) */
};

struct pool_kind {
    /* Called under the object's lock, the next two. A callback begins: fills the call. NULL: there
     * is nothing to fill in. */
    void (*begin)(struct pool_object *object, struct pool_call *call);
    /* Nothing new shall come. May drop the lock for a while. NULL: nothing comes by itself. */
    void (*stop)(struct pool_object *object);
    void (*run)(struct pool_object *object, PTP_CALLBACK_INSTANCE instance,
                const struct pool_call *call);
    void (*free)(struct pool_object *object);
    bool packets; /* each callback has a packet of its own, an operation's */
    bool simple;  /* nobody's: exists for one callback */
};

/* References: the owner's until pool_close; the queued packet's; each running callback's; each
 * armed alarm's; a wait's that hangs; for packets, one for each in `pending` and `dropped`. */
struct pool_object {
    struct list member; /* of the group */
    const struct pool_kind *kind;
    struct pool *pool; /* referenced */
    void *context;
    PTP_CLEANUP_GROUP_CANCEL_CALLBACK cancelled;
    PTP_SIMPLE_CALLBACK finalize;
    uint32_t flags;
    struct pool_group *group; /* NULL: in none; group_lock */
    _Atomic uint32_t references;
    _Atomic uint32_t ends;    /* what pool_wait sleeps on: counts each time nothing is left */
    struct dispatcher *ended; /* set with the last reference; NULL: nobody asked */
    struct lock lock;         /* the rest */
    bool queued;              /* the packet is in the port's queue */
    uint32_t pending;         /* callbacks to begin */
    uint32_t dropped;         /* packets to come whose callbacks were dropped */
    uint32_t running;
    struct packet packet;
};

struct pool_instance {
    struct pool_object *object;
    bool slotless;   /* it gave its slot up */
    bool associated; /* counted as running */
    struct pool_deferred deferred[POOL_DEFERRALS];
};

static inline PTP_CALLBACK_INSTANCE pool__instance(struct pool_instance *instance)
{
    return (PTP_CALLBACK_INSTANCE)instance;
}

/* pool.c */
void pool__ref(struct pool *pool);
/* Starts threads if packets wait and none is there. No lock held. */
void pool__grow(struct pool *pool);
/* The calling thread's pool does not let it go for idleness any more. */
void pool__stay(void);

/* object.c. Prepares an object with one reference, in its group; it has to be zeroed but for what
 * is the kind's own. STATUS_NO_MEMORY if there is no pool. */
NTSTATUS pool__init(struct pool_object *object, const struct pool_kind *kind,
                    const struct pool_traits *traits, void *context);
static inline void pool__object_ref(struct pool_object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}
void pool__object_unref(struct pool_object *object);
/* For who knows that it is not the last. Frees nothing, so any lock may be held. */
static inline void pool__object_unref_early(struct pool_object *object)
{
    MUST(atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) > 1);
}
/* One more callback to run, for which the caller's reference (one that is not the last) is used up.
 * True: the packet has to be queued, with pool__queue once the lock is dropped. */
bool pool__add(struct pool_object *object);
void pool__queue(struct pool_object *object);
/* Both, and a thread if one is wanted. Takes a reference of its own. */
void pool__submit(struct pool_object *object);
void pool__serve(struct pool_object *object, const struct port_entry *entry);
/* Drops the object's lock, and wakes who waits for it if nothing runs or is due any more. */
void pool__settle(struct pool_object *object);
/* Drops what has not begun. */
void pool__drop(struct pool_object *object);

/* cleanup.c */
void pool__join(struct pool_object *object, struct pool_group *group);
void pool__leave(struct pool_object *object);

/* legacy.c: a file bound to a function has a packet. */
extern const struct pool_kind pool__bound;
void pool__run_bound(struct pool_object *object, const struct port_entry *entry);

#endif
