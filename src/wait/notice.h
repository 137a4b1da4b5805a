/* SPDX-License-Identifier: MIT
 *
 * Waits without a thread: a notice hangs on an object as a sleeping thread would, in the same list
 * and the same order, and when the object can be taken it is taken for the notice and a function is
 * called. A notice lives in the memory of who wants it and costs nothing else; only timers set
 * an alarm while a notice hangs on them.
 *
 * Notices are called by whoever satisfies them, after dispatcher_lock was dropped, under whatever
 * else that thread holds (a lane's lock when an operation has signalled an event), and never one
 * inside the other: what a notice's function satisfies in turn is called after it has returned.
 */
#ifndef WAIT_NOTICE_H
#define WAIT_NOTICE_H

#include "wait/dispatcher.h"

/* The insides of a wait are wait/dispatcher.c's. */
struct wait_block {
    struct wait_block *next;
    struct wait_block *previous;
    struct wait *wait;
    struct dispatcher *object;
};

struct wait {
    _Atomic uint32_t word; /* WAIT_*: what the thread sleeps on; unused in a notice */
    uint32_t thread;
    unsigned count;
    bool all;
    bool notice;       /* part of a struct notice */
    bool pending;      /* dispatcher_lock; the blocks are on their objects' lists */
    NTSTATUS result;   /* written by who clears pending */
    struct wait *next; /* in a wait_chain */
    struct wait_block *blocks;
};

struct notice {
    struct wait wait;
    struct wait_block block;
    /* The object was taken. Must not wait, nor give references back, and may take only locks that
     * docs/locks.md ranks behind those of requests. */
    void (*satisfied)(struct notice *notice);
};

/* Hangs the notice on the object, on which the caller keeps a reference. STATUS_PENDING: it hangs
 * and will be called once, unless notice_end comes first. STATUS_SUCCESS: the object was signalled
 * and has been taken; the function is not called. STATUS_OBJECT_TYPE_MISMATCH: only a thread can
 * have the object (a mutex). STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS notice_begin(struct notice *notice, struct dispatcher *object,
                      void (*satisfied)(struct notice *notice));

/* Takes the notice off again. False if it was satisfied before: its function has been called, is
 * running, or is about to. */
bool notice_end(struct notice *notice);

#endif
