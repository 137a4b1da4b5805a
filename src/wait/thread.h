/* SPDX-License-Identifier: MIT
 *
 * Threads as objects: waitable, with an exit code, a queue of APCs and a count of suspensions.
 * Threads that the program made with pthread_create get their object when they first need one
 * (thread_current, wait/apc.h).
 */
#ifndef WAIT_THREAD_H
#define WAIT_THREAD_H

#include "base/list.h"
#include "base/lock.h"
#include "wait/apc.h"
#include "wait/dispatcher.h"

#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>

struct sched_thread;

#define THREAD_NO_CODE (1ull << 32)

#define THREAD_NOT_IDEAL 64u /* no ideal processor was named */

typedef uint32_t (*thread_routine)(void *argument);

struct thread {
    struct dispatcher dispatcher; /* signalled when the thread has ended */
    uint32_t number;              /* sched_thread_number */
    _Atomic uint64_t exit_code;   /* THREAD_NO_CODE until it has one, which may be any of 32 bits */
    _Atomic int priority;         /* remembered, nothing more */
    struct list link;             /* thread_lock */

    struct lock apc_lock; /* the next five */
    struct apc *_Atomic apc_first;
    struct apc *apc_last;
    bool apc_closed; /* the thread has ended */
    void (*wake)(void *context);
    void *wake_context;

    thread_routine routine;
    void *argument;
    sigjmp_buf *leave; /* where thread_exit jumps to; NULL: not made by thread_create */

    struct lock suspend_lock; /* the next six; wait/suspend.c */
    uint32_t suspensions;
    bool started;  /* there is a pthread to send signals to */
    bool released; /* its queue has been told that it is blocked */
    bool absent;   /* its queue has been told that it stands still in the queue's own wait */
    uint32_t terminate_code;
    pthread_t pthread;
    struct sched_thread *sched;
    uint16_t *description;  /* the last three: suspend_lock too; wait/traits.c. NULL: none */
    uint64_t affinity;      /* 0: the process's */
    uint32_t ideal;         /* remembered, nothing more */
    _Atomic uint32_t hold;  /* HOLD_*: what is asked of the thread */
    _Atomic uint32_t stand; /* STAND_*: what it does */
};

extern const struct object_ops thread_ops;

/* A thread that is to be run, with a reference (OBJ_REF_CALL). It may get a handle, and APCs,
 * before it starts. */
NTSTATUS thread_create(thread_routine routine, void *argument, struct thread **result);
/* Starts it; with `suspended` it waits for thread_resume first. stack_size 0: the C library's
 * default. On failure it never was and has to be let go of. */
NTSTATUS thread_start(struct thread *thread, bool suspended, size_t stack_size);

/* Ends the calling thread. */
_Noreturn void thread_exit(uint32_t code);

/* Windows' thread numbers are multiples of four; ours are a quarter of what programs see, are never
 * used twice in a process, and are known before the thread runs. */
static inline uint32_t thread_id(uint32_t number)
{
    return number * 4;
}

/* The thread with this number, with a reference (OBJ_REF_CALL), or NULL. */
struct thread *thread_find(uint32_t number);

/* What this room keeps for the calling thread has to be cleared up at its end. */
void thread_leave_register(void);

/* Counts suspensions up and down (wait/suspend.c); *before is the count until then. THR-2. */
NTSTATUS thread_suspend(struct thread *thread, uint32_t *before);
NTSTATUS thread_resume(struct thread *thread, uint32_t *before);

/* A thread's name: `description` is taken over, to be freed with free, `name` what Linux shall
 * show. thread_description: a copy (calloc), empty if there is none, or NULL. wait/traits.c, as are
 * the rest. */
void thread_describe(struct thread *thread, uint16_t *description, const char *name);
uint16_t *thread_description(struct thread *thread);

/* The process's processors, of the first 64; and one thread's. STATUS_INVALID_PARAMETER. */
uint64_t thread_processors(void);
NTSTATUS thread_set_affinity(struct thread *thread, uint64_t mask, uint64_t *before);

/* The calling thread runs from now on: it takes on what it was given before. */
void traits_attach(struct thread *thread);

/* Ends another thread wherever it is. THR-3. */
NTSTATUS thread_terminate(struct thread *thread, uint32_t code);

#endif
