/* SPDX-License-Identifier: MIT
 *
 * What every thing behind a HANDLE begins with: how many references and how many open handles it
 * has, and which kind it is. This room knows counts and an ops table, no kind.
 *
 * Objects live in slabs (base/slab.h) and their memory stays theirs for ever, so a reference can
 * be tried on a pointer that may be stale: it fails if the object is gone, and if the memory has
 * become another object of the same kind in the meantime, the caller's second look at the slot
 * tells (object/handle.c).
 */
#ifndef OBJECT_OBJECT_H
#define OBJECT_OBJECT_H

#include "base/check.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct object;
struct dispatcher_ops;
struct io_ops;

struct object_ops {
    const char *kind; /* "port", "event", "socket" ...: for people */
    /* How a thread waits on it (wait/dispatcher.h); NULL if it is nothing to wait on. */
    const struct dispatcher_ops *waitable;
    /* What it does as a file (io/file.h), which it begins with then; NULL if it is none. */
    const struct io_ops *io;
    /* The last handle was closed. References may remain. May be NULL. */
    void (*close)(struct object *object);
    /* Another object was filed under a descriptor's number that was this one's; before `close`.
     * NULL: nothing to do. */
    void (*replaced)(struct object *object, int descriptor);
    /* The last reference is gone: give the memory back. */
    void (*destroy)(struct object *object);
};

/* Why a reference is held. Debug builds count each reason apart, so that a leak names its owner;
 * the counts of all objects together are in object_reference_count. */
enum object_reason {
    OBJ_REF_HANDLE,      /* an open handle */
    OBJ_REF_CALL,        /* a call in progress */
    OBJ_REF_OPERATION,   /* a pending operation, or its packet */
    OBJ_REF_ASSOCIATION, /* a file's port */
    OBJ_REF_BOUND,       /* a thread's port */
    OBJ_REF_EVENT,       /* hEvent of a pending operation */
    OBJ_REF_THREAD,      /* the running thread's own object */
    OBJ_REF_WAIT,        /* a waiting thread */
    OBJ_REF_ENGINE,      /* a readiness notice being worked on */
    OBJ_REF_SECTION,     /* a section's file, a view's section */
    OBJ_REF_REASONS
};

struct object {
    const struct object_ops *ops; /* overwritten while the memory is free */
    _Atomic uint32_t references;
    _Atomic uint32_t handles;
};

#ifndef NDEBUG
extern _Atomic long object_reference_count[OBJ_REF_REASONS];
#define OBJECT_COUNT(reason, change) atomic_fetch_add(&object_reference_count[reason], change)
#else
#define OBJECT_COUNT(reason, change) ((void)(reason))
#endif

/* A new object with one reference and no handle. */
static inline void object_init(struct object *object, const struct object_ops *ops,
                               enum object_reason reason)
{
    object->ops = ops;
    atomic_store_explicit(&object->handles, 0, memory_order_relaxed);
    OBJECT_COUNT(reason, 1);
    /* Pairs with the acquire in object_try_ref: who gets a reference sees the object built. */
    atomic_store_explicit(&object->references, 1, memory_order_release);
}

/* One more reference; the caller has one already. */
static inline void object_ref(struct object *object, enum object_reason reason)
{
    ASSERT(atomic_load_explicit(&object->references, memory_order_relaxed) != 0);
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
    OBJECT_COUNT(reason, 1);
}

/* Whether others hold references beside the caller's one. They may be gone when this returns; new
 * ones come from them only. */
static inline bool object_is_shared(struct object *object)
{
    return atomic_load_explicit(&object->references, memory_order_acquire) > 1;
}

/* A reference on what may be gone. */
bool object_try_ref(struct object *object, enum object_reason reason);

/* Gives a reference back; destroys the object with the last. */
static inline void object_unref(struct object *object, enum object_reason reason)
{
    OBJECT_COUNT(reason, -1);
    /* Release: what was done under this reference comes before the destruction; acquire in the
     * last holder: it sees what all the others did. */
    if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) == 1)
        object->ops->destroy(object);
}

/* A held reference gets another reason (a call's becomes its operation's). */
static inline void object_relabel(enum object_reason from, enum object_reason to)
{
    OBJECT_COUNT(from, -1);
    OBJECT_COUNT(to, 1);
}

#endif
